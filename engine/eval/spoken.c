/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Two speakers, one evaluation: the attributes of policy and driver in one numbering, and
 * the rules of both with it. What the driver's files say is engine/adapter's affair, and
 * that the two are a conjunction build.c's.
 */
#include <errno.h>

#include "engine/eval/spoken.h"

/* ---- renumbering
 * --------------------------------------------------------------------------- */

static int renumber_clauses(struct arena *a, const uint16_t *map,
	const struct clause *from, uint32_t n, const struct clause **ret)
{
	struct clause *to = arena_new_array(a, n, struct clause);
	uint32_t i;

	if (!to)
		return -ENOMEM;
	for (i = 0; i < n; i++) {
		to[i] = from[i];
		to[i].attr = map[from[i].attr];
		if (from[i].operand.kind == OPERAND_SELF_NAME && !from[i].operand.local)
			to[i].operand.ref = map[from[i].operand.ref];
	}
	*ret = to;
	return 0;
}

static int renumber_expr(struct arena *a, const uint16_t *map, struct expr *e)
{
	struct expr_node *node = arena_new_array(a, e->n, struct expr_node);
	unsigned i;

	if (!node)
		return -ENOMEM;
	for (i = 0; i < e->n; i++) {
		node[i] = e->node[i];
		if (node[i].op == EXPR_SOURCE)
			node[i].num = map[node[i].num];
	}
	e->node = node;
	return 0;
}

static int renumber_block(struct arena *a, const uint16_t *map, struct block *b)
{
	struct claim *claim = arena_new_array(a, b->n_claims, struct claim);
	uint32_t i;
	int r;

	if (!claim)
		return -ENOMEM;
	r = renumber_clauses(a, map, b->clause, b->n_clauses, &b->clause);
	for (i = 0; r == 0 && i < b->n_claims; i++) {
		claim[i] = b->claim[i];
		claim[i].attr = map[claim[i].attr];
		if (claim[i].expr.n > 0)
			r = renumber_expr(a, map, &claim[i].expr);
	}
	b->claim = claim;
	return r;
}

static int renumber_rule(
	struct arena *a, const uint16_t *map, const struct rule *from, struct rule *to)
{
	struct block *block = arena_new_array(a, from->n_blocks, struct block);
	uint32_t i;
	int r;

	if (!block)
		return -ENOMEM;
	*to = *from;
	r = renumber_clauses(a, map, from->when, from->n_when, &to->when);
	for (i = 0; r == 0 && i < from->n_blocks; i++) {
		block[i] = from->block[i];
		r = renumber_block(a, map, &block[i]);
	}
	to->block = block;
	return r;
}

/* ---- joining
 * ------------------------------------------------------------------------------- */

static bool later(const struct attr *a, const struct attr *b)
{
	return level_cmp(a->name, a->type.type, b->name, b->type.type) > 0;
}

/* The attributes of both in level order: those of the policy are so already. @map gets
 * the new numbers, first of the policy's, then of the driver's. 0, -EEXIST: *ret_twice is
 * in both. */
static int join_attrs(struct arena *a, struct evaluation *e, const struct spoken *sp,
	uint16_t *map, struct str *ret_twice)
{
	uint32_t own = e->policy.n_attrs, n = own + sp->n_attrs, i, k;
	struct attr *attr = arena_new_array(a, n, struct attr);
	uint32_t *from = arena_new_array(a, n, uint32_t);

	e->spoken = arena_new_array(a, n, const struct spoken_attr *);
	if (!attr || !from || !e->spoken)
		return -ENOMEM;
	for (i = 0; i < n; i++) {
		const struct attr *at =
			i < own ? &e->policy.attr[i] : &sp->attr[i - own].attr;

		for (k = 0; i >= own && k < own; k++)
			if (str_eq(e->policy.attr[k].name, at->name)) {
				*ret_twice = at->name;
				return -EEXIST;
			}
		for (k = i; k > ATTR_FIRST && i >= own && later(&attr[k - 1], at); k--) {
			attr[k] = attr[k - 1];
			from[k] = from[k - 1];
		}
		attr[k] = *at;
		from[k] = i;
	}
	for (i = 0; i < n; i++) {
		map[from[i]] = (uint16_t)i;
		if (from[i] >= own)
			e->spoken[i] = &sp->attr[from[i] - own];
	}
	e->policy.attr = attr;
	e->policy.n_attrs = n;
	return 0;
}

