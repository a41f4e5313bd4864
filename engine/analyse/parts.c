/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Taking a relation apart into conjuncts, and making the policy that each conjunct is. Two clauses
 * are one when they are spelled alike in the compiled form; what differs in spelling only is kept
 * together, which costs time and nothing else.
 */
#include <errno.h>

#include "engine/analyse/parts.h"

static uint32_t part_of(const struct universe *u, uint32_t var)
{
	while (u->var[var].part != var)
		var = u->var[var].part;
	return var;
}

static void join(struct universe *u, uint32_t x, uint32_t y)
{
	x = part_of(u, x);
	y = part_of(u, y);
	u->var[MAX(x, y)].part = MIN(x, y);
}

/* ---- are two clauses one? ------------------------------------------------------------------------- */

static bool words_same(struct word_set x, struct word_set y)
{
	uint32_t i;

	if (x.n != y.n)
		return false;
	for (i = 0; i < x.n; i++)
		if (!str_eq(x.w[i], y.w[i]))
			return false;
	return true;
}

static bool expr_same(const struct expr *x, const struct expr *y)
{
	unsigned i;

	if (x->n != y->n)
		return false;
	for (i = 0; i < x->n; i++)
		if (x->node[i].op != y->node[i].op || x->node[i].num != y->node[i].num)
			return false;
	return true;
}

static bool operand_uses_vars(const struct operand *o)
{
	unsigned i;

	for (i = 0; o->kind == OPERAND_EXPR && i < o->expr.n; i++)
		if (o->expr.node[i].op == EXPR_VAR)
			return true;
	return o->n_tmpl > 0 || o->n_except_tmpl > 0;
}

/* References are compared by the variable they lead to, so that two policies can be. */
static bool operand_same(const struct view *vx, const struct operand *x, const struct view *vy,
	const struct operand *y)
{
	uint32_t i;

	if (x->kind != y->kind || operand_uses_vars(x) || operand_uses_vars(y))
		return false;
	if (x->kind == OPERAND_SELF_NAME &&
		(x->local ? vx->local_var : vx->attr_var)[x->ref] !=
			(y->local ? vy->local_var : vy->attr_var)[y->ref])
		return false;
	if (!words_same(x->words, y->words) || !words_same(x->prefixes, y->prefixes) ||
		!words_same(x->except_words, y->except_words) ||
		!words_same(x->except_prefixes, y->except_prefixes) ||
		!ranges_equal(x->ranges, y->ranges) || x->has_no != y->has_no ||
		x->has_yes != y->has_yes || x->n_values != y->n_values ||
		!expr_same(&x->expr, &y->expr))
		return false;
	for (i = 0; x->kind == OPERAND_SETS && i < x->n_values; i++)
		if (!words_same(x->sets[i], y->sets[i]))
			return false;
	return x->kind != OPERAND_MASKS || x->n_values == 0 ||
	       memcmp(x->masks, y->masks, x->n_values * sizeof(*x->masks)) == 0;
}

/* The clauses of a block on one attribute, one after the other. */
static const struct clause *next_on(const struct block *b, uint16_t attr, uint32_t *i)
{
	while (*i < b->n_clauses)
		if (b->clause[(*i)++].attr == attr)
			return &b->clause[*i - 1];
	return NULL;
}

static bool same_on(const struct view *v, const struct block *x, const struct block *y,
	uint16_t attr)
{
	uint32_t i = 0, k = 0;
	const struct clause *c, *d;

	do {
		c = next_on(x, attr, &i);
		d = next_on(y, attr, &k);
		if (!c != !d || (c && (c->op != d->op || !operand_same(v, &c->operand, v, &d->operand))))
			return false;
	} while (c);
	return true;
}

/* ---- what belongs together -------------------------------------------------------------------------- */

static void join_operand(struct universe *u, const struct view *v, const struct clause *c)
{
	const struct operand *o = &c->operand;

	if (o->kind == OPERAND_SELF_NAME)
		join(u, v->attr_var[c->attr], (o->local ? v->local_var : v->attr_var)[o->ref]);
}

