/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One representative: what a part of a policy, or the whole of it, says of it. Parts are evaluated
 * by the steps of engine/eval with the values filled in; the whole goes through the front door, for
 * whoever wants to be sure.
 */
#include <errno.h>

#include "engine/analyse/matrix.h"
#include "engine/eval/build.h"
#include "engine/eval/descriptor.h"
#include "engine/image/attr-parse.h"
#include "engine/image/section.h"

static const struct value kinds[] = {
	[KIND_MDEV] = { .type = { .tag = VT_STRING }, .word = STR_INIT("mdev") },
	[KIND_VFIO] = { .type = { .tag = VT_STRING }, .word = STR_INIT("vfio") },
};

/* ---- values -------------------------------------------------------------------------------------- */

/* As the evaluator would read it: 0, -ENOENT (absent, no default), -EINVAL. */
static int effective(const struct attr *at, const struct point *p, struct fact_result *ret)
{
	*ret = (struct fact_result){ .attr = at, .absent = p->absent };
	if (p->absent && at->presence != PRESENCE_DEFAULT)
		return -ENOENT;
	if (at->type.list) {
		ret->ranges = p->absent ? at->dflt_ranges : p->ranges;
		ret->has_ranges = true;
		return 0;
	}
	if (!p->absent && !attr_in_domain(&at->type, &p->value))
		return -EINVAL;
	ret->value = p->absent ? at->dflt : p->value;
	return 0;
}

const struct value *subject_value(const struct universe *u, const struct view *v, uint32_t attr,
	const uint32_t *choice)
{
	uint32_t var = v->attr_var[attr];
	const struct point *p = &u->var[var].point[choice[var]];

	if (p->absent)
		return v->p->attr[attr].presence == PRESENCE_DEFAULT ? &v->p->attr[attr].dflt : NULL;
	return &p->value;
}

static int fill_attr(const struct universe *u, const struct view *v, const struct part *part,
	uint32_t i, const uint32_t *choice, struct evaluation *e)
{
	const struct attr *at = &v->p->attr[i];
	struct fact_result *f = &e->fact[i - ATTR_FIRST];
	static const struct point nothing = { .absent = true };
	uint32_t var = v->attr_var[i];
	bool kept = part->keep[var];
	int r = effective(at, kept ? &u->var[var].point[choice[var]] : &nothing, f);

	if (r == -EINVAL)
		e->status = STATUS_UNREADABLE_FACT;
	if (r == -ENOENT && kept && at->presence == PRESENCE_REQUIRED)
		e->status = STATUS_MISSING_FACT;
	if (r == 0)
		e->self[i] = &f->value;
	return 0;
}

static int fill_builtin(struct arena *a, const struct universe *u, const struct part *part,
	const uint32_t *choice, struct evaluation *e)
{
	const struct scope *s = &u->scope[part->keep[VAR_SCOPE] ? choice[VAR_SCOPE] : 0];
	const struct point *type = &u->var[VAR_TYPE].point[part->keep[VAR_TYPE] ?
								   choice[VAR_TYPE] : 0];
	struct value *driver = arena_new(a, struct value);

	if (!driver)
		return -ENOMEM;
	*driver = (struct value){ .type = { .tag = VT_STRING }, .word = s->driver };
	e->self[ATTR_KIND] = &kinds[s->kind];
	e->self[ATTR_DRIVER] = driver;
	if (!part->keep[VAR_TYPE])
		return 0;
	if (!type->absent)
		e->self[ATTR_TYPE] = &type->value;
	/* No such subject. */
	if (part->keep[VAR_SCOPE] && u->mixed_types && type->absent == scope_has_type(s))
		e->status = STATUS_NO_POLICY;
	return 0;
}

/* As the evaluator makes it: what is not the default. */
static int make_record(struct arena *a, struct evaluation *e)
{
	uint32_t i;

	e->record.e = arena_new_array(a, e->policy.n_attrs, struct record_entry);
	if (!e->record.e)
		return -ENOMEM;
	for (i = 0; i < e->policy.n_attrs; i++) {
		const struct attr *at = &e->policy.attr[i];

		if (!e->self[i] ||
			(at->presence == PRESENCE_DEFAULT && value_eq(e->self[i], &at->dflt)))
			continue;
		e->record.e[e->record.n++] = (struct record_entry){ at->name, *e->self[i] };
	}
	return 0;
}

