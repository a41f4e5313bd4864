/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The compiler over any text. What compiles must become bytes that are read back, and a text
 * (--expand) that compiles again; what does not must have said why. Diagnostics are printed in
 * every form.
 */
#include <errno.h>
#include <stdlib.h>

#include "engine/image/section.h"
#include "grammar/compile.h"
#include "tests/fuzz/fuzz.h"

#define ARENA_LIMIT ((size_t)64 << 20)
#define TEXT_LIMIT  ((size_t)4 << 20)

static void must(bool good)
{
	if (!good)
		abort();
}

static void print_all(const struct diags *d)
{
	static const enum diag_format forms[] = { DIAG_TEXT, DIAG_GCC, DIAG_JSON };
	char *buf = malloc(DIAG_PRINT_MAX);
	size_t i, k;

	for (i = 0; i < d->n; i++)
		for (k = 0; k < ARRAY_SIZE(forms); k++) {
			struct sbuf b = { .p = buf, .size = DIAG_PRINT_MAX };

			diag_print(&b, &d->list[i], forms[k], k == 0);
			must(!b.overflow);
		}
	free(buf);
}

static void use(struct arena *a, const struct policy *p, bool again)
{
	struct section_source s;
	struct policy back;
	struct sbuf b = { .p = malloc(TEXT_LIMIT), .size = TEXT_LIMIT };
	struct str bytes;
	int r = section_encode(a, p, &bytes);

	must(r == 0 || r == -ENOMEM || r == -E2BIG);
	if (r == 0) {
		section_memory(&s, &bytes);
		r = section_decode_head(a, &s, &back);
		must(r == 0 || r == -ENOMEM);
		if (r == 0)
			r = section_decode_all(a, &s, &back, &back.rule, &back.n_rules);
		must(r == 0 || r == -ENOMEM);
	}
	if (again && policy_expand(p, &b) == 0) {
		struct source src = { STR("expanded"), sbuf_str(&b) };
		struct diags d;

		diags_init(&d, a);
		r = policy_compile(a, &src, &d, &p, NULL);
		if (r == 0)
			use(a, p, false);
		else if (r == -EBADMSG)
			/* Results of set algebra may be longer than lists as written. */
			must(d.list[0].code == DIAG_TOO_MANY || d.list[0].code == DIAG_TOO_LARGE);
	}
	free(b.p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct source src = { STR("fuzz"), { (const char *)data, size } };
	const struct policy *p = NULL;
	struct policy_partial partial;
	struct arena a;
	struct diags d;
	int r;

	arena_init(&a, ARENA_LIMIT);
	diags_init(&d, &a);
	r = policy_compile(&a, &src, &d, &p, &partial);
	must(r == 0 || r == -EBADMSG || r == -EPROTO || r == -ENOMEM);
	must((r == -EBADMSG || r == -EPROTO) == (d.errors > 0) || r == -ENOMEM);
	print_all(&d);
	if (r == 0)
		use(&a, p, true);
	arena_release(&a);
	return 0;
}
