/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Clauses: which operator suits which type, which operand suits both, and what it becomes. In a
 * condition both sides of every clause are one's own, so it compares with constants only.
 */
#include "grammar/check.h"

struct where {
	enum clause_part part;
	struct vars *v;
	const struct ast_clause *from;
	const struct symbol *s;
};

#define NAME(w) STR_FMT((w)->s->attr.name)

/* ---- operators --------------------------------------------------------------------------- */

static struct str instead(struct value_type t, enum clause_op op)
{
	if (value_type_is_long(t))
		return STR("sets are compared with ==, in, subset, superset, disjoint");
	if (t.tag == VT_INT && op == OP_NOT_NEWER)
		return STR("write '<='");
	if (value_type_is_line(t))
		return STR("write 'in' for a range, '<=' or '>=' for an order");
	return STR("words are compared with == and in");
}

static bool check_operator(struct check *c, const struct where *w)
{
	struct value_type t = w->s->attr.type.type;
	struct diag *x;

	if (clause_op_fits(w->from->op, t))
		return true;
	x = check_error(c, DIAG_OPERATOR, w->from->op_span, "'%s' does not suit '%.*s', %.*s",
		clause_op_name(w->from->op), NAME(w), STR_FMT(a_type(c, &w->s->attr.type)));
	check_other(c, x, w->from->attr.span, STR("this attribute"));
	x->help = instead(t, w->from->op);
	return false;
}

/* ---- self -------------------------------------------------------------------------------- */

static bool refuse_two_sides(struct check *c, const struct where *w, const struct elem *e)
{
	check_error(c, DIAG_CONDITION, e->span,
		"a condition speaks of one side; '%.*s' is used in blocks", QUOTE(c, e->text))
		->help = STR("write the clause into 'accept same but { ... }'");
	return false;
}

static bool use_self(struct check *c, const struct where *w, const struct elem *e,
	struct operand *ret)
{
	if (w->part == PART_WHEN)
		return refuse_two_sides(c, w, e);
	if (w->from->op == OP_IN) {
		check_error(c, DIAG_OPERAND, e->span, "'in' takes a list, and 'self' is one value")
			->help = check_text(c, "write '%.*s == self'", NAME(w));
		return false;
	}
	ret->kind = OPERAND_SELF;
	return true;
}

static struct symbol *find_member(struct check *c, const struct elem *e, struct str name)
{
	struct symbol *s = symtab_find(&c->values, name);
	struct diag *x;

	if (s)
		return s;
	x = check_error(c, DIAG_UNKNOWN_LOCAL, e->span, "there is no local or attribute '%.*s'",
		QUOTE(c, name));
	check_suggest_name(c, x, name, &c->values);
	return NULL;
}

/* self.NAME: a value of the same type, or a range list to be `in`. */
static bool use_member(struct check *c, const struct where *w, const struct elem *e,
	struct str name, struct operand *ret)
{
	const struct symbol *s;
	struct diag *x;

	if (w->part == PART_WHEN)
		return refuse_two_sides(c, w, e);
	s = find_member(c, e, name);
	if (!s || s->broken)
		return false;
	if (!value_type_eq(s->attr.type.type, w->s->attr.type.type)) {
		x = check_error(c, DIAG_OPERAND, e->span, "'%.*s' is %.*s, '%.*s' is %.*s",
			QUOTE(c, e->text), STR_FMT(a_type(c, &s->attr.type)), NAME(w),
			STR_FMT(a_type(c, &w->s->attr.type)));
		if (s->decl)
			check_other(c, x, s->decl->type.span, STR("declared here"));
		return false;
	}
	if (s->attr.type.list != (w->from->op == OP_IN)) {
		check_error(c, DIAG_OPERAND, e->span, s->attr.type.list ?
				"'%.*s' is a list; only 'in' takes one" :
				"'in' takes a list, and '%.*s' is one value", QUOTE(c, e->text))
			->help = check_text(c, "write '%.*s %s %.*s'", NAME(w),
				s->attr.type.list ? "in" : "==", QUOTE(c, e->text));
		return false;
	}
	if (w->part == PART_REFUSE && s->local && s->attr.presence != PRESENCE_DEFAULT) {
		x = check_error(c, DIAG_NEEDS_DEFAULT, e->span,
			"'%.*s' has no default: where it is absent, nothing would be refused",
			QUOTE(c, e->text));
		check_other(c, x, s->decl->name.span, STR("declared here"));
		return false;
	}
	ret->kind = OPERAND_SELF_NAME;
	ret->local = s->local;
	ret->ref = s->number;
	return true;
}

