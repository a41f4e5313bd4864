/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Coverage: asks the same tests (engine/eval/test.h) that verdicts are made of, for the policy
 * as compiled, so that a place in the text is a point here.
 */
#include <errno.h>
#include <stdlib.h>

#include "engine/eval/build.h"
#include "engine/eval/test.h"
#include "lint/cover.h"
#include "lint/place.h"

/* The items of one clause: numbers in .item of the cover. */
struct clause_items {
	uint32_t first, n;
};

struct cover {
	const struct policy *p;
	const struct policy_more *more;
	struct cover_point *point; /* rules, clauses, items */
	uint32_t n, n_clauses, first_item;
	struct clause_items *items; /* of each clause */
	uint32_t *item_point;	    /* of each item of .more: its point */
};

/* ---- points -------------------------------------------------------------------------------- */

static uint32_t count_clauses(const struct policy *p)
{
	uint32_t i, k, n = 0;

	for (i = 0; i < p->n_rules; i++) {
		n += p->rule[i].n_when;
		for (k = 0; k < p->rule[i].n_blocks; k++)
			n += p->rule[i].block[k].n_clauses;
	}
	return n;
}

static bool same_place(struct place a, struct place b)
{
	return a.line == b.line && a.column == b.column;
}

/* The compiler hands out items in the order of clauses. */
static void add_clause(struct cover *c, const struct source *src, const struct clause *k,
	bool condition, uint32_t *item)
{
	uint32_t clause = c->n - c->p->n_rules;
	uint32_t first = *item;

	while (*item < c->more->n_items && same_place(c->more->item[*item].clause, k->place))
		++*item;
	c->items[clause] = (struct clause_items){ first, *item - first };
	c->point[c->n++] = (struct cover_point){ .kind = COVER_CLAUSE, .place = k->place,
		.span = place_span(src, k->place), .never_fails = k->op == OP_ANY,
		.condition = condition };
}

static int compare_points(const void *a, const void *b)
{
	const struct cover_point *x = a, *y = b;

	return (x->span.from > y->span.from) - (x->span.from < y->span.from);
}

static uint32_t find_point(const struct cover *c, uint32_t from)
{
	uint32_t lo = c->first_item, hi = c->n;

	while (hi - lo > 1) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (c->point[mid].span.from <= from)
			lo = mid;
		else
			hi = mid;
	}
	return lo;
}

/* One point for each span, however often constants bring it. */
static void add_items(struct cover *c)
{
	struct cover_point *begin = c->point + c->n;
	uint32_t i, n = 0;

	c->first_item = c->n;
	for (i = 0; i < c->more->n_items; i++)
		begin[i] = (struct cover_point){ .kind = COVER_ITEM,
			.place = c->more->item[i].place, .span = c->more->item[i].span };
	if (i > 1)
		qsort(begin, i, sizeof(*begin), compare_points);
	for (i = 0; i < c->more->n_items; i++)
		if (n == 0 || begin[n - 1].span.from != begin[i].span.from)
			begin[n++] = begin[i];
	c->n += n;
	for (i = 0; i < c->more->n_items; i++)
		c->item_point[i] = find_point(c, c->more->item[i].span.from);
}

int cover_new(struct arena *a, const struct source *src, const struct policy *p,
	const struct policy_more *more, struct cover **ret)
{
	struct cover *c = arena_new(a, struct cover);
	uint32_t i, k, j, item = 0;

	if (!c)
		return -ENOMEM;
	c->p = p;
	c->more = more;
	c->n_clauses = count_clauses(p);
	c->point = arena_new_array(a, (size_t)p->n_rules + c->n_clauses + more->n_items,
		struct cover_point);
	c->items = arena_new_array(a, c->n_clauses, struct clause_items);
	c->item_point = arena_new_array(a, more->n_items, uint32_t);
	if (!c->point || !c->items || !c->item_point)
		return -ENOMEM;
	for (i = 0; i < p->n_rules; i++)
		c->point[c->n++] = (struct cover_point){ .kind = COVER_RULE,
			.place = p->rule[i].place, .span = place_span(src, p->rule[i].place) };
	for (i = 0; i < p->n_rules; i++) {
		const struct rule *r = &p->rule[i];

		for (k = 0; k < r->n_when; k++)
			add_clause(c, src, &r->when[k], true, &item);
		for (k = 0; k < r->n_blocks; k++)
			for (j = 0; j < r->block[k].n_clauses; j++)
				add_clause(c, src, &r->block[k].clause[j], false, &item);
	}
	add_items(c);
	*ret = c;
	return 0;
}

