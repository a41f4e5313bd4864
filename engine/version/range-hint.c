/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Guesses what the author of a range meant that cannot be read. Each guess is put
 * together from the author's own words and read again before anybody sees it, so this
 * file may guess freely.
 */
#include <errno.h>

#include "engine/version/range-reader.h"

/* Nobody reads longer hints, and so the guesses need no heap. */
#define HINT_MAX 256

struct guess {
	struct str item; /* as written */
	size_t at, end;	 /* what is wrong, from the item's beginning */
	struct version_spec f;
	struct sbuf hint;
};

/* The postings' signs become ours. */
static void put_respelled(struct sbuf *b, struct str s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		switch (s.p[i]) {
		case '{':
			sbuf_putc(b, '<');
			break;
		case '}':
			sbuf_putc(b, '>');
			break;
		case '-':
			sbuf_puts(b, i + 1 < s.n ? ".." : "+");
			break;
		default:
			sbuf_putc(b, s.p[i]);
		}
}

/* Takes over what is in @b if it can be read. */
static void offer(struct guess *g, const struct sbuf *b)
{
	struct interval first;

	if (b->overflow || !range_item_read(sbuf_str(b), g->f, RANGE_POLICY, &first))
		return;
	if (g->hint.n > 0)
		sbuf_puts(&g->hint, " or ");
	sbuf_put_str(&g->hint, sbuf_str(b));
}

/* The item up to @upto, then @more, then the item from @from on. */
static void offer_spliced(struct guess *g, size_t upto, const char *more, size_t from)
{
	char text[HINT_MAX];
	struct sbuf b = SBUF(text);

	put_respelled(&b, str_sub(g->item, 0, upto));
	sbuf_puts(&b, more);
	put_respelled(&b, str_sub(g->item, from, SIZE_MAX));
	offer(g, &b);
}

static size_t count_parts(struct str version)
{
	size_t i, n = 1;

	for (i = 0; i < version.n; i++)
		n += version.p[i] == '.';
	return n;
}

static void put_padded(struct sbuf *b, struct str version, unsigned parts)
{
	size_t n;

	sbuf_put_str(b, version);
	for (n = count_parts(version); n < parts; n++)
		sbuf_puts(b, ".0");
}

/* Splits `A..B` and `A-B`; false when it is neither. */
static bool split_range(struct str s, struct str *ret_first, struct str *ret_last)
{
	size_t i, sign;

	for (i = 0; i < s.n; i++) {
		if (s.p[i] == '-')
			sign = 1;
		else if (str_eq(str_sub(s, i, i + 2), STR("..")))
			sign = 2;
		else
			continue;
		*ret_first = str_trim(str_sub(s, 0, i));
		*ret_last = str_trim(str_sub(s, i + sign, s.n));
		return true;
	}
	return false;
}

static size_t last_part_at(struct str version)
{
	size_t at = version.n;

	while (at > 0 && version.p[at - 1] != '.')
		at--;
	return at;
}

/* `2.0..2.4`: of patch levels, or of all that begins so? `2.0.2-4`: of patch levels; with zeros behind
 * the 4 it would be nearly everything. */
static void guess_ambiguous(struct guess *g)
{
	char text[HINT_MAX];
	struct sbuf b = SBUF(text);
	struct str first, last;
	size_t at;

	if (!split_range(g->item, &first, &last)) {
		put_padded(&b, g->item, g->f.parts);
		offer(g, &b);
		offer_spliced(g, g->item.n, ".*", g->item.n);
		return;
	}
	at = last_part_at(first);
	if (count_parts(first) == g->f.parts && count_parts(last) == 1 && at > 0) {
		sbuf_put_str(&b, str_sub(first, 0, at));
		sbuf_putc(&b, '<');
		sbuf_put_str(&b, str_sub(first, at, first.n));
		sbuf_puts(&b, "..");
		sbuf_put_str(&b, last);
		sbuf_putc(&b, '>');
		offer(g, &b);
		return;
	}
	put_padded(&b, first, g->f.parts);
	sbuf_puts(&b, "..");
	put_padded(&b, last, g->f.parts);
	offer(g, &b);

	if (count_parts(first) != count_parts(last) ||
		!str_eq(str_sub(first, 0, at), str_sub(last, 0, at)))
		return;
	b = SBUF(text);
	sbuf_put_str(&b, str_sub(first, 0, at));
	sbuf_putc(&b, '<');
	sbuf_put_str(&b, str_sub(first, at, first.n));
	sbuf_puts(&b, "..");
	sbuf_put_str(&b, str_sub(last, at, last.n));
	sbuf_puts(&b, ">.*");
	offer(g, &b);
}

static void guess_reversed(struct guess *g)
{
	char text[HINT_MAX];
	struct sbuf b = SBUF(text);
	struct str first, last;

	if (!split_range(str_sub(g->item, g->at, g->end), &first, &last))
		return;
	put_respelled(&b, str_sub(g->item, 0, g->at));
	sbuf_put_str(&b, last);
	sbuf_puts(&b, "..");
	sbuf_put_str(&b, first);
	put_respelled(&b, str_sub(g->item, g->end, SIZE_MAX));
	offer(g, &b);
}

