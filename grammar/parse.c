/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Between scanner and parser: bytes that no policy has, keywords, how deep braces go, where an
 * atom ends, and how reading goes on after a mistake. It knows the shape of the text only.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "grammar/parse.h"
#include "grammar/parser.h"
#include "grammar/scan.h"

int scan_token(MDC_YYSTYPE *value, MDC_YYLTYPE *span, void *scanner);

struct diag *parse_error(struct parse_ctx *px, enum diag_code code, struct span span,
	const char *fmt, ...)
{
	char buf[1024];
	va_list ap;

	if (px->hopeless || px->too_new)
		return &px->diags->dummy;
	va_start(ap, fmt);
	vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	if (diags_full(px->diags, px->src)) {
		px->hopeless = true;
		return &px->diags->dummy;
	}
	return diag_at(px->diags, code, px->src, span, "%s", buf);
}

/* ---- words ------------------------------------------------------------------------------- */

static const struct keyword {
	char text[11];
	uint8_t n;
	int16_t token;
} keywords[] = {
#define KEYWORD(token, text) { text, sizeof(text) - 1, TOK_##token },
#include "grammar/keywords.def"
#undef KEYWORD
};

/* Where the keywords begin that begin with a letter: they are in order, and half of all words of
 * a text are looked for. */
void index_keywords(struct parse_ctx *px)
{
	size_t i, letter = 0;

	for (i = 0; i < ARRAY_SIZE(keywords); i++)
		while (letter <= (size_t)(keywords[i].text[0] - 'a'))
			px->keywords_from[letter++] = (uint8_t)i;
	while (letter < ARRAY_SIZE(px->keywords_from))
		px->keywords_from[letter++] = (uint8_t)i;
}

int keyword_token(const struct parse_ctx *px, struct str word)
{
	const struct keyword *k, *end;
	size_t letter;

	if (word.n < 2 || !(word.p[0] >= 'a' && word.p[0] <= 'z'))
		return TOK_BARE;
	letter = (size_t)(word.p[0] - 'a');
	end = &keywords[px->keywords_from[letter + 1]];
	for (k = &keywords[px->keywords_from[letter]]; k < end; k++)
		if (k->n == word.n && k->text[1] == word.p[1] &&
			memcmp(k->text, word.p, word.n) == 0)
			return k->token;
	return TOK_BARE;
}

static bool begins_word(char c)
{
	return ascii_isalnum(c) || c == '_' || c == '{' || c == '(' || c == '"';
}

/* `2.1+` and `nvidia-*` are one word, `a+b` and `a*{n}` are sums and products. */
size_t scan_atom_length(struct str text, char next)
{
	char last = text.p[text.n - 1], before = text.n > 1 ? text.p[text.n - 2] : '\0';

	if (text.n > 1 && (last == '+' || last == '*') && before != '.' && begins_word(next))
		return text.n - 1;
	return text.n;
}

/*
 * `{` glued to a word makes a template, but not where the word is one that braces follow anyway
 * (`enum{a, b}`), and braces alone with several words, glued to what comes after, are a set.
 */
size_t scan_template_length(const struct parse_ctx *px, struct str text)
{
	size_t brace = str_find(text, '{'), i;
	struct str head = str_sub(text, 0, brace);

	if (brace > 0) {
		if (keyword_token(px, head) != TOK_BARE || str_eq(head, STR("enum")) ||
			str_eq(head, STR("set")))
			return brace;
		return text.n;
	}
	for (i = 1; text.p[i] != '}' && text.p[i] != ':' && text.p[i] != ','; i++)
		;
	return text.p[i] == ',' ? 1 : text.n;
}

/* ---- nesting ----------------------------------------------------------------------------- */

int scan_open_group(struct parse_ctx *px, struct span span, char c)
{
	struct diag *x;

	if (px->depth == POLICY_NESTING_MAX) {
		x = parse_error(px, DIAG_TOO_DEEP, span,
			"more than %d braces and parentheses inside each other",
			POLICY_NESTING_MAX);
		x->other.source = px->src;
		x->other.span = px->open[0];
		x->other.label = STR("the outermost");
		px->hopeless = true;
		return TOK_MDC_YYEOF;
	}
	px->open[px->depth++] = span;
	if (c == '(')
		return TOK_LPAREN;
	px->braces++;
	return TOK_LBRACE;
}

static bool top_is(const struct parse_ctx *px, char c)
{
	return px->depth > 0 && px->src->text.p[px->open[px->depth - 1].from] == c;
}

/* The blanks that a line begins with, up to byte @at if nothing else is before it. */
static struct str indentation(struct str text, uint32_t at)
{
	uint32_t from = at, to;

	while (from > 0 && text.p[from - 1] != '\n')
		from--;
	for (to = from; to < at && (text.p[to] == ' ' || text.p[to] == '\t');)
		to++;
	return str_sub(text, from, to);
}

/* A brace that nobody closed is closed by its neighbour's, which stands elsewhere. */
static void compare_indentation(struct parse_ctx *px, struct span open, struct span close)
{
	struct str text = px->src->text, a = indentation(text, open.from), b = indentation(text, close.from);

	if (px->askew.to > 0 || b.p + b.n != text.p + close.from || a.p == b.p || str_eq(a, b))
		return;
	px->askew = open;
	px->askew_close = close;
}

int scan_close_group(struct parse_ctx *px, struct span span, char c)
{
	if (c == ')') {
		if (top_is(px, '('))
			px->depth--;
		return TOK_RPAREN;
	}
	/* Parentheses left open are a mistake that the parser sees. */
	while (top_is(px, '('))
		px->depth--;
	if (top_is(px, '{')) {
		px->depth--;
		compare_indentation(px, px->open[px->depth], span);
		px->braces--;
	}
	return px->braces >= px->blocks && px->blocks > 0 ? TOK_RBRACE_LIST : TOK_RBRACE;
}

