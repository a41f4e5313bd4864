/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* prove: properties of the relation that a policy makes, each with a witness where it has not. */
#include <errno.h>
#include <string.h>

#include "cli/units.h"

const struct cli_option prove_options[] = {
	{ "property", "NAME,...", "only these: own-twin, forward-only, symmetric, transitive" },
	{ "keep-going", NULL, "with --policies: use those that are not broken" },
	{ 0 },
};

struct proof {
	struct cli *c;
	bool wanted[RELATION_PROPERTIES];
	bool no, undecided;
};

static const char *const roles[RELATION_PROPERTIES][3] = {
	[RELATION_OWN_TWIN] = { "target" },
	[RELATION_FORWARD_ONLY] = { "source", "target" },
	[RELATION_SYMMETRIC] = { "source", "target" },
	[RELATION_TRANSITIVE] = { "first", "second", "third" },
};

/* What a witness is a witness of. */
static const char *what_it_shows(struct cli *c, enum relation_property p,
	const struct relation_finding *f)
{
	switch (p) {
	case RELATION_OWN_TWIN:
		return "does not accept its own twin";
	case RELATION_FORWARD_ONLY:
		return cli_text(c, "accepts a source whose %.*s is higher", STR_FMT(f->attr));
	case RELATION_SYMMETRIC:
		return "this may go from source to target, and not back";
	case RELATION_TRANSITIVE:
		return "this may go from first to second and from second to third, not from first to "
		       "third";
	case RELATION_PROPERTIES:
		break;
	}
	return "";
}

static int read_wanted(struct proof *k)
{
	struct str list = str_from(cli_given(k->c, "property"));

	if (list.p && list.n == 0)
		return cli_usage(k->c, "--property needs a name");
	for (int i = 0; i < RELATION_PROPERTIES; i++)
		k->wanted[i] = !list.p;
	while (list.n > 0) {
		struct str name = str_sub(list, 0, str_find(list, ','));
		int i = 0;

		while (i < RELATION_PROPERTIES && !str_eq(name, str_from(relation_property_name(i))))
			i++;
		if (i == RELATION_PROPERTIES)
			return cli_usage(k->c,
				"no property '%.*s'; there are own-twin, forward-only, symmetric and transitive",
				STR_FMT(name));
		k->wanted[i] = true;
		list = str_sub(list, name.n + 1, list.n);
	}
	return 0;
}

static void print_finding(struct proof *k, enum relation_property p,
	const struct relation_finding *f)
{
	static const enum cli_color colour[] = { COLOR_YELLOW, COLOR_GREEN, COLOR_RED };
	struct cli *c = k->c;

	if (c->json) {
		json_object(&c->out, NULL);
		json_text(&c->out, "property", relation_property_name(p));
		json_text(&c->out, "answer", relation_answer_name(f->answer));
		if (f->answer == RELATION_UNDECIDED)
			json_str(&c->out, "bound", f->bound);
		if (f->attr.n > 0)
			json_str(&c->out, "attribute", f->attr);
		if (f->answer == RELATION_NO)
			units_json_subjects(c, "witness", f->who, f->n, roles[p]);
		json_end(&c->out);
		return;
	}
	printf("  %-13s %s%s%s", relation_property_name(p), cli_color(c, stdout, colour[f->answer]),
		relation_answer_name(f->answer), cli_color(c, stdout, COLOR_NONE));
	if (f->answer == RELATION_UNDECIDED)
		printf(": %.*s", STR_FMT(f->bound));
	if (f->answer == RELATION_NO)
		printf(": %s", what_it_shows(c, p, f));
	putchar('\n');
	if (f->answer == RELATION_NO)
		units_print_subjects(c, f->who, f->n, roles[p], "    ");
}

static int prove_one(struct proof *k, const struct unit *u, enum relation_property p)
{
	struct cli *c = k->c;
	struct arena_mark mark = arena_mark(c->scratch);
	struct units_progress progress = { .c = c, .what = relation_property_name(p) };
	struct relation_options o = units_options(&progress);
	struct relation_finding f;
	int r = relation_prove(c->scratch, &u->judged, p, &o, &f);

	units_progress_end(&progress);
	if (r == -EUCLEAN)
		return cli_fail(c, EXIT_SYSTEM, "system",
			"the evaluator does not confirm a witness; this is a bug");
	if (r < 0)
		return cli_fail_errno(c, r, "%.*s", STR_FMT(u->file));
	k->no = k->no || f.answer == RELATION_NO;
	k->undecided = k->undecided || f.answer == RELATION_UNDECIDED;
	print_finding(k, p, &f);
	arena_rewind(c->scratch, mark);
	return 0;
}

static int prove_unit(struct proof *k, const struct unit *u)
{
	struct cli *c = k->c;
	int r = 0;

	if (c->json) {
		json_object(&c->out, NULL);
		json_str(&c->out, "policy", u->judged.policy->name);
		json_str(&c->out, "file", u->file);
		json_array(&c->out, "properties");
	} else {
		printf("%s%.*s%s (", cli_color(c, stdout, COLOR_BOLD),
			STR_FMT(u->judged.policy->name), cli_color(c, stdout, COLOR_NONE));
		cli_print(stdout, u->file);
		puts(")");
	}
	for (int p = 0; r == 0 && p < RELATION_PROPERTIES; p++)
		if (k->wanted[p])
			r = prove_one(k, u, p);
	if (c->json) {
		json_end(&c->out);
		json_end(&c->out);
	}
	return r;
}

static int prove_set(struct proof *k, const struct unit_set *set)
{
	int r = 0;

	k->undecided = k->undecided || set->dark;
	for (uint32_t i = 0; r == 0 && i < set->n; i++)
		r = prove_unit(k, &set->unit[i]);
	return r;
}

static int prove_all(struct proof *k)
{
	struct cli *c = k->c;
	struct unit_set set;
	int r = 0;

	for (unsigned i = 0; r == 0 && i < c->n_args; i++) {
		r = units_of_path(c, c->arg[i], &set);
		if (r == 0)
			r = prove_set(k, &set);
	}
	if (c->n_args == 0) {
		struct host h = HOST_INIT(c);

		r = units_of_host(&h, &set);
		if (r == 0)
			host_note_drift(&h);
		if (r == 0)
			r = prove_set(k, &set);
		host_close(&h);
	}
	return r;
}

int cmd_prove(struct cli *c)
{
	struct proof k = { .c = c };
	int r = read_wanted(&k);

	if (r != 0)
		return r;
	if (c->json)
		json_array(&c->out, "policies");
	r = prove_all(&k);
	if (r != 0)
		return r;
	if (c->json)
		json_end(&c->out);
	return k.no ? EXIT_NO : k.undecided ? EXIT_UNKNOWN : EXIT_YES;
}