const struct cover_point *cover_points(const struct cover *c, uint32_t *ret_n)
{
	*ret_n = c->n;
	return c->point;
}

bool cover_hit(const struct cover_point *p)
{
	return p->held && (p->kind != COVER_CLAUSE || p->failed || p->never_fails);
}

/* ---- one clause ---------------------------------------------------------------------------- */

struct asked {
	struct cover *c;
	struct arena *a; /* rewound by whoever began */
	const struct evaluation *own;
	const struct record *other; /* NULL: conditions, which look at one's own values */
};

/* The value that a clause looks at. */
static const struct value *looked_at(const struct asked *q, uint16_t attr)
{
	const struct attr *at = &q->c->p->attr[attr];
	const struct record_entry *e;

	if (!q->other)
		return q->own->self[attr];
	e = record_find(q->other, at->name);
	if (e)
		return &e->value;
	return at->presence == PRESENCE_DEFAULT ? &at->dflt : NULL;
}

static int clause_holds(const struct asked *q, const struct bound_rule *b, enum block_kind kind,
	const struct clause *k, bool *ret)
{
	struct test_env env = { .own = q->own, .bound = b, .block = kind };
	struct arena_mark m = arena_mark(q->a);
	struct test t;
	int r = test_make(q->a, &env, k, &t);

	if (r == 0)
		*ret = test_holds(&t, looked_at(q, k->attr));
	arena_rewind(q->a, m);
	return r;
}

static bool same_value(const struct value *a, const struct value *b)
{
	return a && b ? value_eq(a, b) : a == b;
}

/* What one clause and its items came to under one binding. */
static int note_clause(const struct asked *q, const struct bound_rule *b, enum block_kind kind,
	const struct clause *k, uint32_t number)
{
	struct cover_point *p = &q->c->point[q->c->p->n_rules + number];
	const struct clause_items *items = &q->c->items[number];
	bool holds;
	uint32_t i;
	int r = clause_holds(q, b, kind, k, &holds);

	if (r < 0)
		return r;
	if (k->op == OP_ANY)
		p->held |= !same_value(looked_at(q, k->attr), q->own->self[k->attr]);
	else
		*(holds ? &p->held : &p->failed) = true;
	for (i = 0; i < items->n; i++) {
		struct cover_point *item = &q->c->point[q->c->item_point[items->first + i]];

		if (item->held)
			continue;
		r = clause_holds(q, b, kind, &q->c->more->item[items->first + i].only, &holds);
		if (r < 0)
			return r;
		item->held = holds;
	}
	return 0;
}

/* ---- conditions and blocks ------------------------------------------------------------------- */

/* A combination of variables, and under how many of them the clauses fail. */
struct best {
	struct bound_rule b;
	uint32_t failures;
};

/* Is there one of the block's own combinations under which fewer clauses fail? */
static int find_best(const struct asked *q, const struct bound_rule *begin, const struct block *block,
	const struct clause *k, uint32_t n, struct best *best)
{
	struct bound_rule b = *begin;
	uint32_t failures, i;
	bool holds;
	int r;

	r = block_first(block, &b);
	if (r < 0)
		return r;
	do {
		for (i = failures = 0; i < n; i++) {
			r = clause_holds(q, &b, block->kind, &k[i], &holds);
			if (r < 0)
				return r;
			failures += !holds;
		}
		if (failures < best->failures)
			*best = (struct best){ b, failures };
	} while (best->failures > 0 && block_next(block, &b));
	return 0;
}

