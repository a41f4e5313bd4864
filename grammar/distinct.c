/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lists of sets and of masks without what stands twice, and without what is taken away. Lists are long
 * and used often, so they are sorted to be compared; what is left keeps its order.
 */
#include <stdlib.h>

#include "grammar/check.h"

typedef int (*compare_fn)(const void *x, const void *y);

static int compare_sets(const void *x, const void *y)
{
	const struct word_set *a = x, *b = y;
	uint32_t i;
	int r = (a->n > b->n) - (a->n < b->n);

	for (i = 0; r == 0 && i < a->n; i++)
		r = str_cmp(a->w[i], b->w[i]);
	return r;
}

static int compare_masks(const void *x, const void *y)
{
	return memcmp(x, y, sizeof(uint64_t[4]));
}

/* One place in a list. */
struct ranked {
	const char *at;
	compare_fn compare;
};

static int compare_ranked(const void *x, const void *y)
{
	const struct ranked *a = x, *b = y;
	int r = a->compare(a->at, b->at);

	return r != 0 ? r : (a->at > b->at) - (a->at < b->at);
}

static int compare_values(const void *x, const void *y)
{
	const struct ranked *a = x, *b = y;

	return a->compare(a->at, b->at);
}

static struct ranked *rank(struct check *c, const struct vec *v, size_t size, compare_fn compare)
{
	struct ranked *list = arena_new_array(c->a, v->n, struct ranked);
	uint32_t i;

	if (!list)
		return NULL;
	for (i = 0; i < v->n; i++)
		list[i] = (struct ranked){ (const char *)v->p + i * size, compare };
	if (v->n > 1)
		qsort(list, v->n, sizeof(*list), compare_ranked);
	return list;
}

/* Is the element's value met here first, and not taken away? */
static bool is_kept(const struct ranked *in, uint32_t i, const struct ranked *less, uint32_t n_less)
{
	if (i > 0 && compare_values(&in[i - 1], &in[i]) == 0)
		return false;
	return n_less == 0 || !bsearch(&in[i], less, n_less, sizeof(*less), compare_values);
}

static bool minus(struct check *c, const struct vec *in, const struct vec *less, size_t size,
	compare_fn compare, struct vec *ret)
{
	struct arena_mark mark;
	char *to = arena_alloc_array(c->a, in->n, size);
	struct ranked *ranked, *gone;
	uint32_t i, n = 0;
	bool *kept;

	if (!to)
		return false;
	mark = arena_mark(c->a);
	ranked = rank(c, in, size, compare);
	gone = rank(c, less, size, compare);
	kept = arena_new_array(c->a, in->n, bool);
	if (!ranked || !gone || !kept)
		return false;
	for (i = 0; i < in->n; i++)
		kept[(size_t)(ranked[i].at - (const char *)in->p) / size] =
			is_kept(ranked, i, gone, less->n);
	for (i = 0; i < in->n; i++)
		if (kept[i])
			memcpy(to + size * n++, (const char *)in->p + size * i, size);
	arena_rewind(c->a, mark);
	*ret = (struct vec){ to, n, n };
	return true;
}

bool sets_minus(struct check *c, const struct vec *in, const struct vec *less, struct vec *ret)
{
	return minus(c, in, less, sizeof(struct word_set), compare_sets, ret);
}

bool masks_minus(struct check *c, const struct vec *in, const struct vec *less, struct vec *ret)
{
	return minus(c, in, less, sizeof(uint64_t[4]), compare_masks, ret);
}
