/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "engine/base/arena.h"
#include "engine/base/str.h"
#include "engine/diagram/value.h"
#include "engine/version/ranges.h"

/*
 * Acceptance diagrams (DESIGN 3): predicates over records as reduced ordered decision diagrams
 * over named, typed attributes of an open universe. For a fixed order and canonical edges the
 * diagram is unique: inside one store two predicates are equal exactly if their references
 * are, and across stores exactly if their canonical texts are.
 *
 * References. DREF_NO, DREF_YES, or a node of the store. Nodes are shared (hash-consed) and
 * never freed one by one.
 *
 * Modes. A predicate is read CLOSED (accepts) or OPEN (offers, refuses):
 *   closed - a level that is not on the path means *absent*: a record with an attribute there is
 *            refused; a value of another type at a name is refused;
 *   open   - a level that is not on the path is don't-care; each node has one more edge, for
 *            values of another type at its name.
 * A node belongs to the mode it was made in; a reference must only be used in its own mode
 * (-EINVAL, or "no" from dg_eval()), and
 * DREF_NO and DREF_YES mean in closed mode "nothing" and "the empty record", in open mode
 * "nothing" and "everything".
 *
 * Nodes by level type:
 *   word (string, pci-id)  listed words, each to a child, and "any other word"
 *   line (int, version)    the line cut into half-open intervals, neighbours differ
 *   bool                   no, yes
 *   set                    a head that lists elements and leads to a sub-diagram over one
 *                          in/out node per listed element, bytewise, and one last node "some
 *                          unlisted element"; inside, a skipped element is don't-care; the
 *                          fewest elements are listed
 *   mask(N)                a head that leads to in/out nodes, one per bit, from bit 0 up
 * and each also has the edge "absent". An edge set that the mode lets one leave out makes no
 * node. (Masks: the universe is closed, so there is no "unlisted"; see ARCHITECTURE.md,
 * Departures.)
 *
 * One name, two types. Two types of one class (word, line and bool are one, set and mask the
 * other; the built-in names are one class each) are one level, and a node has one type. Two
 * types of different classes are two levels; a record has the name once, so no path has values
 * at both. Closed diagrams take that in their stride; where an open one takes part, such a pair
 * is -EPROTOTYPE. In an open diagram the type is part of what is said: "n is absent" of a string
 * n and of an int n are two diagrams.
 *
 * Bounds. A store counts nodes, edges and steps and refuses to pass those of its limits:
 * -E2BIG, sticky, and then no reference from it may be used any more. Never time.
 *
 * Errors of all functions that return int: 0, -E2BIG (a bound), -ENOMEM (arena), and what is
 * said at the function. *ret is untouched on failure.
 */
typedef uint32_t dref;

#define DREF_NO	 ((dref)0)
#define DREF_YES ((dref)1)

enum dmode { DMODE_CLOSED = 0, DMODE_OPEN = 1 };

struct dlimits {
	uint32_t nodes, edges, depth, steps;
};

extern const struct dlimits dlimits_default; /* those of limits.h */

struct dstore;

/* An empty store in @a, which must outlive it. -ENOMEM. */
int dstore_new(struct arena *a, const struct dlimits *limits, struct dstore **ret);
/* 0, or the error that stuck. */
int dstore_error(const struct dstore *s);

struct dstats {
	uint32_t nodes, edges, steps;
};
struct dstats dstore_stats(const struct dstore *s);

/*
 * One attribute's predicate, to be made into a node with dnode(): which values of the type are
 * wanted and whether absence is. For sets and masks the wanted values are a sub-diagram, made
 * with the functions under "Collections".
 */
struct dlevel {
	struct str name; /* copied into the store */
	struct value_type type;
	enum dmode mode;
};

/*
 * A node whose wanted values lead to @yes, the others to @no; @absent is where absence leads,
 * @other (open mode only; DREF_NO in closed mode) where a value of another type leads.
 * Children must be at later levels and of the same mode, names, types and values well-formed
 * (-EINVAL); where a value leads, nothing may look at the name again (-EPROTOTYPE: the name is
 * also a level of the other class). Words are copied. Duplicates and order of @words do not
 * matter; @except (may be NULL), a value of the type, is led to DREF_NO whatever else is said: the
 * explicit spelling of a default, which no record contains.
 */
int dnode_words(struct dstore *s, const struct dlevel *l, const struct str *words, uint32_t n,
	bool listed_wanted, /* true: the listed ones lead to @yes; false: all but these */
	dref yes, dref no, dref absent, dref other, const struct value *except, dref *ret);
int dnode_ranges(struct dstore *s, const struct dlevel *l, struct ranges wanted, dref yes,
	dref no, dref absent, dref other, const struct value *except, dref *ret);
