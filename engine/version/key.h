/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/*
 * A point on a totally ordered line, in 128 bits: where versions and integers live, so that
 * both share one interval algebra.
 *
 * A version of N parts is its parts from the most significant down, 32 bits each, the unused
 * ones zero: the version is a number in base 2^32 - 1 whose digits are written with 32 bits.
 * No part is 2^32 - 1, so KEY_END (all ones) is no version: it stands for "past the last".
 *
 * An integer is its value plus 2^63 in .lo, with .hi zero.
 */
struct key {
	uint64_t hi, lo;
};

#define KEY_MIN ((struct key){ 0, 0 })
#define KEY_END ((struct key){ UINT64_MAX, UINT64_MAX })

/* Which successor function holds on a line. */
enum line_kind {
	LINE_INT = 0,	/* signed 64-bit integers */
	LINE_VERSION_1, /* versions of N parts: LINE_INT + N */
	LINE_VERSION_2,
	LINE_VERSION_3,
	LINE_VERSION_4,
};

static inline int key_cmp(struct key a, struct key b)
{
	if (a.hi != b.hi)
		return a.hi < b.hi ? -1 : 1;
	return a.lo < b.lo ? -1 : a.lo > b.lo;
}

static inline bool key_eq(struct key a, struct key b)
{
	return a.hi == b.hi && a.lo == b.lo;
}

static inline bool key_is_end(struct key k)
{
	return (k.hi & k.lo) == UINT64_MAX;
}

static inline struct key key_from_int(int64_t v)
{
	return (struct key){ 0, (uint64_t)v ^ (uint64_t)1 << 63 };
}

static inline int64_t key_to_int(struct key k)
{
	return (int64_t)(k.lo ^ (uint64_t)1 << 63);
}

/* The component @i (0 = most significant) of a version key. */
static inline uint32_t key_part(struct key k, unsigned i)
{
	return (uint32_t)((i < 2 ? k.hi : k.lo) >> (i % 2 ? 0 : 32));
}

static inline struct key key_from_parts(const uint32_t part[4])
{
	return (struct key){ (uint64_t)part[0] << 32 | part[1], (uint64_t)part[2] << 32 | part[3] };
}

/* The smallest point above @k, carrying (2.0.4294967294 -> 2.1.0); KEY_END after the last. */
struct key key_next(struct key k, enum line_kind line);

/* The largest point below @k, which is not the line's first; of KEY_END the line's last. */
struct key key_prev(struct key k, enum line_kind line);

/* Is @k a point of @line (all parts in range, unused ones zero)? KEY_END is not. */
bool key_valid(struct key k, enum line_kind line);
