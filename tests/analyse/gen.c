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
	/* What a refusal looks up must be there: this has a default. */
	if (at->has_local && at->local_of == i && at->kind[i] != VERSION && (!offer || at->rich))
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
	if (at->rich && k == VERSION && at->has_local && at->local_of == i && !when && !refuse && rnd(2))
		put("in self.l");
	else if (rnd(5) == 0)
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

/* A claim that can have another value than the source's. */
static void put_claim(unsigned i)
{
	unsigned from = rnd(at->n_attrs);

	if (at->kind[from] != INT)
		from = i;
	if (at->kind[i] == INT && at->kind[from] == INT && rnd(4) > 0)
		put("claim a%u = source.a%u %s; ", i, from,
			(const char *[]){ "+ 1", "* 2", "/ 2", "- 1" }[rnd(4)]);
	else
		put("claim a%u; ", i);
}

static void put_scope_clause(void)
{
	switch (rnd(4)) {
	case 0:
		put("driver any; ");
		return;
	case 1:
		put("driver in d, e; ");
		return;
	case 2:
		put("kind any; driver any; type any; ");
		return;
	default:
		put("driver == %s; ", rnd(2) ? "self" : "d");
	}
}

static void put_block(void)
{
	unsigned n = rnd(3), i, kind = rnd(8);
	bool said[GEN_ATTRS_MAX + 1] = { false };

	if (at->rich && kind == 2 + rnd(2))
		kind = rnd(2);

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
	if (at->rich && (at->second || at->vfio) && rnd(3) == 0)
		put_scope_clause();
	for (i = 0; i < n || i == 0; i++) {
		unsigned a = rnd(at->n_attrs);

		if (at->rich && kind == 1 && at->kind[a] != INT && at->kind[a] != VERSION)
			a = rnd(at->n_attrs);
		if (at->rich && kind == 1 && (at->kind[a] == INT || at->kind[a] == VERSION) && rnd(4) > 0)
			put("a%u in %s; ", a, at->kind[a] == INT ? (rnd(2) ? "0..1, 3" : "1..2 except 2") :
								    (rnd(2) ? "1.*, 3.0" : "1.0+ except 1.1"));
		else
			put_clause(a, false, kind < 2);
		said[a] = true;
	}
	for (i = 0; at->rich && kind > 1 && i < at->n_attrs; i++)
		if (at->dynamic[i] && rnd(said[i] ? 2 : 3) == 0)
			put_claim(i);
	put("} ");
}

static void put_applies(const struct gen_policy *scopes)
{
	at->second = scopes ? scopes->second : rnd(3) == 0;
	at->vfio = scopes ? scopes->vfio : rnd(3) == 0;
	put("applies mdev-type driver d%s; ", at->second ? ", e" : "");
	if (at->vfio)
		put("applies vfio-device driver g; ");
}

/* Facts of sites are read for devices of every kind. */
static void put_rich_attrs(const struct gen_policy *scopes)
{
	unsigned i;

	at->n_attrs = 1 + rnd(3);
	put("language 1; policy p { ");
	put_applies(scopes);
	for (i = 0; i < at->n_attrs; i++) {
		unsigned how = rnd(6), one = rnd(KINDS), other = rnd(3);
		/* More of what claims and lists of ranges are about. */
		enum kind k = (other > 0) == (how == 0) ? (how == 0 ? INT : VERSION) : one;

		at->kind[i] = k;
		at->dynamic[i] = how == 0;
		put("attribute a%u : %s from site \"a%u\"", i, type_text[k], i);
		if (how <= 2)
			put(" default %s%s", how <= 1 ? defaults[k] : "absent", how == 0 ? " dynamic" : "");
		put("; ");
	}
	at->has_local = rnd(2);
	at->local_of = rnd(at->n_attrs);
	if (!at->has_local)
		return;
	put("local l : %s from site \"l\" default ",
		at->kind[at->local_of] == VERSION ? "versions(2)" : type_text[at->kind[at->local_of]]);
	if (at->kind[at->local_of] == VERSION)
		put("%s; ", rnd(2) ? "*" : "1.*");
	else
		put("%s; ", defaults[at->kind[at->local_of]]);
}

