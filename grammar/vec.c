/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Arrays that grow in the arena, and sets of words. */
#include <stdlib.h>

#include "grammar/check.h"

void *vec_push(struct arena *a, struct vec *v, size_t size)
{
	if (v->n == v->room) {
		uint32_t room = v->room ? 2 * v->room : 4;
		void *p = arena_alloc_array(a, room, size);

		if (!p)
			return NULL;
		if (v->n > 0)
			memcpy(p, v->p, v->n * size);
		v->p = p;
		v->room = room;
	}
	return (char *)v->p + size * v->n++;
}

static int compare_words(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

struct word_set words_normal(struct str *w, uint32_t n)
{
	uint32_t i, kept = 0;

	if (n > 1)
		qsort(w, n, sizeof(*w), compare_words);
	for (i = 0; i < n; i++)
		if (i == 0 || !str_eq(w[i], w[kept - 1]))
			w[kept++] = w[i];
	return (struct word_set){ w, kept };
}

bool words_contain(struct word_set set, struct str w)
{
	return set.n > 0 && bsearch(&w, set.w, set.n, sizeof(w), compare_words);
}

struct word_set words_minus(struct str *w, uint32_t n, struct word_set less)
{
	uint32_t i, kept = 0;

	for (i = 0; i < n; i++)
		if (!words_contain(less, w[i]))
			w[kept++] = w[i];
	return (struct word_set){ w, kept };
}

