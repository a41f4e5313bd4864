/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Shorthand for the tests of diagrams: values, levels, records and texts in one line each. */

#include <errno.h>

#include "engine/diagram/diagram.h"
#include "tests/tap.h"

#define STRINGS ((struct value_type){ .tag = VT_STRING })
#define IDS	((struct value_type){ .tag = VT_PCI_ID })
#define BOOLS	((struct value_type){ .tag = VT_BOOL })
#define INTS	((struct value_type){ .tag = VT_INT })
#define SETS	((struct value_type){ .tag = VT_SET })
#define VERSIONS(n) ((struct value_type){ .tag = VT_VERSION, .size = (n) })
#define MASKS(n)    ((struct value_type){ .tag = VT_MASK, .size = (n) })

#define WORDS(...) \
	((struct str[]){ __VA_ARGS__ }), (sizeof((struct str[]){ __VA_ARGS__ }) / sizeof(struct str))

#define CLOSED(n, t) (&(struct dlevel){ STR(n), (t), DMODE_CLOSED })
#define OPEN(n, t)   (&(struct dlevel){ STR(n), (t), DMODE_OPEN })

static TAP_UNUSED struct value word_value(struct value_type t, struct str w)
{
	return (struct value){ .type = t, .word = w };
}

static TAP_UNUSED struct value string_value(const char *w)
{
	return word_value(STRINGS, str_from(w));
}

static TAP_UNUSED struct value bool_value(bool yes)
{
	return (struct value){ .type = BOOLS, .yes = yes };
}

static TAP_UNUSED struct value int_value(int64_t v)
{
	return (struct value){ .type = INTS, .key = key_from_int(v) };
}

static TAP_UNUSED struct key version_key(uint32_t a, uint32_t b, uint32_t c)
{
	return key_from_parts((uint32_t[4]){ a, b, c, 0 });
}

static TAP_UNUSED struct value version_value(uint32_t a, uint32_t b, uint32_t c)
{
	return (struct value){ .type = VERSIONS(3), .key = version_key(a, b, c) };
}

static TAP_UNUSED struct value set_value(const struct str *w, uint32_t n)
{
	return (struct value){ .type = SETS, .set = { w, n } };
}

static TAP_UNUSED struct value mask_value(unsigned size, uint64_t low)
{
	return (struct value){ .type = MASKS(size), .bits = { low } };
}

/* The predicate as text, in a buffer that the next call of the same @slot overwrites. */
static TAP_UNUSED const char *text_in(const struct dstore *s, dref r, enum dmode m, unsigned slot)
{
	static char buf[4][1 << 17];
	struct sbuf b = { .p = buf[slot], .size = sizeof(buf[slot]) - 1 };
	struct arena a;
	int err;

	arena_init(&a, 16u << 20);
	err = dg_print(s, r, m, &a, &b);
	arena_release(&a);
	if (err < 0 || b.overflow)
		return strerror(-err);
	buf[slot][b.n] = 0;
	return buf[slot];
}

static TAP_UNUSED const char *text(const struct dstore *s, dref r, enum dmode m)
{
	return text_in(s, r, m, 0);
}

/* Parses a record and judges it; bails out on a text that is none. */
static TAP_UNUSED bool takes(const struct dstore *s, dref r, enum dmode m, const char *record)
{
	struct record rec;
	struct arena a;
	bool yes;

	arena_init(&a, 1u << 20);
	if (record_parse(&a, str_from(record), &rec) < 0)
		bail_out("no record: %s", record);
	yes = dg_eval(s, r, m, &rec);
	arena_release(&a);
	return yes;
}
