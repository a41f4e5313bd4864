/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "engine/version/text.h"
#include "tests/grammar/dump-model.h"

static void put_place(struct sbuf *b, struct place p)
{
	sbuf_puts(b, " @");
	sbuf_put_u64(b, p.line);
	sbuf_putc(b, ':');
	sbuf_put_u64(b, p.column);
}

static void put_word(struct sbuf *b, struct str w)
{
	sbuf_putc(b, '"');
	sbuf_put_str(b, w);
	sbuf_putc(b, '"');
}

static void put_words(struct sbuf *b, const char *label, struct word_set s)
{
	uint32_t i;

	if (s.n == 0)
		return;
	sbuf_putc(b, ' ');
	sbuf_puts(b, label);
	for (i = 0; i < s.n; i++) {
		sbuf_putc(b, ' ');
		put_word(b, s.w[i]);
	}
}

static void put_ranges(struct sbuf *b, struct ranges r, struct value_type t)
{
	uint32_t i;

	sbuf_putc(b, ' ');
	if (t.tag == VT_VERSION) {
		ranges_print(b, r, t.size);
		return;
	}
	for (i = 0; i < r.n; i++) {
		sbuf_puts(b, i ? " [" : "[");
		sbuf_put_i64(b, key_to_int(r.iv[i].lo));
		sbuf_putc(b, ',');
		if (key_is_end(r.iv[i].hi))
			sbuf_putc(b, '*');
		else
			sbuf_put_i64(b, key_to_int(r.iv[i].hi));
		sbuf_putc(b, ')');
	}
	if (r.n == 0)
		sbuf_puts(b, "none");
}

static void put_value(struct sbuf *b, const struct value *v)
{
	unsigned i;

	switch ((enum value_tag)v->type.tag) {
	case VT_STRING:
	case VT_PCI_ID:
		put_word(b, v->word);
		break;
	case VT_BOOL:
	case VT_INT:
	case VT_VERSION:
		value_print(b, v);
		break;
	case VT_SET:
		sbuf_putc(b, '{');
		put_words(b, "", v->set);
		sbuf_puts(b, " }");
		break;
	case VT_MASK:
		for (i = 4; i-- > 0;)
			sbuf_put_hex(b, v->bits[i], 16);
		break;
	case VT_NONE:
		break;
	}
}

static void put_type(struct sbuf *b, const struct attr_type *t)
{
	sbuf_putc(b, ' ');
	sbuf_putc(b, (char)t->type.tag);
	if (t->type.size) {
		sbuf_putc(b, '(');
		sbuf_put_u64(b, t->type.size);
		sbuf_putc(b, ')');
	}
	if (t->list)
		sbuf_puts(b, " list");
	if (t->major) {
		sbuf_puts(b, " major ");
		sbuf_put_u64(b, t->major);
	}
	if (t->has_words)
		put_words(b, "domain", t->words);
	if (t->type.tag == VT_INT && (t->lo != INT64_MIN || t->hi != INT64_MAX)) {
		sbuf_putc(b, ' ');
		sbuf_put_i64(b, t->lo);
		sbuf_puts(b, "..");
		sbuf_put_i64(b, t->hi);
	}
	sbuf_puts(b, t->int_format == INT_HEX ? " hex" : t->int_format == INT_SIZE ? " size" : "");
	sbuf_puts(b, t->mask_format == MASK_BITS ? " bits" : "");
	sbuf_puts(b, t->msb_first ? " msb" : "");
	if (t->separator.p) {
		sbuf_puts(b, " separator ");
		put_word(b, t->separator);
	}
	if (t->field) {
		sbuf_puts(b, " field ");
		sbuf_put_u64(b, t->field);
		sbuf_puts(b, " of ");
		put_word(b, t->field_separator);
	}
}

static void put_fact(struct sbuf *b, const struct fact *f)
{
	static const char *const kinds[] = { "none", "type", "parent", "device", "module",
		"os-release", "kernel-release", "site" };
	unsigned i;

	sbuf_puts(b, " from ");
	sbuf_puts(b, kinds[f->kind]);
	for (i = 0; i < f->n_paths; i++) {
		sbuf_putc(b, ' ');
		put_word(b, f->path[i]);
	}
	if (f->key.p) {
		sbuf_puts(b, " key ");
		put_word(b, f->key);
	}
}

