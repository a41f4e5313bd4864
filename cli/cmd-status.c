/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * status: what is in force, from which files, what failed, and what on disk is not in the image.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/site.h"

struct shown_status {
	struct cli *c;
	struct host host;
	struct image_input *input;
	bool *has_section;
	uint32_t n_inputs;
	struct image_scope *scope;
	uint32_t n_scopes;
	struct drift_file *drift;
	uint32_t n_drift;
	struct policyset set; /* what is on disk, when that differs */
	struct siteset site;  /* likewise */
	bool has_set;
	bool broken;
};

static bool is_bad(enum input_state s)
{
	return s == INPUT_STALE || s == INPUT_BROKEN || s == INPUT_REFUSED;
}

static int by_pair(const void *x, const void *y)
{
	const struct image_scope *a = x, *b = y;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return str_cmp(a->driver, b->driver);
}

static int read_image(struct shown_status *s)
{
	struct cli *c = s->c;
	struct image *img = s->host.image;
	struct section_source section;
	int r = 0;

	s->n_inputs = image_n_inputs(img);
	s->n_scopes = image_n_scopes(img);
	s->input = arena_new_array(c->arena, s->n_inputs, struct image_input);
	s->has_section = arena_new_array(c->arena, s->n_inputs, bool);
	s->scope = arena_new_array(c->arena, s->n_scopes, struct image_scope);
	if (arena_failed(c->arena))
		return -ENOMEM;
	for (uint32_t i = 0; r == 0 && i < s->n_inputs; i++) {
		r = image_input_get(img, i, &s->input[i]);
		s->broken |= r == 0 && is_bad(s->input[i].state);
		s->has_section[i] = r == 0 && image_section(img, i, &section) == 0;
	}
	for (uint32_t i = 0; r == 0 && i < s->n_scopes; i++) {
		r = image_scope_get(img, i, &s->scope[i]);
		s->broken |= r == 0 && s->scope[i].status != STATUS_OK;
	}
	if (r == 0 && s->n_scopes > 0)
		qsort(s->scope, s->n_scopes, sizeof(*s->scope), by_pair);
	return r < 0 ? r : image_verify(img);
}

/* Files that differ from the image are compiled, to say whether an update would take them. */
static int look_at_disk(struct shown_status *s)
{
	struct policyset_options o = host_policyset_options(s->c);
	int r = host_drift(&s->host, &s->drift, &s->n_drift);

	if (r != 0 || s->n_drift == 0)
		return r;
	r = host_load_set(s->c, &o, &s->set);
	if (r == 0)
		r = siteset_load(s->c, &s->site);
	s->has_set = r == 0;
	s->broken |= r == 0 && (s->set.broken || s->site.broken);
	return r;
}

static const char *digest_text(struct cli *c, const uint8_t digest[SHA256_SIZE], unsigned bytes)
{
	char hex[2 * SHA256_SIZE + 1];
	struct sbuf b = SBUF(hex);

	for (unsigned i = 0; i < bytes; i++)
		sbuf_put_hex(&b, digest[i], 2);
	return cli_text(c, "%.*s", STR_FMT(sbuf_str(&b)));
}

static bool is_zero(const uint8_t digest[SHA256_SIZE])
{
	for (unsigned i = 0; i < SHA256_SIZE; i++)
		if (digest[i])
			return false;
	return true;
}

static const char *kind_text(enum subject_kind kind)
{
	return kind == KIND_VFIO ? "vfio-device" : "mdev-type";
}

static const char *message_among(struct shown_status *s, const struct image_input *in, uint32_t n,
	struct str path)
{
	for (uint32_t i = 0; i < n; i++)
		if (str_eq(in[i].path, path) && in[i].message.n > 0)
			return cli_text(s->c, "%.*s", STR_FMT(in[i].message));
	return NULL;
}

/* What compiling the file on disk says; NULL: nothing bad. */
static const char *disk_message(struct shown_status *s, struct str path)
{
	if (!s->has_set)
		return NULL;
	if (is_site_path(path))
		return message_among(s, s->site.input, s->site.n, path);
	return message_among(s, s->set.build.input, s->set.build.n_inputs, path);
}

/* ---- JSON -------------------------------------------------------------------------------------- */

static void print_json(struct shown_status *s)
{
	struct cli *c = s->c;
	struct json *j = &c->out;

	json_object(j, "image");
	json_text(j, "path", s->host.image_path);
	json_text(j, "status", status_name(s->host.image_status));
	json_text(j, "digest",
		s->host.image ? digest_text(c, image_digest(s->host.image), SHA256_SIZE) : NULL);
	json_end(j);
	json_array(j, "files");
	for (uint32_t i = 0; i < s->n_inputs; i++) {
		const struct image_input *in = &s->input[i];

		json_object(j, NULL);
		json_str(j, "path", in->path);
		json_text(j, "state", input_state_name(in->state));
		json_text(j, "digest",
			is_zero(in->digest) ? NULL : digest_text(c, in->digest, SHA256_SIZE));
		json_text(j, "in_force",
			s->has_section[i] ? digest_text(c, in->section_digest, SHA256_SIZE) : NULL);
		json_text(j, "message",
			in->message.n > 0 ? cli_text(c, "%.*s", STR_FMT(in->message)) : NULL);
		json_end(j);
	}
	json_end(j);
	json_array(j, "drivers");
	for (uint32_t i = 0; i < s->n_scopes; i++) {
		const struct image_scope *sc = &s->scope[i];

		json_object(j, NULL);
		json_text(j, "kind", kind_text(sc->kind));
		json_str(j, "driver", sc->driver);
		json_text(j, "status", status_name(sc->status));
		if (sc->input >= 0 && (uint32_t)sc->input < s->n_inputs)
			json_str(j, "file", s->input[sc->input].path);
		else
			json_null(j, "file");
		json_array(j, "narrowed_by");
		for (uint32_t k = 0; k < sc->n_narrows; k++)
			if (sc->narrows[k] < s->n_inputs)
				json_str(j, NULL, s->input[sc->narrows[k]].path);
		json_end(j);
		json_end(j);
	}
	json_end(j);
	json_array(j, "on_disk");
	for (uint32_t i = 0; i < s->n_drift; i++) {
		json_object(j, NULL);
		json_str(j, "path", s->drift[i].path);
		json_text(j, "difference", drift_text(s->drift[i].drift));
		json_text(j, "message", disk_message(s, s->drift[i].path));
		json_end(j);
	}
	json_end(j);
}

