/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lines side by side: columns of declarations and clauses, comments at the ends of lines. Knows
 * nothing of what stands in them.
 */
#include "grammar/format.h"

#define CELL_MAX    40 /* a wider cell pushes nobody else's */
#define COMMENT_MAX 80 /* and neither does a line that is longer */

static bool goes_on(const struct format_line *l, const struct format_line *first)
{
	if (l->blank || l->n_cells == 0 || l->indent != first->indent)
		return false;
	if (first->class == FORMAT_CLAUSE)
		return l->class == FORMAT_CLAUSE || l->class == FORMAT_CLAIM;
	return l->class == first->class;
}

/* Columns of the lines [from, to): as wide as the widest cell in each. */
static void align_cells(struct format_line *line, uint32_t from, uint32_t to)
{
	size_t widest[FORMAT_CELLS] = { 0 };

	for (uint32_t i = from; i < to; i++)
		for (uint8_t k = 0; k + 1 < line[i].n_cells; k++)
			if (line[i].cell[k].n <= CELL_MAX)
				widest[k] = MAX(widest[k], line[i].cell[k].n);
	for (uint32_t i = from; i < to; i++)
		for (uint8_t k = 0; k + 1 < line[i].n_cells; k++)
			line[i].width[k] = (uint32_t)widest[k];
}

static size_t code_width(const struct format_line *l)
{
	size_t n = 0;

	for (uint8_t k = 0; k < l->n_cells; k++)
		n += (k > 0) + MAX(l->cell[k].n, (size_t)l->width[k]);
	return n;
}

static void align_comments(struct format_line *line, uint32_t from, uint32_t to)
{
	size_t at = 0;

	for (uint32_t i = from; i < to; i++)
		if (code_width(&line[i]) <= COMMENT_MAX)
			at = MAX(at, code_width(&line[i]) + 2);
	for (uint32_t i = from; i < to; i++)
		line[i].comment_at = (uint32_t)MAX(at, code_width(&line[i]) + 2);
}

void format_align(struct format_line *line, uint32_t n)
{
	uint32_t i, end;

	for (i = 0; i < n; i = end) {
		end = i + 1;
		if (line[i].class != FORMAT_ATTR && line[i].class != FORMAT_CLAUSE)
			continue;
		while (end < n && goes_on(&line[end], &line[i]))
			end++;
		align_cells(line, i, end);
	}
	for (i = 0; i < n; i = end) {
		end = i + 1;
		if (line[i].n_cells == 0 || line[i].comment.n == 0)
			continue;
		while (end < n && !line[end].blank && line[end].n_cells > 0 &&
			line[end].comment.n > 0 && line[end].indent == line[i].indent)
			end++;
		align_comments(line, i, end);
	}
}

static void put_blanks(struct sbuf *b, size_t n)
{
	while (n-- > 0)
		sbuf_putc(b, ' ');
}

void format_print(struct sbuf *b, const struct format_line *line, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		const struct format_line *l = &line[i];

		if (l->blank && i > 0)
			sbuf_putc(b, '\n');
		for (uint32_t k = 0; k < l->indent; k++)
			sbuf_putc(b, '\t');
		for (uint8_t k = 0; k < l->n_cells; k++) {
			if (k > 0)
				sbuf_putc(b, ' ');
			sbuf_put_str(b, l->cell[k]);
			if (k + 1 < l->n_cells && l->cell[k].n < l->width[k])
				put_blanks(b, l->width[k] - l->cell[k].n);
		}
		if (l->n_cells > 0 && l->comment.n > 0)
			put_blanks(b, l->comment_at - code_width(l));
		sbuf_put_str(b, l->comment);
		sbuf_putc(b, '\n');
	}
}
