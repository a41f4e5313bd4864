/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Union, intersection and difference: one memoised product walk for all. It pairs what two
 * diagrams say at the first level that one of them knows; how a node is reduced it leaves to
 * node.c.
 *
 * What an operand says at a place that it does not have:
 *   at a scalar node or a head   closed: absence leads to itself, every value to NO
 *                                open: everything leads to itself
 *   at a member                  nothing: both ways lead to itself
 *
 * One name with two types of one class (word, line and bool are one, set and mask the other)
 * is one level. To an operand, a value of the other's type is a value of another type: NO in
 * closed mode, its own edge in open mode. A node has one type, so at most one of the two types
 * may lead anywhere that "another type" does not.
 */
#include <errno.h>

#include "engine/diagram/store.h"

struct product {
	struct dstore *s;
	enum diagram_op op;
	bool open_a, open_b, open; /* of the operands; of the result */
	uint32_t depth;
};

/* What one operand says at a scalar node or head. */
struct side {
	const struct node *n; /* its values; NULL: all lead to .value */
	dref value, absent, other;
};

static int product(struct product *p, dref a, dref b, dref *ret);

static bool terminal(const struct product *p, dref a, dref b, dref *ret)
{
	bool same = a == b && p->open_a == p->open_b;

	switch (p->op) {
	case OP_OR: /* operands of one mode */
		if (a == DREF_NO || same)
			*ret = b;
		else if (b == DREF_NO)
			*ret = a;
		else if (p->open && (a == DREF_YES || b == DREF_YES))
			*ret = DREF_YES;
		else
			return false;
		return true;
	case OP_AND:
		if (a == DREF_NO || b == DREF_NO)
			*ret = DREF_NO;
		else if (same || (b == DREF_YES && p->open_b))
			*ret = a;
		else if (a == DREF_YES && p->open_a)
			*ret = b;
		else
			return false;
		return true;
	case OP_MINUS:
		if (a == DREF_NO || same || (b == DREF_YES && p->open_b))
			*ret = DREF_NO;
		else if (b == DREF_NO)
			*ret = a;
		else
			return false;
		return true;
	case OP_UNLISTED_IN:
		break;
	}
	return false;
}

static struct side side_of(const struct node *n, dref self, bool open)
{
	dref value = open ? self : DREF_NO;

	if (n)
		return (struct side){ .n = n, .absent = n->absent, .other = n->other };
	return (struct side){ .value = value, .absent = self, .other = value };
}

/* The same side where all values are of another type. */
static struct side side_foreign(struct side x)
{
	return (struct side){ .value = x.other, .absent = x.absent, .other = x.other };
}

static int push_pair(struct product *p, struct edge e, dref a, dref b)
{
	int r;

	r = product(p, a, b, &e.to);
	if (r < 0)
		return r;
	return store_push_edge(p->s, e);
}

static int words(struct product *p, const struct node_frame *f, struct side a, struct side b,
	dref *ret)
{
	dref else_a = a.n ? a.n->lo : a.value, else_b = b.n ? b.n->lo : b.value, any;
	uint32_t from = p->s->edges.n, i = 0, j = 0;
	uint32_t n_a = a.n ? a.n->n : 0, n_b = b.n ? b.n->n : 0;
	int c, r;

	while (i < n_a || j < n_b) {
		if (i == n_a)
			c = 1;
		else if (j == n_b)
			c = -1;
		else
			c = word_order(p->s, a.n->e[i].word, b.n->e[j].word);
		r = push_pair(p,
			(struct edge){ .word = c <= 0 ? a.n->e[i].word : b.n->e[j].word },
			c <= 0 ? a.n->e[i].to : else_a, c >= 0 ? b.n->e[j].to : else_b);
		if (r < 0)
			return r;
		i += c <= 0;
		j += c >= 0;
	}
	r = product(p, else_a, else_b, &any);
	if (r < 0)
		return r;
	return node_words(p->s, f, from, any, ret);
}

