/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files and texts for tools that compile policies; see the header. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/image/section.h"
#include "grammar/compile.h"
#include "tests/grammar/unplaced.h"

struct str read_policy(const char *path)
{
	static char buf[2 * POLICY_TEXT_MAX];
	FILE *f = fopen(path, "rb");
	size_t n;

	if (!f) {
		perror(path);
		exit(5);
	}
	n = fread(buf, 1, sizeof(buf), f);
	fclose(f);
	return (struct str){ buf, n };
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

int compile_unplaced(struct arena *a, struct str text, struct policy *ret, struct str *ret_bytes)
{
	struct source *src = arena_new(a, struct source);
	struct section_source s;
	const struct policy *p;
	struct str *bytes = arena_new(a, struct str);
	struct diags d;
	int r;

	*src = (struct source){ STR("p.policy"), text, NULL };
	diags_init(&d, a);
	r = policy_compile(a, src, &d, &p, NULL);
	if (r == -EBADMSG || r == -EPROTO) {
		for (size_t i = 0; i < d.n; i++)
			if (d.list[i].severity == DIAG_ERROR) {
				fprintf(stderr, "# MDC-%03d\n", d.list[i].code);
				break;
			}
		return POLICY_REFUSED;
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
