/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Witnesses: one record that a predicate accepts, and the answer to "is every record of this in
 * that?". In a reduced diagram something lies below every node, so the first edge that does not
 * lead to NO is always good, and a witness costs one walk without a way back.
 */
#include <errno.h>

#include "engine/base/limits.h"
#include "engine/diagram/store.h"

struct finder {
	const struct dstore *s;
	struct arena *arena;
	struct record_entry *e;
	uint32_t n, room;
};

/* ---- what nobody listed ------------------------------------------------------------------ */

/* The @i-th of words that are easy to read: "other", "other-2", ... */
static int fresh_word(struct arena *a, uint32_t i, struct str *ret)
{
	char buf[sizeof("other-") + 10];
	struct sbuf b = SBUF(buf);
	struct str w;

	sbuf_puts(&b, "other");
	if (i > 0) {
		sbuf_putc(&b, '-');
		sbuf_put_u64(&b, i + 1);
	}
	w = str_dup(a, sbuf_str(&b));
	if (!w.p)
		return -ENOMEM;
	*ret = w;
	return 0;
}

static int fresh_pci_id(struct arena *a, uint32_t i, struct str *ret)
{
	char buf[PCI_ID_LEN];
	struct sbuf b = SBUF(buf);
	struct str w;

	sbuf_put_hex(&b, i >> 16, 4);
	sbuf_putc(&b, ':');
	sbuf_put_hex(&b, i & 0xffff, 4);
	w = str_dup(a, sbuf_str(&b));
	if (!w.p)
		return -ENOMEM;
	*ret = w;
	return 0;
}

static bool lists(const struct dstore *s, const struct node *n, struct str w)
{
	uint32_t i;

	for (i = 0; i < n->n; i++)
		if (str_eq(word_at(s, n->e[i].word)->s, w))
			return true;
	return false;
}

/* A word that @n does not list; among n + 1 there is one. */
static int unlisted_word(struct finder *f, const struct node *n, struct str *ret)
{
	bool pci = level_at(f->s, n->level)->type.tag == VT_PCI_ID;
	struct arena_mark mark;
	struct str w;
	uint32_t i;
	int r;

	for (i = 0;; i++) {
		mark = arena_mark(f->arena);
		r = pci ? fresh_pci_id(f->arena, i, &w) : fresh_word(f->arena, i, &w);
		if (r < 0)
			return r;
		if (!lists(f->s, n, w))
			break;
		arena_rewind(f->arena, mark);
	}
	*ret = w;
	return 0;
}

/* ---- values ------------------------------------------------------------------------------ */

static int find_word(struct finder *f, const struct node *n, struct value *v, dref *ret)
{
	uint32_t i;

	for (i = 0; i < n->n; i++) {
		if (n->e[i].to == DREF_NO)
			continue;
		v->word = word_at(f->s, n->e[i].word)->s;
		*ret = n->e[i].to;
		return 0;
	}
	*ret = n->lo;
	return n->lo == DREF_NO ? -ENOENT : unlisted_word(f, n, &v->word);
}

static int find_point(const struct node *n, struct value *v, dref *ret)
{
	uint32_t i;

	for (i = 0; i < n->n; i++) {
		if (n->e[i].to == DREF_NO)
			continue;
		v->key = n->e[i].from;
		*ret = n->e[i].to;
		return 0;
	}
	return -ENOENT;
}

/* Adds @w, which is later than all in the set but perhaps some. */
static void set_add(struct str *set, uint32_t *n, struct str w)
{
	uint32_t i = (*n)++;

	for (; i > 0 && str_cmp(set[i - 1], w) > 0; i--)
		set[i] = set[i - 1];
	set[i] = w;
}

/* Out before in: the smaller set. */
static int find_set(struct finder *f, const struct node *head, struct value *v, dref *ret)
{
	struct str *set = arena_new_array(f->arena, (size_t)head->n + 1, struct str), w;
	const struct node *n;
	dref at = head->hi;
	uint32_t count = 0;
	bool in;
	int r;

	if (!set)
		return -ENOMEM;
	while (is_member_of(f->s, at, head->level)) {
		n = node_at(f->s, at);
		in = n->lo == DREF_NO;
		at = in ? n->hi : n->lo;
		if (!in)
			continue;
		if (n->kind == NODE_UNLISTED) {
			r = unlisted_word(f, head, &w);
			if (r < 0)
				return r;
		} else {
			w = word_at(f->s, n->member)->s;
		}
		set_add(set, &count, w);
	}
	v->set = (struct word_set){ set, count };
	*ret = at;
	return at == DREF_NO ? -ENOENT : 0;
}

static int find_mask(const struct dstore *s, const struct node *head, struct value *v, dref *ret)
{
	const struct node *n;
	dref at = head->hi;

	while (is_member_of(s, at, head->level)) {
		n = node_at(s, at);
		if (n->lo == DREF_NO)
			mask_set(v->bits, n->member);
		at = n->lo == DREF_NO ? n->hi : n->lo;
	}
	*ret = at;
	return at == DREF_NO ? -ENOENT : 0;
}

