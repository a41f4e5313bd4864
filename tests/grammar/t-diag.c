/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Diagnostics as a collection: what is kept, in which order, and what did-you-mean means. */
#include <stdlib.h>
#include <string.h>

#include "engine/base/diag.h"
#include "tests/tap.h"

static struct str closest(const char *word)
{
	static const struct str names[] = { STR_INIT("profile"), STR_INIT("manager"),
		STR_INIT("ecc"), STR_INIT("os"), STR_INIT("board"), STR_INIT("R17") };

	return closest_word(str_from(word), names, ARRAY_SIZE(names));
}

static void test_closest(void)
{
	static const struct {
		const char *word, *want;
	} row[] = {
		{ "profil", "profile" }, { "porfile", "profile" }, { "Manager", "manager" },
		{ "managre", "manager" }, { "mangr", "manager" }, { "mngr", "" }, { "ec", "" },
		{ "eccc", "ecc" }, { "so", "" }, { "OS", "os" }, { "r17", "R17" }, { "R16", "R17" },
		{ "x", "" }, { "", "" }, { "profile", "" }, { "something-else", "" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(row); i++) {
		struct str got = closest(row[i].word);

		ok(str_eq(got, str_from(row[i].want)), "'%s' is near '%s'", row[i].word,
			row[i].want);
	}
}

static void test_kept(void)
{
	struct source one = { STR("one"), STR("aaaa\nbbbb\n") }, two = { STR("two"), STR("c\n") };
	char buf[DIAG_PRINT_MAX];
	struct arena a;
	struct diags d;
	struct diag *x;
	unsigned i;

	arena_init(&a, 1 << 20);
	diags_init(&d, &a);
	for (i = 0; i < 30; i++)
		x = diag_at(&d, DIAG_SYNTAX, &one, (struct span){ 9 - i % 10, 10 }, "e%u", i);
	ok(d.n == POLICY_ERRORS_MAX && d.errors == 30 && diags_full(&d, &one),
		"of one file's errors so many are kept and all are counted");
	ok(x && diag_text(&d, "help").n == 0, "what is not kept costs nothing");
	diag_at(&d, DIAG_UNUSED_CONST, &one, (struct span){ 0, 1 }, "w");
	ok(d.n == POLICY_ERRORS_MAX + 1 && d.warnings == 1, "warnings do not take errors' places");
	diag_at(&d, DIAG_SYNTAX, &two, (struct span){ 0, 1 }, "other");
	ok(d.n == POLICY_ERRORS_MAX + 2 && !diags_full(&d, &two), "the next file begins anew");
	diags_sort(&d, 0);
	for (i = 1; i < d.n && d.list[i - 1].span.from <= d.list[i].span.from; i++)
		;
	ok(i == d.n, "sorted by place");
	ok(str_eq(d.list[0].text, STR("e9")) && str_eq(d.list[1].text, STR("e19")),
		"those of one place in the order of reporting");
	x = diag_file(&d, DIAG_SYNTAX, STR("a/b"), "no %s", "text");
	x->help = STR("help\nme");
	for (i = 0; i < 3; i++) {
		struct sbuf b = SBUF(buf);
		static const char *const want[] = {
			"a/b: error: no text [MDC-001]\n   help: help?me\n",
			"a/b: error: no text; help?me [MDC-001]\n",
			("{\"code\":\"MDC-001\",\"severity\":\"error\",\"file\":\"a/b\","
			 "\"text\":\"no text\",\"help\":\"help\\u000ame\"}"),
		};

		diag_print(&b, x, (enum diag_format)i, false);
		ok(str_eq(sbuf_str(&b), str_from(want[i])), "a file without a place, form %u", i);
	}
	arena_release(&a);
}

/* Whatever a line holds, what is printed is bounded and printable. */
static void test_lines(void)
{
	static char text[200000], buf[DIAG_PRINT_MAX];
	struct source src = { STR("x\033y"), { text, sizeof(text) } };
	unsigned i, k, wrong = 0;
	struct arena a;
	struct diags d;

	for (i = 0; i < sizeof(text); i++)
		text[i] = i % 5000 == 4999 ? '\n' : (char)(i * 7);
	arena_init(&a, 1 << 26);
	for (i = 0; i < 3000; i++) {
		struct sbuf b = SBUF(buf);
		uint32_t at = i * 67, other = (i * 131) % sizeof(text);
		struct diag *x;

		diags_init(&d, &a);
		x = diag_at(&d, DIAG_BYTE, &src, (struct span){ at, at + i % 300 }, "x");
		x->other = (struct diag_other){ &src, { other, other + i % 700 }, STR("\001") };
		diag_print(&b, x, DIAG_TEXT, false);
		wrong += b.overflow || b.n == 0;
		for (k = 0; k < b.n; k++)
			wrong += !ascii_isprint(buf[k]) && buf[k] != '\n' && buf[k] != '\t';
	}
	is_int(wrong, 0, "3,000 places in lines of strange bytes");
	arena_release(&a);
}

static void test_locate(void)
{
	struct source src = { STR("x"), STR("ab\n\nc") };
	static const struct {
		uint32_t at, line, column;
	} row[] = { { 0, 1, 1 }, { 1, 1, 2 }, { 2, 1, 3 }, { 3, 2, 1 }, { 4, 3, 1 }, { 5, 3, 2 },
		{ 99, 3, 2 } };
	uint32_t line, column;
	size_t i, wrong = 0;

	for (i = 0; i < ARRAY_SIZE(row); i++) {
		source_locate(&src, row[i].at, &line, &column);
		wrong += line != row[i].line || column != row[i].column;
	}
	is_int(wrong, 0, "lines and columns");
}

int main(void)
{
	char code[8];

	plan(16 + 6 + 3 + 1 + 1 + 2);
	test_closest();
	test_kept();
	test_lines();
	test_locate();
	diag_code_name(DIAG_UNUSED_CONST, code);
	is_str(code, "MDC-056", "a code's name");
	ok(diag_code_severity(DIAG_UNUSED_CONST) == DIAG_WARNING &&
		strlen(diag_code_summary(DIAG_SYNTAX)) > 0, "its severity and summary");
	return done_testing();
}
