/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Where things lie, for those who write the image and those who read it. The same in words:
 * ARCHITECTURE.md, "The image". Nothing outside this folder needs it.
 */
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
	SH_FENCES_AT = 24, /* first hash of each index block */
	SH_N_BLOCKS = 28,
	SH_INDEX_AT = 32,  /* the blocks, PAGE_PAYLOAD apart */
	SH_N_ENTRIES = 36, /* in all blocks; all but the last are full */
	SH_TABLE_AT = 40,  /* place and size of each rule; the rules end here */
	SH_RULES_AT = 44,
};

/* rule number, at, size */
#define REF_SIZE 12
/* hash of the type's name, rule number, at, size */
#define ENTRY_SIZE	  16
#define ENTRIES_PER_BLOCK (PAGE_PAYLOAD / ENTRY_SIZE)
#define FENCE_SIZE	  4
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