/* `..2.0.4`, `2.0.<..4>`, `2.1.0..` */
static void guess_missing(struct guess *g)
{
	char zero[HINT_MAX];
	struct sbuf b = SBUF(zero);

	if (str_eq(str_sub(g->item, g->at, g->end), STR(".."))) {
		put_padded(&b, STR("0"), g->at == 0 ? g->f.parts : 1);
		sbuf_putc(&b, '\0');
		offer_spliced(g, g->at, zero, g->at);
	} else if (g->at == g->item.n && g->at > 2 &&
		   str_eq(str_sub(g->item, g->at - 2, g->at), STR(".."))) {
		offer_spliced(g, g->at - 2, "+", g->at);
	}
}

static void guess_normal(struct guess *g)
{
	char text[HINT_MAX];
	struct sbuf b = SBUF(text);
	struct interval iv;

	if (!range_item_read(g->item, g->f, RANGE_ANY, &iv))
		return;
	ranges_print_policy(&b, (struct ranges){ &iv, 1 }, g->f);
	offer(g, &b);
}

static void guess_syntax(struct guess *g)
{
	struct str wrong = str_sub(g->item, g->at, g->end);

	if (g->item.n > 0 && g->item.p[0] == '[')
		guess_normal(g);
	else if (str_eq(wrong, STR("x")) || str_eq(wrong, STR("X")))
		offer_spliced(g, g->at, "*", g->end);
	else
		offer_spliced(g, g->item.n, "", g->item.n);
}

/* @g->item reaches to the next comma here, blanks and all. */
static void guess_blank(struct guess *g)
{
	char text[HINT_MAX];
	struct sbuf b = SBUF(text);
	struct str left = str_sub(g->item, 0, g->at),
		   right = str_sub(g->item, g->end, SIZE_MAX);
	struct interval first;
	size_t i;

	if (left.n == 0 || right.n == 0)
		return;
	if (!ascii_isdigit(left.p[left.n - 1]) || !ascii_isdigit(right.p[0])) {
		for (i = 0; i < g->item.n; i++)
			if (!range_is_blank(g->item.p[i]))
				sbuf_putc(&b, g->item.p[i]);
		if (b.overflow)
			return;
		g->item = sbuf_str(&b);
		offer_spliced(g, g->item.n, "", g->item.n);
		return;
	}
	right = str_sub(right, 0, range_word_end(right, 0));
	if (!range_item_read(left, g->f, RANGE_POLICY, &first) ||
		!range_item_read(right, g->f, RANGE_POLICY, &first))
		return;
	sbuf_put_str(&g->hint, left);
	sbuf_puts(&g->hint, ", ");
	sbuf_put_str(&g->hint, right);
}

/* `.*.*` */
static bool only_stars(struct str s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (s.p[i] != (i % 2 ? '*' : '.'))
			return false;
	return true;
}

/* Up to the next comma or `except`. */
static size_t blank_item_end(struct str text, size_t at)
{
	size_t end;

	for (;;) {
		end = range_word_end(text, at);
		for (at = end; at < text.n && range_is_blank(text.p[at]);)
			at++;
		if (at == text.n || text.p[at] == ',' ||
			str_eq(str_sub(text, at, range_word_end(text, at)),
				STR("except")))
			return end;
	}
}

int range_hint(struct arena *a, struct str text, struct version_spec f, size_t item,
	struct range_error *e)
{
	char hint[2 * HINT_MAX + 8];
	struct guess g = { .f = f, .hint = SBUF(hint) };
	size_t end = e->code == RANGE_ERR_BLANK ? blank_item_end(text, item)
						: range_word_end(text, item);

	if (end - item > HINT_MAX || e->at < item)
		return 0;
	g.item = str_sub(text, item, end);
	g.at = e->at - item;
	g.end = g.at + e->len;
	switch (e->code) {
	case RANGE_ERR_AMBIGUOUS:
		guess_ambiguous(&g);
		break;
	case RANGE_ERR_REVERSED:
		guess_reversed(&g);
		break;
	case RANGE_ERR_EMPTY:
		guess_missing(&g);
		break;
	case RANGE_ERR_SYNTAX:
		guess_syntax(&g);
		break;
	case RANGE_ERR_FOREIGN:
		offer_spliced(&g, g.item.n, "", g.item.n);
		break;
	case RANGE_ERR_LIST_NOT_LAST:
		if (g.end == g.item.n)
			offer_spliced(&g, g.end, ".*", g.item.n);
		break;
	case RANGE_ERR_STAR_NOT_LAST:
		if (only_stars(str_sub(g.item, g.end, SIZE_MAX)))
			offer_spliced(&g, g.end, "", g.item.n);
		break;
	case RANGE_ERR_TOO_MANY_PARTS:
		if (g.at > 0 && g.at < g.item.n && g.item.p[g.at] == '*')
			offer_spliced(&g, g.at - 1, "", g.item.n);
		break;
	case RANGE_ERR_BLANK:
		guess_blank(&g);
		break;
	case RANGE_OK:
	case RANGE_ERR_PART_TOO_LARGE:
	case RANGE_ERR_EMPTY_LIST:
	case RANGE_ERR_TOO_MANY:
	case RANGE_ERR_EXCEPT:
	case RANGE_ERR_EXCEPT_TWICE:
	case RANGE_ERR_MAX_:
		break;
	}
	if (g.hint.n == 0 || g.hint.overflow)
		return 0;
	e->hint = str_dup(a, sbuf_str(&g.hint));
	return e->hint.p ? 0 : -ENOMEM;
}
