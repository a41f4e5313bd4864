/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* In-file tests: from the values of their two sides to a verdict, and to what is said of it. */
#include <errno.h>

#include "engine/image/interface.h"
#include "engine/image/section.h"
#include "lint/place.h"
#include "lint/run.h"

_Static_assert((int)EXPECT_UNKNOWN == (int)VERDICT_UNKNOWN &&
		       (int)EXPECT_INCOMPATIBLE == (int)VERDICT_INCOMPATIBLE &&
		       (int)EXPECT_COMPATIBLE == (int)VERDICT_COMPATIBLE,
	"expectations are numbered as verdicts");

/* ---- one side ------------------------------------------------------------------------------ */

struct side {
	const struct policy *policy;
	const struct policy_side *first, *second; /* who is asked; .second may be NULL */
};

static struct str given_name(const struct policy *p, const struct policy_given *g)
{
	return g->local ? p->local[g->number].name : p->attr[g->number].name;
}

static const struct policy_given *find_in(const struct policy *p, const struct policy_side *side,
	struct str name)
{
	uint32_t i;

	for (i = 0; side && i < side->n; i++)
		if (str_eq(given_name(p, &side->given[i]), name))
			return &side->given[i];
	return NULL;
}

static const struct policy_given *find_given(const struct side *s, struct str name)
{
	const struct policy_given *g = find_in(s->policy, s->first, name);

	return g ? g : find_in(s->policy, s->second, name);
}

static int give_value(void *ctx, const struct attr *attr, struct value *ret,
	struct ranges *ret_ranges)
{
	const struct policy_given *g = find_given(ctx, attr->name);

	if (!g || g->absent)
		return -ENOENT;
	*ret = g->value;
	*ret_ranges = g->ranges;
	return 0;
}

static struct str word_of(const struct side *s, const char *name, struct str otherwise)
{
	const struct policy_given *g = find_given(s, str_from(name));

	if (!g)
		return otherwise;
	return g->absent ? (struct str){ 0 } : g->value.word;
}

static bool in_scope(const struct policy *p, const struct subject *s)
{
	uint32_t i;

	for (i = 0; i < p->n_scopes; i++)
		if (p->scope[i].kind == s->kind && str_eq(p->scope[i].driver, s->driver))
			return true;
	return false;
}

static int evaluate_side(struct arena *a, const struct section_source *section, struct side *s,
	struct evaluation *ret)
{
	const struct scope *scope = &s->policy->scope[0];
	struct subject subject = {
		.kind = scope->kind,
		.driver = word_of(s, "driver", scope->driver),
		.type = word_of(s, "type", (struct str){ 0 }),
		.instance = true,
		.facts = { .value = give_value, .ctx = s },
	};
	struct str kind = word_of(s, "kind", (struct str){ 0 });

	if (kind.p)
		subject.kind = str_eq(kind, STR("vfio")) ? KIND_VFIO : KIND_MDEV;
	if (!in_scope(s->policy, &subject)) {
		*ret = (struct evaluation){ .status = STATUS_NO_POLICY, .input = -1 };
		return 0;
	}
	return evaluate_section(a, section, NULL, 0, &subject, NULL, ret);
}

/* ---- one test ------------------------------------------------------------------------------ */

static struct str text_of(struct arena *a, struct str x, const char *between, struct str y)
{
	char buf[2048];
	struct sbuf b = SBUF(buf);

	sbuf_put_str(&b, str_sub(x, 0, 1000));
	if (y.n > 0) {
		sbuf_puts(&b, between);
		sbuf_put_str(&b, str_sub(y, 0, 1000));
	}
	return str_dup(a, sbuf_str(&b));
}

static void judge_unknown(struct arena *a, const char *whose, const struct evaluation *e,
	struct test_result *r)
{
	char buf[512];
	struct sbuf b = SBUF(buf);

	eval_print_unknown(&b, e);
	sbuf_puts(&b, " (");
	sbuf_puts(&b, whose);
	sbuf_putc(&b, ')');
	r->verdict = VERDICT_UNKNOWN;
	r->text = text_of(a, sbuf_str(&b), ": ", e->detail_why);
	r->attr = e->detail;
}

static int judge(struct arena *a, const struct evaluation *source,
	const struct evaluation *target, struct test_result *r)
{
	struct explanation x;
	int k;

	if (!status_has_fingerprint(target->status)) {
		judge_unknown(a, "target", target, r);
		return 0;
	}
	if (!status_has_fingerprint(source->status)) {
		judge_unknown(a, "source", source, r);
		return 0;
	}
	k = explain(a, source, NULL, target, NULL, &x);
	if (k == -ENOMEM)
		return k;
	if (k < 0) {
		r->verdict = VERDICT_UNKNOWN;
		r->text = STR("no reason can be given");
		return 0;
	}
	r->verdict = x.verdict;
	r->text = text_of(a, x.clause, ": ", x.why);
	r->attr = x.attr;
	r->place = x.place;
	return 0;
}

