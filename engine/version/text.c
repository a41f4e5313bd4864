/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Single versions as text, and everything that is printed: versions, sets in their normal
 * form, sets in the spelling of policies. Reading range lists is range-list.c's affair.
 */
#include <errno.h>

#include "engine/base/limits.h"
#include "engine/version/text.h"

const char *range_error_text(enum range_error_code code)
{
	switch (code) {
	case RANGE_OK:
	case RANGE_ERR_MAX_:
		break;
#define RANGE_ERR_CASE(name, text) \
	case name:                 \
		return text;
		RANGE_ERRORS(RANGE_ERR_CASE)
#undef RANGE_ERR_CASE
	}
	return "no error";
}

static int fail(
	struct range_error *ret_error, enum range_error_code code, size_t at, size_t len)
{
	*ret_error = (struct range_error){ .code = code, .at = at, .len = len };
	return -EINVAL;
}

/* `2.1` in a policy: which version was meant is for the author to say. */
static int too_few_parts(
	struct arena *a, struct str text, unsigned missing, struct range_error *ret_error)
{
	struct sbuf hint = { .size = text.n + 2 * VERSION_PARTS_MAX };

	hint.p = arena_alloc(a, hint.size);
	if (!hint.p)
		return -ENOMEM;
	sbuf_put_str(&hint, text);
	for (; missing > 0; missing--)
		sbuf_puts(&hint, ".0");
	fail(ret_error, RANGE_ERR_AMBIGUOUS, 0, text.n);
	ret_error->hint = sbuf_str(&hint);
	return -EINVAL;
}

int version_parse(struct arena *a, struct str text, struct version_spec f, bool exact,
	struct key *ret, struct range_error *ret_error)
{
	uint32_t part[4] = { 0 };
	size_t at = 0, from;
	unsigned n = 0;
	uint64_t v;

	for (;;) {
		from = at;
		for (v = 0; at < text.n && ascii_isdigit(text.p[at]); at++)
			v = MIN(v * 10 + (uint64_t)(text.p[at] - '0'),
				(uint64_t)UINT32_MAX);
		if (at == from)
			break;
		if (n == f.parts)
			return fail(
				ret_error, RANGE_ERR_TOO_MANY_PARTS, from, text.n - from);
		if (v > VERSION_PART_MAX)
			return fail(ret_error, RANGE_ERR_PART_TOO_LARGE, from, at - from);
		part[n++] = (uint32_t)v;
		if (at == text.n)
			break;
		if (text.p[at] != '.')
			break;
		at++;
	}
	if (at < text.n &&
		(text.p[at] == ' ' || text.p[at] == '\t' || text.p[at] == '\n'))
		return fail(ret_error, RANGE_ERR_BLANK, at, 1);
	if (at < text.n)
		return fail(ret_error, RANGE_ERR_SYNTAX, at, text.n - at);
	if (at == from)
		return fail(ret_error, RANGE_ERR_EMPTY, at, 0);
	if (exact && n < f.parts)
		return too_few_parts(a, text, f.parts - n, ret_error);
	*ret = key_from_parts(part);
	return 0;
}

static void put_parts(struct sbuf *b, struct key k, unsigned n)
{
	unsigned i;

	for (i = 0; i < n; i++) {
		if (i > 0)
			sbuf_putc(b, '.');
		sbuf_put_u64(b, key_part(k, i));
	}
}

void version_print(struct sbuf *b, struct key k, unsigned parts)
{
	put_parts(b, k, parts);
}

void ranges_print(struct sbuf *b, struct ranges r, unsigned parts)
{
	uint32_t i;

	if (r.n == 0)
		sbuf_puts(b, "none");
	for (i = 0; i < r.n; i++) {
		sbuf_puts(b, i > 0 ? " [" : "[");
		version_print(b, r.iv[i].lo, parts);
		sbuf_putc(b, ',');
		if (key_is_end(r.iv[i].hi))
			sbuf_putc(b, '*');
		else
			version_print(b, r.iv[i].hi, parts);
		sbuf_putc(b, ')');
	}
}

static enum line_kind line_of(unsigned parts)
{
	return (enum line_kind)(LINE_INT + parts);
}

/* The first @n parts, the rest zero. */
static struct key head(struct key k, unsigned n)
{
	uint32_t part[4] = { 0 };
	unsigned i;

	for (i = 0; i < n; i++)
		part[i] = key_part(k, i);
	return key_from_parts(part);
}

/* As `prefix.<x..y>.*`, in the shortest spelling; lo and last agree in all but the last
 * of @n parts. */
static void put_alternatives(
	struct sbuf *b, struct key lo, struct key last, unsigned n, unsigned parts)
{
	uint32_t x = key_part(lo, n - 1), y = key_part(last, n - 1);

	if (n == parts && y != VERSION_PART_MAX) {
		version_print(b, lo, parts);
		sbuf_puts(b, "..");
		version_print(b, last, parts);
		return;
	}
	put_parts(b, lo, n - 1);
	sbuf_puts(b, n > 1 ? ".<" : "<");
	sbuf_put_u64(b, x);
	sbuf_puts(b, "..");
	if (y != VERSION_PART_MAX)
		sbuf_put_u64(b, y);
	sbuf_puts(b, n < parts ? ">.*" : ">");
}

static void put_interval(struct sbuf *b, struct interval iv, struct version_spec f)
{
	struct key last;
	unsigned n = 1;

	if (key_eq(iv.lo, KEY_MIN) && key_is_end(iv.hi)) {
		sbuf_putc(b, '*');
		return;
	}
	/* How many parts say it all, both ends being whole in that many. */
	while (n < f.parts &&
		(!key_eq(head(iv.lo, n), iv.lo) ||
			(!key_is_end(iv.hi) && !key_eq(head(iv.hi, n), iv.hi))))
		n++;
	last = key_prev(iv.hi, line_of(n));
	if (key_eq(last, iv.lo)) {
		put_parts(b, iv.lo, n);
		if (n < f.parts)
			sbuf_puts(b, ".*");
	} else if (key_eq(iv.hi, key_next(head(iv.lo, f.major), line_of(f.major)))) {
		version_print(b, iv.lo, f.parts);
		sbuf_putc(b, '+');
	} else if (key_eq(head(last, n - 1), head(iv.lo, n - 1))) {
		put_alternatives(b, iv.lo, last, n, f.parts);
	} else {
		version_print(b, iv.lo, f.parts);
		sbuf_puts(b, "..");
		version_print(b, key_prev(iv.hi, line_of(f.parts)), f.parts);
	}
}

void ranges_print_policy(struct sbuf *b, struct ranges r, struct version_spec f)
{
	uint32_t i;

	if (r.n == 0)
		sbuf_puts(b, "none");
	for (i = 0; i < r.n; i++) {
		if (i > 0)
			sbuf_puts(b, ", ");
		put_interval(b, r.iv[i], f);
	}
}
