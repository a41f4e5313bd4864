/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Random predicates over small domains of every attribute type, against plain truth tables.
 *
 * For every pair: both predicates and the results of all operations are judged record by record;
 * references, canonical texts and truth tables must be equal or differ together, inside the pair
 * and over the whole run; witnesses must be in the one and not in the other; texts must read back.
 */
#include <errno.h>
#include <time.h>

#include "engine/base/digest.h"
#include "engine/diagram/diagram.h"
#include "tests/diagram/worlds.h"
#include "tests/tap.h"

#define PAIRS	   120000
#define SEED	   UINT64_C(0x6d646576636f6d70)
#define TABLE_SIZE (1u << 21)

enum check {
	CHECK_BUILD = 0, CHECK_EVAL, CHECK_OR, CHECK_AND, CHECK_MINUS, CHECK_MIXED, CHECK_SUBSET,
	CHECK_WITNESS, CHECK_EQUAL, CHECK_TEXT, CHECK_PARSE, CHECK_CHANGED,
	CHECK_GLOBAL, CHECKS,
};

static const char *const check_name[CHECKS] = {
	[CHECK_BUILD] = "every predicate can be built",
	[CHECK_EVAL] = "evaluation agrees with the truth table",
	[CHECK_OR] = "union",
	[CHECK_AND] = "intersection",
	[CHECK_MINUS] = "difference",
	[CHECK_MIXED] = "closed and open together",
	[CHECK_SUBSET] = "subset, in all four pairs of modes",
	[CHECK_WITNESS] = "every witness is in the one and not in the other",
	[CHECK_EQUAL] = "equal references exactly if equal meaning",
	[CHECK_TEXT] = "equal texts exactly if equal meaning",
	[CHECK_PARSE] = "texts read back, here and in a fresh store",
	[CHECK_CHANGED] = "a changed text is refused or another canonical one",
	[CHECK_GLOBAL] = "one text for each meaning over the whole run",
};

static unsigned long bad[CHECKS], done[CHECKS], refused;
static uint64_t pair_no;

static bool check(enum check c, bool good, const char *what, const struct world *w)
{
	done[c]++;
	if (!good && bad[c]++ < 5)
		diag("pair %" PRIu64 " in %s: %s: %s", pair_no, w->space->name, check_name[c], what);
	return good;
}

static bool agrees(const struct world *w, const struct dstore *s, const struct predicate *p)
{
	unsigned i;

	for (i = 0; i < w->n_records; i++)
		if (dg_eval(s, p->ref, p->mode, &w->record[i]) != p->t[i])
			return false;
	return true;
}

static char text_a[1 << 14], text_b[1 << 14];

static struct str text_of(const struct dstore *s, dref r, enum dmode m, struct arena *a,
	char *buf, size_t size)
{
	struct sbuf b = { .p = buf, .size = size };

	if (dg_print(s, r, m, a, &b) < 0)
		return (struct str){ 0 };
	return sbuf_str(&b);
}

/* Two open-addressed maps, from meaning to text and back, over all stores of a run. */
static struct mapped {
	uint64_t from, to;
} by_meaning[TABLE_SIZE], by_text[TABLE_SIZE];
static unsigned n_mapped;

static bool map(struct mapped *table, uint64_t from, uint64_t to, bool *ret_new)
{
	struct mapped *m;
	uint64_t i;

	for (i = from;; i++) {
		m = &table[i & (TABLE_SIZE - 1)];
		if (m->from == 0)
			break;
		if (m->from == from)
			return m->to == to;
	}
	*m = (struct mapped){ from, to };
	*ret_new = true;
	return true;
}

static void check_global(const struct world *w, const struct predicate *p, struct str text)
{
	uint64_t where = (uint64_t)(w - worlds) * 2 + p->mode + 1;
	uint64_t meaning = hash64(p->t, w->n_records, where) | 1;
	uint64_t spelled = hash64(text.p, text.n, where) | 1;
	bool fresh = false;

	if (n_mapped > TABLE_SIZE / 2)
		return;
	check(CHECK_GLOBAL,
		map(by_meaning, meaning, spelled, &fresh) && map(by_text, spelled, meaning, &fresh),
		"", w);
	n_mapped += fresh;
}

