/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Puts the site files of a host together. Knows in which order they count, and what becomes of all
 * of them when one is broken; what one file says is the probe's to read.
 */
#include "cli/site.h"

#include <errno.h>
#include <sys/stat.h>
#include <time.h>

struct loading {
	struct cli *c;
	struct siteset *set;
	struct policy_file *file;
	struct image_input *input;
	struct source *source;
	struct site_file *parsed;
	uint32_t n;
};

struct policyset_options siteset_options(const struct cli *c)
{
	return (struct policyset_options){ .root = str_from(c->root), .site = true };
}

bool is_site_path(struct str path)
{
	return str_starts(path, STR("/etc/mdevcompat/site.d/")) ||
	       str_starts(path, STR("/run/mdevcompat/site.d/"));
}

/* The first error of a file, as the image keeps it. */
static void take_broken(struct loading *l, uint32_t i, enum input_state state, size_t from)
{
	const struct diag *g = NULL;
	const struct diags *d = &l->c->diags;

	for (size_t k = from; k < d->n && !g; k++)
		if (d->list[k].severity == DIAG_ERROR)
			g = &d->list[k];
	l->input[i].state = state;
	l->input[i].message = policyset_message(l->c->arena, l->file[i].path, g);
	l->set->broken = true;
}

static int load_one(struct loading *l, uint32_t i)
{
	const struct policy_file *f = &l->file[i];
	struct diags *d = &l->c->diags;
	struct diag *g;
	size_t from = d->n;
	int r;

	l->input[i] = (struct image_input){ .path = f->path, .state = f->state };
	memcpy(l->input[i].digest, f->digest, sizeof(f->digest));
	if (f->state == INPUT_MASKED || f->state == INPUT_OVERRIDDEN)
		return 0;
	if (f->state == INPUT_REFUSED) {
		g = diag_file(d, DIAG_FILE_REFUSED, f->open_path, "%.*s", STR_FMT(f->why));
		g->help = f->help;
		take_broken(l, i, INPUT_REFUSED, from);
		return 0;
	}
	l->source[i] = (struct source){ .path = f->open_path, .text = f->text, .digest = f->digest };
	r = site_parse(l->c->arena, &l->source[i], d, &l->parsed[i]);
	if (r == -EBADMSG)
		take_broken(l, i, INPUT_BROKEN, from);
	return r == -EBADMSG ? 0 : r;
}

/* The last file that says something counts, so it comes first. */
static int fold(struct loading *l)
{
	struct sbuf b = { .p = arena_alloc_raw(l->c->arena, SITE_TEXT_MAX), .size = SITE_TEXT_MAX };

	if (!b.p)
		return -ENOMEM;
	for (uint32_t i = l->n; i-- > 0 && !l->set->broken;) {
		if (l->input[i].state != INPUT_OK)
			continue;
		site_fold(&b, l->file[i].path, &l->parsed[i]);
		if (b.overflow) {
			size_t from = l->c->diags.n;

			diag_file(&l->c->diags, DIAG_SITE_TOO_LARGE, l->file[i].open_path,
				"with the files after it more than 64 KiB of site facts")
				->help = STR("say below `host:` or `driver:` what holds for many devices");
			take_broken(l, i, INPUT_BROKEN, from);
		}
	}
	if (l->set->broken) {
		b.n = 0;
		b.overflow = false;
		for (uint32_t i = 0; i < l->n; i++)
			if (l->input[i].state == INPUT_BROKEN || l->input[i].state == INPUT_REFUSED) {
				site_fold_broken(&b, l->file[i].path);
				break; /* one is enough, and all of them might not fit */
			}
	}
	l->set->text = sbuf_str(&b);
	return 0;
}

int siteset_load(struct cli *c, struct siteset *ret)
{
	struct policyset_options o = siteset_options(c);
	struct siteset set = { 0 };
	struct loading l = { .c = c, .set = &set };
	struct str where = { 0 };
	int r = policyset_scan(c->arena, &o, &l.file, &l.n, &where);

	if (r == -E2BIG)
		return cli_fail(c, EXIT_INPUT, "bad-input", "more than %d site files",
			POLICY_FILES_MAX);
	if (r < 0)
		return cli_fail_errno(c, r, "%.*s", STR_FMT(where));
	l.input = arena_new_array(c->arena, l.n, struct image_input);
	l.source = arena_new_array(c->arena, l.n, struct source);
	l.parsed = arena_new_array(c->arena, l.n, struct site_file);
	if (arena_failed(c->arena))
		return cli_fail_errno(c, -ENOMEM, "site files");
	for (uint32_t i = 0; i < l.n && r == 0; i++)
		r = load_one(&l, i);
	if (r == 0 && l.n > 0)
		r = fold(&l);
	if (r < 0 || arena_failed(c->arena))
		return cli_fail_errno(c, r < 0 ? r : -ENOMEM, "site files");
	set.file = l.file;
	set.input = l.input;
	set.source = l.source;
	set.parsed = l.parsed;
	set.n = l.n;
	*ret = set;
	return 0;
}

