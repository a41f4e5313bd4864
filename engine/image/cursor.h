/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Reading a section's bytes without trust. A cursor never passes its end; the first thing that
 * is wrong sticks, and from then on everything reads as zero, so that a decoder may check once
 * at the end of a series. Loops stay short: a count is never above the bytes that are left.
 */
#include <errno.h>

#include "engine/base/arena.h"
#include "engine/base/le.h"
#include "engine/base/limits.h"
#include "engine/base/str.h"
#include "engine/diagram/value.h"
#include "engine/image/model.h"

struct cursor {
	const uint8_t *at, *end;
	struct arena *arena;
	int error; /* 0, -EBADMSG, -ENOMEM */
};

static inline void cursor_fail(struct cursor *c, int error)
{
	if (c->error == 0)
		c->error = error;
	c->at = c->end;
}

static inline void cursor_check(struct cursor *c, bool good)
{
	if (!good)
		cursor_fail(c, -EBADMSG);
}

static inline size_t cursor_left(const struct cursor *c)
{
	return (size_t)(c->end - c->at);
}

/* Memory for @n objects. NULL: it failed, or there is nothing to have memory for. */
static inline void *cursor_alloc(struct cursor *c, size_t n, size_t size)
{
	void *p;

	if (c->error != 0 || n == 0)
		return NULL;
	p = arena_alloc_array(c->arena, n, size);
	if (!p)
		cursor_fail(c, -ENOMEM);
	return p;
}

uint64_t cursor_long_uint(struct cursor *c);

/* A number of at most @max: seven bits a byte, the low ones first, no byte too many. */
static inline uint64_t cursor_uint(struct cursor *c, uint64_t max)
{
	uint64_t v;

	if (c->at < c->end && *c->at < 0x80)
		v = *c->at++;
	else
		v = cursor_long_uint(c);
	if (v > max) {
		cursor_fail(c, -EBADMSG);
		return 0;
	}
	return v;
}

/* A count of things that take at least @least bytes each. */
static inline uint32_t cursor_count(struct cursor *c, uint32_t max, size_t least)
{
	uint32_t n = (uint32_t)cursor_uint(c, max);

	if (n > cursor_left(c) / least) {
		cursor_fail(c, -EBADMSG);
		return 0;
	}
	return n;
}

static inline bool cursor_bool(struct cursor *c)
{
	return cursor_uint(c, 1) != 0;
}

/* A signed number: zigzag. */
static inline int64_t cursor_int(struct cursor *c)
{
	uint64_t v = cursor_uint(c, UINT64_MAX);

	return (int64_t)(v >> 1 ^ -(v & 1));
}

/* Bytes of any kind; a view. Empty ones have .p NULL. */
static inline struct str cursor_bytes(struct cursor *c, size_t max)
{
	struct str s = { 0 };
	size_t n = cursor_uint(c, max);

	if (n > cursor_left(c)) {
		cursor_fail(c, -EBADMSG);
		return s;
	}
	if (n > 0) {
		s = (struct str){ (const char *)c->at, n };
		c->at += n;
	}
	return s;
}

/* Printable text. */
struct str cursor_text(struct cursor *c, size_t max);
/* Printable and not empty. */
struct str cursor_name(struct cursor *c, size_t max);
struct place cursor_place(struct cursor *c);
/* Sorted words that are values of type @t (VT_SET: that together are one). */
struct word_set cursor_words(struct cursor *c, struct value_type t);
struct ranges cursor_ranges(struct cursor *c, enum line_kind line);
void cursor_value(struct cursor *c, struct value_type t, struct value *ret);
void cursor_bits(struct cursor *c, struct value_type t, uint64_t ret[4]);

/* ---- the two halves of a section, each in a file of its own ------------------------------- */

/* Everything of the policy but its rules; uses all bytes. */
void decode_head(struct cursor *c, struct policy *ret);
/* One rule, which must be number @number; uses all bytes. */
void decode_rule(struct cursor *c, const struct policy *head, uint32_t number, struct rule *ret);
