/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * `range`: the algebra of version ranges on the command line. Knows which operation takes
 * which arguments and how an error in a range is shown; the ranges are the engine's.
 */
#include <errno.h>
#include <string.h>

#include "cli/command.h"
#include "engine/base/limits.h"
#include "engine/version/text.h"

const struct cli_option range_options[] = {
	{ "parts", "N", "how many parts a version has, 1 to 4 (default 3)" },
	{ "major", "K", "how many leading parts `V+` may not leave (default 1)" },
	{ 0 },
};

/* One run of the command. */
struct range_run {
	struct cli *c;
	struct version_spec f;
	const char *const *arg; /* those after the operation */
};

struct operation {
	const char *name;
	unsigned args;
	int (*run)(struct range_run *run);
};

/* The text on one line, byte for byte, so that the line below can point at it. */
static void print_flat(FILE *f, struct str text)
{
	for (size_t i = 0; i < text.n; i++)
		putc(ascii_isprint(text.p[i]) ? text.p[i]
			: text.p[i] == '\t'   ? ' '
					      : '?',
			f);
	putc('\n', f);
}

static int fail_text(struct range_run *run, struct str text, const struct range_error *e)
{
	struct cli *c = run->c;

	if (c->json)
		return cli_fail(c, EXIT_INPUT, "bad-input", "'%.*s', byte %zu: %s%s%.*s",
			STR_FMT(text), e->at, range_error_text(e->code),
			e->hint.n > 0 ? "; write " : "", STR_FMT(e->hint));
	cli_fail(c, EXIT_INPUT, "bad-input", "%s", range_error_text(e->code));
	fputs("  ", stderr);
	print_flat(stderr, text);
	fprintf(stderr, "  %*s%s", (int)e->at, "", cli_color(c, stderr, COLOR_RED));
	for (size_t i = 0; i < MAX(e->len, (size_t)1); i++)
		putc('^', stderr);
	fprintf(stderr, "%s\n", cli_color(c, stderr, COLOR_NONE));
	if (e->hint.n > 0)
		fprintf(stderr, "  write %.*s\n", STR_FMT(e->hint));
	return EXIT_INPUT;
}

static int fail_parse(
	struct range_run *run, int r, struct str text, const struct range_error *e)
{
	if (r == -EINVAL)
		return fail_text(run, text, e);
	return cli_fail_errno(run->c, r, "range");
}

/* The functions below return an exit code, 0 to go on. */
static int read_range(struct range_run *run, unsigned i, struct ranges *ret)
{
	struct str text = str_from(run->arg[i]);
	struct range_error e;
	int r = range_parse(run->c->arena, text, run->f, RANGE_ANY, ret, &e);

	return r < 0 ? fail_parse(run, r, text, &e) : 0;
}

/* As a device writes it: missing parts are zero. */
static int read_version(struct range_run *run, unsigned i, struct key *ret)
{
	struct str text = str_from(run->arg[i]);
	struct range_error e;
	int r = version_parse(run->c->arena, text, run->f, /* exact= */ false, ret, &e);

	return r < 0 ? fail_parse(run, r, text, &e) : 0;
}

static const char *text_of_version(
	struct key k, unsigned parts, char text[VERSION_TEXT_MAX + 1])
{
	struct sbuf b = { .p = text, .size = VERSION_TEXT_MAX };

	version_print(&b, k, parts);
	text[b.n] = '\0';
	return text;
}

static void put_json(struct range_run *run, struct ranges r)
{
	char text[VERSION_TEXT_MAX + 1];
	struct json *j = &run->c->out;

	json_array(j, "intervals");
	for (uint32_t i = 0; i < r.n; i++) {
		json_object(j, NULL);
		json_text(j, "from", text_of_version(r.iv[i].lo, run->f.parts, text));
		json_text(j, "to",
			key_is_end(r.iv[i].hi)
				? NULL
				: text_of_version(r.iv[i].hi, run->f.parts, text));
		json_end(j);
	}
	json_end(j);
}

static int give_ranges(struct range_run *run, struct ranges r)
{
	struct sbuf b = { .size = ((size_t)r.n + 1) * INTERVAL_TEXT_MAX }, policy = b;

	b.p = arena_alloc(run->c->arena, b.size);
	policy.p = arena_alloc(run->c->arena, policy.size);
	if (!b.p || !policy.p)
		return cli_fail_errno(run->c, -ENOMEM, "range");
	ranges_print(&b, r, run->f.parts);
	if (!run->c->json) {
		printf("%.*s\n", STR_FMT(sbuf_str(&b)));
		return EXIT_YES;
	}
	ranges_print_policy(&policy, r, run->f);
	json_str(&run->c->out, "normal", sbuf_str(&b));
	json_str(&run->c->out, "policy", sbuf_str(&policy));
	put_json(run, r);
	return EXIT_YES;
}

