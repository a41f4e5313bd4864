/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * A space is a few attributes and, for each, values that tell all predicates of the space apart:
 * each word, point, element and bit that a predicate may mention, one of each that none does,
 * absence, and values of other types; every record also comes with an attribute that nobody
 * knows. A truth table says for each record of the space whether it is accepted, and is made
 * from the random choices alone, never from a diagram.
 */
#include "engine/diagram/diagram.h"

#define ATTRS	3
#define VALUES	28
#define RECORDS 800

/* The seed; the same one gives the same choices on every machine. */
extern uint64_t rng_state;
/* 0 .. n - 1 */
unsigned pick(unsigned n);
bool chance(unsigned percent);

struct attribute {
	struct str name;
	struct value_type type;
	struct value_type type_b; /* of the second predicate of a pair, if another */
};

struct space {
	const char *name;
	struct attribute attr[ATTRS];
	unsigned n;
};

struct domain {
	struct value value[VALUES]; /* [0]: absent (VT_NONE) */
	unsigned n;
};

struct world {
	const struct space *space;
	struct domain domain[ATTRS + 1]; /* the last is the attribute that nobody knows */
	unsigned n, n_records, stride[ATTRS + 1];
	struct record record[RECORDS];
	struct record_entry entry[RECORDS][ATTRS + 1];
};

struct predicate {
	dref ref;
	enum dmode mode;
	uint8_t t[RECORDS];
};

extern struct world worlds[];
extern const unsigned n_worlds;
void make_worlds(void);

/* One over the attributes of @w, with the second types if @is_b. 0, or what the diagram's makers say. */
int random_predicate(const struct world *w, struct dstore *s, struct arena *a, enum dmode mode,
	bool is_b, struct predicate *ret);
