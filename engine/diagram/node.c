/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The canonical constructors: each makes the one reduced node for what it is told, or gives
 * back the child that says the same. Two rules leave a node out:
 *
 *   closed  no value is accepted: absence alone is left, and a skipped level means absence;
 *   open    all edges lead to the same place: a skipped level is don't-care.
 *
 * Which elements a set's head lists is settled in set.c.
 */
#include "engine/diagram/store.h"

/* All values lead to @values; is there nothing to ask? Then the answer is absence's. */
static bool needs_no_node(const struct node_frame *f, dref values)
{
	if (f->open)
		return values == f->absent && values == f->other;
	return values == DREF_NO;
}

static void begin(struct node *n, const struct node_frame *f, enum node_kind kind)
{
	*n = (struct node){
		.level = f->level,
		.kind = (uint8_t)kind,
		.open = f->open,
		.absent = f->absent,
		.other = f->other,
	};
}

/* The edges from @from up are the node's; takes them off the stack. */
static int finish(struct dstore *s, struct node *n, uint32_t from, dref *ret)
{
	int r;

	n->n = s->edges.n - from;
	r = store_node(s, n, s->edges.at ? s->edges.at + from : NULL, ret);
	s->edges.n = from;
	return r;
}

int node_words(struct dstore *s, const struct node_frame *f, uint32_t from, dref any_other,
	dref *ret)
{
	struct node n;
	uint32_t i, kept = from;

	begin(&n, f, NODE_WORDS);
	for (i = from; i < s->edges.n; i++)
		if (s->edges.at[i].to != any_other)
			s->edges.at[kept++] = s->edges.at[i];
	s->edges.n = kept;
	if (kept == from && needs_no_node(f, any_other)) {
		*ret = f->absent;
		return 0;
	}
	n.lo = any_other;
	return finish(s, &n, from, ret);
}

int node_line(struct dstore *s, const struct node_frame *f, uint32_t from, dref *ret)
{
	struct node n;
	uint32_t i, kept = from;

	begin(&n, f, NODE_LINE);
	for (i = from; i < s->edges.n; i++)
		if (kept == from || s->edges.at[i].to != s->edges.at[kept - 1].to)
			s->edges.at[kept++] = s->edges.at[i];
	s->edges.n = kept;
	if (kept == from + 1 && needs_no_node(f, s->edges.at[from].to)) {
		s->edges.n = from;
		*ret = f->absent;
		return 0;
	}
	return finish(s, &n, from, ret);
}

int node_bool(struct dstore *s, const struct node_frame *f, dref no, dref yes, dref *ret)
{
	struct node n;

	begin(&n, f, NODE_BOOL);
	if (no == yes && needs_no_node(f, no)) {
		*ret = f->absent;
		return 0;
	}
	n.lo = no;
	n.hi = yes;
	return finish(s, &n, s->edges.n, ret);
}

int node_set(struct dstore *s, const struct node_frame *f, uint32_t from, dref members,
	dref *ret)
{
	struct node n;
	uint32_t i, edges = s->edges.n;
	int r;

	begin(&n, f, NODE_SET);
	r = set_list_fewest(s, f->level, from, &members);
	if (r < 0)
		return r;
	if (!is_member_of(s, members, f->level) && needs_no_node(f, members)) {
		s->ids.n = from;
		*ret = f->absent;
		return 0;
	}
	for (i = from; i < s->ids.n; i++) {
		r = store_push_edge(s, (struct edge){ .word = s->ids.at[i] });
		if (r < 0)
			return r;
	}
	s->ids.n = from;
	n.hi = members;
	return finish(s, &n, edges, ret);
}

int node_mask(struct dstore *s, const struct node_frame *f, dref bits, dref *ret)
{
	struct node n;

	begin(&n, f, NODE_MASK);
	if (!is_member_of(s, bits, f->level) && needs_no_node(f, bits)) {
		*ret = f->absent;
		return 0;
	}
	n.hi = bits;
	return finish(s, &n, s->edges.n, ret);
}

int node_member(struct dstore *s, uint32_t level, bool open, enum node_kind kind,
	uint32_t member, dref in, dref out, dref *ret)
{
	struct node n = {
		.level = level,
		.kind = (uint8_t)kind,
		.open = open,
		.member = member,
		.lo = out,
		.hi = in,
	};

	if (in == out) {
		*ret = in;
		return 0;
	}
	n.unlisted = kind == NODE_UNLISTED || knows_unlisted(s, in, level) ||
		     knows_unlisted(s, out, level);
	return finish(s, &n, s->edges.n, ret);
}
