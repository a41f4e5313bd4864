/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A list becomes values of one type: each element is read by the type, names of constants are
 * replaced by what they stand for.
 */
#include "grammar/check.h"

static bool pile_const(struct check *c, const struct symbol *s, struct const_symbol *k,
	struct span use, enum pile_flags flags, struct pile *into);

/* ---- adding values ----------------------------------------------------------------------- */

static bool push_word(struct check *c, struct vec *v, struct str w)
{
	struct str *p = vec_push(c->a, v, sizeof(*p));

	if (p)
		*p = w;
	return p;
}

static bool push_ranges(struct check *c, struct vec *v, struct ranges r)
{
	uint32_t i;

	for (i = 0; i < r.n; i++) {
		struct interval *p = vec_push(c->a, v, sizeof(*p));

		if (!p)
			return false;
		*p = r.iv[i];
	}
	return true;
}

static bool push_set(struct check *c, struct vec *v, struct word_set set)
{
	struct word_set *p = vec_push(c->a, v, sizeof(*p));

	if (p)
		*p = set;
	return p;
}

static bool push_mask(struct check *c, struct vec *v, const uint64_t bits[4])
{
	uint64_t(*p)[4] = vec_push(c->a, v, sizeof(*p));

	if (p)
		memcpy(*p, bits, sizeof(*p));
	return p;
}

static bool add_template(struct check *c, const struct symbol *s, const struct elem *e,
	enum pile_flags flags, struct pile *into)
{
	const struct elem **p;

	if (!(flags & PILE_TEMPLATES)) {
		check_error(c, DIAG_TEMPLATE, e->span, "a template has no place here")->help =
			c->in_const ? STR("write it where the constant is used") :
				      (struct str){ 0 };
		return false;
	}
	if (s->attr.type.type.tag == VT_PCI_ID) {
		check_error(c, DIAG_OPERAND, e->span, "a template stands for strings, and '%.*s' is %.*s",
			STR_FMT(s->attr.name), STR_FMT(a_type(c, &s->attr.type)))->help =
			STR("list the PCI ids");
		return false;
	}
	p = vec_push(c->a, &into->templates, sizeof(*p));
	if (p)
		*p = e;
	return p;
}

static bool is_prefix(const struct elem *e)
{
	return e->kind == ELEM_BARE && e->text.n > 1 && e->text.p[e->text.n - 1] == '*';
}

static bool add_prefix(struct check *c, const struct symbol *s, const struct elem *e,
	enum pile_flags flags, struct pile *into)
{
	if (!(flags & PILE_PREFIXES)) {
		check_error(c, DIAG_PREFIX, e->span,
			"'%.*s' stands for words without number; only conditions may use it",
			QUOTE(c, e->text))->help =
			STR("in a block, list the words, write a template, or write 'any'");
		return false;
	}
	if (s->attr.type.type.tag == VT_PCI_ID) {
		check_error(c, DIAG_OPERAND, e->span, "'%.*s' is no PCI id", QUOTE(c, e->text));
		return false;
	}
	return push_word(c, &into->prefixes, str_sub(e->text, 0, e->text.n - 1));
}

static bool add_word(struct check *c, const struct symbol *s, const struct elem *e,
	enum pile_flags flags, struct pile *into)
{
	struct str w;

	/* { n } is the template that is nothing but a variable. */
	if (e->kind == ELEM_TEMPLATE || (e->kind == ELEM_BRACES && e->n == 1))
		return add_template(c, s, e, flags, into);
	if (is_prefix(e))
		return add_prefix(c, s, e, flags, into);
	return literal_word(c, s, e, &w) && push_word(c, &into->words, w);
}

static bool add_value(struct check *c, const struct symbol *s, const struct elem *e,
	enum pile_flags flags, struct pile *into)
{
	struct value v;
	struct ranges r;
	uint32_t written;

