/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/diagram/diagram.h"
#include "engine/diagram/level.h"

/*
 * The inside of a diagram store, for the files of engine/diagram only.
 *
 * Everything lives in the store's arena and nothing is freed: tables double and leave their old
 * half behind. Nodes never move, so that a pointer to one stays good while others are made; the
 * edge and number stacks do move, so what lies on them is named by its index.
 */

enum node_kind {
	NODE_WORDS = 1, /* .e: listed words, sorted; .lo: any other word */
	NODE_LINE,	/* .e: intervals by their first point, the first is KEY_MIN */
	NODE_BOOL,	/* .lo: no, .hi: yes */
	NODE_SET,	/* .e: listed elements (.to unused), sorted; .hi: the members below */
	NODE_MASK,	/* .hi: the bits below */
	/* Members, below a head of the same level; .lo: out, .hi: in; in this order: */
	NODE_ELEMENT,  /* .member: the element's word number */
	NODE_UNLISTED, /* some element that the head does not list */
	NODE_BIT,      /* .member: the bit's number */
};

struct edge {
	union {
		struct key from;
		uint32_t word;
	};
	dref to;
};

struct node {
	uint32_t hash, chain; /* chain: the next node of the bucket, 0: none */
	uint32_t level;
	uint32_t n; /* of .e */
	uint32_t member;
	dref absent, other, lo, hi;
	/* For one pass over a part of the diagram (store_pass()). */
	uint32_t seen;
	dref image;
	uint16_t depth;
	uint8_t kind; /* enum node_kind */
	bool open;
	bool unlisted; /* a member above or at its level's "unlisted" node */
	struct edge e[];
};

struct level {
	struct str name;
	struct value_type type;
	uint8_t class; /* enum level_class */
	bool twin;     /* the name is also a level of the other class */
	uint32_t chain, hash;
	uint32_t seen; /* for one pass */
};

struct word {
	struct str s;
	uint32_t chain, hash;
	uint32_t seen, rank; /* scratch of set.c */
};

struct memo {
	uint32_t key; /* 0: free */
	dref a, b, result;
};

/* A growing table of objects with hash chains: nodes, words, levels. */
struct table {
	void *at;
	uint32_t n, room;
	uint32_t *bucket; /* index + 1, 0: empty */
	uint32_t n_buckets;
};

struct dstore {
	struct arena *arena;
	struct dlimits limits;
	struct dstats stats;
	int error;
	bool twins; /* some name is a level of both classes */
	struct table nodes, words, levels;
	struct memo *memo;
	uint32_t n_memo, memo_room;
	struct {
		struct edge *at;
		uint32_t n, room;
	} edges; /* stack of edges being made */
	struct {
		uint32_t *at;
		uint32_t n, room;
	} ids; /* stack of words being listed */
	uint32_t pass;
	/* What is left of the piece of arena that nodes and words are cut from. */
	char *piece;
	size_t piece_left, piece_next;
};

/* ---- reading --------------------------------------------------------------------------- */

static inline bool is_node(dref r)
{
	return r > DREF_YES;
}

static inline struct node *node_at(const struct dstore *s, dref r)
{
	return ((struct node **)s->nodes.at)[r - 2];
}

/* NULL for the terminals. */
static inline struct node *node_or_null(const struct dstore *s, dref r)
{
	return is_node(r) ? node_at(s, r) : NULL;
}

static inline struct level *level_at(const struct dstore *s, uint32_t i)
{
	return &((struct level *)s->levels.at)[i];
}

static inline struct word *word_at(const struct dstore *s, uint32_t i)
{
	return &((struct word *)s->words.at)[i];
}

static inline bool is_member_kind(uint8_t kind)
{
	return kind >= NODE_ELEMENT;
}

/* Is @r a member node of @level? Then inside its set or mask, else past it. */
static inline bool is_member_of(const struct dstore *s, dref r, uint32_t level)
{
	const struct node *n = node_or_null(s, r);

	return n && is_member_kind(n->kind) && n->level == level;
}

/* Does the member diagram @r of @level look at "some unlisted element"? */
static inline bool knows_unlisted(const struct dstore *s, dref r, uint32_t level)
{
	return is_member_of(s, r, level) && node_at(s, r)->unlisted;
}

/* A reference of this store that may be used in @mode? */
static inline bool ref_ok(const struct dstore *s, dref r, enum dmode mode)
{
	if (!is_node(r))
		return true;
	if (r - 2 >= s->nodes.n)
		return false;
	return node_at(s, r)->open == (mode == DMODE_OPEN) &&
	       !is_member_kind(node_at(s, r)->kind);
}

