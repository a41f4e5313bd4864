/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Collecting diagnostics. It knows the table of codes, how many of one file are kept, and how
 * to find a line; what a message says is its reporter's, how it looks is diag-print.c's.
 */
#include <stdarg.h>
#include <stdio.h>

#include "engine/base/diag.h"

#define QUOTE_MAX      60
#define CANDIDATES_MAX 4096 /* names that did-you-mean looks at */
#define CLOSEST_LEN    64   /* and their length */

static const struct code_info {
	enum diag_code code;
	enum diag_severity severity;
	const char *summary;
} code_table[] = {
#define DIAG_CODE(id, number, sev, text) { (id), (sev), (text) },
#include "engine/base/diag-codes.def"
#undef DIAG_CODE
};

static const struct code_info *code_find(enum diag_code code)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(code_table); i++)
		if (code_table[i].code == code)
			return &code_table[i];
	return NULL;
}

void diag_code_name(enum diag_code code, char ret[8])
{
	unsigned n = (unsigned)code % 1000;

	memcpy(ret, "MDC-", 4);
	ret[4] = (char)('0' + n / 100);
	ret[5] = (char)('0' + n / 10 % 10);
	ret[6] = (char)('0' + n % 10);
	ret[7] = '\0';
}

enum diag_severity diag_code_severity(enum diag_code code)
{
	const struct code_info *i = code_find(code);

	return i ? i->severity : DIAG_ERROR;
}

const char *diag_code_summary(enum diag_code code)
{
	const struct code_info *i = code_find(code);

	return i ? i->summary : "";
}

/* ---- reporting --------------------------------------------------------------------------- */

void diags_init(struct diags *d, struct arena *a)
{
	*d = (struct diags){ .arena = a };
}

bool diags_full(const struct diags *d, const struct source *src)
{
	return d->current == src && d->current_kept >= POLICY_ERRORS_MAX;
}

static struct str format(struct arena *a, const char *fmt, va_list ap) _printf_(2, 0);

static struct str format(struct arena *a, const char *fmt, va_list ap)
{
	va_list again;
	int n;
	char *p;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (n < 0)
		return (struct str){ 0 };
	p = arena_alloc(a, (size_t)n + 1);
	if (!p)
		return (struct str){ 0 };
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	return (struct str){ p, (size_t)n };
}

struct str diag_text(struct diags *d, const char *fmt, ...)
{
	struct str s;
	va_list ap;

	if (d->dropped)
		return (struct str){ 0 };
	va_start(ap, fmt);
	s = format(d->arena, fmt, ap);
	va_end(ap);
	return s;
}

struct str diag_quote(struct diags *d, struct str word)
{
	char *p;

	if (word.n <= QUOTE_MAX)
		return word;
	p = arena_alloc(d->arena, QUOTE_MAX + 3);
	if (!p)
		return (struct str){ 0 };
	memcpy(p, word.p, QUOTE_MAX);
	memcpy(p + QUOTE_MAX, "...", 3);
	return (struct str){ p, QUOTE_MAX + 3 };
}

static struct diag *slot(struct diags *d)
{
	if (d->n == d->room) {
		size_t room = d->room ? 2 * d->room : POLICY_ERRORS_MAX;
		struct diag *list = arena_new_array(d->arena, room, struct diag);

		if (!list)
			return NULL;
		if (d->n > 0)
			memcpy(list, d->list, d->n * sizeof(*list));
		d->list = list;
		d->room = room;
	}
	return &d->list[d->n++];
}

static struct diag *report(struct diags *d, const struct diag *head, const char *fmt, va_list ap)
	_printf_(3, 0);

static struct diag *report(struct diags *d, const struct diag *head, const char *fmt, va_list ap)
{
	bool error = head->severity == DIAG_ERROR;
	size_t *kept = error ? &d->current_kept : &d->current_notes;
	struct diag *x = NULL;