static void put_attr(struct sbuf *b, const char *what, uint32_t i, const struct attr *a)
{
	sbuf_puts(b, what);
	sbuf_putc(b, ' ');
	sbuf_put_u64(b, i);
	sbuf_putc(b, ' ');
	sbuf_put_str(b, a->name);
	put_type(b, &a->type);
	put_fact(b, &a->fact);
	if (a->presence == PRESENCE_DEFAULT_ABSENT)
		sbuf_puts(b, " default absent");
	if (a->presence == PRESENCE_DEFAULT) {
		sbuf_puts(b, " default ");
		if (a->type.list)
			put_ranges(b, a->dflt_ranges, a->type.type);
		else
			put_value(b, &a->dflt);
	}
	if (a->dynamic)
		sbuf_puts(b, " dynamic");
	put_place(b, a->place);
	sbuf_putc(b, '\n');
}

static void put_tmpls(struct sbuf *b, const char *label, const struct tmpl *t, uint32_t n)
{
	uint32_t i, k;

	for (i = 0; i < n; i++) {
		sbuf_putc(b, ' ');
		sbuf_puts(b, label);
		for (k = 0; k < t[i].n; k++) {
			sbuf_putc(b, ' ');
			if (t[i].piece[k].var < 0) {
				put_word(b, t[i].piece[k].text);
			} else {
				sbuf_putc(b, '$');
				sbuf_put_i64(b, t[i].piece[k].var);
			}
		}
	}
}

static void put_expr(struct sbuf *b, const struct expr *e)
{
	unsigned i;

	for (i = 0; i < e->n; i++) {
		sbuf_putc(b, ' ');
		switch (e->node[i].op) {
		case EXPR_CONST:
			sbuf_put_i64(b, e->node[i].num);
			break;
		case EXPR_VAR:
			sbuf_putc(b, '$');
			sbuf_put_i64(b, e->node[i].num);
			break;
		case EXPR_SELF:
			sbuf_puts(b, "self");
			break;
		case EXPR_SOURCE:
			sbuf_puts(b, "source.");
			sbuf_put_i64(b, e->node[i].num);
			break;
		case EXPR_ADD:
		case EXPR_SUB:
		case EXPR_MUL:
		case EXPR_DIV:
			sbuf_putc(b, "+-*/"[e->node[i].op - EXPR_ADD]);
			break;
		}
	}
}

static void put_operand(struct sbuf *b, const struct operand *o, struct value_type t)
{
	struct value v = { .type = t };
	uint32_t i;

	switch (o->kind) {
	case OPERAND_NONE:
		break;
	case OPERAND_SELF:
		sbuf_puts(b, " self");
		break;
	case OPERAND_SELF_NAME:
		sbuf_puts(b, o->local ? " self.local " : " self.attr ");
		sbuf_put_u64(b, o->ref);
		break;
	case OPERAND_WORDS:
		put_words(b, "words", o->words);
		put_tmpls(b, "template", o->tmpl, o->n_tmpl);
		put_words(b, "prefixes", o->prefixes);
		put_words(b, "except", o->except_words);
		put_tmpls(b, "except-template", o->except_tmpl, o->n_except_tmpl);
		put_words(b, "except-prefixes", o->except_prefixes);
		break;
	case OPERAND_RANGES:
		put_ranges(b, o->ranges, t);
		break;
	case OPERAND_BOOL:
		sbuf_puts(b, o->has_no ? " no" : "");
		sbuf_puts(b, o->has_yes ? " yes" : "");
		break;
	case OPERAND_SETS:
	case OPERAND_MASKS:
		for (i = 0; i < o->n_values; i++) {
			sbuf_putc(b, ' ');
			if (o->kind == OPERAND_SETS)
				v.set = o->sets[i];
			else
				memcpy(v.bits, o->masks[i], sizeof(v.bits));
			put_value(b, &v);
		}
		break;
	case OPERAND_EXPR:
		put_expr(b, &o->expr);
		break;
	}
}

