/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Representatives: for each variable as many values as it takes to stand for all. Two values of
 * one cell are told apart by no constant; what compares values with each other sees only whether
 * they are equal and which comes first, so a cell needs as many points as subjects are compared.
 */
#include <errno.h>
#include <stdlib.h>

#include "engine/analyse/points.h"
#include "engine/image/attr-parse.h"

int making_push(struct making *m, const struct value *v)
{
	struct point *p = list_push(m->u->arena, &m->out, sizeof(*p));

	if (!p)
		return -ENOMEM;
	*p = (struct point){ .value = *v };
	return 0;
}

/* ---- who declares it ---------------------------------------------------------------------------- */

/* Each attribute and local that reads the variable. */
const struct attr *making_reader(const struct universe *u, uint32_t var, uint32_t *view,
	uint32_t *number)
{
	for (; *view < u->n_views; ++*view, *number = 0) {
		const struct view *v = &u->view[*view];

		while (*number < v->p->n_attrs + v->p->n_locals) {
			uint32_t i = (*number)++;

			if (i < ATTR_FIRST)
				continue;
			if (i < v->p->n_attrs && v->attr_var[i] == var)
				return &v->p->attr[i];
			if (i >= v->p->n_attrs && v->local_var[i - v->p->n_attrs] == var)
				return &v->p->local[i - v->p->n_attrs];
		}
	}
	return NULL;
}

/* Is the value in the declared domain of any of them? */
bool making_in_some_domain(const struct universe *u, uint32_t var, const struct value *v)
{
	uint32_t view = 0, number = 0;
	const struct attr *at;

	if (var == VAR_TYPE)
		return true;
	while ((at = making_reader(u, var, &view, &number)))
		if (attr_in_domain(&at->type, v))
			return true;
	return false;
}

/* Is absence a value of its own here? It is none where every side wants a value, and where all
 * readers put one default in its place. */
static bool absence_counts(const struct universe *u, uint32_t var)
{
	uint32_t view = 0, number = 0, i;
	bool dark[2] = { false, false }, one = !u->var[var].list;
	const struct value *dflt = NULL;
	const struct attr *at;

	while ((at = making_reader(u, var, &view, &number))) {
		bool local = number > u->view[view].p->n_attrs;

		if (at->presence == PRESENCE_REQUIRED && !local)
			dark[u->view[view].side] = true;
		if (at->presence != PRESENCE_DEFAULT || (dflt && !value_eq(dflt, &at->dflt)))
			one = false;
		dflt = &at->dflt;
	}
	for (i = 0; i < u->n_sides; i++)
		if (!dark[i])
			return !one;
	return false;
}

/* ---- points on a line ------------------------------------------------------------------------------ */

static int cmp_key(const void *x, const void *y)
{
	return key_cmp(*(const struct key *)x, *(const struct key *)y);
}

/* The first point behind those that share the first @parts parts with @k. */
static struct key behind(struct key k, unsigned parts, struct value_type t)
{
	uint32_t part[4] = { 0 };
	unsigned i;

	for (i = 0; i < t.size; i++)
		part[i] = i < parts ? key_part(k, i) : VERSION_PART_MAX;
	return key_next(key_from_parts(part), value_type_line(t));
}

static struct key before(struct key k, unsigned parts, struct value_type t)
{
	uint32_t part[4] = { 0 };
	unsigned i;

	for (i = 0; i < t.size && i < parts; i++)
		part[i] = key_part(k, i);
	return key_from_parts(part);
}

/* With not-newer, a cell must not begin or end inside of a major part, or of the part behind it,
 * that another cell shares. */
static int refine(struct making *m, struct list *cuts)
{
	uint32_t n = cuts->n, i;
	unsigned major, parts;
	struct key *k;

	for (major = 0; major < VERSION_PARTS_MAX; major++) {
		if (!(m->looks->majors >> major & 1))
			continue;
		for (i = 0; i < n; i++)
			for (parts = major; parts <= major + 1 && parts <= m->v->type.size; parts++) {
				struct key at = ((struct key *)cuts->at)[i];
				struct key edge[2] = { before(at, parts, m->v->type),
					behind(at, parts, m->v->type) };

				k = list_push(m->u->arena, cuts, sizeof(*k));
				if (!k)
					return -ENOMEM;
				*k = edge[0];
				if (key_is_end(edge[1]))
					continue;
				k = list_push(m->u->arena, cuts, sizeof(*k));
				if (!k)
					return -ENOMEM;
				*k = edge[1];
			}
	}
	return 0;
}

static int push_key(struct making *m, struct key k)
{
	struct value v = { .type = m->v->type, .key = k };

	return making_in_some_domain(m->u, m->var, &v) ? making_push(m, &v) : 0;
}

/* Some points from @from on, below @to. */
static int push_run(struct making *m, struct key from, struct key to)
{
	unsigned i;
	int r = 0;

	for (i = 0; r == 0 && i < m->copies && key_cmp(from, to) < 0; i++) {
		r = push_key(m, from);
		from = key_next(from, value_type_line(m->v->type));
	}
	return r;
}