static int join_rules(struct arena *a, const uint16_t *map, const uint16_t *spoken_map,
	const struct spoken *sp, const struct rule **rule, uint32_t *n_rules)
{
	struct rule *to = arena_new_array(a, (size_t)*n_rules + 1, struct rule);
	uint32_t i;
	int r;

	if (!to)
		return -ENOMEM;
	r = renumber_rule(a, spoken_map, &sp->rule, &to[0]);
	for (i = 0; r == 0 && i < *n_rules; i++)
		r = renumber_rule(a, map, &(*rule)[i], &to[i + 1]);
	*rule = to;
	(*n_rules)++;
	return r;
}

/* ---- one file, two claims ---------------------------------------------------------------------- */

static bool sets_one_file(const struct attr *a, const struct attr *b)
{
	return a->fact.kind == FACT_DEVICE && b->fact.kind == FACT_DEVICE &&
	       a->fact.n_paths == 1 && b->fact.n_paths == 1 && !a->fact.key.p &&
	       str_eq(a->fact.path[0], b->fact.path[0]);
}

bool spoken_agree(struct evaluation *e)
{
	uint32_t i, k, j, n;

	for (i = 0; i < e->n_bound; i++)
		for (k = 0; k < e->bound[i].rule->n_blocks; k++)
			for (j = 0; j < e->bound[i].rule->block[k].n_claims; j++) {
				const struct claim *c = &e->bound[i].rule->block[k].claim[j];

				for (n = ATTR_FIRST; !c->copy && n < e->policy.n_attrs; n++) {
					const struct attr *at = &e->policy.attr[n];

					if (!at->spoken || !at->dynamic ||
						!sets_one_file(&e->policy.attr[c->attr], at))
						continue;
					e->status = STATUS_UNREADABLE_FACT;
					e->detail = at->name;
					e->detail_why = STR("the driver has it copied, and the policy computes it");
					return false;
				}
			}
	return true;
}

int spoken_join(struct arena *a, const struct subject *s, struct evaluation *e,
	const struct rule **rule, uint32_t *n_rules)
{
	struct adapter_input in = {
		.kind = s->kind,
		.driver = s->driver,
		.type = s->type,
		.instance = s->instance,
		.offers = e->policy.speaks_offers,
		.files = &s->files,
	};
	uint32_t own = e->policy.n_attrs, i;
	uint16_t *map, *spoken_map;
	struct str twice = { 0 };
	struct spoken sp;
	int r;

	r = adapter_speak(a, e->policy.speaks, &in, &sp);
	if (r < 0)
		return r == -EINVAL ? -EBADMSG : r;
	e->status = sp.status;
	e->detail = sp.detail;
	e->detail_why = sp.detail_why;
	if (sp.status != STATUS_OK && sp.status != STATUS_TARGET_ONLY)
		return 0;
	if (own - ATTR_FIRST + sp.n_attrs > ATTRS_MAX)
		return -E2BIG;
	map = arena_new_array(a, own + sp.n_attrs, uint16_t);
	spoken_map = arena_new_array(a, ATTR_FIRST + sp.n_attrs, uint16_t);
	if (!map || !spoken_map)
		return -ENOMEM;
	r = join_attrs(a, e, &sp, map, &twice);
	if (r == -EEXIST) {
		e->status = STATUS_UNREADABLE_FACT;
		e->detail = twice;
		e->detail_why =
			STR("the policy declares it, and the driver's files name it");
		return 0;
	}
	if (r < 0)
		return r;
	for (i = 0; i < ATTR_FIRST + sp.n_attrs; i++)
		spoken_map[i] = i < ATTR_FIRST ? map[i] : map[own + i - ATTR_FIRST];
	return join_rules(a, map, spoken_map, &sp, rule, n_rules);
}
