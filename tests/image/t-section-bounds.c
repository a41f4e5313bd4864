/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One policy as bytes: each bound holds at the bound and one past it, and a model that breaks a promise
 * of model.h is not written.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "engine/image/section.h"
#include "tests/image/small.h"
#include "tests/tap.h"

/* A rule with one accept block of one clause, for tests to spoil. */
struct spoil {
	struct arena a;
	struct policy p;
	struct attr attr[ATTR_FIRST + ATTRS_MAX + 1];
	struct rule rule;
	struct block block;
	struct clause when, clause;
	struct claim claim;
	struct str word[2];
	struct interval iv[2];
	struct expr_node node[EXPR_NODES_MAX + 1];
	struct tmpl tmpl;
	struct tmpl_piece piece[TEMPLATE_PIECES_MAX + 1];
	struct tmpl_var var[TEMPLATE_VARS_MAX + 1];
	struct str values[TEMPLATE_VALUES_MAX + 1];
};

enum { ATTR_A = ATTR_FIRST, ATTR_N, ATTR_V, ATTR_W };

static struct spoil *spoil_new(void)
{
	static struct spoil s;
	uint32_t i;

	memset(&s, 0, sizeof(s));
	arena_init(&s.a, 256 << 20);
	s.p = small_policy();
	memcpy(s.attr, small_builtin, sizeof(small_builtin));
	/* aggregator: int dynamic; name: string; version: version(3); words: set */
	for (i = ATTR_A; i <= ATTR_W; i++)
		s.attr[i].fact = (struct fact){
			.kind = FACT_TYPE, .n_paths = 1, .path = { STR("file") }
		};
	s.attr[ATTR_A].name = STR("aggregator");
	s.attr[ATTR_A].type = (struct attr_type){ .type.tag = VT_INT, .lo = 1, .hi = 256 };
	s.attr[ATTR_A].presence = PRESENCE_DEFAULT_ABSENT;
	s.attr[ATTR_A].dynamic = true;
	s.attr[ATTR_N].name = STR("name");
	s.attr[ATTR_N].type.type.tag = VT_STRING;
	s.attr[ATTR_V].name = STR("version");
	s.attr[ATTR_V].type = (struct attr_type){ .type = { VT_VERSION, 3 }, .major = 1 };
	s.attr[ATTR_W].name = STR("words");
	s.attr[ATTR_W].type.type.tag = VT_SET;
	s.p.attr = s.attr;
	s.p.n_attrs = ATTR_W + 1;
	s.p.rule = &s.rule;
	s.p.n_rules = 1;
	s.rule.when = &s.when;
	s.rule.n_when = 1;
	s.rule.block = &s.block;
	s.rule.n_blocks = 1;
	s.rule.var = s.var;
	s.block.clause = &s.clause;
	s.block.n_clauses = 1;
	s.block.claim = &s.claim;
	s.word[0] = STR("a");
	s.word[1] = STR("b");
	s.when.attr = ATTR_N;
	s.when.op = OP_IN;
	s.when.operand.kind = OPERAND_WORDS;
	s.when.operand.words = (struct word_set){ s.word, 2 };
	s.clause.attr = ATTR_A;
	s.clause.op = OP_LE;
	s.clause.operand.kind = OPERAND_EXPR;
	s.clause.operand.expr = (struct expr){ s.node, 1 };
	s.node[0].op = EXPR_SELF;
	s.claim.attr = ATTR_A;
	s.claim.copy = true;
	s.block.n_claims = 1;
	for (i = 0; i < ARRAY_SIZE(s.values); i++) {
		char buf[16];

		snprintf(buf, sizeof(buf), "%u", i);
		s.values[i] = str_dup(&s.a, str_from(buf));
	}
	for (i = 0; i < ARRAY_SIZE(s.var); i++)
		s.var[i] = (struct tmpl_var){ .name = STR("n"), .value = s.values, .n = 1 };
	s.iv[0] = (struct interval){ key_from_parts((uint32_t[4]){ 1 }), KEY_END };
	return &s;
}

static int spoil_encode(struct spoil *s)
{
	struct str bytes;
	int r = section_encode(&s->a, &s->p, &bytes);

	arena_release(&s->a);
	return r;
}

