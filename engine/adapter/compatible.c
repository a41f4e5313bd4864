/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The self/compatible proposals, once their texts are taken apart. Every value is a string; absent
 * and empty are one, as `KEY=""` is said to mean; what an alternative leaves out must be equal. One
 * accept block for each assignment of an alternative's variables.
 */
#include <errno.h>

#include "engine/adapter/compatible.h"

/* Keys that are names of ours mean something else there. */
static struct str attr_name(struct str key)
{
	if (str_eq(key, STR("type")))
		return STR("mdev_type");
	if (str_eq(key, STR("driver")))
		return STR("device_driver");
	if (str_eq(key, STR("kind")))
		return STR("device_kind");
	return key;
}

int said_add(struct speaker *p, struct said *s, struct said_block *b, struct str key,
	struct str text)
{
	uint32_t i;

	for (i = 0; i < b->n; i++)
		if (str_eq(attr_name(b->value[i].key), attr_name(key)))
			return speak_unreadable(p, s->place, "a key stands in a block twice");
	if (b->n == SPOKEN_ATTRS_MAX)
		return speak_unreadable(p, s->place, "more than 64 keys");
	if (b->n == b->room) {
		uint32_t room = b->room ? 2 * b->room : 8;
		struct said_value *grown = arena_new_array(p->a, room, struct said_value);

		if (!grown)
			return -ENOMEM;
		if (b->n > 0)
			memcpy(grown, b->value, b->n * sizeof(*grown));
		b->value = grown;
		b->room = room;
	}
	b->value[b->n++] = (struct said_value){ key, text };
	return 0;
}

int said_add_block(struct speaker *p, struct said *s, struct said_block **ret)
{
	if (s->n_blocks == SAID_BLOCKS_MAX)
		return -E2BIG;
	if (s->n_blocks == s->room) {
		uint32_t room = s->room ? 2 * s->room : 4;
		struct said_block *grown = arena_new_array(p->a, room, struct said_block);

		if (!grown)
			return -ENOMEM;
		if (s->n_blocks > 0)
			memcpy(grown, s->block, s->n_blocks * sizeof(*grown));
		s->block = grown;
		s->room = room;
	}
	*ret = &s->block[s->n_blocks++];
	return 0;
}

/* ---- attributes ------------------------------------------------------------------------------ */

/* The number of a key's attribute; 0: there is none yet. */
static uint16_t find_attr(const struct speaker *p, struct str key)
{
	struct str name = attr_name(key);
	uint32_t i;

	for (i = 0; i < p->n_attrs; i++)
		if (str_eq(p->attr[i].attr.name, name))
			return (uint16_t)(ATTR_FIRST + i);
	return 0;
}

/* An attribute whose default is the empty text. */
static struct spoken_attr *add_attr(struct speaker *p, struct str key)
{
	struct spoken_attr *s = speak_attr(p, attr_name(key), VT_STRING);

	if (!s)
		return NULL;
	s->attr.presence = PRESENCE_DEFAULT;
	s->attr.dflt.type = s->attr.type.type;
	s->attr.dflt.word = STR("");
	return s;
}

static int add_self(struct speaker *p, const struct said *s)
{
	struct str why = { 0 };
	uint32_t i;

	if (s->self.n == 0)
		return speak_unreadable(p, s->place, "the device says nothing of itself");
	for (i = 0; i < s->self.n; i++) {
		const struct said_value *v = &s->self.value[i];
		struct spoken_attr *attr = add_attr(p, v->key);

		if (!attr)
			return speak_error(p);
		attr->raw = v->text;
		attr->from = s->from;
		attr->absent = false;
		attr->value.type = attr->attr.type.type;
		if (template_plain(v->text, &attr->value.word, &why) < 0)
			return speak_fail(p, STATUS_UNREADABLE_FACT, attr->attr.name, why);
		if (!speak_one_line(attr->value.word))
			return speak_unreadable(p, attr->attr.name,
				"bytes that are not printable ASCII");
	}
	return 0;
}

