/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A compiled policy as policy text: as it is, or with what each accept block left out written
 * in. Constants are gone, ranges and sets are in normal form; the text means what the policy
 * means, and compiles. Comments of the original are not there: they are no part of the compiled
 * form. Values and declarations are expand-spell.c's.
 */
#include <errno.h>

#include "engine/image/interface.h"
#include "grammar/compile.h"
#include "grammar/expand-spell.h"

struct printer {
	struct sbuf *b;
	const struct policy *p;
	const struct rule *rule;
	uint32_t to_bind; /* variables whose values are still to be written */
	uint32_t numbered; /* those whose values were written in this rule */
	bool left_out;	  /* write what accept blocks left out */
};

/* ---- operands ---------------------------------------------------------------------------- */

/*
 * A variable: its values too, where it is met first. Those that no block before had are numbered
 * as their values are met, and a template may name one before that: they wait for their turn.
 */
static void put_var(struct printer *o, unsigned i)
{
	const struct tmpl_var *v = &o->rule->var[i];
	uint32_t bit = (uint32_t)1 << i, k;
	bool binds = (o->to_bind & bit) &&
		     ((o->numbered & bit) || !(o->to_bind & ~o->numbered & (bit - 1)));

	sbuf_putc(o->b, '{');
	sbuf_put_str(o->b, v->name);
	for (k = 0; binds && k < v->n; k++) {
		sbuf_puts(o->b, k > 0 ? ", " : ": ");
		sbuf_put_str(o->b, v->value[k]);
	}
	sbuf_putc(o->b, '}');
	if (!binds)
		return;
	o->to_bind &= ~bit;
	o->numbered |= bit;
}

static void put_words(struct printer *o, const struct attr_type *t, struct word_set words,
	const struct tmpl *tmpl, uint32_t n_tmpl, struct word_set prefixes)
{
	bool first = true;
	uint32_t i, k;

	for (i = 0; i < words.n; i++) {
		expand_comma(o->b, &first);
		expand_word(o->b, words.w[i]);
	}
	for (i = 0; i < n_tmpl; i++) {
		expand_comma(o->b, &first);
		for (k = 0; k < tmpl[i].n; k++)
			if (tmpl[i].piece[k].var < 0)
				sbuf_put_str(o->b, tmpl[i].piece[k].text);
			else
				put_var(o, (unsigned)tmpl[i].piece[k].var);
	}
	for (i = 0; i < prefixes.n; i++) {
		expand_comma(o->b, &first);
		sbuf_put_str(o->b, prefixes.w[i]);
		sbuf_putc(o->b, '*');
	}
	/* Nothing: there is no word for it among words. */
	if (first) {
		expand_word(o->b, t->has_words ? t->words.w[0] : STR("0000:0000"));
		sbuf_puts(o->b, " except ");
		expand_word(o->b, t->has_words ? t->words.w[0] : STR("0000:0000"));
	}
}

static void put_word_operand(struct printer *o, const struct attr_type *t,
	const struct operand *x)
{
	put_words(o, t, x->words, x->tmpl, x->n_tmpl, x->prefixes);
	if (x->except_words.n + x->n_except_tmpl + x->except_prefixes.n == 0)
		return;
	/* An empty list has an `except` already. */
	sbuf_puts(o->b, x->words.n + x->n_tmpl + x->prefixes.n == 0 ? ", " : " except ");
	put_words(o, t, x->except_words, x->except_tmpl, x->n_except_tmpl, x->except_prefixes);
}

static void put_int_ranges(struct sbuf *b, const struct attr_type *t, struct ranges r)
{
	bool first = true;
	uint32_t i;

	for (i = 0; i < r.n; i++) {
		int64_t lo = key_to_int(r.iv[i].lo), hi = INT64_MAX;

		if (!key_is_end(r.iv[i].hi))
			hi = key_to_int(r.iv[i].hi) - 1;
		expand_comma(b, &first);
		expand_int(b, t, lo);
		if (lo == hi)
			continue;
		sbuf_puts(b, "..");
		expand_int(b, t, hi);
	}
	if (first) {
		expand_int(b, t, t->lo);
		sbuf_puts(b, " except ");
		expand_int(b, t, t->lo);
	}
}

static bool int_fits(const struct attr_type *t, int64_t v)
{
	return v >= t->lo && v <= t->hi;
}

static void put_ranges(struct sbuf *b, const struct attr_type *t, enum clause_op op,
	struct ranges r)
{
	if (t->type.tag == VT_INT) {
		put_int_ranges(b, t, r);
		/* What was calculated may lie outside of the domain; a constant may not. */
		if (op != OP_IN && r.n > 0 && !int_fits(t, key_to_int(r.iv[0].lo)))
			sbuf_puts(b, " + 0");
	} else if (op != OP_IN && r.n > 0)
		version_print(b, r.iv[0].lo, t->type.size);
	else
		ranges_print_policy(b, r, expand_spec(t));
}

