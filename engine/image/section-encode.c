/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Spells the head and the rules of a policy: every spelling of section-head.c and section-rule.c
 * from the other side. Whether the model keeps its promises is for those to say.
 */
#include <errno.h>

#include "engine/image/encode.h"
#include "engine/image/layout.h"

static void put_place(struct out *o, struct place p)
{
	put_uint(o, p.line);
	put_uint(o, p.column);
}

/* ---- values ------------------------------------------------------------------------------ */

static void put_words(struct out *o, struct word_set s)
{
	uint32_t i;

	put_count(o, s.n, WORDS_MAX);
	for (i = 0; i < s.n; i++)
		put_text(o, s.w[i], WORD_MAX_LEN);
}

static void put_key(struct out *o, struct key k, enum line_kind line)
{
	unsigned i;

	if (line == LINE_INT)
		put_int(o, key_to_int(k));
	for (i = 0; i < (unsigned)(line - LINE_INT); i++)
		put_uint(o, key_part(k, i));
}

static void put_ranges(struct out *o, struct ranges r, enum line_kind line)
{
	bool open = r.n > 0 && key_is_end(r.iv[r.n - 1].hi);
	uint32_t i;

	put_uint(o, (uint64_t)r.n << 1 | open);
	for (i = 0; i < r.n; i++) {
		put_key(o, r.iv[i].lo, line);
		if (i < r.n - 1 || !open)
			put_key(o, r.iv[i].hi, line);
	}
}

static void put_bits(struct out *o, struct value_type t, const uint64_t bits[4])
{
	unsigned i;
	uint8_t b;

	for (i = 0; i < (t.size + 7u) / 8; i++) {
		b = (uint8_t)(bits[i / 8] >> i % 8 * 8);
		put_bytes(o, &b, 1);
	}
}

static void put_value(struct out *o, const struct value *v)
{
	switch ((enum value_tag)v->type.tag) {
	case VT_STRING:
	case VT_PCI_ID:
		put_text(o, v->word, WORD_MAX_LEN);
		break;
	case VT_BOOL:
		put_uint(o, v->yes);
		break;
	case VT_INT:
	case VT_VERSION:
		put_key(o, v->key, value_type_line(v->type));
		break;
	case VT_SET:
		put_words(o, v->set);
		break;
	case VT_MASK:
		put_bits(o, v->type, v->bits);
		break;
	case VT_NONE:
		break;
	}
}

/* ---- the head ---------------------------------------------------------------------------- */

static void put_fact(struct out *o, const struct fact *f)
{
	unsigned i;

	put_uint(o, f->kind);
	put_count(o, f->n_paths, ARRAY_SIZE(f->path));
	for (i = 0; i < MIN(f->n_paths, ARRAY_SIZE(f->path)); i++)
		put_text(o, f->path[i], FACT_TEXT_MAX);
	put_text(o, f->key, FACT_TEXT_MAX);
}

static void put_type(struct out *o, const struct attr_type *t)
{
	put_uint(o, t->type.tag);
	put_uint(o, t->type.size);
	switch ((enum value_tag)t->type.tag) {
	case VT_INT:
		put_int(o, t->lo);
		put_int(o, t->hi);
		put_uint(o, t->int_format);
		break;
	case VT_VERSION:
		put_uint(o, t->list);
		put_uint(o, t->major);
		break;
	case VT_MASK:
		put_uint(o, t->mask_format);
		put_uint(o, t->msb_first);
		break;
	case VT_SET:
		put_text(o, t->separator, FACT_TEXT_MAX);
		put_uint(o, t->field);
		put_text(o, t->field_separator, FACT_TEXT_MAX);
		/* fallthrough */
	case VT_STRING:
		put_uint(o, t->has_words);
		if (t->has_words)
			put_words(o, t->words);
		break;
	default:
		break;
	}
}

