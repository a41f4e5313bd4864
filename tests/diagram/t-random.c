/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Random predicates over small domains of every attribute type, against plain truth tables.
 *
 * A space is a few attributes and, for each, values that tell all predicates of the space apart:
 * each word, point, element and bit that a predicate may mention, one of each that none does,
 * absence, and values of other types; every record also comes with an attribute that nobody
 * knows. A truth table says for each record of the space whether it is accepted, and is made
 * from the random choices alone, never from a diagram.
 *
 * For every pair: both predicates and the results of all operations are judged record by record;
 * references, canonical texts and truth tables must be equal or differ together, inside the pair
 * and over the whole run; witnesses must be in the one and not in the other; texts must read back.
 */
#include <errno.h>
#include <time.h>

#include "engine/base/digest.h"
#include "engine/diagram/diagram.h"
#include "tests/tap.h"

#define PAIRS	    120000
#define SEED	    UINT64_C(0x6d646576636f6d70)
#define ATTRS	    3
#define VALUES	    28
#define RECORDS	    800
#define TABLE_SIZE  (1u << 21)

static uint64_t rng_state;

static uint64_t rng(void)
{
	uint64_t z = (rng_state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static unsigned pick(unsigned n)
{
	return (unsigned)(rng() % n);
}

static bool chance(unsigned percent)
{
	return pick(100) < percent;
}

/* ---- spaces ------------------------------------------------------------------------------ */

struct attribute {
	struct str name;
	struct value_type type;
	struct value_type type_b; /* of the second predicate of a pair, if another */
};

struct space {
	const char *name;
	struct attribute attr[ATTRS];
	unsigned n;
};

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

struct domain {
	struct value value[VALUES]; /* [0]: absent (VT_NONE) */
	unsigned n;
};

struct world {
	const struct space *space;
	struct domain domain[ATTRS + 1]; /* the last is the attribute that nobody knows */
	unsigned n, n_records, stride[ATTRS + 1];
	struct record record[RECORDS];
	struct record_entry entry[RECORDS][ATTRS + 1];
};

static struct world worlds[ARRAY_SIZE(spaces)];

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

/* ---- predicates: a reference and a truth table ------------------------------------------- */

struct predicate {
	dref ref;
	enum dmode mode;
	uint8_t t[RECORDS];
};

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
static int random_predicate(const struct world *w, struct dstore *s, struct arena *a,
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

/* ---- checks ------------------------------------------------------------------------------ */

enum check {
	CHECK_BUILD = 0, CHECK_EVAL, CHECK_OR, CHECK_AND, CHECK_MINUS, CHECK_MIXED, CHECK_SUBSET,
	CHECK_WITNESS, CHECK_EQUAL, CHECK_TEXT, CHECK_PARSE, CHECK_CHANGED,
	CHECK_GLOBAL, CHECKS,
};

static const char *const check_name[CHECKS] = {
	[CHECK_BUILD] = "every predicate can be built",
	[CHECK_EVAL] = "evaluation agrees with the truth table",
	[CHECK_OR] = "union",
	[CHECK_AND] = "intersection",
	[CHECK_MINUS] = "difference",
	[CHECK_MIXED] = "closed and open together",
	[CHECK_SUBSET] = "subset, in all four pairs of modes",
	[CHECK_WITNESS] = "every witness is in the one and not in the other",
	[CHECK_EQUAL] = "equal references exactly if equal meaning",
	[CHECK_TEXT] = "equal texts exactly if equal meaning",
	[CHECK_PARSE] = "texts read back, here and in a fresh store",
	[CHECK_CHANGED] = "a changed text is refused or another canonical one",
	[CHECK_GLOBAL] = "one text for each meaning over the whole run",
};

static unsigned long bad[CHECKS], done[CHECKS], refused;
static uint64_t pair_no;

static bool check(enum check c, bool good, const char *what, const struct world *w)
{
	done[c]++;
	if (!good && bad[c]++ < 5)
		diag("pair %" PRIu64 " in %s: %s: %s", pair_no, w->space->name, check_name[c], what);
	return good;
}

static bool agrees(const struct world *w, const struct dstore *s, const struct predicate *p)
{
	unsigned i;

	for (i = 0; i < w->n_records; i++)
		if (dg_eval(s, p->ref, p->mode, &w->record[i]) != p->t[i])
			return false;
	return true;
}

static char text_a[1 << 14], text_b[1 << 14];

static struct str text_of(const struct dstore *s, dref r, enum dmode m, struct arena *a,
	char *buf, size_t size)
{
	struct sbuf b = { .p = buf, .size = size };

	if (dg_print(s, r, m, a, &b) < 0)
		return (struct str){ 0 };
	return sbuf_str(&b);
}

/* Two open-addressed maps, from meaning to text and back, over all stores of a run. */
static struct mapped {
	uint64_t from, to;
} by_meaning[TABLE_SIZE], by_text[TABLE_SIZE];
static unsigned n_mapped;

static bool map(struct mapped *table, uint64_t from, uint64_t to, bool *ret_new)
{
	struct mapped *m;
	uint64_t i;

	for (i = from;; i++) {
		m = &table[i & (TABLE_SIZE - 1)];
		if (m->from == 0)
			break;
		if (m->from == from)
			return m->to == to;
	}
	*m = (struct mapped){ from, to };
	*ret_new = true;
	return true;
}

static void check_global(const struct world *w, const struct predicate *p, struct str text)
{
	uint64_t where = (uint64_t)(w - worlds) * 2 + p->mode + 1;
	uint64_t meaning = hash64(p->t, w->n_records, where) | 1;
	uint64_t spelled = hash64(text.p, text.n, where) | 1;
	bool fresh = false;

	if (n_mapped > TABLE_SIZE / 2)
		return;
	check(CHECK_GLOBAL,
		map(by_meaning, meaning, spelled, &fresh) && map(by_text, spelled, meaning, &fresh),
		"", w);
	n_mapped += fresh;
}

/* One byte after the other changed to some other one that texts are made of. */
static void check_changed(const struct world *w, struct arena *a, struct str text, enum dmode m)
{
	static const char bytes[] = "nyabz0123456789.:,=@-_SsbimvpDE2/";
	struct arena_mark mark = arena_mark(a);
	static char changed[sizeof(text_a)];
	struct dstore *s;
	bool good = true;
	size_t i;
	dref d;
	int r;

	memcpy(changed, text.p, text.n);
	for (i = 0; i < text.n; i++) {
		struct str t = { changed, text.n };

		changed[i] = bytes[pick(sizeof(bytes) - 1)];
		r = dstore_new(a, NULL, &s);
		if (r == 0)
			r = dg_parse(s, t, m, &d);
		if (r == 0)
			good = str_eq(text_of(s, d, m, a, text_b, sizeof(text_b)), t);
		check(CHECK_CHANGED, good && (r == 0 || r == -EBADMSG), "", w);
		changed[i] = text.p[i];
		arena_rewind(a, mark);
	}
}

static void check_text(const struct world *w, struct dstore *s, struct arena *a,
	const struct predicate *p)
{
	struct str text = text_of(s, p->ref, p->mode, a, text_a, sizeof(text_a)), again;
	struct dstore *other;
	dref back;

	if (!check(CHECK_TEXT, text.n > 0, "no text", w))
		return;
	check(CHECK_PARSE, dg_parse(s, text, p->mode, &back) == 0 && back == p->ref, text.p, w);
	if (!w->space->attr[0].type_b.tag && !w->space->attr[1].type_b.tag)
		check_global(w, p, text);
	if (pick(4) != 0)
		return;
	if (pick(10) == 0)
		check_changed(w, a, text, p->mode);
	if (!check(CHECK_PARSE, dstore_new(a, NULL, &other) == 0, "store", w))
		return;
	if (!check(CHECK_PARSE, dg_parse(other, text, p->mode, &back) == 0, "fresh", w))
		return;
	again = text_of(other, back, p->mode, a, text_b, sizeof(text_b));
	check(CHECK_PARSE, str_eq(again, text), "printed again", w);
}

static void check_result(const struct world *w, struct dstore *s, struct arena *a, enum check c,
	int r, const struct predicate *p)
{
	if (r == -EPROTOTYPE) {
		refused++;
		return;
	}
	if (check(c, r == 0 && agrees(w, s, p), strerror(-r), w) && pick(4) == 0)
		check_text(w, s, a, p);
}

static bool contains(const struct world *w, const struct predicate *a,
	const struct predicate *b)
{
	unsigned i;

	for (i = 0; i < w->n_records; i++)
		if (a->t[i] && !b->t[i])
			return false;
	return true;
}

static void check_subset(const struct world *w, struct dstore *s, struct arena *a,
	const struct predicate *x, const struct predicate *y)
{
	struct record witness = { 0 };
	int r;

	r = dg_subset(s, x->ref, x->mode, y->ref, y->mode, a, &witness);
	if (r == -EPROTOTYPE) {
		refused++;
		return;
	}
	check(CHECK_SUBSET, r == (contains(w, x, y) ? 0 : -ENOENT), strerror(-r), w);
	if (r == -ENOENT)
		check(CHECK_WITNESS,
			record_sort(&witness) == 0 && dg_eval(s, x->ref, x->mode, &witness) &&
				!dg_eval(s, y->ref, y->mode, &witness),
			"subset", w);
	r = dg_witness(s, x->ref, x->mode, a, &witness);
	check(CHECK_WITNESS,
		x->ref == DREF_NO ? r == -ENOENT :
				    r == 0 && dg_eval(s, x->ref, x->mode, &witness),
		"of one", w);
}

static void check_equal(const struct world *w, struct dstore *s, struct arena *a,
	const struct predicate *x, const struct predicate *y)
{
	bool same = memcmp(x->t, y->t, w->n_records) == 0;
	struct str tx, ty;

	if (x->mode != y->mode)
		return;
	/* In open mode a type is part of what is said. */
	if (x->mode == DMODE_OPEN && (w->space->attr[0].type_b.tag || w->space->attr[1].type_b.tag))
		return;
	check(CHECK_EQUAL, (x->ref == y->ref) == same, same ? "same" : "differ", w);
	tx = text_of(s, x->ref, x->mode, a, text_a, sizeof(text_a));
	ty = text_of(s, y->ref, y->mode, a, text_b, sizeof(text_b));
	check(CHECK_TEXT, str_eq(tx, ty) == same, same ? "same" : "differ", w);
}

static void check_algebra(const struct world *w, struct dstore *s, struct arena *a,
	const struct predicate *x, const struct predicate *y)
{
	static struct predicate z;
	bool mixed = x->mode != y->mode;
	unsigned i;
	int r;

	z.mode = x->mode == DMODE_OPEN && y->mode == DMODE_OPEN ? DMODE_OPEN : DMODE_CLOSED;
	r = dg_or(s, x->ref, y->ref, x->mode, &z.ref);
	for (i = 0; i < w->n_records; i++)
		z.t[i] = x->t[i] | y->t[i];
	if (mixed)
		check(CHECK_MIXED, r == -EINVAL || !(x->ref > DREF_YES || y->ref > DREF_YES) ||
			y->ref <= DREF_YES, "or", w);
	else
		check_result(w, s, a, CHECK_OR, r, &z);

	r = dg_and(s, x->ref, x->mode, y->ref, y->mode, &z.ref);
	for (i = 0; i < w->n_records; i++)
		z.t[i] = x->t[i] & y->t[i];
	check_result(w, s, a, mixed ? CHECK_MIXED : CHECK_AND, r, &z);

	r = dg_minus(s, x->ref, x->mode, y->ref, y->mode, &z.ref);
	for (i = 0; i < w->n_records; i++)
		z.t[i] = x->t[i] & !y->t[i];
	if (x->mode == DMODE_OPEN && mixed)
		check(CHECK_MIXED, r == -EINVAL, "open minus closed", w);
	else
		check_result(w, s, a, mixed ? CHECK_MIXED : CHECK_MINUS, r, &z);
}

static void one_pair(const struct world *w, struct arena *a)
{
	static struct predicate x, y;
	enum dmode ma = chance(60) ? DMODE_CLOSED : DMODE_OPEN;
	enum dmode mb = chance(60) ? ma : ma == DMODE_OPEN ? DMODE_CLOSED : DMODE_OPEN;
	struct dstore *s;
	int r;

	r = dstore_new(a, NULL, &s);
	if (r == 0)
		r = random_predicate(w, s, a, ma, false, &x);
	if (r == 0)
		r = random_predicate(w, s, a, mb, true, &y);
	if (!check(CHECK_BUILD, r == 0, strerror(-r), w))
		return;
	check(CHECK_EVAL, agrees(w, s, &x), "first", w);
	check(CHECK_EVAL, agrees(w, s, &y), "second", w);
	check_algebra(w, s, a, &x, &y);
	check_subset(w, s, a, &x, &y);
	check_subset(w, s, a, &y, &x);
	check_equal(w, s, a, &x, &y);
	check_text(w, s, a, &x);
	check(CHECK_BUILD, dstore_error(s) == 0, "error stuck", w);
}

int main(int argc, char **argv)
{
	unsigned long pairs = argc > 1 ? strtoul(argv[1], NULL, 10) : PAIRS;
	struct arena_mark mark;
	struct arena a;
	unsigned i;

	plan(CHECKS + 1);
	rng_state = argc > 2 ? strtoull(argv[2], NULL, 16) : SEED;
	diag("%lu pairs, seed %" PRIx64, pairs, rng_state);
	for (i = 0; i < ARRAY_SIZE(spaces); i++)
		make_world(&worlds[i], &spaces[i]);
	arena_init(&a, 64u << 20);
	mark = arena_mark(&a);
	for (pair_no = 0; pair_no < pairs; pair_no++) {
		one_pair(&worlds[pick(ARRAY_SIZE(spaces))], &a);
		arena_rewind(&a, mark);
	}
	arena_release(&a);
	for (i = 0; i < CHECKS; i++)
		ok(bad[i] == 0 && done[i] > 0, "%s: %lu times", check_name[i], done[i]);
	diag("%lu operations refused for two types at one name", refused);
	ok(pairs < PAIRS || n_mapped > 1000, "%u meanings met", n_mapped);
	return done_testing();
}
