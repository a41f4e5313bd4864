/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/diagram/value.h"

/* What the files of engine/diagram share about values and levels, beside value.h. */

#define PCI_ID_LEN 9 /* vvvv:dddd */

/* The classes of levels, in their order. The built-in names have one class each, whatever type
 * somebody gives them. */
enum level_class { LEVEL_KIND = 0, LEVEL_DRIVER, LEVEL_TYPE, LEVEL_SCALAR, LEVEL_LONG };

enum level_class level_class(struct str name, struct value_type type);

/* Printable ASCII of at most WORD_MAX_LEN bytes; the empty word is one. */
bool word_valid(struct str w);
/* vvvv:dddd, lower case. */
bool pci_id_valid(struct str w);
/* Level order, no name twice. */
bool record_in_order(const struct record *r);

static inline bool mask_bit(const uint64_t bits[4], unsigned i)
{
	return bits[i / 64] >> (i % 64) & 1;
}

static inline void mask_set(uint64_t bits[4], unsigned i)
{
	bits[i / 64] |= (uint64_t)1 << (i % 64);
}
