/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Subjects made up from the policy's own conditions, one or so for each rule, and put through the
 * evaluator: what becomes of one of them can become of a host's.
 */
#include <errno.h>

#include "engine/image/section.h"
#include "lint/lint-parts.h"
#include "lint/run.h"

struct sample {
	const struct policy *p;
	struct value *value; /* by attribute; VT_NONE: absent */
};

static int give_value(void *ctx, const struct attr *attr, struct value *ret,
	struct ranges *ret_ranges)
{
	const struct sample *s = ctx;
	uint32_t i;

	(void)ret_ranges;
	for (i = ATTR_FIRST; i < s->p->n_attrs; i++)
		if (str_eq(s->p->attr[i].name, attr->name)) {
			*ret = s->value[i];
			return s->value[i].type.tag == VT_NONE ? -ENOENT : 0;
		}
	return -ENOENT; /* locals */
}

/* A value that the conditions take for each attribute; without conditions absence, where that may
 * be. *ret: there is one for each. */
static int make_sample(struct lint *l, const struct rule *rule, const struct bound_rule *b,
	const struct scope *scope, struct sample *s, bool *ret)
{
	uint32_t i, k;
	int r;

	*ret = true;
	for (i = 0; i < l->p->n_attrs && *ret; i++) {
		bool asked = i < ATTR_FIRST || l->p->attr[i].presence == PRESENCE_REQUIRED;

		for (k = 0; k < rule->n_when; k++)
			asked |= rule->when[k].attr == i;
		s->value[i] = (struct value){ 0 };
		if (!asked)
			continue;
		r = attr_possible(l, (uint16_t)i, rule->when, rule->n_when, b, scope, ret,
			&s->value[i]);
		if (r < 0)
			return r;
	}
	return 0;
}

static struct str sample_text(struct lint *l, const struct rule *rule, const struct sample *s)
{
	char buf[512];
	struct sbuf b = SBUF(buf);
	uint32_t i, k;

	for (i = 0; i < l->p->n_attrs; i++) {
		bool asked = i == ATTR_TYPE;

		for (k = 0; k < rule->n_when; k++)
			asked |= rule->when[k].attr == i;
		if (!asked)
			continue;
		if (b.n > 0)
			sbuf_puts(&b, ", ");
		sbuf_put_str(&b, l->p->attr[i].name);
		sbuf_puts(&b, " is ");
		sbuf_put_str(&b, lint_value(l, &s->value[i]));
	}
	return diag_text(l->d, "%.*s", STR_FMT(sbuf_str(&b)));
}

/* *ret_said: there is no need to look at further rules. */
static int try_sample(struct lint *l, const struct section_source *section,
	const struct rule *rule, const struct scope *scope, struct sample *s, bool *ret_said)
{
	struct subject subject = { .kind = scope->kind, .driver = scope->driver, .instance = true,
		.facts = { .value = give_value, .ctx = s } };
	struct evaluation e;
	int r;

	if (s->value[ATTR_TYPE].type.tag != VT_NONE)
		subject.type = s->value[ATTR_TYPE].word;
	r = evaluate_section(l->a, section, NULL, 0, &subject, NULL, &e);
	if (r < 0)
		return r;
	if (e.status == STATUS_TOO_COMPLEX) {
		lint_at(l, DIAG_TOO_COMPLEX, rule->place,
			"a host can be too complex for these rules: a subject where %.*s has no verdict",
			STR_FMT(sample_text(l, rule, s)));
		*ret_said = true;
	} else if (e.descriptor.n > DESCRIPTOR_PROP_MAX) {
		lint_at(l, DIAG_DESCRIPTOR_LONG, rule->place,
			"the descriptor of a subject where %.*s has %zu bytes, more than the %d of a udev "
			"property",
			STR_FMT(sample_text(l, rule, s)), e.descriptor.n, DESCRIPTOR_PROP_MAX)->help =
			STR("udev has the fingerprint alone then; 'info --descriptor' prints the descriptor");
		*ret_said = true;
	}
	return 0;
}

/* The first scope and the first binding under which the rule's conditions can hold. */
static int try_rule(struct lint *l, const struct section_source *section,
	const struct rule *rule, bool *ret_said)
{
	struct sample s = { .p = l->p, .value = arena_new_array(l->a, l->p->n_attrs, struct value) };
	struct bound_rule b;
	bool found;
	uint32_t i;
	int r;

	if (!s.value)
		return -ENOMEM;
	for (i = 0; i < l->p->n_scopes && i < LINT_SAMPLES_MAX; i++) {
		r = when_first(rule, &b);
		if (r < 0)
			return r;
		do {
			r = make_sample(l, rule, &b, &l->p->scope[i], &s, &found);
			if (r < 0)
				return r;
			if (found)
				return try_sample(l, section, rule, &l->p->scope[i], &s, ret_said);
		} while (when_next(rule, &b));
	}
	return 0;
}

int lint_samples(struct lint *l)
{
	struct section_source section;
	const struct policy *whole;
	struct str bytes;
	bool said = false;
	uint32_t i;
	int r;

	if (l->p->speaks.n > 0 || l->p->narrows.n > 0)
		return 0;
	r = runnable_policy(l->a, l->p, &whole);
	if (r == 0)
		r = section_encode(l->a, whole, &bytes);
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	section_memory(&section, &bytes);
	for (i = 0; i < l->p->n_rules && i < LINT_SAMPLES_MAX && r == 0 && !said; i++) {
		struct arena_mark m = arena_mark(l->a);

		r = try_rule(l, &section, &l->p->rule[i], &said);
		arena_rewind(l->a, m);
	}
	return r == -EIO || r == -EBADMSG ? 0 : r;
}
