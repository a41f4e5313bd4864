/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A compiled policy as policy text, with what each accept block left out written in. Constants
 * are gone, ranges and sets are in normal form; the text means what the policy means, and
 * compiles. Comments of the original are not there: they are no part of the compiled form.
 */
#include <errno.h>

#include "engine/version/text.h"
#include "grammar/compile.h"

struct printer {
	struct sbuf *b;
	const struct policy *p;
	const struct rule *rule;
	uint32_t to_bind; /* variables whose values are still to be written */
};

/* ---- words and numbers ------------------------------------------------------------------- */

static bool is_plain(struct str w)
{
	static const struct str taken[] = { STR_INIT("self"), STR_INIT("absent"),
		STR_INIT("except"), STR_INIT("none") };
	size_t i;

	if (w.n == 0 || !(ascii_isalnum(w.p[0]) || w.p[0] == '_') ||
		!(ascii_isalnum(w.p[w.n - 1]) || w.p[w.n - 1] == '_'))
		return false;
	for (i = 0; i < w.n; i++)
		if (!ascii_isalnum(w.p[i]) && !strchr("_.:-", w.p[i]))
			return false;
	for (i = 0; i < ARRAY_SIZE(taken); i++)
		if (str_eq(w, taken[i]))
			return false;
	return !str_starts(w, STR("self.")) && !str_starts(w, STR("source."));
}

static void put_quoted(struct sbuf *b, struct str w)
{
	size_t i;

	sbuf_putc(b, '"');
	for (i = 0; i < w.n; i++) {
		if (w.p[i] == '"' || w.p[i] == '\\')
			sbuf_putc(b, '\\');
		sbuf_putc(b, w.p[i]);
	}
	sbuf_putc(b, '"');
}

static void put_word(struct sbuf *b, struct str w)
{
	if (is_plain(w))
		sbuf_put_str(b, w);
	else
		put_quoted(b, w);
}

static void put_int(struct sbuf *b, const struct attr_type *t, int64_t v)
{
	if (t->int_format != INT_HEX) {
		sbuf_put_i64(b, v);
		return;
	}
	sbuf_puts(b, v < 0 ? "-0x" : "0x");
	sbuf_put_hex(b, v < 0 ? -(uint64_t)v : (uint64_t)v, 1);
}

static void put_comma(struct sbuf *b, bool *first)
{
	if (!*first)
		sbuf_puts(b, ", ");
	*first = false;
}

static void put_set(struct sbuf *b, struct word_set s)
{
	uint32_t i;

	sbuf_puts(b, "{ ");
	for (i = 0; i < s.n; i++) {
		if (i > 0)
			sbuf_puts(b, ", ");
		put_word(b, s.w[i]);
	}
	sbuf_puts(b, s.n > 0 ? " }" : "}");
}

static bool has_bit(const uint64_t bits[4], unsigned i)
{
	return i < MASK_BITS_MAX && (bits[i / 64] >> (i % 64) & 1);
}

static void put_mask(struct sbuf *b, const uint64_t bits[4])
{
	unsigned i, last;
	bool first = true;

	sbuf_puts(b, "{ ");
	for (i = 0; i < MASK_BITS_MAX; i = last + 1) {
		for (last = i; has_bit(bits, i) && has_bit(bits, last + 1);)
			last++;
		if (!has_bit(bits, i))
			continue;
		put_comma(b, &first);
		sbuf_put_u64(b, i);
		if (last == i)
			continue;
		sbuf_puts(b, "..");
		sbuf_put_u64(b, last);
	}
	sbuf_puts(b, first ? "}" : " }");
}

static struct version_spec spec_of(const struct attr_type *t)
{
	return (struct version_spec){ t->type.size, t->major };
}

static void put_value(struct sbuf *b, const struct attr_type *t, const struct value *v)
{
	switch ((enum value_tag)v->type.tag) {
	case VT_STRING:
	case VT_PCI_ID:
		put_word(b, v->word);
		break;
	case VT_BOOL:
		sbuf_puts(b, v->yes ? "yes" : "no");
		break;
	case VT_INT:
		put_int(b, t, key_to_int(v->key));
		break;
	case VT_VERSION:
		version_print(b, v->key, t->type.size);
		break;
	case VT_SET:
		put_set(b, v->set);
		break;
	case VT_MASK:
		put_mask(b, v->bits);
		break;
	case VT_NONE:
		break;
	}
}

