/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Deals the (kind, driver) pairs out among the policies that claim them: which one answers, which ones
 * take away from it, and what to say when that cannot be. What the files say, policyset.c has found out;
 * whether a policy fits the one that it narrows, narrows.c does.
 */
#include <errno.h>
#include <stdlib.h>

#include "grammar/narrows.h"
#include "grammar/policyset-load.h"

/* The bytes from @p to the end of the word there. */
static struct span span_at(const struct source *src, struct place p)
{
	uint32_t at = 0, end, line = 1;

	while (line < p.line && at < src->text.n)
		line += src->text.p[at++] == '\n';
	at += p.column > 0 ? p.column - 1 : 0;
	at = (uint32_t)MIN(at, src->text.n);
	for (end = at; end < src->text.n && (ascii_isalnum(src->text.p[end]) ||
		src->text.p[end] == '-' || src->text.p[end] == '_'); end++)
		;
	return (struct span){ at, end };
}

static int by_pair(const void *x, const void *y)
{
	const struct scope_claim *a = x, *b = y;
	int r = (a->kind > b->kind) - (a->kind < b->kind);

	if (r == 0)
		r = str_cmp(a->driver, b->driver);
	if (r == 0)
		r = (int)a->class - (int)b->class;
	if (r == 0)
		r = (a->file > b->file) - (a->file < b->file);
	return r;
}

static const char *kind_name(enum subject_kind kind)
{
	return kind == KIND_VFIO ? "vfio-device" : "mdev-type";
}

static void point_at(struct load *l, const struct scope_claim *c, const struct source **ret_source,
	struct span *ret_span)
{
	if (c->place.line == 0 || !l->source[c->file].text.p)
		return;
	*ret_source = &l->source[c->file];
	*ret_span = span_at(&l->source[c->file], c->place);
}

static void report_overlap(struct load *l, const struct scope_claim *a, const struct scope_claim *b)
{
	const struct source *src = NULL, *other = NULL;
	struct span span = { 0 }, other_span = { 0 };
	struct image_input *in;
	struct diag *g;

	point_at(l, b, &src, &span);
	point_at(l, a, &other, &other_span);
	if (src)
		g = diag_at(l->d, DIAG_SCOPE_OVERLAP, src, span,
			"%s driver %.*s is spoken about by %.*s too", kind_name(b->kind),
			STR_FMT(b->driver), STR_FMT(l->file[a->file].open_path));
	else
		g = diag_file(l->d, DIAG_SCOPE_OVERLAP, l->file[b->file].open_path,
			"%s driver %.*s is spoken about by %.*s too", kind_name(b->kind),
			STR_FMT(b->driver), STR_FMT(l->file[a->file].open_path));
	g->other.source = other;
	g->other.span = other_span;
	g->other.label = STR("and here");
	g->help = diag_text(l->d, "remove one, or mask it: ln -s /dev/null /etc/mdevcompat/policies/%.*s",
		STR_FMT(l->file[a->file].name));
	for (int k = 0; k < 2; k++) {
		in = &l->input[k ? b->file : a->file];
		if (in->message.n == 0)
			in->message = load_text(l->arena, "%s driver %.*s: overlaps with %.*s",
				kind_name(b->kind), STR_FMT(b->driver),
				STR_FMT(l->file[k ? a->file : b->file].path));
	}
}

/* Reports at a place in the file's text; of a last good form there is none. */
static struct diag *report_fit(struct load *l, enum diag_code code, const struct scope_claim *c,
	struct place place, struct str text)
{
	const struct source *src = &l->source[c->file];

	if (c->place.line > 0 && src->text.p)
		return diag_at(l->d, code, src, span_at(src, place), "%.*s", STR_FMT(text));
	return diag_file(l->d, code, l->file[c->file].open_path, "%.*s", STR_FMT(text));
}

/*
 * Does the narrowing policy of @c declare what it looks at as the one that answers? Said once for each
 * policy that it narrows, in the order of the pairs.
 */
