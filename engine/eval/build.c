/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rules to diagrams. A block under one assignment of its variables is a box: one predicate per
 * attribute; the box's diagram is made from the last level up, and boxes are united.
 */
#include <errno.h>

#include "engine/eval/build.h"
#include "engine/image/attr-parse.h"

/* ---- the tests of one attribute ------------------------------------------------------------ */

static int push_test(struct arena *a, const struct test *t, const struct clause *c, bool domain,
	struct block_test *ret, uint32_t max, uint32_t *n)
{
	struct test *copy = arena_new(a, struct test);

	if (!copy)
		return -ENOMEM;
	if (*n == max)
		return -E2BIG;
	*copy = *t;
	ret[(*n)++] = (struct block_test){ .test = copy, .clause = c, .domain = domain };
	return 0;
}

/* The attribute of the source that an expression reads; -1: none; -2: more than one. */
static int expr_source(const struct expr *e)
{
	int attr = -1;
	unsigned i;

	for (i = 0; i < e->n; i++) {
		if (e->node[i].op != EXPR_SOURCE)
			continue;
		if (attr >= 0 && attr != e->node[i].num)
			return -2;
		attr = (int)e->node[i].num;
	}
	return attr;
}

/* The claimed value for one value of the source. -EDOM: none, or outside the domain. */
static int claim_value(const struct evaluation *e, const struct bound_rule *b,
	const struct claim *c, const struct value *source)
{
	const struct attr_type *t = &e->policy.attr[c->attr].type;
	struct value v = { .type = t->type };
	int64_t n;

	if (expr_value(&c->expr, b, NULL, source, &n) < 0)
		return -EDOM;
	v.key = key_from_int(n);
	return attr_in_domain(t, &v) ? 0 : -EDOM;
}

/* A computed claim lets in only the source values for which it has a value; one that is the same
 * for all sources, and has none, lets in nothing at its own attribute. */
static int claim_test(struct arena *a, const struct evaluation *e, const struct bound_rule *b,
	const struct claim *c, uint16_t attr, struct test *ret, bool *ret_any)
{
	const struct attr_type *t = &e->policy.attr[attr].type;
	struct interval iv[SOURCE_VALUES_MAX];
	struct value v = { .type = t->type };
	uint32_t n = 0;
	int64_t i;
	int r;

	*ret_any = false;
	if (c->copy)
		return 0;
	if (expr_source(&c->expr) == -1 && c->attr == attr && claim_value(e, b, c, NULL) < 0) {
		*ret = (struct test){ .kind = TEST_NOTHING, .type = t->type };
		*ret_any = true;
		return 0;
	}
	if (expr_source(&c->expr) != attr)
		return 0;
	if (t->type.tag != VT_INT || (uint64_t)t->hi - (uint64_t)t->lo >= SOURCE_VALUES_MAX)
		return -E2BIG;
	for (i = t->lo;; i++) {
		v.key = key_from_int(i);
		if (claim_value(e, b, c, &v) == 0)
			iv[n++] = (struct interval){ v.key, key_next(v.key, LINE_INT) };
		if (i == t->hi)
			break;
	}
	*ret = (struct test){ .kind = TEST_VALUES, .type = t->type };
	r = ranges_normalize(a, iv, n, &ret->ranges);
	if (r < 0)
		return r;
	*ret_any = true;
	return 0;
}

