/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The conformance table: each case is a sentence of the language's manual with a policy, facts
 * and what must come out. See the head of cases.table for the format.
 */
#include <stdio.h>
#include <stdlib.h>

#include "engine/eval/explain.h"
#include "tests/language/harness.h"
#include "tests/tap.h"

struct table {
	struct arena a, policy_arena;
	struct str section, narrowing;
	struct evaluation source, target;
	struct line_subject source_line, target_line;
	struct str title;
};

static void check_text(const struct table *t, const char *what, struct str got, struct str want)
{
	bool same = str_eq(got, want);

	ok(same, "%.*s: %s %.*s", STR_FMT(t->title), what, STR_FMT(want));
	if (!same)
		diag("got %.*s", STR_FMT(got));
}

static struct str claims_text(struct table *t, const struct evaluation *e)
{
	struct sbuf b = { .p = arena_alloc(&t->a, 4096), .size = 4096 };
	uint32_t i;

	for (i = 0; i < e->n_claim_attrs; i++) {
		if (i > 0)
			sbuf_putc(&b, ',');
		sbuf_put_str(&b, e->policy.attr[e->claim_attr[i]].name);
	}
	return b.n > 0 ? sbuf_str(&b) : STR("none");
}

/* What the pair at hand claims: agg=4,mode=fast. */
static struct str claimed_text(struct table *t)
{
	struct sbuf b = { .p = arena_alloc(&t->a, 4096), .size = 4096 };
	struct explanation x;
	uint32_t i;

	if (explain(&t->a, &t->source, NULL, &t->target, NULL, &x) < 0)
		return STR("no explanation");
	for (i = 0; i < x.n_claims; i++) {
		if (i > 0)
			sbuf_putc(&b, ',');
		sbuf_put_str(&b, x.claim[i].attr);
		sbuf_putc(&b, '=');
		value_print(&b, &x.claim[i].value);
	}
	return b.n > 0 ? sbuf_str(&b) : STR("nothing");
}

static void subject(struct table *t, struct str line, struct line_subject *s,
	struct evaluation *e)
{
	int r = -1;

	if (line_subject(line, s))
		r = line_evaluate_narrowed(&t->a, t->section, t->narrowing, s, e);
	if (r < 0)
		bail_out("%.*s: cannot evaluate '%.*s': %d", STR_FMT(t->title), STR_FMT(line), r);
}

static void directive(struct table *t, struct str word, struct str rest)
{
	if (str_eq(word, STR("target"))) {
		subject(t, rest, &t->target_line, &t->target);
	} else if (str_eq(word, STR("source"))) {
		subject(t, rest, &t->source_line, &t->source);
	} else if (str_eq(word, STR("verdict"))) {
		check_text(t, "verdict", line_verdict(&t->a, &t->source, &t->target), rest);
	} else if (str_eq(word, STR("record"))) {
		check_text(t, "record", t->source.record_text, rest);
	} else if (str_eq(word, STR("accepts"))) {
		check_text(t, "accepts", t->target.accepts_text, rest);
	} else if (str_eq(word, STR("offers"))) {
		check_text(t, "offers", t->source.has_offers ? t->source.offers_text : STR("all"),
			rest);
	} else if (str_eq(word, STR("claims"))) {
		check_text(t, "claims", claims_text(t, &t->target), rest);
	} else if (str_eq(word, STR("claimed"))) {
		check_text(t, "claimed", claimed_text(t), rest);
	} else if (str_eq(word, STR("own"))) {
		check_text(t, "own", t->target.accepts_own ? STR("yes") : STR("no"), rest);
	} else {
		bail_out("unknown directive %.*s", STR_FMT(word));
	}
}

static unsigned count_checks(struct str text)
{
	static const struct str checks[] = { STR_INIT("verdict:"), STR_INIT("record:"),
		STR_INIT("accepts:"), STR_INIT("offers:"), STR_INIT("claims:"), STR_INIT("own:"),
		STR_INIT("claimed:"), STR_INIT("refused:") };
	unsigned n = 0;
	size_t i;

	while (text.n > 0) {
		size_t end = str_find(text, '\n');

		for (i = 0; i < ARRAY_SIZE(checks); i++)
			n += str_starts(text, checks[i]);
		text = str_sub(text, end + 1, text.n);
	}
	return n;
}

/* Compiles the text that was gathered. A narrowing one belongs to the one before it. */
static void take_policy(struct table *t, struct str text, bool narrows)
{
	struct str section;

	if (!narrows) {
		arena_release(&t->policy_arena);
		arena_init(&t->policy_arena, 64 << 20);
		t->section = t->narrowing = (struct str){ 0 };
	}
	section = compile_section(&t->policy_arena, str_dup(&t->policy_arena, text));
	if (!section.p)
		bail_out("the policy of '%.*s' does not compile", STR_FMT(t->title));
	*(narrows ? &t->narrowing : &t->section) = section;
}

static void run(struct table *t, struct str text)
{
	static char policy[65536];
	size_t n_policy = 0;
	bool narrows = false;

	while (text.n > 0) {
		size_t end = str_find(text, '\n'), colon;
		struct str line = str_sub(text, 0, end), word, rest;

		text = str_sub(text, end + 1, text.n);
		if (line.n == 0 || line.p[0] == '#')
			continue;
		if (line.p[0] == '\t') {
			if (n_policy + line.n + 2 > sizeof(policy))
				bail_out("a policy that is too long");
			memcpy(policy + n_policy, line.p + 1, line.n - 1);
			n_policy += line.n - 1;
			policy[n_policy++] = '\n';
			continue;
		}
		colon = str_find(line, ':');
		word = str_sub(line, 0, colon);
		rest = str_trim(str_sub(line, colon + 1, line.n));
		if (str_eq(word, STR("refused"))) {
			check_text(t, "refused",
				compile_error(&t->a, (struct str){ policy, n_policy }), rest);
			n_policy = 0;
			continue;
		}
		if (n_policy > 0) {
			take_policy(t, (struct str){ policy, n_policy }, narrows);
			n_policy = 0;
			narrows = false;
		}
		if (str_eq(word, STR("case"))) {
			arena_release(&t->a);
			arena_init(&t->a, 256 << 20);
			t->title = rest;
		} else if (str_eq(word, STR("narrowed by"))) {
			narrows = true;
		} else {
			directive(t, word, rest);
		}
	}
}

int main(int argc, char **argv)
{
	const char *srcdir = getenv("top_srcdir");
	struct arena text_arena;
	struct table t = { 0 };
	char path[4096];
	struct str text;

	snprintf(path, sizeof(path), "%s/tests/language/cases.table", srcdir ? srcdir : ".");
	arena_init(&text_arena, 64 << 20);
	arena_init(&t.a, 256 << 20);
	text = read_text(&text_arena, argc > 1 ? argv[1] : path);
	plan(count_checks(text));
	run(&t, text);
	arena_release(&t.a);
	arena_release(&t.policy_arena);
	arena_release(&text_arena);
	return done_testing();
}
