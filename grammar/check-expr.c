/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Arithmetic: operands, order, and what has no value whatever the facts are. */
#include <errno.h>

#include "engine/image/attr-parse.h"
#include "grammar/check.h"

struct builder {
	struct check *c;
	const struct symbol *s;
	struct vars *v;
	enum expr_flags flags;
	struct expr_node node[EXPR_NODES_MAX];
	uint8_t n;
	int source; /* the one attribute of the source, or -1 */
};

bool elem_is_expr(const struct elem *e)
{
	return e->kind == ELEM_BINARY;
}

static bool push(struct builder *b, const struct elem *e, enum expr_op op, int64_t num)
{
	if (b->n == EXPR_NODES_MAX) {
		check_error(b->c, DIAG_TOO_MANY, e->span, "arithmetic of more than %d terms",
			EXPR_NODES_MAX);
		return false;
	}
	b->node[b->n++] = (struct expr_node){ op, num };
	return true;
}

/* ---- terms ------------------------------------------------------------------------------- */

static bool push_self(struct builder *b, const struct elem *e)
{
	if (b->flags & EXPR_SELF_OK)
		return push(b, e, EXPR_SELF, 0);
	if (b->flags & EXPR_SOURCE_OK)
		check_error(b->c, DIAG_CLAIM, e->span,
			"a claim is computed from the source, not from 'self'")->help =
			STR("write 'source.ATTRIBUTE'");
	else
		check_error(b->c, DIAG_CONDITION, e->span,
			"a condition speaks of one side; 'self' is used in blocks")->help =
			STR("write the clause into 'accept same but { ... }'");
	return false;
}

static bool push_source(struct builder *b, const struct elem *e, struct str name)
{
	struct word w = { name, { e->span.to - (uint32_t)name.n, e->span.to } };
	const struct symbol *s;
	struct diag *x;

	if (!(b->flags & EXPR_SOURCE_OK)) {
		check_error(b->c, DIAG_SOURCE, e->span, "'source' is used in claims only")->help =
			STR("clauses speak of the source anyway; one's own side is 'self'");
		return false;
	}
	s = find_attr(b->c, w);
	if (!s || s->broken)
		return false;
	if (s->attr.type.type.tag != VT_INT || s->attr.fact.kind == FACT_NONE ||
		(uint64_t)s->attr.type.hi - (uint64_t)s->attr.type.lo >= SOURCE_VALUES_MAX) {
		x = check_error(b->c, DIAG_SOURCE, e->span,
			"'%.*s' cannot be computed with: it is no int of at most %d values",
			QUOTE(b->c, e->text), SOURCE_VALUES_MAX);
		if (s->decl)
			check_other(b->c, x, s->decl->type.span, STR("declared here"));
		x->help = STR("declare its domain: 'int 1..8'");
		return false;
	}
	if (b->source >= 0 && b->source != s->number) {
		check_error(b->c, DIAG_SOURCE, e->span,
			"a claim is computed from one attribute of the source");
		return false;
	}
	b->source = s->number;
	return push(b, e, EXPR_SOURCE, s->number);
}

static bool push_number(struct builder *b, const struct elem *e)
{
	enum int_format f = b->s->attr.type.int_format;
	struct diag *x;
	int64_t v;

	/* 10 beside a hexadecimal attribute is sixteen, beside a variable it is ten. */
	if (f == INT_HEX && e->text.n > 1 && !str_starts(e->text, STR("0x"))) {
		x = check_error(b->c, DIAG_VALUE, e->span,
			"is '%.*s' hexadecimal or decimal, beside '%.*s', an int hex?",
			QUOTE(b->c, e->text), STR_FMT(b->s->attr.name));
		x->help = STR("in arithmetic, hexadecimal numbers begin with 0x");
		return false;
	}
	if (int_parse(f, e->text, &v) < 0) {
		x = check_error(b->c, DIAG_VALUE, e->span, "'%.*s' is no number",
			QUOTE(b->c, e->text));
		if (str_find(e->text, '-') < e->text.n && e->text.p[0] != '-')
			x->help = STR("in arithmetic, '-' has blanks around it");
		else if (peek_var(b->v, e->text) >= 0)
			x->help = check_text(b->c, "a variable is written '{%.*s}'",
				QUOTE(b->c, e->text));
		return false;
	}
	return push(b, e, EXPR_CONST, v);
}

/* Every value must be a number: a word among them would make a binding that never matches. */
static bool push_var(struct builder *b, const struct elem *e)
{
	const struct elem *name = e->first;
	const struct tmpl_var *var;
	struct diag *x;
	int64_t n;
	int i, k;

	if (e->n != 1 || name->kind != ELEM_BARE) {
		check_error(b->c, DIAG_OPERAND, e->span, "a set is no number");
		return false;
	}
	i = find_var(b->c, b->v, (struct word){ name->text, name->span });
	if (i < 0)
		return false;
	var = &b->v->var[i];
	for (k = 0; k < var->n; k++) {
		if (int_parse(INT_DECIMAL, var->value[k], &n) == 0)
			continue;
		x = check_error(b->c, DIAG_ARITHMETIC, e->span,
			"'%.*s' cannot be computed with: its value '%.*s' is no number",
			QUOTE(b->c, var->name), QUOTE(b->c, var->value[k]));
		check_other(b->c, x, b->v->span[i], STR("bound here"));
		return false;
	}
	return push(b, e, EXPR_VAR, i);
}

