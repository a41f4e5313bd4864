/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Around the texts of ranges: the bound on intervals as they are written, items one by one, single
 * versions, and memory that runs out.
 */
#include "tests/version/vtest.h"

static struct arena arena;

static const char *repeat(
	char *buf, const char *head, const char *one, int n, const char *tail)
{
	char *p = buf + sprintf(buf, "%s", head);

	for (int i = 0; i < n; i++)
		p += sprintf(p, "%s%s%d", i ? "," : "", one, 2 * i);
	sprintf(p, "%s", tail);
	return buf;
}

static void test_bound(void)
{
	static const struct {
		const char *head, *one;
		int n;
		const char *tail;
		int intervals; /* or -1 */
	} row[] = {
		{ "", "2.0.", 64, "", 64 },
		{ "", "2.0.", 65, "", -1 },
		{ "2.0.<", "", 64, ">", 64 },
		{ "2.0.<", "", 65, ">", -1 },
		{ "2.<", "", 64, ">.*", 64 },
		{ "2.0.<", "", 63, ">, 3+", 64 },
		{ "2.0.<", "", 64, ">, 3+", -1 },
		{ "2.0.* except 2.0.<", "", 63, ">", 63 },
		{ "2.0.* except 2.0.<", "", 64, ">", -1 },
		{ "2.0.<", "", 32,
			"> except 2.0.<0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,"
			"19,20,21,22,23,24,25,26,27,28,29,30,31>",
			16 },
		{ "2.0.<", "", 33,
			"> except 2.0.<0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,"
			"19,20,21,22,23,24,25,26,27,28,29,30,31>",
			-1 },
		{ "", "[2.0.0,2.0.1),2.0.", 32, "", 32 },
		{ "[2.0.0,2.0.1),", "[2.0.0,2.0.1),2.0.", 32, "", -1 },
		{ "none,", "2.0.", 63, "", 63 },
		{ "", "2.0.", 63, ",3.*", 64 },
		{ "", "2.0.", 64, ",3.*", -1 },
		{ "", "2.0.", 64, ",*", -1 },
		{ "", "2.0.", 64, ",3.0.1", -1 },
		{ "", "2.0.", 64, ",3.0.1+", -1 },
		{ "", "2.0.", 64, ",3.0.1-3.0.2", -1 },
		{ "", "2.0.", 64, ",3.0.1..3.0.2", -1 },
		{ "", "2.0.", 64, ",[3.0.1,3.0.2)", -1 },
		{ "", "2.0.", 64, ",none", -1 },
		{ "none,", "2.0.", 64, "", -1 },
	};
	struct version_spec f = { 3, 1 };
	static char text[4096];

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct range_error e = { 0 };
		struct ranges r = RANGES_NONE;
		int k;

		repeat(text, row[i].head, row[i].one, row[i].n, row[i].tail);
		k = range_parse(&arena, str_from(text), f, RANGE_ANY, &r, &e);
		if (row[i].intervals >= 0)
			ok(k == 0 && (int)r.n == row[i].intervals,
				"64 intervals pass: %.40s %.9s", text, row[i].tail);
		else
			ok(k == -EINVAL && e.code == RANGE_ERR_TOO_MANY &&
					e.at + e.len <= strlen(text) && e.len > 0,
				"65 do not: %.40s %.9s", text, row[i].tail);
	}
	repeat(text, "", "2.0.", 65, "");
	struct range_error e = { 0 };
	struct ranges r;

	range_parse(&arena, str_from(text), f, RANGE_POLICY, &r, &e);
	ok(str_eq(str_sub(str_from(text), e.at, e.at + e.len), STR("2.0.128")),
		"the 65th is pointed at");
	repeat(text, "2.0.<", "", 65, ">");
	range_parse(&arena, str_from(text), f, RANGE_POLICY, &r, &e);
	ok(str_eq(str_sub(str_from(text), e.at, e.at + e.len), STR("128")),
		"the 65th element is pointed at");
	is_int(range_item_written(STR("2.0.<2,3, 4>")), 3, "written: a list of three");
	is_int(range_item_written(STR("2.0.2..2.0.4")), 1, "written: a range is one");
	is_int(range_item_written(STR("[2.0.2,2.0.4)")), 1, "written: so is an interval");
	is_int(range_item_written(STR("none")), 1, "written: and nothing");
}