/* All that a block's template variables tie together. */
static void join_template(struct universe *u, const struct view *v, const struct rule *rule,
	const struct block *b, bool alone)
{
	uint32_t tied = VAR_NONE, i, x;
	unsigned k;

	for (k = 0; k < rule->n_vars; k++)
		if (rule->var[k].when || !alone)
			tied = VAR_SCOPE;
	for (i = 0; i < b->n_clauses; i++) {
		if (!operand_uses_vars(&b->clause[i].operand))
			continue;
		x = v->attr_var[b->clause[i].attr];
		tied = tied == VAR_NONE ? x : tied;
		join(u, tied, x);
	}
	for (i = 0; i < b->n_claims; i++)
		for (k = 0; k < b->claim[i].expr.n && !b->claim[i].copy; k++) {
			const struct expr_node *n = &b->claim[i].expr.node[k];

			if (n->op != EXPR_SOURCE)
				continue;
			x = v->attr_var[n->num];
			if (!alone)
				tied = VAR_SCOPE;
			tied = tied == VAR_NONE ? x : tied;
			join(u, tied, x);
		}
}

static void join_view(struct universe *u, const struct view *v)
{
	const struct block *first = NULL;
	uint32_t i, k, c, accepts = 0;

	for (i = 0; i < v->p->n_rules; i++)
		for (k = 0; k < v->p->rule[i].n_blocks; k++)
			accepts += v->p->rule[i].block[k].kind == BLOCK_ACCEPT;
	for (i = 0; i < v->p->n_rules; i++) {
		const struct rule *rule = &v->p->rule[i];

		for (c = 0; c < rule->n_when; c++)
			join(u, VAR_SCOPE, v->attr_var[rule->when[c].attr]);
		for (k = 0; k < rule->n_blocks; k++) {
			const struct block *b = &rule->block[k];

			for (c = 0; c < b->n_clauses; c++) {
				join_operand(u, v, &b->clause[c]);
				if (b->kind != BLOCK_ACCEPT)
					join(u, VAR_SCOPE, v->attr_var[b->clause[c].attr]);
			}
			join_template(u, v, rule, b, accepts == 1);
			if (b->kind != BLOCK_ACCEPT)
				continue;
			for (c = ATTR_TYPE; first && c < v->p->n_attrs; c++)
				if (!same_on(v, first, b, (uint16_t)c))
					join(u, VAR_SCOPE, v->attr_var[c]);
			first = first ? first : b;
		}
	}
	/* What a narrowing policy needs to know may keep a subject from having a verdict. */
	for (i = ATTR_FIRST; v->narrow && u->n_sides > 1 && i < v->p->n_attrs; i++)
		join(u, VAR_SCOPE, v->attr_var[i]);
}

/* ---- the policy of a part ------------------------------------------------------------------------------ */

/* A block with the clauses on the part's attributes; what it no longer speaks of is equal, and
 * where it was made equal it must be. */
static int cut_block(struct universe *u, const struct view *v, const bool *keep,
	const struct block *b, struct block *ret)
{
	const struct policy *p = v->p;
	struct clause *c = arena_new_array(u->arena, (size_t)b->n_clauses + p->n_attrs,
		struct clause);
	struct claim *claim = arena_new_array(u->arena, b->n_claims, struct claim);
	uint32_t i, k;

	if (!c || !claim)
		return -ENOMEM;
	*ret = *b;
	ret->clause = c;
	ret->claim = claim;
	ret->n_clauses = ret->n_claims = 0;
	ret->vars = 0;
	for (i = 0; i < b->n_clauses; i++)
		if (keep[v->attr_var[b->clause[i].attr]]) {
			c[ret->n_clauses++] = b->clause[i];
			if (operand_uses_vars(&b->clause[i].operand))
				ret->vars = b->vars;
		}
	for (i = ATTR_FIRST; b->kind == BLOCK_ACCEPT && i < p->n_attrs; i++)
		if (p->attr[i].dynamic && !keep[v->attr_var[i]])
			c[ret->n_clauses++] = (struct clause){ .attr = (uint16_t)i, .op = OP_EQ,
				.operand = { .kind = OPERAND_SELF }, .place = b->place };
	for (i = 0; i < b->n_claims; i++) {
		const struct claim *x = &b->claim[i];
		bool kept = keep[v->attr_var[x->attr]], source = false;

		/* A computed claim is a condition on its source, and on its variables. */
		for (k = 0; k < x->expr.n && !x->copy; k++)
			if (x->expr.node[k].op == EXPR_SOURCE) {
				kept = keep[v->attr_var[x->expr.node[k].num]];
				source = true;
			}
		if (!x->copy && !source)
			kept = true;
		if (!kept)
			continue;
		claim[ret->n_claims++] = *x;
		ret->vars = b->vars;
	}
	return 0;
}

