/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Representatives of sets and masks. Whatever a policy says of a set is said of all its members or
 * of none, so what does not hold needs one member to show it: of members that no constant tells
 * apart, a few vary freely and the others go with the last of those.
 */
#include <errno.h>
#include <stdlib.h>

#include "engine/analyse/universe.h"
#include "engine/image/attr-parse.h"

struct member {
	struct str word;    /* of a set */
	uint16_t bit;	    /* of a mask */
	uint64_t signature; /* bit i: constant i has it */
	bool fresh;	    /* nobody mentions it, and there are others like it */
};

/* Members that go together: a value has all of them or none. */
struct bundle {
	uint32_t from, n;
};

struct members {
	struct universe *u;
	const struct var *v;
	uint32_t var;
	const struct looks *looks;
	struct member *m;
	uint32_t n;
	struct bundle *bundle;
	uint32_t n_bundles;
};

static bool const_has(const struct value *c, const struct member *m)
{
	uint32_t i;

	if (c->type.tag == VT_MASK)
		return c->bits[m->bit / 64] >> (m->bit % 64) & 1;
	for (i = 0; i < c->set.n; i++)
		if (str_eq(c->set.w[i], m->word))
			return true;
	return false;
}

static int cmp_member(const void *x, const void *y)
{
	const struct member *a = x, *b = y;

	if (a->signature != b->signature)
		return a->signature < b->signature ? -1 : 1;
	if (a->fresh != b->fresh)
		return a->fresh ? 1 : -1;
	return a->word.p ? str_cmp(a->word, b->word) : (int)a->bit - (int)b->bit;
}

/* Those who declare the members of a set; NULL: any word will do. */
static const struct word_set *declared(const struct members *k, uint32_t i)
{
	const struct view *v;
	uint32_t view, a;

	for (view = 0; view < k->u->n_views; view++) {
		v = &k->u->view[view];
		for (a = ATTR_FIRST; a < v->p->n_attrs; a++)
			if (v->attr_var[a] == k->var && i-- == 0)
				return v->p->attr[a].type.has_words ? &v->p->attr[a].type.words : NULL;
		for (a = 0; a < v->p->n_locals; a++)
			if (v->local_var[a] == k->var && i-- == 0)
				return v->p->local[a].type.has_words ? &v->p->local[a].type.words :
								       NULL;
	}
	return NULL;
}

static uint32_t n_readers(const struct members *k)
{
	uint32_t view, a, n = 0;

	for (view = 0; view < k->u->n_views; view++) {
		const struct view *v = &k->u->view[view];

		for (a = ATTR_FIRST; a < v->p->n_attrs; a++)
			n += v->attr_var[a] == k->var;
		for (a = 0; a < v->p->n_locals; a++)
			n += v->local_var[a] == k->var;
	}
	return n;
}

static int cmp_word(const void *x, const void *y)
{
	return str_cmp(*(const struct str *)x, *(const struct str *)y);
}

/* All words that constants and declarations name, and whether others may stand in the set. */
static int set_members(struct members *k, unsigned fresh)
{
	const struct value *c = k->looks->consts.at;
	uint32_t readers = n_readers(k), i, n = 0, used = 0;
	struct list words = { 0 };
	bool open = false;
	struct str *w;

	for (i = 0; i < k->looks->consts.n + readers; i++) {
		const struct word_set *s = i < k->looks->consts.n ? &c[i].set :
					   declared(k, i - k->looks->consts.n);
		uint32_t j;

		open = open || !s;
		for (j = 0; s && j < s->n; j++) {
			w = list_push(k->u->arena, &words, sizeof(*w));
			if (!w)
				return -ENOMEM;
			*w = s->w[j];
		}
	}
	w = words.at;
	if (words.n > 0)
		qsort(w, words.n, sizeof(*w), cmp_word);
	k->m = arena_new_array(k->u->arena, (size_t)words.n + fresh, struct member);
	if (!k->m)
		return -ENOMEM;
	for (i = 0; i < words.n; i++)
		if (i == 0 || !str_eq(w[i - 1], w[i]))
			k->m[n++].word = w[i];
	for (i = 1; open && used < fresh; i++) {
		char buf[32];
		struct sbuf b = SBUF(buf);
		struct str name;

		sbuf_puts(&b, "word");
		sbuf_put_u64(&b, i);
		name = sbuf_str(&b);
		if (words.n > 0 && bsearch(&name, w, words.n, sizeof(*w), cmp_word))
			continue;
		k->m[n].word = str_dup(k->u->arena, name);
		if (!k->m[n].word.p)
			return -ENOMEM;
		k->m[n++].fresh = true;
		used++;
	}
	k->n = n;
	return 0;
}

