/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The command line: finds the command, reads its options by its table, runs it, and closes what
 * it said. Knows nothing of policies and devices.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/command.h"

#define RUN_MEMORY_MAX ((size_t)2 << 30) /* of each arena */

static bool is_switch_set(const char *value)
{
	return value && value[0];
}

static const struct command *find_command(const char *name)
{
	for (const struct command *k = commands; k->name; k++)
		if (strcmp(k->name, name) == 0)
			return k;
	return NULL;
}

static const struct cli_option *find_option(const struct cli_option *o, const char *name, size_t n)
{
	for (; o && o->name; o++)
		if (strlen(o->name) == n && memcmp(o->name, name, n) == 0)
			return o;
	return NULL;
}

#define WORDS_KNOWN_MAX 64

static void add_options(struct str *word, size_t *n, const struct cli_option *o)
{
	for (; o && o->name && *n < WORDS_KNOWN_MAX; o++)
		word[(*n)++] = str_from(o->name);
}

/* "; did you mean X?", or nothing. */
static const char *did_you_mean(struct cli *c, struct str word, const struct str *known, size_t n,
	const char *dashes)
{
	struct str best = closest_word(word, known, n);

	return best.n > 0 ? cli_text(c, "; did you mean '%s%.*s'?", dashes, STR_FMT(best)) : "";
}

static int no_command(struct cli *c, const char *name)
{
	struct str known[WORDS_KNOWN_MAX];
	size_t n = 0;

	for (const struct command *k = commands; k->name && n < WORDS_KNOWN_MAX; k++)
		if (k->name[0] != '_')
			known[n++] = str_from(k->name);
	return cli_usage(c, "no command '%s'%s", name,
		did_you_mean(c, str_from(name), known, n, ""));
}

static int no_option(struct cli *c, const char *text)
{
	struct str known[WORDS_KNOWN_MAX], word = str_from(text);
	size_t n = 0;

	word = str_sub(word, 2, str_find(word, '='));
	add_options(known, &n, global_options);
	add_options(known, &n, c->command ? c->command->options : NULL);
	return cli_usage(c, "no option '%s'%s%s%s", text, c->command ? " in " : "",
		c->command ? c->command->name : "",
		did_you_mean(c, word, known, n, "--"));
}

static int give(struct cli *c, const struct cli_option *o, const char *value)
{
	if (strcmp(o->name, "policies") == 0) {
		if (c->n_policies == CLI_DIRS_MAX)
			return cli_usage(c, "more than %d times --policies", CLI_DIRS_MAX);
		c->policies[c->n_policies++] = str_from(value);
		return 0;
	}
	if (c->n_given == CLI_OPTIONS_MAX)
		return cli_usage(c, "more than %d options", CLI_OPTIONS_MAX);
	c->given[c->n_given].option = o;
	c->given[c->n_given].value = value;
	c->n_given++;
	return 0;
}

/* One option, which begins with a dash; *at is its index and moves on. */
static int read_option(struct cli *c, int argc, char *const *argv, int *at)
{
	const char *text = argv[*at];
	const struct cli_option *o = NULL;
	const char *value = NULL, *equals;
	size_t n;

	if (strcmp(text, "-h") == 0)
		text = "--help";
	if (strcmp(text, "-w") == 0)
		text = "--write";
	if (strncmp(text, "--", 2) == 0) {
		equals = strchr(text, '=');
		n = equals ? (size_t)(equals - text) - 2 : strlen(text) - 2;
		o = find_option(global_options, text + 2, n);
		if (!o && c->command)
			o = find_option(c->command->options, text + 2, n);
		value = equals ? equals + 1 : NULL;
	}
	if (!o)
		return no_option(c, text);
	if (!o->argument) {
		if (value)
			return cli_usage(c, "--%s takes no value", o->name);
		return give(c, o, "");
	}
	if (!value) {
		if (*at + 1 >= argc)
			return cli_usage(c, "--%s needs a value: %s", o->name, o->argument);
		value = argv[++*at];
	}
	return give(c, o, value);
}

