/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which elements a set's head lists. Below a head there is one in/out variable for each listed
 * element, bytewise, and a last one, u, for "some element that is not listed". What one listing
 * can say a longer one can say too, so the fewest are kept:
 *
 *   Let f be what lies below. An element e needs no listing exactly if f looks at e and u only
 *   through (e or u):  f[e=1,u=0] = f[e=1,u=1] = f[e=0,u=1].  Then f[e=0] says the same with e
 *   among the unlisted ones.
 *
 * Whether e may go does not depend on which others go first (the condition holds for all values
 * of the other variables, and dropping one is setting it to 0), so there is one least listing,
 * found in one pass:
 *
 *   - a node of e must have in = out[u=1], which knows nothing of u;
 *   - an edge that passes over e must lead where u is not looked at.
 *
 * The other way, a head is rewritten to list more: an element that it does not list behaves as
 * an unlisted one, so "in" leads to [u=1] and "out" goes on.
 */
#include "engine/diagram/store.h"

/* ---- sorting ----------------------------------------------------------------------------- */

static void sift_down(const struct dstore *s, uint32_t *id, uint32_t at, uint32_t n)
{
	uint32_t child, t;

	for (; (child = 2 * at + 1) < n; at = child) {
		if (child + 1 < n && word_order(s, id[child], id[child + 1]) < 0)
			child++;
		if (word_order(s, id[at], id[child]) >= 0)
			return;
		t = id[at];
		id[at] = id[child];
		id[child] = t;
	}
}

void set_sort_ids(struct dstore *s, uint32_t from)
{
	uint32_t n = s->ids.n - from, i, kept, t, *id;

	if (n == 0)
		return;
	id = s->ids.at + from;
	for (i = 1; i < n; i++)
		if (word_order(s, id[i - 1], id[i]) >= 0)
			break;
	if (i >= n) /* in order already, as nearly always */
		return;
	for (i = n / 2; i-- > 0;)
		sift_down(s, id, i, n);
	for (i = n; i-- > 1;) {
		t = id[0];
		id[0] = id[i];
		id[i] = t;
		sift_down(s, id, 0, i);
	}
	for (i = kept = 1; i < n; i++)
		if (id[i] != id[kept - 1])
			id[kept++] = id[i];
	s->ids.n = from + kept;
}

int set_push_union(struct dstore *s, const struct node *a, const struct node *b)
{
	uint32_t i = 0, j = 0;
	int c, r;

	while (i < a->n || j < b->n) {
		if (i == a->n)
			c = 1;
		else if (j == b->n)
			c = -1;
		else
			c = word_order(s, a->e[i].word, b->e[j].word);
		r = store_push_id(s, c <= 0 ? a->e[i].word : b->e[j].word);
		if (r < 0)
			return r;
		i += c <= 0;
		j += c >= 0;
	}
	return 0;
}

/* ---- u taken as given -------------------------------------------------------------------- */

int set_unlisted_in(struct dstore *s, uint32_t level, dref members, dref *ret)
{
	const struct node *n;
	dref in, out;
	int r;

	if (!knows_unlisted(s, members, level)) {
		*ret = members;
		return 0;
	}
	n = node_at(s, members);
	if (n->kind == NODE_UNLISTED) {
		*ret = n->hi;
		return 0;
	}
	if (memo_find(s, OP_UNLISTED_IN, members, 0, ret))
		return 0;
	r = store_step(s, 1);
	if (r < 0)
		return r;
	r = set_unlisted_in(s, level, n->hi, &in);
	if (r < 0)
		return r;
	r = set_unlisted_in(s, level, n->lo, &out);
	if (r < 0)
		return r;
	r = node_member(s, level, n->open, NODE_ELEMENT, n->member, in, out, ret);
	if (r < 0)
		return r;
	return memo_put(s, OP_UNLISTED_IN, members, 0, *ret);
}

/* ---- the fewest -------------------------------------------------------------------------- */

/*
 * One pass over what lies below a head. Ranks: the elements' places in the listing; u comes
 * after the last. Edges that pass over elements and must not are kept as +1 and -1 at the ends
 * of the run, on the stack of ids, so that each costs the same however long it is.
 */
struct listing {
	struct dstore *s;
	uint32_t level, n;
	uint32_t runs; /* index of n + 1 counters on the stack of ids */
};

