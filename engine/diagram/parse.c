/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The reader of canonical predicates, for texts that anybody may have written. It rebuilds the
 * diagram with the canonical constructors, children first, and takes the text only if printing
 * the result gives the same bytes: whatever is not reduced, is out of the walk's order, is there
 * twice or not reached, lists too much, or is spelled otherwise, prints otherwise.
 *
 * Members do not name their set or mask. A walk from the last node to the first hands each head's
 * level down to its members before anything is built. There is no recursion here.
 */
#include <errno.h>

#include "engine/base/limits.h"
#include "engine/diagram/spell.h"
#include "engine/diagram/store.h"

#define NO_LEVEL UINT32_MAX

struct part {
	const char *p;
	uint32_t n;
	uint32_t level; /* of heads, scalar nodes and their members; else NO_LEVEL */
	dref ref;
};

struct reader {
	struct dstore *s;
	enum dmode mode;
	struct part *part;
	uint32_t n;
};

static struct str part_text(const struct reader *rd, uint32_t i)
{
	return (struct str){ rd->part[i].p, rd->part[i].n };
}

static bool is_member_text(struct str text)
{
	return str_find(text, '=') == text.n;
}

/* `n`, `y`, or the number of a node before @i: that number in *ret_number, else UINT32_MAX. */
static int read_ref(const struct reader *rd, uint32_t i, struct str s, uint32_t *ret_number,
	dref *ret)
{
	uint64_t v;

	*ret_number = UINT32_MAX;
	if (str_eq(s, STR("n")))
		*ret = DREF_NO;
	else if (str_eq(s, STR("y")))
		*ret = DREF_YES;
	else if (spell_number(s, UINT32_MAX - 1, &v) == 0 && v < i) {
		*ret_number = (uint32_t)v;
		*ret = rd->part[v].ref;
	} else {
		return -EBADMSG;
	}
	return 0;
}

static int next_ref(const struct reader *rd, uint32_t i, struct str *rest, dref *ret)
{
	uint32_t number;

	if (!spell_more(*rest))
		return -EBADMSG;
	return read_ref(rd, i, spell_split(rest, ':'), &number, ret);
}

/* ---- levels, from the root down ---------------------------------------------------------- */

static int read_type(struct str s, struct value_type *ret)
{
	struct value_type t = { 0 };
	uint64_t size = 0;

	if (s.n == 0)
		return -EBADMSG;
	t.tag = (uint8_t)s.p[0];
	if (s.n > 1 && spell_number(str_sub(s, 1, s.n), UINT16_MAX, &size) < 0)
		return -EBADMSG;
	if (s.n > 1 && size == 0)
		return -EBADMSG;
	t.size = (uint16_t)size;
	if (!value_type_valid(t))
		return -EBADMSG;
	*ret = t;
	return 0;
}

/* `name=type`; the rest of the node stays in *rest. */
static int read_level(struct reader *rd, struct str *rest, uint32_t *ret)
{
	struct str name, head = spell_split(rest, ':');
	struct value_type t;
	int r;

	r = spell_name(rd->s->arena, spell_split(&head, '='), &name);
	if (r < 0)
		return r;
	if (!spell_more(head) || read_type(head, &t) < 0)
		return -EBADMSG;
	r = store_level(rd->s, name, t, ret);
	return r == -EINVAL ? -EBADMSG : r;
}

/* The node @ref of a head or member @i, if a member too, is of that @level. */
static int hand_down(struct reader *rd, uint32_t i, struct str ref, uint32_t level)
{
	uint32_t to;
	dref unused;
	int r;

	r = read_ref(rd, i, ref, &to, &unused);
	if (r < 0)
		return r;
	if (to == UINT32_MAX || !is_member_text(part_text(rd, to)))
		return 0;
	if (rd->part[to].level != NO_LEVEL && rd->part[to].level != level)
		return -EBADMSG;
	rd->part[to].level = level;
	return 0;
}

static struct str last_field(struct str s)
{
	size_t at = s.n;

