/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * check: what is wrong in policy files. The compiler finds, main() prints.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/check-tests.h"
#include "cli/check-tree.h"
#include "cli/site.h"
#include "grammar/compile.h"
#include "lint/lint.h"

const struct cli_option check_options[] = {
	{ "coverage", NULL, "as --tests, and say what the tests do not reach; exit 1 if anything" },
	{ "expand", NULL, "print each policy with what its blocks left out written in" },
	{ "format", "human|json|gcc", "how to print diagnostics" },
	{ "info", NULL, "say also what is only worth knowing" },
	{ "stdin", NULL, "check what standard input has; FILE is what messages call it" },
	{ "strict", NULL, "exit 1 when there are warnings" },
	{ "tests", NULL, "run the tests in the files as well; exit 1 when one fails" },
	{ 0 },
};

#define EXPANDED_MAX ((size_t)16 << 20)

struct checked {
	struct cli *c;
	uint32_t n_files, n_broken;
	bool want_tests;
	struct check_tests tests;
	struct check_tree tree;
};

static int expand(struct checked *k, const struct policy *p, struct str path, bool several)
{
	struct cli *c = k->c;
	struct sbuf b = { .size = EXPANDED_MAX };
	int r;

	b.p = arena_alloc_raw(c->arena, b.size);
	r = b.p ? policy_expand(p, &b) : -ENOMEM;
	if (r < 0 || b.overflow)
		return cli_fail_errno(c, r < 0 ? r : -ENOSPC, "%.*s", STR_FMT(path));
	if (c->json) {
		json_object(&c->out, NULL);
		json_str(&c->out, "file", path);
		json_str(&c->out, "text", sbuf_str(&b));
		json_end(&c->out);
		return 0;
	}
	if (several)
		printf("# %.*s\n", STR_FMT(path));
	fwrite(b.p, 1, b.n, stdout);
	return 0;
}

/* What is doubtful; infos only if they are wanted. */
static int look_closer(struct checked *k, const struct source *src, const struct policy *p,
	const struct policy_more *more)
{
	struct cli *c = k->c;
	bool infos = cli_given(c, "info");
	struct diags found;
	int r;

	diags_init(&found, c->arena);
	r = lint_policy(c->scratch, src, p, more, infos, check_tree_get(&k->tree, c), &found);
	if (r < 0)
		return cli_fail_errno(c, r, "%.*s", STR_FMT(src->path));
	for (size_t i = 0; i < found.n; i++) {
		const struct diag *from = &found.list[i];
		struct diag *to;

		if (from->severity == DIAG_INFO && !infos)
			continue;
		to = diag_at(&c->diags, from->code, src, from->span, "%.*s", STR_FMT(from->text));
		to->help = from->help;
		to->other = from->other;
	}
	return 0;
}

/* What is done with a policy that compiles. */
static int on_policy(struct checked *k, const struct source *src, const struct policy *p,
	const struct policy_more *more, bool several)
{
	int r = look_closer(k, src, p, more);

	if (r != 0)
		return r;
	if (k->want_tests)
		return check_tests_run(&k->tests, src, p, more);
	return cli_given(k->c, "expand") ? expand(k, p, src->path, several) : 0;
}

/* What was named, or standard input under that name: who owns it does not matter, its author is at work. */
static int read_named(struct checked *k, const char *path, struct source **ret)
{
	struct cli *c = k->c;
	struct source *src = arena_new(c->arena, struct source);
	int r;

	if (!src)
		return cli_fail_errno(c, -ENOMEM, "%s", path);
	src->path = str_from(path);
	r = cli_given(c, "stdin") ? policyset_read_stream(c->arena, STDIN_FILENO, &src->text) :
				    policyset_read(c->arena, path, &src->text);
	if (r == -EINVAL)
		return cli_fail(c, EXIT_SYSTEM, "system", "%s: not a regular file", path);
	if (r < 0)
		return cli_fail_errno(c, r, "%s", path);
	k->n_files++;
	*ret = src;
	return 0;
}

static int check_policy_file(struct checked *k, const char *path)
{
	struct cli *c = k->c;
	struct policy_partial partial = { 0 };
	struct policy_more more;
	const struct policy *p;
	struct source *src;
	int r = read_named(k, path, &src);

	if (r != 0)
		return r;
	r = policy_compile_more(c->arena, src, &c->diags, &p, &partial, &more);
	if (r == -ENOMEM)
		return cli_fail_errno(c, r, "%s", path);
	if (r < 0) {
		k->n_broken++;
		return 0;
	}
	return on_policy(k, src, p, &more, c->n_args > 1);
}

/* A policy of a set: it has been compiled, and what was wrong with it was reported. */
static int check_member(struct checked *k, const struct source *src)
{
	struct policy_more more;
	const struct policy *p;
	struct diags again;
	int r;

	diags_init(&again, k->c->arena);
	r = policy_compile_more(k->c->arena, src, &again, &p, NULL, &more);
	if (r < 0)
		return cli_fail_errno(k->c, r, "%.*s", STR_FMT(src->path));
	return on_policy(k, src, p, &more, true);
}

