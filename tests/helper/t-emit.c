/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From evaluations to what the helper prints: keys, bytes, sizes, and that nothing but our keys
 * comes out whatever goes in.
 */
#include <errno.h>

#include "engine/helper/emit.h"
#include "tests/helper/udev-lines.h"
#include "tests/tap.h"

static struct arena arena;
static char buf[HELPER_OUTPUT_MAX];

#define FP(letter) "mc1-aaaaaaaaaaaaaaaaaaaaaaaaa" letter "-bbbbbbbbbbbbbbbbbbbbbbbbbb"

static struct evaluation eval_ok(const char *fp)
{
	struct evaluation e = { .status = STATUS_OK };

	snprintf(e.fingerprint, sizeof(e.fingerprint), "%s", fp);
	return e;
}

static struct evaluation eval_not(enum mdc_status status, const char *detail)
{
	return (struct evaluation){ .status = status, .detail = str_from(detail) };
}

/* All of a parent's output, or the error as text. */
static const char *parent(const struct str *type, const struct evaluation *e, uint32_t n)
{
	static char text[HELPER_OUTPUT_MAX + 1];
	struct emit_parent p;
	struct str out;
	uint32_t i;
	int r;

	r = emit_parent_begin(&p, &arena, buf, sizeof(buf), type, n);
	for (i = 0; r == 0 && i < n && !emit_parent_full(&p); i++)
		emit_parent_type(&p, i, &e[i]);
	if (r == 0)
		r = emit_parent_end(&p, &out);
	if (r < 0)
		return strerror(-r);
	memcpy(text, out.p, out.n);
	text[out.n] = '\0';
	return text;
}

static const char *instance(const char *type, const struct evaluation *e)
{
	static char text[HELPER_OUTPUT_MAX + 1];
	struct str out;
	int r = emit_instance(buf, sizeof(buf), str_from(type), e, &out);

	if (r < 0)
		return strerror(-r);
	memcpy(text, out.p, out.n);
	text[out.n] = '\0';
	return text;
}

#define S STR_INIT

static void test_parents(void)
{
	const struct str two[] = { S("mtty-1"), S("mtty-2") };
	const struct str odd[] = { S("a b"), S("a\nPATH=/evil"), S("x\377Y") };
	const struct str clash[] = { S("a-b"), S("a.b"), S("a_b"), S("c-d"), S("d") };
	struct evaluation e[5] = { eval_ok(FP("a")), eval_ok(FP("b")), eval_ok(FP("c")),
		eval_ok(FP("d")), eval_ok(FP("e")) };

	is_str(parent(two, e, 2),
		"MDEV_COMPAT_TYPES=mtty-1 mtty-2\n"
		"MDEV_COMPAT_FP_mtty_1=" FP("a") "\n"
		"MDEV_COMPAT_FP_mtty_2=" FP("b") "\n"
		"MDEV_COMPAT_STATUS=ok\n",
		"a parent");
	is_str(parent(odd, e, 3),
		"MDEV_COMPAT_TYPES=a@20b a@0APATH@3D@2Fevil x@FFY\n"
		"MDEV_COMPAT_FP_a_b=" FP("a") "\n"
		"MDEV_COMPAT_FP_a_PATH__evil=" FP("b") "\n"
		"MDEV_COMPAT_FP_x_Y=" FP("c") "\n"
		"MDEV_COMPAT_STATUS=ok\n",
		"odd names: escaped in the list, mangled in the key, case kept");
	is_str(parent(clash, e, 5),
		"MDEV_COMPAT_TYPES=a-b a.b a_b c-d d\n"
		"MDEV_COMPAT_FP_c_d=" FP("d") "\n"
		"MDEV_COMPAT_FP_d=" FP("e") "\n"
		"MDEV_COMPAT_CLASH=a-b a.b a_b\n"
		"MDEV_COMPAT_STATUS=ok\n",
		"names that clash have no key");
	is_str(parent(two, e, 0), "MDEV_COMPAT_STATUS=ok\n", "no types");
	e[1] = eval_not(STATUS_MISSING_FACT, "ecc");
	is_str(parent(two, e, 2),
		"MDEV_COMPAT_TYPES=mtty-1 mtty-2\n"
		"MDEV_COMPAT_FP_mtty_1=" FP("a") "\n"
		"MDEV_COMPAT_FP_mtty_2=unknown:missing-fact:ecc\n"
		"MDEV_COMPAT_STATUS=partial\n",
		"different statuses");
	e[0] = e[1];
	is_str(parent(two, e, 2),
		"MDEV_COMPAT_TYPES=mtty-1 mtty-2\n"
		"MDEV_COMPAT_FP_mtty_1=unknown:missing-fact:ecc\n"
		"MDEV_COMPAT_FP_mtty_2=unknown:missing-fact:ecc\n"
		"MDEV_COMPAT_STATUS=missing-fact\n",
		"one status for all");
	e[0] = e[1] = eval_not(STATUS_NO_IMAGE, NULL);
	is_str(parent(two, e, 2),
		"MDEV_COMPAT_TYPES=mtty-1 mtty-2\n"
		"MDEV_COMPAT_FP_mtty_1=unknown:no-image\n"
		"MDEV_COMPAT_FP_mtty_2=unknown:no-image\n"
		"MDEV_COMPAT_STATUS=no-image\n",
		"no image");
	e[0] = eval_ok(FP("a"));
	e[0].status = STATUS_POLICY_STALE;
	e[1] = e[0];
	is_str(parent(two, e, 2),
		"MDEV_COMPAT_TYPES=mtty-1 mtty-2\n"
		"MDEV_COMPAT_FP_mtty_1=" FP("a") "\n"
		"MDEV_COMPAT_FP_mtty_2=" FP("a") "\n"
		"MDEV_COMPAT_STATUS=policy-stale\n",
		"a status with fingerprints");
	e[0] = eval_not(STATUS_MISSING_FACT, "a\nb=c");
	is_str(parent(two, e, 1),
		"MDEV_COMPAT_TYPES=mtty-1\n"
		"MDEV_COMPAT_FP_mtty_1=unknown:missing-fact:a@0Ab@3Dc\n"
		"MDEV_COMPAT_STATUS=missing-fact\n",
		"a hostile detail");
}
#define N_PARENTS 9

