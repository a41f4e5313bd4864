/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* `seeds-image FOLDER COUNT`: images and sections of random policies, for the fuzzer to begin at. */
#include <stdio.h>
#include <stdlib.h>

#include "engine/image/image.h"
#include "tests/image/gen.h"

static void save(const char *folder, const char *kind, unsigned i, struct str s)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s-%03u", folder, kind, i);
	f = fopen(path, "wb");
	if (!f || fwrite(s.p, 1, s.n, f) != s.n || fclose(f) != 0) {
		perror(path);
		exit(1);
	}
}

int main(int argc, char **argv)
{
	struct gen g = { .state = 1 };
	unsigned i, n = argc == 3 ? (unsigned)strtoul(argv[2], NULL, 10) : 0;
	struct image_scope scope = { .kind = KIND_MDEV, .driver = STR("mtty"),
		.status = STATUS_OK };
	struct image_input input = { .path = STR("mtty.policy") };
	struct image_build b = { .input = &input, .n_inputs = 1, .scope = &scope, .n_scopes = 1 };
	struct arena a;
	struct str image;

	for (i = 0; i < n; i++) {
		arena_init(&a, 16 << 20);
		g.arena = &a;
		b.site = i % 2 ? STR("*\t*\t*\ta=b") : (struct str){ 0 };
		if (section_encode(&a, gen_policy(&g, 3), &input.section) != 0 ||
			image_encode(&a, &b, &image) != 0)
			return 1;
		save(argv[1], "section", i, input.section);
		save(argv[1], "image", i, image);
		arena_release(&a);
	}
	return n == 0;
}
