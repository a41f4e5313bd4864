/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/base/arena.h"
#include "engine/base/diag.h"

/*
 * A policy's text in its one layout: words and comments in their order, other blanks and line ends.
 * What the text means is not looked at, only how it is built; laying out twice changes nothing.
 *
 * 0 with *ret in the arena; -EBADMSG or -EPROTO, reported to @d: it cannot be read, as with
 * policy_compile(); -EFBIG: laid out it would be larger than a policy may be; -ENOMEM.
 */
int policy_format(struct arena *a, const struct source *src, struct diags *d, struct str *ret);

/* ---- between format.c and its parts -------------------------------------------------------- */

#define FORMAT_WIDTH 100 /* columns; a tab has 8 */
#define FORMAT_TAB   8

/* A word of the text as the scanner cuts it, or a comment without the blanks at its end. */
struct format_token {
	struct str text; /* a view into the source, or what is in it set apart in the one way */
	int kind;	 /* the parser's token; FORMAT_COMMENT */
	uint32_t line, end_line;
	bool first; /* on its line */
	bool blank; /* there is an empty line before it */
};
#define FORMAT_COMMENT (-2)

/* The tokens of a text that parses. 0, -ENOMEM; -EBADMSG: it does not. */
int format_tokens(struct arena *a, const struct source *src, const struct format_token **ret,
	uint32_t *ret_n);

/*
 * A line to be printed. Its cells are columns: neighbours of one class get equal widths. A comment
 * alone has no cells.
 */
enum format_class {
	FORMAT_PLAIN = 0, /* one cell, and a line like no other */
	FORMAT_ATTR,	  /* word, name, type, where from */
	FORMAT_CLAUSE,	  /* name, the rest */
	FORMAT_CLAIM,	  /* one cell, among clauses */
};

#define FORMAT_CELLS 4

struct format_line {
	enum format_class class;
	uint32_t indent;
	struct str cell[FORMAT_CELLS];
	uint32_t width[FORMAT_CELLS]; /* what they are filled up to; the last one is not */
	uint8_t n_cells;
	struct str comment;
	uint32_t comment_at; /* column, from the indentation */
	bool blank;	     /* an empty line before it */
};

/* Sets the widths, and prints. */
void format_align(struct format_line *line, uint32_t n);
void format_print(struct sbuf *b, const struct format_line *line, uint32_t n);
