/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One policy as bytes: everything that is written is read again, the index by type misses
 * no rule, each bound holds at the bound and one past it, and a model that breaks a
 * promise of model.h is not written.
 */
#include <errno.h>
#include <string.h>

#include "engine/image/section.h"
#include "tests/image/devour.h"
#include "tests/image/gen.h"
#include "tests/tap.h"

#define SEED 20200117u

static char *seed_text;

static uint64_t seed(void)
{
	seed_text = getenv("MDEVCOMPAT_SEED");
	return seed_text ? strtoull(seed_text, NULL, 0) : SEED;
}

/* ---- round trip ---------------------------------------------------------------------------- */

static const char *round_trip(struct arena *a, const struct policy *p, struct str *ret)
{
	struct section_source s;
	const struct rule *rule;
	struct policy q;
	const char *d;
	struct str again;
	uint32_t i, n;

	if (section_encode(a, p, ret) != 0)
		return "encode";
	if (section_encode(a, p, &again) != 0 || !str_eq(*ret, again))
		return "encode again";
	section_memory(&s, ret);
	if (section_decode_head(a, &s, &q) != 0)
		return "decode head";
	d = head_differs(p, &q);
	if (d)
		return d;
	if (section_decode_all(a, &s, &q, &rule, &n) != 0 || n != p->n_rules)
		return "decode rules";
	for (i = 0; i < n; i++) {
		d = rule_differs(&p->rule[i], &rule[i]);
		if (d)
			return d;
	}
	q.rule = rule;
	if (section_encode(a, &q, &again) != 0 || !str_eq(*ret, again))
		return "encode what was decoded";
	return NULL;
}

/* ---- the index by type --------------------------------------------------------------------- */

static bool tmpl_takes(const struct rule *r, const struct tmpl *t, uint32_t piece,
	struct str type, int *value)
{
	const struct tmpl_piece *p;
	int k, fixed;

	if (piece == t->n)
		return type.n == 0;
	p = &t->piece[piece];
	if (p->var < 0)
		return str_starts(type, p->text) &&
		       tmpl_takes(r, t, piece + 1, str_sub(type, p->text.n, type.n), value);
	fixed = value[p->var];
	for (k = 0; k < r->var[p->var].n; k++) {
		struct str v = r->var[p->var].value[k];

		if ((fixed >= 0 && k != fixed) || !str_starts(type, v))
			continue;
		value[p->var] = k;
		if (tmpl_takes(r, t, piece + 1, str_sub(type, v.n, type.n), value)) {
			value[p->var] = fixed;
			return true;
		}
	}
	value[p->var] = fixed;
	return false;
}

static bool listed(const struct rule *r, struct str type, struct word_set w,
	const struct tmpl *t, uint32_t n, struct word_set prefixes)
{
	int value[TEMPLATE_VARS_MAX];
	uint32_t i;

	for (i = 0; i < w.n; i++)
		if (str_eq(w.w[i], type))
			return true;
	for (i = 0; i < n; i++) {
		memset(value, 0xff, sizeof(value));
		if (tmpl_takes(r, &t[i], 0, type, value))
			return true;
	}
	for (i = 0; i < prefixes.n; i++)
		if (str_starts(type, prefixes.w[i]))
			return true;
	return false;
}

/* Can the conditions on the type hold? By the meaning of the clauses, one by one. */
static bool may_match(const struct rule *r, struct str type)
{
	static const struct tmpl *const none;
	static const struct word_set empty;
	uint32_t i;

	for (i = 0; i < r->n_when; i++) {
		const struct clause *c = &r->when[i];
		const struct operand *o = &c->operand;

		if (c->attr != ATTR_TYPE || o->kind != OPERAND_WORDS)
			continue;
		if (!type.p || !listed(r, type, o->words, o->tmpl, o->n_tmpl, o->prefixes))
			return false;
		if (listed(r, type, o->except_words, none, 0, empty))
			return false;
	}
	return true;
}

static const char *check_candidates(
	struct arena *a, const struct policy *p, struct str bytes, struct str type)
{
	struct section_source s;
	const struct rule *rule;
	struct policy head;
	uint32_t i, n, at = 0;

	section_memory(&s, &bytes);
	if (section_decode_head(a, &s, &head) != 0 ||
		section_decode_rules(a, &s, &head, type, &rule, &n) != 0)
		return "decode";
	for (i = 0; i < p->n_rules; i++) {
		if (at < n && !rule_differs(&p->rule[i], &rule[at])) {
			at++;
			continue;
		}
		if (may_match(&p->rule[i], type))
			return "a rule is missing";
	}
	return at == n ? NULL : "rules out of order";
}

