/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <setjmp.h>

#include "grammar/ast.h"

/*
 * What parser and scanner share while one text is read. Only parse.c, lexer.l and parser.y look
 * at it.
 */
struct parse_ctx {
	struct arena *arena;
	const struct source *src;
	struct diags *diags;
	size_t errors_before; /* of diags, when we began */

	/* Scanner */
	uint8_t keywords_from[27]; /* the number of the first one, for each letter and the end */
	char *buf;		/* a copy of the text that flex may scribble in */
	struct span open[POLICY_NESTING_MAX]; /* braces and parentheses not yet closed */
	unsigned depth;		/* how many */
	unsigned braces;	/* the braces among them */
	int token;		/* the one that was read last */
	uint32_t token_end;	/* where it ends, and the one before it */
	uint32_t token_end_before;
	/* The first brace that is closed by one with another indentation, and that one; .to 0: none. */
	struct span askew, askew_close;
	jmp_buf fatal;		/* where flex's way out leads */

	/* Parser */
	struct ast_policy *policy;
	struct ast_rule *rule;	 /* the one whose braces are open, or NULL */
	struct ast_block *block; /* likewise */
	struct ast_attr *attr;
	struct ast_test *test;
	struct ast_side *side;
	unsigned blocks;	/* braces open that hold statements */
	bool closed;		/* the policy's closing brace was there */
	bool recovering;	/* looking for the end of a statement with an error in it */
	/* The word at which a missing `;` was noticed: next is the `;`, then the word again. */
	enum { SUPPLY_NOTHING = 0, SUPPLY_END, SUPPLY_WORD } supply;
	int word;
	struct span word_span;
	bool skipped_statement; /* ... a `;` inside braces was skipped */
	bool too_new;		/* `language` is; say nothing about the rest */
	bool hopeless;		/* say nothing more and come to an end */
	bool nomem;
};

/* Reports at a span, unless nothing is to be said any more. */
struct diag *parse_error(struct parse_ctx *px, enum diag_code code, struct span span,
	const char *fmt, ...) _printf_(4, 5);

/* An opening or closing brace or parenthesis was read. Returns the token to give to the parser. */
int scan_open_group(struct parse_ctx *px, struct span span, char c);
int scan_close_group(struct parse_ctx *px, struct span span, char c);

/* Makes keyword_token() ready; scan_new() does it. */
void index_keywords(struct parse_ctx *px);
/* The keyword's token, or TOK_BARE. */
int keyword_token(const struct parse_ctx *px, struct str word);

/* How much of an atom ending in `+` or `*`, or of one that looks like a template, belongs to it
 * (@next is the byte after it). */
size_t scan_atom_length(struct str text, char next);
size_t scan_template_length(const struct parse_ctx *px, struct str text);

/* A scanner at the beginning of the text, of the generated one's type. -ENOMEM. */
int scan_new(struct parse_ctx *px, void **ret);

/* ---- what the grammar's actions call: each builds one node and puts it into its place ------ */

/* They return false (or NULL) when memory runs out. */
bool ast_language(struct parse_ctx *px, struct span number);
struct word ast_word(struct parse_ctx *px, struct span span);

struct elem *ast_elem(struct parse_ctx *px, enum elem_kind kind, struct span span);
struct elem *ast_string(struct parse_ctx *px, struct span span);
struct elem *ast_braces(struct parse_ctx *px, struct span span, struct elems items);
struct elem *ast_binary(struct parse_ctx *px, struct elem *left, char op, struct elem *right);
struct elem *ast_parens(struct elem *e, struct span span);
struct elems ast_list(struct elem *e);
struct elems ast_list_add(struct elems list, struct elem *e);

/* A header word that may stand once: moves @w into *at, or reports. */
void ast_once(struct parse_ctx *px, struct word *at, struct word w);

bool ast_scope(struct parse_ctx *px, struct span span, struct word kind, struct elems drivers,
	const struct ast_fact *type_from);
/* Adds `except` and what stands behind it to an operand. */
void ast_except(struct operand_list *o, struct span span, struct elems except);
bool ast_const(struct parse_ctx *px, struct word name, struct elems in);

bool ast_attr_begin(struct parse_ctx *px, bool local, struct word name);
void ast_attr_option(struct parse_ctx *px, enum option_kind kind, struct span span,
	struct elem *value, struct elem *more);
void ast_attr_fact(struct parse_ctx *px, const struct ast_fact *fact);
void ast_attr_default(struct parse_ctx *px, struct span span, struct elems value);
void ast_attr_end(struct parse_ctx *px);
struct ast_fact *ast_fact(struct parse_ctx *px, struct word kind);
struct ast_fact *ast_fact_name(struct ast_fact *fact, struct elem *name);

bool ast_rule_begin(struct parse_ctx *px, struct word name, struct span span);
void ast_rule_end(struct parse_ctx *px);
bool ast_when(struct parse_ctx *px, struct ast_clause *c, struct span span);
bool ast_migratable(struct parse_ctx *px, struct span span, struct word word);
bool ast_block_begin(struct parse_ctx *px, enum block_kind kind, bool braces, struct span span);
void ast_block_end(struct parse_ctx *px);
struct ast_clause *ast_clause(struct parse_ctx *px, enum clause_op op, struct span op_span,
	struct elems in);
bool ast_block_clause(struct parse_ctx *px, struct ast_clause *c, struct span span);
bool ast_claim(struct parse_ctx *px, struct span span, struct word attr, struct elem *expr);

bool ast_test_begin(struct parse_ctx *px, struct elem *name);
void ast_test_side(struct parse_ctx *px, struct ast_side *side, struct span span);
bool ast_assign(struct parse_ctx *px, struct word attr, struct elems value);
void ast_expect(struct parse_ctx *px, struct word verdict, struct word because);