static int add_keys(struct speaker *p, const struct said *s)
{
	uint32_t i, k;

	for (i = 0; i < s->n_blocks; i++)
		for (k = 0; k < s->block[i].n; k++)
			if (find_attr(p, s->block[i].value[k].key) == 0 &&
				!add_attr(p, s->block[i].value[k].key))
				return speak_error(p);
	return 0;
}

/* ---- alternatives ---------------------------------------------------------------------------- */

struct alternative {
	const struct said_block *block;
	struct variables vars;
	struct template *template;
	uint32_t index[TEMPLATE_VARS_MAX]; /* which value each variable has */
};

static int read_alternative(struct speaker *p, const struct said *s, const struct said_block *b,
	struct alternative *ret)
{
	struct str why = { 0 };
	uint32_t i, combinations = 1;
	int r = 0;

	if (b->n == 0)
		return speak_unreadable(p, s->place, "an alternative that says nothing");
	*ret = (struct alternative){ .block = b };
	ret->template = arena_new_array(p->a, b->n, struct template);
	if (!ret->template)
		return -ENOMEM;
	for (i = 0; r == 0 && i < b->n; i++)
		r = speak_one_line(b->value[i].text) ?
			    template_declare(p->a, b->value[i].text, &ret->vars, &why) :
			    speak_unreadable(p, s->place, "bytes that are not printable ASCII");
	for (i = 0; r == 0 && i < b->n; i++)
		r = template_read(p->a, b->value[i].text, &ret->vars, &ret->template[i], &why);
	if (r == -EINVAL)
		return speak_fail(p, STATUS_UNREADABLE_FACT, s->place, why);
	for (i = 0; r == 0 && i < ret->vars.n; i++) {
		combinations *= ret->vars.var[i].n;
		if (combinations > BINDINGS_MAX)
			return -E2BIG;
	}
	return r;
}

static bool next_assignment(struct alternative *x)
{
	unsigned i;

	for (i = 0; i < x->vars.n; i++) {
		if (++x->index[i] < x->vars.var[i].n)
			return true;
		x->index[i] = 0;
	}
	return false;
}

/* One assignment as a block, unless a value has none under it. */
static int add_assignment(struct speaker *p, const struct said *s, const struct alternative *x)
{
	const struct said_block *b = x->block;
	struct str *text = arena_new_array(p->a, b->n, struct str);
	bool named[SPOKEN_ATTRS_MAX] = { false };
	uint32_t i;
	int r;

	if (!text)
		return -ENOMEM;
	for (i = 0; i < b->n; i++) {
		r = template_text(p->a, &x->template[i], &x->vars, x->index, &text[i]);
		if (r < 0)
			return r == -EDOM ? 0 : r;
	}
	if (p->n_blocks == BINDINGS_MAX)
		return -E2BIG;
	r = speak_block(p);
	if (r < 0)
		return r;
	/* The driver says which types; where it names none, left out is equal. */
	for (i = 0; r == 0 && i < b->n; i++) {
		uint16_t attr = find_attr(p, b->value[i].key);

		if (str_eq(p->attr[attr - ATTR_FIRST].attr.name, STR("mdev_type")))
			speak_clause(p, ATTR_TYPE, OP_ANY);
		named[attr - ATTR_FIRST] = true;
		r = speak_is(p, attr, text[i]);
	}
	for (i = 0; r == 0 && s->whole && i < p->n_attrs; i++)
		if (!named[i])
			r = speak_is(p, (uint16_t)(ATTR_FIRST + i), STR(""));
	return r;
}

int said_speak(struct speaker *p, const struct said *s)
{
	struct alternative x;
	uint32_t i;
	int r;

	r = add_self(p, s);
	if (r == 0)
		r = add_keys(p, s);
	for (i = 0; r == 0 && i < s->n_blocks; i++) {
		r = read_alternative(p, s, &s->block[i], &x);
		if (r < 0)
			return r;
		do
			r = add_assignment(p, s, &x);
		while (r == 0 && next_assignment(&x));
	}
	return r;
}
