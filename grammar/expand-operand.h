/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* How policy_expand() spells what a clause compares with, or a claim is computed from. */
#include "engine/base/arena.h"
#include "grammar/expand-spell.h"

struct printer {
	struct sbuf *b;
	const struct policy *p;
	const struct rule *rule;
	uint32_t to_bind;  /* variables whose values are still to be written */
	uint32_t numbered; /* those whose values were written in this rule */
	uint32_t leading;  /* those whose values can stand at one place only */
	bool left_out;	   /* write what accept blocks left out */
	/* Lists that may be written as constants, in the order in which clauses come; NULL: none. */
	const struct shared_list *shared;
	uint32_t n_shared, at_shared;
};

struct shared_list {
	const struct clause *clause;
	uint64_t hash;
	uint32_t number; /* of its constant; 0: none */
	bool first;	 /* of those with that constant */
};

/* Before the first of @n clauses that bind @vars together: a block's, or a rule's conditions. */
void expand_bind(struct printer *o, uint32_t vars, const struct clause *c, uint32_t n);
/* To be called for one clause after the other, as .shared has them. */
void expand_operand(struct printer *o, const struct clause *c);
void expand_expr(struct printer *o, const struct attr_type *t, const struct expr *e);

/* Finds the lists of @p that stand in it more than once. 0, -ENOMEM. */
int expand_share(struct arena *a, const struct policy *p, struct printer *o);
bool expand_can_share(const struct clause *c);
/* `const list_1 = ...;` for each of them. */
void expand_shared(struct printer *o);

/* `const nothing_3 = a except a;` for each attribute of which a clause needs it. */
void expand_nothings(struct sbuf *b, const struct policy *p);
