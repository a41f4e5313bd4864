/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Answers that people know, with their smallest witnesses; and each bound, at it and past it. */
#include <stdio.h>

#include "engine/analyse/differ.h"
#include "engine/base/diag.h"
#include "grammar/compile.h"
#include "tests/language/harness.h"
#include "tests/tap.h"

#define HEAD	 "language 1; policy p { applies mdev-type driver d; "
#define VERSION	 "attribute v : version(2) from type \"v\"; "
#define FEATURES "attribute f : set from type \"f\"; "
#define INT	 "attribute i : int from type \"i\"; "
#define SMALL	 "attribute i : int 0..255 from type \"i\"; "
#define LARGE	 "attribute i : int 0..256 from type \"i\"; "
#define LISTED	 "local l : versions(2) from type \"l\" default *; "
#define ECC	 "attribute e : bool from site \"e\"; "

static const struct known {
	const char *policy;
	enum relation_property what;
	const char *answer; /* and what the witness has in one attribute, one subject after another */
	const char *attr;
} known[] = {
	{ HEAD "accept same; }", RELATION_OWN_TWIN, "yes", NULL },
	{ HEAD "accept same; }", RELATION_TRANSITIVE, "yes", NULL },
	{ HEAD VERSION "accept same but { v <= self; } }", RELATION_FORWARD_ONLY, "yes", NULL },
	{ HEAD VERSION "accept same but { v <= self; } }", RELATION_SYMMETRIC, "no 0.0 0.1", "v" },
	{ HEAD VERSION "accept same but { v <= self; } }", RELATION_TRANSITIVE, "yes", NULL },
	{ HEAD VERSION "accept same but { v >= self; } }", RELATION_FORWARD_ONLY, "no 0.1 0.0", "v" },
	{ HEAD VERSION "accept same but { v any; } }", RELATION_FORWARD_ONLY, "no 0.1 0.0", "v" },
	{ HEAD VERSION "accept same but { v in 1.*; v <= self; } }", RELATION_OWN_TWIN, "no 0.0",
		"v" },
	/* A window that slides is not transitive. */
	{ HEAD VERSION "rule a { when v in 2.*; accept same but { v in 1.*, 2.*; } } "
		       "rule b { when v in 3.*; accept same but { v in 2.*, 3.*; } } }",
		RELATION_TRANSITIVE, "no 1.0 2.0 3.0", "v" },
	{ HEAD VERSION "rule a { when v in 2.*; accept same but { v in 1.*, 2.*; } } "
		       "rule b { when v in 3.*; accept same but { v in 1.*, 2.*, 3.*; } } }",
		RELATION_TRANSITIVE, "yes", NULL },
	/* Up to the major part, and no newer in the part behind it. */
	{ HEAD "attribute v : version(3) from type \"v\"; accept same but { v not-newer self; } }",
		RELATION_FORWARD_ONLY, "no 0.0.1 0.0.0", "v" },
	{ HEAD "attribute v : version(3) from type \"v\"; accept same but { v not-newer self; } }",
		RELATION_SYMMETRIC, "no 0.0.0 0.1.0", "v" },
	{ HEAD "attribute v : version(3) from type \"v\"; accept same but { v not-newer self; } }",
		RELATION_TRANSITIVE, "yes", NULL },
	{ HEAD FEATURES "accept same but { f subset self; } }", RELATION_SYMMETRIC,
		"no { } { word1 }", "f" },
	{ HEAD FEATURES "accept same but { f subset self; } }", RELATION_TRANSITIVE, "yes", NULL },
	{ HEAD FEATURES "accept same but { f disjoint self; } }", RELATION_OWN_TWIN,
		"no { word1 }", "f" },
	{ HEAD FEATURES "accept same but { f disjoint self; } }", RELATION_SYMMETRIC, "yes", NULL },
	{ HEAD VERSION LISTED "accept same but { v in self.l; } }", RELATION_OWN_TWIN, "no none",
		"l" },
	{ HEAD VERSION LISTED "accept same but { v in self.l; } }", RELATION_TRANSITIVE,
		"no 0.0 0.1 0.1", "v" },
	/* What an offer does not say. */
	{ HEAD ECC "accept same but { e any; } rule o { when e == yes; offer { e == yes; } } }",
		RELATION_SYMMETRIC, "no no yes", "e" },
	/* Who accepts nothing is not asked for its twin. */
	{ HEAD ECC "accept same; rule o { when e == yes; migratable no; } }", RELATION_OWN_TWIN, "yes",
		NULL },
	{ HEAD ECC "rule o { when e == yes; accept same; } }", RELATION_OWN_TWIN, "yes", NULL },
	{ HEAD ECC "accept same but { e any; } refuse { e == yes; } }", RELATION_OWN_TWIN, "no yes",
		"e" },
	/* Bounds. */
	{ HEAD SMALL "accept same but { i == self + 1; } }", RELATION_TRANSITIVE, "no 0 1 2", NULL },
	{ HEAD SMALL "accept same but { i <= self + 0; } }", RELATION_TRANSITIVE, "yes", NULL },
	{ HEAD LARGE "accept same but { i <= self + 0; } }", RELATION_TRANSITIVE, "undecided", NULL },
	{ HEAD LARGE "accept same but { i >= self + 1; } }", RELATION_SYMMETRIC, "no 1 0", "i" },
	/* Masks that are only compared, with many members that defaults tell apart. */
	{ HEAD "attribute m : mask(64) from type \"m\" default { 0, 1, 2, 3, 4, 5, 6, 7 }; "
	       "attribute n : mask(64) from type \"n\" default { 4, 5, 6, 7, 8, 9, 10, 11 }; "
	       "accept same but { m == self; n == self.m; } }",
		RELATION_OWN_TWIN, "no { 0, 1, 2, 3, 4, 5, 6, 7 }", NULL },
	{ HEAD INT "accept same but { i <= self; } }", RELATION_SYMMETRIC, "no 0 1", "i" },
};