static void put_clause(struct sbuf *b, const struct policy *p, const char *indent,
	const struct clause *c)
{
	sbuf_puts(b, indent);
	sbuf_put_str(b, p->attr[c->attr].name);
	sbuf_putc(b, ' ');
	sbuf_puts(b, clause_op_name(c->op));
	put_operand(b, &c->operand, p->attr[c->attr].type.type);
	put_place(b, c->place);
	sbuf_putc(b, '\n');
}

static void put_block(struct sbuf *b, const struct policy *p, const struct block *k)
{
	static const char *const kinds[] = { "accept", "offer", "refuse" };
	uint32_t i;

	sbuf_puts(b, "  ");
	sbuf_puts(b, kinds[k->kind]);
	if (k->vars) {
		sbuf_puts(b, " vars ");
		sbuf_put_hex(b, k->vars, 1);
	}
	put_place(b, k->place);
	sbuf_putc(b, '\n');
	for (i = 0; i < k->n_clauses; i++)
		put_clause(b, p, "    ", &k->clause[i]);
	for (i = 0; i < k->n_claims; i++) {
		sbuf_puts(b, "    claim ");
		sbuf_put_str(b, p->attr[k->claim[i].attr].name);
		if (k->claim[i].copy)
			sbuf_puts(b, " copy");
		put_expr(b, &k->claim[i].expr);
		put_place(b, k->claim[i].place);
		sbuf_putc(b, '\n');
	}
}

static void put_rule(struct sbuf *b, const struct policy *p, const struct rule *r)
{
	uint32_t i, k;

	sbuf_puts(b, "rule ");
	sbuf_put_str(b, r->name);
	put_place(b, r->place);
	sbuf_putc(b, '\n');
	for (i = 0; i < r->n_vars; i++) {
		sbuf_puts(b, r->var[i].when ? "  when var $" : "  var $");
		sbuf_put_u64(b, i);
		sbuf_putc(b, ' ');
		sbuf_put_str(b, r->var[i].name);
		sbuf_putc(b, ':');
		for (k = 0; k < r->var[i].n; k++) {
			sbuf_putc(b, ' ');
			sbuf_put_str(b, r->var[i].value[k]);
		}
		sbuf_putc(b, '\n');
	}
	for (i = 0; i < r->n_when; i++)
		put_clause(b, p, "  when ", &r->when[i]);
	if (r->migratable_no) {
		sbuf_puts(b, "  migratable no");
		put_place(b, r->migratable_place);
		sbuf_putc(b, '\n');
	}
	for (i = 0; i < r->n_blocks; i++)
		put_block(b, p, &r->block[i]);
}

void dump_model(struct sbuf *b, const struct policy *p)
{
	uint32_t i;

	sbuf_puts(b, "policy ");
	sbuf_put_str(b, p->name);
	sbuf_puts(b, " language ");
	sbuf_put_u64(b, p->language);
	sbuf_puts(b, " revision ");
	sbuf_put_u64(b, p->revision);
	sbuf_puts(b, p->fallback ? " fallback" : "");
	if (p->narrows.n > 0) {
		sbuf_puts(b, " narrows ");
		sbuf_put_str(b, p->narrows);
	}
	sbuf_puts(b, "\nvendor ");
	put_word(b, p->vendor);
	sbuf_putc(b, '\n');
	for (i = 0; i < p->n_scopes; i++) {
		sbuf_puts(b, p->scope[i].kind == KIND_MDEV ? "applies mdev " : "applies vfio ");
		sbuf_put_str(b, p->scope[i].driver);
		if (p->scope[i].has_type_from) {
			sbuf_puts(b, " type");
			put_fact(b, &p->scope[i].type_from);
		}
		put_place(b, p->scope[i].place);
		sbuf_putc(b, '\n');
	}
	for (i = 0; i < p->n_attrs; i++)
		put_attr(b, "attribute", i, &p->attr[i]);
	for (i = 0; i < p->n_locals; i++)
		put_attr(b, "local", i, &p->local[i]);
	for (i = 0; i < p->n_rules; i++)
		put_rule(b, p, &p->rule[i]);
}
