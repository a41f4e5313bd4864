/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "grammar/compile.h"

/*
 * What is doubtful in a policy that compiles. Nothing is said that could be wrong: what is not
 * understood, or would take more than the bounds below, is passed over in silence. Warnings are
 * about what somebody has written for nothing, or has probably not meant; infos about what is
 * worth knowing and often meant.
 *
 * @scratch is used and rewound. Reports go to @d. 0, -ENOMEM.
 */
int lint_policy(struct arena *scratch, const struct source *src, const struct policy *p,
	const struct policy_more *more, struct diags *d);

#define LINT_PAIRS_MAX	 (1u << 20) /* pairs of list items that are compared */
#define LINT_RULES_MAX	 256	    /* rules that are compared with each other */
#define LINT_BLOCKS_MAX	 256	    /* blocks likewise */
#define LINT_SAMPLES_MAX 64	    /* subjects that are tried */
#define LINT_SUBJECTS_MAX 256	    /* representatives that are compared */
