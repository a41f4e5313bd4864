/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The two hashes of the project, each by a library: SHA-256 (libmd) where a name must not be
 * forged or collide, XXH3 (xxhash, inline) where bytes may only be damaged.
 */

#include <stddef.h>
#include <stdint.h>

#include "engine/base/str.h"

#define SHA256_SIZE	     32
#define FINGERPRINT_HASH_LEN 26 /* 128 bits in base 32 without padding */

/* SHA-256 of the @n parts, each preceded by its length as 8 little-endian bytes. */
void sha256_parts(const struct str *parts, size_t n, uint8_t ret[SHA256_SIZE]);

/* Plain SHA-256 of @n bytes. */
void sha256_bytes(const void *p, size_t n, uint8_t ret[SHA256_SIZE]);

/* The same piece by piece, for what is not in memory as a whole. */
struct sha256 {
	_Alignas(8) unsigned char state[256]; /* libmd's */
};

void sha256_begin(struct sha256 *s);
void sha256_add(struct sha256 *s, const void *p, size_t n);
void sha256_end(struct sha256 *s, uint8_t ret[SHA256_SIZE]);

/* The first 128 bits of @digest in RFC 4648 base 32, lower case, no padding, no NUL. */
void digest_base32(const uint8_t digest[SHA256_SIZE], char ret[FINGERPRINT_HASH_LEN]);

/* XXH3, 64 bits, seeded. */
uint64_t hash64(const void *p, size_t n, uint64_t seed);