static int line(struct product *p, const struct node_frame *f, struct side a, struct side b,
	dref *ret)
{
	uint32_t from = p->s->edges.n, i = 0, j = 0;
	uint32_t n_a = a.n ? a.n->n : 0, n_b = b.n ? b.n->n : 0;
	dref at_a = a.value, at_b = b.value;
	struct key k;
	int c, r;

	while (i < n_a || j < n_b) {
		if (i == n_a)
			c = 1;
		else if (j == n_b)
			c = -1;
		else
			c = key_cmp(a.n->e[i].from, b.n->e[j].from);
		k = c <= 0 ? a.n->e[i].from : b.n->e[j].from;
		if (c <= 0)
			at_a = a.n->e[i++].to;
		if (c >= 0)
			at_b = b.n->e[j++].to;
		r = push_pair(p, (struct edge){ .from = k }, at_a, at_b);
		if (r < 0)
			return r;
	}
	return node_line(p->s, f, from, ret);
}

static int boolean(struct product *p, const struct node_frame *f, struct side a, struct side b,
	dref *ret)
{
	dref no, yes;
	int r;

	r = product(p, a.n ? a.n->lo : a.value, b.n ? b.n->lo : b.value, &no);
	if (r < 0)
		return r;
	r = product(p, a.n ? a.n->hi : a.value, b.n ? b.n->hi : b.value, &yes);
	if (r < 0)
		return r;
	return node_bool(p->s, f, no, yes, ret);
}

static int push_listing(struct dstore *s, const struct node *n)
{
	uint32_t i;
	int r;

	for (i = 0; i < n->n; i++) {
		r = store_push_id(s, n->e[i].word);
		if (r < 0)
			return r;
	}
	return 0;
}

/* Both are brought to one listing before their members are paired. */
static int set(struct product *p, const struct node_frame *f, struct side a, struct side b,
	dref *ret)
{
	uint32_t from = p->s->ids.n;
	dref in_a = a.n ? a.n->hi : a.value, in_b = b.n ? b.n->hi : b.value, members;
	int r;

	if (a.n && b.n) {
		r = set_push_union(p->s, a.n, b.n);
		if (r < 0)
			return r;
		r = set_list_more(p->s, a.n, from, &in_a);
		if (r < 0)
			return r;
		r = set_list_more(p->s, b.n, from, &in_b);
	} else {
		r = push_listing(p->s, a.n ? a.n : b.n);
	}
	if (r < 0)
		return r;
	r = product(p, in_a, in_b, &members);
	if (r < 0)
		return r;
	return node_set(p->s, f, from, members, ret);
}

static int mask(struct product *p, const struct node_frame *f, struct side a, struct side b,
	dref *ret)
{
	dref bits;
	int r;

	r = product(p, a.n ? a.n->hi : a.value, b.n ? b.n->hi : b.value, &bits);
	if (r < 0)
		return r;
	return node_mask(p->s, f, bits, ret);
}

/* The node of a level at which at least one side has values, and no other type. */
static int one_type(struct product *p, struct side a, struct side b, dref *ret)
{
	const struct node *n = a.n ? a.n : b.n;
	struct node_frame f = { .level = n->level, .open = p->open, .other = DREF_NO };
	int r;

	r = product(p, a.absent, b.absent, &f.absent);
	if (r < 0)
		return r;
	if (p->open) {
		r = product(p, a.other, b.other, &f.other);
		if (r < 0)
			return r;
	}
	switch ((enum node_kind)n->kind) {
	case NODE_WORDS:
		return words(p, &f, a, b, ret);
	case NODE_LINE:
		return line(p, &f, a, b, ret);
	case NODE_BOOL:
		return boolean(p, &f, a, b, ret);
	case NODE_SET:
		return set(p, &f, a, b, ret);
	case NODE_MASK:
		return mask(p, &f, a, b, ret);
	case NODE_ELEMENT:
	case NODE_UNLISTED:
	case NODE_BIT:
		break;
	}
	return -EINVAL;
}

