/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A hash table of names. Twenty thousand rules of one file are looked up in it. */
#include "engine/base/digest.h"
#include "grammar/symtab.h"

static struct symtab_entry *probe(const struct symtab *t, struct str name, uint64_t hash)
{
	uint32_t i = (uint32_t)hash & (t->size - 1);

	while (t->entry[i].name.p &&
		(t->entry[i].hash != hash || !str_eq(t->entry[i].name, name)))
		i = (i + 1) & (t->size - 1);
	return &t->entry[i];
}

void *symtab_find(const struct symtab *t, struct str name)
{
	if (t->size == 0)
		return NULL;
	return probe(t, name, hash64(name.p, name.n, 0))->what;
}

static bool grow(struct arena *a, struct symtab *t)
{
	struct symtab more = { .n = t->n, .size = t->size ? 2 * t->size : 64 };
	uint32_t i;

	more.entry = arena_new_array(a, more.size, struct symtab_entry);
	if (!more.entry)
		return false;
	for (i = 0; i < t->size; i++)
		if (t->entry[i].name.p)
			*probe(&more, t->entry[i].name, t->entry[i].hash) = t->entry[i];
	*t = more;
	return true;
}

bool symtab_add(struct arena *a, struct symtab *t, struct str name, void *what)
{
	uint64_t hash = hash64(name.p, name.n, 0);

	if (2 * (t->n + 1) > t->size && !grow(a, t))
		return false;
	*probe(t, name, hash) = (struct symtab_entry){ name, hash, what };
	t->n++;
	return true;
}

struct str *symtab_names(struct arena *a, const struct symtab *t)
{
	struct str *names = arena_new_array(a, t->n, struct str);
	uint32_t i, n = 0;

	if (!names)
		return NULL;
	for (i = 0; i < t->size; i++)
		if (t->entry[i].name.p)
			names[n++] = t->entry[i].name;
	str_sort(names, n);
	return names;
}