/* ---- declarations ------------------------------------------------------------------------ */

static void put_type(struct sbuf *b, const struct attr_type *t)
{
	switch ((enum value_tag)t->type.tag) {
	case VT_STRING:
		sbuf_puts(b, t->has_words ? "enum " : "string");
		break;
	case VT_BOOL:
		sbuf_puts(b, "bool");
		break;
	case VT_INT:
		sbuf_puts(b, t->int_format == INT_HEX	? "int hex" :
			     t->int_format == INT_SIZE	? "int size" :
							  "int");
		if (t->lo == INT64_MIN && t->hi == INT64_MAX)
			break;
		sbuf_putc(b, ' ');
		put_int(b, t, t->lo);
		sbuf_puts(b, "..");
		put_int(b, t, t->hi);
		break;
	case VT_PCI_ID:
		sbuf_puts(b, "pci-id");
		break;
	case VT_VERSION:
		sbuf_puts(b, t->list ? "versions(" : "version(");
		break;
	case VT_SET:
		sbuf_puts(b, t->has_words ? "set " : "set");
		break;
	case VT_MASK:
		sbuf_puts(b, "mask(");
		break;
	case VT_NONE:
		break;
	}
	if (t->type.size > 0) {
		sbuf_put_u64(b, t->type.size);
		sbuf_putc(b, ')');
	}
	if (t->has_words)
		put_set(b, t->words);
	if (t->major > 1) {
		sbuf_puts(b, " major ");
		sbuf_put_u64(b, t->major);
	}
	if (t->mask_format == MASK_BITS)
		sbuf_puts(b, " format bits");
	if (t->msb_first)
		sbuf_puts(b, " order msb");
	if (t->separator.p) {
		sbuf_puts(b, " separator ");
		put_quoted(b, t->separator);
	}
	if (t->field > 0) {
		sbuf_puts(b, " field ");
		sbuf_put_u64(b, t->field);
		sbuf_puts(b, " of ");
		put_quoted(b, t->field_separator);
	}
}

static void put_fact(struct sbuf *b, const struct fact *f)
{
	static const char *const words[] = {
		[FACT_NONE] = "",
		[FACT_TYPE] = "type",
		[FACT_PARENT] = "parent",
		[FACT_DEVICE] = "device",
		[FACT_MODULE] = "module",
		[FACT_OS_RELEASE] = "os-release",
		[FACT_KERNEL_RELEASE] = "kernel-release",
		[FACT_SITE] = "site",
	};
	unsigned i;

	sbuf_puts(b, " from ");
	sbuf_puts(b, words[f->kind]);
	for (i = 0; i < f->n_paths; i++) {
		sbuf_putc(b, ' ');
		put_quoted(b, f->path[i]);
	}
	if (f->key.p) {
		sbuf_puts(b, " key ");
		put_quoted(b, f->key);
	}
}

static void put_attr(struct sbuf *b, const struct attr *a, const char *word)
{
	sbuf_putc(b, '\t');
	sbuf_puts(b, word);
	sbuf_put_str(b, a->name);
	sbuf_puts(b, " : ");
	put_type(b, &a->type);
	if (a->fact.kind != FACT_NONE)
		put_fact(b, &a->fact);
	if (a->presence == PRESENCE_DEFAULT_ABSENT)
		sbuf_puts(b, " default absent");
	if (a->presence == PRESENCE_DEFAULT) {
		sbuf_puts(b, " default ");
		if (a->type.list)
			ranges_print_policy(b, a->dflt_ranges, spec_of(&a->type));
		else
			put_value(b, &a->type, &a->dflt);
	}
	sbuf_puts(b, a->dynamic ? " dynamic;\n" : ";\n");
}

static void put_scope(struct sbuf *b, const struct scope *s)
{
	sbuf_puts(b, s->kind == KIND_MDEV ? "\tapplies mdev-type driver " :
					    "\tapplies vfio-device driver ");
	put_word(b, s->driver);
	if (s->has_type_from) {
		sbuf_puts(b, " type");
		put_fact(b, &s->type_from);
	}
	sbuf_puts(b, ";\n");
}

/* ---- operands ---------------------------------------------------------------------------- */