/* A site file that was named; which of its keys policies read is not asked. */
static int check_site_file(struct checked *k, const char *path)
{
	struct cli *c = k->c;
	struct site_file file;
	struct source *src;
	int r = read_named(k, path, &src);

	if (r != 0)
		return r;
	r = site_parse(c->arena, src, &c->diags, &file);
	if (r == -ENOMEM)
		return cli_fail_errno(c, r, "%s", path);
	k->n_broken += r < 0;
	return 0;
}

/* Those that `update` would read, and whether a policy of the set reads their keys. */
static int check_site(struct checked *k, struct policyset *set)
{
	struct siteset site;
	int r = siteset_load(k->c, &site);

	if (r != 0)
		return r;
	for (uint32_t i = 0; i < site.n; i++) {
		enum input_state state = site.input[i].state;

		if (state == INPUT_MASKED || state == INPUT_OVERRIDDEN)
			continue;
		k->n_files++;
		k->n_broken += state != INPUT_OK;
	}
	return siteset_add(k->c, &site, set);
}

static bool is_yaml(const char *path)
{
	size_t n = strlen(path);

	return n > 5 && strcmp(path + n - 5, ".yaml") == 0;
}

static int check_file(struct checked *k, const char *path)
{
	return is_yaml(path) ? check_site_file(k, path) : check_policy_file(k, path);
}

/* A folder, or the standard ones: as `update` would take them. */
static int check_set(struct checked *k, const struct policyset_options *o)
{
	struct policyset set;
	int r = host_load_set(k->c, o, &set);

	if (r != 0)
		return r;
	for (uint32_t i = 0; i < set.build.n_inputs; i++) {
		enum input_state state = set.build.input[i].state;

		if (state == INPUT_MASKED || state == INPUT_OVERRIDDEN)
			continue;
		k->n_files++;
		if (!set.policy[i])
			k->n_broken++;
		else
			r = check_member(k, &set.source[i]);
		if (r != 0)
			return r;
	}
	if (set.broken && k->n_broken == 0)
		k->n_broken = 1; /* each is well, together they are not */
	return o->n_dirs == 0 ? check_site(k, &set) : 0;
}

static int check_argument(struct checked *k, const char *path)
{
	struct policyset_options o = { .n_dirs = 1 };
	struct str dir = str_from(path);
	struct stat st;

	if (stat(path, &st) < 0)
		return cli_fail_errno(k->c, -errno, "%s", path);
	if (!S_ISDIR(st.st_mode))
		return check_file(k, path);
	o.dir = &dir;
	return check_set(k, &o);
}

static int check(struct checked *k)
{
	struct cli *c = k->c;
	const char *format = cli_given(c, "format");
	int r = 0;

	if (format && strcmp(format, "human") != 0 && strcmp(format, "json") != 0 &&
		strcmp(format, "gcc") != 0)
		return cli_usage(c, "no format '%s'; there are human, json and gcc", format);
	if (format && strcmp(format, "gcc") == 0)
		c->diag_format = DIAG_GCC;
	k->tests.coverage = cli_given(c, "coverage");
	k->want_tests = cli_given(c, "tests") || k->tests.coverage;
	if (cli_given(c, "stdin") && (c->n_args > 1 || c->n_policies > 0))
		return cli_usage(c, "--stdin is one policy, and can have one name");
	if (k->want_tests && cli_given(c, "expand"))
		return cli_usage(c, "--expand and --tests are two questions");
	if (c->json && cli_given(c, "expand"))
		json_array(&c->out, "expanded");
	if (c->json && k->want_tests)
		json_array(&c->out, "policies");
	if (cli_given(c, "stdin"))
		r = check_file(k, c->n_args > 0 ? c->arg[0] : "<stdin>");
	for (unsigned i = 0; i < c->n_args && r == 0 && !cli_given(c, "stdin"); i++)
		r = check_argument(k, c->arg[i]);
	if (c->n_args == 0 && !cli_given(c, "stdin")) {
		struct policyset_options o = host_policyset_options(c);

		r = check_set(k, &o);
	}
	if (r != 0)
		return r;
	if (c->json) {
		if (cli_given(c, "expand") || k->want_tests)
			json_end(&c->out);
		json_int(&c->out, "files", k->n_files);
		json_int(&c->out, "broken", k->n_broken);
	}
	if (k->want_tests)
		check_tests_end(&k->tests);
	if (k->n_broken > 0)
		return EXIT_INPUT;
	if (k->tests.n_failed > 0 || k->tests.n_missed > 0)
		return EXIT_NO;
	return cli_given(c, "strict") && c->diags.warnings > 0 ? EXIT_NO : EXIT_YES;
}

int cmd_check(struct cli *c)
{
	struct checked k = { .c = c, .tests = { .c = c } };
	int r = check(&k);

	check_tree_close(&k.tree);
	return r;
}
