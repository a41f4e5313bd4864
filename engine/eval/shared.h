/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/eval/eval.h"

/* What evaluations that were given one eval_shared find there. For the files of engine/eval. */

/* A fact that was read: as read_one() in facts.c gives it. */
struct shared_fact {
	bool known;
	int r;
	struct str why;
	struct fact_result result;
	size_t memory; /* that it took */
};

/* One policy. */
struct shared_part {
	struct arena *arena;
	bool known, off; /* off: there was no room for it */
	struct policy head;
	size_t memory;  /* that it took, */
	uint32_t pages; /* and what was looked at */
	struct shared_fact *attr, *local; /* by number */
};

/* What answers for the subject, as image_find(). *ret_part is NULL, or has an element for the policy
 * and for each that narrows it. */
int shared_find(struct eval_shared *sh, struct image *img, const struct subject *s,
	struct image_answer *ret, struct shared_part **ret_part);
/* As section_decode_head(); @part may be NULL. Whether something is shared or not, the same memory
 * of @a and the same pages are spent: the bounds on an evaluation know no difference. */
int shared_head(struct shared_part *part, struct arena *a, const struct section_bound *section,
	struct policy *ret);
/* Where the fact of @at, an attribute or local of the part's head, is kept; NULL: nowhere. */
struct shared_fact *shared_fact_of(struct shared_part *part, const struct attr *at);
