/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Blocks: those that accept nothing, those that another one covers, refusals that take nothing
 * away, and clauses that let in more than their author has probably meant.
 */
#include <errno.h>

#include "lint/lint-parts.h"

struct at_block {
	const struct rule *rule;
	const struct block *block;
};

static uint32_t clauses_on(const struct block *b, uint16_t attr)
{
	uint32_t i, n = 0;

	for (i = 0; i < b->n_clauses; i++)
		n += b->clause[i].attr == attr;
	return n;
}

static const struct clause *clause_on(const struct block *b, uint16_t attr)
{
	uint32_t i;

	for (i = 0; i < b->n_clauses; i++)
		if (b->clause[i].attr == attr)
			return &b->clause[i];
	return NULL;
}

/* ---- blocks that accept nothing ---------------------------------------------------------------- */

/* One attribute with two clauses or more that no value takes, under any binding. */
static int look_for_empty(struct lint *l, const struct at_block *x)
{
	struct bound_rule b;
	uint32_t i;
	int r;

	for (i = 0; i < x->block->n_clauses; i++) {
		const struct clause *c = &x->block->clause[i];
		bool possible = false;

		if (clauses_on(x->block, c->attr) < 2 || clause_on(x->block, c->attr) != c)
			continue;
		r = when_first(x->rule, &b);
		if (r < 0)
			return r;
		do {
			struct bound_rule in = b;

			r = block_first(x->block, &in);
			if (r < 0)
				return r;
			do {
				struct arena_mark m = arena_mark(l->a);

				r = attr_possible(l, c->attr, x->block->clause, x->block->n_clauses, &in,
					NULL, &possible, NULL);
				arena_rewind(l->a, m);
				if (r < 0)
					return r;
			} while (!possible && block_next(x->block, &in));
		} while (!possible && when_next(x->rule, &b));
		if (possible)
			continue;
		lint_other(l,
			lint_at(l, DIAG_BLOCK_NEVER, c->place,
				"no value of '%.*s' passes all that this block says of it",
				STR_FMT(l->p->attr[c->attr].name)),
			x->block->place, "this block has no effect");
		return 0;
	}
	return 0;
}

/* ---- blocks that another covers ----------------------------------------------------------------- */

static bool operand_equal(const struct operand *a, const struct operand *b)
{
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case OPERAND_NONE:
	case OPERAND_SELF:
		return true;
	case OPERAND_SELF_NAME:
		return a->local == b->local && a->ref == b->ref;
	default:
		return false; /* constants are compared by what they mean */
	}
}

static bool has_clause(const struct block *b, const struct clause *c)
{
	uint32_t i;

	for (i = 0; i < b->n_clauses; i++)
		if (b->clause[i].attr == c->attr && b->clause[i].op == c->op &&
			operand_equal(&b->clause[i].operand, &c->operand))
			return true;
	return false;
}

/* Does the clause take the target's own value, whatever it is? Absence too. */
static bool takes_own(const struct clause *c)
{
	if (c->op == OP_ANY)
		return true;
	return c->operand.kind == OPERAND_SELF &&
	       (c->op == OP_EQ || c->op == OP_LE || c->op == OP_GE || c->op == OP_SUBSET ||
		       c->op == OP_SUPERSET || c->op == OP_NOT_NEWER);
}

/* All that @x takes of an attribute, does @y take? Only said of what is certain. */
static int attr_covered(struct lint *l, const struct block *x, const struct block *y,
	uint16_t attr, bool *ret)
{
	uint32_t nx = clauses_on(x, attr), ny = clauses_on(y, attr), i;
	bool constant = true, own = nx == 0;

	/* A dynamic attribute left out is not the target's own, but any, and claimed. */
	own &= !l->p->attr[attr].dynamic;
	for (i = 0; i < x->n_clauses; i++)
		own |= x->clause[i].attr == attr && x->clause[i].op == OP_EQ &&
		       x->clause[i].operand.kind == OPERAND_SELF;
	*ret = false;
	if (ny == 0) {
		*ret = nx == 0 || (own && !l->p->attr[attr].dynamic);
		return 0;
	}
	for (i = 0; i < y->n_clauses; i++) {
		const struct clause *c = &y->clause[i];

		if (c->attr != attr)
			continue;
		if (c->op == OP_ANY || has_clause(x, c) || (own && takes_own(c)))
			continue;
		if (nx == 0 || !clause_is_constant(c))
			return 0;
		constant = false;
	}
	if (constant) {
		*ret = true;
		return 0;
	}
	return attr_subset(l, attr, x->clause, x->n_clauses, y->clause, y->n_clauses, ret);
}