static void test_item(void)
{
	static const struct {
		const char *text;
		enum range_error_code code;
		size_t at, len;
	} row[] = {
		{ "2.0.<2, 3>", RANGE_OK, 0, 0 },
		{ "2.1+", RANGE_OK, 0, 0 },
		{ "none", RANGE_OK, 0, 0 },
		{ "*", RANGE_OK, 0, 0 },
		{ "", RANGE_ERR_EMPTY, 0, 0 },
		{ " 2.1+", RANGE_ERR_EMPTY, 0, 0 },
		{ "2.1+ ", RANGE_ERR_BLANK, 4, 1 },
		{ "2.1+,2.0.1", RANGE_ERR_SYNTAX, 4, 1 },
		{ "2.1+ except 2.1.7", RANGE_ERR_BLANK, 4, 1 },
		{ "except", RANGE_ERR_SYNTAX, 0, 6 },
		{ "2.1", RANGE_ERR_AMBIGUOUS, 0, 3 },
		{ "2.0.{2,3}", RANGE_ERR_FOREIGN, 4, 5 },
	};
	struct version_spec f = { 3, 1 };

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct range_error e = { 0 };
		struct ranges r;
		int k = range_item_parse(
			&arena, str_from(row[i].text), f, RANGE_POLICY, &r, &e);

		ok(row[i].code == RANGE_OK
				? k == 0
				: k == -EINVAL && e.code == row[i].code &&
					  e.at == row[i].at && e.len == row[i].len,
			"one item: '%s'", row[i].text);
	}
}