/* A type that some condition of the policy speaks of, or none does. */
static struct str some_type(struct gen *g, const struct policy *p)
{
	const struct rule *r;
	const struct operand *o;
	char buf[512];
	struct sbuf b = SBUF(buf);
	uint32_t i;

	if (p->n_rules == 0 || gen_below(g, 8) == 0)
		return STR("some-type");
	r = &p->rule[gen_below(g, p->n_rules)];
	for (i = 0; i < r->n_when; i++) {
		o = &r->when[i].operand;
		if (r->when[i].attr != ATTR_TYPE || o->kind != OPERAND_WORDS)
			continue;
		if (o->words.n > 0 && gen_below(g, 2))
			return o->words.w[gen_below(g, o->words.n)];
		if (o->n_tmpl > 0) {
			const struct tmpl *t = &o->tmpl[gen_below(g, o->n_tmpl)];
			uint32_t pick = (uint32_t)gen_next(g);

			for (i = 0; i < t->n; i++) {
				int v = t->piece[i].var;

				sbuf_put_str(&b, v < 0 ? t->piece[i].text
						       : r->var[v].value[(pick >> v * 4) %
									 r->var[v].n]);
			}
			return str_dup(g->arena, sbuf_str(&b));
		}
	}
	return (struct str){ 0 };
}

static void test_random(void)
{
	struct gen g = { .state = seed() };
	const char *bad = NULL, *bad_index = NULL;
	struct arena a = { 0 };
	struct str bytes;
	uint64_t start = 0;
	uint32_t i, j;

	diag("seed %" PRIu64, g.state);
	for (i = 0; i < 1500 && !bad && !bad_index; i++) {
		struct policy *p;

		arena_init(&a, 64 << 20);
		g.arena = &a;
		start = g.state;
		p = gen_policy(&g, i % 10 == 0 ? 200 : 12);
		bad = round_trip(&a, p, &bytes);
		for (j = 0; j < 20 && !bad && !bad_index; j++)
			bad_index = check_candidates(&a, p, bytes, some_type(&g, p));
		arena_release(&a);
	}
	if (bad || bad_index)
		diag("policy %u of seed %" PRIu64 ": %s", i, start, bad ? bad : bad_index);
	ok(!bad, "random policies are read as they were written, twice the same bytes");
	ok(!bad_index, "no rule that can match is missing among those of its type");
}

/* ---- one vendor, a thousand rules ---------------------------------------------------------- */

static struct attr builtin[ATTR_FIRST] = {
	{ .name = STR_INIT("kind"), .type.type.tag = VT_STRING },
	{ .name = STR_INIT("driver"), .type.type.tag = VT_STRING },
	{ .name = STR_INIT("type"), .type.type.tag = VT_STRING },
};

static struct scope one_scope = { .kind = KIND_MDEV, .driver = STR_INIT("mtty") };

static struct policy small_policy(void)
{
	return (struct policy){ .name = STR("mtty"),
		.file = STR("mtty.policy"),
		.language = 1,
		.scope = &one_scope,
		.n_scopes = 1,
		.attr = builtin,
		.n_attrs = ATTR_FIRST };
}

/* Rule number @i speaks about the type `t-<i / 2>`; @n rules. */
static struct policy many_rules(struct arena *a, uint32_t n)
{
	struct policy p = small_policy();
	struct rule *r = arena_new_array(a, n, struct rule);
	uint32_t i;

	for (i = 0; i < n; i++) {
		struct clause *c = arena_new(a, struct clause);
		struct str *w = arena_new(a, struct str);
		char buf[32];

		snprintf(buf, sizeof(buf), "t-%u", i / 2);
		*w = str_dup(a, str_from(buf));
		c->attr = ATTR_TYPE;
		c->op = OP_EQ;
		c->operand.kind = OPERAND_WORDS;
		c->operand.words = (struct word_set){ w, 1 };
		r[i].when = c;
		r[i].n_when = 1;
		r[i].place.line = i + 1;
	}
	p.rule = r;
	p.n_rules = n;
	return p;
}

