/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * No source may be accepted by two blocks that claim one attribute differently: what would have
 * to be set then? Facts are not known here, so two cases are taken for compatible with each
 * other unless the conditions, or what the blocks say about the source, tell them apart for any
 * facts. The test errs on one side only: it may refuse a policy that could be let through.
 *
 * A case is a block under one assignment of the variables that its claim is computed with.
 */
#include "grammar/check.h"

#define CASES_MAX    1024	/* computed claims on one attribute */
#define PAIRS_MAX    (1u << 20) /* of a computed claim with any other */
#define EXPANDED_MAX 256	/* words that one template is expanded to */

/* Which values an attribute can have, or more than those. */
struct possible {
	bool absent;
	bool all; /* any value; else those below */
	struct word_set words, prefixes;
	struct ranges ranges;
	bool no, yes;
	bool nothing; /* not even one: this case never happens */
};

#define EVERYTHING ((struct possible){ .absent = true, .all = true })

struct case_ {
	const struct rule *rule;
	const struct block *block;
	const struct ast_block *ast;
	const struct claim *claim; /* NULL: a copy that nobody wrote */
	const struct ast_claim *ast_claim;
	int16_t value[TEMPLATE_VARS_MAX]; /* -1: any of its values */
	struct possible *self;	 /* by attribute: what the conditions leave of oneself */
	struct possible *source; /* ... and the block's clauses of the source */
	bool *equal;		 /* ... where the source must be equal to oneself */
};

struct conflict {
	struct check *c;
	uint16_t attr;
	struct case_ *computed;
	uint32_t n_computed;
	uint32_t pairs;
};

/* ---- intersections ------------------------------------------------------------------------ */

static bool has_prefix(struct word_set prefixes, struct str w)
{
	uint32_t i;

	for (i = 0; i < prefixes.n; i++)
		if (str_starts(w, prefixes.w[i]))
			return true;
	return false;
}

static bool word_possible(const struct possible *p, struct str w)
{
	return words_contain(p->words, w) || has_prefix(p->prefixes, w);
}

/* The words of @x that @y has too; all of both where prefixes make that hard. */
static bool meet_words(struct check *c, const struct possible *x, const struct possible *y,
	struct possible *ret)
{
	struct str *w;
	uint32_t i, n = 0;

	if (x->prefixes.n > 0 && y->prefixes.n > 0) {
		*ret = *x;
		return true;
	}
	if (x->prefixes.n > 0)
		return meet_words(c, y, x, ret);
	w = arena_new_array(c->a, x->words.n, struct str);
	if (!w)
		return false;
	for (i = 0; i < x->words.n; i++)
		if (word_possible(y, x->words.w[i]))
			w[n++] = x->words.w[i];
	*ret = (struct possible){ .words = { w, n } };
	return true;
}

static bool meet(struct check *c, const struct possible *x, const struct possible *y,
	struct possible *ret)
{
	struct possible p;

	if (x->all || y->all) {
		p = x->all ? *y : *x;
	} else {
		if (!meet_words(c, x, y, &p) ||
			ranges_intersect(c->a, x->ranges, y->ranges, &p.ranges) < 0)
			return false;
		p.no = x->no && y->no;
		p.yes = x->yes && y->yes;
	}
	p.absent = x->absent && y->absent;
	p.nothing = x->nothing || y->nothing;
	*ret = p;
	return true;
}

static bool is_empty(const struct possible *p)
{
	return p->nothing || (!p->absent && !p->all && p->words.n + p->prefixes.n == 0 &&
				     p->ranges.n == 0 && !p->no && !p->yes);
}

/* ---- clauses ----------------------------------------------------------------------------- */

/* The texts of a template over the variables that are not fixed. false: too many. */
static bool expand(struct check *c, const struct case_ *k, const struct tmpl *t,
	struct vec *words)
{
	int16_t value[TEMPLATE_VARS_MAX];
	uint32_t n = 1, i, round;
	unsigned var;

