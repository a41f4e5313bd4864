/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The run-time leg in order: find the policy, read the facts, see which rules hold, build the
 * diagrams, write the texts. Every way in which there is no answer becomes a status; an error
 * means that not even a status may be said.
 */
#include <errno.h>

#include "engine/eval/build.h"
#include "engine/eval/descriptor.h"
#include "engine/eval/facts.h"
#include "engine/eval/spoken.h"

/* Damage found while reading a section is a status of the image; a bound passed, of the
 * subject. Other errors stay errors. */
static int settle(struct evaluation *e, int r)
{
	if (r == -EBADMSG)
		e->status = STATUS_IMAGE_DAMAGED;
	else if (r == -E2BIG)
		e->status = STATUS_TOO_COMPLEX;
	else if (r == -EPROTOTYPE)
		/* A narrowing policy gives another type or default to a name. */
		e->status = STATUS_POLICY_ERROR;
	else
		return r;
	return 0;
}

/* Appends one part to the line. *ret is its place there. */
static int print_predicate(struct arena *scratch, const struct evaluation *e, dref root,
	enum dmode mode, struct sbuf *line, struct str *ret)
{
	struct arena_mark mark = arena_mark(scratch);
	size_t from = line->n;
	int r;

	r = dg_print(e->store, root, mode, scratch, line);
	if (r == 0)
		*ret = (struct str){ line->p + from, line->n - from };
	arena_rewind(scratch, mark);
	return r;
}

static int make_texts(struct arena *a, struct evaluation *e)
{
	struct sbuf line = { .size = DESCRIPTOR_MAX };
	size_t from, room = dg_print_room(e->store);
	void *p = arena_alloc(a, room);
	struct arena scratch;
	int r;

	/* Last, as what is left over is given back. */
	line.p = arena_alloc_raw(a, line.size + 1);
	if (!p || !line.p)
		return -ENOMEM;
	arena_init_fixed(&scratch, p, room);
	sbuf_puts(&line, DESCRIPTOR_MAGIC ":");
	from = line.n;
	record_print(&line, &e->record);
	if (line.overflow)
		return -E2BIG;
	e->record_text = (struct str){ line.p + from, line.n - from };
	sbuf_putc(&line, '/');
	r = print_predicate(&scratch, e, e->accepts, DMODE_CLOSED, &line, &e->accepts_text);
	if (r == 0 && e->has_offers) {
		sbuf_putc(&line, '/');
		r = print_predicate(&scratch, e, e->offers, DMODE_OPEN, &line, &e->offers_text);
	}
	if (r < 0)
		return r;
	if (line.overflow)
		return -E2BIG;
	line.p[line.n] = '\0';
	arena_trim(a, line.p, line.n + 1);
	e->descriptor = sbuf_str(&line);
	fingerprint_make(e->record_text, e->accepts_text, e->offers_text, e->accepts_own,
		e->fingerprint);
	return 0;
}

/* With `speaks` the driver's rule comes beside those of the policy. */
static int prepare_spoken(struct arena *a, struct section_bound *section,
	const struct subject *s, struct shared_part *part, struct evaluation *e)
{
	enum mdc_status said;
	const struct rule *rule;
	uint32_t n_rules;
	int r;

	r = section_decode_rules(a, &section->source, &e->policy, s->type, &rule, &n_rules);
	if (r == 0)
		r = spoken_join(a, s, e, &rule, &n_rules);
	if (r < 0 || (e->status != STATUS_OK && e->status != STATUS_TARGET_ONLY))
		return r;
	said = e->status;
	r = facts_read(a, s, part, e);
	if (r < 0 || e->status != STATUS_OK)
		return r;
	r = build_bind(a, e, rule, n_rules);
	if (r == 0 && spoken_agree(e))
		e->status = said;
	return r;
}

/* Decodes, reads facts, binds. Leaves a status or rules that hold, and the type in *s. */
static int prepare(struct arena *a, const struct section_source *from, uint32_t *pages,
	struct subject *s, struct shared_part *part, struct evaluation *e)
{
	const struct rule *rule;
	struct section_bound head, rules;
	uint32_t n_rules;
	int r;

	section_bounded(&head, from, pages);
	section_bounded(&rules, from, pages);
	r = shared_head(part, a, &head, &e->policy);
	if (r < 0)
		return r;
	e->has_policy = true;
	r = facts_type(a, s, e, s);
	if (r < 0 || e->status != STATUS_OK)
		return r;
	if (e->policy.speaks.n > 0)
		return prepare_spoken(a, &rules, s, part, e);
	r = facts_read(a, s, part, e);
	if (r < 0 || e->status != STATUS_OK)
		return r;
	r = section_decode_rules(a, &rules.source, &e->policy, s->type, &rule, &n_rules);
	if (r < 0)
		return r;
	return build_bind(a, e, rule, n_rules);
}

static int narrow(struct arena *a, const struct section_source *section, uint32_t *pages,
	const struct subject *s, struct shared_part *part, struct evaluation *e)
{
	struct evaluation n = { .input = -1 }, *kept;
	struct subject own = *s;
	int r;

	r = prepare(a, section, pages, &own, part, &n);
	if (r < 0)
		return r;
	if (n.status != STATUS_OK) {
		/* What the narrowing policy wants to know cannot be known: no verdict. */
		e->status = n.status;
		e->detail = n.detail;
		e->detail_why = n.detail_why;
		return 0;
	}
	kept = arena_new(a, struct evaluation);
	if (!kept)
		return -ENOMEM;
	n.narrowed_by = e->narrowed_by;
	*kept = n;
	e->narrowed_by = kept;
	e->n_narrows++;
	return build_narrow(a, e, &n);
}

