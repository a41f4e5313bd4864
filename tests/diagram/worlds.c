/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Spaces over every type of attribute, and random predicates with their truth tables; see worlds.h. */
#include <errno.h>

#include "tests/diagram/worlds.h"
#include "tests/tap.h"

uint64_t rng_state;

static uint64_t rng(void)
{
	uint64_t z = (rng_state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

unsigned pick(unsigned n)
{
	return (unsigned)(rng() % n);
}

bool chance(unsigned percent)
{
	return pick(100) < percent;
}

/* ---- spaces ------------------------------------------------------------------------------ */

#define T(t)	 { .tag = (t) }
#define TN(t, n) { .tag = (t), .size = (n) }

static const struct space spaces[] = {
	{ "string, int", { { STR_INIT("type"), T('s'), T(0) }, { STR_INIT("n"), T('i'), T(0) } }, 2 },
	{ "string, set", { { STR_INIT("kind"), T('s'), T(0) }, { STR_INIT("f"), T('S'), T(0) } }, 2 },
	{ "bool, version, mask",
		{ { STR_INIT("b"), T('b'), T(0) }, { STR_INIT("v"), TN('v', 2), T(0) },
			{ STR_INIT("m"), TN('m', 2), T(0) } },
		3 },
	{ "pci-id, set", { { STR_INIT("p"), T('p'), T(0) }, { STR_INIT("s"), T('S'), T(0) } }, 2 },
	{ "set, set", { { STR_INIT("s"), T('S'), T(0) }, { STR_INIT("t"), T('S'), T(0) } }, 2 },
	{ "bool, mask", { { STR_INIT("b"), T('b'), T(0) }, { STR_INIT("m"), TN('m', 3), T(0) } }, 2 },
	{ "bool, string, version",
		{ { STR_INIT("a"), T('b'), T(0) }, { STR_INIT("b"), T('s'), T(0) },
			{ STR_INIT("c"), TN('v', 3), T(0) } },
		3 },
	{ "int alone", { { STR_INIT("n"), T('i'), T(0) } }, 1 },
	{ "set alone", { { STR_INIT("s"), T('S'), T(0) } }, 1 },
	/* One name, two types: of one class, and of two. */
	{ "string and int at one name",
		{ { STR_INIT("a"), T('b'), T(0) }, { STR_INIT("n"), T('s'), T('i') } }, 2 },
	{ "version(2) and version(3)",
		{ { STR_INIT("a"), T('b'), T(0) }, { STR_INIT("v"), TN('v', 2), TN('v', 3) } }, 2 },
	{ "set and mask at one name",
		{ { STR_INIT("a"), T('b'), T(0) }, { STR_INIT("m"), T('S'), TN('m', 2) } }, 2 },
	{ "string and set at one name",
		{ { STR_INIT("n"), T('s'), T('S') }, { STR_INIT("z"), TN('m', 1), T(0) } }, 2 },
};

static const struct str words[] = { STR_INIT("a"), STR_INIT("b-"), STR_INIT("c d"),
	STR_INIT("never") };
static const struct str ids[] = { STR_INIT("10de:1eb8"), STR_INIT("10de:1eb9"),
	STR_INIT("8086:0000"), STR_INIT("ffff:ffff") };
static const int64_t ints[] = { INT64_MIN, -1, 0, 1, 7, INT64_MAX };
static const uint32_t versions[][4] = { { 0, 0, 0, 0 }, { 1, 0, 0, 0 },
	{ 1, 4294967294u, 0, 0 }, { 2, 0, 0, 0 }, { 4294967294u, 4294967294u, 0, 0 } };

/* The values of a type that predicates mention, and "never". */
static unsigned values_of(struct value_type t, struct value *v)
{
	static struct str subset[16][4];
	unsigned n = 0, i, j;

	switch ((enum value_tag)t.tag) {
	case VT_STRING:
		for (i = 0; i < 4; i++)
			v[n++] = (struct value){ .type = t, .word = words[i] };
		break;
	case VT_PCI_ID:
		for (i = 0; i < 4; i++)
			v[n++] = (struct value){ .type = t, .word = ids[i] };
		break;
	case VT_BOOL:
		for (i = 0; i < 2; i++)
			v[n++] = (struct value){ .type = t, .yes = i };
		break;
	case VT_INT:
		for (i = 0; i < ARRAY_SIZE(ints); i++)
			v[n++] = (struct value){ .type = t, .key = key_from_int(ints[i]) };
		break;
	case VT_VERSION:
		for (i = 0; i < ARRAY_SIZE(versions); i++)
			v[n++] = (struct value){ .type = t, .key = key_from_parts(versions[i]) };
		break;
	case VT_SET:
		for (i = 0; i < 16; i++) {
			unsigned k = 0;

			for (j = 0; j < 4; j++)
				if (i >> j & 1)
					subset[i][k++] = words[j];
			v[n++] = (struct value){ .type = t, .set = { subset[i], k } };
		}
		break;
	case VT_MASK:
		for (i = 0; i < 1u << t.size; i++)
			v[n++] = (struct value){ .type = t, .bits = { i } };
		break;
	case VT_NONE:
		break;
	}
	return n;
}

struct world worlds[ARRAY_SIZE(spaces)];
const unsigned n_worlds = ARRAY_SIZE(spaces);

static void add_value(struct domain *d, struct value v)
{
	unsigned i;

	for (i = 0; i < d->n; i++)
		if (value_eq(&d->value[i], &v))
			return;
	if (d->n == VALUES)
		bail_out("a domain too large");
	d->value[d->n++] = v;
}

/* All that predicates mention, and what comes right after a point: intervals end there. */
static void add_values(struct domain *d, struct value_type t)
{
	struct value v[16];
	unsigned i, n = values_of(t, v);

	for (i = 0; i < n; i++) {
		add_value(d, v[i]);
		if (!value_type_is_line(t))
			continue;
		v[i].key = key_next(v[i].key, value_type_line(t));
		if (!key_is_end(v[i].key))
			add_value(d, v[i]);
	}
}

static void make_domain(const struct attribute *at, struct domain *d)
{
	add_value(d, (struct value){ 0 });
	add_values(d, at->type);
	if (at->type_b.tag)
		add_values(d, at->type_b);
	/* A third type, in each class. */
	add_value(d, (struct value){ .type = T('b'), .yes = true });
	if (at->type.tag != VT_BOOL)
		add_value(d, (struct value){ .type = TN('m', 1) });
	else
		add_value(d, (struct value){ .type = T('i'), .key = key_from_int(0) });
}

static void make_world(struct world *w, const struct space *space)
{
	unsigned i, j, v;

	w->space = space;
	w->n = space->n + 1;
	for (i = 0; i < space->n; i++)
		make_domain(&space->attr[i], &w->domain[i]);
	add_value(&w->domain[space->n], (struct value){ 0 });
	add_value(&w->domain[space->n], (struct value){ .type = T('b'), .yes = true });
	w->n_records = 1;
	for (i = w->n; i-- > 0;) {
		w->stride[i] = w->n_records;
		w->n_records *= w->domain[i].n;
	}
	if (w->n_records > RECORDS)
		bail_out("%s: %u records", space->name, w->n_records);
	for (i = 0; i < w->n_records; i++) {
		struct record *r = &w->record[i];

		r->e = w->entry[i];
		for (j = 0; j < w->n; j++) {
			v = i / w->stride[j] % w->domain[j].n;
			if (v == 0)
				continue;
			r->e[r->n].name = j < space->n ? space->attr[j].name : STR("unheard");
			r->e[r->n++].value = w->domain[j].value[v];
		}
		if (record_sort(r) < 0)
			bail_out("records sort");
	}
}

void make_worlds(void)
{
	for (unsigned i = 0; i < n_worlds; i++)
		make_world(&worlds[i], &spaces[i]);
}

/* ---- predicates: a reference and a truth table ------------------------------------------- */

/* Which values a random clause wants. */
struct clause {
	bool wants[VALUES], foreign[VALUES];
};

static bool in_box(const struct value *v, const struct member_box *b)
{
	uint32_t i, j, k;
	bool found;

	if (v->type.tag == VT_MASK)
		return (b->bits_in[0] & ~v->bits[0]) == 0 && (b->bits_out[0] & v->bits[0]) == 0;
	for (i = 0; i < b->n_in; i++) {
		for (j = 0, found = false; j < v->set.n; j++)
			found |= str_eq(v->set.w[j], b->in[i]);
		if (!found)
			return false;
	}
	for (j = 0; j < v->set.n; j++) {
		for (i = 0; i < b->n_out; i++)
			if (str_eq(v->set.w[j], b->out[i]))
				return false;
		for (k = 0, found = false; k < b->n_in; k++)
			found |= str_eq(v->set.w[j], b->in[k]);
		for (k = 0; k < b->n_free; k++)
			found |= str_eq(v->set.w[j], b->free[k]);
		if (b->only_in_or_free && !found)
			return false;
	}
	return true;
}

/* A node of @attr with random values wanted, and its truth among the attribute's values. */
static int random_node(struct dstore *s, struct arena *a, const struct attribute *attr,
	struct value_type type, enum dmode mode, const struct domain *d, dref yes, dref no,
	dref absent, dref other, struct clause *c, dref *ret)
{
	struct dlevel l = { attr->name, type, mode };
	struct value all[16], except;
	const struct value *ex = NULL;
	unsigned n = values_of(type, all), i, j, k, n_listed = 0, n_boxes;
	struct str listed[8];
	struct interval iv[4];
	struct ranges ranges = RANGES_NONE;
	struct member_box box[3] = { 0 };
	struct str box_words[3][3][3];
	bool positive = chance(60), yes_no[2] = { chance(50), chance(50) };
	int r = -EINVAL;

	if (chance(20)) {
		/* Not with "never" in it: it stands for all that nobody mentions. */
		except = all[pick(value_type_is_word(type) ? 3 : type.tag == VT_SET ? 8 : n)];
		ex = &except;
	}
	n_boxes = pick(4);
	switch ((enum value_tag)type.tag) {
	case VT_STRING:
	case VT_PCI_ID:
		for (i = pick(4); i > 0; i--)
			listed[n_listed++] = all[pick(3)].word;
		r = dnode_words(s, &l, listed, n_listed, positive, yes, no, absent, other, ex, ret);
		break;
	case VT_INT:
	case VT_VERSION:
		for (i = 0, j = pick(4); i < j; i++) {
			struct key x = chance(20) ? KEY_MIN : all[pick(n)].key;
			struct key y = chance(20) ? KEY_END : all[pick(n)].key;

			if (chance(30))
				y = key_next(y, value_type_line(type));
			iv[i] = key_cmp(x, y) < 0 ? (struct interval){ x, y } :
						    (struct interval){ x, x };
		}
		r = ranges_normalize(a, iv, j, &ranges);
		if (r == 0)
			r = dnode_ranges(s, &l, ranges, yes, no, absent, other, ex, ret);
		break;
	case VT_BOOL:
		r = dnode_bool(s, &l, yes_no[0] ? yes : no, yes_no[1] ? yes : no, absent, other, ex,
			ret);
		break;
	case VT_SET:
		for (i = 0; i < n_boxes; i++) {
			for (j = 0; j < 3; j++) {
				unsigned *count = (unsigned *[]){ &box[i].n_in, &box[i].n_out,
					&box[i].n_free }[j];

				for (k = chance(50) ? pick(4) : 0; k > 0; k--)
					box_words[i][j][(*count)++] = words[pick(3)];
			}
			box[i].in = box_words[i][0];
			box[i].out = box_words[i][1];
			box[i].free = box_words[i][2];
			box[i].only_in_or_free = chance(50);
		}
		r = dnode_members(s, &l, box, n_boxes, yes, no, absent, other, ex, ret);
		break;
	case VT_MASK:
		for (i = 0; i < n_boxes; i++) {
			box[i].bits_in[0] = pick(1u << type.size) & pick(1u << type.size);
			box[i].bits_out[0] = pick(1u << type.size) & pick(1u << type.size);
		}
		r = dnode_members(s, &l, box, n_boxes, yes, no, absent, other, ex, ret);
		break;
	case VT_NONE:
		break;
	}
	memset(c, 0, sizeof(*c));
	for (i = 1; i < d->n; i++) {
		const struct value *v = &d->value[i];

		c->foreign[i] = !value_type_eq(v->type, type);
		if (c->foreign[i])
			continue;
		switch ((enum value_tag)type.tag) {
		case VT_STRING:
		case VT_PCI_ID:
			for (j = 0, k = 0; j < n_listed; j++)
				k |= str_eq(v->word, listed[j]);
			c->wants[i] = positive ? k : !k;
			break;
		case VT_INT:
		case VT_VERSION:
			for (j = 0; j < ranges.n; j++)
				c->wants[i] |= key_cmp(ranges.iv[j].lo, v->key) <= 0 &&
					       key_cmp(v->key, ranges.iv[j].hi) < 0;
			break;
		case VT_BOOL:
			c->wants[i] = yes_no[v->yes];
			break;
		case VT_SET:
		case VT_MASK:
			for (j = 0; j < n_boxes; j++)
				c->wants[i] |= in_box(v, &box[j]);
			break;
		case VT_NONE:
			break;
		}
	}
	/* The unspelled value: foreign marks it as leading nowhere in both modes. */
	for (i = 1; ex && i < d->n; i++)
		if (value_eq(&d->value[i], ex))
			c->wants[i] = c->foreign[i] = true;
	return r;
}

/*
 * The predicate of a whole diagram, from the last attribute to the first. A child judges the
 * record without the attributes at and before the node's level: absent all, which is what
 * "skipped" means in closed mode and does not matter in open mode.
 */
static void terminal(const struct world *w, enum dmode m, bool yes, struct predicate *ret)
{
	unsigned i;

	ret->mode = m;
	ret->ref = yes ? DREF_YES : DREF_NO;
	for (i = 0; i < w->n_records; i++)
		ret->t[i] = yes && (m == DMODE_OPEN || i == 0);
}

static int grow_predicate(const struct world *w, struct dstore *s, struct arena *a,
	enum dmode mode, bool is_b, unsigned attr, const struct predicate *pool, unsigned n_pool,
	struct predicate *ret)
{
	const struct attribute *at = &w->space->attr[attr];
	const struct domain *d = &w->domain[attr];
	const struct predicate *yes = &pool[pick(n_pool)], *no = &pool[pick(n_pool)];
	const struct predicate *absent = &pool[pick(n_pool)], *other = &pool[pick(n_pool)], *to;
	struct value_type type = is_b && at->type_b.tag ? at->type_b : at->type;
	struct clause c;
	unsigned i, v, before;
	int r;

	if (chance(40))
		no = &pool[0];
	if (mode == DMODE_CLOSED)
		other = &pool[0];
	r = random_node(s, a, at, type, mode, d, yes->ref, no->ref, absent->ref, other->ref, &c,
		&ret->ref);
	if (r < 0)
		return r;
	ret->mode = mode;
	for (i = 0; i < w->n_records; i++) {
		v = i / w->stride[attr] % d->n;
		before = attr > 0 ? i / w->stride[attr - 1] : 0;
		to = v == 0 ? absent : c.foreign[v] ? (c.wants[v] ? &pool[0] : other) :
				       c.wants[v]   ? yes :
						      no;
		if (mode == DMODE_CLOSED && before != 0)
			ret->t[i] = false;
		else
			ret->t[i] = to->t[i % w->stride[attr]];
	}
	return 0;
}

/* Pools of each level: [0] is always NO. A pool's later members are over the last attributes. */
int random_predicate(const struct world *w, struct dstore *s, struct arena *a,
	enum dmode mode, bool is_b, struct predicate *ret)
{
	static struct predicate pool[12];
	unsigned n = 2, attr, k, n_before;
	int r;

	terminal(w, mode, false, &pool[0]);
	terminal(w, mode, true, &pool[1]);
	for (attr = w->space->n; attr-- > 0;) {
		n_before = n;
		for (k = attr == 0 ? 1 : 1 + pick(3); k > 0; k--) {
			r = grow_predicate(w, s, a, mode, is_b, attr, pool, n_before, &pool[n]);
			if (r < 0)
				return r;
			n++;
		}
	}
	*ret = pool[n - 1];
	return 0;
}
