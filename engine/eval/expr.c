/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Expressions and templates under a binding. What has no value says so; nothing is rounded. */
#include <errno.h>

#include "engine/eval/test.h"
#include "engine/image/attr-parse.h"

static int int_of(const struct value *v, int64_t *ret)
{
	if (!v || v->type.tag != VT_INT)
		return -EDOM;
	*ret = key_to_int(v->key);
	return 0;
}

static const struct str *bound_word(const struct bound_rule *b, int64_t var)
{
	if (!b || var < 0 || var >= b->rule->n_vars || b->value[var] < 0)
		return NULL;
	return &b->rule->var[var].value[b->value[var]];
}

static int int_of_var(const struct bound_rule *b, int64_t var, int64_t *ret)
{
	const struct str *w = bound_word(b, var);

	return w && int_parse(INT_DECIMAL, *w, ret) == 0 ? 0 : -EDOM;
}

static int apply(enum expr_op op, int64_t x, int64_t y, int64_t *ret)
{
	switch (op) {
	case EXPR_ADD:
		return __builtin_add_overflow(x, y, ret) ? -EDOM : 0;
	case EXPR_SUB:
		return __builtin_sub_overflow(x, y, ret) ? -EDOM : 0;
	case EXPR_MUL:
		return __builtin_mul_overflow(x, y, ret) ? -EDOM : 0;
	case EXPR_DIV:
		if (y == 0 || (x == INT64_MIN && y == -1) || x % y != 0)
			return -EDOM;
		*ret = x / y;
		return 0;
	case EXPR_CONST:
	case EXPR_VAR:
	case EXPR_SELF:
	case EXPR_SOURCE:
		break;
	}
	return -EDOM;
}

int expr_value(const struct expr *e, const struct bound_rule *bound, const struct value *self,
	const struct value *source, int64_t *ret)
{
	int64_t stack[EXPR_NODES_MAX];
	unsigned depth = 0, i;
	int r = 0;

	for (i = 0; i < e->n; i++) {
		const struct expr_node *n = &e->node[i];

		if (n->op >= EXPR_ADD) {
			if (depth < 2)
				return -EDOM;
			depth--;
			r = apply(n->op, stack[depth - 1], stack[depth], &stack[depth - 1]);
		} else {
			if (depth == EXPR_NODES_MAX)
				return -EDOM;
			if (n->op == EXPR_CONST)
				stack[depth] = n->num;
			else if (n->op == EXPR_VAR)
				r = int_of_var(bound, n->num, &stack[depth]);
			else
				r = int_of(n->op == EXPR_SELF ? self : source, &stack[depth]);
			depth++;
		}
		if (r < 0)
			return r;
	}
	if (depth != 1)
		return -EDOM;
	*ret = stack[0];
	return 0;
}

int tmpl_expand(struct arena *a, const struct tmpl *t, const struct bound_rule *bound,
	struct str *ret)
{
	struct str part[UINT8_MAX];
	struct sbuf b = { 0 };
	unsigned i;

	for (i = 0; i < t->n; i++) {
		const struct str *w = &t->piece[i].text;

		if (t->piece[i].var >= 0)
			w = bound_word(bound, t->piece[i].var);
		if (!w)
			return -EDOM;
		part[i] = *w;
		b.size += w->n;
	}
	b.p = arena_alloc(a, b.size);
	if (!b.p)
		return -ENOMEM;
	for (i = 0; i < t->n; i++)
		sbuf_put_str(&b, part[i]);
	*ret = sbuf_str(&b);
	return 0;
}
