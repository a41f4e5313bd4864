/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/analyse/universe.h"

/* The inside of points.c and points-words.c. */

/* One variable's points in the making. */
struct making {
	struct universe *u;
	uint32_t var;
	const struct var *v;
	const struct looks *looks; /* of its group */
	unsigned copies;	   /* points in one cell */
	struct list out;		   /* struct point */
};

/* -ENOMEM. */
int making_push(struct making *m, const struct value *v);
/* Each attribute and local that reads the variable; begin with zeros. NULL: there are no more. */
const struct attr *making_reader(const struct universe *u, uint32_t var, uint32_t *view,
	uint32_t *number);
/* Is the value in the declared domain of any of them? */
bool making_in_some_domain(const struct universe *u, uint32_t var, const struct value *v);

/* Words: those that are mentioned, and others. (points-words.c) */
int words_points(struct making *m);
void words_sort(struct list *v);