static int fill(struct arena *a, const struct universe *u, const struct view *v,
	const struct part *part, const uint32_t *choice, struct evaluation *e)
{
	const struct policy *p = part->policy[v - u->view];
	uint32_t i;
	int r;

	*e = (struct evaluation){ .input = -1, .status = STATUS_OK, .policy = *p,
		.has_policy = true };
	e->self = arena_new_array(a, p->n_attrs, const struct value *);
	e->fact = arena_new_array(a, p->n_attrs, struct fact_result);
	e->local = arena_new_array(a, p->n_locals, struct fact_result);
	if (!e->self || !e->fact || !e->local)
		return -ENOMEM;
	r = fill_builtin(a, u, part, choice, e);
	for (i = ATTR_FIRST; r == 0 && i < p->n_attrs; i++)
		r = fill_attr(u, v, part, i, choice, e);
	for (i = 0; r == 0 && i < p->n_locals; i++) {
		uint32_t var = v->local_var[i];

		e->local[i].attr = &p->local[i];
		if (part->keep[var] && effective(&p->local[i],
					       &u->var[var].point[choice[var]], &e->local[i]) == -EINVAL)
			e->status = STATUS_UNREADABLE_FACT;
	}
	return r < 0 ? r : make_record(a, e);
}

/* The policy of a side, not one that narrows it. NULL: nothing answers. */
static const struct view *main_view(const struct universe *u, unsigned side)
{
	uint32_t i;

	for (i = 0; i < u->n_views; i++)
		if (u->view[i].side == side && !u->view[i].narrow)
			return &u->view[i];
	return NULL;
}

int part_record(struct arena *a, const struct universe *u, const struct part *part,
	unsigned side, const uint32_t *choice, bool *ret_ok, struct record *ret)
{
	const struct view *v = main_view(u, side);
	struct evaluation e;
	int r;

	if (!v)
		return 0;
	r = fill(a, u, v, part, choice, &e);
	if (r < 0 || e.status != STATUS_OK)
		return r;
	*ret_ok = true;
	*ret = e.record;
	return 0;
}

/* ---- what a part says -------------------------------------------------------------------------------- */

int part_record_text(struct arena *a, const struct record *rec, struct str *ret)
{
	struct sbuf b = { .size = DESCRIPTOR_MAX };

	b.p = arena_alloc_raw(a, b.size);
	if (!b.p)
		return -ENOMEM;
	record_print(&b, rec);
	if (b.overflow)
		return -E2BIG;
	*ret = sbuf_str(&b);
	return 0;
}

static int part_texts(struct arena *a, struct evaluation *e)
{
	struct sbuf b = { .size = DESCRIPTOR_MAX };
	int r;

	b.p = arena_alloc_raw(a, b.size);
	if (!b.p)
		return -ENOMEM;
	r = dg_print(e->store, e->accepts, DMODE_CLOSED, a, &b);
	if (r < 0)
		return r;
	e->accepts_text = str_dup(a, sbuf_str(&b));
	b.n = 0;
	if (e->has_offers)
		r = dg_print(e->store, e->offers, DMODE_OPEN, a, &b);
	if (r < 0)
		return r;
	if (b.overflow)
		return -E2BIG;
	if (e->has_offers)
		e->offers_text = sbuf_str(&b);
	return arena_failed(a) ? -ENOMEM : 0;
}

static int judge(struct arena *a, const struct universe *u, const struct part *part,
	unsigned side, const uint32_t *choice, bool texts, struct evaluation *e)
{
	const struct view *v = main_view(u, side);
	uint32_t i;
	int r;

	if (!v)
		return 0;
	r = fill(a, u, v, part, choice, e);
	if (r < 0 || e->status != STATUS_OK)
		return r;
	r = build_bind(a, e, e->policy.rule, e->policy.n_rules);
	if (r == 0)
		r = dstore_new(a, &dlimits_default, &e->store);
	if (r == 0)
		r = build_diagrams(a, e);
	v = u->view;
	for (i = 0; r == 0 && i < u->n_views && part->core; i++) {
		struct evaluation n;

		if (v[i].side != side || !v[i].narrow)
			continue;
		r = fill(a, u, &v[i], part, choice, &n);
		if (r == 0 && n.status != STATUS_OK) {
			e->status = n.status;
			return 0;
		}
		if (r == 0)
			r = build_bind(a, &n, n.policy.rule, n.policy.n_rules);
		if (r == 0)
			r = build_narrow(a, e, &n);
	}
	return r == 0 && texts ? part_texts(a, e) : r;
}

