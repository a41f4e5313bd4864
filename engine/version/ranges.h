/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/base/arena.h"
#include "engine/version/key.h"

/*
 * Sets of points of one line, in the one normal form: half-open intervals [lo, hi), sorted,
 * disjoint, non-adjacent, non-empty; hi is a point of the line (ends carry, see key_next()) or
 * KEY_END. Two sets are equal exactly if their intervals are.
 *
 * Results live in the arena given. All functions return 0 or -ENOMEM (arena full), and leave
 * *ret untouched then. Inputs must be in normal form (ranges_normalize() makes it).
 */
struct interval {
	struct key lo, hi;
};

struct ranges {
	struct interval *iv;
	uint32_t n;
};

#define RANGES_NONE ((struct ranges){ NULL, 0 })

/* Sorts and merges @n intervals in any order (empty and reversed ones count for nothing). */
int ranges_normalize(struct arena *a, const struct interval *iv, size_t n, struct ranges *ret);

int ranges_union(struct arena *a, struct ranges x, struct ranges y, struct ranges *ret);
int ranges_intersect(struct arena *a, struct ranges x, struct ranges y, struct ranges *ret);
int ranges_minus(struct arena *a, struct ranges x, struct ranges y, struct ranges *ret);
/* Everything on the line that is not in @x: [KEY_MIN, KEY_END) minus @x. */
int ranges_complement(struct arena *a, struct ranges x, struct ranges *ret);

bool ranges_equal(struct ranges x, struct ranges y);
/* Binary search; no allocation. */
bool ranges_contains(struct ranges x, struct key k);
/* Is x a subset of y? If not, *ret_witness (may be NULL) is the smallest point of x not in y. */
bool ranges_subset(struct ranges x, struct ranges y, struct key *ret_witness);
/* Is it normal form on @line: order, gaps, every bound a point of the line (or KEY_END)? */
bool ranges_valid(struct ranges x, enum line_kind line);