static int cut_rule(struct universe *u, const struct view *v, const bool *keep, bool core,
	const struct rule *rule, struct rule *ret)
{
	struct block *block = arena_new_array(u->arena, rule->n_blocks, struct block);
	uint32_t i;
	int r = 0;

	if (!block)
		return -ENOMEM;
	*ret = *rule;
	ret->block = block;
	ret->n_blocks = 0;
	if (!core) {
		ret->n_when = 0;
		ret->migratable_no = false;
	}
	for (i = 0; r == 0 && i < rule->n_blocks; i++) {
		if (!core && (rule->block[i].kind != BLOCK_ACCEPT || ret->n_blocks > 0))
			continue;
		r = cut_block(u, v, keep, &rule->block[i], &block[ret->n_blocks++]);
	}
	return r;
}

static bool has_accept(const struct rule *r)
{
	uint32_t i;

	for (i = 0; i < r->n_blocks; i++)
		if (r->block[i].kind == BLOCK_ACCEPT)
			return true;
	return false;
}

static int cut_policy(struct universe *u, const struct view *v, const struct part *part,
	const struct policy **ret)
{
	struct policy *p = arena_new(u->arena, struct policy);
	struct rule *rule = arena_new_array(u->arena, v->p->n_rules, struct rule);
	uint32_t i;
	int r = 0;

	if (!p || !rule)
		return -ENOMEM;
	*p = *v->p;
	p->rule = rule;
	p->n_rules = 0;
	for (i = 0; r == 0 && i < v->p->n_rules; i++) {
		if (!part->core && (!has_accept(&v->p->rule[i]) || p->n_rules > 0))
			continue;
		r = cut_rule(u, v, part->keep, part->core, &v->p->rule[i], &rule[p->n_rules++]);
	}
	*ret = p;
	return r;
}

/* ---- the parts --------------------------------------------------------------------------------------------- */

/* Is there an attribute in it? Locals that nobody uses say nothing, nor does what only a narrowing
 * policy declares and does not use. */
static bool part_counts(const struct universe *u, const struct part *part)
{
	uint32_t i, k;

	for (i = 0; i < u->n_views; i++)
		for (k = ATTR_TYPE; k < u->view[i].p->n_attrs && !u->view[i].narrow; k++)
			if (part->keep[u->view[i].attr_var[k]])
				return true;
	return false;
}

static int make_part(struct universe *u, uint32_t root, struct part *ret)
{
	struct part part = { .core = root == VAR_SCOPE };
	const struct policy **policy = arena_new_array(u->arena, u->n_views, const struct policy *);
	uint32_t *var = arena_new_array(u->arena, u->n_vars, uint32_t);
	uint32_t i;
	int r = 0;

	part.keep = arena_new_array(u->arena, u->n_vars, bool);
	if (!policy || !var || !part.keep)
		return -ENOMEM;
	for (i = 0; i < u->n_vars; i++) {
		if (part_of(u, i) != root)
			continue;
		part.keep[i] = true;
		var[part.n_vars++] = i;
		if (u->var[i].inexact.p)
			part.inexact = u->var[i].inexact;
	}
	part.var = var;
	for (i = 0; r == 0 && i < u->n_views; i++)
		if (part.core || !u->view[i].narrow)
			r = cut_policy(u, &u->view[i], &part, &policy[i]);
	part.policy = policy;
	*ret = part;
	return r;
}

static int collect(struct universe *u, struct part **ret, uint32_t *ret_n)
{
	struct part *list = arena_new_array(u->arena, u->n_vars, struct part);
	uint32_t i, n = 0;
	int r = 0;

	if (!list)
		return -ENOMEM;
	for (i = 0; r == 0 && i < u->n_vars; i++) {
		if (part_of(u, i) != i)
			continue;
		r = make_part(u, i, &list[n]);
		if (r == 0 && (i == VAR_SCOPE || part_counts(u, &list[n])))
			n++;
	}
	*ret = list;
	*ret_n = n;
	return r;
}

int parts_make(struct universe *u, struct part **ret, uint32_t *ret_n)
{
	uint32_t i;

	for (i = 0; i < u->n_vars; i++)
		u->var[i].part = i;
	if (u->mixed_types)
		join(u, VAR_SCOPE, VAR_TYPE);
	for (i = 0; i < u->n_views; i++)
		join_view(u, &u->view[i]);
	return collect(u, ret, ret_n);
}
