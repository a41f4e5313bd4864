/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/base/arena.h"
#include "engine/diagram/diagram.h"
#include "engine/eval/eval.h"
#include "engine/image/model.h"

/*
 * A clause with everything filled in: self, locals and template variables have become
 * constants. The one form from which conditions are decided, diagrams are built, and
 * explanations are given, so that these cannot disagree about what a clause means.
 */
enum test_kind {
	TEST_NOTHING = 0, /* holds for no value and not for absence */
	TEST_ANY,	  /* holds for every value and for absence */
	TEST_ABSENT,
	TEST_PRESENT,
	TEST_VALUES,	  /* holds for the values below, not for absence */
};

struct test {
	enum test_kind kind;
	struct value_type type;
	struct word_set words;	  /* words: those listed ... */
	struct word_set prefixes; /* ... or beginning with one of these (conditions only) ... */
	struct word_set except;	  /* ... but not these ... */
	struct word_set except_prefixes; /* ... nor beginning so */
	struct ranges ranges;	  /* versions and integers */
	bool has_no, has_yes;	  /* bool */
	const struct member_box *box; /* sets and masks: a union of boxes */
	uint32_t n_boxes;
};

/* What a clause is filled in with. */
struct test_env {
	const struct evaluation *own;	/* facts, locals and effective values of one's own side */
	const struct bound_rule *bound; /* bindings; .value[] < 0 is an unbound variable */
	enum block_kind block;		/* not-newer turns round in offers */
};

/* 0, -ENOMEM. What has no value (an absent self under most operators, a division that is not
 * exact, an overflow) becomes TEST_NOTHING. */
int test_make(struct arena *a, const struct test_env *env, const struct clause *c,
	struct test *ret);

/* The declared domain of an attribute as a test on its values (absence is not its affair: any
 * clause decides that). *ret_trivial: it holds for the whole type. */
int test_domain(struct arena *a, const struct attr_type *t, struct test *ret, bool *ret_trivial);

/* The test `== value` (NULL: absent). */
int test_equal(struct arena *a, struct value_type type, const struct value *v, struct test *ret);

/* Does it hold for the value (NULL: absent)? */
bool test_holds(const struct test *t, const struct value *v);

/*
 * The node for one attribute: values for which the test holds lead to @yes, others to DREF_NO.
 * An attribute with a default is absent in records that have the default: then the absent edge
 * is decided by the default and its explicit spelling is refused. @always_absent: the absent
 * edge leads to @yes whatever the test says (a domain clause).
 */
int test_node(struct dstore *s, const struct attr *attr, enum dmode mode, const struct test *t,
	dref yes, bool always_absent, dref *ret);

/* An expression's value under the bindings. @self and @source may be NULL (then nodes that
 * need them have no value). 0, -EDOM: it has none. */
int expr_value(const struct expr *e, const struct bound_rule *bound, const struct value *self,
	const struct value *source, int64_t *ret);

/* A template's text under the bindings. 0, -EDOM (an unbound variable), -ENOMEM. */
int tmpl_expand(struct arena *a, const struct tmpl *t, const struct bound_rule *bound,
	struct str *ret);