/* Conditions that take away what words usually stand for the rest of a beginning. */
static const struct {
	const char *old, *new;
	bool same;
} beginnings[] = {
#define REST(except) HEAD "attribute s : string from site \"s\"; rule r { when s in " except "; accept same; } " \
	"rule t { when s == b; accept same; } }"
	{ REST("a* except aword*, ax*, aother*, a-*, a0*"), REST("c* except c*"), false },
	{ REST("a* except a0*, a1*"), REST("a* except a1*, a0*"), true },
	{ REST("word*, x*, other*, \"0\""), REST("word*, x*, other*, \"0\", \"01\""), false },
	{ REST("a* except aa*, ab*, aword*, ax*, aother*, a-*, a0*, aa, a"),
		REST("a* except aa*, ab*, aword*, ax*, aother*, a-*, a0*, aa"), false },
	{ REST("a* except aa*, ab*, aword*, ax*, aother*, a-*, a0*, aa"),
		REST("a* except aa*, ab*, aword*, ax*, aother*, a-*, a0*"), true },
};

static const struct policy *compile(struct arena *a, const char *text)
{
	struct source *src = arena_new(a, struct source);
	const struct policy *p;
	struct diags d;

	*src = (struct source){ STR("test.policy"), str_from(text) };
	diags_init(&d, a);
	if (policy_compile(a, src, &d, &p, NULL) < 0)
		bail_out("%s: %.*s", text, STR_FMT(d.list[0].text));
	return p;
}

static struct str answer(struct arena *a, const struct relation_finding *f, const char *attr)
{
	struct sbuf b = { .p = arena_alloc(a, 4096), .size = 4096 };

	sbuf_puts(&b, relation_answer_name(f->answer));
	for (uint32_t i = 0; attr && i < f->n; i++)
		for (uint32_t k = 0; k < f->who[i].n; k++)
			if (str_eq(f->who[i].value[k].name, str_from(attr))) {
				sbuf_putc(&b, ' ');
				relation_value_print(&b, &f->who[i].value[k]);
			}
	return sbuf_str(&b);
}

