/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The bounds of a store: each at the bound and one past it, out of memory at every size, and what
 * would blow up if nothing stopped it.
 */
#include <time.h>

#include "engine/base/limits.h"
#include "tests/diagram/make.h"

#define MIB (1024 * 1024)

/* A piece of work that uses everything once: sets of other listings, lines, words, masks, all
 * operations, text and back. Returns the first error; *ret is the end result. */
static int work(struct dstore *s, struct arena *a, dref *ret)
{
	const struct member_box boxes[] = {
		{ .in = WORDS(STR("a"), STR("b")), .out = WORDS(STR("c")) },
		{ .free = WORDS(STR("d"), STR("e")), .only_in_or_free = true },
		{ .in = WORDS(STR("x")), .out = WORDS(STR("y")) },
	};
	const struct member_box bits = { .bits_in = { 0x15 }, .bits_out = { 0x60 } };
	struct interval iv[] = { { version_key(1, 0, 0), version_key(2, 0, 0) },
		{ version_key(2, 1, 0), KEY_END } };
	struct str one[] = { STR("a"), STR("b") };
	struct value except = set_value(one, 2);
	struct str word = STR("t1");
	static char buf[8192];
	struct sbuf b = SBUF(buf);
	struct record w;
	dref m, x, y, z;
	int r;

	r = dnode_members(s, CLOSED("m", MASKS(8)), &bits, 1, DREF_YES, DREF_NO, DREF_YES, DREF_NO,
		NULL, &m);
	if (r == 0)
		r = dnode_members(s, CLOSED("f", SETS), boxes, 2, m, DREF_NO, DREF_NO, DREF_NO,
			&except, &x);
	if (r == 0)
		r = dnode_members(s, CLOSED("f", SETS), boxes + 1, 2, DREF_YES, DREF_NO, m, DREF_NO,
			NULL, &y);
	if (r == 0)
		r = dnode_ranges(s, CLOSED("v", VERSIONS(3)), (struct ranges){ iv, 2 }, x, y,
			DREF_NO, DREF_NO, NULL, &x);
	if (r == 0)
		r = dnode_words(s, CLOSED("t", STRINGS), &word, 1, true, x, y, y, DREF_NO, NULL,
			&x);
	if (r == 0)
		r = dg_or(s, x, y, DMODE_CLOSED, &z);
	if (r == 0)
		r = dg_minus(s, z, DMODE_CLOSED, y, DMODE_CLOSED, &z);
	if (r == 0)
		r = dg_and(s, z, DMODE_CLOSED, x, DMODE_CLOSED, &z);
	if (r == 0)
		r = dg_print(s, z, DMODE_CLOSED, a, &b);
	if (r == 0)
		r = dg_parse(s, sbuf_str(&b), DMODE_CLOSED, &y);
	if (r == 0)
		r = dg_witness(s, z, DMODE_CLOSED, a, &w);
	if (r == 0)
		*ret = y == z ? z : DREF_NO;
	return r;
}

static int work_within(const struct dlimits *limits, size_t memory, dref *ret,
	struct dstats *ret_stats, int *ret_stuck)
{
	struct dstore *s = NULL;
	struct arena a;
	int r;

	arena_init(&a, memory);
	r = dstore_new(&a, limits, &s);
	if (r == 0)
		r = work(s, &a, ret);
	if (s && ret_stats)
		*ret_stats = dstore_stats(s);
	if (s && ret_stuck)
		*ret_stuck = dstore_error(s);
	arena_release(&a);
	return r;
}

static void test_counts(void)
{
	struct dlimits l = dlimits_default;
	struct dstats used;
	dref want = 0, got = 0;
	uint32_t *bound[] = { &l.nodes, &l.edges, &l.steps };
	const char *name[] = { "nodes", "edges", "steps" };
	uint32_t full[3];
	unsigned i;
	int stuck, r;

	r = work_within(&l, 16 * MIB, &want, &used, &stuck);
	ok(r == 0 && want > DREF_YES && stuck == 0, "work: %u nodes, %u edges, %u steps",
		used.nodes, used.edges, used.steps);
	full[0] = used.nodes;
	full[1] = used.edges;
	full[2] = used.steps;
	for (i = 0; i < 3; i++) {
		l = dlimits_default;
		*bound[i] = full[i];
		r = work_within(&l, 16 * MIB, &got, NULL, &stuck);
		ok(r == 0 && got == want && stuck == 0, "%s: at the bound", name[i]);
		*bound[i] = full[i] - 1;
		got = 99;
		r = work_within(&l, 16 * MIB, &got, NULL, &stuck);
		ok(r == -E2BIG && got == 99 && stuck == -E2BIG, "%s: one past it", name[i]);
	}
}