/* A variable: its values too, where it is met first. */
static void put_var(struct printer *o, unsigned i)
{
	const struct tmpl_var *v = &o->rule->var[i];
	uint32_t bit = (uint32_t)1 << i, k;

	sbuf_putc(o->b, '{');
	sbuf_put_str(o->b, v->name);
	for (k = 0; (o->to_bind & bit) && k < v->n; k++) {
		sbuf_puts(o->b, k > 0 ? ", " : ": ");
		sbuf_put_str(o->b, v->value[k]);
	}
	sbuf_putc(o->b, '}');
	o->to_bind &= ~bit;
}

static void put_words(struct printer *o, const struct attr_type *t, struct word_set words,
	const struct tmpl *tmpl, uint32_t n_tmpl, struct word_set prefixes)
{
	bool first = true;
	uint32_t i, k;

	for (i = 0; i < words.n; i++) {
		put_comma(o->b, &first);
		put_word(o->b, words.w[i]);
	}
	for (i = 0; i < n_tmpl; i++) {
		put_comma(o->b, &first);
		for (k = 0; k < tmpl[i].n; k++)
			if (tmpl[i].piece[k].var < 0)
				sbuf_put_str(o->b, tmpl[i].piece[k].text);
			else
				put_var(o, (unsigned)tmpl[i].piece[k].var);
	}
	for (i = 0; i < prefixes.n; i++) {
		put_comma(o->b, &first);
		sbuf_put_str(o->b, prefixes.w[i]);
		sbuf_putc(o->b, '*');
	}
	/* Nothing: there is no word for it among words. */
	if (first) {
		put_word(o->b, t->has_words ? t->words.w[0] : STR("0000:0000"));
		sbuf_puts(o->b, " except ");
		put_word(o->b, t->has_words ? t->words.w[0] : STR("0000:0000"));
	}
}

static void put_word_operand(struct printer *o, const struct attr_type *t,
	const struct operand *x)
{
	put_words(o, t, x->words, x->tmpl, x->n_tmpl, x->prefixes);
	if (x->except_words.n + x->n_except_tmpl + x->except_prefixes.n == 0)
		return;
	sbuf_puts(o->b, " except ");
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
		put_comma(b, &first);
		put_int(b, t, lo);
		if (lo == hi)
			continue;
		sbuf_puts(b, "..");
		put_int(b, t, hi);
	}
	if (first) {
		put_int(b, t, t->lo);
		sbuf_puts(b, " except ");
		put_int(b, t, t->lo);
	}
}

static void put_ranges(struct sbuf *b, const struct attr_type *t, enum clause_op op,
	struct ranges r)
{
	if (t->type.tag == VT_INT)
		put_int_ranges(b, t, r);
	else if (op != OP_IN && r.n > 0)
		version_print(b, r.iv[0].lo, t->type.size);
	else
		ranges_print_policy(b, r, spec_of(t));
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
		put_int(o->b, t, x->num);
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
			put_set(b, x->sets[i]);
		else
			put_mask(b, x->masks[i]);
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
	if (k->kind == BLOCK_ACCEPT)
		put_left_out(o, k, depth + 1);
	put_indent(o->b, depth);
	sbuf_puts(o->b, "}\n");
}

static void put_rule(struct printer *o, const struct rule *r)
{
	unsigned depth = r->name.n > 0 ? 2 : 1;
	uint32_t i;

	o->rule = r;
	o->to_bind = 0;
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

int policy_expand(const struct policy *p, struct sbuf *b)
{
	struct printer o = { .b = b, .p = p };
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
		put_quoted(b, p->vendor);
		sbuf_puts(b, ";\n");
	}
	for (i = 0; i < p->n_scopes; i++)
		put_scope(b, &p->scope[i]);
	if (p->n_attrs > ATTR_FIRST || p->n_locals > 0)
		sbuf_putc(b, '\n');
	for (i = ATTR_FIRST; i < p->n_attrs; i++)
		put_attr(b, &p->attr[i], "attribute ");
	for (i = 0; i < p->n_locals; i++)
		put_attr(b, &p->local[i], "local ");
	for (i = 0; i < p->n_rules; i++)
		put_rule(&o, &p->rule[i]);
	sbuf_puts(b, "}\n");
	return b->overflow ? -ENOSPC : 0;
}
