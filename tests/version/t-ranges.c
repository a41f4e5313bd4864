/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The algebra of intervals against bits: every pair of subsets of eight neighbouring
 * points, on lines where the neighbours are far apart in their bytes (carries) or the
 * last there are.
 */
#include <errno.h>

#include "engine/version/ranges.h"
#include "tests/version/vtest.h"

#define POINTS 8
#define SETS   (1u << POINTS)

static struct arena arena;

static enum line_kind version_line(unsigned parts)
{
	return (enum line_kind)(LINE_INT + parts);
}

/* As one interval for each point, from the last to the first: for ranges_normalize() to
 * mend. */
static struct ranges from_bits(unsigned bits, const struct key point[POINTS + 1])
{
	struct interval iv[POINTS];
	struct ranges r;
	size_t n = 0;

	for (unsigned i = POINTS; i-- > 0;)
		if (bits >> i & 1)
			iv[n++] = (struct interval){ point[i], point[i + 1] };
	if (ranges_normalize(&arena, iv, n, &r) < 0)
		bail_out("no memory");
	return r;
}

static unsigned to_bits(struct ranges r, const struct key point[POINTS + 1])
{
	unsigned bits = 0;

	for (unsigned i = 0; i < POINTS; i++)
		for (uint32_t j = 0; j < r.n; j++)
			if (key_cmp(r.iv[j].lo, point[i]) <= 0 &&
				key_cmp(point[i], r.iv[j].hi) < 0)
				bits |= 1u << i;
	return bits;
}

static void test_pairs(const char *name, enum line_kind line, struct key first)
{
	size_t normal = 0, contains = 0, complement = 0, op = 0, invalid = 0, subset = 0,
	       equal = 0;
	static struct ranges set[SETS];
	struct key point[POINTS + 1];
	struct ranges r, back;

	point[0] = first;
	for (unsigned i = 0; i < POINTS; i++)
		point[i + 1] = key_next(point[i], line);
	for (unsigned x = 0; x < SETS; x++) {
		set[x] = from_bits(x, point);
		normal += to_bits(set[x], point) != x || !ranges_valid(set[x], line);
		for (unsigned i = 0; i < POINTS; i++)
			contains += ranges_contains(set[x], point[i]) != (x >> i & 1);
		contains += ranges_contains(set[x], KEY_END);
		if (ranges_complement(&arena, set[x], &r) < 0 ||
			ranges_complement(&arena, r, &back) < 0)
			bail_out("no memory");
		complement +=
			to_bits(r, point) != (SETS - 1 - x) ||
			!ranges_equal(back, set[x]) || !ranges_valid(r, line) ||
			ranges_contains(r, KEY_MIN) == ranges_contains(set[x], KEY_MIN);
	}
	for (unsigned x = 0; x < SETS; x++)
		for (unsigned y = 0; y < SETS; y++) {
			struct arena_mark m = arena_mark(&arena);
			struct ranges u, i, d;
			struct key witness = KEY_END;
			unsigned missing = x & ~y;
			bool is;

			if (ranges_union(&arena, set[x], set[y], &u) < 0 ||
				ranges_intersect(&arena, set[x], set[y], &i) < 0 ||
				ranges_minus(&arena, set[x], set[y], &d) < 0)
				bail_out("no memory");
			/* Normal form: the only one that says this. */
			op += !ranges_equal(u, set[x | y]) ||
			      !ranges_equal(i, set[x & y]) ||
			      !ranges_equal(d, set[x & ~y]);
			invalid += !ranges_valid(u, line) || !ranges_valid(i, line) ||
				   !ranges_valid(d, line);
			is = ranges_subset(set[x], set[y], &witness);
			subset += is != (missing == 0) ||
				  is != ranges_subset(set[x], set[y], NULL) ||
				  !key_eq(witness,
					  is ? KEY_END : point[__builtin_ctz(missing)]);
			equal += ranges_equal(set[x], set[y]) != (x == y);
			arena_rewind(&arena, m);
		}
	is_int(normal, 0, "%s: normal form", name);
	is_int(contains, 0, "%s: contains", name);
	is_int(complement, 0, "%s: complement", name);
	is_int(op, 0, "%s: union, intersection, difference of all pairs", name);
	is_int(invalid, 0, "%s: in normal form", name);
	is_int(subset, 0, "%s: subset and its witness", name);
	is_int(equal, 0, "%s: equality", name);
}

/* Many overlapping, empty and reversed intervals in any order. */
static void test_normalize(void)
{
	enum { SPAN = 512, MOST = 700 };
	static struct interval iv[MOST];
	uint64_t seed = 88172645463325252u;
	size_t wrong = 0;

	for (unsigned round = 0; round < 300; round++) {
		struct arena_mark m = arena_mark(&arena);
		bool in[SPAN] = { false };
		size_t n = round * MOST / 300 + 1;
		struct ranges r;

		for (size_t i = 0; i < n; i++) {
			unsigned lo, hi;

			seed ^= seed << 13;
			seed ^= seed >> 7;
			seed ^= seed << 17;
			lo = (unsigned)(seed >> 20) % SPAN;
			hi = lo + (unsigned)(seed >> 40) % (round % 8 + 2);
			hi = hi > 1 ? hi - 1 : hi;
			iv[i] = (struct interval){ key_from_int(lo), key_from_int(hi) };
			for (unsigned j = lo; j < hi && j < SPAN; j++)
				in[j] = true;
		}
		if (ranges_normalize(&arena, iv, n, &r) < 0)
			bail_out("no memory");
		wrong += !ranges_valid(r, LINE_INT);
		for (unsigned j = 0; j < SPAN; j++)
			wrong += ranges_contains(r, key_from_int(j)) != in[j];
		arena_rewind(&arena, m);
	}
	is_int(wrong, 0, "normal form of heaps of intervals");
}

