/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Two revisions of one policy on the two ends, in both directions, through descriptors: what a fleet
 * sees in the middle of a roll-out. And what became of the attributes, as `diff` says it.
 */
#include <stdio.h>

#include "engine/analyse/differ.h"
#include "engine/base/diag.h"
#include "grammar/compile.h"
#include "tests/language/harness.h"
#include "tests/tap.h"

#define A	"attribute a : int from type \"a\"; "
#define B(rest) "attribute b : int from type \"b\" " rest "; "

static const struct revision {
	const char *title, *old, *new;	 /* attributes and rules */
	const char *source, *target;	 /* facts */
	const char *verdicts; /* old to old, old to new, new to old, new to new: y, n or ? */
	const char *evolution; /* kinds, as below */
} revisions[] = {
	{ "nothing changes", A "accept same;", A "accept same;", "a=1", "a=1", "yyyy", "" },
	{ "a rule that accepts more", A "accept same;", A "accept same but { a <= self; }", "a=1", "a=2",
		"nyny", "" },
	{ "a rule that accepts less", A "accept same but { a any; }", A "accept same;", "a=1", "a=2",
		"ynyn", "" },
	{ "an offer that is new", A "accept same but { a any; }",
		A "accept same but { a any; } offer { a == self; }", "a=1", "a=2", "yynn", "" },
	{ "a new default, which devices have", A "accept same;", A B("default 0") "accept same;", "a=1",
		"a=1", "yyyy", "new" },
	{ "the same, read from the fact", A "accept same;", A B("default 0") "accept same;", "a=1 b=0",
		"a=1 b=0", "yyyy", "new" },
	{ "a new default, which devices have not", A "accept same;", A B("default 0") "accept same;",
		"a=1 b=1", "a=1 b=1", "ynny", "new" },
	{ "the same, and the target takes any", A "accept same;",
		A B("default 0") "accept same but { b any; }", "a=1 b=1", "a=1 b=1", "yyny", "new" },
	{ "a new attribute, absent by default", A "accept same;", A B("default absent") "accept same;",
		"a=1", "a=1", "yyyy", "new" },
	{ "a new attribute without default", A "accept same;", A B("") "accept same;", "a=1 b=1",
		"a=1 b=1", "ynny", "new" },
	{ "the same where its fact is missing", A "accept same;", A B("") "accept same;", "a=1", "a=1",
		"y???", "new" },
	{ "an attribute that is gone", A B("") "accept same;", A "accept same;", "a=1 b=1", "a=1 b=1",
		"ynny", "gone" },
	{ "one that is gone and had its default", A B("default 1") "accept same;", A "accept same;",
		"a=1 b=1", "a=1 b=1", "yyyy", "gone" },
	/* Why a default is for ever: source and target differ, and old to new says yes. */
	{ "another default", A B("default 0") "accept same;", A B("default 1") "accept same;", "a=1 b=0",
		"a=1 b=1", "nynn", "default" },
	{ "no default any more", A B("default 0") "accept same;", A B("") "accept same;", "a=1 b=0",
		"a=1 b=0", "ynny", "default" },
	{ "another type", A B("") "accept same;",
		A "attribute b : string from type \"b\"; accept same;", "a=1 b=1", "a=1 b=1", "ynny",
		"type" },
	{ "another N", "attribute a : version(2) from type \"a\"; accept same;",
		"attribute a : version(3) from type \"a\"; accept same;", "a=1.2", "a=1.2", "ynny",
		"type" },
	/* Why a unit is for ever, too. */
	{ "another unit", A "accept same;", "attribute a : int hex from type \"a\"; accept same;", "a=10",
		"a=16", "nnyn", "type" },
	{ "the other way round", "attribute a : int hex from type \"a\"; accept same;", A "accept same;",
		"a=10", "a=16", "nynn", "type" },
	{ "another fact", A "accept same;", "attribute a : int from parent \"a\"; accept same;", "a=1",
		"a=1", "yyyy", "fact" },
	{ "another name", A "accept same;", "attribute c : int from type \"a\"; accept same;",
		"a=1 c=1", "a=1 c=1", "ynny", "new gone" },
	{ "not migratable any more", A "accept same;", A "accept same; rule r { migratable no; }", "a=1",
		"a=1", "ynnn", "" },
};