/* What narrows it: the same declarations under another name, a fact of its own, refusals. */
static void put_narrow(void)
{
	struct gen_policy *p = at, draft = *p;
	const char *end = strstr(p->text, "\n# rules\n"), *body = strstr(p->text, "{ ");
	unsigned n = 1 + rnd(2), i;

	at = &draft;
	draft.n = 0;
	p->own_fact = rnd(2);
	put("language 1; policy q narrows p %.*s", (int)(end - body), body);
	if (p->own_fact)
		put("attribute n : bool from site \"n\"%s; ", rnd(2) ? " default no" : "");
	for (i = 0; i < n; i++) {
		if (rnd(2) || !p->own_fact)
			put("rule n%u { when ", i);
		else
			put("rule n%u { when n == yes; when ", i);
		put_clause(rnd(p->n_attrs), true, false);
		if (rnd(3) == 0) {
			put("migratable no; } ");
			continue;
		}
		put("refuse { ");
		put_clause(rnd(p->n_attrs), false, true);
		put("} } ");
	}
	put("}");
	at = p;
	memcpy(p->narrow, draft.text, draft.n < sizeof(p->narrow) ? draft.n : sizeof(p->narrow) - 1);
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
		memcpy(at->dynamic, like->dynamic, sizeof(at->dynamic));
		at->second = like->second;
		at->vfio = like->vfio;
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

static void put_rules(const struct gen_policy *p)
{
	unsigned rules, i, k;

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
		if (p->vfio && rnd(3) == 0)
			put("when kind == %s; ", rnd(2) ? "vfio" : "mdev");
		if (p->second && rnd(3) == 0)
			put("when driver in %s; ", rnd(2) ? "e, g" : "d");
		for (k = 1 + rnd(2); k > 0; k--)
			put_block();
		if (rnd(at->rich ? 12 : 25) == 0)
			put("migratable no; ");
		put("} ");
	}
	put("}");
}

void gen_make(struct gen_policy *p, const struct gen_policy *like)
{
	memset(p, 0, sizeof(*p));
	at = p;
	put_attrs(like);
	put_rules(p);
}

void gen_make_rich(struct gen_policy *p, const struct gen_policy *like,
	const struct gen_policy *scopes)
{
	memset(p, 0, sizeof(*p));
	at = p;
	p->rich = true;
	if (like)
		put_attrs(like);
	else
		put_rich_attrs(scopes);
	put_rules(p);
	if (rnd(3) == 0)
		put_narrow();
}

/* ---- the universe ---------------------------------------------------------------------------------- */

static const char *const lists[] = { "*", "none", "1.0", "1.1", "2.0", "1.0, 2.0" };

/* One digit of a subject: what it says of its number @i. */
static size_t put_fact(char *line, size_t room, const struct gen_policy *p, unsigned i,
	unsigned digit)
{
	static const char *const scope[3] = { "", " driver=e", " driver=g kind=vfio" };
	unsigned locals = p->n_attrs + p->has_local;

	if (i == 0 && digit > 2)
		return (size_t)snprintf(line, room, "%s", scope[2]);
	if (i == 0)
		return (size_t)snprintf(line, room, "type=d-%u", 1 + digit);
	if (i <= p->n_attrs && digit > 0)
		return (size_t)snprintf(line, room, " a%u='%s'", i - 1, values[p->kind[i - 1]][digit - 1]);
	if (i > p->n_attrs && i <= locals)
		return (size_t)snprintf(line, room, " l='%s'",
			p->kind[p->local_of] == VERSION ? lists[digit] : values[p->kind[p->local_of]][digit]);
	if (i == locals + 1 && digit == 1)
		return (size_t)snprintf(line, room, "%s", scope[1]);
	if (i == locals + 2 && digit > 0)
		return (size_t)snprintf(line, room, " n=%s", digit == 1 ? "no" : "yes");
	return 0;
}

static unsigned n_values(unsigned kind)
{
	unsigned k;

	for (k = 0; k < 9 && values[kind][k];)
		k++;
	return k;
}

unsigned gen_universe(const struct gen_policy *p, char line[][256])
{
	unsigned locals = p->n_attrs + p->has_local, n = locals + 1, i, k, count, all;
	unsigned radix[GEN_ATTRS_MAX + 4], max = p->rich ? GEN_SUBJECTS_MAX * 2 / 5 : GEN_SUBJECTS_MAX;

	radix[0] = p->vfio ? 4 : 3; /* types, and none */
	for (i = 0; i < p->n_attrs; i++)
		radix[1 + i] = n_values(p->kind[i]) + 1; /* absent */
	if (p->has_local)
		radix[locals] = p->kind[p->local_of] == VERSION ?
					(unsigned)(sizeof(lists) / sizeof(*lists)) :
					n_values(p->kind[p->local_of]);
	if (p->rich) {
		radix[locals + 1] = p->second ? 2 : 1;
		radix[locals + 2] = p->own_fact ? 3 : 1;
		n += 2;
	}
	for (i = 0, all = 1; i < n; i++)
		all *= radix[i];
	count = all < max ? all : max;
	for (k = 0; k < count; k++) {
		unsigned which = all == count ? k : rnd(all);
		bool vfio = p->vfio && which % radix[0] == 3;
		size_t m = 0;

		line[k][0] = '\0';
		for (i = 0; i < n; i++, which /= radix[i - 1])
			if (!(vfio && i == locals + 1))
				m += put_fact(line[k] + m, 256 - m, p, i, which % radix[i]);
	}
	return count;
}
