/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/analyse/gen.h"

static uint64_t state;

void gen_seed(uint64_t seed)
{
	state = seed;
}

unsigned gen_rnd(unsigned n)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(state >> 33) % n;
}

#define rnd gen_rnd

enum kind { ENUM, STRING, BOOL, INT, VERSION, SET, OPEN_SET, MASK, KINDS };

static const char *const type_text[KINDS] = { "enum { a, b, c }", "string", "bool", "int 0..3",
	"version(2)", "set { p, q }", "set", "mask(3)" };
/* What a fact may hold, and the same as constants. A NULL ends each list. */
static const char *const values[KINDS][9] = { { "a", "b", "c" }, { "a", "b", "ax", "z", "zz" },
	{ "no", "yes" }, { "0", "1", "2", "3" },
	{ "1.0", "1.1", "1.2", "2.0", "2.1", "3.0" }, { "", "p", "q", "p q" },
	{ "", "p", "q", "p q", "u", "p u", "u v", "v" },
	{ "0", "1", "2", "3", "4", "5", "6", "7" } };
static const char *const consts[KINDS][4] = { { "a", "b" }, { "a", "b" }, { "no", "yes" },
	{ "1", "2" }, { "1.0", "1.1", "2.0" }, { "{ }", "{ p }", "{ p, q }" },
	{ "{ }", "{ p }", "{ p, q }" }, { "{ 0 }", "{ 0, 1 }", "{ }" } };
static const char *const defaults[KINDS] = { "a", "b", "no", "1", "1.0", "{ p }", "{ }", "{ 0 }" };

static struct gen_policy *at;

