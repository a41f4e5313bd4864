/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Inside of engine/version: what the readers of items and of lists, and the guesses at
 * what their authors meant, share.
 */

#include "engine/base/limits.h"
#include "engine/version/text.h"

static inline bool range_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

/* The first blank or comma from @at on that is not inside of <>, {} or [), or the text's
 * end. */
size_t range_word_end(struct str text, size_t at);

/* A list being read. */
struct reader {
	struct str text;
	size_t at;
	struct version_spec f;
	enum range_dialect dialect;

	size_t item; /* where the current item begins */
	size_t written;
	struct interval *iv; /* room for RANGE_INTERVALS_MAX, the caller's */
	size_t n;
	size_t foreign_from,
		foreign_to; /* in this item: a spelling of the postings; empty: none */
	bool after_normal;  /* the last item was `[a,b)` */

	struct range_error error;
};

/* The functions below return false after they have filled in r->error. */
static inline bool fail(
	struct reader *r, enum range_error_code code, size_t from, size_t to)
{
	r->error = (struct range_error){ .code = code, .at = from, .len = to - from };
	return false;
}

static inline char peek(const struct reader *r, size_t ahead)
{
	return r->at + ahead < r->text.n ? r->text.p[r->at + ahead] : '\0';
}

static inline bool take(struct reader *r, char c)
{
	if (r->at >= r->text.n || r->text.p[r->at] != c)
		return false;
	r->at++;
	return true;
}

static inline void skip_blanks(struct reader *r)
{
	while (r->at < r->text.n && range_is_blank(r->text.p[r->at]))
		r->at++;
}

/* Nothing that could go on with an item: its end, or what comes after it. */
static inline bool at_item_end(const struct reader *r)
{
	return r->at >= r->text.n || r->text.p[r->at] == ',' ||
	       range_is_blank(r->text.p[r->at]);
}

/* Where the word that cannot be read ends; at least one byte of it. */
static inline size_t word_end(const struct reader *r)
{
	return MAX(range_word_end(r->text, r->at), MIN(r->at + 1, r->text.n));
}

static inline bool at_word(const struct reader *r, struct str word)
{
	return str_eq(str_sub(r->text, r->at, word_end(r)), word);
}

/* One item from where the reader stands; whatever may come after it is left alone. */
bool range_read_item(struct reader *r);

/* The same, and nothing may come after it. */
bool range_read_only_item(struct reader *r);

/* Is @text one whole item? Then *ret_first is its first interval (an empty one for
 * `none`). */
bool range_item_read(struct str text, struct version_spec f, enum range_dialect d,
	struct interval *ret_first);

/*
 * Fills in e->hint if a spelling is near that a policy would take: nothing is suggested
 * that does not parse. @item is where the item begins that the error is about. Returns 0
 * or -ENOMEM.
 */
int range_hint(struct arena *a, struct str text, struct version_spec f, size_t item,
	struct range_error *e);
