/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One attribute's predicate, made into a node: the constructors that evaluation uses. They check
 * what they are given (types, order of levels, mode) and lead the one value that no record
 * spells, the default's, to NO; reduction is node.c's.
 */
#include <errno.h>

#include "engine/base/limits.h"
#include "engine/diagram/store.h"

/* May @r stand below @level? */
static bool child_ok(struct dstore *s, dref r, uint32_t level, enum dmode mode)
{
	if (!ref_ok(s, r, mode))
		return false;
	return !is_node(r) ||
	       level_order(level_at(s, level), level_at(s, node_at(s, r)->level)) < 0;
}

/* Checks what all constructors are told, and fills the frame. @values: the children that values
 * may lead to. */
static int begin(struct dstore *s, const struct dlevel *l, const dref values[2], dref absent,
	dref other, const struct value *except, struct node_frame *ret)
{
	struct node_frame f = {
		.open = l->mode == DMODE_OPEN, .absent = absent, .other = other
	};
	int r;

	if (s->error != 0)
		return s->error;
	r = store_step(s, 1);
	if (r < 0)
		return r;
	if (except && (!value_type_eq(except->type, l->type) || !value_valid(except)))
		return -EINVAL;
	if (!f.open && other != DREF_NO)
		return -EINVAL;
	r = store_level(s, l->name, l->type, &f.level);
	if (r < 0)
		return r;
	if (!child_ok(s, values[0], f.level, l->mode) ||
		!child_ok(s, values[1], f.level, l->mode) ||
		!child_ok(s, absent, f.level, l->mode) || !child_ok(s, other, f.level, l->mode))
		return -EINVAL;
	/* A name has one type on a path. Absence of the scalar does not bind the collection. */
	if (reaches_twin(s, values[0], f.level) || reaches_twin(s, values[1], f.level))
		return -EPROTOTYPE;
	if (f.open && (reaches_twin(s, absent, f.level) || reaches_twin(s, other, f.level)))
		return -EPROTOTYPE;
	*ret = f;
	return 0;
}

/* Hands over the result of a constructor and clears the stacks of what it may have left. */
static int finish(struct dstore *s, int r, dref made, dref *ret)
{
	s->edges.n = s->ids.n = 0;
	if (r == 0)
		*ret = made;
	return r;
}

/* ---- words ------------------------------------------------------------------------------- */

static int push_word(struct dstore *s, const struct dlevel *l, struct str w)
{
	uint32_t id;
	int r;

	if (l->type.tag == VT_PCI_ID && !pci_id_valid(w))
		return -EINVAL;
	r = store_word(s, w, /* owned= */ false, &id);
	if (r < 0)
		return r;
	return store_push_id(s, id);
}

static int make_words(struct dstore *s, const struct dlevel *l, const struct node_frame *f,
	const struct str *words, uint32_t n, dref listed, dref any_other,
	const struct value *except, dref *ret)
{
	uint32_t i, unspelled = UINT32_MAX;
	dref to;
	int r;

	for (i = 0; i < n; i++) {
		r = push_word(s, l, words[i]);
		if (r < 0)
			return r;
	}
	if (except) {
		r = push_word(s, l, except->word);
		if (r < 0)
			return r;
		unspelled = s->ids.at[s->ids.n - 1];
	}
	set_sort_ids(s, 0);
	for (i = 0; i < s->ids.n; i++) {
		to = s->ids.at[i] == unspelled ? DREF_NO : listed;
		r = store_push_edge(s, (struct edge){ .word = s->ids.at[i], .to = to });
		if (r < 0)
			return r;
	}
	return node_words(s, f, 0, any_other, ret);
}

int dnode_words(struct dstore *s, const struct dlevel *l, const struct str *words, uint32_t n,
	bool listed_wanted, dref yes, dref no, dref absent, dref other,
	const struct value *except, dref *ret)
{
	struct node_frame f;
	dref made;
	int r;

	if (!value_type_is_word(l->type))
		return -EINVAL;
	r = begin(s, l, (dref[]){ yes, no }, absent, other, except, &f);
	if (r < 0)
		return r;
	r = make_words(s, l, &f, words, n, listed_wanted ? yes : no, listed_wanted ? no : yes,
		except, &made);
	return finish(s, r, made, ret);
}

