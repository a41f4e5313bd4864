/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Conditions and bindings: which rules speak about a subject, and with which variables. */
#include <errno.h>

#include "engine/eval/build.h"

/* The variables that @mask selects, all set to their first value. */
static int odometer_first(struct bound_rule *b, uint32_t mask)
{
	uint32_t combinations = 1;
	unsigned i;

	for (i = 0; i < b->rule->n_vars; i++) {
		if (!(mask >> i & 1))
			continue;
		if (b->rule->var[i].n == 0)
			return -E2BIG;
		combinations *= b->rule->var[i].n;
		if (combinations > BINDINGS_MAX)
			return -E2BIG;
		b->value[i] = 0;
	}
	return 0;
}

/* The next combination; false after the last. The first variable runs fastest. */
static bool odometer_next(struct bound_rule *b, uint32_t mask)
{
	unsigned i;

	for (i = 0; i < b->rule->n_vars; i++) {
		if (!(mask >> i & 1))
			continue;
		if (++b->value[i] < b->rule->var[i].n)
			return true;
		b->value[i] = 0;
	}
	return false;
}

int block_first(const struct block *block, struct bound_rule *b)
{
	return odometer_first(b, block->vars);
}

bool block_next(const struct block *block, struct bound_rule *b)
{
	return odometer_next(b, block->vars);
}

/* Does what the clause says depend on variables? */
static bool has_vars(const struct clause *c)
{
	const struct operand *o = &c->operand;
	unsigned i;

	for (i = 0; o->kind == OPERAND_EXPR && i < o->expr.n; i++)
		if (o->expr.node[i].op == EXPR_VAR)
			return true;
	return o->n_tmpl + o->n_except_tmpl > 0;
}

/* Do the conditions hold that have variables (@vars), or those that have none? */
static int conditions_hold(struct arena *a, const struct evaluation *e,
	const struct bound_rule *b, bool vars, bool *ret)
{
	struct test_env env = { .own = e, .bound = b, .block = BLOCK_ACCEPT };
	uint32_t i;

	for (i = 0; i < b->rule->n_when; i++) {
		const struct clause *c = &b->rule->when[i];
		struct test t;
		int r;

		if (has_vars(c) != vars)
			continue;
		r = test_make(a, &env, c, &t);
		if (r < 0)
			return r;
		if (!test_holds(&t, e->self[c->attr])) {
			*ret = false;
			return 0;
		}
	}
	*ret = true;
	return 0;
}

static uint32_t when_vars(const struct rule *rule)
{
	uint32_t mask = 0;
	unsigned i;

	for (i = 0; i < rule->n_vars; i++)
		if (rule->var[i].when)
			mask |= (uint32_t)1 << i;
	return mask;
}

static int bound_push(struct arena *a, struct evaluation *e, uint32_t *room,
	const struct bound_rule *b)
{
	if (e->n_bound == *room) {
		uint32_t more = *room ? 2 * *room : 8;
		struct bound_rule *grown = arena_new_array(a, more, struct bound_rule);

		if (!grown)
			return -ENOMEM;
		if (e->n_bound > 0)
			memcpy(grown, e->bound, e->n_bound * sizeof(*grown));
		e->bound = grown;
		*room = more;
	}
	e->bound[e->n_bound++] = *b;
	return 0;
}

int build_bind(struct arena *a, struct evaluation *e, const struct rule *rule, uint32_t n_rules)
{
	uint32_t i, room = 0;
	int r;

	e->rule = rule;
	for (i = 0; i < n_rules; i++) {
		struct bound_rule b = { .rule = &rule[i] };
		uint32_t mask = when_vars(&rule[i]);
		bool holds = false;

		memset(b.value, 0xff, sizeof(b.value));
		r = odometer_first(&b, mask);
		/* What is the same for all combinations is asked once. */
		if (r == 0)
			r = conditions_hold(a, e, &b, /* vars= */ false, &holds);
		if (r < 0)
			return r;
		if (!holds)
			continue;
		do {
			r = conditions_hold(a, e, &b, /* vars= */ true, &holds);
			if (r == 0 && holds)
				r = bound_push(a, e, &room, &b);
			if (r < 0)
				return r;
		} while (odometer_next(&b, mask));
	}
	return 0;
}
