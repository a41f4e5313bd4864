/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is declared and read, and changes nothing; arithmetic that has no value. */
#include <errno.h>

#include "engine/image/attr-parse.h"
#include "lint/lint-parts.h"

/* ---- attributes and locals that nothing looks at ------------------------------------------------- */

static void note_operand(const struct clause *c, bool *attr, bool *local)
{
	if (c->operand.kind == OPERAND_SELF_NAME)
		*(c->operand.local ? &local[c->operand.ref] : &attr[c->operand.ref]) = true;
}

/* Marks what a block looks at; what an accept block leaves out must be equal, or is claimed. */
static void note_block(const struct policy *p, const struct block *b, bool *attr, bool *local)
{
	uint32_t i, k;

	for (i = 0; i < b->n_clauses; i++) {
		note_operand(&b->clause[i], attr, local);
		if (b->clause[i].op != OP_ANY)
			attr[b->clause[i].attr] = true;
	}
	for (i = 0; i < b->n_claims; i++) {
		attr[b->claim[i].attr] = true;
		for (k = 0; k < b->claim[i].expr.n; k++)
			if (b->claim[i].expr.node[k].op == EXPR_SOURCE)
				attr[b->claim[i].expr.node[k].num] = true;
	}
	for (i = 0; b->kind == BLOCK_ACCEPT && i < p->n_attrs; i++) {
		for (k = 0; k < b->n_clauses && b->clause[k].attr != i; k++)
			;
		attr[i] |= k == b->n_clauses;
	}
}

int lint_use(struct lint *l)
{
	bool *attr = arena_new_array(l->a, l->p->n_attrs, bool);
	bool *local = arena_new_array(l->a, l->p->n_locals, bool);
	bool accepts = false;
	uint32_t i, k;

	if (!attr || !local)
		return -ENOMEM;
	for (i = 0; i < l->p->n_rules; i++) {
		const struct rule *r = &l->p->rule[i];

		for (k = 0; k < r->n_when; k++)
			attr[r->when[k].attr] = true;
		for (k = 0; k < r->n_blocks; k++) {
			note_block(l->p, &r->block[k], attr, local);
			accepts |= r->block[k].kind == BLOCK_ACCEPT;
		}
	}
	/* Without anything that is accepted there is nothing to miss. */
	for (i = ATTR_FIRST; i < l->p->n_attrs && (accepts || l->p->narrows.n > 0); i++)
		if (!attr[i])
			lint_at(l, DIAG_NEVER_LOOKED_AT, l->p->attr[i].place,
				"'%.*s' is read and stands in records, and nothing looks at it",
				STR_FMT(l->p->attr[i].name))
				->help = STR("leave it out, or out of one of the blocks that say 'any'");
	for (i = 0; i < l->p->n_locals; i++)
		if (!local[i])
			lint_at(l, DIAG_NEVER_LOOKED_AT, l->p->local[i].place,
				"'%.*s' is read, and nothing looks at 'self.%.*s'",
				STR_FMT(l->p->local[i].name), STR_FMT(l->p->local[i].name));
	return 0;
}

/* ---- combinations without a value ---------------------------------------------------------------- */

static bool reads(const struct expr *e, enum expr_op op, int64_t *ret)
{
	unsigned i;

	for (i = 0; i < e->n; i++)
		if (e->node[i].op == op) {
			*ret = e->node[i].num;
			return true;
		}
	return false;
}

/* Arithmetic at a place; what it comes to must be in the domain of the attribute, or not. */
struct computed {
	const struct expr *expr;
	uint16_t attr;
	bool in_domain;
	struct place place;
};

static bool good_value(const struct lint *l, const struct computed *c,
	const struct bound_rule *b, const struct value *from)
{
	struct value v = { .type = l->p->attr[c->attr].type.type };
	int64_t result;

	if (expr_value(c->expr, b, from, from, &result) < 0)
		return false;
	v.key = key_from_int(result);
	return !c->in_domain || attr_in_domain(&l->p->attr[c->attr].type, &v);
}

