/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The file of all policies: what goes in comes out, from memory and through a descriptor; the
 * same input gives the same bytes on every machine; another version, damage of any kind and a
 * mixture of two images are told; and one device costs a few pages, whatever else is there.
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
#include "tests/tap.h"

#define SEED 20200117u

static uint64_t seed(void)
{
	const char *s = getenv("MDEVCOMPAT_SEED");

	return s ? strtoull(s, NULL, 0) : SEED;
}

/* ---- images to try things on --------------------------------------------------------------- */

static int fd_of(struct str bytes)
{
	int fd = memfd_create("image", MFD_CLOEXEC);

	if (fd < 0 || write(fd, bytes.p, bytes.n) != (ssize_t)bytes.n)
		bail_out("memfd");
	return fd;
}

/* @n policies with a scope each, some without a section, some narrowed by others. */
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

static struct attr builtin[ATTR_FIRST] = {
	{ .name = STR_INIT("kind"), .type.type.tag = VT_STRING },
	{ .name = STR_INIT("driver"), .type.type.tag = VT_STRING },
	{ .name = STR_INIT("type"), .type.type.tag = VT_STRING },
};

static struct scope mtty_scope = { .kind = KIND_MDEV, .driver = STR_INIT("mtty"),
	.place = { 1, 41 } };
static struct block mtty_block = { .kind = BLOCK_ACCEPT, .place = { 1, 47 } };
static struct rule mtty_rule = { .block = &mtty_block, .n_blocks = 1, .place = { 1, 47 } };

static struct policy mtty(void)
{
	return (struct policy){ .name = STR("mtty"), .file = STR("90-mtty.policy"),
		.language = 1, .scope = &mtty_scope, .n_scopes = 1, .attr = builtin,
		.n_attrs = ATTR_FIRST, .rule = &mtty_rule, .n_rules = 1 };
}

static struct str small_image(struct arena *a)
{
	struct image_scope scope = { .kind = KIND_MDEV, .driver = STR("mtty"),
		.status = STATUS_OK };
	struct image_input input = { .path = STR("/etc/mdevcompat/policies/90-mtty.policy") };
	struct image_build b = { .input = &input, .n_inputs = 1, .scope = &scope, .n_scopes = 1,
		.os_release = STR("ID=debian") };
	struct policy p = mtty();
	struct str bytes;

	if (section_encode(a, &p, &input.section) != 0 || image_encode(a, &b, &bytes) != 0)
		bail_out("the small image");
	return bytes;
}

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

/* ---- what it costs --------------------------------------------------------------------------- */

/* @n rules, each for a type of its own, with a clause or two. */
static struct str many_rules(struct arena *a, uint32_t n)
{
	struct rule *r = arena_new_array(a, n, struct rule);
	struct policy p = mtty();
	struct str bytes;
	uint32_t i;

	for (i = 0; i < n; i++) {
		struct clause *c = arena_new(a, struct clause);
		struct str *w = arena_new(a, struct str);
		char buf[32];

		snprintf(buf, sizeof(buf), "nvidia-%u", i);
		*w = str_dup(a, str_from(buf));
		c->op = OP_IN;
		c->attr = ATTR_TYPE;
		c->operand.kind = OPERAND_WORDS;
		c->operand.words = (struct word_set){ w, 1 };
		r[i] = mtty_rule;
		r[i].when = c;
		r[i].n_when = 1;
	}
	p.rule = r;
	p.n_rules = n;
	if (section_encode(a, &p, &bytes) != 0)
		bail_out("encode");
	return bytes;
}

struct cost {
	uint32_t pages;
	size_t memory;
	uint64_t allocations;
};

/* Opens the file and finds what a type's evaluation needs. */
static struct cost look_up(struct str bytes, const char *driver, const char *type)
{
	static char memory[256 * 1024];
	int fd = fd_of(bytes);
	const struct rule *rule;
	struct image_answer answer;
	enum mdc_status status;
	struct policy head;
	struct image *img;
	struct arena a;
	uint32_t n;

	memset(memory, 0, sizeof(memory));
	arena_init_fixed(&a, memory, sizeof(memory));
	if (image_open(&a, fd, &img, &status) != 0 ||
		image_find(img, KIND_MDEV, str_from(driver), &answer) != 0 ||
		section_decode_head(&a, &answer.section, &head) != 0 ||
		section_decode_rules(&a, &answer.section, &head, str_from(type), &rule, &n) != 0 ||
		n != 1)
		bail_out("look up %s", driver);
	close(fd);
	return (struct cost){ image_pages_read(img), a.used, a.count };
}

