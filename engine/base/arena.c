/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The bump allocator. It knows blocks and alignment; what the memory means is its users' affair.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/base/arena.h"

#define ARENA_ALIGN	 16
#define ARENA_BLOCK_SIZE ((size_t)4 * 1024)
#define ARENA_BLOCK_MAX	 ((size_t)4 * 1024 * 1024)

struct arena_block {
	struct arena_block *next;
	size_t size;
	bool reused; /* holds what was there before a rewind */
	_Alignas(ARENA_ALIGN) char data[];
};

void arena_init(struct arena *a, size_t limit)
{
	*a = (struct arena){ .limit = limit };
}

void arena_init_fixed(struct arena *a, void *buf, size_t size)
{
	size_t skip = -(uintptr_t)buf & (ARENA_ALIGN - 1);

	*a = (struct arena){ .fixed = true };
	skip = MIN(skip, size);
	a->at = a->dirty = (char *)buf + skip;
	a->end = (char *)buf + size;
	a->limit = size - skip;
}

static void free_blocks(struct arena_block *b)
{
	struct arena_block *next;

	for (; b; b = next) {
		next = b->next;
		free(b);
	}
}

void arena_release(struct arena *a)
{
	free_blocks(a->blocks);
	free_blocks(a->spare);
	*a = (struct arena){ 0 };
}

/* The first block of at least @size bytes that a rewind left, or NULL. */
static struct arena_block *take_spare(struct arena *a, size_t size)
{
	struct arena_block **at = &a->spare, *b;

	while (*at && (*at)->size < size)
		at = &(*at)->next;
	b = *at;
	if (b)
		*at = b->next;
	return b;
}

static bool arena_grow(struct arena *a, size_t size)
{
	size_t n = ARENA_BLOCK_SIZE;
	struct arena_block *b;

	/* Blocks grow with the arena. Small ones are zeroed, and a light verb needs little; large
	 * ones come from the kernel, zero already. */
	if (a->blocks)
		n = MIN(2 * a->blocks->size, ARENA_BLOCK_MAX);
	n = MAX(size, n);
	if (a->fixed || n > SIZE_MAX - sizeof(*b))
		return false;
	b = take_spare(a, size);
	if (!b) {
		b = calloc(1, sizeof(*b) + n);
		if (!b)
			return false;
		b->size = n;
	}
	b->next = a->blocks;
	a->blocks = b;
	a->at = b->data;
	/* No further than the limit, so that there is one end to look at. */
	a->end = b->data + MIN(b->size, a->limit - a->used);
	a->dirty = b->reused ? b->data + b->size : a->at;
	return true;
}

/* Room for @n bytes, which do not fit in what is left. @n 0: more than there can be. */
static bool make_room(struct arena *a, size_t n)
{
	bool fits = n > 0 && n <= a->limit - a->used;

	if (!a->failed && fits && arena_grow(a, n))
		return true;
	a->over = a->failed ? a->over : !fits;
	a->failed = true;
	a->end = a->at;
	return false;
}

static inline char *take(struct arena *a, size_t size)
{
	size_t n = (size + (size == 0) + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
	char *p;

	if (unlikely(n - 1 >= (size_t)(a->end - a->at)) && !make_room(a, n))
		return NULL;
	p = a->at;
	a->at += n;
	a->used += n;
	a->count++;
	return p;
}

void *arena_alloc_raw(struct arena *a, size_t size)
{
	void *p = take(a, size);

	if (p)
		a->dirty = MAX(a->dirty, a->at);
	return p;
}

void *arena_alloc(struct arena *a, size_t size)
{
	char *p = take(a, size);

	if (!p)
		return NULL;
	if (p < a->dirty)
		memset(p, 0, MIN((size_t)(a->dirty - p), (size_t)(a->at - p)));
	a->dirty = MAX(a->dirty, a->at);
	return p;
}

void *arena_fail(struct arena *a)
{
	make_room(a, 0);
	return NULL;
}

void arena_trim(struct arena *a, void *p, size_t size)
{
	char *end = (char *)p + ((MAX(size, (size_t)1) + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1));

	if (a->failed || end >= a->at)
		return;
	a->used -= (size_t)(a->at - end);
	a->at = end;
}

/* Where the block ends, or the limit comes first. */
static void set_end(struct arena *a)
{
	size_t left = a->limit - a->used, room = left;

	if (!a->fixed)
		room = a->blocks ? (size_t)(a->blocks->data + a->blocks->size - a->at) : 0;
	a->end = a->failed ? a->at : a->at + MIN(room, left);
}

size_t arena_bound(struct arena *a, size_t limit)
{
	size_t before = a->limit;

	a->limit = MAX(limit, a->used);
	set_end(a);
	return before;
}

void arena_forgive(struct arena *a)
{
	a->failed = a->over = false;
	set_end(a);
}

bool arena_charge(struct arena *a, size_t n)
{
	if (a->failed)
		return false;
	if (n > a->limit - a->used) {
		a->failed = a->over = true;
		a->end = a->at;
		return false;
	}
	a->used += n;
	set_end(a);
	return true;
}

char *arena_dup(struct arena *a, const void *p, size_t n)
{
	char *copy;

	if (n == SIZE_MAX)
		return arena_fail(a);
	copy = arena_alloc(a, n + 1);
	if (copy && n > 0)
		memcpy(copy, p, n);
	return copy;
}

struct arena_mark arena_mark(const struct arena *a)
{
	return (struct arena_mark){
		.at = a->at,
		.end = a->end,
		.block = a->blocks,
		.used = a->used,
		.failed = a->failed,
	};
}

void arena_rewind(struct arena *a, struct arena_mark m)
{
	struct arena_block *b;

	if (!a->fixed && a->blocks != m.block) {
		while (a->blocks != m.block) {
			b = a->blocks;
			a->blocks = b->next;
			b->next = a->spare;
			b->reused = true;
			a->spare = b;
		}
		/* How much of the block we come back to was used is not known any more. */
		a->dirty = m.end;
	}
	a->at = m.at;
	a->end = m.end;
	a->used = m.used;
	a->failed = m.failed;
	a->over = a->over && a->failed;
}
