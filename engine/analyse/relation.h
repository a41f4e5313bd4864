/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "engine/base/arena.h"
#include "engine/image/model.h"

/*
 * What can be known about the relation "the source may go to the target" from compiled policies
 * alone, over all subjects that could exist.
 *
 * The constants of a policy cut each attribute's type into finitely many cells, and operators on
 * `self` only compare; so a finite set of representatives, with enough points in each cell for the
 * question asked, decides every question. Attributes that all blocks treat alike are looked at
 * apart from the others, so that the numbers of their representatives add up instead of
 * multiplying. Every witness is judged by the evaluator before it is handed out.
 *
 * The subjects of a relation are the devices that the policy speaks about and for which every
 * required fact can be read: sources that answer to another policy are not looked at. Two
 * attributes with one fact and one type have one value; all others vary freely.
 *
 * Answers are never guessed: what passes a bound is RELATION_UNDECIDED, and says which bound.
 * Too little memory is such a bound. Functions return 0 (there is an answer), -ENOMEM (not even for
 * that), -EUCLEAN (the evaluator does not confirm a witness: a bug), and errors of
 * evaluate_section(). All of *ret lives in the arena given, or
 * points into the policies.
 */

/* What answers for some (kind, driver) pairs. */
struct judged {
	const struct policy *policy;		/* decoded or compiled whole; NULL: nothing answers */
	const struct policy *const *narrows;	/* what takes away from it; may be NULL */
	uint32_t n_narrows;
	const struct scope *scope; /* the pairs, all of them the policy's */
	uint32_t n_scopes;
};

/* A policy alone, for all its scopes. */
static inline struct judged judged_alone(const struct policy *p)
{
	return (struct judged){ .policy = p, .scope = p->scope, .n_scopes = p->n_scopes };
}

enum relation_property {
	/* Each target that has an accept block in force, and is migratable, takes in its twin. */
	RELATION_OWN_TWIN = 0,
	/* No accepted source has a higher version than its target in an attribute of type version
	 * that both have. */
	RELATION_FORWARD_ONLY,
	/* Where a may go to b, b may go to a. */
	RELATION_SYMMETRIC,
	/* Where a may go to b, and b to c, a may go to c. */
	RELATION_TRANSITIVE,
	RELATION_PROPERTIES
};

/* "own-twin", "forward-only", "symmetric", "transitive". */
const char *relation_property_name(enum relation_property p);

enum relation_answer { RELATION_UNDECIDED = 0, RELATION_YES, RELATION_NO };

/* "undecided", "yes", "no". */
const char *relation_answer_name(enum relation_answer a);

/* One value of a subject that matters, as its fact would give it. */
struct relation_value {
	struct str name;	/* of the attribute or local */
	bool local;
	struct value value;	/* type VT_NONE: absent, unless .has_ranges */
	bool has_ranges;
	struct ranges ranges;	/* of a local of type versions(N) */
	struct value_type type;
};

/* A subject in words: kind, driver, type and all that the policies read, in level order. */
struct relation_subject {
	const struct scope *scope;
	struct str type; /* .p NULL: none */
	const struct relation_value *value;
	uint32_t n;
};

/* "name = value", or without the name. Values as in mdevcompat.policy(5). */
void relation_value_print(struct sbuf *b, const struct relation_value *v);

/*
 * Witnesses are the smallest in this order: fewest values that differ from one subject to the
 * next, then the first when the representatives of each attribute are tried in order, the
 * attributes in level order: default or absence, then as they are sorted.
 */
struct relation_finding {
	enum relation_answer answer;
	struct str bound;  /* undecided: the bound that was met, for people */
	struct relation_subject who[3];
	uint32_t n;	   /* how many of them there are */
	struct str attr;   /* forward-only: the version that is higher on the source */
};

struct relation_options {
	uint32_t subjects_max; /* representatives compared with each other; 0: the default */
	size_t memory_max;     /* bytes of the arena for one question; 0: the default */
	void (*progress)(void *ctx, uint32_t done, uint32_t of); /* may be NULL */
	void *ctx;
};

/* NO comes with a witness: the target (own twin), source and target (forward-only, symmetric), or
 * a, b and c. @o may be NULL. */
int relation_prove(struct arena *a, const struct judged *j, enum relation_property what,
	const struct relation_options *o, struct relation_finding *ret);

/* Is there a source that some target takes in? YES comes with source and target. */
int relation_any_pair(struct arena *a, const struct judged *j, const struct relation_options *o,
	struct relation_finding *ret);

/* Can the conditions of rule number @rule hold? YES comes with a subject. */
int relation_rule_possible(struct arena *a, const struct policy *p, uint32_t rule,
	const struct relation_options *o, struct relation_finding *ret);

/* Does accept block number @block of rule @rule take in anything, by itself? YES comes with source
 * and target. */
int relation_block_possible(struct arena *a, const struct policy *p, uint32_t rule,
	uint32_t block, const struct relation_options *o, struct relation_finding *ret);

/* Would the policy mean the same without that block (of any kind)? NO comes with a source and a
 * target that would be judged differently. */
int relation_block_redundant(struct arena *a, const struct policy *p, uint32_t rule,
	uint32_t block, const struct relation_options *o, struct relation_finding *ret);

/* Do two policies judge every pair of subjects alike? NO comes with source and target, of which
 * one of the policies says "compatible" and the other does not. */
int relation_same(struct arena *a, const struct judged *x, const struct judged *y,
	const struct relation_options *o, struct relation_finding *ret);
