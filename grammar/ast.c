/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Building the syntax tree: one function per production, called from the grammar's actions. It
 * reports only what the tree cannot hold (something said twice); all else is for the checks.
 */
#include <errno.h>

#include "grammar/parse.h"
#include "grammar/scan.h"

#define NEW(px, type) arena_new((px)->arena, type)

struct word ast_word(struct parse_ctx *px, struct span span)
{
	return (struct word){ str_sub(px->src->text, span.from, span.to), span };
}

bool ast_language(struct parse_ctx *px, struct span number)
{
	struct ast_policy *p = px->policy;
	struct diag *x;
	uint64_t v;
	int r;

	p->language = ast_word(px, number);
	r = str_to_u64(p->language.text, UINT32_MAX, &v);
	if (r == -EINVAL || (r == 0 && v == 0)) {
		parse_error(px, DIAG_NUMBER, number, "'%.*s' is no number of a language",
			STR_FMT(diag_quote(px->diags, p->language.text)))->help =
			STR("write 'language 1;'");
		return true;
	}
	if (r == 0 && v <= POLICY_LANGUAGE)
		return true;
	x = parse_error(px, DIAG_LANGUAGE_TOO_NEW, number,
		"this policy is written in language %.*s, this program knows language %d",
		STR_FMT(diag_quote(px->diags, p->language.text)), POLICY_LANGUAGE);
	x->help = STR("install a newer mdevcompat");
	px->too_new = true;
	return true;
}

void ast_once(struct parse_ctx *px, struct word *at, struct word w)
{
	struct diag *x;

	if (!at->text.p) {
		*at = w;
		return;
	}
	x = parse_error(px, DIAG_TWICE, w.span, "this was said before");
	x->other.source = px->src;
	x->other.span = at->span;
	x->other.label = STR("first said here");
}

/* ---- operands ---------------------------------------------------------------------------- */

struct elem *ast_elem(struct parse_ctx *px, enum elem_kind kind, struct span span)
{
	struct elem *e = NEW(px, struct elem);

	if (!e)
		return NULL;
	e->kind = kind;
	e->span = span;
	e->text = str_sub(px->src->text, span.from, span.to);
	return e;
}

struct elem *ast_string(struct parse_ctx *px, struct span span)
{
	struct elem *e = ast_elem(px, ELEM_STRING, span);
	size_t i, n = 0;
	char *p;

	if (!e)
		return NULL;
	e->text = str_sub(e->text, 1, e->text.n - 1);
	if (str_find(e->text, '\\') == e->text.n)
		return e;
	p = arena_alloc(px->arena, e->text.n);
	if (!p)
		return NULL;
	for (i = 0; i < e->text.n; i++) {
		if (e->text.p[i] == '\\')
			i++;
		p[n++] = e->text.p[i];
	}
	e->text = (struct str){ p, n };
	return e;
}

struct elem *ast_braces(struct parse_ctx *px, struct span span, struct elems items)
{
	struct elem *e = ast_elem(px, ELEM_BRACES, span);

	if (!e)
		return NULL;
	e->first = items.first;
	e->n = items.n;
	return e;
}

struct elem *ast_binary(struct parse_ctx *px, struct elem *left, char op, struct elem *right)
{
	struct elem *e = ast_elem(px, ELEM_BINARY, span_join(left->span, right->span));

	if (!e)
		return NULL;
	e->left = left;
	e->op = op;
	e->right = right;
	return e;
}

struct elem *ast_parens(struct elem *e, struct span span)
{
	e->parens = true;
	e->span = span;
	return e;
}

struct elems ast_list(struct elem *e)
{
	return (struct elems){ .first = e, .last = e, .n = 1, .span = e->span };
}

struct elems ast_list_add(struct elems list, struct elem *e)
{
	list.last->next = e;
	list.last = e;
	list.n++;
	list.span.to = e->span.to;
	return list;
}

/* ---- declarations ------------------------------------------------------------------------ */

bool ast_scope(struct parse_ctx *px, struct span span, struct word kind, struct elems drivers,
	const struct ast_fact *type_from)
{
	struct ast_scope *s = NEW(px, struct ast_scope);

	if (!s)
		return false;
	*s = (struct ast_scope){
		.span = span,
		.kind = kind,
		.drivers = drivers,
	};
	if (type_from)
		s->type_from = *type_from;
	AST_APPEND(px->policy, scope, s);
	px->policy->n_scopes++;
	return true;
}

void ast_except(struct operand_list *o, struct span span, struct elems except)
{
	o->has_except = true;
	o->except_span = span;
	o->except = except;
}

bool ast_const(struct parse_ctx *px, struct word name, struct elems in)
{
	struct ast_const *c = NEW(px, struct ast_const);

	if (!c)
		return false;
	c->name = name;
	c->value.in = in;
	AST_APPEND(px->policy, const, c);
	px->policy->n_consts++;
	return true;
}

struct ast_fact *ast_fact(struct parse_ctx *px, struct word kind)
{
	struct ast_fact *f = NEW(px, struct ast_fact);

	if (f)
		f->kind = kind;
	return f;
}

struct ast_fact *ast_fact_name(struct ast_fact *fact, struct elem *name)
{
	AST_PUSH(fact, name);
	fact->n++;
	return fact;
}

bool ast_attr_begin(struct parse_ctx *px, bool local, struct word name)
{
	px->attr = NEW(px, struct ast_attr);
	if (!px->attr)
		return false;
	px->attr->local = local;
	px->attr->name = name;
	return true;
}