/* What is no fingerprint is never printed as one. */
static void test_refused(void)
{
	static const char *const bad[] = { "", "mc1-",
		"mc2-aaaaaaaaaaaaaaaaaaaaaaaaaa-bbbbbbbbbbbbbbbbbbbbbbbbbb",
		"mc1-aaaaaaaaaaaaaaaaaaaaaaaaaa-bbbbbbbbbbbbbbbbbbbbbbbbb",
		"mc1-aaaaaaaaaaaaaaaaaaaaaaaaa\n-bbbbbbbbbbbbbbbbbbbbbbbbbb",
		"mc1-aaaaaaaaaaaaaaaaaaaaaaaaa\"-bbbbbbbbbbbbbbbbbbbbbbbbbb" };
	const struct str one[] = { S("t") };
	struct evaluation e;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		e = eval_ok(bad[i]);
		is_str(parent(one, &e, 1), strerror(EILSEQ), "fingerprint %zu on a parent", i);
		e.descriptor = STR("mdc1:x");
		is_str(instance("t", &e), strerror(EILSEQ), "fingerprint %zu on a device", i);
	}
	e = eval_ok(FP("a"));
	e.descriptor = STR("mdc1:\nX=1");
	is_str(instance("t", &e), strerror(EILSEQ), "a descriptor with a newline");
	e.descriptor = STR("mdc1: ");
	is_str(instance("t", &e), strerror(EILSEQ), "a descriptor that ends in a blank");
}
#define N_REFUSED (6 * 2 + 2)

