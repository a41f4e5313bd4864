/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A small strict JSON reader without recursion. What a tree means is its callers' affair. */
#include <errno.h>

#include "engine/adapter/json.h"

struct reader {
	struct arena *a;
	const char *p, *end;
	struct str why;
};

static int fail(struct reader *r, struct str why)
{
	r->why = why;
	return -EINVAL;
}

static void skip_blanks(struct reader *r)
{
	while (r->p < r->end &&
		(*r->p == ' ' || *r->p == '\t' || *r->p == '\n' || *r->p == '\r'))
		r->p++;
}

static bool take(struct reader *r, char c)
{
	skip_blanks(r);
	if (r->p == r->end || *r->p != c)
		return false;
	r->p++;
	return true;
}

/* The character that the escape at r->p stands for; 0: none that a word may have. */
static char take_escape(struct reader *r)
{
	unsigned v = 0, i;
	char c;

	if (r->p == r->end)
		return '\0';
	c = *r->p++;
	if (c == '"' || c == '\\' || c == '/')
		return c;
	if (c != 'u' || r->end - r->p < 4)
		return '\0';
	for (i = 0; i < 4; i++) {
		int d = ascii_hexval(*r->p++);

		if (d < 0)
			return '\0';
		v = v << 4 | (unsigned)d;
	}
	return v < 0x7f ? (char)v : '\0';
}

static int take_string(struct reader *r, struct str *ret)
{
	struct sbuf b = { .size = (size_t)(r->end - r->p) + 1 };

	if (!take(r, '"'))
		return fail(r, STR("a string is expected"));
	b.p = arena_alloc_raw(r->a, b.size);
	if (!b.p)
		return -ENOMEM;
	while (r->p < r->end && *r->p != '"') {
		char c = *r->p++;

		if (c == '\\')
			c = take_escape(r);
		if (!ascii_isprint(c))
			return fail(r, STR("a string has bytes that are not printable ASCII"));
		sbuf_putc(&b, c);
	}
	if (r->p == r->end)
		return fail(r, STR("a string does not end"));
	r->p++;
	*ret = sbuf_str(&b);
	return 0;
}

static size_t skip_digits(struct reader *r)
{
	const char *from = r->p;

	while (r->p < r->end && ascii_isdigit(*r->p))
		r->p++;
	return (size_t)(r->p - from);
}

static int take_number(struct reader *r, struct str *ret)
{
	const char *from = r->p;
	bool good, zero;

	r->p += *r->p == '-';
	zero = r->p < r->end && *r->p == '0';
	good = skip_digits(r) > 0;
	if (zero && r->p - from > 1 + (*from == '-'))
		good = false;
	if (r->p < r->end && *r->p == '.') {
		r->p++;
		good = skip_digits(r) > 0 && good;
	}
	if (r->p < r->end && (*r->p == 'e' || *r->p == 'E')) {
		r->p++;
		r->p += r->p < r->end && (*r->p == '+' || *r->p == '-');
		good = skip_digits(r) > 0 && good;
	}
	if (!good)
		return fail(r, STR("this is no number"));
	*ret = (struct str){ from, (size_t)(r->p - from) };
	return 0;
}

static bool take_word(struct reader *r, struct str word)
{
	if ((size_t)(r->end - r->p) < word.n || !str_eq((struct str){ r->p, word.n }, word))
		return false;
	r->p += word.n;
	return true;
}

/* A value; of arrays and objects the bracket that opens them. */
static int take_value(struct reader *r, struct json_node *n)
{
	skip_blanks(r);
	if (r->p == r->end)
		return fail(r, STR("the text ends too early"));
	if (*r->p == '{' || *r->p == '[') {
		n->kind = *r->p++ == '{' ? JSON_OBJECT : JSON_ARRAY;
		return 0;
	}
	if (*r->p == '"') {
		n->kind = JSON_STRING;
		return take_string(r, &n->text);
	}
	if (*r->p == '-' || ascii_isdigit(*r->p)) {
		n->kind = JSON_NUMBER;
		return take_number(r, &n->text);
	}
	n->kind = JSON_TRUE;
	if (take_word(r, STR("true")))
		return 0;
	n->kind = JSON_FALSE;
	if (take_word(r, STR("false")))
		return 0;
	n->kind = JSON_NULL;
	return take_word(r, STR("null")) ? 0 : fail(r, STR("this is no value"));
}

const struct json_node *json_member(const struct json_node *object, struct str name)
{
	const struct json_node *n;

	if (object->kind != JSON_OBJECT)
		return NULL;
	for (n = object->first; n; n = n->next)
		if (str_eq(n->name, name))
			return n;
	return NULL;
}

static int add_member(struct reader *r, struct json_node *to, struct json_node **ret)
{
	struct json_node *n = arena_new(r->a, struct json_node);
	int e;

	if (!n)
		return -ENOMEM;
	if (to->kind == JSON_OBJECT) {
		e = take_string(r, &n->name);
		if (e < 0)
			return e;
		if (json_member(to, n->name))
			return fail(r, STR("a name stands in an object twice"));
		if (!take(r, ':'))
			return fail(r, STR("a colon is missing"));
	}
	e = take_value(r, n);
	if (e < 0)
		return e;
	if (to->last)
		to->last->next = n;
	else
		to->first = n;
	to->last = n;
	*ret = n;
	return 0;
}

static char closing(const struct json_node *n)
{
	return n->kind == JSON_OBJECT ? '}' : ']';
}

/* All that is inside of @root. */
static int take_members(struct reader *r, struct json_node *root)
{
	struct json_node *open[JSON_DEPTH_MAX], *n;
	unsigned depth = 0;
	int e;

	if (root->kind == JSON_ARRAY || root->kind == JSON_OBJECT)
		open[depth++] = root;
	while (depth > 0) {
		struct json_node *in = open[depth - 1];

		if (take(r, closing(in))) {
			depth--;
			continue;
		}
		if (in->last && !take(r, ','))
			return fail(r, STR("a comma or a closing bracket is missing"));
		e = add_member(r, in, &n);
		if (e < 0)
			return e;
		if (n->kind != JSON_ARRAY && n->kind != JSON_OBJECT)
			continue;
		if (depth == JSON_DEPTH_MAX)
			return fail(r, STR("more than 16 brackets inside each other"));
		open[depth++] = n;
	}
	return 0;
}

int json_parse(struct arena *a, struct str text, const struct json_node **ret,
	struct str *ret_why)
{
	struct reader r = { .a = a, .p = text.p, .end = text.p + text.n };
	struct json_node *root = arena_new(a, struct json_node);
	int e;

	if (!root)
		return -ENOMEM;
	e = take_value(&r, root);
	if (e == 0)
		e = take_members(&r, root);
	skip_blanks(&r);
	if (e == 0 && r.p < r.end)
		e = fail(&r, STR("there is more behind the value"));
	if (e < 0) {
		*ret_why = r.why;
		return e;
	}
	*ret = root;
	return 0;
}
