/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cli/command.h"
#include "grammar/compile.h"

/* `check --tests` and `--coverage`: what was run so far. */
struct check_tests {
	struct cli *c;
	uint32_t n_files, n_tests, n_failed;
	bool coverage;
	struct cover *cover; /* of the policy at hand */
	uint32_t n_points, n_missed;
};

/* Runs the tests of one policy that compiles; prints a line, or adds an object to the open array
 * of --json. 0 or an exit code. */
int check_tests_run(struct check_tests *t, const struct source *src, const struct policy *p,
	const struct policy_more *more);
/* The counts of all files. */
void check_tests_end(struct check_tests *t);
