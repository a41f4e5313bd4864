/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which representatives need not be looked at one by one: as sources all with one record are alike,
 * as targets all that agree in what the policies look at on their own side. What that is can be read
 * off the clauses; where in doubt it is taken for looked at, which costs time and nothing else.
 */
#include <errno.h>

#include "engine/analyse/matrix.h"

static void look_at_clauses(const struct view *v, const struct clause *c, uint32_t n, bool when,
	bool *at)
{
	uint32_t i;
	unsigned k;

	for (i = 0; i < n; i++) {
		const struct operand *o = &c[i].operand;

		if (when || o->kind == OPERAND_SELF)
			at[v->attr_var[c[i].attr]] = true;
		if (o->kind == OPERAND_SELF_NAME)
			at[(o->local ? v->local_var : v->attr_var)[o->ref]] = true;
		for (k = 0; o->kind == OPERAND_EXPR && k < o->expr.n; k++)
			if (o->expr.node[k].op == EXPR_SELF)
				at[v->attr_var[c[i].attr]] = true;
	}
}

static void look_at_block(const struct view *v, const struct policy *p, const struct block *b,
	bool *at)
{
	uint32_t i, k;

	look_at_clauses(v, b->clause, b->n_clauses, false, at);
	for (i = 0; b->kind == BLOCK_ACCEPT && i < p->n_attrs; i++) {
		for (k = 0; k < b->n_clauses && b->clause[k].attr != i;)
			k++;
		if (k == b->n_clauses && !p->attr[i].dynamic)
			at[v->attr_var[i]] = true;
	}
}

/* By variable: what a part says of a target depends on it. */
static void own_side(const struct universe *u, const struct part *part, unsigned side, bool *at)
{
	uint32_t i, k, b;

	at[VAR_SCOPE] = true;
	for (i = 0; i < u->n_views; i++) {
		const struct view *v = &u->view[i];
		const struct policy *p = part->policy[i];

		if (v->side != side || !p)
			continue;
		/* What keeps a narrowing policy from a verdict is any of its facts. */
		for (k = 0; v->narrow && k < p->n_attrs; k++)
			at[v->attr_var[k]] = true;
		for (k = 0; v->narrow && k < p->n_locals; k++)
			at[v->local_var[k]] = true;
		for (k = 0; k < p->n_rules; k++) {
			look_at_clauses(v, p->rule[k].when, p->rule[k].n_when, true, at);
			for (b = 0; b < p->rule[k].n_blocks; b++)
				look_at_block(v, p, &p->rule[k].block[b], at);
		}
	}
}

/* By variable: it stands in the record. */
static void in_record(const struct universe *u, unsigned side, bool *at)
{
	uint32_t i, k;

	at[VAR_SCOPE] = true;
	for (i = 0; i < u->n_views; i++)
		for (k = ATTR_TYPE; k < u->view[i].p->n_attrs; k++)
			if (u->view[i].side == side && !u->view[i].narrow)
				at[u->view[i].attr_var[k]] = true;
}

/* Classes are numbered in the order of their first subjects. */
static int make_classes(struct universe *u, const struct part *part, const bool *at,
	const bool *ok, uint32_t n, struct classes *ret)
{
	uint32_t *number = arena_new_array(u->arena, n, uint32_t); /* by first digits, plus 1 */
	uint32_t *last = arena_new_array(u->arena, n, uint32_t);
	struct classes c = {
		.of = arena_new_array(u->arena, n, uint32_t),
		.first = arena_new_array(u->arena, n, uint32_t),
		.next = arena_new_array(u->arena, n, uint32_t),
	};
	uint32_t s, i;

	if (!number || !last || !c.of || !c.first || !c.next)
		return -ENOMEM;
	for (s = 0; s < n; s++) {
		uint32_t rest = s, weight = 1, like = 0;

		c.next[s] = UINT32_MAX;
		c.of[s] = UINT32_MAX;
		if (!ok[s])
			continue;
		for (i = part->n_vars; i-- > 0;) {
			uint32_t points = u->var[part->var[i]].n_points;

			if (at[part->var[i]])
				like += rest % points * weight;
			rest /= points;
			weight *= points;
		}
		if (number[like] == 0) {
			c.first[c.n++] = s;
			number[like] = c.n;
		} else {
			c.next[last[number[like] - 1]] = s;
		}
		c.of[s] = number[like] - 1;
		last[c.of[s]] = s;
	}
	*ret = c;
	return 0;
}

int classes_make(struct universe *u, const struct part *part, unsigned side, const bool *ok,
	uint32_t n, struct classes *ret_sources, struct classes *ret_targets)
{
	bool *record = arena_new_array(u->arena, u->n_vars, bool);
	bool *own = arena_new_array(u->arena, u->n_vars, bool);
	int r;

	if (!record || !own)
		return -ENOMEM;
	in_record(u, side, record);
	own_side(u, part, side, own);
	r = make_classes(u, part, record, ok, n, ret_sources);
	return r < 0 ? r : make_classes(u, part, own, ok, n, ret_targets);
}
