/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a rule costs to compile, in numbers that no other load on the machine changes: how often
 * and how much memory is asked for. Memory that is touched for the first time was a quarter of
 * compiling. Who makes it dearer has to change a budget here.
 */
#include <stdio.h>

#include "engine/image/section.h"
#include "grammar/compile.h"
#include "tests/tap.h"

/* For a rule of 90 bytes as bench/gen-policies writes it. A little above what was counted. */
#define ALLOCATIONS 20
#define MEMORY	    2000

struct cost {
	uint64_t allocations;
	size_t memory;
};

static struct cost compile(unsigned rules)
{
	static char text[1 << 20];
	const struct policy *p = NULL;
	struct policy_partial partial;
	struct source src = { .path = STR("cost.policy") };
	struct arena a, kept;
	struct diags d;
	struct cost cost;
	struct str section;
	size_t n;
	unsigned i;

	arena_init(&a, 1 << 30);
	arena_init(&kept, 1 << 30);
	diags_init(&d, &kept);
	n = (size_t)snprintf(text, sizeof(text),
		"language 1;\npolicy big {\n\tapplies mdev-type driver big;\n"
		"\tattribute manager : version(3) from module \"big\" \"version\";\n");
	for (i = 1; i <= rules; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n,
			"\trule r%u { when type == big-%u; accept same but { manager in "
			"2.%u.<2,3>, 2.9+; } }\n",
			i, i, i % 7);
	n += (size_t)snprintf(text + n, sizeof(text) - n, "}\n");
	src.text = (struct str){ text, n };
	if (policy_compile(&a, &src, &d, &p, &partial) != 0)
		bail_out("compile");
	cost = (struct cost){ a.count, a.used };
	if (section_encode(&kept, p, &section) != 0)
		bail_out("encode");
	arena_release(&a);
	arena_release(&kept);
	return cost;
}

int main(void)
{
	struct cost few, some, many;
	size_t memory;
	uint64_t allocations;

	plan(3);
	few = compile(1000);
	some = compile(2000);
	many = compile(9000);
	allocations = (some.allocations - few.allocations) / 1000;
	memory = (some.memory - few.memory) / 1000;
	ok(allocations <= ALLOCATIONS, "%ju allocations for a rule, at most %d",
		(uintmax_t)allocations, ALLOCATIONS);
	ok(memory <= MEMORY, "%zu bytes for a rule, at most %d", memory, MEMORY);
	ok(many.memory / 9 <= few.memory + few.memory / 10, "a rule is not dearer among many");
	return done_testing();
}