/* ---- with the policies ----------------------------------------------------------------------- */

struct keys {
	struct str *key;
	uint32_t n, room;
};

static int add_keys(struct cli *c, struct keys *k, const struct attr *attr, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		if (attr[i].fact.kind != FACT_SITE)
			continue;
		if (k->n == k->room) {
			uint32_t room = k->room ? k->room * 2 : 64;
			struct str *grown = arena_new_array(c->arena, room, struct str);

			if (!grown)
				return -ENOMEM;
			if (k->n > 0)
				memcpy(grown, k->key, k->n * sizeof(*grown));
			k->key = grown;
			k->room = room;
		}
		k->key[k->n++] = attr[i].fact.path[0];
	}
	return 0;
}

/* What the sections of the image read. */
static int collect_keys(struct cli *c, const struct image_build *build, struct keys *ret)
{
	for (uint32_t i = 0; i < build->n_inputs; i++) {
		struct section_source section;
		struct policy head;
		int r;

		if (build->input[i].section.n == 0)
			continue;
		section_memory(&section, &build->input[i].section);
		r = section_decode_head(c->arena, &section, &head);
		if (r == 0)
			r = add_keys(c, ret, head.attr, head.n_attrs);
		if (r == 0)
			r = add_keys(c, ret, head.local, head.n_locals);
		if (r < 0)
			return r;
	}
	return 0;
}

static void warn_of_unread(struct cli *c, const struct siteset *s, const struct keys *k)
{
	for (uint32_t i = 0; i < s->n; i++)
		for (uint32_t e = 0; e < s->parsed[i].n; e++) {
			const struct site_entry *x = &s->parsed[i].entry[e];
			struct str meant;
			struct diag *g;
			uint32_t n = 0;

			while (n < k->n && !str_eq(k->key[n], x->key))
				n++;
			if (n < k->n)
				continue;
			g = diag_at(&c->diags, DIAG_SITE_UNUSED, &s->source[i], x->span,
				"no policy reads the site fact '%.*s'", STR_FMT(x->key));
			meant = closest_word(x->key, k->key, k->n);
			if (meant.n > 0)
				g->help = diag_text(&c->diags, "did you mean '%.*s'?", STR_FMT(meant));
		}
}

int siteset_add(struct cli *c, const struct siteset *s, struct policyset *set)
{
	struct image_build *build = &set->build;
	struct image_input *all;
	struct keys keys = { 0 };
	int r;

	if (s->n == 0)
		return 0;
	r = collect_keys(c, build, &keys);
	all = arena_new_array(c->arena, (size_t)build->n_inputs + s->n, struct image_input);
	if (r < 0 || !all)
		return cli_fail_errno(c, r < 0 ? r : -ENOMEM, "site files");
	if (!s->broken && !set->broken)
		warn_of_unread(c, s, &keys);
	if (build->n_inputs > 0)
		memcpy(all, build->input, build->n_inputs * sizeof(*all));
	memcpy(all + build->n_inputs, s->input, s->n * sizeof(*all));
	build->input = all;
	build->n_inputs += s->n;
	build->site = s->text;
	return 0;
}

/* ---- on disk, now ---------------------------------------------------------------------------- */

void site_look(struct host *h, struct str path, struct site_now *ret)
{
	const char *at = cli_text(h->c, "%s%.*s", h->c->root, STR_FMT(path));
	uint32_t n = h->image ? image_n_inputs(h->image) : 0;
	uint8_t digest[SHA256_SIZE];
	struct image_input in;
	struct stat st;
	struct str text;

	*ret = (struct site_now){ .gone = true, .changed = true };
	if (stat(at, &st) < 0 || policyset_read(h->c->arena, at, &text) < 0)
		return;
	ret->gone = false;
	ret->age = (int64_t)time(NULL) - (int64_t)st.st_mtime;
	sha256_bytes(text.p, text.n, digest);
	for (uint32_t i = 0; i < n; i++)
		if (image_input_get(h->image, i, &in) == 0 && str_eq(in.path, path))
			ret->changed = memcmp(in.digest, digest, sizeof(digest)) != 0;
}

const char *site_age_text(struct cli *c, const struct site_now *now)
{
	static const struct {
		int64_t seconds;
		const char *name;
	} unit[] = { { 86400, "day" }, { 3600, "hour" }, { 60, "minute" } };

	if (now->gone)
		return "gone since `mdevcompat update`";
	if (now->age < -60)
		return "dated in the future";
	for (size_t i = 0; i < ARRAY_SIZE(unit); i++) {
		int64_t n = now->age / unit[i].seconds;

		if (n > 0)
			return cli_text(c, "%lld %s%s old", (long long)n, unit[i].name, n == 1 ? "" : "s");
	}
	return "less than a minute old";
}
