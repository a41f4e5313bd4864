/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * list: the subjects of this host, as a tree or a table, or as candidates for completion.
 */
#include <errno.h>
#include <libsmartcols/libsmartcols.h>
#include <locale.h>
#include <string.h>

#include "cli/subject.h"

const struct cli_option list_options[] = {
	{ "table", NULL, "one line each, with all columns, instead of a tree" },
	{ "no-headings", NULL, "no first line with the columns' names" },
	{ "keep-going", NULL, "with --policies: use those that are not broken" },
	{ 0 },
};

enum column { COL_SUBJECT, COL_KIND, COL_DRIVER, COL_TYPE, COL_STATUS, COL_POLICY, COL_FINGERPRINT };

static const struct {
	const char *name;
	bool in_tree;
} columns[] = {
	[COL_SUBJECT] = { "SUBJECT", true },
	[COL_KIND] = { "KIND", false },
	[COL_DRIVER] = { "DRIVER", false },
	[COL_TYPE] = { "TYPE", false },
	[COL_STATUS] = { "STATUS", true },
	[COL_POLICY] = { "POLICY", true },
	[COL_FINGERPRINT] = { "FINGERPRINT", true },
};

struct listed {
	struct subject_row *row;
	struct cli_subject subject;
};

static struct str type_of(const struct listed *l)
{
	const struct evaluation *e = &l->subject.eval;

	/* A vfio device has the type that its policy finds. */
	if (l->row->form == FORM_VFIO && e->self && e->self[ATTR_TYPE])
		return e->self[ATTR_TYPE]->word;
	return l->row->type.n > 0 ? l->row->type : l->row->device.type;
}

static const char *text_of(struct cli *c, struct str s)
{
	return cli_text(c, "%.*s", STR_FMT(s));
}

/* As udev's properties say it. */
static const char *fingerprint_text(struct cli *c, const struct evaluation *e)
{
	char buf[512];
	struct sbuf b = SBUF(buf);

	if (e->fingerprint[0])
		return e->fingerprint;
	eval_print_unknown(&b, e);
	return cli_text(c, "%.*s%s", STR_FMT(sbuf_str(&b)), b.overflow ? "..." : "");
}

static const char *cell(struct cli *c, const struct listed *l, enum column column, bool tree)
{
	const struct evaluation *e = &l->subject.eval;

	switch (column) {
	case COL_SUBJECT:
		return text_of(c, tree && l->row->form == FORM_TYPE && !l->row->is_parent ?
						l->row->type : l->row->name);
	case COL_KIND: return l->row->is_parent ? "parent" : subject_form_text(l->row->form);
	case COL_DRIVER: return text_of(c, l->row->device.driver);
	case COL_TYPE: return text_of(c, type_of(l));
	case COL_STATUS: return l->row->is_parent ? "" : status_name(e->status);
	case COL_POLICY: return e->has_policy ? text_of(c, e->policy.name) : "";
	case COL_FINGERPRINT: return l->row->is_parent ? "" : fingerprint_text(c, e);
	}
	return "";
}

static int print_table(struct cli *c, struct listed *l, uint32_t n)
{
	bool tree = !cli_given(c, "table");
	struct libscols_table *table;
	struct libscols_line **line;
	int r = -ENOMEM;

	setlocale(LC_CTYPE, "");
	table = scols_new_table();
	line = arena_new_array(c->arena, n, struct libscols_line *);
	if (!table || !line)
		goto out;
	scols_table_set_termforce(table, SCOLS_TERMFORCE_NEVER);
	scols_table_enable_noheadings(table, cli_given(c, "no-headings") != NULL);
	scols_table_enable_colors(table, c->color_out);
	for (size_t k = 0; k < ARRAY_SIZE(columns); k++)
		if ((columns[k].in_tree || !tree) &&
			!scols_table_new_column(table, columns[k].name, 0,
				tree && k == COL_SUBJECT ? SCOLS_FL_TREE : 0))
			goto out;
	for (uint32_t i = 0; i < n; i++) {
		int32_t parent = l[i].row->parent;
		size_t at = 0;

		if (!tree && l[i].row->is_parent)
			continue;
		line[i] = scols_table_new_line(table, tree && parent >= 0 ? line[parent] : NULL);
		if (!line[i])
			goto out;
		for (size_t k = 0; k < ARRAY_SIZE(columns); k++)
			if ((columns[k].in_tree || !tree) &&
				scols_line_set_data(line[i], at++, cell(c, &l[i], k, tree)) != 0)
				goto out;
		if (!l[i].row->is_parent && !status_has_fingerprint(l[i].subject.eval.status))
			scols_line_set_color(line[i], "red");
	}
	r = scols_print_table(table) == 0 ? 0 : -EIO;
out:
	scols_unref_table(table);
	return r == 0 ? EXIT_YES : cli_fail_errno(c, r, "list");
}

