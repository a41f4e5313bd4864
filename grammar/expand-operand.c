/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the clauses of a compiled policy compare with, as policy text that compiles to it. Rules are
 * expand.c's, single values expand-spell.c's.
 */
#include "grammar/expand-operand.h"

/* ---- lists of which nothing is left ------------------------------------------------------------ */

/*
 * A list without words from which templates or prefixes are taken can be written with a constant
 * alone: beside one of these, `a except a` stays what it is.
 */
static bool is_emptied(const struct clause *c)
{
	const struct operand *x = &c->operand;

	return x->kind == OPERAND_WORDS && x->words.n + x->n_tmpl + x->prefixes.n == 0 &&
	       x->except_words.n + x->n_except_tmpl + x->except_prefixes.n > 0;
}

/* A word that the type has, twice. */
static void put_nothing(struct sbuf *b, const struct attr_type *t)
{
	struct str w = t->has_words ? t->words.w[0] : STR("0000:0000");

	expand_word(b, w);
	sbuf_puts(b, " except ");
	expand_word(b, w);
}

static void put_nothing_name(struct sbuf *b, uint32_t attr)
{
	sbuf_puts(b, EXPAND_NOTHING);
	sbuf_put_u64(b, attr);
}

static void note_emptied(const struct clause *c, uint32_t n, bool *ret_attrs)
{
	while (n-- > 0)
		if (is_emptied(&c[n]))
			ret_attrs[c[n].attr] = true;
}

void expand_nothings(struct sbuf *b, const struct policy *p)
{
	bool attrs[ATTR_FIRST + ATTRS_MAX] = { 0 };
	uint32_t i, k;

	for (i = 0; i < p->n_rules; i++) {
		const struct rule *r = &p->rule[i];

		note_emptied(r->when, r->n_when, attrs);
		for (k = 0; k < r->n_blocks; k++)
			note_emptied(r->block[k].clause, r->block[k].n_clauses, attrs);
	}
	for (i = 0; i < p->n_attrs; i++) {
		if (!attrs[i])
			continue;
		sbuf_puts(b, "\tconst ");
		put_nothing_name(b, i);
		sbuf_puts(b, " = ");
		put_nothing(b, &p->attr[i].type);
		sbuf_puts(b, ";\n");
	}
}

/* ---- variables ----------------------------------------------------------------------------- */

/*
 * `{n}` before another hole, or before what is no letter or digit, is no template: `{n: 1, 2}.x` is.
 * So where such a template stands, its first variable's values stand. -1: anywhere.
 */
static int leading_var(const struct tmpl *t)
{
	const struct tmpl_piece *next = t->n > 1 ? &t->piece[1] : NULL;

	if (!next || t->piece[0].var < 0)
		return -1;
	if (next->var < 0 && (ascii_isalnum(next->text.p[0]) || next->text.p[0] == '_'))
		return -1;
	return t->piece[0].var;
}

static uint32_t leading_vars(const struct tmpl *t, uint32_t n)
{
	uint32_t vars = 0;

	while (n-- > 0)
		if (leading_var(&t[n]) >= 0)
			vars |= (uint32_t)1 << leading_var(&t[n]);
	return vars;
}

void expand_bind(struct printer *o, uint32_t vars, const struct clause *c, uint32_t n)
{
	o->to_bind = vars;
	o->leading = 0;
	while (n-- > 0)
		o->leading |= leading_vars(c[n].operand.tmpl, c[n].operand.n_tmpl) |
			      leading_vars(c[n].operand.except_tmpl, c[n].operand.n_except_tmpl);
}

/*
 * A variable: its values too, where it is met first. Those that no block before had are numbered
 * as their values are met, and a template may name one before that: they wait for their turn.
 */