static bool as_expected(const struct test_result *r)
{
	if ((int)r->verdict != (int)r->test->expect)
		return false;
	return !r->test->because.p || str_eq(r->test->because, r->attr);
}

static void report(struct diags *d, const struct source *src, const struct test_result *r)
{
	static const struct str verdicts[] = { STR_INIT("unknown"), STR_INIT("incompatible"),
		STR_INIT("compatible") };
	const struct policy_test *t = r->test;
	struct str name = diag_quote(d, t->name);
	struct diag *x;

	if ((int)r->verdict != (int)t->expect)
		x = diag_at(d, DIAG_TEST_FAILED, src, t->expect_span,
			"test \"%.*s\": the verdict is %s, not %.*s", STR_FMT(name),
			verdict_name(r->verdict), STR_FMT(verdicts[t->expect]));
	else
		x = diag_at(d, DIAG_TEST_FAILED, src, t->expect_span,
			"test \"%.*s\": the verdict is %s because of %.*s, not of %.*s", STR_FMT(name),
			verdict_name(r->verdict), STR_FMT(r->attr.n ? r->attr : STR("no attribute")),
			STR_FMT(t->because));
	if (r->place.line > 0)
		x->other = (struct diag_other){ .source = src, .span = place_span(src, r->place),
			.label = diag_text(d, "decided by %.*s", STR_FMT(r->text)) };
	else
		x->help = diag_text(d, "decided by %.*s", STR_FMT(r->text));
}

static int run_test(struct arena *a, const struct source *src, const struct policy *p,
	const struct section_source *section, const struct policy_test *t, struct diags *d,
	test_visit_fn visit, void *ctx, uint32_t *failed)
{
	struct side source = { p, &t->source, &t->target }, target = { p, &t->target, NULL };
	struct evaluation s, e;
	struct test_result r = { .test = t, .source = &s, .target = &e };
	int k;

	k = evaluate_side(a, section, &target, &e);
	if (k == 0)
		k = evaluate_side(a, section, &source, &s);
	if (k == 0)
		k = judge(a, &s, &e, &r);
	if (k < 0)
		return k;
	if (arena_failed(a))
		return -ENOMEM;
	r.passed = as_expected(&r);
	if (!r.passed) {
		++*failed;
		report(d, src, &r);
	}
	return visit ? visit(ctx, &r) : 0;
}

/* ---- all of them --------------------------------------------------------------------------- */

int runnable_policy(struct arena *a, const struct policy *p, const struct policy **ret)
{
	struct policy *whole = arena_new(a, struct policy);
	struct rule *rule = arena_new_array(a, (size_t)p->n_rules + 1, struct rule);
	struct clause *any = arena_new_array(a, p->n_attrs, struct clause);
	struct block *block = arena_new(a, struct block);
	uint32_t i;

	if (!whole || !rule || !any || !block)
		return -ENOMEM;
	if (p->narrows.n == 0) {
		*whole = *p;
		/* There the driver alone judges, and there is none. */
		if (interface_find(p->speaks) != INTERFACE_migration_version)
			whole->speaks = (struct str){ 0 };
		*ret = whole;
		return 0;
	}
	for (i = 0; i < p->n_attrs; i++)
		any[i] = (struct clause){ .attr = (uint16_t)i, .op = OP_ANY };
	*block = (struct block){ .kind = BLOCK_ACCEPT, .clause = any, .n_clauses = p->n_attrs };
	rule[0] = (struct rule){ .block = block, .n_blocks = 1 };
	if (p->n_rules > 0)
		memcpy(rule + 1, p->rule, p->n_rules * sizeof(*rule));
	*whole = *p;
	whole->narrows = (struct str){ 0 };
	whole->rule = rule;
	whole->n_rules = p->n_rules + 1;
	*ret = whole;
	return 0;
}

int run_tests(struct arena *scratch, const struct source *src, const struct policy *p,
	const struct policy_more *more, struct diags *d, test_visit_fn visit, void *ctx,
	uint32_t *ret_failed)
{
	struct arena_mark begin = arena_mark(scratch);
	struct section_source section;
	const struct policy *whole;
	uint32_t failed = 0, i;
	struct str bytes;
	int r;

	r = runnable_policy(scratch, p, &whole);
	if (r == 0)
		r = section_encode(scratch, whole, &bytes);
	if (r == 0)
		section_memory(&section, &bytes);
	for (i = 0; r == 0 && i < more->n_tests; i++) {
		struct arena_mark m = arena_mark(scratch);

		r = run_test(scratch, src, p, &section, &more->test[i], d, visit, ctx, &failed);
		arena_rewind(scratch, m);
	}
	arena_rewind(scratch, begin);
	if (r == 0)
		*ret_failed = failed;
	return r;
}
