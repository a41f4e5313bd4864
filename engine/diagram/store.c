/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The store: tables of nodes, words and levels in which equal things have one number, the memo
 * of the algebra, and the counts that bound it all. It compares and counts; what a reduced node
 * is, it leaves to node.c.
 *
 * Tables begin small and double, so that a store for one device touches few pages. Each hop
 * along a hash chain counts as a step, as a visit of a pair does: a text made to collide runs
 * into the bound on steps, not into quadratic time. Hashes are made of numbers, never of bytes
 * in the machine's order, and counts are the same everywhere.
 */
#include <errno.h>

#include "engine/base/digest.h"
#include "engine/base/limits.h"
#include "engine/diagram/store.h"

#define TABLE_ROOM  16 /* at first; buckets as many */
#define STACK_ROOM  32
#define MEMO_ROOM   32
#define PIECE_FIRST 1024 /* doubles up to the next */
#define PIECE_MAX   16384

const struct dlimits dlimits_default = {
	.nodes = DIAGRAM_NODES_MAX,
	.edges = DIAGRAM_EDGES_MAX,
	.depth = DIAGRAM_DEPTH_MAX,
	.steps = DIAGRAM_STEPS_MAX,
};

int dstore_new(struct arena *a, const struct dlimits *limits, struct dstore **ret)
{
	struct dstore *s = arena_new(a, struct dstore);

	if (!s)
		return -ENOMEM;
	s->arena = a;
	s->limits = limits ? *limits : dlimits_default;
	s->limits.depth = MIN(s->limits.depth, (uint32_t)DIAGRAM_DEPTH_MAX);
	*ret = s;
	return 0;
}

int dstore_error(const struct dstore *s)
{
	return s->error;
}

struct dstats dstore_stats(const struct dstore *s)
{
	return s->stats;
}

int store_fail(struct dstore *s, int error)
{
	if (s->error == 0)
		s->error = error;
	return s->error;
}

int store_step(struct dstore *s, uint32_t n)
{
	if (n > s->limits.steps - s->stats.steps)
		return store_fail(s, -E2BIG);
	s->stats.steps += n;
	return 0;
}

uint32_t store_pass(struct dstore *s)
{
	return ++s->pass;
}

static uint32_t mix(uint32_t h, uint64_t v)
{
	uint64_t x = (h + v + 1) * UINT64_C(0x9e3779b97f4a7c15);

	return (uint32_t)(x >> 32) ^ (uint32_t)x;
}

/* ---- growing ----------------------------------------------------------------------------- */

static int grow(struct dstore *s, void **at, uint32_t n, uint32_t *room, uint32_t first,
	size_t size)
{
	uint32_t more = *room > 0 ? 2 * *room : first;
	void *p = arena_alloc_array(s->arena, more, size);

	if (!p)
		return store_fail(s, -ENOMEM);
	if (n > 0)
		memcpy(p, *at, n * size);
	*at = p;
	*room = more;
	return 0;
}

/* @size bytes, aligned for any number, not zeroed: nodes and words are many and small. */
static void *cut(struct dstore *s, size_t size)
{
	void *p;

	size = (MAX(size, (size_t)1) + 7) & ~(size_t)7;
	if (size > s->piece_left) {
		if (size > PIECE_MAX / 4) {
			p = arena_alloc_raw(s->arena, size);
			if (!p)
				store_fail(s, -ENOMEM);
			return p;
		}
		s->piece_left = 0;
		s->piece_next = s->piece_next > 0 ? MIN(2 * s->piece_next, PIECE_MAX) : PIECE_FIRST;
		while (s->piece_next < size)
			s->piece_next *= 2;
		s->piece = arena_alloc_raw(s->arena, s->piece_next);
		if (!s->piece) {
			store_fail(s, -ENOMEM);
			return NULL;
		}
		s->piece_left = s->piece_next;
	}
	p = s->piece;
	s->piece += size;
	s->piece_left -= size;
	return p;
}

static struct str copy(struct dstore *s, struct str text)
{
	char *p = cut(s, text.n);

	if (!p)
		return (struct str){ 0 };
	if (text.n > 0)
		memcpy(p, text.p, text.n);
	return (struct str){ p, text.n };
}