/* ---- lists ------------------------------------------------------------------------------- */

static bool lower_templates(struct check *c, const struct where *w, const struct vec *from,
	const struct tmpl **ret, uint32_t *ret_n)
{
	struct tmpl *t;
	uint32_t i;
	bool good = true;

	if (from->n == 0)
		return true;
	t = arena_new_array(c->a, from->n, struct tmpl);
	if (!t)
		return false;
	for (i = 0; i < from->n; i++)
		good &= template_lower(c, w->v, ((const struct elem **)from->p)[i], &t[i]);
	*ret = t;
	*ret_n = from->n;
	return good;
}

static bool copy_words(struct check *c, const struct vec *v, struct word_set *ret)
{
	struct str *w = arena_new_array(c->a, v->n, struct str);

	if (!w)
		return false;
	if (v->n > 0)
		memcpy(w, v->p, v->n * sizeof(*w));
	*ret = words_normal(w, v->n);
	return true;
}

static bool lower_words(struct check *c, const struct where *w, struct pile *in,
	struct pile *except, struct operand *ret)
{
	bool constant = in->templates.n + except->templates.n + in->prefixes.n +
			except->prefixes.n == 0;
	struct word_set less;

	ret->kind = OPERAND_WORDS;
	ret->prefixes = words_normal(in->prefixes.p, in->prefixes.n);
	ret->except_prefixes = words_normal(except->prefixes.p, except->prefixes.n);
	if (!lower_templates(c, w, &in->templates, &ret->tmpl, &ret->n_tmpl) ||
		!lower_templates(c, w, &except->templates, &ret->except_tmpl,
			&ret->n_except_tmpl))
		return false;
	less = words_normal(except->words.p, except->words.n);
	if (!constant || less.n == 0) {
		ret->words = words_normal(in->words.p, in->words.n);
		ret->except_words = less;
		return true;
	}
	/* Constants are shared; what is taken away is taken from a copy. */
	if (!copy_words(c, &in->words, &ret->words))
		return false;
	ret->words = words_minus((struct str *)ret->words.w, ret->words.n, less);
	return true;
}

static bool lower_ranges(struct check *c, struct pile *in, struct pile *except,
	struct operand *ret)
{
	struct ranges x, y;

	if (ranges_normalize(c->a, in->intervals.p, in->intervals.n, &x) < 0 ||
		ranges_normalize(c->a, except->intervals.p, except->intervals.n, &y) < 0)
		return false;
	if (y.n > 0 && ranges_minus(c->a, x, y, &x) < 0)
		return false;
	ret->kind = OPERAND_RANGES;
	ret->ranges = x;
	return true;
}

static bool lower_sets(struct check *c, struct pile *in, struct pile *except,
	struct operand *ret)
{
	struct vec kept;

	if (!sets_minus(c, &in->sets, &except->sets, &kept))
		return false;
	ret->kind = OPERAND_SETS;
	ret->sets = kept.p;
	ret->n_values = kept.n;
	return true;
}

static bool lower_masks(struct check *c, struct pile *in, struct pile *except,
	struct operand *ret)
{
	struct vec kept;

	if (!masks_minus(c, &in->masks, &except->masks, &kept))
		return false;
	ret->kind = OPERAND_MASKS;
	ret->masks = kept.p;
	ret->n_values = kept.n;
	return true;
}

static bool lower_pile(struct check *c, const struct where *w, struct pile *in,
	struct pile *except, struct operand *ret)
{
	switch ((enum value_tag)w->s->attr.type.type.tag) {
	case VT_STRING:
	case VT_PCI_ID:
		return lower_words(c, w, in, except, ret);
	case VT_BOOL:
		ret->kind = OPERAND_BOOL;
		ret->has_no = in->has_no && !except->has_no;
		ret->has_yes = in->has_yes && !except->has_yes;
		return true;
	case VT_INT:
	case VT_VERSION:
		return lower_ranges(c, in, except, ret);
	case VT_SET:
		return lower_sets(c, in, except, ret);
	case VT_MASK:
		return lower_masks(c, in, except, ret);
	case VT_NONE:
		break;
	}
	return false;
}

