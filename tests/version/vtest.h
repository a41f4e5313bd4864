/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the tests of versions and ranges share. */
#ifndef TESTS_VERSION_VTEST_H
#define TESTS_VERSION_VTEST_H

#include <errno.h>

#include "engine/base/limits.h"
#include "engine/version/text.h"
#include "tests/tap.h"

#define TOP VERSION_PART_MAX

static inline struct key ver(uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
	return key_from_parts((uint32_t[4]){ a, b, c, d });
}

/* Printed into a buffer of the caller's, NUL-terminated. */
static inline TAP_UNUSED const char *show(
	struct ranges r, unsigned parts, char *buf, size_t size)
{
	struct sbuf b = { .p = buf, .size = size };

	ranges_print(&b, r, parts);
	sbuf_putc(&b, '\0');
	return b.overflow ? "(overflow)" : buf;
}

static inline TAP_UNUSED const char *show_policy(
	struct ranges r, struct version_spec f, char *buf, size_t size)
{
	struct sbuf b = { .p = buf, .size = size };

	ranges_print_policy(&b, r, f);
	sbuf_putc(&b, '\0');
	return b.overflow ? "(overflow)" : buf;
}

/* Parses what must parse. */
static inline TAP_UNUSED struct ranges must_parse(
	struct arena *a, const char *text, struct version_spec f, enum range_dialect d)
{
	struct range_error e;
	struct ranges r;

	if (range_parse(a, str_from(text), f, d, &r, &e) != 0)
		bail_out("'%s' does not parse: %s", text, range_error_text(e.code));
	return r;
}

/* Is it this error, here, with this suggestion? Says what it is instead. */
static inline TAP_UNUSED bool error_is(const struct range_error *e, enum range_error_code code, size_t at,
	size_t len, const char *hint)
{
	bool same = e->code == code && e->at == at && e->len == len &&
		    str_eq(e->hint, str_from(hint));

	if (!same)
		diag("    got %d at %zu, %zu bytes, hint '%.*s'", (int)e->code, e->at,
			e->len, STR_FMT(e->hint));
	return same;
}

#endif
