/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Tests of a version against a range list, in nanoseconds of processor time: ours with
 * both sides parsed, with the version parsed each time, with both parsed each time, and
 * the peers. All take turns in each of many rounds, so that what disturbs one disturbs
 * the others; medians are printed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench/bench-version.h"
#include "engine/version/text.h"

#define TESTS  20000
#define PASSES 3 /* timed together: the first also fetches what the others left */
#define ROUNDS 21

static const struct version_spec spec = { 3, 1 };

static struct arena arena, parsed; /* parsed ranges lie together, as in an image */
static struct version_test peer_test[TESTS];
static struct {
	struct key version;
	struct ranges ranges;
} test[TESTS];
static struct {
	struct str version, range;
} text_test[TESTS];

static unsigned dice(unsigned sides)
{
	static uint64_t seed = 0x2545f4914f6cdd1du;

	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)(seed >> 33) % sides;
}

static struct str text(const char *fmt, unsigned a, unsigned b, unsigned c, unsigned d)
{
	char buf[128];

	snprintf(buf, sizeof(buf), fmt, a, b, c, d);
	return str_dup(&arena, str_from(buf));
}

static const char *print(struct key k)
{
	char buf[VERSION_TEXT_MAX + 1];
	struct sbuf b = SBUF(buf);

	if (key_is_end(k))
		return "4294967295";
	version_print(&b, k, spec.parts);
	return str_dup(&arena, sbuf_str(&b)).p;
}

/* Ranges as policies have them, versions near their ends. */
static void make_tests(void)
{
	static const char *const form[] = {
		"%u.%u.<%u,%u>, 2.1+",
		"%u.%u.%u..4.%u.0",
		"%u.%u.%u+, 9.%u.*",
		"%u.%u.*, 3.%u.%u, 5.1.*, 7.0.1+",
		"%u.%u.%u, 4.2.<3..>, 6.%u+",
	};
	struct range_error e;

	for (size_t i = 0; i < TESTS; i++) {
		struct version_test *t = &peer_test[i];

		text_test[i].range =
			text(form[dice(5)], dice(3), dice(4), dice(12), dice(12));
		text_test[i].version = text("%u.%u.%u", dice(4), dice(4), dice(14), 0);
		if (range_parse(&parsed, text_test[i].range, spec, RANGE_POLICY,
			    &test[i].ranges, &e) < 0 ||
			version_parse(&arena, text_test[i].version, spec, true,
				&test[i].version, &e) < 0 ||
			test[i].ranges.n > INTERVALS_MAX)
			abort();
		t->version = text_test[i].version.p;
		t->n = test[i].ranges.n;
		for (unsigned j = 0; j < t->n; j++) {
			t->lo[j] = print(test[i].ranges.iv[j].lo);
			t->hi[j] = print(test[i].ranges.iv[j].hi);
		}
	}
}

static size_t run_parsed(void)
{
	size_t yes = 0;

	for (size_t i = 0; i < TESTS; i++)
		yes += ranges_contains(test[i].ranges, test[i].version);
	return yes;
}

static size_t run_version_text(void)
{
	struct range_error e;
	struct key k;
	size_t yes = 0;

	for (size_t i = 0; i < TESTS; i++)
		if (version_parse(&arena, text_test[i].version, spec, false, &k, &e) == 0)
			yes += ranges_contains(test[i].ranges, k);
	return yes;
}

static size_t run_both_texts(void)
{
	struct range_error e;
	struct ranges r;
	struct key k;
	size_t yes = 0;

	for (size_t i = 0; i < TESTS; i++) {
		struct arena_mark m = arena_mark(&arena);

		if (version_parse(&arena, text_test[i].version, spec, false, &k, &e) ==
				0 &&
			range_parse(&arena, text_test[i].range, spec, RANGE_POLICY, &r,
				&e) == 0)
			yes += ranges_contains(r, k);
		arena_rewind(&arena, m);
	}
	return yes;
}

/* What a program without a library would do. */
static size_t run_strverscmp(void)
{
	size_t yes = 0;

	for (size_t i = 0; i < TESTS; i++)
		for (unsigned j = 0; j < peer_test[i].n; j++)
			if (strverscmp(peer_test[i].version, peer_test[i].lo[j]) >= 0 &&
				strverscmp(peer_test[i].version, peer_test[i].hi[j]) <
					0) {
				yes++;
				break;
			}
	return yes;
}

#ifdef HAVE_APT
static size_t apt(void)
{
	return run_apt(peer_test, TESTS);
}
#endif

#ifdef HAVE_SOLV
static size_t solv(void)
{
	return run_solv(peer_test, TESTS);
}
#endif

static struct runner {
	const char *name;
	size_t (*run)(void);
	double ns[ROUNDS];
} runners[] = {
	{ "parsed version in parsed range", run_parsed, { 0 } },
	{ "text of a version in parsed range", run_version_text, { 0 } },
	{ "text of a version in text of a range", run_both_texts, { 0 } },
	{ "strverscmp", run_strverscmp, { 0 } },
#ifdef HAVE_APT
	{ "libapt-pkg", apt, { 0 } },
#endif
#ifdef HAVE_SOLV
	{ "libsolv", solv, { 0 } },
#endif
};

static int compare_double(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

int main(void)
{
	size_t n = sizeof(runners) / sizeof(runners[0]), want;
	double ours;

	arena_init(&arena, (size_t)1 << 30);
	arena_init(&parsed, (size_t)1 << 30);
	make_tests();
	want = run_parsed();
	for (int round = 0; round < ROUNDS; round++)
		for (size_t i = 0; i < n; i++) {
			double from = now();

			for (int pass = 0; pass < PASSES; pass++)
				if (runners[i].run() != want) {
					fprintf(stderr, "%s does not agree\n",
						runners[i].name);
					return EXIT_FAILURE;
				}
			runners[i].ns[round] = (now() - from) / (TESTS * PASSES);
		}
	for (size_t i = 0; i < n; i++)
		qsort(runners[i].ns, ROUNDS, sizeof(double), compare_double);
	ours = runners[0].ns[ROUNDS / 2];
	printf("%s\t%.1f\tns\t<=\t10\n", runners[0].name, ours);
	for (size_t i = 1; i < n; i++) {
		double median = runners[i].ns[ROUNDS / 2];

		printf("%s\t%.1f\tns\n", runners[i].name, median);
		if (strncmp(runners[i].name, "lib", 3) == 0)
			printf("%s / ours\t%.1f\ttimes\t>=\t6\n", runners[i].name,
				median / ours);
		else
			printf("%s / ours\t%.1f\ttimes\n", runners[i].name,
				median / ours);
	}
	printf("# %d tests, %zu of them a yes; all agree\n", TESTS, want);
	arena_release(&arena);
	arena_release(&parsed);
	return EXIT_SUCCESS;
}