int store_push_edge(struct dstore *s, struct edge e)
{
	int r;

	r = store_step(s, 1);
	if (r < 0)
		return r;
	if (s->edges.n == s->edges.room) {
		r = grow(s, (void **)&s->edges.at, s->edges.n, &s->edges.room, STACK_ROOM,
			sizeof(e));
		if (r < 0)
			return r;
	}
	s->edges.at[s->edges.n++] = e;
	return 0;
}

int store_push_id(struct dstore *s, uint32_t id)
{
	int r;

	r = store_step(s, 1);
	if (r < 0)
		return r;
	if (s->ids.n == s->ids.room) {
		r = grow(s, (void **)&s->ids.at, s->ids.n, &s->ids.room, STACK_ROOM, sizeof(id));
		if (r < 0)
			return r;
	}
	s->ids.at[s->ids.n++] = id;
	return 0;
}

/* Where the chain of object @i goes on, and its hash, in each kind of table. */
static uint32_t *chain_of(const struct dstore *s, const struct table *t, uint32_t i,
	uint32_t *ret_hash)
{
	if (t == &s->nodes) {
		struct node *n = ((struct node **)t->at)[i];

		*ret_hash = n->hash;
		return &n->chain;
	}
	if (t == &s->words) {
		*ret_hash = word_at(s, i)->hash;
		return &word_at(s, i)->chain;
	}
	*ret_hash = level_at(s, i)->hash;
	return &level_at(s, i)->chain;
}

static void link_in(struct dstore *s, struct table *t, uint32_t i)
{
	uint32_t hash, *chain = chain_of(s, t, i, &hash);
	uint32_t *bucket = &t->bucket[hash & (t->n_buckets - 1)];

	*chain = *bucket;
	*bucket = i + 1;
}

/* Room for one more object, and a bucket for each. */
static int table_reserve(struct dstore *s, struct table *t, size_t size)
{
	uint32_t i, *bucket;
	int r;

	if (t->n < t->room)
		return 0;
	r = grow(s, &t->at, t->n, &t->room, TABLE_ROOM, size);
	if (r < 0)
		return r;
	bucket = arena_new_array(s->arena, t->room, uint32_t);
	if (!bucket)
		return store_fail(s, -ENOMEM);
	t->bucket = bucket;
	t->n_buckets = t->room;
	for (i = 0; i < t->n; i++)
		link_in(s, t, i);
	return 0;
}

static uint32_t table_first(const struct table *t, uint32_t hash)
{
	return t->n_buckets > 0 ? t->bucket[hash & (t->n_buckets - 1)] : 0;
}

/* ---- levels ------------------------------------------------------------------------------ */

int level_order(const struct level *a, const struct level *b)
{
	if (a == b)
		return 0;
	if (a->class != b->class)
		return a->class < b->class ? -1 : 1;
	return a->class < LEVEL_SCALAR ? 0 : str_cmp(a->name, b->name);
}

/* Types of one name share a chain: the hash is the name's. */
static void mark_twins(struct dstore *s, struct level *l)
{
	uint32_t i;

	for (i = table_first(&s->levels, l->hash); i > 0; i = level_at(s, i - 1)->chain) {
		struct level *o = level_at(s, i - 1);

		if (o->class != l->class && str_eq(o->name, l->name))
			o->twin = l->twin = s->twins = true;
	}
}

int store_level(struct dstore *s, struct str name, struct value_type type, uint32_t *ret)
{
	uint32_t hash, i;
	struct level *l;
	struct str own;
	int r;

	if (name.n == 0 || name.n > NAME_MAX_LEN || !value_type_valid(type))
		return -EINVAL;
	hash = (uint32_t)hash64(name.p, name.n, 0);
	for (i = table_first(&s->levels, hash); i > 0; i = level_at(s, i - 1)->chain) {
		r = store_step(s, 1);
		if (r < 0)
			return r;
		l = level_at(s, i - 1);
		if (l->hash == hash && value_type_eq(l->type, type) && str_eq(l->name, name)) {
			*ret = i - 1;
			return 0;
		}
	}
	if (!word_valid(name))
		return -EINVAL;
	if (s->levels.n >= s->limits.nodes)
		return store_fail(s, -E2BIG);
	own = copy(s, name);
	if (!own.p)
		return s->error;
	r = table_reserve(s, &s->levels, sizeof(*l));
	if (r < 0)
		return r;
	l = level_at(s, s->levels.n);
	*l = (struct level){
		.name = own, .type = type, .class = level_class(name, type), .hash = hash
	};
	mark_twins(s, l);
	*ret = s->levels.n;
	link_in(s, &s->levels, s->levels.n++);
	return 0;
}

