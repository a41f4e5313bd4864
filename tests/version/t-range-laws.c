/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Random range texts of every form, for one to four parts and every major part, against
 * an evaluator that knows only the sentences of the language and compares part by part:
 * all versions with parts from 0 to 4 and the largest there is, all pairs of 320 texts,
 * all laws of sets.
 *
 * Texts use parts from 0 to 3, so every bound of every set has parts from 0 to 4: two
 * sets that agree on those versions are the same set.
 */
#include "tests/version/vtest.h"

#define POOL	 320
#define DIGITS	 5 /* parts from 0 to 4 */
#define GRID_MAX 625
#define WORDS	 ((GRID_MAX + 63) / 64)
#define TRIPLES	 20000

enum form {
	FORM_EXACT,
	FORM_CLOSED,
	FORM_OPEN,
	FORM_STAR,
	FORM_LIST,
	FORM_LIST_STAR,
	FORM_ALL,
	FORM_NONE,
	FORMS,
};

struct item {
	enum form form;
	unsigned n; /* parts written before star, list or plus */
	uint32_t from[4], to[4];
	unsigned n_elements;
	struct {
		uint32_t first, last;
		bool single, open;
	} element[4];
};

/* A list, and what it means to one who reads it slowly. */
struct subject {
	struct version_spec f;
	unsigned n, n_except;
	struct item item[8]; /* those after `except` last */
	char text[512];
	struct ranges set, not_set;
	char normal[2048];
	uint64_t bits[WORDS];
};

static struct arena arena;
static struct subject pool[POOL];
static uint64_t seed;
static unsigned parts;
static size_t grid; /* DIGITS to the power of parts */

static unsigned dice(unsigned sides)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)(seed >> 33) % sides;
}

static int compare(const uint32_t *a, const uint32_t *b, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	return 0;
}

/* Unwritten parts of from[] are zero. */
static bool item_has(const struct item *t, const uint32_t v[4], struct version_spec f)
{
	switch (t->form) {
	case FORM_EXACT:
		return compare(v, t->from, f.parts) == 0;
	case FORM_CLOSED:
		return compare(v, t->from, f.parts) >= 0 &&
		       compare(v, t->to, f.parts) <= 0;
	case FORM_OPEN:
		return compare(v, t->from, f.parts) >= 0 &&
		       compare(v, t->from, f.major) == 0;
	case FORM_STAR:
		return compare(v, t->from, t->n) == 0;
	case FORM_LIST:
	case FORM_LIST_STAR:
		if (compare(v, t->from, t->n) != 0)
			return false;
		for (unsigned i = 0; i < t->n_elements; i++)
			if (v[t->n] >= t->element[i].first &&
				(t->element[i].open || v[t->n] <= t->element[i].last))
				return true;
		return false;
	case FORM_ALL:
		return true;
	case FORM_NONE:
	case FORMS:
		break;
	}
	return false;
}

static bool subject_has(const struct subject *s, const uint32_t v[4])
{
	bool in = false;

	for (unsigned i = 0; i < s->n; i++)
		in = in || item_has(&s->item[i], v, s->f);
	for (unsigned i = s->n; i < s->n + s->n_except; i++)
		in = in && !item_has(&s->item[i], v, s->f);
	return in;
}

static void throw_item(struct item *t, unsigned n_parts)
{
	*t = (struct item){ .form = (enum form)dice(FORMS) };
	if (t->form >= FORM_ALL && dice(4) > 0)
		t->form = FORM_OPEN;
	for (unsigned i = 0; i < n_parts; i++) {
		t->from[i] = dice(4);
		t->to[i] = dice(4);
	}
	t->n = n_parts;
	if (t->form == FORM_CLOSED && compare(t->from, t->to, n_parts) > 0)
		for (unsigned i = 0; i < n_parts; i++) {
			uint32_t swap = t->from[i];

			t->from[i] = t->to[i];
			t->to[i] = swap;
		}
	if (t->form == FORM_OPEN)
		t->n = 1 + dice(n_parts);
	if (t->form == FORM_STAR && n_parts == 1)
		t->form = FORM_ALL;
	if (t->form == FORM_STAR)
		t->n = 1 + dice(n_parts - 1);
	if (t->form == FORM_LIST_STAR && n_parts == 1)
		t->form = FORM_LIST;
	if (t->form == FORM_LIST)
		t->n = n_parts - 1;
	if (t->form == FORM_LIST_STAR)
		t->n = dice(n_parts - 1);
	memset(&t->from[t->n], 0, (4 - t->n) * sizeof(t->from[0]));
	t->n_elements = 1 + dice(4);
	for (unsigned i = 0; i < t->n_elements; i++) {
		uint32_t a = dice(4), b = dice(4);

		t->element[i].first = MIN(a, b);
		t->element[i].last = MAX(a, b);
		t->element[i].single = a == b;
		t->element[i].open = dice(5) == 0;
	}
}

