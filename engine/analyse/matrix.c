/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writing a part out: what a representative accepts is evaluated as a target, and its acceptance
 * diagram asked about the others as sources; those that are alike (classes.c) once for all.
 */
#include <errno.h>

#include "engine/analyse/matrix.h"
#include "engine/eval/descriptor.h"

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
	const uint16_t *digit = m->digit + (size_t)s * m->part->n_vars;
	uint32_t i;

	for (i = 0; i < m->part->n_vars; i++)
		choice[m->part->var[i]] = digit[i];
}

uint32_t matrix_differ(const struct matrix *m, uint32_t x, uint32_t y)
{
	uint32_t n = m->part->n_vars, i, differ = 0;
	const uint16_t *a = m->digit + (size_t)x * n, *b = m->digit + (size_t)y * n;

	for (i = 0; i < n; i++)
		differ += a[i] != b[i];
	return differ;
}

static int write_digits(struct universe *u, struct matrix *m)
{
	uint32_t n = m->part->n_vars, s, i;
	uint16_t *digit = arena_alloc_array(u->arena, (size_t)m->n * n, sizeof(*digit));

	if (!digit)
		return -ENOMEM;
	for (s = 0; s < m->n; s++) {
		uint32_t rest = s;

		for (i = n; i-- > 0;) {
			uint32_t points = u->var[m->part->var[i]].n_points;

			digit[(size_t)s * n + i] = (uint16_t)(rest % points);
			rest /= points;
		}
	}
	m->digit = digit;
	return 0;
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

/* One side in the making: @accepts has a row for each class of records, a bit for each target;
 * @denied one for each class of targets, about where these may not go. */
struct side {
	struct universe *u;
	struct matrix *m;
	unsigned side;
	bool texts;
	struct record *rec;
	uint32_t *choice;
	struct classes sources, targets;
	uint64_t *accepts, *denied;
};

static int make_fingerprint(struct side *k, uint32_t t, const struct evaluation *e)
{
	struct arena_mark mark = arena_mark(k->u->arena);
	struct str text;
	int r = part_record_text(k->u->arena, &k->rec[t], &text);

	if (r == 0)
		fingerprint_make(text, e->accepts_text, e->offers_text, false,
			k->m->fingerprint[k->side][t]);
	arena_rewind(k->u->arena, mark);
	if (r == -E2BIG && !k->m->inexact.p)
		k->m->inexact = STR("a descriptor past its bounds");
	return r == -E2BIG ? 0 : r;
}

/* What one class of subjects accepts and does not offer. */
static int make_class(struct side *k, uint32_t class)
{
	struct arena_mark mark = arena_mark(k->u->arena);
	struct matrix *m = k->m;
	uint32_t first = k->targets.first[class], i, t;
	struct evaluation e;
	bool ok;
	int r;

	matrix_choice(m, first, k->choice);
	r = part_evaluate(k->u->arena, k->u, m->part, k->side, k->choice, k->texts, &e);
	if (r < 0)
		return r;
	if (e.status == STATUS_TOO_COMPLEX && !m->inexact.p)
		m->inexact = STR("an acceptance diagram past its bounds");
	ok = e.status == STATUS_OK;
	for (i = 0; ok && i < k->sources.n; i++) {
		const struct record *rec = &k->rec[k->sources.first[i]];
		bool in = dg_eval(e.store, e.accepts, DMODE_CLOSED, rec);
		bool out = !e.has_offers || dg_eval(e.store, e.offers, DMODE_OPEN, rec);

		for (t = first; in && t != UINT32_MAX; t = k->targets.next[t])
			set_bit(k->accepts, m->words, i, t);
		for (t = k->sources.first[i]; !out && t != UINT32_MAX; t = k->sources.next[t])
			set_bit(k->denied, m->words, class, t);
	}
	for (t = first; r == 0 && t != UINT32_MAX; t = k->targets.next[t]) {
		m->ok[k->side][t] = ok;
		m->in_force[k->side][t] = ok && accepts_anything(&e);
		if (ok && k->texts)
			r = make_fingerprint(k, t, &e);
	}
	arena_rewind(k->u->arena, mark);
	return r;
}

static void tick(struct matrix_progress *progress, uint32_t n)
{
	progress->done += n;
	if (progress->o && progress->o->progress)
		progress->o->progress(progress->o->ctx, progress->done, progress->of);
}

/* Who has no verdict goes nowhere, and takes in nothing: neither class has bits for it. */
static void join_rows(const struct side *k, uint64_t *go)
{
	uint32_t s, w;

	for (s = 0; s < k->m->n; s++) {
		const uint64_t *in, *out;

		if (!k->m->ok[k->side][s])
			continue;
		in = k->accepts + (size_t)k->sources.of[s] * k->m->words;
		out = k->denied + (size_t)k->targets.of[s] * k->m->words;
		for (w = 0; w < k->m->words; w++)
			go[(size_t)s * k->m->words + w] = in[w] & ~out[w];
	}
}

static int make_side(struct universe *u, struct matrix *m, unsigned side, bool texts,
	struct matrix_progress *progress)
{
	struct arena *a = u->arena;
	struct side k = { .u = u, .m = m, .side = side, .texts = texts };
	uint32_t i, told = 0;
	int r;

	m->go[side] = arena_new_array(a, (size_t)m->n * m->words, uint64_t);
	m->ok[side] = arena_new_array(a, m->n, bool);
	m->in_force[side] = arena_new_array(a, m->n, bool);
	m->fingerprint[side] = arena_alloc_array(a, texts ? m->n : 0,
		sizeof(*m->fingerprint[side]));
	k.rec = arena_new_array(a, m->n, struct record);
	k.choice = arena_new_array(a, u->n_vars, uint32_t);
	if (!k.rec || !k.choice || arena_failed(a))
		return -ENOMEM;
	r = make_records(u, m, side, k.choice, k.rec);
	if (r == 0)
		r = classes_make(u, m->part, side, m->ok[side], m->n, &k.sources, &k.targets);
	if (r < 0)
		return r;
	k.accepts = arena_new_array(a, (size_t)k.sources.n * m->words, uint64_t);
	k.denied = arena_new_array(a, (size_t)k.targets.n * m->words, uint64_t);
	if (!k.accepts || !k.denied)
		return -ENOMEM;
	for (i = 0; r == 0 && i < k.targets.n; i++) {
		r = make_class(&k, i);
		if (i % 64 == 63) {
			uint32_t now = (uint32_t)((uint64_t)m->n * i / k.targets.n);

			tick(progress, now - told);
			told = now;
		}
	}
	tick(progress, m->n - told);
	if (r == 0)
		join_rows(&k, m->go[side]);
	m->targets[side] = k.targets;
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

	if (m.n > MIN(max, (uint32_t)UINT16_MAX)) {
		m.missing = true;
		if (!m.inexact.p)
			m.inexact = max == ANALYSE_SUBJECTS_MAX ?
					    STR("more than 4096 kinds of subjects to compare with each other") :
					    STR("more kinds of subjects than are compared with each other");
		*ret = m;
		return 0;
	}
	m.words = (m.n + 63) / 64;
	r = write_digits(u, &m);
	for (side = 0; r == 0 && side < u->n_sides; side++)
		r = make_side(u, &m, side, texts, progress);
	if (r == 0)
		*ret = m;
	return r;
}
