/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/analyse/question.h"

#define CLAIMS_PAIRS_MAX 1000 /* pairs of one part that are explained for their claims */

struct claims_change {
	enum relation_answer same;
	struct str attr; /* NO: which; .text: what either side claims of it; source and target */
	struct str text[2];
	struct relation_subject who[2];
};

/* Do both sides claim the same of all pairs that both let go? Both have a policy, and nothing is
 * missing. What is found lives in @a; @tmp is rewound. 0, -ENOMEM, errors of the evaluator. */
int claims_compare(struct question *q, struct arena *a, struct arena *tmp,
	struct claims_change *ret);