/* Does the expression have a value for any value of what it reads? Said to have one where there
 * are too many to try. */
static bool has_value(const struct lint *l, const struct computed *c,
	const struct bound_rule *b)
{
	const struct expr *e = c->expr;
	bool self, source;
	const struct attr_type *t;
	int64_t i, number = c->attr;

	self = reads(e, EXPR_SELF, &i);
	i = 0;
	source = reads(e, EXPR_SOURCE, &number);
	if (!self && !source)
		return good_value(l, c, b, NULL);
	t = &l->p->attr[number].type;
	if (t->type.tag != VT_INT || (uint64_t)t->hi - (uint64_t)t->lo >= SOURCE_VALUES_MAX)
		return true;
	for (i = t->lo;; i++) {
		struct value v = { .type = t->type, .key = key_from_int(i) };

		if (good_value(l, c, b, &v))
			return true;
		if (i == t->hi)
			return false;
	}
}

static struct str binding_text(struct lint *l, const struct bound_rule *b)
{
	char buf[256];
	struct sbuf s = SBUF(buf);
	unsigned i;

	for (i = 0; i < b->rule->n_vars; i++) {
		if (b->value[i] < 0)
			continue;
		if (s.n > 0)
			sbuf_puts(&s, ", ");
		sbuf_put_str(&s, b->rule->var[i].name);
		sbuf_puts(&s, " = ");
		sbuf_put_str(&s, b->rule->var[i].value[b->value[i]]);
	}
	return diag_text(l->d, "%.*s", STR_FMT(sbuf_str(&s)));
}

static bool uses_variable(const struct expr *e)
{
	int64_t ignored;

	return reads(e, EXPR_VAR, &ignored);
}

/* The first combination under which it has none. */
static int look_at_expr(struct lint *l, const struct rule *r, const struct block *block,
	const struct computed *c)
{
	struct bound_rule b;
	int k;

	if (!uses_variable(c->expr))
		return 0;
	k = when_first(r, &b);
	if (k < 0)
		return k;
	do {
		struct bound_rule in = b;

		k = block ? block_first(block, &in) : 0;
		if (k < 0)
			return k;
		do {
			if (has_value(l, c, &in))
				continue;
			lint_at(l, DIAG_NO_DIVISION, c->place,
				"this has no value that could be taken when %.*s",
				STR_FMT(binding_text(l, &in)))
				->help = STR("if that is meant, leave the value out of the template");
			return 0;
		} while (block && block_next(block, &in));
	} while (when_next(r, &b));
	return 0;
}

static struct computed of_clause(const struct clause *c)
{
	return (struct computed){ &c->operand.expr, c->attr, c->op == OP_EQ, c->place };
}

int lint_templates(struct lint *l)
{
	struct computed c;
	uint32_t i, k, j;
	int r = 0;

	for (i = 0; i < l->p->n_rules && i < LINT_RULES_MAX && r == 0; i++) {
		const struct rule *rule = &l->p->rule[i];

		if (rule->n_vars == 0)
			continue;
		for (k = 0; k < rule->n_when && r == 0; k++) {
			c = of_clause(&rule->when[k]);
			r = look_at_expr(l, rule, NULL, &c);
		}
		for (k = 0; k < rule->n_blocks && r == 0; k++) {
			const struct block *b = &rule->block[k];

			for (j = 0; j < b->n_clauses && r == 0; j++) {
				c = of_clause(&b->clause[j]);
				r = look_at_expr(l, rule, b, &c);
			}
			for (j = 0; j < b->n_claims && r == 0; j++) {
				c = (struct computed){ &b->claim[j].expr, b->claim[j].attr, true,
					b->claim[j].place };
				r = look_at_expr(l, rule, b, &c);
			}
		}
	}
	return r;
}
