/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The compiler's bounds: each of them, and one past it; and much of everything. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tests/grammar/compile-text.h"
#include "tests/tap.h"

static void put_n(const char *s, unsigned n)
{
	while (n-- > 0)
		sbuf_puts(&out, s);
}

/* "a0, a1, ..." */
static void put_list(const char *word, unsigned n)
{
	unsigned i;

	for (i = 0; i < n; i++) {
		sbuf_puts(&out, i > 0 ? ", " : "");
		sbuf_puts(&out, word);
		sbuf_put_u64(&out, i);
	}
}

static void bound(const char *what, void (*put)(unsigned), unsigned max, enum diag_code code)
{
	struct result x;

	begin();
	put(max);
	x = finish();
	ok(x.r == 0, "%u %s", max, what);
	if (x.r < 0)
		diag("%d, MDC-%03d", x.r, (int)x.first);
	begin();
	put(max + 1);
	x = finish();
	ok(x.r == -EBADMSG && x.first == code, "and not %u", max + 1);
	if (x.r != -EBADMSG || x.first != code)
		diag("%d, MDC-%03d", x.r, (int)x.first);
}

static void put_nesting(unsigned n)
{
	sbuf_puts(&out, "attribute i : int from type \"i\";\naccept same but { i == ");
	put_n("(", n - 2);
	sbuf_puts(&out, "self");
	put_n(")", n - 2);
	sbuf_puts(&out, "; }\n");
}

/* Deep on the left too: sums before each parenthesis. */
static void put_sums(unsigned n)
{
	sbuf_puts(&out, "attribute i : int from type \"i\";\naccept same but { i == self");
	put_n(" - (self", n);
	put_n(")", n);
	sbuf_puts(&out, "; }\n");
}

static void put_attrs(unsigned n)
{
	unsigned i;

	for (i = 0; i < n; i++) {
		sbuf_puts(&out, "attribute a");
		sbuf_put_u64(&out, i);
		sbuf_puts(&out, " : string from type \"a\";\n");
	}
}

static void put_locals(unsigned n)
{
	unsigned i;

	for (i = 0; i < n; i++) {
		sbuf_puts(&out, "local a");
		sbuf_put_u64(&out, i);
		sbuf_puts(&out, " : string from type \"a\";\n");
	}
}

static void put_words(unsigned n)
{
	sbuf_puts(&out, "accept same but { type in ");
	put_list("w", n);
	sbuf_puts(&out, "; }\n");
}

static void put_domain(unsigned n)
{
	sbuf_puts(&out, "attribute e : enum { ");
	put_list("w", n);
	sbuf_puts(&out, " } from type \"e\";\n");
}

static void put_set(unsigned n)
{
	sbuf_puts(&out, "attribute s : set from type \"s\"; accept same but { s == { ");
	put_list("w", n);
	sbuf_puts(&out, " }; }\n");
}

static void put_intervals(unsigned n)
{
	sbuf_puts(&out, "attribute v : version(1) from type \"v\"; accept same but { v in ");
	put_list("1", n / 2);
	sbuf_puts(&out, " except <");
	put_list("2", n - n / 2);
	sbuf_puts(&out, ">; }\n");
}

static void put_name(unsigned n)
{
	sbuf_puts(&out, "attribute ");
	put_n("a", n);
	sbuf_puts(&out, " : string from type \"a\";\n");
}

static void put_word(unsigned n)
{
	sbuf_puts(&out, "accept same but { type == \"");
	put_n("x", n);
	sbuf_puts(&out, "\"; }\n");
}

static void put_values(unsigned n)
{
	sbuf_puts(&out, "accept same but { type == x{n: ");
	put_list("", n);
	sbuf_puts(&out, "}; }\n");
}

static void put_combinations(unsigned n)
{
	sbuf_puts(&out, "accept same but { type == x{a: ");
	put_list("", n == 256 ? 16 : n);
	sbuf_puts(&out, "}y{b: ");
	put_list("", n == 256 ? 16 : 1);
	sbuf_puts(&out, "}; }\n");
}

/* 16 and 17 values: 272 combinations of two variables that are both within bounds. */
static void put_product(unsigned n)
{
	sbuf_puts(&out, "rule r { when type == x{a: ");
	put_list("", 16);
	sbuf_puts(&out, "}y{b: ");
	put_list("", n);
	sbuf_puts(&out, "}; accept same; }\n");
}

