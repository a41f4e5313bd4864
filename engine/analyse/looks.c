/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What policies ask of each variable: the constants it is compared with, the operators that
 * compare it with one's own side, and with which variable there. Read off the compiled clauses;
 * what a clause means is known to engine/eval/test.c alone, here only what it looks at.
 */
#include <errno.h>

#include "engine/analyse/universe.h"
#include "engine/eval/test.h"

struct place_in {
	struct universe *u;
	const struct view *v;
	const struct rule *rule;
};

static uint32_t var_of_operand(const struct view *v, const struct clause *c)
{
	if (c->operand.kind == OPERAND_SELF)
		return v->attr_var[c->attr];
	return c->operand.local ? v->local_var[c->operand.ref] : v->attr_var[c->operand.ref];
}

static struct looks *looks_of(struct universe *u, uint32_t var)
{
	return &u->var[group_of(u, var)].looks;
}

/* ---- adding ---------------------------------------------------------------------------------- */

static int add_word(struct universe *u, struct list *list, struct str w)
{
	const struct str *have = list->at;
	struct str *new;
	uint32_t i;

	for (i = 0; i < list->n && list->n < 64; i++)
		if (str_eq(have[i], w))
			return 0;
	new = list_push(u->arena, list, sizeof(*new));
	if (!new)
		return -ENOMEM;
	*new = w;
	return 0;
}

static int add_words(struct universe *u, struct list *list, struct word_set words)
{
	uint32_t i;
	int r = 0;

	for (i = 0; r == 0 && i < words.n; i++)
		r = add_word(u, list, words.w[i]);
	return r;
}

static int add_cut(struct universe *u, struct looks *l, struct key k)
{
	struct key *new;

	if (key_is_end(k))
		return 0;
	new = list_push(u->arena, &l->cuts, sizeof(*new));
	if (!new)
		return -ENOMEM;
	*new = k;
	return 0;
}

static int add_point(struct universe *u, struct looks *l, struct key k, enum line_kind line)
{
	int r = add_cut(u, l, k);

	return r < 0 ? r : add_cut(u, l, key_next(k, line));
}

static int add_ranges(struct universe *u, struct looks *l, struct ranges list,
	enum line_kind line, bool ends_too)
{
	uint32_t i;
	int r = 0;

	for (i = 0; r == 0 && i < list.n; i++) {
		r = add_cut(u, l, list.iv[i].lo);
		if (r == 0 && ends_too)
			r = add_cut(u, l, key_next(list.iv[i].lo, line));
		if (r == 0)
			r = add_cut(u, l, list.iv[i].hi);
	}
	return r;
}

static int add_const(struct universe *u, struct looks *l, const struct value *v)
{
	struct value *new;
	const struct value *have = l->consts.at;
	uint32_t i;

	for (i = 0; i < l->consts.n; i++)
		if (value_eq(&have[i], v))
			return 0;
	new = list_push(u->arena, &l->consts, sizeof(*new));
	if (!new)
		return -ENOMEM;
	*new = *v;
	return 0;
}

/* A single value that matters: a default, the result of an expression. */
static int add_value(struct universe *u, struct looks *l, const struct value *v)
{
	if (value_type_is_word(v->type))
		return add_word(u, &l->words, v->word);
	if (value_type_is_line(v->type))
		return add_point(u, l, v->key, value_type_line(v->type));
	if (value_type_is_long(v->type))
		return add_const(u, l, v);
	return 0;
}

static int add_relates(struct universe *u, uint32_t x, uint32_t y, enum clause_op op)
{
	struct looks *l = looks_of(u, x);
	const struct relates *have = l->relates.at;
	struct relates *new;
	uint32_t i;

	if (op == OP_IN)
		op = OP_EQ;
	for (i = 0; i < l->relates.n; i++)
		if (have[i].x == x && have[i].y == y && have[i].op == op)
			return 0;
	new = list_push(u->arena, &l->relates, sizeof(*new));
	if (!new)
		return -ENOMEM;
	*new = (struct relates){ x, y, op };
	return 0;
}