	for (i = 0; i < t->n; i++)
		if (t->piece[i].var >= 0 && k->value[t->piece[i].var] < 0)
			n = MIN(n * k->rule->var[t->piece[i].var].n, EXPANDED_MAX + 1u);
	if (n > EXPANDED_MAX)
		return false;
	/* A variable that stands twice runs through more rounds than it has values: harmless. */
	for (round = 0; round < n; round++) {
		uint32_t rest = round;
		size_t size = 0;
		struct sbuf b = { 0 };
		struct str *to;

		memcpy(value, k->value, sizeof(value));
		for (var = 0; var < k->rule->n_vars; var++) {
			bool used = false;

			for (i = 0; i < t->n; i++)
				used |= t->piece[i].var == (int)var;
			if (!used || value[var] >= 0)
				continue;
			value[var] = (int16_t)(rest % k->rule->var[var].n);
			rest /= k->rule->var[var].n;
		}
		for (i = 0; i < t->n; i++)
			size += t->piece[i].var < 0 ?
				t->piece[i].text.n :
				k->rule->var[t->piece[i].var].value[value[t->piece[i].var]].n;
		b.p = arena_alloc(c->a, size);
		b.size = size;
		to = vec_push(c->a, words, sizeof(*to));
		if (!b.p || !to)
			return false;
		for (i = 0; i < t->n; i++)
			sbuf_put_str(&b, t->piece[i].var < 0 ? t->piece[i].text :
				k->rule->var[t->piece[i].var].value[value[t->piece[i].var]]);
		*to = sbuf_str(&b);
	}
	return true;
}

static struct possible possible_words(struct check *c, const struct case_ *k,
	const struct operand *o)
{
	struct possible p = { 0 };
	struct vec words = { 0 };
	uint32_t i;

	for (i = 0; i < o->words.n; i++) {
		struct str *to = vec_push(c->a, &words, sizeof(*to));

		if (to)
			*to = o->words.w[i];
	}
	for (i = 0; i < o->n_tmpl; i++)
		if (!expand(c, k, &o->tmpl[i], &words))
			return (struct possible){ .all = true };
	if (arena_failed(c->a))
		return (struct possible){ .all = true };
	p.words = words_normal(words.p, words.n);
	p.words = words_minus((struct str *)p.words.w, p.words.n, o->except_words);
	p.prefixes = o->prefixes;
	return p;
}

/* The number of a case's expression, for one value of the source's attribute. */
static bool compute(const struct case_ *k, const struct expr *e, int64_t source, int64_t *ret)
{
	int64_t stack[EXPR_NODES_MAX];
	unsigned i, n = 0;
	bool fails = false;

	for (i = 0; i < e->n && !fails; i++) {
		int64_t num = e->node[i].num, x, y;

		switch (e->node[i].op) {
		case EXPR_CONST:
			stack[n++] = num;
			continue;
		case EXPR_SOURCE:
			stack[n++] = source;
			continue;
		case EXPR_SELF:
			return false;
		case EXPR_VAR:
			/* Its values were all read as numbers before. */
			x = 0;
			if (k->value[num] >= 0) {
				struct str w = k->rule->var[num].value[k->value[num]];
				uint64_t v = 0;
				bool minus = w.n > 0 && w.p[0] == '-';

				fails = str_to_u64(str_sub(w, minus, w.n), INT64_MAX, &v) < 0;
				x = minus ? -(int64_t)v : (int64_t)v;
			} else {
				fails = true;
			}
			stack[n++] = x;
			continue;
		case EXPR_ADD:
		case EXPR_SUB:
		case EXPR_MUL:
		case EXPR_DIV:
			break;
		}
		y = stack[--n];
		x = stack[--n];
		if (e->node[i].op == EXPR_ADD)
			fails = __builtin_add_overflow(x, y, &stack[n]);
		else if (e->node[i].op == EXPR_SUB)
			fails = __builtin_sub_overflow(x, y, &stack[n]);
		else if (e->node[i].op == EXPR_MUL)
			fails = __builtin_mul_overflow(x, y, &stack[n]);
		else if (y == 0 || (x == INT64_MIN && y == -1) || x % y != 0)
			fails = true;
		else
			stack[n] = x / y;
		n++;
	}
	if (fails || n != 1)
		return false;
	*ret = stack[0];
	return true;
}

/* Every variable has a value and nothing depends on facts. */
static bool is_known(const struct case_ *k, const struct expr *e)
{
	unsigned i;

	for (i = 0; i < e->n; i++)
		if (e->node[i].op == EXPR_SELF || e->node[i].op == EXPR_SOURCE ||
			(e->node[i].op == EXPR_VAR && k->value[e->node[i].num] < 0))
			return false;
	return true;
}

