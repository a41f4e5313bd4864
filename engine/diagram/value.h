/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "engine/base/str.h"
#include "engine/version/key.h"

/*
 * Values of attributes, and records: a subject's point in attribute space.
 *
 * A value type is a tag and, for versions and masks, a size. `enum` is VT_STRING with a
 * declared domain; `hex` and `size` are spellings of VT_INT. The tag's letter is what stands in
 * descriptors, so tags never change.
 */
enum value_tag {
	VT_NONE = 0,
	VT_STRING = 's',
	VT_BOOL = 'b',
	VT_INT = 'i',
	VT_PCI_ID = 'p', /* word "vvvv:dddd", lower case */
	VT_VERSION = 'v',
	VT_SET = 'S',
	VT_MASK = 'm',
};

struct value_type {
	uint8_t tag;   /* enum value_tag */
	uint16_t size; /* parts of a version, bits of a mask, else 0 */
};

static inline bool value_type_eq(struct value_type a, struct value_type b)
{
	return a.tag == b.tag && a.size == b.size;
}

/* Words: an open universe, listed one by one. */
static inline bool value_type_is_word(struct value_type t)
{
	return t.tag == VT_STRING || t.tag == VT_PCI_ID;
}

/* Points on a line. */
static inline bool value_type_is_line(struct value_type t)
{
	return t.tag == VT_INT || t.tag == VT_VERSION;
}

/* Collections, whose levels come last. */
static inline bool value_type_is_long(struct value_type t)
{
	return t.tag == VT_SET || t.tag == VT_MASK;
}

/* The line of a line type. */
static inline enum line_kind value_type_line(struct value_type t)
{
	return t.tag == VT_VERSION ? (enum line_kind)t.size : LINE_INT;
}

struct word_set {
	const struct str *w; /* sorted bytewise, no word twice */
	uint32_t n;
};

struct value {
	struct value_type type;
	union {
		struct str word;      /* VT_STRING, VT_PCI_ID */
		bool yes;	      /* VT_BOOL */
		struct key key;	      /* VT_INT, VT_VERSION */
		struct word_set set;  /* VT_SET */
		uint64_t bits[4];     /* VT_MASK: bit i is bits[i / 64] >> (i % 64) & 1 */
	};
};

bool value_eq(const struct value *a, const struct value *b);

/* A tag that exists with a size that it may have. */
bool value_type_valid(struct value_type t);

/* The same words in the same order: of sorted ones, the same set. */
bool word_set_eq(struct word_set a, struct word_set b);

/* Is the union what the type promises: printable words of bounded length, a valid key, a sorted
 * set without duplicates of at most WORDS_MAX words, a mask without bits above its size? */
bool value_valid(const struct value *v);

/*
 * Values as people write and read them: words plain, yes/no, decimal integers, 2.0.3,
 * { a, b }, masks 0x...; for `info`, `explain` and messages.
 */
void value_print(struct sbuf *b, const struct value *v);

/*
 * A record: attributes in *level order* (below), none twice. An attribute that is not there is
 * absent, or has its default: the record's reader cannot tell and need not.
 */
struct record_entry {
	struct str name;
	struct value value;
};

struct record {
	struct record_entry *e;
	uint32_t n;
};

/*
 * The one order of levels, in records and diagrams: `kind`, `driver`, `type`, then scalars,
 * then sets and masks, bytewise by name inside each class (long levels last: a dozen boxes over
 * 60 words otherwise grow from 20 nodes to 59,481).
 */
int level_cmp(struct str name_a, struct value_type type_a, struct str name_b,
	struct value_type type_b);

/* Sorts @r into level order. Returns 0, -EEXIST when a name stands twice (with any type). */
int record_sort(struct record *r);

/* The entry of that name, or NULL. */
const struct record_entry *record_find(const struct record *r, struct str name);