/* ---- words ------------------------------------------------------------------------------- */

int word_order(const struct dstore *s, uint32_t a, uint32_t b)
{
	return a == b ? 0 : str_cmp(word_at(s, a)->s, word_at(s, b)->s);
}

int store_word(struct dstore *s, struct str text, bool owned, uint32_t *ret)
{
	struct word *w;
	uint32_t hash, i;
	int r;

	if (text.n > WORD_MAX_LEN)
		return -EINVAL;
	hash = (uint32_t)hash64(text.p, text.n, 0);
	r = store_step(s, 1);
	if (r < 0)
		return r;
	for (i = table_first(&s->words, hash); i > 0; i = w->chain) {
		w = word_at(s, i - 1);
		if (w->hash == hash && str_eq(w->s, text)) {
			*ret = i - 1;
			return 0;
		}
		r = store_step(s, 1);
		if (r < 0)
			return r;
	}
	if (!word_valid(text))
		return -EINVAL;
	if (!owned) {
		text = copy(s, text);
		if (!text.p)
			return s->error;
	}
	r = table_reserve(s, &s->words, sizeof(*w));
	if (r < 0)
		return r;
	*word_at(s, s->words.n) = (struct word){ .s = text, .hash = hash };
	*ret = s->words.n;
	link_in(s, &s->words, s->words.n++);
	return 0;
}

/* ---- nodes ------------------------------------------------------------------------------- */

int node_order(const struct dstore *s, const struct node *a, const struct node *b)
{
	int c;

	c = level_order(level_at(s, a->level), level_at(s, b->level));
	if (c != 0)
		return c;
	if (!is_member_kind(a->kind) || !is_member_kind(b->kind))
		return is_member_kind(a->kind) - is_member_kind(b->kind);
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	switch (a->kind) {
	case NODE_ELEMENT:
		return word_order(s, a->member, b->member);
	case NODE_BIT:
		return a->member < b->member ? -1 : a->member > b->member;
	default:
		return 0;
	}
}

static bool edge_eq(uint8_t kind, const struct edge *a, const struct edge *b)
{
	if (a->to != b->to)
		return false;
	return kind == NODE_LINE ? key_eq(a->from, b->from) : a->word == b->word;
}

static bool node_eq(const struct node *a, const struct node *b, const struct edge *e)
{
	uint32_t i;

	if (a->hash != b->hash || a->level != b->level || a->kind != b->kind || a->n != b->n)
		return false;
	if (a->open != b->open || a->member != b->member || a->absent != b->absent)
		return false;
	if (a->other != b->other || a->lo != b->lo || a->hi != b->hi)
		return false;
	for (i = 0; i < a->n; i++)
		if (!edge_eq(a->kind, &a->e[i], &e[i]))
			return false;
	return true;
}

static uint32_t node_hash(const struct node *n, const struct edge *e)
{
	uint32_t i, h;

	h = mix(n->kind | (uint32_t)n->open << 8, (uint64_t)n->level << 32 | n->member);
	h = mix(h, (uint64_t)n->absent << 32 | n->other);
	h = mix(h, (uint64_t)n->lo << 32 | n->hi);
	for (i = 0; i < n->n; i++) {
		if (n->kind == NODE_LINE)
			h = mix(mix(h, e[i].from.hi), e[i].from.lo);
		else
			h = mix(h, e[i].word);
		h = mix(h, e[i].to);
	}
	return h;
}

static uint16_t depth_of(const struct dstore *s, dref r)
{
	return is_node(r) ? node_at(s, r)->depth : 0;
}

