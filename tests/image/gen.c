/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every construct that the compiled form has, in random company. Words and values are gen-parts.c's. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/image/gen-parts.h"

/* ---- the head ---------------------------------------------------------------------------- */

static struct str path(struct gen *g)
{
	struct str a = gen_name(g, 8), b = gen_name(g, 8);
	char *p = NEW(g, a.n + b.n + 2, char);

	snprintf(p, a.n + b.n + 2, "%.*s/%.*s", STR_FMT(a), STR_FMT(b));
	return (struct str){ p, a.n + b.n + 1 };
}

static struct fact fact(struct gen *g, struct value_type t)
{
	struct fact f = { .kind = (enum fact_kind)(1 + gen_below(g, FACT_SITE)) };

	switch (f.kind) {
	case FACT_TYPE:
	case FACT_PARENT:
	case FACT_DEVICE:
		f.path[0] = path(g);
		f.n_paths = 1;
		if (t.tag == VT_PCI_ID && gen_coin(g))
			f.path[f.n_paths++] = path(g);
		break;
	case FACT_MODULE:
		f.path[0] = gen_name(g, 10);
		f.path[1] = path(g);
		f.n_paths = 2;
		break;
	case FACT_OS_RELEASE:
	case FACT_SITE:
		f.path[0] = gen_name(g, 10);
		f.n_paths = 1;
		break;
	default:
		break;
	}
	if (gen_coin(g))
		f.key = gen_name(g, 10);
	return f;
}

static struct attr_type type(struct gen *g, bool local)
{
	static const uint8_t tags[] = "sbipvSm";
	struct attr_type t = { .type.tag = tags[gen_below(g, 7)] };

	switch ((enum value_tag)t.type.tag) {
	case VT_STRING:
		t.has_words = gen_coin(g);
		if (t.has_words)
			t.words = gen_words(g, 1, 5, t.type);
		break;
	case VT_INT:
		t.int_format = (enum int_format)gen_below(g, 3);
		t.lo = gen_coin(g) ? INT64_MIN : (int64_t)gen_below(g, 100) - 50;
		t.hi = t.lo == INT64_MIN ? INT64_MAX : t.lo + gen_below(g, 300);
		break;
	case VT_VERSION:
		t.type.size = (uint16_t)(1 + gen_below(g, 4));
		t.major = (uint8_t)(1 + gen_below(g, t.type.size));
		t.list = local && gen_coin(g);
		break;
	case VT_SET:
		if (gen_coin(g))
			t.separator = gen_text(g, 1, 2);
		if (gen_coin(g)) {
			t.field = (uint8_t)(1 + gen_below(g, 9));
			t.field_separator = gen_text(g, 1, 2);
		}
		t.has_words = gen_coin(g);
		if (t.has_words)
			t.words = gen_words(g, 1, 9, t.type);
		break;
	case VT_MASK:
		t.type.size = (uint16_t)(1 + gen_below(g, MASK_BITS_MAX));
		t.mask_format = (enum mask_format)gen_below(g, 2);
		t.msb_first = gen_coin(g);
		break;
	default:
		break;
	}
	return t;
}

static struct attr attr(struct gen *g, bool local)
{
	struct attr a = { .name = gen_name(g, 16), .type = type(g, local) };

	a.fact = fact(g, a.type.type);
	a.presence = (enum presence)gen_below(g, 3);
	if (a.presence == PRESENCE_DEFAULT) {
		if (a.type.list)
			a.dflt_ranges = gen_ranges(g, a.type.type, 4);
		else
			a.dflt = gen_value(g, a.type.type);
	}
	a.dynamic = !local && a.presence != PRESENCE_REQUIRED && gen_coin(g);
	a.place = gen_place(g);
	return a;
}

static int attr_order(const void *x, const void *y)
{
	const struct attr *a = x, *b = y;

	return level_cmp(a->name, a->type.type, b->name, b->type.type);
}

static bool name_taken(const struct attr *a, uint32_t n, struct str s)
{
	while (n-- > 0)
		if (str_eq(a[n].name, s))
			return true;
	return false;
}

static struct attr *attrs(struct gen *g, uint32_t *ret_n)
{
	static const char *const builtin[] = { "kind", "driver", "type" };
	uint32_t i, n = ATTR_FIRST + gen_below(g, gen_below(g, 8) ? 12 : ATTRS_MAX + 1);
	struct attr *a = NEW(g, n, struct attr);

