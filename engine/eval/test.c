/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Filling in clauses. It knows what each operator means over constants, an absent self and
 * bindings (DESIGN 2, "Rules" and "Templates"); what is done with the result is others' affair.
 */
#include <errno.h>

#include "engine/eval/test.h"

/* ---- operands ---------------------------------------------------------------------------- */

/* Constant words and expanded templates together. A template without a value adds nothing, nor does one
 * that is no word of the type, or a longer one than there is: nobody has it. */
static int words_make(struct arena *a, struct value_type type, struct word_set words,
	const struct tmpl *tmpl, uint32_t n_tmpl, const struct bound_rule *bound,
	struct word_set *ret)
{
	struct value v = { .type = type };
	uint32_t i, n = words.n;
	struct str *w;
	int r;

	if (n_tmpl == 0) {
		*ret = words;
		return 0;
	}
	w = arena_new_array(a, (size_t)words.n + n_tmpl, struct str);
	if (!w)
		return -ENOMEM;
	for (i = 0; i < n; i++)
		w[i] = words.w[i];
	for (i = 0; i < n_tmpl; i++) {
		r = tmpl_expand(a, &tmpl[i], bound, &w[n]);
		if (r == -ENOMEM)
			return r;
		v.word = w[n];
		n += r == 0 && value_valid(&v);
	}
	*ret = (struct word_set){ w, n };
	return 0;
}

static int one_box(struct arena *a, struct test *t, struct member_box box)
{
	struct member_box *b = arena_new(a, struct member_box);

	if (!b)
		return -ENOMEM;
	*b = box;
	t->kind = TEST_VALUES;
	t->box = b;
	t->n_boxes = 1;
	return 0;
}

static void mask_all_but(const uint64_t bits[4], unsigned size, uint64_t ret[4])
{
	unsigned i;

	for (i = 0; i < 4; i++) {
		uint64_t all = size >= 64 * (i + 1) ? UINT64_MAX :
			       size > 64 * i	    ? ((uint64_t)1 << (size - 64 * i)) - 1 :
						      0;
		ret[i] = all & ~bits[i];
	}
}

/* The box of one set or mask constant under an operator. */
static struct member_box box_of(enum clause_op op, const struct value *v)
{
	struct member_box box = { 0 };

	if (v->type.tag == VT_MASK) {
		uint64_t rest[4];

		mask_all_but(v->bits, v->type.size, rest);
		if (op == OP_EQ || op == OP_IN || op == OP_SUPERSET)
			memcpy(box.bits_in, v->bits, sizeof(box.bits_in));
		if (op == OP_EQ || op == OP_IN || op == OP_SUBSET)
			memcpy(box.bits_out, rest, sizeof(box.bits_out));
		if (op == OP_DISJOINT)
			memcpy(box.bits_out, v->bits, sizeof(box.bits_out));
		return box;
	}
	if (op == OP_EQ || op == OP_IN || op == OP_SUPERSET) {
		box.in = v->set.w;
		box.n_in = v->set.n;
	}
	if (op == OP_EQ || op == OP_IN)
		box.only_in_or_free = true;
	if (op == OP_SUBSET) {
		box.only_in_or_free = true;
		box.free = v->set.w;
		box.n_free = v->set.n;
	}
	if (op == OP_DISJOINT) {
		box.out = v->set.w;
		box.n_out = v->set.n;
	}
	return box;
}

static int ranges_of_interval(struct arena *a, struct key lo, struct key hi, struct ranges *ret)
{
	struct interval iv = { lo, hi };

	return ranges_normalize(a, &iv, 1, ret);
}

/* [the version's major part and, if @from_part, the component after it, from there) up to the
 * end of that component (upto_part) or of the major part. */
static int not_newer_ranges(struct arena *a, const struct attr_type *t, struct key self,
	bool turned, struct ranges *ret)
{
	unsigned parts = t->type.size, major = t->major, i;
	uint32_t lo[4] = { 0 }, hi[4] = { 0 };

	for (i = 0; i < parts; i++) {
		uint32_t own = key_part(self, i);
		bool compared = i == major;

		lo[i] = i < major || (compared && turned) ? own : 0;
		hi[i] = i < major || (compared && !turned) ? own : VERSION_PART_MAX;
	}
	return ranges_of_interval(a, key_from_parts(lo),
		key_next(key_from_parts(hi), value_type_line(t->type)), ret);
}