static uint16_t node_depth(const struct dstore *s, const struct node *n, const struct edge *e)
{
	uint16_t d = MAX(depth_of(s, n->lo), depth_of(s, n->hi));
	uint32_t i;

	d = MAX(d, depth_of(s, n->absent));
	d = MAX(d, depth_of(s, n->other));
	if (n->kind != NODE_SET)
		for (i = 0; i < n->n; i++)
			d = MAX(d, depth_of(s, e[i].to));
	return d + 1;
}

/* Fixed edges of each kind, as counted against the bound. */
static uint32_t edge_count(const struct node *n)
{
	uint32_t fixed = is_member_kind(n->kind) || n->kind == NODE_BOOL ? 2 : 1;

	if (n->kind == NODE_LINE)
		fixed = 0;
	if (!is_member_kind(n->kind))
		fixed += n->open ? 2 : 1;
	return fixed + n->n;
}

int store_node(struct dstore *s, const struct node *proto, const struct edge *e, dref *ret)
{
	struct node key = *proto, *n;
	uint32_t i;
	int r;

	key.hash = node_hash(&key, e);
	r = store_step(s, 1);
	if (r < 0)
		return r;
	for (i = table_first(&s->nodes, key.hash); i > 0; i = n->chain) {
		n = node_at(s, i + 1);
		if (node_eq(n, &key, e)) {
			*ret = i + 1;
			return 0;
		}
		r = store_step(s, 1);
		if (r < 0)
			return r;
	}
	key.depth = node_depth(s, &key, e);
	if (key.depth > s->limits.depth || s->nodes.n >= s->limits.nodes)
		return store_fail(s, -E2BIG);
	if (edge_count(&key) > s->limits.edges - s->stats.edges)
		return store_fail(s, -E2BIG);
	r = table_reserve(s, &s->nodes, sizeof(n));
	if (r < 0)
		return r;
	n = cut(s, sizeof(*n) + key.n * sizeof(*e));
	if (!n)
		return s->error;
	*n = key;
	if (key.n > 0)
		memcpy(n->e, e, key.n * sizeof(*e));
	((struct node **)s->nodes.at)[s->nodes.n] = n;
	*ret = s->nodes.n + 2;
	link_in(s, &s->nodes, s->nodes.n++);
	s->stats.nodes++;
	s->stats.edges += edge_count(&key);
	return 0;
}

/* ---- memo -------------------------------------------------------------------------------- */

static uint32_t memo_hash(uint32_t key, dref a, dref b)
{
	return mix(key, (uint64_t)a << 32 | b);
}

bool memo_find(struct dstore *s, uint32_t key, dref a, dref b, dref *ret)
{
	const struct memo *m;
	uint32_t i;

	if (s->memo_room == 0)
		return false;
	for (i = memo_hash(key, a, b);; i++) {
		m = &s->memo[i & (s->memo_room - 1)];
		if (m->key == 0)
			return false;
		if (m->key == key && m->a == a && m->b == b)
			break;
		/* A failure here shows at the next count. */
		if (store_step(s, 1) < 0)
			return false;
	}
	*ret = m->result;
	return true;
}

static void memo_insert(struct dstore *s, const struct memo *m)
{
	uint32_t i = memo_hash(m->key, m->a, m->b);

	while (s->memo[i & (s->memo_room - 1)].key != 0)
		i++;
	s->memo[i & (s->memo_room - 1)] = *m;
}

int memo_put(struct dstore *s, uint32_t key, dref a, dref b, dref result)
{
	const struct memo m = { key, a, b, result };
	int r;

	r = store_step(s, 1);
	if (r < 0)
		return r;
	if (4 * (s->n_memo + 1) > 3 * s->memo_room) {
		uint32_t i, old_room = s->memo_room;
		struct memo *old = s->memo;

		uint32_t room = old_room > 0 ? 2 * old_room : MEMO_ROOM;
		struct memo *memo = arena_new_array(s->arena, room, struct memo);

		if (!memo)
			return store_fail(s, -ENOMEM);
		s->memo = memo;
		s->memo_room = room;
		for (i = 0; i < old_room; i++)
			if (old[i].key != 0)
				memo_insert(s, &old[i]);
	}
	memo_insert(s, &m);
	s->n_memo++;
	return 0;
}
