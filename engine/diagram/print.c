/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Predicates as canonical text: the nodes in post-order of one depth-first walk along the edges
 * in the order in which they are written, each node once (ARCHITECTURE.md, "Descriptor"). The
 * numbers in it are those of the walk, so the text depends on the diagram alone and not on what
 * else the store holds.
 */
#include <errno.h>

#include "engine/diagram/spell.h"
#include "engine/diagram/store.h"

struct printer {
	const struct dstore *s;
	struct sbuf *b;
	uint32_t *number; /* of a node in the text, from 1; by reference - 2 */
	uint32_t *seen;	  /* nodes seen below the head that is printed; likewise */
	uint32_t *looked; /* words that the head's members look at, by word */
	uint32_t next, pass;
};

static void put_ref(struct printer *p, dref r)
{
	sbuf_putc(p->b, ':');
	if (is_node(r))
		sbuf_put_u64(p->b, p->number[r - 2] - 1);
	else
		sbuf_putc(p->b, r == DREF_YES ? 'y' : 'n');
}

static void put_type(struct printer *p, struct value_type t)
{
	sbuf_putc(p->b, (char)t.tag);
	if (t.size > 0)
		sbuf_put_u64(p->b, t.size);
}

/* `name=type` */
static void put_level(struct printer *p, const struct node *n)
{
	const struct level *l = level_at(p->s, n->level);

	spell_put_name(p->b, l->name);
	sbuf_putc(p->b, '=');
	put_type(p, l->type);
}

static void put_frame(struct printer *p, const struct node *n)
{
	put_ref(p, n->absent);
	if (n->open)
		put_ref(p, n->other);
}

static void see_members(struct printer *p, dref r, uint32_t level)
{
	const struct node *n;

	if (!is_member_of(p->s, r, level) || p->seen[r - 2] == p->pass)
		return;
	p->seen[r - 2] = p->pass;
	n = node_at(p->s, r);
	if (n->kind == NODE_ELEMENT)
		p->looked[n->member] = p->pass;
	see_members(p, n->hi, level);
	see_members(p, n->lo, level);
}

/* The listed elements that no member below looks at; the others are there as members. */
static void put_listing(struct printer *p, const struct node *n)
{
	uint32_t i;

	p->pass++;
	see_members(p, n->hi, n->level);
	for (i = 0; i < n->n; i++) {
		if (p->looked[n->e[i].word] == p->pass)
			continue;
		sbuf_putc(p->b, ':');
		sbuf_put_escaped(p->b, word_at(p->s, n->e[i].word)->s);
	}
}

static void put_scalar(struct printer *p, const struct node *n)
{
	struct value_type t = level_at(p->s, n->level)->type;
	uint32_t i;

	put_level(p, n);
	put_frame(p, n);
	switch ((enum node_kind)n->kind) {
	case NODE_WORDS:
		put_ref(p, n->lo);
		for (i = 0; i < n->n; i++) {
			sbuf_putc(p->b, ':');
			spell_put_word(p->b, t, word_at(p->s, n->e[i].word)->s);
			put_ref(p, n->e[i].to);
		}
		break;
	case NODE_LINE:
		for (i = 0; i < n->n; i++) {
			if (i > 0) {
				sbuf_putc(p->b, ':');
				spell_put_key(p->b, t, n->e[i].from);
			}
			put_ref(p, n->e[i].to);
		}
		break;
	case NODE_BOOL:
		put_ref(p, n->lo);
		put_ref(p, n->hi);
		break;
	default:
		break;
	}
}

static void put_node(struct printer *p, const struct node *n)
{
	switch ((enum node_kind)n->kind) {
	case NODE_WORDS:
	case NODE_LINE:
	case NODE_BOOL:
		put_scalar(p, n);
		return;
	case NODE_SET:
		put_level(p, n);
		put_listing(p, n);
		put_frame(p, n);
		put_ref(p, n->hi);
		return;
	case NODE_MASK:
		put_level(p, n);
		put_frame(p, n);
		put_ref(p, n->hi);
		return;
	case NODE_ELEMENT:
		sbuf_put_escaped(p->b, word_at(p->s, n->member)->s);
		break;
	case NODE_UNLISTED:
		break;
	case NODE_BIT:
		sbuf_put_u64(p->b, n->member);
		break;
	}
	put_ref(p, n->hi);
	put_ref(p, n->lo);
}

/* Children first, in the order in which put_node() writes them. */
static void print_below(struct printer *p, dref r)
{
	const struct node *n = node_or_null(p->s, r);
	uint32_t i;

	if (!n || p->number[r - 2] != 0)
		return;
	if (is_member_kind(n->kind)) {
		print_below(p, n->hi);
		print_below(p, n->lo);
	} else {
		print_below(p, n->absent);
		print_below(p, n->other);
		print_below(p, n->lo);
		print_below(p, n->hi);
		if (n->kind != NODE_SET)
			for (i = 0; i < n->n; i++)
				print_below(p, n->e[i].to);
	}
	if (p->next > 0)
		sbuf_putc(p->b, ',');
	p->number[r - 2] = ++p->next;
	put_node(p, n);
}

size_t dg_print_room(const struct dstore *s)
{
	/* Each of the three may be rounded up. */
	return (2 * (size_t)s->nodes.n + s->words.n) * sizeof(uint32_t) + 3 * 32;
}

int dg_print(const struct dstore *s, dref a, enum dmode m, struct arena *scratch,
	struct sbuf *b)
{
	struct printer p = { .s = s, .b = b };

	if (s->error != 0)
		return s->error;
	if (!ref_ok(s, a, m))
		return -EINVAL;
	if (!is_node(a)) {
		sbuf_putc(b, a == DREF_YES ? 'y' : 'n');
		return 0;
	}
	/* Children have smaller numbers than their parents. */
	p.number = arena_new_array(scratch, a - 1, uint32_t);
	p.seen = arena_new_array(scratch, a - 1, uint32_t);
	p.looked = arena_new_array(scratch, s->words.n, uint32_t);
	if (!p.number || !p.seen || !p.looked)
		return -ENOMEM;
	print_below(&p, a);
	return 0;
}
