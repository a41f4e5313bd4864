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
	struct image *last;	   /* the image in use, whose good sections stand in; may be NULL */
	bool keep_last_good;	   /* --keep-going: use them */
};

struct policyset {
	struct image_build build;
	const struct source *source; /* by input; .text.p NULL when not read */
	const struct policy **policy; /* by input; NULL when it has none of its own */
	bool broken;		     /* some file that counts is broken or refused */
};

/* 0 (also when files are broken: see .broken and the diagnostics), -ENOMEM, -E2BIG (more than
 * POLICY_FILES_MAX files), -EIO and other errors of reading a directory that exists. */
int policyset_load(struct arena *a, const struct policyset_options *o, struct diags *d,
	struct policyset *ret);