	switch ((enum value_tag)s->attr.type.type.tag) {
	case VT_STRING:
	case VT_PCI_ID:
		return add_word(c, s, e, flags, into);
	case VT_BOOL:
		if (!literal_value(c, s, e, &v))
			return false;
		into->has_yes |= v.yes;
		into->has_no |= !v.yes;
		return true;
	case VT_INT:
	case VT_VERSION:
		if (!literal_ranges(c, s, e, &r, &written))
			return false;
		into->written += written;
		return push_ranges(c, &into->intervals, r);
	case VT_SET:
		return literal_value(c, s, e, &v) && push_set(c, &into->sets, v.set);
	case VT_MASK:
		return literal_value(c, s, e, &v) && push_mask(c, &into->masks, v.bits);
	case VT_NONE:
		break;
	}
	return false;
}

/* ---- lists ------------------------------------------------------------------------------- */

/* Words that mean something on their own, and so are no values unless quoted. */
static bool check_reserved(struct check *c, const struct symbol *s, const struct elem *e)
{
	struct str member;

	if (elem_is(e, "self") || elem_member(e, "self", &member)) {
		check_error(c, DIAG_OPERAND, e->span, "'%.*s' cannot stand in a list",
			QUOTE(c, e->text))->help =
			check_text(c, "write a clause of its own, '%.*s == %.*s', or quote the word",
				STR_FMT(s->attr.name), QUOTE(c, e->text));
		return false;
	}
	if (elem_member(e, "source", &member)) {
		check_error(c, DIAG_SOURCE, e->span, "'source' is used in claims only")->help =
			STR("one's own side is 'self'; quote the word if it is meant as it stands");
		return false;
	}
	if (e->kind == ELEM_BINARY) {
		check_error(c, DIAG_OPERAND, e->span, "arithmetic cannot stand in a list")->help =
			STR("it can stand after ==, <= and >=");
		return false;
	}
	return true;
}

bool pile_add(struct check *c, const struct symbol *s, struct elems list, enum pile_flags flags,
	struct pile *into)
{
	const struct elem *e;
	bool good = true;

	for (e = list.first; e; e = e->next) {
		struct const_symbol *k = NULL;

		if (e->kind == ELEM_BARE && !c->no_consts)
			k = symtab_find(&c->consts, e->text);
		if (!check_reserved(c, s, e))
			good = false;
		else if (k)
			good &= pile_const(c, s, k, e->span, flags, into);
		else
			good &= add_value(c, s, e, flags, into);
		into->n++;
		if (arena_failed(c->a))
			return false;
	}
	if (into->words.n + into->prefixes.n + into->templates.n + into->sets.n + into->masks.n +
			into->intervals.n > WORDS_MAX) {
		check_error(c, DIAG_TOO_MANY, list.span, "a list of more than %d values",
			WORDS_MAX);
		return false;
	}
	if (s->attr.type.type.tag == VT_VERSION && into->written > RANGE_INTERVALS_MAX) {
		check_error(c, DIAG_TOO_MANY, list.span, "%u intervals, more than %d",
			into->written, RANGE_INTERVALS_MAX);
		return false;
	}
	return good;
}

/* ---- constants --------------------------------------------------------------------------- */

static bool subtract(struct check *c, const struct symbol *s, const struct ast_const *k,
	struct pile *from, struct pile *less)
{
	struct ranges x, y;
	struct word_set w;

	if (from->prefixes.n + less->prefixes.n > 0) {
		check_error(c, DIAG_OPERAND, k->value.except_span,
			"words with '*' and 'except' do not go together in a constant")->help =
			STR("write 'except' where the constant is used");
		return false;
	}
	w = words_minus(from->words.p, from->words.n, words_normal(less->words.p, less->words.n));
	from->words.n = w.n;
	if (ranges_normalize(c->a, from->intervals.p, from->intervals.n, &x) < 0 ||
		ranges_normalize(c->a, less->intervals.p, less->intervals.n, &y) < 0 ||
		ranges_minus(c->a, x, y, &x) < 0)
		return false;
	from->intervals = (struct vec){ x.iv, x.n, x.n };
	from->written += less->written;
	from->has_yes &= !less->has_yes;
	from->has_no &= !less->has_no;
	return sets_minus(c, &from->sets, &less->sets, &from->sets) &&
	       masks_minus(c, &from->masks, &less->masks, &from->masks);
}

