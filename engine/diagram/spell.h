/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/diagram/value.h"

/*
 * The spelling of names, types and values in canonical text, as records and predicates share
 * it (ARCHITECTURE.md, "Descriptor"). All readers take the one spelling that the writers make:
 * -EBADMSG for any other; -ENOMEM.
 */

/* Takes the part of *rest before the first @sep, and that separator; without one, all of it. */
struct str spell_split(struct str *rest, char sep);
/* Is there another part? (After the last one rest->p is NULL.) */
static inline bool spell_more(struct str rest)
{
	return rest.p != NULL;
}

/* `0`, `17`; no sign, no leading zero. */
int spell_number(struct str s, uint64_t max, uint64_t *ret);

void spell_put_name(struct sbuf *b, struct str name);
int spell_name(struct arena *a, struct str s, struct str *ret);

/* A word of a string, a pci-id (without its colon) or a set. */
void spell_put_word(struct sbuf *b, struct value_type t, struct str w);
int spell_word(struct arena *a, struct str s, struct value_type t, struct str *ret);

/* A point of a line: `-5`, `2.0.3`. */
void spell_put_key(struct sbuf *b, struct value_type t, struct key k);
int spell_key(struct str s, struct value_type t, struct key *ret);

void record_print_value(struct sbuf *b, const struct value *v);
