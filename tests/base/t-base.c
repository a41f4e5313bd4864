/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The foot of everything: arenas at and past their limit, text, escapes, digests. */
#include <errno.h>
#include <string.h>

#include "engine/base/arena.h"
#include "engine/base/digest.h"
#include "engine/base/le.h"
#include "engine/base/status.h"
#include "engine/base/str.h"
#include "tests/tap.h"

static bool all_zero(const char *p, size_t n)
{
	while (n-- > 0)
		if (p[n] != 0)
			return false;
	return true;
}

static void test_arena(void)
{
	static char buf[256] __attribute__((aligned(16)));
	struct arena_mark m;
	struct arena a;
	char *p;

	arena_init_fixed(&a, buf, sizeof(buf));
	p = arena_alloc(&a, 256);
	ok(p && all_zero(p, 256), "a fixed arena gives its last byte");
	p = arena_alloc(&a, 1);
	ok(!p && arena_failed(&a), "and not one more");
	ok(!arena_alloc(&a, 0), "failure sticks");

	memset(buf, 0, sizeof(buf));
	arena_init_fixed(&a, buf, sizeof(buf));
	p = arena_alloc(&a, 16);
	m = arena_mark(&a);
	p = arena_alloc(&a, 64);
	memset(p, 0xff, 64);
	ok(!arena_alloc(&a, 4096), "too much");
	arena_rewind(&a, m);
	p = arena_alloc(&a, 64);
	ok(p && all_zero(p, 64), "rewinding clears memory and failure");

	{
		size_t limit = arena_bound(&a, a.used + 32);

		ok(arena_alloc(&a, 32) && !arena_alloc(&a, 1) && a.over, "a bound around one piece of work");
		arena_bound(&a, limit);
		ok(!arena_alloc(&a, 1), "which failed");
		arena_forgive(&a);
		ok(arena_left(&a) == 144 && arena_alloc(&a, 16), "and may be tried otherwise");
		ok(!arena_charge(&a, 129) && a.over, "nobody is charged for more than there is");
		arena_forgive(&a);
		ok(arena_charge(&a, 128) && !arena_alloc(&a, 1), "what is charged for is gone");
		arena_rewind(&a, m);
		p = arena_alloc(&a, 64);
	}
	memset(p, 0xff, 64);
	arena_trim(&a, p, 17);
	ok(a.used == 48, "what is left over is given back");
	p = arena_alloc(&a, 32);
	ok(p == buf + 48 && all_zero(p, 32), "and comes next, clean");
	arena_trim(&a, p, 4096);
	ok(a.used == 80, "nobody trims to more");

	arena_init(&a, 1 << 20);
	p = arena_alloc(&a, 1 << 20);
	ok(p && !arena_alloc(&a, 1), "a growing arena stops at its limit");
	arena_release(&a);
	arena_init(&a, 1 << 20);
	p = arena_alloc(&a, 100);
	m = arena_mark(&a);
	for (int i = 0; i < 100; i++) {
		p = arena_alloc(&a, 5000);
		memset(p, 0xff, 5000);
	}
	arena_rewind(&a, m);
	ok(a.used == 112, "rewinding over blocks gives them back");
	p = arena_alloc(&a, 60000);
	ok(p && all_zero(p, 60000), "and what comes after is zero");
	for (int i = 0, dirty = 0; i < 100; i++) {
		p = arena_alloc(&a, 5000);
		dirty += !p || !all_zero(p, 5000);
		if (i == 99)
			is_int(dirty, 0, "also in the blocks that were left");
	}
	ok(!arena_alloc_array(&a, SIZE_MAX / 2, 4) && arena_failed(&a), "products are checked");
	arena_release(&a);
}

