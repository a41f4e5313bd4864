/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads range lists: items, commas, `except`. What an item is, range-item.c knows.
 */
#include <errno.h>

#include "engine/version/range-reader.h"

size_t range_word_end(struct str text, size_t at)
{
	size_t depth = 0;
	char c;

	for (; at < text.n; at++) {
		c = text.p[at];
		if (depth == 0 && (c == ',' || range_is_blank(c)))
			break;
		if (c == '<' || c == '{' || c == '[')
			depth++;
		else if (depth > 0 && (c == '>' || c == '}' || c == ')'))
			depth--;
	}
	return at;
}

static const struct str word_except = STR_INIT("except");

/*
 * All of the text. @ret_split: how many of the intervals stand before `except` (all,
 * without one).
 */
static bool parse_whole(struct reader *r, size_t *ret_split)
{
	size_t except_at = SIZE_MAX, split = 0, end;

	for (;;) {
		skip_blanks(r);
		if (at_word(r, word_except))
			return fail(r,
				except_at == SIZE_MAX ? RANGE_ERR_EXCEPT
						      : RANGE_ERR_EXCEPT_TWICE,
				r->at, r->at + word_except.n);
		if (r->at >= r->text.n && except_at != SIZE_MAX && r->item < except_at)
			return fail(r, RANGE_ERR_EXCEPT, except_at,
				except_at + word_except.n);
		if (!range_read_item(r))
			return false;
		end = r->at;
		skip_blanks(r);
		if (r->at >= r->text.n)
			break;
		if (take(r, ','))
			continue;
		if (r->at == end)
			return fail(r, RANGE_ERR_SYNTAX, end, word_end(r));
		if (at_word(r, word_except)) {
			if (except_at != SIZE_MAX)
				return fail(r, RANGE_ERR_EXCEPT_TWICE, r->at,
					r->at + word_except.n);
			except_at = r->at;
			split = r->n;
			r->at += word_except.n;
			continue;
		}
		if (r->after_normal && peek(r, 0) == '[')
			continue;
		return fail(r, RANGE_ERR_BLANK, end, r->at);
	}
	*ret_split = except_at == SIZE_MAX ? r->n : split;
	return true;
}

static int give_error(struct arena *a, struct reader *r, struct range_error *ret_error)
{
	int k = range_hint(a, r->text, r->f, r->item, &r->error);

	if (k < 0)
		return k;
	*ret_error = r->error;
	return -EINVAL;
}

bool range_item_read(struct str text, struct version_spec f, enum range_dialect d,
	struct interval *ret_first)
{
	struct interval iv[RANGE_INTERVALS_MAX];
	struct reader r = { .text = text, .f = f, .dialect = d, .iv = iv };

	if (!range_read_only_item(&r))
		return false;
	*ret_first = r.n > 0 ? r.iv[0] : (struct interval){ KEY_MIN, KEY_MIN };
	return true;
}

int range_item_parse(struct arena *a, struct str text, struct version_spec f,
	enum range_dialect d, struct ranges *ret, struct range_error *ret_error)
{
	struct interval iv[RANGE_INTERVALS_MAX];
	struct reader r = { .text = text, .f = f, .dialect = d, .iv = iv };

	if (!range_read_only_item(&r))
		return give_error(a, &r, ret_error);
	return ranges_normalize(a, r.iv, r.n, ret);
}

size_t range_item_written(struct str item)
{
	size_t i, n = 1;

	if (item.n > 0 && item.p[0] == '[')
		return 1;
	for (i = 0; i < item.n; i++)
		n += item.p[i] == ',';
	return n;
}

int range_parse(struct arena *a, struct str text, struct version_spec f,
	enum range_dialect d, struct ranges *ret, struct range_error *ret_error)
{
	struct interval iv[RANGE_INTERVALS_MAX];
	struct reader r = { .text = text, .f = f, .dialect = d, .iv = iv };
	struct ranges listed, excepted;
	size_t split;
	int k;

	if (!parse_whole(&r, &split))
		return give_error(a, &r, ret_error);
	k = ranges_normalize(a, r.iv, split, &listed);
	if (k < 0)
		return k;
	if (split == r.n) {
		*ret = listed;
		return 0;
	}
	k = ranges_normalize(a, r.iv + split, r.n - split, &excepted);
	if (k < 0)
		return k;
	return ranges_minus(a, listed, excepted, ret);
}
