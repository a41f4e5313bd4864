/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Constants have no type of their own: their values are read when a clause uses them, by the
 * type of its attribute (pile.c). Here are their names.
 */
#include "grammar/check.h"

/* Words that mean something in a list already. */
static bool is_taken(struct str s)
{
	static const struct str taken[] = {
		STR_INIT("self"), STR_INIT("source"), STR_INIT("none"), STR_INIT("absent"),
		STR_INIT("any"), STR_INIT("present"), STR_INIT("except"), STR_INIT("yes"),
		STR_INIT("no"), STR_INIT("true"), STR_INIT("false"), STR_INIT("on"),
		STR_INIT("off"), STR_INIT("y"), STR_INIT("n"),
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(taken); i++)
		if (str_eq(s, taken[i]))
			return true;
	return false;
}

bool check_consts(struct check *c)
{
	struct ast_const *k;
	bool good = true;

	for (k = c->ast->first_const; k; k = k->next) {
		struct const_symbol *s, *first;
		struct diag *x;

		if (!check_name(c, k->name, "a constant")) {
			good = false;
			continue;
		}
		if (is_taken(k->name.text)) {
			check_error(c, DIAG_NAME, k->name.span,
				"'%.*s' cannot be the name of a constant: it is a value or a word "
				"of the language", STR_FMT(k->name.text));
			good = false;
			continue;
		}
		first = symtab_find(&c->consts, k->name.text);
		if (first) {
			x = check_error(c, DIAG_DUPLICATE, k->name.span,
				"'%.*s' is declared twice", QUOTE(c, k->name.text));
			check_other(c, x, first->decl->name.span, STR("first declared here"));
			good = false;
			continue;
		}
		s = arena_new(c->a, struct const_symbol);
		if (!s)
			return false;
		s->decl = k;
		if (!symtab_add(c->a, &c->consts, k->name.text, s))
			return false;
	}
	return good;
}

void check_consts_used(struct check *c)
{
	const struct ast_const *k;

	for (k = c->ast->first_const; k; k = k->next)
		if (!k->used)
			check_error(c, DIAG_UNUSED_CONST, k->name.span,
				"the constant '%.*s' is never used", QUOTE(c, k->name.text));
}
