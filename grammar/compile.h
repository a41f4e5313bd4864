/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/base/arena.h"
#include "engine/base/diag.h"
#include "engine/image/model.h"

/*
 * The front end's one door: text in, compiled policy or diagnostics out.
 *
 * @src must live as long as the arena: names and words may be views into it. Diagnostics go to
 * @d (at most POLICY_ERRORS_MAX are kept). Returns
 *   0         *ret is a policy without errors (warnings may have been reported);
 *   -EBADMSG  there were errors; *ret_partial, if not NULL, tells what is known of the policy's
 *             name and scopes all the same, so that a broken file can darken its own scope only;
 *   -EPROTO   `language N` with an N this compiler does not know (also reported);
 *   -ENOMEM.
 */
struct policy_partial {
	struct str name;
	uint32_t language;
	bool fallback;
	struct str narrows;
	const struct scope *scope;
	uint32_t n_scopes;
};

int policy_compile(struct arena *a, const struct source *src, struct diags *d,
	const struct policy **ret, struct policy_partial *ret_partial);

/*
 * What a policy says besides, for those who work on policies: no image has it.
 *
 * A test: the values that it gives to its two sides, by attribute or local number. What the
 * target leaves out is absent; what the source leaves out is the target's.
 */
struct policy_given {
	uint16_t number;
	bool local;
	bool absent;	      /* `NAME absent;` */
	struct value value;   /* unless absent or a list */
	struct ranges ranges; /* of a local of type versions(N) */
	struct span span;     /* of its name */
};

struct policy_side {
	const struct policy_given *given;
	uint32_t n;
};

/* The same order as enum verdict, which a compiler does not know. */
enum policy_expect { EXPECT_UNKNOWN = 0, EXPECT_INCOMPATIBLE, EXPECT_COMPATIBLE };

struct policy_test {
	struct str name;
	struct span span; /* of the name */
	struct place place;
	struct policy_side target, source;
	enum policy_expect expect;
	struct span expect_span; /* of the verdict, and of what follows `because` */
	struct str because; /* name of an attribute; .p NULL: it does not say */
};

/*
 * An item as written in the list of an `in`, or behind its `except`; of a constant those that it
 * is made of. @only is the clause with nothing but this item in its list. One span can stand in
 * several clauses.
 */
struct policy_item {
	struct place clause; /* .place of the clause */
	struct clause only;
	bool except;
	bool cut; /* of a constant that has an `except` of its own */
	struct span span;
	struct place place;
};

#define POLICY_ITEMS_MAX 65536 /* those over are left out */

struct policy_more {
	const struct policy_test *test;
	uint32_t n_tests;
	const struct policy_item *item; /* clause by clause */
	uint32_t n_items;
	bool items_left_out;
};

/* The same as policy_compile(); on success *ret_more too. */
int policy_compile_more(struct arena *a, const struct source *src, struct diags *d,
	const struct policy **ret, struct policy_partial *ret_partial,
	struct policy_more *ret_more);

/*
 * `check --expand`: the policy as text in which each accept block has what it left out written
 * in (`profile == self;  # left out`; for a dynamic attribute the claim that is made). The text
 * compiles and means the same; names of constants, comments and tests are not in it, for they
 * are not in the compiled form. Appends to @b. 0; -ENOSPC: @b is too small.
 */
int policy_expand(const struct policy *p, struct sbuf *b);

/*
 * `dump`: the policy as text that compiles to the same section but for the file's name, its digest
 * and the places in it. What was left out stays left out. A text that would be larger than a policy
 * may be has constants for lists that stand in it more than once. Appends to @b. 0; -ENOSPC: @b is too
 * small; -ENOMEM.
 */
int policy_print(struct arena *a, const struct policy *p, struct sbuf *b);
