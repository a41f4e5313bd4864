/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What would do: the values at one level that would have a record accepted with everything else
 * as it is, in words for people. Not built into the udev helper.
 */
#include <errno.h>

#include "engine/base/limits.h"
#include "engine/diagram/store.h"
#include "engine/version/text.h"

/* So many ways through a set or mask are told; a person reads no more. */
#define WAYS_MAX 8

struct teller {
	struct dstore *s;
	enum dmode mode;
	struct record rest; /* the record without the attribute */
	uint32_t i;	    /* its first entry past the level that is told */
	struct arena *scratch;
	struct sbuf *b;
	uint32_t said;
};

static void item(struct teller *t)
{
	if (t->said++ > 0)
		sbuf_puts(t->b, ", ");
}

static void say(struct teller *t, const char *what)
{
	item(t);
	sbuf_puts(t->b, what);
}

static bool would_do(const struct teller *t, dref to)
{
	return eval_rest(t->s, to, t->mode, &t->rest, t->i);
}

/* ---- scalars ----------------------------------------------------------------------------- */

static void tell_words(struct teller *t, const struct node *n)
{
	bool any = would_do(t, n->lo), except = false;
	uint32_t i;

	if (any)
		say(t, "any");
	for (i = 0; i < n->n; i++) {
		if (would_do(t, n->e[i].to) == any)
			continue;
		if (any && !except)
			sbuf_puts(t->b, " except ");
		else
			item(t);
		except = any;
		sbuf_put_str(t->b, word_at(t->s, n->e[i].word)->s);
	}
}

static void tell_int(struct teller *t, struct interval iv)
{
	bool least = key_cmp(iv.lo, key_from_int(INT64_MIN)) <= 0, most = key_is_end(iv.hi);
	int64_t lo = least ? INT64_MIN : key_to_int(iv.lo);
	int64_t hi = most ? INT64_MAX : key_to_int(iv.hi) - 1;

	item(t);
	if (least && most) {
		sbuf_puts(t->b, "any");
	} else if (least || most) {
		sbuf_puts(t->b, least ? "<= " : ">= ");
		sbuf_put_i64(t->b, least ? hi : lo);
	} else {
		sbuf_put_i64(t->b, lo);
		if (lo != hi) {
			sbuf_puts(t->b, "..");
			sbuf_put_i64(t->b, hi);
		}
	}
}

static int tell_line(struct teller *t, const struct node *n)
{
	struct value_type type = level_at(t->s, n->level)->type;
	struct interval *iv = arena_new_array(t->scratch, n->n, struct interval);
	struct ranges ranges = { iv, 0 };
	uint32_t i;
	int r;

	if (!iv)
		return -ENOMEM;
	for (i = 0; i < n->n; i++)
		if (would_do(t, n->e[i].to))
			iv[ranges.n++] = (struct interval){ n->e[i].from,
				i + 1 < n->n ? n->e[i + 1].from : KEY_END };
	/* Neighbours that differ in the diagram may lead to the same answer. */
	r = ranges_normalize(t->scratch, iv, ranges.n, &ranges);
	if (r < 0 || ranges.n == 0)
		return r;
	if (type.tag == VT_INT) {
		for (i = 0; i < ranges.n; i++)
			tell_int(t, ranges.iv[i]);
		return 0;
	}
	item(t);
	if (ranges.n == 1 && key_eq(ranges.iv[0].lo, KEY_MIN) && key_is_end(ranges.iv[0].hi))
		sbuf_puts(t->b, "any");
	else
		ranges_print_policy(t->b, ranges,
			(struct version_spec){ .parts = type.size, .major = 1 });
	return 0;
}

/* ---- collections ------------------------------------------------------------------------- */

/* What a way from head to exit says of a member. */
enum said { SAID_NOTHING = 0, SAID_IN, SAID_OUT };

struct ways {
	struct teller *t;
	const struct node *head;
	uint8_t *said; /* by rank of an element, or by bit; [n]: unlisted elements */
	uint32_t n, told;
	bool more;
};

/* Marks, once in this pass, from where some exit would do. */
static bool leads_on(struct ways *w, dref at)
{
	struct dstore *s = w->t->s;
	struct node *n;
	bool in, out;

	if (!is_member_of(s, at, w->head->level))
		return would_do(w->t, at);
	n = node_at(s, at);
	if (n->seen != s->pass) {
		in = leads_on(w, n->hi);
		out = leads_on(w, n->lo);
		n->image = in || out ? DREF_YES : DREF_NO;
		n->seen = s->pass;
	}
	return n->image == DREF_YES;
}

static void put_member(struct ways *w, uint32_t i)
{
	if (w->head->kind == NODE_MASK)
		sbuf_put_u64(w->t->b, i);
	else
		sbuf_put_str(w->t->b, word_at(w->t->s, w->head->e[i].word)->s);
}

/* " with a, b"; true if there was one. */
static bool put_members(struct ways *w, enum said said, const char *before)
{
	bool any = false;
	uint32_t i;

	for (i = 0; i < w->n; i++) {
		if (w->said[i] != said)
			continue;
		sbuf_puts(w->t->b, any ? ", " : before);
		put_member(w, i);
		any = true;
	}
	return any;
}

/* A set with no unlisted member: its members, and those that may be there. */
static void tell_bounded(struct ways *w)
{
	sbuf_putc(w->t->b, '{');
	put_members(w, SAID_IN, " ");
	sbuf_puts(w->t->b, " }");
	if (put_members(w, SAID_NOTHING, " and any of { "))
		sbuf_puts(w->t->b, " }");
}

