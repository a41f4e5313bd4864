/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cli/command.h"
#include "engine/image/image.h"
#include "engine/probe/subject.h"
#include "grammar/policyset.h"

/*
 * What is in force on the host that --root and --policies name: the image, the policy files on
 * disk, and sysfs. Everything is opened when it is first asked for.
 */
#define IMAGE_NAME "policies.bin"

/* Where an image may be, in the order in which it is looked for. */
enum image_place { IMAGE_RUN = 0, IMAGE_ETC, IMAGE_USR, IMAGE_PLACES };
const char *image_folder(enum image_place place); /* "/etc/mdevcompat" */

struct host {
	struct cli *c;
	int image_fd;
	struct image *image;	     /* NULL: there is none that can be used */
	enum mdc_status image_status; /* STATUS_OK, NO_IMAGE, IMAGE_VERSION or IMAGE_DAMAGED */
	const char *image_path;	     /* as the user knows it; NULL: --policies, or none */
	enum image_place place;
	bool compiled;		     /* --policies: .set is what the image was made from */
	struct policyset set;
	struct sysfs sysfs;
	bool has_sysfs;
};

#define HOST_INIT(cli) { .c = (cli), .image_fd = -1, .sysfs = { .fd = -1 } }
void host_close(struct host *h);

/*
 * Opens the image: with --policies one made on the spot, else the installed one. Returns 0 also
 * when there is none (see .image_status), or the exit code after a failure was reported: broken
 * policies in --policies are EXIT_INPUT unless --keep-going was given.
 */
int host_open_image(struct host *h);
/* The installed one only. */
int host_open_installed(struct host *h);
/* The same without a word: a negative errno, of .image_path. */
int host_find_installed(struct host *h);
/* <root>/sys; reported. */
int host_open_sysfs(struct host *h);

/* The options of policyset_load() and _scan() that --root and --policies come to. */
struct policyset_options host_policyset_options(const struct cli *c);
/* Loads the set; reports what keeps it from being loaded (not what is wrong in files). */
int host_load_set(struct cli *c, const struct policyset_options *o, struct policyset *ret);
/* Adds the host's os-release. What else is folded in: cli/site.h. */
int host_fold(struct cli *c, struct image_build *build);
/* The file that it is read from, without --root; "os-release": there is none that can be read. */
const char *host_os_release_path(struct cli *c);

/* The word of --json for what became of a file: "ok", "stale", ... */
const char *input_state_name(enum input_state s);

/* One file on disk - a policy, a site file, os-release - whose content is not in the image, or the
 * reverse. */
enum drift { DRIFT_NONE = 0, DRIFT_NEW, DRIFT_CHANGED, DRIFT_REFUSED, DRIFT_GONE };
struct drift_file {
	struct str path;
	enum drift drift;
};
const char *drift_text(enum drift d);
/* Compares; nothing to compare (no image, --policies) is no drift. 0 or an exit code. */
int host_drift(struct host *h, struct drift_file **ret, uint32_t *ret_n);
/* Says it on standard error, for commands that answer from the image. Never fails. */
void host_note_drift(struct host *h);
