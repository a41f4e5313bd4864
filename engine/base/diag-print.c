/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How a diagnostic looks: for people with the source line and a caret, for editors on one line,
 * for programs as JSON. Pure: into memory, colour when told to.
 */
#include "engine/base/diag.h"

/* A window of the source line: long lines are cut around the place. */
#define LINE_SHOWN  160
#define LINE_BEFORE 60

#define COLOUR_OFF   "\033[0m"
#define COLOUR_BOLD  "\033[1m"
#define COLOUR_RED   "\033[1;31m"
#define COLOUR_AMBER "\033[1;35m"
#define COLOUR_BLUE  "\033[1;34m"
#define COLOUR_GREEN "\033[1;32m"

struct out {
	struct sbuf *b;
	bool colour;
};

static void put_colour(const struct out *o, const char *sequence)
{
	if (o->colour)
		sbuf_puts(o->b, sequence);
}

/* Text of users, files and kernels: nothing that a terminal would act on. */
static void put_safe(struct sbuf *b, struct str s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		sbuf_putc(b, ascii_isprint(s.p[i]) ? s.p[i] : '?');
}

static const char *severity_word(enum diag_severity s)
{
	switch (s) {
	case DIAG_ERROR:
		return "error";
	case DIAG_WARNING:
		return "warning";
	case DIAG_INFO:
		return "info";
	}
	return "error";
}

static const char *severity_colour(enum diag_severity s)
{
	switch (s) {
	case DIAG_ERROR:
		return COLOUR_RED;
	case DIAG_WARNING:
		return COLOUR_AMBER;
	case DIAG_INFO:
		return COLOUR_BLUE;
	}
	return COLOUR_RED;
}

static void put_place(struct sbuf *b, struct str path, const struct source *src, bool has_span,
	struct span span)
{
	uint32_t line, column;

	put_safe(b, path);
	if (!src || !has_span)
		return;
	source_locate(src, span.from, &line, &column);
	sbuf_putc(b, ':');
	sbuf_put_u64(b, line);
	sbuf_putc(b, ':');
	sbuf_put_u64(b, column);
}

/* ---- the source line --------------------------------------------------------------------- */

struct line {
	uint32_t number;
	size_t from, to; /* bytes of the text; without the newline */
};

static struct line line_of(const struct source *src, uint32_t at)
{
	struct line l = { .number = 1 };
	size_t i, end = MIN((size_t)at, src->text.n);

	for (i = 0; i < end; i++)
		if (src->text.p[i] == '\n') {
			l.number++;
			l.from = i + 1;
		}
	l.to = l.from;
	while (l.to < src->text.n && src->text.p[l.to] != '\n')
		l.to++;
	return l;
}

static void put_gutter(const struct out *o, uint32_t number)
{
	char digits[10];
	unsigned i = sizeof(digits), n;

	put_colour(o, COLOUR_BLUE);
	n = number;
	do
		digits[--i] = (char)('0' + n % 10);
	while ((n /= 10) > 0);
	for (n = 0; n + (sizeof(digits) - i) < 6; n++)
		sbuf_putc(o->b, ' ');
	if (number > 0)
		sbuf_put(o->b, digits + i, sizeof(digits) - i);
	else
		sbuf_putc(o->b, ' ');
	sbuf_puts(o->b, " |");
	put_colour(o, COLOUR_OFF);
}

static bool inside(struct span s, size_t at)
{
	return at >= s.from && (at < s.to || at == s.from);
}

/* The line that holds @mark, `^` (or @sign) under it, and `~` under @other if it is there too. */
static void put_line(const struct out *o, const struct source *src, struct span mark, char sign,
	const struct span *other)
{
	struct line l = line_of(src, mark.from);
	size_t from = l.from, to, i, last;
	char before = ' ';

	if (l.to - l.from > LINE_SHOWN && mark.from > l.from + LINE_BEFORE)
		from = mark.from - LINE_BEFORE;
	to = MIN(l.to, from + LINE_SHOWN);

	put_gutter(o, l.number);
	sbuf_puts(o->b, from > l.from ? " ..." : " ");
	for (i = from; i < to; i++) {
		char c = src->text.p[i];

		sbuf_putc(o->b, c == '\t' || ascii_isprint(c) ? c : '?');
	}
	sbuf_puts(o->b, to < l.to ? "...\n" : "\n");

	put_gutter(o, 0);
	sbuf_puts(o->b, from > l.from ? "    " : " ");
	last = MAX(MIN((size_t)mark.to, to), (size_t)mark.from + 1);
	if (other)
		last = MAX(last, MAX(MIN((size_t)other->to, to), (size_t)other->from + 1));
	for (i = from; i < MIN(last, to + 1); i++) {
		char c = inside(mark, i)	     ? sign :
			 other && inside(*other, i)  ? '~' :
			 i < to && src->text.p[i] == '\t' ? '\t' :
						       ' ';

		if (c != before && (before == '^' || before == '~'))
			put_colour(o, COLOUR_OFF);
		if (c != before && (c == '^' || c == '~'))
			put_colour(o, c == '^' ? COLOUR_GREEN : COLOUR_BLUE);
		sbuf_putc(o->b, c);
		before = c;
	}
	if (before == '^' || before == '~')
		put_colour(o, COLOUR_OFF);
	sbuf_putc(o->b, '\n');
}