/*
 * Prints the operation that ends at node @at and returns the node before its first. Depth and
 * work are bounded by EXPR_NODES_MAX; operands of operations are put in parentheses.
 */
static int put_expr_at(struct printer *o, const struct attr_type *t, const struct expr *e, int at,
	bool print, bool inner)
{
	const struct expr_node *x = &e->node[at];
	int left;

	if (x->op >= EXPR_ADD) {
		/* The right operand stands last; where the left one ends is known after it. */
		left = put_expr_at(o, t, e, at - 1, false, true);
		if (print && inner)
			sbuf_putc(o->b, '(');
		at = put_expr_at(o, t, e, left, print, true);
		if (!print)
			return at;
		sbuf_putc(o->b, ' ');
		sbuf_putc(o->b, "+-*/"[x->op - EXPR_ADD]);
		sbuf_putc(o->b, ' ');
		put_expr_at(o, t, e, (int)(x - e->node) - 1, true, true);
		if (inner)
			sbuf_putc(o->b, ')');
		return at;
	}
	if (!print)
		return at - 1;
	if (x->op == EXPR_CONST)
		expand_int(o->b, t, x->num);
	else if (x->op == EXPR_VAR)
		put_var(o, (unsigned)x->num);
	else if (x->op == EXPR_SELF)
		sbuf_puts(o->b, "self");
	else {
		sbuf_puts(o->b, "source.");
		sbuf_put_str(o->b, o->p->attr[x->num].name);
	}
	return at - 1;
}

static void put_expr(struct printer *o, const struct attr_type *t, const struct expr *e)
{
	uint32_t to_bind = o->to_bind;

	/* Values stand in templates only. */
	o->to_bind = 0;
	if (e->n > 0)
		put_expr_at(o, t, e, e->n - 1, true, false);
	o->to_bind = to_bind;
}

static void put_collections(struct sbuf *b, const struct operand *x)
{
	bool sets = x->kind == OPERAND_SETS;
	uint32_t i;

	for (i = 0; i < x->n_values; i++) {
		if (i > 0)
			sbuf_puts(b, ", ");
		if (sets)
			expand_set(b, x->sets[i]);
		else
			expand_mask(b, x->masks[i]);
	}
	if (x->n_values == 0)
		sbuf_puts(b, "{ } except { }");
}

static void put_operand(struct printer *o, const struct clause *c)
{
	const struct attr_type *t = &o->p->attr[c->attr].type;
	const struct operand *x = &c->operand;

	switch (x->kind) {
	case OPERAND_NONE:
		return;
	case OPERAND_SELF:
		sbuf_puts(o->b, "self");
		return;
	case OPERAND_SELF_NAME:
		sbuf_puts(o->b, "self.");
		sbuf_put_str(o->b, x->local ? o->p->local[x->ref].name : o->p->attr[x->ref].name);
		return;
	case OPERAND_WORDS:
		put_word_operand(o, t, x);
		return;
	case OPERAND_RANGES:
		put_ranges(o->b, t, c->op, x->ranges);
		return;
	case OPERAND_BOOL:
		sbuf_puts(o->b, x->has_no && x->has_yes ? "no, yes" :
				x->has_no		? "no" :
				x->has_yes		? "yes" :
							  "yes except yes");
		return;
	case OPERAND_SETS:
	case OPERAND_MASKS:
		put_collections(o->b, x);
		return;
	case OPERAND_EXPR:
		put_expr(o, t, &x->expr);
		return;
	}
}

/* ---- rules ------------------------------------------------------------------------------- */

static void put_indent(struct sbuf *b, unsigned depth)
{
	while (depth-- > 0)
		sbuf_putc(b, '\t');
}

static void put_clause(struct printer *o, const struct clause *c)
{
	sbuf_put_str(o->b, o->p->attr[c->attr].name);
	sbuf_putc(o->b, ' ');
	sbuf_puts(o->b, clause_op_name(c->op));
	if (c->operand.kind != OPERAND_NONE)
		sbuf_putc(o->b, ' ');
	put_operand(o, c);
	sbuf_puts(o->b, ";\n");
}

static bool is_named(const struct block *k, uint32_t attr)
{
	uint32_t i;

	for (i = 0; i < k->n_clauses; i++)
		if (k->clause[i].attr == attr)
			return true;
	for (i = 0; i < k->n_claims; i++)
		if (k->claim[i].attr == attr)
			return true;
	return false;
}

static void put_left_out(struct printer *o, const struct block *k, unsigned depth)
{
	uint32_t i;

	for (i = 0; i < o->p->n_attrs; i++) {
		struct str name = o->p->attr[i].name;

		if (is_named(k, i))
			continue;
		put_indent(o->b, depth);
		if (o->p->attr[i].dynamic) {
			sbuf_put_str(o->b, name);
			sbuf_puts(o->b, " any; claim ");
			sbuf_put_str(o->b, name);
			sbuf_puts(o->b, ";  # left out: claimed as a copy\n");
		} else {
			sbuf_put_str(o->b, name);
			sbuf_puts(o->b, " == self;  # left out\n");
		}
	}
}

