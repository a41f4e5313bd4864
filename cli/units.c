/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where prove and diff get their policies from, and how they show subjects. An image is read back
 * whole, so that what is analysed is what would be in force.
 */
#include "cli/units.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "grammar/compile.h"

#define VALUE_TEXT_MAX	    4096
#define PROGRESS_AFTER_NSEC ((int64_t)1000000000)

/* ---- reading policies back ---------------------------------------------------------------------- */

static int read_policy(struct cli *c, struct image *img, uint32_t input,
	const struct policy **ret)
{
	struct policy *p = arena_new(c->arena, struct policy);
	struct section_source src;
	int r;

	if (!p)
		return -ENOMEM;
	r = image_section(img, input, &src);
	if (r == 0)
		r = section_decode_head(c->arena, &src, p);
	if (r == 0)
		r = section_decode_all(c->arena, &src, p, &p->rule, &p->n_rules);
	*ret = p;
	return r;
}

static bool same_unit(const struct unit *u, const struct image_scope *s)
{
	return u->input == s->input && u->n_narrows == s->n_narrows &&
	       (s->n_narrows == 0 ||
		       memcmp(u->narrows, s->narrows, s->n_narrows * sizeof(*s->narrows)) == 0);
}

static int read_unit(struct cli *c, struct image *img, const struct image_scope *s,
	struct unit *ret)
{
	const struct policy **narrows = arena_new_array(c->arena, s->n_narrows,
		const struct policy *);
	struct image_input in;
	int r = narrows ? 0 : -ENOMEM;

	*ret = (struct unit){ .input = s->input, .narrows = s->narrows,
		.n_narrows = s->n_narrows };
	if (r == 0)
		r = image_input_get(img, (uint32_t)s->input, &in);
	if (r == 0)
		r = read_policy(c, img, (uint32_t)s->input, &ret->judged.policy);
	for (uint32_t i = 0; r == 0 && i < s->n_narrows; i++)
		r = read_policy(c, img, s->narrows[i], &narrows[i]);
	if (r < 0)
		return r;
	ret->file = in.path;
	ret->judged.narrows = narrows;
	ret->judged.n_narrows = s->n_narrows;
	ret->judged.scope = arena_new_array(c->arena, ret->judged.policy->n_scopes, struct scope);
	return ret->judged.scope ? 0 : -ENOMEM;
}

static void add_scope(struct unit *u, const struct image_scope *s)
{
	const struct policy *p = u->judged.policy;
	struct scope *list = (struct scope *)u->judged.scope;

	for (uint32_t i = 0; i < p->n_scopes; i++)
		if (p->scope[i].kind == s->kind && str_eq(p->scope[i].driver, s->driver)) {
			list[u->judged.n_scopes++] = p->scope[i];
			return;
		}
}

/* Scopes in an image are in no order for people. */
static void sort_units(struct unit_set *set)
{
	for (uint32_t i = 1; i < set->n; i++)
		for (uint32_t k = i; k > 0 && set->unit[k].input < set->unit[k - 1].input; k--) {
			struct unit swap = set->unit[k];

			set->unit[k] = set->unit[k - 1];
			set->unit[k - 1] = swap;
		}
}

static void sort_scopes(struct unit *u)
{
	struct scope *s = (struct scope *)u->judged.scope;

	for (uint32_t i = 1; i < u->judged.n_scopes; i++)
		for (uint32_t k = i; k > 0 && (s[k].kind < s[k - 1].kind ||
				     (s[k].kind == s[k - 1].kind &&
					     str_cmp(s[k].driver, s[k - 1].driver) < 0)); k--) {
			struct scope swap = s[k];

			s[k] = s[k - 1];
			s[k - 1] = swap;
		}
}

static int read_image(struct cli *c, struct image *img, struct unit_set *ret)
{
	uint32_t n = image_n_scopes(img);
	int r = 0;

	*ret = (struct unit_set){ .image = img };
	ret->unit = arena_new_array(c->arena, n, struct unit);
	if (!ret->unit)
		r = -ENOMEM;
	for (uint32_t i = 0; r == 0 && i < n; i++) {
		struct image_scope s;
		uint32_t k = 0;

		r = image_scope_get(img, i, &s);
		if (r < 0)
			break;
		if (!status_has_fingerprint(s.status)) {
			cli_note(c, status_name(s.status), "%.*s: %s", STR_FMT(s.driver),
				status_text(s.status));
			ret->dark = true;
			continue;
		}
		while (k < ret->n && !same_unit(&ret->unit[k], &s))
			k++;
		if (k == ret->n) {
			r = read_unit(c, img, &s, &ret->unit[k]);
			ret->n += r == 0;
		}
		if (r == 0)
			add_scope(&ret->unit[k], &s);
	}
	if (r == -EBADMSG)
		return cli_fail(c, EXIT_UNKNOWN, status_name(STATUS_IMAGE_DAMAGED), "%s",
			status_text(STATUS_IMAGE_DAMAGED));
	if (r < 0)
		return cli_fail_errno(c, r, "policies");
	sort_units(ret);
	for (uint32_t i = 0; i < ret->n; i++)
		sort_scopes(&ret->unit[i]);
	return 0;
}