/* Says what to spoil in `s` and how that ends. */
#define SPOIL(want, name, ...)                       \
	do {                                         \
		struct spoil *s = spoil_new();       \
                                                     \
		__VA_ARGS__;                         \
		is_int(spoil_encode(s), want, name); \
	} while (0)

static struct str long_word(struct spoil *s, size_t n)
{
	char *p = arena_alloc(&s->a, n);

	memset(p, 'x', n);
	return (struct str){ p, n };
}

static struct word_set many_words(struct spoil *s, uint32_t n)
{
	struct str *w = arena_new_array(&s->a, n, struct str);
	uint32_t i;

	for (i = 0; i < n; i++) {
		char buf[16];

		snprintf(buf, sizeof(buf), "%08u", i);
		w[i] = str_dup(&s->a, str_from(buf));
	}
	return (struct word_set){ w, n };
}

static void many_attrs(struct spoil *s, uint32_t n)
{
	uint32_t i;

	for (i = ATTR_W + 1; i < ATTR_FIRST + n; i++) {
		char buf[16];

		s->attr[i] = s->attr[ATTR_W];
		snprintf(buf, sizeof(buf), "x%08u", i);
		s->attr[i].name = str_dup(&s->a, str_from(buf));
	}
	s->p.n_attrs = ATTR_FIRST + n;
}

static void many_clauses(struct spoil *s, uint32_t n)
{
	struct clause *c = arena_new_array(&s->a, n, struct clause);
	uint32_t i;

	for (i = 0; i < n; i++)
		c[i] = s->clause;
	s->block.clause = c;
	s->block.n_clauses = n;
}

static void many_blocks(struct spoil *s, uint32_t n)
{
	struct block *b = arena_new_array(&s->a, n, struct block);
	uint32_t i;

	for (i = 0; i < n; i++)
		b[i] = s->block;
	s->rule.block = b;
	s->rule.n_blocks = n;
}

/* n self, n - 1 additions */
static void long_expr(struct spoil *s, uint32_t n)
{
	uint32_t i;

	for (i = 0; i < n; i++)
		s->node[i].op = i < (n + 1) / 2 ? EXPR_SELF : EXPR_ADD;
	s->clause.operand.expr.n = (uint8_t)n;
}

static void template_clause(struct spoil *s, uint32_t pieces, uint32_t vars)
{
	uint32_t i;

	for (i = 0; i < pieces; i++)
		s->piece[i] = (struct tmpl_piece){ .text = STR("x"), .var = -1 };
	if (vars > 0)
		s->piece[0] = (struct tmpl_piece){ .var = 0 };
	s->tmpl = (struct tmpl){ s->piece, (uint8_t)pieces };
	s->clause.attr = ATTR_N;
	s->clause.op = OP_EQ;
	s->clause.operand =
		(struct operand){ .kind = OPERAND_WORDS, .tmpl = &s->tmpl, .n_tmpl = 1 };
	s->rule.n_vars = (uint8_t)vars;
	s->block.vars = vars > 0;
}

static void range_clause(struct spoil *s, struct interval a, struct interval b, uint32_t n)
{
	s->iv[0] = a;
	s->iv[1] = b;
	s->clause.attr = ATTR_V;
	s->clause.op = OP_IN;
	s->clause.operand =
		(struct operand){ .kind = OPERAND_RANGES, .ranges = { s->iv, n } };
}

static struct key version(uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
	return key_from_parts((uint32_t[4]){ a, b, c, d });
}