int dnode_bool(struct dstore *s, const struct dlevel *l, dref if_no, dref if_yes, dref absent,
	dref other, const struct value *except, dref *ret);

/*
 * Collections. Predicates on one set or mask are conjunctions of literals about its members;
 * dnode_members() makes the node of a union of such boxes.
 */
struct member_box {
	const struct str *in;  /* sets: all of these are members; sorted or not */
	uint32_t n_in;
	const struct str *out; /* sets: none of these is */
	uint32_t n_out;
	bool only_in_or_free;  /* sets: every member is in @in or @free ("no unlisted member") */
	const struct str *free;
	uint32_t n_free;
	uint64_t bits_in[4], bits_out[4]; /* masks: those set, those clear */
};
int dnode_members(struct dstore *s, const struct dlevel *l, const struct member_box *box,
	uint32_t n, dref yes, dref no, dref absent, dref other, const struct value *except,
	dref *ret);

/* Algebra. @ma and @mb are the modes of the operands; the result has mode closed if one of
 * them is. or() wants equal modes, and minus() takes no closed one from an open one (-EINVAL).
 * -EPROTOTYPE: the two have different types at one name and the result is no diagram with one
 * type a level; among closed ones this can only happen in or(). */
int dg_or(struct dstore *s, dref a, dref b, enum dmode m, dref *ret);
int dg_and(struct dstore *s, dref a, enum dmode ma, dref b, enum dmode mb, dref *ret);
int dg_minus(struct dstore *s, dref a, enum dmode ma, dref b, enum dmode mb, dref *ret);

/* The union of @n predicates of one mode (none: DREF_NO), in halves: n log n edges where a loop
 * of dg_or() makes n squared. Overwrites @refs. Errors as dg_or(). */
int dg_or_all(struct dstore *s, dref *refs, uint32_t n, enum dmode m, dref *ret);

/*
 * Is every record of @a in @b? If not and @ret_witness is given, one record that is in @a and
 * not in @b (in @arena): absence is tried before values, listed values before others, fewer
 * members before more. -ENOENT: not a subset (and the witness is filled); 0: a subset; else as
 * dg_minus(), but all modes may be mixed.
 */
int dg_subset(struct dstore *s, dref a, enum dmode ma, dref b, enum dmode mb,
	struct arena *arena, struct record *ret_witness);
/* One record of @a. -ENOENT: there is none. */
int dg_witness(struct dstore *s, dref a, enum dmode m, struct arena *arena, struct record *ret);

/* Does the record satisfy it? One walk, no allocation, no failure. @r is in level order. */
bool dg_eval(const struct dstore *s, dref a, enum dmode m, const struct record *r);

/*
 * The canonical text of a predicate (ARCHITECTURE.md, "Descriptor"): equal texts, equal
 * predicates. dg_print() appends to @b (check its overflow). dg_parse() takes the canonical
 * spelling only: -EBADMSG for anything else, also for a diagram that is not reduced, lists too
 * many elements, or is out of order. dg_print_room(): what dg_print() takes of @scratch, at most.
 */
size_t dg_print_room(const struct dstore *s);
int dg_print(const struct dstore *s, dref a, enum dmode m, struct arena *scratch,
	struct sbuf *b);
int dg_parse(struct dstore *s, struct str text, enum dmode m, dref *ret);

/* The same for records: `kind=smdev,driver=smtty,...`. -EBADMSG as above; more than
 * RECORD_ENTRIES_MAX entries are none. The result does not point into @text. */
void record_print(struct sbuf *b, const struct record *r);
int record_parse(struct arena *a, struct str text, struct record *ret);

/*
 * Walking a diagram from outside (explanations): visits the levels on the path of @r and calls
 * @visit with the level's name, the record's entry there (NULL: absent) and whether the walk can
 * still reach yes after taking the record's edge. In closed mode the walk also ends at an
 * attribute that the predicate does not know: then @level is empty (.p NULL), @entry says which.
 * @visit returning non-zero ends the walk with that value.
 */
typedef int (*dg_visit_fn)(void *ctx, struct str level, const struct record_entry *entry,
	bool alive);
int dg_walk(const struct dstore *s, dref a, enum dmode m, const struct record *r,
	dg_visit_fn visit, void *ctx);

/*
 * The set of values at level @name that keep the record accepted with everything else
 * unchanged, as text for people ("2.0.2..2.0.4, 2.1.0+", "a, b", "absent"). 1; 0 when nothing would
 * do, and then nothing is said; -ENOMEM, -E2BIG or another error of the store, -EINVAL when @a is
 * none of its references in this mode. For `explain` on two descriptors.
 */
int dg_what_would_do(struct dstore *s, dref a, enum dmode m, const struct record *r,
	struct str name, struct arena *scratch, struct sbuf *b);
