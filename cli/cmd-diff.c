/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * diff: what two policies, or folders of them, judge differently. Pairs whose verdict changes and
 * fingerprints that do are found by engine/analyse; here they are dealt out by driver and shown,
 * with what became of the attributes, and with the subjects of a host.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cli/subject.h"
#include "cli/units.h"
#include "engine/analyse/differ.h"

/* The policies that answer for some pairs, before and after. */
struct pairing {
	const struct unit *unit[2]; /* NULL: nothing answers */
	struct judged judged[2];
	struct scope *scope;
	uint32_t n_scopes;
};

struct diffing {
	struct cli *c;
	struct unit_set set[2];
	struct pairing *pairing;
	uint32_t n;
	struct host host; /* its sysfs alone */
	struct subject_row *row;
	uint32_t n_rows;
	bool differs, undecided;
};

static const char *const side_name[2] = { "old", "new" };

/* ---- who answers for what ------------------------------------------------------------------------- */

static const struct unit *unit_of(const struct unit_set *set, const struct scope *s)
{
	for (uint32_t i = 0; i < set->n; i++)
		for (uint32_t k = 0; k < set->unit[i].judged.n_scopes; k++) {
			const struct scope *x = &set->unit[i].judged.scope[k];

			if (x->kind == s->kind && str_eq(x->driver, s->driver))
				return &set->unit[i];
		}
	return NULL;
}

static int add_pair(struct diffing *d, const struct unit *old, const struct unit *new,
	const struct scope *s, uint32_t most)
{
	struct pairing *p;
	uint32_t i = 0;

	while (i < d->n && (d->pairing[i].unit[0] != old || d->pairing[i].unit[1] != new))
		i++;
	p = &d->pairing[i];
	if (i == d->n) {
		p->unit[0] = old;
		p->unit[1] = new;
		p->scope = arena_new_array(d->c->arena, most, struct scope);
		if (!p->scope)
			return cli_fail_errno(d->c, -ENOMEM, "policies");
		d->n++;
	}
	p->scope[p->n_scopes++] = *s;
	return 0;
}

static uint32_t count_scopes(const struct unit_set *set)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < set->n; i++)
		n += set->unit[i].judged.n_scopes;
	return n;
}

static int pair_up(struct diffing *d)
{
	uint32_t most = count_scopes(&d->set[0]) + count_scopes(&d->set[1]);
	int r = 0;

	d->pairing = arena_new_array(d->c->arena, most, struct pairing);
	if (!d->pairing)
		return cli_fail_errno(d->c, -ENOMEM, "policies");
	for (int side = 0; side < 2; side++)
		for (uint32_t i = 0; i < d->set[side].n; i++) {
			const struct unit *u = &d->set[side].unit[i];

			for (uint32_t k = 0; r == 0 && k < u->judged.n_scopes; k++) {
				const struct scope *s = &u->judged.scope[k];
				const struct unit *other = unit_of(&d->set[1 - side], s);

				if (side == 0)
					r = add_pair(d, u, other, s, most);
				else if (!other)
					r = add_pair(d, NULL, u, s, most);
			}
		}
	for (uint32_t i = 0; i < d->n; i++)
		for (int side = 0; side < 2; side++) {
			struct pairing *p = &d->pairing[i];

			if (p->unit[side])
				p->judged[side] = p->unit[side]->judged;
			p->judged[side].scope = p->scope;
			p->judged[side].n_scopes = p->n_scopes;
		}
	return r;
}

/* ---- attributes ------------------------------------------------------------------------------------- */

static const struct source *source_of(const struct diffing *d, const struct pairing *p, int side)
{
	return &d->set[side].source[p->unit[side]->input];
}

static struct span span_of(const struct source *src, const struct attr *at)
{
	uint32_t line = 1, i = 0;

	for (; i < src->text.n && line < at->place.line; i++)
		line += src->text.p[i] == '\n';
	i += at->place.column > 0 ? at->place.column - 1 : 0;
	if (i >= src->text.n)
		return (struct span){ 0, 1 };
	return (struct span){ i,
		(uint32_t)MIN(src->text.n, i + (str_starts(str_sub(src->text, i, src->text.n), at->name) ?
							       at->name.n :
							       1)) };
}