int units_of_host(struct host *h, struct unit_set *ret)
{
	struct cli *c = h->c;
	int r = host_open_image(h);

	if (r != 0)
		return r;
	if (!h->image)
		return cli_fail(c, EXIT_UNKNOWN, status_name(h->image_status), "%s",
			status_text(h->image_status));
	return read_image(c, h->image, ret);
}

/* ---- policies that are named ------------------------------------------------------------------------ */

static int open_build(struct cli *c, const struct image_build *b, struct unit_set *ret)
{
	enum mdc_status status;
	struct image *img;
	struct str bytes;
	int r = image_encode(c->arena, b, &bytes);

	if (r == 0)
		r = image_open_memory(c->images, bytes, &img, &status);
	if (r == -E2BIG)
		return cli_fail(c, EXIT_INPUT, "too-complex", "the policies pass a bound on size");
	if (r < 0)
		return cli_fail_errno(c, r, "compiling");
	return read_image(c, img, ret);
}

static int compile_file(struct cli *c, const char *path, struct source *src,
	const struct policy **ret)
{
	int r;

	src->path = str_from(path);
	r = policyset_read(c->arena, path, &src->text);
	if (r == -EINVAL)
		return cli_fail(c, EXIT_SYSTEM, "system", "%s: not a regular file", path);
	if (r == 0)
		r = policy_compile(c->arena, src, &c->diags, ret, NULL);
	if (r == -EBADMSG || r == -EPROTO)
		return cli_fail(c, EXIT_INPUT, "bad-input", "%s is broken", path);
	if (r < 0)
		return cli_fail_errno(c, r, "%s", path);
	if ((*ret)->narrows.n > 0)
		return cli_fail(c, EXIT_INPUT, "bad-input",
			"%s narrows another policy and says nothing alone; name a folder with both", path);
	return 0;
}

static int units_of_file(struct cli *c, const char *path, struct unit_set *ret)
{
	struct source *src = arena_new(c->arena, struct source);
	struct image_input in = { .path = str_from(path) };
	struct image_scope *scope;
	struct image_build build = { .input = &in, .n_inputs = 1 };
	const struct policy *p;
	int r;

	if (!src)
		return cli_fail_errno(c, -ENOMEM, "%s", path);
	r = compile_file(c, path, src, &p);
	if (r != 0)
		return r;
	scope = arena_new_array(c->arena, p->n_scopes, struct image_scope);
	r = scope ? section_encode(c->arena, p, &in.section) : -ENOMEM;
	if (r < 0)
		return cli_fail_errno(c, r, "%s", path);
	for (uint32_t i = 0; i < p->n_scopes; i++)
		scope[i] = (struct image_scope){ .kind = p->scope[i].kind,
			.driver = p->scope[i].driver, .status = STATUS_OK };
	build.scope = scope;
	build.n_scopes = p->n_scopes;
	r = host_fold(c, &build);
	if (r == 0)
		r = open_build(c, &build, ret);
	ret->source = src;
	return r;
}

static int units_of_folder(struct cli *c, const char *path, struct unit_set *ret)
{
	struct str dir = str_from(path);
	struct policyset_options o = { .dir = &dir, .n_dirs = 1 };
	struct policyset set;
	int r = host_load_set(c, &o, &set);

	if (r != 0)
		return r;
	if (set.broken)
		return cli_fail(c, EXIT_INPUT, "bad-input", "policies in %s are broken", path);
	r = host_fold(c, &set.build);
	if (r == 0)
		r = open_build(c, &set.build, ret);
	ret->source = set.source;
	return r;
}

int units_of_path(struct cli *c, const char *path, struct unit_set *ret)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return cli_fail_errno(c, -errno, "%s", path);
	return S_ISDIR(st.st_mode) ? units_of_folder(c, path, ret) : units_of_file(c, path, ret);
}

/* ---- progress ---------------------------------------------------------------------------------------- */

