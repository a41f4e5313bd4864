/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/base/arena.h"
#include "engine/image/model.h"

/* A file's bytes, in memory that the next call uses again; what cannot be read ends the program with 5. */
struct str read_policy(const char *path);

#define POLICY_REFUSED 1

/*
 * Text to section to model without names of files, digests and places, and that as bytes: equal for
 * policies that differ in nothing else. 0; POLICY_REFUSED (the first error's code is on standard
 * error); -errno.
 */
int compile_unplaced(struct arena *a, struct str text, struct policy *ret, struct str *ret_bytes);