static void test_instances(void)
{
	static char longer[DESCRIPTOR_PROP_MAX + 1];
	struct attr attr[6] = { { .name = S("kind") }, { .name = S("driver") }, { .name = S("type") },
		{ .name = S("aggregator") }, { .name = S("board") }, { .name = S("fps") } };
	const uint16_t claims[] = { 3, 5 };
	struct evaluation e = eval_ok(FP("a"));
	const char *got;

	e.has_policy = true;
	e.policy.name = STR("intel-gvtg");
	memcpy(e.policy.digest, "\x01\x23\x45\x67\x89", 5);
	e.policy.attr = attr;
	e.policy.n_attrs = 6;
	e.claim_attr = claims;
	e.n_claim_attrs = 2;
	e.descriptor = STR("mdc1:kind=smdev/1");
	is_str(instance("i915-GVTg_V5_4", &e),
		"MDEV_COMPAT_TYPE=i915-GVTg_V5_4\n"
		"MDEV_COMPAT_FINGERPRINT=" FP("a") "\n"
		"MDEV_COMPAT_CLAIMS=aggregator,fps\n"
		"MDEV_COMPAT_DESCRIPTOR=mdc1:kind=smdev/1\n"
		"MDEV_COMPAT_POLICY=intel-gvtg:01234567\n"
		"MDEV_COMPAT_STATUS=ok\n",
		"an instance");
	e.n_claim_attrs = 0;
	is_str(instance(NULL, &e),
		"MDEV_COMPAT_FINGERPRINT=" FP("a") "\n"
		"MDEV_COMPAT_DESCRIPTOR=mdc1:kind=smdev/1\n"
		"MDEV_COMPAT_POLICY=intel-gvtg:01234567\n"
		"MDEV_COMPAT_STATUS=ok\n",
		"neither type nor claims");
	memset(longer, 'x', sizeof(longer));
	e.descriptor = (struct str){ longer, DESCRIPTOR_PROP_MAX };
	got = instance("t", &e);
	ok(strstr(got, "DESCRIPTOR=xxx") && strstr(got, "STATUS=ok\n"), "a descriptor of 2048 bytes");
	e.descriptor.n++;
	is_str(instance("t", &e),
		"MDEV_COMPAT_TYPE=t\n"
		"MDEV_COMPAT_FINGERPRINT=" FP("a") "\n"
		"MDEV_COMPAT_POLICY=intel-gvtg:01234567\n"
		"MDEV_COMPAT_STATUS=descriptor-long\n",
		"one of 2049");
	e.status = STATUS_POLICY_STALE;
	ok(strstr(instance("t", &e), "STATUS=policy-stale\n"), "what is worse is said");
	e.status = STATUS_UNREADABLE_FACT;
	e.detail = STR("board");
	is_str(instance("t", &e),
		"MDEV_COMPAT_TYPE=t\n"
		"MDEV_COMPAT_POLICY=intel-gvtg:01234567\n"
		"MDEV_COMPAT_STATUS=unreadable-fact\n",
		"no fingerprint, nothing that belongs to one");
	e = eval_not(STATUS_NO_IMAGE, NULL);
	is_str(instance("a\r\nX=1", &e),
		"MDEV_COMPAT_TYPE=a@0D@0AX@3D1\n"
		"MDEV_COMPAT_STATUS=no-image\n",
		"a hostile type");
}
#define N_INSTANCES 7

/* ---- sizes ------------------------------------------------------------------------------- */

static const char *many(uint32_t n, uint32_t namelen, struct evaluation e)
{
	static struct str type[PARENT_TYPES_MAX];
	static struct evaluation es[PARENT_TYPES_MAX];
	uint32_t i;

	arena_release(&arena);
	arena_init(&arena, 64 << 20);
	for (i = 0; i < n; i++) {
		char name[256];

		memset(name, 'x', sizeof(name));
		snprintf(name, 16, "nv-%04u", i);
		name[7] = 'x';
		type[i] = (struct str){ arena_dup(&arena, name, namelen), namelen };
		es[i] = e;
	}
	return parent(type, es, n);
}

static uint32_t lines(const char *text)
{
	uint32_t n = 0;

	while ((text = strchr(text, '\n'))) {
		n++;
		text++;
	}
	return n;
}