	if (error)
		d->errors++;
	else if (head->severity == DIAG_WARNING)
		d->warnings++;
	if (!head->source || head->source != d->current) {
		d->current = head->source;
		d->current_kept = d->current_notes = 0;
	}
	if (*kept < POLICY_ERRORS_MAX)
		x = slot(d);
	d->dropped = !x;
	if (!x)
		x = &d->dummy;
	else
		(*kept)++;
	*x = *head;
	if (!d->dropped)
		x->text = format(d->arena, fmt, ap);
	return x;
}

struct diag *diag_at(struct diags *d, enum diag_code code, const struct source *src,
	struct span span, const char *fmt, ...)
{
	struct diag head = {
		.code = code,
		.severity = diag_code_severity(code),
		.source = src,
		.path = src->path,
		.span = span,
		.has_span = true,
	};
	struct diag *x;
	va_list ap;

	va_start(ap, fmt);
	x = report(d, &head, fmt, ap);
	va_end(ap);
	return x;
}

struct diag *diag_file(struct diags *d, enum diag_code code, struct str path, const char *fmt, ...)
{
	struct diag head = {
		.code = code,
		.severity = diag_code_severity(code),
		.path = path,
	};
	struct diag *x;
	va_list ap;

	va_start(ap, fmt);
	x = report(d, &head, fmt, ap);
	va_end(ap);
	return x;
}

void diags_sort(struct diags *d, size_t from)
{
	size_t i, k;

	/* A handful: 20 errors and 20 others of one file at most. */
	for (i = from; i < d->n; i++) {
		struct diag x = d->list[i];

		for (k = i; k > from && d->list[k - 1].span.from > x.span.from; k--)
			d->list[k] = d->list[k - 1];
		d->list[k] = x;
	}
}

/* ---- places and words -------------------------------------------------------------------- */

void source_locate(const struct source *src, uint32_t at, uint32_t *ret_line,
	uint32_t *ret_column)
{
	size_t i, end = MIN((size_t)at, src->text.n), begin = 0;
	uint32_t line = 1;

	for (i = 0; i < end; i++)
		if (src->text.p[i] == '\n') {
			line++;
			begin = i + 1;
		}
	*ret_line = line;
	*ret_column = (uint32_t)(end - begin + 1);
}

/* Edit distance with transpositions of neighbours, or @limit + 1 when it is more. */
static unsigned distance(struct str a, struct str b, unsigned limit)
{
	unsigned row[3][CLOSEST_LEN + 1];
	unsigned *two = row[0], *last = row[1], *now = row[2], *t;
	size_t i, k;

	if (a.n > b.n ? a.n - b.n > limit : b.n - a.n > limit)
		return limit + 1;
	for (k = 0; k <= b.n; k++)
		last[k] = (unsigned)k;
	for (i = 1; i <= a.n; i++) {
		now[0] = (unsigned)i;
		for (k = 1; k <= b.n; k++) {
			char x = ascii_tolower(a.p[i - 1]), y = ascii_tolower(b.p[k - 1]);

			now[k] = last[k - 1] + (x != y);
			now[k] = MIN(now[k], last[k] + 1);
			now[k] = MIN(now[k], now[k - 1] + 1);
			if (i > 1 && k > 1 && x != y && x == ascii_tolower(b.p[k - 2]) &&
				y == ascii_tolower(a.p[i - 2]))
				now[k] = MIN(now[k], two[k - 2] + 1);
		}
		t = two;
		two = last;
		last = now;
		now = t;
	}
	return last[b.n];
}

struct str closest_word(struct str word, const struct str *candidate, size_t n)
{
	struct str best = { 0 };
	unsigned limit = 2, x;
	size_t i;

	if (word.n == 0 || word.n > CLOSEST_LEN)
		return best;
	if (word.n <= 2 * limit)
		limit = (unsigned)(word.n - 1) / 2;
	/* An equal word is no suggestion, one that differs in case alone is the best. */
	for (i = 0; i < MIN(n, CANDIDATES_MAX); i++) {
		if (candidate[i].n > CLOSEST_LEN || str_eq(candidate[i], word))
			continue;
		x = distance(word, candidate[i], limit);
		if (x > limit)
			continue;
		best = candidate[i];
		if (x == 0)
			break;
		limit = x - 1;
	}
	return best;
}
