/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists: those that are empty, and items that change nothing. */
#include <errno.h>

#include "lint/lint-parts.h"

/* ---- empty lists --------------------------------------------------------------------------- */

static bool list_empty(const struct operand *o)
{
	switch (o->kind) {
	case OPERAND_WORDS:
		return o->words.n == 0 && o->n_tmpl == 0 && o->prefixes.n == 0;
	case OPERAND_RANGES:
		return o->ranges.n == 0;
	case OPERAND_BOOL:
		return !o->has_no && !o->has_yes;
	case OPERAND_SETS:
	case OPERAND_MASKS:
		return o->n_values == 0;
	default:
		return false;
	}
}

static void look_at_clauses(struct lint *l, const struct clause *c, uint32_t n)
{
	uint32_t i;

	for (i = 0; i < n; i++)
		if (c[i].op == OP_IN && list_empty(&c[i].operand))
			lint_at(l, DIAG_LIST_EMPTY, c[i].place,
				"nothing is in this list, so the clause never holds")->help =
				STR("leave something in it, or leave out the block or rule");
}

/* ---- items --------------------------------------------------------------------------------- */

static struct str item_text(struct lint *l, const struct policy_item *i)
{
	return diag_quote(l->d, str_sub(l->src->text, i->span.from, i->span.to));
}

static bool word_covered(const struct operand *x, const struct operand *y)
{
	if (x->n_tmpl > 0 || y->n_tmpl > 0)
		return false;
	if (y->prefixes.n == 1)
		return str_starts(x->prefixes.n == 1 ? x->prefixes.w[0] : x->words.w[0],
			y->prefixes.w[0]);
	return x->prefixes.n == 0 && str_eq(x->words.w[0], y->words.w[0]);
}

/* Is all of item @x in item @y? */
static bool item_covered(const struct policy_item *x, const struct policy_item *y)
{
	const struct operand *a = &x->only.operand, *b = &y->only.operand;
	uint32_t i;

	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case OPERAND_WORDS:
		return word_covered(a, b);
	case OPERAND_RANGES:
		return ranges_subset(a->ranges, b->ranges, NULL);
	case OPERAND_BOOL:
		return a->has_no == b->has_no && a->has_yes == b->has_yes;
	case OPERAND_SETS:
		if (a->sets[0].n != b->sets[0].n)
			return false;
		for (i = 0; i < a->sets[0].n; i++)
			if (!str_eq(a->sets[0].w[i], b->sets[0].w[i]))
				return false;
		return true;
	case OPERAND_MASKS:
		return memcmp(a->masks[0], b->masks[0], sizeof(a->masks[0])) == 0;
	default:
		return false;
	}
}

/* Have they nothing in common? Only said of what is certain. */
static bool items_disjoint(struct lint *l, const struct policy_item *x, const struct policy_item *y)
{
	const struct operand *a = &x->only.operand, *b = &y->only.operand;
	struct ranges both;

	if (a->kind == OPERAND_WORDS && b->kind == OPERAND_WORDS)
		return a->n_tmpl + b->n_tmpl == 0 && !word_covered(a, b) && !word_covered(b, a);
	return a->kind == OPERAND_RANGES && b->kind == OPERAND_RANGES &&
	       ranges_intersect(l->a, a->ranges, b->ranges, &both) == 0 && both.n == 0;
}

/* One span may stand in several clauses, through a constant: once is enough. */
static bool said_before(struct lint *l, struct span span, enum diag_code code)
{
	size_t i;

	for (i = l->d->n; i > 0; i--) {
		const struct diag *x = &l->d->list[i - 1];

		if (x->code == code && x->source == l->src && x->span.from == span.from)
			return true;
	}
	return false;
}

static void say_covered(struct lint *l, const struct policy_item *x, const struct policy_item *y)
{
	struct str whole = item_text(l, x), in = item_text(l, y);
	struct diag *d;

	if (said_before(l, x->span, DIAG_ITEM_COVERED))
		return;
	if (str_eq(whole, in))
		d = diag_at(l->d, DIAG_ITEM_COVERED, l->src, x->span,
			"'%.*s' stands in this list twice", STR_FMT(whole));
	else
		d = diag_at(l->d, DIAG_ITEM_COVERED, l->src, x->span,
			"all of '%.*s' is in '%.*s' already", STR_FMT(whole), STR_FMT(in));
	d->other = (struct diag_other){ .source = l->src, .span = y->span,
		.label = STR("which stands here") };
}

static void compare_items(struct lint *l, const struct policy_item *item, uint32_t n)
{
	struct arena_mark m = arena_mark(l->a);
	uint32_t i, k;

	for (i = 0; i < n; i++) {
		const struct operand *o = &item[i].only.operand;
		bool useless = item[i].except;

		if (o->kind == OPERAND_RANGES && o->ranges.n == 0) {
			if (n > 1 && !said_before(l, item[i].span, DIAG_LIST_EMPTY))
				diag_at(l->d, DIAG_LIST_EMPTY, l->src, item[i].span,
					"nothing is in this item")->help = STR("leave it out");
			continue;
		}
		for (k = 0; k < n; k++) {
			if (k == i || item[i].except != item[k].except || item[i].cut ||
				item[k].cut)
				continue;
			/* Of two that are equal the second. */
			if (item_covered(&item[i], &item[k]) &&
				(k < i || !item_covered(&item[k], &item[i]))) {
				say_covered(l, &item[i], &item[k]);
				break;
			}
		}
		for (k = 0; k < n && useless; k++)
			useless = item[k].except || items_disjoint(l, &item[i], &item[k]);
		if (useless && !said_before(l, item[i].span, DIAG_EXCEPT_NOTHING))
			diag_at(l->d, DIAG_EXCEPT_NOTHING, l->src, item[i].span,
				"'%.*s' is not in the list, so there is nothing to except",
				STR_FMT(item_text(l, &item[i])))->help =
				STR("leave it out, or write what stands before 'except' so that it is in it");
	}
	arena_rewind(l->a, m);
}

int lint_lists(struct lint *l)
{
	const struct policy_item *item = l->more->item;
	uint64_t pairs = 0;
	uint32_t i, k, n;

	for (i = 0; i < l->p->n_rules; i++) {
		const struct rule *r = &l->p->rule[i];

		look_at_clauses(l, r->when, r->n_when);
		for (k = 0; k < r->n_blocks; k++)
			look_at_clauses(l, r->block[k].clause, r->block[k].n_clauses);
	}
	for (i = 0; i < l->more->n_items; i += n) {
		struct place at = item[i].clause;

		for (n = 1; i + n < l->more->n_items && item[i + n].clause.line == at.line &&
			    item[i + n].clause.column == at.column;)
			n++;
		pairs += (uint64_t)n * n;
		if (pairs <= LINT_PAIRS_MAX)
			compare_items(l, item + i, n);
	}
	return 0;
}
