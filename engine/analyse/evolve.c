/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What became of the attributes from one revision of a policy to the next, name by name. */
#include <errno.h>

#include "engine/analyse/differ.h"
#include "engine/analyse/universe.h"

static const struct attr *find(const struct policy *p, struct str name)
{
	uint32_t i;

	for (i = ATTR_FIRST; i < p->n_attrs; i++)
		if (str_eq(p->attr[i].name, name))
			return &p->attr[i];
	return NULL;
}

static bool same_default(const struct attr *x, const struct attr *y)
{
	if (x->presence != PRESENCE_DEFAULT || y->presence != PRESENCE_DEFAULT)
		return (x->presence == PRESENCE_DEFAULT) == (y->presence == PRESENCE_DEFAULT);
	return value_eq(&x->dflt, &y->dflt);
}

static int push(struct arena *a, struct list *l, enum evolution_kind kind, const struct attr *old,
	const struct attr *new)
{
	struct evolution *e = list_push(a, l, sizeof(*e));

	if (!e)
		return -ENOMEM;
	*e = (struct evolution){ kind, old, new };
	return 0;
}

static int compare(struct arena *a, struct list *l, const struct attr *old, const struct attr *new)
{
	int r = 0;

	if (!old)
		return push(a, l, EVOLUTION_NEW, NULL, new);
	if (!attr_same_reading(&old->type, &new->type))
		return push(a, l, EVOLUTION_TYPE, old, new);
	if (!same_default(old, new))
		r = push(a, l, EVOLUTION_DEFAULT, old, new);
	if (r == 0 && !attr_same_fact(&old->fact, &new->fact))
		r = push(a, l, EVOLUTION_FACT, old, new);
	return r;
}

int relation_evolution(struct arena *a, const struct policy *old, const struct policy *new,
	struct evolution **ret, uint32_t *ret_n)
{
	struct list l = { 0 };
	uint32_t i;
	int r = 0;

	for (i = ATTR_FIRST; r == 0 && i < new->n_attrs; i++)
		r = compare(a, &l, find(old, new->attr[i].name), &new->attr[i]);
	for (i = ATTR_FIRST; r == 0 && i < old->n_attrs; i++)
		if (!find(new, old->attr[i].name))
			r = push(a, &l, EVOLUTION_GONE, &old->attr[i], NULL);
	*ret = l.at;
	*ret_n = l.n;
	return r;
}