/* Does @r, made for @level, say nothing special of the values of the level's type? */
static bool says_nothing(const struct dstore *s, dref r, uint32_t level)
{
	const struct node *n = node_or_null(s, r);

	if (!n || n->level != level)
		return true;
	switch ((enum node_kind)n->kind) {
	case NODE_WORDS:
		return n->n == 0 && n->open && n->lo == n->other;
	case NODE_LINE:
		return n->n == 1 && n->open && n->e[0].to == n->other;
	case NODE_BOOL:
		return n->open && n->lo == n->other && n->hi == n->other;
	case NODE_SET:
	case NODE_MASK:
		return n->open && n->hi == n->other;
	case NODE_ELEMENT:
	case NODE_UNLISTED:
	case NODE_BIT:
		break;
	}
	return false;
}

static int type_rank(const struct dstore *s, uint32_t level)
{
	struct value_type t = level_at(s, level)->type;

	return t.tag << 16 | t.size;
}

static int two_types(struct product *p, struct side a, struct side b, dref *ret)
{
	dref as_a, as_b;
	bool no_a, no_b;
	int r;

	r = one_type(p, a, side_foreign(b), &as_a);
	if (r < 0)
		return r;
	r = one_type(p, side_foreign(a), b, &as_b);
	if (r < 0)
		return r;
	no_a = says_nothing(p->s, as_a, a.n->level);
	no_b = says_nothing(p->s, as_b, b.n->level);
	if (!no_a && !no_b)
		return -EPROTOTYPE;
	/* Both only part absence from presence: the same type whichever operand came first. */
	if (no_a && no_b)
		no_a = type_rank(p->s, a.n->level) > type_rank(p->s, b.n->level);
	*ret = no_a ? as_b : as_a;
	return 0;
}

static int member(struct product *p, const struct node *na, dref a, const struct node *nb,
	dref b, dref *ret)
{
	const struct node *n = na ? na : nb;
	dref in, out;
	int r;

	r = product(p, na ? na->hi : a, nb ? nb->hi : b, &in);
	if (r < 0)
		return r;
	r = product(p, na ? na->lo : a, nb ? nb->lo : b, &out);
	if (r < 0)
		return r;
	return node_member(p->s, n->level, p->open, (enum node_kind)n->kind, n->member, in, out,
		ret);
}

static int pair(struct product *p, dref a, dref b, dref *ret)
{
	const struct node *na = node_or_null(p->s, a), *nb = node_or_null(p->s, b);
	int c = !na ? 1 : !nb ? -1 : node_order(p->s, na, nb);
	struct side side_a, side_b;

	if (c > 0)
		na = NULL;
	if (c < 0)
		nb = NULL;
	if (is_member_kind(na ? na->kind : nb->kind))
		return member(p, na, a, nb, b, ret);
	side_a = side_of(na, a, p->open_a);
	side_b = side_of(nb, b, p->open_b);
	if (na && nb && na->level != nb->level)
		return two_types(p, side_a, side_b, ret);
	return one_type(p, side_a, side_b, ret);
}

static int product(struct product *p, dref a, dref b, dref *ret)
{
	uint32_t key = p->op | (uint32_t)p->open_a << 8 | (uint32_t)p->open_b << 9;
	dref t;
	int r;

	if (terminal(p, a, b, ret))
		return 0;
	if (p->op != OP_MINUS && p->open_a == p->open_b && a > b) {
		t = a;
		a = b;
		b = t;
	}
	if (memo_find(p->s, key, a, b, ret))
		return 0;
	r = store_step(p->s, 1);
	if (r < 0)
		return r;
	if (p->depth == p->s->limits.depth)
		return store_fail(p->s, -E2BIG);
	p->depth++;
	r = pair(p, a, b, ret);
	p->depth--;
	if (r < 0)
		return r;
	return memo_put(p->s, key, a, b, *ret);
}

int store_apply(struct dstore *s, enum diagram_op op, dref a, enum dmode ma, dref b,
	enum dmode mb, dref *ret)
{
	struct product p = {
		.s = s,
		.op = op,
		.open_a = ma == DMODE_OPEN,
		.open_b = mb == DMODE_OPEN,
		.open = ma == DMODE_OPEN && mb == DMODE_OPEN,
	};
	uint32_t edges = s->edges.n, ids = s->ids.n;
	dref result;
	int r;