static void put_variables(unsigned n)
{
	unsigned i;

	sbuf_puts(&out, "accept same but { type == x");
	for (i = 0; i < n; i++) {
		sbuf_puts(&out, "{v");
		sbuf_put_u64(&out, i);
		sbuf_puts(&out, ": 1}");
	}
	sbuf_puts(&out, "; }\n");
}

static void put_pieces(unsigned n)
{
	sbuf_puts(&out, "accept same but { type == {v: 1}");
	put_n("{v}", n - 1);
	sbuf_puts(&out, "; }\n");
}

static void put_clauses(unsigned n)
{
	sbuf_puts(&out, "accept same but { ");
	put_n("type any; ", n);
	sbuf_puts(&out, "}\n");
}

static void put_whens(unsigned n)
{
	sbuf_puts(&out, "rule r { ");
	put_n("when type any; ", n);
	sbuf_puts(&out, "accept same; }\n");
}

static void put_blocks(unsigned n)
{
	sbuf_puts(&out, "rule r { ");
	put_n("accept same; ", n);
	sbuf_puts(&out, "}\n");
}

static void put_rules(unsigned n)
{
	put_n("accept same;", n);
}

static void put_drivers(unsigned n)
{
	sbuf_puts(&out, "applies vfio-device driver ");
	put_list("d", n - 1);
	sbuf_puts(&out, ";\n");
}

static void put_domain_of_source(unsigned n)
{
	sbuf_puts(&out, "attribute s : int 1..");
	sbuf_put_u64(&out, n);
	sbuf_puts(&out, " from device \"s\" default 1 dynamic; "
			"accept same but { claim s = source.s * 2; }\n");
}

static void put_terms(unsigned n)
{
	sbuf_puts(&out, "attribute i : int from type \"i\"; accept same but { i == self");
	put_n(" + self", n / 2);
	sbuf_puts(&out, "; }\n");
}

/* A constant of 1024 words, over and over. */
static void put_const_uses(unsigned n)
{
	sbuf_puts(&out, "const C = ");
	put_list("w", 1024);
	sbuf_puts(&out, ";\n");
	put_n("accept same but { type in C; }\n", n);
}

/* Blocks that only their last attribute tells apart, each with a claim of its own. */
static void put_claims(unsigned n, unsigned words, const char *claim)
{
	unsigned i;

	for (i = 0; i < n; i++) {
		sbuf_puts(&out, "accept same but { ");
		if (words > 0) {
			sbuf_puts(&out, "s in ");
			put_list("w", words);
			sbuf_puts(&out, "; ");
		}
		sbuf_puts(&out, "z == ");
		sbuf_puts(&out, *claim ? "z" : "y");
		sbuf_put_u64(&out, i);
		sbuf_puts(&out, "; claim a");
		sbuf_puts(&out, claim);
		sbuf_puts(&out, "; }\n");
	}
}

static void begin_claims(void)
{
	sbuf_puts(&out, "attribute a : int 0..9 from device \"a\" default 1 dynamic;\n"
			"attribute s : string from type \"s\"; attribute z : string from type \"z\";\n");
}

static void put_computed(unsigned n)
{
	begin_claims();
	put_claims(n, 0, " = 1");
}

/* Each is compared with each computed one, which were compared with each other: 2^20 pairs at most. */
static void put_copies(unsigned n)
{
	begin_claims();
	put_claims(1024, 0, " = 1");
	put_claims(n, 0, "");
}

/* Of each pair of blocks both lists are looked at, and of each block once what it says. */
static void put_claim_lists(unsigned n)
{
	begin_claims();
	put_claims(500, n, " = 1");
}