/* Every bound smaller than needed, down to nothing: the same error, never another. */
static void test_all_smaller(void)
{
	struct dlimits l;
	struct dstats used;
	unsigned i, bad = 0;
	dref d;

	work_within(NULL, 16 * MIB, &d, &used, NULL);
	for (i = 0; i < used.steps; i++) {
		l = dlimits_default;
		l.steps = i;
		bad += work_within(&l, 16 * MIB, &d, NULL, NULL) != -E2BIG;
	}
	for (i = 0; i < used.nodes; i++) {
		l = dlimits_default;
		l.nodes = i;
		bad += work_within(&l, 16 * MIB, &d, NULL, NULL) != -E2BIG;
	}
	for (i = 0; i < used.edges; i++) {
		l = dlimits_default;
		l.edges = i;
		bad += work_within(&l, 16 * MIB, &d, NULL, NULL) != -E2BIG;
	}
	ok(bad == 0, "every smaller bound is too small");
}

static void test_no_memory(void)
{
	size_t size, first = 0;
	unsigned bad = 0;
	int r, stuck;
	dref d;

	for (size = 0; first == 0; size += 16) {
		r = work_within(NULL, size, &d, NULL, &stuck);
		if (r == 0)
			first = size;
		else
			bad += r != -ENOMEM;
	}
	ok(bad == 0, "out of memory at every size below %zu bytes", first);
}

/* ---- depth ------------------------------------------------------------------------------- */

static int deep(uint32_t elements, bool in, const struct dlimits *limits, int *ret_or)
{
	struct str *w = calloc(elements, sizeof(*w));
	struct member_box box = { 0 };
	struct dstore *s;
	struct arena a;
	dref x, y;
	uint32_t i;
	int r;

	if (!w)
		bail_out("no memory");
	arena_init(&a, 64 * MIB);
	for (i = 0; i < elements; i++) {
		char buf[16];

		snprintf(buf, sizeof(buf), "%06u", i);
		w[i] = str_dup(&a, str_from(buf));
	}
	if (in) {
		box.in = w;
		box.n_in = elements;
	} else {
		box.out = w;
		box.n_out = elements;
	}
	r = dstore_new(&a, limits, &s);
	if (r == 0)
		r = dnode_members(s, CLOSED("f", SETS), &box, 1, DREF_YES, DREF_NO, DREF_NO,
			DREF_NO, NULL, &x);
	if (r == 0)
		r = dnode_members(s, CLOSED("f", SETS), &box, 1, DREF_NO, DREF_YES, DREF_YES,
			DREF_NO, NULL, &y);
	if (r == 0)
		*ret_or = dg_or(s, x, y, DMODE_CLOSED, &x);
	arena_release(&a);
	free(w);
	return r;
}

static void test_depth(void)
{
	struct dlimits l = dlimits_default;
	int r, either = -1;

	l.depth = 11;
	r = deep(10, true, &l, &either);
	ok(r == 0 && either == 0, "depth: a head and ten members of eleven");
	l.depth = 10;
	is_int(deep(10, true, &l, &either), -E2BIG, "depth: one past it");
	r = deep(DIAGRAM_DEPTH_MAX - 1, true, NULL, &either);
	ok(r == 0 && either == 0, "depth: the greatest there is, and a walk down two of it");
	is_int(deep(DIAGRAM_DEPTH_MAX, false, NULL, &either), -E2BIG, "depth: one past that");
	l.depth = UINT32_MAX;
	is_int(deep(DIAGRAM_DEPTH_MAX, false, &l, &either), -E2BIG,
		"depth: which no limits raise, for it bounds the stack");
}

/* Two diagrams of ten levels each, none in common: their product is twenty deep. */
static void test_product_depth(void)
{
	struct dlimits l = dlimits_default;
	struct dstore *s;
	struct arena a;
	dref x[2] = { DREF_YES, DREF_YES }, r;
	char name[16];
	unsigned depth;
	int i, err = 0;

	for (depth = 20; depth >= 19; depth--) {
		l.depth = depth;
		arena_init(&a, 16 * MIB);
		if (dstore_new(&a, &l, &s) < 0)
			bail_out("no store");
		x[0] = x[1] = DREF_YES;
		for (i = 19; i >= 0; i--) {
			struct dlevel level = { .type = BOOLS, .mode = DMODE_OPEN };

			snprintf(name, sizeof(name), "a%02d", i);
			level.name = str_from(name);
			err = dnode_bool(s, &level, DREF_NO, x[i % 2], DREF_NO, DREF_NO, NULL,
				&x[i % 2]);
			if (err < 0)
				bail_out("%s", strerror(-err));
		}
		err = dg_and(s, x[0], DMODE_OPEN, x[1], DMODE_OPEN, &r);
		is_int(err, depth == 20 ? 0 : -E2BIG, "depth: a product %s",
			depth == 20 ? "at the bound" : "one past it");
		arena_release(&a);
	}
}

/* ---- what would blow up ------------------------------------------------------------------ */

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* "a<i> together with b<i>, for some i": in the order a0 a1 ... b0 b1 ... 2^n nodes. */
static int blow_up_pairs(struct dstore *s, struct arena *a)
{
	struct member_box box[64] = { 0 };
	struct str w[64][2];
	char buf[16];
	unsigned i, j;
	dref d;

	for (i = 0; i < 64; i++) {
		for (j = 0; j < 2; j++) {
			snprintf(buf, sizeof(buf), "%c%02u", "ab"[j], i);
			w[i][j] = str_dup(a, str_from(buf));
		}
		box[i].in = w[i];
		box[i].n_in = 2;
	}
	return dnode_members(s, CLOSED("f", SETS), box, 64, DREF_YES, DREF_NO, DREF_NO, DREF_NO,
		NULL, &d);
}