int block_tests(struct arena *a, const struct evaluation *e, const struct bound_rule *b,
	const struct block *block, uint16_t attr, struct block_test *ret, uint32_t max,
	uint32_t *ret_n, bool *ret_left_out)
{
	struct test_env env = { .own = e, .bound = b, .block = block->kind };
	const struct attr *at = &e->policy.attr[attr];
	bool trivial, any;
	uint32_t n = 0, i;
	struct test t;
	int r;

	for (i = 0; i < block->n_clauses; i++) {
		if (block->clause[i].attr != attr)
			continue;
		r = test_make(a, &env, &block->clause[i], &t);
		if (r == 0)
			r = push_test(a, &t, &block->clause[i], false, ret, max, &n);
		if (r < 0)
			return r;
	}
	*ret_left_out = n == 0;
	if (n == 0 && attr >= ATTR_FIRST && at->spoken != b->rule->spoken) {
		/* The other speaker's affair. */
		t = (struct test){ .kind = TEST_ANY, .type = at->type.type };
		*ret_n = block->kind == BLOCK_ACCEPT;
		return *ret_n == 0 ? 0 : push_test(a, &t, NULL, false, ret, max, &n);
	}
	if (block->kind != BLOCK_ACCEPT) {
		*ret_n = n;
		return 0;
	}
	if (*ret_left_out && !at->dynamic) {
		r = test_equal(a, at->type.type, e->self[attr], &t);
		if (r == 0)
			r = push_test(a, &t, NULL, false, ret, max, &n);
		if (r < 0)
			return r;
	}
	/* What is left out must be equal, and have a value for the claims all the same. */
	for (i = 0; i < block->n_claims; i++) {
		r = claim_test(a, e, b, &block->claim[i], attr, &t, &any);
		if (r == 0 && any)
			r = push_test(a, &t, NULL, false, ret, max, &n);
		if (r < 0)
			return r;
	}
	*ret_n = n;
	if (*ret_left_out && !at->dynamic)
		return 0;
	r = test_domain(a, &at->type, &t, &trivial);
	if (r == 0 && (!trivial || n == 0))
		r = push_test(a, &t, NULL, true, ret, max, &n);
	*ret_n = n;
	return r;
}

/* ---- boxes --------------------------------------------------------------------------------- */

/*
 * One accept box, closed: bottom-up, each level's node leading to what is below it. An accept
 * names every attribute of the policy; all others stay absent by construction.
 */
static int accept_box(struct arena *a, struct evaluation *e, const struct bound_rule *b,
	const struct block *block, struct block_test *scratch, dref *ret)
{
	uint32_t max = block->n_clauses + block->n_claims + 2;
	dref below = DREF_YES, node, more;
	uint32_t attr, i, n;
	bool left_out;
	int r;

	for (attr = e->policy.n_attrs; attr-- > 0 && below != DREF_NO;) {
		const struct attr *at = &e->policy.attr[attr];

		r = block_tests(a, e, b, block, (uint16_t)attr, scratch, max, &n, &left_out);
		for (i = 0, node = below; r == 0 && i < n; i++) {
			r = test_node(e->store, at, DMODE_CLOSED, scratch[i].test, below,
				scratch[i].domain, &more);
			if (r == 0 && i > 0)
				r = dg_and(e->store, node, DMODE_CLOSED, more, DMODE_CLOSED, &more);
			node = more;
		}
		if (r < 0)
			return r;
		below = node;
	}
	*ret = below;
	return 0;
}

/* One offer or refuse box, open: a conjunction of its clauses. */
static int open_box(struct arena *a, struct evaluation *e, const struct bound_rule *b,
	const struct block *block, dref *ret)
{
	struct test_env env = { .own = e, .bound = b, .block = block->kind };
	dref all = DREF_YES, one;
	uint32_t i;
	int r;

	for (i = 0; i < block->n_clauses && all != DREF_NO; i++) {
		const struct clause *c = &block->clause[i];
		struct test t;

		r = test_make(a, &env, c, &t);
		if (r == 0)
			r = test_node(e->store, &e->policy.attr[c->attr], DMODE_OPEN, &t, DREF_YES,
				false, &one);
		if (r == 0)
			r = dg_and(e->store, all, DMODE_OPEN, one, DMODE_OPEN, &all);
		if (r < 0)
			return r;
	}
	*ret = all;
	return 0;
}

/* Boxes that wait to be united. */
struct boxes {
	dref *box;
	uint32_t n, room;
};