/* ---- lines ------------------------------------------------------------------------------- */

static int push_from(struct dstore *s, struct key from, dref to)
{
	struct edge e = { .to = to };

	e.from = from;
	return store_push_edge(s, e);
}

/* The part [lo, hi) of the line, all leading to @to, but for the point @except. */
static int push_interval(struct dstore *s, struct key lo, struct key hi, dref to,
	const struct value *except)
{
	struct key after;
	int r;

	if (key_cmp(lo, hi) >= 0)
		return 0;
	if (!except || key_cmp(except->key, lo) < 0 || key_cmp(except->key, hi) >= 0)
		return push_from(s, lo, to);
	if (key_cmp(lo, except->key) < 0) {
		r = push_from(s, lo, to);
		if (r < 0)
			return r;
	}
	r = push_from(s, except->key, DREF_NO);
	if (r < 0)
		return r;
	after = key_next(except->key, value_type_line(except->type));
	return key_cmp(after, hi) < 0 ? push_from(s, after, to) : 0;
}

static int make_line(struct dstore *s, const struct node_frame *f, struct ranges wanted,
	dref yes, dref no, const struct value *except, dref *ret)
{
	struct key at = KEY_MIN;
	uint32_t i;
	int r;

	for (i = 0; i < wanted.n; i++) {
		r = push_interval(s, at, wanted.iv[i].lo, no, except);
		if (r < 0)
			return r;
		r = push_interval(s, wanted.iv[i].lo, wanted.iv[i].hi, yes, except);
		if (r < 0)
			return r;
		at = wanted.iv[i].hi;
	}
	r = push_interval(s, at, KEY_END, no, except);
	if (r < 0)
		return r;
	return node_line(s, f, 0, ret);
}

int dnode_ranges(struct dstore *s, const struct dlevel *l, struct ranges wanted, dref yes,
	dref no, dref absent, dref other, const struct value *except, dref *ret)
{
	struct node_frame f;
	dref made;
	int r;

	if (!value_type_is_line(l->type))
		return -EINVAL;
	r = begin(s, l, (dref[]){ yes, no }, absent, other, except, &f);
	if (r < 0)
		return r;
	if (!ranges_valid(wanted, value_type_line(l->type)))
		return -EINVAL;
	r = make_line(s, &f, wanted, yes, no, except, &made);
	return finish(s, r, made, ret);
}

int dnode_bool(struct dstore *s, const struct dlevel *l, dref if_no, dref if_yes, dref absent,
	dref other, const struct value *except, dref *ret)
{
	struct node_frame f;
	dref made;
	int r;

	if (l->type.tag != VT_BOOL)
		return -EINVAL;
	r = begin(s, l, (dref[]){ if_no, if_yes }, absent, other, except, &f);
	if (r < 0)
		return r;
	if (except && except->yes)
		if_yes = DREF_NO;
	else if (except)
		if_no = DREF_NO;
	r = node_bool(s, &f, if_no, if_yes, &made);
	return finish(s, r, made, ret);
}

/* ---- collections ------------------------------------------------------------------------- */

/* What a box says of a listed element; kept in words while one box is built. */
enum said { SAID_NOTHING = 0, SAID_IN = 1, SAID_OUT = 2, SAID_FREE = 4 };

struct box_maker {
	struct dstore *s;
	const struct node_frame *f;
	uint32_t n_listed; /* ids [0, n_listed): all elements that any box speaks of, sorted */
	dref in, out;	   /* where the box leads, and where the rest */
};

static int push_elements(struct dstore *s, const struct str *w, uint32_t n)
{
	uint32_t i, id;
	int r;

	for (i = 0; i < n; i++) {
		if (w[i].n == 0)
			return -EINVAL;
		r = store_word(s, w[i], /* owned= */ false, &id);
		if (r < 0)
			return r;
		r = store_push_id(s, id);
		if (r < 0)
			return r;
	}
	return 0;
}

