/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Judging one record: a single walk down the diagram beside the record, at most one step per
 * attribute (per listed element inside a set). It allocates nothing and cannot fail; the record
 * is in level order, which whoever made it saw to.
 */
#include <errno.h>

#include "engine/diagram/store.h"

/* The walk's place: the next node, and the next entry of the record (closed mode). */
struct walk {
	const struct dstore *s;
	const struct record *r;
	dref at;
	uint32_t i;
};

static dref step_words(const struct dstore *s, const struct node *n, struct str w)
{
	uint32_t lo = 0, hi = n->n, mid;
	int c;

	if (hi == 1) /* the most frequent: one word, equal or not */
		return str_eq(word_at(s, n->e[0].word)->s, w) ? n->e[0].to : n->lo;

	while (lo < hi) {
		mid = (lo + hi) / 2;
		c = str_cmp(word_at(s, n->e[mid].word)->s, w);
		if (c == 0)
			return n->e[mid].to;
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return n->lo;
}

static dref step_line(const struct node *n, struct key k)
{
	uint32_t lo = 0, hi = n->n, mid;

	/* The last interval that begins at or before the point; the first begins at KEY_MIN. */
	while (hi - lo > 1) {
		mid = (lo + hi) / 2;
		if (key_cmp(n->e[mid].from, k) <= 0)
			lo = mid;
		else
			hi = mid;
	}
	return n->e[lo].to;
}

/* Has the set an element that the head does not list? Both are sorted. */
static bool has_unlisted(const struct dstore *s, const struct node *head, struct word_set set)
{
	uint32_t i = 0, j = 0;
	int c;

	if (set.n > head->n)
		return true;
	while (i < set.n) {
		c = j < head->n ? str_cmp(word_at(s, head->e[j].word)->s, set.w[i]) : 1;
		if (c > 0)
			return true;
		i += c == 0;
		j++;
	}
	return false;
}

static dref step_set(const struct dstore *s, const struct node *head, struct word_set set)
{
	dref at = head->hi;
	const struct node *n;
	uint32_t i = 0;
	int c;

	while (is_member_of(s, at, head->level)) {
		n = node_at(s, at);
		if (n->kind == NODE_UNLISTED)
			return has_unlisted(s, head, set) ? n->hi : n->lo;
		c = 1;
		while (i < set.n && (c = str_cmp(set.w[i], word_at(s, n->member)->s)) < 0)
			i++;
		at = i < set.n && c == 0 ? n->hi : n->lo;
	}
	return at;
}

static dref step_mask(const struct dstore *s, const struct node *head, const uint64_t bits[4])
{
	dref at = head->hi;
	const struct node *n;

	while (is_member_of(s, at, head->level)) {
		n = node_at(s, at);
		at = mask_bit(bits, n->member) ? n->hi : n->lo;
	}
	return at;
}

dref node_step(const struct dstore *s, const struct node *n, const struct value *v)
{
	if (!v)
		return n->absent;
	if (!value_type_eq(v->type, level_at(s, n->level)->type))
		return n->open ? n->other : DREF_NO;
	switch ((enum node_kind)n->kind) {
	case NODE_WORDS:
		return step_words(s, n, v->word);
	case NODE_LINE:
		return step_line(n, v->key);
	case NODE_BOOL:
		return v->yes ? n->hi : n->lo;
	case NODE_SET:
		return step_set(s, n, v->set);
	case NODE_MASK:
		return step_mask(s, n, v->bits);
	case NODE_ELEMENT:
	case NODE_UNLISTED:
	case NODE_BIT:
		break;
	}
	return DREF_NO;
}

/* The record's entry at the node's level, and past it; an entry that no node asked for stands
 * in the way (*ret_unasked). */
static const struct record_entry *next_entry(struct walk *w, const struct node *n,
	bool *ret_unasked)
{
	const struct level *l = level_at(w->s, n->level);
	const struct record_entry *e;
	enum level_class class;
	int c;

	*ret_unasked = false;
	if (w->i == w->r->n)
		return NULL;
	e = &w->r->e[w->i];
	/* Mostly the two go down side by side. */
	if (value_type_eq(e->value.type, l->type) && str_eq(e->name, l->name)) {
		w->i++;
		return e;
	}
	class = level_class(e->name, e->value.type);
	c = class != l->class ? (class < l->class ? -1 : 1) : str_cmp(e->name, l->name);
	if (c > 0)
		return NULL;
	w->i++;
	*ret_unasked = c < 0;
	return e;
}

/* One level down. False at the end; *ret_level is empty at an entry that no node asked for. */
static bool walk_closed(struct walk *w, struct str *ret_level, const struct record_entry **ret_e)
{
	bool unasked;

	if (w->at == DREF_NO)
		return false;
	if (w->at == DREF_YES) {
		if (w->i == w->r->n)
			return false;
		*ret_e = &w->r->e[w->i++];
		unasked = true;
	} else {
		*ret_e = next_entry(w, node_at(w->s, w->at), &unasked);
	}
	if (unasked) {
		*ret_level = (struct str){ 0 };
		w->at = DREF_NO;
		return true;
	}
	*ret_level = level_at(w->s, node_at(w->s, w->at)->level)->name;
	w->at = node_step(w->s, node_at(w->s, w->at), *ret_e ? &(*ret_e)->value : NULL);
	return true;
}

static bool walk_open(struct walk *w, struct str *ret_level, const struct record_entry **ret_e)
{
	const struct node *n = node_or_null(w->s, w->at);

	if (!n)
		return false;
	*ret_level = level_at(w->s, n->level)->name;
	*ret_e = record_find(w->r, *ret_level);
	w->at = node_step(w->s, n, *ret_e ? &(*ret_e)->value : NULL);
	return true;
}

bool eval_rest(const struct dstore *s, dref a, enum dmode m, const struct record *r, uint32_t i)
{
	struct walk w = { .s = s, .r = r, .at = a, .i = i };
	const struct record_entry *e;
	struct str level;

	if (m == DMODE_OPEN)
		while (walk_open(&w, &level, &e))
			;
	else
		while (walk_closed(&w, &level, &e))
			;
	return w.at == DREF_YES;
}

bool dg_eval(const struct dstore *s, dref a, enum dmode m, const struct record *r)
{
	return s->error == 0 && ref_ok(s, a, m) && eval_rest(s, a, m, r, 0);
}

int dg_walk(const struct dstore *s, dref a, enum dmode m, const struct record *r,
	dg_visit_fn visit, void *ctx)
{
	struct walk w = { .s = s, .r = r, .at = a };
	const struct record_entry *e;
	struct str level;
	int v;

	if (s->error != 0)
		return s->error;
	if (!ref_ok(s, a, m))
		return -EINVAL;
	while (m == DMODE_OPEN ? walk_open(&w, &level, &e) : walk_closed(&w, &level, &e)) {
		v = visit(ctx, level, e, w.at != DREF_NO);
		if (v != 0)
			return v;
	}
	return 0;
}
