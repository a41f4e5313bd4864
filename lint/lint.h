/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/eval/eval.h"
#include "grammar/compile.h"

/* The devices of a host, for what only a host can tell. */
struct lint_tree {
	const struct subject *const *subject; /* in any order, of any driver */
	uint32_t n;
	struct str name; /* what messages call the host */
};

/*
 * What is doubtful in a policy that compiles. Nothing is said that could be wrong: what is not
 * understood, or would take more than the bounds below, is passed over in silence. Warnings are
 * about what somebody has written for nothing, or has probably not meant; infos about what is
 * worth knowing and often meant.
 *
 * What only infos come from is asked only with @infos; other infos are reported without it as well.
 * @tree may be NULL: then nothing is said about facts that a host does not have.
 *
 * @scratch is used and rewound. Reports go to @d. 0, -ENOMEM.
 */
int lint_policy(struct arena *scratch, const struct source *src, const struct policy *p,
	const struct policy_more *more, bool infos, const struct lint_tree *tree, struct diags *d);

#define LINT_PAIRS_MAX	 (1u << 20) /* pairs of list items that are compared */
#define LINT_RULES_MAX	 256	    /* rules that are compared with each other */
#define LINT_BLOCKS_MAX	 256	    /* blocks likewise */
#define LINT_SAMPLES_MAX 64	    /* subjects that are tried */
#define LINT_ASKED_MAX	 64	    /* questions about what one block lets in or takes away */
#define LINT_SUBJECTS_MAX 256	    /* representatives that are compared */
#define LINT_READS_MAX	 (1u << 16) /* facts that are looked for in a tree */