static void put_attr(struct out *o, const struct attr *attr)
{
	put_text(o, attr->name, NAME_MAX_LEN);
	put_type(o, &attr->type);
	put_fact(o, &attr->fact);
	put_uint(o, attr->presence);
	if (attr->presence == PRESENCE_DEFAULT) {
		if (attr->type.list)
			put_ranges(o, attr->dflt_ranges, value_type_line(attr->type.type));
		else
			put_value(o, &attr->dflt);
	}
	put_uint(o, attr->dynamic);
	put_place(o, attr->place);
}

void put_head(struct out *o, const struct policy *p)
{
	uint32_t i;

	put_text(o, p->name, NAME_MAX_LEN);
	put_text(o, p->vendor, WORD_MAX_LEN);
	put_text(o, p->file, WORD_MAX_LEN);
	put_bytes(o, p->digest, sizeof(p->digest));
	put_uint(o, p->language);
	put_uint(o, p->revision);
	put_uint(o, (p->fallback ? POLICY_FALLBACK : 0u) |
				(p->speaks_offers ? POLICY_SPEAKS_OFFERS : 0u));
	put_text(o, p->narrows, NAME_MAX_LEN);
	put_text(o, p->speaks, NAME_MAX_LEN);
	put_count(o, p->n_scopes, SCOPES_MAX);
	for (i = 0; i < p->n_scopes; i++) {
		put_uint(o, p->scope[i].kind);
		put_text(o, p->scope[i].driver, TYPE_NAME_MAX);
		put_uint(o, p->scope[i].has_type_from);
		if (p->scope[i].has_type_from)
			put_fact(o, &p->scope[i].type_from);
		put_place(o, p->scope[i].place);
	}
	put_count(o, p->n_attrs, ATTR_FIRST + ATTRS_MAX);
	for (i = 0; i < p->n_attrs; i++)
		put_attr(o, &p->attr[i]);
	put_count(o, p->n_locals, LOCALS_MAX);
	for (i = 0; i < p->n_locals; i++)
		put_attr(o, &p->local[i]);
}

/* ---- rules ------------------------------------------------------------------------------- */

static void put_expr(struct out *o, const struct expr *e)
{
	unsigned i;

	put_count(o, e->n, EXPR_NODES_MAX);
	for (i = 0; i < e->n; i++) {
		put_uint(o, e->node[i].op);
		if (e->node[i].op == EXPR_CONST)
			put_int(o, e->node[i].num);
		else if (e->node[i].op == EXPR_VAR || e->node[i].op == EXPR_SOURCE)
			put_uint(o, (uint64_t)e->node[i].num);
	}
}

static void put_tmpls(struct out *o, const struct tmpl *tmpl, uint32_t n)
{
	uint32_t i, j, pieces;

	put_count(o, n, WORDS_MAX);
	for (i = 0; i < n; i++) {
		/* Literals without text say nothing and are left out. */
		for (j = 0, pieces = 0; j < tmpl[i].n; j++)
			pieces += tmpl[i].piece[j].var >= 0 || tmpl[i].piece[j].text.n > 0;
		put_count(o, pieces, TEMPLATE_PIECES_MAX);
		for (j = 0; j < tmpl[i].n; j++) {
			const struct tmpl_piece *p = &tmpl[i].piece[j];

			if (p->var >= 0) {
				put_uint(o, (unsigned)p->var + 1u);
			} else if (p->text.n > 0) {
				put_uint(o, 0);
				put_text(o, p->text, WORD_MAX_LEN);
			}
		}
	}
}

static void put_word_list(struct out *o, const struct operand *w)
{
	put_uint(o, (w->n_tmpl > 0 ? WORDS_TMPL : 0u) |
				(w->prefixes.n > 0 ? WORDS_PREFIXES : 0u) |
				(w->except_words.n > 0 ? WORDS_EXCEPT : 0u) |
				(w->n_except_tmpl > 0 ? WORDS_EXCEPT_TMPL : 0u) |
				(w->except_prefixes.n > 0 ? WORDS_EXCEPT_PREFIXES : 0u));
	put_words(o, w->words);
	if (w->n_tmpl > 0)
		put_tmpls(o, w->tmpl, w->n_tmpl);
	if (w->prefixes.n > 0)
		put_words(o, w->prefixes);
	if (w->except_words.n > 0)
		put_words(o, w->except_words);
	if (w->n_except_tmpl > 0)
		put_tmpls(o, w->except_tmpl, w->n_except_tmpl);
	if (w->except_prefixes.n > 0)
		put_words(o, w->except_prefixes);
}

