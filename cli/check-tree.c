/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Finds the subjects below --root for the lints of check. Knows where a tree keeps what facts are
 * read from; what is missing there is for the lints to say.
 */
#include "cli/check-tree.h"

#include <errno.h>
#include <stdlib.h>

#include "cli/site.h"
#include "cli/subject.h"

/* An image without policies: os-release and site facts are read from one. */
static int fold(struct check_tree *t)
{
	struct cli *c = &t->cli;
	struct policyset set = { 0 };
	struct siteset site;
	struct str bytes;
	int r = siteset_load(c, &site);

	if (r != 0)
		return r;
	set.build.site = site.text;
	r = host_fold(c, &set.build);
	if (r == 0)
		r = image_encode(c->arena, &set.build, &bytes);
	if (r == 0)
		r = image_open_memory(c->images, bytes, &t->host.image, &t->host.image_status);
	if (r == 0)
		t->host.sysfs.image = t->host.image;
	return r;
}

static int load(struct check_tree *t)
{
	struct arena *a = t->cli.arena;
	const struct subject **subject;
	struct subject_row *row;
	struct cli_subject *all;
	uint32_t n_rows, n = 0;
	int r = host_open_sysfs(&t->host);

	if (r == 0)
		r = fold(t);
	if (r == 0)
		r = subject_list(&t->host, &row, &n_rows);
	if (r != 0)
		return r;
	all = arena_new_array(a, n_rows, struct cli_subject);
	subject = arena_new_array(a, n_rows, const struct subject *);
	if (!all || !subject)
		return -ENOMEM;
	for (uint32_t i = 0; i < n_rows; i++) {
		if (row[i].is_parent)
			continue;
		subject_of_row(&row[i], &all[n]);
		subject[n] = &all[n].subject;
		n++;
	}
	t->tree = (struct lint_tree){ .subject = subject, .n = n,
		.name = str_from(t->cli.root[0] ? t->cli.root : "/") };
	return 0;
}

const struct lint_tree *check_tree_get(struct check_tree *t, const struct cli *c)
{
	if (!t->loaded && cli_given(c, "root")) {
		t->cli = *c;
		/* Nothing is said, and the document that is being written stays the one's it is. */
		t->cli.quiet = true;
		t->cli.json = false;
		t->cli.error = NULL;
		t->cli.error_text = NULL;
		diags_init(&t->cli.diags, c->arena);
		t->host = (struct host)HOST_INIT(&t->cli);
		t->loaded = true;
		t->usable = load(t) == 0;
	}
	return t->usable ? &t->tree : NULL;
}

void check_tree_close(struct check_tree *t)
{
	if (!t->loaded)
		return;
	host_close(&t->host);
	free(t->cli.error_text);
}
