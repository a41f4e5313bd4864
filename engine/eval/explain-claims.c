/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What must be set on the target before a source's state comes: the claims of every block that
 * accepts it, under every assignment. Which of them are written first makes no difference: the
 * compiler lets no two of them contradict each other, and should two do so all the same, there is
 * no explanation and so no verdict.
 */
#include <errno.h>

#include "engine/eval/explain-parts.h"
#include "engine/eval/trial.h"

struct claims {
	const struct evaluation *target;
	const struct record *source;
	struct value *value; /* by attribute number */
	bool *claimed;
};

static int set_claim(struct claims *s, uint16_t attr, const struct value *v)
{
	if (s->claimed[attr] && !value_eq(&s->value[attr], v))
		return -EUCLEAN;
	s->value[attr] = *v;
	s->claimed[attr] = true;
	return 0;
}

static int computed(const struct claims *s, const struct bound_rule *b, const struct claim *c,
	struct value *ret)
{
	const struct policy *p = &s->target->policy;
	const struct value *from = NULL;
	struct value v = { .type = p->attr[c->attr].type.type };
	int64_t number;
	unsigned i;
	bool bad;

	for (i = 0; i < c->expr.n; i++)
		if (c->expr.node[i].op == EXPR_SOURCE)
			from = trial_value(s->source, &p->attr[c->expr.node[i].num], &bad);
	if (expr_value(&c->expr, b, NULL, from, &number) < 0)
		return -EUCLEAN;
	v.key = key_from_int(number);
	*ret = v;
	return 0;
}

/* What a block that accepts the source claims for one attribute. */
static int claim_one(struct claims *s, const struct trial *t, uint16_t attr)
{
	const struct claim *claim = NULL;
	const struct value *copy;
	struct value v;
	bool named = false, bad;
	uint32_t i;
	int r;

	for (i = 0; i < t->block->n_clauses; i++)
		named = named || t->block->clause[i].attr == attr;
	for (i = 0; i < t->block->n_claims; i++)
		if (t->block->claim[i].attr == attr)
			claim = &t->block->claim[i];
	if (named && !claim)
		return 0;
	if (claim && !claim->copy) {
		r = computed(s, t->bound, claim, &v);
		return r < 0 ? r : set_claim(s, attr, &v);
	}
	copy = trial_value(s->source, &s->target->policy.attr[attr], &bad);
	return copy ? set_claim(s, attr, copy) : 0;
}

static int claim_block(struct arena *a, struct claims *s, const struct bound_rule *bound,
	const struct block *block)
{
	const struct evaluation *e = s->target;
	struct bound_rule b = *bound;
	struct trial t = { e, &b, block, s->source };
	uint32_t failures, i;
	int r = block_first(block, &b);

	if (r < 0)
		return r;
	do {
		struct arena_mark m = arena_mark(a);

		r = trial_failures(a, &t, &failures);
		arena_rewind(a, m);
		for (i = 0; r == 0 && failures == 0 && i < e->n_claim_attrs; i++) {
			uint16_t attr = e->claim_attr[i];

			/* The driver's attributes are claimed by its own blocks. */
			if (e->policy.attr[attr].spoken == bound->rule->spoken)
				r = claim_one(s, &t, attr);
		}
		if (r < 0)
			return r;
	} while (block_next(block, &b));
	return 0;
}

int explain_claims(struct arena *a, const struct evaluation *target, const struct record *source,
	struct explanation *x)
{
	struct claim_value *list = arena_new_array(a, target->n_claim_attrs, struct claim_value);
	struct claims s = {
		.target = target,
		.source = source,
		.value = arena_new_array(a, target->policy.n_attrs, struct value),
		.claimed = arena_new_array(a, target->policy.n_attrs, bool),
	};
	uint32_t i, k, n = 0;
	int r;

	if (!list || !s.value || !s.claimed)
		return -ENOMEM;
	for (i = 0; i < target->n_bound && target->n_claim_attrs > 0; i++)
		for (k = 0; k < target->bound[i].rule->n_blocks; k++) {
			const struct block *block = &target->bound[i].rule->block[k];

			if (block->kind != BLOCK_ACCEPT)
				continue;
			r = claim_block(a, &s, &target->bound[i], block);
			if (r < 0)
				return r;
		}
	for (i = 0; i < target->n_claim_attrs; i++) {
		uint16_t attr = target->claim_attr[i];

		if (s.claimed[attr])
			list[n++] = (struct claim_value){ target->policy.attr[attr].name,
				s.value[attr] };
	}
	x->claim = list;
	x->n_claims = n;
	return 0;
}
