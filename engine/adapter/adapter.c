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

/* An accept block's meaning as an offer block: what it leaves out must be equal here too.
 */
static int turn_block(struct speaker *p, struct block *b)
{
	uint32_t i, n = ATTR_FIRST + p->n_attrs;
	struct clause *c = arena_new_array(p->a, n, struct clause);

	if (!c)
		return -ENOMEM;
	for (i = 0; i < b->n_clauses; i++)
		c[i] = b->clause[i];
	for (i = 0; i < n; i++)
		if (!block_has(b, (uint16_t)i))
			c[b->n_clauses++] = (struct clause){
				.attr = (uint16_t)i,
				.op = OP_EQ,
				.operand.kind = OPERAND_SELF,
			};
	b->clause = c;
	b->kind = BLOCK_OFFER;
	return 0;
}

/*
 * The list is the source's, of targets. The target then judges nothing but that the
 * source speaks the same way, which an attribute of its own says: a source that does not
 * would be judged by nobody.
 */
static int turn(struct speaker *p)
{
	bool any_type = false;
	uint16_t marker;
	uint32_t i;
	int r;

	r = speak_string(p, STR(INTERFACE_MARKER), p->name, (struct str){ 0 }, &marker);
	for (i = 0; r == 0 && i < p->n_blocks; i++) {
		any_type = any_type || block_has(&p->block[i], ATTR_TYPE);
		r = turn_block(p, &p->block[i]);
	}
	if (r == 0)
		r = speak_block(p);
	if (r < 0)
		return r;
	if (any_type)
		speak_clause(p, ATTR_TYPE, OP_ANY);
	for (i = 0; i < p->n_attrs; i++)
		if (ATTR_FIRST + i != marker)
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