static int say(struct box_maker *m, const struct str *w, uint32_t n, enum said said)
{
	struct word *word;
	uint32_t i, id;
	int r;

	for (i = 0; i < n; i++) {
		r = store_word(m->s, w[i], /* owned= */ false, &id);
		if (r < 0)
			return r;
		word = word_at(m->s, id);
		if (word->seen != m->s->pass) {
			word->seen = m->s->pass;
			word->rank = SAID_NOTHING;
		}
		word->rank |= said;
	}
	return 0;
}

/* One box over the listing, from the last member up. */
static int make_set_box(struct box_maker *m, const struct member_box *box, dref *ret)
{
	struct dstore *s = m->s;
	uint32_t i, said, id;
	dref at = m->in;
	int r;

	store_pass(s);
	r = say(m, box->in, box->n_in, SAID_IN);
	if (r == 0)
		r = say(m, box->out, box->n_out, SAID_OUT);
	if (r == 0 && box->only_in_or_free)
		r = say(m, box->free, box->n_free, SAID_FREE);
	if (r == 0 && box->only_in_or_free)
		r = node_member(s, m->f->level, m->f->open, NODE_UNLISTED, 0, m->out, at, &at);
	for (i = m->n_listed; r == 0 && i-- > 0;) {
		id = s->ids.at[i];
		said = word_at(s, id)->seen == s->pass ? word_at(s, id)->rank : SAID_NOTHING;
		if (said == SAID_NOTHING && box->only_in_or_free)
			said = SAID_OUT;
		if ((said & SAID_IN) && (said & SAID_OUT))
			at = m->out;
		else if (said & SAID_IN)
			r = node_member(s, m->f->level, m->f->open, NODE_ELEMENT, id, at, m->out,
				&at);
		else if (said & SAID_OUT)
			r = node_member(s, m->f->level, m->f->open, NODE_ELEMENT, id, m->out, at,
				&at);
	}
	if (r == 0)
		*ret = at;
	return r;
}

static int make_mask_box(struct box_maker *m, const struct member_box *box, dref *ret)
{
	struct dstore *s = m->s;
	uint32_t i = level_at(s, m->f->level)->type.size;
	dref at = m->in;
	bool in, out;
	int r = 0;

	while (r == 0 && i-- > 0) {
		in = mask_bit(box->bits_in, i);
		out = mask_bit(box->bits_out, i);
		if (in && out)
			at = m->out;
		else if (in || out)
			r = node_member(s, m->f->level, m->f->open, NODE_BIT, i,
				in ? at : m->out, in ? m->out : at, &at);
	}
	if (r == 0)
		*ret = at;
	return r;
}

static int make_box(struct box_maker *m, const struct member_box *box, dref *ret)
{
	if (level_at(m->s, m->f->level)->type.tag == VT_SET)
		return make_set_box(m, box, ret);
	return make_mask_box(m, box, ret);
}

/* Exits of a yes/no diagram led to where they belong. Visits each node once. */
static int lead_exits(struct box_maker *m, dref members, dref *ret)
{
	struct dstore *s = m->s;
	struct node *n;
	dref in, out;
	int r;

	if (!is_node(members)) {
		*ret = members == DREF_YES ? m->in : m->out;
		return 0;
	}
	n = node_at(s, members);
	if (n->seen == s->pass) {
		*ret = n->image;
		return 0;
	}
	r = store_step(s, 1);
	if (r < 0)
		return r;
	r = lead_exits(m, n->hi, &in);
	if (r < 0)
		return r;
	r = lead_exits(m, n->lo, &out);
	if (r < 0)
		return r;
	r = node_member(s, n->level, m->f->open, (enum node_kind)n->kind, n->member, in, out,
		ret);
	if (r < 0)
		return r;
	n->seen = s->pass;
	n->image = *ret;
	return 0;
}

/*
 * The union of the boxes. Inside a set or mask the modes are alike but for which constructor
 * made a node, so the union is one of yes/no diagrams in open mode, where YES is "all".
 */