static void test_bounds(void)
{
	bound("braces and parentheses inside each other", put_nesting, POLICY_NESTING_MAX,
		DIAG_TOO_DEEP);
	bound("attributes", put_attrs, ATTRS_MAX, DIAG_TOO_MANY);
	bound("locals", put_locals, LOCALS_MAX, DIAG_TOO_MANY);
	bound("words in a list", put_words, WORDS_MAX, DIAG_TOO_MANY);
	bound("words in a domain", put_domain, WORDS_MAX, DIAG_TOO_MANY);
	bound("words in a set", put_set, WORDS_MAX, DIAG_TOO_MANY);
	bound("intervals as written", put_intervals, RANGE_INTERVALS_MAX, DIAG_TOO_MANY);
	bound("bytes in a name", put_name, NAME_MAX_LEN, DIAG_TOO_LONG);
	bound("bytes in a word", put_word, WORD_MAX_LEN, DIAG_TOO_LONG);
	bound("values of a variable", put_values, TEMPLATE_VALUES_MAX, DIAG_TOO_MANY);
	bound("combinations of a block", put_combinations, BINDINGS_MAX, DIAG_TOO_MANY);
	bound("times 16 combinations of a rule", put_product, 16, DIAG_COMBINATIONS);
	bound("variables", put_variables, TEMPLATE_VARS_MAX, DIAG_TOO_MANY);
	bound("pieces of a template", put_pieces, TEMPLATE_PIECES_MAX, DIAG_TOO_MANY);
	bound("clauses in a block", put_clauses, CLAUSES_MAX, DIAG_TOO_MANY);
	bound("conditions of a rule", put_whens, CLAUSES_MAX, DIAG_TOO_MANY);
	bound("blocks in a rule", put_blocks, BLOCKS_MAX, DIAG_TOO_MANY);
	bound("rules", put_rules, RULES_MAX, DIAG_TOO_MANY);
	bound("scopes", put_drivers, SCOPES_MAX, DIAG_TOO_MANY);
	bound("values of a source's attribute", put_domain_of_source, SOURCE_VALUES_MAX,
		DIAG_SOURCE);
	bound("terms and operations", put_terms, EXPR_NODES_MAX - 1, DIAG_TOO_MANY);
	bound("times 1024 values from constants", put_const_uses, CONST_ITEMS_MAX / 1024,
		DIAG_TOO_MANY);
	bound("computed claims to compare", put_computed, 1024, DIAG_TOO_MANY);
	bound("copies beside as many", put_copies, 512, DIAG_TOO_MANY);
	bound("words in lists of blocks that claim", put_claim_lists, 260, DIAG_TOO_MANY);
	begin();
	put_sums(POLICY_NESTING_MAX - 2);
	ok(finish().first == DIAG_TOO_MANY, "sums in parentheses end in the bound on terms");
}

static void test_size(void)
{
	static const char policy[] = "language 1; policy p { applies mdev-type driver mtty; "
				     "accept same; }\n";
	static char text[POLICY_TEXT_MAX + 1];
	struct result x;

	memset(text, ' ', sizeof(text));
	memcpy(text, policy, sizeof(policy) - 1);
	x = compile((struct str){ text, POLICY_TEXT_MAX }, COMPILE_MEMORY_MAX);
	ok(x.r == 0, "a text of 1 MiB");
	x = compile((struct str){ text, POLICY_TEXT_MAX + 1 }, COMPILE_MEMORY_MAX);
	ok(x.r == -EBADMSG && x.first == DIAG_TOO_LARGE, "and not one byte more");
}

/* ---- much of it -------------------------------------------------------------------------- */

static void test_many(void)
{
	struct result x;
	unsigned i;

	begin();
	sbuf_puts(&out, "attribute m : version(3) from module \"m\" \"version\";\n");
	for (i = 0; i < 20000; i++) {
		sbuf_puts(&out, "rule r");
		sbuf_put_u64(&out, i);
		sbuf_puts(&out, "{when m in 1.2.*;accept same;}\n");
	}
	x = finish();
	ok(x.r == 0 && x.rules == 20000, "20,000 rules beside each other");
	diag("%zu bytes of text, %zu of memory", out.n, x.used);

	begin();
	put_n("vendor 1;\n", 100);
	x = finish();
	is_int(x.n, POLICY_ERRORS_MAX, "of 100 mistakes of grammar 20 are shown");
	begin();
	sbuf_puts(&out, "accept same but {");
	put_n("nothing any;\n", 100);
	sbuf_puts(&out, "}\n");
	x = finish();
	is_int(x.n, POLICY_ERRORS_MAX, "of 100 unknown names 20 are shown");
	is_int(x.errors, 100, "and all are counted");

	begin();
	put_n("{", 100000);
	ok(finish().r == -EBADMSG, "a hundred thousand braces");
	begin();
	sbuf_puts(&out, "attribute i : int from type \"i\"; accept same but { i == 1");
	put_n("+1", 400000);
	sbuf_puts(&out, "; }");
	ok(finish().first == DIAG_TOO_MANY, "a sum of 400,000 terms");
	begin();
	sbuf_puts(&out, "accept same but { type == x");
	put_n("{", 400000);
	ok(finish().r == -EBADMSG, "a template that never ends");
}

int main(void)
{
	plan(2 * 25 + 1 + 2 + 7);
	test_bounds();
	test_size();
	test_many();
	return done_testing();
}