/* Unions one by one of a level with ever more words: squares in the edges. */
static int blow_up_words(struct dstore *s, struct arena *a)
{
	char buf[16];
	unsigned i;
	dref all = DREF_NO, one;
	int r = 0;

	(void)a;
	for (i = 0; i < 10000 && r == 0; i++) {
		struct str w = { buf, (size_t)snprintf(buf, sizeof(buf), "%u", i) };

		r = dnode_words(s, CLOSED("type", STRINGS), &w, 1, true, DREF_YES, DREF_NO, DREF_NO,
			DREF_NO, NULL, &one);
		if (r == 0)
			r = dg_or(s, all, one, DMODE_CLOSED, &all);
	}
	return r;
}

/* Large sets with other elements each, brought to one listing again and again. */
static int blow_up_listings(struct dstore *s, struct arena *a)
{
	struct str *w = arena_new_array(a, 900, struct str);
	unsigned i, j;
	char buf[16];
	dref all = DREF_NO, one;
	int r = w ? 0 : -ENOMEM;

	for (i = 0; i < 1000 && r == 0; i++) {
		struct member_box box = { .in = w, .n_in = 900, .only_in_or_free = true };

		for (j = 0; j < 900; j++) {
			snprintf(buf, sizeof(buf), "%03u%03u", (j + i) % 1000, i * j % 7);
			w[j] = str_dup(a, str_from(buf));
		}
		r = dnode_members(s, CLOSED("f", SETS), &box, 1, DREF_YES, DREF_NO, DREF_NO,
			DREF_NO, NULL, &one);
		if (r == 0)
			r = dg_or(s, all, one, DMODE_CLOSED, &all);
	}
	return r;
}

/* A random function of 40 bits of a mask, negated and combined until something gives. */
static int blow_up_bits(struct dstore *s, struct arena *a)
{
	uint64_t x = 1;
	dref all = DREF_NO, one;
	unsigned i, j;
	int r = 0;

	(void)a;
	for (i = 0; i < 100000 && r == 0; i++) {
		struct member_box box = { 0 };

		for (j = 0; j < 6; j++) {
			x = x * UINT64_C(6364136223846793005) + 1442695040888963407u;
			if (x >> 63)
				box.bits_in[0] |= UINT64_C(1) << (x >> 33) % 40;
			else
				box.bits_out[0] |= UINT64_C(1) << (x >> 33) % 40;
		}
		r = dnode_members(s, CLOSED("m", MASKS(40)), &box, 1, DREF_YES, DREF_NO, DREF_NO,
			DREF_NO, NULL, &one);
		if (r == 0)
			r = i % 3 == 2 ? dg_minus(s, all, DMODE_CLOSED, one, DMODE_CLOSED, &all) :
					 dg_or(s, all, one, DMODE_CLOSED, &all);
	}
	return r;
}

static void test_blow_up(void)
{
	static const struct {
		const char *name;
		int (*run)(struct dstore *s, struct arena *a);
	} t[] = {
		{ "pairs of elements", blow_up_pairs },
		{ "words one by one", blow_up_words },
		{ "sets of other elements", blow_up_listings },
		{ "random bits", blow_up_bits },
	};
	struct dlimits l;
	struct dstore *s;
	struct dstats st;
	struct arena a;
	unsigned i, j;
	double from;
	int r;

	for (i = 0; i < ARRAY_SIZE(t); i++) {
		/* The bounds as they are, and each alone. */
		for (j = 0; j < 2; j++) {
			l = dlimits_default;
			if (j == 1)
				l.nodes = l.edges = 1u << 30;
			arena_init(&a, 64 * MIB);
			if (dstore_new(&a, &l, &s) < 0)
				bail_out("no store");
			from = seconds();
			r = t[i].run(s, &a);
			st = dstore_stats(s);
			is_int(r, -E2BIG, "%s end%s in 64 MiB", t[i].name,
				j == 1 ? " by steps alone" : "");
			diag("%.3f s, %zu KiB, %u nodes, %u edges, %u steps", seconds() - from,
				a.used / 1024, st.nodes, st.edges, st.steps);
			is_int(dstore_error(s), -E2BIG, "and it sticks");
			is_int(dg_or(s, DREF_NO, DREF_NO, DMODE_CLOSED, &(dref){ 0 }), -E2BIG,
				"to all that follows");
			arena_release(&a);
		}
	}
}

int main(void)
{
	plan(1 + 6 + 1 + 1 + 5 + 2 + 4 * 2 * 3);
	test_counts();
	test_all_smaller();
	test_no_memory();
	test_depth();
	test_product_depth();
	test_blow_up();
	return done_testing();
}
