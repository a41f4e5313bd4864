/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The file of all policies: what goes in comes out, from memory and through a descriptor; the
 * same input gives the same bytes on every machine; another version, damage of any kind and a
 * mixture of two images are told. What it costs is t-image-cost.c's.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "engine/base/le.h"
#include "engine/image/layout.h"
#include "tests/image/devour.h"
#include "tests/image/gen.h"
#include "tests/image/small.h"
#include "tests/tap.h"

#define SEED 20200117u

static uint64_t seed(void)
{
	const char *s = getenv("MDEVCOMPAT_SEED");

	return s ? strtoull(s, NULL, 0) : SEED;
}

/* ---- images to try things on --------------------------------------------------------------- */

static struct image_build random_build(struct gen *g, uint32_t n)
{
	struct image_input *in = arena_new_array(g->arena, n, struct image_input);
	struct image_scope *sc = arena_new_array(g->arena, n, struct image_scope);
	struct image_build b = { .input = in, .n_inputs = n, .scope = sc, .n_scopes = n };
	uint32_t i, j;
	char buf[64];

	for (i = 0; i < n; i++) {
		snprintf(buf, sizeof(buf), "/etc/mdevcompat/policies/%02u.policy", i);
		in[i].path = str_dup(g->arena, str_from(buf));
		in[i].state = (enum input_state)gen_below(g, 3);
		for (j = 0; j < SHA256_SIZE; j++) {
			in[i].digest[j] = (uint8_t)gen_next(g);
			in[i].section_digest[j] = (uint8_t)gen_next(g);
		}
		if (in[i].state == INPUT_BROKEN)
			in[i].message = STR("99.policy:1:1: error: no");
		else if (section_encode(g->arena, gen_policy(g, 6), &in[i].section) != 0)
			bail_out("encode");
	}
	for (i = 0; i < n; i++) {
		uint32_t *narrows = arena_new_array(g->arena, n, uint32_t);

		snprintf(buf, sizeof(buf), "driver-%u", i / 2);
		sc[i].driver = str_dup(g->arena, str_from(buf));
		sc[i].kind = i % 2 ? KIND_VFIO : KIND_MDEV;
		sc[i].input = (int32_t)i;
		sc[i].status = in[i].state == INPUT_BROKEN ? STATUS_POLICY_ERROR :
			       in[i].state == INPUT_STALE  ? STATUS_POLICY_STALE :
							     STATUS_OK;
		sc[i].narrows = narrows;
		for (j = 0; j < n; j++)
			if (in[j].section.n > 0 && gen_below(g, n) < 2)
				narrows[sc[i].n_narrows++] = j;
	}
	if (gen_below(g, 2))
		b.os_release = STR("ID=debian\nVERSION_ID=12");
	if (gen_below(g, 2))
		b.site = STR("*\t*\t*\tnvidia.ecc=yes");
	return b;
}

static bool same_section(const struct section_source *s, struct str bytes)
{
	const uint8_t *p;

	return s->size == bytes.n && s->read(s->ctx, 0, s->size, &p) == 0 &&
		memcmp(p, bytes.p, bytes.n) == 0;
}

static const char *check_scope(struct image *img, const struct image_build *b,
	const struct image_scope *s)
{
	struct image_answer a;
	uint32_t i;

	if (image_find(img, s->kind, s->driver, &a) != 0)
		return "find";
	if (a.status != s->status || a.input != s->input)
		return "status";
	if (s->status == STATUS_POLICY_ERROR)
		return a.section.read || a.n_narrows ? "a section after an error" : NULL;
	if (!same_section(&a.section, b->input[s->input].section))
		return "section";
	if (a.n_narrows != s->n_narrows)
		return "n_narrows";
	for (i = 0; i < a.n_narrows; i++)
		if (!same_section(&a.narrows[i], b->input[s->narrows[i]].section))
			return "narrows";
	return NULL;
}

static const char *check_input(struct image *img, uint32_t i, const struct image_input *in)
{
	struct section_source s;
	struct image_input got;

	if (image_input_get(img, i, &got) != 0)
		return "input";
	if (!str_eq(in->path, got.path) || !str_eq(in->message, got.message) ||
		in->state != got.state || memcmp(in->digest, got.digest, SHA256_SIZE) != 0 ||
		memcmp(in->section_digest, got.section_digest, SHA256_SIZE) != 0)
		return "input's fields";
	if (in->section.n == 0)
		return image_section(img, i, &s) == -ENOENT ? NULL : "a section from nowhere";
	return image_section(img, i, &s) == 0 && same_section(&s, in->section) ? NULL :
										 "its section";
}