/* Every number of intervals up to some, every point in and between them. */
static void test_contains(void)
{
	static struct interval iv[200];
	size_t wrong = 0;

	for (uint32_t n = 0; n <= 200; n++) {
		struct ranges r = { iv, n };

		if (n > 0)
			iv[n - 1] = (struct interval){ key_from_int(3 * (int64_t)n),
				key_from_int(3 * (int64_t)n + 2) };
		for (int64_t at = 0; at < 3 * (int64_t)n + 6; at++)
			wrong += ranges_contains(r, key_from_int(at)) !=
				 (at >= 3 && at / 3 <= (int64_t)n && at % 3 < 2);
	}
	is_int(wrong, 0, "contains among up to 200 intervals");
}

static void test_valid(void)
{
	struct key a = ver(1, 0, 0, 0), b = ver(1, 0, 1, 0), c = ver(1, 1, 0, 0),
		   d = ver(2, 0, 0, 0);
	struct interval good[] = { { a, b }, { c, KEY_END } };
	struct interval touching[] = { { a, b }, { b, c } };
	struct interval unsorted[] = { { c, d }, { a, b } };
	struct interval empty[] = { { a, a } };
	struct interval reversed[] = { { b, a } };
	struct interval overlapping[] = { { a, c }, { b, d } };
	struct interval early_end[] = { { a, KEY_END }, { c, d } };
	struct interval no_point[] = { { ver(1, UINT32_MAX, 0, 0), KEY_END } };
	struct interval long_part[] = { { a, ver(1, 0, 0, 1) } };
	struct interval starts_at_end[] = { { KEY_END, KEY_END } };

	ok(ranges_valid((struct ranges){ good, 2 }, LINE_VERSION_3), "valid");
	ok(ranges_valid(RANGES_NONE, LINE_VERSION_3), "nothing is valid");
	ok(!ranges_valid((struct ranges){ NULL, 1 }, LINE_VERSION_3),
		"no intervals there");
	ok(!ranges_valid((struct ranges){ touching, 2 }, LINE_VERSION_3), "touching");
	ok(!ranges_valid((struct ranges){ unsorted, 2 }, LINE_VERSION_3), "unsorted");
	ok(!ranges_valid((struct ranges){ empty, 1 }, LINE_VERSION_3), "empty");
	ok(!ranges_valid((struct ranges){ reversed, 1 }, LINE_VERSION_3), "reversed");
	ok(!ranges_valid((struct ranges){ overlapping, 2 }, LINE_VERSION_3),
		"overlapping");
	ok(!ranges_valid((struct ranges){ early_end, 2 }, LINE_VERSION_3),
		"something after the end");
	ok(!ranges_valid((struct ranges){ no_point, 1 }, LINE_VERSION_3),
		"a part of 2^32 - 1");
	ok(!ranges_valid((struct ranges){ long_part, 1 }, LINE_VERSION_3),
		"a fourth part of three");
	ok(ranges_valid((struct ranges){ long_part, 1 }, LINE_VERSION_4),
		"but not of four");
	ok(!ranges_valid((struct ranges){ starts_at_end, 1 }, LINE_VERSION_3),
		"begins at the end");
	ok(!ranges_valid((struct ranges){ good, 2 }, LINE_INT),
		"versions are no integers");
}

/* A full arena: -ENOMEM, and what was there stays. */
static void test_no_room(void)
{
	struct interval iv[] = { { key_from_int(1), key_from_int(9) } };
	struct interval cut[] = { { key_from_int(3), key_from_int(4) } };
	struct ranges x = { iv, 1 }, y = { cut, 1 }, r = { NULL, 77 };
	static char memory[16] __attribute__((aligned(16)));
	struct arena small;

	arena_init_fixed(&small, memory, 0);
	is_int(ranges_normalize(&small, iv, 1, &r), -ENOMEM, "no room to normalize");
	is_int(ranges_union(&small, x, y, &r), -ENOMEM, "nor for a union");
	is_int(ranges_intersect(&small, x, y, &r), -ENOMEM, "nor for an intersection");
	is_int(ranges_minus(&small, x, y, &r), -ENOMEM, "nor for a difference");
	is_int(ranges_complement(&small, x, &r), -ENOMEM, "nor for a complement");
	is_int(r.n, 77, "and nothing was handed out");
	is_int(ranges_minus(&small, x, x, &r), 0, "nothing needs no room");
	ok(r.n == 0 && !r.iv, "and is nothing");
}

int main(void)
{
	struct key near_end = KEY_END, carry = ver(2, TOP, TOP - 3, 0);

	plan(7 * 7 + 1 + 1 + 14 + 8);
	arena_init(&arena, 64 << 20);
	test_pairs("integers", LINE_INT, key_from_int(-4));
	test_pairs("the first integers", LINE_INT, key_from_int(INT64_MIN));
	test_pairs("the last integers", LINE_INT, key_from_int(INT64_MAX - 7));
	test_pairs("versions of one part", version_line(1), ver(TOP - 7, 0, 0, 0));
	test_pairs("versions that carry twice", version_line(3), carry);
	test_pairs("versions that carry three times", version_line(4),
		ver(2, TOP, TOP, TOP - 5));
	for (unsigned i = 0; i < POINTS; i++)
		near_end = key_prev(near_end, version_line(4));
	test_pairs("the last versions", version_line(4), near_end);
	test_normalize();
	test_contains();
	test_valid();
	test_no_room();
	arena_release(&arena);
	return done_testing();
}