/* A subject of the host that has the fact already; empty: none. */
static struct str who_has(struct diffing *d, const struct pairing *p, const struct attr *at)
{
	for (uint32_t i = 0; i < d->n_rows; i++) {
		struct cli_subject s;
		struct str text, from = { 0 };
		bool final = false;
		struct scope scope;

		if (d->row[i].is_parent)
			continue;
		subject_of_row(&d->row[i], &s);
		scope = (struct scope){ .kind = s.subject.kind, .driver = s.subject.driver };
		if (unit_of(&d->set[1], &scope) != p->unit[1])
			continue;
		if (s.subject.facts.read(s.subject.facts.ctx, d->c->scratch, at, &text, &final, &from) == 0)
			return d->row[i].name;
	}
	return (struct str){ 0 };
}

static void note_other(struct diffing *d, const struct pairing *p, struct diag *g,
	const struct attr *old)
{
	const struct source *src = source_of(d, p, 0);

	g->other = (struct diag_other){ src, span_of(src, old),
		diag_text(&d->c->diags, "as it was") };
}

static void say_new(struct diffing *d, const struct pairing *p, const struct evolution *e)
{
	const struct source *src = source_of(d, p, 1);
	struct str who = { 0 };
	struct diag *g;

	if (e->new->presence == PRESENCE_DEFAULT)
		who = who_has(d, p, e->new);
	if (!who.p) {
		diag_at(&d->c->diags, DIAG_ATTRIBUTE_NEW, src, span_of(src, e->new),
			"attribute '%.*s' is new", STR_FMT(e->new->name));
		return;
	}
	g = diag_at(&d->c->diags, DIAG_NEW_FACT_EXISTS, src, span_of(src, e->new),
		"attribute '%.*s' is new, and %.*s has its fact already", STR_FMT(e->new->name),
		STR_FMT(who));
	g->help = diag_text(&d->c->diags,
		"hosts with the old policy read such devices as if they had the default");
}

static void say(struct diffing *d, const struct pairing *p, const struct evolution *e)
{
	struct diags *diags = &d->c->diags;
	const struct attr *at = e->new ? e->new : e->old;
	const struct source *src = source_of(d, p, e->new ? 1 : 0);
	struct span span = span_of(src, at);
	struct diag *g;

	switch (e->kind) {
	case EVOLUTION_NEW:
		say_new(d, p, e);
		return;
	case EVOLUTION_GONE:
		diag_at(diags, DIAG_ATTRIBUTE_GONE, src, span, "attribute '%.*s' is gone",
			STR_FMT(at->name));
		return;
	case EVOLUTION_FACT:
		g = diag_at(diags, DIAG_ATTRIBUTE_FACT, src, span,
			"attribute '%.*s' reads another fact than before", STR_FMT(at->name));
		note_other(d, p, g, e->old);
		return;
	case EVOLUTION_DEFAULT:
		g = diag_at(diags, DIAG_DEFAULT_CHANGED, src, span,
			"attribute '%.*s' has another default than before", STR_FMT(at->name));
		break;
	case EVOLUTION_TYPE:
		g = diag_at(diags, DIAG_TYPE_CHANGED, src, span,
			"attribute '%.*s' has another type, size or unit than before", STR_FMT(at->name));
		break;
	default:
		return;
	}
	g->help = diag_text(diags, "give the new attribute another name: hosts that still have the old "
				   "policy read its values by the old declaration");
	note_other(d, p, g, e->old);
}

static int say_attributes(struct diffing *d, const struct pairing *p)
{
	struct evolution *e;
	uint32_t n;
	int r;

	if (!p->unit[0] || !p->unit[1])
		return 0;
	r = relation_evolution(d->c->scratch, p->judged[0].policy, p->judged[1].policy, &e, &n);
	if (r < 0)
		return cli_fail_errno(d->c, r, "attributes");
	for (uint32_t i = 0; i < n; i++)
		say(d, p, &e[i]);
	return 0;
}