static const char *check_image(struct image *img, const struct image_build *b)
{
	struct image_answer a;
	struct image_scope sc;
	const char *bad;
	uint32_t i, j;
	struct str s;

	if (image_n_inputs(img) != b->n_inputs || image_n_scopes(img) != b->n_scopes)
		return "counts";
	for (i = 0; i < b->n_scopes; i++) {
		bad = check_scope(img, b, &b->scope[i]);
		if (bad)
			return bad;
	}
	for (i = 0; i < b->n_scopes; i++) {
		if (image_scope_get(img, i, &sc) != 0)
			return "scope";
		for (j = 0; j < b->n_scopes; j++)
			if (b->scope[j].kind == sc.kind && str_eq(b->scope[j].driver, sc.driver))
				break;
		if (j == b->n_scopes || sc.status != b->scope[j].status ||
			sc.input != b->scope[j].input || sc.n_narrows != b->scope[j].n_narrows ||
			(sc.n_narrows > 0 && memcmp(sc.narrows, b->scope[j].narrows,
						     sc.n_narrows * sizeof(*sc.narrows)) != 0))
			return "a scope's fields";
	}
	for (i = 0; i < b->n_inputs; i++) {
		bad = check_input(img, i, &b->input[i]);
		if (bad)
			return bad;
	}
	if (image_os_release(img, &s) != 0 || !str_eq(s, b->os_release))
		return "os-release";
	if (image_site(img, &s) != 0 || !str_eq(s, b->site))
		return "site";
	if (image_find(img, KIND_MDEV, STR("driver-"), &a) != 0 || a.status != STATUS_NO_POLICY)
		return "an answer for a driver that nobody speaks of";
	if (image_scope_get(img, b->n_scopes, &sc) != -ENOENT)
		return "one scope more";
	return image_verify(img) == 0 ? NULL : "verify";
}

static void test_round_trip(void)
{
	struct gen g = { .state = seed() };
	const char *bad = NULL;
	enum mdc_status status;
	struct image *img;
	struct arena a;
	uint32_t i;
	int fd;

	diag("seed %" PRIu64, g.state);
	for (i = 0; i < 60 && !bad; i++) {
		struct image_build b;
		struct str bytes, again;

		arena_init(&a, 256 << 20);
		g.arena = &a;
		b = random_build(&g, gen_below(&g, i % 10 ? 12 : 400));
		if (image_encode(&a, &b, &bytes) != 0 || image_encode(&a, &b, &again) != 0)
			bad = "encode";
		else if (!str_eq(bytes, again))
			bad = "two runs, two images";
		else if (image_open_memory(&a, bytes, &img, &status) != 0)
			bad = "open in memory";
		else
			bad = check_image(img, &b);
		if (!bad) {
			fd = fd_of(bytes);
			bad = image_open(&a, fd, &img, &status) == 0 ? check_image(img, &b) :
								      "open a file";
			close(fd);
		}
		arena_release(&a);
	}
	if (bad)
		diag("image %u: %s", i, bad);
	ok(!bad, "random images say what they were made of, in memory and as a file");
}

/* ---- one small image, for ever the same ----------------------------------------------------- */

static const char *hex(struct str s, size_t from, size_t n)
{
	static char text[256];
	struct sbuf b = SBUF(text);
	size_t i;

	for (i = 0; i < n; i++)
		sbuf_put_hex(&b, (uint8_t)s.p[from + i], 2);
	sbuf_putc(&b, '\0');
	return text;
}

#define GOLDEN_START "894d44430d0a1a0a0300000000100000"
#define GOLDEN_DIGEST "fb152ab5844954c62d48cf335f30699c50a7df44a4c815e44d11a0bd38e5a8f6"
#define GOLDEN_HEADER \
	"030000000100000000000000010000000110000083000000f80f000009000000" \
	"0110000000000000"
#define GOLDEN_SUM "d5681cc384d174e0"
#define GOLDEN_SCOPE "77950ea30101040000000000f01f0000c7000000000000006d747479"
#define GOLDEN_SECTION \
	"6d646353c70000007500000001000000a500000001000000b100000000000000" \
	"b100000000000000bf00000000000000"

/* Bytes, not numbers: a machine of the other byte order must come to the same. */
static void test_golden(void)
{
	struct arena a;
	struct str s;

	arena_init(&a, 1 << 20);
	s = small_image(&a);
	is_int((intmax_t)s.n, 3 * IMAGE_PAGE_SIZE, "header, tables, section");
	is_str(hex(s, 0, 16), GOLDEN_START, "magic, version, size of a page");
	is_str(hex(s, IH_DIGEST, 32), GOLDEN_DIGEST, "the digest of the small image");
	is_str(hex(s, IH_N_PAGES, 40), GOLDEN_HEADER, "its header");
	is_str(hex(s, PAGE_PAYLOAD, 8), GOLDEN_SUM, "the checksum of its header");
	is_str(hex(s, IH_FENCES, 28), GOLDEN_SCOPE, "its scope");
	is_str(hex(s, 2 * IMAGE_PAGE_SIZE, 48), GOLDEN_SECTION, "its section's header");
	arena_release(&a);
}

