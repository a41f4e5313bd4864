/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/eval/build.h"

/*
 * Blocks asked directly, attribute by attribute: for explanations and claims, not for verdicts,
 * which are the diagrams'.
 */
struct trial {
	const struct evaluation *own; /* whose block it is */
	const struct bound_rule *bound; /* all of the block's variables are set */
	const struct block *block;
	const struct record *other;
};

/* The effective value of an attribute in somebody's record, read with @attr's default; NULL: absent.
 * *ret_bad: the record spells the default out, or has another type there; no predicate takes that. */
const struct value *trial_value(const struct record *r, const struct attr *attr, bool *ret_bad);

/* Does the policy declare an attribute of that name? */
bool trial_knows(const struct policy *p, struct str name);

/* Does the attribute hold? *ret_clause: the first clause that does not, else the first; NULL: the
 * attribute is left out. -ENOMEM, -E2BIG. */
int trial_attr(struct arena *a, const struct trial *t, uint16_t attr, bool *ret_held,
	const struct clause **ret_clause, bool *ret_left_out);

/* How many attributes of the record fail under the block: 0, it holds. -ENOMEM, -E2BIG. */
int trial_failures(struct arena *a, const struct trial *t, uint32_t *ret);
