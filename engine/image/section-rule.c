/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Decodes one rule of a section. It knows which operand an operator may have on an attribute of
 * which type, and which variables are bound where, so that the evaluator may take a decoded
 * rule as it is. What a rule means is the evaluator's.
 */
#include "engine/image/cursor.h"
#include "engine/image/layout.h"

/* Where a clause or an expression stands decides what it may speak of. */
enum part { PART_WHEN, PART_BLOCK, PART_CLAIM };

struct where {
	const struct policy *head;
	const struct rule *rule;
	enum part part;
	uint32_t vars; /* those that have a value here */
};

static bool var_bound(const struct where *w, uint64_t var)
{
	return var < w->rule->n_vars && (w->vars >> var & 1);
}

/* ---- expressions ------------------------------------------------------------------------- */

static bool source_valid(const struct where *w, int64_t attr)
{
	const struct attr_type *t;

	if (w->part != PART_CLAIM || attr < ATTR_FIRST || attr >= w->head->n_attrs)
		return false;
	t = &w->head->attr[attr].type;
	/* The evaluator tries each value of its domain. */
	return t->type.tag == VT_INT && (uint64_t)t->hi - (uint64_t)t->lo < SOURCE_VALUES_MAX;
}

static void get_expr(struct cursor *c, const struct where *w, struct expr *ret)
{
	uint32_t i, n = cursor_count(c, EXPR_NODES_MAX, 1);
	struct expr_node *node = cursor_alloc(c, n, sizeof(*node));
	unsigned depth = 0;

	cursor_check(c, n > 0);
	if (!node)
		return;
	for (i = 0; i < n && c->error == 0; i++) {
		node[i].op = (enum expr_op)cursor_uint(c, EXPR_DIV);
		switch (node[i].op) {
		case EXPR_CONST:
			node[i].num = cursor_int(c);
			depth++;
			break;
		case EXPR_VAR:
			node[i].num = (int64_t)cursor_uint(c, TEMPLATE_VARS_MAX);
			cursor_check(c, var_bound(w, (uint64_t)node[i].num));
			depth++;
			break;
		case EXPR_SELF:
			cursor_check(c, w->part == PART_BLOCK);
			depth++;
			break;
		case EXPR_SOURCE:
			node[i].num = (int64_t)cursor_uint(c, ATTR_FIRST + ATTRS_MAX);
			cursor_check(c, source_valid(w, node[i].num));
			depth++;
			break;
		default:
			cursor_check(c, depth >= 2);
			depth--;
			break;
		}
	}
	cursor_check(c, depth == 1);
	ret->node = node;
	ret->n = (uint8_t)n;
}

/* ---- operands ---------------------------------------------------------------------------- */

static void get_tmpl(struct cursor *c, const struct where *w, struct tmpl *ret)
{
	uint32_t i, n = cursor_count(c, TEMPLATE_PIECES_MAX, 1);
	struct tmpl_piece *piece = cursor_alloc(c, n, sizeof(*piece));

	cursor_check(c, n > 0);
	if (!piece)
		return;
	for (i = 0; i < n && c->error == 0; i++) {
		piece[i].var = (int16_t)((int)cursor_uint(c, TEMPLATE_VARS_MAX) - 1);
		if (piece[i].var < 0)
			piece[i].text = cursor_name(c, WORD_MAX_LEN);
		else
			cursor_check(c, var_bound(w, (uint64_t)piece[i].var));
	}
	ret->piece = piece;
	ret->n = (uint8_t)n;
}

static const struct tmpl *get_tmpls(struct cursor *c, const struct where *w, uint32_t *ret_n)
{
	uint32_t i, n = cursor_count(c, WORDS_MAX, 2);
	struct tmpl *tmpl = cursor_alloc(c, n, sizeof(*tmpl));

	cursor_check(c, n > 0);
	if (!tmpl)
		return NULL;
	for (i = 0; i < n && c->error == 0; i++)
		get_tmpl(c, w, &tmpl[i]);
	*ret_n = n;
	return tmpl;
}

static void get_words(struct cursor *c, const struct where *w, struct value_type t,
	enum clause_op op, struct operand *o)
{
	static const struct value_type string = { .tag = VT_STRING };
	unsigned flags = (unsigned)cursor_uint(c, WORDS_FLAGS);

	o->words = cursor_words(c, t);
	if (flags & WORDS_TMPL)
		o->tmpl = get_tmpls(c, w, &o->n_tmpl);
	if (flags & WORDS_PREFIXES)
		o->prefixes = cursor_words(c, string);
	if (flags & WORDS_EXCEPT)
		o->except_words = cursor_words(c, t);
	if (flags & WORDS_EXCEPT_TMPL)
		o->except_tmpl = get_tmpls(c, w, &o->n_except_tmpl);
	if (flags & WORDS_EXCEPT_PREFIXES)
		o->except_prefixes = cursor_words(c, string);
	cursor_check(c, (o->prefixes.n > 0) == !!(flags & WORDS_PREFIXES) &&
				(o->except_words.n > 0) == !!(flags & WORDS_EXCEPT) &&
				(o->except_prefixes.n > 0) == !!(flags & WORDS_EXCEPT_PREFIXES));
	if (w->part != PART_WHEN)
		cursor_check(c, !(flags & (WORDS_PREFIXES | WORDS_EXCEPT_PREFIXES)));
	if (op == OP_EQ)
		cursor_check(c, o->words.n + o->n_tmpl + o->prefixes.n == 1 &&
					flags < WORDS_EXCEPT);
}