/* Whoever meets x's conditions, does he meet y's? */
static int conditions_covered(struct lint *l, const struct rule *x, const struct rule *y, bool *ret)
{
	uint32_t i;
	int r;

	*ret = true;
	for (i = 0; i < y->n_when && *ret; i++) {
		const struct clause *c = &y->when[i];

		if (c->operand.n_tmpl + c->operand.prefixes.n > 0) {
			*ret = false;
			return 0;
		}
		r = attr_subset(l, c->attr, x->when, x->n_when, c, 1, ret);
		if (r < 0)
			return r;
	}
	return 0;
}

static bool has_bindings(const struct at_block *x)
{
	return x->rule->n_vars > 0;
}

static int block_covered(struct lint *l, const struct at_block *x, const struct at_block *y,
	bool *ret)
{
	uint32_t i;
	int r = 0;

	*ret = false;
	if (has_bindings(x) || has_bindings(y) || x->block->n_claims + y->block->n_claims > 0)
		return 0;
	/* A claim that only one of them makes is an effect. */
	for (i = 0; i < l->p->n_attrs; i++)
		if (l->p->attr[i].dynamic && !clause_on(x->block, (uint16_t)i) !=
						    !clause_on(y->block, (uint16_t)i))
			return 0;
	if (x->rule != y->rule)
		r = conditions_covered(l, x->rule, y->rule, ret);
	else
		*ret = true;
	for (i = 0; r == 0 && *ret && i < l->p->n_attrs; i++)
		r = attr_covered(l, x->block, y->block, (uint16_t)i, ret);
	return r;
}

/* Said of the rule already; what follows from that about its blocks is no news. */
static bool rule_is_never(const struct lint *l, const struct rule *r)
{
	size_t i = r - l->p->rule;

	return i < LINT_RULES_MAX && l->never[i];
}

static int look_for_covered(struct lint *l, const struct at_block *list, uint32_t n)
{
	uint32_t i, k;
	bool covered, back;
	int r;

	for (i = 0; i < n; i++)
		for (k = 0; k < n; k++) {
			if (k == i || list[i].block->kind != BLOCK_ACCEPT ||
				list[k].block->kind != BLOCK_ACCEPT ||
				rule_is_never(l, list[i].rule))
				continue;
			r = block_covered(l, &list[i], &list[k], &covered);
			if (r < 0)
				return r;
			if (!covered)
				continue;
			/* Of two that are equal the second. */
			r = block_covered(l, &list[k], &list[i], &back);
			if (r < 0)
				return r;
			if (back && i < k)
				continue;
			lint_other(l,
				lint_at(l, DIAG_BLOCK_COVERED, list[i].block->place,
					"whatever this block accepts, another accepts as well"),
				list[k].block->place, "this one");
			break;
		}
	return 0;
}

/* ---- refusals ----------------------------------------------------------------------------------- */

/*
 * Can one source value pass both? Of the accepting block count its clauses with constants; where
 * it takes the target's own value only, the conditions that the target met.
 */
