/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From policies to matrices, and from the tuples found in them back to whole subjects that the
 * evaluator itself has judged.
 */
#include <errno.h>

#include "engine/analyse/question.h"

/* ---- memory ------------------------------------------------------------------------------------------ */

void work_begin(struct work *w, struct arena *a, const struct relation_options *o)
{
	size_t max = o && o->memory_max ? o->memory_max : ANALYSE_MEMORY_MAX;

	w->a = a;
	w->mark = arena_mark(a);
	w->limit = arena_bound(a, MIN(a->limit, a->used + max));
}

bool work_passed(struct work *w, int r)
{
	arena_bound(w->a, w->limit);
	if (r != -ENOMEM)
		return false;
	arena_rewind(w->a, w->mark);
	arena_forgive(w->a);
	return true;
}

/* ---- asking ------------------------------------------------------------------------------------------- */

static int write_out(struct question *q, bool texts, const struct relation_options *o)
{
	struct matrix_progress progress = { .o = o };
	uint32_t i;
	int r = 0;

	q->m = arena_new_array(q->u->arena, q->n, struct matrix);
	if (!q->m)
		return -ENOMEM;
	q->missing = false;
	for (i = 0; i < q->n; i++) {
		uint32_t size = part_size(q->u, &q->part[i]);

		progress.of += size > ANALYSE_SUBJECTS_MAX ? 0 : size * q->u->n_sides;
	}
	for (i = 0; r == 0 && i < q->n; i++) {
		r = matrix_make(q->u, &q->part[i], texts, &progress, &q->m[i]);
		q->missing = q->missing || q->m[i].missing;
		if (q->m[i].inexact.p && !q->bound.p)
			q->bound = q->m[i].inexact;
	}
	return r;
}

/* Scopes that nobody asks for behave alike; one with a type stands for all of those, one without
 * likewise. */
static int few_scopes(struct universe *u)
{
	struct scope *s;
	uint32_t i, n = 0;
	bool has[2] = { false, false };

	if (u->names_scope)
		return 0;
	s = arena_new_array(u->arena, 2, struct scope);
	if (!s)
		return -ENOMEM;
	for (i = 0; i < u->n_scopes; i++) {
		bool type = scope_has_type(&u->scope[i]);

		if (has[type])
			continue;
		has[type] = true;
		s[n++] = u->scope[i];
	}
	u->scope = s;
	u->n_scopes = n;
	return 0;
}

int question_ask(struct arena *a, const struct judged *const *side, uint32_t n_sides,
	unsigned tuple, enum question_extra extra, const struct relation_options *o,
	struct question *ret)
{
	struct question q = { 0 };
	uint32_t i;
	int r;

	for (i = 0; i < n_sides; i++)
		if (side[i]->policy && side[i]->policy->speaks.n > 0) {
			ret->missing = true;
			ret->bound = STR("with 'speaks' the driver has its say too, which is known on a host only");
			return 0;
		}
	do {
		r = universe_new(a, side, n_sides, &q.u);
		if (r == 0) {
			q.u->orders = extra == QUESTION_ORDERS;
			r = few_scopes(q.u);
		}
		if (r == 0)
			r = points_make(q.u, tuple);
		if (r == 0)
			r = parts_make(q.u, &q.part, &q.n);
		if (r == 0)
			r = write_out(&q, extra == QUESTION_TEXTS, o);
	} while (r == 0 && q.missing && --tuple > 0);
	if (r == 0 && arena_failed(a))
		r = -ENOMEM;
	if (r == 0)
		*ret = q;
	return r;
}

uint32_t question_differ(const struct question *q, const struct tuple *of_part)
{
	uint32_t i, sum = 0;

	for (i = 0; i < q->n; i++) {
		if (!of_part[i].found)
			return UINT32_MAX;
		sum += of_part[i].differ;
	}
	return sum;
}

int question_compose(const struct question *q, const struct tuple *of_part, unsigned n,
	uint32_t *ret[3])
{
	unsigned k;
	uint32_t i;

	for (k = 0; k < n; k++) {
		ret[k] = arena_new_array(q->u->arena, q->u->n_vars, uint32_t);
		if (!ret[k])
			return -ENOMEM;
		for (i = 0; i < q->n; i++)
			matrix_choice(&q->m[i], of_part[i].at[k], ret[k]);
	}
	return 0;
}

int question_judge(const struct question *q, unsigned side, const uint32_t *source,
	const uint32_t *target, bool *ret, bool *ret_complex)
{
	struct arena_mark mark = arena_mark(q->u->arena);
	struct evaluation s, t;
	int r;

	r = subject_evaluate(q->u->arena, q->u, side, source, &s);
	if (r == 0)
		r = subject_evaluate(q->u->arena, q->u, side, target, &t);
	if (r < 0)
		return r;
	*ret = status_has_fingerprint(s.status) && status_has_fingerprint(t.status) &&
	       dg_eval(t.store, t.accepts, DMODE_CLOSED, &s.record) &&
	       (!s.has_offers || dg_eval(s.store, s.offers, DMODE_OPEN, &t.record));
	if (s.status == STATUS_TOO_COMPLEX || t.status == STATUS_TOO_COMPLEX)
		*ret_complex = true;
	arena_rewind(q->u->arena, mark);
	return 0;
}

/* The whole is a conjunction, with bounds of its own. */
static int sample_one(struct question *q, const struct tuple *mix, bool *ret_same)
{
	struct arena_mark mark = arena_mark(q->u->arena);
	struct evaluation e[2];
	uint32_t *who[3];
	unsigned side;
	int r = question_compose(q, mix, 1, who);

	for (side = 0; r == 0 && side < q->u->n_sides; side++) {
		r = subject_evaluate(q->u->arena, q->u, side, who[0], &e[side]);
		if (r == 0 && e[side].status == STATUS_TOO_COMPLEX && !q->bound.p)
			q->bound = STR("an acceptance diagram past its bounds");
	}
	if (r == 0 && side == 2 && strcmp(e[0].fingerprint, e[1].fingerprint) != 0)
		*ret_same = false;
	arena_rewind(q->u->arena, mark);
	return r;
}

int question_sample(struct question *q, bool *ret_same)
{
	struct tuple *mix = arena_new_array(q->u->arena, q->n, struct tuple);
	bool same = true;
	uint32_t i, k;
	int r;

	if (!mix)
		return -ENOMEM;
	r = subject_prepare(q->u);
	for (i = 0; i < q->n; i++)
		mix[i] = search_in_force(&q->m[i]);
	for (i = 0; r == 0 && i < q->n; i++) {
		const struct classes *t = &q->m[i].targets[0];
		struct tuple usual = mix[i];
		uint32_t step = t->n / QUESTION_SAMPLES_MAX + 1;

		for (k = 0; r == 0 && k < t->n && !q->bound.p; k += step) {
			mix[i] = (struct tuple){ .found = true, .at = { t->first[k] } };
			r = sample_one(q, mix, &same);
		}
		mix[i] = usual;
	}
	if (r == 0 && ret_same)
		*ret_same = same;
	return r;
}

bool question_before(const struct question *q, unsigned n, uint32_t *const x[3],
	uint32_t *const y[3])
{
	unsigned k;
	uint32_t i;

	for (k = 0; k < n; k++)
		for (i = 0; i < q->u->n_vars; i++)
			if (x[k][i] != y[k][i])
				return x[k][i] < y[k][i];
	return false;
}