static void get_sets(struct cursor *c, struct value_type t, struct operand *o)
{
	uint32_t i, n = cursor_count(c, WORDS_MAX, 1);
	struct word_set *sets = cursor_alloc(c, n, sizeof(*sets));

	if (!sets)
		return;
	for (i = 0; i < n && c->error == 0; i++)
		sets[i] = cursor_words(c, t);
	o->sets = sets;
	o->n_values = n;
}

static void get_masks(struct cursor *c, struct value_type t, struct operand *o)
{
	uint32_t i, n = cursor_count(c, WORDS_MAX, 1);
	uint64_t(*masks)[4] = cursor_alloc(c, n, sizeof(*masks));
	struct value v = { .type = t };

	if (!masks)
		return;
	for (i = 0; i < n && c->error == 0; i++) {
		cursor_bits(c, t, masks[i]);
		memcpy(v.bits, masks[i], sizeof(v.bits));
		cursor_check(c, value_valid(&v));
	}
	o->masks = (const uint64_t(*)[4])masks;
	o->n_values = n;
}

/* self.NAME: a value of the same type, or a range list to be `in`. */
static bool ref_valid(const struct where *w, const struct attr *attr, enum clause_op op,
	const struct operand *o)
{
	const struct attr *ref;

	if (o->ref >= (o->local ? w->head->n_locals : w->head->n_attrs))
		return false;
	ref = o->local ? &w->head->local[o->ref] : &w->head->attr[o->ref];
	if (!value_type_eq(ref->type.type, attr->type.type))
		return false;
	return ref->type.list ? op == OP_IN : op != OP_IN;
}

static bool kind_fits(enum operand_kind kind, enum clause_op op, struct value_type t, enum part part)
{
	bool none = op == OP_ANY || op == OP_ABSENT || op == OP_PRESENT;
	bool listed = op == OP_EQ || op == OP_IN;

	if (none || kind == OPERAND_NONE)
		return none && kind == OPERAND_NONE;
	switch (kind) {
	case OPERAND_SELF:
		return part != PART_WHEN && op != OP_IN;
	case OPERAND_SELF_NAME:
		return part != PART_WHEN;
	case OPERAND_WORDS:
		return listed && value_type_is_word(t);
	case OPERAND_RANGES:
		return (listed || op == OP_LE || op == OP_GE) && value_type_is_line(t);
	case OPERAND_BOOL:
		return listed && t.tag == VT_BOOL;
	case OPERAND_SETS:
		return t.tag == VT_SET;
	case OPERAND_MASKS:
		return t.tag == VT_MASK;
	case OPERAND_EXPR:
		return (op == OP_EQ || op == OP_LE || op == OP_GE) && t.tag == VT_INT;
	case OPERAND_NONE:
		break;
	}
	return false;
}

static void get_operand(struct cursor *c, const struct where *w, const struct attr *attr,
	enum clause_op op, struct operand *o)
{
	struct value_type t = attr->type.type;
	unsigned v;

	o->kind = (enum operand_kind)cursor_uint(c, OPERAND_EXPR);
	if (!clause_op_fits(op, t) || !kind_fits(o->kind, op, t, w->part)) {
		cursor_fail(c, -EBADMSG);
		return;
	}
	switch (o->kind) {
	case OPERAND_NONE:
	case OPERAND_SELF:
		break;
	case OPERAND_SELF_NAME:
		v = (unsigned)cursor_uint(c, 2 * (ATTR_FIRST + ATTRS_MAX));
		o->local = v & 1;
		o->ref = (uint16_t)(v >> 1);
		cursor_check(c, ref_valid(w, attr, op, o));
		break;
	case OPERAND_WORDS:
		get_words(c, w, t, op, o);
		break;
	case OPERAND_RANGES:
		o->ranges = cursor_ranges(c, value_type_line(t));
		cursor_check(c, o->ranges.n == 1 || op == OP_EQ || op == OP_IN);
		break;
	case OPERAND_BOOL:
		v = (unsigned)cursor_uint(c, 3);
		o->has_no = v & 1;
		o->has_yes = v >> 1;
		break;
	case OPERAND_SETS:
		get_sets(c, t, o);
		cursor_check(c, o->n_values == 1 || op == OP_IN);
		break;
	case OPERAND_MASKS:
		get_masks(c, t, o);
		cursor_check(c, o->n_values == 1 || op == OP_IN);
		break;
	case OPERAND_EXPR:
		get_expr(c, w, &o->expr);
		break;
	}
}

/* ---- rules ------------------------------------------------------------------------------- */