static void tell_way(struct ways *w)
{
	bool is_set = w->head->kind == NODE_SET;

	item(w->t);
	if (is_set && w->said[w->n] == SAID_OUT) {
		tell_bounded(w);
		return;
	}
	sbuf_puts(w->t->b, is_set ? "any set" : "any mask");
	put_members(w, SAID_IN, is_set ? " with " : " with bits ");
	put_members(w, SAID_OUT, is_set ? " without " : " without bits ");
	if (is_set && w->said[w->n] == SAID_IN)
		sbuf_puts(w->t->b, " and with others");
}

static void tell_ways(struct ways *w, dref at)
{
	const struct node *n;
	uint32_t i;

	if (!leads_on(w, at))
		return;
	if (w->told == WAYS_MAX) {
		w->more = true;
		return;
	}
	if (!is_member_of(w->t->s, at, w->head->level)) {
		tell_way(w);
		w->told++;
		return;
	}
	n = node_at(w->t->s, at);
	i = n->kind == NODE_ELEMENT ? word_at(w->t->s, n->member)->rank :
	    n->kind == NODE_BIT	    ? n->member :
				      w->n;
	w->said[i] = SAID_IN;
	tell_ways(w, n->hi);
	w->said[i] = SAID_OUT;
	tell_ways(w, n->lo);
	w->said[i] = SAID_NOTHING;
}

static int tell_collection(struct teller *t, const struct node *head)
{
	struct ways w = { .t = t, .head = head };
	uint32_t i;

	w.n = head->kind == NODE_SET ? head->n : level_at(t->s, head->level)->type.size;
	w.said = arena_new_array(t->scratch, (size_t)w.n + 1, uint8_t);
	if (!w.said)
		return -ENOMEM;
	for (i = 0; head->kind == NODE_SET && i < head->n; i++)
		word_at(t->s, head->e[i].word)->rank = i;
	store_pass(t->s);
	tell_ways(&w, head->hi);
	if (w.more)
		say(t, "...");
	return 0;
}

/* ---- the level --------------------------------------------------------------------------- */

static int tell_node(struct teller *t, const struct node *n)
{
	int r = 0;

	switch ((enum node_kind)n->kind) {
	case NODE_WORDS:
		tell_words(t, n);
		break;
	case NODE_LINE:
		r = tell_line(t, n);
		break;
	case NODE_BOOL:
		if (would_do(t, n->lo))
			say(t, "no");
		if (would_do(t, n->hi))
			say(t, "yes");
		break;
	case NODE_SET:
	case NODE_MASK:
		r = tell_collection(t, n);
		break;
	case NODE_ELEMENT:
	case NODE_UNLISTED:
	case NODE_BIT:
		break;
	}
	if (n->open && would_do(t, n->other))
		say(t, "a value of another type");
	return r;
}

/* The entry of @rest at the node's level, or NULL; *ret_past: how many lie before the next. */
static const struct record_entry *entry_at(const struct teller *t, const struct level *l,
	uint32_t *ret_past, bool *ret_unasked)
{
	const struct record_entry *e;
	uint32_t i = t->i;
	int c;

	*ret_unasked = false;
	*ret_past = i;
	if (t->mode == DMODE_OPEN)
		return record_find(&t->rest, l->name);
	if (i == t->rest.n)
		return NULL;
	e = &t->rest.e[i];
	c = level_cmp(e->name, e->value.type, l->name, l->type);
	*ret_unasked = c < 0;
	if (c > 0)
		return NULL;
	*ret_past = i + 1;
	return e;
}

/*
 * Down the path of the record without the attribute; each node that asks for it is told, and
 * then its absence followed. (More than one only where a name is a level of both classes.)
 */
static int tell_path(struct teller *t, dref a, struct str name, bool *ret_asked, dref *ret)
{
	const struct record_entry *e;
	const struct node *n;
	bool unasked;
	uint32_t past;
	int r;

	for (; is_node(a); a = node_step(t->s, n, e ? &e->value : NULL)) {
		n = node_at(t->s, a);
		e = entry_at(t, level_at(t->s, n->level), &past, &unasked);
		if (unasked) {
			a = DREF_NO;
			break;
		}
		t->i = past;
		if (!str_eq(level_at(t->s, n->level)->name, name))
			continue;
		*ret_asked = true;
		r = tell_node(t, n);
		if (r < 0)
			return r;
	}
	*ret = a;
	return 0;
}

static int without(const struct record *r, struct str name, struct arena *a, struct record *ret)
{
	struct record rest = { arena_new_array(a, r->n, struct record_entry), 0 };
	uint32_t i;

	if (!rest.e)
		return -ENOMEM;
	for (i = 0; i < r->n; i++)
		if (!str_eq(r->e[i].name, name))
			rest.e[rest.n++] = r->e[i];
	*ret = rest;
	return 0;
}

int dg_what_would_do(struct dstore *s, dref a, enum dmode m, const struct record *r,
	struct str name, struct arena *scratch, struct sbuf *b)
{
	struct teller t = { .s = s, .mode = m, .scratch = scratch, .b = b };
	bool asked = false;
	int err;

	if (s->error != 0)
		return s->error;
	if (!ref_ok(s, a, m))
		return -EINVAL;
	err = without(r, name, scratch, &t.rest);
	if (err == 0)
		err = tell_path(&t, a, name, &asked, &a);
	if (err < 0)
		return err;
	if (a == DREF_YES && (m == DMODE_OPEN || t.i == t.rest.n)) {
		if (!asked && m == DMODE_OPEN)
			say(&t, "any");
		say(&t, "absent");
	}
	return t.said > 0;
}
