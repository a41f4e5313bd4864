/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Clauses as text for people, in the language's own spelling, constants in normal form. */
#include "engine/eval/explain.h"
#include "engine/version/text.h"

static void put_list_sep(struct sbuf *b, bool *first)
{
	if (!*first)
		sbuf_puts(b, ", ");
	*first = false;
}

static void put_word(struct sbuf *b, struct str w)
{
	bool plain = w.n > 0;
	size_t i;

	for (i = 0; i < w.n; i++)
		plain = plain && (ascii_isalnum(w.p[i]) || strchr("_.:-", w.p[i]));
	if (plain)
		sbuf_put_str(b, w);
	else
		sbuf_put_quoted(b, w);
}

static void put_tmpl(struct sbuf *b, const struct rule *r, const struct tmpl *t)
{
	unsigned i;

	for (i = 0; i < t->n; i++) {
		if (t->piece[i].var < 0) {
			sbuf_put_str(b, t->piece[i].text);
			continue;
		}
		sbuf_putc(b, '{');
		sbuf_put_str(b, r->var[t->piece[i].var].name);
		sbuf_putc(b, '}');
	}
}

static void put_words(struct sbuf *b, const struct rule *r, const struct word_set *words,
	const struct tmpl *tmpl, uint32_t n_tmpl, const struct word_set *prefixes)
{
	bool first = true;
	uint32_t i;

	for (i = 0; i < words->n; i++) {
		put_list_sep(b, &first);
		put_word(b, words->w[i]);
	}
	for (i = 0; i < n_tmpl; i++) {
		put_list_sep(b, &first);
		put_tmpl(b, r, &tmpl[i]);
	}
	for (i = 0; i < prefixes->n; i++) {
		put_list_sep(b, &first);
		sbuf_put_str(b, prefixes->w[i]);
		sbuf_putc(b, '*');
	}
	if (first)
		sbuf_puts(b, "none");
}

static void put_int_ranges(struct sbuf *b, struct ranges ranges)
{
	bool first = true;
	uint32_t i;

	for (i = 0; i < ranges.n; i++) {
		int64_t lo = key_to_int(ranges.iv[i].lo), hi = INT64_MAX;

		if (!key_is_end(ranges.iv[i].hi))
			hi = key_to_int(ranges.iv[i].hi) - 1;
		put_list_sep(b, &first);
		sbuf_put_i64(b, lo);
		if (lo == hi)
			continue;
		sbuf_puts(b, "..");
		sbuf_put_i64(b, hi);
	}
	if (first)
		sbuf_puts(b, "none");
}

static void put_ranges(struct sbuf *b, const struct clause *c, struct value_type t)
{
	struct ranges r = c->operand.ranges;

	if (t.tag == VT_INT)
		put_int_ranges(b, r);
	else if (r.n == 1 && key_eq(key_next(r.iv[0].lo, value_type_line(t)), r.iv[0].hi))
		version_print(b, r.iv[0].lo, t.size);
	else if (c->op != OP_IN && r.n == 1)
		version_print(b, r.iv[0].lo, t.size);
	else
		ranges_print(b, r, t.size);
}

static void put_leaf(struct sbuf *b, const struct policy *p, const struct rule *r,
	const struct expr_node *x)
{
	if (x->op == EXPR_CONST) {
		sbuf_put_i64(b, x->num);
	} else if (x->op == EXPR_VAR) {
		sbuf_putc(b, '{');
		sbuf_put_str(b, r->var[x->num].name);
		sbuf_putc(b, '}');
	} else if (x->op == EXPR_SELF) {
		sbuf_puts(b, "self");
	} else {
		sbuf_puts(b, "source.");
		sbuf_put_str(b, p->attr[x->num].name);
	}
}

/* The first node of the operand that ends at node @at. */
static int expr_begin(const struct expr *e, int at)
{
	int wanted = 1;

	for (;; at--) {
		wanted += e->node[at].op < EXPR_ADD ? -1 : 1;
		if (wanted == 0 || at == 0)
			return at;
	}
}

/* Prints the operand that ends at node @at. Depth is bounded by EXPR_NODES_MAX, and the reader
 * has checked that the stack never runs dry. */
static void put_expr_at(struct sbuf *b, const struct policy *p, const struct rule *r,
	const struct expr *e, int at, bool outermost)
{
	const struct expr_node *x = &e->node[at];

	if (x->op < EXPR_ADD) {
		put_leaf(b, p, r, x);
		return;
	}
	if (!outermost)
		sbuf_putc(b, '(');
	put_expr_at(b, p, r, e, expr_begin(e, at - 1) - 1, false);
	sbuf_putc(b, ' ');
	sbuf_putc(b, "+-*/"[x->op - EXPR_ADD]);
	sbuf_putc(b, ' ');
	put_expr_at(b, p, r, e, at - 1, false);
	if (!outermost)
		sbuf_putc(b, ')');
}

static void put_expr(struct sbuf *b, const struct policy *p, const struct rule *r,
	const struct expr *e)
{
	if (e->n > 0)
		put_expr_at(b, p, r, e, e->n - 1, true);
}

static void put_collections(struct sbuf *b, const struct operand *o, struct value_type t)
{
	struct value v = { .type = t };
	bool first = true;
	uint32_t i;

	for (i = 0; i < o->n_values; i++) {
		if (o->kind == OPERAND_SETS)
			v.set = o->sets[i];
		else
			memcpy(v.bits, o->masks[i], sizeof(v.bits));
		put_list_sep(b, &first);
		value_print(b, &v);
	}
}

void clause_print(struct sbuf *b, const struct policy *p, const struct rule *r,
	const struct clause *c)
{
	const struct operand *o = &c->operand;
	struct value_type t = p->attr[c->attr].type.type;

	sbuf_put_str(b, p->attr[c->attr].name);
	sbuf_putc(b, ' ');
	sbuf_puts(b, clause_op_name(c->op));
	if (o->kind != OPERAND_NONE)
		sbuf_putc(b, ' ');
	switch (o->kind) {
	case OPERAND_NONE:
		break;
	case OPERAND_SELF:
		sbuf_puts(b, "self");
		break;
	case OPERAND_SELF_NAME:
		sbuf_puts(b, "self.");
		sbuf_put_str(b, o->local ? p->local[o->ref].name : p->attr[o->ref].name);
		break;
	case OPERAND_WORDS:
		put_words(b, r, &o->words, o->tmpl, o->n_tmpl, &o->prefixes);
		if (o->except_words.n + o->n_except_tmpl + o->except_prefixes.n == 0)
			break;
		sbuf_puts(b, " except ");
		put_words(b, r, &o->except_words, o->except_tmpl, o->n_except_tmpl,
			&o->except_prefixes);
		break;
	case OPERAND_RANGES:
		put_ranges(b, c, t);
		break;
	case OPERAND_BOOL:
		sbuf_puts(b, o->has_no && o->has_yes ? "no, yes" : o->has_yes ? "yes" :
				     o->has_no			     ? "no" :
								       "none");
		break;
	case OPERAND_SETS:
	case OPERAND_MASKS:
		put_collections(b, o, t);
		break;
	case OPERAND_EXPR:
		put_expr(b, p, r, &o->expr);
		break;
	}
}

void claim_print(struct sbuf *b, const struct policy *p, const struct rule *r, const struct claim *c)
{
	sbuf_puts(b, "claim ");
	sbuf_put_str(b, p->attr[c->attr].name);
	if (c->copy)
		return;
	sbuf_puts(b, " = ");
	put_expr(b, p, r, &c->expr);
}
