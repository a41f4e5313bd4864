/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bench-engine IMAGE TYPE: one device, facts in memory, from opening the image to the
 * fingerprint, and the same without texts and hashes. Prints medians in microseconds, pages
 * read and the length of the descriptor, and what the kernel's part of it takes alone.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "engine/eval/eval.h"

#define ROUNDS 2001

static int read_fact(void *ctx, struct arena *a, const struct attr *attr, struct str *ret,
	bool *ret_final, struct str *ret_from)
{
	static const struct {
		struct str name, value;
	} facts[] = {
		{ STR_INIT("profile"), STR_INIT("GRID T4-2Q") },
		{ STR_INIT("board"), STR_INIT("10de:1eb8") },
		{ STR_INIT("manager"), STR_INIT("2.9.3") },
		{ STR_INIT("modes"), STR_INIT("fast safe slow") },
		{ STR_INIT("size"), STR_INIT("4") },
	};
	size_t i;

	(void)ctx;
	(void)a;
	(void)ret_from;
	for (i = 0; i < ARRAY_SIZE(facts); i++)
		if (str_eq(facts[i].name, attr->name)) {
			*ret = facts[i].value;
			*ret_final = true;
			return 0;
		}
	return -ENOENT;
}

static double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static char memory[32 << 20];

/* One round; exits on any surprise: a wrong answer has no speed. */
static void once(const char *path, struct str type, const struct eval_options *o,
	struct arena *a, size_t *ret_descriptor, uint32_t *ret_pages)
{
	struct subject s = { .kind = KIND_MDEV, .type = type, .instance = false,
		.facts = { read_fact, NULL } };
	struct evaluation e = { 0 };
	enum mdc_status status;
	struct image *img;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	s.driver = str_sub(type, 0, str_find(type, '-'));
	if (fd < 0 || image_open(a, fd, &img, &status) < 0 || evaluate(a, img, &s, o, &e) < 0 ||
		e.status != STATUS_OK || !e.accepts_own) {
		fprintf(stderr, "bench-engine: no answer from %s (%s)\n", path, status_name(e.status));
		exit(1);
	}
	*ret_descriptor = e.descriptor.n;
	*ret_pages = image_pages_read(img);
	close(fd);
}

static double median(const char *path, struct str type, bool texts, struct arena *a,
	size_t *ret_descriptor, uint32_t *ret_pages)
{
	struct eval_options o = { .no_descriptor = !texts };
	struct arena_mark m = arena_mark(a);
	static double t[ROUNDS];
	unsigned i;

	for (i = 0; i < ROUNDS; i++) {
		double before = now_us();

		once(path, type, &o, a, ret_descriptor, ret_pages);
		t[i] = now_us() - before;
		arena_rewind(a, m);
	}
	qsort(t, ROUNDS, sizeof(t[0]), by_value);
	return t[ROUNDS / 2];
}

/* Opening, reading as many pages as were read, closing: whoever reads the image pays for that. */
static double files(const char *path, uint32_t pages)
{
	static double t[ROUNDS];
	char page[4096];
	uint32_t k;
	unsigned i;

	for (i = 0; i < ROUNDS; i++) {
		double before = now_us();
		int fd = open(path, O_RDONLY | O_CLOEXEC);

		for (k = 0; k < pages; k++)
			if (pread(fd, page, sizeof(page), (off_t)k * 4096) != sizeof(page))
				exit(1);
		close(fd);
		t[i] = now_us() - before;
	}
	qsort(t, ROUNDS, sizeof(t[0]), by_value);
	return t[ROUNDS / 2];
}

int main(int argc, char **argv)
{
	size_t descriptor, none;
	uint32_t pages;
	double full, bare;
	struct arena a;

	if (argc != 3) {
		fprintf(stderr, "usage: bench-engine IMAGE TYPE\n");
		return 2;
	}
	arena_init_fixed(&a, memory, sizeof(memory));
	full = median(argv[1], str_from(argv[2]), true, &a, &descriptor, &pages);
	bare = median(argv[1], str_from(argv[2]), false, &a, &none, &pages);
	printf("%.2f %.2f %zu %u %.2f\n", full, bare, descriptor, pages, files(argv[1], pages));
	return 0;
}