static void test_bounds(void)
{
	SPOIL(0, "the policy that the next ones spoil");
	SPOIL(0, "the longest name", s->p.name = long_word(s, NAME_MAX_LEN));
	SPOIL(-E2BIG, "one byte more", s->p.name = long_word(s, NAME_MAX_LEN + 1));
	SPOIL(0, "the longest word", s->word[0] = long_word(s, WORD_MAX_LEN);
		s->when.operand.words.n = 1);
	SPOIL(-E2BIG, "one byte more", s->word[0] = long_word(s, WORD_MAX_LEN + 1);
		s->when.operand.words.n = 1);
	SPOIL(0, "the most words", s->when.operand.words = many_words(s, WORDS_MAX));
	SPOIL(-E2BIG, "one more", s->when.operand.words = many_words(s, WORDS_MAX + 1));
	SPOIL(0, "the most attributes", many_attrs(s, ATTRS_MAX));
	SPOIL(-E2BIG, "one more", many_attrs(s, ATTRS_MAX + 1));
	SPOIL(0, "the most clauses", many_clauses(s, CLAUSES_MAX));
	SPOIL(-E2BIG, "one more", many_clauses(s, CLAUSES_MAX + 1));
	SPOIL(0, "the most blocks", many_blocks(s, BLOCKS_MAX));
	SPOIL(-E2BIG, "one more", many_blocks(s, BLOCKS_MAX + 1));
	SPOIL(0, "the longest expression", long_expr(s, EXPR_NODES_MAX - 1));
	SPOIL(-E2BIG, "a longer one", long_expr(s, EXPR_NODES_MAX + 1));
	SPOIL(0, "the longest template", template_clause(s, TEMPLATE_PIECES_MAX, 1));
	SPOIL(-E2BIG, "one piece more", template_clause(s, TEMPLATE_PIECES_MAX + 1, 1));
	SPOIL(0, "the most variables", s->rule.n_vars = TEMPLATE_VARS_MAX);
	SPOIL(-E2BIG, "one more", s->rule.n_vars = TEMPLATE_VARS_MAX + 1);
	SPOIL(0, "the most values and combinations", s->rule.n_vars = 1;
		s->var[0].n = TEMPLATE_VALUES_MAX; s->block.vars = 1);
	SPOIL(-E2BIG, "one more value", s->rule.n_vars = 1;
		s->var[0].n = TEMPLATE_VALUES_MAX + 1);
	SPOIL(-EINVAL, "more combinations than a block may have", s->rule.n_vars = 2;
		s->var[0].n = 128; s->var[1].n = 3; s->block.vars = 3);
	SPOIL(-EINVAL, "nor may the conditions have more", s->rule.n_vars = 2;
		s->var[0].n = 128; s->var[1].n = 3; s->var[0].when = s->var[1].when = true);
	SPOIL(-E2BIG, "more bytes than a rule may have", many_clauses(s, CLAUSES_MAX);
		many_blocks(s, BLOCKS_MAX));
}