static void put_block(struct printer *o, const struct block *k, unsigned depth)
{
	static const char *const heads[] = {
		[BLOCK_ACCEPT] = "accept same but {\n",
		[BLOCK_OFFER] = "offer {\n",
		[BLOCK_REFUSE] = "refuse {\n",
	};
	uint32_t i;

	put_indent(o->b, depth);
	if (!o->left_out && k->kind == BLOCK_ACCEPT && k->n_clauses + k->n_claims == 0) {
		sbuf_puts(o->b, "accept same;\n");
		return;
	}
	sbuf_puts(o->b, heads[k->kind]);
	o->to_bind = k->vars;
	for (i = 0; i < k->n_clauses; i++) {
		put_indent(o->b, depth + 1);
		put_clause(o, &k->clause[i]);
	}
	for (i = 0; i < k->n_claims; i++) {
		const struct attr *a = &o->p->attr[k->claim[i].attr];

		put_indent(o->b, depth + 1);
		sbuf_puts(o->b, "claim ");
		sbuf_put_str(o->b, a->name);
		if (!k->claim[i].copy) {
			sbuf_puts(o->b, " = ");
			put_expr(o, &a->type, &k->claim[i].expr);
		}
		sbuf_puts(o->b, ";\n");
	}
	if (o->left_out && k->kind == BLOCK_ACCEPT)
		put_left_out(o, k, depth + 1);
	put_indent(o->b, depth);
	sbuf_puts(o->b, "}\n");
}

static void put_rule(struct printer *o, const struct rule *r)
{
	unsigned depth = r->name.n > 0 ? 2 : 1;
	uint32_t i;

	o->rule = r;
	o->to_bind = o->numbered = 0;
	for (i = 0; i < r->n_vars; i++)
		if (r->var[i].when)
			o->to_bind |= (uint32_t)1 << i;
	sbuf_putc(o->b, '\n');
	if (r->name.n > 0) {
		sbuf_puts(o->b, "\trule ");
		sbuf_put_str(o->b, r->name);
		sbuf_puts(o->b, " {\n");
	}
	for (i = 0; i < r->n_when; i++) {
		put_indent(o->b, depth);
		sbuf_puts(o->b, "when ");
		put_clause(o, &r->when[i]);
	}
	if (r->migratable_no) {
		put_indent(o->b, depth);
		sbuf_puts(o->b, "migratable no;\n");
	}
	for (i = 0; i < r->n_blocks; i++)
		put_block(o, &r->block[i], depth);
	if (r->name.n > 0)
		sbuf_puts(o->b, "\t}\n");
}

static int put_policy(const struct policy *p, bool left_out, struct sbuf *b)
{
	struct printer o = { .b = b, .p = p, .left_out = left_out };
	uint32_t i;

	sbuf_puts(b, "language ");
	sbuf_put_u64(b, p->language);
	sbuf_puts(b, ";\n\npolicy ");
	sbuf_put_str(b, p->name);
	if (p->revision > 0) {
		sbuf_puts(b, " revision ");
		sbuf_put_u64(b, p->revision);
	}
	if (p->fallback)
		sbuf_puts(b, " fallback");
	if (p->narrows.n > 0) {
		sbuf_puts(b, " narrows ");
		sbuf_put_str(b, p->narrows);
	}
	sbuf_puts(b, " {\n");
	if (p->vendor.n > 0) {
		sbuf_puts(b, "\tvendor ");
		expand_quoted(b, p->vendor);
		sbuf_puts(b, ";\n");
	}
	for (i = 0; i < p->n_scopes; i++)
		expand_scope(b, &p->scope[i]);
	if (p->speaks.n > 0) {
		sbuf_puts(b, "\tspeaks ");
		sbuf_put_str(b, p->speaks);
		sbuf_puts(b, p->speaks_offers ? " as offers;\n" :
				     interface_find(p->speaks) >= 0 &&
					     interfaces[interface_find(p->speaks)].list != LIST_FIXED ?
							" as accepts;\n" :
							";\n");
	}
	if (p->n_attrs > ATTR_FIRST || p->n_locals > 0)
		sbuf_putc(b, '\n');
	for (i = ATTR_FIRST; i < p->n_attrs; i++)
		expand_attr(b, &p->attr[i], "attribute ");
	for (i = 0; i < p->n_locals; i++)
		expand_attr(b, &p->local[i], "local ");
	for (i = 0; i < p->n_rules; i++)
		put_rule(&o, &p->rule[i]);
	sbuf_puts(b, "}\n");
	return b->overflow ? -ENOSPC : 0;
}

int policy_expand(const struct policy *p, struct sbuf *b)
{
	return put_policy(p, true, b);
}

int policy_print(const struct policy *p, struct sbuf *b)
{
	return put_policy(p, false, b);
}