/* The test of an operator against one constant value of the attribute's type. */
static int test_value(struct arena *a, const struct test_env *env, const struct attr_type *t,
	enum clause_op op, const struct value *v, struct test *ret)
{
	enum line_kind line = value_type_line(t->type);
	int r = 0;

	switch (op) {
	case OP_EQ:
	case OP_IN:
		return test_equal(a, t->type, v, ret);
	case OP_LE:
		r = ranges_of_interval(a, KEY_MIN, key_next(v->key, line), &ret->ranges);
		break;
	case OP_GE:
		r = ranges_of_interval(a, v->key, KEY_END, &ret->ranges);
		break;
	case OP_NOT_NEWER:
		r = not_newer_ranges(a, t, v->key, env->block == BLOCK_OFFER, &ret->ranges);
		break;
	case OP_SUBSET:
	case OP_SUPERSET:
	case OP_DISJOINT:
		return one_box(a, ret, box_of(op, v));
	case OP_ANY:
	case OP_ABSENT:
	case OP_PRESENT:
	case OP_MAX_:
		return 0;
	}
	ret->kind = TEST_VALUES;
	return r;
}

/* `self` or `self.NAME`. */
static int test_self(struct arena *a, const struct test_env *env, const struct clause *c,
	const struct attr_type *t, struct test *ret)
{
	const struct operand *o = &c->operand;
	const struct value *v;

	if (o->kind == OPERAND_SELF_NAME && o->local) {
		const struct fact_result *l = &env->own->local[o->ref];

		if (l->has_ranges) {
			ret->kind = TEST_VALUES;
			ret->ranges = l->ranges;
			return 0;
		}
		if (l->value.type.tag == VT_NONE || !value_type_eq(l->value.type, t->type))
			return 0;
		return test_value(a, env, t, c->op, &l->value, ret);
	}
	v = env->own->self[o->kind == OPERAND_SELF ? c->attr : o->ref];
	if (v && !value_type_eq(v->type, t->type))
		return 0;
	if (v)
		return test_value(a, env, t, c->op, v, ret);
	/* An absent self: most operators mean `absent`, the others accept nothing. */
	if (c->op == OP_EQ || c->op == OP_LE || c->op == OP_GE || c->op == OP_SUBSET ||
		c->op == OP_SUPERSET || c->op == OP_NOT_NEWER)
		ret->kind = TEST_ABSENT;
	return 0;
}

static int test_words(struct arena *a, const struct test_env *env, const struct operand *o,
	struct value_type type, struct test *ret)
{
	struct word_set words, except;
	struct str *kept;
	uint32_t i, k, n = 0;
	int r;

	r = words_make(a, type, o->words, o->tmpl, o->n_tmpl, env->bound, &words);
	if (r < 0)
		return r;
	r = words_make(a, type, o->except_words, o->except_tmpl, o->n_except_tmpl, env->bound, &except);
	if (r < 0)
		return r;
	ret->kind = TEST_VALUES;
	ret->words = words;
	ret->prefixes = o->prefixes;
	ret->except = except;
	ret->except_prefixes = o->except_prefixes;
	if (except.n == 0 || o->prefixes.n > 0)
		return 0;
	kept = arena_new_array(a, words.n, struct str);
	if (!kept)
		return -ENOMEM;
	for (i = 0; i < words.n; i++) {
		for (k = 0; k < except.n && !str_eq(except.w[k], words.w[i]);)
			k++;
		if (k == except.n)
			kept[n++] = words.w[i];
	}
	ret->words = (struct word_set){ kept, n };
	ret->except = (struct word_set){ 0 };
	return 0;
}

static int test_collections(struct arena *a, const struct clause *c, const struct attr_type *t,
	struct test *ret)
{
	const struct operand *o = &c->operand;
	struct member_box *box = arena_new_array(a, o->n_values, struct member_box);
	struct value v = { .type = t->type };
	uint32_t i;

	if (!box)
		return -ENOMEM;
	for (i = 0; i < o->n_values; i++) {
		if (o->kind == OPERAND_SETS)
			v.set = o->sets[i];
		else
			memcpy(v.bits, o->masks[i], sizeof(v.bits));
		box[i] = box_of(c->op, &v);
	}
	ret->kind = TEST_VALUES;
	ret->box = box;
	ret->n_boxes = o->n_values;
	return 0;
}

