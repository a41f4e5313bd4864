/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Test blocks: names and values as everywhere; running them is the command line's. */
#include "grammar/check.h"

static bool check_assigned(struct check *c, const struct symbol *s, const struct ast_assign *a)
{
	struct pile pile = { 0 };
	struct value v;

	if (a->value.n == 1 && elem_is(a->value.first, "absent"))
		return true;
	if (s->attr.type.list)
		return pile_add(c, s, a->value, 0, &pile);
	if (a->value.n > 1) {
		check_error(c, DIAG_VALUE, a->value.span, "an attribute has one value");
		return false;
	}
	return literal_value(c, s, a->value.first, &v);
}

static bool check_side(struct check *c, const struct ast_side *side)
{
	const struct ast_assign *a, *first;
	struct symtab seen = { 0 };
	bool good = true;
	struct diag *x;

	for (a = side->first; a; a = a->next) {
		const struct symbol *s = symtab_find(&c->values, a->attr.text);

		/* A device's locals are its own facts too. */
		if (!s)
			s = find_attr(c, a->attr);
		if (!s || s->broken) {
			good = false;
			continue;
		}
		first = symtab_find(&seen, a->attr.text);
		if (first) {
			x = check_error(c, DIAG_TWICE, a->attr.span, "'%.*s' is given twice",
				QUOTE(c, a->attr.text));
			check_other(c, x, first->attr.span, STR("first given here"));
			good = false;
			continue;
		}
		if (!symtab_add(c->a, &seen, a->attr.text, (void *)a))
			return false;
		good &= check_assigned(c, s, a);
	}
	return good;
}

static bool check_test(struct check *c, const struct ast_test *t)
{
	static const struct str verdicts[] = { STR_INIT("compatible"), STR_INIT("incompatible"),
		STR_INIT("unknown") };
	const char *missing = !t->target.given ? "target { ... }" :
			      !t->source.given ? "source { ... }" :
			      !t->expect.text.p ? "expect VERDICT;" :
						  NULL;
	bool good = true;

	if (missing) {
		check_error(c, DIAG_TEST, t->name.span, "the test has no '%s'", missing);
		return false;
	}
	if (t->name.text.n > WORD_MAX_LEN / 16) {
		check_error(c, DIAG_TOO_LONG, t->name.span, "a name of %zu bytes, more than %d",
			t->name.text.n, WORD_MAX_LEN / 16);
		return false;
	}
	good &= check_side(c, &t->target);
	good &= check_side(c, &t->source);
	good &= check_word(c, t->expect, "verdict", verdicts, ARRAY_SIZE(verdicts)) >= 0;
	if (t->because.text.p)
		good &= find_attr(c, t->because) != NULL;
	return good;
}

bool check_tests(struct check *c)
{
	const struct ast_test *t;
	bool good = true;

	c->no_consts = true;
	for (t = c->ast->first_test; t; t = t->next)
		good &= check_test(c, t);
	c->no_consts = false;
	return good;
}