static void test_sizes(void)
{
	const char *got = many(60, 10, eval_ok(FP("a")));
	uint32_t n, len, wrong = 0, full = 0, none = 0, edge = 0;

	ok(lines(got) == 62 && strlen(got) <= HELPER_OUTPUT_MAX, "60 types with names of 10 bytes fit");
	is_str(many(60, 60, eval_ok(FP("a"))),
		"MDEV_COMPAT_STATUS=too-many-types\nMDEV_COMPAT_COUNT=60\n",
		"60 with names of 60 do not");
	/* All or nothing, and to the byte. */
	for (n = 1; n < 90; n++)
		for (len = 7; len < 256; len++) {
			size_t want = (18 + n * (len + 1)) + n * (15 + len + 1 + 57 + 1) +
				strlen("MDEV_COMPAT_STATUS=ok\n");

			got = many(n, len, eval_ok(FP("a")));
			if (want <= HELPER_OUTPUT_MAX) {
				full++;
				edge += want >= HELPER_OUTPUT_MAX - 1;
				wrong += strlen(got) != want || lines(got) != n + 2;
			} else {
				none++;
				edge += want <= HELPER_OUTPUT_MAX + 2;
				wrong += lines(got) != 2 || !strstr(got, "too-many-types");
			}
		}
	is_int(wrong, 0, "all of them or none, whatever number and length");
	ok(full > 100 && none > 100 && edge > 0, "%u fit, %u do not, %u at the edge", full, none, edge);
	is_str(many(PARENT_TYPES_MAX, 200, eval_ok(FP("a"))),
		"MDEV_COMPAT_STATUS=too-many-types\nMDEV_COMPAT_COUNT=1024\n", "as many as there can be");
	is_int(emit_too_many(buf, 8, 5, &(struct str){ 0 }), -E2BIG, "no room even for that");
}
#define N_SIZES 6

/* ---- random bytes ------------------------------------------------------------------------ */

static uint32_t seed = 7;

static uint32_t rnd(uint32_t n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % n;
}

static struct str random_text(uint32_t max)
{
	static const char nasty[] = "\n\r\0\"'=# \t\033\377PATH=/evil LD_PRELOAD$%{}\\`;@";
	uint32_t n = rnd(max), i;
	char *p = arena_alloc(&arena, n + 1);

	for (i = 0; p && i < n; i++)
		p[i] = rnd(2) ? (char)('a' + rnd(26)) : nasty[rnd(sizeof(nasty) - 1)];
	return (struct str){ p, n };
}

static uint32_t strange_lines;
static uint32_t good_lines;

static void look(void *ctx, const char *key, const char *value)
{
	if (our_key(key) && our_value(value))
		good_lines++;
	else
		strange_lines++;
}

static void test_random(void)
{
	struct attr attr[4] = { 0 };
	const uint16_t claims[] = { 3, 9 };
	uint32_t i, k, printed = 0;

	for (i = 0; i < 20000; i++) {
		struct evaluation e[4] = { 0 };
		struct str type[4];
		const char *got;
		char text[HELPER_OUTPUT_MAX + 1];

		arena_release(&arena);
		arena_init(&arena, 1 << 20);
		for (k = 0; k < 4; k++) {
			e[k] = rnd(2) ? eval_ok(rnd(9) ? FP("a") : random_text(60).p) :
					eval_not(rnd(STATUS_MAX_), NULL);
			e[k].detail = random_text(40);
			e[k].descriptor = rnd(2) ? STR("mdc1:a") : random_text(80);
			e[k].has_policy = rnd(2);
			e[k].policy.name = random_text(40);
			attr[3].name = random_text(40);
			e[k].policy.attr = attr;
			e[k].policy.n_attrs = 4;
			e[k].claim_attr = claims;
			e[k].n_claim_attrs = rnd(12) ? rnd(2) : 2;
			type[k] = random_text(40);
		}
		got = rnd(2) ? parent(type, e, 4) : instance(type[0].p, &e[0]);
		if (strchr(got, '\n'))
			printed++;
		snprintf(text, sizeof(text), "%s", got);
		udev_lines(text, look, NULL);
		if (strchr(got, '\n') && strspn(got, "\n") == strlen(got))
			strange_lines++;
	}
	is_int(strange_lines, 0, "nothing but our keys in our bytes, whatever goes in");
	ok(printed > 1000 && good_lines > 10000, "%u outputs, %u lines", printed, good_lines);
}
#define N_RANDOM 2

int main(void)
{
	plan(N_PARENTS + N_REFUSED + N_INSTANCES + N_SIZES + N_RANDOM);
	arena_init(&arena, 64 << 20);
	test_parents();
	test_refused();
	test_instances();
	test_sizes();
	test_random();
	arena_release(&arena);
	return done_testing();
}