/* ---- pairs and fingerprints ----------------------------------------------------------------------------- */

static const char *const roles[] = { "source", "target" };
static const char *const subject_role[] = { "subject" };

static const char *place_text(struct diffing *d, const struct pairing *p, int side,
	struct place place)
{
	struct cli *c = d->c;

	if (!p->unit[side])
		return "no policy";
	if (place.line == 0)
		return cli_text(c, "%.*s", STR_FMT(p->unit[side]->file));
	return cli_text(c, "%.*s:%u:%u", STR_FMT(p->unit[side]->file), place.line, place.column);
}

static void print_side(struct diffing *d, const struct pairing *p, int side, struct place place,
	struct str clause, struct str rule)
{
	printf("    %-7s ", side_name[side]);
	cli_print(stdout, str_from(place_text(d, p, side, place)));
	fputs(": ", stdout);
	cli_print(stdout, clause);
	if (rule.n > 0)
		printf(" (rule %.*s)", STR_FMT(rule));
	putchar('\n');
}

static void print_change(struct diffing *d, const struct pairing *p, const struct change *x)
{
	struct cli *c = d->c;
	int yes = x->accepted;

	printf("  %s%s%s: ", cli_color(c, stdout, COLOR_BOLD),
		x->accepted ? "newly accepted" : "no longer accepted", cli_color(c, stdout, COLOR_NONE));
	cli_print(stdout, x->attr.n > 0 ? x->attr : x->clause);
	putchar('\n');
	for (int side = 0; side < 2; side++)
		if (side == yes)
			print_side(d, p, side, x->rule_place, STR("accepted"), x->rule);
		else
			print_side(d, p, side, x->place, x->clause, x->clause_rule);
	units_print_subjects(c, x->who, 2, roles, "    ");
}

static void json_change(struct diffing *d, const struct pairing *p, const struct change *x)
{
	struct json *j = &d->c->out;

	json_object(j, NULL);
	json_text(j, "change", x->accepted ? "newly-accepted" : "no-longer-accepted");
	json_str(j, "attribute", x->attr.n > 0 ? x->attr : (struct str){ 0 });
	json_str(j, "accepting_rule", x->rule);
	json_text(j, "accepting_place", place_text(d, p, x->accepted, x->rule_place));
	json_str(j, "refusing_clause", x->clause);
	json_str(j, "refusing_rule", x->clause_rule);
	json_text(j, "refusing_place", place_text(d, p, !x->accepted, x->place));
	json_int(j, "representatives", x->pairs);
	units_json_subjects(d->c, "witness", x->who, 2, roles);
	json_end(j);
}

static const char *answer_text(struct cli *c, const char *fingerprint, enum mdc_status status)
{
	return fingerprint[0] ? cli_text(c, "%s", fingerprint) :
				cli_text(c, "unknown:%s", status_name(status));
}

static void print_fingerprints(struct diffing *d, const struct difference *x)
{
	struct cli *c = d->c;

	if (x->same_fingerprints != RELATION_NO)
		return;
	printf("  %sfingerprints change%s, for instance of\n", cli_color(c, stdout, COLOR_BOLD),
		cli_color(c, stdout, COLOR_NONE));
	units_print_subjects(c, &x->subject, 1, subject_role, "    ");
	for (int side = 0; side < 2; side++)
		printf("    %-7s %s\n", side_name[side],
			answer_text(c, x->fingerprint[side], x->status[side]));
}

static void print_claims(struct diffing *d, const struct difference *x)
{
	struct cli *c = d->c;

	if (x->same_claims != RELATION_NO)
		return;
	printf("  %sclaims change%s: ", cli_color(c, stdout, COLOR_BOLD), cli_color(c, stdout, COLOR_NONE));
	cli_print(stdout, x->claim_attr);
	putchar('\n');
	for (int side = 0; side < 2; side++) {
		printf("    %-7s ", side_name[side]);
		cli_print(stdout, x->claim_text[side]);
		putchar('\n');
	}
	units_print_subjects(c, x->claim_who, 2, roles, "    ");
}

