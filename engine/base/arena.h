/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/base/macro.h"

/*
 * A bump allocator for everything that lives as long as one compilation or one evaluation.
 *
 * Two kinds share one interface: a *growing* arena takes blocks from malloc() up to a limit, a
 * *fixed* one lives in memory that the caller brings (the udev helper: static, never malloc).
 * Memory comes zeroed and aligned for any type.  Nothing is freed one by one.
 *
 * Failure is sticky: after the first allocation that does not fit, every further one fails too
 * and arena_failed() says so, so that code may check once at the end of a series.
 */
struct arena {
	char *at, *end; /* what is left of the current block */
	char *dirty;	/* from here on the current block is known to be zero */
	struct arena_block *blocks;
	struct arena_block *spare; /* left by arena_rewind(), smallest first as a rule */
	size_t used, limit; /* bytes handed out, and how many may be */
	bool fixed, failed;
	bool over; /* failed: what was asked for passed the limit */
	uint64_t count; /* allocations made, for tests that guard cost */
};

/* An empty growing arena that will hand out at most @limit bytes. Cannot fail. */
void arena_init(struct arena *a, size_t limit);

/* An arena over @size bytes at @buf, which must be zeroed and outlive it. Cannot fail. */
void arena_init_fixed(struct arena *a, void *buf, size_t size);

/* Gives all memory back. Takes a zeroed struct and one that was released before. */
void arena_release(struct arena *a);

/* Returns @size zeroed bytes owned by the arena, or NULL (limit, or out of memory); sticky.
 * @size 0 gives a valid unique pointer. */
void *arena_alloc(struct arena *a, size_t size) _must_check_;

/* The same without zeroing: for text that is about to be written. */
void *arena_alloc_raw(struct arena *a, size_t size) _must_check_;

/* As if something had been asked for that does not fit. Returns NULL. */
void *arena_fail(struct arena *a);

/* The same as arena_alloc() for @n objects of @size bytes; the product is checked. */
static inline _must_check_ void *arena_alloc_array(struct arena *a, size_t n, size_t size)
{
	size_t bytes;

	return __builtin_mul_overflow(n, size, &bytes) ? arena_fail(a) : arena_alloc(a, bytes);
}

/*
 * Gives back what lies behind the first @size bytes of @p, which must be the last thing that was
 * allocated: for text whose length is known only when it is there.
 */
void arena_trim(struct arena *a, void *p, size_t size);

/* Copies @n bytes and adds a NUL (not counted). Returns NULL as arena_alloc() does. */
char *arena_dup(struct arena *a, const void *p, size_t n) _must_check_;

/*
 * Sets how many bytes may have been handed out in all; returns what it was before. A second call
 * with that lifts a bound that the first one put around one piece of work.
 */
size_t arena_bound(struct arena *a, size_t limit);

/* Makes a failure undone that came of a bound; what was handed out stays where it is. */
void arena_forgive(struct arena *a);

/* Takes @n bytes off what may still be had, as if they had been handed out here. False: there are
 * not as many; that is a failure like any other. */
bool arena_charge(struct arena *a, size_t n);

/* How much there still is to be had, at most. */
static inline size_t arena_left(const struct arena *a)
{
	return a->failed ? 0 : a->limit - a->used;
}

static inline bool arena_failed(const struct arena *a)
{
	return a->failed;
}

#define arena_new(a, type)	    ((type *)arena_alloc((a), sizeof(type)))
#define arena_new_array(a, n, type) ((type *)arena_alloc_array((a), (n), sizeof(type)))

/*
 * A place to come back to: arena_rewind() forgets what was allocated since arena_mark(), at no
 * cost in proportion to it, and clears a failure that came after the mark. Blocks stay with the
 * arena for what comes next; only arena_release() frees them.
 */
struct arena_mark {
	char *at, *end;
	struct arena_block *block;
	size_t used;
	bool failed;
};

struct arena_mark arena_mark(const struct arena *a);
void arena_rewind(struct arena *a, struct arena_mark m);