	while (at > 0 && s.p[at - 1] != ':')
		at--;
	return str_sub(s, at, s.n);
}

static int find_level(struct reader *rd, uint32_t i)
{
	struct str text = part_text(rd, i), rest = text;
	uint32_t level;
	int r;

	if (is_member_text(text)) {
		level = rd->part[i].level;
		if (level == NO_LEVEL) /* nobody leads there, or not as to a member */
			return -EBADMSG;
		spell_split(&rest, ':');
		r = hand_down(rd, i, spell_split(&rest, ':'), level);
		return r < 0 ? r : hand_down(rd, i, rest, level);
	}
	r = read_level(rd, &rest, &level);
	if (r < 0)
		return r;
	rd->part[i].level = level;
	if (!value_type_is_long(level_at(rd->s, level)->type))
		return 0;
	return hand_down(rd, i, last_field(rest), level);
}

/* ---- nodes, from the leaves up ----------------------------------------------------------- */

/* May a node at @level lead to @r? Members of the level itself are another question. */
static bool later(const struct reader *rd, dref r, uint32_t level)
{
	return ref_ok(rd->s, r, rd->mode) &&
	       (!is_node(r) || level_order(level_at(rd->s, level),
				       level_at(rd->s, node_at(rd->s, r)->level)) < 0);
}

/* A child that values lead to: later, and of no other type at the same name. */
static int next_child(struct reader *rd, uint32_t i, struct str *rest, bool value, dref *ret)
{
	uint32_t level = rd->part[i].level;
	dref to;
	int r;

	r = next_ref(rd, i, rest, &to);
	if (r < 0)
		return r;
	if (!later(rd, to, level))
		return -EBADMSG;
	if ((value || rd->mode == DMODE_OPEN) && reaches_twin(rd->s, to, level))
		return -EBADMSG;
	*ret = to;
	return 0;
}

static int read_frame(struct reader *rd, uint32_t i, struct str *rest, struct node_frame *ret)
{
	struct node_frame f = {
		.level = rd->part[i].level, .open = rd->mode == DMODE_OPEN, .other = DREF_NO
	};
	int r;

	r = next_child(rd, i, rest, /* value= */ false, &f.absent);
	if (r == 0 && f.open)
		r = next_child(rd, i, rest, /* value= */ false, &f.other);
	if (r == 0)
		*ret = f;
	return r;
}

static int read_word(struct reader *rd, struct str text, struct value_type t, uint32_t *ret)
{
	struct str w;
	int r;

	r = spell_word(rd->s->arena, text, t, &w);
	if (r < 0)
		return r;
	r = store_word(rd->s, w, /* owned= */ true, ret);
	return r == -EINVAL ? -EBADMSG : r;
}

static int read_words(struct reader *rd, uint32_t i, struct str rest, dref *ret)
{
	struct dstore *s = rd->s;
	struct value_type t = level_at(s, rd->part[i].level)->type;
	struct node_frame f;
	struct edge e;
	dref any_other;
	int r;

	r = read_frame(rd, i, &rest, &f);
	if (r == 0)
		r = next_child(rd, i, &rest, /* value= */ true, &any_other);
	while (r == 0 && spell_more(rest)) {
		r = read_word(rd, spell_split(&rest, ':'), t, &e.word);
		if (r == 0)
			r = next_child(rd, i, &rest, /* value= */ true, &e.to);
		if (r == 0 && s->edges.n > 0 &&
			word_order(s, s->edges.at[s->edges.n - 1].word, e.word) >= 0)
			r = -EBADMSG;
		if (r == 0)
			r = store_push_edge(s, e);
	}
	return r < 0 ? r : node_words(s, &f, 0, any_other, ret);
}

