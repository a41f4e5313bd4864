/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The image's reader over any bytes: once as they are, once with all checksums put right, so
 * that what lies behind them is reached too, and once as a section.
 */
#include <stdlib.h>

#include "engine/base/le.h"
#include "engine/image/layout.h"
#include "tests/fuzz/fuzz.h"
#include "tests/image/devour.h"

static void reseal(char *file, size_t n)
{
	size_t at;

	for (at = 0; at + IMAGE_PAGE_SIZE <= n; at += IMAGE_PAGE_SIZE) {
		uint64_t sum = page_sum(file + at, (const uint8_t *)file + IH_DIGEST,
			(uint32_t)(at / IMAGE_PAGE_SIZE));

		put_le64(file + at + PAGE_PAYLOAD, sum);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str bytes = { (const char *)data, size };
	struct section_source s;
	uint64_t h = 0;
	struct arena a;
	char *copy;

	/* What one device may cost the helper, and then some: more is an error, not a hang. */
	arena_init(&a, 64 << 20);
	devour_image(&a, bytes, &h);
	copy = copy_alone(bytes, size);
	reseal(copy, size);
	bytes.p = copy;
	devour_image(&a, bytes, &h);
	bytes.p = (const char *)data;
	section_memory(&s, &bytes);
	devour_section(&a, &s, &h);
	free(copy);
	arena_release(&a);
	return 0;
}
