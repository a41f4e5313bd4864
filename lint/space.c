/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The values of one attribute that clauses with constants let pass, as diagrams of one level.
 * Prefixes of words, which diagrams do not know, are decided by trying every word that could
 * make a difference.
 */
#include <errno.h>

#include "lint/lint-parts.h"

bool clause_is_constant(const struct clause *c)
{
	unsigned i;

	switch (c->operand.kind) {
	case OPERAND_SELF:
	case OPERAND_SELF_NAME:
		return false;
	case OPERAND_EXPR:
		for (i = 0; i < c->operand.expr.n; i++)
			if (c->operand.expr.node[i].op == EXPR_SELF)
				return false;
		return true;
	default:
		return true;
	}
}

static struct block when_block(const struct rule *r)
{
	struct block b = { .kind = BLOCK_ACCEPT };
	unsigned i;

	for (i = 0; i < r->n_vars; i++)
		if (r->var[i].when)
			b.vars |= (uint32_t)1 << i;
	return b;
}

int when_first(const struct rule *r, struct bound_rule *b)
{
	struct block vars = when_block(r);

	b->rule = r;
	memset(b->value, 0xff, sizeof(b->value));
	return block_first(&vars, b);
}

bool when_next(const struct rule *r, struct bound_rule *b)
{
	struct block vars = when_block(r);

	return block_next(&vars, b);
}

/* ---- words, tried one by one --------------------------------------------------------------- */

struct tried {
	const struct test *test;
	uint32_t n;
	const struct attr *at;
	bool may_be_absent;
};

static bool passes(const struct tried *t, const struct value *v)
{
	uint32_t i;

	if (v && t->at->type.has_words) {
		struct word_set w = t->at->type.words;

		for (i = 0; i < w.n && !str_eq(w.w[i], v->word); i++)
			;
		if (i == w.n)
			return false;
	}
	if (!v && !t->may_be_absent)
		return false;
	for (i = 0; i < t->n; i++)
		if (!test_holds(&t->test[i], v))
			return false;
	return true;
}

static bool try_word(const struct tried *t, struct str word, struct value *ret)
{
	*ret = (struct value){ .type = t->at->type.type, .word = word };
	return passes(t, ret);
}

static bool try_words(const struct tried *t, struct word_set words, struct value *ret)
{
	uint32_t i;

	for (i = 0; i < words.n; i++)
		if (try_word(t, words.w[i], ret))
			return true;
	return false;
}

/* Words that begin so, other than those that are listed. */
static bool try_prefixes(struct arena *a, const struct tried *t, struct word_set prefixes,
	struct value *ret)
{
	char buf[WORD_MAX_LEN + 8];
	uint32_t i;

	for (i = 0; i < prefixes.n; i++) {
		struct sbuf b = SBUF(buf);

		sbuf_put_str(&b, prefixes.w[i]);
		sbuf_putc(&b, 'x');
		if (try_word(t, str_dup(a, sbuf_str(&b)), ret))
			return true;
	}
	return false;
}

static bool word_possible(struct arena *a, const struct tried *t, struct value *ret)
{
	struct str other = t->at->type.type.tag == VT_PCI_ID ? STR("ffff:fffe") : STR("other");
	uint32_t i;

	if (t->at->type.has_words)
		return try_words(t, t->at->type.words, ret) || passes(t, NULL);
	for (i = 0; i < t->n; i++)
		if (try_words(t, t->test[i].words, ret) ||
			try_prefixes(a, t, t->test[i].prefixes, ret) ||
			try_words(t, t->test[i].except, ret) ||
			try_prefixes(a, t, t->test[i].except_prefixes, ret))
			return true;
	if (try_word(t, other, ret))
		return true;
	*ret = (struct value){ 0 };
	return passes(t, NULL);
}

/* ---- everything else, by diagram ------------------------------------------------------------- */

/* What the attribute may be at all. */
static int domain_node(struct lint *l, struct dstore *s, const struct attr *at, dref *ret)
{
	struct test t;
	bool trivial;
	int r = test_domain(l->a, &at->type, &t, &trivial);

	if (r < 0)
		return r;
	if (trivial)
		t.kind = TEST_PRESENT;
	t.type = at->type.type;
	return test_node(s, at, DMODE_CLOSED, &t, DREF_YES, at->presence == PRESENCE_DEFAULT_ABSENT,
		ret);
}

