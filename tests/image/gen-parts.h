/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What gen.c puts policies together from. Memory is the arena's, and there is always some. */
#include "tests/image/gen.h"

bool gen_coin(struct gen *g);
void *gen_need(struct gen *g, size_t n, size_t size);
#define NEW(g, n, type) ((type *)gen_need((g), (n), sizeof(type)))

/* Printable bytes. */
struct str gen_text(struct gen *g, uint32_t least, uint32_t most);
/* Letters and digits, never empty. */
struct str gen_name(struct gen *g, uint32_t most);
struct place gen_place(struct gen *g);
struct word_set gen_words(struct gen *g, uint32_t least, uint32_t most, struct value_type t);
struct ranges gen_ranges(struct gen *g, struct value_type t, uint32_t most);
void gen_bits(struct gen *g, struct value_type t, uint64_t ret[4]);
struct value gen_value(struct gen *g, struct value_type t);