static int mask_members(struct members *k)
{
	uint16_t i;

	k->m = arena_new_array(k->u->arena, k->v->type.size, struct member);
	if (!k->m)
		return -ENOMEM;
	for (i = 0; i < k->v->type.size; i++)
		k->m[i].bit = i;
	k->n = k->v->type.size;
	return 0;
}

/* What one declares and another does not is told apart, as by a constant. */
static uint64_t signature_of(const struct members *k, const struct member *m)
{
	const struct value *c = k->looks->consts.at;
	uint32_t i, readers = n_readers(k), at = k->looks->consts.n;
	uint64_t s = 0;

	for (i = 0; i < k->looks->consts.n; i++)
		s |= (uint64_t)const_has(&c[i], m) << i;
	for (i = 0; k->v->type.tag == VT_SET && i < readers; i++) {
		const struct word_set *d = declared(k, i);
		uint32_t j;

		for (j = 0; d && j < d->n; j++)
			if (str_eq(d->w[j], m->word))
				s |= (uint64_t)1 << (at + i);
	}
	return s;
}

/* How many members it takes at most to show all that does not hold. */
static uint32_t witnesses(const struct members *k, unsigned tuple, unsigned copies)
{
	const struct relates *r = k->looks->relates.at;
	uint32_t atoms = 0, pairs = tuple == 3 ? 3 : 2, i;

	for (i = 0; i < k->looks->relates.n; i++)
		atoms += r[i].op == OP_EQ ? 2 : 1;
	if (k->u->has_offers)
		pairs *= 2;
	return atoms * pairs + k->looks->const_atoms * copies;
}

/* Members of one signature: each by itself, but the last takes all that are left. */
static int make_bundles(struct members *k, uint32_t most, uint32_t most_fresh)
{
	uint32_t i, end, free;

	k->bundle = arena_new_array(k->u->arena, k->n, struct bundle);
	if (!k->bundle)
		return -ENOMEM;
	k->n_bundles = 0;
	for (i = 0; i < k->n; i = end) {
		bool fresh = k->m[i].fresh;

		for (end = i + 1; end < k->n && k->m[end].signature == k->m[i].signature &&
				  k->m[end].fresh == fresh;)
			end++;
		free = MIN(fresh ? most_fresh : MAX(most, 1), end - i);
		for (; free > 0; free--, i++)
			k->bundle[k->n_bundles++] = (struct bundle){ i, free > 1 || fresh ? 1 : end - i };
	}
	return 0;
}

static int push_value(struct members *k, uint64_t chosen, struct list *out)
{
	struct value v = { .type = k->v->type };
	struct str *w = NULL;
	struct point *p;
	uint32_t i, j;

	if (v.type.tag == VT_SET) {
		w = arena_new_array(k->u->arena, k->n, struct str);
		if (!w)
			return -ENOMEM;
		v.set.w = w;
	}
	for (i = 0; i < k->n_bundles; i++)
		for (j = 0; (chosen >> i & 1) && j < k->bundle[i].n; j++) {
			const struct member *m = &k->m[k->bundle[i].from + j];

			if (w)
				w[v.set.n++] = m->word;
			else
				v.bits[m->bit / 64] |= (uint64_t)1 << (m->bit % 64);
		}
	if (w && v.set.n > 1)
		qsort(w, v.set.n, sizeof(*w), cmp_word);
	p = list_push(k->u->arena, out, sizeof(*p));
	if (!p)
		return -ENOMEM;
	*p = (struct point){ .value = v };
	return 0;
}

/* Fewer members before more, at most @most values. */
static int push_all(struct members *k, uint32_t most, struct list *out)
{
	uint64_t all = (uint64_t)1 << k->n_bundles, i;
	uint32_t size;
	int r = 0;

	for (size = 0; size <= k->n_bundles; size++)
		for (i = 0; r == 0 && i < all && most > 0; i++)
			if ((uint32_t)__builtin_popcountll(i) == size) {
				r = push_value(k, i, out);
				most--;
			}
	return r;
}