static void test_str(void)
{
	char buf[64], small[4];
	struct sbuf b = SBUF(buf);
	struct arena a;
	struct str s;
	uint64_t v;

	ok(str_cmp(STR("a"), STR("ab")) < 0 && str_cmp(STR("b"), STR("ab")) > 0, "order");
	ok(str_eq(str_trim(STR(" \tx y ")), STR("x y")), "trim");
	ok(str_to_u64(STR("18446744073709551615"), UINT64_MAX, &v) == 0 && v == UINT64_MAX,
		"the largest number");
	ok(str_to_u64(STR("18446744073709551616"), UINT64_MAX, &v) == -ERANGE, "and one more");
	ok(str_to_u64(STR("00012"), 12, &v) == 0 && v == 12, "leading zeros");
	ok(str_to_u64(STR("9"), 5, &v) == -ERANGE, "one digit past a small bound");
	ok(str_to_u64(STR("+1"), 12, &v) == -EINVAL && str_to_u64(STR(""), 1, &v) == -EINVAL,
		"no sign, not empty");
	sbuf_put_i64(&b, INT64_MIN);
	ok(str_eq(sbuf_str(&b), STR("-9223372036854775808")), "the smallest integer");
	b = SBUF(buf);
	sbuf_put_hex(&b, 0x8086, 4);
	sbuf_putc(&b, ' ');
	sbuf_put_hex(&b, 0x59, 4);
	ok(str_eq(sbuf_str(&b), STR("8086 0059")), "hex");
	b = SBUF(small);
	sbuf_puts(&b, "1234");
	ok(str_eq(sbuf_str(&b), STR("1234")), "full to the brim");
	sbuf_putc(&b, '5');
	ok(b.overflow && sbuf_str(&b).p == NULL, "overflow gives nothing");

	arena_init(&a, 4096);
	b = SBUF(buf);
	sbuf_put_escaped(&b, STR("a b:\n\xff-._"));
	ok(str_eq(sbuf_str(&b), STR("a@20b@3A@0A@FF-._")), "escape");
	ok(str_unescape(&a, sbuf_str(&b), &s) == 0 && str_eq(s, STR("a b:\n\xff-._")), "and back");
	ok(str_unescape(&a, STR("a@41"), &s) == -EINVAL, "no escape of a plain byte");
	ok(str_unescape(&a, STR("@3a"), &s) == -EINVAL, "no lower-case escape");
	ok(str_unescape(&a, STR("@3"), &s) == -EINVAL, "no short escape");
	ok(str_unescape(&a, STR("a:b"), &s) == -EINVAL, "no raw byte that must be escaped");
	arena_release(&a);
}

static void test_digest(void)
{
	static const uint8_t abc[4] = { 0xba, 0x78, 0x16, 0xbf };
	struct str one[] = { STR_INIT("ab"), STR_INIT("c") };
	struct str two[] = { STR_INIT("a"), STR_INIT("bc") };
	uint8_t x[SHA256_SIZE], y[SHA256_SIZE] = { 0 };
	char text[FINGERPRINT_HASH_LEN];

	sha256_bytes("abc", 3, x);
	ok(memcmp(x, abc, 4) == 0, "the published vector of SHA-256");
	sha256_parts(one, 2, x);
	sha256_parts(two, 2, y);
	ok(memcmp(x, y, SHA256_SIZE) != 0, "parts are told apart");
	memset(x, 0xff, sizeof(x));
	digest_base32(x, text);
	ok(memcmp(text, "77777777777777777777777774", 26) == 0, "base 32 of ones, 128 bits");
	memcpy(x, "foobarfoobarfoob", 16);
	digest_base32(x, text);
	ok(memcmp(text, "mzxw6ytboj", 10) == 0, "base 32 as RFC 4648 has it");
	put_le64(x, 0x0102030405060708);
	ok(x[0] == 8 && x[7] == 1 && get_le64(x) == 0x0102030405060708, "little-endian");
}

static void test_path(void)
{
	static const struct {
		struct str path, folder, name;
	} row[] = {
		{ STR_INIT("a/b/c"), STR_INIT("a/b"), STR_INIT("c") },
		{ STR_INIT("c"), STR_INIT(""), STR_INIT("c") },
		{ STR_INIT("a/"), STR_INIT("a"), STR_INIT("") },
		{ STR_INIT("/a"), STR_INIT(""), STR_INIT("a") },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++)
		ok(str_eq(path_folder(row[i].path), row[i].folder) &&
				str_eq(path_name(row[i].path), row[i].name),
			"folder and name of a path");
}

int main(void)
{
	plan(46);
	test_arena();
	test_str();
	test_digest();
	test_path();
	is_str(status_name(STATUS_MISSING_FACT), "missing-fact", "status words");
	ok(status_has_fingerprint(STATUS_POLICY_STALE) && !status_has_fingerprint(STATUS_NO_IMAGE),
		"which statuses have a fingerprint");
	return done_testing();
}