static int run_normal(struct range_run *run)
{
	struct ranges r;
	int code = read_range(run, 0, &r);

	return code != 0 ? code : give_ranges(run, r);
}

typedef int set_operation(
	struct arena *a, struct ranges x, struct ranges y, struct ranges *ret);

static int run_two(struct range_run *run, set_operation *op)
{
	struct ranges x, y, z;
	int code, r;

	code = read_range(run, 0, &x);
	if (code == 0)
		code = read_range(run, 1, &y);
	if (code != 0)
		return code;
	r = op(run->c->arena, x, y, &z);
	return r < 0 ? cli_fail_errno(run->c, r, "range") : give_ranges(run, z);
}

static int run_union(struct range_run *run)
{
	return run_two(run, ranges_union);
}

static int run_intersect(struct range_run *run)
{
	return run_two(run, ranges_intersect);
}

static int run_minus(struct range_run *run)
{
	return run_two(run, ranges_minus);
}

static int give_bool(struct range_run *run, bool yes)
{
	if (run->c->json)
		json_bool(&run->c->out, "result", yes);
	return yes ? EXIT_YES : EXIT_NO;
}

static int run_contains(struct range_run *run)
{
	struct ranges r;
	struct key k;
	int code;

	code = read_range(run, 0, &r);
	if (code == 0)
		code = read_version(run, 1, &k);
	return code != 0 ? code : give_bool(run, ranges_contains(r, k));
}

static int run_subset(struct range_run *run)
{
	char text[VERSION_TEXT_MAX + 1];
	struct ranges x, y;
	struct key witness;
	int code;

	code = read_range(run, 0, &x);
	if (code == 0)
		code = read_range(run, 1, &y);
	if (code != 0)
		return code;
	if (ranges_subset(x, y, &witness))
		return give_bool(run, true);
	text_of_version(witness, run->f.parts, text);
	if (run->c->json)
		json_text(&run->c->out, "witness", text);
	else
		puts(text);
	return give_bool(run, false);
}

static int run_compare(struct range_run *run)
{
	struct key v, w;
	const char *sign;
	int code, order;

	code = read_version(run, 0, &v);
	if (code == 0)
		code = read_version(run, 1, &w);
	if (code != 0)
		return code;
	order = key_cmp(v, w);
	sign = order < 0 ? "<" : order > 0 ? ">" : "=";
	if (run->c->json)
		json_text(&run->c->out, "result", sign);
	else
		puts(sign);
	return EXIT_YES;
}

static const struct operation operations[] = {
	{ "normal", 1, run_normal },
	{ "union", 2, run_union },
	{ "intersect", 2, run_intersect },
	{ "minus", 2, run_minus },
	{ "contains", 2, run_contains },
	{ "subset", 2, run_subset },
	{ "compare", 2, run_compare },
};

static int read_count(
	struct cli *c, const char *name, unsigned dflt, unsigned max, unsigned *ret)
{
	const char *text = cli_given(c, name);
	uint64_t v = dflt;

	if (text && (str_to_u64(str_from(text), max, &v) < 0 || v == 0))
		return cli_usage(c, "--%s is a number from 1 to %u", name, max);
	*ret = (unsigned)v;
	return 0;
}

int cmd_range(struct cli *c)
{
	struct range_run run = { .c = c, .arg = (const char *const *)c->arg + 1 };
	const struct operation *op = NULL;
	int code;

	for (size_t i = 0; i < ARRAY_SIZE(operations); i++)
		if (strcmp(operations[i].name, c->arg[0]) == 0)
			op = &operations[i];
	if (!op)
		return cli_usage(c, "range has no operation '%s'", c->arg[0]);
	if (c->n_args - 1 != op->args)
		return cli_usage(c, "range %s takes %u argument%s", op->name, op->args,
			op->args > 1 ? "s" : "");
	code = read_count(c, "parts", 3, VERSION_PARTS_MAX, &run.f.parts);
	if (code == 0)
		code = read_count(c, "major", 1, run.f.parts, &run.f.major);
	if (code != 0)
		return code;
	if (c->json)
		json_text(&c->out, "operation", op->name);
	return op->run(&run);
}
