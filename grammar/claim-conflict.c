/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * No source may be accepted by two blocks that claim one attribute differently: what would have
 * to be set then? Facts are not known here, so two cases are taken for compatible with each
 * other unless the conditions, or what the blocks say about the source, tell them apart for any
 * facts. The test errs on one side only: it may refuse a policy that could be let through.
 * What tells two cases apart is claim-case.c's.
 */
#include "grammar/claim-case.h"

#define CASES_MAX 1024	     /* computed claims on one attribute */
#define PAIRS_MAX (1u << 20) /* of a computed claim with any other */
#define COST_MAX  (1u << 26) /* words, intervals and values of the source that are looked at for one */

struct conflict {
	struct check *c;
	uint16_t attr;
	struct case_ *computed;
	uint32_t n_computed;
	uint32_t pairs;
	uint64_t cost;
};

/* ---- claims ------------------------------------------------------------------------------ */

static bool is_computed(const struct claim *claim)
{
	return claim && !claim->copy;
}

/* The attribute of the source that a case's claim is computed from; -1: none. */
static int source_of(const struct conflict *f, const struct case_ *k)
{
	unsigned i;

	if (!k->claim || k->claim->copy)
		return f->attr;
	for (i = 0; i < k->claim->expr.n; i++)
		if (k->claim->expr.node[i].op == EXPR_SOURCE)
			return (int)k->claim->expr.node[i].num;
	return -1;
}

static bool claimed(const struct conflict *f, const struct case_ *k, int64_t source, int64_t *ret)
{
	const struct attr_type *t = &f->c->policy->attr[f->attr].type;
	int64_t v = source;

	if (k->claim && !k->claim->copy && !case_compute(k, &k->claim->expr, source, &v))
		return false;
	*ret = v;
	return v >= t->lo && v <= t->hi;
}

/* Is there a value that the source can have, in the attribute's domain, other than @v? */
static bool other_possible(const struct attr_type *t, const struct possible *p, int64_t v)
{
	uint32_t i;

	if (p->all)
		return t->lo != v || t->hi != v;
	for (i = 0; i < p->ranges.n; i++) {
		struct interval iv = p->ranges.iv[i];
		int64_t lo = MAX(key_to_int(iv.lo), t->lo), hi = t->hi;

		if (!key_is_end(iv.hi))
			hi = MIN(key_to_int(iv.hi) - 1, t->hi);
		if (lo <= hi && (lo != v || hi != v))
			return true;
	}
	return false;
}

/* For some value that the source can have, do both claim, and not the same? */
static bool differ(struct conflict *f, const struct case_ *x, const struct case_ *y, int source,
	const struct possible *p)
{
	const struct attr_type *t;
	int64_t v, a, b;

	if (source < 0)
		return claimed(f, x, 0, &a) && claimed(f, y, 0, &b) && a != b;
	t = &f->c->policy->attr[source].type;
	/* A copy is of any value, and there may be 2^64: what meets it here is a constant, or is
	 * computed from an attribute of few. */
	if (source_of(f, x) < 0 && !is_computed(y->claim))
		return claimed(f, x, 0, &a) && other_possible(t, p, a);
	for (v = t->lo;; v++) {
		bool can = p->all || ranges_contains(p->ranges, key_from_int(v));

		f->cost += 1u + (can ? x->claim->expr.n : 0);
		if (can && claimed(f, x, v, &a) && claimed(f, y, v, &b) && a != b)
			return true;
		if (v == t->hi)
			return false;
	}
}

static bool contradict(struct conflict *f, const struct case_ *x, const struct case_ *y)
{
	struct possible p = EVERYTHING;
	int sx = source_of(f, x), sy = source_of(f, y);

	if (!cases_can_meet(f->c, x, y, (uint16_t)MAX(MAX(sx, sy), 0), &p, &f->cost))
		return false;
	if (sx >= 0 && sy >= 0 && sx != sy)
		return true;
	return differ(f, x, y, MAX(sx, sy), &p);
}

static void report(struct conflict *f, const struct case_ *x, const struct case_ *y)
{
	struct check *c = f->c;
	struct span here = y->ast_claim ? y->ast_claim->span : y->ast->span;
	struct span there = x->ast_claim ? x->ast_claim->span : x->ast->span;
	struct str name = c->policy->attr[f->attr].name;
	struct diag *d;

	if (x->block == y->block) {
		d = check_error(c, DIAG_CLAIM_CONFLICT, here,
			"one source could match two combinations, which claim '%.*s' differently",
			STR_FMT(name));
		d->help = STR("let a clause of the block tell the combinations apart");
		return;
	}
	d = check_error(c, DIAG_CLAIM_CONFLICT, here,
		"a source could be accepted here and elsewhere, with '%.*s' claimed differently",
		STR_FMT(name));
	check_other(c, d, there, y->ast_claim && !x->ast_claim ?
		STR("this block claims a copy, for it does not name the attribute") :
		STR("this block claims another value"));
	d->help = STR("add conditions or clauses that no source meets in both");
}

/* ---- going through all ------------------------------------------------------------------- */