/* The order of levels; 0 also for two types of one name and class. */
int level_order(const struct level *a, const struct level *b);
/* The order of nodes along any path. */
int node_order(const struct dstore *s, const struct node *a, const struct node *b);
/* The order of two words by number. */
int word_order(const struct dstore *s, uint32_t a, uint32_t b);

/* ---- store.c: tables, counting --------------------------------------------------------- */

/* Makes @error stick. */
int store_fail(struct dstore *s, int error);
/* Counts steps; -E2BIG past the limit. */
int store_step(struct dstore *s, uint32_t n);

/* Numbers for names and words. @owned: the bytes lie in the store's arena already. -EINVAL:
 * not printable, too long, no such type. */
int store_level(struct dstore *s, struct str name, struct value_type type, uint32_t *ret);
int store_word(struct dstore *s, struct str w, bool owned, uint32_t *ret);

/* The one node that is as @n with the edges @e (n->n of them): found, or made. Reduces nothing. */
int store_node(struct dstore *s, const struct node *n, const struct edge *e, dref *ret);

int store_push_edge(struct dstore *s, struct edge e);
int store_push_id(struct dstore *s, uint32_t id);

/* Begins a pass: no node or word was seen in it. */
uint32_t store_pass(struct dstore *s);

/* Results of operations. @key is not 0. */
bool memo_find(struct dstore *s, uint32_t key, dref a, dref b, dref *ret);
int memo_put(struct dstore *s, uint32_t key, dref a, dref b, dref result);

/* ---- node.c: the canonical constructors ------------------------------------------------- */

/* What a scalar node or head has besides its values. */
struct node_frame {
	uint32_t level;
	bool open;
	dref absent, other;
};

/* Each makes the reduced node. Edges and elements are those on the stacks from @from up, which
 * are taken off. Edges are in order. */
int node_words(struct dstore *s, const struct node_frame *f, uint32_t from, dref any_other,
	dref *ret);
int node_line(struct dstore *s, const struct node_frame *f, uint32_t from, dref *ret);
int node_bool(struct dstore *s, const struct node_frame *f, dref no, dref yes, dref *ret);
int node_set(struct dstore *s, const struct node_frame *f, uint32_t from, dref members,
	dref *ret);
int node_mask(struct dstore *s, const struct node_frame *f, dref bits, dref *ret);
int node_member(struct dstore *s, uint32_t level, bool open, enum node_kind kind,
	uint32_t member, dref in, dref out, dref *ret);

/* ---- set.c: which elements are listed ---------------------------------------------------- */

/* Drops from the ids [from, ...) the elements that need no listing, and from *@members too. */
int set_list_fewest(struct dstore *s, uint32_t level, uint32_t from, dref *members);
/* @members with "some unlisted element is in" taken as given. */
int set_unlisted_in(struct dstore *s, uint32_t level, dref members, dref *ret);
/* Rewrites the @members of the head @n as if it listed the ids [from, ...), a superset. */
int set_list_more(struct dstore *s, const struct node *n, uint32_t from, dref *ret);
/* Pushes the elements of both heads, in order, none twice. */
int set_push_union(struct dstore *s, const struct node *a, const struct node *b);
/* Pushes the elements that @members look at, each once, in no order. */
int set_push_looked(struct dstore *s, uint32_t level, dref members);
/* Sorts the ids [from, ...) by word and drops doubles. */
void set_sort_ids(struct dstore *s, uint32_t from);

/* ---- eval.c ------------------------------------------------------------------------------ */

/* Where the value (NULL: absence) leads at a scalar node or head. */
dref node_step(const struct dstore *s, const struct node *n, const struct value *v);
/* Is the record from its entry @i on accepted from @a on? (Open diagrams look names up.) */
bool eval_rest(const struct dstore *s, dref a, enum dmode m, const struct record *r, uint32_t i);

/* ---- algebra.c --------------------------------------------------------------------------- */

enum diagram_op { OP_OR = 1, OP_AND, OP_MINUS, OP_UNLISTED_IN };

/* The operations on member diagrams that share one listing, and on whole ones. No checks. */
int store_apply(struct dstore *s, enum diagram_op op, dref a, enum dmode ma, dref b,
	enum dmode mb, dref *ret);
/* Does @r reach a level of the other class with the name of @level? */
bool reaches_twin(struct dstore *s, dref r, uint32_t level);