/*
 * Under the first combination of variables for which the fewest of the clauses fail: of the rule's,
 * which are those of the @n_begin ways in which it matches, and of the block's own.
 */
static int note_clauses(const struct asked *q, const struct bound_rule *begin, uint32_t n_begin,
	const struct block *block, const struct clause *k, uint32_t n, uint32_t number)
{
	struct best best = { *begin, UINT32_MAX };
	uint32_t i;
	int r = 0;

	for (i = 0; r == 0 && i < n_begin && best.failures > 0; i++)
		r = find_best(q, &begin[i], block, k, n, &best);
	for (i = 0; r == 0 && i < n; i++)
		r = note_clause(q, &best.b, block->kind, &k[i], number + i);
	return r;
}

static uint32_t when_vars(const struct rule *rule)
{
	uint32_t mask = 0, i;

	for (i = 0; i < rule->n_vars; i++)
		if (rule->var[i].when)
			mask |= (uint32_t)1 << i;
	return mask;
}

static int note_conditions(struct cover *c, struct arena *a, const struct evaluation *own)
{
	struct asked q = { c, a, own, NULL };
	uint32_t i, k, number = 0;
	int r = 0;

	for (i = 0; r == 0 && i < c->p->n_rules; i++) {
		const struct rule *rule = &c->p->rule[i];
		struct block conditions = { .vars = when_vars(rule) };
		struct bound_rule b = { .rule = rule };

		memset(b.value, 0xff, sizeof(b.value));
		r = note_clauses(&q, &b, 1, &conditions, rule->when, rule->n_when, number);
		number += rule->n_when;
		for (k = 0; k < rule->n_blocks; k++)
			number += rule->block[k].n_clauses;
	}
	return r;
}

/* The blocks of @own's rules that speak about the other side: offers, or the other kinds. */
static int note_blocks(struct cover *c, struct arena *a, const struct evaluation *own,
	const struct record *other, bool offers)
{
	struct asked q = { c, a, own, other };
	struct evaluation bound = *own;
	uint32_t number = 0, rule, i, k, before, ways;
	int r;

	bound.bound = NULL;
	bound.n_bound = 0;
	r = build_bind(a, &bound, c->p->rule, c->p->n_rules);
	for (i = rule = 0; r == 0 && i < bound.n_bound; i += ways) {
		const struct bound_rule *b = &bound.bound[i];

		for (ways = 1; i + ways < bound.n_bound && b[ways].rule == b->rule; ways++)
			;
		/* Bindings come in the order of the rules. */
		for (; &c->p->rule[rule] != b->rule; rule++) {
			number += c->p->rule[rule].n_when;
			for (k = 0; k < c->p->rule[rule].n_blocks; k++)
				number += c->p->rule[rule].block[k].n_clauses;
		}
		c->point[rule].held = true;
		before = number + b->rule->n_when;
		for (k = 0; r == 0 && k < b->rule->n_blocks; k++) {
			const struct block *block = &b->rule->block[k];

			if (other && (block->kind == BLOCK_OFFER) == offers)
				r = note_clauses(&q, b, ways, block, block->clause,
					block->n_clauses, before);
			before += block->n_clauses;
		}
	}
	return r;
}

int cover_add(struct cover *c, struct arena *scratch, const struct test_result *t)
{
	struct arena_mark m = arena_mark(scratch);
	bool source = status_has_fingerprint(t->source->status);
	bool target = status_has_fingerprint(t->target->status);
	int r = 0;

	if (target)
		r = note_conditions(c, scratch, t->target);
	if (r == 0 && source)
		r = note_conditions(c, scratch, t->source);
	if (r == 0 && target)
		r = note_blocks(c, scratch, t->target, source ? &t->source->record : NULL, false);
	if (r == 0 && source)
		r = note_blocks(c, scratch, t->source, target ? &t->target->record : NULL, true);
	arena_rewind(scratch, m);
	return r;
}