static void print_json(struct cli *c, const struct listed *l, uint32_t n)
{
	struct json *j = &c->out;

	json_array(j, "subjects");
	for (uint32_t i = 0; i < n; i++) {
		const struct evaluation *e = &l[i].subject.eval;

		if (l[i].row->is_parent)
			continue;
		json_object(j, NULL);
		json_str(j, "subject", l[i].row->name);
		json_text(j, "kind", l[i].row->form == FORM_VFIO ? "vfio" : "mdev");
		json_text(j, "form", subject_form_text(l[i].row->form));
		json_str(j, "driver", l[i].row->device.driver);
		json_str(j, "type", type_of(&l[i]));
		json_str(j, "path", l[i].row->device.path);
		json_text(j, "status", status_name(e->status));
		json_text(j, "detail", e->detail.n > 0 ? text_of(c, e->detail) : NULL);
		json_text(j, "policy", e->has_policy ? text_of(c, e->policy.name) : NULL);
		json_text(j, "fingerprint", e->fingerprint[0] ? e->fingerprint : NULL);
		json_text(j, "descriptor", e->descriptor.n > 0 ? text_of(c, e->descriptor) : NULL);
		json_end(j);
	}
	json_end(j);
}

int cmd_list(struct cli *c)
{
	struct host h = HOST_INIT(c);
	struct subject_row *row;
	struct listed *l = NULL;
	uint32_t n = 0;
	int r = host_open_image(&h);

	if (r == 0)
		r = subject_list(&h, &row, &n);
	if (r == 0) {
		l = arena_new_array(c->arena, n, struct listed);
		if (!l)
			r = cli_fail_errno(c, -ENOMEM, "list");
	}
	for (uint32_t i = 0; r == 0 && i < n; i++) {
		l[i].row = &row[i];
		if (row[i].is_parent)
			continue;
		subject_of_row(&row[i], &l[i].subject);
		r = subject_judge(&h, &l[i].subject);
	}
	if (r == 0) {
		if (!h.image)
			cli_note(c, status_name(h.image_status), "%s", status_text(h.image_status));
		host_note_drift(&h);
		if (c->json)
			print_json(c, l, n);
		else if (n > 0)
			r = print_table(c, l, n);
		else
			cli_note(c, "none", "no mdev parent and no vfio device on this host");
	}
	if (r == 0 && !h.image)
		r = EXIT_UNKNOWN;
	host_close(&h);
	return r;
}

/* ---- completion -------------------------------------------------------------------------------- */

static void offer(struct str candidate, struct str prefix, const char *after)
{
	if (str_starts(candidate, prefix))
		printf("%.*s%s\n", STR_FMT(candidate), after);
}

static void offer_options(const struct cli_option *o, struct str prefix, unsigned flags)
{
	for (; o && o->name; o++) {
		char text[64];

		if ((strcmp(o->name, "root") == 0 && !(flags & CMD_ROOT)) ||
			(strcmp(o->name, "policies") == 0 && !(flags & CMD_POLICIES)) ||
			(strcmp(o->name, "json") == 0 && !(flags & CMD_JSON)))
			continue;
		snprintf(text, sizeof(text), "--%s", o->name);
		offer(str_from(text), prefix, "");
	}
}

static void offer_subjects(struct cli *c, struct str prefix)
{
	struct host h = HOST_INIT(c);
	struct subject_row *row;
	uint32_t n;

	if (subject_list(&h, &row, &n) == 0)
		for (uint32_t i = 0; i < n; i++)
			if (!row[i].is_parent)
				offer(row[i].name, prefix, "");
	host_close(&h);
}

/* __complete CWORD WORD...: what may stand at CWORD, one candidate a line. Nothing: a file. */
int cmd_complete(struct cli *c)
{
	const struct command *k = NULL;
	uint64_t at;
	const char *word = "", *before = "";

	if (str_to_u64(str_from(c->arg[0]), 4096, &at) < 0 || at == 0)
		return EXIT_USAGE;
	c->quiet = true;
	for (unsigned i = 1; i < at && 1 + i < c->n_args; i++) {
		const char *w = c->arg[1 + i];

		if (strcmp(w, "--root") == 0 && i + 1 < at && 2 + i < c->n_args)
			c->root = strcmp(c->arg[2 + i], "/") == 0 ? "" : c->arg[2 + i];
		for (const struct command *o = commands; !k && o->name; o++)
			if (strcmp(o->name, w) == 0 && o->group != GROUP_HIDDEN)
				k = o;
		before = w;
	}
	if (1 + at < c->n_args)
		word = c->arg[1 + at];
	if (strcmp(before, "--root") == 0 || strcmp(before, "--policies") == 0)
		return EXIT_YES;
	if (word[0] == '-') {
		offer_options(k ? k->options : NULL, str_from(word), k ? k->flags : 0);
		offer_options(global_options, str_from(word), k ? k->flags : ~0u);
	} else if (!k) {
		for (const struct command *o = commands; o->name; o++)
			if (o->name[0] != '_')
				offer(str_from(o->name), str_from(word), "");
	} else if (k->flags & CMD_SUBJECTS) {
		offer_subjects(c, str_from(word));
	}
	return EXIT_YES;
}