static void test_many(void)
{
	const struct rule *rule;
	struct section_source s;
	struct policy p, head;
	struct arena a;
	struct str bytes;
	uint32_t i, n, right = 0;

	arena_init(&a, 256 << 20);
	p = many_rules(&a, 1000);
	is_int(section_encode(&a, &p, &bytes), 0, "a thousand rules");
	section_memory(&s, &bytes);
	for (i = 0; i < 500; i++) {
		char buf[32];

		snprintf(buf, sizeof(buf), "t-%u", i);
		if (section_decode_head(&a, &s, &head) == 0 &&
			section_decode_rules(&a, &s, &head, str_from(buf), &rule, &n) == 0 &&
			n == 2 && rule[0].place.line == 2 * i + 1 &&
			rule[1].place.line == 2 * i + 2)
			right++;
	}
	is_int(right, 500, "each type has its own two, in order, and no other");
	ok(section_decode_rules(&a, &s, &head, (struct str){ 0 }, &rule, &n) == 0 && n == 0,
		"a device without type has none of them");

	{
		uint32_t left = EVAL_PAGES_MAX, pages;
		struct section_bound b;

		section_bounded(&b, &s, &left);
		is_int(section_decode_all(&a, &b.source, &head, &rule, &n), 0, "bounded, all are read");
		pages = EVAL_PAGES_MAX - left;
		ok(pages >= bytes.n / IMAGE_PAGE_SIZE, "%u pages are counted", pages);
		left = pages;
		section_bounded(&b, &s, &left);
		is_int(section_decode_all(&a, &b.source, &head, &rule, &n), 0, "just as many will do");
		left = pages - 1;
		section_bounded(&b, &s, &left);
		is_int(section_decode_all(&a, &b.source, &head, &rule, &n), -E2BIG, "one less will not");
	}

	p = many_rules(&a, RULES_MAX);
	is_int(section_encode(&a, &p, &bytes), 0, "as many rules as there may be");
	section_memory(&s, &bytes);
	ok(section_decode_head(&a, &s, &head) == 0 && head.n_rules == RULES_MAX &&
			section_decode_rules(&a, &s, &head, STR("t-32767"), &rule, &n) == 0 &&
			n == 2 && rule[1].place.line == RULES_MAX,
		"and the last is found");
	p = many_rules(&a, RULES_MAX + 1);
	is_int(section_encode(&a, &p, &bytes), -E2BIG, "one more is too many");
	arena_release(&a);
}

/* ---- bounds and promises ------------------------------------------------------------------- */

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
	memcpy(s.attr, builtin, sizeof(builtin));
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

/* ---- bytes that nobody wrote --------------------------------------------------------------- */

static int devour(struct arena *a, struct str bytes)
{
	struct arena_mark m = arena_mark(a);
	struct section_source s;
	uint64_t h = 0;
	int r;

	section_memory(&s, &bytes);
	r = devour_section(a, &s, &h);
	arena_rewind(a, m);
	return r;
}

/* Does trying all rules say what decoding them all says, and keep nothing? */
static bool tries_alike(struct arena *a, struct str bytes)
{
	struct arena_mark m = arena_mark(a);
	struct section_source s;
	const struct rule *rule;
	struct policy head;
	bool alike = true;
	size_t used;
	uint32_t n;
	int r;

	section_memory(&s, &bytes);
	if (section_decode_head(a, &s, &head) == 0) {
		used = a->used;
		r = section_try_all(a, &s, &head);
		alike = a->used == used && section_decode_all(a, &s, &head, &rule, &n) == r;
	}
	arena_rewind(a, m);
	return alike;
}

/* Some bytes are free to be anything: texts, places, revisions. The rest must be refused. */
static void test_damage(void)
{
	struct gen g = { .state = seed() };
	uint32_t cut_taken = 0, changed = 0, refused = 0, unlike = 0, i, k;
	struct arena a, scratch;
	size_t at;

	arena_init(&scratch, 256 << 20);
	for (i = 0; i < 10; i++) {
		struct str bytes, copy;

		arena_init(&a, 64 << 20);
		g.arena = &a;
		if (section_encode(&a, gen_policy(&g, 4), &bytes) != 0)
			bail_out("encode");
		for (at = 0; at < bytes.n; at++) {
			copy = (struct str){ copy_alone(bytes, at), at };
			cut_taken += devour(&scratch, copy) == 0;
			free((char *)copy.p);
		}
		copy = (struct str){ copy_alone(bytes, bytes.n), bytes.n };
		for (at = 0; at < bytes.n; at++)
			for (k = 0; k < 3; k++) {
				char *p = (char *)copy.p + at;

				*p = (char)(*p ^ (int)(1 + gen_below(&g, 255)));
				refused += devour(&scratch, copy) != 0;
				unlike += !tries_alike(&scratch, copy);
				*p = bytes.p[at];
				changed++;
			}
		free((char *)copy.p);
		arena_release(&a);
	}
	arena_release(&scratch);
	is_int(cut_taken, 0, "a section that was cut anywhere is refused");
	is_int(unlike, 0, "what is tried rule by rule is refused like what is kept");
	ok(refused > changed / 3 && changed > 10000,
		"of %u single changes %u were refused and none did harm", changed, refused);
}

int main(void)
{
	plan(2 + 10 + 24 + 42 + 3);
	test_random();
	test_many();
	test_bounds();
	test_promises();
	test_damage();
	return done_testing();
}
