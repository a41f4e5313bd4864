/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* check --tests and --coverage: prints what lint/ finds out when it runs the tests of a policy. */
#include <errno.h>

#include "cli/check-tests.h"
#include "lint/cover.h"

static void json_result(struct json *j, const struct test_result *r)
{
	static const enum verdict expected[] = { VERDICT_UNKNOWN, VERDICT_INCOMPATIBLE,
		VERDICT_COMPATIBLE };
	const struct policy_test *t = r->test;

	json_object(j, NULL);
	json_str(j, "name", t->name);
	json_int(j, "line", t->place.line);
	json_int(j, "column", t->place.column);
	json_bool(j, "passed", r->passed);
	json_text(j, "expect", verdict_name(expected[t->expect]));
	if (t->because.p)
		json_str(j, "because", t->because);
	else
		json_null(j, "because");
	json_text(j, "verdict", verdict_name(r->verdict));
	json_str(j, "attribute", r->attr);
	json_object(j, "decision");
	json_str(j, "text", r->text);
	if (r->place.line > 0) {
		json_int(j, "line", r->place.line);
		json_int(j, "column", r->place.column);
	} else {
		json_null(j, "line");
		json_null(j, "column");
	}
	json_end(j);
	json_end(j);
}

static int on_result(void *ctx, const struct test_result *r)
{
	struct check_tests *t = ctx;

	if (t->c->json)
		json_result(&t->c->out, r);
	return t->coverage ? cover_add(t->cover, t->c->scratch, r) : 0;
}

/* ---- coverage ---------------------------------------------------------------------------- */

static const char *missed_text(const struct cover_point *p)
{
	if (p->kind == COVER_RULE)
		return "the rule holds in no test";
	if (p->kind == COVER_ITEM)
		return "the item is met in no test";
	if (p->never_fails && p->condition)
		return "the condition holds for every value";
	if (p->never_fails)
		return "the clause takes no value but one's own in any test";
	if (p->held)
		return "the clause holds in every test that asks it";
	return p->failed ? "the clause holds in no test" : "no test asks the clause";
}

static const char *const kind_names[COVER_KINDS] = { "rules", "clauses", "list items" };
static const char *const kind_keys[COVER_KINDS] = { "rules", "clauses", "items" };
static const char *const kind_key[COVER_KINDS] = { "rule", "clause", "item" };

static void count_points(struct check_tests *t, const struct cover_point *p, uint32_t n,
	uint32_t hit[COVER_KINDS], uint32_t all[COVER_KINDS])
{
	for (uint32_t i = 0; i < n; i++) {
		all[p[i].kind]++;
		hit[p[i].kind] += cover_hit(&p[i]);
		t->n_missed += !cover_hit(&p[i]);
	}
	t->n_points += n;
}

static void json_coverage(struct json *j, const struct source *src, const struct cover_point *p,
	uint32_t n, const uint32_t *hit, const uint32_t *all)
{
	json_object(j, "coverage");
	for (int kind = 0; kind < COVER_KINDS; kind++) {
		json_object(j, kind_keys[kind]);
		json_int(j, "hit", hit[kind]);
		json_int(j, "of", all[kind]);
		json_end(j);
	}
	json_array(j, "missed");
	for (uint32_t i = 0; i < n; i++) {
		if (cover_hit(&p[i]))
			continue;
		json_object(j, NULL);
		json_text(j, "what", kind_key[p[i].kind]);
		json_int(j, "line", p[i].place.line);
		json_int(j, "column", p[i].place.column);
		json_str(j, "text", str_sub(src->text, p[i].span.from, p[i].span.to));
		json_text(j, "why", missed_text(&p[i]));
		json_end(j);
	}
	json_end(j);
	json_end(j);
}

static void print_coverage(const struct source *src, const struct cover_point *p, uint32_t n,
	const uint32_t *hit, const uint32_t *all)
{
	printf("  ");
	for (int kind = 0; kind < COVER_KINDS; kind++)
		printf("%s%s %u/%u", kind ? ", " : "", kind_names[kind], hit[kind], all[kind]);
	putchar('\n');
	for (uint32_t i = 0; i < n; i++) {
		if (cover_hit(&p[i]))
			continue;
		cli_print(stdout, src->path);
		printf(":%u:%u: %s: ", p[i].place.line, p[i].place.column, missed_text(&p[i]));
		cli_print(stdout, str_sub(src->text, p[i].span.from, p[i].span.to));
		putchar('\n');
	}
}

static void say_coverage(struct check_tests *t, const struct source *src,
	const struct policy_more *more)
{
	uint32_t hit[COVER_KINDS] = { 0 }, all[COVER_KINDS] = { 0 }, n;
	const struct cover_point *p = cover_points(t->cover, &n);

	count_points(t, p, n, hit, all);
	if (t->c->json)
		json_coverage(&t->c->out, src, p, n, hit, all);
	else
		print_coverage(src, p, n, hit, all);
	if (more->items_left_out)
		cli_note(t->c, "coverage", "%.*s: only the first %u list items are counted",
			STR_FMT(src->path), POLICY_ITEMS_MAX);
}

/* ---- tests ------------------------------------------------------------------------------- */

int check_tests_run(struct check_tests *t, const struct source *src, const struct policy *p,
	const struct policy_more *more)
{
	struct cli *c = t->c;
	uint32_t failed = 0;
	int r;

	if (t->coverage) {
		r = cover_new(c->arena, src, p, more, &t->cover);
		if (r < 0)
			return cli_fail_errno(c, r, "%.*s", STR_FMT(src->path));
	}
	if (c->json) {
		json_object(&c->out, NULL);
		json_str(&c->out, "file", src->path);
		json_array(&c->out, "tests");
	}
	r = run_tests(c->scratch, src, p, more, &c->diags, on_result, t, &failed);
	if (r < 0)
		return cli_fail_errno(c, r, "%.*s", STR_FMT(src->path));
	if (c->json) {
		json_end(&c->out);
		json_int(&c->out, "failed", failed);
	} else {
		cli_print(stdout, src->path);
		if (more->n_tests == 0)
			printf(": no tests\n");
		else
			printf(": %u of %u test%s passed\n", more->n_tests - failed, more->n_tests,
				more->n_tests == 1 ? "" : "s");
	}
	if (t->coverage)
		say_coverage(t, src, more);
	if (c->json)
		json_end(&c->out);
	t->n_files++;
	t->n_tests += more->n_tests;
	t->n_failed += failed;
	return 0;
}

void check_tests_end(struct check_tests *t)
{
	struct cli *c = t->c;

	if (c->json) {
		json_int(&c->out, "tests", t->n_tests);
		json_int(&c->out, "failed", t->n_failed);
	} else if (t->n_files != 1) {
		printf("%u files, %u of %u tests passed\n", t->n_files, t->n_tests - t->n_failed,
			t->n_tests);
	}
	if (t->coverage && c->json) {
		json_int(&c->out, "points", t->n_points);
		json_int(&c->out, "missed", t->n_missed);
	}
}