static int and_clauses(struct lint *l, struct dstore *s, uint16_t attr,
	const struct clause *clause, uint32_t n, const struct bound_rule *b, dref *io)
{
	const struct attr *at = &l->p->attr[attr];
	struct test_env env = { .own = &l->own, .bound = b, .block = BLOCK_ACCEPT };
	uint32_t i;
	int r = 0;

	for (i = 0; r == 0 && i < n; i++) {
		struct test t;
		dref one;

		if (clause[i].attr != attr || !clause_is_constant(&clause[i]))
			continue;
		r = test_make(l->a, &env, &clause[i], &t);
		if (r == 0)
			r = test_node(s, at, DMODE_CLOSED, &t, DREF_YES, false, &one);
		if (r == 0)
			r = dg_and(s, *io, DMODE_CLOSED, one, DMODE_CLOSED, io);
	}
	return r;
}

static int diagram_possible(struct lint *l, uint16_t attr, const struct clause *clause,
	uint32_t n, const struct bound_rule *b, bool *ret, struct value *ret_value)
{
	const struct attr *at = &l->p->attr[attr];
	struct record rec;
	struct dstore *s;
	dref root;
	int r = dstore_new(l->a, &dlimits_default, &s);

	if (r == 0)
		r = domain_node(l, s, at, &root);
	if (r == 0)
		r = and_clauses(l, s, attr, clause, n, b, &root);
	if (r < 0)
		return r;
	*ret = root != DREF_NO;
	if (!*ret || !ret_value)
		return 0;
	r = dg_witness(s, root, DMODE_CLOSED, l->a, &rec);
	if (r < 0)
		return r;
	if (rec.n > 0)
		*ret_value = rec.e[0].value;
	else
		*ret_value = at->presence == PRESENCE_DEFAULT ? at->dflt : (struct value){ 0 };
	return 0;
}

/* ---- both ------------------------------------------------------------------------------------ */

static int words_possible(struct lint *l, uint16_t attr, const struct clause *clause, uint32_t n,
	const struct bound_rule *b, const struct scope *scope, bool *ret, struct value *ret_value)
{
	struct test_env env = { .own = &l->own, .bound = b, .block = BLOCK_ACCEPT };
	struct test *test = arena_new_array(l->a, n, struct test);
	struct attr at = l->p->attr[attr];
	struct tried t = { .test = test, .at = &at,
		.may_be_absent = at.presence == PRESENCE_DEFAULT_ABSENT };
	struct value v = { 0 };
	uint32_t i;
	int r;

	if (!test)
		return -ENOMEM;
	for (i = 0; i < n; i++) {
		if (clause[i].attr != attr || !clause_is_constant(&clause[i]))
			continue;
		r = test_make(l->a, &env, &clause[i], &test[t.n++]);
		if (r < 0)
			return r;
	}
	if (scope && attr <= ATTR_TYPE) {
		struct str kind = scope->kind == KIND_MDEV ? STR("mdev") : STR("vfio");

		t.may_be_absent = false;
		if (attr == ATTR_TYPE && scope->kind == KIND_VFIO && !scope->has_type_from) {
			t.may_be_absent = true;
			*ret = passes(&t, NULL);
		} else if (attr == ATTR_TYPE) {
			*ret = word_possible(l->a, &t, &v);
		} else {
			*ret = try_word(&t, attr == ATTR_KIND ? kind : scope->driver, &v);
		}
	} else {
		*ret = word_possible(l->a, &t, &v);
	}
	if (*ret && ret_value)
		*ret_value = v;
	return arena_failed(l->a) ? -ENOMEM : 0;
}

int attr_possible(struct lint *l, uint16_t attr, const struct clause *clause, uint32_t n,
	const struct bound_rule *b, const struct scope *scope, bool *ret, struct value *ret_value)
{
	if (value_type_is_word(l->p->attr[attr].type.type))
		return words_possible(l, attr, clause, n, b, scope, ret, ret_value);
	return diagram_possible(l, attr, clause, n, b, ret, ret_value);
}

int attr_subset(struct lint *l, uint16_t attr, const struct clause *x, uint32_t nx,
	const struct clause *y, uint32_t ny, bool *ret)
{
	struct arena_mark m = arena_mark(l->a);
	struct bound_rule none = { 0 };
	struct dstore *s;
	dref dx, dy;
	int r;

	memset(none.value, 0xff, sizeof(none.value));
	r = dstore_new(l->a, &dlimits_default, &s);
	if (r == 0)
		r = domain_node(l, s, &l->p->attr[attr], &dx);
	if (r == 0) {
		dy = dx;
		r = and_clauses(l, s, attr, x, nx, &none, &dx);
	}
	if (r == 0)
		r = and_clauses(l, s, attr, y, ny, &none, &dy);
	if (r == 0)
		r = dg_subset(s, dx, DMODE_CLOSED, dy, DMODE_CLOSED, l->a, NULL);
	arena_rewind(l->a, m);
	if (r == 0 || r == -ENOENT) {
		*ret = r == 0;
		return 0;
	}
	return r;
}
