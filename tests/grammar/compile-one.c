/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * compile-one [--dump|--expand|--gcc|--json|--colour|--partial] FILE...
 * Compiles each file and prints its diagnostics (as text, or in the form asked for), and the
 * model or its expansion when there were no errors. Exit status 0, 1 (errors), 5.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grammar/compile.h"
#include "tests/grammar/dump-model.h"
#include "tests/grammar/unplaced.h"

#define OUT_SIZE ((size_t)16 * 1024 * 1024)

/* Goldens are the same whatever folder they are made in. */
static struct str base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return str_from(slash ? slash + 1 : path);
}

static void put_partial(struct sbuf *b, const struct policy_partial *p)
{
	uint32_t i;

	sbuf_puts(b, "name ");
	sbuf_put_str(b, p->name);
	sbuf_puts(b, " language ");
	sbuf_put_u64(b, p->language);
	sbuf_puts(b, p->fallback ? " fallback" : "");
	sbuf_puts(b, p->narrows.n ? " narrows " : "");
	sbuf_put_str(b, p->narrows);
	for (i = 0; i < p->n_scopes; i++) {
		sbuf_puts(b, p->scope[i].kind == KIND_MDEV ? " mdev " : " vfio ");
		sbuf_put_str(b, p->scope[i].driver);
	}
	sbuf_putc(b, '\n');
}

int main(int argc, char **argv)
{
	enum diag_format format = DIAG_TEXT;
	bool dump = false, expand = false, colour = false, partial = false;
	int i, status = 0;
	struct sbuf b = { .p = malloc(OUT_SIZE), .size = OUT_SIZE };

	for (i = 1; i < argc; i++) {
		struct policy_partial known;
		const struct policy *p = NULL;
		struct source src;
		struct diags d;
		struct arena a;
		size_t k;
		int r;

		if (argv[i][0] == '-') {
			dump |= !strcmp(argv[i], "--dump");
			expand |= !strcmp(argv[i], "--expand");
			colour |= !strcmp(argv[i], "--colour");
			partial |= !strcmp(argv[i], "--partial");
			if (!strcmp(argv[i], "--gcc"))
				format = DIAG_GCC;
			if (!strcmp(argv[i], "--json"))
				format = DIAG_JSON;
			continue;
		}
		arena_init(&a, (size_t)1 << 30);
		src = (struct source){ base_name(argv[i]), read_policy(argv[i]) };
		diags_init(&d, &a);
		r = policy_compile(&a, &src, &d, &p, &known);
		for (k = 0; k < d.n; k++) {
			diag_print(&b, &d.list[k], format, colour);
			if (format == DIAG_JSON)
				sbuf_putc(&b, '\n');
		}
		if (r == 0 && dump)
			dump_model(&b, p);
		if (r == 0 && expand && policy_expand(p, &b) < 0)
			status = 5;
		if (r < 0 && partial)
			put_partial(&b, &known);
		if (r == -ENOMEM)
			status = 5;
		else if (r < 0 && status == 0)
			status = 1;
		arena_release(&a);
	}
	if (b.overflow)
		return 5;
	fwrite(b.p, 1, b.n, stdout);
	free(b.p);
	return status;
}
