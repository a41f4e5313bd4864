/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The order of the checks, and what all of them use: places, reports, names, numbers, words of
 * the language.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "grammar/check.h"

/* ---- places ------------------------------------------------------------------------------ */

static bool index_lines(struct check *c)
{
	struct str t = c->src->text;
	size_t at, n = 1;

	for (at = 0; at < t.n; at++) {
		at += str_find(str_sub(t, at, t.n), '\n');
		n += at < t.n;
	}
	c->line = arena_new_array(c->a, n, uint32_t);
	if (!c->line)
		return false;
	for (at = 0; at < t.n; at++) {
		at += str_find(str_sub(t, at, t.n), '\n');
		if (at < t.n)
			c->line[++c->n_lines] = (uint32_t)at + 1;
	}
	c->n_lines++;
	return true;
}

struct place place_of(struct check *c, struct span span)
{
	uint32_t lo = 0, hi = c->n_lines, last = c->last_line;

	/* The checks go through the text from top to bottom: this line or the next one. */
	if (c->line[last] <= span.from) {
		lo = last;
		if (hi - lo > 2 && c->line[lo + 2] > span.from)
			hi = lo + 2;
	} else {
		hi = last;
	}
	while (hi - lo > 1) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (c->line[mid] <= span.from)
			lo = mid;
		else
			hi = mid;
	}
	c->last_line = lo;
	return (struct place){ lo + 1, span.from - c->line[lo] + 1 };
}

/* ---- reports ----------------------------------------------------------------------------- */

struct diag *check_error(struct check *c, enum diag_code code, struct span span,
	const char *fmt, ...)
{
	char buf[1024];
	struct diag *x;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	x = diag_at(c->d, code, c->src, span, "%s", buf);
	if (c->in_const)
		check_other(c, x, c->const_use, STR("used here"));
	return x;
}

void check_other(struct check *c, struct diag *x, struct span span, struct str label)
{
	if (x->other.source)
		return;
	x->other = (struct diag_other){ .source = c->src, .span = span, .label = label };
}

void check_suggest(struct check *c, struct diag *x, struct str word, const struct str *candidate,
	size_t n)
{
	struct str best = closest_word(word, candidate, n);

	if (best.n > 0)
		x->help = check_text(c, "did you mean '%.*s'?", STR_FMT(best));
}

void check_suggest_name(struct check *c, struct diag *x, struct str word, const struct symtab *t)
{
	struct str *names;

	/* With thousands of mistakes in a file, only those that are shown are worth a search. */
	if (c->d->dropped)
		return;
	names = symtab_names(c->a, t);
	if (names)
		check_suggest(c, x, word, names, t->n);
}

/* ---- names, numbers, words --------------------------------------------------------------- */

bool check_name(struct check *c, struct word name, const char *what)
{
	struct str s = name.text;
	struct diag *x;
	size_t i;
	bool good = s.n > 0 && ascii_isalpha(s.p[0]) && s.p[s.n - 1] != '-';

	for (i = 0; i < s.n; i++)
		good = good && (ascii_isalnum(s.p[i]) || s.p[i] == '_' || s.p[i] == '-');
	if (!good) {
		x = check_error(c, DIAG_NAME, name.span, "'%.*s' cannot be the name of %s",
			QUOTE(c, s), what);
		if (str_find(s, ':') < s.n)
			x->help = STR("there is a blank before ':'");
		else
			x->help = STR("names are letters, digits, '_' and '-', and begin with a "
				      "letter");
		return false;
	}
	if (s.n > NAME_MAX_LEN) {
		check_error(c, DIAG_TOO_LONG, name.span,
			"the name of %s has %zu bytes, more than %d", what, s.n, NAME_MAX_LEN);
		return false;
	}
	return true;
}

bool check_number(struct check *c, const struct elem *e, uint64_t max, const char *what,
	uint64_t *ret)
{
	uint64_t v;

	if (e->kind != ELEM_BARE || str_to_u64(e->text, max, &v) < 0 || v == 0) {
		check_error(c, DIAG_NUMBER, e->span, "%s is a number from 1 to %llu, not '%.*s'",
			what, (unsigned long long)max, QUOTE(c, e->text));
		return false;
	}
	*ret = v;
	return true;
}

static struct str word_list(struct check *c, const struct str *words, size_t n)
{
	char buf[512];
	struct sbuf b = SBUF(buf);
	size_t i;

	for (i = 0; i < n; i++) {
		if (i > 0)
			sbuf_puts(&b, ", ");
		sbuf_put_str(&b, words[i]);
	}
	return check_text(c, "one of: %.*s", STR_FMT(sbuf_str(&b)));
}

int check_word(struct check *c, struct word w, const char *what, const struct str *words,
	size_t n)
{
	struct diag *x;
	size_t i;

	for (i = 0; i < n; i++)
		if (str_eq(w.text, words[i]))
			return (int)i;
	x = check_error(c, DIAG_UNKNOWN_WORD, w.span, "'%.*s' is no %s", QUOTE(c, w.text), what);
	check_suggest(c, x, w.text, words, n);
	if (x->help.n == 0)
		x->help = word_list(c, words, n);
	return -1;
}

/* ---- all --------------------------------------------------------------------------------- */

static bool run_checks(struct check *c)
{
	bool good;

	/* Each stands on what the one before has found out; an error in one does not keep the others from
	 * being found. */
	good = check_head(c);
	good &= check_consts(c);
	good &= check_scopes(c);
	good &= check_attrs(c);
	if (arena_failed(c->a))
		return false;
	good &= check_rules(c);
	good &= check_tests(c);
	if (!good || arena_failed(c->a))
		return false;
	check_consts_used(c);
	return check_claim_conflicts(c);
}

int policy_check(struct arena *a, const struct source *src, struct diags *d,
	const struct ast_policy *ast, struct policy *ret, struct policy_more *more)
{
	struct check c = { .a = a, .src = src, .d = d, .ast = ast, .policy = ret, .more = more };
	size_t errors = d->errors;
	bool good = index_lines(&c) && run_checks(&c);

	if (arena_failed(a))
		return -ENOMEM;
	if (more) {
		more->item = c.items.p;
		more->n_items = c.items.n;
	}
	return good && d->errors == errors ? 0 : -EBADMSG;
}
