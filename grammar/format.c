/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The layout of a policy: which words share a line, how deep it is indented, where comments go.
 * Words are never changed but for blanks inside of them, and before the result is handed out its words and comments are read
 * again and compared, so that it means what the text meant.
 *
 * What the author decides: empty lines (one at most), blocks on one line if they fit, and, between
 * the braces of a test's side, which assignments share a line. All else has one form.
 */
#include <errno.h>

#include "grammar/check.h"
#include "grammar/format.h"
#include "grammar/parse.h"
#include "grammar/parser.h"

/* What statements stand between a pair of braces. */
enum context { IN_FILE, IN_POLICY, IN_RULE, IN_BLOCK, IN_TEST, IN_SIDE };

struct layout {
	struct arena *arena;
	const struct format_token *tok;
	uint32_t n;
	struct sbuf text; /* the cells' bytes */
	struct vec lines; /* struct format_line */
	uint32_t last_line; /* of the source, of the last assignment */
};

/* ---- words of a line --------------------------------------------------------------------- */

static bool space_between(const struct format_token *a, const struct format_token *b,
	enum format_class class)
{
	if (b->kind == TOK_SEMICOLON || b->kind == TOK_COMMA || b->kind == TOK_RPAREN ||
		a->kind == TOK_LPAREN)
		return false;
	/* version(3); in arithmetic a parenthesis follows an operator. */
	return !(b->kind == TOK_LPAREN && class == FORMAT_ATTR);
}

/* The tokens [from, to) side by side. */
static struct str join(struct layout *f, uint32_t from, uint32_t to, enum format_class class)
{
	size_t begin = f->text.n;

	for (uint32_t i = from; i < to; i++) {
		if (i > from && space_between(&f->tok[i - 1], &f->tok[i], class))
			sbuf_putc(&f->text, ' ');
		sbuf_put_str(&f->text, f->tok[i].text);
	}
	return f->text.overflow ? (struct str){ 0 } :
				  (struct str){ f->text.p + begin, f->text.n - begin };
}

static size_t joined_width(const struct layout *f, uint32_t from, uint32_t to)
{
	size_t n = 0;

	for (uint32_t i = from; i < to; i++)
		n += f->tok[i].text.n + 1;
	return n;
}

static bool fits(uint32_t indent, size_t width)
{
	return indent * FORMAT_TAB + width <= FORMAT_WIDTH;
}

static struct format_line *add_line(struct layout *f, uint32_t indent, bool blank)
{
	struct format_line *l = vec_push(f->arena, &f->lines, sizeof(*l));

	if (!l)
		return NULL;
	memset(l, 0, sizeof(*l));
	l->indent = indent;
	l->blank = blank;
	return l;
}

static struct format_line *last_line(const struct layout *f)
{
	return f->lines.n > 0 ? &((struct format_line *)f->lines.p)[f->lines.n - 1] : NULL;
}

/* Where a line that is too long may be cut: behind a comma, before a declaration's options. */
static bool may_cut(const struct layout *f, uint32_t before, enum format_class class)
{
	if (f->tok[before - 1].kind == TOK_COMMA)
		return true;
	return class == FORMAT_ATTR &&
	       (f->tok[before].kind == TOK_FROM || f->tok[before].kind == TOK_DEFAULT);
}

/* [from, to), without comments, on as many lines as it takes; those after the first one deeper. */
static bool fill(struct layout *f, uint32_t from, uint32_t to, uint32_t indent, bool deeper,
	bool blank, enum format_class class)
{
	uint32_t at = from, end;
	struct format_line *l;

	while (at < to) {
		uint32_t in = indent + (deeper || at > from ? 1 : 0);
		uint32_t cut = at;
		size_t width = 0;

		/* As many pieces as there is room for, and one at least. */
		for (end = at + 1;; end++) {
			if (end < to && !may_cut(f, end, class))
				continue;
			width = joined_width(f, at, end);
			if (cut > at && !fits(in, width))
				break;
			cut = end;
			if (end == to)
				break;
		}
		l = add_line(f, in, blank && at == from);
		if (!l)
			return false;
		l->cell[0] = join(f, at, cut, class);
		l->n_cells = 1;
		at = cut;
	}
	return true;
}

/* ---- simple statements ------------------------------------------------------------------- */

/* One line in columns. */
static bool put_cells(struct layout *f, uint32_t from, uint32_t to, uint32_t indent, bool blank,
	enum format_class class)
{
	struct format_line *l = add_line(f, indent, blank);
	uint32_t ends[FORMAT_CELLS] = { from + 1 }, n = 1;
	int depth = 0;

