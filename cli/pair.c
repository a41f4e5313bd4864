/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Judges a pair of subjects. The verdict is the engine's; whatever goes wrong on the way is
 * "unknown".
 */
#include "cli/pair.h"

#include <errno.h>

static const struct evaluation *evaluation_of(const struct cli_subject *s)
{
	return s->form == FORM_DESCRIPTOR ? NULL : &s->eval;
}

static const struct descriptor *descriptor_of(const struct cli_subject *s)
{
	return s->form == FORM_DESCRIPTOR ? &s->descriptor : NULL;
}

int verdict_exit(enum verdict v)
{
	switch (v) {
	case VERDICT_COMPATIBLE: return EXIT_YES;
	case VERDICT_INCOMPATIBLE: return EXIT_NO;
	case VERDICT_UNKNOWN: break;
	}
	return EXIT_UNKNOWN;
}

/* Which side has no fingerprint, and why; NULL: both have one. */
const char *pair_trouble(struct pair *p)
{
	const struct cli_subject *bad = NULL;

	if (!status_has_fingerprint(subject_status(&p->target)))
		bad = &p->target;
	if (!status_has_fingerprint(subject_status(&p->source)))
		bad = &p->source;
	if (!bad)
		return NULL;
	return cli_text(p->host.c, "%s: %s", bad == &p->source ? "source" : "target",
		subject_trouble(&p->host, bad));
}

/* A policy that is not as on disk is worth a word, whatever the verdict. */
static void note_stale(struct pair *p, const struct cli_subject *s, const char *side)
{
	if (subject_status(s) == STATUS_POLICY_STALE)
		cli_note(p->host.c, "policy-stale", "%s: %s", side, subject_trouble(&p->host, s));
}

int pair_judge(struct pair *p, const char *source, const char *target)
{
	struct cli *c = p->host.c;
	int r;

	r = subject_get(&p->host, source, &p->source);
	if (r == 0)
		r = subject_get(&p->host, target, &p->target);
	if (r != 0)
		return r;
	if (p->host.image || p->host.image_path)
		host_note_drift(&p->host);
	note_stale(p, &p->source, "source");
	note_stale(p, &p->target, "target");
	if (pair_trouble(p))
		return 0;
	r = explain(c->arena, evaluation_of(&p->source), descriptor_of(&p->source),
		evaluation_of(&p->target), descriptor_of(&p->target), &p->why);
	if (r == -EUCLEAN)
		return cli_fail(c, EXIT_UNKNOWN, "system",
			"the verdict and its reason contradict each other; this is a bug");
	if (r == -E2BIG)
		return cli_fail(c, EXIT_UNKNOWN, status_name(STATUS_TOO_COMPLEX), "%s",
			status_text(STATUS_TOO_COMPLEX));
	if (r < 0)
		return cli_fail_errno(c, r, "explain");
	p->verdict = p->why.verdict;
	return 0;
}

const char *pair_rule(struct cli *c, struct str rule, bool spoken)
{
	return cli_text(c, spoken ? "the driver's %.*s" : "rule %.*s", STR_FMT(rule));
}

/* "FILE:LINE:COL: clause (rule NAME): why" */
const char *pair_deciding_line(struct pair *p)
{
	struct cli *c = p->host.c;
	const struct explanation *w = &p->why;
	const char *text = pair_trouble(p);

	if (text)
		return text;
	text = w->place.line > 0 ? cli_text(c, "%.*s:%u:%u: ", STR_FMT(w->file), w->place.line,
					   w->place.column) :
	       w->file.n > 0     ? cli_text(c, "%.*s: ", STR_FMT(w->file)) :
				   "";
	text = cli_text(c, "%s%.*s", text, STR_FMT(w->clause));
	if (w->rule.n > 0)
		text = cli_text(c, "%s (%s)", text, pair_rule(c, w->rule, w->spoken));
	if (w->why.n > 0)
		text = cli_text(c, "%s: %.*s", text, STR_FMT(w->why));
	return text;
}

void pair_json_place(struct json *j, struct place place)
{
	if (place.line == 0) {
		json_null(j, "line");
		json_null(j, "column");
		return;
	}
	json_int(j, "line", place.line);
	json_int(j, "column", place.column);
}

void pair_json_side(struct cli *c, const char *key, const struct cli_subject *s)
{
	struct json *j = &c->out;

	json_object(j, key);
	json_str(j, "subject", s->name);
	json_text(j, "status", status_name(subject_status(s)));
	json_text(j, "fingerprint", subject_fingerprint(c, s));
	json_end(j);
}

void pair_json_claims(struct pair *p, struct json *j)
{
	struct cli *c = p->host.c;

	json_array(j, "claims");
	for (uint32_t i = 0; i < p->why.n_claims; i++) {
		size_t size = 2 * WORD_MAX_LEN;
		struct sbuf b = { .p = arena_alloc(c->arena, size), .size = size };

		json_object(j, NULL);
		json_str(j, "attribute", p->why.claim[i].attr);
		if (b.p)
			value_print(&b, &p->why.claim[i].value);
		json_str(j, "value", sbuf_str(&b));
		json_end(j);
	}
	json_end(j);
}

void pair_json(struct pair *p, struct json *j)
{
	const struct explanation *w = &p->why;

	json_text(j, "verdict", verdict_name(p->verdict));
	pair_json_side(p->host.c, "source", &p->source);
	pair_json_side(p->host.c, "target", &p->target);
	json_object(j, "decision");
	json_text(j, "text", pair_deciding_line(p));
	if (!pair_trouble(p)) {
		json_str(j, "clause", w->clause);
		if (w->file.n > 0)
			json_str(j, "file", w->file);
		else
			json_null(j, "file");
		pair_json_place(j, w->place);
		json_str(j, "rule", w->rule);
		json_str(j, "why", w->why);
	}
	json_end(j);
}
