/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lint/run.h"

/*
 * What the tests of a policy reach. Of each kind there are points, and a point is hit or missed:
 *
 * - a rule is hit when its conditions hold for a target or a source of some test;
 * - a clause, condition or not, is hit when it holds in one test and does not in another; `any`
 *   when it takes a value that is not one's own;
 * - an item of a list is hit when a value is in it; behind `except`, too. Items of a constant count
 *   once, where the constant is written.
 *
 * Conditions are asked of both sides; accept and refuse blocks of the target's rules about the
 * source, offers of the source's rules about the target. A block is asked once: under the first
 * combination of template variables, the rule's and its own, for which the fewest of its clauses
 * fail. So are the conditions of a rule, of each side. Sides without fingerprint reach nothing.
 */
enum cover_kind { COVER_RULE = 0, COVER_CLAUSE, COVER_ITEM, COVER_KINDS };

struct cover_point {
	enum cover_kind kind;
	struct place place;
	struct span span;
	bool held, failed; /* .failed is of clauses only */
	bool never_fails;  /* `any` */
	bool condition;	   /* of clauses: asked of one's own values */
};

struct cover; /* of one policy */

/* No points hit. Lives in @a. -ENOMEM. */
int cover_new(struct arena *a, const struct source *src, const struct policy *p,
	const struct policy_more *more, struct cover **ret);

/* Adds what one test reaches; to be called while it is visited. @scratch is rewound. -ENOMEM,
 * -E2BIG. */
int cover_add(struct cover *c, struct arena *scratch, const struct test_result *r);

/* All points, by kind, in the order of the text. */
const struct cover_point *cover_points(const struct cover *c, uint32_t *ret_n);

bool cover_hit(const struct cover_point *p);
