/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Subjects made up from the policy's own conditions and words, and put through the evaluator: what
 * becomes of one of them can become of a host's. Of each rule one that meets its conditions; one that
 * meets those of as many other rules as it can; and one that has, besides, the longest values that the
 * policy tells of. Hosts can have what no policy tells of: that none is found proves nothing.
 */
#include <errno.h>

#include "engine/image/attr-parse.h"
#include "engine/image/section.h"
#include "lint/lint-parts.h"
#include "lint/run.h"

struct sample {
	const struct policy *p;
	struct value *value; /* by attribute; VT_NONE: absent */
	bool *shown;	     /* it was chosen for a reason */
};

/* Conditions that are to hold at once. */
struct conditions {
	const struct clause *clause;
	uint32_t n;
	const struct bound_rule *b;
	const struct scope *scope;
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

/* ---- which values -------------------------------------------------------------------------------- */

static const struct clause *next_clause(const struct policy *p, uint32_t *rule, uint32_t *block,
	uint32_t *i)
{
	for (; *rule < p->n_rules; ++*rule, *block = 0) {
		const struct rule *r = &p->rule[*rule];

		for (; *block <= r->n_blocks; ++*block, *i = 0) {
			const struct clause *c = *block == 0 ? r->when : r->block[*block - 1].clause;
			uint32_t n = *block == 0 ? r->n_when : r->block[*block - 1].n_clauses;

			if (*i < n)
				return &c[(*i)++];
		}
	}
	return NULL;
}

/* The longest word that is declared, or that some clause names. */
static struct str longest_word(const struct lint *l, uint16_t attr)
{
	const struct attr_type *t = &l->p->attr[attr].type;
	uint32_t rule = 0, block = 0, i = 0, k;
	const struct clause *c;
	struct str best = { 0 };

	for (k = 0; t->has_words && k < t->words.n; k++)
		if (t->words.w[k].n > best.n)
			best = t->words.w[k];
	while (!t->has_words && (c = next_clause(l->p, &rule, &block, &i)))
		for (k = 0; c->attr == attr && c->operand.kind == OPERAND_WORDS &&
			    k < c->operand.words.n; k++)
			if (c->operand.words.w[k].n > best.n)
				best = c->operand.words.w[k];
	return best;
}

/* All that is declared, or else the largest set that some clause names. */
static struct word_set largest_set(const struct lint *l, uint16_t attr)
{
	const struct attr_type *t = &l->p->attr[attr].type;
	uint32_t rule = 0, block = 0, i = 0, k;
	struct word_set best = t->has_words ? t->words : (struct word_set){ 0 };
	const struct clause *c;

	while (!t->has_words && (c = next_clause(l->p, &rule, &block, &i)))
		for (k = 0; c->attr == attr && c->operand.kind == OPERAND_SETS &&
			    k < c->operand.n_values; k++)
			if (c->operand.sets[k].n > best.n)
				best = c->operand.sets[k];
	return best;
}

/* The longest that a value of this attribute gets by what the policy tells. VT_NONE: nothing is told. */
static struct value longest_value(const struct lint *l, uint16_t attr)
{
	const struct attr_type *t = &l->p->attr[attr].type;
	struct value v = { .type = t->type };
	uint16_t i;

