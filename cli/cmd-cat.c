/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * cat: the policy files on disk in their order, what came of each, and who answers for what it
 * speaks about. grammar/policyset.h knows; here it is put into words.
 */
#include <errno.h>
#include <stdlib.h>

#include "cli/host.h"
#include "grammar/compile.h"

struct shown {
	struct cli *c;
	struct policyset set;
	const struct policyset_share **of_file; /* by file, then by pair */
	uint32_t n_printed;			 /* of these, so far: files come in order */
};

static struct str path_of(const struct shown *s, uint32_t i)
{
	return s->set.source[i].path;
}

/* The file that is read instead of file @i, or hides it: the first one of its name. */
static uint32_t first_of_name(const struct shown *s, uint32_t i)
{
	while (i > 0 && str_eq(s->set.file[i - 1].name, s->set.file[i].name))
		i--;
	return i;
}

static bool same_pair(const struct policyset_share *a, const struct policyset_share *b)
{
	return a->kind == b->kind && str_eq(a->driver, b->driver);
}

static int by_file(const void *x, const void *y)
{
	const struct policyset_share *a = *(const struct policyset_share *const *)x;
	const struct policyset_share *b = *(const struct policyset_share *const *)y;

	if (a->file != b->file)
		return a->file < b->file ? -1 : 1;
	return (a > b) - (a < b);
}

static int sort_shares(struct shown *s)
{
	uint32_t n = s->set.n_shares;

	s->of_file = arena_new_array(s->c->arena, n, const struct policyset_share *);
	if (!s->of_file)
		return -ENOMEM;
	for (uint32_t i = 0; i < n; i++)
		s->of_file[i] = &s->set.share[i];
	if (n > 1)
		qsort(s->of_file, n, sizeof(*s->of_file), by_file);
	return 0;
}

/* The next of file @i; NULL: there are no more. */
static const struct policyset_share *next_share(struct shown *s, uint32_t i)
{
	if (s->n_printed == s->set.n_shares || s->of_file[s->n_printed]->file != i)
		return NULL;
	return s->of_file[s->n_printed++];
}

/* The next that takes away from @x, behind @after; NULL: there are no more. */
static const struct policyset_share *next_narrowing(const struct shown *s,
	const struct policyset_share *x, const struct policyset_share *after)
{
	const struct policyset_share *y = after ? after + 1 : x;

	while (!after && y > s->set.share && same_pair(x, y - 1))
		y--;
	for (; y < s->set.share + s->set.n_shares && same_pair(x, y); y++)
		if (y->role == ROLE_NARROWS)
			return y;
	return NULL;
}

/* ---- for people ---------------------------------------------------------------------------- */

/* Does any pair have to do with the file? Those of file @i are the next ones. */
static bool does_something(const struct shown *s, uint32_t i)
{
	uint32_t k;

	for (k = s->n_printed; k < s->set.n_shares && s->of_file[k]->file == i; k++)
		if (s->of_file[k]->role == ROLE_ANSWERS || s->of_file[k]->role == ROLE_NARROWS)
			return true;
	return false;
}

static void print_state(const struct shown *s, uint32_t i)
{
	uint32_t first = first_of_name(s, i);

	switch (s->set.build.input[i].state) {
	case INPUT_OK:
		fputs(does_something(s, i) ? "in effect" : "not in effect", stdout);
		break;
	case INPUT_STALE:
		fputs("broken; its last good form is in use", stdout);
		break;
	case INPUT_BROKEN:
		fputs("broken", stdout);
		break;
	case INPUT_REFUSED:
		fputs("refused", stdout);
		break;
	case INPUT_MASKED:
		fputs("masked: a link to /dev/null, so no file of this name is in effect", stdout);
		break;
	case INPUT_OVERRIDDEN:
		fputs(s->set.build.input[first].state == INPUT_MASKED ? "masked by " : "overridden by ",
			stdout);
		cli_print(stdout, path_of(s, first));
		break;
	case INPUT_SHADOWED:
		fputs("a fallback, not in effect", stdout);
		break;
	}
}

/* "narrowed by A and B" */
static void print_narrowing(const struct shown *s, const struct policyset_share *x)
{
	const char *before = ", narrowed by ";

	for (const struct policyset_share *y = NULL; (y = next_narrowing(s, x, y));) {
		fputs(before, stdout);
		cli_print(stdout, path_of(s, y->file));
		before = " and ";
	}
}