/* The first @most values of at most two bundles. */
static int push_few(struct members *k, uint32_t most, struct list *out)
{
	uint32_t n = MIN(k->n_bundles, 63u), i, j;
	int r = push_value(k, 0, out);

	for (i = 0; r == 0 && i < n && most > 1; i++, most--)
		r = push_value(k, (uint64_t)1 << i, out);
	for (i = 0; i < n; i++)
		for (j = i + 1; r == 0 && j < n && most > 1; j++, most--)
			r = push_value(k, (uint64_t)1 << i | (uint64_t)1 << j, out);
	return r;
}

/* Is nothing asked but whether two are equal? */
static bool only_equal(const struct members *k)
{
	const struct relates *r = k->looks->relates.at;
	uint32_t i;

	for (i = 0; i < k->looks->relates.n; i++)
		if (r[i].op != OP_EQ)
			return false;
	return k->looks->const_atoms == 0;
}

/* Too many: what can be said with one member, or all but one. */
static int push_some(struct members *k, struct list *out)
{
	uint32_t n = MIN(k->n_bundles, 63u), i;
	uint64_t all = ((uint64_t)1 << n) - 1;
	int r = push_value(k, 0, out);

	for (i = 0; r == 0 && i < n; i++)
		r = push_value(k, (uint64_t)1 << i, out);
	for (i = 0; r == 0 && i < n; i++)
		r = push_value(k, all & ~((uint64_t)1 << i), out);
	return r < 0 ? r : push_value(k, all, out);
}

int points_members(struct universe *u, uint32_t var, unsigned tuple, struct list *out)
{
	struct members k = { .u = u, .var = var, .v = &u->var[var],
		.looks = &u->var[group_of(u, var)].looks };
	uint32_t root = group_of(u, var), copies = 0, i, need, most, fresh;
	int r;

	for (i = VAR_TYPE; i < u->n_vars; i++)
		copies += group_of(u, i) == root;
	copies = k.looks->relates.n > 0 ? copies * tuple : 1;
	need = witnesses(&k, tuple, copies);
	/* More than that many cannot differ in which of the subjects have them. */
	most = copies < 6 ? MIN(need, 1u << copies) : need;
	most = MIN(most, ANALYSE_MEMBERS_MAX + 1);
	if (only_equal(&k))
		most = MIN(copies, (unsigned)ANALYSE_MEMBERS_MAX);
	fresh = copies < 6 ? MIN(most, (1u << copies) - 1) : most;
	r = k.v->type.tag == VT_SET ? set_members(&k, fresh) : mask_members(&k);
	if (r < 0)
		return r;
	if (k.looks->consts.n + n_readers(&k) > ANALYSE_CONSTS_MAX) {
		u->var[var].inexact = STR("more than 64 sets that one attribute is compared with");
		return push_some(&k, out);
	}
	for (i = 0; i < k.n; i++)
		k.m[i].signature = signature_of(&k, &k.m[i]);
	if (k.n > 0)
		qsort(k.m, k.n, sizeof(*k.m), cmp_member);
	r = make_bundles(&k, most, fresh);
	if (r < 0)
		return r;
	if (only_equal(&k)) {
		struct point *p;

		for (i = 0; i < k.looks->consts.n; i++) {
			p = list_push(u->arena, out, sizeof(*p));
			if (!p)
				return -ENOMEM;
			*p = (struct point){ .value = ((struct value *)k.looks->consts.at)[i] };
		}
		/* So many differ from each other, and some of them from all constants. */
		i = copies + k.looks->consts.n;
		return k.n_bundles > ANALYSE_MEMBERS_MAX ? push_few(&k, i, out) : push_all(&k, i, out);
	}
	if (k.n_bundles > ANALYSE_MEMBERS_MAX) {
		u->var[var].inexact = STR("more than 12 members of a set that vary freely");
		r = make_bundles(&k, 1, 1);
		if (r < 0)
			return r;
		return k.n_bundles > ANALYSE_MEMBERS_MAX ? push_some(&k, out) : push_all(&k, UINT32_MAX, out);
	}
	return push_all(&k, UINT32_MAX, out);
}