static void put_number(struct sbuf *b, uint32_t v)
{
	if (dice(16) == 0)
		sbuf_putc(b, '0');
	sbuf_put_u64(b, v);
}

static void put_parts(struct sbuf *b, const uint32_t *v, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		if (i > 0)
			sbuf_putc(b, '.');
		put_number(b, v[i]);
	}
}

static void put_elements(struct sbuf *b, const struct item *t)
{
	sbuf_puts(b, t->n > 0 ? ".<" : "<");
	for (unsigned i = 0; i < t->n_elements; i++) {
		sbuf_puts(b, i == 0 ? "" : dice(2) ? "," : " , ");
		put_number(b, t->element[i].first);
		if (t->element[i].open || !t->element[i].single)
			sbuf_puts(b, "..");
		if (!t->element[i].open && !t->element[i].single)
			put_number(b, t->element[i].last);
	}
	sbuf_putc(b, '>');
}

static void put_item(struct sbuf *b, const struct item *t)
{
	if (t->form == FORM_ALL || t->form == FORM_NONE) {
		sbuf_puts(b, t->form == FORM_ALL ? "*" : "none");
		return;
	}
	put_parts(b, t->from, t->n);
	switch (t->form) {
	case FORM_CLOSED:
		sbuf_puts(b, "..");
		put_parts(b, t->to, t->n);
		break;
	case FORM_OPEN:
		sbuf_putc(b, '+');
		break;
	case FORM_STAR:
		sbuf_puts(b, ".*");
		break;
	case FORM_LIST:
		put_elements(b, t);
		break;
	case FORM_LIST_STAR:
		put_elements(b, t);
		sbuf_puts(b, ".*");
		break;
	case FORM_EXACT:
	case FORM_ALL:
	case FORM_NONE:
	case FORMS:
		break;
	}
}

static void throw_subject(struct subject *s, unsigned i)
{
	struct sbuf b = SBUF(s->text);

	*s = (struct subject){ .f = { parts, 1 + i % parts } };
	s->n = 1 + dice(4);
	s->n_except = dice(5) < 2 ? 1 + dice(3) : 0;
	for (unsigned j = 0; j < s->n + s->n_except; j++) {
		throw_item(&s->item[j], parts);
		if (j == s->n)
			sbuf_puts(&b, " except ");
		else if (j > 0)
			sbuf_puts(&b, dice(2) ? "," : ", ");
		put_item(&b, &s->item[j]);
	}
	sbuf_putc(&b, '\0');
	if (b.overflow)
		bail_out("a text too long");
}

static void version_at(size_t rank, uint32_t v[4])
{
	memset(v, 0, 4 * sizeof(v[0]));
	for (unsigned i = parts; i-- > 0; rank /= DIGITS)
		v[i] = (uint32_t)(rank % DIGITS);
}

/* The place of a bound among the versions with parts from 0 to 4; it has no other parts.
 */
static size_t rank_of(struct key k)
{
	size_t rank = 0;

	if (key_is_end(k))
		return grid;
	for (unsigned i = 0; i < parts; i++) {
		if (key_part(k, i) >= DIGITS)
			bail_out("a bound off the grid");
		rank = rank * DIGITS + key_part(k, i);
	}
	return rank;
}

static void to_bits(struct ranges r, uint64_t bits[WORDS])
{
	memset(bits, 0, WORDS * sizeof(bits[0]));
	for (uint32_t i = 0; i < r.n; i++)
		for (size_t at = rank_of(r.iv[i].lo), end = rank_of(r.iv[i].hi); at < end;
			at++)
			bits[at / 64] |= (uint64_t)1 << at % 64;
}

static bool same_bits(const uint64_t a[WORDS], const uint64_t b[WORDS])
{
	return memcmp(a, b, WORDS * sizeof(a[0])) == 0;
}

/* Wrong answers by what was asked, and one example. */
struct tally {
	size_t wrong;
	char example[1100];
};

static void count(
	struct tally *t, bool right, const struct subject *x, const struct subject *y)
{
	if (right)
		return;
	if (t->wrong++ == 0)
		snprintf(t->example, sizeof(t->example),
			"'%s' (major %u) and '%s' (major %u)", x->text, x->f.major,
			y->text, y->f.major);
}

static void report(const struct tally *t, const char *name)
{
	if (!is_int((intmax_t)t->wrong, 0, "%u parts: %s", parts, name))
		diag("    first: %s", t->example);
}

