/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Templates: prefix{n: 1, 2}suffix. Reading takes two rounds, for a variable may be used in a
 * clause above the one that binds it: first all are bound, then templates become pieces.
 */
#include "grammar/check.h"

/* A piece of a template's text: literal, or a hole with a name and perhaps values. */
struct piece {
	struct str literal; /* .p NULL: a hole */
	struct word name;
	bool binds;
	struct str values;
	uint32_t values_at; /* offset in the source */
	struct span span;
};

struct pieces {
	struct check *c;
	const struct elem *e;
	size_t at;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

static struct str trim(struct str s, size_t *at)
{
	while (s.n > 0 && is_blank(s.p[0])) {
		s = str_sub(s, 1, s.n);
		(*at)++;
	}
	while (s.n > 0 && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

static bool is_identifier(struct str s)
{
	size_t i;

	if (s.n == 0 || s.n > NAME_MAX_LEN || !(ascii_isalpha(s.p[0]) || s.p[0] == '_'))
		return false;
	for (i = 0; i < s.n; i++)
		if (!ascii_isalnum(s.p[i]) && s.p[i] != '_')
			return false;
	return true;
}

static struct span span_at(const struct elem *e, size_t at, size_t n)
{
	return (struct span){ e->span.from + (uint32_t)at, e->span.from + (uint32_t)(at + n) };
}

/* The next piece. 1; 0 at the end; -1 when it is wrong, reported. */
static int next_piece(struct pieces *p, struct piece *ret)
{
	struct str t = p->e->text, inside;
	size_t end = p->at, colon, at;

	*ret = (struct piece){ 0 };
	if (p->at >= t.n)
		return 0;
	if (t.p[p->at] != '{') {
		while (end < t.n && t.p[end] != '{')
			end++;
		ret->literal = str_sub(t, p->at, end);
		ret->span = span_at(p->e, p->at, end - p->at);
		p->at = end;
		return 1;
	}
	while (end < t.n && t.p[end] != '}')
		end++;
	ret->span = span_at(p->e, p->at, end + 1 - p->at);
	inside = str_sub(t, p->at + 1, end);
	colon = str_find(inside, ':');
	at = p->at + 1;
	ret->name.text = trim(str_sub(inside, 0, colon), &at);
	ret->name.span = span_at(p->e, at, ret->name.text.n);
	ret->binds = colon < inside.n;
	ret->values = str_sub(inside, colon + 1, inside.n);
	ret->values_at = p->e->span.from + (uint32_t)(p->at + 1 + colon + 1);
	p->at = end + 1;
	if (is_identifier(ret->name.text))
		return 1;
	check_error(p->c, DIAG_TEMPLATE, ret->span, "'%.*s' is no variable",
		QUOTE(p->c, ret->name.text))->help =
		STR("in a template, braces hold '{name}' or '{name: value, value}'");
	return -1;
}

/* ---- binding ----------------------------------------------------------------------------- */

static bool add_value(struct check *c, const struct piece *p, struct vec *values, struct str text,
	size_t at)
{
	struct str w = trim(text, &at), *to;
	struct span span = { (uint32_t)at, (uint32_t)(at + w.n) };
	uint32_t i;

	if (!word_is_plain(w)) {
		check_error(c, DIAG_TEMPLATE, w.n ? span : p->span,
			w.n ? "'%.*s' is no word" : "a value is missing between the commas%.*s",
			QUOTE(c, w));
		return false;
	}
	for (i = 0; i < values->n; i++)
		if (str_eq(((struct str *)values->p)[i], w)) {
			check_error(c, DIAG_TEMPLATE, span, "'%.*s' stands in the braces twice",
				QUOTE(c, w));
			return false;
		}
	if (values->n == TEMPLATE_VALUES_MAX) {
		check_error(c, DIAG_TOO_MANY, p->span, "a variable of more than %d values",
			TEMPLATE_VALUES_MAX);
		return false;
	}
	to = vec_push(c->a, values, sizeof(*to));
	if (to)
		*to = w;
	return to;
}

static bool read_values(struct check *c, const struct piece *p, struct vec *values)
{
	size_t from = 0, end;

	for (;;) {
		for (end = from; end < p->values.n && p->values.p[end] != ','; end++)
			;
		if (!add_value(c, p, values, str_sub(p->values, from, end), p->values_at + from))
			return false;
		if (end == p->values.n)
			return true;
		from = end + 1;
	}
}

/* A variable of another block with the same name and values is the same variable. */
static int same_var(const struct vars *v, struct str name, const struct vec *values)
{
	uint32_t k;
	int i;

	for (i = 0; i < v->n; i++) {
		const struct tmpl_var *x = &v->var[i];

		if (x->when || !str_eq(x->name, name) || x->n != values->n)
			continue;
		for (k = 0; k < x->n && str_eq(x->value[k], ((struct str *)values->p)[k]); k++)
			;
		if (k == x->n)
			return i;
	}
	return -1;
}

static bool bind_one(struct check *c, struct vars *v, const struct piece *p, bool when,
	uint32_t *ret_bound)
{
	struct vec values = { 0 };
	struct diag *x;
	int i = peek_var(v, p->name.text);

	if (i >= 0) {
		x = check_error(c, DIAG_BOUND_TWICE, p->name.span, "'%.*s' is bound twice",
			QUOTE(c, p->name.text));
		check_other(c, x, v->span[i], STR("first bound here"));
		x->help = check_text(c, "write '{%.*s}' to use it", QUOTE(c, p->name.text));
		return false;
	}
	if (!read_values(c, p, &values))
		return false;
	i = when ? -1 : same_var(v, p->name.text, &values);
	if (i < 0) {
		if (v->n == TEMPLATE_VARS_MAX) {
			check_error(c, DIAG_TOO_MANY, p->name.span,
				"a rule with more than %d variables", TEMPLATE_VARS_MAX);
			return false;
		}
		i = v->n++;
		v->var[i] = (struct tmpl_var){
			.name = p->name.text,
			.value = values.p,
			.n = (uint16_t)values.n,
			.when = when,
		};
	}
	v->span[i] = p->name.span;
	v->used[i] = false;
	v->visible |= (uint32_t)1 << i;
	*ret_bound |= (uint32_t)1 << i;
	return true;
}

bool template_bind(struct check *c, struct vars *v, const struct elem *e, bool when,
	uint32_t *ret_bound)
{
	struct pieces it = { .c = c, .e = e };
	struct piece p;
	int r;

	while ((r = next_piece(&it, &p)) > 0)
		if (p.binds && !bind_one(c, v, &p, when, ret_bound))
			return false;
	return r == 0;
}

/* ---- using ------------------------------------------------------------------------------- */

int peek_var(const struct vars *v, struct str name)
{
	int i;

	for (i = 0; i < v->n; i++)
		if ((v->visible >> i & 1) && str_eq(v->var[i].name, name))
			return i;
	return -1;
}

int find_var(struct check *c, struct vars *v, struct word name)
{
	struct str names[TEMPLATE_VARS_MAX];
	struct diag *x;
	size_t n = 0;
	int i = peek_var(v, name.text);

	if (i >= 0) {
		v->used[i] = true;
		return i;
	}
	for (i = 0; i < v->n; i++)
		if (v->visible >> i & 1)
			names[n++] = v->var[i].name;
	x = check_error(c, DIAG_UNKNOWN_VARIABLE, name.span, "no template binds '%.*s' here",
		QUOTE(c, name.text));
	check_suggest(c, x, name.text, names, n);
	if (x->help.n == 0)
		x->help = check_text(c, "bind it in a template: prefix{%.*s: 1, 2}",
			QUOTE(c, name.text));
	return -1;
}

static bool add_piece(struct check *c, struct vars *v, const struct elem *e,
	const struct piece *p, struct vec *pieces)
{
	struct tmpl_piece *to;
	int var = -1;

	if (pieces->n == TEMPLATE_PIECES_MAX) {
		check_error(c, DIAG_TOO_MANY, e->span, "a template of more than %d pieces",
			TEMPLATE_PIECES_MAX);
		return false;
	}
	if (p->literal.n > WORD_MAX_LEN) {
		check_error(c, DIAG_TOO_LONG, p->span, "a word has %zu bytes, more than %d",
			p->literal.n, WORD_MAX_LEN);
		return false;
	}
	if (!p->literal.p) {
		/* Binding is no use: what was reported as bound is visible. */
		var = p->binds ? peek_var(v, p->name.text) : find_var(c, v, p->name);
		if (var < 0)
			return false;
	}
	to = vec_push(c->a, pieces, sizeof(*to));
	if (to)
		*to = (struct tmpl_piece){ .text = p->literal, .var = (int16_t)var };
	return to;
}

/* { n } alone: the parser took it for a set. */
static bool lower_braces(struct check *c, struct vars *v, const struct elem *e, struct tmpl *ret)
{
	struct tmpl_piece *piece;
	int var;

	if (e->first->kind != ELEM_BARE || !is_identifier(e->first->text)) {
		check_error(c, DIAG_OPERAND, e->span, "a set where a word is needed");
		return false;
	}
	var = find_var(c, v, (struct word){ e->first->text, e->first->span });
	if (var < 0)
		return false;
	piece = arena_new(c->a, struct tmpl_piece);
	if (!piece)
		return false;
	piece->var = (int16_t)var;
	*ret = (struct tmpl){ piece, 1 };
	return true;
}

bool template_lower(struct check *c, struct vars *v, const struct elem *e, struct tmpl *ret)
{
	struct pieces it = { .c = c, .e = e };
	struct vec pieces = { 0 };
	struct piece p;
	int r;

	if (e->kind == ELEM_BRACES)
		return lower_braces(c, v, e, ret);
	while ((r = next_piece(&it, &p)) > 0)
		if (!add_piece(c, v, e, &p, &pieces))
			return false;
	if (r < 0)
		return false;
	*ret = (struct tmpl){ pieces.p, (uint8_t)pieces.n };
	return true;
}
