/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The site file reader over any text. What it takes must be found again in the lines that it is
 * folded into, each value under its name and key and nothing else; what it does not take must have
 * said why, within the text.
 */
#include <errno.h>
#include <stdlib.h>

#include "engine/probe/sitefile.h"
#include "engine/probe/subject.h"
#include "tests/fuzz/fuzz.h"

#define ARENA_LIMIT ((size_t)64 << 20)
#define FOLDED	    ((size_t)32 << 20)

static void must(bool good)
{
	if (!good)
		abort();
}

static void print_all(const struct diags *d, size_t size)
{
	char *buf = malloc(DIAG_PRINT_MAX);
	size_t i;

	for (i = 0; i < d->n; i++) {
		struct sbuf b = { .p = buf, .size = DIAG_PRINT_MAX };

		diag_print(&b, &d->list[i], i % 2 ? DIAG_JSON : DIAG_TEXT, false);
		must(!b.overflow);
		must(!d->list[i].has_span ||
			(d->list[i].span.from <= d->list[i].span.to && d->list[i].span.to <= size));
	}
	free(buf);
}

static void find_again(const struct site_file *f)
{
	struct sbuf b = { .p = malloc(FOLDED), .size = FOLDED };
	struct str path = STR("/etc/mdevcompat/site.d/x.yaml"), none = { 0 };
	uint32_t i, n_lines = 0;
	size_t at;

	site_fold(&b, path, f);
	must(!b.overflow);
	for (at = 0; at < b.n; at++)
		n_lines += b.p[at] == '\n';
	must(n_lines == f->n + 1);
	for (i = 0; i < f->n && i < 64; i++) {
		const struct site_entry *e = &f->entry[i];
		struct str got = { 0 }, from = { 0 };
		int r = site_find(sbuf_str(&b), e->level == SITE_ADDRESS ? e->name : none, none,
			e->level == SITE_DRIVER ? e->name : none, e->key, &got, &from);

		must(r == 0 && str_eq(got, e->value) && str_eq(from, path));
	}
	free(b.p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct source src = { STR("fuzz"), { (const char *)data, size }, NULL };
	struct site_file file;
	struct arena a;
	struct diags d;
	int r;

	arena_init(&a, ARENA_LIMIT);
	diags_init(&d, &a);
	r = site_parse(&a, &src, &d, &file);
	must(r == 0 || r == -EBADMSG || r == -ENOMEM);
	if (r == 0)
		find_again(&file);
	if (r == -EBADMSG)
		must(d.errors > 0);
	print_all(&d, size);
	arena_release(&a);
	return 0;
}