static void put(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static void put(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	at->n += (size_t)vsnprintf(at->text + at->n, sizeof(at->text) - at->n, fmt, ap);
	va_end(ap);
	if (at->n >= sizeof(at->text))
		abort();
}

static const char *constant(enum kind k)
{
	unsigned n = 0;

	if (k == VERSION && rnd(3) == 0)
		return (const char *[]){ "1.*", "1.<0,2>", "1.1+", "1.1..2.0" }[rnd(4)];
	while (n < 4 && consts[k][n])
		n++;
	return consts[k][rnd(n)];
}

static const char *single(enum kind k)
{
	unsigned n = 0;

	while (n < 4 && consts[k][n])
		n++;
	return consts[k][rnd(n)];
}

static void put_list(enum kind k)
{
	unsigned n = 1 + rnd(2);

	put("in ");
	while (n-- > 0)
		put("%s%s", constant(k), n ? ", " : "");
	if (rnd(4) == 0)
		put(" except %s", constant(k));
}

static const char *self_of(unsigned i, bool when, bool offer)
{
	if (when || rnd(2))
		return single(at->kind[i]);
	if (at->has_local && at->local_of == i && at->kind[i] != VERSION && !offer)
		return "self.l";
	return "self";
}

/* The operand is drawn before the operator: in one call a compiler would choose which comes first,
 * and one seed would be two tests. */
static void put_compared(const char *const *op, unsigned n, const char *operand)
{
	put("%s %s", op[rnd(n)], operand);
}

static void put_clause(unsigned i, bool when, bool refuse)
{
	static const char *const order[] = { "<=", ">=" };
	static const char *const sets[] = { "subset", "superset", "disjoint", "==" };
	enum kind k = at->kind[i];

	put("a%u ", i);
	if (rnd(5) == 0)
		put("%s", (const char *[]){ "any", "any", "absent", "present" }[rnd(4)]);
	else if ((k == SET || k == OPEN_SET || k == MASK) && rnd(4) > 0)
		put_compared(sets, 4, self_of(i, when, refuse));
	else if ((k == VERSION || k == INT) && rnd(2))
		put_compared(order, 2, self_of(i, when, refuse));
	else if (k == VERSION && !when && at->has_local && at->local_of == i && !refuse && rnd(2))
		put("in self.l");
	else if (k == VERSION && !when && rnd(3) == 0)
		put("not-newer self");
	else if (k == INT && !when && rnd(3) == 0)
		put("== %s", (const char *[]){ "self + 1", "3 - self", "self * 2", "self / 2" }[rnd(4)]);
	else if (k == STRING && when && rnd(2))
		put("in a*");
	else if (k == ENUM && !when && rnd(4) == 0)
		put("in {n: a, b}");
	else if (rnd(3) == 0)
		put("== %s", self_of(i, when, refuse));
	else
		put_list(k);
	put("; ");
}

static void put_block(void)
{
	unsigned n = rnd(3), i, kind = rnd(8);

	if (kind == 0) {
		put("refuse { ");
	} else if (kind == 1) {
		put("offer { ");
	} else if (n == 0) {
		put("accept same; ");
		return;
	} else {
		put("accept same but { ");
	}
	if (kind > 1 && rnd(3) == 0)
		put("type %s; ", rnd(2) ? "any" : "in d-{k: 1, 2}");
	for (i = 0; i < n || i == 0; i++)
		put_clause(rnd(at->n_attrs), false, kind < 2);
	put("} ");
}

static void put_attrs(const struct gen_policy *like)
{
	unsigned i;

	if (like) {
		const char *end = strstr(like->text, "\n# rules\n");

		at->n_attrs = like->n_attrs;
		at->has_local = like->has_local;
		at->local_of = like->local_of;
		memcpy(at->kind, like->kind, sizeof(at->kind));
		put("%.*s", (int)(end - like->text), like->text);
		return;
	}
	at->n_attrs = 1 + rnd(3);
	put("language 1; policy p { applies mdev-type driver d; ");
	for (i = 0; i < at->n_attrs; i++) {
		enum kind k = rnd(KINDS);
		bool dynamic = rnd(8) == 0;

		at->kind[i] = k;
		put("attribute a%u : %s from %s \"a%u\"", i, type_text[k], dynamic ? "device" : "type",
			i);
		if (dynamic || rnd(3) == 0)
			put(" default %s%s", dynamic || rnd(2) ? defaults[k] : "absent",
				dynamic ? " dynamic" : "");
		put("; ");
	}
	at->has_local = rnd(3) == 0;
	at->local_of = rnd(at->n_attrs);
	if (at->has_local)
		put("local l : %s from type \"l\" default %s; ",
			at->kind[at->local_of] == VERSION ? "versions(2)" :
							    type_text[at->kind[at->local_of]],
			at->kind[at->local_of] == VERSION ? (rnd(2) ? "*" : "1.*") :
							    defaults[at->kind[at->local_of]]);
}

void gen_make(struct gen_policy *p, const struct gen_policy *like)
{
	unsigned rules, i, k;

	memset(p, 0, sizeof(*p));
	at = p;
	put_attrs(like);
	put("\n# rules\n");
	if (rnd(2))
		put_block();
	rules = rnd(3);
	if (p->text[p->n - 1] == '\n' && rules == 0)
		rules = 1;
	for (i = 0; i < rules; i++) {
		put("rule r%u { ", i);
		for (k = rnd(3); k > 0; k--) {
			put("when ");
			put_clause(rnd(p->n_attrs), true, false);
		}
		if (rnd(6) == 0)
			put("when type == d-1; ");
		for (k = 1 + rnd(2); k > 0; k--)
			put_block();
		if (rnd(25) == 0)
			put("migratable no; ");
		put("} ");
	}
	put("}");
}

/* ---- the universe ---------------------------------------------------------------------------------- */

static const char *const lists[] = { "*", "none", "1.0", "1.1", "2.0", "1.0, 2.0" };

unsigned gen_universe(const struct gen_policy *p, char line[][256])
{
	unsigned radix[GEN_ATTRS_MAX + 2], n = p->n_attrs + 1 + p->has_local, i, k, count = 1, all;

	radix[0] = 3; /* types */
	for (i = 0; i < p->n_attrs; i++) {
		for (k = 0; k < 9 && values[p->kind[i]][k];)
			k++;
		radix[1 + i] = k + 1; /* absent */
	}
	if (p->has_local) {
		for (k = 0; k < 9 && values[p->kind[p->local_of]][k];)
			k++;
		radix[n - 1] = p->kind[p->local_of] == VERSION ? (unsigned)(sizeof(lists) / sizeof(*lists)) : k;
	}
	for (i = 0, all = 1; i < n; i++)
		all *= radix[i];
	count = all < GEN_SUBJECTS_MAX ? all : GEN_SUBJECTS_MAX;
	for (k = 0; k < count; k++) {
		unsigned which = all == count ? k : rnd(all), digit;
		size_t m = 0;

		for (i = 0; i < n; i++, which /= radix[i - 1]) {
			digit = which % radix[i];
			if (i == 0)
				m += (size_t)snprintf(line[k] + m, 256 - m, "type=d-%u", 1 + digit);
			else if (i <= p->n_attrs && digit < radix[i] - 1)
				m += (size_t)snprintf(line[k] + m, 256 - m, " a%u='%s'", i - 1,
					values[p->kind[i - 1]][digit]);
			else if (i > p->n_attrs)
				m += (size_t)snprintf(line[k] + m, 256 - m, " l='%s'",
					p->kind[p->local_of] == VERSION ?
						lists[digit] :
						values[p->kind[p->local_of]][digit]);
		}
	}
	return count;
}
