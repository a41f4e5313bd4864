/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Accept blocks that let in more than their author has probably meant: sources with more than the
 * target has, quantities of another type. Whether they do is asked of the relation that such a block
 * makes by itself, with all that is refused; the example is a pair that the evaluator lets go.
 */
#include <errno.h>

#include "engine/analyse/relation.h"
#include "lint/lint-parts.h"

static bool is_self(const struct clause *c)
{
	const struct operand *o = &c->operand;

	return o->kind == OPERAND_SELF ||
	       (o->kind == OPERAND_SELF_NAME && !o->local && o->ref == c->attr);
}

/* The policy with one of its accept blocks (NULL: all of them), its offers, its refusals or only one
 * of these, and one refusal more. Either may be NULL. */
static const struct policy *make_policy(struct lint *l, const struct block *accept,
	const struct block *refuse, const struct block *more)
{
	struct policy *p = arena_new(l->a, struct policy);
	struct rule *rule = arena_new_array(l->a, l->p->n_rules, struct rule);
	uint32_t i, k;

	if (!p || !rule)
		return NULL;
	*p = *l->p;
	p->rule = rule;
	for (i = 0; i < p->n_rules; i++) {
		const struct rule *r = &l->p->rule[i];
		struct block *block = arena_new_array(l->a, (size_t)r->n_blocks + 1, struct block);
		uint32_t n = 0;

		if (!block)
			return NULL;
		for (k = 0; k < r->n_blocks; k++) {
			const struct block *b = &r->block[k];

			if ((b->kind == BLOCK_ACCEPT && accept && b != accept) ||
				(b->kind == BLOCK_REFUSE && refuse && b != refuse))
				continue;
			block[n++] = *b;
			if (more && b == accept)
				block[n++] = *more;
		}
		rule[i] = *r;
		rule[i].block = block;
		rule[i].n_blocks = n;
	}
	return p;
}

/* Is there a pair that this block lets go and @except does not describe? As relation_any_pair(); too many
 * questions are undecided. */
static int pair_beside(struct lint *l, const struct block *b, const struct clause *except,
	struct relation_finding *ret)
{
	struct block more = { .kind = BLOCK_REFUSE, .clause = except, .n_clauses = 1,
		.place = b->place };
	struct relation_options o = { .subjects_max = LINT_SUBJECTS_MAX };
	const struct policy *p;
	struct judged j;
	int r;

	if (l->asked++ >= LINT_ASKED_MAX)
		return 0;
	p = make_policy(l, b, NULL, &more);
	if (!p)
		return -ENOMEM;
	j = judged_alone(p);
	r = relation_any_pair(l->a, &j, &o, ret);
	if (r < 0 && r != -ENOMEM) {
		*ret = (struct relation_finding){ 0 };
		return 0;
	}
	return r;
}

static struct str value_text(struct lint *l, const struct relation_subject *s, struct str name)
{
	char buf[128];
	struct sbuf b = SBUF(buf);
	uint32_t i;

	for (i = 0; i < s->n; i++)
		if (!s->value[i].local && str_eq(s->value[i].name, name))
			break;
	if (i == s->n)
		return STR("?");
	relation_value_print(&b, &s->value[i]);
	return diag_text(l->d, "%.*s", STR_FMT(lint_cut(&b)));
}

/* ---- sources with more ------------------------------------------------------------------------- */

/* Does the clause say how far an attribute may go? Whoever writes that has thought of it. */
static bool is_end(const struct clause *c)
{
	return c->op != OP_GE && c->op != OP_SUPERSET && c->op != OP_ANY && c->op != OP_PRESENT;
}