/* Some blocks of versions that share @parts parts, and in each what is one level below. @levels has
 * the numbers of parts, the widest block first. */
static int push_blocks(struct making *m, struct key from, struct key to, const unsigned *levels,
	unsigned n)
{
	unsigned i;
	int r = 0;

	if (n == 0)
		return push_run(m, from, to);
	for (i = 0; r == 0 && i < m->copies && key_cmp(from, to) < 0; i++) {
		struct key end = behind(from, levels[0], m->v->type);

		r = push_blocks(m, from, key_cmp(end, to) < 0 ? end : to, levels + 1, n - 1);
		from = end;
	}
	return r;
}

static int push_cell(struct making *m, struct key from, struct key to)
{
	unsigned levels[VERSION_PARTS_MAX + 1], n = 0, i;
	struct key zero = key_from_int(0);
	int r = 0;

	for (i = 0; i < m->v->type.size && m->v->type.tag == VT_VERSION; i++)
		if ((m->looks->majors >> i & 1) || (i > 0 && m->looks->majors >> (i - 1) & 1))
			levels[n++] = i;
	/* Major part 0: every version is in one block. */
	if (n > 0 && levels[0] == 0) {
		for (i = 1; i < n; i++)
			levels[i - 1] = levels[i];
		n--;
	}
	if (n > 0)
		return push_blocks(m, from, to, levels, n);
	/* Numbers that people would have written. */
	if (m->v->type.tag == VT_INT && key_cmp(from, zero) < 0 && key_cmp(zero, to) < 0)
		return push_run(m, zero, to);
	if (m->v->type.tag == VT_INT && key_eq(from, KEY_MIN) && !key_is_end(to)) {
		for (i = 0; i < m->copies && key_cmp(from, to) < 0; i++)
			to = key_prev(to, LINE_INT);
		for (i = 0; r == 0 && i < m->copies; i++, to = key_next(to, LINE_INT))
			r = push_key(m, to);
		return r;
	}
	return push_run(m, from, to);
}

/* Every value of a small domain. */
static int whole_points(struct making *m, bool *ret_done)
{
	uint32_t view = 0, number = 0;
	int64_t lo = INT64_MAX, hi = INT64_MIN, i;
	const struct attr *at;
	int r = 0;

	while ((at = making_reader(m->u, m->var, &view, &number))) {
		lo = MIN(lo, at->type.lo);
		hi = MAX(hi, at->type.hi);
	}
	*ret_done = lo <= hi && (uint64_t)hi - (uint64_t)lo < ANALYSE_DOMAIN_MAX;
	for (i = lo; *ret_done && r == 0; i++) {
		r = push_key(m, key_from_int(i));
		if (i == hi)
			break;
	}
	return r;
}

static int line_points(struct making *m, struct str *inexact)
{
	struct list cuts = { 0 };
	struct key *k;
	uint32_t i;
	int r;

	if (m->looks->whole) {
		bool done;

		r = whole_points(m, &done);
		if (r < 0 || done)
			return r;
		*inexact = STR("arithmetic over more than 256 values");
	}
	k = list_push(m->u->arena, &cuts, sizeof(*k));
	for (i = 0; k && i < m->looks->cuts.n; i++) {
		*k = ((struct key *)m->looks->cuts.at)[i];
		k = list_push(m->u->arena, &cuts, sizeof(*k));
	}
	if (!k)
		return -ENOMEM;
	*k = KEY_MIN;
	r = refine(m, &cuts);
	if (r < 0)
		return r;
	qsort(cuts.at, cuts.n, sizeof(*k), cmp_key);
	k = cuts.at;
	for (i = 0; r == 0 && i < cuts.n; i++) {
		struct key to = i + 1 < cuts.n ? k[i + 1] : KEY_END;

		if (key_cmp(k[i], to) < 0)
			r = push_cell(m, k[i], to);
	}
	return r;
}

/* ---- lists of ranges --------------------------------------------------------------------------------- */

/*
 * A list is asked for single values: of the other subjects' attributes that are looked up in it.
 * Where that is at most two values, nothing, everything and each value alone are all there is.
 */