static void put_operand(struct out *o, const struct operand *w, struct value_type t)
{
	uint32_t i;

	put_uint(o, w->kind);
	switch (w->kind) {
	case OPERAND_NONE:
	case OPERAND_SELF:
		break;
	case OPERAND_SELF_NAME:
		put_uint(o, (uint64_t)w->ref << 1 | w->local);
		break;
	case OPERAND_WORDS:
		put_word_list(o, w);
		break;
	case OPERAND_RANGES:
		put_ranges(o, w->ranges, value_type_line(t));
		break;
	case OPERAND_BOOL:
		put_uint(o, (w->has_no ? 1u : 0u) | (w->has_yes ? 2u : 0u));
		break;
	case OPERAND_SETS:
		put_count(o, w->n_values, WORDS_MAX);
		for (i = 0; i < w->n_values; i++)
			put_words(o, w->sets[i]);
		break;
	case OPERAND_MASKS:
		put_count(o, w->n_values, WORDS_MAX);
		for (i = 0; i < w->n_values; i++)
			put_bits(o, t, w->masks[i]);
		break;
	case OPERAND_EXPR:
		put_expr(o, &w->expr);
		break;
	}
}

static void put_clauses(struct out *o, const struct policy *p, const struct clause *clause,
	uint32_t n)
{
	static const struct value_type none = { .tag = VT_NONE };
	uint32_t i;

	put_count(o, n, CLAUSES_MAX);
	for (i = 0; i < n; i++) {
		const struct clause *c = &clause[i];

		put_uint(o, c->attr);
		put_uint(o, c->op);
		put_operand(o, &c->operand,
			c->attr < p->n_attrs ? p->attr[c->attr].type.type : none);
		put_place(o, c->place);
	}
}

static void put_block(struct out *o, const struct policy *p, const struct block *b)
{
	uint32_t i;

	put_uint(o, b->kind);
	put_uint(o, b->vars);
	put_place(o, b->place);
	put_clauses(o, p, b->clause, b->n_clauses);
	put_count(o, b->n_claims, ATTRS_MAX);
	for (i = 0; i < b->n_claims; i++) {
		put_uint(o, b->claim[i].attr);
		put_uint(o, b->claim[i].copy);
		if (!b->claim[i].copy)
			put_expr(o, &b->claim[i].expr);
		put_place(o, b->claim[i].place);
	}
}

void put_rule(struct out *o, const struct policy *p, uint32_t number)
{
	const struct rule *r = &p->rule[number];
	uint32_t i, j;

	put_uint(o, number);
	put_text(o, r->name, NAME_MAX_LEN);
	put_place(o, r->place);
	put_uint(o, r->migratable_no);
	if (r->migratable_no)
		put_place(o, r->migratable_place);
	put_count(o, r->n_vars, TEMPLATE_VARS_MAX);
	for (i = 0; i < r->n_vars; i++) {
		put_text(o, r->var[i].name, NAME_MAX_LEN);
		put_uint(o, r->var[i].when);
		put_count(o, r->var[i].n, TEMPLATE_VALUES_MAX);
		for (j = 0; j < r->var[i].n; j++)
			put_text(o, r->var[i].value[j], WORD_MAX_LEN);
	}
	put_clauses(o, p, r->when, r->n_when);
	put_count(o, r->n_blocks, BLOCKS_MAX);
	for (i = 0; i < r->n_blocks; i++)
		put_block(o, p, &r->block[i]);
}
