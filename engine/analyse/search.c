/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Looking for tuples in a matrix. All loops run in the order of the representatives and keep what
 * is better than what they have, so that the first of equally small ones is found.
 */
#include "engine/analyse/search.h"

static void keep_best(struct tuple *best, uint32_t a, uint32_t b, uint32_t c, uint32_t differ)
{
	if (best->found && best->differ <= differ)
		return;
	best->found = true;
	best->at[0] = a;
	best->at[1] = b;
	best->at[2] = c;
	best->differ = differ;
}

typedef bool (*pair_fn)(const struct matrix *m, uint32_t a, uint32_t b, void *ctx);

/* The smallest pair that one side lets go and of which @fn holds. */
static struct tuple best_pair(const struct matrix *m, unsigned side, pair_fn fn, void *ctx)
{
	struct tuple best = { 0 };
	uint32_t a, w, b, differ;

	for (a = 0; a < m->n && !(best.found && best.differ == 0); a++)
		for (w = 0; w < m->words; w++) {
			uint64_t bits = m->go[side][(size_t)a * m->words + w];

			for (; bits; bits &= bits - 1) {
				b = 64 * w + (uint32_t)__builtin_ctzll(bits);
				differ = matrix_differ(m, a, b);
				if (best.found && best.differ <= differ)
					continue;
				if (!fn || fn(m, a, b, ctx))
					keep_best(&best, a, b, b, differ);
			}
		}
	return best;
}

struct tuple search_pair(const struct matrix *m, unsigned side)
{
	return best_pair(m, side, NULL, NULL);
}

/* A pair whose target goes on, the third being what @wanted says of (a, c). */
static struct tuple best_triple(const struct matrix *m, bool wanted_any)
{
	struct tuple best = { 0 };
	uint32_t a, b, c, w, x, first, second;

	for (a = 0; a < m->n; a++)
		for (w = 0; w < m->words; w++) {
			uint64_t bits = m->go[0][(size_t)a * m->words + w];

			for (; bits; bits &= bits - 1) {
				b = 64 * w + (uint32_t)__builtin_ctzll(bits);
				first = matrix_differ(m, a, b);
				if (best.found && best.differ <= first)
					continue;
				for (x = 0; x < m->words; x++) {
					uint64_t on = m->go[0][(size_t)b * m->words + x];

					if (!wanted_any)
						on &= ~m->go[0][(size_t)a * m->words + x];
					for (; on; on &= on - 1) {
						c = 64 * x + (uint32_t)__builtin_ctzll(on);
						second = matrix_differ(m, b, c);
						keep_best(&best, a, b, c, first + second);
					}
				}
			}
		}
	return best;
}

struct tuple search_path(const struct matrix *m)
{
	return best_triple(m, true);
}

struct tuple search_in_force(const struct matrix *m)
{
	struct tuple best = { 0 };
	uint32_t a;

	for (a = 0; a < m->n; a++)
		if (m->in_force[0][a])
			keep_best(&best, a, a, a, !matrix_go(m, 0, a, a));
	best.differ = 0;
	return best;
}

static bool no_way_back(const struct matrix *m, uint32_t a, uint32_t b, void *ctx)
{
	(void)ctx;
	return !matrix_go(m, 0, b, a);
}

struct newer {
	const struct view *v;
	uint32_t attr;
	uint32_t *a, *b;
};

static bool is_newer(const struct matrix *m, uint32_t a, uint32_t b, void *ctx)
{
	struct newer *k = ctx;
	const struct value *x, *y;

	matrix_choice(m, a, k->a);
	matrix_choice(m, b, k->b);
	x = subject_value(m->u, k->v, k->attr, k->a);
	y = subject_value(m->u, k->v, k->attr, k->b);
	return x && y && key_cmp(x->key, y->key) > 0;
}

static struct tuple search_newer(const struct matrix *m)
{
	const struct view *v = m->u->view;
	struct tuple best = { 0 };
	uint32_t i;
	struct newer k = { .v = v, .a = arena_new_array(m->u->arena, m->u->n_vars, uint32_t),
		.b = arena_new_array(m->u->arena, m->u->n_vars, uint32_t) };

	for (i = ATTR_FIRST; k.a && k.b && m->u->n_views > 0 && i < v->p->n_attrs; i++) {
		struct tuple t;

		if (v->p->attr[i].type.type.tag != VT_VERSION || !m->part->keep[v->attr_var[i]])
			continue;
		k.attr = i;
		t = best_pair(m, 0, is_newer, &k);
		if (!t.found || (best.found && best.differ <= t.differ))
			continue;
		best = t;
		best.attr = v->p->attr[i].name;
	}
	return best;
}

static struct tuple search_no_twin(const struct matrix *m)
{
	struct tuple best = { 0 };
	uint32_t a;

	for (a = 0; a < m->n && !best.found; a++)
		if (m->in_force[0][a] && !matrix_go(m, 0, a, a))
			keep_best(&best, a, a, a, 0);
	return best;
}

struct tuple search_violation(const struct matrix *m, enum relation_property what)
{
	switch (what) {
	case RELATION_OWN_TWIN:
		return search_no_twin(m);
	case RELATION_FORWARD_ONLY:
		return search_newer(m);
	case RELATION_SYMMETRIC:
		return best_pair(m, 0, no_way_back, NULL);
	case RELATION_TRANSITIVE:
		return best_triple(m, false);
	case RELATION_PROPERTIES:
		break;
	}
	return (struct tuple){ 0 };
}

static bool other_says_no(const struct matrix *m, uint32_t a, uint32_t b, void *ctx)
{
	return !matrix_go(m, 1 - *(unsigned *)ctx, a, b);
}

struct tuple search_change(const struct matrix *m, unsigned yes)
{
	return best_pair(m, yes, other_says_no, &yes);
}

struct tuple search_fingerprint(const struct matrix *m)
{
	struct tuple best = { 0 };
	uint32_t a;

	for (a = 0; a < m->n && !best.found; a++)
		if (strcmp(m->fingerprint[0][a], m->fingerprint[1][a]) != 0)
			keep_best(&best, a, a, a, 0);
	return best;
}