static uint32_t rank_of(const struct listing *l, const struct node *n)
{
	return n->kind == NODE_UNLISTED ? l->n : word_at(l->s, n->member)->rank;
}

/* All elements with ranks in [from, to) must be listed. */
static void keep_run(struct listing *l, uint32_t from, uint32_t to)
{
	uint32_t *run = l->s->ids.at + l->runs;

	if (from < to) {
		run[from]++;
		run[to]--;
	}
}

/* An edge from before rank @from to @to. */
static int keep_edge(struct listing *l, uint32_t from, dref to);

static int keep_below(struct listing *l, struct node *n)
{
	struct dstore *s = l->s;
	uint32_t rank;
	dref out;
	int r;

	if (n->seen == s->pass || n->kind == NODE_UNLISTED)
		return 0;
	n->seen = s->pass;
	r = store_step(s, 1);
	if (r < 0)
		return r;
	rank = rank_of(l, n);
	if (knows_unlisted(s, n->hi, l->level)) {
		keep_run(l, rank, rank + 1);
	} else {
		r = set_unlisted_in(s, l->level, n->lo, &out);
		if (r < 0)
			return r;
		if (n->hi != out)
			keep_run(l, rank, rank + 1);
	}
	r = keep_edge(l, rank + 1, n->hi);
	if (r < 0)
		return r;
	return keep_edge(l, rank + 1, n->lo);
}

static int keep_edge(struct listing *l, uint32_t from, dref to)
{
	if (!is_member_of(l->s, to, l->level))
		return 0;
	if (node_at(l->s, to)->unlisted)
		keep_run(l, from, rank_of(l, node_at(l->s, to)));
	return keep_below(l, node_at(l->s, to));
}