static int read_line(struct reader *rd, uint32_t i, struct str rest, dref *ret)
{
	struct dstore *s = rd->s;
	struct value_type t = level_at(s, rd->part[i].level)->type;
	struct edge e = { .from = KEY_MIN };
	struct node_frame f;
	int r;

	r = read_frame(rd, i, &rest, &f);
	if (r == 0)
		r = next_child(rd, i, &rest, /* value= */ true, &e.to);
	if (r == 0)
		r = store_push_edge(s, e);
	while (r == 0 && spell_more(rest)) {
		r = spell_key(spell_split(&rest, ':'), t, &e.from);
		if (r == 0)
			r = next_child(rd, i, &rest, /* value= */ true, &e.to);
		if (r == 0 && key_cmp(s->edges.at[s->edges.n - 1].from, e.from) >= 0)
			r = -EBADMSG;
		if (r == 0)
			r = store_push_edge(s, e);
	}
	return r < 0 ? r : node_line(s, &f, 0, ret);
}

static int read_bool(struct reader *rd, uint32_t i, struct str rest, dref *ret)
{
	struct node_frame f;
	dref no, yes;
	int r;

	r = read_frame(rd, i, &rest, &f);
	if (r == 0)
		r = next_child(rd, i, &rest, /* value= */ true, &no);
	if (r == 0)
		r = next_child(rd, i, &rest, /* value= */ true, &yes);
	if (r < 0)
		return r;
	return spell_more(rest) ? -EBADMSG : node_bool(rd->s, &f, no, yes, ret);
}

static uint32_t count_fields(struct str s)
{
	uint32_t n = 0;

	while (spell_more(s)) {
		spell_split(&s, ':');
		n++;
	}
	return n;
}

static int read_head(struct reader *rd, uint32_t i, struct str rest, dref *ret)
{
	struct dstore *s = rd->s;
	uint32_t level = rd->part[i].level, id, n = count_fields(rest);
	uint32_t refs = rd->mode == DMODE_OPEN ? 3 : 2;
	struct value_type t = level_at(s, level)->type;
	struct node_frame f;
	dref members;
	int r = 0;

	if (n < refs || (n > refs && t.tag != VT_SET))
		return -EBADMSG;
	for (; r == 0 && n > refs; n--) {
		r = read_word(rd, spell_split(&rest, ':'), t, &id);
		if (r == 0)
			r = store_push_id(s, id);
	}
	if (r == 0)
		r = read_frame(rd, i, &rest, &f);
	if (r == 0)
		r = next_ref(rd, i, &rest, &members);
	if (r < 0)
		return r;
	if (is_member_of(s, members, level)) {
		if (node_at(s, members)->open != f.open)
			return -EBADMSG;
	} else if (!later(rd, members, level)) {
		return -EBADMSG;
	}
	if (reaches_twin(s, members, level))
		return -EBADMSG;
	if (t.tag == VT_MASK)
		return node_mask(s, &f, members, ret);
	r = set_push_looked(s, level, members);
	if (r < 0)
		return r;
	set_sort_ids(s, 0);
	return node_set(s, &f, 0, members, ret);
}

/* Does the member @n come before @to? */
static bool member_before(const struct reader *rd, const struct node *n, dref to)
{
	if (is_member_of(rd->s, to, n->level))
		return node_at(rd->s, to)->open == n->open &&
		       node_order(rd->s, n, node_at(rd->s, to)) < 0;
	return later(rd, to, n->level);
}

static int read_member(struct reader *rd, uint32_t i, dref *ret)
{
	struct str rest = part_text(rd, i), name = spell_split(&rest, ':');
	uint32_t level = rd->part[i].level;
	struct value_type t = level_at(rd->s, level)->type;
	struct node n = { .level = level, .open = rd->mode == DMODE_OPEN };
	uint64_t bit;
	dref in, out;
	int r = 0;

	if (t.tag == VT_MASK) {
		n.kind = NODE_BIT;
		r = spell_number(name, (uint64_t)t.size - 1, &bit);
		if (r == 0)
			n.member = (uint32_t)bit;
	} else if (name.n == 0) {
		n.kind = NODE_UNLISTED;
	} else {
		n.kind = NODE_ELEMENT;
		r = read_word(rd, name, t, &n.member);
	}
	if (r == 0)
		r = next_ref(rd, i, &rest, &in);
	if (r == 0)
		r = next_ref(rd, i, &rest, &out);
	if (r < 0)
		return r;
	if (spell_more(rest) || !member_before(rd, &n, in) || !member_before(rd, &n, out))
		return -EBADMSG;
	return node_member(rd->s, level, n.open, (enum node_kind)n.kind, n.member, in, out, ret);
}

