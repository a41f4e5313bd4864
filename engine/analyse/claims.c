/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Do two policies claim the same of all pairs that both let go? Verdicts and fingerprints do not show it.
 * Yes is said where it can be read off the blocks: each claims the same in one way, or the policies are
 * one but for places and names. Else pairs of representatives are explained on both sides; what that
 * shows is a difference, and what it does not show is undecided.
 */
#include <errno.h>

#include "engine/analyse/claims.h"
#include "engine/eval/explain.h"
#include "engine/image/section.h"

/* ---- one way of claiming --------------------------------------------------------------------------- */

/* What one block claims of an attribute: nothing (NULL), or this. A copy has no expression. */
static const struct claim *way_of(const struct block *b, uint16_t attr)
{
	static const struct claim copy = { .copy = true };
	uint32_t i;

	for (i = 0; i < b->n_claims; i++)
		if (b->claim[i].attr == attr)
			return b->claim[i].copy ? &copy : &b->claim[i];
	for (i = 0; i < b->n_clauses; i++)
		if (b->clause[i].attr == attr)
			return NULL;
	return &copy;
}

static bool same_way(const struct view *vx, const struct claim *x, const struct view *vy,
	const struct claim *y)
{
	unsigned i;

	if (!x || !y || x->copy || y->copy)
		return (!x && !y) || (x && y && x->copy && y->copy);
	if (x->expr.n != y->expr.n)
		return false;
	for (i = 0; i < x->expr.n; i++) {
		const struct expr_node *a = &x->expr.node[i], *b = &y->expr.node[i];

		if (a->op != b->op || a->op == EXPR_VAR)
			return false;
		if (a->op == EXPR_SOURCE ? vx->attr_var[a->num] != vy->attr_var[b->num] :
					   a->num != b->num)
			return false;
	}
	return true;
}

static const struct attr *dynamic_of(const struct view *v, uint32_t var, uint16_t *ret)
{
	uint32_t i;

	for (i = ATTR_FIRST; i < v->p->n_attrs; i++)
		if (v->attr_var[i] == var && v->p->attr[i].dynamic) {
			*ret = (uint16_t)i;
			return &v->p->attr[i];
		}
	return NULL;
}

/* Of one variable: does each accept block of both sides claim it in one way, or none? */
static bool one_way(const struct universe *u, uint32_t var)
{
	const struct claim *first = NULL;
	const struct view *of = NULL;
	const struct attr *name = NULL;
	uint32_t i, r, k;

	for (i = 0; i < u->n_views; i++) {
		const struct view *v = &u->view[i];
		uint16_t attr = 0;
		const struct attr *at = v->narrow ? NULL : dynamic_of(v, var, &attr);

		if (at && name && !str_eq(at->name, name->name))
			return false;
		name = at ? at : name;
		for (r = 0; !v->narrow && r < v->p->n_rules; r++)
			for (k = 0; k < v->p->rule[r].n_blocks; k++) {
				const struct block *b = &v->p->rule[r].block[k];
				const struct claim *way = at ? way_of(b, attr) : NULL;

				if (b->kind != BLOCK_ACCEPT)
					continue;
				if (of && !same_way(of, first, v, way))
					return false;
				of = v;
				first = way;
			}
	}
	return true;
}

/* ---- one policy but for places and names ------------------------------------------------------------- */

static struct block *bare_blocks(struct arena *a, const struct rule *r)
{
	struct block *block = arena_new_array(a, r->n_blocks, struct block);
	uint32_t i, k;

	for (i = 0; block && i < r->n_blocks; i++) {
		const struct block *b = &r->block[i];
		struct clause *clause = arena_new_array(a, b->n_clauses, struct clause);
		struct claim *claim = arena_new_array(a, b->n_claims, struct claim);

		if (!clause || !claim)
			return NULL;
		for (k = 0; k < b->n_clauses; k++) {
			clause[k] = b->clause[k];
			clause[k].place = (struct place){ 0 };
		}
		for (k = 0; k < b->n_claims; k++) {
			claim[k] = b->claim[k];
			claim[k].place = (struct place){ 0 };
		}
		block[i] = *b;
		block[i].clause = clause;
		block[i].claim = claim;
		block[i].place = (struct place){ 0 };
	}
	return block;
}