	if (value_type_is_word(t->type))
		v.word = longest_word(l, attr);
	else if (t->type.tag == VT_SET)
		v.set = largest_set(l, attr);
	else if (t->type.tag == VT_MASK)
		for (i = 0; i < t->type.size; i += 2)
			v.bits[i / 64] |= (uint64_t)1 << (i % 64);
	else if (t->type.tag == VT_INT)
		v.key = key_from_int(t->hi);
	else
		return (struct value){ 0 };
	if (!value_valid(&v) || !attr_in_domain(t, &v) || (value_type_is_word(t->type) && v.word.n == 0))
		return (struct value){ 0 };
	return v;
}

/* A value that the conditions take for each attribute; without conditions absence, where that may
 * be, or what is @longest. *ret: there is one for each. */
static int make_sample(struct lint *l, const struct conditions *c, bool longest, struct sample *s,
	bool *ret)
{
	uint32_t i, k;
	int r;

	*ret = true;
	for (i = 0; i < l->p->n_attrs && *ret; i++) {
		bool asked = i == ATTR_TYPE;

		for (k = 0; k < c->n; k++)
			asked |= c->clause[k].attr == i;
		s->value[i] = (struct value){ 0 };
		if (!asked && longest && i >= ATTR_FIRST)
			s->value[i] = longest_value(l, (uint16_t)i);
		s->shown[i] = asked || s->value[i].type.tag != VT_NONE;
		if (s->value[i].type.tag != VT_NONE ||
			(!asked && i >= ATTR_FIRST && l->p->attr[i].presence != PRESENCE_REQUIRED))
			continue;
		r = attr_possible(l, (uint16_t)i, c->clause, c->n, c->b, c->scope, ret, &s->value[i]);
		if (r < 0)
			return r;
	}
	return 0;
}

/* Adds the conditions of each other rule that can hold with those that are there already. */
static int join_others(struct lint *l, const struct rule *rule, struct conditions *c)
{
	uint32_t i, k, before;
	struct clause *list;
	int r = 0;

	for (i = 0, k = rule->n_when; i < l->p->n_rules && i < LINT_RULES_MAX; i++)
		k += l->p->rule[i].n_when;
	list = arena_new_array(l->a, k, struct clause);
	if (!list)
		return -ENOMEM;
	if (c->n > 0)
		memcpy(list, c->clause, c->n * sizeof(*list));
	c->clause = list;
	for (i = 0; r == 0 && i < l->p->n_rules && i < LINT_RULES_MAX; i++) {
		const struct rule *other = &l->p->rule[i];
		bool both = other != rule && other->n_vars == 0;

		before = c->n;
		for (k = 0; both && k < other->n_when; k++)
			list[c->n++] = other->when[k];
		for (k = 0; r == 0 && both && k < other->n_when; k++) {
			struct arena_mark m = arena_mark(l->a);

			r = attr_possible(l, other->when[k].attr, list, c->n, c->b, c->scope, &both, NULL);
			arena_rewind(l->a, m);
		}
		if (!both)
			c->n = before;
	}
	return r;
}

/* ---- what becomes of them -------------------------------------------------------------------------- */

static struct str sample_text(struct lint *l, const struct sample *s)
{
	char buf[512];
	struct sbuf b = SBUF(buf);
	uint32_t i;

	for (i = 0; i < l->p->n_attrs; i++) {
		if (!s->shown[i])
			continue;
		if (b.n > 0)
			sbuf_puts(&b, ", ");
		sbuf_put_str(&b, l->p->attr[i].name);
		sbuf_puts(&b, " is ");
		sbuf_put_str(&b, lint_value(l, &s->value[i]));
	}
	return diag_text(l->d, "%.*s%s", STR_FMT(sbuf_str(&b)), b.overflow ? " ..." : "");
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
			STR_FMT(sample_text(l, s)));
		*ret_said = true;
	} else if (e.descriptor.n > DESCRIPTOR_PROP_MAX) {
		lint_at(l, DIAG_DESCRIPTOR_LONG, rule->place,
			"the descriptor of a subject where %.*s has %zu bytes, more than the %d of a udev "
			"property",
			STR_FMT(sample_text(l, s)), e.descriptor.n, DESCRIPTOR_PROP_MAX)->help =
			STR("udev has the fingerprint alone then; 'info --descriptor' prints the descriptor");
		*ret_said = true;
	}
	return 0;
}

/* The three subjects of a rule, under the first scope and binding for which its conditions can hold. */
static int try_conditions(struct lint *l, const struct section_source *section,
	const struct rule *rule, const struct conditions *first, struct sample *s, bool *ret_found,
	bool *ret_said)
{
	struct conditions c = *first;
	bool found;
	int r = make_sample(l, &c, false, s, ret_found);

	if (r == 0 && *ret_found)
		r = try_sample(l, section, rule, c.scope, s, ret_said);
	if (r < 0 || !*ret_found || *ret_said)
		return r;
	r = join_others(l, rule, &c);
	if (r == 0)
		r = make_sample(l, &c, false, s, &found);
	if (r == 0 && found && c.n > first->n)
		r = try_sample(l, section, rule, c.scope, s, ret_said);
	if (r == 0 && found && !*ret_said)
		r = make_sample(l, &c, true, s, &found);
	return r == 0 && found && !*ret_said ? try_sample(l, section, rule, c.scope, s, ret_said) : r;
}

static int try_rule(struct lint *l, const struct section_source *section,
	const struct rule *rule, bool *ret_said)
{
	struct sample s = { .p = l->p, .value = arena_new_array(l->a, l->p->n_attrs, struct value),
		.shown = arena_new_array(l->a, l->p->n_attrs, bool) };
	struct bound_rule b;
	bool found = false;
	uint32_t i;
	int r;

	if (!s.value || !s.shown)
		return -ENOMEM;
	for (i = 0; i < l->p->n_scopes && i < LINT_SAMPLES_MAX; i++) {
		r = when_first(rule, &b);
		if (r < 0)
			return r;
		do {
			struct conditions c = { .clause = rule->when, .n = rule->n_when,
				.b = &b, .scope = &l->p->scope[i] };

			r = try_conditions(l, section, rule, &c, &s, &found, ret_said);
			if (r < 0 || found)
				return r;
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
