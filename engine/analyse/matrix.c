/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writing a part out: every representative is evaluated once as a target, and its acceptance
 * diagram is asked about every other one as a source.
 */
#include <errno.h>

#include "engine/analyse/matrix.h"

uint32_t part_size(const struct universe *u, const struct part *part)
{
	uint64_t n = 1;
	uint32_t i;

	for (i = 0; i < part->n_vars; i++) {
		n *= u->var[part->var[i]].n_points;
		if (n > UINT32_MAX)
			return UINT32_MAX;
	}
	return (uint32_t)n;
}

void matrix_choice(const struct matrix *m, uint32_t s, uint32_t *choice)
{
	uint32_t i;

	for (i = m->part->n_vars; i-- > 0;) {
		uint32_t var = m->part->var[i], n = m->u->var[var].n_points;

		choice[var] = s % n;
		s /= n;
	}
}

uint32_t matrix_differ(const struct matrix *m, uint32_t x, uint32_t y)
{
	uint32_t i, differ = 0;

	for (i = m->part->n_vars; i-- > 0 && x != y;) {
		uint32_t n = m->u->var[m->part->var[i]].n_points;

		differ += x % n != y % n;
		x /= n;
		y /= n;
	}
	return differ;
}

static bool accepts_anything(const struct evaluation *e)
{
	uint32_t i, k;

	if (e->migratable_no)
		return false;
	for (i = 0; i < e->n_bound; i++)
		for (k = 0; k < e->bound[i].rule->n_blocks; k++)
			if (e->bound[i].rule->block[k].kind == BLOCK_ACCEPT)
				return true;
	return false;
}

static void set_bit(uint64_t *rows, uint32_t words, uint32_t row, uint32_t bit)
{
	rows[(size_t)row * words + bit / 64] |= (uint64_t)1 << (bit % 64);
}

/* The records of all subjects, which the diagrams are asked about. */
static int make_records(struct universe *u, struct matrix *m, unsigned side, uint32_t *choice,
	struct record *rec)
{
	uint32_t i;
	int r = 0;

	for (i = 0; r == 0 && i < m->n; i++) {
		matrix_choice(m, i, choice);
		r = part_record(u->arena, u, m->part, side, choice, &m->ok[side][i], &rec[i]);
	}
	return r;
}

/* What one subject accepts and does not offer. */
static int make_row(struct universe *u, struct matrix *m, unsigned side, uint32_t t, bool texts,
	const uint32_t *choice, const struct record *rec, uint64_t *denied)
{
	struct arena_mark mark = arena_mark(u->arena);
	struct evaluation e;
	uint32_t i;
	int r;

	r = part_evaluate(u->arena, u, m->part, side, choice, texts, &e);
	if (r < 0)
		return r;
	if (e.status == STATUS_TOO_COMPLEX)
		m->inexact = STR("an acceptance diagram past its bounds");
	m->ok[side][t] = e.status == STATUS_OK;
	m->in_force[side][t] = m->ok[side][t] && accepts_anything(&e);
	for (i = 0; m->ok[side][t] && i < m->n; i++) {
		if (rec[i].e && dg_eval(e.store, e.accepts, DMODE_CLOSED, &rec[i]))
			set_bit(m->go[side], m->words, i, t);
		if (e.has_offers && rec[i].e && !dg_eval(e.store, e.offers, DMODE_OPEN, &rec[i]))
			set_bit(denied, m->words, t, i);
	}
	if (texts)
		memcpy(m->fingerprint[side][t], e.fingerprint, sizeof(e.fingerprint));
	arena_rewind(u->arena, mark);
	return 0;
}

static int make_side(struct universe *u, struct matrix *m, unsigned side, bool texts,
	struct matrix_progress *progress)
{
	size_t words = (size_t)m->n * m->words, i;
	struct record *rec = arena_new_array(u->arena, m->n, struct record);
	uint64_t *denied = arena_new_array(u->arena, words, uint64_t);
	uint32_t *choice = arena_new_array(u->arena, u->n_vars, uint32_t);
	uint32_t t, k;
	int r;

	m->go[side] = arena_new_array(u->arena, words, uint64_t);
	m->ok[side] = arena_new_array(u->arena, m->n, bool);
	m->in_force[side] = arena_new_array(u->arena, m->n, bool);
	m->fingerprint[side] = arena_alloc_array(u->arena, texts ? m->n : 0,
		sizeof(*m->fingerprint[side]));
	if (!rec || !denied || !choice || arena_failed(u->arena))
		return -ENOMEM;
	r = make_records(u, m, side, choice, rec);
	for (t = 0; r == 0 && t < m->n; t++) {
		matrix_choice(m, t, choice);
		if (m->ok[side][t])
			r = make_row(u, m, side, t, texts, choice, rec, denied);
		progress->done++;
		if (progress->o && progress->o->progress && progress->done % 64 == 0)
			progress->o->progress(progress->o->ctx, progress->done, progress->of);
	}
	for (i = 0; i < words; i++)
		m->go[side][i] &= ~denied[i];
	/* Who has no verdict of its own goes nowhere. */
	for (t = 0; t < m->n; t++)
		for (k = 0; !m->ok[side][t] && k < m->words; k++)
			m->go[side][(size_t)t * m->words + k] = 0;
	return r;
}

int matrix_make(struct universe *u, const struct part *part, bool texts,
	struct matrix_progress *progress, struct matrix *ret)
{
	struct matrix m = { .u = u, .part = part, .n = part_size(u, part),
		.inexact = part->inexact };
	uint32_t max = progress->o && progress->o->subjects_max ? progress->o->subjects_max :
								  ANALYSE_SUBJECTS_MAX;
	unsigned side;
	int r = 0;

	if (m.n > max) {
		m.missing = true;
		m.inexact = STR("more kinds of subjects than are compared with each other");
		*ret = m;
		return 0;
	}
	m.words = (m.n + 63) / 64;
	for (side = 0; r == 0 && side < u->n_sides; side++)
		r = make_side(u, &m, side, texts, progress);
	if (r == 0)
		*ret = m;
	return r;
}
