/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Text views and a bounded text builder. No locale, no stdio, no heap: this is also built into
 * the udev helper.
 */
#include <errno.h>

#include "engine/base/str.h"

int str_cmp(struct str a, struct str b)
{
	size_t n = MIN(a.n, b.n);
	int r = n > 0 ? memcmp(a.p, b.p, n) : 0;

	if (r != 0)
		return r;
	return a.n < b.n ? -1 : a.n > b.n;
}

bool str_starts(struct str s, struct str prefix)
{
	return s.n >= prefix.n && str_eq(str_sub(s, 0, prefix.n), prefix);
}

size_t str_find(struct str s, char c)
{
	const char *at = s.n > 0 ? memchr(s.p, c, s.n) : NULL;

	return at ? (size_t)(at - s.p) : s.n;
}

struct str str_sub(struct str s, size_t from, size_t to)
{
	to = MIN(to, s.n);
	from = MIN(from, to);
	return (struct str){ s.p ? s.p + from : NULL, to - from };
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

struct str str_trim(struct str s)
{
	while (s.n > 0 && is_blank(s.p[0]))
		s = str_sub(s, 1, s.n);
	while (s.n > 0 && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

struct str str_dup(struct arena *a, struct str s)
{
	char *p = arena_dup(a, s.p, s.n);

	return p ? (struct str){ p, s.n } : (struct str){ 0 };
}

bool str_printable(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_isprint(s.p[i]))
			return false;
	return true;
}

bool path_stays_below(struct str path)
{
	for (size_t part = 0, i = 0; i <= path.n; i++) {
		struct str s;

		if (i < path.n && path.p[i] != '/')
			continue;
		s = str_sub(path, part, i);
		if (s.n == 0 || str_eq(s, STR(".")) || str_eq(s, STR("..")))
			return false;
		part = i + 1;
	}
	return true;
}

/* Where the name at the end of the path begins. */
static size_t name_at(struct str path)
{
	size_t i = path.n;

	while (i > 0 && path.p[i - 1] != '/')
		i--;
	return i;
}

struct str path_name(struct str path)
{
	return str_sub(path, name_at(path), path.n);
}

struct str path_folder(struct str path)
{
	size_t i = name_at(path);

