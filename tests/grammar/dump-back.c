/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * dump-back FILE...
 * Compiles each file to a section, prints the section as text, compiles that, and prints the name
 * of the file and what differs if the two sections are not the same bytes but for names of files,
 * digests and places. Files that do not compile are left out. The last line says how many were
 * looked at. Exit status 0, 1 (some differ), 5.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/image/section.h"
#include "grammar/compile.h"
#include "tests/image/gen.h"

#define TEXT_ROOM ((size_t)4 << 20)
#define REFUSED	  1

static char text[2 * POLICY_TEXT_MAX];

static struct str read_all(const char *path)
{
	FILE *f = fopen(path, "rb");
	size_t n;

	if (!f) {
		perror(path);
		exit(5);
	}
	n = fread(text, 1, sizeof(text), f);
	fclose(f);
	return (struct str){ text, n };
}

/* What a decoder made lies in an arena, where it can be written to. */
static void forget_place(const struct place *at)
{
	*(struct place *)at = (struct place){ 0 };
}

static void forget_clauses(const struct clause *c, uint32_t n)
{
	while (n-- > 0)
		forget_place(&c[n].place);
}

static void forget_places(struct policy *p)
{
	uint32_t i, k, m;

	p->file = STR("p.policy");
	memset(p->digest, 0, sizeof(p->digest));
	for (i = 0; i < p->n_scopes; i++)
		forget_place(&p->scope[i].place);
	for (i = ATTR_FIRST; i < p->n_attrs; i++)
		forget_place(&p->attr[i].place);
	for (i = 0; i < p->n_locals; i++)
		forget_place(&p->local[i].place);
	for (i = 0; i < p->n_rules; i++) {
		const struct rule *r = &p->rule[i];

		forget_place(&r->place);
		forget_place(&r->migratable_place);
		forget_clauses(r->when, r->n_when);
		for (k = 0; k < r->n_blocks; k++) {
			forget_place(&r->block[k].place);
			forget_clauses(r->block[k].clause, r->block[k].n_clauses);
			for (m = 0; m < r->block[k].n_claims; m++)
				forget_place(&r->block[k].claim[m].place);
		}
	}
}

/* Text to section to model without places, and that as bytes. */
static int make(struct arena *a, struct str from, struct policy *ret, struct str *ret_bytes)
{
	struct source *src = arena_new(a, struct source);
	struct section_source s;
	const struct policy *p;
	struct str *bytes = arena_new(a, struct str);
	struct diags d;
	int r;

	*src = (struct source){ STR("p.policy"), from, NULL };
	diags_init(&d, a);
	r = policy_compile(a, src, &d, &p, NULL);
	if (r == -EBADMSG || r == -EPROTO) {
		for (size_t i = 0; i < d.n; i++)
			if (d.list[i].severity == DIAG_ERROR) {
				fprintf(stderr, "# MDC-%03d\n", d.list[i].code);
				break;
			}
		return REFUSED;
	}
	if (r == 0)
		r = section_encode(a, p, bytes);
	if (r < 0)
		return r;
	section_memory(&s, bytes);
	r = section_decode_head(a, &s, ret);
	if (r == 0)
		r = section_decode_all(a, &s, ret, &ret->rule, &ret->n_rules);
	if (r < 0)
		return r;
	forget_places(ret);
	return section_encode(a, ret, ret_bytes);
}

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
	int r = make(a, read_all(path), &p, &was);

	if (r == REFUSED)
		return 0;
	if (r < 0 || policy_print(&p, b) < 0) {
		printf("%s: cannot be printed\n", path);
		return -1;
	}
	r = make(a, sbuf_str(b), &q, &now);
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
