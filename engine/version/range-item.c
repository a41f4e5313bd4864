/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads one item of a range list by recursive descent (of fixed depth) and makes
 * intervals of it. Lists of items are range-list.c's affair, what should have been
 * written range-hint.c's.
 */
#include "engine/version/range-reader.h"

enum place_kind { PLACE_NUMBER, PLACE_LIST, PLACE_STAR };

/* What stands between two dots. */
struct place {
	enum place_kind kind;
	size_t from, to;
	uint32_t number;
};

/* One element of a list of parts, both ends in it. */
struct element {
	uint32_t first, last;
};

/* An item up to its tail: `2.0.<2,3>`, `2.1`, `*`. */
struct places {
	struct place at[VERSION_PARTS_MAX];
	unsigned n, numbers; /* leading plain numbers */
	struct element element[RANGE_INTERVALS_MAX];
	size_t n_elements;
};

/* Says why there is no version or part here. */
static bool fail_here(struct reader *r)
{
	size_t at = r->at;

	if (!at_item_end(r))
		return fail(r, RANGE_ERR_SYNTAX, at, word_end(r));
	skip_blanks(r);
	if (at_item_end(r))
		return fail(r, RANGE_ERR_EMPTY, at, at);
	return fail(r, RANGE_ERR_BLANK, at, r->at);
}

static bool count_written(struct reader *r, size_t from, size_t to)
{
	if (r->written == RANGE_INTERVALS_MAX)
		return fail(r, RANGE_ERR_TOO_MANY, from, to);
	r->written++;
	return true;
}

/* There is room: whoever adds an interval has counted it. */
static void add_interval(struct reader *r, struct key lo, struct key hi)
{
	r->iv[r->n++] = (struct interval){ lo, hi };
}

static enum line_kind line_of(unsigned parts)
{
	return (enum line_kind)(LINE_INT + parts);
}

/* The smallest version above all that begin with the first @n of these parts. */
static struct key after_prefix(const uint32_t part[4], unsigned n)
{
	uint32_t head[4] = { 0 };

	memcpy(head, part, n * sizeof(head[0]));
	return n == 0 ? KEY_END : key_next(key_from_parts(head), line_of(n));
}

static bool parse_part(struct reader *r, uint32_t *ret)
{
	size_t from = r->at;
	uint64_t v = 0;

	for (; ascii_isdigit(peek(r, 0)); r->at++)
		v = MIN(v * 10 + (uint64_t)(peek(r, 0) - '0'), (uint64_t)UINT32_MAX);
	if (r->at == from)
		return fail_here(r);
	if (v > VERSION_PART_MAX)
		return fail(r, RANGE_ERR_PART_TOO_LARGE, from, r->at);
	*ret = (uint32_t)v;
	return true;
}

/* `2`, `2..4` or `2..` */
static bool parse_element(struct reader *r, struct element *ret)
{
	struct element e;
	size_t from = r->at, to;

	if (peek(r, 0) == ',' || peek(r, 0) == '>' || peek(r, 0) == '}')
		return fail(r, RANGE_ERR_EMPTY, from, from);
	if (peek(r, 0) == '.' && peek(r, 1) == '.')
		return fail(r, RANGE_ERR_EMPTY, from, from + 2);
	if (!parse_part(r, &e.first))
		return false;
	e.last = e.first;
	to = r->at;
	skip_blanks(r);
	if (peek(r, 0) == '.' && peek(r, 1) == '.') {
		r->at += 2;
		to = r->at;
		skip_blanks(r);
		e.last = VERSION_PART_MAX;
		if (ascii_isdigit(peek(r, 0))) {
			if (!parse_part(r, &e.last))
				return false;
			to = r->at;
			skip_blanks(r);
		}
	}
	if (e.last < e.first)
		return fail(r, RANGE_ERR_REVERSED, from, to);
	if (!count_written(r, from, to))
		return false;
	*ret = e;
	return true;
}

static void note_foreign(struct reader *r, size_t from, size_t to)
{
	r->foreign_from = from;
	r->foreign_to = to;
}

static bool parse_list(struct reader *r, struct places *p)
{
	char close = peek(r, 0) == '<' ? '>' : '}';
	size_t from = r->at++;

	skip_blanks(r);
	if (take(r, close))
		return fail(r, RANGE_ERR_EMPTY_LIST, from, r->at);
	p->n_elements = 0;
	do {
		skip_blanks(r);
		if (!parse_element(r, &p->element[p->n_elements]))
			return false;
		p->n_elements++;
	} while (take(r, ','));
	if (!take(r, close)) {
		if (r->at >= r->text.n)
			return fail(r, RANGE_ERR_SYNTAX, from, r->at);
		return fail(r, RANGE_ERR_SYNTAX, r->at, word_end(r));
	}
	if (close == '}')
		note_foreign(r, from, r->at);
	return true;
}