static void try_known(const struct known *k)
{
	struct relation_finding f;
	struct judged j;
	struct arena a;
	struct str got, want = str_from(k->answer);
	int r;

	arena_init(&a, (size_t)256 << 20);
	j = judged_alone(compile(&a, k->policy));
	r = relation_prove(&a, &j, k->what, NULL, &f);
	if (!k->attr)
		want = str_sub(want, 0, str_find(want, ' '));
	got = r < 0 ? STR("an error") : answer(&a, &f, k->attr);
	ok(str_eq(got, want) && (f.answer != RELATION_UNDECIDED || f.bound.n > 0),
		"%s: %.*s (%.*s)", relation_property_name(k->what), STR_FMT(want), STR_FMT(got));
	if (!str_eq(got, want))
		diag("%s", k->policy);
	arena_release(&a);
}

static void try_beginnings(unsigned i)
{
	struct relation_finding f = { 0 };
	struct difference d = { 0 };
	struct judged x, y;
	struct arena a;
	int r;

	arena_init(&a, (size_t)256 << 20);
	x = judged_alone(compile(&a, beginnings[i].old));
	y = judged_alone(compile(&a, beginnings[i].new));
	r = relation_same(&a, &x, &y, NULL, &f);
	ok(r == 0 && f.answer == (beginnings[i].same ? RELATION_YES : RELATION_NO),
		"beginnings %u: the same: %s", i, relation_answer_name(f.answer));
	r = relation_diff(&a, &x, &y, NULL, &d);
	ok(r == 0 && d.same_pairs == f.answer, "beginnings %u: diff", i);
	arena_release(&a);
}

/* The smallest number of representatives with which the question is decided, and one less. */
static void try_subjects_max(void)
{
	static const char text[] = HEAD VERSION "rule a { when v in 1.*; accept same but { v <= self; } } }";
	struct relation_options o = { 0 };
	struct relation_finding f;
	struct judged j;
	struct arena a;
	uint32_t enough;

	arena_init(&a, (size_t)256 << 20);
	j = judged_alone(compile(&a, text));
	for (enough = 1; enough < 100; enough++) {
		o.subjects_max = enough;
		if (relation_prove(&a, &j, RELATION_TRANSITIVE, &o, &f) < 0 ||
			f.answer != RELATION_UNDECIDED)
			break;
	}
	/* Below 1.0, in it and above it: three of each. */
	ok(enough == 9 && f.answer == RELATION_YES, "nine representatives decide (%u)", enough);
	o.subjects_max = enough - 1;
	ok(relation_prove(&a, &j, RELATION_TRANSITIVE, &o, &f) == 0 &&
			f.answer == RELATION_UNDECIDED && f.bound.n > 0,
		"eight do not");
	ok(relation_prove(&a, &j, RELATION_SYMMETRIC, &o, &f) == 0 && f.answer == RELATION_NO,
		"a witness among fewer is one all the same");
	arena_release(&a);
}

