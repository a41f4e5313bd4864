/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/analyse/search.h"

/* A question about one policy or two, taken apart and written out. */
struct question {
	struct universe *u;
	struct part *part;
	struct matrix *m; /* by part */
	uint32_t n;
	struct str bound; /* why "there is none" would be no answer; empty: it would */
	bool missing;	  /* some part is not written out: nothing can be said */
};

#define QUESTION_SAMPLES_MAX 64 /* whole subjects of one part, question_sample() */

enum question_extra {
	QUESTION_PLAIN = 0,
	QUESTION_ORDERS, /* which of two versions is higher matters, whatever the policies say */
	QUESTION_TEXTS,	 /* fingerprints are wanted */
};

/* A piece of work that may take so much of an arena, and what is said of it when it would take more. */
struct work {
	struct arena *a;
	size_t limit;
	struct arena_mark mark;
};
void work_begin(struct work *w, struct arena *a, const struct relation_options *o);
/* True: @r says that there was not enough. What was taken is given back. */
bool work_passed(struct work *w, int r);
#define WORK_PASSED STR("more memory than one question may take")

/* @tuple: how many subjects are compared. Where that is too much to write out, fewer are taken and
 * .bound says so. 0, -ENOMEM, errors of the evaluator. */
int question_ask(struct arena *a, const struct judged *const *side, uint32_t n_sides,
	unsigned tuple, enum question_extra extra, const struct relation_options *o,
	struct question *ret);

/* Whole subjects from one tuple of each part: @n of them, by variable. -ENOMEM. */
int question_compose(const struct question *q, const struct tuple *of_part, unsigned n,
	uint32_t *ret[3]);

/* May a go to b, says the evaluator of that side? 0, errors; *ret_complex: a diagram was past its
 * bounds, so there is no verdict. */
int question_judge(const struct question *q, unsigned side, const uint32_t *source,
	const uint32_t *target, bool *ret, bool *ret_complex);

/* Whole subjects, some of each part's, through the evaluator of each side: is none past the bounds
 * of diagrams, where the parts of it are not? Else .bound says so. *ret_same (may be NULL): both
 * sides have one fingerprint for each. 0, errors. */
int question_sample(struct question *q, bool *ret_same);

/* The sum of the parts' differences, UINT32_MAX when a part has no tuple. */
uint32_t question_differ(const struct question *q, const struct tuple *of_part);

/* Is x smaller than y in the order of witnesses? Both are whole. */
bool question_before(const struct question *q, unsigned n, uint32_t *const x[3],
	uint32_t *const y[3]);
