/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Values of the self/compatible proposals: `{name:int:1,2,4}` declares a variable, `{name}` uses
 * it in the same block, `{name}/2` calculates. Division is exact or there is no value.
 */
#include <errno.h>

#include "engine/adapter/compatible.h"
#include "engine/image/attr-parse.h"

#define DIGITS_MAX 20

static int fail(struct str *why, struct str text)
{
	*why = text;
	return -EINVAL;
}

/* ---- taking apart ---------------------------------------------------------------------------- */

/* What is between the brace at @at and the one that closes it; quoted braces do not. */
static int hole_at(struct str text, size_t at, struct str *ret, size_t *ret_end, struct str *why)
{
	bool quoted = false;
	size_t i;

	for (i = at + 1; i < text.n; i++) {
		if (text.p[i] == '"')
			quoted = !quoted;
		if (quoted)
			continue;
		if (text.p[i] == '{')
			break;
		if (text.p[i] != '}')
			continue;
		*ret = str_sub(text, at + 1, i);
		*ret_end = i + 1;
		return 0;
	}
	return fail(why, STR("a brace that does not end"));
}

static bool name_valid(struct str s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (!ascii_isalnum(s.p[i]) && s.p[i] != '_')
			return false;
	return s.n > 0 && s.n <= NAME_MAX_LEN;
}

static bool is_quoted(struct str text)
{
	return text.n >= 2 && text.p[0] == '"' && text.p[text.n - 1] == '"' &&
	       str_find(str_sub(text, 1, text.n), '"') == text.n - 2;
}

int template_plain(struct str text, struct str *ret, struct str *why)
{
	if (is_quoted(text)) {
		*ret = str_sub(text, 1, text.n - 1);
		return 0;
	}
	if (str_find(text, '"') < text.n)
		return fail(why, STR("a quotation mark inside of a value"));
	if (str_find(text, '{') < text.n || str_find(text, '}') < text.n)
		return fail(why, STR("a brace where no variable may be"));
	*ret = text;
	return 0;
}

/* ---- variables --------------------------------------------------------------------------------- */

static int find_variable(const struct variables *v, struct str name)
{
	unsigned i;

	for (i = 0; i < v->n; i++)
		if (str_eq(v->var[i].name, name))
			return (int)i;
	return -1;
}

static int put_number(struct arena *a, int64_t n, struct str *ret)
{
	struct sbuf b = { .size = DIGITS_MAX };

	b.p = arena_alloc_raw(a, b.size);
	if (!b.p)
		return -ENOMEM;
	sbuf_put_i64(&b, n);
	*ret = sbuf_str(&b);
	return 0;
}

/* Takes the value before the next comma off *list; commas in quotes are none. */
static struct str next_value(struct str *list, bool *ret_more)
{
	bool quoted = false;
	struct str value;
	size_t i;

	for (i = 0; i < list->n && (quoted || list->p[i] != ','); i++)
		if (list->p[i] == '"')
			quoted = !quoted;
	value = str_trim(str_sub(*list, 0, i));
	*ret_more = i < list->n;
	*list = str_sub(*list, i + 1, list->n);
	return value;
}

static int add_value(struct arena *a, struct variable *x, struct str text, struct str *why)
{
	int r;

	if (x->n == TEMPLATE_VALUES_MAX)
		return fail(why, STR("a variable with more than 256 values"));
	if (x->integer) {
		if (int_parse(INT_DECIMAL, text, &x->number[x->n]) < 0)
			return fail(why, STR("a value of an integer variable is no integer"));
		r = put_number(a, x->number[x->n], &x->value[x->n]);
	} else {
		r = template_plain(text, &x->value[x->n], why);
	}
	x->n += r == 0;
	return r;
}

/* NAME:TYPE:VALUE,... */
static int declare(struct arena *a, struct str hole, struct variables *v, struct str *why)
{
	struct variable *x;
	size_t i = str_find(hole, ':'), k;
	struct str rest = str_sub(hole, i + 1, hole.n), type;
	bool more = true;
	int r = 0;

	if (v->n == TEMPLATE_VARS_MAX)
		return fail(why, STR("more than 16 variables"));
	x = &v->var[v->n];
	*x = (struct variable){ .name = str_sub(hole, 0, i) };
	k = str_find(rest, ':');
	type = str_sub(rest, 0, k);
	x->integer = str_eq(type, STR("int"));
	if (!name_valid(x->name) || k == rest.n || (!x->integer && !str_eq(type, STR("string"))))
		return fail(why, STR("a variable is written {NAME:int:LIST} or {NAME:string:LIST}"));
	if (find_variable(v, x->name) >= 0)
		return fail(why, STR("a variable is declared twice"));
	rest = str_sub(rest, k + 1, rest.n);
	x->value = arena_new_array(a, TEMPLATE_VALUES_MAX, struct str);
	x->number = arena_new_array(a, TEMPLATE_VALUES_MAX, int64_t);
	if (!x->value || !x->number)
		return -ENOMEM;
	while (r == 0 && more)
		r = add_value(a, x, next_value(&rest, &more), why);
	v->n += r == 0;
	return r;
}

int template_declare(struct arena *a, struct str text, struct variables *v, struct str *why)
{
	struct str hole;
	size_t i = 0;
	int r;

	if (is_quoted(text))
		return 0;
	while ((i += str_find(str_sub(text, i, text.n), '{')) < text.n) {
		r = hole_at(text, i, &hole, &i, why);
		if (r == 0 && str_find(hole, ':') < hole.n)
			r = declare(a, hole, v, why);
		if (r < 0)
			return r;
	}
	return 0;
}

