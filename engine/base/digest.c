/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Thin doors to libmd and xxhash, so that nobody else needs their headers. */
#include <stdint.h>
#include <sys/types.h>
#include <sha2.h>

#define XXH_INLINE_ALL
#define XXH_NO_STREAM
#include <xxhash.h>

#include "engine/base/digest.h"
#include "engine/base/le.h"

void sha256_parts(const struct str *parts, size_t n, uint8_t ret[SHA256_SIZE])
{
	uint8_t len[8];
	SHA2_CTX c;
	size_t i;

	SHA256Init(&c);
	for (i = 0; i < n; i++) {
		put_le64(len, parts[i].n);
		SHA256Update(&c, len, sizeof(len));
		if (parts[i].n > 0)
			SHA256Update(&c, (const uint8_t *)parts[i].p, parts[i].n);
	}
	SHA256Final(ret, &c);
}

void sha256_bytes(const void *p, size_t n, uint8_t ret[SHA256_SIZE])
{
	SHA2_CTX c;

	SHA256Init(&c);
	if (n > 0)
		SHA256Update(&c, p, n);
	SHA256Final(ret, &c);
}

_Static_assert(sizeof(SHA2_CTX) <= sizeof(struct sha256), "libmd's state fits");

void sha256_begin(struct sha256 *s)
{
	SHA256Init((SHA2_CTX *)s->state);
}

void sha256_add(struct sha256 *s, const void *p, size_t n)
{
	if (n > 0)
		SHA256Update((SHA2_CTX *)s->state, p, n);
}

void sha256_end(struct sha256 *s, uint8_t ret[SHA256_SIZE])
{
	SHA256Final(ret, (SHA2_CTX *)s->state);
}

void digest_base32(const uint8_t digest[SHA256_SIZE], char ret[FINGERPRINT_HASH_LEN])
{
	unsigned i;

	for (i = 0; i < FINGERPRINT_HASH_LEN; i++) {
		unsigned bit = 5 * i;
		unsigned v = (unsigned)digest[bit / 8] << 8;

		if (bit / 8 + 1 < 16)
			v |= digest[bit / 8 + 1];
		ret[i] = "abcdefghijklmnopqrstuvwxyz234567"[v >> (11 - bit % 8) & 31];
	}
}

uint64_t hash64(const void *p, size_t n, uint64_t seed)
{
	return XXH3_64bits_withSeed(p, n, seed);
}