static void json_difference(struct diffing *d, const struct pairing *p,
	const struct difference *x)
{
	struct json *j = &d->c->out;

	json_object(j, NULL);
	for (int side = 0; side < 2; side++) {
		json_object(j, side_name[side]);
		json_str(j, "policy", p->unit[side] ? p->judged[side].policy->name : (struct str){ 0 });
		json_str(j, "file", p->unit[side] ? p->unit[side]->file : (struct str){ 0 });
		json_end(j);
	}
	json_text(j, "same_verdicts", relation_answer_name(x->same_pairs));
	json_text(j, "same_fingerprints", relation_answer_name(x->same_fingerprints));
	json_text(j, "same_claims", relation_answer_name(x->same_claims));
	json_str(j, "bound", x->bound);
	json_array(j, "changes");
	for (uint32_t i = 0; i < x->n; i++)
		json_change(d, p, &x->change[i]);
	json_end(j);
	json_int(j, "more", x->more);
	if (x->same_fingerprints == RELATION_NO) {
		units_json_subjects(d->c, "fingerprint_witness", &x->subject, 1, subject_role);
		for (int side = 0; side < 2; side++)
			json_text(j, side ? "new_fingerprint" : "old_fingerprint",
				x->fingerprint[side][0] ? x->fingerprint[side] : NULL);
	}
	if (x->same_claims == RELATION_NO) {
		json_str(j, "claimed_attribute", x->claim_attr);
		json_str(j, "old_claim", x->claim_text[0]);
		json_str(j, "new_claim", x->claim_text[1]);
		units_json_subjects(d->c, "claim_witness", x->claim_who, 2, roles);
	}
	json_end(j);
}

static void print_difference(struct diffing *d, const struct pairing *p,
	const struct difference *x)
{
	struct cli *c = d->c;

	if (x->same_pairs == RELATION_YES && x->same_fingerprints == RELATION_YES &&
		x->same_claims == RELATION_YES)
		return;
	for (int side = 0; side < 2; side++) {
		fputs(side ? " -> " : cli_color(c, stdout, COLOR_BOLD), stdout);
		if (p->unit[side])
			cli_print(stdout, p->unit[side]->file);
		else
			fputs("no policy", stdout);
	}
	printf(":%s", cli_color(c, stdout, COLOR_NONE));
	for (uint32_t i = 0; i < p->n_scopes; i++)
		printf("%s %.*s", i ? "," : "", STR_FMT(p->scope[i].driver));
	putchar('\n');
	for (uint32_t i = 0; i < x->n; i++)
		print_change(d, p, &x->change[i]);
	if (x->more > 0)
		printf("  and %u more kinds of pairs, of these groups or of others\n", x->more);
	print_fingerprints(d, x);
	print_claims(d, x);
	if (x->bound.p)
		printf("  not all could be looked at: %.*s\n", STR_FMT(x->bound));
}

static int diff_one(struct diffing *d, const struct pairing *p)
{
	struct cli *c = d->c;
	struct arena_mark mark = arena_mark(c->scratch);
	struct units_progress progress = { .c = c, .what = "diff" };
	struct relation_options o = units_options(&progress);
	struct difference x;
	int r = say_attributes(d, p);

	if (r != 0)
		return r;
	r = relation_diff(c->scratch, &p->judged[0], &p->judged[1], &o, &x);
	units_progress_end(&progress);
	if (r == -EUCLEAN)
		return cli_fail(c, EXIT_SYSTEM, "system",
			"the evaluator does not confirm a difference; this is a bug");
	if (r < 0)
		return cli_fail_errno(c, r, "diff");
	d->differs = d->differs || x.same_pairs == RELATION_NO ||
		     x.same_fingerprints == RELATION_NO || x.same_claims == RELATION_NO;
	d->undecided = d->undecided || x.same_pairs == RELATION_UNDECIDED ||
		       x.same_fingerprints == RELATION_UNDECIDED ||
		       x.same_claims == RELATION_UNDECIDED;
	if (c->json)
		json_difference(d, p, &x);
	else
		print_difference(d, p, &x);
	arena_rewind(c->scratch, mark);
	return 0;
}