static enum pile_flags flags_for(const struct where *w)
{
	bool words = value_type_is_word(w->s->attr.type.type);

	return (words ? PILE_TEMPLATES : 0) | (w->part == PART_WHEN ? PILE_PREFIXES : 0);
}

static bool lower_list(struct check *c, const struct where *w, struct operand *ret)
{
	const struct operand_list *list = &w->from->operand;
	struct pile in = { 0 }, except = { 0 };
	bool good;

	good = pile_add(c, w->s, list->in, flags_for(w), &in);
	if (list->has_except)
		good &= pile_add(c, w->s, list->except, flags_for(w), &except);
	if (!good)
		return false;
	if (w->s->attr.type.type.tag == VT_VERSION &&
		in.written + except.written > RANGE_INTERVALS_MAX) {
		check_error(c, DIAG_TOO_MANY, list->in.span, "%u intervals, more than %d",
			in.written + except.written, RANGE_INTERVALS_MAX);
		return false;
	}
	return lower_pile(c, w, &in, &except, ret);
}

/* ---- one value --------------------------------------------------------------------------- */

static struct diag *one_value_needed(struct check *c, const struct where *w, struct span span)
{
	struct diag *x = check_error(c, DIAG_OPERAND, span, "'%s' takes one value",
		clause_op_name(w->from->op));

	if (w->from->op == OP_EQ)
		x->help = check_text(c, "write '%.*s in ...'", NAME(w));
	return x;
}

/* Does the pile hold exactly one value of the kind that the operator takes? */
static bool is_single(const struct where *w, const struct pile *p)
{
	struct value_type t = w->s->attr.type.type;
	struct interval *iv = p->intervals.p;

	switch ((enum value_tag)t.tag) {
	case VT_STRING:
	case VT_PCI_ID:
		return p->words.n + p->templates.n + p->prefixes.n == 1;
	case VT_BOOL:
		return p->has_no != p->has_yes;
	case VT_INT:
	case VT_VERSION:
		return p->intervals.n == 1 &&
		       key_eq(key_next(iv[0].lo, value_type_line(t)), iv[0].hi);
	case VT_SET:
		return p->sets.n == 1;
	case VT_MASK:
		return p->masks.n == 1;
	case VT_NONE:
		break;
	}
	return false;
}

/* A version is read by another reader than a range, with errors of its own. */
static bool exact_version(struct check *c, const struct where *w, const struct elem *e,
	struct operand *ret)
{
	struct interval iv;
	struct value v;

	if (!literal_value(c, w->s, e, &v))
		return false;
	iv.lo = v.key;
	iv.hi = key_next(v.key, value_type_line(v.type));
	ret->kind = OPERAND_RANGES;
	return ranges_normalize(c->a, &iv, 1, &ret->ranges) == 0;
}

static bool lower_expr(struct check *c, const struct where *w, const struct elem *e,
	struct operand *ret)
{
	struct interval iv;

	if (w->s->attr.type.type.tag != VT_INT) {
		check_error(c, DIAG_OPERAND, e->span, "'%.*s' is %.*s; arithmetic is for ints",
			NAME(w), STR_FMT(a_type(c, &w->s->attr.type)));
		return false;
	}
	if (w->from->op != OP_EQ && w->from->op != OP_LE && w->from->op != OP_GE) {
		check_error(c, DIAG_OPERAND, e->span, "'%s' takes no arithmetic",
			clause_op_name(w->from->op));
		return false;
	}
	if (!check_expr(c, w->s, w->v, e, w->part == PART_WHEN ? 0 : EXPR_SELF_OK, &ret->expr))
		return false;
	ret->kind = OPERAND_EXPR;
	if (ret->expr.n > 1 || ret->expr.node[0].op != EXPR_CONST)
		return true;
	iv.lo = key_from_int(ret->expr.node[0].num);
	iv.hi = key_next(iv.lo, LINE_INT);
	ret->kind = OPERAND_RANGES;
	return ranges_normalize(c->a, &iv, 1, &ret->ranges) == 0;
}