/* The least memory that a question takes, and a little less. */
static void try_memory_max(void)
{
	static const char text[] = HEAD VERSION "accept same but { v <= self; } }";
	struct relation_options o = { 0 };
	struct relation_finding f;
	struct difference d;
	struct judged j, k;
	struct arena a;
	size_t lo = 0, hi = (size_t)64 << 20;

	arena_init(&a, (size_t)256 << 20);
	j = judged_alone(compile(&a, text));
	k = judged_alone(compile(&a, text));
	while (hi - lo > 1) {
		o.memory_max = lo + (hi - lo) / 2;
		if (relation_prove(&a, &j, RELATION_TRANSITIVE, &o, &f) < 0)
			break;
		*(f.answer == RELATION_UNDECIDED ? &lo : &hi) = o.memory_max;
	}
	o.memory_max = hi;
	ok(relation_prove(&a, &j, RELATION_TRANSITIVE, &o, &f) == 0 && f.answer == RELATION_YES,
		"%zu bytes are enough", hi);
	o.memory_max = lo;
	ok(hi == lo + 1 && relation_prove(&a, &j, RELATION_TRANSITIVE, &o, &f) == 0 &&
			f.answer == RELATION_UNDECIDED && str_find(f.bound, 'm') < f.bound.n &&
			str_starts(f.bound, STR("more memory")),
		"one less is not");
	o.memory_max = 1024;
	/* A policy is not compared with itself. */
	((struct policy *)k.policy)->digest[0] ^= 1;
	ok(relation_diff(&a, &j, &k, &o, &d) == 0 && d.same_pairs == RELATION_UNDECIDED &&
			d.same_fingerprints == RELATION_UNDECIDED &&
			str_starts(d.bound, STR("more memory")),
		"nor is it for a difference");
	o.memory_max = 0;
	ok(relation_diff(&a, &j, &k, &o, &d) == 0 && d.same_pairs == RELATION_YES,
		"and with enough there is none");
	arena_release(&a);
}

/* Of @x times @y combinations of two variables; compilers let less through, an image need not. */
static struct str with_combinations(unsigned x, unsigned y)
{
	static char bound[128];
	unsigned n[2] = { x, y };
	struct relation_finding f = { 0 };
	struct tmpl_var var[2];
	struct policy p;
	struct rule rule;
	struct judged j;
	struct arena a;
	int r;

	arena_init(&a, (size_t)1 << 30);
	p = *compile(&a, HEAD "attribute s : string from type \"s\"; "
			      "accept same but { s in {x: 1}-{y: 1}; } }");
	rule = p.rule[0];
	for (unsigned i = 0; i < 2; i++) {
		struct str *word = arena_new_array(&a, n[i], struct str);

		for (unsigned k = 0; k < n[i]; k++) {
			char buf[16];

			snprintf(buf, sizeof(buf), "%u", k);
			word[k] = str_dup(&a, str_from(buf));
		}
		var[i] = rule.var[i];
		var[i].value = word;
		var[i].n = (uint16_t)n[i];
	}
	rule.var = var;
	p.rule = &rule;
	j = judged_alone(&p);
	r = relation_prove(&a, &j, RELATION_FORWARD_ONLY, NULL, &f);
	if (r < 0)
		diag("%u x %u: error %d", x, y, r);
	snprintf(bound, sizeof(bound), "%s %.*s", relation_answer_name(f.answer), STR_FMT(f.bound));
	arena_release(&a);
	return str_from(bound);
}

/* Sets of @n elements that `superset` tells apart, one by one. */
static enum relation_answer with_members(unsigned n)
{
	char text[4096];
	struct sbuf b = SBUF(text);
	struct relation_finding f = { 0 };
	struct judged j;
	struct arena a;
	int r;

	arena_init(&a, (size_t)1 << 30);
	sbuf_puts(&b, HEAD "attribute f : set { ");
	for (unsigned i = 0; i < n; i++) {
		sbuf_puts(&b, i ? ", m" : "m");
		sbuf_put_u64(&b, i);
	}
	sbuf_puts(&b, " } from type \"f\"; accept same but { ");
	for (unsigned i = 0; i < n; i++) {
		sbuf_puts(&b, "f superset { m");
		sbuf_put_u64(&b, i);
		sbuf_puts(&b, " }; ");
	}
	sbuf_puts(&b, "} }");
	sbuf_putc(&b, '\0');
	j = judged_alone(compile(&a, text));
	r = relation_prove(&a, &j, RELATION_FORWARD_ONLY, NULL, &f);
	arena_release(&a);
	return r < 0 ? RELATION_NO : f.answer;
}

