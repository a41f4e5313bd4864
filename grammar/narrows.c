/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whether a policy that narrows another speaks of the same attributes as that one. It compares what
 * was compiled, as either may be a last good form; what follows from it is policyset.c's.
 */
#include "grammar/narrows.h"

#include "engine/image/section.h"

static const struct attr *find(const struct policy *p, struct str name)
{
	uint32_t i;

	for (i = ATTR_FIRST; i < p->n_attrs; i++)
		if (str_eq(p->attr[i].name, name))
			return &p->attr[i];
	return NULL;
}

static void find_otherwise(const struct policy *p, const struct policy *n, struct narrows_fit *fit)
{
	const struct attr *at;
	uint32_t i;

	for (i = ATTR_FIRST; i < n->n_attrs; i++) {
		at = find(p, n->attr[i].name);
		if (!at || attr_reads_alike(at, &n->attr[i]))
			continue;
		fit->otherwise = n->attr[i].name;
		fit->otherwise_place = n->attr[i].place;
		return;
	}
}

static bool find_unknown(const struct policy *p, const struct policy *n, const struct block *b,
	struct narrows_fit *fit)
{
	uint32_t i;

	for (i = 0; b->kind == BLOCK_REFUSE && i < b->n_clauses; i++) {
		uint16_t attr = b->clause[i].attr;

		if (attr < ATTR_FIRST || find(p, n->attr[attr].name))
			continue;
		fit->unknown = n->attr[attr].name;
		fit->unknown_place = b->clause[i].place;
		return true;
	}
	return false;
}

int narrows_compare(struct arena *a, struct str narrowed, struct str narrowing,
	struct narrows_fit *ret)
{
	struct narrows_fit fit = { 0 };
	struct section_source of, by;
	struct policy p, n;
	uint32_t i, k;
	int r;

	section_memory(&of, &narrowed);
	section_memory(&by, &narrowing);
	r = section_decode_head(a, &of, &p);
	if (r == 0)
		r = section_decode_head(a, &by, &n);
	if (r == 0)
		r = section_decode_all(a, &by, &n, &n.rule, &n.n_rules);
	if (r < 0)
		return r;
	find_otherwise(&p, &n, &fit);
	/* A driver that speaks has attributes of its own, and nobody knows them here. */
	for (i = 0; p.speaks.n == 0 && i < n.n_rules && fit.unknown.n == 0; i++)
		for (k = 0; k < n.rule[i].n_blocks; k++)
			if (find_unknown(&p, &n, &n.rule[i].block[k], &fit))
				break;
	*ret = fit;
	return 0;
}