static int read_node(struct reader *rd, uint32_t i, dref *ret)
{
	struct str rest = part_text(rd, i);
	int r = -EBADMSG;

	if (is_member_text(rest))
		return read_member(rd, i, ret);
	spell_split(&rest, ':');
	switch ((enum value_tag)level_at(rd->s, rd->part[i].level)->type.tag) {
	case VT_STRING:
	case VT_PCI_ID:
		r = read_words(rd, i, rest, ret);
		break;
	case VT_INT:
	case VT_VERSION:
		r = read_line(rd, i, rest, ret);
		break;
	case VT_BOOL:
		r = read_bool(rd, i, rest, ret);
		break;
	case VT_SET:
	case VT_MASK:
		r = read_head(rd, i, rest, ret);
		break;
	case VT_NONE:
		break;
	}
	return r;
}

/* ---- the whole --------------------------------------------------------------------------- */

static int split_nodes(struct reader *rd, struct str text)
{
	struct str rest = text, one;
	uint32_t n = 0, i;

	while (spell_more(rest)) {
		spell_split(&rest, ',');
		n++;
	}
	if (n > rd->s->limits.nodes)
		return store_fail(rd->s, -E2BIG);
	rd->part = arena_new_array(rd->s->arena, n, struct part);
	if (!rd->part)
		return store_fail(rd->s, -ENOMEM);
	rd->n = n;
	for (i = 0; i < n; i++) {
		one = spell_split(&text, ',');
		rd->part[i] = (struct part){
			.p = one.p, .n = (uint32_t)one.n, .level = NO_LEVEL
		};
	}
	return 0;
}

/* Is @text what printing @a gives? */
static int check_spelling(struct dstore *s, dref a, enum dmode m, struct str text)
{
	struct arena_mark mark = arena_mark(s->arena);
	struct sbuf b = { .p = arena_alloc(s->arena, text.n), .size = text.n };
	int r;

	r = b.p ? dg_print(s, a, m, s->arena, &b) : -ENOMEM;
	if (r == 0 && !str_eq(sbuf_str(&b), text))
		r = -EBADMSG;
	arena_rewind(s->arena, mark);
	return r == -ENOMEM ? store_fail(s, r) : r;
}

static int read_all(struct reader *rd, struct str text, dref *ret)
{
	uint32_t i;
	int r;

	r = split_nodes(rd, text);
	for (i = rd->n; r == 0 && i-- > 0;)
		r = find_level(rd, i);
	for (i = 0; r == 0 && i < rd->n; i++)
		r = read_node(rd, i, &rd->part[i].ref);
	if (r < 0)
		return r;
	r = check_spelling(rd->s, rd->part[rd->n - 1].ref, rd->mode, text);
	if (r == 0)
		*ret = rd->part[rd->n - 1].ref;
	return r;
}

int dg_parse(struct dstore *s, struct str text, enum dmode m, dref *ret)
{
	struct reader rd = { .s = s, .mode = m };
	int r;

	if (s->error != 0)
		return s->error;
	if (text.n == 0 || text.n > DESCRIPTOR_MAX)
		return -EBADMSG;
	if (str_eq(text, STR("n")) || str_eq(text, STR("y"))) {
		*ret = text.p[0] == 'y' ? DREF_YES : DREF_NO;
		return 0;
	}
	r = read_all(&rd, text, ret);
	s->edges.n = s->ids.n = 0;
	return r == -ENOMEM ? store_fail(s, r) : r;
}
