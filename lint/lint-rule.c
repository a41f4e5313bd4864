/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Conditions: rules that can never match, and subjects that no rule matches. */
#include <errno.h>

#include "lint/lint-parts.h"
#include "lint/place.h"

/* ---- rules that never match ------------------------------------------------------------------ */

/* Can a subject of the scope meet all conditions under this binding? *ret_far: else how many
 * it got to, if that is more than before. */
static int conditions_possible(struct lint *l, const struct rule *r, const struct bound_rule *b,
	const struct scope *scope, bool *ret, uint32_t *ret_far)
{
	uint32_t i;
	int k;

	*ret = true;
	for (i = 0; i < r->n_when && *ret; i++) {
		struct arena_mark m = arena_mark(l->a);

		k = attr_possible(l, r->when[i].attr, r->when, r->n_when, b, scope, ret, NULL);
		arena_rewind(l->a, m);
		if (k < 0)
			return k;
		*ret_far = MAX(*ret_far, i);
	}
	return 0;
}

static int rule_possible(struct lint *l, const struct rule *r, bool *ret, uint32_t *ret_far)
{
	struct bound_rule b;
	uint32_t i;
	int k;

	for (i = 0; i < l->p->n_scopes && i < LINT_RULES_MAX; i++) {
		k = when_first(r, &b);
		if (k < 0)
			return k;
		do {
			k = conditions_possible(l, r, &b, &l->p->scope[i], ret, ret_far);
			if (k < 0 || *ret)
				return k;
		} while (when_next(r, &b));
	}
	*ret = l->p->n_scopes > LINT_RULES_MAX;
	return 0;
}

static int look_for_never(struct lint *l, const struct rule *r)
{
	const struct clause *on = NULL;
	struct diag *x;
	uint32_t i, far = 0;
	uint16_t attr;
	bool possible;
	int k = rule_possible(l, r, &possible, &far);

	if (k < 0 || possible)
		return k;
	l->never[r - l->p->rule] = true;
	attr = r->when[far].attr;
	x = lint_at(l, DIAG_RULE_NEVER, r->place,
		"no subject meets the conditions of %.*s: no value of '%.*s' passes them all",
		STR_FMT(lint_rule_name(l, r)), STR_FMT(l->p->attr[attr].name));
	for (i = 0; i < r->n_when; i++)
		if (r->when[i].attr == attr)
			on = &r->when[i];
	if (on)
		lint_other(l, x, on->place, "the last one about it");
	return 0;
}

/* ---- subjects that no rule matches ----------------------------------------------------------- */

/* One node for each attribute, from the last level up: what a subject of the scope may have, or
 * what the clause takes. Prefixes take everything: then less is found, never too much. */
static int scope_box(struct lint *l, struct dstore *s, const struct scope *scope,
	const struct clause *c, const struct bound_rule *b, dref *ret)
{
	struct test_env env = { .own = &l->own, .bound = b, .block = BLOCK_ACCEPT };
	dref root = DREF_YES;
	uint32_t i;
	int r = 0;

	for (i = l->p->n_attrs; r == 0 && i > 0; i--) {
		const struct attr *at = &l->p->attr[i - 1];
		bool may_be_absent = at->presence == PRESENCE_DEFAULT_ABSENT, trivial = true;
		struct value word = { .type = { .tag = VT_STRING } };
		struct test t = { .kind = TEST_PRESENT, .type = at->type.type };

		if (c && c->attr == i - 1) {
			r = test_make(l->a, &env, c, &t);
			if (r == 0 && (t.prefixes.n > 0 || t.except_prefixes.n > 0 || t.except.n > 0))
				t = (struct test){ .kind = TEST_PRESENT, .type = at->type.type };
			may_be_absent = false;
		} else if (scope && i - 1 <= ATTR_DRIVER) {
			word.word = i - 1 == ATTR_DRIVER	 ? scope->driver :
				    scope->kind == KIND_MDEV ? STR("mdev") :
							       STR("vfio");
			r = test_equal(l->a, word.type, &word, &t);
			may_be_absent = false;
		} else if (scope && i - 1 == ATTR_TYPE) {
			may_be_absent = scope->kind == KIND_VFIO && !scope->has_type_from;
			if (may_be_absent)
				t.kind = TEST_ABSENT;
		} else {
			r = test_domain(l->a, &at->type, &t, &trivial);
			if (trivial)
				t.kind = TEST_PRESENT;
		}
		if (r == 0)
			r = test_node(s, at, DMODE_CLOSED, &t, root, may_be_absent, &root);
	}
	*ret = root;
	return r;
}