/* The claim that a block makes on the attribute. false: none. */
static bool find_claim(const struct conflict *f, const struct block *b,
	const struct ast_block *ast, const struct claim **ret, const struct ast_claim **ret_ast)
{
	const struct ast_claim *at = ast->first_claim;
	uint32_t i;

	for (i = 0; i < b->n_claims; i++, at = at->next)
		if (b->claim[i].attr == f->attr) {
			*ret = &b->claim[i];
			*ret_ast = at;
			return true;
		}
	for (i = 0; i < b->n_clauses; i++)
		if (b->clause[i].attr == f->attr)
			return false;
	*ret = NULL;
	*ret_ast = NULL;
	return true;
}

/* Fixes the variables that the claim is computed with to their first values. */
static uint32_t first_values(struct case_ *k)
{
	uint32_t fixed = 0;
	unsigned i;

	memset(k->value, 0xff, sizeof(k->value));
	for (i = 0; is_computed(k->claim) && i < k->claim->expr.n; i++)
		if (k->claim->expr.node[i].op == EXPR_VAR) {
			fixed |= (uint32_t)1 << k->claim->expr.node[i].num;
			k->value[k->claim->expr.node[i].num] = 0;
		}
	return fixed;
}

static bool next_values(struct case_ *k, uint32_t fixed)
{
	unsigned i;

	for (i = 0; i < k->rule->n_vars; i++) {
		if (!(fixed >> i & 1))
			continue;
		if (++k->value[i] < k->rule->var[i].n)
			return true;
		k->value[i] = 0;
	}
	return false;
}

/* Compares with all computed cases before it. false: reported, or out of memory. */
static bool compare(struct conflict *f, struct case_ *k)
{
	struct arena_mark mark;
	uint32_t i;

	for (i = 0; i < f->n_computed; i++) {
		if (++f->pairs > PAIRS_MAX) {
			check_error(f->c, DIAG_TOO_MANY, k->ast->span,
				"more than %u pairs of claims on '%.*s' to compare", PAIRS_MAX,
				STR_FMT(f->c->policy->attr[f->attr].name));
			return false;
		}
		if (f->cost > COST_MAX) {
			check_error(f->c, DIAG_TOO_MANY, k->ast->span,
				"comparing the claims on '%.*s' takes more than %u steps",
				STR_FMT(f->c->policy->attr[f->attr].name), COST_MAX);
			return false;
		}
		mark = arena_mark(f->c->a);
		if (contradict(f, &f->computed[i], k)) {
			if (!arena_failed(f->c->a))
				report(f, &f->computed[i], k);
			return false;
		}
		arena_rewind(f->c->a, mark);
	}
	return true;
}

/* @computed: the round in which computed claims are gathered; then copies meet them. */
static bool visit_block(struct conflict *f, const struct rule *r, const struct block *b,
	const struct ast_block *ast, bool computed)
{
	struct case_ k = { .rule = r, .block = b, .ast = ast };
	uint32_t fixed;

	if (b->kind != BLOCK_ACCEPT || !find_claim(f, b, ast, &k.claim, &k.ast_claim) ||
		is_computed(k.claim) != computed)
		return true;
	fixed = first_values(&k);
	do {
		struct arena_mark mark = arena_mark(f->c->a);

		k.cost = 0;
		if (!case_fill(f->c, &k))
			return false;
		f->cost += k.cost;
		if (!compare(f, &k))
			return false;
		if (!computed) {
			arena_rewind(f->c->a, mark);
			continue;
		}
		if (f->n_computed == CASES_MAX) {
			check_error(f->c, DIAG_TOO_MANY, ast->span,
				"more than %d computed claims on '%.*s' to compare", CASES_MAX,
				STR_FMT(f->c->policy->attr[f->attr].name));
			return false;
		}
		f->computed[f->n_computed++] = k;
	} while (next_values(&k, fixed));
	return true;
}

static bool visit_all(struct conflict *f, bool computed)
{
	const struct ast_rule *ast = f->c->ast->first_rule;
	uint32_t i, n;

	for (i = 0; i < f->c->policy->n_rules; i++, ast = ast->next) {
		const struct rule *r = &f->c->policy->rule[i];
		const struct ast_block *block = ast->first_block;

		for (n = 0; n < r->n_blocks; n++, block = block->next)
			if (!visit_block(f, r, &r->block[n], block, computed))
				return false;
	}
	return true;
}

/* Which attributes are claimed with a computed value anywhere? */
static uint32_t computed_attrs(const struct policy *p, bool *computed)
{
	uint32_t i, k, j, n = 0;

	for (i = 0; i < p->n_rules; i++)
		for (k = 0; k < p->rule[i].n_blocks; k++)
			for (j = 0; j < p->rule[i].block[k].n_claims; j++) {
				const struct claim *x = &p->rule[i].block[k].claim[j];

				n += !x->copy;
				computed[x->attr] |= !x->copy;
			}
	return n;
}

bool check_claim_conflicts(struct check *c)
{
	bool computed[ATTR_FIRST + ATTRS_MAX] = { 0 };
	bool good = true;
	uint16_t i;

	if (computed_attrs(c->policy, computed) == 0)
		return true;
	for (i = ATTR_FIRST; i < c->policy->n_attrs; i++) {
		struct conflict f = { .c = c, .attr = i };

		if (!computed[i])
			continue;
		f.computed = arena_new_array(c->a, CASES_MAX, struct case_);
		if (!f.computed)
			return false;
		good &= visit_all(&f, true) && visit_all(&f, false);
	}
	return good;
}