static void put_var(struct printer *o, unsigned i, bool leads)
{
	const struct tmpl_var *v = &o->rule->var[i];
	uint32_t bit = (uint32_t)1 << i, k;
	bool binds = (o->to_bind & bit) && (leads || !(o->leading & bit)) &&
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

static void put_template(struct printer *o, const struct tmpl *t)
{
	uint32_t i;

	for (i = 0; i < t->n; i++)
		if (t->piece[i].var < 0)
			sbuf_put_str(o->b, t->piece[i].text);
		else
			put_var(o, (unsigned)t->piece[i].var, i == 0 && leading_var(t) >= 0);
}

/* ---- lists --------------------------------------------------------------------------------- */

static void put_words(struct printer *o, struct word_set words, const struct tmpl *tmpl,
	uint32_t n_tmpl, struct word_set prefixes)
{
	bool first = true;
	uint32_t i;

	for (i = 0; i < words.n; i++) {
		expand_comma(o->b, &first);
		expand_word(o->b, words.w[i]);
	}
	for (i = 0; i < n_tmpl; i++) {
		expand_comma(o->b, &first);
		put_template(o, &tmpl[i]);
	}
	for (i = 0; i < prefixes.n; i++) {
		expand_comma(o->b, &first);
		sbuf_put_str(o->b, prefixes.w[i]);
		sbuf_putc(o->b, '*');
	}
}

static void put_word_operand(struct printer *o, const struct clause *c)
{
	const struct operand *x = &c->operand;

	if (is_emptied(c))
		put_nothing_name(o->b, c->attr);
	else if (x->words.n + x->n_tmpl + x->prefixes.n == 0)
		put_nothing(o->b, &o->p->attr[c->attr].type);
	else
		put_words(o, x->words, x->tmpl, x->n_tmpl, x->prefixes);
	if (x->except_words.n + x->n_except_tmpl + x->except_prefixes.n == 0)
		return;
	sbuf_puts(o->b, " except ");
	put_words(o, x->except_words, x->except_tmpl, x->n_except_tmpl, x->except_prefixes);
}

static int64_t last_of(struct interval iv)
{
	return key_is_end(iv.hi) ? INT64_MAX : key_to_int(iv.hi) - 1;
}

static void put_int_range(struct sbuf *b, const struct attr_type *t, int64_t lo, int64_t hi)
{
	expand_int(b, t, lo);
	if (lo == hi)
		return;
	sbuf_puts(b, "..");
	expand_int(b, t, hi);
}

/*
 * More intervals than a list may have items came about by `except`; one list of @n at most takes
 * away from one of @n at most. So each interval is joined with the next, but for what is between.
 */
static void put_int_pairs(struct sbuf *b, const struct attr_type *t, struct ranges r)
{
	bool first = true;
	uint32_t i;

	for (i = 0; i < r.n; i += 2) {
		expand_comma(b, &first);
		put_int_range(b, t, key_to_int(r.iv[i].lo), last_of(r.iv[MIN(i + 1, r.n - 1)]));
	}
	sbuf_puts(b, " except ");
	first = true;
	for (i = 0; i + 1 < r.n; i += 2) {
		expand_comma(b, &first);
		put_int_range(b, t, last_of(r.iv[i]) + 1, key_to_int(r.iv[i + 1].lo) - 1);
	}
}

static void put_ints(struct sbuf *b, const struct attr_type *t, struct ranges r)
{
	bool first = true;
	uint32_t i;

	if (r.n > WORDS_MAX) {
		put_int_pairs(b, t, r);
		return;
	}
	for (i = 0; i < r.n; i++) {
		expand_comma(b, &first);
		put_int_range(b, t, key_to_int(r.iv[i].lo), last_of(r.iv[i]));
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
		put_ints(b, t, r);
		/* What was calculated may lie outside of the domain; a constant may not. */
		if (op != OP_IN && r.n > 0 && !int_fits(t, key_to_int(r.iv[0].lo)))
			sbuf_puts(b, " + 0");
	} else if (op != OP_IN && r.n > 0)
		version_print(b, r.iv[0].lo, t->type.size);
	else
		ranges_print_policy(b, r, expand_spec(t));
}

/* ---- arithmetic ---------------------------------------------------------------------------- */

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
		put_var(o, (unsigned)x->num, false);
	else if (x->op == EXPR_SELF)
		sbuf_puts(o->b, "self");
	else {
		sbuf_puts(o->b, "source.");
		sbuf_put_str(o->b, o->p->attr[x->num].name);
	}
	return at - 1;
}

void expand_expr(struct printer *o, const struct attr_type *t, const struct expr *e)
{
	uint32_t to_bind = o->to_bind;

	/* Values stand in templates only. */
	o->to_bind = 0;
	if (e->n > 0)
		put_expr_at(o, t, e, e->n - 1, true, false);
	o->to_bind = to_bind;
}

/* ---- any ----------------------------------------------------------------------------------- */

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

static void put_list_name(struct sbuf *b, uint32_t number)
{
	sbuf_puts(b, EXPAND_LIST);
	sbuf_put_u64(b, number);
}

/* Instead of the list its constant, if it has one. */
static bool put_shared(struct printer *o, const struct clause *c)
{
	const struct shared_list *x;

	if (!o->shared || !expand_can_share(c))
		return false;
	x = &o->shared[o->at_shared++];
	if (x->number > 0)
		put_list_name(o->b, x->number);
	return x->number > 0;
}

void expand_shared(struct printer *o)
{
	for (uint32_t i = 0; i < o->n_shared; i++) {
		const struct clause *c = o->shared[i].clause;

		if (!o->shared[i].first)
			continue;
		sbuf_puts(o->b, "\tconst ");
		put_list_name(o->b, o->shared[i].number);
		sbuf_puts(o->b, " = ");
		if (c->operand.kind == OPERAND_WORDS)
			put_word_operand(o, c);
		else
			put_ranges(o->b, &o->p->attr[c->attr].type, c->op, c->operand.ranges);
		sbuf_puts(o->b, ";\n");
	}
}

void expand_operand(struct printer *o, const struct clause *c)
{
	const struct attr_type *t = &o->p->attr[c->attr].type;
	const struct operand *x = &c->operand;

	if (put_shared(o, c))
		return;
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
		put_word_operand(o, c);
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
		expand_expr(o, t, &x->expr);
		return;
	}
}
