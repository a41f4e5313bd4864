/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a filled-in clause is good for: deciding one value, and making one level's node. */
#include <errno.h>

#include "engine/eval/test.h"

static bool words_have(const struct word_set *words, const struct word_set *prefixes,
	struct str w)
{
	uint32_t i;

	for (i = 0; i < words->n; i++)
		if (str_eq(words->w[i], w))
			return true;
	for (i = 0; i < prefixes->n; i++)
		if (str_starts(w, prefixes->w[i]))
			return true;
	return false;
}

static bool list_has(const struct str *list, uint32_t n, struct str w)
{
	uint32_t i;

	for (i = 0; i < n; i++)
		if (str_eq(list[i], w))
			return true;
	return false;
}

static bool set_in_box(const struct member_box *b, const struct word_set *s)
{
	uint32_t i;

	for (i = 0; i < b->n_in; i++)
		if (!list_has(s->w, s->n, b->in[i]))
			return false;
	for (i = 0; i < s->n; i++) {
		if (list_has(b->out, b->n_out, s->w[i]))
			return false;
		if (b->only_in_or_free && !list_has(b->in, b->n_in, s->w[i]) &&
			!list_has(b->free, b->n_free, s->w[i]))
			return false;
	}
	return true;
}

static bool mask_in_box(const struct member_box *b, const uint64_t bits[4])
{
	unsigned i;

	for (i = 0; i < 4; i++)
		if ((bits[i] & b->bits_in[i]) != b->bits_in[i] || (bits[i] & b->bits_out[i]) != 0)
			return false;
	return true;
}

static bool value_in(const struct test *t, const struct value *v)
{
	uint32_t i;

	switch ((enum value_tag)t->type.tag) {
	case VT_STRING:
	case VT_PCI_ID:
		return words_have(&t->words, &t->prefixes, v->word) &&
		       !words_have(&t->except, &t->except_prefixes, v->word);
	case VT_INT:
	case VT_VERSION:
		return ranges_contains(t->ranges, v->key);
	case VT_BOOL:
		return v->yes ? t->has_yes : t->has_no;
	case VT_SET:
		for (i = 0; i < t->n_boxes; i++)
			if (set_in_box(&t->box[i], &v->set))
				return true;
		return false;
	case VT_MASK:
		for (i = 0; i < t->n_boxes; i++)
			if (mask_in_box(&t->box[i], v->bits))
				return true;
		return false;
	case VT_NONE:
		break;
	}
	return false;
}

bool test_holds(const struct test *t, const struct value *v)
{
	switch (t->kind) {
	case TEST_NOTHING:
		return false;
	case TEST_ANY:
		return true;
	case TEST_ABSENT:
		return !v;
	case TEST_PRESENT:
		return v != NULL && value_type_eq(v->type, t->type);
	case TEST_VALUES:
		return v != NULL && value_type_eq(v->type, t->type) && value_in(t, v);
	}
	return false;
}

int test_node(struct dstore *s, const struct attr *attr, enum dmode mode, const struct test *t,
	dref yes, bool always_absent, dref *ret)
{
	struct dlevel level = { .name = attr->name, .type = attr->type.type, .mode = mode };
	const struct value *dflt = attr->presence == PRESENCE_DEFAULT ? &attr->dflt : NULL;
	bool values = t->kind == TEST_VALUES;
	bool all = t->kind == TEST_ANY || t->kind == TEST_PRESENT;
	dref if_value = all ? yes : DREF_NO;
	dref absent = always_absent || test_holds(t, dflt) ? yes : DREF_NO;
	/* `any` in an open block says nothing about the type either. */
	dref other = mode == DMODE_OPEN && t->kind == TEST_ANY ? yes : DREF_NO;

	switch ((enum value_tag)attr->type.type.tag) {
	case VT_STRING:
	case VT_PCI_ID:
		if (values)
			return dnode_words(s, &level, t->words.w, t->words.n, true, yes, DREF_NO,
				absent, other, dflt, ret);
		return dnode_words(s, &level, NULL, 0, false, if_value, DREF_NO, absent, other, dflt,
			ret);
	case VT_INT:
	case VT_VERSION:
		return dnode_ranges(s, &level, values ? t->ranges : RANGES_NONE, yes, if_value, absent,
			other, dflt, ret);
	case VT_BOOL:
		return dnode_bool(s, &level, values && t->has_no ? yes : if_value,
			values && t->has_yes ? yes : if_value, absent, other, dflt, ret);
	case VT_SET:
	case VT_MASK:
		return dnode_members(s, &level, t->box, values ? t->n_boxes : 0, yes, if_value, absent,
			other, dflt, ret);
	case VT_NONE:
		break;
	}
	return -EINVAL;
}