static bool same_line(const struct diag *d)
{
	return d->other.source == d->source && d->has_span &&
	       line_of(d->source, d->span.from).from ==
		       line_of(d->source, d->other.span.from).from;
}

static void print_text(const struct out *o, const struct diag *d)
{
	bool together = d->other.source && d->source && same_line(d);
	char code[8];

	put_colour(o, COLOUR_BOLD);
	put_place(o->b, d->path, d->source, d->has_span, d->span);
	sbuf_puts(o->b, ": ");
	put_colour(o, severity_colour(d->severity));
	sbuf_puts(o->b, severity_word(d->severity));
	sbuf_puts(o->b, ": ");
	put_colour(o, COLOUR_OFF);
	put_safe(o->b, d->text);
	diag_code_name(d->code, code);
	sbuf_puts(o->b, " [");
	sbuf_puts(o->b, code);
	sbuf_puts(o->b, "]\n");
	if (d->source && d->has_span)
		put_line(o, d->source, d->span, '^', together ? &d->other.span : NULL);
	if (d->other.source) {
		put_place(o->b, d->other.source->path, d->other.source, true, d->other.span);
		sbuf_puts(o->b, ": note: ");
		put_safe(o->b, d->other.label);
		sbuf_putc(o->b, '\n');
		if (!together)
			put_line(o, d->other.source, d->other.span, '~', NULL);
	}
	if (d->help.n > 0) {
		sbuf_puts(o->b, "   help: ");
		put_safe(o->b, d->help);
		sbuf_putc(o->b, '\n');
	}
}

/* ---- for editors ------------------------------------------------------------------------- */

static void print_gcc(struct sbuf *b, const struct diag *d)
{
	char code[8];

	put_place(b, d->path, d->source, d->has_span, d->span);
	sbuf_puts(b, ": ");
	/* Editors know error, warning and note. */
	sbuf_puts(b, d->severity == DIAG_INFO ? "note" : severity_word(d->severity));
	sbuf_puts(b, ": ");
	put_safe(b, d->text);
	if (d->help.n > 0) {
		sbuf_puts(b, "; ");
		put_safe(b, d->help);
	}
	diag_code_name(d->code, code);
	sbuf_puts(b, " [");
	sbuf_puts(b, code);
	sbuf_puts(b, "]\n");
	if (!d->other.source)
		return;
	put_place(b, d->other.source->path, d->other.source, true, d->other.span);
	sbuf_puts(b, ": note: ");
	put_safe(b, d->other.label);
	sbuf_putc(b, '\n');
}

/* ---- for programs ------------------------------------------------------------------------ */

/* Bytes past ASCII become U+00XX: whatever a path holds, the output is valid JSON. */
static void put_json(struct sbuf *b, struct str s)
{
	size_t i;

	sbuf_putc(b, '"');
	for (i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c == '"' || c == '\\')
			sbuf_putc(b, '\\');
		if (ascii_isprint(c)) {
			sbuf_putc(b, c);
		} else {
			sbuf_puts(b, "\\u");
			sbuf_put_hex(b, (unsigned char)c, 4);
		}
	}
	sbuf_putc(b, '"');
}

static void put_json_field(struct sbuf *b, const char *name, struct str value)
{
	sbuf_puts(b, ",\"");
	sbuf_puts(b, name);
	sbuf_puts(b, "\":");
	put_json(b, value);
}

static void put_json_number(struct sbuf *b, const char *name, uint64_t value)
{
	sbuf_puts(b, ",\"");
	sbuf_puts(b, name);
	sbuf_puts(b, "\":");
	sbuf_put_u64(b, value);
}

static void put_json_place(struct sbuf *b, const struct source *src, struct span span)
{
	uint32_t line, column;

	source_locate(src, span.from, &line, &column);
	put_json_number(b, "line", line);
	put_json_number(b, "column", column);
	source_locate(src, MAX(span.to, span.from), &line, &column);
	put_json_number(b, "end_line", line);
	put_json_number(b, "end_column", column);
}

static void print_json(struct sbuf *b, const struct diag *d)
{
	char code[8];

	diag_code_name(d->code, code);
	sbuf_puts(b, "{\"code\":\"");
	sbuf_puts(b, code);
	sbuf_puts(b, "\",\"severity\":\"");
	sbuf_puts(b, severity_word(d->severity));
	sbuf_putc(b, '"');
	put_json_field(b, "file", d->path);
	if (d->source && d->has_span)
		put_json_place(b, d->source, d->span);
	put_json_field(b, "text", d->text);
	if (d->help.n > 0)
		put_json_field(b, "help", d->help);
	if (d->other.source) {
		sbuf_puts(b, ",\"other\":{\"text\":");
		put_json(b, d->other.label);
		put_json_field(b, "file", d->other.source->path);
		put_json_place(b, d->other.source, d->other.span);
		sbuf_putc(b, '}');
	}
	sbuf_putc(b, '}');
}

void diag_print(struct sbuf *b, const struct diag *d, enum diag_format format, bool colour)
{
	struct out o = { .b = b, .colour = colour };

	switch (format) {
	case DIAG_TEXT:
		print_text(&o, d);
		break;
	case DIAG_GCC:
		print_gcc(b, d);
		break;
	case DIAG_JSON:
		print_json(b, d);
		break;
	}
}