	if (!l)
		return false;
	if (class == FORMAT_ATTR) {
		ends[n++] = from + 2;
		for (uint32_t i = from + 3; i < to; i++) {
			depth += f->tok[i].kind == TOK_LBRACE;
			depth -= f->tok[i].kind == TOK_RBRACE;
			if (depth > 0 || f->tok[i].kind != TOK_FROM)
				continue;
			ends[n++] = i;
			break;
		}
	}
	ends[n++] = to;
	for (uint32_t k = 0, at = from; k < n; at = ends[k++])
		l->cell[k] = join(f, at, ends[k], class);
	l->n_cells = (uint8_t)n;
	l->class = class;
	return true;
}

static bool put_comment(struct layout *f, const struct format_token *t, uint32_t indent)
{
	struct format_line *l = last_line(f);

	if (t->first || !l || l->comment.n > 0)
		l = add_line(f, indent, t->blank && f->lines.n > 0);
	if (!l)
		return false;
	l->comment = t->text;
	return true;
}

/* Statements and heads of blocks, comments in the midst of them too: [from, to). */
static bool put_statement(struct layout *f, uint32_t from, uint32_t to, uint32_t indent, bool blank,
	enum format_class class)
{
	uint32_t at = from, end;

	for (end = from; end < to && f->tok[end].kind != FORMAT_COMMENT;)
		end++;
	if (end == to && (class == FORMAT_ATTR || class == FORMAT_CLAUSE) &&
		fits(indent, joined_width(f, from, to)))
		return put_cells(f, from, to, indent, blank, class);
	for (; at < to; at = end + 1) {
		for (end = at; end < to && f->tok[end].kind != FORMAT_COMMENT;)
			end++;
		if (!fill(f, at, end, indent, at > from, blank && at == from, class))
			return false;
		/* A comment ends the line; what comes after it is still the same statement. */
		if (end < to && !put_comment(f, &f->tok[end], indent + 1))
			return false;
		if (end == to)
			break;
	}
	if (class == FORMAT_CLAIM && last_line(f) && end == to && at == from)
		last_line(f)->class = FORMAT_CLAIM;
	return true;
}

/* Assignments share lines as their author had them, where there is room. */
static bool put_assignment(struct layout *f, uint32_t from, uint32_t to, uint32_t indent, bool blank,
	bool first)
{
	struct format_line *l = last_line(f);
	size_t width = joined_width(f, from, to);

	for (uint32_t i = from; i < to; i++)
		if (f->tok[i].kind == FORMAT_COMMENT)
			return put_statement(f, from, to, indent, blank, FORMAT_PLAIN);
	if (!first && f->last_line == f->tok[from].line && l && l->comment.n == 0 &&
		l->n_cells == 1 && l->indent == indent && fits(indent, l->cell[0].n + 1 + width) &&
		l->cell[0].p + l->cell[0].n == f->text.p + f->text.n) {
		sbuf_putc(&f->text, ' ');
		l->cell[0].n += 1 + join(f, from, to, FORMAT_PLAIN).n;
		return true;
	}
	return put_statement(f, from, to, indent, blank, FORMAT_PLAIN);
}

/* ---- blocks ------------------------------------------------------------------------------ */

static int next_kind(const struct layout *f, uint32_t *at)
{
	do
		++*at;
	while (*at < f->n && f->tok[*at].kind == FORMAT_COMMENT);
	return *at < f->n ? f->tok[*at].kind : TOK_MDC_YYEOF;
}

/* Do braces with statements belong to the one that begins here, and which? */
static bool opens_block(const struct layout *f, uint32_t at, enum context in, enum context *ret)
{
	switch (f->tok[at].kind) {
	case TOK_POLICY:
		*ret = IN_POLICY;
		return in == IN_FILE;
	case TOK_RULE:
		*ret = IN_RULE;
		return in == IN_POLICY;
	case TOK_TEST:
		*ret = IN_TEST;
		return in == IN_POLICY;
	case TOK_TARGET:
	case TOK_SOURCE:
		*ret = IN_SIDE;
		return in == IN_TEST;
	case TOK_OFFER:
	case TOK_REFUSE:
		*ret = IN_BLOCK;
		return in == IN_POLICY || in == IN_RULE;
	case TOK_ACCEPT:
		*ret = IN_BLOCK;
		return (in == IN_POLICY || in == IN_RULE) && next_kind(f, &at) == TOK_SAME &&
		       next_kind(f, &at) == TOK_BUT;
	default:
		return false;
	}
}

static uint32_t closing(const struct layout *f, uint32_t open)
{
	uint32_t i = open;
	int depth = 0;

	for (; i < f->n; i++) {
		depth += f->tok[i].kind == TOK_LBRACE;
		depth -= f->tok[i].kind == TOK_RBRACE;
		if (depth == 0)
			return i;
	}
	return f->n;
}

/* One past the `;`. */
static uint32_t statement_end(const struct layout *f, uint32_t at)
{
	while (at < f->n && f->tok[at].kind != TOK_SEMICOLON)
		at++;
	return MIN(at + 1, f->n);
}