static int read_arguments(struct cli *c, int argc, char **argv)
{
	char **arg = argv; /* those that are no options, moved to the front */
	bool options_end = false;
	int r = 0;

	c->arg = arg;
	for (int i = 1; i < argc && r == 0; i++) {
		if (!options_end && strcmp(argv[i], "--") == 0 &&
			!(c->command && (c->command->flags & CMD_RAW))) {
			options_end = true;
		} else if (c->command && (c->command->flags & CMD_RAW)) {
			arg[c->n_args++] = argv[i];
		} else if (!options_end && argv[i][0] == '-' && argv[i][1]) {
			r = read_option(c, argc, argv, &i);
		} else if (!c->command) {
			c->command = find_command(argv[i]);
			if (!c->command)
				r = no_command(c, argv[i]);
		} else {
			arg[c->n_args++] = argv[i];
		}
	}
	return r;
}

/* Does the command have a use for the general options that were given? */
static int check_use(struct cli *c)
{
	const struct command *k = c->command;

	if (cli_given(c, "root") && !(k->flags & CMD_ROOT))
		return cli_usage(c, "%s has no use for --root", k->name);
	if (c->n_policies > 0 && !(k->flags & CMD_POLICIES))
		return cli_usage(c, "%s has no use for --policies", k->name);
	if (c->json && !(k->flags & CMD_JSON))
		return cli_usage(c, "%s has no --json", k->name);
	if (c->n_args < k->min_args || c->n_args > k->max_args)
		return cli_usage(c, "too %s arguments: mdevcompat %s %s",
			c->n_args < k->min_args ? "few" : "many", k->name, k->arguments);
	return 0;
}

static int set_root(struct cli *c)
{
	const char *given = cli_given(c, "root");
	struct str root = str_from(given ? given : "");

	if (given && root.n == 0)
		return cli_usage(c, "--root needs a folder");
	while (root.n > 0 && root.p[root.n - 1] == '/')
		root.n--;
	c->root = root.n > 0 ? cli_text(c, "%.*s", STR_FMT(root)) : "";
	if (root.n > 0 && access(c->root, F_OK) < 0)
		return cli_fail_errno(c, -errno, "%s", c->root);
	return 0;
}

static void set_terminal(struct cli *c)
{
	const char *term = getenv("TERM");
	bool color = !cli_given(c, "no-color") && !is_switch_set(getenv("NO_COLOR")) && term &&
		strcmp(term, "dumb") != 0;

	c->color_out = color && !c->json && isatty(STDOUT_FILENO);
	c->color_err = color && isatty(STDERR_FILENO);
	c->pager = !cli_given(c, "no-pager") && !c->json && isatty(STDOUT_FILENO);
}

static void json_diags(struct cli *c)
{
	struct sbuf b = { .size = DIAG_PRINT_MAX };

	if (c->diags.n == 0)
		return;
	b.p = arena_alloc_raw(c->arena, b.size);
	json_array(&c->out, "diagnostics");
	for (size_t i = 0; b.p && i < c->diags.n; i++) {
		b.n = 0;
		b.overflow = false;
		diag_print(&b, &c->diags.list[i], DIAG_JSON, false);
		if (!b.overflow)
			json_raw(&c->out, NULL, sbuf_str(&b));
	}
	json_end(&c->out);
}

/* Prints what was kept for --json; an error replaces what the command had written so far. Returns the exit
 * code, another one when there was no memory for the answer. */
static int finish_json(struct cli *c, const struct json *start, int code)
{
	struct json *j = &c->out;

	if (c->error)
		json_rewind(j, start);
	json_end_all(j, start->depth);
	json_end_all(&c->notes, 0);
	json_diags(c);
	if (c->notes.n > 2)
		json_raw(j, "notes", (struct str){ c->notes.p, c->notes.n });
	if (c->error) {
		json_object(j, "error");
		json_text(j, "code", c->error);
		json_text(j, "message", c->error_text);
		json_end(j);
	}
	json_int(j, "exit", code);
	json_end_all(j, 0);
	if (j->failed || c->notes.failed) {
		code = EXIT_SYSTEM;
		printf("{\"format\":%d,\"error\":{\"code\":\"system\",\"message\":\"out of memory\"},"
		       "\"exit\":%d}", JSON_FORMAT, code);
	} else {
		fwrite(j->p, 1, j->n, stdout);
	}
	putchar('\n');
	return code;
}

