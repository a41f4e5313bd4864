/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * match and explain: may the source's state be loaded by the target, and why. The verdict is
 * the engine's; here it is only printed. Whatever goes wrong on the way is "unknown".
 */
#include "cli/pair.h"

const struct cli_option subject_options[] = {
	{ "keep-going", NULL, "with --policies: use those that are not broken" },
	{ 0 },
};

static void print_verdict(struct pair *p)
{
	struct cli *c = p->host.c;
	enum cli_color color = p->verdict == VERDICT_COMPATIBLE   ? COLOR_GREEN :
			       p->verdict == VERDICT_INCOMPATIBLE ? COLOR_RED :
								    COLOR_YELLOW;

	printf("%s%s%s\n", cli_color(c, stdout, color), verdict_name(p->verdict),
		cli_color(c, stdout, COLOR_NONE));
	cli_print(stdout, str_from(pair_deciding_line(p)));
	putchar('\n');
}

int cmd_match(struct cli *c)
{
	struct pair p = { .host = HOST_INIT(c) };
	int r = pair_judge(&p, c->arg[0], c->arg[1]);

	if (r == 0) {
		if (c->json) {
			pair_json(&p, &c->out);
			pair_json_claims(&p, &c->out);
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
		pair_json_place(j, l->place);
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
			printf("%s%s", pair_rule(c, l->rule, l->spoken), l->place.line > 0 ? ", " : ")");
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
	int r = pair_judge(&p, c->arg[0], c->arg[1]);

	if (r == 0) {
		if (c->json) {
			pair_json(&p, &c->out);
			json_lines(&p, &c->out);
			pair_json_claims(&p, &c->out);
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
