/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The pages of an image: read once, checked once, kept in the arena. Whoever asks for bytes
 * never sees one whose page's checksum does not hold for this image and this place in it.
 */
#include "engine/image/image.h"

struct page {
	uint32_t number;
	const uint8_t *p; /* NULL: the place is free */
};

#define PAGES_AT_HAND 16 /* room for twice that without a table in the arena */

struct pages {
	struct arena *arena;
	int fd;		  /* -1: the file is in memory */
	struct str bytes; /* then this */
	const uint8_t *digest;
	uint32_t n; /* pages in all */
	uint32_t read;
	struct page *table; /* by number, open addressing, at most half full */
	uint32_t room, used;
	struct page last; /* the one that was asked for last */
	struct page first_table[2 * PAGES_AT_HAND];
};

/* @n bytes of the file from @at, or less at its end; 0 or more, -EIO. */
int64_t pages_pread(const struct pages *s, void *buf, size_t n, uint64_t at);

/* Takes page @number, whose bytes are already here (IMAGE_PAGE_SIZE, in the arena or in the
 * file in memory). -EBADMSG, -ENOMEM. */
int pages_take(struct pages *s, uint32_t number, const uint8_t *p);

/* Payload bytes, valid as long as the arena. 0, -EBADMSG, -EIO, -ENOMEM. */
int pages_get(struct pages *s, uint32_t at, uint32_t n, const uint8_t **ret);

/* What was read is read again when it is wanted. */
void pages_forget(struct pages *s);
