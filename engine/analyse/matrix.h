/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/analyse/parts.h"

/* Subjects that are alike. (classes.c) */
struct classes {
	uint32_t *of;	 /* of each subject; UINT32_MAX: it has no verdict, and is in none */
	uint32_t *first; /* of each class */
	uint32_t *next;	 /* of each subject, in its class; UINT32_MAX: it is the last */
	uint32_t n;
};

/* Subjects with one record, and those that accept and offer the same. @ok: who takes part. */
int classes_make(struct universe *u, const struct part *part, unsigned side, const bool *ok,
	uint32_t n, struct classes *ret_sources, struct classes *ret_targets);

/*
 * One part of a relation, written out: who may go to whom among its representatives. A subject is
 * its number: its points are the digits, the first variable's the highest.
 */
struct matrix {
	const struct universe *u;
	const struct part *part;
	uint32_t n, words;
	const uint16_t *digit; /* the points of each subject, one after the other */
	uint64_t *go[2];  /* by side: row of the source, bit of the target */
	bool *ok[2];	  /* it has a verdict */
	bool *in_force[2]; /* an accept block is in force, and it is migratable */
	/* With texts: the part's fingerprint; empty where there is none. */
	char (*fingerprint[2])[FINGERPRINT_LEN + 1];
	struct classes targets[2]; /* who accept and offer the same */
	struct str inexact; /* why it does not decide, though it may show; empty: it does */
	bool missing;	    /* nothing was written out: more subjects than may be */
};

struct matrix_progress {
	const struct relation_options *o;
	uint32_t done, of;
};

/* @texts: fingerprints are wanted. 0, -ENOMEM, errors of the evaluator. */
int matrix_make(struct universe *u, const struct part *part, bool texts,
	struct matrix_progress *progress, struct matrix *ret);

/* How many representatives a part has; UINT32_MAX: more than that. */
uint32_t part_size(const struct universe *u, const struct part *part);

static inline bool matrix_go(const struct matrix *m, unsigned side, uint32_t source,
	uint32_t target)
{
	return m->go[side][(size_t)source * m->words + target / 64] >> (target % 64) & 1;
}

/* Writes the points of subject @s into @choice (by variable). */
void matrix_choice(const struct matrix *m, uint32_t s, uint32_t *choice);
/* In how many variables two subjects differ. */
uint32_t matrix_differ(const struct matrix *m, uint32_t x, uint32_t y);

/* ---- one subject (subjects.c) --------------------------------------------------------------- */

/* Evaluates what a part says of the subject. *ret lives in @a. Without an answer the status says
 * so. @texts: of what it accepts and offers, too. */
int part_evaluate(struct arena *a, const struct universe *u, const struct part *part,
	unsigned side, const uint32_t *choice, bool texts, struct evaluation *ret);

/* The record alone, of a subject whose facts can be read; else *ret_ok stays false. */
int part_record(struct arena *a, const struct universe *u, const struct part *part,
	unsigned side, const uint32_t *choice, bool *ret_ok, struct record *ret);

/* -ENOMEM, -E2BIG. */
int part_record_text(struct arena *a, const struct record *rec, struct str *ret);

/* The effective value of an attribute on a subject, NULL: absent. Unreadable values are absent. */
const struct value *subject_value(const struct universe *u, const struct view *v, uint32_t attr,
	const uint32_t *choice);

/* Encodes the policies once, for those who will call the next often. */
int subject_prepare(struct universe *u);

/* The whole policy of a side on a whole subject, through the evaluator's front door. */
int subject_evaluate(struct arena *a, const struct universe *u, unsigned side,
	const uint32_t *choice, struct evaluation *ret);

/* In words, for those who print it. -ENOMEM. */
int subject_describe(struct arena *a, const struct universe *u, const uint32_t *choice,
	struct relation_subject *ret);