static struct possible possible_ranges(struct check *c, enum clause_op op, struct ranges r,
	enum line_kind line)
{
	struct interval iv;
	struct possible p = { 0 };

	if (op == OP_EQ || op == OP_IN) {
		p.ranges = r;
		return p;
	}
	iv.lo = op == OP_LE ? KEY_MIN : r.iv[0].lo;
	iv.hi = op == OP_LE ? r.iv[0].hi : KEY_END;
	if (ranges_normalize(c->a, &iv, 1, &p.ranges) < 0)
		p.all = true;
	return p;
}

static struct possible possible_expr(struct check *c, const struct case_ *k,
	const struct clause *clause)
{
	struct interval iv;
	struct ranges r;
	int64_t v;

	if (!is_known(k, &clause->operand.expr))
		return EVERYTHING;
	if (!compute(k, &clause->operand.expr, 0, &v))
		return (struct possible){ .nothing = true };
	iv.lo = key_from_int(v);
	iv.hi = key_next(iv.lo, LINE_INT);
	if (ranges_normalize(c->a, &iv, 1, &r) < 0)
		return EVERYTHING;
	return possible_ranges(c, clause->op, r, LINE_INT);
}

static struct possible possible_values(struct check *c, const struct case_ *k,
	const struct clause *clause)
{
	const struct operand *o = &clause->operand;

	switch (clause->op) {
	case OP_ANY:
		return EVERYTHING;
	case OP_ABSENT:
		return (struct possible){ .absent = true };
	case OP_PRESENT:
		return (struct possible){ .all = true };
	default:
		break;
	}
	switch (o->kind) {
	case OPERAND_NONE:
	case OPERAND_SELF:
	case OPERAND_SELF_NAME:
		return EVERYTHING;
	case OPERAND_WORDS:
		return possible_words(c, k, o);
	case OPERAND_RANGES:
		return possible_ranges(c, clause->op, o->ranges,
			value_type_line(c->policy->attr[clause->attr].type.type));
	case OPERAND_BOOL:
		return (struct possible){ .no = o->has_no, .yes = o->has_yes };
	case OPERAND_SETS:
	case OPERAND_MASKS:
		return (struct possible){ .all = true };
	case OPERAND_EXPR:
		return possible_expr(c, k, clause);
	}
	return EVERYTHING;
}

static bool add_clause(struct check *c, const struct case_ *k, const struct clause *clause,
	struct possible *to)
{
	struct possible p = possible_values(c, k, clause);

	return meet(c, to, &p, to);
}

/* ---- cases ------------------------------------------------------------------------------- */

static bool fill_case(struct check *c, struct case_ *k)
{
	uint32_t n = c->policy->n_attrs, i;

	k->self = arena_new_array(c->a, n, struct possible);
	k->source = arena_new_array(c->a, n, struct possible);
	k->equal = arena_new_array(c->a, n, bool);
	if (!k->self || !k->source || !k->equal)
		return false;
	for (i = 0; i < n; i++) {
		k->self[i] = k->source[i] = EVERYTHING;
		/* Left out: equal, unless it is dynamic. */
		k->equal[i] = !c->policy->attr[i].dynamic;
	}
	for (i = 0; i < k->block->n_clauses; i++)
		k->equal[k->block->clause[i].attr] = false;
	for (i = 0; i < k->rule->n_when; i++)
		if (!add_clause(c, k, &k->rule->when[i], &k->self[k->rule->when[i].attr]))
			return false;
	for (i = 0; i < k->block->n_clauses; i++) {
		const struct clause *x = &k->block->clause[i];

		if (x->op == OP_EQ && x->operand.kind == OPERAND_SELF)
			k->equal[x->attr] = true;
		else if (!add_clause(c, k, x, &k->source[x->attr]))
			return false;
	}
	return true;
}

/* Could both cases hold at once, and accept one source? *ret_source: what it can have. */
static bool can_meet(struct conflict *f, const struct case_ *x, const struct case_ *y,
	uint16_t attr, struct possible *ret_source)
{
	struct check *c = f->c;
	uint32_t i;

	for (i = 0; i < c->policy->n_attrs; i++) {
		struct possible self, p;

		if (!meet(c, &x->self[i], &y->self[i], &self) ||
			!meet(c, &x->source[i], &y->source[i], &p))
			return true;
		if (is_empty(&self))
			return false;
		if ((x->equal[i] || y->equal[i]) && !meet(c, &p, &self, &p))
			return true;
		if (is_empty(&p))
			return false;
		if (i == attr)
			*ret_source = p;
	}
	return true;
}