static void test_version(void)
{
	static const struct {
		unsigned parts;
		bool exact;
		const char *text;
		enum range_error_code code;
		size_t at, len;
		uint32_t part[4];
		const char *hint;
	} row[] = {
		{ 3, true, "2.1.3", RANGE_OK, 0, 0, { 2, 1, 3 }, "" },
		{ 3, false, "2.1.3", RANGE_OK, 0, 0, { 2, 1, 3 }, "" },
		{ 3, false, "2.1", RANGE_OK, 0, 0, { 2, 1, 0 }, "" },
		{ 3, false, "2", RANGE_OK, 0, 0, { 2, 0, 0 }, "" },
		{ 3, true, "2.1", RANGE_ERR_AMBIGUOUS, 0, 3, { 0 }, "2.1.0" },
		{ 4, true, "2.1", RANGE_ERR_AMBIGUOUS, 0, 3, { 0 }, "2.1.0.0" },
		{ 1, true, "7", RANGE_OK, 0, 0, { 7 }, "" },
		{ 3, false, "550.127.08", RANGE_OK, 0, 0, { 550, 127, 8 }, "" },
		{ 4, false, "4294967294.0.0.4294967294", RANGE_OK, 0, 0,
			{ TOP, 0, 0, TOP }, "" },
		{ 3, false, "0", RANGE_OK, 0, 0, { 0 }, "" },
		{ 3, false, "000.00000000000000000000001", RANGE_OK, 0, 0, { 0, 1 }, "" },
		{ 3, false, "4294967295", RANGE_ERR_PART_TOO_LARGE, 0, 10, { 0 }, "" },
		{ 3, false, "2.4294967296.1", RANGE_ERR_PART_TOO_LARGE, 2, 10, { 0 },
			"" },
		{ 3, false, "2.1.18446744073709551618", RANGE_ERR_PART_TOO_LARGE, 4, 20,
			{ 0 }, "" },
		{ 3, false, "2.1.3.4", RANGE_ERR_TOO_MANY_PARTS, 6, 1, { 0 }, "" },
		{ 3, false, "", RANGE_ERR_EMPTY, 0, 0, { 0 }, "" },
		{ 3, false, "2.", RANGE_ERR_EMPTY, 2, 0, { 0 }, "" },
		{ 3, false, "2.1.3.", RANGE_ERR_EMPTY, 6, 0, { 0 }, "" },
		{ 3, false, ".2", RANGE_ERR_SYNTAX, 0, 2, { 0 }, "" },
		{ 3, false, "2..1", RANGE_ERR_SYNTAX, 2, 2, { 0 }, "" },
		{ 3, false, "2.1-rc1", RANGE_ERR_SYNTAX, 3, 4, { 0 }, "" },
		{ 3, false, "2.1.3\n", RANGE_ERR_BLANK, 5, 1, { 0 }, "" },
		{ 3, false, " 2.1.3", RANGE_ERR_BLANK, 0, 1, { 0 }, "" },
		{ 3, false, "2. 1.3", RANGE_ERR_BLANK, 2, 1, { 0 }, "" },
		{ 3, false, "-1", RANGE_ERR_SYNTAX, 0, 2, { 0 }, "" },
		{ 3, false, "+1", RANGE_ERR_SYNTAX, 0, 2, { 0 }, "" },
		{ 3, false, "0x10", RANGE_ERR_SYNTAX, 1, 3, { 0 }, "" },
		{ 3, false, "*", RANGE_ERR_SYNTAX, 0, 1, { 0 }, "" },
		{ 3, false, "2.1+", RANGE_ERR_SYNTAX, 3, 1, { 0 }, "" },
	};
	char buf[VERSION_TEXT_MAX + 1];

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct version_spec f = { row[i].parts, 1 };
		struct key key = KEY_END;
		struct range_error e = { 0 };
		struct str text = str_from(row[i].text);
		int k = version_parse(&arena, text, f, row[i].exact, &key, &e);

		if (row[i].code == RANGE_OK)
			ok(k == 0 && key_eq(key, key_from_parts(row[i].part)),
				"version '%s'", row[i].text);
		else
			ok(k == -EINVAL && key_is_end(key) &&
					error_is(&e, row[i].code, row[i].at, row[i].len,
						row[i].hint),
				"no version: '%s'", row[i].text);
	}
	struct sbuf b = SBUF(buf);

	version_print(&b, ver(TOP, TOP, TOP, TOP), 4);
	sbuf_putc(&b, '\0');
	is_str(buf, "4294967294.4294967294.4294967294.4294967294", "the longest version");
	is_int(b.n, VERSION_TEXT_MAX + 1, "and its room");
}

/* A full arena is an error of its own, and nothing is handed out. */
static void test_no_room(void)
{
	static char memory[4096] __attribute__((aligned(16)));
	static const char *const text[] = { "2.0.1,3.0.1", "2.*except", "2.1",
		"2.0.* except 2.0.1" };
	struct version_spec f = { 3, 1 };

	for (size_t i = 0; i < ARRAY_SIZE(text); i++) {
		struct ranges r = { NULL, 77 };
		size_t size, failed = 0, wrong = 0;
		int k = -ENOMEM;

		for (size = 0; size <= sizeof(memory) && k == -ENOMEM; size += 16) {
			struct range_error e = { .code = RANGE_OK };
			struct arena a;

			memset(memory, 0, sizeof(memory));
			arena_init_fixed(&a, memory, size);
			k = range_parse(&a, str_from(text[i]), f, RANGE_POLICY, &r, &e);
			if (k == -ENOMEM) {
				failed++;
				wrong += r.n != 77 || e.code != RANGE_OK;
			}
		}
		ok(k != -ENOMEM && wrong == 0 && (failed > 0 || i == 1),
			"short of memory: %s", text[i]);
	}
}

int main(void)
{
	plan(24 + 6 + 12 + 29 + 2 + 4);
	arena_init(&arena, 64 << 20);
	test_bound();
	test_item();
	test_version();
	test_no_room();
	arena_release(&arena);
	return done_testing();
}
