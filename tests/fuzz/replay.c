/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * `replay-NAME [-n CHANGES] FILE...`: runs the target on each file, and on CHANGES copies of it
 * with a few bytes changed, cut out or doubled. Same input, same run: no seed but the file's
 * place among the arguments. Prints how many inputs there were.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"

#define SIZE_MAX_ (1u << 20)

static uint64_t state;

static uint32_t below(uint32_t n)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(state >> 33) % n;
}

static size_t change(uint8_t *p, size_t n)
{
	uint32_t edits = 1 + below(4), at, len;

	while (edits-- > 0 && n > 1) {
		at = below((uint32_t)n);
		len = 1 + below(n - at < 16 ? (uint32_t)(n - at) : 16);
		switch (below(5)) {
		case 0:
			p[at] ^= (uint8_t)(1u << below(8));
			break;
		case 1:
			p[at] = (uint8_t)below(256);
			break;
		case 2:
			p[at] = "\x00\x7f\x80\xff"[below(4)];
			break;
		case 3:
			memmove(p + at, p + at + len, n - at - len);
			n -= len;
			break;
		default:
			if (n + len > SIZE_MAX_)
				break;
			memmove(p + at + len, p + at, n - at);
			n += len;
			break;
		}
	}
	return n;
}

/* In memory of its own, so that the sanitizers see its end. */
static void run(const uint8_t *p, size_t n)
{
	uint8_t *copy = malloc(n ? n : 1);

	if (!copy)
		abort();
	memcpy(copy, p, n);
	LLVMFuzzerTestOneInput(copy, n);
	free(copy);
}

int main(int argc, char **argv)
{
	static uint8_t file[SIZE_MAX_], changed[SIZE_MAX_];
	unsigned long changes = 0, runs = 0, k;
	int i = 1;

	if (argc > 2 && strcmp(argv[1], "-n") == 0) {
		changes = strtoul(argv[2], NULL, 10);
		i = 3;
	}
	for (; i < argc; i++) {
		FILE *f = fopen(argv[i], "rb");
		size_t n;

		if (!f) {
			perror(argv[i]);
			return 1;
		}
		n = fread(file, 1, sizeof(file), f);
		fclose(f);
		run(file, n);
		state = (uint64_t)i;
		for (k = 0; k < changes; k++) {
			memcpy(changed, file, n);
			run(changed, change(changed, n));
		}
		runs += 1 + changes;
	}
	printf("%lu inputs\n", runs);
	return 0;
}
