/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What check_claim_conflicts() looks at: cases, and whether two of them can hold at once. */
#include "grammar/check.h"

/* Which values an attribute can have, or more than those. */
struct possible {
	bool absent;
	bool all; /* any value; else those below */
	struct word_set words, prefixes;
	struct ranges ranges;
	bool no, yes;
	bool nothing; /* not even one: this case never happens */
};

#define EVERYTHING ((struct possible){ .absent = true, .all = true })

/* A block under one assignment of the variables that its claim is computed with. */
struct case_ {
	const struct rule *rule;
	const struct block *block;
	const struct ast_block *ast;
	const struct claim *claim; /* NULL: a copy that nobody wrote */
	const struct ast_claim *ast_claim;
	int16_t value[TEMPLATE_VARS_MAX]; /* -1: any of its values */
	struct possible *self;	 /* by attribute: what the conditions leave of oneself */
	struct possible *source; /* ... and the block's clauses of the source */
	bool *equal;		 /* ... where the source must be equal to oneself */
	uint64_t cost;		 /* of filling that in, as cases_can_meet() counts it */
};

/* Fills in .self, .source and .equal; the members above are set. False: no memory. */
bool case_fill(struct check *c, struct case_ *k);

/* Could both cases hold at once, and accept one source? *ret_source: what it can have in @attr.
 * Words and intervals that were looked at are added to *cost. */
bool cases_can_meet(struct check *c, const struct case_ *x, const struct case_ *y, uint16_t attr,
	struct possible *ret_source, uint64_t *cost);

/* The number of a case's expression for one value of the source's attribute; false: none. */
bool case_compute(const struct case_ *k, const struct expr *e, int64_t source, int64_t *ret);