static const struct clause *get_clauses(struct cursor *c, const struct where *w, uint32_t *ret_n)
{
	uint32_t i, n = cursor_count(c, CLAUSES_MAX, 5);
	struct clause *clause = cursor_alloc(c, n, sizeof(*clause));

	if (!clause)
		return NULL;
	for (i = 0; i < n && c->error == 0; i++) {
		clause[i].attr = (uint16_t)cursor_uint(c, w->head->n_attrs - 1);
		clause[i].op = (enum clause_op)cursor_uint(c, OP_MAX_ - 1);
		get_operand(c, w, &w->head->attr[clause[i].attr], clause[i].op,
			&clause[i].operand);
		clause[i].place = cursor_place(c);
	}
	*ret_n = n;
	return clause;
}

static const struct claim *get_claims(struct cursor *c, const struct where *w, uint32_t *ret_n)
{
	uint32_t i, n = cursor_count(c, ATTRS_MAX, 4);
	struct claim *claim = cursor_alloc(c, n, sizeof(*claim));

	if (!claim)
		return NULL;
	for (i = 0; i < n && c->error == 0; i++) {
		const struct attr *attr;

		claim[i].attr = (uint16_t)cursor_uint(c, w->head->n_attrs - 1);
		attr = &w->head->attr[claim[i].attr];
		cursor_check(c, attr->dynamic);
		claim[i].copy = cursor_bool(c);
		if (!claim[i].copy) {
			cursor_check(c, attr->type.type.tag == VT_INT);
			get_expr(c, w, &claim[i].expr);
		}
		claim[i].place = cursor_place(c);
	}
	*ret_n = n;
	return claim;
}

/* Not more combinations of @vars than a block, or a rule's conditions, may have. */
static bool bindings_bounded(const struct rule *r, uint32_t vars)
{
	uint32_t i, n = 1;

	for (i = 0; i < r->n_vars; i++) {
		if (!(vars >> i & 1))
			continue;
		n *= r->var[i].n;
		if (n > BINDINGS_MAX)
			return false;
	}
	return true;
}

static void get_block(struct cursor *c, struct where *w, uint32_t when_vars, struct block *ret)
{
	ret->kind = (enum block_kind)cursor_uint(c, BLOCK_REFUSE);
	ret->vars = (uint32_t)cursor_uint(c, (1u << w->rule->n_vars) - 1);
	ret->place = cursor_place(c);
	cursor_check(c, !(ret->vars & when_vars) && bindings_bounded(w->rule, ret->vars));
	w->vars = ret->vars | when_vars;
	w->part = PART_BLOCK;
	ret->clause = get_clauses(c, w, &ret->n_clauses);
	w->part = PART_CLAIM;
	ret->claim = get_claims(c, w, &ret->n_claims);
	cursor_check(c, ret->n_claims == 0 || ret->kind == BLOCK_ACCEPT);
}

/* Returns which of them the conditions bind. */
static uint32_t get_vars(struct cursor *c, struct rule *ret)
{
	uint32_t i, j, n = cursor_count(c, TEMPLATE_VARS_MAX, 4), when = 0;
	struct tmpl_var *var = cursor_alloc(c, n, sizeof(*var));
	struct str *value;

	if (!var)
		return 0;
	for (i = 0; i < n && c->error == 0; i++) {
		var[i].name = cursor_name(c, NAME_MAX_LEN);
		var[i].when = cursor_bool(c);
		when |= (uint32_t)var[i].when << i;
		var[i].n = (uint16_t)cursor_count(c, TEMPLATE_VALUES_MAX, 1);
		value = cursor_alloc(c, var[i].n, sizeof(*value));
		cursor_check(c, var[i].n > 0);
		if (!value)
			return 0;
		for (j = 0; j < var[i].n && c->error == 0; j++) {
			value[j] = cursor_text(c, WORD_MAX_LEN);
			if (!value[j].p)
				value[j].p = "";
		}
		var[i].value = value;
	}
	ret->var = var;
	ret->n_vars = (uint8_t)n;
	return when;
}

void decode_rule(struct cursor *c, const struct policy *head, uint32_t number, struct rule *ret)
{
	struct where w = { .head = head, .rule = ret };
	uint32_t i, n, when_vars;
	struct block *block;

	cursor_check(c, cursor_uint(c, UINT32_MAX) == number);
	ret->name = cursor_text(c, NAME_MAX_LEN);
	ret->place = cursor_place(c);
	ret->migratable_no = cursor_bool(c);
	if (ret->migratable_no)
		ret->migratable_place = cursor_place(c);
	when_vars = get_vars(c, ret);
	cursor_check(c, bindings_bounded(ret, when_vars));
	w.part = PART_WHEN;
	w.vars = when_vars;
	ret->when = get_clauses(c, &w, &ret->n_when);
	n = cursor_count(c, BLOCKS_MAX, 6);
	block = cursor_alloc(c, n, sizeof(*block));
	for (i = 0; block && i < n && c->error == 0; i++)
		get_block(c, &w, when_vars, &block[i]);
	ret->block = block;
	ret->n_blocks = block ? n : 0;
	cursor_check(c, c->at == c->end);
}
