/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Opens what is in force on a host: image, policy files, sysfs. Knows where these are; what they
 * say is the engine's business.
 */
#include "cli/host.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/site.h"

#define DRIFT_NOTES_MAX 5 /* files named one by one on standard error */

static const char *const image_folders[IMAGE_PLACES] = {
	[IMAGE_RUN] = "/run/mdevcompat",
	[IMAGE_ETC] = "/etc/mdevcompat",
	[IMAGE_USR] = "/usr/lib/mdevcompat",
};

const char *image_folder(enum image_place place)
{
	return image_folders[place];
}

void host_close(struct host *h)
{
	if (h->image_fd >= 0)
		close(h->image_fd);
	h->image_fd = -1;
	if (h->has_sysfs)
		sysfs_close(&h->sysfs);
	h->has_sysfs = false;
}

struct policyset_options host_policyset_options(const struct cli *c)
{
	return (struct policyset_options){
		.root = str_from(c->root),
		.dir = c->policies,
		.n_dirs = c->n_policies,
	};
}

int host_load_set(struct cli *c, const struct policyset_options *o, struct policyset *ret)
{
	struct str where = { 0 };
	int r = policyset_load(c->arena, o, &c->diags, ret, &where);

	if (r == -ENOMEM)
		return cli_fail_errno(c, r, "policies");
	if (r == -E2BIG)
		return cli_fail(c, EXIT_INPUT, "bad-input", "more than %d policy files",
			POLICY_FILES_MAX);
	if (r < 0)
		return cli_fail_errno(c, r, "%.*s", STR_FMT(where));
	return 0;
}

static int open_bytes(struct host *h, struct str bytes)
{
	int r = image_open_memory(h->c->images, bytes, &h->image, &h->image_status);

	if (r < 0)
		return cli_fail_errno(h->c, r, "the image made from --policies");
	h->image_status = STATUS_OK;
	return 0;
}

static int compile_given(struct host *h)
{
	struct cli *c = h->c;
	struct policyset_options o = host_policyset_options(c);
	struct siteset site;
	struct str bytes;
	int r;

	o.scratch = c->scratch;
	r = host_load_set(c, &o, &h->set);
	if (r == 0)
		r = siteset_load(c, &site);
	if (r != 0)
		return r;
	if (h->set.broken && !cli_given(c, "keep-going"))
		return cli_fail(c, EXIT_INPUT, "bad-input",
			"the policies in --policies are broken; --keep-going uses the others");
	if (site.broken && !cli_given(c, "keep-going"))
		return cli_fail(c, EXIT_INPUT, "bad-input",
			"a site file is broken; with --keep-going all site facts are unreadable");
	r = siteset_add(c, &site, &h->set);
	if (r == 0)
		r = host_fold(c, &h->set.build);
	if (r != 0)
		return r;
	r = image_encode(c->arena, &h->set.build, &bytes);
	if (r == -E2BIG)
		return cli_fail(c, EXIT_INPUT, "too-complex", "the policies pass a bound on size");
	if (r < 0)
		return cli_fail_errno(c, r, "compiling");
	h->compiled = true;
	return open_bytes(h, bytes);
}

