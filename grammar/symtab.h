/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/base/arena.h"
#include "engine/base/str.h"

/* Names to what they stand for; open addressing, in an arena. Names are views. */
struct symtab_entry {
	struct str name; /* .p NULL: free */
	uint64_t hash;
	void *what;
};

struct symtab {
	struct symtab_entry *entry;
	uint32_t n, size; /* size: a power of two, or 0 */
};

/* What @name stands for, or NULL. */
void *symtab_find(const struct symtab *t, struct str name);

/* Adds a name that is not there yet. false: out of memory. */
bool symtab_add(struct arena *a, struct symtab *t, struct str name, void *what);

/* All names, sorted, for did-you-mean. NULL: out of memory. */
struct str *symtab_names(struct arena *a, const struct symtab *t);
