/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/base/arena.h"
#include "engine/image/model.h"

/*
 * One policy as bytes, little-endian, self-contained. Layout: ARCHITECTURE.md, "The image".
 *
 *   header | head (scopes, attributes, locals) | index by type | rules | table of rules
 *
 * The index by type is the answer to a vendor with a thousand rules: from a type's name to the
 * rules whose conditions can hold for it, without reading the others.
 *
 * Encoding is deterministic. Decoding never trusts a byte: every count is bounded, every
 * reference (attribute, variable, local) is checked, every normal form (sorted words, ranges,
 * canonical values) is verified, nothing is read past the end. -EBADMSG: not a section.
 */

/* Encodes a whole policy. *ret lives in @a. -ENOMEM, -E2BIG (passes a bound of limits.h),
 * -EINVAL (breaks a promise of model.h: what was written could not be read again). */
int section_encode(struct arena *a, const struct policy *p, struct str *ret);

/*
 * Where section bytes come from: the image reader, or memory (section_memory()). read() gives
 * @n bytes at @at, valid as long as the arena of the caller: 0, -EBADMSG (damage), -EIO.
 */
struct section_source {
	int (*read)(void *ctx, uint32_t at, uint32_t n, const uint8_t **ret);
	void *ctx;
	uint32_t size;
};

/* A source over bytes in memory: @bytes must outlive it. */
void section_memory(struct section_source *s, const struct str *bytes);

/*
 * The same as @from, but at most *@left pages of it: -E2BIG for more. Pages that follow each other
 * count once. @from and @left must outlive it.
 */
struct section_bound {
	struct section_source source;
	const struct section_source *from;
	uint32_t *left, page;
};
void section_bounded(struct section_bound *b, const struct section_source *from, uint32_t *left);

/* The header and the head: everything of *ret but .rule and .n_rules (n_rules says how many
 * there are; .rule is NULL). Views point into what read() gave. -EBADMSG, -EIO, -ENOMEM, and
 * what else read() says; also from the next three. */
int section_decode_head(struct arena *a, const struct section_source *s, struct policy *ret);

/*
 * The rules that can match a subject of type @type (@type.p NULL: a vfio device without type),
 * in the order written, decoded: all rules whose conditions hold for some subject of that type
 * are among them. *ret and *ret_n. -EBADMSG, -EIO, -ENOMEM.
 */
int section_decode_rules(struct arena *a, const struct section_source *s,
	const struct policy *head, struct str type, const struct rule **ret, uint32_t *ret_n);

/* All rules, for `dump`, `check` and tests. */
int section_decode_all(struct arena *a, const struct section_source *s,
	const struct policy *head, const struct rule **ret, uint32_t *ret_n);

/* Does what section_decode_all() does, one rule at a time, and keeps nothing of it in @a: the
 * same errors for the same bytes. */
int section_try_all(struct arena *a, const struct section_source *s, const struct policy *head);