/* Integer constants of `<=` and `>=` come as ranges of one point, as those of `==` do. */
static int test_ranges(struct arena *a, const struct test_env *env, const struct clause *c,
	const struct attr_type *t, struct test *ret)
{
	const struct operand *o = &c->operand;
	struct value v = { .type = t->type };

	if (c->op == OP_EQ || c->op == OP_IN) {
		ret->kind = TEST_VALUES;
		ret->ranges = o->ranges;
		return 0;
	}
	if (o->ranges.n != 1)
		return 0;
	v.key = o->ranges.iv[0].lo;
	return test_value(a, env, t, c->op, &v, ret);
}

static int test_expr(struct arena *a, const struct test_env *env, const struct clause *c,
	const struct attr_type *t, struct test *ret)
{
	struct value v = { .type = t->type };
	int64_t n;

	if (expr_value(&c->operand.expr, env->bound, env->own->self[c->attr], NULL, &n) < 0)
		return 0;
	v.key = key_from_int(n);
	return test_value(a, env, t, c->op, &v, ret);
}

int test_make(struct arena *a, const struct test_env *env, const struct clause *c,
	struct test *ret)
{
	const struct attr_type *t = &env->own->policy.attr[c->attr].type;
	struct test out = { .type = t->type };
	int r = 0;

	switch (c->op) {
	case OP_ANY:
		out.kind = TEST_ANY;
		break;
	case OP_ABSENT:
		out.kind = TEST_ABSENT;
		break;
	case OP_PRESENT:
		out.kind = TEST_PRESENT;
		break;
	case OP_EQ:
	case OP_IN:
	case OP_SUBSET:
	case OP_SUPERSET:
	case OP_DISJOINT:
	case OP_LE:
	case OP_GE:
	case OP_NOT_NEWER:
	case OP_MAX_:
		break;
	}
	switch (c->operand.kind) {
	case OPERAND_NONE:
		break;
	case OPERAND_SELF:
	case OPERAND_SELF_NAME:
		r = test_self(a, env, c, t, &out);
		break;
	case OPERAND_WORDS:
		r = test_words(a, env, &c->operand, t->type, &out);
		break;
	case OPERAND_RANGES:
		r = test_ranges(a, env, c, t, &out);
		break;
	case OPERAND_BOOL:
		out.kind = TEST_VALUES;
		out.has_no = c->operand.has_no;
		out.has_yes = c->operand.has_yes;
		break;
	case OPERAND_SETS:
	case OPERAND_MASKS:
		r = test_collections(a, c, t, &out);
		break;
	case OPERAND_EXPR:
		r = test_expr(a, env, c, t, &out);
		break;
	}
	if (r < 0)
		return r;
	*ret = out;
	return 0;
}

int test_domain(struct arena *a, const struct attr_type *t, struct test *ret, bool *ret_trivial)
{
	struct test out = { .kind = TEST_VALUES, .type = t->type };
	struct value v = { .type = t->type };
	int r = 0;

	*ret_trivial = false;
	if (t->type.tag == VT_INT && (t->lo != INT64_MIN || t->hi != INT64_MAX)) {
		r = ranges_of_interval(a, key_from_int(t->lo), key_next(key_from_int(t->hi), LINE_INT),
			&out.ranges);
	} else if (t->has_words && t->type.tag == VT_STRING) {
		out.words = t->words;
	} else if (t->has_words && t->type.tag == VT_SET) {
		v.set = t->words;
		r = one_box(a, &out, box_of(OP_SUBSET, &v));
	} else {
		out.kind = TEST_PRESENT;
		*ret_trivial = true;
	}
	if (r < 0)
		return r;
	*ret = out;
	return 0;
}

int test_equal(struct arena *a, struct value_type type, const struct value *v, struct test *ret)
{
	struct test out = { .kind = v ? TEST_VALUES : TEST_ABSENT, .type = type };
	struct str *w;
	int r = 0;

	if (v && value_type_is_word(type)) {
		w = arena_new(a, struct str);
		if (!w)
			return -ENOMEM;
		*w = v->word;
		out.words = (struct word_set){ w, 1 };
	} else if (v && value_type_is_line(type)) {
		r = ranges_of_interval(a, v->key, key_next(v->key, value_type_line(type)),
			&out.ranges);
	} else if (v && type.tag == VT_BOOL) {
		out.has_yes = v->yes;
		out.has_no = !v->yes;
	} else if (v) {
		r = one_box(a, &out, box_of(OP_EQ, v));
	}
	if (r < 0)
		return r;
	*ret = out;
	return 0;
}