static struct ranges do_union(struct ranges x, struct ranges y)
{
	struct ranges r;

	if (ranges_union(&arena, x, y, &r) < 0)
		bail_out("no memory");
	return r;
}

static struct ranges do_intersect(struct ranges x, struct ranges y)
{
	struct ranges r;

	if (ranges_intersect(&arena, x, y, &r) < 0)
		bail_out("no memory");
	return r;
}

static struct ranges do_minus(struct ranges x, struct ranges y)
{
	struct ranges r;

	if (ranges_minus(&arena, x, y, &r) < 0)
		bail_out("no memory");
	return r;
}

static struct ranges do_not(struct ranges x)
{
	struct ranges r;

	if (ranges_complement(&arena, x, &r) < 0)
		bail_out("no memory");
	return r;
}

/* No set twice, where there are enough of them: no text twice for versions of one part.
 */
static void throw_new_subject(struct subject *s, unsigned i)
{
	unsigned j;

	for (unsigned tries = 0; tries < 1000; tries++) {
		throw_subject(s, i);
		s->set = must_parse(&arena, s->text, s->f, RANGE_POLICY);
		s->not_set = do_not(s->set);
		to_bits(s->set, s->bits);
		for (j = 0; j < i; j++)
			if (parts == 1 ? strcmp(pool[j].text, s->text) == 0
				       : same_bits(pool[j].bits, s->bits))
				break;
		if (j == i)
			return;
	}
	bail_out("no new text for %u parts", parts);
}

/* The text means what it says, for every version; laws of one set. */
static void test_each(void)
{
	static const uint32_t digit[] = { 0, 1, 2, 3, 4, TOP };
	struct tally meaning = { 0 }, print = { 0 }, law = { 0 };
	struct interval all_iv = { KEY_MIN, KEY_END };
	struct ranges all = { &all_iv, 1 };

	for (unsigned i = 0; i < POOL; i++) {
		struct subject *s = &pool[i];
		struct ranges x, back;
		char text[8192];
		bool right = true;

		throw_new_subject(s, i);
		x = s->set;
		for (uint32_t a = 0; a < 1296; a++) {
			uint32_t v[4] = { digit[a / 216], digit[a / 36 % 6],
				digit[a / 6 % 6], digit[a % 6] };

			for (unsigned j = parts; j < 4; j++)
				v[j] = 0;
			right = right && subject_has(s, v) ==
						 ranges_contains(x, key_from_parts(v));
		}
		for (size_t at = 0; at < grid; at++) {
			uint32_t v[4];

			version_at(at, v);
			right = right &&
				subject_has(s, v) == (s->bits[at / 64] >> at % 64 & 1);
		}
		count(&meaning, right && ranges_valid(x, (enum line_kind)parts), s, s);

		show(x, parts, s->normal, sizeof(s->normal));
		back = must_parse(&arena, s->normal, s->f, RANGE_ANY);
		right = ranges_equal(x, back);
		back = must_parse(&arena, show_policy(x, s->f, text, sizeof(text)), s->f,
			RANGE_POLICY);
		count(&print, right && ranges_equal(x, back), s, s);

		right = ranges_equal(do_union(x, x), x) &&
			ranges_equal(do_intersect(x, x), x) && do_minus(x, x).n == 0 &&
			ranges_equal(do_not(s->not_set), x) &&
			ranges_equal(do_union(x, s->not_set), all) &&
			do_intersect(x, s->not_set).n == 0 &&
			ranges_equal(do_union(x, RANGES_NONE), x) &&
			do_intersect(x, RANGES_NONE).n == 0 &&
			ranges_equal(do_intersect(x, all), x) &&
			ranges_equal(do_minus(all, x), s->not_set) &&
			ranges_equal(do_minus(x, RANGES_NONE), x) &&
			ranges_subset(x, x, NULL) &&
			ranges_subset(RANGES_NONE, x, NULL) &&
			ranges_subset(x, all, NULL);
		count(&law, right, s, s);
	}
	report(&meaning, "the meaning of each text, version by version");
	report(&print, "what is printed is read back, in both forms");
	report(&law, "idempotence, complement, neutral elements");
}