/* ---- templates ----------------------------------------------------------------------------------- */

static int push_piece(struct template *t, struct str text, int var, struct str *why)
{
	if (t->n_pieces == TEMPLATE_PIECES_MAX)
		return fail(why, STR("a value with more than 64 parts"));
	t->piece[t->n_pieces++] = (struct piece){ text, var };
	return 0;
}

/* `/2`, `*3/4`: what stands behind an integer variable. */
static int read_steps(struct arena *a, struct str text, struct template *t, struct str *why)
{
	size_t i;

	t->step = arena_new_array(a, EXPR_NODES_MAX, struct step);
	if (!t->step)
		return -ENOMEM;
	while (text.n > 0) {
		struct step s = { .op = text.p[0] };

		if (s.op != '*' && s.op != '/')
			return fail(why, STR("calculating is by * and / with whole numbers"));
		for (i = 1; i < text.n && text.p[i] != '*' && text.p[i] != '/';)
			i++;
		if (int_parse(INT_DECIMAL, str_trim(str_sub(text, 1, i)), &s.by) < 0)
			return fail(why, STR("calculating is by * and / with whole numbers"));
		if (t->n_steps == EXPR_NODES_MAX)
			return fail(why, STR("too long a calculation"));
		t->step[t->n_steps++] = s;
		text = str_sub(text, i, text.n);
	}
	return 0;
}

static int push_text(struct template *t, struct str text, struct str *why)
{
	if (str_find(text, '"') < text.n || str_find(text, '}') < text.n)
		return fail(why, STR("a brace or quotation mark inside of a value"));
	return text.n > 0 ? push_piece(t, text, -1, why) : 0;
}

/* Behind one integer variable: nothing, arithmetic, or text. */
static int read_tail(struct arena *a, struct str tail, struct template *t, struct str *why)
{
	struct str steps = str_trim(tail), number;

	if (steps.n > 0 && (steps.p[0] == '*' || steps.p[0] == '/'))
		return read_steps(a, steps, t, why);
	if (steps.n > 0 && (steps.p[0] == '+' || steps.p[0] == '-')) {
		number = str_trim(str_sub(steps, 1, steps.n));
		if (number.n > 0 && ascii_isdigit(number.p[0]))
			return fail(why, STR("this is either text or a calculation"));
	}
	return push_text(t, tail, why);
}

int template_read(struct arena *a, struct str text, const struct variables *v,
	struct template *ret, struct str *why)
{
	struct template t = { .piece = arena_new_array(a, TEMPLATE_PIECES_MAX, struct piece) };
	struct str hole, rest = text, plain;
	size_t i, end;
	int r, var;

	if (!t.piece)
		return -ENOMEM;
	if (is_quoted(text)) {
		rest = (struct str){ 0 };
		r = template_plain(text, &plain, why);
		if (r == 0 && plain.n > 0)
			r = push_piece(&t, plain, -1, why);
		if (r < 0)
			return r;
	}
	while (rest.n > 0) {
		i = str_find(rest, '{');
		r = push_text(&t, str_sub(rest, 0, i), why);
		if (r < 0)
			return r;
		if (i == rest.n)
			break;
		r = hole_at(rest, i, &hole, &end, why);
		if (r < 0)
			return r;
		var = find_variable(v, str_sub(hole, 0, str_find(hole, ':')));
		if (var < 0)
			return fail(why, STR("a variable that the block does not declare"));
		r = push_piece(&t, (struct str){ 0 }, var, why);
		rest = str_sub(rest, end, rest.n);
		if (r == 0 && t.n_pieces == 1 && v->var[var].integer &&
			str_find(rest, '{') == rest.n && str_find(rest, '}') == rest.n) {
			r = read_tail(a, rest, &t, why);
			rest = (struct str){ 0 };
		}
		if (r < 0)
			return r;
	}
	*ret = t;
	return 0;
}

static int calculate(struct arena *a, const struct template *t, int64_t n, struct str *ret)
{
	uint32_t i;

	for (i = 0; i < t->n_steps; i++) {
		int64_t by = t->step[i].by;

		if (t->step[i].op == '*') {
			if (__builtin_mul_overflow(n, by, &n))
				return -EDOM;
			continue;
		}
		if (by == 0 || (by == -1 && n == INT64_MIN) || n % by != 0)
			return -EDOM;
		n /= by;
	}
	return put_number(a, n, ret);
}

int template_text(struct arena *a, const struct template *t, const struct variables *v,
	const uint32_t *index, struct str *ret)
{
	struct sbuf b = { 0 };
	uint32_t i;

	if (t->n_steps > 0)
		return calculate(a, t, v->var[t->piece[0].var].number[index[t->piece[0].var]], ret);
	for (i = 0; i < t->n_pieces; i++) {
		const struct piece *x = &t->piece[i];

		b.size += x->var < 0 ? x->text.n : v->var[x->var].value[index[x->var]].n;
	}
	b.p = arena_alloc_raw(a, b.size + 1);
	if (!b.p)
		return -ENOMEM;
	for (i = 0; i < t->n_pieces; i++) {
		const struct piece *x = &t->piece[i];

		sbuf_put_str(&b, x->var < 0 ? x->text : v->var[x->var].value[index[x->var]]);
	}
	*ret = sbuf_str(&b);
	return 0;
}