static const char *const evolution_word[] = { [EVOLUTION_DEFAULT] = "default",
	[EVOLUTION_TYPE] = "type", [EVOLUTION_NEW] = "new", [EVOLUTION_GONE] = "gone",
	[EVOLUTION_FACT] = "fact" };

static struct str policy_text(struct arena *a, const char *body)
{
	struct sbuf b = { .p = arena_alloc(a, 4096), .size = 4096 };

	sbuf_puts(&b, "language 1; policy p { applies mdev-type driver d; ");
	sbuf_puts(&b, body);
	sbuf_puts(&b, " }");
	return sbuf_str(&b);
}

static char verdict(struct arena *a, const struct evaluation *s, const struct evaluation *t)
{
	struct descriptor x, y;

	if (!status_has_fingerprint(s->status) || !status_has_fingerprint(t->status))
		return '?';
	if (descriptor_parse(a, s->descriptor, &x) < 0 || descriptor_parse(a, t->descriptor, &y) < 0)
		return '!';
	return descriptor_match(&x, &y) == VERDICT_COMPATIBLE ? 'y' : 'n';
}

static void try_verdicts(const struct revision *k)
{
	const char *body[2] = { k->old, k->new }, *line[2] = { k->source, k->target };
	struct evaluation e[2][2]; /* revision, end */
	char got[5] = "";
	struct arena a;

	arena_init(&a, (size_t)64 << 20);
	for (unsigned rev = 0; rev < 2; rev++) {
		struct str section = compile_section(&a, policy_text(&a, body[rev]));

		for (unsigned end = 0; end < 2; end++) {
			struct line_subject *s = arena_new(&a, struct line_subject);

			if (!section.p || !line_subject(str_from(line[end]), s) ||
				line_evaluate(&a, section, s, &e[rev][end]) < 0)
				bail_out("%s", k->title);
		}
	}
	for (unsigned i = 0; i < 4; i++)
		got[i] = verdict(&a, &e[i / 2][0], &e[i % 2][1]);
	ok(strcmp(got, k->verdicts) == 0, "%s: %s (%s)", k->title, k->verdicts, got);
	arena_release(&a);
}

static const struct policy *compile(struct arena *a, struct str text)
{
	struct source *src = arena_new(a, struct source);
	const struct policy *p;
	struct diags d;

	*src = (struct source){ STR("test.policy"), text };
	diags_init(&d, a);
	if (policy_compile(a, src, &d, &p, NULL) < 0)
		bail_out("%.*s", STR_FMT(d.list[0].text));
	return p;
}

static void try_evolution(const struct revision *k)
{
	const struct policy *old, *new;
	struct evolution *e;
	struct difference d = { 0 };
	struct judged x, y;
	char got[128] = "";
	struct sbuf b = SBUF(got);
	struct arena a;
	uint32_t n = 0;
	bool differs, same;

	arena_init(&a, (size_t)256 << 20);
	old = compile(&a, policy_text(&a, k->old));
	new = compile(&a, policy_text(&a, k->new));
	if (relation_evolution(&a, old, new, &e, &n) < 0)
		bail_out("%s", k->title);
	for (uint32_t i = 0; i < n; i++) {
		sbuf_puts(&b, i ? " " : "");
		sbuf_puts(&b, evolution_word[e[i].kind]);
	}
	sbuf_putc(&b, '\0');
	ok(strcmp(got, k->evolution) == 0, "%s: attributes: %s (%s)", k->title,
		k->evolution[0] ? k->evolution : "none", got);
	x = judged_alone(old);
	y = judged_alone(new);
	/* Where verdicts of one revision on both ends differ, `diff` must not say "same". */
	differs = k->verdicts[0] != k->verdicts[3];
	same = relation_diff(&a, &x, &y, NULL, &d) == 0 && d.same_pairs == RELATION_YES;
	ok(!(differs && same), "%s: diff says %s", k->title, relation_answer_name(d.same_pairs));
	arena_release(&a);
}

int main(void)
{
	plan(3 * ARRAY_SIZE(revisions));
	for (unsigned i = 0; i < ARRAY_SIZE(revisions); i++) {
		try_verdicts(&revisions[i]);
		try_evolution(&revisions[i]);
	}
	return done_testing();
}
