/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/analyse/matrix.h"

/* Up to three subjects of one part, and in how many variables each differs from the one before. */
struct tuple {
	bool found;
	uint32_t at[3];
	uint32_t differ;
	struct str attr; /* forward-only */
};

/* Each finds the smallest tuple of a matrix: fewest differences, then the first in order. */
struct tuple search_pair(const struct matrix *m, unsigned side);	 /* a may go to b */
struct tuple search_path(const struct matrix *m);	 /* a to b, b to c */
struct tuple search_in_force(const struct matrix *m); /* accepts something; its own twin first */
struct tuple search_violation(const struct matrix *m, enum relation_property what);
/* A pair that side @yes says yes to, and the other side does not. */
struct tuple search_change(const struct matrix *m, unsigned yes);
/* A subject whose fingerprints differ. */
struct tuple search_fingerprint(const struct matrix *m);