static void test_pair(const struct subject *x, const struct subject *y, struct tally t[6])
{
	uint64_t bits[WORDS], want[WORDS];
	struct ranges u = do_union(x->set, y->set), i = do_intersect(x->set, y->set),
		      d = do_minus(x->set, y->set);
	struct key witness = KEY_END;
	size_t first = grid;
	bool right = true, is, same = same_bits(x->bits, y->bits);

	for (unsigned w = 0; w < WORDS; w++)
		want[w] = x->bits[w] | y->bits[w];
	to_bits(u, bits);
	right = right && same_bits(bits, want);
	for (unsigned w = 0; w < WORDS; w++)
		want[w] = x->bits[w] & y->bits[w];
	to_bits(i, bits);
	right = right && same_bits(bits, want);
	for (unsigned w = WORDS; w-- > 0;) {
		want[w] = x->bits[w] & ~y->bits[w];
		if (want[w])
			first = w * 64 + (unsigned)__builtin_ctzll(want[w]);
	}
	to_bits(d, bits);
	right = right && same_bits(bits, want);
	count(&t[0], right, x, y);

	is = ranges_subset(x->set, y->set, &witness);
	count(&t[1],
		is == (first == grid) &&
			(is ? key_is_end(witness) : rank_of(witness) == first),
		x, y);
	count(&t[2],
		ranges_equal(x->set, y->set) == same &&
			(strcmp(x->normal, y->normal) == 0) == same,
		x, y);
	count(&t[3],
		ranges_equal(do_not(u), do_intersect(x->not_set, y->not_set)) &&
			ranges_equal(do_not(i), do_union(x->not_set, y->not_set)),
		x, y);
	count(&t[4],
		ranges_equal(do_union(x->set, i), x->set) &&
			ranges_equal(do_intersect(x->set, u), x->set) &&
			ranges_equal(u, do_union(y->set, x->set)) &&
			ranges_equal(i, do_intersect(y->set, x->set)) &&
			ranges_equal(d, do_intersect(x->set, y->not_set)) &&
			ranges_equal(do_union(d, i), x->set) &&
			do_intersect(d, y->set).n == 0 && is == ranges_equal(u, y->set) &&
			is == ranges_equal(i, x->set) && is == (d.n == 0),
		x, y);
	if (u.n <= RANGE_INTERVALS_MAX && d.n <= RANGE_INTERVALS_MAX) {
		char text[8192];

		right = ranges_equal(
			u, must_parse(&arena, show(u, parts, text, sizeof(text)), x->f,
				   RANGE_ANY));
		right = right &&
			ranges_equal(
				d, must_parse(&arena, show(d, parts, text, sizeof(text)),
					   x->f, RANGE_ANY));
		count(&t[5], right, x, y);
	}
}

static void test_pairs(void)
{
	static struct tally t[6];

	memset(t, 0, sizeof(t));
	for (unsigned i = 0; i < POOL; i++)
		for (unsigned j = 0; j < POOL; j++) {
			struct arena_mark m = arena_mark(&arena);

			test_pair(&pool[i], &pool[j], t);
			arena_rewind(&arena, m);
		}
	report(&t[0], "union, intersection, difference of all pairs");
	report(&t[1], "subset of all pairs, and its smallest witness");
	report(&t[2], "equal sets, and only they, print alike");
	report(&t[3], "De Morgan");
	report(&t[4], "absorption, commutation, difference, subset by the others");
	report(&t[5], "results are read back as printed");
}

static void test_triples(void)
{
	static struct tally t;

	memset(&t, 0, sizeof(t));
	for (unsigned i = 0; i < TRIPLES; i++) {
		struct arena_mark m = arena_mark(&arena);
		const struct subject *a = &pool[dice(POOL)], *b = &pool[dice(POOL)],
				     *c = &pool[dice(POOL)];
		struct ranges x = a->set, y = b->set, z = c->set;

		count(&t,
			ranges_equal(do_union(x, do_union(y, z)),
				do_union(do_union(x, y), z)) &&
				ranges_equal(do_intersect(x, do_intersect(y, z)),
					do_intersect(do_intersect(x, y), z)) &&
				ranges_equal(do_intersect(x, do_union(y, z)),
					do_union(do_intersect(x, y),
						do_intersect(x, z))) &&
				ranges_equal(do_union(x, do_intersect(y, z)),
					do_intersect(do_union(x, y), do_union(x, z))) &&
				ranges_equal(do_minus(x, do_union(y, z)),
					do_minus(do_minus(x, y), z)),
			a, b);
		arena_rewind(&arena, m);
	}
	report(&t, "association, distribution");
}

int main(void)
{
	plan(4 * 10);
	arena_init(&arena, 256 << 20);
	seed = 0x9e3779b97f4a7c15u;
	for (parts = 1; parts <= 4; parts++) {
		grid = 1;
		for (unsigned i = 0; i < parts; i++)
			grid *= DIGITS;
		test_each();
		test_pairs();
		test_triples();
	}
	arena_release(&arena);
	return done_testing();
}