	for (i = 0; i < n; i++) {
		if (i < ATTR_FIRST) {
			a[i].name = str_from(builtin[i]);
			a[i].type.type.tag = VT_STRING;
			continue;
		}
		do
			a[i] = attr(g, false);
		while (name_taken(a, i, a[i].name));
	}
	qsort(a + ATTR_FIRST, n - ATTR_FIRST, sizeof(*a), attr_order);
	*ret_n = n;
	return a;
}

/* ---- rules ------------------------------------------------------------------------------- */

enum part { WHEN, BLOCK, CLAIM };

struct ctx {
	struct gen *g;
	const struct policy *p;
	const struct rule *r;
	uint32_t vars; /* bound here */
};

/* A bound variable, or -1. */
static int some_var(const struct ctx *c)
{
	int v;

	if (!c->vars)
		return -1;
	do
		v = (int)gen_below(c->g, c->r->n_vars);
	while (!(c->vars >> v & 1));
	return v;
}

/* An attribute whose values can all be tried, or 0. */
static uint32_t small_attr(const struct ctx *c)
{
	uint32_t i;

	for (i = ATTR_FIRST; i < c->p->n_attrs; i++) {
		const struct attr_type *t = &c->p->attr[i].type;

		if (t->type.tag == VT_INT && (uint64_t)t->hi - (uint64_t)t->lo < SOURCE_VALUES_MAX)
			return i;
	}
	return 0;
}

static struct expr expr(const struct ctx *c, enum part part)
{
	uint32_t depth = 0, n = 0, most = 1 + 2 * gen_below(c->g, EXPR_NODES_MAX / 2);
	struct expr_node *node = NEW(c->g, most, struct expr_node);
	int var = some_var(c);
	uint32_t source = small_attr(c);

	while (n < most) {
		struct expr_node *e = &node[n++];

		if (depth >= 2 && (depth > most - n || gen_coin(c->g))) {
			e->op = (enum expr_op)(EXPR_ADD + gen_below(c->g, 4));
			depth--;
			continue;
		}
		depth++;
		switch (gen_below(c->g, 3)) {
		case 0:
			if (var >= 0) {
				e->op = EXPR_VAR;
				e->num = var;
				continue;
			}
			break;
		case 1:
			if (part == BLOCK) {
				e->op = EXPR_SELF;
				continue;
			}
			if (part == CLAIM && source) {
				e->op = EXPR_SOURCE;
				e->num = source;
				continue;
			}
			break;
		default:
			break;
		}
		e->op = EXPR_CONST;
		e->num = (int64_t)gen_next(c->g) >> gen_below(c->g, 64);
	}
	return (struct expr){ node, (uint8_t)n };
}

static const struct tmpl *tmpls(const struct ctx *c, uint32_t n)
{
	struct tmpl *t = NEW(c->g, n, struct tmpl);
	uint32_t i, j;

	for (i = 0; i < n; i++) {
		uint32_t pieces = 1 + gen_below(c->g, 4);
		struct tmpl_piece *p = NEW(c->g, pieces, struct tmpl_piece);

		for (j = 0; j < pieces; j++) {
			p[j].var = (int16_t)(j % 2 ? some_var(c) : -1);
			if (p[j].var < 0)
				p[j].text = gen_text(c->g, 1, 10);
		}
		t[i] = (struct tmpl){ p, (uint8_t)pieces };
	}
	return t;
}

static void word_operand(const struct ctx *c, struct value_type t, enum part part,
	enum clause_op op, struct operand *o)
{
	static const struct value_type string = { .tag = VT_STRING };
	struct gen *g = c->g;

	o->kind = OPERAND_WORDS;
	if (op == OP_EQ) {
		if (gen_coin(g)) {
			o->tmpl = tmpls(c, 1);
			o->n_tmpl = 1;
		} else {
			o->words = gen_words(g, 1, 1, t);
		}
		return;
	}
	o->words = gen_words(g, 0, 6, t);
	if (gen_coin(g)) {
		o->n_tmpl = 1 + gen_below(g, 3);
		o->tmpl = tmpls(c, o->n_tmpl);
	}
	if (part == WHEN && gen_coin(g))
		o->prefixes = gen_words(g, 1, 3, string);
	if (!gen_coin(g))
		return;
	o->except_words = gen_words(g, 0, 3, t);
	if (gen_coin(g)) {
		o->n_except_tmpl = 1 + gen_below(g, 3);
		o->except_tmpl = tmpls(c, o->n_except_tmpl);
	}
	if (part == WHEN && gen_coin(g))
		o->except_prefixes = gen_words(g, 1, 3, string);
}