/* Pages of one image, each whole, in each other's places. */
static void test_swap(void)
{
	struct image_input in = { .path = STR("p") };
	struct image_build b = { .input = &in, .n_inputs = 1 };
	uint8_t page[IMAGE_PAGE_SIZE];
	struct section_source source;
	enum mdc_status status;
	const uint8_t *bytes;
	struct image *img;
	struct arena a;
	struct str s;
	char *p;

	arena_init(&a, 64 << 20);
	in.section = many_rules(&a, 1000);
	if (image_encode(&a, &b, &s) != 0)
		bail_out("encode");
	p = (char *)s.p;
	memcpy(page, p + 5 * IMAGE_PAGE_SIZE, IMAGE_PAGE_SIZE);
	memcpy(p + 5 * IMAGE_PAGE_SIZE, p + 6 * IMAGE_PAGE_SIZE, IMAGE_PAGE_SIZE);
	memcpy(p + 6 * IMAGE_PAGE_SIZE, page, IMAGE_PAGE_SIZE);
	ok(image_open_memory(&a, s, &img, &status) == 0 && image_section(img, 0, &source) == 0 &&
			source.read(source.ctx, 0, PAGE_PAYLOAD, &bytes) == 0,
		"an image with two pages exchanged opens, if they are not asked for");
	is_int(source.read(source.ctx, 0, source.size, &bytes), -EBADMSG,
		"reading over them is refused");
	is_int(source.read(source.ctx, 4 * PAGE_PAYLOAD, 10, &bytes), -EBADMSG,
		"and so is reading in one");
	arena_release(&a);
}

static void test_cost(void)
{
	struct image_input in[51] = { 0 };
	struct image_scope sc[51] = { 0 };
	struct image_build b = { .input = in, .scope = sc };
	struct cost ten, thousand, huge;
	struct arena a;
	struct str s;
	uint32_t i;

	arena_init(&a, 256 << 20);
	in[0].section = many_rules(&a, 10);
	for (i = 0; i < 51; i++) {
		char buf[32];

		snprintf(buf, sizeof(buf), "driver-%u", i);
		sc[i] = (struct image_scope){ .kind = KIND_MDEV, .status = STATUS_OK,
			.driver = str_dup(&a, str_from(buf)), .input = (int32_t)i };
		in[i].path = sc[i].driver;
	}
	b.n_inputs = b.n_scopes = 1;
	if (image_encode(&a, &b, &s) != 0)
		bail_out("encode");
	ten = look_up(s, "driver-0", "nvidia-7");
	/* 50 policies with 10,000 rules in all, 1,000 of them for this driver. */
	for (i = 0; i < 50; i++)
		in[i].section = many_rules(&a, i == 0 ? 1000 : 184);
	b.n_inputs = b.n_scopes = 50;
	if (image_encode(&a, &b, &s) != 0)
		bail_out("encode");
	thousand = look_up(s, "driver-0", "nvidia-777");
	diag("10 rules: %u pages, %zu bytes, %" PRIu64 " allocations", ten.pages, ten.memory,
		ten.allocations);
	diag("1,000 of 10,000: %u pages, %zu bytes, %" PRIu64 " allocations", thousand.pages,
		thousand.memory, thousand.allocations);
	is_int(ten.pages, 2, "pages read for a policy of ten rules");
	ok(thousand.pages <= ten.pages + 1, "one more for a thousand among ten thousand");
	ok(thousand.allocations <= ten.allocations + 2, "and hardly more allocations");
	/* As large as it gets: memory does not follow. */
	in[50].section = many_rules(&a, RULES_MAX);
	b.n_inputs = b.n_scopes = 51;
	if (image_encode(&a, &b, &s) != 0)
		bail_out("encode");
	huge = look_up(s, "driver-50", "nvidia-60000");
	diag("65,536: %u pages, %zu bytes of %zu", huge.pages, huge.memory, s.n);
	ok(huge.pages <= ten.pages + 4 && huge.memory <= ten.memory + 5 * IMAGE_PAGE_SIZE,
		"the largest policy takes a few pages of memory");
	arena_release(&a);
}

/* Every amount of memory up to enough: an error or the answer. */
static void test_memory(void)
{
	static char memory[128 * 1024];
	struct image_answer answer;
	const struct rule *rule;
	enum mdc_status status;
	struct policy head;
	struct image *img;
	struct arena a, b;
	uint32_t n, odd = 0;
	size_t room;
	struct str s;
	int r = -1;

	arena_init(&b, 1 << 20);
	s = small_image(&b);
	for (room = 0; room <= sizeof(memory) && r != 0; room += 16) {
		memset(memory, 0, room);
		arena_init_fixed(&a, memory, room);
		r = image_open_memory(&a, s, &img, &status);
		if (r == 0)
			r = image_find(img, KIND_MDEV, STR("mtty"), &answer);
		if (r == 0)
			r = section_decode_head(&a, &answer.section, &head);
		if (r == 0)
			r = section_decode_rules(&a, &answer.section, &head, STR("x"), &rule, &n);
		odd += r != 0 && r != -ENOMEM;
	}
	ok(r == 0 && odd == 0, "with too little memory -ENOMEM, with %zu bytes the answer", room);
	arena_release(&b);
}

