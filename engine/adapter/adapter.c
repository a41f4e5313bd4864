/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is the same for all interfaces: the order of things, and lists that the policy
 * says are of targets.
 */
#include <errno.h>

#include "engine/adapter/interfaces.h"
#include "engine/adapter/speak.h"

#define INTERFACE_SPEAK(id, ...) [INTERFACE_##id] = id##_speak,
static int (*const speak[INTERFACE_MAX_])(
	struct speaker *p) = { INTERFACES(INTERFACE_SPEAK) };
#undef INTERFACE_SPEAK

/* ---- lists of targets
 * ------------------------------------------------------------------------ */

static bool block_has(const struct block *b, uint16_t attr)
{
	uint32_t i;

	for (i = 0; i < b->n_clauses; i++)
		if (b->clause[i].attr == attr)
			return true;
	return false;
}

/* An accept block's meaning as an offer block: what it leaves out must be equal here too, but for what
 * the target's own list judges. */
static int turn_block(struct speaker *p, struct block *b, uint16_t judges)
{
	uint32_t i, n = ATTR_FIRST + p->n_attrs;
	struct clause *c = arena_new_array(p->a, n, struct clause);

	if (!c)
		return -ENOMEM;
	for (i = 0; i < b->n_clauses; i++)
		c[i] = b->clause[i];
	for (i = 0; i < n; i++)
		if (i != judges && !block_has(b, (uint16_t)i))
			c[b->n_clauses++] = (struct clause){
				.attr = (uint16_t)i,
				.op = OP_EQ,
				.operand.kind = OPERAND_SELF,
			};
	b->clause = c;
	b->kind = BLOCK_OFFER;
	return 0;
}

/* The names of the first @n attributes; with @own of those that are in the record. */
static int names_of(struct speaker *p, uint32_t n, bool own, struct word_set *ret)
{
	struct str *w = arena_new_array(p->a, n, struct str);
	uint32_t i, k = 0;

	if (!w)
		return -ENOMEM;
	for (i = 0; i < n; i++) {
		const struct spoken_attr *s = &p->attr[i];
		bool dflt = s->absent || (s->attr.presence == PRESENCE_DEFAULT &&
						value_eq(&s->value, &s->attr.dflt));

		if (!own || !dflt)
			w[k++] = s->attr.name;
	}
	str_sort(w, k);
	*ret = (struct word_set){ w, k };
	return 0;
}

/* For people. */
static int join_words(struct speaker *p, struct word_set words, struct str *ret)
{
	struct sbuf b = { 0 };
	uint32_t i;

	for (i = 0; i < words.n; i++)
		b.size += words.w[i].n + 1;
	b.p = arena_alloc_raw(p->a, b.size + 1);
	if (!b.p)
		return -ENOMEM;
	for (i = 0; i < words.n; i++) {
		if (i > 0)
			sbuf_putc(&b, ' ');
		sbuf_put_str(&b, words.w[i]);
	}
	*ret = sbuf_str(&b);
	return 0;
}

/* The set of the attributes that the list judges. *ret_must: those of them that this device has. */
static int add_judges(struct speaker *p, uint16_t *ret, struct word_set *ret_must)
{
	uint32_t n = p->n_attrs;
	struct spoken_attr *s = speak_own_attr(p, STR(INTERFACE_JUDGES), VT_SET);
	int r;

	if (!s)
		return speak_error(p);
	s->absent = false;
	s->value.type = s->attr.type.type;
	s->from = STR("the names of the driver's attributes");
	*ret = speak_number(p, s);
	r = names_of(p, n, false, &s->value.set);
	if (r == 0)
		r = join_words(p, s->value.set, &s->raw);
	return r < 0 ? r : names_of(p, n, true, ret_must);
}

static int add_marker(struct speaker *p, uint16_t *ret)
{
	struct spoken_attr *s = speak_own_attr(p, STR(INTERFACE_MARKER), VT_STRING);

	if (!s)
		return speak_error(p);
	s->absent = false;
	s->raw = p->name;
	s->from = STR("the policy");
	s->value.type = s->attr.type.type;
	s->value.word = p->name;
	*ret = speak_number(p, s);
	return 0;
}

/* `attr superset words` in the last block. */
static int speak_superset(struct speaker *p, uint16_t attr, struct word_set words)
{
	struct word_set *set = arena_new(p->a, struct word_set);
	struct clause *c;

	if (!set)
		return -ENOMEM;
	*set = words;
	c = speak_clause(p, attr, OP_SUPERSET);
	c->operand.kind = OPERAND_SETS;
	c->operand.sets = set;
	c->operand.n_values = 1;
	return 0;
}

/*
 * The list is the source's, of targets. The target then judges no more than that the source speaks
 * the same way and knows all that the target is, which attributes of its own say: a source that does
 * not would be judged by nobody, and so would what it has never heard of.
 */
static int turn(struct speaker *p)
{
	uint16_t marker = 0, judges = 0;
	struct word_set must = { 0 };
	uint32_t i, n;
	int r;

	r = add_judges(p, &judges, &must);
	n = p->n_attrs;
	if (r == 0)
		r = add_marker(p, &marker);
	for (i = 0; r == 0 && i < p->n_blocks; i++)
		r = turn_block(p, &p->block[i], judges);
	if (r == 0)
		r = speak_block(p);
	if (r == 0)
		r = speak_superset(p, judges, must);
	if (r < 0)
		return r;
	/* An offer says what the type must be, also where that is its own. */
	speak_clause(p, ATTR_TYPE, OP_ANY);
	for (i = 0; i + 1 < n; i++)
		speak_clause(p, (uint16_t)(ATTR_FIRST + i), OP_ANY);
	/* Without a list nothing is offered: a block that nothing satisfies says so. */
	if (p->n_blocks > 1)
		return 0;
	r = speak_block(p);
	if (r < 0)
		return r;
	speak_clause(p, marker, OP_ABSENT);
	p->block[p->n_blocks - 1].kind = BLOCK_OFFER;
	return 0;
}

/* ---- the door
 * -------------------------------------------------------------------------------- */

int adapter_speak(struct arena *a, struct str name, const struct adapter_input *in,
	struct spoken *ret)
{
	struct spoken out = { .status = STATUS_OK };
	struct speaker p = {
		.a = a,
		.in = in,
		.home = in->kind == KIND_MDEV ? FACT_TYPE : FACT_DEVICE,
		.out = &out,
	};
	int id = interface_find(name), r;

	if (id < 0)
		return -EINVAL;
	p.name = interfaces[id].name;
	p.attr = arena_new_array(a, SPOKEN_ATTRS_MAX, struct spoken_attr);
	if (!p.attr)
		return -ENOMEM;
	r = speak[id](&p);
	if (r == 0 && in->offers)
		r = turn(&p);
	if (r < 0 && r != -ECANCELED)
		return r;
	out.attr = p.attr;
	out.n_attrs = p.n_attrs;
	out.rule = (struct rule){
		.name = p.name,
		.block = p.block,
		.n_blocks = p.n_blocks,
		.spoken = true,
	};
	*ret = out;
	return 0;
}