/* ---- this host ------------------------------------------------------------------------------------------ */

static int list_subjects(struct diffing *d)
{
	if (access(cli_text(d->c, "%s/sys", d->c->root), F_OK) < 0)
		return 0;
	return subject_list(&d->host, &d->row, &d->n_rows);
}

static int judge_row(struct diffing *d, struct subject_row *row, struct evaluation e[2])
{
	for (int side = 0; side < 2; side++) {
		struct cli_subject s;
		int r;

		subject_of_row(row, &s);
		d->host.sysfs.image = d->set[side].image;
		r = evaluate(d->c->scratch, d->set[side].image, &s.subject, NULL, &e[side]);
		if (r < 0)
			return cli_fail_errno(d->c, r, "%.*s", STR_FMT(row->name));
	}
	return 0;
}

static int diff_row(struct diffing *d, struct subject_row *row, bool *heading)
{
	struct cli *c = d->c;
	struct evaluation e[2];
	int r;

	if (row->is_parent)
		return 0;
	r = judge_row(d, row, e);
	if (r != 0 || (strcmp(e[0].fingerprint, e[1].fingerprint) == 0 && e[0].status == e[1].status))
		return r;
	d->differs = true;
	if (c->json) {
		json_object(&c->out, NULL);
		json_str(&c->out, "subject", row->name);
		for (int side = 0; side < 2; side++) {
			json_object(&c->out, side_name[side]);
			json_text(&c->out, "status", status_name(e[side].status));
			json_text(&c->out, "fingerprint",
				e[side].fingerprint[0] ? e[side].fingerprint : NULL);
			json_end(&c->out);
		}
		json_end(&c->out);
		return 0;
	}
	if (!*heading)
		puts(c->root[0] ? "on that host:" : "on this host:");
	*heading = true;
	printf("  %.*s\n", STR_FMT(row->name));
	for (int side = 0; side < 2; side++)
		printf("    %-7s %s\n", side_name[side],
			answer_text(c, e[side].fingerprint, e[side].status));
	return 0;
}

static int diff_host(struct diffing *d)
{
	bool heading = false;
	int r = 0;

	if (d->c->json)
		json_array(&d->c->out, "subjects");
	for (uint32_t i = 0; r == 0 && i < d->n_rows; i++) {
		struct arena_mark mark = arena_mark(d->c->scratch);

		r = diff_row(d, &d->row[i], &heading);
		arena_rewind(d->c->scratch, mark);
	}
	if (d->c->json)
		json_end(&d->c->out);
	return r;
}

/* ---- the command ------------------------------------------------------------------------------------------ */

static int diff_all(struct diffing *d)
{
	struct cli *c = d->c;
	int r = 0;

	for (int side = 0; r == 0 && side < 2; side++)
		r = units_of_path(c, c->arg[side], &d->set[side]);
	if (r == 0)
		r = pair_up(d);
	if (r == 0)
		r = list_subjects(d);
	if (r != 0)
		return r;
	/* Facts that are folded in are those of the host, in both images. */
	d->host.sysfs.image = d->set[1].image;
	if (c->json)
		json_array(&c->out, "policies");
	for (uint32_t i = 0; r == 0 && i < d->n; i++)
		r = diff_one(d, &d->pairing[i]);
	if (c->json)
		json_end(&c->out);
	return r == 0 ? diff_host(d) : r;
}

int cmd_diff(struct cli *c)
{
	struct diffing d = { .c = c, .host = HOST_INIT(c) };
	int r = diff_all(&d);

	host_close(&d.host);
	if (r != 0)
		return r;
	d.undecided = d.undecided || d.set[0].dark || d.set[1].dark;
	if (!c->json && !d.differs && !d.undecided)
		puts("no difference");
	if (c->diags.errors > 0)
		return EXIT_INPUT;
	return d.differs ? EXIT_NO : d.undecided ? EXIT_UNKNOWN : EXIT_YES;
}
