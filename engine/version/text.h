/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "engine/base/str.h"
#include "engine/version/ranges.h"

/*
 * Versions and range lists as text (DESIGN 2, "Version ranges").
 *
 *	list     = items ["except" items]
 *	items    = item {"," item}
 *	item     = "*" | "none" | version | version ".." version | part {"." part} "+"
 *	         | [part {"." part} "."] (alts | alts ".*" | "*")
 *	alts     = "<" element {"," element} ">"
 *	element  = part [".." [part]]
 *
 * A range is closed: both its ends are in it. `V+` ends with the major part of V, that is, with
 * the last version whose first spec.major parts are those of V; so `2+` is [2.0.0,3.0.0) with
 * three parts, and just `2` with one, where a version is its own major part. `<2..>` is a list
 * of parts like any other, up to the largest there is, whatever the major part.
 *
 * RANGE_ANY also reads the spellings of the mailing-list postings (`{2,3}` for `<2,3>`, `A-B` for
 * `A..B`, `A-` for `A+`) and the normal form as ranges_print() writes it.
 *
 * An error points into the text: .at and .len in bytes (.len 0: something is missing there),
 * .code says what, and the caller words it (the compiler as a diagnostic, `range` on standard
 * error). .hint spells the whole item as it would be right, where that is known ("2.1.0 or 2.1.*"),
 * else it is empty; it lives in the arena.
 */
#define RANGE_ERRORS(X)                                                                        \
	X(RANGE_ERR_EMPTY, "nothing where a version, or a part of one, is expected")           \
	X(RANGE_ERR_SYNTAX, "this is no version and no range")                                 \
	X(RANGE_ERR_TOO_MANY_PARTS, "more parts than the version has")                         \
	X(RANGE_ERR_AMBIGUOUS, "too few parts: ambiguous")                                     \
	X(RANGE_ERR_PART_TOO_LARGE, "a part above 4294967294")                                 \
	X(RANGE_ERR_EMPTY_LIST, "an empty <> list")                                            \
	X(RANGE_ERR_REVERSED, "a range that ends before it begins")                            \
	X(RANGE_ERR_LIST_NOT_LAST, "a list of parts that is not in the last place")            \
	X(RANGE_ERR_STAR_NOT_LAST, "`*` that is not in the last place")                        \
	X(RANGE_ERR_FOREIGN, "a spelling of the mailing-list postings")                        \
	X(RANGE_ERR_TOO_MANY, "more than 64 intervals")                                        \
	X(RANGE_ERR_BLANK, "blank space inside a version or between two without a comma")      \
	X(RANGE_ERR_EXCEPT, "`except` without a list on both sides")                           \
	X(RANGE_ERR_EXCEPT_TWICE, "a second `except`")

#define RANGE_ERR_ENUM(name, text) name,
enum range_error_code { RANGE_OK = 0, RANGE_ERRORS(RANGE_ERR_ENUM) RANGE_ERR_MAX_ };
#undef RANGE_ERR_ENUM

struct range_error {
	enum range_error_code code;
	size_t at, len;
	struct str hint;
};

/* What the code means, for people: lower case, no full stop. */
const char *range_error_text(enum range_error_code code);

struct version_spec {
	unsigned parts; /* 1 .. VERSION_PARTS_MAX */
	unsigned major; /* 1 .. parts: leading parts that an open range may not leave */
};

enum range_dialect {
	RANGE_POLICY = 0, /* policy files: the postings' spellings are RANGE_ERR_FOREIGN + hint */
	RANGE_ANY,	  /* device text and `mdevcompat range`: they and the normal form are read */
};

/*
 * A version as a device writes it: 1..parts natural numbers joined by dots, leading zeros
 * allowed, missing parts zero; nothing else, no blanks. In a policy all parts must be written:
 * @exact. Returns 0, -EINVAL with *ret_error filled, -ENOMEM (no room for a hint).
 */
int version_parse(struct arena *a, struct str text, struct version_spec f, bool exact,
	struct key *ret, struct range_error *ret_error);

/*
 * One item of a list without blanks and commas outside of <> : `2.0.<2,3,4>`, `2.1+`, `*`,
 * `none`, `2.0.2..2.0.4`, `2.0.*`, ... Returns 0, -EINVAL with *ret_error filled, -ENOMEM.
 */
int range_item_parse(struct arena *a, struct str text, struct version_spec f,
	enum range_dialect d, struct ranges *ret, struct range_error *ret_error);

/*
 * How many intervals an item writes: one, or one for each element of its list of parts. For who
 * takes a list apart (the compiler: items may be names of constants), to be added up against
 * RANGE_INTERVALS_MAX; range_parse() does so itself. @item was taken by range_item_parse().
 */
size_t range_item_written(struct str item);

/*
 * A whole list: items separated by commas, blanks allowed around items and inside <>, at most
 * once `except` with another list after it: everything before it minus everything after it. At
 * most RANGE_INTERVALS_MAX intervals are written on both sides together. Intervals of the normal
 * form may follow each other without a comma. Blanks are spaces, tabs and newlines.
 * Returns as range_item_parse().
 */
int range_parse(struct arena *a, struct str text, struct version_spec f, enum range_dialect d,
	struct ranges *ret, struct range_error *ret_error);

/* `550.54.14`: all parts, no leading zeros. */
void version_print(struct sbuf *b, struct key k, unsigned parts);

/* `[2.0.2,2.0.5) [2.1.0,3.0.0)`; nothing is `none`, an open end is `*`. */
void ranges_print(struct sbuf *b, struct ranges r, unsigned parts);

/*
 * The same set as policy text, items separated by ", ": `2.0.2..2.0.4, 2.1.0+`. What it prints
 * range_parse() reads back as the same set, unless it has more than RANGE_INTERVALS_MAX items.
 */
void ranges_print_policy(struct sbuf *b, struct ranges r, struct version_spec f);

/* Room for one version of any number of parts, one interval in either form. */
#define VERSION_TEXT_MAX  43 /* 4 parts of 10 digits, 3 dots */
#define INTERVAL_TEXT_MAX (2 * VERSION_TEXT_MAX + 4)
