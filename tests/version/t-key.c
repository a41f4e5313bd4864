/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Points, their order and their neighbours: carries in every place, both ends of every
 * line. */
#include "engine/version/key.h"
#include "tests/version/vtest.h"

static enum line_kind line_of(unsigned parts)
{
	return (enum line_kind)(LINE_INT + parts);
}

static void test_carries(void)
{
	static const struct {
		unsigned parts;
		uint32_t from[4], to[4];
	} row[] = {
		{ 1, { 0 }, { 1 } },
		{ 1, { TOP - 1 }, { TOP } },
		{ 2, { 2, 0 }, { 2, 1 } },
		{ 2, { 2, TOP }, { 3, 0 } },
		{ 3, { 2, 0, TOP }, { 2, 1, 0 } },
		{ 3, { 2, TOP, TOP }, { 3, 0, 0 } },
		{ 3, { TOP, 0, TOP }, { TOP, 1, 0 } },
		{ 3, { TOP - 1, TOP, TOP }, { TOP, 0, 0 } },
		{ 4, { 0, 0, 0, TOP }, { 0, 0, 1, 0 } },
		{ 4, { 1, 2, 3, 4 }, { 1, 2, 3, 5 } },
		{ 4, { 1, 2, TOP, TOP }, { 1, 3, 0, 0 } },
		{ 4, { 1, TOP, TOP, TOP }, { 2, 0, 0, 0 } },
		{ 4, { 1, TOP, 3, TOP }, { 1, TOP, 4, 0 } },
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct key from = key_from_parts(row[i].from),
			   to = key_from_parts(row[i].to);
		enum line_kind line = line_of(row[i].parts);

		ok(key_eq(key_next(from, line), to) && key_eq(key_prev(to, line), from),
			"carry %zu: %u.%u.%u.%u", i, row[i].from[0], row[i].from[1],
			row[i].from[2], row[i].from[3]);
	}
}

static void test_ends(void)
{
	for (unsigned n = 1; n <= 4; n++) {
		struct key last =
			ver(TOP, n > 1 ? TOP : 0, n > 2 ? TOP : 0, n > 3 ? TOP : 0);
		enum line_kind line = line_of(n);

		ok(key_is_end(key_next(last, line)), "%u parts: past the last is the end",
			n);
		ok(key_eq(key_prev(KEY_END, line), last),
			"%u parts: before the end is the last", n);
		ok(key_is_end(key_next(KEY_END, line)),
			"%u parts: nothing comes after the end", n);
		ok(key_valid(last, line) && key_valid(KEY_MIN, line),
			"%u parts: both are points", n);
		ok(!key_valid(KEY_END, line), "%u parts: the end is no point", n);
		for (unsigned i = 0; i < 4; i++) {
			uint32_t part[4] = { 0 };

			part[i] = UINT32_MAX;
			ok(!key_valid(key_from_parts(part), line),
				"%u parts: no 2^32 - 1 at %u", n, i);
			part[i] = 1;
			ok(key_valid(key_from_parts(part), line) == (i < n),
				"%u parts: something at %u", n, i);
		}
	}
	ok(key_is_end(key_next(key_from_int(INT64_MAX), LINE_INT)),
		"past the last integer");
	ok(key_eq(key_prev(KEY_END, LINE_INT), key_from_int(INT64_MAX)),
		"the last integer");
	ok(key_eq(key_next(key_from_int(-1), LINE_INT), key_from_int(0)), "-1 + 1");
	ok(key_eq(key_prev(key_from_int(0), LINE_INT), key_from_int(-1)), "0 - 1");
	ok(key_eq(key_from_int(INT64_MIN), KEY_MIN), "the first integer");
	ok(key_valid(key_from_int(INT64_MIN), LINE_INT) &&
			key_valid(key_from_int(INT64_MAX), LINE_INT) &&
			!key_valid(KEY_END, LINE_INT) &&
			!key_valid((struct key){ 1, 0 }, LINE_INT),
		"which keys are integers");
	ok(key_to_int(key_from_int(INT64_MIN)) == INT64_MIN &&
			key_to_int(key_from_int(INT64_MAX)) == INT64_MAX &&
			key_to_int(key_from_int(-7)) == -7,
		"integers there and back");
	ok(key_cmp(key_from_int(-1), key_from_int(0)) < 0 &&
			key_cmp(key_from_int(INT64_MIN), key_from_int(INT64_MAX)) < 0,
		"integers in order");
}

/* All versions with parts from the edges: the order is that of the parts, and nothing of
 * them lies between a version and its successor. */
static void test_order(void)
{
	static const uint32_t edge[] = { 0, 1, 2, 0x7fffffff, 0x80000000, TOP - 1, TOP };
	enum { EDGES = sizeof(edge) / sizeof(edge[0]) };
	static struct key all[EDGES * EDGES * EDGES * EDGES];

	for (unsigned n = 1; n <= 4; n++) {
		size_t count = 1, wrong_order = 0, wrong_next = 0, wrong_prev = 0;
		enum line_kind line = line_of(n);

		for (unsigned i = 0; i < n; i++)
			count *= EDGES;
		for (size_t i = 0; i < count; i++) {
			uint32_t part[4] = { 0 };
			size_t rest = i;

			for (unsigned j = n; j-- > 0; rest /= EDGES)
				part[j] = edge[rest % EDGES];
			all[i] = key_from_parts(part);
			for (unsigned j = 0; j < 4; j++)
				if (key_part(all[i], j) != part[j])
					wrong_order++;
		}
		for (size_t i = 0; i < count; i++) {
			struct key next = key_next(all[i], line);

			if (i + 1 < count && (key_cmp(all[i], all[i + 1]) >= 0 ||
						     key_cmp(all[i + 1], all[i]) <= 0))
				wrong_order++;
			if (key_cmp(next, all[i]) <= 0 ||
				(i + 1 < count && key_cmp(next, all[i + 1]) > 0))
				wrong_next++;
			if (!key_eq(key_prev(next, line), all[i]))
				wrong_prev++;
		}
		is_int(wrong_order, 0, "%u parts: order", n);
		is_int(wrong_next, 0, "%u parts: successors are above and next", n);
		is_int(wrong_prev, 0, "%u parts: predecessors undo successors", n);
	}
}

int main(void)
{
	plan(13 + 4 * 13 + 8 + 4 * 3);
	test_carries();
	test_ends();
	test_order();
	return done_testing();
}
