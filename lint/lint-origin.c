/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where values come from, seen without any host: facts that no subject of the scope can have, and
 * what a default makes of an operator's silence. Whether a host has the fact is lint-fact.c's affair.
 */
#include "grammar/expand-spell.h"
#include "lint/lint-parts.h"

static void look_at_fact(struct lint *l, const struct attr *at, bool mdevs)
{
	char buf[512];
	struct sbuf b = SBUF(buf);

	if (at->spoken || at->fact.kind != FACT_TYPE || mdevs)
		return;
	expand_fact(&b, &at->fact);
	lint_at(l, DIAG_FACT_NEVER, at->place,
		"'%.*s' is read%.*s%s, and the policy speaks about no mdev type", STR_FMT(at->name),
		STR_FMT(sbuf_str(&b)), b.overflow ? "..." : "")
		->help = STR("a virtual function's own files are facts 'device', those of its physical "
			     "function 'parent'");
}

/* The clause by which sources that have less are let in, or NULL. */
static const struct clause *lets_less_in(const struct policy *p, uint32_t attr)
{
	uint32_t i, k, m;

	for (i = 0; i < p->n_rules; i++)
		for (k = 0; k < p->rule[i].n_blocks; k++) {
			const struct block *b = &p->rule[i].block[k];

			for (m = 0; b->kind == BLOCK_ACCEPT && m < b->n_clauses; m++) {
				const struct clause *c = &b->clause[m];

				if (c->attr == attr && c->operand.kind == OPERAND_SELF &&
					(c->op == OP_LE || c->op == OP_SUBSET))
					return c;
			}
		}
	return NULL;
}

/* Little is less than everything: a default that is small lets its source in everywhere, one that is
 * large has its target take in everybody. */
static void look_at_silence(struct lint *l, uint32_t attr)
{
	const struct attr *at = &l->p->attr[attr];
	const struct clause *c = NULL;
	struct diag *x;

	if (at->fact.kind == FACT_SITE && at->presence == PRESENCE_DEFAULT)
		c = lets_less_in(l->p, attr);
	if (!c)
		return;
	x = lint_at(l, DIAG_SILENCE_GRANTS, at->place,
		"where the operator has not said '%.*s' it is %.*s, and lets sources in",
		STR_FMT(at->name), STR_FMT(lint_value(l, &at->dflt)));
	x->help = STR("without a default the verdict is unknown until it is said");
	lint_other(l, x, c->place, "by this");
}

int lint_origins(struct lint *l)
{
	bool mdevs = false;
	uint32_t i;

	for (i = 0; i < l->p->n_scopes; i++)
		mdevs |= l->p->scope[i].kind == KIND_MDEV;
	for (i = ATTR_FIRST; i < l->p->n_attrs; i++) {
		look_at_fact(l, &l->p->attr[i], mdevs);
		look_at_silence(l, i);
	}
	for (i = 0; i < l->p->n_locals; i++)
		look_at_fact(l, &l->p->local[i], mdevs);
	return 0;
}
