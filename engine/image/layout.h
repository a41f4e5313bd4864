/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Where things lie, for those who write the image and those who read it. The same in words:
 * ARCHITECTURE.md, "The image". Nothing outside this folder needs it.
 */
#include "engine/base/le.h"
#include "engine/image/image.h"

/* A page is a payload and, behind it, its checksum; `at` always counts payload bytes only. */
#define PAGE_SUM_SIZE 8
#define PAGE_PAYLOAD  (IMAGE_PAGE_SIZE - PAGE_SUM_SIZE)

/* ---- one section ------------------------------------------------------------------------- */

#define SECTION_MAGIC	    0x5363646du /* "mdcS" */
#define SECTION_HEADER_SIZE 48

enum section_header_at {
	SH_MAGIC = 0,
	SH_SIZE = 4,	   /* of the section */
	SH_HEAD_SIZE = 8,  /* the head lies behind the header */
	SH_N_RULES = 12,
	SH_ALWAYS_AT = 16, /* rules that the index by type cannot rule out: REF_SIZE each */
	SH_N_ALWAYS = 20,
	SH_FENCES_AT = 24, /* first hash and first entry's number of each index block */
	SH_N_BLOCKS = 28,
	SH_INDEX_AT = 32, /* the blocks, PAGE_PAYLOAD apart; no rule lies before them */
	SH_N_ENTRIES = 36, /* in all blocks */
	SH_TABLE_AT = 40,  /* place and size of each rule; no rule lies behind it */
	SH_ZERO = 44,
};

/* rule number, at, size */
#define REF_SIZE 12
/* hash of the type's name, rule number, at, size */
#define ENTRY_SIZE	  16
#define ENTRIES_PER_BLOCK (PAGE_PAYLOAD / ENTRY_SIZE)
#define FENCE_SIZE	  8
/* at, size */
#define TABLE_ENTRY_SIZE 8

/* The hash of the index by type. A collision costs a look at one more rule. */
static inline uint32_t type_hash(struct str type)
{
	return (uint32_t)hash64(type.p, type.n, 0);
}

/* What of a list of words stands behind it. */
enum words_flag {
	WORDS_TMPL = 1,
	WORDS_PREFIXES = 2,
	WORDS_EXCEPT = 4,
	WORDS_EXCEPT_TMPL = 8,
	WORDS_EXCEPT_PREFIXES = 16,
	WORDS_FLAGS = 31,
};

enum policy_flag { POLICY_FALLBACK = 1, POLICY_SPEAKS_OFFERS = 2, POLICY_FLAGS = 3 };

/* ---- the file ---------------------------------------------------------------------------- */

#define IMAGE_MAGIC	 "\x89MDC\r\n\x1a\n" /* 8 bytes: a text-mode copy changes them */
#define IMAGE_MAGIC_SIZE 8

/* Page 0. The first two fields never move, so that every reader knows every version. */
enum image_header_at {
	IH_MAGIC = 0,
	IH_VERSION = 8,
	IH_PAGE_SIZE = 12,
	IH_DIGEST = 16,
	IH_N_PAGES = 48,
	IH_N_SCOPES = 52,
	IH_N_INDEX = 56, /* index pages: from page 1 on; 0: all scopes are in page 0 */
	IH_N_INPUTS = 60,
	IH_INPUTS_AT = 64,
	IH_INPUTS_SIZE = 68,
	IH_OS_RELEASE_AT = 72,
	IH_OS_RELEASE_SIZE = 76,
	IH_SITE_AT = 80,
	IH_SITE_SIZE = 84,
	IH_FENCES = 88, /* first hash and first scope's number of each index page, or the scopes */
};
#define IMAGE_FENCE_SIZE      8
#define IMAGE_INDEX_PAGES_MAX ((PAGE_PAYLOAD - IH_FENCES) / IMAGE_FENCE_SIZE)
#define IMAGE_PAGES_MAX	      (IMAGE_SIZE_MAX / IMAGE_PAGE_SIZE)

/* A scope, sorted by hash, kind and driver; none goes over a page's end. */
enum scope_at {
	SC_HASH = 0,
	SC_KIND = 4,
	SC_STATUS = 5,
	SC_DRIVER_SIZE = 6,
	SC_INPUT = 8,
	SC_SECTION_AT = 12,
	SC_SECTION_SIZE = 16,
	SC_N_NARROWS = 20,
	SC_DRIVER = 24, /* then the narrowing ones */
};
/* input, section's at, size */
#define NARROW_SIZE 12

/* Inputs: records of one size, then their texts. */
enum input_at {
	IN_DIGEST = 0,
	IN_SECTION_DIGEST = 32,
	IN_STATE = 64,
	IN_PATH_AT = 68, /* from the beginning of the table */
	IN_PATH_SIZE = 72,
	IN_MESSAGE_AT = 76,
	IN_MESSAGE_SIZE = 80,
	IN_SECTION_AT = 84, /* as all places in the file */
	IN_SECTION_SIZE = 88,
	INPUT_SIZE = 92,
};

static inline uint32_t scope_hash(enum subject_kind kind, struct str driver)
{
	return (uint32_t)hash64(driver.p, driver.n, (uint64_t)kind);
}

/* How many pages lie before the first section; the table of inputs is the last that does. */
static inline uint32_t front_pages(uint32_t inputs_at, uint32_t inputs_size)
{
	return (uint32_t)(((uint64_t)inputs_at + inputs_size + PAGE_PAYLOAD - 1) / PAGE_PAYLOAD);
}

/* Multiplied by an odd number: each page of an image has a seed of its own. */
static inline uint64_t page_sum(const void *page, const uint8_t *digest, uint32_t number)
{
	return hash64(page, PAGE_PAYLOAD, get_le64(digest) ^ number * 0x9e3779b97f4a7c15u);
}

/*
 * Adds a page, its checksum (and in page 0 the digest) zero, to what the digest is made of. In
 * front is what a section follows from, its text's SHA-256 among it; of the sections themselves
 * it is enough to tell two apart.
 */
static inline void digest_page(struct sha256 *s, const uint8_t *page, uint32_t number,
	uint32_t n_front)
{
	static const uint8_t none[SHA256_SIZE];
	uint8_t sum[PAGE_SUM_SIZE];

	if (number < n_front) {
		sha256_add(s, page, IMAGE_PAGE_SIZE);
		return;
	}
	put_le64(sum, page_sum(page, none, number));
	sha256_add(s, sum, sizeof(sum));
}