static int64_t now(void)
{
	struct timespec t = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void show(void *ctx, uint32_t done, uint32_t of)
{
	struct units_progress *p = ctx;

	if (of == 0 || now() - p->began < PROGRESS_AFTER_NSEC)
		return;
	p->shown = true;
	fprintf(stderr, "\r%s: %u %%\033[K", p->what, (uint32_t)((uint64_t)done * 100 / of));
}

struct relation_options units_options(struct units_progress *p)
{
	p->began = now();
	return (struct relation_options){
		.progress = !p->c->json && isatty(STDERR_FILENO) ? show : NULL,
		.ctx = p,
	};
}

void units_progress_end(struct units_progress *p)
{
	if (p->shown)
		fputs("\r\033[K", stderr);
	p->shown = false;
}

/* ---- subjects ----------------------------------------------------------------------------------------- */

/* The values of a subject by number: kind, driver, type, then the others. */
static struct str value_name(const struct relation_subject *s, uint32_t i)
{
	static const struct str built_in[] = { STR_INIT("kind"), STR_INIT("driver"),
		STR_INIT("type") };

	return i < ARRAY_SIZE(built_in) ? built_in[i] : s->value[i - ARRAY_SIZE(built_in)].name;
}

static struct str value_text(const struct relation_subject *s, uint32_t i, struct sbuf *b)
{
	b->n = 0;
	if (i == 0)
		return s->scope->kind == KIND_MDEV ? STR("mdev") : STR("vfio");
	if (i == 1)
		return s->scope->driver;
	if (i == 2)
		return s->type.p ? s->type : STR("absent");
	relation_value_print(b, &s->value[i - 3]);
	return b->overflow ? STR("...") : sbuf_str(b);
}

static bool all_same(const struct relation_subject *who, uint32_t n, uint32_t i)
{
	char first[VALUE_TEXT_MAX], other[VALUE_TEXT_MAX];
	struct sbuf b = SBUF(first);
	struct str text = value_text(&who[0], i, &b);

	for (uint32_t k = 1; k < n; k++) {
		struct sbuf o = SBUF(other);

		if (!str_eq(text, value_text(&who[k], i, &o)))
			return false;
	}
	return true;
}

static void print_value(const struct relation_subject *s, uint32_t i, const char *role,
	const char *indent, bool differs, const struct cli *c)
{
	char text[VALUE_TEXT_MAX];
	struct sbuf b = SBUF(text);
	struct str name = value_name(s, i), value = value_text(s, i, &b);

	printf("%s%-7s %s", indent, role, differs ? cli_color(c, stdout, COLOR_BOLD) : "");
	cli_print(stdout, name);
	fputs(" = ", stdout);
	if (value.n == 0)
		fputs("''", stdout);
	cli_print(stdout, value);
	printf("%s\n", differs ? cli_color(c, stdout, COLOR_NONE) : "");
}

void units_print_subjects(const struct cli *c, const struct relation_subject *who, uint32_t n,
	const char *const *role, const char *indent)
{
	uint32_t values = n > 0 ? who[0].n + 3 : 0;
	bool any = false;

	for (uint32_t k = 0; k < n; k++)
		for (uint32_t i = 0; i < values; i++)
			if (!all_same(who, n, i))
				print_value(&who[k], i, role[k], indent, true, c);
	for (uint32_t i = 0; i < values; i++) {
		if (!all_same(who, n, i))
			continue;
		print_value(&who[0], i, any ? "" : n == 1 ? role[0] : n == 2 ? "both" : "all", indent,
			false, c);
		any = true;
	}
}

void units_json_subjects(struct cli *c, const char *key, const struct relation_subject *who,
	uint32_t n, const char *const *role)
{
	char text[VALUE_TEXT_MAX];

	json_array(&c->out, key);
	for (uint32_t k = 0; k < n; k++) {
		json_object(&c->out, NULL);
		json_text(&c->out, "role", role[k]);
		json_object(&c->out, "values");
		for (uint32_t i = 0; i < who[k].n + 3; i++) {
			struct sbuf b = SBUF(text);
			bool absent = i == 2 ? !who[k].type.p :
					       i > 2 && !who[k].value[i - 3].has_ranges &&
						       who[k].value[i - 3].value.type.tag == VT_NONE;
			struct str value = value_text(&who[k], i, &b);

			json_str_at(&c->out, value_name(&who[k], i), absent ? (struct str){ 0 } : value);
		}
		json_end(&c->out);
		json_end(&c->out);
	}
	json_end(&c->out);
}