/* ---- variables of templates ------------------------------------------------------------------- */

/* Every combination of the variables in @mask. */
typedef int (*binding_fn)(void *ctx, const struct bound_rule *b);

static int each_binding(const struct rule *rule, uint32_t mask, bool *ret_too_many, binding_fn fn,
	void *ctx)
{
	struct bound_rule b = { .rule = rule };
	uint32_t combinations = 1;
	unsigned i;
	int r;

	memset(b.value, 0xff, sizeof(b.value));
	for (i = 0; i < rule->n_vars; i++) {
		if (!(mask >> i & 1))
			continue;
		if (rule->var[i].n == 0)
			return 0;
		combinations *= rule->var[i].n;
		if (combinations > ANALYSE_BINDINGS_MAX) {
			*ret_too_many = true;
			return 0;
		}
		b.value[i] = 0;
	}
	for (;;) {
		r = fn(ctx, &b);
		if (r < 0)
			return r;
		for (i = 0; i < rule->n_vars; i++) {
			if (!(mask >> i & 1))
				continue;
			if (++b.value[i] < rule->var[i].n)
				break;
			b.value[i] = 0;
		}
		if (i == rule->n_vars)
			return 0;
	}
}

struct binding_ctx {
	const struct place_in *at;
	const struct clause *c;
	const struct tmpl *tmpl;
	struct looks *looks;
};

static int on_template(void *ctx, const struct bound_rule *b)
{
	struct binding_ctx *k = ctx;
	struct str w;
	int r = tmpl_expand(k->at->u->arena, k->tmpl, b, &w);

	if (r < 0)
		return r == -EDOM ? 0 : r;
	return add_word(k->at->u, &k->looks->words, w);
}

static int add_templates(const struct place_in *at, struct looks *l, const struct tmpl *t,
	uint32_t n)
{
	struct binding_ctx k = { .at = at, .looks = l };
	uint32_t i;
	unsigned p;
	int r = 0;

	for (i = 0; r == 0 && i < n; i++) {
		uint32_t mask = 0;

		for (p = 0; p < t[i].n; p++)
			if (t[i].piece[p].var >= 0)
				mask |= (uint32_t)1 << t[i].piece[p].var;
		k.tmpl = &t[i];
		r = each_binding(at->rule, mask, &l->too_many, on_template, &k);
	}
	return r;
}

static int on_expr(void *ctx, const struct bound_rule *b)
{
	struct binding_ctx *k = ctx;
	int64_t n;

	if (expr_value(&k->c->operand.expr, b, NULL, NULL, &n) < 0)
		return 0;
	return add_point(k->at->u, k->looks, key_from_int(n), LINE_INT);
}

static int add_expr(const struct place_in *at, struct looks *l, const struct clause *c)
{
	struct binding_ctx k = { .at = at, .looks = l, .c = c };
	const struct expr *e = &c->operand.expr;
	uint32_t mask = 0;
	unsigned i;

	for (i = 0; i < e->n; i++) {
		if (e->node[i].op == EXPR_VAR)
			mask |= (uint32_t)1 << e->node[i].num;
		if (e->node[i].op == EXPR_SELF)
			l->whole = true;
	}
	return l->whole ? 0 : each_binding(at->rule, mask, &l->too_many, on_expr, &k);
}

/* ---- clauses ----------------------------------------------------------------------------------- */

/* Kind or driver beside another attribute: their words are that one's constants. */
static int look_scope(struct universe *u, uint32_t other)
{
	struct looks *l = looks_of(u, other);
	uint32_t i;
	int r;

	u->names_scope = true;
	if (other == VAR_SCOPE)
		return 0;
	r = add_word(u, &l->words, STR("mdev"));
	if (r == 0)
		r = add_word(u, &l->words, STR("vfio"));
	for (i = 0; r == 0 && i < u->n_scopes; i++)
		r = add_word(u, &l->words, u->scope[i].driver);
	return r;
}