static int boxes_push(struct arena *a, struct boxes *list, dref box)
{
	if (list->n == list->room) {
		uint32_t room = list->room ? 2 * list->room : 8;
		dref *grown = arena_new_array(a, room, dref);

		if (!grown)
			return -ENOMEM;
		if (list->n > 0)
			memcpy(grown, list->box, list->n * sizeof(*grown));
		list->box = grown;
		list->room = room;
	}
	list->box[list->n++] = box;
	return 0;
}

/* The boxes of a block, one for each assignment of its variables. */
static int add_block(struct arena *a, struct evaluation *e, const struct bound_rule *bound,
	const struct block *block, struct boxes *into)
{
	struct bound_rule b = *bound;
	struct block_test *scratch;
	dref box;
	int r;

	scratch = arena_new_array(a, (size_t)block->n_clauses + block->n_claims + 2,
		struct block_test);
	if (!scratch)
		return -ENOMEM;
	r = block_first(block, &b);
	if (r < 0)
		return r;
	do {
		if (block->kind == BLOCK_ACCEPT)
			r = accept_box(a, e, &b, block, scratch, &box);
		else
			r = open_box(a, e, &b, block, &box);
		if (r == 0)
			r = boxes_push(a, into, box);
		if (r < 0)
			return r;
	} while (block_next(block, &b));
	return 0;
}

/* ---- claims -------------------------------------------------------------------------------- */

static bool block_claims(const struct evaluation *e, const struct rule *rule,
	const struct block *block, uint16_t attr)
{
	const struct attr *at = &e->policy.attr[attr];
	uint32_t i;

	if (!at->dynamic || at->spoken != rule->spoken)
		return false;
	for (i = 0; i < block->n_claims; i++)
		if (block->claim[i].attr == attr)
			return true;
	for (i = 0; i < block->n_clauses; i++)
		if (block->clause[i].attr == attr)
			return false;
	return true;
}

static bool any_block_claims(const struct evaluation *e, uint16_t attr)
{
	uint32_t i, k;

	for (i = 0; i < e->n_bound; i++)
		for (k = 0; k < e->bound[i].rule->n_blocks; k++) {
			const struct block *b = &e->bound[i].rule->block[k];

			if (b->kind == BLOCK_ACCEPT &&
				block_claims(e, e->bound[i].rule, b, attr))
				return true;
		}
	return false;
}

/* The claimed attributes, by name. */
static int collect_claims(struct arena *a, struct evaluation *e)
{
	uint16_t *list = arena_new_array(a, e->policy.n_attrs, uint16_t);
	uint32_t n = 0, i, k;

	if (!list)
		return -ENOMEM;
	for (i = ATTR_FIRST; i < e->policy.n_attrs; i++) {
		if (!any_block_claims(e, (uint16_t)i))
			continue;
		for (k = n++; k > 0 && str_cmp(e->policy.attr[list[k - 1]].name,
					      e->policy.attr[i].name) > 0; k--)
			list[k] = list[k - 1];
		list[k] = (uint16_t)i;
	}
	e->claim_attr = list;
	e->n_claim_attrs = n;
	return 0;
}

/* ---- all rules ----------------------------------------------------------------------------- */

/* The union of all blocks of one kind that the policy, or the driver, has. *ret_any: there was
 * one. */
static int unite(struct arena *a, struct evaluation *e, const struct evaluation *rules,
	bool spoken, enum block_kind kind, dref *ret, bool *ret_any)
{
	enum dmode mode = kind == BLOCK_ACCEPT ? DMODE_CLOSED : DMODE_OPEN;
	struct evaluation own = *rules;
	struct boxes boxes = { 0 };
	uint32_t i, k;
	int r;

	own.store = e->store;
	*ret_any = false;
	for (i = 0; i < rules->n_bound; i++)
		for (k = 0; k < rules->bound[i].rule->n_blocks; k++) {
			const struct block *b = &rules->bound[i].rule->block[k];

			if (b->kind != kind || rules->bound[i].rule->spoken != spoken)
				continue;
			*ret_any = true;
			r = add_block(a, &own, &rules->bound[i], b, &boxes);
			if (r < 0)
				return r;
		}
	return dg_or_all(e->store, boxes.box, boxes.n, mode, ret);
}

