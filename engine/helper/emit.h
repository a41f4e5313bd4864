/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/base/arena.h"
#include "engine/base/limits.h"
#include "engine/eval/eval.h"

/*
 * What the udev helper prints: from evaluations to lines `KEY=value`, and nothing else. Keys
 * are fixed but for the mangled name of a type. Values hold bytes of the descriptor alphabet
 * (and the blanks between names) only: udevd splits what a helper prints at CR and LF and hands
 * every key on as environment, so this is checked here, whatever was checked before.
 *
 * Texts are built in memory of the caller's, at most HELPER_OUTPUT_MAX bytes.
 */
#define EMIT_PREFIX "MDEV_COMPAT_"

struct emit_parent {
	struct sbuf out;
	const struct str *type;
	uint32_t n_types;
	const bool *clash; /* by type: its mangled name is not its own */
	enum mdc_status status; /* what all so far share */
	bool any, mixed, bad;
};

/*
 * A parent: begin, each of its types in order, end. @buf (of @size bytes), @type (sorted) and
 * what is allocated in @a must live until the end. -ENOMEM.
 */
int emit_parent_begin(struct emit_parent *p, struct arena *a, char *buf, size_t size,
	const struct str *type, uint32_t n_types);
void emit_parent_type(struct emit_parent *p, uint32_t i, const struct evaluation *e);
/* Is it known by now that they do not fit? Then the rest need not be evaluated. */
bool emit_parent_full(const struct emit_parent *p);
/* All lines. -EILSEQ: a value that must not be printed; nothing may be. */
int emit_parent_end(struct emit_parent *p, struct str *ret);

/* For more types than fit: the status and how many there are. */
int emit_too_many(char *buf, size_t size, uint32_t n_types, struct str *ret);

/* An mdev or vfio device. @type.p NULL: none. -EILSEQ as above, -E2BIG. */
int emit_instance(char *buf, size_t size, struct str type, const struct evaluation *e,
	struct str *ret);
