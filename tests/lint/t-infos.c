/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What only infos come from is asked when infos are wanted, and not otherwise. */
#include "lint/lint.h"
#include "tests/tap.h"

#define MEMORY ((size_t)64 << 20)

static const char text[] = "language 1; policy p { applies mdev-type driver d; "
			   "attribute v : version(2) from type \"v\"; "
			   "accept same but { v <= self; } }";

static unsigned count(bool infos)
{
	struct source src = { .path = STR("p.policy"), .text = str_from(text) };
	struct policy_partial partial = { 0 };
	struct policy_more more;
	const struct policy *p;
	struct arena a, scratch;
	struct diags d;
	unsigned n = 0;

	arena_init(&a, MEMORY);
	arena_init(&scratch, MEMORY);
	diags_init(&d, &a);
	if (policy_compile_more(&a, &src, &d, &p, &partial, &more) < 0 ||
		lint_policy(&scratch, &src, p, &more, infos, NULL, &d) < 0)
		bail_out("the policy");
	for (size_t i = 0; i < d.n; i++)
		n += d.list[i].code == DIAG_NOT_SYMMETRIC;
	arena_release(&scratch);
	arena_release(&a);
	return n;
}

int main(void)
{
	plan(2);
	ok(count(true) == 1, "wanted: the relation is asked for");
	ok(count(false) == 0, "not wanted: it is not");
	return done_testing();
}