static void test_promises(void)
{
	SPOIL(-EINVAL, "a policy has a name", s->p.name = STR(""));
	SPOIL(-EINVAL, "no word stands twice", s->word[1] = STR("a"));
	SPOIL(-EINVAL, "words are sorted", s->word[1] = STR("A"));
	SPOIL(-EINVAL, "words are printable", s->word[0] = STR("\n"));
	SPOIL(-EINVAL, "attributes are in level order", s->attr[ATTR_A].name = STR("zz"));
	SPOIL(-EINVAL, "no attribute's name stands twice",
		s->attr[ATTR_W].name = STR("name"));
	SPOIL(-EINVAL, "the built-in ones are built in",
		s->attr[ATTR_KIND].name = STR("kin"));
	SPOIL(-EINVAL, "no fact is above", s->attr[ATTR_N].fact.path[0] = STR("../x"));
	SPOIL(-EINVAL, "no fact is elsewhere",
		s->attr[ATTR_N].fact.path[0] = STR("/etc/shadow"));
	SPOIL(-EINVAL, "nor by detours", s->attr[ATTR_N].fact.path[0] = STR("a/../../b"));
	SPOIL(-EINVAL, "what is declared has a fact", s->attr[ATTR_N].fact.kind = FACT_NONE);
	SPOIL(-EINVAL, "dynamic attributes have a default",
		s->attr[ATTR_A].presence = PRESENCE_REQUIRED);
	SPOIL(-EINVAL, "a domain has values", s->attr[ATTR_A].type.lo = 300);
	SPOIL(-EINVAL, "a major part is a part", s->attr[ATTR_V].type.major = 4);
	SPOIL(-EINVAL, "a default is of its type",
		s->attr[ATTR_V].presence = PRESENCE_DEFAULT);
	SPOIL(-EINVAL, "conditions speak of constants", s->when.operand.kind = OPERAND_SELF;
		s->when.op = OP_EQ);
	SPOIL(-EINVAL, "clauses are about attributes that are there", s->when.attr = 99);
	SPOIL(-EINVAL, "== has one operand", s->when.op = OP_EQ);
	SPOIL(-EINVAL, "words have no order", s->when.op = OP_LE);
	SPOIL(-EINVAL, "words have no sums", s->clause.attr = ATTR_N);
	SPOIL(-EINVAL, "any has no operand", s->clause.op = OP_ANY);
	SPOIL(-EINVAL, "not-newer is for versions", s->clause.op = OP_NOT_NEWER;
		s->clause.operand.kind = OPERAND_SELF);
	SPOIL(-EINVAL, "an operation needs two operands", s->node[0].op = EXPR_ADD);
	SPOIL(-EINVAL, "one value is left at the end", s->clause.operand.expr.n = 2);
	SPOIL(-EINVAL, "an expression has a value", s->clause.operand.expr.n = 0);
	SPOIL(-EINVAL, "variables must be there", s->node[0].op = EXPR_VAR);
	SPOIL(-EINVAL, "and be bound in the block", s->rule.n_vars = 1;
		s->node[0].op = EXPR_VAR);
	SPOIL(0, "by it,", s->rule.n_vars = 1; s->block.vars = 1; s->node[0].op = EXPR_VAR);
	SPOIL(0, "or by a condition,", s->rule.n_vars = 1; s->var[0].when = true;
		s->node[0].op = EXPR_VAR);
	SPOIL(-EINVAL, "not by both", s->rule.n_vars = 1; s->var[0].when = true;
		s->block.vars = 1);
	SPOIL(-EINVAL, "in templates too", template_clause(s, 2, 1); s->block.vars = 0);
	SPOIL(-EINVAL, "the source stands in claims only",
		s->node[0] = (struct expr_node){ EXPR_SOURCE, ATTR_A });
	SPOIL(0, "there it may", s->node[0] = (struct expr_node){ EXPR_SOURCE, ATTR_A };
		s->block.n_clauses = 0; s->claim.copy = false;
		s->claim.expr = s->clause.operand.expr);
	SPOIL(-EINVAL, "if its values can be counted",
		s->node[0] = (struct expr_node){ EXPR_SOURCE, ATTR_A };
		s->block.n_clauses = 0; s->claim.copy = false;
		s->claim.expr = s->clause.operand.expr; s->attr[ATTR_A].type.hi = 257);
	SPOIL(-EINVAL, "claims are of dynamic attributes", s->claim.attr = ATTR_N);
	SPOIL(-EINVAL, "and stand in accept blocks", s->block.kind = BLOCK_OFFER);
	SPOIL(-EINVAL, "prefixes stand in conditions", template_clause(s, 1, 0);
		s->clause.op = OP_IN;
		s->clause.operand.prefixes = (struct word_set){ s->word, 2 });
	SPOIL(0, "ranges",
		range_clause(s, (struct interval){ version(1, 0, 0, 0), version(2, 0, 0, 0) },
			(struct interval){ version(3, 0, 0, 0), KEY_END }, 2));
	SPOIL(-EINVAL, "are not adjacent",
		range_clause(s, (struct interval){ version(1, 0, 0, 0), version(2, 0, 0, 0) },
			(struct interval){ version(2, 0, 0, 0), KEY_END }, 2));
	SPOIL(-EINVAL, "not empty",
		range_clause(s, (struct interval){ version(2, 0, 0, 0), version(1, 0, 0, 0) },
			(struct interval){ KEY_MIN, KEY_MIN }, 1));
	SPOIL(-EINVAL, "and lie on their line",
		range_clause(s, (struct interval){ version(UINT32_MAX, 0, 0, 0), KEY_END },
			(struct interval){ KEY_MIN, KEY_MIN }, 1));
	SPOIL(-EINVAL, ">= has one operand",
		range_clause(s, (struct interval){ KEY_MIN, KEY_END },
			(struct interval){ KEY_MIN, KEY_MIN }, 0);
		s->clause.op = OP_GE);
}

int main(void)
{
	plan(24 + 42);
	test_bounds();
	test_promises();
	return done_testing();
}
