/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/base/arena.h"
#include "engine/base/diag.h"
#include "engine/image/image.h"

/*
 * Several files make a policy set (DESIGN 2, "Several files"): the standard directories or those
 * of --policies, drop-in order, masking, who may own a file, one broken file apart from the
 * others, overlaps, fallbacks and narrowing policies. The result is what image_encode() takes.
 */
struct policyset_options {
	struct str root;	   /* another file system root; empty: "/" */
	const struct str *dir;	   /* --policies, in order of precedence; none: the standard ones */
	uint32_t n_dirs;
	bool site;		   /* policyset_scan(): the files of site.d instead of policies */
	struct image *last;	   /* the image in use, whose good sections stand in; may be NULL */
	bool keep_last_good;	   /* --keep-going: use them */
	/* Where files are compiled, one in the place of the other, for those who want the sections
	 * alone: .policy is all NULL then. It must live as long as the diagnostics do. NULL: the
	 * arena of the result, and every policy is kept. */
	struct arena *scratch;
};

/*
 * One file as the directories show it, before anything is compiled. State is one of
 *   INPUT_OK          it counts and was read: .text and .digest
 *   INPUT_REFUSED     it counts and may not be used, or cannot be read: .why and perhaps .help
 *   INPUT_MASKED      a link to /dev/null
 *   INPUT_OVERRIDDEN  a directory of higher precedence has a file of the same name
 */
struct policy_file {
	struct str name;      /* 50-nvidia.policy */
	struct str path;      /* as found, with --root's folder stripped */
	struct str open_path; /* what this process opens, and its user knows */
	enum input_state state;
	struct str why;	 /* "is writable by others" */
	struct str help; /* the command that mends it; may be empty */
	struct str refused; /* ... and what it says all the same, if it can be read: good for nothing but
			     * to know what must not be judged without it */
	struct str text;
	uint8_t digest[SHA256_SIZE];
};

/*
 * Looks at the directories: the files in the order of the effective set, by name, and those of
 * one name by precedence. Everything lives in @a. 0 (a directory that is not there is empty),
 * -ENOMEM, -E2BIG (more than POLICY_FILES_MAX files), -ENOLINK (a directory that is a link, and leads
 * nowhere: what it should have led to is not known), and errors of opening or reading a
 * directory that exists, with its path in *ret_where (may be NULL).
 */
int policyset_scan(struct arena *a, const struct policyset_options *o, struct policy_file **ret,
	uint32_t *ret_n, struct str *ret_where);

/* "FILE:LINE:COLUMN: text [MDC-nnn]", as an image keeps it about a broken file; @g NULL: no more
 * is known. @path is the file's without --root. */
struct str policyset_message(struct arena *a, struct str path, const struct diag *g);

/* Reads one file that its user named, whoever owns it: at most POLICY_TEXT_MAX + 1 bytes, so
 * that the compiler can say that it is too large. -errno; -EINVAL when it is no regular file. */
int policyset_read(struct arena *a, const char *path, struct str *ret);
/* The same from a descriptor of any kind, as of a pipe: up to its end. 0, -ENOMEM, or what read() said. */
int policyset_read_stream(struct arena *a, int fd, struct str *ret);

/*
 * What came of a pair that a file speaks about. .other is the number of another file, or -1:
 *   ANSWERS         it is this file that judges; .other: one that should narrow it cannot, so nobody does
 *   BROKEN          it would answer, or narrow (.other), if it were right
 *   OVERLAPS        .other speaks of the pair as well, so nobody answers
 *   STEPS_ASIDE     a fallback, and .other is none (or comes first)
 *   NARROWS         it takes away from .other
 *   NARROWS_NOTHING the policy that it narrows does not answer
 */
enum policyset_role {
	ROLE_BROKEN = 0,
	ROLE_ANSWERS,
	ROLE_OVERLAPS,
	ROLE_STEPS_ASIDE,
	ROLE_NARROWS,
	ROLE_NARROWS_NOTHING,
};

struct policyset_share {
	enum subject_kind kind;
	struct str driver;
	uint32_t file;
	enum policyset_role role;
	int32_t other;
};

struct policyset {
	struct image_build build;
	const struct policyset_share *share; /* by pair: kind, driver; then by file */
	uint32_t n_shares;
	const struct policy_file *file; /* by input, as policyset_scan() found them */
	const struct source *source; /* by input; .text.p NULL when not read */
	const struct policy **policy; /* by input; NULL: none of its own, or not kept */
	bool broken;		     /* some file that counts is broken or refused */
};

/* 0 (also when files are broken: see .broken and the diagnostics), -ENOMEM, -E2BIG (more than
 * POLICY_FILES_MAX files), -EIO and other errors of reading a directory that exists, with its
 * path in *ret_where (may be NULL). */
int policyset_load(struct arena *a, const struct policyset_options *o, struct diags *d,
	struct policyset *ret, struct str *ret_where);