static bool parse_place(struct reader *r, struct places *p)
{
	struct place place = { .kind = PLACE_NUMBER, .from = r->at };
	unsigned i;

	if (take(r, '*')) {
		place.kind = PLACE_STAR;
	} else if (peek(r, 0) == '<' || peek(r, 0) == '{') {
		for (i = 0; i < p->n; i++)
			if (p->at[i].kind == PLACE_LIST)
				return fail(r, RANGE_ERR_LIST_NOT_LAST, p->at[i].from,
					p->at[i].to);
		place.kind = PLACE_LIST;
		if (!parse_list(r, p))
			return false;
	} else if (!parse_part(r, &place.number)) {
		return false;
	}
	place.to = r->at;
	if (place.kind == PLACE_NUMBER && p->numbers == p->n)
		p->numbers++;
	p->at[p->n++] = place;
	return true;
}

/* The reader stands behind the dot after the last part that a version can have. */
static bool fail_surplus(struct reader *r)
{
	size_t from = r->at;

	if (at_item_end(r))
		return fail_here(r);
	while (ascii_isdigit(peek(r, 0)) || (peek(r, 0) == '.' && peek(r, 1) != '.'))
		r->at++;
	return fail(
		r, RANGE_ERR_TOO_MANY_PARTS, from, r->at > from ? r->at : word_end(r));
}

/* The dots and what stands between them. */
static bool parse_places(struct reader *r, struct places *p)
{
	unsigned i;

	p->n = p->numbers = 0;
	p->n_elements = 0;
	for (;;) {
		if (p->n == r->f.parts)
			return fail_surplus(r);
		if (!parse_place(r, p))
			return false;
		if (peek(r, 0) != '.' || peek(r, 1) == '.')
			break;
		r->at++;
	}
	for (i = 0; i + 1 < p->n; i++) {
		if (p->at[i].kind == PLACE_STAR)
			return fail(
				r, RANGE_ERR_STAR_NOT_LAST, p->at[i].from, p->at[i].to);
		if (p->at[i].kind == PLACE_LIST && p->at[i + 1].kind != PLACE_STAR)
			return fail(
				r, RANGE_ERR_LIST_NOT_LAST, p->at[i].from, p->at[i].to);
	}
	return true;
}

/* All its parts, or it is not clear which version is meant. */
static bool check_exact(struct reader *r, const struct places *p)
{
	if (p->n < r->f.parts)
		return fail(r, RANGE_ERR_AMBIGUOUS, p->at[0].from, p->at[p->n - 1].to);
	return true;
}

static void parts_of(const struct places *p, uint32_t ret[4])
{
	unsigned i;

	memset(ret, 0, 4 * sizeof(ret[0]));
	for (i = 0; i < p->numbers; i++)
		ret[i] = p->at[i].number;
}

/* `2.0.*`, `2.<0,1>.*`, `2.0.<2,3,4>`: what ends in a star or a list. */
static bool add_alternatives(struct reader *r, const struct places *p)
{
	const struct place *list = &p->at[p->numbers];
	uint32_t part[4];
	struct key lo;
	size_t i;

	parts_of(p, part);
	if (list->kind == PLACE_STAR) {
		if (!count_written(r, p->at[0].from, r->at))
			return false;
		add_interval(r, key_from_parts(part), after_prefix(part, p->numbers));
		return true;
	}
	if (list == &p->at[p->n - 1] && p->n < r->f.parts)
		return fail(r, RANGE_ERR_LIST_NOT_LAST, list->from, list->to);
	for (i = 0; i < p->n_elements; i++) {
		part[p->numbers] = p->element[i].first;
		lo = key_from_parts(part);
		part[p->numbers] = p->element[i].last;
		add_interval(r, lo, after_prefix(part, p->numbers + 1));
	}
	return true;
}

/* `2.1+` */
static bool add_open(struct reader *r, const struct places *p)
{
	uint32_t part[4];

	if (!count_written(r, p->at[0].from, r->at))
		return false;
	parts_of(p, part);
	add_interval(r, key_from_parts(part), after_prefix(part, r->f.major));
	return true;
}

/* The far end of `2.0.2..2.0.4`; the reader stands behind the dots. */
static bool add_closed(struct reader *r, const struct places *p)
{
	struct places q;
	uint32_t from[4], to[4];

	if (!ascii_isdigit(peek(r, 0)))
		return fail_here(r);
	if (!parse_places(r, &q))
		return false;
	if (q.numbers < q.n)
		return fail(r, RANGE_ERR_SYNTAX, q.at[q.numbers].from, r->at);
	if (!check_exact(r, p) || !check_exact(r, &q))
		return false;
	parts_of(p, from);
	parts_of(&q, to);
	if (key_cmp(key_from_parts(from), key_from_parts(to)) > 0)
		return fail(r, RANGE_ERR_REVERSED, p->at[0].from, r->at);
	if (!count_written(r, p->at[0].from, r->at))
		return false;
	add_interval(r, key_from_parts(from), after_prefix(to, r->f.parts));
	return true;
}

