/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * match and explain: may the source's state be loaded by the target, and why. The verdict is
 * the engine's; here it is only printed. Whatever goes wrong on the way is "unknown".
 */
#include <errno.h>
#include <string.h>

#include "cli/subject.h"
#include "engine/eval/explain.h"

const struct cli_option subject_options[] = {
	{ "keep-going", NULL, "with --policies: use those that are not broken" },
	{ 0 },
};

struct pair {
	struct host host;
	struct cli_subject source, target;
	struct explanation why;
	enum verdict verdict;
};

static const struct evaluation *evaluation_of(const struct cli_subject *s)
{
	return s->form == FORM_DESCRIPTOR ? NULL : &s->eval;
}

static const struct descriptor *descriptor_of(const struct cli_subject *s)
{
	return s->form == FORM_DESCRIPTOR ? &s->descriptor : NULL;
}

static int verdict_exit(enum verdict v)
{
	switch (v) {
	case VERDICT_COMPATIBLE: return EXIT_YES;
	case VERDICT_INCOMPATIBLE: return EXIT_NO;
	case VERDICT_UNKNOWN: break;
	}
	return EXIT_UNKNOWN;
}

/* Which side has no fingerprint, and why; NULL: both have one. */
static const char *trouble(struct pair *p)
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

static int judge(struct pair *p)
{
	struct cli *c = p->host.c;
	int r;

	r = subject_get(&p->host, c->arg[0], &p->source);
	if (r == 0)
		r = subject_get(&p->host, c->arg[1], &p->target);
	if (r != 0)
		return r;
	if (p->host.image || p->host.image_path)
		host_note_drift(&p->host);
	note_stale(p, &p->source, "source");
	note_stale(p, &p->target, "target");
	if (trouble(p))
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

/* "FILE:LINE:COL: clause (rule NAME): why" */
static const char *deciding_line(struct pair *p)
{
	struct cli *c = p->host.c;
	const struct explanation *w = &p->why;
	const char *text = trouble(p);

	if (text)
		return text;
	text = w->place.line > 0 ? cli_text(c, "%.*s:%u:%u: ", STR_FMT(w->file), w->place.line,
					   w->place.column) :
	       w->file.n > 0     ? cli_text(c, "%.*s: ", STR_FMT(w->file)) :
				   "";
	text = cli_text(c, "%s%.*s", text, STR_FMT(w->clause));
	if (w->rule.n > 0)
		text = cli_text(c, "%s (rule %.*s)", text, STR_FMT(w->rule));
	if (w->why.n > 0)
		text = cli_text(c, "%s: %.*s", text, STR_FMT(w->why));
	return text;
}

static void json_place(struct json *j, struct place place)
{
	if (place.line == 0) {
		json_null(j, "line");
		json_null(j, "column");
		return;
	}
	json_int(j, "line", place.line);
	json_int(j, "column", place.column);
}

static void json_side(struct json *j, const char *key, const struct cli_subject *s)
{
	json_object(j, key);
	json_str(j, "subject", s->name);
	json_text(j, "status", status_name(subject_status(s)));
	if (s->form != FORM_DESCRIPTOR && s->eval.fingerprint[0])
		json_text(j, "fingerprint", s->eval.fingerprint);
	json_end(j);
}

static void json_claims(struct pair *p, struct json *j)
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

static void json_decision(struct pair *p, struct json *j)
{
	const struct explanation *w = &p->why;

	json_text(j, "verdict", verdict_name(p->verdict));
	json_side(j, "source", &p->source);
	json_side(j, "target", &p->target);
	json_object(j, "decision");
	json_text(j, "text", deciding_line(p));
	if (!trouble(p)) {
		json_str(j, "clause", w->clause);
		if (w->file.n > 0)
			json_str(j, "file", w->file);
		else
			json_null(j, "file");
		json_place(j, w->place);
		json_str(j, "rule", w->rule);
		json_str(j, "why", w->why);
	}
	json_end(j);
}

static void print_verdict(struct pair *p)
{
	struct cli *c = p->host.c;
	enum cli_color color = p->verdict == VERDICT_COMPATIBLE   ? COLOR_GREEN :
			       p->verdict == VERDICT_INCOMPATIBLE ? COLOR_RED :
								    COLOR_YELLOW;

	printf("%s%s%s\n", cli_color(c, stdout, color), verdict_name(p->verdict),
		cli_color(c, stdout, COLOR_NONE));
	cli_print(stdout, str_from(deciding_line(p)));
	putchar('\n');
}

int cmd_match(struct cli *c)
{
	struct pair p = { .host = HOST_INIT(c) };
	int r = judge(&p);

	if (r == 0) {
		if (c->json) {
			json_decision(&p, &c->out);
			json_claims(&p, &c->out);
		} else {
			print_verdict(&p);
		}
		r = verdict_exit(p.verdict);
	}
	host_close(&p.host);
	return r;
}

/* ---- explain ----------------------------------------------------------------------------- */

static void json_lines(struct pair *p, struct json *j)
{
	json_array(j, "attributes");
	for (uint32_t i = 0; i < p->why.n_lines; i++) {
		const struct explain_line *l = &p->why.line[i];

		json_object(j, NULL);
		json_str(j, "attribute", l->attr);
		json_str(j, "source", l->source);
		json_str(j, "wants", l->wants);
		json_str(j, "rule", l->rule);
		json_place(j, l->place);
		json_bool(j, "left_out", l->left_out);
		json_bool(j, "held", l->held);
		json_end(j);
	}
	json_end(j);
}

static int width_of(struct str s, int width)
{
	return (int)MAX((size_t)width, MIN(s.n, (size_t)32));
}

static void print_lines(struct pair *p)
{
	struct cli *c = p->host.c;
	const struct explanation *w = &p->why;
	int attr = 9, source = 6;

	for (uint32_t i = 0; i < w->n_lines; i++) {
		attr = width_of(w->line[i].attr, attr);
		source = width_of(w->line[i].source, source);
	}
	if (w->n_lines > 0)
		printf("\n%s     %-*s  %-*s  %s%s\n", cli_color(c, stdout, COLOR_BOLD), attr,
			"attribute", source, "source", "target wants",
			cli_color(c, stdout, COLOR_NONE));
	for (uint32_t i = 0; i < w->n_lines; i++) {
		const struct explain_line *l = &w->line[i];

		printf("%s%-3s%s  %-*.*s  %-*.*s  %.*s",
			cli_color(c, stdout, l->held ? COLOR_GREEN : COLOR_RED),
			l->held ? "yes" : "no", cli_color(c, stdout, COLOR_NONE), attr,
			STR_FMT(l->attr), source, STR_FMT(l->source), STR_FMT(l->wants));
		if (l->left_out)
			printf("  (left out%s", l->rule.n > 0 || l->place.line > 0 ? ", " : ")");
		else if (l->rule.n > 0 || l->place.line > 0)
			printf("  (");
		if (l->rule.n > 0)
			printf("rule %.*s%s", STR_FMT(l->rule), l->place.line > 0 ? ", " : ")");
		if (l->place.line > 0)
			printf("%.*s:%u:%u)", STR_FMT(w->file), l->place.line, l->place.column);
		putchar('\n');
	}
	for (uint32_t i = 0; i < w->n_claims; i++) {
		char buf[256];
		struct sbuf b = SBUF(buf);

		value_print(&b, &w->claim[i].value);
		printf("%sclaim %.*s = %.*s\n", i == 0 ? "\n" : "", STR_FMT(w->claim[i].attr),
			b.overflow ? 3 : (int)b.n, b.overflow ? "..." : b.p);
	}
}

int cmd_explain(struct cli *c)
{
	struct pair p = { .host = HOST_INIT(c) };
	int r = judge(&p);

	if (r == 0) {
		if (c->json) {
			json_decision(&p, &c->out);
			json_lines(&p, &c->out);
			json_claims(&p, &c->out);
		} else {
			cli_start_pager(c);
			print_verdict(&p);
			print_lines(&p);
		}
		r = verdict_exit(p.verdict);
	}
	host_close(&p.host);
	return r;
}
