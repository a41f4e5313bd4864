/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The door to the lints, and how they speak. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "lint/lint-parts.h"
#include "lint/place.h"

struct diag *lint_at(struct lint *l, enum diag_code code, struct place at, const char *fmt, ...)
{
	char buf[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	return diag_at(l->d, code, l->src, place_span(l->src, at), "%s", buf);
}

void lint_other(struct lint *l, struct diag *x, struct place at, const char *label)
{
	x->other = (struct diag_other){ .source = l->src, .span = place_span(l->src, at),
		.label = str_from(label) };
}

struct str lint_rule_name(struct lint *l, const struct rule *r)
{
	if (r->name.n == 0)
		return STR("what stands outside of rules");
	return diag_text(l->d, "rule '%.*s'", STR_FMT(diag_quote(l->d, r->name)));
}

struct str lint_cut(struct sbuf *b)
{
	/* A long word may have left nothing at all. */
	if (b->overflow) {
		if (b->n > b->size - 3)
			b->n = b->size - 3;
		memcpy(b->p + b->n, "...", 3);
		b->n += 3;
	}
	return (struct str){ b->p, b->n };
}

struct str lint_value(struct lint *l, const struct value *v)
{
	char buf[128];
	struct sbuf b = SBUF(buf);

	if (!v || v->type.tag == VT_NONE)
		return STR("absent");
	value_print(&b, v);
	return str_dup(l->a, lint_cut(&b));
}

int lint_policy(struct arena *scratch, const struct source *src, const struct policy *p,
	const struct policy_more *more, bool infos, const struct lint_tree *tree, struct diags *d)
{
	/* Where the driver speaks for itself, the policy is half of what is said: only the first are
	 * sure of it. */
	static int (*const lints[])(struct lint *) = { lint_lists, lint_templates, lint_facts,
		lint_origins, lint_rules, lint_blocks, lint_use, lint_samples, lint_relation };
	unsigned n_lints = p->speaks.n > 0 ? 4 : ARRAY_SIZE(lints);
	struct arena_mark begin = arena_mark(scratch);
	struct lint l = { .a = scratch, .src = src, .p = p, .more = more, .infos = infos,
		.tree = tree, .d = d };
	size_t first = d->n;
	unsigned i;
	int r = 0;

	l.own.policy = *p;
	l.own.self = arena_new_array(scratch, p->n_attrs, const struct value *);
	l.own.fact = arena_new_array(scratch, p->n_attrs, struct fact_result);
	l.own.local = arena_new_array(scratch, p->n_locals, struct fact_result);
	if (!l.own.self || !l.own.fact || !l.own.local)
		r = -ENOMEM;
	for (i = 0; i < n_lints && r == 0; i++) {
		struct arena_mark m = arena_mark(scratch);

		r = lints[i](&l);
		arena_rewind(scratch, m);
		if (r == -E2BIG || r == -EPROTOTYPE)
			r = 0;
	}
	arena_rewind(scratch, begin);
	diags_sort(d, first);
	return r;
}