	return str_sub(path, 0, i > 0 ? i - 1 : 0);
}

static void sift(struct str *w, uint32_t root, uint32_t n)
{
	uint32_t child;

	while ((child = 2 * root + 1) < n) {
		struct str t;

		if (child + 1 < n && str_cmp(w[child], w[child + 1]) < 0)
			child++;
		if (str_cmp(w[root], w[child]) >= 0)
			return;
		t = w[root];
		w[root] = w[child];
		w[child] = t;
		root = child;
	}
}

/* Heapsort: qsort() may ask malloc(), and outsiders choose what is sorted. */
void str_sort(struct str *w, uint32_t n)
{
	for (uint32_t i = n / 2; i-- > 0;)
		sift(w, i, n);
	for (uint32_t i = n; i-- > 1;) {
		struct str t = w[0];

		w[0] = w[i];
		w[i] = t;
		sift(w, 0, i);
	}
}

int ascii_hexval(char c)
{
	if (ascii_isdigit(c))
		return c - '0';
	c = ascii_tolower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int str_to_u64(struct str s, uint64_t max, uint64_t *ret)
{
	uint64_t v = 0;
	size_t i;

	if (s.n == 0)
		return -EINVAL;
	for (i = 0; i < s.n; i++)
		if (!ascii_isdigit(s.p[i]))
			return -EINVAL;
	for (i = 0; i < s.n; i++) {
		unsigned d = (unsigned)(s.p[i] - '0');

		if (d > max || v > (max - d) / 10)
			return -ERANGE;
		v = v * 10 + d;
	}
	*ret = v;
	return 0;
}

void sbuf_put(struct sbuf *b, const void *p, size_t n)
{
	if (b->overflow || n > b->size - b->n) {
		b->overflow = true;
		return;
	}
	if (n > 0)
		memcpy(b->p + b->n, p, n);
	b->n += n;
}

void sbuf_putc(struct sbuf *b, char c)
{
	if (b->overflow || b->n == b->size)
		b->overflow = true;
	else
		b->p[b->n++] = c;
}

void sbuf_puts(struct sbuf *b, const char *cstr)
{
	sbuf_put(b, cstr, strlen(cstr));
}

void sbuf_put_str(struct sbuf *b, struct str s)
{
	sbuf_put(b, s.p, s.n);
}

void sbuf_put_u64(struct sbuf *b, uint64_t v)
{
	char digits[20];
	size_t i = sizeof(digits);

	do
		digits[--i] = (char)('0' + v % 10);
	while ((v /= 10) > 0);
	sbuf_put(b, digits + i, sizeof(digits) - i);
}

void sbuf_put_i64(struct sbuf *b, int64_t v)
{
	if (v < 0)
		sbuf_putc(b, '-');
	sbuf_put_u64(b, v < 0 ? -(uint64_t)v : (uint64_t)v);
}

void sbuf_put_hex(struct sbuf *b, uint64_t v, unsigned digits)
{
	unsigned n = 16;

	while (n > 1 && n > digits && v >> (4 * (n - 1)) == 0)
		n--;
	while (n-- > 0)
		sbuf_putc(b, "0123456789abcdef"[v >> (4 * n) & 15]);
}

/* [A-Za-z0-9._-], by code. */
static inline bool is_plain(char c)
{
	static const uint64_t plain[2] = {
		UINT64_C(0x3ff) << '0' | UINT64_C(1) << '.' | UINT64_C(1) << '-',
		UINT64_C(0x3ffffff) << ('A' - 64) | UINT64_C(0x3ffffff) << ('a' - 64) |
			UINT64_C(1) << ('_' - 64),
	};
	unsigned char u = (unsigned char)c;

	return u < 128 && (plain[u >> 6] >> (u & 63) & 1);
}

void sbuf_put_quoted(struct sbuf *b, struct str s)
{
	size_t i;

	sbuf_putc(b, '"');
	for (i = 0; i < s.n; i++) {
		if (s.p[i] == '"' || s.p[i] == '\\')
			sbuf_putc(b, '\\');
		sbuf_putc(b, s.p[i]);
	}
	sbuf_putc(b, '"');
}

void sbuf_put_escaped(struct sbuf *b, struct str s)
{
	static const char hex[] = "0123456789ABCDEF";
	size_t i, from = 0; /* where the run of plain bytes began */

	for (i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (is_plain(s.p[i]))
			continue;
		sbuf_put(b, s.p + from, i - from);
		sbuf_putc(b, '@');
		sbuf_putc(b, hex[c >> 4]);
		sbuf_putc(b, hex[c & 15]);
		from = i + 1;
	}
	sbuf_put(b, s.p + from, s.n - from);
}

static bool is_upper_hex(char c)
{
	return ascii_isdigit(c) || (c >= 'A' && c <= 'F');
}

int str_unescape(struct arena *a, struct str s, struct str *ret)
{
	char *p = arena_alloc(a, s.n + 1), *out = p;
	size_t i;

	if (!p)
		return -ENOMEM;
	for (i = 0; i < s.n; i++) {
		if (is_plain(s.p[i])) {
			*out++ = s.p[i];
			continue;
		}
		if (s.p[i] != '@' || s.n - i < 3)
			return -EINVAL;
		if (!is_upper_hex(s.p[i + 1]) || !is_upper_hex(s.p[i + 2]))
			return -EINVAL;
		*out = (char)(ascii_hexval(s.p[i + 1]) << 4 | ascii_hexval(s.p[i + 2]));
		if (is_plain(*out++))
			return -EINVAL;
		i += 2;
	}
	*ret = (struct str){ p, (size_t)(out - p) };
	return 0;
}
