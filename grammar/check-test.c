/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Test blocks: names and values as everywhere. Running them is for others. */
#include "grammar/check.h"

static bool check_assigned(struct check *c, const struct symbol *s, const struct ast_assign *a,
	struct policy_given *ret)
{
	struct pile pile = { 0 };

	*ret = (struct policy_given){ .number = s->number, .local = s->local,
		.span = a->attr.span };
	if (a->value.n == 1 && elem_is(a->value.first, "absent")) {
		ret->absent = true;
		return true;
	}
	if (s->attr.type.list)
		return pile_add(c, s, a->value, 0, &pile) &&
		       ranges_normalize(c->a, pile.intervals.p, pile.intervals.n,
			       &ret->ranges) == 0;
	if (a->value.n > 1) {
		check_error(c, DIAG_VALUE, a->value.span, "an attribute has one value");
		return false;
	}
	return literal_value(c, s, a->value.first, &ret->value);
}

static bool check_side(struct check *c, const struct ast_side *side, struct policy_side *ret)
{
	struct vec given = { 0 };
	struct policy_given *to;
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
		to = vec_push(c->a, &given, sizeof(*to));
		if (!to)
			return false;
		good &= check_assigned(c, s, a, to);
	}
	*ret = (struct policy_side){ given.p, given.n };
	return good;
}

static bool check_test(struct check *c, const struct ast_test *t, struct policy_test *ret)
{
	/* In the order of enum policy_expect. */
	static const struct str verdicts[] = { STR_INIT("unknown"), STR_INIT("incompatible"),
		STR_INIT("compatible") };
	const char *missing = !t->target.given ? "target { ... }" :
			      !t->source.given ? "source { ... }" :
			      !t->expect.text.p ? "expect VERDICT;" :
						  NULL;
	bool good = true;
	int expect;

	if (missing) {
		check_error(c, DIAG_TEST, t->name.span, "the test has no '%s'", missing)->help =
			STR("write 'target { type NAME; ATTRIBUTE VALUE; ... } source { ... } expect "
			    "compatible;'");
		return false;
	}
	if (t->name.text.n > WORD_MAX_LEN / 16) {
		check_error(c, DIAG_TOO_LONG, t->name.span, "a name of %zu bytes, more than %d",
			t->name.text.n, WORD_MAX_LEN / 16);
		return false;
	}
	*ret = (struct policy_test){ .name = t->name.text, .span = t->name.span,
		.place = place_of(c, t->name.span), .because = t->because.text,
		.expect_span = span_join(t->expect.span,
			t->because.text.p ? t->because.span : t->expect.span) };
	good &= check_side(c, &t->target, &ret->target);
	good &= check_side(c, &t->source, &ret->source);
	expect = check_word(c, t->expect, "verdict", verdicts, ARRAY_SIZE(verdicts));
	good &= expect >= 0;
	ret->expect = expect >= 0 ? (enum policy_expect)expect : EXPECT_UNKNOWN;
	if (t->because.text.p)
		good &= find_attr(c, t->because) != NULL;
	return good;
}

bool check_tests(struct check *c)
{
	struct policy_test *list = arena_new_array(c->a, c->ast->n_tests, struct policy_test);
	const struct ast_test *t;
	uint32_t n = 0;
	bool good = true;

	if (!list)
		return false;
	c->no_consts = true;
	for (t = c->ast->first_test; t; t = t->next)
		good &= check_test(c, t, &list[n++]);
	c->no_consts = false;
	if (c->more) {
		c->more->test = list;
		c->more->n_tests = n;
	}
	return good;
}