static int rule_box(struct lint *l, struct dstore *s, const struct rule *rule, dref *ret)
{
	struct bound_rule b;
	dref one, all;
	uint32_t i;
	int r;

	*ret = DREF_NO;
	r = when_first(rule, &b);
	if (r < 0)
		return r;
	do {
		r = scope_box(l, s, NULL, NULL, &b, &all);
		for (i = 0; r == 0 && i < rule->n_when; i++) {
			r = scope_box(l, s, NULL, &rule->when[i], &b, &one);
			if (r == 0)
				r = dg_and(s, all, DMODE_CLOSED, one, DMODE_CLOSED, &all);
		}
		if (r == 0)
			r = dg_or(s, *ret, all, DMODE_CLOSED, ret);
	} while (r == 0 && when_next(rule, &b));
	return r;
}

/* "type is d-9, manager is absent": of the attributes that some condition looks at. */
static struct str witness_text(struct lint *l, const struct record *rec)
{
	char buf[512];
	struct sbuf b = SBUF(buf);
	uint32_t i, k, j;

	for (i = 0; i < l->p->n_attrs; i++) {
		const struct attr *at = &l->p->attr[i];
		const struct record_entry *e = record_find(rec, at->name);
		bool looked_at = false;

		for (k = 0; k < l->p->n_rules; k++)
			for (j = 0; j < l->p->rule[k].n_when; j++)
				looked_at |= l->p->rule[k].when[j].attr == i;
		if (!looked_at)
			continue;
		if (b.n > 0)
			sbuf_puts(&b, ", ");
		sbuf_put_str(&b, at->name);
		sbuf_puts(&b, " is ");
		sbuf_put_str(&b, lint_value(l, e ? &e->value :
						   at->presence == PRESENCE_DEFAULT ? &at->dflt : NULL));
	}
	return diag_text(l->d, "%.*s", STR_FMT(sbuf_str(&b)));
}

static int look_for_unmatched(struct lint *l)
{
	struct record rec;
	struct dstore *s;
	dref all = DREF_NO, scope;
	uint32_t i;
	int r;

	if (l->p->n_rules == 0 || l->p->n_rules > LINT_RULES_MAX || l->p->narrows.n > 0)
		return 0;
	for (i = 0; i < l->p->n_rules; i++)
		if (l->p->rule[i].n_when == 0)
			return 0;
	r = dstore_new(l->a, &dlimits_default, &s);
	for (i = 0; r == 0 && i < l->p->n_rules; i++) {
		r = rule_box(l, s, &l->p->rule[i], &scope);
		if (r == 0)
			r = dg_or(s, all, scope, DMODE_CLOSED, &all);
	}
	for (i = 0; r == 0 && i < l->p->n_scopes; i++) {
		struct bound_rule none = { 0 };

		r = scope_box(l, s, &l->p->scope[i], NULL, &none, &scope);
		if (r == 0)
			r = dg_subset(s, scope, DMODE_CLOSED, all, DMODE_CLOSED, l->a, &rec);
		if (r == -ENOENT) {
			lint_at(l, DIAG_UNMATCHED, l->p->scope[i].place,
				"no rule speaks about a subject where %.*s; it may leave, and nothing may "
				"enter",
				STR_FMT(witness_text(l, &rec)));
			return 0;
		}
	}
	return r;
}

int lint_rules(struct lint *l)
{
	uint32_t i;
	int r = 0;

	for (i = 0; i < l->p->n_rules && i < LINT_RULES_MAX && r == 0; i++) {
		struct arena_mark m = arena_mark(l->a);

		if (l->p->rule[i].n_when > 0)
			r = look_for_never(l, &l->p->rule[i]);
		arena_rewind(l->a, m);
	}
	return r == 0 ? look_for_unmatched(l) : r;
}
