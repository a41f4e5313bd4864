/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/grammar/compile-text.h"

struct result compile(struct str text, size_t limit)
{
	struct source src = { .path = STR("test.policy"), .text = text };
	const struct policy *p = NULL;
	struct policy_partial partial;
	struct result x = { 0 };
	struct diags d;
	struct arena a;
	size_t i;

	arena_init(&a, limit);
	diags_init(&d, &a);
	x.r = policy_compile(&a, &src, &d, &p, &partial);
	x.n = d.n;
	x.errors = d.errors;
	x.used = a.used;
	for (i = 0; i < d.n && x.first == DIAG_NONE; i++)
		if (d.list[i].severity == DIAG_ERROR)
			x.first = d.list[i].code;
	if (x.r == 0)
		x.rules = p->n_rules;
	arena_release(&a);
	return x;
}

struct result compile_text(const char *text)
{
	return compile(str_from(text), COMPILE_MEMORY_MAX);
}

static char text[TEXT_MAX];
struct sbuf out;

void begin(void)
{
	out = (struct sbuf){ .p = text, .size = sizeof(text) };
	sbuf_puts(&out, "language 1;\npolicy p {\n\tapplies mdev-type driver mtty;\n");
}

struct result finish(void)
{
	sbuf_puts(&out, "}\n");
	return compile(sbuf_str(&out), COMPILE_MEMORY_MAX);
}
