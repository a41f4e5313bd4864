/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The texts that are written to drivers: each type that has one, and each that has none. */
#include <errno.h>

#include "engine/image/attr-parse.h"
#include "engine/probe/setting.h"
#include "tests/tap.h"

static struct arena arena;

struct row {
	const char *name;
	struct attr_type type;
	const char *from; /* a fact's text */
	const char *want; /* NULL: none */
};

#define TYPE(which) { .type = { .tag = (which) }, .lo = INT64_MIN, .hi = INT64_MAX }

int main(void)
{
	struct attr_type number = TYPE(VT_INT), hex = TYPE(VT_INT), size = TYPE(VT_INT);
	struct attr_type version = { .type = { .tag = VT_VERSION, .size = 3 }, .major = 1 };
	struct attr_type plus = TYPE(VT_SET), field = TYPE(VT_SET);
	struct attr_type mask = { .type = { .tag = VT_MASK, .size = 16 } };

	hex.int_format = INT_HEX;
	size.int_format = INT_SIZE;
	plus.separator = STR("+");
	field.field = 1;
	field.field_separator = STR(".");
	{
		const struct row rows[] = {
			{ "int", number, "-7", "-7" },
			{ "int, hex", hex, "0x00ff", "0xff" },
			{ "int, size", size, "2K", "2048" },
			{ "bool", TYPE(VT_BOOL), "on", "1" },
			{ "bool, no", TYPE(VT_BOOL), "N", "0" },
			{ "string", TYPE(VT_STRING), "a b", "a b" },
			{ "string, empty", TYPE(VT_STRING), "", "" },
			{ "version", version, "550.9", "550.9.0" },
			{ "pci-id", TYPE(VT_PCI_ID), "0x10DE:0x1eb8", "10de:1eb8" },
			{ "set", TYPE(VT_SET), " b a ", "a b" },
			{ "set with a separator", plus, "b+a", "a+b" },
			{ "set of fields", field, "a.1 b.2", NULL },
			{ "mask", mask, "0x3", NULL },
		};
		struct value none = { 0 };
		struct str text;
		size_t i;

		plan(2 * ARRAY_SIZE(rows) + 2);
		arena_init(&arena, (size_t)1 << 20);
		for (i = 0; i < ARRAY_SIZE(rows); i++) {
			const struct row *w = &rows[i];
			struct ranges ranges;
			struct value v;
			struct str why, got = STR("untouched");
			int r = attr_parse(&arena, &w->type, str_from(w->from), &v, &ranges, &why);

			is_int(r, 0, "%s: a value", w->name);
			r = attr_write_text(&arena, &w->type, &v, &got);
			ok(r == (w->want ? 0 : -EOPNOTSUPP) &&
					str_eq(got, str_from(w->want ? w->want : "untouched")),
				"%s: %d '%.*s'", w->name, r, STR_FMT(got));
		}
		is_int(attr_write_text(&arena, &number, &none, &text), -EOPNOTSUPP, "absent");
		is_int(attr_write_text(&arena, &version, &(struct value){ .type = number.type }, &text),
			-EOPNOTSUPP, "a value of another type");
		arena_release(&arena);
	}
	return done_testing();
}
