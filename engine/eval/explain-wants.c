/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a block wants of an attribute, as text: its clauses and claims, with what self and the variables
 * stand for in the combination that is spoken of. Which block that is, explain-rules.c knows.
 */
#include "engine/eval/explain-parts.h"

/* The variables of a template or expression. */
static uint32_t tmpl_vars(const struct tmpl *t, uint32_t n)
{
	uint32_t vars = 0, i;
	unsigned k;

	for (i = 0; i < n; i++)
		for (k = 0; k < t[i].n; k++)
			if (t[i].piece[k].var >= 0)
				vars |= UINT32_C(1) << t[i].piece[k].var;
	return vars;
}

static uint32_t expr_vars(const struct expr *e)
{
	uint32_t vars = 0;
	unsigned i;

	for (i = 0; i < e->n; i++)
		if (e->node[i].op == EXPR_VAR)
			vars |= UINT32_C(1) << e->node[i].num;
	return vars;
}

static uint32_t operand_vars(const struct operand *o)
{
	switch (o->kind) {
	case OPERAND_WORDS:
		return tmpl_vars(o->tmpl, o->n_tmpl) | tmpl_vars(o->except_tmpl, o->n_except_tmpl);
	case OPERAND_EXPR:
		return expr_vars(&o->expr);
	default:
		return 0;
	}
}

/* What they are bound to in the combination that is spoken of. */
static void put_bound_vars(struct sbuf *b, const struct bound_rule *bound, uint32_t vars)
{
	bool first = true;
	uint32_t i;

	for (i = 0; i < bound->rule->n_vars; i++) {
		if (!(vars >> i & 1) || bound->value[i] < 0)
			continue;
		sbuf_puts(b, first ? "  (" : ", ");
		first = false;
		sbuf_put_str(b, bound->rule->var[i].name);
		sbuf_puts(b, " is ");
		sbuf_put_str(b, bound->rule->var[i].value[bound->value[i]]);
	}
	if (!first)
		sbuf_putc(b, ')');
}

static void put_bound_self(struct sbuf *b, const struct evaluation *own, const struct clause *c)
{
	const struct operand *o = &c->operand;

	if (o->kind != OPERAND_SELF && !(o->kind == OPERAND_SELF_NAME && !o->local))
		return;
	sbuf_puts(b, "  (self is ");
	explain_put_value(b, own->self[o->kind == OPERAND_SELF ? c->attr : o->ref]);
	sbuf_putc(b, ')');
}

/* A computed claim lets in only what it has a value for: does that hang on the attribute? */
static bool claim_asks(const struct claim *c, uint16_t attr)
{
	unsigned i;

	for (i = 0; !c->copy && i < c->expr.n; i++)
		if (c->expr.node[i].op == EXPR_SOURCE && c->expr.node[i].num == attr)
			return true;
	return !c->copy && c->attr == attr;
}

struct place explain_claim_place(const struct block *block, uint16_t attr)
{
	uint32_t i;

	for (i = 0; i < block->n_claims; i++)
		if (block->claim[i].attr == attr || claim_asks(&block->claim[i], attr))
			return block->claim[i].place;
	return block->place;
}

bool explain_claims_it(const struct block *block, uint16_t attr, bool computed)
{
	uint32_t i;

	for (i = 0; i < block->n_claims; i++)
		if (block->claim[i].attr == attr && (!computed || !block->claim[i].copy))
			return true;
	return false;
}

static void put_claims(struct sbuf *b, const struct trial *t, uint16_t attr, bool first)
{
	uint32_t i;

	for (i = 0; i < t->block->n_claims; i++) {
		if (!claim_asks(&t->block->claim[i], attr))
			continue;
		if (!first)
			sbuf_puts(b, "; ");
		first = false;
		claim_print(b, &t->own->policy, t->bound->rule, &t->block->claim[i]);
		put_bound_vars(b, t->bound, expr_vars(&t->block->claim[i].expr));
	}
}

struct str explain_wants(struct arena *a, const struct trial *t, uint16_t attr,
	bool left_out)
{
	const struct attr *at = &t->own->policy.attr[attr];
	char buf[EXPLAIN_TEXT_MAX];
	struct sbuf b = SBUF(buf);
	bool first = true;
	uint32_t i;

	if (left_out) {
		if (explain_claims_it(t->block, attr, true)) {
			put_claims(&b, t, attr, true);
			return explain_finish(a, &b);
		}
		sbuf_put_str(&b, at->name);
		if (t->block->kind != BLOCK_ACCEPT) {
			sbuf_puts(&b, " any");
		} else if (at->dynamic) {
			sbuf_puts(&b, " any  (claimed as a copy)");
		} else {
			sbuf_puts(&b, " == ");
			explain_put_value(&b, t->own->self[attr]);
		}
		put_claims(&b, t, attr, false);
		return explain_finish(a, &b);
	}
	for (i = 0; i < t->block->n_clauses; i++) {
		const struct clause *c = &t->block->clause[i];

		if (c->attr != attr)
			continue;
		if (!first)
			sbuf_puts(&b, "; ");
		first = false;
		clause_print(&b, &t->own->policy, t->bound->rule, c);
		put_bound_vars(&b, t->bound, operand_vars(&c->operand));
		put_bound_self(&b, t->own, c);
	}
	put_claims(&b, t, attr, first);
	return explain_finish(a, &b);
}

struct str explain_clause(struct arena *a, const struct trial *t, uint16_t attr,
	const struct clause *c, bool left_out)
{
	char buf[EXPLAIN_TEXT_MAX];
	struct sbuf b = SBUF(buf);

	if (!c)
		return explain_wants(a, t, attr, left_out);
	clause_print(&b, &t->own->policy, t->bound->rule, c);
	put_bound_vars(&b, t->bound, operand_vars(&c->operand));
	put_bound_self(&b, t->own, c);
	return explain_finish(a, &b);
}