static bool add_exact(struct reader *r, const struct places *p)
{
	uint32_t part[4];

	if (!check_exact(r, p) || !count_written(r, p->at[0].from, r->at))
		return false;
	parts_of(p, part);
	add_interval(r, key_from_parts(part), after_prefix(part, r->f.parts));
	return true;
}

/* `2.0 .1` is meant to go on; `2.0.1 2.0.2` is for the list to complain about. */
static bool check_blank(struct reader *r)
{
	size_t from = r->at;
	char c;

	skip_blanks(r);
	c = peek(r, 0);
	if (r->at > from && (c == '.' || c == '+' || c == '-'))
		return fail(r, RANGE_ERR_BLANK, from, r->at);
	r->at = from;
	return true;
}

static bool parse_version_item(struct reader *r)
{
	struct places p;
	size_t tail;

	if (!parse_places(r, &p) || !check_blank(r))
		return false;
	tail = r->at;
	if (p.numbers < p.n)
		return add_alternatives(r, &p);
	if (take(r, '+'))
		return add_open(r, &p);
	if (peek(r, 0) == '.') {
		r->at += 2;
		return add_closed(r, &p);
	}
	if (!take(r, '-'))
		return add_exact(r, &p);
	note_foreign(r, tail, r->at);
	if (ascii_isdigit(peek(r, 0)))
		return add_closed(r, &p);
	if (at_item_end(r))
		return add_open(r, &p);
	return fail(r, RANGE_ERR_SYNTAX, tail, word_end(r));
}

/* A version in full, as the normal form has it. */
static bool parse_bound(struct reader *r, struct key *ret)
{
	struct places p;
	uint32_t part[4];

	skip_blanks(r);
	if (!ascii_isdigit(peek(r, 0)))
		return fail_here(r);
	if (!parse_places(r, &p))
		return false;
	if (p.numbers < p.n)
		return fail(r, RANGE_ERR_SYNTAX, p.at[p.numbers].from, r->at);
	if (!check_exact(r, &p))
		return false;
	parts_of(&p, part);
	*ret = key_from_parts(part);
	skip_blanks(r);
	return true;
}

/* `[2.0.2,2.0.5)` */
static bool parse_normal(struct reader *r)
{
	size_t from = r->at++;
	struct key lo, hi = KEY_END;

	if (!parse_bound(r, &lo))
		return false;
	if (!take(r, ','))
		return fail(r, RANGE_ERR_SYNTAX, from, word_end(r));
	skip_blanks(r);
	if (take(r, '*'))
		skip_blanks(r);
	else if (!parse_bound(r, &hi))
		return false;
	if (!take(r, ')'))
		return fail(r, RANGE_ERR_SYNTAX, from, word_end(r));
	if (key_cmp(lo, hi) >= 0)
		return fail(r, RANGE_ERR_REVERSED, from, r->at);
	if (!count_written(r, from, r->at))
		return false;
	add_interval(r, lo, hi);
	return true;
}

static bool parse_any_item(struct reader *r)
{
	size_t from = r->at;

	if (at_item_end(r))
		return fail(r, RANGE_ERR_EMPTY, from, from);
	if (at_word(r, STR("none"))) {
		r->at += 4;
		return count_written(r, from, r->at);
	}
	switch (peek(r, 0)) {
	case '[':
		r->after_normal = true;
		return parse_normal(r);
	case '+':
	case '-':
		return fail(r, RANGE_ERR_EMPTY, from, from + 1);
	case '.':
		if (peek(r, 1) == '.')
			return fail(r, RANGE_ERR_EMPTY, from, from + 2);
		break;
	}
	return parse_version_item(r);
}

bool range_read_item(struct reader *r)
{
	r->item = r->at;
	r->after_normal = false;
	r->foreign_from = r->foreign_to = 0;
	if (!parse_any_item(r))
		return false;
	if (r->dialect == RANGE_ANY)
		return true;
	if (r->foreign_to > 0)
		return fail(r, RANGE_ERR_FOREIGN, r->foreign_from, r->foreign_to);
	if (r->after_normal)
		return fail(r, RANGE_ERR_SYNTAX, r->item, r->at);
	return true;
}

bool range_read_only_item(struct reader *r)
{
	size_t end;

	if (!range_read_item(r))
		return false;
	if (r->at == r->text.n)
		return true;
	end = r->at;
	skip_blanks(r);
	if (r->at > end)
		return fail(r, RANGE_ERR_BLANK, end, r->at);
	return fail(r, RANGE_ERR_SYNTAX, end, word_end(r));
}
