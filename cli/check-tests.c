/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* check --tests: prints what lint/ finds out when it runs the tests of a policy. */
#include <errno.h>

#include "cli/check-tests.h"
#include "lint/run.h"

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
	return 0;
}

int check_tests_run(struct check_tests *t, const struct source *src, const struct policy *p,
	const struct policy_more *more)
{
	struct cli *c = t->c;
	uint32_t failed = 0;
	int r;

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
		json_end(&c->out);
	} else {
		cli_print(stdout, src->path);
		if (more->n_tests == 0)
			printf(": no tests\n");
		else
			printf(": %u of %u test%s passed\n", more->n_tests - failed, more->n_tests,
				more->n_tests == 1 ? "" : "s");
	}
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
}