/* ---- for people --------------------------------------------------------------------------------- */

static void print_state(struct cli *c, bool bad, bool odd, const char *text)
{
	printf("%s%-10s%s ",
		bad ? cli_color(c, stdout, COLOR_RED) : odd ? cli_color(c, stdout, COLOR_YELLOW) : "",
		text, bad || odd ? cli_color(c, stdout, COLOR_NONE) : "");
}

static void print_people(struct shown_status *s)
{
	struct cli *c = s->c;

	if (!s->host.image) {
		printf("image      %s%s%s%s\n", cli_color(c, stdout, COLOR_RED),
			s->host.image_path ? s->host.image_path : "",
			s->host.image_path ? ": " : "", status_text(s->host.image_status));
		fputs(cli_color(c, stdout, COLOR_NONE), stdout);
		return;
	}
	printf("image      %s (%s)\n", s->host.image_path,
		digest_text(c, image_digest(s->host.image), 8));
	if (s->host.image_status != STATUS_OK)
		printf("           %s%s%s\n", cli_color(c, stdout, COLOR_RED),
			status_text(s->host.image_status), cli_color(c, stdout, COLOR_NONE));
	if (s->n_inputs > 0)
		printf("\n%sfiles%s\n", cli_color(c, stdout, COLOR_BOLD),
			cli_color(c, stdout, COLOR_NONE));
	for (uint32_t i = 0; i < s->n_inputs; i++) {
		const struct image_input *in = &s->input[i];

		fputs("  ", stdout);
		print_state(c, is_bad(in->state) || in->message.n > 0, in->state != INPUT_OK,
			input_state_name(in->state));
		printf("%s%.*s%s%s\n", c->root, STR_FMT(in->path), is_zero(in->digest) ? "" : "  ",
			is_zero(in->digest) ? "" : digest_text(c, in->digest, 4));
		if (in->message.n > 0) {
			fputs("             ", stdout);
			cli_print(stdout, in->message);
			putchar('\n');
		}
	}
	if (s->n_scopes > 0)
		printf("\n%sdrivers%s\n", cli_color(c, stdout, COLOR_BOLD),
			cli_color(c, stdout, COLOR_NONE));
	for (uint32_t i = 0; i < s->n_scopes; i++) {
		const struct image_scope *sc = &s->scope[i];
		bool known = sc->input >= 0 && (uint32_t)sc->input < s->n_inputs;

		fputs("  ", stdout);
		print_state(c, sc->status != STATUS_OK, false, status_name(sc->status));
		printf("%s %.*s", kind_text(sc->kind), STR_FMT(sc->driver));
		if (known)
			printf("  %s%.*s", c->root, STR_FMT(s->input[sc->input].path));
		for (uint32_t k = 0; k < sc->n_narrows; k++)
			if (sc->narrows[k] < s->n_inputs)
				printf(" - %s%.*s", c->root, STR_FMT(s->input[sc->narrows[k]].path));
		putchar('\n');
	}
	if (s->n_drift > 0)
		printf("\n%son disk%s (run `mdevcompat update`)\n", cli_color(c, stdout, COLOR_BOLD),
			cli_color(c, stdout, COLOR_NONE));
	for (uint32_t i = 0; i < s->n_drift; i++) {
		const char *message = disk_message(s, s->drift[i].path);

		printf("  %s%s%.*s %s%s\n",
			cli_color(c, stdout, message ? COLOR_RED : COLOR_YELLOW), c->root,
			STR_FMT(s->drift[i].path), drift_text(s->drift[i].drift),
			cli_color(c, stdout, COLOR_NONE));
		if (message) {
			fputs("             ", stdout);
			cli_print(stdout, str_from(message));
			putchar('\n');
		}
	}
}

int cmd_status(struct cli *c)
{
	struct shown_status s = { .c = c, .host = HOST_INIT(c) };
	int r = host_open_installed(&s.host);

	if (r == 0 && s.host.image) {
		r = read_image(&s);
		if (r == -EBADMSG) {
			s.host.image_status = STATUS_IMAGE_DAMAGED;
			s.n_inputs = s.n_scopes = 0;
			r = 0;
		} else if (r < 0) {
			r = cli_fail_errno(c, r, "%s", s.host.image_path);
		}
	}
	if (r == 0 && s.host.image && s.host.image_status == STATUS_OK)
		r = look_at_disk(&s);
	if (r == 0) {
		if (c->json)
			print_json(&s);
		else
			print_people(&s);
		r = s.host.image_status != STATUS_OK ? EXIT_UNKNOWN : s.broken ? EXIT_INPUT : EXIT_YES;
	}
	host_close(&s.host);
	return r;
}
