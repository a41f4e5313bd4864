/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Claims: what can be claimed, and how. Whether two claims contradict is claim-conflict.c's. */
#include "grammar/check.h"

static bool check_computed(struct check *c, struct vars *v, const struct symbol *s,
	const struct ast_claim *from, struct claim *to)
{
	const struct attr_type *t = &s->attr.type;
	const struct expr *e = &to->expr;
	struct diag *x;

	if (t->type.tag != VT_INT) {
		check_error(c, DIAG_CLAIM, from->expr->span,
			"'%.*s' is %.*s; only ints are computed", STR_FMT(s->attr.name),
			STR_FMT(a_type(c, t)))->help =
			check_text(c, "write 'claim %.*s;' for the source's value",
				STR_FMT(s->attr.name));
		return false;
	}
	if (!check_expr(c, s, v, from->expr, EXPR_SOURCE_OK, &to->expr))
		return false;
	/* The source's value of the same attribute is a copy, however it is written. */
	if (e->n == 1 && e->node[0].op == EXPR_SOURCE && e->node[0].num == s->number) {
		to->copy = true;
		to->expr = (struct expr){ 0 };
		return true;
	}
	if (e->n > 1 || e->node[0].op != EXPR_CONST)
		return true;
	if (e->node[0].num >= t->lo && e->node[0].num <= t->hi)
		return true;
	x = check_error(c, DIAG_DOMAIN, from->expr->span,
		"%lld is not in the domain %lld..%lld of '%.*s'", (long long)e->node[0].num,
		(long long)t->lo, (long long)t->hi, STR_FMT(s->attr.name));
	if (s->decl->option[OPTION_RANGE].given)
		check_other(c, x, s->decl->option[OPTION_RANGE].span, STR("the domain"));
	return false;
}

bool check_claim(struct check *c, struct vars *v, const struct ast_claim *from,
	struct claim *ret)
{
	struct claim to = { .copy = !from->expr, .place = place_of(c, from->span) };
	const struct symbol *s = find_attr(c, from->attr);
	struct diag *x;

	if (!s || s->broken)
		return false;
	if (!s->decl || !s->decl->option[OPTION_DYNAMIC].given) {
		x = check_error(c, DIAG_CLAIM, from->attr.span,
			"'%.*s' is not dynamic, so it cannot be claimed", STR_FMT(s->attr.name));
		if (s->decl)
			check_other(c, x, s->decl->name.span, STR("declared here"));
		x->help = s->decl ? STR("if it is chosen for each instance, declare it 'default VALUE "
					"dynamic'; else leave the claim out") :
				    STR("what an instance is made with is an attribute 'from device' that "
					"is 'dynamic'");
		return false;
	}
	to.attr = s->number;
	if (from->expr && !check_computed(c, v, s, from, &to))
		return false;
	*ret = to;
	return true;
}
