/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/eval/descriptor.h"
#include "engine/eval/eval.h"

/*
 * Why a verdict is what it is, in terms of the target's rules (and the source's offers).
 *
 * The verdict itself is always that of the diagrams; an explanation is made from the rules
 * beside it. Should the two ever disagree the verdict becomes unknown (-EUCLEAN is returned).
 */
struct explain_line {
	struct str attr;	/* attribute name */
	struct str source;	/* its value on the source, for people; "absent" */
	struct str wants;	/* what the target wants, as a clause: "manager <= 550.90.7" */
	struct str rule;	/* rule name; empty: directly in the policy */
	bool spoken;		/* it is the driver's, and the rule is the interface */
	struct place place;	/* of the clause; of the block when left out; line 0: none */
	bool left_out;		/* no clause or claim of the block names it: must be equal (or is claimed) */
	bool held;
};

struct explanation {
	enum verdict verdict;
	/* The deciding clause. */
	struct str clause;	/* "manager <= self", "accept same", "migratable no", ... */
	struct str file;	/* the policy's path; empty on descriptors */
	struct place place;
	struct str rule;
	bool spoken; /* as above */
	struct str why;		/* "source has 550.90.7, target wants <= 550.54.10" */
	struct str attr;	/* the attribute that it hangs on; of a refuse block the first that
				 * it names, of `migratable no` that of the first condition; may be
				 * empty */
	struct explain_line *line;
	uint32_t n_lines;
	/* Claims of all blocks that accept the source, by name: attribute and value. */
	const struct claim_value {
		struct str attr;
		struct value value;
	} *claim;
	uint32_t n_claims;
};

/*
 * @source_record: the source's record (from an evaluation or a descriptor). @source may be NULL
 * when only a descriptor is known; then offers come from @source_descriptor. @target likewise:
 * with an evaluation the explanation names rules and places, with a descriptor alone it says
 * per attribute what would do with the rest unchanged. At least one of each pair is given.
 * Everything lives in @a. 0, -ENOMEM, -E2BIG, -EUCLEAN.
 */
int explain(struct arena *a, const struct evaluation *source,
	const struct descriptor *source_descriptor, const struct evaluation *target,
	const struct descriptor *target_descriptor, struct explanation *ret);

/* A clause in the language's own spelling, with constants in normal form. */
void clause_print(struct sbuf *b, const struct policy *p, const struct rule *r,
	const struct clause *c);

/* A claim likewise. */
void claim_print(struct sbuf *b, const struct policy *p, const struct rule *r, const struct claim *c);