/* ---- tokens, also after a mistake -------------------------------------------------------- */

/*
 * After a mistake the parser waits for the `;` or `}` that ends the statement. Braces on the way
 * are skipped as a whole; when there were statements in them they were the statement's end.
 */
static int next_after_mistake(struct parse_ctx *px, int token)
{
	switch (token) {
	case TOK_MDC_YYEOF:
		return token;
	case TOK_SEMICOLON:
		if (px->braces == px->blocks)
			break;
		px->skipped_statement = true;
		return -1;
	case TOK_RBRACE:
		break;
	case TOK_RBRACE_LIST:
		if (px->braces != px->blocks || !px->skipped_statement)
			return -1;
		token = TOK_SEMICOLON;
		break;
	default:
		return -1;
	}
	px->recovering = px->skipped_statement = false;
	return token;
}

/*
 * The parser drops the word at which it noticed that a `;` is missing; it gets the `;` now, and that word
 * behind it. Not if it found a way of its own. 0: the scanner is to be asked.
 */
static int supplied(struct parse_ctx *px, struct span *span)
{
	switch (px->supply) {
	case SUPPLY_NOTHING:
		break;
	case SUPPLY_END:
		px->supply = px->recovering ? SUPPLY_WORD : SUPPLY_NOTHING;
		if (!px->recovering)
			break;
		px->recovering = false;
		*span = px->word_span;
		return TOK_SEMICOLON;
	case SUPPLY_WORD:
		px->supply = SUPPLY_NOTHING;
		*span = px->word_span;
		return px->word;
	}
	return 0;
}

int mdc_yylex(MDC_YYSTYPE *value, MDC_YYLTYPE *span, struct parse_ctx *px, void *scanner)
{
	int token = supplied(px, span);

	if (token > 0)
		return token;
	for (;;) {
		token = scan_token(value, span, scanner);
		px->token_end_before = px->token_end;
		px->token_end = span->to;
		if (px->hopeless)
			return TOK_MDC_YYEOF;
		if (px->recovering) {
			token = next_after_mistake(px, token);
			if (token < 0)
				continue;
		} else if (token == TOK_MDC_YYerror) {
			px->recovering = true;
			px->skipped_statement = false;
		}
		px->token = token;
		return token;
	}
}

/* ---- bytes ------------------------------------------------------------------------------- */

static const char *byte_name(unsigned char c)
{
	switch (c) {
	case '\0':
		return "a NUL byte";
	case '\r':
		return "a carriage return";
	case 0x1b:
		return "an escape character";
	default:
		return c < 0x80 ? "a control character" : "a byte that is not ASCII";
	}
}

static bool byte_good(char c)
{
	return ascii_isprint(c) || c == '\n' || c == '\t';
}

/* The first byte that no policy has, or the text's end; by blocks, as there is hardly ever one. */
static size_t bad_byte(struct str t)
{
	size_t i = 0, k;

	for (; t.n - i >= 64; i += 64) {
		unsigned bad = 0;

		for (k = 0; k < 64; k++)
			bad |= !byte_good(t.p[i + k]);
		if (bad)
			break;
	}
	while (i < t.n && byte_good(t.p[i]))
		i++;
	return i;
}

/* Policies are printable ASCII, tabs and newlines. The first byte that is not is reported. */
static bool check_bytes(struct diags *d, const struct source *src)
{
	struct str t = src->text;
	size_t i = bad_byte(t);
	struct diag *x;

	if (i == t.n)
		return true;
	x = diag_at(d, DIAG_BYTE, src, (struct span){ (uint32_t)i, (uint32_t)i + 1 },
		"%s (0x%02x); policies are printable ASCII", byte_name((unsigned char)t.p[i]),
		(unsigned)(unsigned char)t.p[i]);
	if (t.p[i] == '\r')
		x->help = STR("end lines with a newline alone");
	else if (i == 0 && str_starts(t, STR("\xef\xbb\xbf")))
		x->help = STR("save the file without a byte order mark");
	return false;
}

static bool check_size(struct diags *d, const struct source *src)
{
	if (src->text.n <= POLICY_TEXT_MAX)
		return true;
	diag_at(d, DIAG_TOO_LARGE, src, (struct span){ POLICY_TEXT_MAX, POLICY_TEXT_MAX + 1 },
		"the policy is larger than %d bytes", POLICY_TEXT_MAX);
	return false;
}

int policy_parse(struct arena *a, const struct source *src, struct diags *d,
	struct ast_policy **ret)
{
	struct parse_ctx px = { .arena = a, .src = src, .diags = d, .errors_before = d->errors };
	void *scanner;
	int r;

	px.policy = arena_new(a, struct ast_policy);
	if (!px.policy)
		return -ENOMEM;
	*ret = px.policy;
	if (!check_size(d, src) || !check_bytes(d, src))
		return -EBADMSG;
	r = scan_new(&px, &scanner);
	if (r < 0)
		return r;
	/* The scanner's way out, should it ever take it: everything lives in the arena, and the
	 * parser's stack does not grow. */
	if (setjmp(px.fatal))
		return -ENOMEM;
	r = mdc_yyparse(&px, scanner);
	if (px.nomem || arena_failed(a))
		return -ENOMEM;
	if (px.too_new)
		return -EPROTO;
	/* Recovery hides errors from the return value. */
	return r == 0 && d->errors == px.errors_before ? 0 : -EBADMSG;
}
