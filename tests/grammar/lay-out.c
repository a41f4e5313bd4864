/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lay-out SEED ROUNDS FILE...
 * Scatters blanks, ends of lines and comments between the words of each file, ROUNDS times in another
 * way, and lays that out. What comes out must be laid out already, compile to the same section but for
 * places, and have the same words and comments in the same order, a comment on a line of its own
 * where it was on one. Prints the name of a file that fails, what is wrong, and what was laid out;
 * then how many were looked at. Files that do not compile are left out. The same on every machine.
 * Exit status 0, 1 (some failed), 5.
 */
#include <stdio.h>
#include <stdlib.h>

#include "engine/image/section.h"
#include "grammar/format.h"
#include "tests/grammar/unplaced.h"
#include "tests/image/gen.h"

struct scatter {
	struct gen random;
	struct sbuf b;
	unsigned comments; /* of 16 gaps, how many get one */
	unsigned breaks;   /* likewise, ends of lines */
	unsigned number;   /* of comments so far */
};

static void put_comment(struct scatter *s)
{
	static const char long_one[] = " a rather long comment, as some people write them, "
		"in which there are { braces }; and more   ";
	static const char *const texts[] = { "", " why", "# \"{;}\" #", long_one, "\t x" };

	sbuf_putc(&s->b, '#');
	sbuf_put_u64(&s->b, s->number++);
	sbuf_puts(&s->b, texts[gen_below(&s->random, ARRAY_SIZE(texts))]);
	sbuf_putc(&s->b, '\n');
}

static void put_blanks(struct scatter *s, bool needed)
{
	static const char *const blanks[] = { " ", "  ", "\t", " \t  " };

	if (needed || gen_below(&s->random, 2) == 0)
		sbuf_puts(&s->b, blanks[gen_below(&s->random, ARRAY_SIZE(blanks))]);
}

/* What is put between two words. @needed: at least a blank. */
static void put_gap(struct scatter *s, bool needed)
{
	while (gen_below(&s->random, 16) < s->breaks) {
		put_blanks(s, false);
		sbuf_putc(&s->b, '\n');
		needed = false;
	}
	put_blanks(s, needed);
	while (gen_below(&s->random, 16) < s->comments) {
		put_comment(s);
		put_blanks(s, false);
	}
}

/* The words of a text, its own comments among them, apart from each other. */
static struct str scattered(struct scatter *s, const struct format_token *t, uint32_t n)
{
	s->b.n = 0;
	put_gap(s, false);
	for (uint32_t i = 0; i < n; i++) {
		sbuf_put_str(&s->b, t[i].text);
		if (t[i].kind == FORMAT_COMMENT)
			sbuf_putc(&s->b, '\n');
		put_gap(s, t[i].kind != FORMAT_COMMENT);
	}
	sbuf_putc(&s->b, '\n');
	return sbuf_str(&s->b);
}

static int lay_out(struct arena *a, struct str text, struct str *ret)
{
	struct source *src = arena_new(a, struct source);
	struct diags d;

	*src = (struct source){ STR("p.policy"), text, NULL };
	diags_init(&d, a);
	return policy_format(a, src, &d, ret);
}

static int words_of(struct arena *a, struct str text, const struct format_token **ret, uint32_t *ret_n)
{
	struct source *src = arena_new(a, struct source);

	*src = (struct source){ STR("p.policy"), text, NULL };
	return format_tokens(a, src, ret, ret_n);
}

/* What is wrong with the layout of @from, whose policy compiles to @bytes; NULL: nothing. */
static const char *wrong(struct arena *a, struct str from, struct str bytes, struct str *ret)
{
	const struct format_token *was, *is;
	struct policy p;
	struct str again, now;
	uint32_t n, m;

	if (words_of(a, from, &was, &n) < 0)
		return "what was scattered cannot be read";
	if (lay_out(a, from, ret) < 0)
		return "it cannot be laid out";
	if (words_of(a, *ret, &is, &m) < 0 || n != m)
		return "words or comments are missing";
	for (uint32_t i = 0; i < n; i++) {
		if (was[i].kind != is[i].kind || !str_eq(was[i].text, is[i].text))
			return "words or comments are not in their order";
		if (was[i].kind == FORMAT_COMMENT && was[i].first != is[i].first)
			return "a comment is on another kind of line";
	}
	if (lay_out(a, *ret, &again) < 0 || !str_eq(*ret, again))
		return "laid out again it is another text";
	if (compile_unplaced(a, *ret, &p, &now) != 0 || !str_eq(now, bytes))
		return "it means something else";
	return NULL;
}

static bool look(struct scatter *s, const char *path, unsigned round)
{
	/* Dense and airy texts, with and without comments. */
	static const struct {
		unsigned comments, breaks;
	} kinds[] = { { 0, 0 }, { 1, 0 }, { 1, 4 }, { 0, 12 }, { 4, 2 }, { 12, 8 } };
	const struct format_token *t;
	const char *what = NULL;
	struct policy p;
	struct str text = read_policy(path), bytes, out = { 0 };
	struct arena a;
	uint32_t n;

	arena_init(&a, (size_t)1 << 30);
	text = str_dup(&a, text);
	s->comments = kinds[round % ARRAY_SIZE(kinds)].comments;
	s->breaks = kinds[round % ARRAY_SIZE(kinds)].breaks;
	s->number = 0;
	if (compile_unplaced(&a, text, &p, &bytes) == 0 && words_of(&a, text, &t, &n) == 0)
		what = wrong(&a, str_dup(&a, scattered(s, t, n)), bytes, &out);
	if (what) {
		printf("%s: %s\n", path, what);
		fwrite(s->b.p, 1, s->b.n, stdout);
		puts("=>");
		fwrite(out.p, 1, out.n, stdout);
	}
	arena_release(&a);
	return !what;
}

int main(int argc, char **argv)
{
	static char room[4 * POLICY_TEXT_MAX];
	struct scatter s = { .b = { .p = room, .size = sizeof(room) } };
	unsigned long rounds = argc > 3 ? strtoul(argv[2], NULL, 10) : 0;
	int bad = 0;

	if (argc < 4)
		return 5;
	s.random.state = strtoull(argv[1], NULL, 10);
	for (unsigned long k = 0; k < rounds; k++)
		for (int i = 3; i < argc; i++)
			bad += !look(&s, argv[i], (unsigned)k);
	printf("%d files, %lu times\n", argc - 3, rounds);
	return bad > 0;
}