/* An operator that the type has, with an operand of constants. */
static void constant_clause(const struct ctx *c, enum part part, struct clause *ret)
{
	struct value_type t = c->p->attr[ret->attr].type.type;
	struct operand *o = &ret->operand;
	struct gen *g = c->g;
	uint32_t i;

	ret->op = gen_coin(g) ? OP_EQ : OP_IN;
	if (value_type_is_word(t)) {
		word_operand(c, t, part, ret->op, o);
	} else if (t.tag == VT_BOOL) {
		o->kind = OPERAND_BOOL;
		o->has_no = gen_coin(g);
		o->has_yes = gen_coin(g);
	} else if (value_type_is_line(t)) {
		if (t.tag == VT_INT && gen_coin(g)) {
			ret->op = (enum clause_op[]){ OP_EQ, OP_LE, OP_GE }[gen_below(g, 3)];
			o->kind = OPERAND_EXPR;
			o->expr = expr(c, part);
			return;
		}
		o->kind = OPERAND_RANGES;
		if (gen_coin(g)) {
			ret->op = gen_coin(g) ? OP_LE : OP_GE;
			o->ranges = gen_ranges(g, t, 1);
			o->ranges.n = 1;
		} else {
			o->ranges = gen_below(g, 10) ? gen_ranges(g, t, 6) : RANGES_NONE;
		}
	} else {
		ret->op = (enum clause_op[]){ OP_EQ, OP_IN, OP_SUBSET, OP_SUPERSET,
			OP_DISJOINT }[gen_below(g, 5)];
		o->kind = t.tag == VT_SET ? OPERAND_SETS : OPERAND_MASKS;
		o->n_values = ret->op == OP_IN ? gen_below(g, 4) : 1;
		if (t.tag == VT_SET) {
			struct word_set *s = NEW(g, o->n_values, struct word_set);

			for (i = 0; i < o->n_values; i++)
				s[i] = gen_words(g, 0, 5, t);
			o->sets = s;
		} else {
			uint64_t(*m)[4] = gen_need(g, o->n_values, sizeof(*m));

			for (i = 0; i < o->n_values; i++)
				gen_bits(g, t, m[i]);
			o->masks = (const uint64_t(*)[4])m;
		}
	}
}

static void self_clause(const struct ctx *c, struct clause *ret)
{
	struct value_type t = c->p->attr[ret->attr].type.type;
	struct gen *g = c->g;
	uint32_t i;

	ret->operand.kind = OPERAND_SELF;
	ret->op = OP_EQ;
	if (value_type_is_line(t) && gen_coin(g))
		ret->op = gen_coin(g) ? OP_LE : OP_GE;
	if (t.tag == VT_VERSION && gen_coin(g))
		ret->op = OP_NOT_NEWER;
	if (value_type_is_long(t) && gen_coin(g))
		ret->op = (enum clause_op)(OP_SUBSET + gen_below(g, 3));
	for (i = 0; i < c->p->n_locals && gen_coin(g); i++) {
		if (!value_type_eq(c->p->local[i].type.type, t))
			continue;
		ret->operand = (struct operand){ .kind = OPERAND_SELF_NAME, .local = true,
			.ref = (uint16_t)i };
		if (c->p->local[i].type.list)
			ret->op = OP_IN;
		return;
	}
	if (gen_coin(g) && gen_coin(g)) {
		ret->operand.kind = OPERAND_SELF_NAME;
		ret->operand.ref = ret->attr;
	}
}

static const struct clause *clauses(const struct ctx *c, enum part part, uint32_t most,
	uint32_t *ret_n)
{
	uint32_t i, n = gen_below(c->g, most + 1);
	struct clause *cl = NEW(c->g, n, struct clause);

	for (i = 0; i < n; i++) {
		cl[i].attr = (uint16_t)(gen_coin(c->g) ? gen_below(c->g, c->p->n_attrs) : ATTR_TYPE);
		cl[i].place = gen_place(c->g);
		if (gen_below(c->g, 6) == 0)
			cl[i].op = (enum clause_op)(OP_ANY + gen_below(c->g, 3));
		else if (part == BLOCK && gen_coin(c->g))
			self_clause(c, &cl[i]);
		else
			constant_clause(c, part, &cl[i]);
	}
	*ret_n = n;
	return cl;
}