	r = product(&p, a, b, &result);
	s->edges.n = edges;
	s->ids.n = ids;
	if (r < 0)
		return r;
	*ret = result;
	return 0;
}

/* ---- one name in both classes ------------------------------------------------------------ */

/*
 * Levels of one name but different classes are two levels, and a record has the name once. A
 * closed diagram says so by itself: a value at one is absence at the other. In an open one, and
 * where an open operand takes part, values at one would have to be "of another type" at the
 * other, far away: such pairs are refused.
 */
static bool clashes(const struct dstore *s, const struct level *l)
{
	uint32_t i;

	for (i = s->levels.bucket[l->hash & (s->levels.n_buckets - 1)]; i > 0;
		i = level_at(s, i - 1)->chain) {
		const struct level *o = level_at(s, i - 1);

		if (o->seen == s->pass && o->class != l->class && str_eq(o->name, l->name))
			return true;
	}
	return false;
}

/* Marks the levels below @r; true when one clashes: with @only, or (NULL) with any marked
 * before. */
static bool see_levels(struct dstore *s, dref r, const struct level *only)
{
	struct node *n = node_or_null(s, r);
	struct level *l;
	uint32_t i;

	if (!n || n->seen == s->pass)
		return false;
	n->seen = s->pass;
	l = level_at(s, n->level);
	if (only ? l->class != only->class && str_eq(l->name, only->name) :
		   l->twin && l->seen != s->pass && clashes(s, l))
		return true;
	l->seen = s->pass;
	if (see_levels(s, n->absent, only) || see_levels(s, n->other, only))
		return true;
	if (see_levels(s, n->lo, only) || see_levels(s, n->hi, only))
		return true;
	if (n->kind != NODE_SET)
		for (i = 0; i < n->n; i++)
			if (see_levels(s, n->e[i].to, only))
				return true;
	return false;
}

bool reaches_twin(struct dstore *s, dref r, uint32_t level)
{
	if (!level_at(s, level)->twin)
		return false;
	store_pass(s);
	return see_levels(s, r, level_at(s, level));
}

/* ---- the public operations --------------------------------------------------------------- */

static int checked(struct dstore *s, enum diagram_op op, dref a, enum dmode ma, dref b,
	enum dmode mb, dref *ret)
{
	if (s->error != 0)
		return s->error;
	if (!ref_ok(s, a, ma) || !ref_ok(s, b, mb))
		return -EINVAL;
	if (s->twins && (ma == DMODE_OPEN || mb == DMODE_OPEN)) {
		store_pass(s);
		if (see_levels(s, a, NULL) || see_levels(s, b, NULL))
			return -EPROTOTYPE;
	}
	return store_apply(s, op, a, ma, b, mb, ret);
}

int dg_or(struct dstore *s, dref a, dref b, enum dmode m, dref *ret)
{
	return checked(s, OP_OR, a, m, b, m, ret);
}

int dg_and(struct dstore *s, dref a, enum dmode ma, dref b, enum dmode mb, dref *ret)
{
	return checked(s, OP_AND, a, ma, b, mb, ret);
}

int dg_minus(struct dstore *s, dref a, enum dmode ma, dref b, enum dmode mb, dref *ret)
{
	if (ma == DMODE_OPEN && mb == DMODE_CLOSED)
		return -EINVAL;
	return checked(s, OP_MINUS, a, ma, b, mb, ret);
}

/* Neighbours first, then their unions: n - 1 unions of about equal sizes, log n deep. */
int dg_or_all(struct dstore *s, dref *refs, uint32_t n, enum dmode m, dref *ret)
{
	uint32_t i, half;
	int r;

	if (s->error != 0)
		return s->error;
	for (; n > 1; n = half) {
		half = (n + 1) / 2;
		for (i = 0; i < half; i++) {
			if (2 * i + 1 == n) {
				refs[i] = refs[2 * i];
				break;
			}
			r = dg_or(s, refs[2 * i], refs[2 * i + 1], m, &refs[i]);
			if (r < 0)
				return r;
		}
	}
	*ret = n > 0 ? refs[0] : DREF_NO;
	return 0;
}
