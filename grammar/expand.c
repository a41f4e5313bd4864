/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A compiled policy as policy text: as it is, or with what each accept block left out written
 * in. Constants are gone, ranges and sets are in normal form; the text means what the policy
 * means, and compiles. Comments of the original are not there: they are no part of the compiled
 * form. What clauses compare with is expand-operand.c's, values and declarations expand-spell.c's.
 */
#include <errno.h>

#include "engine/image/interface.h"
#include "grammar/compile.h"
#include "grammar/expand-operand.h"

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
	expand_operand(o, c);
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
	expand_bind(o, k->vars, k->clause, k->n_clauses);
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
			expand_expr(o, &a->type, &k->claim[i].expr);
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
	uint32_t vars = 0, i;

	o->rule = r;
	o->numbered = 0;
	for (i = 0; i < r->n_vars; i++)
		if (r->var[i].when)
			vars |= (uint32_t)1 << i;
	expand_bind(o, vars, r->when, r->n_when);
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

static int put_policy(struct printer *o)
{
	const struct policy *p = o->p;
	struct sbuf *b = o->b;
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
		sbuf_put_quoted(b, p->vendor);
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
	expand_nothings(b, p);
	expand_shared(o);
	for (i = 0; i < p->n_rules; i++)
		put_rule(o, &p->rule[i]);
	sbuf_puts(b, "}\n");
	return b->overflow ? -ENOSPC : 0;
}

int policy_expand(const struct policy *p, struct sbuf *b)
{
	struct printer o = { .b = b, .p = p, .left_out = true };

	return put_policy(&o);
}

int policy_print(struct arena *a, const struct policy *p, struct sbuf *b)
{
	struct printer plain = { .b = b, .p = p }, shared = plain;
	size_t begin = b->n;
	int r = put_policy(&plain);

	if (r == 0 && b->n - begin <= POLICY_TEXT_MAX)
		return 0;
	r = expand_share(a, p, &shared);
	if (r < 0)
		return r;
	b->n = begin;
	b->overflow = false;
	return put_policy(&shared);
}