static int check_fit(struct load *l, struct scope_claim *c, uint32_t winner, struct str answers,
	bool *ret_fits)
{
	struct image_input *in = &l->input[c->file];
	struct narrows_fit fit = { 0 };
	size_t said = l->d->n;
	struct arena_mark mark;
	int r;

	if (l->fit[c->file].with == winner + 1) {
		*ret_fits = l->fit[c->file].fits;
		return 0;
	}
	mark = arena_mark(l->scratch);
	r = narrows_compare(l->scratch, l->input[winner].section, in->section, &fit);
	if (r == -ENOMEM)
		return r;
	if (fit.otherwise.n > 0) {
		const struct diag *g = report_fit(l, DIAG_NARROWS_TERMS, c, fit.otherwise_place,
			load_text(l->arena, "'%.*s' has another type or default in %.*s, so what is "
					    "refused would be let in",
				STR_FMT(fit.otherwise), STR_FMT(answers)));

		if (in->message.n == 0)
			in->message = policyset_message(l->arena, in->path, g);
		l->broken = true;
	}
	if (fit.unknown.n > 0)
		report_fit(l, DIAG_NARROWS_UNKNOWN, c, fit.unknown_place,
			load_text(l->arena, "%.*s does not declare '%.*s', so no source that it lets in has it",
				STR_FMT(answers), STR_FMT(fit.unknown)));
	*ret_fits = r == 0 && fit.otherwise.n == 0;
	l->fit[c->file].with = winner + 1;
	l->fit[c->file].fits = *ret_fits;
	if (l->scratch != l->arena && l->d->n == said)
		arena_rewind(l->scratch, mark); /* no diagnostic can point there */
	return 0;
}

/* Adds what takes away from the pair's answer; one that should and cannot darkens it. */
static int add_narrows(struct load *l, struct scope_claim *c, uint32_t n, struct image_scope *s,
	struct str answers)
{
	uint32_t *list = arena_new_array(l->arena, n + 1, uint32_t);
	const bool answered = status_has_fingerprint(s->status);
	const uint32_t winner = (uint32_t)s->input;

	if (!list)
		return -ENOMEM;
	for (uint32_t i = 0; i < n; i++) {
		bool fits = true;
		int r = 0;

		if (c[i].class != CLAIM_NARROWS || !str_eq(c[i].narrows, answers))
			continue;
		c[i].applied = true;
		if (answered && status_has_fingerprint(c[i].status))
			r = check_fit(l, &c[i], winner, answers, &fits);
		if (r < 0)
			return r;
		if (!fits)
			c[i].status = STATUS_POLICY_ERROR;
		if (!status_has_fingerprint(c[i].status)) {
			if (status_has_fingerprint(s->status)) {
				s->status = c[i].status;
				s->input = (int32_t)c[i].file;
			}
			continue;
		}
		if (c[i].status == STATUS_POLICY_STALE && s->status == STATUS_OK)
			s->status = STATUS_POLICY_STALE;
		list[s->n_narrows++] = c[i].file;
	}
	if (!status_has_fingerprint(s->status))
		s->n_narrows = 0;
	s->narrows = list;
	return 0;
}

/* All claims of one pair. */
static int deal(struct load *l, struct scope_claim *c, uint32_t n)
{
	struct image_scope *s = &l->scope[l->n_scopes];
	enum claim_class class = c[0].class;
	uint32_t same = 0;

	if (class == CLAIM_NARROWS)
		return 0; /* nobody answers, so there is nothing to take from */
	while (same < n && c[same].class == class)
		same++;
	*s = (struct image_scope){
		.kind = c[0].kind,
		.driver = c[0].driver,
		.status = c[0].status,
		.input = (int32_t)c[0].file, /* whose section answers, or who is to blame */
	};
	l->n_scopes++;
	for (uint32_t i = 0; i < same; i++)
		c[i].won = true;
	for (uint32_t i = 1; i < same; i++) {
		report_overlap(l, &c[0], &c[i]);
		l->broken = true;
		s->status = STATUS_POLICY_OVERLAP;
	}
	return add_narrows(l, c, n, s, c[0].policy);
}

