/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "engine/base/arena.h"
#include "engine/base/diag.h"
#include "engine/base/str.h"
#include "engine/image/model.h"

/*
 * A policy as it is written: names unresolved, words uninterpreted, every piece with its span.
 * What a word means depends on the type of the attribute beside it, and is found out by the
 * checks. Everything lives in one arena; text is a view into the source.
 *
 * Lists are singly linked in the order written, with a tail for appending.
 */

/* A name or a word at a place. .text.p NULL: it is not there. */
struct word {
	struct str text;
	struct span span;
};

/* ---- what stands in operands, defaults and constants -------------------------------------- */

enum elem_kind {
	ELEM_BARE,     /* 2.0.<2,3>  self  10de:1eb8  nvidia-*  * */
	ELEM_STRING,   /* "9.6"; .text is what is between the quotes, escapes undone */
	ELEM_TEMPLATE, /* i915-GVTg_V5_{n: 1, 2}; .text as written */
	ELEM_BRACES,   /* { a, b }: a set, or a variable when there is one word; .first */
	ELEM_BINARY,   /* .left .op .right */
};

struct elem {
	enum elem_kind kind;
	struct span span;
	struct elem *next; /* in the list it stands in */
	struct str text;
	char op;	/* + - * / */
	bool parens;	/* written in parentheses */
	uint32_t n;	/* ELEM_BRACES: how many */
	struct elem *first;
	struct elem *left, *right;
};

struct elems {
	struct elem *first, *last;
	uint32_t n;
	struct span span;
};

/* LIST [except LIST] */
struct operand_list {
	struct elems in;
	struct elems except;
	bool has_except;
	struct span except_span; /* the word */
};

/* ---- declarations ------------------------------------------------------------------------ */

/* from KIND "name" "name" */
struct ast_fact {
	struct word kind; /* .text.p NULL: no `from` */
	struct elem *first, *last; /* strings */
	uint32_t n;
};

enum option_kind {
	OPTION_KEY,
	OPTION_SEPARATOR,
	OPTION_FIELD,	/* value and .more, the separator */
	OPTION_FORMAT,
	OPTION_ORDER,
	OPTION_MAJOR,
	OPTION_HEX,
	OPTION_SIZE,
	OPTION_RANGE,	/* lo..hi */
	OPTION_DYNAMIC,
	OPTION_MAX_,
};

struct option {
	bool given;
	struct span span;
	struct elem *value, *more;
};

struct ast_attr {
	struct ast_attr *next;
	bool local;
	struct word name;
	struct word type;
	struct elem *type_argument; /* version(3) */
	struct elem *type_words;    /* enum { a, b }: ELEM_BRACES */
	struct ast_fact fact;
	struct option option[OPTION_MAX_];
	bool has_default;
	struct span default_span;
	struct elems dflt;
};

struct ast_const {
	struct ast_const *next;
	struct word name;
	struct operand_list value;
	bool used;
};

struct ast_scope {
	struct ast_scope *next;
	struct span span;
	struct word kind;
	struct elems drivers;
	struct ast_fact type_from;
};

/* ---- rules ------------------------------------------------------------------------------- */

struct ast_clause {
	struct ast_clause *next;
	struct span span;
	struct word attr;
	enum clause_op op;
	struct span op_span;
	struct operand_list operand;
};

struct ast_claim {
	struct ast_claim *next;
	struct span span;
	struct word attr;
	struct elem *expr; /* NULL: a copy */
};

struct ast_block {
	struct ast_block *next;
	enum block_kind kind;
	struct span span; /* its head: "accept same but" */
	bool braces;	  /* false: `accept same;` */
	struct ast_clause *first_clause, *last_clause;
	uint32_t n_clauses;
	struct ast_claim *first_claim, *last_claim;
	uint32_t n_claims;
};

struct ast_migratable {
	struct ast_migratable *next;
	struct span span;
	struct word word;
};

struct ast_rule {
	struct ast_rule *next;
	struct word name; /* .text.p NULL: what stands directly in the policy */
	struct span span;
	struct ast_clause *first_when, *last_when;
	uint32_t n_when;
	struct ast_block *first_block, *last_block;
	uint32_t n_blocks;
	struct ast_migratable *first_migratable, *last_migratable;
};

/* ---- tests ------------------------------------------------------------------------------- */

struct ast_assign {
	struct ast_assign *next;
	struct word attr;
	struct elems value;
};

struct ast_side {
	bool given;
	struct span span;
	struct ast_assign *first, *last;
};

struct ast_test {
	struct ast_test *next;
	struct word name;
	struct ast_side target, source;
	struct word expect;
	struct word because;
};

/* ---- the policy -------------------------------------------------------------------------- */

struct ast_policy {
	struct word language;
	struct span policy_span; /* the word `policy` */
	struct word name;
	struct word revision;
	struct word fallback;
	struct word narrows;
	struct word vendor;
	struct word speaks, speaks_as;
	struct ast_scope *first_scope, *last_scope;
	uint32_t n_scopes;
	struct ast_attr *first_attr, *last_attr; /* locals too */
	uint32_t n_attrs, n_locals;
	struct ast_const *first_const, *last_const;
	uint32_t n_consts;
	struct ast_rule *first_rule, *last_rule;
	uint32_t n_rules;
	struct ast_test *first_test, *last_test;
	uint32_t n_tests;
};

/* Appends @node to a list that begins at .first_X and ends at .last_X of @owner. */
#define AST_APPEND(owner, field, node)                                \
	do {                                                          \
		if ((owner)->last_##field)                            \
			(owner)->last_##field->next = (node);         \
		else                                                  \
			(owner)->first_##field = (node);              \
		(owner)->last_##field = (node);                       \
	} while (0)

/* Appends to a list whose owner has only .first and .last. */
#define AST_PUSH(list, node)                                          \
	do {                                                          \
		if ((list)->last)                                     \
			(list)->last->next = (node);                  \
		else                                                  \
			(list)->first = (node);                       \
		(list)->last = (node);                                \
	} while (0)

static inline struct span span_join(struct span a, struct span b)
{
	return (struct span){ a.from, b.to };
}