static void said_twice(struct parse_ctx *px, struct span again, struct span first)
{
	struct word at = { .text = STR(""), .span = first };

	ast_once(px, &at, (struct word){ .span = again });
}

void ast_attr_option(struct parse_ctx *px, enum option_kind kind, struct span span,
	struct elem *value, struct elem *more)
{
	struct option *o = &px->attr->option[kind];

	if (o->given) {
		said_twice(px, span, o->span);
		return;
	}
	*o = (struct option){ .given = true, .span = span, .value = value, .more = more };
}

void ast_attr_fact(struct parse_ctx *px, const struct ast_fact *fact)
{
	if (px->attr->fact.kind.text.p)
		said_twice(px, fact->kind.span, px->attr->fact.kind.span);
	else
		px->attr->fact = *fact;
}

void ast_attr_default(struct parse_ctx *px, struct span span, struct elems value)
{
	if (px->attr->has_default) {
		said_twice(px, span, px->attr->default_span);
		return;
	}
	px->attr->has_default = true;
	px->attr->default_span = span;
	px->attr->dflt = value;
}

void ast_attr_end(struct parse_ctx *px)
{
	AST_APPEND(px->policy, attr, px->attr);
	if (px->attr->local)
		px->policy->n_locals++;
	else
		px->policy->n_attrs++;
}

/* ---- rules ------------------------------------------------------------------------------- */

bool ast_rule_begin(struct parse_ctx *px, struct word name, struct span span)
{
	struct ast_rule *r = NEW(px, struct ast_rule);

	if (!r)
		return false;
	r->name = name;
	r->span = span;
	px->rule = r;
	AST_APPEND(px->policy, rule, r);
	px->policy->n_rules++;
	return true;
}

void ast_rule_end(struct parse_ctx *px)
{
	px->rule = NULL;
}

/* What stands directly in the policy is a rule of its own, without a name. */
static struct ast_rule *rule_for(struct parse_ctx *px, struct span span)
{
	struct ast_rule *r;

	if (px->rule)
		return px->rule;
	if (!ast_rule_begin(px, (struct word){ 0 }, span))
		return NULL;
	r = px->rule;
	px->rule = NULL;
	return r;
}

struct ast_clause *ast_clause(struct parse_ctx *px, enum clause_op op, struct span op_span,
	struct elems in)
{
	struct ast_clause *c = NEW(px, struct ast_clause);

	if (!c)
		return NULL;
	c->op = op;
	c->op_span = op_span;
	c->operand.in = in;
	return c;
}

bool ast_when(struct parse_ctx *px, struct ast_clause *c, struct span span)
{
	c->span = span;
	AST_APPEND(px->rule, when, c);
	px->rule->n_when++;
	return true;
}

bool ast_migratable(struct parse_ctx *px, struct span span, struct word word)
{
	struct ast_migratable *m = NEW(px, struct ast_migratable);
	struct ast_rule *r = rule_for(px, span);

	if (!m || !r)
		return false;
	m->span = span;
	m->word = word;
	AST_APPEND(r, migratable, m);
	return true;
}

bool ast_block_begin(struct parse_ctx *px, enum block_kind kind, bool braces, struct span span)
{
	struct ast_block *b = NEW(px, struct ast_block);
	struct ast_rule *r = rule_for(px, span);

	if (!b || !r)
		return false;
	b->kind = kind;
	b->span = span;
	b->braces = braces;
	AST_APPEND(r, block, b);
	r->n_blocks++;
	px->block = b;
	return true;
}

void ast_block_end(struct parse_ctx *px)
{
	px->block = NULL;
}

bool ast_block_clause(struct parse_ctx *px, struct ast_clause *c, struct span span)
{
	c->span = span;
	AST_APPEND(px->block, clause, c);
	px->block->n_clauses++;
	return true;
}

bool ast_claim(struct parse_ctx *px, struct span span, struct word attr, struct elem *expr)
{
	struct ast_claim *c = NEW(px, struct ast_claim);

	if (!c)
		return false;
	c->span = span;
	c->attr = attr;
	c->expr = expr;
	AST_APPEND(px->block, claim, c);
	px->block->n_claims++;
	return true;
}

/* ---- tests ------------------------------------------------------------------------------- */

bool ast_test_begin(struct parse_ctx *px, struct elem *name)
{
	px->test = NEW(px, struct ast_test);
	if (!px->test)
		return false;
	px->test->name = (struct word){ name->text, name->span };
	AST_APPEND(px->policy, test, px->test);
	px->policy->n_tests++;
	return true;
}

void ast_test_side(struct parse_ctx *px, struct ast_side *side, struct span span)
{
	if (side->given)
		said_twice(px, span, side->span);
	side->given = true;
	side->span = span;
	px->side = side;
}

bool ast_assign(struct parse_ctx *px, struct word attr, struct elems value)
{
	struct ast_assign *a = NEW(px, struct ast_assign);

	if (!a)
		return false;
	a->attr = attr;
	a->value = value;
	AST_PUSH(px->side, a);
	return true;
}

void ast_expect(struct parse_ctx *px, struct word verdict, struct word because)
{
	if (px->test->expect.text.p)
		said_twice(px, verdict.span, px->test->expect.span);
	px->test->expect = verdict;
	px->test->because = because;
}
