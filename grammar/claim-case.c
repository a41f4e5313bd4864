/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which values a block's conditions and clauses leave each attribute, of oneself and of the
 * source, and whether two blocks can hold at once. Facts are not known here, so what cannot be
 * told is possible.
 */
#include "grammar/claim-case.h"

#define EXPANDED_MAX 256 /* words that one template is expanded to */

/* ---- intersections ------------------------------------------------------------------------ */

static bool has_prefix(struct word_set prefixes, struct str w)
{
	uint32_t i;

	for (i = 0; i < prefixes.n; i++)
		if (str_starts(w, prefixes.w[i]))
			return true;
	return false;
}

/* The words of @x that @y has too; all of both where prefixes make that hard. */
static bool meet_words(struct check *c, const struct possible *x, const struct possible *y,
	struct possible *ret)
{
	uint32_t i, k = 0, n = 0;
	struct str *w;

	if (x->prefixes.n > 0 && y->prefixes.n > 0) {
		*ret = *x;
		return true;
	}
	if (x->prefixes.n > 0)
		return meet_words(c, y, x, ret);
	/* One constant, used in both. */
	if (x->words.w == y->words.w && x->words.n == y->words.n) {
		*ret = (struct possible){ .words = x->words };
		return true;
	}
	w = arena_new_array(c->a, x->words.n, struct str);
	if (!w)
		return false;
	for (i = 0; i < x->words.n; i++) {
		while (k < y->words.n && str_cmp(y->words.w[k], x->words.w[i]) < 0)
			k++;
		if ((k < y->words.n && str_eq(y->words.w[k], x->words.w[i])) ||
			has_prefix(y->prefixes, x->words.w[i]))
			w[n++] = x->words.w[i];
	}
	*ret = (struct possible){ .words = { w, n } };
	return true;
}

/* What that costs: words and intervals that are looked at. */
static uint64_t cost_of(const struct possible *x, const struct possible *y)
{
	uint64_t words = x->words.w == y->words.w ? 1 : (uint64_t)x->words.n + y->words.n;

	words += (uint64_t)x->words.n * y->prefixes.n + (uint64_t)y->words.n * x->prefixes.n;
	return 1 + words + x->ranges.n + y->ranges.n;
}

static bool meet(struct check *c, const struct possible *x, const struct possible *y,
	struct possible *ret, uint64_t *cost)
{
	struct possible p;

	if (x->all || y->all) {
		*cost += 1;
		p = x->all ? *y : *x;
	} else {
		*cost += cost_of(x, y);
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
	struct possible p = { .prefixes = o->prefixes };
	struct vec words = { 0 };
	uint32_t i;

	if (o->n_tmpl == 0 && o->except_words.n == 0) {
		p.words = o->words;
		return p;
	}
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
	return p;
}

bool case_compute(const struct case_ *k, const struct expr *e, int64_t source, int64_t *ret)
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
	if (!case_compute(k, &clause->operand.expr, 0, &v))
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

static bool add_clause(struct check *c, struct case_ *k, const struct clause *clause,
	struct possible *to)
{
	struct possible p = possible_values(c, k, clause);

	return meet(c, to, &p, to, &k->cost);
}

/* ---- cases ------------------------------------------------------------------------------- */

bool case_fill(struct check *c, struct case_ *k)
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

bool cases_can_meet(struct check *c, const struct case_ *x, const struct case_ *y, uint16_t attr,
	struct possible *ret_source, uint64_t *cost)
{
	uint32_t i;

	for (i = 0; i < c->policy->n_attrs; i++) {
		struct possible self, p;

		if (!meet(c, &x->self[i], &y->self[i], &self, cost) ||
			!meet(c, &x->source[i], &y->source[i], &p, cost))
			return true;
		if (is_empty(&self))
			return false;
		if ((x->equal[i] || y->equal[i]) && !meet(c, &p, &self, &p, cost))
			return true;
		if (is_empty(&p))
			return false;
		if (i == attr)
			*ret_source = p;
	}
	return true;
}
