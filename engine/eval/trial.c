/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One block against one record, clause by clause and without a diagram. What follows from it, a
 * reason or a claim, is for others.
 */
#include <errno.h>

#include "engine/eval/trial.h"

/* ---- one side's values ----------------------------------------------------------------------- */

const struct value *trial_value(const struct record *r, const struct attr *attr, bool *ret_bad)
{
	const struct record_entry *x = record_find(r, attr->name);

	*ret_bad = false;
	if (!x)
		return attr->presence == PRESENCE_DEFAULT ? &attr->dflt : NULL;
	*ret_bad = !value_type_eq(x->value.type, attr->type.type) ||
		   (attr->presence == PRESENCE_DEFAULT && value_eq(&x->value, &attr->dflt));
	return &x->value;
}

bool trial_knows(const struct policy *p, struct str name)
{
	uint32_t i;

	for (i = 0; i < p->n_attrs; i++)
		if (str_eq(p->attr[i].name, name))
			return true;
	return false;
}

/* ---- one block against one record ------------------------------------------------------------ */

int trial_attr(struct arena *a, const struct trial *t, uint16_t attr, bool *ret_held,
	const struct clause **ret_clause, bool *ret_left_out)
{
	const struct attr *at = &t->own->policy.attr[attr];
	uint32_t max = t->block->n_clauses + t->block->n_claims + 2, n, i;
	struct block_test *list = arena_new_array(a, max, struct block_test);
	const struct value *v;
	bool bad;
	int r;

	if (!list)
		return -ENOMEM;
	r = block_tests(a, t->own, t->bound, t->block, attr, list, max, &n, ret_left_out);
	if (r < 0)
		return r;
	v = trial_value(t->other, at, &bad);
	*ret_held = !bad || (t->block->kind != BLOCK_ACCEPT && n == 0);
	*ret_clause = n > 0 ? list[0].clause : NULL;
	for (i = 0; i < n; i++) {
		if (list[i].domain && !v)
			continue;
		if (test_holds(list[i].test, v))
			continue;
		*ret_held = false;
		/* What comes from a claim is no clause's doing. */
		if (list[i].clause || !list[i].domain)
			*ret_clause = list[i].clause;
		break;
	}
	return 0;
}

int trial_failures(struct arena *a, const struct trial *t, uint32_t *ret)
{
	const struct policy *p = &t->own->policy;
	uint32_t i, failures = 0;

	for (i = 0; i < p->n_attrs; i++) {
		const struct clause *clause;
		bool held, left_out;
		int r = trial_attr(a, t, (uint16_t)i, &held, &clause, &left_out);

		if (r < 0)
			return r;
		failures += !held;
	}
	for (i = 0; t->block->kind == BLOCK_ACCEPT && i < t->other->n; i++)
		failures += !trial_knows(p, t->other->e[i].name);
	*ret = failures;
	return 0;
}