static int union_of_boxes(struct dstore *s, const struct node_frame *f, uint32_t n_listed,
	const struct member_box *box, uint32_t n, dref *ret)
{
	const struct node_frame open = { .level = f->level, .open = true };
	struct box_maker m = {
		.s = s, .f = &open, .n_listed = n_listed, .in = DREF_YES, .out = DREF_NO
	};
	dref all = DREF_NO, one;
	uint32_t i;
	int r;

	for (i = 0; i < n; i++) {
		r = make_box(&m, &box[i], &one);
		if (r < 0)
			return r;
		r = store_apply(s, OP_OR, all, DMODE_OPEN, one, DMODE_OPEN, &all);
		if (r < 0)
			return r;
	}
	*ret = all;
	return 0;
}

/* What lies below the head: the boxes, led to @yes, and the rest, led to @no. */
static int make_members(struct dstore *s, const struct node_frame *f, uint32_t n_listed,
	const struct member_box *box, uint32_t n, dref yes, dref no, dref *ret)
{
	struct box_maker m = { .s = s, .f = f, .n_listed = n_listed, .in = yes, .out = no };
	dref all;
	int r;

	if (n == 1)
		return make_box(&m, box, ret);
	r = union_of_boxes(s, f, n_listed, box, n, &all);
	if (r < 0)
		return r;
	store_pass(s);
	return lead_exits(&m, all, ret);
}

/* The box of one value. */
static struct member_box box_of(const struct value *v)
{
	struct member_box box = { 0 };
	unsigned i;

	if (v->type.tag == VT_SET) {
		box.in = v->set.w;
		box.n_in = v->set.n;
		box.only_in_or_free = true;
		return box;
	}
	memcpy(box.bits_in, v->bits, sizeof(box.bits_in));
	for (i = 0; i < v->type.size; i++)
		if (!mask_bit(v->bits, i))
			mask_set(box.bits_out, i);
	return box;
}

static int make_collection(struct dstore *s, const struct node_frame *f,
	const struct member_box *box, uint32_t n, dref yes, dref no, const struct value *except,
	dref *ret)
{
	bool is_set = level_at(s, f->level)->type.tag == VT_SET;
	struct member_box unspelled;
	uint32_t i, n_listed;
	dref members, point;
	int r = 0;

	if (except)
		unspelled = box_of(except);
	for (i = 0; is_set && r == 0 && i < n; i++) {
		r = push_elements(s, box[i].in, box[i].n_in);
		if (r == 0)
			r = push_elements(s, box[i].out, box[i].n_out);
		if (r == 0 && box[i].only_in_or_free)
			r = push_elements(s, box[i].free, box[i].n_free);
	}
	if (is_set && r == 0 && except)
		r = push_elements(s, unspelled.in, unspelled.n_in);
	if (r < 0)
		return r;
	set_sort_ids(s, 0);
	n_listed = s->ids.n;
	r = make_members(s, f, n_listed, box, n, yes, no, &members);
	if (r < 0)
		return r;
	if (except) {
		r = union_of_boxes(s, f, n_listed, &unspelled, 1, &point);
		if (r < 0)
			return r;
		r = store_apply(s, OP_MINUS, members, f->open ? DMODE_OPEN : DMODE_CLOSED, point,
			DMODE_OPEN, &members);
		if (r < 0)
			return r;
	}
	return is_set ? node_set(s, f, 0, members, ret) : node_mask(s, f, members, ret);
}

static bool bits_ok(const struct member_box *box, uint32_t n, unsigned size)
{
	uint32_t i;
	unsigned bit;

	for (i = 0; i < n; i++)
		for (bit = size; bit < MASK_BITS_MAX; bit++)
			if (mask_bit(box[i].bits_in, bit) || mask_bit(box[i].bits_out, bit))
				return false;
	return true;
}

int dnode_members(struct dstore *s, const struct dlevel *l, const struct member_box *box,
	uint32_t n, dref yes, dref no, dref absent, dref other, const struct value *except,
	dref *ret)
{
	struct node_frame f;
	dref made;
	int r;

	if (!value_type_is_long(l->type))
		return -EINVAL;
	r = begin(s, l, (dref[]){ yes, no }, absent, other, except, &f);
	if (r < 0)
		return r;
	if (l->type.tag == VT_MASK && !bits_ok(box, n, l->type.size))
		return -EINVAL;
	r = make_collection(s, &f, box, n, yes, no, except, &made);
	return finish(s, r, made, ret);
}
