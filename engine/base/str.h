/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "engine/base/arena.h"
#include "engine/base/macro.h"

/* A piece of text: a view, owned by somebody else, not NUL-terminated. */
struct str {
	const char *p;
	size_t n;
};

#define STR(lit)      ((struct str){ (lit), sizeof(lit) - 1 })
#define STR_INIT(lit) { (lit), sizeof(lit) - 1 }
#define STR_FMT(s)    (int)(s).n, (s).p /* for "%.*s" */

static inline struct str str_from(const char *cstr)
{
	return (struct str){ cstr, cstr ? strlen(cstr) : 0 };
}

static inline bool str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* Bytewise order, a shorter prefix first: <0, 0, >0. The one order of names and words. */
int str_cmp(struct str a, struct str b);

bool str_starts(struct str s, struct str prefix);

/* Index of the first @c, or s.n. */
size_t str_find(struct str s, char c);

/* The part of @s from @from to before @to (both clamped). A view. */
struct str str_sub(struct str s, size_t from, size_t to);

/* Without leading and trailing blanks (space and tab). A view. */
struct str str_trim(struct str s);

/* A copy in the arena, NUL-terminated too. {NULL, 0} when the arena is full. */
struct str str_dup(struct arena *a, struct str s);

/* ASCII classes and cases that never look at the locale. */
static inline bool ascii_isdigit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool ascii_isalpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool ascii_isalnum(char c)
{
	return ascii_isdigit(c) || ascii_isalpha(c);
}

static inline bool ascii_isprint(char c)
{
	return c >= 0x20 && c <= 0x7e;
}

static inline char ascii_tolower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Is every byte printable ASCII? */
bool str_printable(struct str s);

/* Is it a relative path without `.` and `..`, no part of it empty? */
bool path_stays_below(struct str path);

/* What stands behind the last slash of a path, and in front of it (empty: no slash, or nothing). Views. */
struct str path_name(struct str path);
struct str path_folder(struct str path);

/* Sorts bytewise, without memory and without recursion. */
void str_sort(struct str *w, uint32_t n);

/* 0..15, or -1 when @c is no hexadecimal digit. */
int ascii_hexval(char c);

/*
 * Reads all of @s as an unsigned decimal number of at most @max; leading zeros are allowed.
 * Returns 0, -EINVAL (empty, or a byte that is no digit), -ERANGE.
 */
int str_to_u64(struct str s, uint64_t max, uint64_t *ret);

/*
 * Builds text in memory that the caller brings. Overflow is sticky and nothing is cut silently:
 * check .overflow (or the result of sbuf_str()) at the end.
 */
struct sbuf {
	char *p;
	size_t n, size;
	bool overflow;
};

#define SBUF(buf) ((struct sbuf){ .p = (buf), .size = sizeof(buf) })

void sbuf_put(struct sbuf *b, const void *p, size_t n);
void sbuf_putc(struct sbuf *b, char c);
void sbuf_puts(struct sbuf *b, const char *cstr);
void sbuf_put_str(struct sbuf *b, struct str s);
void sbuf_put_u64(struct sbuf *b, uint64_t v);
void sbuf_put_i64(struct sbuf *b, int64_t v);
/* Lower-case hexadecimal, at least @digits digits (1..16). */
void sbuf_put_hex(struct sbuf *b, uint64_t v, unsigned digits);

/* What was built, or {NULL, 0} after an overflow. A view. */
static inline struct str sbuf_str(const struct sbuf *b)
{
	return b->overflow ? (struct str){ 0 } : (struct str){ b->p, b->n };
}

/* In quotation marks, with a backslash before each of these and of itself, as in policies. */
void sbuf_put_quoted(struct sbuf *b, struct str s);

/*
 * Descriptor escape: bytes outside [A-Za-z0-9._-] become @XX (upper-case hexadecimal). The same
 * spelling serves descriptors and the names in MDEV_COMPAT_TYPES.
 */
void sbuf_put_escaped(struct sbuf *b, struct str s);

/*
 * Undoes sbuf_put_escaped() into the arena. Only the canonical spelling is taken: -EINVAL on a
 * raw byte that should be escaped, an escape of one that should not, a short or lower-case
 * escape; -ENOMEM.
 */
int str_unescape(struct arena *a, struct str s, struct str *ret);
