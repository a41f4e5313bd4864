/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The variables in which subjects can differ, and which attribute or local of which policy reads
 * each. What values they take is points.c's affair, what is asked of them looks.c's.
 */
#include <errno.h>

#include "engine/analyse/universe.h"

void *list_push(struct arena *a, struct list *v, size_t size)
{
	if (v->n == v->room) {
		uint32_t room = v->room ? 2 * v->room : 8;
		void *grown = arena_alloc_array(a, room, size);

		if (!grown)
			return NULL;
		if (v->n > 0)
			memcpy(grown, v->at, v->n * size);
		v->at = grown;
		v->room = room;
	}
	return (char *)v->at + size * v->n++;
}

uint32_t group_of(const struct universe *u, uint32_t var)
{
	while (u->var[var].group != var)
		var = u->var[var].group;
	return var;
}

/* ---- which attributes are one variable ------------------------------------------------------- */

bool attr_same_fact(const struct fact *x, const struct fact *y)
{
	unsigned i;

	if (x->kind != y->kind || x->n_paths != y->n_paths || !x->key.p != !y->key.p ||
		!str_eq(x->key, y->key))
		return false;
	for (i = 0; i < x->n_paths; i++)
		if (!str_eq(x->path[i], y->path[i]))
			return false;
	return true;
}

bool attr_same_reading(const struct attr_type *x, const struct attr_type *y)
{
	return value_type_eq(x->type, y->type) && x->list == y->list &&
	       x->int_format == y->int_format && x->mask_format == y->mask_format &&
	       x->msb_first == y->msb_first && !x->separator.p == !y->separator.p &&
	       str_eq(x->separator, y->separator) && x->field == y->field &&
	       str_eq(x->field_separator, y->field_separator);
}

uint32_t universe_find(const struct universe *u, const struct attr *at)
{
	uint32_t i;

	for (i = VAR_TYPE + 1; i < u->n_vars; i++)
		if (attr_same_fact(&u->var[i].attr->fact, &at->fact) &&
			attr_same_reading(&u->var[i].attr->type, &at->type))
			return i;
	return VAR_NONE;
}

static uint32_t add_var(struct universe *u, const struct attr *at, bool local)
{
	uint32_t i = universe_find(u, at);

	if (i != VAR_NONE)
		return i;
	i = u->n_vars;
	u->var[i] = (struct var){
		.name = at->name,
		.local = local,
		.attr = at,
		.type = at->type.type,
		.list = at->type.list,
		.group = i,
		.part = i,
	};
	return u->n_vars++;
}

static int add_view(struct universe *u, const struct policy *p, uint8_t side, bool narrow)
{
	struct view *v = &u->view[u->n_views++];
	uint32_t i;

	*v = (struct view){ .p = p, .side = side, .narrow = narrow };
	v->attr_var = arena_new_array(u->arena, p->n_attrs, uint32_t);
	v->local_var = arena_new_array(u->arena, p->n_locals, uint32_t);
	if (!v->attr_var || !v->local_var)
		return -ENOMEM;
	v->attr_var[ATTR_KIND] = v->attr_var[ATTR_DRIVER] = VAR_SCOPE;
	v->attr_var[ATTR_TYPE] = VAR_TYPE;
	for (i = ATTR_FIRST; i < p->n_attrs; i++)
		v->attr_var[i] = add_var(u, &p->attr[i], false);
	for (i = 0; i < p->n_locals; i++)
		v->local_var[i] = add_var(u, &p->local[i], true);
	return 0;
}

static int add_side(struct universe *u, const struct judged *j, uint8_t side)
{
	uint32_t i;
	int r;

	if (!j->policy)
		return 0;
	if (!u->scope) {
		u->scope = j->scope;
		u->n_scopes = j->n_scopes;
	}
	r = add_view(u, j->policy, side, false);
	for (i = 0; r == 0 && i < j->n_narrows; i++)
		r = add_view(u, j->narrows[i], side, true);
	return r;
}

static void see_scopes(struct universe *u)
{
	bool with = false, without = false;
	uint32_t i;

	for (i = 0; i < u->n_scopes; i++) {
		with = with || scope_has_type(&u->scope[i]);
		without = without || !scope_has_type(&u->scope[i]);
	}
	u->mixed_types = with && without;
}

int universe_new(struct arena *a, const struct judged *const *side, uint32_t n_sides,
	struct universe **ret)
{
	struct universe *u = arena_new(a, struct universe);
	uint32_t vars = 2, views = 0, i, k;
	int r = 0;

	if (!u)
		return -ENOMEM;
	u->arena = a;
	u->n_sides = n_sides;
	for (i = 0; i < n_sides; i++) {
		u->side[i] = side[i];
		if (!side[i]->policy)
			continue;
		views += 1 + side[i]->n_narrows;
		vars += side[i]->policy->n_attrs + side[i]->policy->n_locals;
		for (k = 0; k < side[i]->n_narrows; k++)
			vars += side[i]->narrows[k]->n_attrs + side[i]->narrows[k]->n_locals;
	}
	u->var = arena_new_array(a, vars, struct var);
	u->view = arena_new_array(a, views, struct view);
	if (!u->var || !u->view)
		return -ENOMEM;
	u->var[VAR_SCOPE] = (struct var){ .name = STR("driver"), .group = VAR_SCOPE,
		.part = VAR_SCOPE };
	u->var[VAR_TYPE] = (struct var){ .name = STR("type"), .type = { .tag = VT_STRING },
		.group = VAR_TYPE, .part = VAR_TYPE };
	u->n_vars = 2;
	for (i = 0; r == 0 && i < n_sides; i++)
		r = add_side(u, side[i], (uint8_t)i);
	if (r == 0) {
		see_scopes(u);
		r = looks_collect(u);
	}
	if (r < 0)
		return r;
	*ret = u;
	return 0;
}
