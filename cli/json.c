/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writes JSON. Knows quoting and commas; what is said is the commands' business. Text that is no
 * UTF-8 (file names may be anything) has U+FFFD in place of the bytes that are not.
 */
#include "cli/json.h"

#include <stdlib.h>
#include <string.h>

static void put(struct json *j, const void *p, size_t n)
{
	if (j->failed)
		return;
	if (n > j->size - j->n) {
		size_t size = j->size ? j->size : 1024;
		char *grown;

		while (size - j->n < n) {
			if (size > SIZE_MAX / 2) {
				j->failed = true;
				return;
			}
			size *= 2;
		}
		grown = realloc(j->p, size);
		if (!grown) {
			j->failed = true;
			return;
		}
		j->p = grown;
		j->size = size;
	}
	memcpy(j->p + j->n, p, n);
	j->n += n;
}

static void puts_(struct json *j, const char *s)
{
	put(j, s, strlen(s));
}

/* Length of the UTF-8 sequence at @p, 0 when there is none (overlong and surrogates included). */
static size_t utf8_length(const unsigned char *p, size_t n)
{
	size_t len = p[0] < 0x80 ? 1 : p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 :
		     p[0] < 0xf5 ? 4 : 0;

	if (len > n)
		return 0;
	for (size_t i = 1; i < len; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
		(p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	return len;
}

static void put_quoted(struct json *j, struct str s)
{
	static const char hex[] = "0123456789abcdef";

	put(j, "\"", 1);
	for (size_t i = 0; i < s.n;) {
		unsigned char c = (unsigned char)s.p[i];
		size_t len = utf8_length((const unsigned char *)s.p + i, s.n - i);

		if (len == 0) {
			puts_(j, "\\ufffd");
			i++;
		} else if (c == '"' || c == '\\') {
			char escaped[2] = { '\\', (char)c };

			put(j, escaped, 2);
			i++;
		} else if (c == '\n') {
			puts_(j, "\\n");
			i++;
		} else if (c == '\t') {
			puts_(j, "\\t");
			i++;
		} else if (c < 0x20 || c == 0x7f) {
			char escaped[6] = { '\\', 'u', '0', '0', hex[c >> 4], hex[c & 15] };

			put(j, escaped, 6);
			i++;
		} else {
			put(j, s.p + i, len);
			i += len;
		}
	}
	put(j, "\"", 1);
}

static void begin_at(struct json *j, bool has_key, struct str key)
{
	if (j->depth > 0) {
		if (j->level[j->depth - 1].used)
			put(j, ",", 1);
		j->level[j->depth - 1].used = true;
	}
	if (has_key) {
		put_quoted(j, key);
		put(j, ":", 1);
	}
}

static void begin(struct json *j, const char *key)
{
	begin_at(j, key, str_from(key));
}

static void open_level(struct json *j, const char *key, char open, char close)
{
	begin(j, key);
	put(j, &open, 1);
	if (j->depth == JSON_DEPTH_MAX) {
		j->failed = true;
		return;
	}
	j->level[j->depth].close = close;
	j->level[j->depth].used = false;
	j->depth++;
}

void json_object(struct json *j, const char *key)
{
	open_level(j, key, '{', '}');
}

void json_array(struct json *j, const char *key)
{
	open_level(j, key, '[', ']');
}

void json_end(struct json *j)
{
	if (j->depth == 0) {
		j->failed = true;
		return;
	}
	put(j, &j->level[--j->depth].close, 1);
}

void json_end_all(struct json *j, uint8_t depth)
{
	while (j->depth > depth)
		json_end(j);
}

void json_str(struct json *j, const char *key, struct str value)
{
	begin(j, key);
	put_quoted(j, value);
}

void json_str_at(struct json *j, struct str key, struct str value)
{
	begin_at(j, true, key);
	put_quoted(j, value);
}

void json_text(struct json *j, const char *key, const char *value)
{
	if (!value) {
		json_null(j, key);
		return;
	}
	json_str(j, key, str_from(value));
}

void json_int(struct json *j, const char *key, int64_t value)
{
	char buf[24];
	struct sbuf b = SBUF(buf);

	begin(j, key);
	sbuf_put_i64(&b, value);
	put(j, b.p, b.n);
}

void json_bool(struct json *j, const char *key, bool value)
{
	begin(j, key);
	puts_(j, value ? "true" : "false");
}

void json_null(struct json *j, const char *key)
{
	begin(j, key);
	puts_(j, "null");
}

void json_raw(struct json *j, const char *key, struct str document)
{
	begin(j, key);
	put(j, document.p, document.n);
}

void json_release(struct json *j)
{
	free(j->p);
	*j = (struct json){ 0 };
}

struct json json_mark(const struct json *j)
{
	return *j;
}

void json_rewind(struct json *j, const struct json *mark)
{
	j->n = mark->n;
	j->depth = mark->depth;
	memcpy(j->level, mark->level, sizeof(j->level));
}
