/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Properties of a relation, and questions about single rules and blocks. Here it is only known what
 * a property of the whole has to do with those of its parts; the parts are looked through elsewhere.
 */
#include <errno.h>

#include "engine/analyse/question.h"

const char *relation_property_name(enum relation_property p)
{
	switch (p) {
	case RELATION_OWN_TWIN: return "own-twin";
	case RELATION_FORWARD_ONLY: return "forward-only";
	case RELATION_SYMMETRIC: return "symmetric";
	case RELATION_TRANSITIVE: return "transitive";
	case RELATION_PROPERTIES: break;
	}
	return "";
}

const char *relation_answer_name(enum relation_answer a)
{
	switch (a) {
	case RELATION_YES: return "yes";
	case RELATION_NO: return "no";
	case RELATION_UNDECIDED: break;
	}
	return "undecided";
}

void relation_value_print(struct sbuf *b, const struct relation_value *v)
{
	uint32_t i;

	if (!v->has_ranges && v->value.type.tag == VT_NONE) {
		sbuf_puts(b, "absent");
		return;
	}
	if (!v->has_ranges) {
		value_print(b, &v->value);
		return;
	}
	if (v->ranges.n == 0)
		sbuf_puts(b, "none");
	for (i = 0; i < v->ranges.n; i++) {
		const struct interval *iv = &v->ranges.iv[i];
		struct value point = { .type = v->type, .key = iv->lo };

		if (i > 0)
			sbuf_puts(b, ", ");
		if (key_eq(iv->lo, KEY_MIN) && key_is_end(iv->hi)) {
			sbuf_putc(b, '*');
			continue;
		}
		value_print(b, &point);
		if (key_eq(key_next(iv->lo, value_type_line(v->type)), iv->hi))
			continue;
		sbuf_puts(b, "..");
		point.key = key_prev(iv->hi, value_type_line(v->type));
		value_print(b, &point);
	}
}

/* ---- one tuple of whole subjects ------------------------------------------------------------------ */

/* The smallest of the tuples that have in one part @special and in all others @base. *ret_part: that
 * part; n: there is none. */
static int choose(const struct question *q, const struct tuple *special, const struct tuple *base,
	unsigned n, uint32_t *ret_part, uint32_t *ret[3])
{
	struct tuple *mix = arena_new_array(q->u->arena, q->n, struct tuple);
	uint32_t best = UINT32_MAX, i, differ;

	*ret_part = q->n;
	if (!mix)
		return -ENOMEM;
	for (i = 0; i < q->n; i++) {
		uint32_t *whole[3];
		int r;

		memcpy(mix, base, q->n * sizeof(*mix));
		mix[i] = special[i];
		differ = question_differ(q, mix);
		if (differ == UINT32_MAX || differ > best)
			continue;
		r = question_compose(q, mix, n, whole);
		if (r < 0)
			return r;
		if (differ == best && !question_before(q, n, whole, ret))
			continue;
		best = differ;
		*ret_part = i;
		memcpy(ret, whole, n * sizeof(*whole));
	}
	return 0;
}

static int describe(struct arena *a, const struct question *q, unsigned n, uint32_t *const who[3],
	struct relation_finding *ret)
{
	unsigned i;
	int r = 0;

	ret->n = n;
	for (i = 0; r == 0 && i < n; i++)
		r = subject_describe(a, q->u, who[i], &ret->who[i]);
	return r;
}

/* A property that was not refuted. */
static void not_refuted(const struct question *q, enum relation_answer good,
	struct relation_finding *ret)
{
	*ret = (struct relation_finding){
		.answer = q->bound.p ? RELATION_UNDECIDED : good,
		.bound = q->bound,
	};
}

static void too_complex(struct relation_finding *ret)
{
	*ret = (struct relation_finding){
		.bound = STR("an acceptance diagram past its bounds"),
	};
}

/* ---- properties ------------------------------------------------------------------------------------ */

static bool is_newer(const struct question *q, struct str attr, uint32_t *const who[3])
{
	const struct view *v = q->u->view;
	const struct value *x, *y;
	uint32_t i;

	for (i = ATTR_FIRST; i < v->p->n_attrs; i++) {
		if (!str_eq(v->p->attr[i].name, attr))
			continue;
		x = subject_value(q->u, v, i, who[0]);
		y = subject_value(q->u, v, i, who[1]);
		return x && y && key_cmp(x->key, y->key) > 0;
	}
	return false;
}

/* Does the evaluator see it, too? */
static int confirm(const struct question *q, enum relation_property what, struct str attr,
	uint32_t *const who[3], bool *ret_complex)
{
	bool ab = false, other = false;
	int r;

	if (what == RELATION_OWN_TWIN) {
		r = question_judge(q, 0, who[0], who[0], &ab, ret_complex);
		return r < 0 ? r : ab ? -EUCLEAN : 0;
	}
	r = question_judge(q, 0, who[0], who[1], &ab, ret_complex);
	if (r == 0 && what == RELATION_SYMMETRIC)
		r = question_judge(q, 0, who[1], who[0], &other, ret_complex);
	if (r == 0 && what == RELATION_TRANSITIVE) {
		r = question_judge(q, 0, who[1], who[2], &other, ret_complex);
		ab = ab && other;
		if (r == 0)
			r = question_judge(q, 0, who[0], who[2], &other, ret_complex);
	}
	if (r < 0)
		return r;
	if (what == RELATION_FORWARD_ONLY)
		other = !is_newer(q, attr, who);
	return ab && !other ? 0 : -EUCLEAN;
}

