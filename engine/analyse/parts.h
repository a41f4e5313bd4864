/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/analyse/universe.h"

/*
 * A relation as a conjunction. Where every accept block says the same of an attribute, and nothing
 * else looks at it, what is said of it is one conjunct of the whole relation: it may be looked at
 * with all other attributes equal, and they without it. Such an attribute is a *part* of its own,
 * together with what it is tied to (self.NAME, a template variable). All others are the *core*,
 * part 0, which has the conditions of the rules.
 */
struct part {
	const uint32_t *var; /* the variables that belong to it, ascending */
	uint32_t n_vars;
	bool core;
	/* What is left of each view's policy; narrowing ones take part in the core only. */
	const struct policy *const *policy; /* by view */
	bool *keep;			    /* by variable */
	struct str inexact;		    /* why its points do not decide */
};

/* Parts that say nothing (attributes that nobody compares) are left out. 0, -ENOMEM. */
int parts_make(struct universe *u, struct part **ret, uint32_t *ret_n);
