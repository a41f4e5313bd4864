/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lists that stand in a compiled policy more than once: of a constant that many rules use only the
 * values are left, and written out each time they make a text that no policy file may have. Here they
 * become constants again. How a list is spelled is expand-operand.c's.
 */
#include <errno.h>
#include <stdlib.h>

#include "engine/base/digest.h"
#include "grammar/expand-operand.h"

#define SHARED_LEAST 8 /* values in a list that is worth a name */

/* ---- which lists ----------------------------------------------------------------------------- */

bool expand_can_share(const struct clause *c)
{
	const struct operand *x = &c->operand;

	if (c->op != OP_IN)
		return false;
	if (x->kind == OPERAND_RANGES)
		return x->ranges.n >= SHARED_LEAST && x->ranges.n <= WORDS_MAX;
	return x->kind == OPERAND_WORDS && x->words.n >= SHARED_LEAST &&
	       x->n_tmpl + x->prefixes.n + x->except_words.n + x->n_except_tmpl +
			       x->except_prefixes.n == 0;
}

static uint64_t hash_key(struct key k, uint64_t seed)
{
	uint32_t part[4];

	for (unsigned i = 0; i < 4; i++)
		part[i] = key_part(k, i);
	return hash64(part, sizeof(part), seed);
}

static uint64_t hash_list(const struct operand *x)
{
	uint64_t h = (uint64_t)x->kind;
	uint32_t i;

	for (i = 0; i < x->words.n; i++)
		h = hash64(x->words.w[i].p, x->words.w[i].n, h);
	for (i = 0; i < x->ranges.n; i++)
		h = hash_key(x->ranges.iv[i].lo, h);
	return h;
}

static bool same_list(const struct clause *a, const struct clause *b)
{
	return a->attr == b->attr && a->operand.kind == b->operand.kind &&
	       word_set_eq(a->operand.words, b->operand.words) &&
	       ranges_equal(a->operand.ranges, b->operand.ranges);
}

/* ---- numbering them ---------------------------------------------------------------------------- */

static int by_hash(const void *x, const void *y)
{
	const struct shared_list *a = *(struct shared_list *const *)x, *b = *(struct shared_list *const *)y;

	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	return (a > b) - (a < b);
}

/* Lists of one hash: each is one of those before it, or has to be told from them. */
static void number_equals(struct shared_list **list, uint32_t n, uint32_t *next)
{
	for (uint32_t i = 0; i < n; i++) {
		if (list[i]->number > 0)
			continue;
		for (uint32_t k = i + 1; k < n; k++) {
			if (list[k]->number > 0 || !same_list(list[i]->clause, list[k]->clause))
				continue;
			if (list[i]->number == 0) {
				list[i]->number = ++*next;
				list[i]->first = true;
			}
			list[k]->number = list[i]->number;
		}
		/* What shares a hash and is none of these is rare, and may stay written out. */
		if (list[i]->number == 0)
			return;
	}
}

static uint32_t collect(const struct clause *c, uint32_t n, struct shared_list *to)
{
	uint32_t found = 0;

	for (uint32_t i = 0; i < n; i++) {
		if (!expand_can_share(&c[i]))
			continue;
		if (to)
			to[found] = (struct shared_list){ .clause = &c[i], .hash = hash_list(&c[i].operand) };
		found++;
	}
	return found;
}

/* In the order in which they are printed. */
static uint32_t collect_all(const struct policy *p, struct shared_list *to)
{
	uint32_t found = 0;

	for (uint32_t i = 0; i < p->n_rules; i++) {
		const struct rule *r = &p->rule[i];

		found += collect(r->when, r->n_when, to ? to + found : NULL);
		for (uint32_t k = 0; k < r->n_blocks; k++)
			found += collect(r->block[k].clause, r->block[k].n_clauses,
				to ? to + found : NULL);
	}
	return found;
}

int expand_share(struct arena *a, const struct policy *p, struct printer *o)
{
	uint32_t n = collect_all(p, NULL), next = 0;
	struct shared_list *list = arena_new_array(a, n, struct shared_list);
	struct shared_list **sorted = arena_new_array(a, n, struct shared_list *);

	if (!list || !sorted)
		return -ENOMEM;
	collect_all(p, list);
	for (uint32_t i = 0; i < n; i++)
		sorted[i] = &list[i];
	if (n > 1)
		qsort(sorted, n, sizeof(*sorted), by_hash);
	for (uint32_t i = 0, same; i < n; i += same) {
		for (same = 1; i + same < n && sorted[i + same]->hash == sorted[i]->hash; same++)
			;
		number_equals(sorted + i, same, &next);
	}
	o->shared = list;
	o->n_shared = n;
	return 0;
}