/* Nobody but the driver judges; but it is not asked where a policy says no. */
static int narrow_target_only(struct arena *a, const struct section_source *section,
	uint32_t n_sections, uint32_t *pages, const struct subject *s, struct evaluation *e)
{
	uint32_t i;
	int r;

	e->migratable_no = build_migratable_no(e);
	for (i = 0; i < n_sections; i++) {
		struct evaluation n = { .input = -1 };
		struct subject own = *s;

		r = prepare(a, &section[i], pages, &own, NULL, &n);
		if (r < 0)
			return r;
		if (n.status != STATUS_OK || build_refuses(&n))
			e->unjudged = true;
		else if (build_migratable_no(&n))
			e->migratable_no = true;
		e->n_narrows++;
	}
	return 0;
}

static int answer(struct arena *a, const struct section_source *section,
	const struct section_source *narrows, uint32_t n_narrows, const struct subject *s,
	const struct eval_options *o, struct shared_part *part, struct evaluation *e)
{
	uint32_t i, pages = EVAL_PAGES_MAX;
	struct subject typed = *s; /* a policy that narrows is about the same one */
	int r;

	r = prepare(a, section, &pages, &typed, part, e);
	if (r == 0 && e->status == STATUS_TARGET_ONLY)
		return narrow_target_only(a, narrows, n_narrows, &pages, &typed, e);
	if (r < 0 || e->status != STATUS_OK)
		return r;
	r = dstore_new(a, o && o->limits ? o->limits : &dlimits_default, &e->store);
	if (r == 0)
		r = build_diagrams(a, e);
	for (i = 0; r == 0 && i < n_narrows && e->status == STATUS_OK; i++)
		r = narrow(a, &narrows[i], &pages, &typed, part ? &part[i + 1] : NULL, e);
	if (r < 0 || e->status != STATUS_OK)
		return r;
	e->accepts_own = dg_eval(e->store, e->accepts, DMODE_CLOSED, &e->record) &&
			 (!e->has_offers || dg_eval(e->store, e->offers, DMODE_OPEN, &e->record));
	return o && o->no_descriptor ? 0 : make_texts(a, e);
}

/* Whoever has no fingerprint has no texts either: nothing half-made may be used. */
static void withhold(struct evaluation *e)
{
	if (status_has_fingerprint(e->status))
		return;
	e->accepts = DREF_NO;
	e->has_offers = true;
	e->offers = DREF_NO;
	e->accepts_own = false;
	e->n_claim_attrs = 0;
	e->accepts_text = e->offers_text = e->descriptor = (struct str){ 0 };
	e->fingerprint[0] = '\0';
}

/* One evaluation, with a bound around it. */
static int evaluate_bounded(struct arena *a, const struct image_answer *found,
	const struct subject *s, const struct eval_options *o, struct shared_part *part,
	struct evaluation *e)
{
	bool whole = arena_left(a) >= EVAL_MEMORY_MAX;
	size_t limit = arena_bound(a, MIN(a->limit, a->used + EVAL_MEMORY_MAX));
	bool over;
	int r;

	r = answer(a, &found->section, found->narrows, found->n_narrows, s, o, part, e);
	over = whole && r == -ENOMEM && a->over;
	arena_bound(a, limit);
	if (!over)
		return r;
	arena_forgive(a);
	/* Half of it may not be there. */
	*e = (struct evaluation){ .input = e->input };
	return -E2BIG;
}

int evaluate_section(struct arena *a, const struct section_source *section,
	const struct section_source *narrows, uint32_t n_narrows, const struct subject *s,
	const struct eval_options *o, struct evaluation *ret)
{
	const struct image_answer found = { .section = *section,
		.narrows = (struct section_source *)narrows, .n_narrows = n_narrows };
	struct evaluation e = { .input = -1 };
	int r;

	r = settle(&e, evaluate_bounded(a, &found, s, o, NULL, &e));
	if (r < 0)
		return r;
	withhold(&e);
	*ret = e;
	return 0;
}

int evaluate(struct arena *a, struct image *img, const struct subject *s,
	const struct eval_options *o, struct evaluation *ret)
{
	struct evaluation e = { .input = -1 };
	struct image_answer found = { 0 };
	struct shared_part *part;
	int r;

	r = shared_find(o ? o->shared : NULL, img, s, &found, &part);
	if (r == 0) {
		e.status = found.status;
		e.input = found.input;
	}
	if (r == 0 && status_has_fingerprint(found.status)) {
		r = evaluate_bounded(a, &found, s, o, part, &e);
		if (r == 0 && e.status == STATUS_OK)
			e.status = found.status;
	}
	r = settle(&e, r);
	if (r < 0)
		return r;
	withhold(&e);
	*ret = e;
	return 0;
}

void eval_print_unknown(struct sbuf *b, const struct evaluation *e)
{
	sbuf_puts(b, "unknown:");
	sbuf_puts(b, status_name(e->status));
	if (e->detail.n > 0) {
		sbuf_putc(b, ':');
		sbuf_put_escaped(b, e->detail);
	}
}
