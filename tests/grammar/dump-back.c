/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * dump-back FILE...
 * Compiles each file to a section, prints the section as text, compiles that, and prints the name
 * of the file and what differs if the two sections are not the same bytes but for names of files,
 * digests and places. Files that do not compile are left out. The last line says how many were
 * looked at. Exit status 0, 1 (some differ), 5.
 */
#include <stdio.h>
#include <stdlib.h>

#include "grammar/compile.h"
#include "tests/grammar/unplaced.h"
#include "tests/image/gen.h"

#define TEXT_ROOM ((size_t)4 << 20)

static const char *differs(const struct policy *p, const struct policy *q)
{
	const char *what = head_differs(p, q);
	uint32_t i;

	for (i = 0; !what && i < p->n_rules; i++)
		what = rule_differs(&p->rule[i], &q->rule[i]);
	return what ? what : "bytes";
}

/* 1: it was looked at; 0: it does not compile; negative: it differs. */
static int look(struct arena *a, const char *path, struct sbuf *b)
{
	struct policy p, q;
	struct str was, now;
	int r = compile_unplaced(a, read_policy(path), &p, &was);

	if (r == POLICY_REFUSED)
		return 0;
	if (r < 0 || policy_print(a, &p, b) < 0) {
		printf("%s: cannot be printed\n", path);
		return -1;
	}
	r = compile_unplaced(a, sbuf_str(b), &q, &now);
	if (r != 0)
		printf("%s: what was printed does not compile\n", path);
	else if (!str_eq(was, now))
		printf("%s: another %s\n", path, differs(&p, &q));
	else
		return 1;
	fwrite(b->p, 1, b->n, stdout);
	return -1;
}

int main(int argc, char **argv)
{
	char *room = malloc(TEXT_ROOM);
	int i, good = 0, bad = 0;

	if (!room)
		return 5;
	for (i = 1; i < argc; i++) {
		struct sbuf b = { .p = room, .size = TEXT_ROOM };
		struct arena a;
		int r;

		arena_init(&a, (size_t)1 << 30);
		r = look(&a, argv[i], &b);
		good += r > 0;
		bad += r < 0;
		arena_release(&a);
	}
	free(room);
	printf("%d come back\n", good);
	return bad > 0;
}