static bool is_file(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

int host_find_installed(struct host *h)
{
	struct cli *c = h->c;
	int r;

	h->image_status = STATUS_NO_IMAGE;
	for (int place = 0; place < IMAGE_PLACES; place++) {
		const char *path = cli_text(c, "%s%s/" IMAGE_NAME, c->root, image_folders[place]);

		h->image_fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
		if (h->image_fd < 0 && (errno == ENOENT || errno == ENOTDIR))
			continue;
		r = h->image_fd < 0 ? -errno : 0;
		h->image_path = path;
		h->place = place;
		if (r < 0)
			return r;
		/* What is no file can be no image, and does not keep `update` from making one. */
		if (!is_file(h->image_fd)) {
			h->image_status = STATUS_IMAGE_DAMAGED;
			return 0;
		}
		r = image_open(c->images, h->image_fd, &h->image, &h->image_status);
		if (r == 0) {
			h->image_status = STATUS_OK;
			return 0;
		}
		h->image = NULL;
		return r == -EPROTONOSUPPORT || r == -EBADMSG ? 0 : r;
	}
	return 0;
}

int host_open_installed(struct host *h)
{
	int r = host_find_installed(h);

	return r < 0 ? cli_fail_errno(h->c, r, "%s", h->image_path) : 0;
}

int host_open_image(struct host *h)
{
	if (h->image || h->image_path)
		return 0;
	return h->c->n_policies > 0 ? compile_given(h) : host_open_installed(h);
}

int host_open_sysfs(struct host *h)
{
	int r;

	if (h->has_sysfs)
		return 0;
	r = sysfs_open(&h->sysfs, h->c->root);
	if (r < 0)
		return cli_fail_errno(h->c, r, "%s/sys", h->c->root);
	h->has_sysfs = true;
	h->sysfs.image = h->image;
	return 0;
}

const char *input_state_name(enum input_state s)
{
	switch (s) {
	case INPUT_OK: return "ok";
	case INPUT_STALE: return "stale";
	case INPUT_BROKEN: return "broken";
	case INPUT_REFUSED: return "refused";
	case INPUT_MASKED: return "masked";
	case INPUT_OVERRIDDEN: return "overridden";
	case INPUT_SHADOWED: return "shadowed";
	}
	return "unknown";
}

/* ---- what is on disk and not in the image ---------------------------------------------------- */

const char *drift_text(enum drift d)
{
	switch (d) {
	case DRIFT_NONE: break;
	case DRIFT_NEW: return "is not in the image";
	case DRIFT_CHANGED: return "has changed since the image was made";
	case DRIFT_REFUSED: return "cannot be used as it is now; `mdevcompat check` says why";
	case DRIFT_GONE: return "is in the image and not on disk any more";
	}
	return "is in the image";
}

static enum drift compare(const struct policy_file *f, const struct image_input *in)
{
	bool masked = f->state == INPUT_MASKED, overridden = f->state == INPUT_OVERRIDDEN;

	if (masked != (in->state == INPUT_MASKED) ||
		overridden != (in->state == INPUT_OVERRIDDEN))
		return DRIFT_CHANGED;
	if (masked || overridden)
		return DRIFT_NONE;
	if (f->state == INPUT_REFUSED && in->state != INPUT_REFUSED)
		return DRIFT_REFUSED;
	return memcmp(f->digest, in->digest, sizeof(f->digest)) == 0 ? DRIFT_NONE : DRIFT_CHANGED;
}

/* The policy files and the site files. */
static int scan_all(struct cli *c, struct policy_file **ret, uint32_t *ret_n)
{
	struct policyset_options o[2] = { host_policyset_options(c), siteset_options(c) };
	struct policy_file *part[2] = { 0 }, *all;
	uint32_t n[2] = { 0 };

	for (int i = 0; i < 2; i++) {
		struct str where = { 0 };
		int r = policyset_scan(c->arena, &o[i], &part[i], &n[i], &where);

		if (r < 0)
			return cli_fail_errno(c, r, "%.*s", STR_FMT(where));
	}
	all = arena_new_array(c->arena, (size_t)n[0] + n[1], struct policy_file);
	if (!all)
		return cli_fail_errno(c, -ENOMEM, "policies");
	for (int i = 0; i < 2; i++)
		if (n[i] > 0)
			memcpy(all + (i ? n[0] : 0), part[i], n[i] * sizeof(*all));
	*ret = all;
	*ret_n = n[0] + n[1];
	return 0;
}

int host_drift(struct host *h, struct drift_file **ret, uint32_t *ret_n)
{
	struct cli *c = h->c;
	struct policy_file *file = NULL;
	struct image_build now = { 0 };
	struct drift_file *list;
	struct image_input *in;
	struct str folded;
	uint32_t n_files = 0, n_inputs, n = 0;
	bool *seen;
	int r;

	*ret = NULL;
	*ret_n = 0;
	if (!h->image || h->compiled)
		return 0;
	r = scan_all(c, &file, &n_files);
	if (r == 0)
		r = host_fold(c, &now);
	if (r != 0)
		return r;
	n_inputs = image_n_inputs(h->image);
	in = arena_new_array(c->arena, n_inputs, struct image_input);
	seen = arena_new_array(c->arena, n_inputs, bool);
	list = arena_new_array(c->arena, (size_t)n_files + n_inputs + 1, struct drift_file);
	if (arena_failed(c->arena))
		return cli_fail_errno(c, -ENOMEM, "policies");
	for (uint32_t i = 0; i < n_inputs; i++) {
		r = image_input_get(h->image, i, &in[i]);
		if (r < 0)
			return cli_fail(c, EXIT_UNKNOWN, status_name(STATUS_IMAGE_DAMAGED),
				"%s: %s", h->image_path, status_text(STATUS_IMAGE_DAMAGED));
	}
	for (uint32_t i = 0; i < n_files; i++) {
		enum drift d = DRIFT_NEW;

		for (uint32_t k = 0; k < n_inputs; k++)
			if (str_eq(in[k].path, file[i].path)) {
				seen[k] = true;
				d = compare(&file[i], &in[k]);
			}
		if (d != DRIFT_NONE)
			list[n++] = (struct drift_file){ file[i].path, d };
	}
	for (uint32_t k = 0; k < n_inputs; k++)
		if (!seen[k])
			list[n++] = (struct drift_file){ in[k].path, DRIFT_GONE };
	if (image_os_release(h->image, &folded) == 0 && !str_eq(folded, now.os_release))
		list[n++] = (struct drift_file){ STR("/etc/os-release"), DRIFT_CHANGED };
	*ret = list;
	*ret_n = n;
	return 0;
}

/* An answer from the image stands, also where the files cannot be compared with it. */
static int drift_in_silence(struct host *h, struct drift_file **ret, uint32_t *ret_n)
{
	struct cli *c = h->c;
	const char *error = c->error;
	char *text = c->error_text;
	bool quiet = c->quiet;
	int r;

	c->error = NULL;
	c->error_text = NULL;
	c->quiet = true;
	r = host_drift(h, ret, ret_n);
	c->quiet = quiet;
	if (r != 0)
		cli_note(c, "image-not-compared", "nobody knows whether the image is as on disk: %s",
			c->error_text ? c->error_text : "no memory");
	free(c->error_text);
	c->error = error;
	c->error_text = text;
	return r;
}

void host_note_drift(struct host *h)
{
	struct cli *c = h->c;
	struct drift_file *list;
	uint32_t n;

	if (drift_in_silence(h, &list, &n) != 0)
		return;
	for (uint32_t i = 0; i < n && i < DRIFT_NOTES_MAX; i++)
		cli_note(c, "image-outdated", "%s%.*s %s%s", c->root, STR_FMT(list[i].path),
			drift_text(list[i].drift),
			list[i].drift == DRIFT_REFUSED ? "" : "; run `mdevcompat update`");
	if (n > DRIFT_NOTES_MAX)
		cli_note(c, "image-outdated", "and %u more; `mdevcompat status` lists them",
			n - DRIFT_NOTES_MAX);
}
