/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/analyse/relation.h"
#include "engine/eval/eval.h"

/*
 * What two policies judge differently, each on both ends: pairs whose verdict changes, in groups,
 * and whether fingerprints do. Side 0 is the old one, side 1 the new one; either may be missing
 * (.policy NULL), not both. See relation.h for what a subject is.
 */

/* Pairs that are alike in what decides: the rule that lets them go on one side, and what keeps them
 * on the other. */
struct change {
	bool accepted;	    /* only the new one lets them go; else only the old one */
	struct str rule;    /* which lets them go; empty: directly in the policy */
	struct place rule_place;
	struct str attr;    /* what the other side stumbles over; empty: see .clause */
	struct str clause;  /* there, or "migratable no", "refuse", "no accept block", a status */
	struct str clause_rule;
	struct place place; /* of the clause; line 0: none */
	struct relation_subject who[2]; /* source and target: the smallest pair */
	uint32_t pairs;	    /* of representatives */
};

#define CHANGES_EXPLAINED_MAX 400 /* pairs of one part and direction that are put into groups */

struct difference {
	/* YES: none changes; NO: some do; UNDECIDED: see .bound */
	enum relation_answer same_pairs, same_fingerprints;
	/* What both let go: is the same claimed of it? */
	enum relation_answer same_claims;
	struct str claim_attr, claim_text[2]; /* NO: of whom, and what, by side */
	struct relation_subject claim_who[2]; /* source and target */
	struct str bound;
	struct change *change;
	uint32_t n;
	uint32_t more; /* pairs of representatives beyond CHANGES_EXPLAINED_MAX: of any group */
	/* A subject whose fingerprint changes, and what it has on both sides: fingerprint, or empty
	 * with a status. */
	struct relation_subject subject;
	char fingerprint[2][FINGERPRINT_LEN + 1];
	enum mdc_status status[2];
};

/* 0, and errors as relation.h says. */
int relation_diff(struct arena *a, const struct judged *old, const struct judged *new,
	const struct relation_options *o, struct difference *ret);

/* What became of an attribute of one name. Default, type and unit are for ever. */
enum evolution_kind {
	EVOLUTION_DEFAULT = 0, /* another default, or none any more, or one that was not there */
	EVOLUTION_TYPE,	       /* another type, another N, or another unit or format */
	EVOLUTION_NEW,
	EVOLUTION_GONE,
	EVOLUTION_FACT,	       /* reads another fact */
};

struct evolution {
	enum evolution_kind kind;
	const struct attr *old, *new; /* NULL: there is none */
};

/* All changes of two policies' attributes, in the order of the new policy's, then those gone. */
int relation_evolution(struct arena *a, const struct policy *old, const struct policy *new,
	struct evolution **ret, uint32_t *ret_n);