static int look_self(const struct place_in *at, const struct clause *c)
{
	struct universe *u = at->u;
	uint32_t x = at->v->attr_var[c->attr], y = var_of_operand(at->v, c), i;
	uint32_t *by;

	if (x == VAR_SCOPE || y == VAR_SCOPE)
		return look_scope(u, MAX(x, y));
	if (!u->var[y].list) {
		if (c->op == OP_NOT_NEWER)
			looks_of(u, x)->majors |=
				(uint8_t)(1u << at->v->p->attr[c->attr].type.major);
		return add_relates(u, x, y, c->op);
	}
	for (i = 0; i < u->var[y].listed_by.n; i++)
		if (((uint32_t *)u->var[y].listed_by.at)[i] == x)
			return 0;
	by = list_push(u->arena, &u->var[y].listed_by, sizeof(*by));
	if (!by)
		return -ENOMEM;
	*by = x;
	/* Two values are told apart by a list that has one of them. */
	return add_relates(u, x, x, OP_EQ);
}

static int look_collections(struct universe *u, struct looks *l, const struct clause *c,
	struct value_type type)
{
	const struct operand *o = &c->operand;
	struct value v = { .type = type };
	uint32_t i;
	int r = 0;

	for (i = 0; r == 0 && i < o->n_values; i++) {
		if (o->kind == OPERAND_SETS)
			v.set = o->sets[i];
		else
			memcpy(v.bits, o->masks[i], sizeof(v.bits));
		l->const_atoms += c->op == OP_EQ || c->op == OP_IN ? 2 : 1;
		r = add_const(u, l, &v);
	}
	return r;
}

static int look_clause(const struct place_in *at, const struct clause *c)
{
	struct universe *u = at->u;
	const struct operand *o = &c->operand;
	uint32_t x = at->v->attr_var[c->attr];
	struct value_type type = at->v->p->attr[c->attr].type.type;
	struct looks *l;
	int r = 0;

	if (x == VAR_SCOPE) {
		u->names_scope = true;
		if (o->kind != OPERAND_SELF_NAME)
			return 0;
	}
	l = looks_of(u, x);
	switch (o->kind) {
	case OPERAND_NONE:
	case OPERAND_BOOL:
		return 0;
	case OPERAND_SELF:
	case OPERAND_SELF_NAME:
		return look_self(at, c);
	case OPERAND_WORDS:
		r = add_words(u, &l->words, o->words);
		if (r == 0)
			r = add_words(u, &l->words, o->except_words);
		if (r == 0)
			r = add_words(u, &l->prefixes, o->prefixes);
		if (r == 0)
			r = add_words(u, &l->prefixes, o->except_prefixes);
		if (r == 0)
			r = add_templates(at, l, o->tmpl, o->n_tmpl);
		if (r == 0)
			r = add_templates(at, l, o->except_tmpl, o->n_except_tmpl);
		return r;
	case OPERAND_RANGES:
		return add_ranges(u, l, o->ranges, value_type_line(type),
			c->op == OP_LE || c->op == OP_GE);
	case OPERAND_SETS:
	case OPERAND_MASKS:
		return look_collections(u, l, c, type);
	case OPERAND_EXPR:
		return add_expr(at, l, c);
	}
	return 0;
}

static int look_claims(const struct place_in *at, const struct block *b)
{
	uint32_t i;
	unsigned k;

	for (i = 0; i < b->n_claims; i++)
		for (k = 0; k < b->claim[i].expr.n; k++)
			if (!b->claim[i].copy && b->claim[i].expr.node[k].op == EXPR_SOURCE)
				looks_of(at->u, at->v->attr_var[b->claim[i].expr.node[k].num])
					->whole = true;
	return 0;
}