bool build_migratable_no(const struct evaluation *e)
{
	uint32_t i;

	for (i = 0; i < e->n_bound; i++)
		if (e->bound[i].rule->migratable_no)
			return true;
	return false;
}

bool build_refuses(const struct evaluation *e)
{
	uint32_t i, k;

	for (i = 0; i < e->n_bound; i++)
		for (k = 0; k < e->bound[i].rule->n_blocks; k++)
			if (e->bound[i].rule->block[k].kind == BLOCK_REFUSE)
				return true;
	return false;
}

static void close_both(struct evaluation *e)
{
	e->migratable_no = true;
	e->accepts = DREF_NO;
	e->has_offers = true;
	e->offers = DREF_NO;
	e->n_claim_attrs = 0;
}

/* Takes away from e->accepts what the refuse blocks of @rules describe. */
static int take_away(struct arena *a, struct evaluation *e, const struct evaluation *rules)
{
	dref refused;
	bool any;
	int r;

	r = unite(a, e, rules, false, BLOCK_REFUSE, &refused, &any);
	if (r < 0 || !any)
		return r;
	return dg_minus(e->store, e->accepts, DMODE_CLOSED, refused, DMODE_OPEN, &e->accepts);
}

/* What the driver says is one more conjunction: it and the policy must both agree. */
static int meet_spoken(struct arena *a, struct evaluation *e)
{
	dref accepts, offers;
	bool any;
	int r;

	r = unite(a, e, e, true, BLOCK_ACCEPT, &accepts, &any);
	if (r == 0)
		r = dg_and(e->store, e->accepts, DMODE_CLOSED, accepts, DMODE_CLOSED, &e->accepts);
	if (r == 0)
		r = unite(a, e, e, true, BLOCK_OFFER, &offers, &any);
	if (r < 0 || !any)
		return r;
	if (e->has_offers)
		r = dg_and(e->store, e->offers, DMODE_OPEN, offers, DMODE_OPEN, &offers);
	if (r < 0)
		return r;
	e->has_offers = true;
	e->offers = offers;
	return 0;
}

int build_diagrams(struct arena *a, struct evaluation *e)
{
	bool any;
	int r;

	r = collect_claims(a, e);
	if (r == 0)
		r = unite(a, e, e, false, BLOCK_ACCEPT, &e->accepts, &any);
	if (r == 0)
		r = unite(a, e, e, false, BLOCK_OFFER, &e->offers, &e->has_offers);
	if (r == 0 && e->spoken)
		r = meet_spoken(a, e);
	if (r == 0)
		r = take_away(a, e, e);
	if (r < 0)
		return r;
	/* Offers that let every target through say nothing. */
	if (e->offers == DREF_YES)
		e->has_offers = false;
	if (build_migratable_no(e))
		close_both(e);
	return 0;
}

/* Records are made with the declarations of the policy that is narrowed, and read with those of the
 * one that narrows. */
static int check_declarations(struct evaluation *e, const struct policy *narrows)
{
	uint32_t i, k;

	for (i = ATTR_FIRST; i < narrows->n_attrs; i++)
		for (k = ATTR_FIRST; k < e->policy.n_attrs; k++) {
			const struct attr *at = &narrows->attr[i];

			if (!str_eq(at->name, e->policy.attr[k].name) ||
				attr_reads_alike(at, &e->policy.attr[k]))
				continue;
			e->detail = at->name;
			e->detail_why = STR("a policy that narrows declares it with another type or default");
			return -EPROTOTYPE;
		}
	return 0;
}

int build_narrow(struct arena *a, struct evaluation *e, const struct evaluation *n)
{
	int r;

	r = check_declarations(e, &n->policy);
	if (r == 0)
		r = take_away(a, e, n);
	if (r < 0)
		return r;
	if (build_migratable_no(n))
		close_both(e);
	return 0;
}
