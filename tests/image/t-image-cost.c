/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One device costs a few pages and little memory, whatever else is in an image; memory or a file that
 * ends too early is told; and the bounds of what is written.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "engine/image/layout.h"
#include "tests/image/small.h"
#include "tests/tap.h"

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
	plan(3 + 4 + 1 + 8 + 14);
	test_swap();
	test_cost();
	test_memory();
	test_io();
	test_bounds();
	return done_testing();
}