/* One byte after the other changed to some other one that texts are made of. */
static void check_changed(const struct world *w, struct arena *a, struct str text, enum dmode m)
{
	static const char bytes[] = "nyabz0123456789.:,=@-_SsbimvpDE2/";
	struct arena_mark mark = arena_mark(a);
	static char changed[sizeof(text_a)];
	struct dstore *s;
	bool good = true;
	size_t i;
	dref d;
	int r;

	memcpy(changed, text.p, text.n);
	for (i = 0; i < text.n; i++) {
		struct str t = { changed, text.n };

		changed[i] = bytes[pick(sizeof(bytes) - 1)];
		r = dstore_new(a, NULL, &s);
		if (r == 0)
			r = dg_parse(s, t, m, &d);
		if (r == 0)
			good = str_eq(text_of(s, d, m, a, text_b, sizeof(text_b)), t);
		check(CHECK_CHANGED, good && (r == 0 || r == -EBADMSG), "", w);
		changed[i] = text.p[i];
		arena_rewind(a, mark);
	}
}

static void check_text(const struct world *w, struct dstore *s, struct arena *a,
	const struct predicate *p)
{
	struct str text = text_of(s, p->ref, p->mode, a, text_a, sizeof(text_a)), again;
	struct dstore *other;
	dref back;

	if (!check(CHECK_TEXT, text.n > 0, "no text", w))
		return;
	check(CHECK_PARSE, dg_parse(s, text, p->mode, &back) == 0 && back == p->ref, text.p, w);
	if (!w->space->attr[0].type_b.tag && !w->space->attr[1].type_b.tag)
		check_global(w, p, text);
	if (pick(4) != 0)
		return;
	if (pick(10) == 0)
		check_changed(w, a, text, p->mode);
	if (!check(CHECK_PARSE, dstore_new(a, NULL, &other) == 0, "store", w))
		return;
	if (!check(CHECK_PARSE, dg_parse(other, text, p->mode, &back) == 0, "fresh", w))
		return;
	again = text_of(other, back, p->mode, a, text_b, sizeof(text_b));
	check(CHECK_PARSE, str_eq(again, text), "printed again", w);
}

static void check_result(const struct world *w, struct dstore *s, struct arena *a, enum check c,
	int r, const struct predicate *p)
{
	if (r == -EPROTOTYPE) {
		refused++;
		return;
	}
	if (check(c, r == 0 && agrees(w, s, p), strerror(-r), w) && pick(4) == 0)
		check_text(w, s, a, p);
}

static bool contains(const struct world *w, const struct predicate *a,
	const struct predicate *b)
{
	unsigned i;

	for (i = 0; i < w->n_records; i++)
		if (a->t[i] && !b->t[i])
			return false;
	return true;
}

static void check_subset(const struct world *w, struct dstore *s, struct arena *a,
	const struct predicate *x, const struct predicate *y)
{
	struct record witness = { 0 };
	int r;

	r = dg_subset(s, x->ref, x->mode, y->ref, y->mode, a, &witness);
	if (r == -EPROTOTYPE) {
		refused++;
		return;
	}
	check(CHECK_SUBSET, r == (contains(w, x, y) ? 0 : -ENOENT), strerror(-r), w);
	if (r == -ENOENT)
		check(CHECK_WITNESS,
			record_sort(&witness) == 0 && dg_eval(s, x->ref, x->mode, &witness) &&
				!dg_eval(s, y->ref, y->mode, &witness),
			"subset", w);
	r = dg_witness(s, x->ref, x->mode, a, &witness);
	check(CHECK_WITNESS,
		x->ref == DREF_NO ? r == -ENOENT :
				    r == 0 && dg_eval(s, x->ref, x->mode, &witness),
		"of one", w);
}

static void check_equal(const struct world *w, struct dstore *s, struct arena *a,
	const struct predicate *x, const struct predicate *y)
{
	bool same = memcmp(x->t, y->t, w->n_records) == 0;
	struct str tx, ty;

	if (x->mode != y->mode)
		return;
	/* In open mode a type is part of what is said. */
	if (x->mode == DMODE_OPEN && (w->space->attr[0].type_b.tag || w->space->attr[1].type_b.tag))
		return;
	check(CHECK_EQUAL, (x->ref == y->ref) == same, same ? "same" : "differ", w);
	tx = text_of(s, x->ref, x->mode, a, text_a, sizeof(text_a));
	ty = text_of(s, y->ref, y->mode, a, text_b, sizeof(text_b));
	check(CHECK_TEXT, str_eq(tx, ty) == same, same ? "same" : "differ", w);
}