static int prove(struct arena *a, const struct judged *j, enum relation_property what,
	const struct relation_options *o, struct relation_finding *ret)
{
	unsigned n = what == RELATION_OWN_TWIN ? 1 : what == RELATION_TRANSITIVE ? 3 : 2;
	struct tuple *bad, *base;
	struct question q = { 0 };
	uint32_t *who[3] = { NULL };
	uint32_t i, part;
	bool complex = false;
	int r;

	if (!j->policy)
		return -EINVAL;
	r = question_ask(a, &j, 1, MAX(n, 2u),
		what == RELATION_FORWARD_ONLY ? QUESTION_ORDERS : QUESTION_PLAIN, o, &q);
	if (r < 0)
		return r;
	not_refuted(&q, RELATION_YES, ret);
	if (q.missing)
		return 0;
	bad = arena_new_array(a, q.n, struct tuple);
	base = arena_new_array(a, q.n, struct tuple);
	if (!bad || !base)
		return -ENOMEM;
	for (i = 0; i < q.n; i++) {
		bad[i] = search_violation(&q.m[i], what);
		base[i] = n == 1 ? search_in_force(&q.m[i]) :
			  n == 2 ? search_pair(&q.m[i], 0) :
				   search_path(&q.m[i]);
	}
	r = choose(&q, bad, base, n, &part, who);
	if (r == 0 && part == q.n && !q.bound.p) {
		r = question_sample(&q, NULL);
		not_refuted(&q, RELATION_YES, ret);
	}
	if (r < 0 || part == q.n)
		return r;
	r = confirm(&q, what, bad[part].attr, who, &complex);
	if (complex) {
		too_complex(ret);
		return 0;
	}
	if (r < 0)
		return r;
	*ret = (struct relation_finding){ .answer = RELATION_NO, .attr = bad[part].attr };
	return describe(a, &q, n, who, ret);
}

int relation_prove(struct arena *a, const struct judged *j, enum relation_property what,
	const struct relation_options *o, struct relation_finding *ret)
{
	struct work w;
	int r;

	work_begin(&w, a, o);
	r = prove(a, j, what, o, ret);
	if (!work_passed(&w, r))
		return r;
	*ret = (struct relation_finding){ .bound = WORK_PASSED };
	return 0;
}

static int any_pair(struct arena *a, const struct judged *j, const struct relation_options *o,
	struct relation_finding *ret)
{
	struct tuple *base;
	struct question q = { 0 };
	uint32_t *who[3] = { NULL };
	bool yes = false, complex = false;
	uint32_t i;
	int r;

	if (!j->policy)
		return -EINVAL;
	r = question_ask(a, &j, 1, 2, QUESTION_PLAIN, o, &q);
	if (r < 0)
		return r;
	not_refuted(&q, RELATION_NO, ret);
	if (q.missing)
		return 0;
	base = arena_new_array(a, q.n, struct tuple);
	if (!base)
		return -ENOMEM;
	for (i = 0; i < q.n; i++)
		base[i] = search_pair(&q.m[i], 0);
	if (question_differ(&q, base) == UINT32_MAX)
		return 0;
	r = question_compose(&q, base, 2, who);
	if (r == 0)
		r = question_judge(&q, 0, who[0], who[1], &yes, &complex);
	if (r < 0)
		return r;
	if (complex) {
		too_complex(ret);
		return 0;
	}
	if (!yes)
		return -EUCLEAN;
	*ret = (struct relation_finding){ .answer = RELATION_YES };
	return describe(a, &q, 2, who, ret);
}

int relation_any_pair(struct arena *a, const struct judged *j, const struct relation_options *o,
	struct relation_finding *ret)
{
	struct work w;
	int r;

	work_begin(&w, a, o);
	r = any_pair(a, j, o, ret);
	if (!work_passed(&w, r))
		return r;
	*ret = (struct relation_finding){ .bound = WORK_PASSED };
	return 0;
}

/* ---- two policies ----------------------------------------------------------------------------------- */

/* The smallest pair that side @yes accepts and the other does not. */
static int find_change(const struct question *q, unsigned yes, bool other_empty,
	uint32_t *ret_part, uint32_t *who[3])
{
	struct tuple *change = arena_new_array(q->u->arena, q->n, struct tuple);
	struct tuple *base = arena_new_array(q->u->arena, q->n, struct tuple);
	uint32_t i;

	if (!change || !base)
		return -ENOMEM;
	for (i = 0; i < q->n; i++) {
		base[i] = search_pair(&q->m[i], yes);
		change[i] = other_empty ? base[i] : search_change(&q->m[i], yes);
	}
	return choose(q, change, base, 2, ret_part, who);
}