/* The first value of the node's type that leads on. -ENOENT: none does. */
static int find_value(struct finder *f, const struct node *n, struct value *v, dref *ret)
{
	v->type = level_at(f->s, n->level)->type;
	switch ((enum node_kind)n->kind) {
	case NODE_WORDS:
		return find_word(f, n, v, ret);
	case NODE_LINE:
		return find_point(n, v, ret);
	case NODE_BOOL:
		v->yes = n->lo == DREF_NO;
		*ret = v->yes ? n->hi : n->lo;
		return *ret == DREF_NO ? -ENOENT : 0;
	case NODE_SET:
		return find_set(f, n, v, ret);
	case NODE_MASK:
		return find_mask(f->s, n, v, ret);
	case NODE_ELEMENT:
	case NODE_UNLISTED:
	case NODE_BIT:
		break;
	}
	return -ENOENT;
}

/* A value of a type that is not the node's. */
static void foreign_value(const struct dstore *s, const struct node *n, struct value *v)
{
	bool is_bool = level_at(s, n->level)->type.tag == VT_BOOL;

	*v = (struct value){ .type = { .tag = is_bool ? VT_STRING : VT_BOOL } };
	if (is_bool)
		v->word = STR("other");
	else
		v->yes = true;
}

static int add_entry(struct finder *f, struct str name, const struct value *v)
{
	struct record_entry *e;
	uint32_t room = f->room > 0 ? 2 * f->room : 16;

	if (f->n == f->room) {
		e = arena_new_array(f->arena, room, struct record_entry);
		if (!e)
			return -ENOMEM;
		if (f->n > 0)
			memcpy(e, f->e, f->n * sizeof(*e));
		f->e = e;
		f->room = room;
	}
	f->e[f->n++] = (struct record_entry){ name, *v };
	return 0;
}

/* Absence before values, values before those of another type. */
static int find_step(struct finder *f, const struct node *n, dref *ret)
{
	struct value v = { 0 };
	int r;

	if (n->absent != DREF_NO) {
		*ret = n->absent;
		return 0;
	}
	r = find_value(f, n, &v, ret);
	if (r == -ENOENT && n->other != DREF_NO) {
		foreign_value(f->s, n, &v);
		*ret = n->other;
		r = 0;
	}
	if (r < 0)
		return r;
	return add_entry(f, level_at(f->s, n->level)->name, &v);
}

static int find_record(const struct dstore *s, dref a, struct arena *arena, struct record *ret)
{
	struct finder f = { .s = s, .arena = arena };
	struct record record;
	int r;

	while (is_node(a)) {
		r = find_step(&f, node_at(s, a), &a);
		if (r < 0)
			return r;
	}
	if (a == DREF_NO)
		return -ENOENT;
	record = (struct record){ f.e, f.n };
	r = record_sort(&record);
	if (r < 0)
		return r;
	*ret = record;
	return 0;
}

int dg_witness(struct dstore *s, dref a, enum dmode m, struct arena *arena, struct record *ret)
{
	if (s->error != 0)
		return s->error;
	if (!ref_ok(s, a, m))
		return -EINVAL;
	return find_record(s, a, arena, ret);
}

/* ---- subset ------------------------------------------------------------------------------ */

/* Adds to a record of an open predicate a name that nobody knows: no closed one accepts it. */
static int add_unknown(struct dstore *s, struct arena *arena, struct record *r)
{
	struct finder f = { .s = s, .arena = arena, .e = r->e, .n = r->n, .room = r->n };
	struct value v = { .type = { .tag = VT_BOOL }, .yes = true };
	struct str name;
	uint32_t i, j;
	bool known;
	int err;

	for (i = 0;; i++) {
		err = fresh_word(arena, i, &name);
		if (err < 0)
			return err;
		known = record_find(r, name) != NULL;
		for (j = 0; j < s->levels.n && !known; j++)
			known = str_eq(level_at(s, j)->name, name);
		if (!known)
			break;
	}
	err = add_entry(&f, name, &v);
	if (err < 0)
		return err;
	*r = (struct record){ f.e, f.n };
	return record_sort(r);
}

int dg_subset(struct dstore *s, dref a, enum dmode ma, dref b, enum dmode mb,
	struct arena *arena, struct record *ret_witness)
{
	enum dmode m = ma == DMODE_OPEN && mb == DMODE_OPEN ? DMODE_OPEN : DMODE_CLOSED;
	bool unbounded = ma == DMODE_OPEN && mb == DMODE_CLOSED;
	struct record w;
	dref left;
	int r;

	if (s->error != 0)
		return s->error;
	if (!ref_ok(s, a, ma) || !ref_ok(s, b, mb))
		return -EINVAL;
	if (unbounded) {
		left = a;
		m = DMODE_OPEN;
	} else {
		r = dg_minus(s, a, ma, b, mb, &left);
		if (r < 0)
			return r;
	}
	if (left == DREF_NO)
		return 0;
	if (!ret_witness)
		return -ENOENT;
	r = dg_witness(s, left, m, arena, &w);
	if (r == 0 && unbounded)
		r = add_unknown(s, arena, &w);
	if (r < 0)
		return r;
	*ret_witness = w;
	return -ENOENT;
}