static int list_points(struct making *m, unsigned tuple, struct str *inexact)
{
	const struct var *v = m->v;
	const uint32_t *by = v->listed_by.at;
	uint32_t i, k;
	struct point *p;

	if (v->listed_by.n * (tuple - 1) > 2)
		*inexact = STR("one range list for several attributes");
	for (i = 0; i < 2; i++) {
		p = list_push(m->u->arena, &m->out, sizeof(*p));
		if (!p)
			return -ENOMEM;
		*p = (struct point){ .has_ranges = true };
		if (i == 1)
			continue;
		p->ranges.iv = arena_new(m->u->arena, struct interval);
		if (!p->ranges.iv)
			return -ENOMEM;
		p->ranges.iv[0] = (struct interval){ KEY_MIN, KEY_END };
		p->ranges.n = 1;
	}
	for (i = 0; i < v->listed_by.n && v->listed_by.n * (tuple - 1) > 1; i++) {
		const struct var *x = &m->u->var[by[i]];

		for (k = 0; k < x->n_points; k++) {
			struct interval *iv;

			if (x->point[k].absent)
				continue;
			p = list_push(m->u->arena, &m->out, sizeof(*p));
			iv = arena_new(m->u->arena, struct interval);
			if (!p || !iv)
				return -ENOMEM;
			*iv = (struct interval){ x->point[k].value.key,
				key_next(x->point[k].value.key, value_type_line(x->type)) };
			*p = (struct point){ .has_ranges = true, .ranges = { iv, 1 } };
		}
	}
	return 0;
}

/* ---- all ------------------------------------------------------------------------------------------------ */

static int bool_points(struct making *m)
{
	struct value v = { .type = m->v->type };
	int r = making_push(m, &v);

	v.yes = true;
	return r < 0 ? r : making_push(m, &v);
}

static bool point_eq(const struct point *x, const struct point *y)
{
	if (x->absent || y->absent || x->has_ranges != y->has_ranges)
		return x->absent && y->absent;
	return x->has_ranges ? ranges_equal(x->ranges, y->ranges) : value_eq(&x->value, &y->value);
}

/* Absence and the default come first; none stands twice. */
static int finish(struct making *m, struct var *v)
{
	struct point *p = m->out.at;
	struct point absent = { .absent = true };
	uint32_t i, k, n = 0;

	v->point = arena_new_array(m->u->arena, (size_t)m->out.n + 1, struct point);
	if (!v->point)
		return -ENOMEM;
	if (m->var == VAR_TYPE ? m->u->mixed_types || m->out.n == 0 :
				 absence_counts(m->u, m->var))
		v->point[n++] = absent;
	for (i = 0; m->var != VAR_TYPE && v->attr->presence == PRESENCE_DEFAULT && i < m->out.n; i++)
		if (!v->list && value_eq(&p[i].value, &v->attr->dflt)) {
			v->point[n++] = p[i];
			break;
		}
	for (i = 0; i < m->out.n && n <= ANALYSE_POINTS_MAX; i++) {
		for (k = 0; k < n && !point_eq(&v->point[k], &p[i]);)
			k++;
		if (k == n)
			v->point[n++] = p[i];
	}
	v->n_points = n;
	if (n > ANALYSE_POINTS_MAX)
		v->inexact = STR("more than 4096 values of one attribute that matter");
	if (m->looks->too_many)
		v->inexact = STR("more than 65536 combinations of template variables");
	return 0;
}

static unsigned copies_of(const struct universe *u, uint32_t var, unsigned tuple)
{
	uint32_t root = group_of(u, var), i;
	unsigned members = 0;

	if (u->var[root].looks.relates.n == 0 && !u->var[root].looks.whole &&
		!(u->orders && u->var[var].type.tag == VT_VERSION))
		return 1;
	for (i = VAR_TYPE; i < u->n_vars; i++)
		members += group_of(u, i) == root;
	return tuple * members;
}

static int make_one(struct universe *u, uint32_t var, unsigned tuple)
{
	struct var *v = &u->var[var];
	struct making m = { .u = u, .var = var, .v = v,
		.looks = &u->var[group_of(u, var)].looks, .copies = copies_of(u, var, tuple) };
	struct str inexact = { 0 };
	bool no_type = false;
	uint32_t i;
	int r = 0;

	for (i = 0; var == VAR_TYPE && i < u->n_scopes; i++)
		no_type = no_type || !scope_has_type(&u->scope[i]);
	if (v->list)
		r = list_points(&m, tuple, &inexact);
	else if (value_type_is_word(v->type) && !(no_type && !u->mixed_types))
		r = words_points(&m);
	else if (value_type_is_line(v->type))
		r = line_points(&m, &inexact);
	else if (v->type.tag == VT_BOOL)
		r = bool_points(&m);
	else if (value_type_is_long(v->type))
		r = points_members(u, var, tuple, &m.out);
	if (r == 0)
		r = finish(&m, v);
	if (r == 0 && inexact.p)
		v->inexact = inexact;
	return r;
}

int points_make(struct universe *u, unsigned tuple)
{
	uint32_t i;
	int pass, r = 0;

	for (i = VAR_TYPE; i < u->n_vars; i++) {
		struct looks *l = &u->var[i].looks;

		u->var[i].inexact = (struct str){ 0 };
		words_sort(&l->words);
		words_sort(&l->prefixes);
	}
	u->var[VAR_SCOPE].n_points = u->n_scopes;
	/* Lists are made from the points of what is looked up in them. */
	for (pass = 0; pass < 2; pass++)
		for (i = VAR_TYPE; r == 0 && i < u->n_vars; i++)
			if (u->var[i].list == (pass == 1))
				r = make_one(u, i, tuple);
	return r;
}