/* ---- claims ------------------------------------------------------------------------------ */

/* The attribute of the source that a case's claim is computed from; -1: none. */
static int source_of(const struct conflict *f, const struct case_ *k)
{
	unsigned i;

	if (!k->claim || k->claim->copy)
		return f->attr;
	for (i = 0; i < k->claim->expr.n; i++)
		if (k->claim->expr.node[i].op == EXPR_SOURCE)
			return (int)k->claim->expr.node[i].num;
	return -1;
}

static bool claimed(const struct conflict *f, const struct case_ *k, int64_t source, int64_t *ret)
{
	const struct attr_type *t = &f->c->policy->attr[f->attr].type;
	int64_t v = source;

	if (k->claim && !k->claim->copy && !compute(k, &k->claim->expr, source, &v))
		return false;
	*ret = v;
	return v >= t->lo && v <= t->hi;
}

/* For some value that the source can have, do both claim, and not the same? */
static bool differ(const struct conflict *f, const struct case_ *x, const struct case_ *y,
	int source, const struct possible *p)
{
	const struct attr_type *t;
	int64_t v, a, b;

	if (source < 0)
		return claimed(f, x, 0, &a) && claimed(f, y, 0, &b) && a != b;
	t = &f->c->policy->attr[source].type;
	for (v = t->lo;; v++) {
		bool can = p->all || ranges_contains(p->ranges, key_from_int(v));

		if (can && claimed(f, x, v, &a) && claimed(f, y, v, &b) && a != b)
			return true;
		if (v == t->hi)
			return false;
	}
}

static bool contradict(struct conflict *f, const struct case_ *x, const struct case_ *y)
{
	struct possible p = EVERYTHING;
	int sx = source_of(f, x), sy = source_of(f, y);

	if (!can_meet(f, x, y, (uint16_t)MAX(MAX(sx, sy), 0), &p))
		return false;
	if (sx >= 0 && sy >= 0 && sx != sy)
		return true;
	return differ(f, x, y, MAX(sx, sy), &p);
}

static void report(struct conflict *f, const struct case_ *x, const struct case_ *y)
{
	struct check *c = f->c;
	struct span here = y->ast_claim ? y->ast_claim->span : y->ast->span;
	struct span there = x->ast_claim ? x->ast_claim->span : x->ast->span;
	struct str name = c->policy->attr[f->attr].name;
	struct diag *d;

	if (x->block == y->block) {
		d = check_error(c, DIAG_CLAIM_CONFLICT, here,
			"one source could match two combinations, which claim '%.*s' differently",
			STR_FMT(name));
		d->help = STR("let a clause of the block tell the combinations apart");
		return;
	}
	d = check_error(c, DIAG_CLAIM_CONFLICT, here,
		"a source could be accepted here and elsewhere, with '%.*s' claimed differently",
		STR_FMT(name));
	check_other(c, d, there, y->ast_claim && !x->ast_claim ?
		STR("this block claims a copy, for it does not name the attribute") :
		STR("this block claims another value"));
	d->help = STR("add conditions or clauses that no source meets in both");
}

/* ---- going through all ------------------------------------------------------------------- */

static bool is_computed(const struct claim *claim)
{
	return claim && !claim->copy;
}

/* The claim that a block makes on the attribute. false: none. */
static bool find_claim(const struct conflict *f, const struct block *b,
	const struct ast_block *ast, const struct claim **ret, const struct ast_claim **ret_ast)
{
	const struct ast_claim *at = ast->first_claim;
	uint32_t i;

	for (i = 0; i < b->n_claims; i++, at = at->next)
		if (b->claim[i].attr == f->attr) {
			*ret = &b->claim[i];
			*ret_ast = at;
			return true;
		}
	for (i = 0; i < b->n_clauses; i++)
		if (b->clause[i].attr == f->attr)
			return false;
	*ret = NULL;
	*ret_ast = NULL;
	return true;
}