static bool lower_one(struct check *c, const struct where *w, const struct elem *e,
	struct operand *ret)
{
	struct value_type t = w->s->attr.type.type;
	struct elems one = { .first = (struct elem *)e, .n = 1, .span = e->span };
	struct pile in = { 0 }, none = { 0 };

	if (elem_is_expr(e) || (t.tag == VT_INT && e->kind == ELEM_BRACES))
		return lower_expr(c, w, e, ret);
	if (t.tag == VT_VERSION && !symtab_find(&c->consts, e->text))
		return exact_version(c, w, e, ret);
	if (!pile_add(c, w->s, one, flags_for(w), &in))
		return false;
	if (is_single(w, &in))
		return lower_pile(c, w, &in, &none, ret);
	one_value_needed(c, w, e->span);
	return false;
}

static bool check_operand(struct check *c, const struct where *w, struct operand *ret)
{
	const struct operand_list *list = &w->from->operand;
	const struct elem *e = list->in.first;
	struct str member;

	if (list->in.n == 1 && !list->has_except) {
		if (elem_is(e, "self"))
			return use_self(c, w, e, ret);
		if (elem_member(e, "self", &member))
			return use_member(c, w, e, member, ret);
	}
	if (w->from->op == OP_NOT_NEWER) {
		check_error(c, DIAG_OPERAND, list->in.span, "'not-newer' is said of self only")
			->help = check_text(c, "write '%.*s not-newer self', or use '<='", NAME(w));
		return false;
	}
	if (w->from->op == OP_IN)
		return lower_list(c, w, ret);
	if (list->has_except) {
		one_value_needed(c, w, list->except_span);
		return false;
	}
	if (list->in.n > 1) {
		one_value_needed(c, w, list->in.span);
		return false;
	}
	return lower_one(c, w, e, ret);
}

/* ---- items, for those who ask which of them matter ------------------------------------------ */

static bool add_items(struct check *c, const struct where *w, const struct clause *clause,
	struct elems list, bool except, bool cut)
{
	const struct elem *e;

	for (e = list.first; e; e = e->next) {
		struct elem alone = *e;
		struct ast_clause from = *w->from;
		struct where one = { .part = w->part, .v = w->v, .from = &from, .s = w->s };
		struct const_symbol *k = NULL;
		struct policy_item *item;

		if (e->kind == ELEM_BARE && !c->in_const)
			k = symtab_find(&c->consts, e->text);
		if (k) {
			c->in_const = true;
			cut = k->decl->value.has_except;
			if (!add_items(c, w, clause, k->decl->value.in, except, cut) ||
				!add_items(c, w, clause, k->decl->value.except, !except, cut))
				return false;
			c->in_const = cut = false;
			continue;
		}
		if (c->items.n == POLICY_ITEMS_MAX) {
			c->more->items_left_out = true;
			return true;
		}
		item = vec_push(c->a, &c->items, sizeof(*item));
		if (!item)
			return false;
		alone.next = NULL;
		from.operand = (struct operand_list){
			.in = { .first = &alone, .last = &alone, .n = 1, .span = e->span } };
		*item = (struct policy_item){ .clause = clause->place, .only = *clause,
			.except = except, .cut = cut, .span = e->span, .place = place_of(c, e->span) };
		item->only.operand = (struct operand){ 0 };
		if (!lower_list(c, &one, &item->only.operand))
			return false;
	}
	return true;
}

bool check_clause(struct check *c, enum clause_part part, struct vars *v,
	const struct ast_clause *from, struct clause *ret)
{
	struct where w = { .part = part, .v = v, .from = from };
	struct clause to = { .op = from->op };

	w.s = find_attr(c, from->attr);
	if (!w.s || w.s->broken || !check_operator(c, &w))
		return false;
	to.attr = w.s->number;
	to.place = place_of(c, from->span);
	if (from->operand.in.n > 0 && !check_operand(c, &w, &to.operand))
		return false;
	if (c->more && to.op == OP_IN && to.operand.kind != OPERAND_SELF &&
		to.operand.kind != OPERAND_SELF_NAME &&
		(!add_items(c, &w, &to, from->operand.in, false, false) ||
			!add_items(c, &w, &to, from->operand.except, true, false)))
		return false;
	*ret = to;
	return true;
}