/* ---- other versions -------------------------------------------------------------------------- */

static int try_open(struct str bytes, enum mdc_status *status)
{
	struct image *img;
	struct arena a;
	int r, fd;

	arena_init(&a, 1 << 20);
	r = image_open_memory(&a, bytes, &img, status);
	fd = fd_of(bytes);
	if (image_open(&a, fd, &img, status) != r)
		r = 1;
	close(fd);
	arena_release(&a);
	return r;
}

static void test_versions(void)
{
	enum mdc_status status = STATUS_OK;
	struct arena a;
	struct str s;
	char *p;

	arena_init(&a, 1 << 20);
	s = small_image(&a);
	p = (char *)s.p;
	is_int(try_open(s, &status), 0, "this version");
	put_le32(p + IH_VERSION, IMAGE_VERSION + 1);
	ok(try_open(s, &status) == -EPROTONOSUPPORT && status == STATUS_IMAGE_VERSION,
		"a newer image is told by an older reader");
	put_le32(p + IH_VERSION, IMAGE_VERSION - 1);
	ok(try_open(s, &status) == -EPROTONOSUPPORT && status == STATUS_IMAGE_VERSION,
		"and the reverse");
	put_le32(p + IH_VERSION, IMAGE_VERSION + 1);
	memset(p + IH_PAGE_SIZE, 0xa5, s.n - IH_PAGE_SIZE);
	ok(try_open(s, &status) == -EPROTONOSUPPORT && status == STATUS_IMAGE_VERSION,
		"whatever stands behind the version");
	ok(try_open((struct str){ s.p, 16 }, &status) == -EPROTONOSUPPORT, "and however little");
	status = STATUS_OK;
	ok(try_open((struct str){ s.p, 15 }, &status) == -EBADMSG &&
			status == STATUS_IMAGE_DAMAGED,
		"less than the fixed beginning is damage");
	p[0] = 'x';
	ok(try_open(s, &status) == -EBADMSG, "another magic is no image");
	ok(try_open((struct str){ "", 0 }, &status) == -EBADMSG, "nor is an empty file");
	arena_release(&a);
}

/* ---- damage ---------------------------------------------------------------------------------- */

/* Two images with sections of more than a page, for damage. */
static struct str medium_image(struct arena *a, uint64_t state, struct image_build *ret)
{
	struct gen g = { .arena = a, .state = state };
	struct str bytes;

	*ret = random_build(&g, 3);
	ret->os_release = STR("ID=debian");
	ret->site = STR("*\t*\t*\tnvidia.ecc=yes");
	if (image_encode(a, ret, &bytes) != 0)
		bail_out("encode");
	return bytes;
}

static void reseal(char *file, uint32_t page)
{
	uint8_t *p = (uint8_t *)file + (size_t)page * IMAGE_PAGE_SIZE;

	put_le64(p + PAGE_PAYLOAD, page_sum(p, (const uint8_t *)file + IH_DIGEST, page));
}

static bool verified(struct arena *a, struct str bytes)
{
	struct arena_mark m = arena_mark(a);
	enum mdc_status status;
	struct image *img;
	bool good;

	good = image_open_memory(a, bytes, &img, &status) == 0 && image_verify(img) == 0;
	arena_rewind(a, m);
	return good;
}

/* Every length and, in turn, every byte with one random change (all 255 changes of every byte of
 * an image this size would take hours). */