/* How many pairs of values are not explained, where @n values become alike. */
static uint32_t not_explained(unsigned n)
{
	struct difference d = { 0 };
	struct judged x, y;
	struct arena a;
	char text[2][4096];
	int r;

	arena_init(&a, (size_t)1 << 30);
	for (unsigned side = 0; side < 2; side++) {
		struct sbuf b = SBUF(text[side]);

		sbuf_puts(&b, HEAD "attribute f : enum { ");
		for (unsigned i = 0; i < n; i++) {
			sbuf_puts(&b, i ? ", m" : "m");
			sbuf_put_u64(&b, i);
		}
		sbuf_puts(&b, " } from type \"f\"; accept same");
		sbuf_puts(&b, side ? " but { f any; } }" : "; }");
		sbuf_putc(&b, '\0');
	}
	x = judged_alone(compile(&a, text[0]));
	y = judged_alone(compile(&a, text[1]));
	r = relation_diff(&a, &x, &y, NULL, &d);
	ok(r == 0 && d.n == 1 && d.change[0].accepted && str_eq(d.change[0].attr, STR("f")) &&
			d.same_fingerprints == RELATION_NO,
		"%u values: one group", n);
	arena_release(&a);
	return d.more;
}

/* Rules and blocks that can, and cannot, matter. */
static void try_blocks(void)
{
	static const char text[] = HEAD VERSION ECC
		"rule a { when v in 1.*; when v in 2.*; accept same; } "
		"rule b { accept same but { v <= self; } accept same; accept same but { e == yes; } "
		"refuse { v <= 0.0; v >= 1.0; } accept same but { v == 1.0; v == 2.0; } } }";
	static const struct {
		uint32_t rule, block;
		bool possible, redundant;
	} block[] = { { 1, 0, true, false }, { 1, 1, true, true }, { 1, 2, true, false },
		{ 1, 3, true, true }, { 1, 4, false, true } };
	struct relation_finding f;
	const struct policy *p;
	struct arena a;

	arena_init(&a, (size_t)256 << 20);
	p = compile(&a, text);
	ok(relation_rule_possible(&a, p, 0, NULL, &f) == 0 && f.answer == RELATION_NO,
		"conditions that exclude each other");
	ok(relation_rule_possible(&a, p, 1, NULL, &f) == 0 && f.answer == RELATION_YES && f.n == 1,
		"no conditions");
	for (unsigned i = 0; i < ARRAY_SIZE(block); i++) {
		if (p->rule[1].block[block[i].block].kind == BLOCK_ACCEPT)
			ok(relation_block_possible(&a, p, 1, block[i].block, NULL, &f) == 0 &&
					f.answer == (block[i].possible ? RELATION_YES : RELATION_NO),
				"block %u can%s accept", i, block[i].possible ? "" : "not");
		ok(relation_block_redundant(&a, p, 1, block[i].block, NULL, &f) == 0 &&
				f.answer == (block[i].redundant ? RELATION_YES : RELATION_NO),
			"without block %u %s", i, block[i].redundant ? "nothing changes" : "less is said");
	}
	arena_release(&a);
}

int main(void)
{
	plan(ARRAY_SIZE(known) + 2 * ARRAY_SIZE(beginnings) + 26);
	for (unsigned i = 0; i < ARRAY_SIZE(known); i++)
		try_known(&known[i]);
	for (unsigned i = 0; i < ARRAY_SIZE(beginnings); i++)
		try_beginnings(i);
	try_subjects_max();
	try_memory_max();
	ok(str_eq(with_combinations(256, 256),
		   STR("undecided more than 4096 values of one attribute that matter")),
		"65536 combinations of template variables are looked at");
	ok(str_eq(with_combinations(257, 256),
		   STR("undecided more than 65536 combinations of template variables")),
		"more are not");
	ok(with_members(12) == RELATION_YES, "twelve members of a set are tried in all combinations");
	ok(with_members(13) == RELATION_UNDECIDED, "thirteen are not");
	ok(not_explained(20) == 0, "380 pairs are all explained");
	ok(not_explained(21) == 20, "of 420 pairs 400 are");
	try_blocks();
	return done_testing();
}