static bool is_empty(const struct question *q, unsigned side)
{
	uint32_t i;

	for (i = 0; i < q->n; i++)
		if (!search_pair(&q->m[i], side).found)
			return true;
	return false;
}

static int same(struct arena *a, const struct judged *x, const struct judged *y,
	const struct relation_options *o, struct relation_finding *ret)
{
	const struct judged *side[2] = { x, y };
	struct question q = { 0 };
	unsigned yes;
	int r;

	r = question_ask(a, side, 2, 2, QUESTION_PLAIN, o, &q);
	if (r < 0)
		return r;
	not_refuted(&q, RELATION_YES, ret);
	if (q.missing)
		return 0;
	for (yes = 0; yes < 2; yes++) {
		uint32_t *who[3] = { NULL };
		bool here = false, there = false, complex = false;
		uint32_t part;

		r = find_change(&q, yes, is_empty(&q, 1 - yes), &part, who);
		if (r < 0)
			return r;
		if (part == q.n)
			continue;
		r = question_judge(&q, yes, who[0], who[1], &here, &complex);
		if (r == 0)
			r = question_judge(&q, 1 - yes, who[0], who[1], &there, &complex);
		if (r < 0)
			return r;
		if (complex) {
			too_complex(ret);
			return 0;
		}
		if (!here || there)
			return -EUCLEAN;
		*ret = (struct relation_finding){ .answer = RELATION_NO };
		return describe(a, &q, 2, who, ret);
	}
	r = q.bound.p ? 0 : question_sample(&q, NULL);
	not_refuted(&q, RELATION_YES, ret);
	return r;
}

int relation_same(struct arena *a, const struct judged *x, const struct judged *y,
	const struct relation_options *o, struct relation_finding *ret)
{
	struct work w;
	int r;

	work_begin(&w, a, o);
	r = same(a, x, y, o, ret);
	if (!work_passed(&w, r))
		return r;
	*ret = (struct relation_finding){ .bound = WORK_PASSED };
	return 0;
}

/* ---- single rules and blocks ------------------------------------------------------------------------- */

/* The policy with one of its rules replaced, or alone. */
static struct policy *with_rule(struct arena *a, const struct policy *p, uint32_t rule,
	const struct rule *instead, bool alone)
{
	struct policy *q = arena_new(a, struct policy);
	struct rule *list = arena_new_array(a, p->n_rules, struct rule);

	if (!q || !list)
		return NULL;
	*q = *p;
	q->rule = list;
	if (alone) {
		list[0] = *instead;
		q->n_rules = 1;
		return q;
	}
	memcpy(list, p->rule, p->n_rules * sizeof(*list));
	list[rule] = *instead;
	return q;
}

int relation_rule_possible(struct arena *a, const struct policy *p, uint32_t rule,
	const struct relation_options *o, struct relation_finding *ret)
{
	/* `accept same` takes in every twin, so it is in force where the conditions hold. */
	static const struct block twins = { .kind = BLOCK_ACCEPT };
	struct rule alone = p->rule[rule];
	const struct policy *only;
	struct judged j;
	int r;

	alone.block = &twins;
	alone.n_blocks = 1;
	alone.migratable_no = false;
	only = with_rule(a, p, rule, &alone, true);
	if (!only)
		return -ENOMEM;
	j = judged_alone(only);
	r = relation_any_pair(a, &j, o, ret);
	if (r == 0 && ret->answer == RELATION_YES) {
		/* The conditions are those of the target. */
		ret->who[0] = ret->who[1];
		ret->n = 1;
	}
	return r;
}

int relation_block_possible(struct arena *a, const struct policy *p, uint32_t rule,
	uint32_t block, const struct relation_options *o, struct relation_finding *ret)
{
	struct rule alone = p->rule[rule];
	const struct policy *only;
	struct judged j;

	alone.block = &p->rule[rule].block[block];
	alone.n_blocks = 1;
	alone.migratable_no = false;
	only = with_rule(a, p, rule, &alone, true);
	if (!only)
		return -ENOMEM;
	j = judged_alone(only);
	return relation_any_pair(a, &j, o, ret);
}

int relation_block_redundant(struct arena *a, const struct policy *p, uint32_t rule,
	uint32_t block, const struct relation_options *o, struct relation_finding *ret)
{
	struct rule less = p->rule[rule];
	struct block *list = arena_new_array(a, less.n_blocks, struct block);
	const struct policy *without;
	struct judged x = judged_alone(p), y;
	uint32_t i;

	if (!list)
		return -ENOMEM;
	less.block = list;
	less.n_blocks = 0;
	for (i = 0; i < p->rule[rule].n_blocks; i++)
		if (i != block)
			list[less.n_blocks++] = p->rule[rule].block[i];
	without = with_rule(a, p, rule, &less, false);
	if (!without)
		return -ENOMEM;
	y = judged_alone(without);
	return relation_same(a, &x, &y, o, ret);
}