static const struct claim *claims(const struct ctx *c, uint32_t *ret_n)
{
	uint32_t i, n = 0;
	struct claim *cl = NEW(c->g, c->p->n_attrs, struct claim);

	for (i = ATTR_FIRST; i < c->p->n_attrs; i++) {
		const struct attr *a = &c->p->attr[i];

		if (!a->dynamic || gen_coin(c->g))
			continue;
		cl[n].attr = (uint16_t)i;
		cl[n].copy = a->type.type.tag != VT_INT || gen_coin(c->g);
		if (!cl[n].copy)
			cl[n].expr = expr(c, CLAIM);
		cl[n++].place = gen_place(c->g);
	}
	*ret_n = n;
	return cl;
}

static const struct tmpl_var *variables(struct gen *g, uint8_t *ret_n)
{
	uint8_t i, n = (uint8_t)gen_below(g, 5);
	struct tmpl_var *v = NEW(g, n, struct tmpl_var);
	uint32_t j;

	for (i = 0; i < n; i++) {
		struct str *s = NEW(g, 4, struct str);

		v[i].name = gen_name(g, 8);
		v[i].when = gen_coin(g);
		v[i].n = (uint16_t)(1 + gen_below(g, 4));
		for (j = 0; j < v[i].n; j++)
			s[j] = gen_text(g, 0, 4);
		v[i].value = s;
	}
	*ret_n = n;
	return v;
}

static void rule(struct gen *g, const struct policy *p, struct rule *ret)
{
	struct ctx c = { .g = g, .p = p, .r = ret };
	struct block *b;
	uint32_t i, when = 0;

	if (gen_coin(g))
		ret->name = gen_name(g, 20);
	ret->place = gen_place(g);
	ret->migratable_no = gen_below(g, 8) == 0;
	if (ret->migratable_no)
		ret->migratable_place = gen_place(g);
	ret->var = variables(g, &ret->n_vars);
	for (i = 0; i < ret->n_vars; i++)
		when |= (uint32_t)ret->var[i].when << i;
	c.vars = when;
	ret->when = clauses(&c, WHEN, 4, &ret->n_when);
	ret->n_blocks = gen_below(g, 4);
	ret->block = b = NEW(g, ret->n_blocks, struct block);
	for (i = 0; i < ret->n_blocks; i++) {
		b[i].kind = (enum block_kind)gen_below(g, 3);
		b[i].place = gen_place(g);
		b[i].vars = gen_below(g, 1u << ret->n_vars) & ~when;
		c.vars = b[i].vars | when;
		b[i].clause = clauses(&c, BLOCK, 8, &b[i].n_clauses);
		if (b[i].kind == BLOCK_ACCEPT)
			b[i].claim = claims(&c, &b[i].n_claims);
	}
}

struct policy *gen_policy(struct gen *g, uint32_t rules)
{
	struct policy *p = NEW(g, 1, struct policy);
	struct scope *s;
	struct attr *l;
	struct rule *r;
	uint32_t i;

	p->name = gen_name(g, NAME_MAX_LEN);
	p->vendor = gen_text(g, 0, 30);
	p->file = gen_text(g, 1, 60);
	for (i = 0; i < sizeof(p->digest); i++)
		p->digest[i] = (uint8_t)gen_next(g);
	p->language = 1 + gen_below(g, 3);
	p->revision = (uint32_t)gen_next(g);
	p->fallback = gen_coin(g);
	if (gen_below(g, 4) == 0)
		p->narrows = gen_name(g, 10);
	if (gen_below(g, 4) == 0) {
		p->speaks = gen_name(g, 10);
		p->speaks_offers = gen_coin(g);
	}
	p->n_scopes = 1 + gen_below(g, 4);
	p->scope = s = NEW(g, p->n_scopes, struct scope);
	for (i = 0; i < p->n_scopes; i++) {
		s[i].kind = gen_coin(g) ? KIND_MDEV : KIND_VFIO;
		s[i].driver = gen_name(g, 12);
		s[i].has_type_from = s[i].kind == KIND_VFIO && gen_coin(g);
		if (s[i].has_type_from)
			s[i].type_from = fact(g, (struct value_type){ .tag = VT_STRING });
		s[i].place = gen_place(g);
	}
	p->attr = attrs(g, &p->n_attrs);
	p->n_locals = gen_below(g, 5);
	p->local = l = NEW(g, p->n_locals, struct attr);
	for (i = 0; i < p->n_locals; i++)
		l[i] = attr(g, true);
	p->n_rules = gen_below(g, rules + 1);
	p->rule = r = NEW(g, p->n_rules, struct rule);
	for (i = 0; i < p->n_rules; i++)
		rule(g, p, &r[i]);
	return p;
}
