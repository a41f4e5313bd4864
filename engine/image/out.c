/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bytes that grow while something is written, and how numbers and texts are spelled in them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/le.h"
#include "engine/base/limits.h"
#include "engine/image/out.h"

void out_release(struct out *o)
{
	free(o->p);
}

void out_fail(struct out *o, int error)
{
	if (o->error == 0)
		o->error = error;
}

/* Room for @n more bytes, or NULL. */
static uint8_t *out_grow(struct out *o, size_t n)
{
	size_t room = o->room;
	uint8_t *p;

	if (o->error != 0)
		return NULL;
	if (n > IMAGE_SIZE_MAX - o->n) {
		out_fail(o, -E2BIG);
		return NULL;
	}
	if (n > room - o->n) {
		while (n > room - o->n)
			room = room > 0 ? 2 * room : 4096;
		p = realloc(o->p, room);
		if (!p) {
			out_fail(o, -ENOMEM);
			return NULL;
		}
		o->p = p;
		o->room = room;
	}
	p = o->p + o->n;
	o->n += n;
	return p;
}

void put_bytes(struct out *o, const void *p, size_t n)
{
	uint8_t *to = out_grow(o, n);

	if (to && n > 0)
		memcpy(to, p, n);
}

void put_zeros(struct out *o, size_t n)
{
	uint8_t *to = out_grow(o, n);

	if (to && n > 0)
		memset(to, 0, n);
}

void put_uint(struct out *o, uint64_t v)
{
	uint8_t buf[10];
	size_t n = 0;

	/* Nearly all are small, and there is room. */
	if (v < 0x80 && o->error == 0 && o->n < o->room && o->n < IMAGE_SIZE_MAX) {
		o->p[o->n++] = (uint8_t)v;
		return;
	}
	while (v >= 0x80) {
		buf[n++] = (uint8_t)(v | 0x80);
		v >>= 7;
	}
	buf[n++] = (uint8_t)v;
	put_bytes(o, buf, n);
}

void put_int(struct out *o, int64_t v)
{
	put_uint(o, (uint64_t)v << 1 ^ (v < 0 ? UINT64_MAX : 0));
}

void put_count(struct out *o, uint64_t n, uint64_t max)
{
	if (n > max)
		out_fail(o, -E2BIG);
	put_uint(o, n);
}

void put_u32(struct out *o, uint32_t v)
{
	uint8_t b[4];

	put_le32(b, v);
	put_bytes(o, b, sizeof(b));
}

void put_text(struct out *o, struct str s, size_t max)
{
	put_count(o, s.n, max);
	put_bytes(o, s.p, s.n);
}