static void check_algebra(const struct world *w, struct dstore *s, struct arena *a,
	const struct predicate *x, const struct predicate *y)
{
	static struct predicate z;
	bool mixed = x->mode != y->mode;
	unsigned i;
	int r;

	z.mode = x->mode == DMODE_OPEN && y->mode == DMODE_OPEN ? DMODE_OPEN : DMODE_CLOSED;
	r = dg_or(s, x->ref, y->ref, x->mode, &z.ref);
	for (i = 0; i < w->n_records; i++)
		z.t[i] = x->t[i] | y->t[i];
	if (mixed)
		check(CHECK_MIXED, r == -EINVAL || !(x->ref > DREF_YES || y->ref > DREF_YES) ||
			y->ref <= DREF_YES, "or", w);
	else
		check_result(w, s, a, CHECK_OR, r, &z);

	r = dg_and(s, x->ref, x->mode, y->ref, y->mode, &z.ref);
	for (i = 0; i < w->n_records; i++)
		z.t[i] = x->t[i] & y->t[i];
	check_result(w, s, a, mixed ? CHECK_MIXED : CHECK_AND, r, &z);

	r = dg_minus(s, x->ref, x->mode, y->ref, y->mode, &z.ref);
	for (i = 0; i < w->n_records; i++)
		z.t[i] = x->t[i] & !y->t[i];
	if (x->mode == DMODE_OPEN && mixed)
		check(CHECK_MIXED, r == -EINVAL, "open minus closed", w);
	else
		check_result(w, s, a, mixed ? CHECK_MIXED : CHECK_MINUS, r, &z);
}

static void one_pair(const struct world *w, struct arena *a)
{
	static struct predicate x, y;
	enum dmode ma = chance(60) ? DMODE_CLOSED : DMODE_OPEN;
	enum dmode mb = chance(60) ? ma : ma == DMODE_OPEN ? DMODE_CLOSED : DMODE_OPEN;
	struct dstore *s;
	int r;

	r = dstore_new(a, NULL, &s);
	if (r == 0)
		r = random_predicate(w, s, a, ma, false, &x);
	if (r == 0)
		r = random_predicate(w, s, a, mb, true, &y);
	if (!check(CHECK_BUILD, r == 0, strerror(-r), w))
		return;
	check(CHECK_EVAL, agrees(w, s, &x), "first", w);
	check(CHECK_EVAL, agrees(w, s, &y), "second", w);
	check_algebra(w, s, a, &x, &y);
	check_subset(w, s, a, &x, &y);
	check_subset(w, s, a, &y, &x);
	check_equal(w, s, a, &x, &y);
	check_text(w, s, a, &x);
	check(CHECK_BUILD, dstore_error(s) == 0, "error stuck", w);
}

int main(int argc, char **argv)
{
	unsigned long pairs = argc > 1 ? strtoul(argv[1], NULL, 10) : PAIRS;
	struct arena_mark mark;
	struct arena a;
	unsigned i;

	plan(CHECKS + 1);
	rng_state = argc > 2 ? strtoull(argv[2], NULL, 16) : SEED;
	diag("%lu pairs, seed %" PRIx64, pairs, rng_state);
	make_worlds();
	arena_init(&a, 64u << 20);
	mark = arena_mark(&a);
	for (pair_no = 0; pair_no < pairs; pair_no++) {
		one_pair(&worlds[pick(n_worlds)], &a);
		arena_rewind(&a, mark);
	}
	arena_release(&a);
	for (i = 0; i < CHECKS; i++)
		ok(bad[i] == 0 && done[i] > 0, "%s: %lu times", check_name[i], done[i]);
	diag("%lu operations refused for two types at one name", refused);
	ok(pairs < PAIRS || n_mapped > 1000, "%u meanings met", n_mapped);
	return done_testing();
}