static bool push_term(struct builder *b, const struct elem *e)
{
	struct str member;

	switch (e->kind) {
	case ELEM_BARE:
		if (elem_is(e, "self"))
			return push_self(b, e);
		if (elem_member(e, "source", &member))
			return push_source(b, e, member);
		if (elem_member(e, "self", &member)) {
			check_error(b->c, DIAG_OPERAND, e->span,
				"arithmetic is done with 'self' alone, not with '%.*s'",
				QUOTE(b->c, e->text));
			return false;
		}
		return push_number(b, e);
	case ELEM_BRACES:
		return push_var(b, e);
	case ELEM_STRING:
	case ELEM_TEMPLATE:
		check_error(b->c, DIAG_OPERAND, e->span, "a %s is no number",
			e->kind == ELEM_STRING ? "string" : "template");
		return false;
	case ELEM_BINARY:
		break;
	}
	return false;
}

/* ---- operations -------------------------------------------------------------------------- */

static bool is_additive(char op)
{
	return op == '+' || op == '-';
}

/* a + b * c is (a + b) * c from left to right, and a + (b * c) at school. */
static bool check_order(struct builder *b, const struct elem *e)
{
	const struct elem *left = e->left;
	struct diag *x;

	if (is_additive(e->op) || left->kind != ELEM_BINARY || left->parens ||
		!is_additive(left->op))
		return true;
	x = check_error(b->c, DIAG_PARENTHESES, e->span,
		"'%c' before '%c' is computed first here, and last at school", left->op, e->op);
	x->help = check_text(b->c, "write parentheses: (... %c ...) %c ... or ... %c (... %c ...)",
		left->op, e->op, left->op, e->op);
	return false;
}

static enum expr_op op_of(char op)
{
	switch (op) {
	case '+':
		return EXPR_ADD;
	case '-':
		return EXPR_SUB;
	case '*':
		return EXPR_MUL;
	default:
		return EXPR_DIV;
	}
}

/* Computes with the two constants at the end, if that is what they are. */
static bool fold(struct builder *b, const struct elem *e, enum expr_op op, unsigned left_at)
{
	struct expr_node *x = &b->node[left_at], *y = &b->node[b->n - 1];
	bool fails = false;
	int64_t v = 0;

	if (op == EXPR_DIV && y->op == EXPR_CONST && y->num == 0) {
		check_error(b->c, DIAG_ARITHMETIC, e->span, "a division by zero has no value")->help =
			STR("it would hold for nothing; leave it out");
		return false;
	}
	if (x + 1 != y || x->op != EXPR_CONST || y->op != EXPR_CONST)
		return push(b, e, op, 0);
	switch (op) {
	case EXPR_ADD:
		fails = __builtin_add_overflow(x->num, y->num, &v);
		break;
	case EXPR_SUB:
		fails = __builtin_sub_overflow(x->num, y->num, &v);
		break;
	case EXPR_MUL:
		fails = __builtin_mul_overflow(x->num, y->num, &v);
		break;
	default:
		fails = (x->num == INT64_MIN && y->num == -1) || x->num % y->num != 0;
		if (!fails)
			v = x->num / y->num;
		break;
	}
	if (fails) {
		struct diag *d = check_error(b->c, DIAG_ARITHMETIC, e->span, op == EXPR_DIV ?
				"this division has a remainder, and so no value" :
				"this does not fit into 64 bits, and so has no value");

		if (op == EXPR_DIV && y->num != -1)
			d->help = check_text(b->c, "nothing is rounded: %lld / %lld is %lld, remainder %lld",
				(long long)x->num, (long long)y->num, (long long)(x->num / y->num),
				(long long)(x->num % y->num));
		else
			d->help = STR("ints are -9223372036854775808..9223372036854775807");
		return false;
	}
	x->num = v;
	b->n--;
	return true;
}

/* Depth is bounded: parentheses by the scanner, the terms to the left of each by the count. */
static bool build(struct builder *b, const struct elem *e, unsigned depth)
{
	unsigned left_at = b->n;

	if (e->kind != ELEM_BINARY)
		return push_term(b, e);
	if (depth == EXPR_NODES_MAX) {
		check_error(b->c, DIAG_TOO_MANY, e->span, "arithmetic of more than %d terms",
			EXPR_NODES_MAX);
		return false;
	}
	if (!check_order(b, e) || !build(b, e->left, depth + 1))
		return false;
	return build(b, e->right, depth + 1) && fold(b, e, op_of(e->op), left_at);
}

bool check_expr(struct check *c, const struct symbol *s, struct vars *v, const struct elem *e,
	enum expr_flags flags, struct expr *ret)
{
	struct builder b = { .c = c, .s = s, .v = v, .flags = flags, .source = -1 };
	struct expr_node *node;

	if (!build(&b, e, 0))
		return false;
	node = arena_new_array(c->a, b.n, struct expr_node);
	if (!node)
		return false;
	memcpy(node, b.node, b.n * sizeof(*node));
	*ret = (struct expr){ node, b.n };
	return true;
}