/* What an accept block leaves out must be equal. */
static int look_left_out(const struct place_in *at, const struct block *b)
{
	const struct policy *p = at->v->p;
	uint32_t i, k;
	int r = 0;

	for (i = ATTR_TYPE; r == 0 && i < p->n_attrs; i++) {
		for (k = 0; k < b->n_clauses && b->clause[k].attr != i;)
			k++;
		if (k == b->n_clauses && !p->attr[i].dynamic)
			r = add_relates(at->u, at->v->attr_var[i], at->v->attr_var[i], OP_EQ);
	}
	return r;
}

static int look_rule(const struct place_in *at)
{
	uint32_t i, k;
	int r = 0;

	for (i = 0; r == 0 && i < at->rule->n_when; i++)
		r = look_clause(at, &at->rule->when[i]);
	for (i = 0; r == 0 && i < at->rule->n_blocks; i++) {
		const struct block *b = &at->rule->block[i];

		at->u->has_offers = at->u->has_offers || b->kind == BLOCK_OFFER;
		for (k = 0; r == 0 && k < b->n_clauses; k++)
			r = look_clause(at, &b->clause[k]);
		if (r == 0)
			r = look_claims(at, b);
		if (r == 0 && b->kind == BLOCK_ACCEPT)
			r = look_left_out(at, b);
	}
	return r;
}

/* Defaults and the ends of domains are places like others. */
static int look_attr(struct universe *u, uint32_t var, const struct attr *at)
{
	struct looks *l = looks_of(u, var);
	uint32_t i;
	int r = 0;

	if (at->type.list) {
		for (i = 0; r == 0 && i < u->var[var].listed_by.n; i++)
			r = add_ranges(u, looks_of(u, ((uint32_t *)u->var[var].listed_by.at)[i]),
				at->dflt_ranges, value_type_line(at->type.type), false);
		return r;
	}
	if (at->presence == PRESENCE_DEFAULT)
		r = add_value(u, l, &at->dflt);
	if (r == 0 && at->type.type.tag == VT_INT && at->type.lo != INT64_MIN)
		r = add_cut(u, l, key_from_int(at->type.lo));
	if (r == 0 && at->type.type.tag == VT_INT && at->type.hi != INT64_MAX)
		r = add_cut(u, l, key_next(key_from_int(at->type.hi), LINE_INT));
	return r;
}

/* ---- groups -------------------------------------------------------------------------------------- */

static void link_clause(struct universe *u, const struct view *v, const struct clause *c)
{
	uint32_t x = v->attr_var[c->attr], y;

	if (c->operand.kind != OPERAND_SELF_NAME)
		return;
	y = var_of_operand(v, c);
	if (!u->var[y].list && x >= VAR_TYPE && y >= VAR_TYPE)
		u->var[group_of(u, MAX(x, y))].group = group_of(u, MIN(x, y));
}

static void link_view(struct universe *u, const struct view *v)
{
	uint32_t i, k, c;

	for (i = 0; i < v->p->n_rules; i++)
		for (k = 0; k < v->p->rule[i].n_blocks; k++) {
			const struct block *b = &v->p->rule[i].block[k];

			for (c = 0; c < b->n_clauses; c++)
				link_clause(u, v, &b->clause[c]);
		}
}

int looks_collect(struct universe *u)
{
	uint32_t i, k;
	int r = 0;

	for (i = 0; i < u->n_views; i++)
		link_view(u, &u->view[i]);
	for (i = 0; i < u->n_views; i++) {
		struct place_in at = { .u = u, .v = &u->view[i] };

		for (k = 0; r == 0 && k < at.v->p->n_rules; k++) {
			at.rule = &at.v->p->rule[k];
			r = look_rule(&at);
		}
	}
	for (i = 0; i < u->n_views; i++) {
		const struct view *v = &u->view[i];

		for (k = ATTR_FIRST; r == 0 && k < v->p->n_attrs; k++)
			r = look_attr(u, v->attr_var[k], &v->p->attr[k]);
		for (k = 0; r == 0 && k < v->p->n_locals; k++)
			r = look_attr(u, v->local_var[k], &v->p->local[k]);
	}
	return r;
}
