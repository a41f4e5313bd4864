/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* How policy_expand() spells words, values and declarations; they compile to what they are. */
#include "engine/base/str.h"
#include "engine/image/model.h"
#include "engine/version/text.h"

/* What the names of constants in the text begin with, and no word that is not in quotes. */
#define EXPAND_NOTHING "nothing_"
#define EXPAND_LIST    "list_"

/* As it stands where it can, else in quotes. */
void expand_word(struct sbuf *b, struct str w);
void expand_int(struct sbuf *b, const struct attr_type *t, int64_t v);
void expand_set(struct sbuf *b, struct word_set s);
void expand_mask(struct sbuf *b, const uint64_t bits[4]);
/* ", ", but before the first of a list. */
void expand_comma(struct sbuf *b, bool *first);
/* How versions of the type are written. */
struct version_spec expand_spec(const struct attr_type *t);

/* One line each; @word is `attribute` or `local`. */
void expand_attr(struct sbuf *b, const struct attr *a, const char *word);
/* " from site \"KEY\"". */
void expand_fact(struct sbuf *b, const struct fact *f);
void expand_scope(struct sbuf *b, const struct scope *s);
