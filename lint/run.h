/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/eval/explain.h"
#include "grammar/compile.h"

/*
 * Runs the tests that a policy has in its file: each side's values through the section codec,
 * the evaluator and the explanation as shipped, so that a test says what a host would say.
 *
 * - A side that says no kind or driver has those of the policy's first scope. A side outside of
 *   the scopes is unknown (no-policy), as on a host.
 * - Values are read as of an instance: dynamic attributes too.
 * - A narrowing policy is tested alone: everything that it does not take away is compatible.
 */
struct test_result {
	const struct policy_test *test;
	bool passed;
	enum verdict verdict;
	struct str text;    /* one line: the deciding clause and why, or unknown:... */
	struct str attr;    /* the attribute that it hangs on; may be empty */
	struct place place; /* of the deciding clause; line 0: none */
	/* For coverage. Evaluations without fingerprint have a status that says why. */
	const struct evaluation *source, *target;
};

/* Everything in @r is gone when it returns. 0 goes on. */
typedef int (*test_visit_fn)(void *ctx, const struct test_result *r);

/*
 * @scratch is used and rewound. Failed tests are reported to @d as DIAG_TEST_FAILED. @visit may be
 * NULL. 0 (*ret_failed: how many failed), what @visit said, -ENOMEM, -E2BIG (the policy passes a
 * bound when compiled), -EINVAL.
 */
int run_tests(struct arena *scratch, const struct source *src, const struct policy *p,
	const struct policy_more *more, struct diags *d, test_visit_fn visit, void *ctx,
	uint32_t *ret_failed);

/* The policy as it is evaluated: the same; of a narrowing one, with a block before its rules that takes
 * everything; of one with `speaks`, its own half, as if the driver took everything. -ENOMEM. */
int runnable_policy(struct arena *a, const struct policy *p, const struct policy **ret);
