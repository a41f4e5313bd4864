/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Reads all that an image or a section says, for tests that change bytes and for the fuzzer. */
#include "engine/image/image.h"

/*
 * Opens, finds every scope, decodes every section in every way, and writes it again. Everything
 * that was allocated is forgotten at the end. Returns 0 with *ret a hash over all that was read
 * (equal hashes: the same answers), or the first error.
 */
int devour_image(struct arena *a, struct str bytes, uint64_t *ret);
int devour_section(struct arena *a, const struct section_source *s, uint64_t *ret);

/* A copy that ends where its memory ends; for free(). */
char *copy_alone(struct str s, size_t n);
