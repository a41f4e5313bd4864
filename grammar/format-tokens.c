/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A text as its words and comments, for those who keep both. The scanner skips comments; they are
 * found again in what lies between two words.
 */
#include <errno.h>

#include "grammar/check.h"
#include "grammar/format.h"
#include "grammar/parser.h"
#include "grammar/scan.h"

int scan_token(MDC_YYSTYPE *value, MDC_YYLTYPE *span, void *scanner);

struct reader {
	struct arena *arena;
	const struct source *src;
	struct vec tokens; /* struct format_token */
	uint32_t at;	   /* what is before it has been looked at */
	uint32_t line;
	uint32_t newlines; /* since the last token */
};

static struct format_token *add(struct reader *r, struct str text, int kind)
{
	struct format_token *t = vec_push(r->arena, &r->tokens, sizeof(*t));

	if (!t)
		return NULL;
	t->text = text;
	t->kind = kind;
	t->line = t->end_line = r->line;
	t->first = r->newlines > 0 || r->tokens.n == 1;
	t->blank = r->newlines > 1;
	r->newlines = 0;
	return t;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

/*
 * A word with one layout of what is in it: `x{n: 1, 2}y`, `2.0.<2,3>`. Blanks go where commas, the
 * ends of the braces and the colon part the words anyway; others stay, for they are mistakes.
 */
static bool tidy(struct arena *a, struct str text, struct str *ret)
{
	struct sbuf b = { .size = 2 * text.n };
	bool hole = false, colon = false, skip = false;
	size_t i;

	*ret = text;
	if (text.p[0] == '"' || (str_find(text, '{') == text.n && str_find(text, '<') == text.n))
		return true;
	b.p = arena_alloc_raw(a, b.size);
	if (!b.p)
		return false;
	for (i = 0; i < text.n; i++) {
		char c = text.p[i];
		bool part = c == ',' || (c == ':' && hole && !colon);

		if (is_blank(c)) {
			if (!skip && b.p[b.n - 1] != ' ')
				sbuf_putc(&b, ' ');
			continue;
		}
		while ((part || c == '}' || c == '>') && b.n > 0 && b.p[b.n - 1] == ' ')
			b.n--;
		sbuf_putc(&b, c);
		hole = c == '{' || (hole && c != '}');
		colon = hole && (colon || c == ':');
		skip = part || c == '{' || c == '<';
		if (part && hole)
			sbuf_putc(&b, ' ');
	}
	*ret = sbuf_str(&b);
	return true;
}

/* Comments and ends of lines up to byte @to. */
static bool read_gap(struct reader *r, uint32_t to)
{
	struct str text = r->src->text;

	while (r->at < to) {
		uint32_t from = r->at, end;

		if (text.p[from] == '\n') {
			r->newlines++;
			r->line++;
		}
		r->at++;
		if (text.p[from] != '#')
			continue;
		while (r->at < to && text.p[r->at] != '\n')
			r->at++;
		for (end = r->at; text.p[end - 1] == ' ' || text.p[end - 1] == '\t';)
			end--;
		if (!add(r, str_sub(text, from, end), FORMAT_COMMENT))
			return false;
	}
	return true;
}

static int read_all(struct reader *r, struct parse_ctx *px, void *scanner)
{
	MDC_YYSTYPE value;
	struct span span;
	struct format_token *t;
	int kind;

	while ((kind = scan_token(&value, &span, scanner)) != TOK_MDC_YYEOF) {
		if (kind == TOK_MDC_YYerror || px->hopeless)
			return -EBADMSG;
		if (!read_gap(r, span.from))
			return -ENOMEM;
		t = add(r, str_sub(r->src->text, span.from, span.to), kind);
		if (!t || !tidy(r->arena, t->text, &t->text))
			return -ENOMEM;
		for (; r->at < span.to; r->at++)
			r->line += r->src->text.p[r->at] == '\n';
		t->end_line = r->line;
	}
	return read_gap(r, (uint32_t)r->src->text.n) ? 0 : -ENOMEM;
}

int format_tokens(struct arena *a, const struct source *src, const struct format_token **ret,
	uint32_t *ret_n)
{
	struct reader r = { .arena = a, .src = src, .line = 1 };
	struct parse_ctx px = { .arena = a, .src = src };
	struct diags unheard;
	void *scanner;
	int e;

	diags_init(&unheard, a);
	px.diags = &unheard;
	e = scan_new(&px, &scanner);
	if (e < 0)
		return e;
	if (setjmp(px.fatal))
		return -ENOMEM;
	e = read_all(&r, &px, scanner);
	if (e < 0)
		return e;
	*ret = r.tokens.p;
	*ret_n = r.tokens.n;
	return 0;
}