static struct attr *bare_attrs(struct arena *a, const struct attr *at, uint32_t n)
{
	struct attr *list = arena_new_array(a, n, struct attr);
	uint32_t i;

	for (i = 0; list && i < n; i++) {
		list[i] = at[i];
		list[i].place = (struct place){ 0 };
	}
	return list;
}

/* What a policy says, as bytes. */
static int bare(struct arena *a, const struct policy *p, struct str *ret)
{
	struct rule *rule = arena_new_array(a, p->n_rules, struct rule);
	struct policy q = *p;
	uint32_t i, k;

	q.name = STR("p");
	q.vendor = q.file = (struct str){ 0 };
	q.revision = 0;
	q.fallback = false;
	memset(q.digest, 0, sizeof(q.digest));
	q.n_scopes = 0; /* those that are compared are the same */
	q.attr = bare_attrs(a, p->attr, p->n_attrs);
	q.local = bare_attrs(a, p->local, p->n_locals);
	q.rule = rule;
	if (!rule || !q.attr || !q.local)
		return -ENOMEM;
	for (i = 0; i < p->n_rules; i++) {
		struct clause *when = arena_new_array(a, p->rule[i].n_when, struct clause);

		rule[i] = p->rule[i];
		rule[i].name = (struct str){ 0 };
		rule[i].place = rule[i].migratable_place = (struct place){ 0 };
		rule[i].block = bare_blocks(a, &p->rule[i]);
		rule[i].when = when;
		if (!when || !rule[i].block)
			return -ENOMEM;
		for (k = 0; k < rule[i].n_when; k++) {
			when[k] = p->rule[i].when[k];
			when[k].place = (struct place){ 0 };
		}
	}
	return section_encode(a, &q, ret);
}

static bool same_policy(struct arena *a, const struct judged *x, const struct judged *y)
{
	struct str bytes[2];

	return bare(a, x->policy, &bytes[0]) == 0 && bare(a, y->policy, &bytes[1]) == 0 &&
	       str_eq(bytes[0], bytes[1]);
}

/* ---- pairs ---------------------------------------------------------------------------------------------- */

/* The smallest pair of a part that both sides let go. */
static struct tuple both_go(const struct matrix *m)
{
	struct tuple best = { 0 };
	uint32_t s, w;

	for (s = 0; s < m->n; s++)
		for (w = 0; w < m->words; w++) {
			size_t at = (size_t)s * m->words + w;
			uint64_t bits = m->go[0][at] & m->go[1][at];

			for (; bits; bits &= bits - 1) {
				uint32_t t = 64 * w + (uint32_t)__builtin_ctzll(bits);
				uint32_t differ = matrix_differ(m, s, t);

				if (best.found && best.differ <= differ)
					continue;
				best = (struct tuple){ .found = true, .at = { s, t, t }, .differ = differ };
			}
		}
	return best;
}

static int explain_side(const struct question *q, struct arena *tmp, unsigned side,
	uint32_t *const who[3], struct explanation *ret)
{
	struct evaluation *e = arena_new_array(tmp, 2, struct evaluation);
	int r;

	if (!e)
		return -ENOMEM;
	r = subject_evaluate(tmp, q->u, side, who[0], &e[0]);
	if (r == 0)
		r = subject_evaluate(tmp, q->u, side, who[1], &e[1]);
	if (r == 0 && (!status_has_fingerprint(e[0].status) || !status_has_fingerprint(e[1].status)))
		*ret = (struct explanation){ 0 };
	else if (r == 0)
		r = explain(tmp, &e[0], NULL, &e[1], NULL, ret);
	return r;
}

static struct str claim_text(struct arena *a, const struct explanation *x, struct str attr)
{
	struct sbuf b = { .size = 512 };
	uint32_t i;

	for (i = 0; i < x->n_claims && !str_eq(x->claim[i].attr, attr);)
		i++;
	if (i == x->n_claims)
		return STR("not claimed");
	b.p = arena_alloc(a, b.size);
	if (!b.p)
		return STR("claimed");
	value_print(&b, &x->claim[i].value);
	return b.overflow ? STR("claimed") : sbuf_str(&b);
}