/* @members with all elements that were seen in this pass set to "out". */
static int drop_seen(struct dstore *s, uint32_t level, uint32_t dropped, dref members,
	dref *ret)
{
	struct node *n;
	dref in, out;
	int r;

	if (!is_member_of(s, members, level) || node_at(s, members)->kind == NODE_UNLISTED) {
		*ret = members;
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
	r = drop_seen(s, level, dropped, n->lo, &out);
	if (r < 0)
		return r;
	if (word_at(s, n->member)->seen != dropped) {
		r = drop_seen(s, level, dropped, n->hi, &in);
		if (r < 0)
			return r;
		r = node_member(s, level, n->open, NODE_ELEMENT, n->member, in, out, &out);
		if (r < 0)
			return r;
	}
	n->seen = s->pass;
	n->image = out;
	*ret = out;
	return 0;
}

/* Marks the words that members look at, and pushes them if @push. Without u these are the
 * elements to list. */
static int see_words(struct dstore *s, uint32_t level, dref members, bool push)
{
	struct node *n;
	int r;

	if (!is_member_of(s, members, level))
		return 0;
	n = node_at(s, members);
	if (n->seen == s->pass)
		return 0;
	n->seen = s->pass;
	r = store_step(s, 1);
	if (r < 0)
		return r;
	if (n->kind == NODE_ELEMENT && word_at(s, n->member)->seen != s->pass) {
		word_at(s, n->member)->seen = s->pass;
		r = push ? store_push_id(s, n->member) : 0;
		if (r < 0)
			return r;
	}
	r = see_words(s, level, n->hi, push);
	if (r < 0)
		return r;
	return see_words(s, level, n->lo, push);
}

int set_push_looked(struct dstore *s, uint32_t level, dref members)
{
	store_pass(s);
	return see_words(s, level, members, /* push= */ true);
}

/* Keeps of the ids [from, ...) those seen (or not seen) in pass @pass. */
static void filter_ids(struct dstore *s, uint32_t from, uint32_t pass, bool seen)
{
	uint32_t i, kept = from;

	for (i = from; i < s->ids.n; i++)
		if ((word_at(s, s->ids.at[i])->seen == pass) == seen)
			s->ids.at[kept++] = s->ids.at[i];
	s->ids.n = kept;
}

/* Marks, in a new pass, the words that need no listing; *ret_any: there are some. */
static int find_needless(struct listing *l, uint32_t from, dref members, bool *ret_any)
{
	struct dstore *s = l->s;
	uint32_t i, kept = 0, pass;
	int r;

	l->n = s->ids.n - from;
	l->runs = s->ids.n;
	for (i = 0; i <= l->n; i++) {
		r = store_push_id(s, 0);
		if (r < 0)
			return r;
		if (i < l->n)
			word_at(s, s->ids.at[from + i])->rank = i;
	}
	store_pass(s);
	r = keep_edge(l, 0, members);
	if (r < 0)
		return r;
	pass = store_pass(s);
	*ret_any = false;
	for (i = 0; i < l->n; i++) {
		kept += s->ids.at[l->runs + i];
		if (kept == 0) {
			word_at(s, s->ids.at[from + i])->seen = pass;
			*ret_any = true;
		}
	}
	s->ids.n = l->runs;
	return 0;
}

int set_list_fewest(struct dstore *s, uint32_t level, uint32_t from, dref *members)
{
	struct listing l = { .s = s, .level = level };
	bool any;
	int r;

	if (!is_member_of(s, *members, level)) {
		s->ids.n = from;
		return 0;
	}
	if (!node_at(s, *members)->unlisted) {
		store_pass(s);
		r = see_words(s, level, *members, /* push= */ false);
		if (r < 0)
			return r;
		filter_ids(s, from, s->pass, true);
		return 0;
	}
	if (s->ids.n == from)
		return 0;
	r = find_needless(&l, from, *members, &any);
	if (r < 0 || !any)
		return r;
	filter_ids(s, from, s->pass, false);
	return drop_seen(s, level, s->pass, *members, members);
}

/* ---- more -------------------------------------------------------------------------------- */

struct longer {
	struct dstore *s;
	uint32_t level, from, n; /* the new listing: ids [from, from + n) */
	uint32_t own;		 /* pass in which the words listed before were seen */
};

static int longer_below(struct longer *l, dref members, dref *ret);

/* @members below an edge that has passed the ranks before @rank: lists what is new between. */
static int longer_edge(struct longer *l, uint32_t rank, dref members, dref *ret)
{
	struct dstore *s = l->s;
	const struct node *n;
	uint32_t to, word;
	bool open;
	dref given;
	int r;

	if (!knows_unlisted(s, members, l->level)) {
		*ret = members;
		return 0;
	}
	n = node_at(s, members);
	to = n->kind == NODE_UNLISTED ? l->n : word_at(s, n->member)->rank;
	open = n->open;
	r = longer_below(l, members, ret);
	if (r < 0)
		return r;
	r = set_unlisted_in(s, l->level, members, &given);
	if (r < 0)
		return r;
	while (to-- > rank) {
		word = s->ids.at[l->from + to];
		if (word_at(s, word)->seen == l->own)
			continue;
		r = node_member(s, l->level, open, NODE_ELEMENT, word, given, *ret, ret);
		if (r < 0)
			return r;
	}
	return 0;
}

static int longer_below(struct longer *l, dref members, dref *ret)
{
	struct dstore *s = l->s;
	struct node *n = node_at(s, members);
	uint32_t rank;
	dref in, out;
	int r;

	if (n->kind == NODE_UNLISTED) {
		*ret = members;
		return 0;
	}
	if (n->seen == l->own) {
		*ret = n->image;
		return 0;
	}
	r = store_step(s, 1);
	if (r < 0)
		return r;
	rank = word_at(s, n->member)->rank;
	r = longer_edge(l, rank + 1, n->hi, &in);
	if (r < 0)
		return r;
	r = longer_edge(l, rank + 1, n->lo, &out);
	if (r < 0)
		return r;
	r = node_member(s, l->level, n->open, NODE_ELEMENT, n->member, in, out, ret);
	if (r < 0)
		return r;
	n->seen = l->own;
	n->image = *ret;
	return 0;
}

int set_list_more(struct dstore *s, const struct node *n, uint32_t from, dref *ret)
{
	struct longer l = { .s = s, .level = n->level, .from = from, .n = s->ids.n - from };
	uint32_t i;

	if (l.n == n->n) {
		*ret = n->hi;
		return 0;
	}
	l.own = store_pass(s);
	for (i = 0; i < l.n; i++)
		word_at(s, s->ids.at[from + i])->rank = i;
	for (i = 0; i < n->n; i++)
		word_at(s, n->e[i].word)->seen = l.own;
	return longer_edge(&l, 0, n->hi, ret);
}