/* Fixes the variables that the claim is computed with to their first values. */
static uint32_t first_values(struct case_ *k)
{
	uint32_t fixed = 0;
	unsigned i;

	memset(k->value, 0xff, sizeof(k->value));
	for (i = 0; is_computed(k->claim) && i < k->claim->expr.n; i++)
		if (k->claim->expr.node[i].op == EXPR_VAR) {
			fixed |= (uint32_t)1 << k->claim->expr.node[i].num;
			k->value[k->claim->expr.node[i].num] = 0;
		}
	return fixed;
}

static bool next_values(struct case_ *k, uint32_t fixed)
{
	unsigned i;

	for (i = 0; i < k->rule->n_vars; i++) {
		if (!(fixed >> i & 1))
			continue;
		if (++k->value[i] < k->rule->var[i].n)
			return true;
		k->value[i] = 0;
	}
	return false;
}

/* Compares with all computed cases before it. false: reported, or out of memory. */
static bool compare(struct conflict *f, struct case_ *k)
{
	struct arena_mark mark;
	uint32_t i;

	for (i = 0; i < f->n_computed; i++) {
		if (++f->pairs > PAIRS_MAX) {
			check_error(f->c, DIAG_TOO_MANY, k->ast->span,
				"more than %u pairs of claims on '%.*s' to compare", PAIRS_MAX,
				STR_FMT(f->c->policy->attr[f->attr].name));
			return false;
		}
		mark = arena_mark(f->c->a);
		if (contradict(f, &f->computed[i], k)) {
			if (!arena_failed(f->c->a))
				report(f, &f->computed[i], k);
			return false;
		}
		arena_rewind(f->c->a, mark);
	}
	return true;
}

/* @computed: the round in which computed claims are gathered; then copies meet them. */
static bool visit_block(struct conflict *f, const struct rule *r, const struct block *b,
	const struct ast_block *ast, bool computed)
{
	struct case_ k = { .rule = r, .block = b, .ast = ast };
	uint32_t fixed;

	if (b->kind != BLOCK_ACCEPT || !find_claim(f, b, ast, &k.claim, &k.ast_claim) ||
		is_computed(k.claim) != computed)
		return true;
	fixed = first_values(&k);
	do {
		struct arena_mark mark = arena_mark(f->c->a);

		if (!fill_case(f->c, &k) || !compare(f, &k))
			return false;
		if (!computed) {
			arena_rewind(f->c->a, mark);
			continue;
		}
		if (f->n_computed == CASES_MAX) {
			check_error(f->c, DIAG_TOO_MANY, ast->span,
				"more than %d computed claims on '%.*s' to compare", CASES_MAX,
				STR_FMT(f->c->policy->attr[f->attr].name));
			return false;
		}
		f->computed[f->n_computed++] = k;
	} while (next_values(&k, fixed));
	return true;
}

static bool visit_all(struct conflict *f, bool computed)
{
	const struct ast_rule *ast = f->c->ast->first_rule;
	uint32_t i, n;

	for (i = 0; i < f->c->policy->n_rules; i++, ast = ast->next) {
		const struct rule *r = &f->c->policy->rule[i];
		const struct ast_block *block = ast->first_block;

		for (n = 0; n < r->n_blocks; n++, block = block->next)
			if (!visit_block(f, r, &r->block[n], block, computed))
				return false;
	}
	return true;
}

/* Which attributes are claimed with a computed value anywhere? */
static uint32_t computed_attrs(const struct policy *p, bool *computed)
{
	uint32_t i, k, j, n = 0;

	for (i = 0; i < p->n_rules; i++)
		for (k = 0; k < p->rule[i].n_blocks; k++)
			for (j = 0; j < p->rule[i].block[k].n_claims; j++) {
				const struct claim *x = &p->rule[i].block[k].claim[j];

				n += !x->copy;
				computed[x->attr] |= !x->copy;
			}
	return n;
}

bool check_claim_conflicts(struct check *c)
{
	bool computed[ATTR_FIRST + ATTRS_MAX] = { 0 };
	bool good = true;
	uint16_t i;

	if (computed_attrs(c->policy, computed) == 0)
		return true;
	for (i = ATTR_FIRST; i < c->policy->n_attrs; i++) {
		struct conflict f = { .c = c, .attr = i };

		if (!computed[i])
			continue;
		f.computed = arena_new_array(c->a, CASES_MAX, struct case_);
		if (!f.computed)
			return false;
		good &= visit_all(&f, true) && visit_all(&f, false);
	}
	return good;
}