static void print_share(const struct shown *s, const struct policyset_share *x)
{
	static const char *const words[] = {
		[ROLE_BROKEN] = "no verdicts, as this file is broken",
		[ROLE_ANSWERS] = "answers",
		[ROLE_OVERLAPS] = "no verdicts, as it is also spoken about by ",
		[ROLE_STEPS_ASIDE] = "steps aside for ",
		[ROLE_NARROWS] = "narrows ",
		[ROLE_NARROWS_NOTHING] = "narrows nothing",
	};

	printf("#   %s ", x->kind == KIND_VFIO ? "vfio-device" : "mdev-type");
	cli_print(stdout, x->driver);
	printf(": %s", x->role == ROLE_BROKEN && s->set.build.input[x->file].state == INPUT_REFUSED ?
			       "no verdicts, as this file is refused" :
			       words[x->role]);
	if (x->role == ROLE_ANSWERS && x->other >= 0)
		fputs(", but gives no verdicts, as what narrows it is broken: ", stdout);
	if (x->role == ROLE_BROKEN && x->other >= 0)
		fputs("; it narrows ", stdout);
	if (x->other >= 0)
		cli_print(stdout, path_of(s, (uint32_t)x->other));
	else if (x->role == ROLE_ANSWERS)
		print_narrowing(s, x);
	putchar('\n');
}

static void print_file(struct shown *s, uint32_t i)
{
	struct cli *c = s->c;
	const struct policyset_share *x;
	const struct image_input *in = &s->set.build.input[i];
	struct str text = s->set.source[i].text;

	printf("%s%s# ", i ? "\n" : "", cli_color(c, stdout, COLOR_BOLD));
	cli_print(stdout, path_of(s, i));
	fputs(": ", stdout);
	print_state(s, i);
	printf("%s\n", cli_color(c, stdout, COLOR_NONE));
	/* Of a file that is right it is an overlap, and follows. */
	if (in->message.n > 0 && in->state != INPUT_OK) {
		fputs("#   ", stdout);
		cli_print(stdout, in->message);
		putchar('\n');
	}
	while ((x = next_share(s, i)))
		print_share(s, x);
	cli_print(stdout, text);
	if (text.n > 0 && text.p[text.n - 1] != '\n')
		putchar('\n');
}

/* ---- JSON ---------------------------------------------------------------------------------- */

static void json_path(struct shown *s, const char *key, int64_t i)
{
	if (i >= 0)
		json_str(&s->c->out, key, path_of(s, (uint32_t)i));
	else
		json_null(&s->c->out, key);
}

static void json_share(struct shown *s, const struct policyset_share *x)
{
	static const char *const roles[] = {
		[ROLE_BROKEN] = "broken",
		[ROLE_ANSWERS] = "answers",
		[ROLE_OVERLAPS] = "overlaps",
		[ROLE_STEPS_ASIDE] = "steps-aside",
		[ROLE_NARROWS] = "narrows",
		[ROLE_NARROWS_NOTHING] = "narrows-nothing",
	};
	struct json *j = &s->c->out;

	json_object(j, NULL);
	json_text(j, "kind", x->kind == KIND_VFIO ? "vfio-device" : "mdev-type");
	json_str(j, "driver", x->driver);
	json_text(j, "role", roles[x->role]);
	json_path(s, "other", x->other);
	json_array(j, "narrowed_by");
	for (const struct policyset_share *y = NULL;
		x->role == ROLE_ANSWERS && (y = next_narrowing(s, x, y));)
		json_str(j, NULL, path_of(s, y->file));
	json_end(j);
	json_end(j);
}

static void json_file(struct shown *s, uint32_t i)
{
	struct json *j = &s->c->out;
	const struct image_input *in = &s->set.build.input[i];
	const struct policyset_share *x;

	json_object(j, NULL);
	json_str(j, "path", path_of(s, i));
	json_text(j, "state", input_state_name(in->state));
	if (s->set.policy[i])
		json_str(j, "policy", s->set.policy[i]->name);
	else
		json_null(j, "policy");
	json_path(s, "hidden_by", in->state == INPUT_OVERRIDDEN ? (int64_t)first_of_name(s, i) : -1);
	if (in->message.n > 0)
		json_str(j, "message", in->message);
	else
		json_null(j, "message");
	json_array(j, "drivers");
	while ((x = next_share(s, i)))
		json_share(s, x);
	json_end(j);
	json_str(j, "text", s->set.source[i].text);
	json_end(j);
}

int cmd_cat(struct cli *c)
{
	struct shown s = { .c = c };
	struct policyset_options o = host_policyset_options(c);
	int r = host_load_set(c, &o, &s.set);

	if (r != 0)
		return r;
	r = sort_shares(&s);
	if (r < 0)
		return cli_fail_errno(c, r, "policies");
	cli_start_pager(c);
	if (c->json)
		json_array(&c->out, "files");
	for (uint32_t i = 0; i < s.set.build.n_inputs; i++)
		if (c->json)
			json_file(&s, i);
		else
			print_file(&s, i);
	if (c->json)
		json_end(&c->out);
	return s.set.broken ? EXIT_INPUT : EXIT_YES;
}
