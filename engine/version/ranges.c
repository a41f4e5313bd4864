/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sets of points of one line as half-open intervals, and their algebra. Every operation
 * on two sets is one sweep over the bounds of both; because an exclusive end is itself a
 * point (it carries), two intervals touch exactly if one ends where the next begins, and
 * the normal form needs no successor function: this file knows nothing about versions.
 */
#include <errno.h>

#include "engine/version/ranges.h"

/* What a point must be in, given whether it is in x and in y: bit (x + 2 * y). */
enum set_op { OP_UNION = 0xe, OP_INTERSECT = 0x8, OP_MINUS = 0x2 };

static inline bool key_less(struct key a, struct key b)
{
#ifdef __SIZEOF_INT128__
	return ((unsigned __int128)a.hi << 64 | a.lo) <
	       ((unsigned __int128)b.hi << 64 | b.lo);
#else
	return key_cmp(a, b) < 0;
#endif
}

/* The @i-th bound of a set, an even one begins an interval, an odd one ends it. */
static inline struct key bound(struct ranges r, size_t i)
{
	return i % 2 ? r.iv[i / 2].hi : r.iv[i / 2].lo;
}

/*
 * Walks the bounds of both sets in order and finds where membership in the result
 * changes. Writes at most @max intervals to @out (NULL: only counts) and returns how many
 * there are.
 */
static uint32_t sweep(struct ranges x, struct ranges y, enum set_op op,
	struct interval *out, uint32_t max)
{
	size_t i = 0, j = 0, nx = (size_t)x.n * 2, ny = (size_t)y.n * 2;
	struct key at;
	bool in = false, now;
	uint32_t n = 0;

	while (i < nx || j < ny) {
		at = j >= ny || (i < nx && key_less(bound(x, i), bound(y, j)))
			     ? bound(x, i)
			     : bound(y, j);
		if (i < nx && key_eq(bound(x, i), at))
			i++;
		if (j < ny && key_eq(bound(y, j), at))
			j++;
		now = (unsigned)op >> (i % 2 + j % 2 * 2) & 1;
		if (now == in)
			continue;
		in = now;
		if (out && in)
			out[n].lo = at;
		else if (out)
			out[n].hi = at;
		if (!in && ++n == max)
			break;
	}
	return n;
}

/* Sized exactly: what an operation leaves in the arena is its result. */
static int combine(struct arena *a, struct ranges x, struct ranges y, enum set_op op,
	struct ranges *ret)
{
	uint32_t n = sweep(x, y, op, NULL, UINT32_MAX);
	struct interval *iv = NULL;

	if (n > 0) {
		iv = arena_new_array(a, n, struct interval);
		if (!iv)
			return -ENOMEM;
		sweep(x, y, op, iv, n);
	}
	*ret = (struct ranges){ iv, n };
	return 0;
}

int ranges_union(struct arena *a, struct ranges x, struct ranges y, struct ranges *ret)
{
	return combine(a, x, y, OP_UNION, ret);
}

int ranges_intersect(
	struct arena *a, struct ranges x, struct ranges y, struct ranges *ret)
{
	return combine(a, x, y, OP_INTERSECT, ret);
}

int ranges_minus(struct arena *a, struct ranges x, struct ranges y, struct ranges *ret)
{
	return combine(a, x, y, OP_MINUS, ret);
}

int ranges_complement(struct arena *a, struct ranges x, struct ranges *ret)
{
	struct interval all = { KEY_MIN, KEY_END };

	return combine(a, (struct ranges){ &all, 1 }, x, OP_MINUS, ret);
}

/* Sorts by lower bound, in place and without a heap: n log n whatever the order. */
static void sift_down(struct interval *iv, size_t at, size_t n)
{
	struct interval moving = iv[at];
	size_t child;

	while ((child = 2 * at + 1) < n) {
		if (child + 1 < n && key_less(iv[child].lo, iv[child + 1].lo))
			child++;
		if (!key_less(moving.lo, iv[child].lo))
			break;
		iv[at] = iv[child];
		at = child;
	}
	iv[at] = moving;
}

static void sort_intervals(struct interval *iv, size_t n)
{
	struct interval last;
	size_t i;

	for (i = n / 2; i-- > 0;)
		sift_down(iv, i, n);
	for (i = n; i-- > 1;) {
		last = iv[i];
		iv[i] = iv[0];
		iv[0] = last;
		sift_down(iv, 0, i);
	}
}

int ranges_normalize(
	struct arena *a, const struct interval *iv, size_t n, struct ranges *ret)
{
	struct interval *to;
	size_t i, kept = 0, merged = 0;

	if (n > UINT32_MAX)
		return -ENOMEM;
	to = arena_new_array(a, n, struct interval);
	if (!to)
		return -ENOMEM;
	for (i = 0; i < n; i++)
		if (key_less(iv[i].lo, iv[i].hi))
			to[kept++] = iv[i];
	sort_intervals(to, kept);
	for (i = 0; i < kept; i++) {
		if (merged == 0 || key_less(to[merged - 1].hi, to[i].lo))
			to[merged++] = to[i];
		else if (key_less(to[merged - 1].hi, to[i].hi))
			to[merged - 1].hi = to[i].hi;
	}
	*ret = merged > 0 ? (struct ranges){ to, (uint32_t)merged } : RANGES_NONE;
	return 0;
}

bool ranges_equal(struct ranges x, struct ranges y)
{
	uint32_t i;

	if (x.n != y.n)
		return false;
	for (i = 0; i < x.n; i++)
		if (!key_eq(x.iv[i].lo, y.iv[i].lo) || !key_eq(x.iv[i].hi, y.iv[i].hi))
			return false;
	return true;
}

/* Finds the last interval that does not begin after @k, by halves and without a jump that
 * the processor would have to guess. */
bool ranges_contains(struct ranges x, struct key k)
{
	const struct interval *at = x.iv;
	uint32_t n = x.n, half;

	if (n == 0)
		return false;
	for (; n > 1; n -= half) {
		half = n / 2;
		at = key_less(k, at[half].lo) ? at : at + half;
	}
	/* What is below the beginning is below the end too. */
	return key_less(k, at->lo) != key_less(k, at->hi);
}

bool ranges_subset(struct ranges x, struct ranges y, struct key *ret_witness)
{
	struct interval first;

	if (sweep(x, y, OP_MINUS, &first, 1) == 0)
		return true;
	if (ret_witness)
		*ret_witness = first.lo;
	return false;
}

bool ranges_valid(struct ranges x, enum line_kind line)
{
	struct key before = KEY_MIN, k;
	size_t i, n = (size_t)x.n * 2;

	if (n > 0 && !x.iv)
		return false;
	for (i = 0; i < n; before = k, i++) {
		k = bound(x, i);
		if (i > 0 && !key_less(before, k))
			return false;
		if (!key_valid(k, line) && !(key_is_end(k) && i == n - 1))
			return false;
	}
	return true;
}
