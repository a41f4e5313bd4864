/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/eval/eval.h"
#include "engine/eval/test.h"

/*
 * Partial evaluation: the rules that hold for one side, with self filled in, become diagrams
 * over the other side's record. All take an evaluation whose policy, facts and self are there.
 * Errors: 0, -ENOMEM, -E2BIG (a bound: too complex).
 */

/* Which of @rule's conditions hold, under which bindings: fills e->bound. */
int build_bind(struct arena *a, struct evaluation *e, const struct rule *rule, uint32_t n_rules);

/* The union of all accept blocks less what the refuse blocks describe, and the offers; empties
 * both under `migratable no`. Fills .accepts, .offers, .has_offers, .claim_attr. */
int build_diagrams(struct arena *a, struct evaluation *e);

/* Takes away what a narrowing policy refuses: @n is evaluated for the same subject and has its
 * own bound rules; its store is @e's. -EPROTOTYPE with e->detail: it declares the attribute of that
 * name with another type or default, so what it refuses would not be found in records. */
int build_narrow(struct arena *a, struct evaluation *e, const struct evaluation *n);

/* Does some rule that holds say `migratable no`; does one have a refuse block? */
bool build_migratable_no(const struct evaluation *e);
bool build_refuses(const struct evaluation *e);

/*
 * The assignments of a block's own variables, one after the other: set all of @b's variables to
 * their first value with block_first(), then step with block_next() until it says false.
 * -E2BIG from block_first(): more than BINDINGS_MAX combinations.
 */
int block_first(const struct block *block, struct bound_rule *b);
bool block_next(const struct block *block, struct bound_rule *b);

/*
 * For explanations: the tests that a block puts on attribute @attr under one assignment: those
 * of its clauses, of claims and of the domain, at most @max. A left-out attribute gives one
 * (`== self`, or its domain if dynamic) and sets *ret_left_out. *ret_n may be 0 only for an
 * attribute on which only absence decides. -EDOM: the block accepts nothing (a claim without
 * value).
 */
struct block_test {
	struct test *test; /* in the arena */
	const struct clause *clause; /* NULL: left out, a claim or the domain */
	bool domain;	   /* the declared domain: absence is not its affair */
};
int block_tests(struct arena *a, const struct evaluation *e, const struct bound_rule *b,
	const struct block *block, uint16_t attr, struct block_test *ret, uint32_t max,
	uint32_t *ret_n, bool *ret_left_out);
