/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Bytes that grow while something is written (compile leg only: malloc). The first error sticks;
 * check .error at the end. The spellings are those that cursor.h reads.
 */
#include <stddef.h>
#include <stdint.h>

#include "engine/base/str.h"

struct out {
	uint8_t *p;
	size_t n, room;
	int error; /* 0, -ENOMEM, -E2BIG (a count, or IMAGE_SIZE_MAX) */
};

/* Takes a zeroed struct too. */
void out_release(struct out *o);
void out_fail(struct out *o, int error);

void put_bytes(struct out *o, const void *p, size_t n);
void put_zeros(struct out *o, size_t n);
void put_u32(struct out *o, uint32_t v);
void put_uint(struct out *o, uint64_t v);
void put_int(struct out *o, int64_t v);
/* put_uint(), and -E2BIG for more than @max. */
void put_count(struct out *o, uint64_t n, uint64_t max);
void put_text(struct out *o, struct str s, size_t max);
