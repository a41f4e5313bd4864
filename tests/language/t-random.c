/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Random policies over small domains: the verdict of the parsed descriptors, of the diagrams
 * and of the clauses one by one must be one verdict, and two equal fingerprints that begin with
 * mc1- must match. The seed is printed; pass another as the first argument, the number of
 * policies as the second.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/language/harness.h"
#include "tests/tap.h"

#define SUBJECTS     10
#define ATTRS	     7
#define SEED	     20200804
#define POLICIES     1500

static uint64_t state;

static unsigned rnd(unsigned n)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(state >> 33) % n;
}

static char policy[16384], line[SUBJECTS][512];
static size_t at;

static void put(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static void put(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	at += (size_t)vsnprintf(policy + at, sizeof(policy) - at, fmt, ap);
	va_end(ap);
	if (at >= sizeof(policy))
		bail_out("a policy too long for its buffer");
}

enum kind { STRING, ENUM, BOOL, INT, PCI, VERSION, SET };

static const char *const type_text[] = { "string", "enum { a, b, c }", "bool", "int 0..4",
	"pci-id", "version(2)", "set" };
static const char *const values[][5] = { { "a", "b", "c", "d", "x y" }, { "a", "b", "c", "a", "b" },
	{ "yes", "no", "on", "off", "1" }, { "0", "1", "2", "3", "4" },
	{ "10de:0001", "10de:0002", "8086:0001", "8086:0002", "10de:0003" },
	{ "1.0", "1.1", "1.2", "2.0", "2.1" }, { "", "p", "q", "p q", "p q r" } };
/* The same as constants of the language. */
static const char *const consts[][5] = { { "a", "b", "c", "d", "\"x y\"" },
	{ "a", "b", "c", "a", "b" }, { "yes", "no", "yes", "no", "yes" },
	{ "0", "1", "2", "3", "4" },
	{ "10de:0001", "10de:0002", "8086:0001", "8086:0002", "10de:0003" },
	{ "1.0", "1.1", "1.2", "2.0", "2.1" },
	{ "{ }", "{ p }", "{ q }", "{ p, q }", "{ p, q, r }" } };

static enum kind kinds[ATTRS];
static bool dynamic[ATTRS];
static unsigned n_attrs;

static const char *constant(enum kind k)
{
	if (k == VERSION && rnd(3) == 0)
		return (const char *[]){ "1.*", "1.<0,2>", "1.1+", "2.0..2.1", "*" }[rnd(5)];
	return consts[k][rnd(5)];
}

static void put_list(enum kind k)
{
	unsigned n = 1 + rnd(3);

	put("in ");
	while (n-- > 0)
		put("%s%s", constant(k), n ? ", " : "");
	if (rnd(4) == 0)
		put(" except %s", constant(k));
}

static void put_clause(unsigned i, bool when)
{
	static const char *const order[] = { "<=", ">=" };
	static const char *const sets[] = { "subset", "superset", "disjoint", "==" };
	enum kind k = kinds[i];

	put("a%u ", i);
	if (rnd(4) == 0)
		put("%s", (const char *[]){ "any", "any", "absent", "present" }[rnd(4)]);
	else if (k == SET && rnd(3) > 0)
		put("%s %s", sets[rnd(4)], when || rnd(2) ? consts[k][rnd(5)] : "self");
	else if ((k == VERSION || k == INT) && rnd(2))
		put("%s %s", order[rnd(2)], when || rnd(2) ? consts[k][rnd(5)] : "self");
	else if (k == VERSION && !when && rnd(3) == 0)
		put("not-newer self");
	else if (k == INT && !when && rnd(2))
		put("== %s", (const char *[]){ "self + 1", "4 - self", "self * 2", "self / 2" }[rnd(4)]);
	else if (rnd(3) == 0)
		put("== %s", when || rnd(2) ? consts[k][rnd(5)] : "self");
	else
		put_list(k);
	put("; ");
}

static void put_block(void)
{
	unsigned n = rnd(4), i, refuse = rnd(6) == 0;

	if (n == 0 && !refuse) {
		put("accept same; ");
		return;
	}
	put(refuse ? "refuse { " : "accept same but { ");
	for (i = 0; i < n || i == 0; i++)
		put_clause(rnd(n_attrs), false);
	if (!refuse && rnd(3) == 0)
		put("type in d-{n: 1, 2}; ");
	put("} ");
}

static void make_policy(void)
{
	unsigned rules = 1 + rnd(3), i, k;

	at = 0;
	n_attrs = 2 + rnd(ATTRS - 2);
	put("language 1; policy p { applies mdev-type driver d; ");
	for (i = 0; i < n_attrs; i++) {
		bool presence = rnd(3);

		kinds[i] = rnd(7);
		dynamic[i] = rnd(6) == 0;
		put("attribute a%u : %s from %s \"a%u\"", i, type_text[kinds[i]],
			dynamic[i] ? "device" : "type", i);
		if (presence || dynamic[i])
			put(" default %s", dynamic[i] || rnd(2) ? consts[kinds[i]][rnd(5)] : "absent");
		put("%s; ", dynamic[i] ? " dynamic" : "");
	}
	for (i = 0; i < rules; i++) {
		put("rule r%u { ", i);
		for (k = rnd(3); k > 0; k--) {
			put("when ");
			put_clause(rnd(n_attrs), true);
		}
		for (k = 1 + rnd(3); k > 0; k--)
			put_block();
		if (rnd(25) == 0)
			put("migratable no; ");
		put("} ");
	}
	put("}");
}

static void make_subject(char *p, size_t size)
{
	size_t n = (size_t)snprintf(p, size, "type=d-%u", 1 + rnd(2));
	unsigned i;

	for (i = 0; i < n_attrs; i++)
		if (rnd(9))
			n += (size_t)snprintf(p + n, size - n, " a%u='%s'", i,
				values[kinds[i]][rnd(3) ? 0 : rnd(5)]);
}

static struct {
	unsigned compatible, incompatible, unknown, equal, skipped;
} count;

/* False when anything disagrees. */
static bool try_policy(void)
{
	struct evaluation *e;
	struct line_subject s[SUBJECTS];
	struct str section, v;
	struct arena a;
	bool good = true;
	unsigned i, k;

	arena_init(&a, 512 << 20);
	e = arena_new_array(&a, SUBJECTS, struct evaluation);
	section = compile_section(&a, (struct str){ policy, at });
	if (!section.p) {
		arena_release(&a);
		diag("%s", policy);
		return false;
	}
	for (i = 0; i < SUBJECTS; i++) {
		make_subject(line[i], sizeof(line[i]));
		if (!line_subject(str_from(line[i]), &s[i]) ||
			line_evaluate(&a, section, &s[i], &e[i]) < 0)
			bail_out("cannot evaluate %s", line[i]);
	}
	for (i = 0; i < SUBJECTS; i++)
		for (k = 0; k < SUBJECTS; k++) {
			v = line_verdict(&a, &e[i], &e[k]);
			count.compatible += str_eq(v, STR("compatible"));
			count.incompatible += str_eq(v, STR("incompatible"));
			count.unknown += str_starts(v, STR("unknown"));
			count.equal += i != k && e[i].fingerprint[0] &&
				       strcmp(e[i].fingerprint, e[k].fingerprint) == 0;
			if (!str_starts(v, STR("disagree")))
				continue;
			good = false;
			diag("%.*s", STR_FMT(v));
			diag("policy %s", policy);
			diag("source %s", line[i]);
			diag("target %s", line[k]);
		}
	arena_release(&a);
	return good;
}

int main(int argc, char **argv)
{
	unsigned n = argc > 2 ? (unsigned)atoi(argv[2]) : POLICIES, i, bad = 0, judged;

	state = argc > 1 ? strtoull(argv[1], NULL, 0) : SEED;
	plan(3);
	diag("seed %llu, %u policies, %u subjects each", (unsigned long long)state, n, SUBJECTS);
	for (i = 0; i < n && bad < 5; i++) {
		make_policy();
		bad += !try_policy();
	}
	ok(bad == 0, "one verdict from descriptors, diagrams and clauses");
	judged = count.compatible + count.incompatible;
	diag("%u compatible, %u incompatible, %u unknown, %u pairs of equal fingerprints",
		count.compatible, count.incompatible, count.unknown, count.equal);
	ok(count.compatible > judged / 10 && count.incompatible > judged / 10,
		"the verdicts are mixed");
	ok(count.equal > n / 20, "equal fingerprints were met");
	return done_testing();
}