/* Is no element of a constant's list the name of another one? */
static bool check_values_only(struct check *c, struct elems list)
{
	const struct elem *e;

	for (e = list.first; e; e = e->next) {
		if (e->kind != ELEM_BARE || !symtab_find(&c->consts, e->text))
			continue;
		check_error(c, DIAG_OPERAND, e->span,
			"a constant is made of values, not of other constants")->help =
			STR("quote the word if it is meant as it stands");
		return false;
	}
	return true;
}

/* What the constant is for this type; made once for each type that it meets in a row. */
static struct pile *const_pile(struct check *c, const struct symbol *s, struct const_symbol *k,
	struct span use)
{
	struct pile less = { 0 };
	bool good;

	if (k->type == s)
		return k->pile;
	k->type = s;
	k->pile = arena_new(c->a, struct pile);
	if (!k->pile)
		return NULL;
	c->in_const = true;
	c->const_use = use;
	good = check_values_only(c, k->decl->value.in) &&
	       check_values_only(c, k->decl->value.except);
	good = good && pile_add(c, s, k->decl->value.in, PILE_PREFIXES, k->pile);
	if (good && k->decl->value.has_except)
		good = pile_add(c, s, k->decl->value.except, PILE_PREFIXES, &less) &&
		       subtract(c, s, k->decl, k->pile, &less);
	c->in_const = false;
	if (!good) {
		k->broken = true;
		return NULL;
	}
	return k->pile;
}

static bool append(struct check *c, struct vec *to, const struct vec *from, size_t size)
{
	uint32_t i;

	if (to->n == 0) {
		/* Shared: whoever adds to it finds no room and copies. */
		*to = *from;
		to->room = to->n;
		return true;
	}
	for (i = 0; i < from->n; i++) {
		void *p = vec_push(c->a, to, size);

		if (!p)
			return false;
		memcpy(p, (const char *)from->p + i * size, size);
	}
	return true;
}

static bool pile_const(struct check *c, const struct symbol *s, struct const_symbol *k,
	struct span use, enum pile_flags flags, struct pile *into)
{
	const struct pile *p;

	k->decl->used = true;
	if (k->broken || c->in_const)
		return false;
	p = const_pile(c, s, k, use);
	if (!p)
		return false;
	if (p->prefixes.n > 0 && !(flags & PILE_PREFIXES)) {
		struct diag *x = check_error(c, DIAG_PREFIX, use,
			"'%.*s' has words with '*' in it; only conditions may use them",
			QUOTE(c, k->decl->name.text));

		check_other(c, x, k->decl->name.span, STR("declared here"));
		x->help = STR("in a block, list the words, write a template, or write 'any'");
		return false;
	}
	c->const_items += p->words.n + p->prefixes.n + p->intervals.n + p->sets.n + p->masks.n;
	if (c->const_items > CONST_ITEMS_MAX) {
		check_error(c, DIAG_TOO_MANY, use,
			"constants put more than %u values into the lists of this policy",
			CONST_ITEMS_MAX);
		return false;
	}
	into->has_no |= p->has_no;
	into->has_yes |= p->has_yes;
	into->written += p->written;
	return append(c, &into->words, &p->words, sizeof(struct str)) &&
	       append(c, &into->prefixes, &p->prefixes, sizeof(struct str)) &&
	       append(c, &into->intervals, &p->intervals, sizeof(struct interval)) &&
	       append(c, &into->sets, &p->sets, sizeof(struct word_set)) &&
	       append(c, &into->masks, &p->masks, sizeof(uint64_t[4]));
}