/* What came of claim @c; @s is what its pair came to, and @winner the claim that answers or would. NULL: none. */
static struct policyset_share share_of(const struct scope_claim *c, const struct scope_claim *winner,
	const struct image_scope *s)
{
	struct policyset_share x = { .kind = c->kind, .driver = c->driver, .file = c->file, .other = -1 };
	bool good = status_has_fingerprint(c->status);

	if (c->class == CLAIM_NARROWS && !c->applied) {
		x.role = good ? ROLE_NARROWS_NOTHING : ROLE_BROKEN;
	} else if (c->class == CLAIM_NARROWS) {
		x.role = good ? ROLE_NARROWS : ROLE_BROKEN;
		x.other = (int32_t)winner->file;
	} else if (!c->won) {
		x.role = ROLE_STEPS_ASIDE;
		x.other = (int32_t)winner->file;
	} else if (good && s->status == STATUS_POLICY_OVERLAP) {
		x.role = ROLE_OVERLAPS;
		x.other = (int32_t)(c == winner ? c[1].file : winner->file);
	} else {
		x.role = good ? ROLE_ANSWERS : ROLE_BROKEN;
		if (s->input >= 0 && (uint32_t)s->input != c->file)
			x.other = s->input;
	}
	return x;
}

/* Of all claims of one pair. */
static void share_out(struct load *l, uint32_t from, uint32_t n, const struct image_scope *s)
{
	const struct scope_claim *c = &l->claim[from];

	for (uint32_t i = 0; i < n; i++)
		l->share[from + i] = share_of(&c[i], s ? c : NULL, s);
}

static void report_idle(struct load *l)
{
	for (uint32_t i = 0; i < l->n; i++) {
		const struct scope_claim *narrows = NULL;
		bool fallback = false, used = false;

		for (uint32_t k = 0; k < l->n_claims; k++) {
			const struct scope_claim *c = &l->claim[k];

			if (c->file != i)
				continue;
			used |= c->won || c->applied;
			fallback |= c->class == CLAIM_FALLBACK;
			if (c->class == CLAIM_NARROWS)
				narrows = c;
		}
		if (used)
			continue;
		if (fallback && l->input[i].state == INPUT_OK)
			l->input[i].state = INPUT_SHADOWED;
		if (narrows && l->source[i].text.p && narrows->place.line > 0)
			diag_at(l->d, DIAG_NARROWS_NOTHING, &l->source[i],
				span_at(&l->source[i], narrows->place),
				"no policy %.*s answers for %s driver %.*s, so nothing is taken away",
				STR_FMT(narrows->narrows), kind_name(narrows->kind),
				STR_FMT(narrows->driver));
	}
}

int load_deal_out(struct load *l)
{
	if (l->n_claims == 0)
		return 0;
	l->scope = arena_new_array(l->arena, l->n_claims, struct image_scope);
	l->fit = arena_new_array(l->arena, l->n, struct fit);
	l->share = arena_new_array(l->arena, l->n_claims, struct policyset_share);
	if (!l->scope || !l->fit || !l->share)
		return -ENOMEM;
	qsort(l->claim, l->n_claims, sizeof(*l->claim), by_pair);
	for (uint32_t i = 0, n; i < l->n_claims; i += n) {
		uint32_t before = l->n_scopes;
		int r;

		for (n = 1; i + n < l->n_claims && l->claim[i + n].kind == l->claim[i].kind &&
			str_eq(l->claim[i + n].driver, l->claim[i].driver); n++)
			;
		r = deal(l, &l->claim[i], n);
		if (r < 0)
			return r;
		share_out(l, i, n, l->n_scopes > before ? &l->scope[before] : NULL);
	}
	report_idle(l);
	return 0;
}
