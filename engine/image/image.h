/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "engine/base/arena.h"
#include "engine/base/digest.h"
#include "engine/base/status.h"
#include "engine/image/section.h"

/*
 * The image: all compiled policies of a host in one file, `policies.bin`. Little-endian, in
 * pages of 4 KiB, each with a checksum (XXH3) seeded by the image's digest and the page's number,
 * so that pages of two images never pass for one. Read with pread, only the pages that one device
 * needs. Layout: ARCHITECTURE.md, "The image".
 *
 * The digest names the image: SHA-256 over each input's digest and state and the checksums of
 * what they were compiled to. There is no time in it.
 */
#define IMAGE_VERSION	3
#define IMAGE_PAGE_SIZE 4096

/* One input file and what became of it, in the order of the effective set. */
enum input_state {
	INPUT_OK = 0,
	INPUT_STALE,	/* broken now; its last good section is in use */
	INPUT_BROKEN,	/* broken, no good section: its scopes have no fingerprint */
	INPUT_REFUSED,	/* not opened or not read (permissions, size): as broken */
	INPUT_MASKED,	/* a symlink to /dev/null */
	INPUT_OVERRIDDEN, /* another directory has a file of the same name */
	INPUT_SHADOWED, /* a fallback all of whose scopes another policy has */
};

struct image_input {
	struct str path;	    /* as found, with --root's folder stripped */
	uint8_t digest[SHA256_SIZE]; /* of the content that was on disk; zero: not read */
	enum input_state state;
	struct str message;	    /* broken: the first diagnostic, one line with its place */
	struct str section;	    /* encoded policy; empty: none */
	uint8_t section_digest[SHA256_SIZE]; /* of the text the section was made from */
};

/* Which section answers for a (kind, driver) pair. */
struct image_scope {
	enum subject_kind kind;
	struct str driver;
	enum mdc_status status; /* STATUS_OK, or POLICY_STALE, POLICY_ERROR, POLICY_OVERLAP,
				 * LANGUAGE_TOO_NEW */
	int32_t input;		/* index of the input whose section answers, or, with a status
				 * without section, of the file to blame; -1: none */
	const uint32_t *narrows; /* inputs whose sections take away, ascending */
	uint32_t n_narrows;
};

struct image_build {
	const struct image_input *input;
	uint32_t n_inputs;
	const struct image_scope *scope; /* any order, no pair twice */
	uint32_t n_scopes;
	/* Facts that are folded in, as lines (engine/probe/subject.h says which). Empty: none. */
	struct str os_release;
	struct str site;
};

/*
 * Lays the image out. *ret lives in @a; the same build gives the same bytes. -ENOMEM, -E2BIG
 * (passes a bound of limits.h); -EINVAL: a pair stands twice, or a scope speaks of an input or a
 * section that is not there.
 */
int image_encode(struct arena *a, const struct image_build *b, struct str *ret);

/* ---- reading ----------------------------------------------------------------------------- */

struct image;

/*
 * Reads the header. @fd stays the caller's and must stay open; nothing is done to it
 * but pread. @a must outlive the image and bounds its memory: the
 * pages that were needed, once each. Returns 0, or with *ret_status filled:
 *   -EPROTONOSUPPORT (STATUS_IMAGE_VERSION), and STATUS_IMAGE_DAMAGED with all others:
 *   -EBADMSG, -EIO, -ENOMEM.
 */
int image_open(struct arena *a, int fd, struct image **ret, enum mdc_status *ret_status);
/* The same over bytes in memory (tests, `update --dry-run`, --policies): @bytes outlives it. */
int image_open_memory(struct arena *a, struct str bytes, struct image **ret,
	enum mdc_status *ret_status);

const uint8_t *image_digest(const struct image *img); /* SHA256_SIZE bytes */

/*
 * What answers for (@kind, @driver). Returns 0 with .status filled: STATUS_NO_POLICY when
 * nothing does; POLICY_ERROR and the like as in image_scope; OK and POLICY_STALE come with
 * .section. -EBADMSG, -EIO, -ENOMEM.
 */
struct image_answer {
	enum mdc_status status;
	int32_t input;			  /* index for image_input_get(), -1: none */
	struct section_source section;
	struct section_source *narrows;	  /* in the arena */
	uint32_t n_narrows;
};
int image_find(struct image *img, enum subject_kind kind, struct str driver,
	struct image_answer *ret);

/* For `status`, `cat`, `dump`: the inputs as written, but for .section, which image_section()
 * has, and the scopes in the order of the index (no order for people). -ENOENT: @i is not below
 * the number there is; -EBADMSG, -EIO, -ENOMEM. */
uint32_t image_n_inputs(const struct image *img);
int image_input_get(struct image *img, uint32_t i, struct image_input *ret);
uint32_t image_n_scopes(const struct image *img);
int image_scope_get(struct image *img, uint32_t i, struct image_scope *ret);
/* The section of an input, for `dump` and for keeping the last good one. -ENOENT: it has none. */
int image_section(struct image *img, uint32_t i, struct section_source *ret);

/* The folded texts. Empty when none. 0, -EBADMSG, -EIO, -ENOMEM. */
int image_os_release(struct image *img, struct str *ret);
int image_site(struct image *img, struct str *ret);

/*
 * For one who asks about many subjects and has little memory: takes the image's arena back to @m,
 * a mark that was made after image_open(), and with it the pages that were read since. Whatever
 * else came from the arena since then is gone too, texts and answers that were views of it.
 */
void image_forget(struct image *img, struct arena_mark m);

/* Reads every page and checks the digest of the whole: for `status`. Keeps nothing of it in
 * memory. 0, -EBADMSG, -EIO. */
int image_verify(struct image *img);

/* Pages read so far, for tests that guard cost. */
uint32_t image_pages_read(const struct image *img);