static int look_for_more(struct lint *l, const struct block *b, const struct clause *c)
{
	struct clause less = { .attr = c->attr, .op = c->op == OP_GE ? OP_LE : OP_SUBSET,
		.operand = { .kind = OPERAND_SELF }, .place = c->place };
	struct str name = l->p->attr[c->attr].name;
	struct relation_finding f = { 0 };
	struct diag *x;
	uint32_t k;
	int r;

	for (k = 0; k < b->n_clauses; k++)
		if (b->clause[k].attr == c->attr && is_end(&b->clause[k]))
			return 0;
	r = pair_beside(l, b, &less, &f);
	if (r < 0 || f.answer == RELATION_NO)
		return r;
	if (f.answer == RELATION_YES)
		x = lint_at(l, DIAG_MORE_THAN_SELF, c->place,
			"this lets in sources with more than the target has: %.*s may enter where %.*s is "
			"%.*s",
			STR_FMT(value_text(l, &f.who[0], name)), STR_FMT(name),
			STR_FMT(value_text(l, &f.who[1], name)));
	else
		x = lint_at(l, DIAG_MORE_THAN_SELF, c->place,
			"this clause takes sources with more than the target has");
	x->help = c->op == OP_GE ? STR("if it is meant the other way round, write '<= self'") :
				   STR("if it is meant the other way round, write 'subset self'");
	return 0;
}

/* ---- a quantity that is copied between types ------------------------------------------------------ */

static bool names_types(const struct block *b)
{
	uint32_t i;

	for (i = 0; i < b->n_clauses; i++)
		if (b->clause[i].attr == ATTR_TYPE)
			return true;
	return false;
}

/* Of a number that no clause and no claim speaks of. */
static bool copies(const struct lint *l, const struct block *b, uint32_t attr)
{
	const struct attr *at = &l->p->attr[attr];
	uint32_t k;

	if (!at->dynamic || at->type.type.tag != VT_INT || at->type.hi <= at->type.lo)
		return false;
	for (k = 0; k < b->n_claims; k++)
		if (b->claim[k].attr == attr)
			return false;
	for (k = 0; k < b->n_clauses; k++)
		if (b->clause[k].attr == attr)
			return false;
	return true;
}

static int look_for_quantity(struct lint *l, const struct block *b, uint32_t attr)
{
	struct clause same = { .attr = ATTR_TYPE, .op = OP_EQ, .operand = { .kind = OPERAND_SELF },
		.place = b->place };
	const struct attr *at = &l->p->attr[attr];
	struct relation_finding f = { 0 };
	struct str text;
	int r = pair_beside(l, b, &same, &f);

	if (r < 0 || f.answer != RELATION_YES)
		return r;
	text = value_text(l, &f.who[0], at->name);
	lint_at(l, DIAG_QUANTITY_COPIED, b->place,
		"sources of another type are let in, and their '%.*s' is copied: %.*s of %.*s becomes %.*s "
		"of %.*s",
		STR_FMT(at->name), STR_FMT(text), STR_FMT(f.who[0].type), STR_FMT(text),
		STR_FMT(f.who[1].type))
		->help = diag_text(l->d, "write 'claim %.*s = source.%.*s * ... / ...;', or "
					 "'claim %.*s;' if it is meant",
		STR_FMT(at->name), STR_FMT(at->name), STR_FMT(at->name));
	return 0;
}

int lint_more(struct lint *l, const struct block *b)
{
	uint32_t i;
	int r = 0;

	for (i = 0; i < b->n_clauses && r == 0; i++)
		if ((b->clause[i].op == OP_GE || b->clause[i].op == OP_SUPERSET) &&
			is_self(&b->clause[i]))
			r = look_for_more(l, b, &b->clause[i]);
	for (i = ATTR_FIRST; i < l->p->n_attrs && r == 0 && names_types(b); i++)
		if (copies(l, b, i))
			r = look_for_quantity(l, b, i);
	return r;
}

/* ---- refusals ------------------------------------------------------------------------------------- */

int refusal_is_vain(struct lint *l, const struct rule *rule, const struct block *b, bool *ret)
{
	struct relation_options o = { .subjects_max = LINT_SUBJECTS_MAX };
	uint32_t i, at = (uint32_t)(rule - l->p->rule);
	struct relation_finding f = { 0 };
	const struct policy *p;
	int r;

	*ret = false;
	if (l->asked++ >= LINT_ASKED_MAX)
		return 0;
	p = make_policy(l, NULL, b, NULL);
	if (!p)
		return -ENOMEM;
	for (i = 0; i < p->rule[at].n_blocks && p->rule[at].block[i].kind != BLOCK_REFUSE;)
		i++;
	r = relation_block_redundant(l->a, p, at, i, &o, &f);
	*ret = r == 0 && f.answer == RELATION_YES;
	return r == -ENOMEM ? r : 0;
}
