/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Descriptors as other hosts might send them: one text, or two with a newline between. What is taken is
 * in its one spelling; the two are judged both ways, and the explanation comes to the same verdict.
 */
#include <errno.h>
#include <stdlib.h>

#include "engine/eval/descriptor.h"
#include "engine/eval/explain.h"
#include "tests/fuzz/fuzz.h"

#define ARENA_LIMIT ((size_t)256 << 20)

static void must(bool good)
{
	if (!good)
		abort();
}

static void must_spell(struct arena *a, const struct descriptor *d)
{
	struct sbuf b = { .p = arena_alloc(a, DESCRIPTOR_MAX), .size = DESCRIPTOR_MAX };

	must(b.p != NULL);
	record_print(&b, &d->record);
	must(str_eq(sbuf_str(&b), d->record_text));
	b.n = 0;
	must(dg_print(d->store, d->accepts, DMODE_CLOSED, a, &b) == 0);
	must(str_eq(sbuf_str(&b), d->accepts_text));
}

static void judge(struct arena *a, const struct descriptor *source, const struct descriptor *target)
{
	enum verdict v = descriptor_match(source, target);
	struct explanation x;
	int r = explain(a, NULL, source, NULL, target, &x);

	must(v != VERDICT_UNKNOWN && (r == 0 || r == -ENOMEM || r == -E2BIG));
	must(r < 0 || x.verdict == v);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size }, first = str_sub(text, 0, str_find(text, '\n'));
	struct descriptor d[2];
	struct arena a;
	unsigned i, n = 0;

	arena_init(&a, ARENA_LIMIT);
	for (i = 0; i < 2; i++) {
		struct str one = i == 0 ? first : str_sub(text, first.n + 1, text.n);
		int r = descriptor_parse(&a, one, &d[n]);

		must(r == 0 || r == -EBADMSG || r == -E2BIG || r == -ENOMEM);
		if (r < 0)
			continue;
		must_spell(&a, &d[n]);
		judge(&a, &d[n], &d[n]);
		n++;
	}
	if (n == 2) {
		judge(&a, &d[0], &d[1]);
		judge(&a, &d[1], &d[0]);
	}
	arena_release(&a);
	return 0;
}