/* As its author has it on one line, or nothing in it. */
static bool goes_on_one_line(const struct layout *f, uint32_t from, uint32_t open, uint32_t close,
	uint32_t indent, enum context in)
{
	if (in == IN_FILE)
		return false;
	for (uint32_t i = from; i <= close; i++)
		if (f->tok[i].kind == FORMAT_COMMENT)
			return false;
	return (close == open + 1 || f->tok[from].line == f->tok[close].end_line) &&
	       fits(indent, joined_width(f, from, close + 1));
}

static enum format_class class_of(const struct layout *f, uint32_t at, enum context in)
{
	if (in == IN_POLICY &&
		(f->tok[at].kind == TOK_ATTRIBUTE || f->tok[at].kind == TOK_LOCAL))
		return FORMAT_ATTR;
	if (in == IN_BLOCK)
		return f->tok[at].kind == TOK_CLAIM ? FORMAT_CLAIM : FORMAT_CLAUSE;
	return FORMAT_PLAIN;
}

/*
 * Statements from token @at up to the closing brace, or the end. Returns its number; n + 1 when
 * memory ran out. Contexts nest four deep.
 */
static uint32_t put_body(struct layout *f, uint32_t at, enum context in, uint32_t indent)
{
	uint32_t begin = at, open, close, end;
	enum context inner;

	while (at < f->n && f->tok[at].kind != TOK_RBRACE) {
		bool first = at == begin, blank = f->tok[at].blank && !first;

		if (f->tok[at].kind == FORMAT_COMMENT) {
			if (!put_comment(f, &f->tok[at], indent))
				return f->n + 1;
			if (first && f->tok[at].first)
				last_line(f)->blank = false;
			at++;
			continue;
		}
		/* The policy stands apart from the language. */
		if (in == IN_FILE && f->tok[at].kind == TOK_POLICY && at > 0 &&
			f->tok[at - 1].kind == TOK_SEMICOLON)
			blank = true;
		if (!opens_block(f, at, in, &inner)) {
			end = statement_end(f, at);
			if (!(in == IN_SIDE ? put_assignment(f, at, end, indent, blank, first) :
					      put_statement(f, at, end, indent, blank,
						      class_of(f, at, in))))
				return f->n + 1;
			f->last_line = f->tok[end - 1].end_line;
			at = end;
			continue;
		}
		for (open = at; open < f->n && f->tok[open].kind != TOK_LBRACE;)
			open++;
		close = closing(f, open);
		if (close == f->n)
			return f->n + 1;
		if (goes_on_one_line(f, at, open, close, indent, in)) {
			if (!put_statement(f, at, close + 1, indent, blank, FORMAT_PLAIN))
				return f->n + 1;
		} else {
			if (!put_statement(f, at, open + 1, indent, blank, FORMAT_PLAIN) ||
				put_body(f, open + 1, inner, indent + 1) != close ||
				!put_statement(f, close, close + 1, indent, false, FORMAT_PLAIN))
				return f->n + 1;
		}
		at = close + 1;
	}
	return at;
}

/* ---- the whole --------------------------------------------------------------------------- */

static bool same_tokens(const struct format_token *a, uint32_t n_a, const struct format_token *b,
	uint32_t n_b)
{
	if (n_a != n_b)
		return false;
	for (uint32_t i = 0; i < n_a; i++)
		if (a[i].kind != b[i].kind || !str_eq(a[i].text, b[i].text))
			return false;
	return true;
}

static int print_lines(struct layout *f, struct str *ret)
{
	struct sbuf b = { .size = POLICY_TEXT_MAX + 1 };

	format_align(f->lines.p, f->lines.n);
	b.p = arena_alloc_raw(f->arena, b.size);
	if (!b.p)
		return -ENOMEM;
	format_print(&b, f->lines.p, f->lines.n);
	if (b.overflow || b.n > POLICY_TEXT_MAX)
		return -EFBIG;
	*ret = sbuf_str(&b);
	return 0;
}

int policy_format(struct arena *a, const struct source *src, struct diags *d, struct str *ret)
{
	struct layout f = { .arena = a, .text.size = 2 * src->text.n + 1 };
	const struct format_token *again;
	struct ast_policy *ast;
	struct source result = *src;
	uint32_t n_again;
	size_t from = d->n;
	int r = policy_parse(a, src, d, &ast);

	diags_sort(d, from);
	if (r == 0)
		r = format_tokens(a, src, &f.tok, &f.n);
	if (r < 0)
		return r;
	f.text.p = arena_alloc_raw(a, f.text.size);
	if (!f.text.p || put_body(&f, 0, IN_FILE, 0) != f.n || f.text.overflow)
		return -ENOMEM;
	r = print_lines(&f, &result.text);
	if (r == 0)
		r = format_tokens(a, &result, &again, &n_again);
	if (r < 0)
		return r;
	/* Never: the blanks chosen here separate what the scanner separates. */
	if (!same_tokens(f.tok, f.n, again, n_again))
		return -ENOTRECOVERABLE;
	*ret = result.text;
	return 0;
}