static int run_command(struct cli *c)
{
	struct json start;
	int code;

	if (c->json) {
		json_object(&c->out, NULL);
		json_int(&c->out, "format", JSON_FORMAT);
		json_text(&c->out, "command", c->command->name);
		json_array(&c->notes, NULL);
	}
	start = json_mark(&c->out);
	code = check_use(c);
	if (code == 0)
		code = set_root(c);
	if (code == 0)
		code = c->command->run(c);
	if (c->json)
		code = finish_json(c, &start, code);
	else
		cli_print_diags(c);
	return code;
}

/* What was printed must have arrived, or the answer was not given. */
static int close_output(struct cli *c, int code)
{
	bool bad = ferror(stdout) != 0;
	int status = 0;

	bad |= fclose(stdout) != 0;
	if (c->pager_pid > 0) {
		while (waitpid(c->pager_pid, &status, 0) < 0 && errno == EINTR)
			;
		if (WIFEXITED(status) && (WEXITSTATUS(status) == 126 || WEXITSTATUS(status) == 127)) {
			fputs("mdevcompat: the pager cannot be run; see PAGER, or use --no-pager\n", stderr);
			return EXIT_SYSTEM;
		}
		return code; /* a pager that was left early is no failure */
	}
	if (bad) {
		fputs("mdevcompat: cannot write the output\n", stderr);
		return EXIT_SYSTEM;
	}
	return code;
}

/* Must be known before the first mistake can be reported. */
static bool wants_json(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		/* Read as one word or as two. */
		bool two = i + 1 < argc && strcmp(argv[i], "--format") == 0 &&
			strcmp(argv[i + 1], "json") == 0;
		const struct command *k = find_command(argv[i]);

		if (k && (k->flags & CMD_RAW))
			return false;
		if (strcmp(argv[i], "--json") == 0 || strcmp(argv[i], "--format=json") == 0 || two)
			return true;
	}
	return false;
}

/*
 * Whoever starts us with one of them closed would have what is printed written to the next file that is
 * opened. In its place stands what can neither be read nor written, so that it is an error as it was.
 */
static void fill_standard_files(void)
{
	int fd;

	do
		fd = open("/", O_PATH | O_CLOEXEC);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

int main(int argc, char **argv)
{
	struct arena arena, images, scratch;
	struct cli c = { .arena = &arena, .images = &images, .scratch = &scratch, .root = "" };
	int code;

	fill_standard_files();
	arena_init(&arena, RUN_MEMORY_MAX);
	arena_init(&images, RUN_MEMORY_MAX);
	arena_init(&scratch, RUN_MEMORY_MAX);
	diags_init(&c.diags, &arena);
	c.json = wants_json(argc, argv);
	code = read_arguments(&c, argc, argv);
	/* The name of a command that takes its arguments as they are may be an argument, too. */
	c.json = c.json || cli_given(&c, "json");
	if (code == 0 && c.json && !c.command && !cli_given(&c, "help") && !cli_given(&c, "version"))
		code = cli_usage(&c, "no command");
	set_terminal(&c);
	if (code != 0 && c.json) {
		struct json start;

		json_object(&c.out, NULL);
		json_int(&c.out, "format", JSON_FORMAT);
		start = json_mark(&c.out);
		code = finish_json(&c, &start, code);
	} else if (code == 0) {
		if (cli_given(&c, "version") || cli_given(&c, "help") || !c.command)
			code = cmd_help(&c);
		else
			code = run_command(&c);
	}
	code = close_output(&c, code);
	json_release(&c.out);
	json_release(&c.notes);
	free(c.error_text);
	arena_release(&scratch);
	arena_release(&images);
	arena_release(&arena);
	return code;
}