static void test_damage(void)
{
	struct gen g = { .state = seed() };
	uint32_t cut_taken = 0, other = 0, refused = 0, resealed = 0, unseen = 0;
	struct arena a, scratch;
	struct image_build b;
	uint64_t h = 0, want = 0;
	struct str s, copy;
	size_t at;
	char *p;
	int r;

	arena_init(&a, 64 << 20);
	arena_init(&scratch, 256 << 20);
	s = medium_image(&a, g.state, &b);
	if (devour_image(&scratch, s, &want) != 0)
		bail_out("the image that is to be damaged");
	diag("%zu bytes", s.n);
	for (at = 0; at < s.n; at++) {
		p = copy_alone(s, at);
		cut_taken += devour_image(&scratch, (struct str){ p, at }, &h) == 0;
		free(p);
	}
	is_int(cut_taken, 0, "cut at every length: refused");
	p = malloc(s.n + IMAGE_PAGE_SIZE);
	memcpy(p, s.p, s.n);
	memset(p + s.n, 0, IMAGE_PAGE_SIZE);
	for (at = 1; at <= IMAGE_PAGE_SIZE; at += at < 64 ? 1 : 63)
		other += verified(&scratch, (struct str){ p, s.n + at });
	is_int(other, 0, "grown by a byte up to a page: seen by who verifies");
	free(p);

	p = copy_alone(s, s.n);
	copy = (struct str){ p, s.n };
	other = 0;
	for (at = 0; at < s.n; at++) {
		char was = p[at];

		p[at] = (char)(was ^ (int)(1 + gen_below(&g, 255)));
		r = devour_image(&scratch, copy, &h);
		refused += r != 0;
		other += r == 0 && h != want;
		if (at % 16 == 0)
			unseen += verified(&scratch, copy);
		if (at % IMAGE_PAGE_SIZE < PAGE_PAYLOAD) {
			reseal(p, (uint32_t)(at / IMAGE_PAGE_SIZE));
			devour_image(&scratch, copy, &h);
			resealed++;
			if (at % 16 == 0)
				unseen += verified(&scratch, copy);
		}
		memcpy(p, s.p, s.n < 64 ? s.n : 64);
		memcpy(p + at / IMAGE_PAGE_SIZE * IMAGE_PAGE_SIZE,
			s.p + at / IMAGE_PAGE_SIZE * IMAGE_PAGE_SIZE, IMAGE_PAGE_SIZE);
	}
	free(p);
	is_int(other, 0, "every byte changed: never another answer");
	ok(refused > s.n / 2, "%u of %zu were refused, the others are in no page that is read",
		refused, s.n);
	is_int(unseen, 0, "verifying the whole sees each, checksums put right or not");
	ok(resealed > s.n / 2, "%u with the checksum put right did no harm", resealed);
	arena_release(&a);
	arena_release(&scratch);
}

/* A copy that was interrupted, or `cp` over a file that is being read: @s and @t. */
static void check_mixtures(struct str s, struct str t, const char *what)
{
	uint32_t page, n = (uint32_t)(s.n / IMAGE_PAGE_SIZE), taken = 0, answered = 0;
	char *p = copy_alone(s, s.n);
	struct str mixed = { p, s.n };
	struct arena scratch;
	uint64_t h;

	arena_init(&scratch, 256 << 20);
	for (page = 0; page < n; page++) {
		size_t at = (size_t)page * IMAGE_PAGE_SIZE;

		memcpy(p + at, t.p + at, IMAGE_PAGE_SIZE);
		taken += verified(&scratch, mixed);
		answered += devour_image(&scratch, mixed, &h) == 0;
		memcpy(p + at, s.p + at, IMAGE_PAGE_SIZE);
	}
	is_int(taken + answered, 0, "%s: one page of the other image: refused (%u pages)", what, n);
	taken = answered = 0;
	for (page = 1; page < n; page++) {
		size_t at = (size_t)page * IMAGE_PAGE_SIZE;

		memcpy(p, t.p, at);
		memcpy(p + at, s.p + at, s.n - at);
		taken += verified(&scratch, mixed);
		answered += devour_image(&scratch, mixed, &h) == 0;
	}
	is_int(taken + answered, 0, "%s: the beginning of one, the end of the other: refused", what);
	free(p);
	arena_release(&scratch);
}

/* Two images with the smallest difference there can be. */
static void test_mixture(void)
{
	struct image_input in[3];
	struct image_build b;
	struct arena a;
	struct str s, t;
	char *section;
	int i = 0;

	arena_init(&a, 64 << 20);
	s = medium_image(&a, 7, &b);
	memcpy(in, b.input, sizeof(in));
	b.input = in;
	in[2].digest[31] ^= 1;
	if (image_encode(&a, &b, &t) != 0 || t.n != s.n)
		bail_out("encode");
	check_mixtures(s, t, "one bit of a digest");

	/* As when one text was compiled by two versions of the compiler. */
	in[2].digest[31] ^= 1;
	while (in[i].section.n == 0)
		i++;
	section = arena_dup(&a, in[i].section.p, in[i].section.n);
	section[in[i].section.n - 1] ^= 1;
	in[i].section.p = section;
	if (image_encode(&a, &b, &t) != 0 || t.n != s.n)
		bail_out("encode");
	check_mixtures(s, t, "one bit of a section");
	arena_release(&a);
}

int main(void)
{
	plan(1 + 7 + 8 + 6 + 4);
	test_round_trip();
	test_golden();
	test_versions();
	test_damage();
	test_mixture();
	return done_testing();
}