/* The first attribute that only one claims, or both to different values; .p NULL: none. */
static struct str other_claim(const struct explanation *x, const struct explanation *y)
{
	uint32_t i, k;

	for (i = 0; i < x->n_claims; i++) {
		for (k = 0; k < y->n_claims && !str_eq(x->claim[i].attr, y->claim[k].attr);)
			k++;
		if (k == y->n_claims || !value_eq(&x->claim[i].value, &y->claim[k].value))
			return x->claim[i].attr;
	}
	return (struct str){ 0 };
}

static int try_pair(const struct question *q, struct arena *a, struct arena *tmp,
	const struct tuple *mix, struct claims_change *ret)
{
	struct arena_mark mark = arena_mark(tmp), whole = arena_mark(q->u->arena);
	struct explanation x[2];
	struct str attr = { 0 };
	uint32_t *who[3];
	unsigned side;
	int r = question_compose(q, mix, 2, who);

	for (side = 0; r == 0 && side < 2; side++)
		r = explain_side(q, tmp, side, who, &x[side]);
	if (r == 0 && x[0].verdict == VERDICT_COMPATIBLE && x[1].verdict == VERDICT_COMPATIBLE) {
		attr = other_claim(&x[0], &x[1]);
		attr = attr.p ? attr : other_claim(&x[1], &x[0]);
	}
	if (r == 0 && attr.p) {
		ret->same = RELATION_NO;
		ret->attr = str_dup(a, attr);
		for (side = 0; r == 0 && side < 2; side++) {
			ret->text[side] = str_dup(a, claim_text(tmp, &x[side], attr));
			r = subject_describe(a, q->u, who[side], &ret->who[side]);
		}
	} else {
		arena_rewind(q->u->arena, whole);
	}
	arena_rewind(tmp, mark);
	return r;
}

/* All pairs of one part that both let go, the others as they are in @mix, until one is found. */
static int try_part(const struct question *q, struct arena *a, struct arena *tmp, uint32_t part,
	struct tuple *mix, uint32_t most, struct claims_change *ret)
{
	const struct matrix *m = &q->m[part];
	struct tuple usual = mix[part];
	uint32_t s, w, looked = 0;
	int r = 0;

	for (s = 0; s < m->n; s++)
		for (w = 0; w < m->words; w++) {
			size_t at = (size_t)s * m->words + w;
			uint64_t bits = m->go[0][at] & m->go[1][at];

			for (; r == 0 && ret->same != RELATION_NO && bits; bits &= bits - 1) {
				uint32_t t = 64 * w + (uint32_t)__builtin_ctzll(bits);

				if (looked++ >= most)
					break;
				mix[part] = (struct tuple){ .found = true, .at = { s, t, t } };
				r = try_pair(q, a, tmp, mix, ret);
			}
		}
	mix[part] = usual;
	return r;
}

int claims_compare(struct question *q, struct arena *a, struct arena *tmp,
	struct claims_change *ret)
{
	struct claims_change out = { .same = RELATION_YES };
	struct tuple *mix = arena_new_array(q->u->arena, q->n, struct tuple);
	bool read = true;
	uint32_t i;
	int r = 0;

	if (!mix)
		return -ENOMEM;
	for (i = VAR_TYPE; i < q->u->n_vars; i++)
		read = read && one_way(q->u, i);
	if (read || same_policy(q->u->arena, q->u->side[0], q->u->side[1])) {
		*ret = out;
		return 0;
	}
	for (i = 0; i < q->n; i++) {
		mix[i] = both_go(&q->m[i]);
		if (!mix[i].found) {
			*ret = out;
			return 0;
		}
	}
	out.same = RELATION_UNDECIDED;
	for (i = 0; r == 0 && i < q->n && out.same != RELATION_NO; i++)
		r = try_part(q, a, tmp, i, mix, CLAIMS_PAIRS_MAX, &out);
	if (r == 0)
		*ret = out;
	return r;
}