int part_evaluate(struct arena *a, const struct universe *u, const struct part *part,
	unsigned side, const uint32_t *choice, bool texts, struct evaluation *ret)
{
	struct evaluation e = { .input = -1, .status = STATUS_NO_POLICY };
	int r = judge(a, u, part, side, choice, texts, &e);

	if (r == -E2BIG || r == -EPROTOTYPE) {
		e.status = r == -E2BIG ? STATUS_TOO_COMPLEX : STATUS_POLICY_ERROR;
		r = 0;
	}
	if (r < 0)
		return r;
	*ret = e;
	return 0;
}

/* ---- through the front door ---------------------------------------------------------------------------- */

struct reading {
	const struct universe *u;
	const uint32_t *choice;
};

static int give_value(void *ctx, const struct attr *attr, struct value *ret,
	struct ranges *ret_ranges)
{
	const struct reading *k = ctx;
	uint32_t var = universe_find(k->u, attr);
	const struct point *p;

	if (var == VAR_NONE)
		return -EIO;
	p = &k->u->var[var].point[k->choice[var]];
	if (p->absent)
		return -ENOENT;
	if (p->has_ranges)
		*ret_ranges = p->ranges;
	else
		*ret = p->value;
	return 0;
}

static int as_section(struct arena *a, const struct policy *p, struct section_source *ret)
{
	struct str *bytes = arena_new(a, struct str);
	int r = bytes ? section_encode(a, p, bytes) : -ENOMEM;

	if (r == 0)
		section_memory(ret, bytes);
	return r;
}

static int encode_side(struct arena *a, const struct judged *j, const struct section_source **ret)
{
	struct section_source *list = arena_new_array(a, (size_t)j->n_narrows + 1,
		struct section_source);
	uint32_t i;
	int r;

	if (!list)
		return -ENOMEM;
	r = as_section(a, j->policy, &list[0]);
	for (i = 0; r == 0 && i < j->n_narrows; i++)
		r = as_section(a, j->narrows[i], &list[i + 1]);
	*ret = list;
	return r;
}

int subject_prepare(struct universe *u)
{
	uint32_t i;
	int r = 0;

	for (i = 0; r == 0 && i < u->n_sides; i++)
		if (u->side[i]->policy)
			r = encode_side(u->arena, u->side[i], &u->section[i]);
	return r;
}

int subject_evaluate(struct arena *a, const struct universe *u, unsigned side,
	const uint32_t *choice, struct evaluation *ret)
{
	const struct judged *j = u->side[side];
	const struct scope *s = &u->scope[choice[VAR_SCOPE]];
	const struct point *type = &u->var[VAR_TYPE].point[choice[VAR_TYPE]];
	struct reading *reading = arena_new(a, struct reading);
	const struct section_source *section = u->section[side];
	struct subject subject = { .kind = s->kind, .driver = s->driver, .instance = true };
	int r = 0;

	if (!j->policy) {
		*ret = (struct evaluation){ .input = -1, .status = STATUS_NO_POLICY };
		return 0;
	}
	if (!reading)
		return -ENOMEM;
	*reading = (struct reading){ u, choice };
	subject.facts = (struct fact_reader){ .ctx = reading, .value = give_value };
	if (!type->absent)
		subject.type = type->value.word;
	if (!section)
		r = encode_side(a, j, &section);
	return r < 0 ? r : evaluate_section(a, section, section + 1, j->n_narrows, &subject, NULL,
				   ret);
}

/* ---- in words --------------------------------------------------------------------------------------------- */

int subject_describe(struct arena *a, const struct universe *u, const uint32_t *choice,
	struct relation_subject *ret)
{
	struct relation_value *list = arena_new_array(a, u->n_vars, struct relation_value);
	const struct point *type = &u->var[VAR_TYPE].point[choice[VAR_TYPE]];
	uint32_t i, n = 0;

	if (!list)
		return -ENOMEM;
	for (i = VAR_TYPE + 1; i < u->n_vars; i++) {
		const struct var *v = &u->var[i];
		const struct point *p = &v->point[choice[i]];

		list[n++] = (struct relation_value){
			.name = v->name,
			.local = v->local,
			.value = p->value,
			.has_ranges = p->has_ranges,
			.ranges = p->ranges,
			.type = v->type,
		};
	}
	*ret = (struct relation_subject){
		.scope = &u->scope[choice[VAR_SCOPE]],
		.type = type->absent ? (struct str){ 0 } : type->value.word,
		.value = list,
		.n = n,
	};
	return 0;
}