static int attr_meets(struct lint *l, const struct at_block *accept, const struct block *refuse,
	uint16_t attr, bool *ret)
{
	const struct rule *rule = accept->rule;
	struct clause *all = arena_new_array(l->a,
		(size_t)rule->n_when + accept->block->n_clauses + refuse->n_clauses, struct clause);
	struct bound_rule none = { .rule = rule };
	uint32_t n = 0, i;
	bool own = clauses_on(accept->block, attr) == 0 && !l->p->attr[attr].dynamic;

	*ret = true;
	if (!all)
		return -ENOMEM;
	for (i = 0; i < accept->block->n_clauses; i++) {
		const struct clause *c = &accept->block->clause[i];

		own |= c->attr == attr && c->op == OP_EQ && c->operand.kind == OPERAND_SELF;
		if (c->attr == attr && (c->operand.n_tmpl > 0 || c->operand.kind == OPERAND_EXPR))
			return 0;
		if (c->attr == attr)
			all[n++] = *c;
	}
	for (i = 0; own && i < rule->n_when; i++)
		if (rule->when[i].attr == attr && rule->when[i].operand.n_tmpl == 0 &&
			rule->when[i].operand.kind != OPERAND_EXPR)
			all[n++] = rule->when[i];
	for (i = 0; i < refuse->n_clauses; i++) {
		const struct clause *c = &refuse->clause[i];

		if (c->attr == attr && (c->operand.n_tmpl > 0 || c->operand.kind == OPERAND_EXPR))
			return 0;
		if (c->attr == attr)
			all[n++] = *c;
	}
	memset(none.value, 0xff, sizeof(none.value));
	return attr_possible(l, attr, all, n, &none, NULL, ret, NULL);
}

static int look_for_vain_refusal(struct lint *l, const struct at_block *list, uint32_t n,
	const struct at_block *x)
{
	uint32_t i, k, accepts = 0;
	bool meets;
	int r;

	for (i = 0; i < n; i++) {
		bool apart = false;

		if (list[i].block->kind != BLOCK_ACCEPT)
			continue;
		accepts++;
		for (k = 0; k < x->block->n_clauses && !apart; k++) {
			struct arena_mark m = arena_mark(l->a);

			r = attr_meets(l, &list[i], x->block, x->block->clause[k].attr, &meets);
			arena_rewind(l->a, m);
			if (r < 0)
				return r;
			apart = !meets;
		}
		if (!apart) {
			bool vain = false;

			r = refusal_is_vain(l, x->rule, x->block, &vain);
			if (r < 0 || !vain)
				return r;
			break;
		}
	}
	if (accepts == 0)
		lint_at(l, DIAG_REFUSE_NOTHING, x->block->place,
			"no block accepts anything, so nothing is taken away here")->help =
			STR("leave the block out, or write what is accepted: 'accept same;'");
	else
		lint_at(l, DIAG_REFUSE_NOTHING, x->block->place,
			"no block accepts any of this, so nothing is taken away here")->help =
			STR("leave the block out, or name something that an accept block lets in");
	return 0;
}

/* ---- all of them --------------------------------------------------------------------------------- */

static int collect_blocks(struct lint *l, struct at_block **ret, uint32_t *ret_n)
{
	struct at_block *list;
	uint32_t n = 0, i, k;

	for (i = 0; i < l->p->n_rules; i++)
		n += l->p->rule[i].n_blocks;
	list = arena_new_array(l->a, n, struct at_block);
	if (!list)
		return -ENOMEM;
	for (i = n = 0; i < l->p->n_rules; i++)
		for (k = 0; k < l->p->rule[i].n_blocks; k++)
			list[n++] = (struct at_block){ &l->p->rule[i], &l->p->rule[i].block[k] };
	*ret = list;
	*ret_n = n;
	return 0;
}

int lint_blocks(struct lint *l)
{
	struct at_block *list;
	uint32_t n, i;
	int r = collect_blocks(l, &list, &n);

	for (i = 0; i < n && r == 0; i++) {
		struct arena_mark m = arena_mark(l->a);

		r = i < LINT_BLOCKS_MAX ? look_for_empty(l, &list[i]) : 0;
		if (r == 0 && list[i].block->kind == BLOCK_ACCEPT)
			r = lint_more(l, list[i].block);
		if (r == 0 && list[i].block->kind == BLOCK_REFUSE && n <= LINT_BLOCKS_MAX &&
			l->p->narrows.n == 0)
			r = look_for_vain_refusal(l, list, n, &list[i]);
		arena_rewind(l->a, m);
		if (r == -E2BIG)
			r = 0;
	}
	return r == 0 && n <= LINT_BLOCKS_MAX ? look_for_covered(l, list, n) : r;
}