static void test_io(void)
{
	enum mdc_status status = STATUS_OK;
	struct image *img = NULL;
	struct image_answer answer;
	struct arena a, b;
	struct str s;
	int fd;

	arena_init(&a, 1 << 20);
	arena_init(&b, 1 << 20);
	fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ok(image_open(&a, fd, &img, &status) == -EIO && !img, "a folder is no image");
	close(fd);
	s = small_image(&b);
	fd = fd_of(s);
	if (image_open(&a, fd, &img, &status) != 0 ||
		image_find(img, KIND_MDEV, STR("mtty"), &answer) != 0)
		bail_out("open");
	{
		struct arena_mark m = arena_mark(&a);
		struct policy head;
		uint32_t read;
		int i;

		for (i = 0; i < 2; i++) {
			read = image_pages_read(img);
			is_int(section_decode_head(&b, &answer.section, &head), 0, "a head");
			is_int(image_pages_read(img) - read, 1, "for which a page is read");
			image_forget(img, m);
			is_int(a.used, m.used, "and forgotten");
		}
	}
	if (ftruncate(fd, 2 * IMAGE_PAGE_SIZE) < 0)
		bail_out("ftruncate");
	is_int(section_decode_head(&a, &answer.section, &(struct policy){ 0 }), -EBADMSG,
		"cut short under the reader: told, and no signal");
	close(fd);
	arena_release(&a);
	arena_release(&b);
}

/* ---- bounds ----------------------------------------------------------------------------------- */

static void test_bounds(void)
{
	struct image_input in = { .path = STR("p") };
	struct image_scope sc[2] = { { .kind = KIND_MDEV, .driver = STR("d"), .status = STATUS_OK },
		{ .kind = KIND_MDEV, .driver = STR("e"), .status = STATUS_OK } };
	struct image_build b = { .input = &in, .n_inputs = 1, .scope = sc, .n_scopes = 2 };
	static char text[FOLDED_MAX + 1];
	static uint32_t narrows[NARROWS_MAX + 1];
	struct policy p = mtty();
	struct image_input *many;
	struct arena a;
	struct str s;
	uint32_t i;

	arena_init(&a, 512 << 20);
	memset(text, 'x', sizeof(text));
	if (section_encode(&a, &p, &in.section) != 0)
		bail_out("encode");
	sc[0].narrows = narrows;
	sc[0].n_narrows = NARROWS_MAX;
	is_int(image_encode(&a, &b, &s), 0, "the most policies that narrow");
	sc[0].n_narrows++;
	is_int(image_encode(&a, &b, &s), -E2BIG, "one more");
	sc[0].n_narrows = 0;
	b.site = (struct str){ text, FOLDED_MAX };
	is_int(image_encode(&a, &b, &s), 0, "the largest site file");
	b.site.n++;
	is_int(image_encode(&a, &b, &s), -E2BIG, "one byte more");
	b.site.n = 0;
	in.message = (struct str){ text, MESSAGE_MAX };
	is_int(image_encode(&a, &b, &s), 0, "the longest message");
	in.message.n++;
	is_int(image_encode(&a, &b, &s), -E2BIG, "one byte more");
	in.message.n = 0;
	sc[0].driver = (struct str){ text, TYPE_NAME_MAX };
	is_int(image_encode(&a, &b, &s), 0, "the longest driver's name");
	sc[0].driver.n++;
	is_int(image_encode(&a, &b, &s), -E2BIG, "one byte more");
	sc[0].driver = STR("e");
	is_int(image_encode(&a, &b, &s), -EINVAL, "a pair that stands twice");
	sc[0].driver = STR("d");
	sc[0].input = 1;
	is_int(image_encode(&a, &b, &s), -EINVAL, "an input that is not there");
	sc[0].input = -1;
	is_int(image_encode(&a, &b, &s), -EINVAL, "all well without a section");
	sc[0].status = STATUS_POLICY_OVERLAP;
	is_int(image_encode(&a, &b, &s), 0, "an overlap has none");
	many = arena_new_array(&a, SECTIONS_MAX + 1, struct image_input);
	for (i = 0; i <= SECTIONS_MAX; i++)
		many[i] = in;
	b.input = many;
	b.n_inputs = SECTIONS_MAX;
	is_int(image_encode(&a, &b, &s), 0, "the most files");
	b.n_inputs++;
	is_int(image_encode(&a, &b, &s), -E2BIG, "one more");
	arena_release(&a);
}

int main(void)
{
	plan(1 + 7 + 8 + 6 + 4 + 3 + 4 + 1 + 8 + 14);
	test_round_trip();
	test_golden();
	test_versions();
	test_damage();
	test_mixture();
	test_swap();
	test_cost();
	test_memory();
	test_io();
	test_bounds();
	return done_testing();
}
