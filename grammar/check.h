/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/image/model.h"
#include "engine/version/text.h"
#include "grammar/ast.h"
#include "grammar/compile.h"
#include "grammar/symtab.h"

/*
 * From syntax tree to compiled form. Each check-*.c knows one concern, and makes the part of the
 * model that it has checked; check.c calls them in order.
 *
 * All functions that return bool say false when they reported an error or ran out of memory;
 * arena_failed() tells which.
 */

/* An array that grows; see vec.c below. */
struct vec {
	void *p;
	uint32_t n, room;
};

/* An attribute or local, as declared. */
struct symbol {
	struct attr attr;
	const struct ast_attr *decl; /* NULL: built in */
	uint16_t number;	     /* of the model, attributes and locals apart */
	bool local;
	bool broken; /* its type is not known: say nothing that follows from that */
};

/* A constant: a list that becomes values wherever it meets a type. */
struct const_symbol {
	struct ast_const *decl;
	bool broken;
	/* What it became for the type it met last. */
	const struct symbol *type;
	struct pile *pile;
};

struct check {
	struct arena *a;
	const struct source *src;
	struct diags *d;
	const struct ast_policy *ast;

	uint32_t *line; /* where each line begins */
	uint32_t n_lines, last_line; /* .last_line: where place_of() was asked about before */

	struct symtab values; /* attributes and locals, struct symbol */
	struct symtab consts; /* struct const_symbol */
	struct symtab rules;  /* struct ast_rule */
	struct symbol **attr; /* by number */
	uint32_t n_attrs;
	struct symbol **local;
	uint32_t n_locals;

	bool no_consts;		/* defaults and tests know no constants */
	bool in_const;		/* lowering a constant's value ... */
	struct span const_use;	/* ... for this use of it */
	uint64_t const_items;	/* values that constants put into lists so far */

	struct policy *policy;
	struct policy_more *more; /* NULL: not wanted */
	struct vec items;	  /* struct policy_item, for .more */
};

/* ---- check.c ----------------------------------------------------------------------------- */

struct place place_of(struct check *c, struct span span);

/* Reports; inside of a constant the place that uses it is the other party. */
struct diag *check_error(struct check *c, enum diag_code code, struct span span,
	const char *fmt, ...) _printf_(4, 5);
/* Names the other party, unless there is one. */
void check_other(struct check *c, struct diag *x, struct span span, struct str label);
/* Text for .help; a user's word for a message. */
#define check_text(c, ...) diag_text((c)->d, __VA_ARGS__)
#define QUOTE(c, s)	   STR_FMT(diag_quote((c)->d, (s)))
/* "did you mean 'x'?" into .help, if one of the candidates is close. */
void check_suggest(struct check *c, struct diag *x, struct str word, const struct str *candidate,
	size_t n);
/* The same over all names of a table. */
void check_suggest_name(struct check *c, struct diag *x, struct str word, const struct symtab *t);

/* May this be a name? @what: "attribute". */
bool check_name(struct check *c, struct word name, const char *what);
/* A number at a place: 1..@max. */
bool check_number(struct check *c, const struct elem *e, uint64_t max, const char *what,
	uint64_t *ret);
/* @w among the words; reports and suggests otherwise. Returns the index, or -1. */
int check_word(struct check *c, struct word w, const char *what, const struct str *words,
	size_t n);

/* ---- check-head.c, check-attr.c, check-type.c, check-fact.c, check-const.c ---------------- */

bool check_head(struct check *c);
bool check_scopes(struct check *c);
bool check_attrs(struct check *c);
bool check_type(struct check *c, const struct ast_attr *decl, struct attr_type *ret);
bool check_fact(struct check *c, const struct ast_fact *fact, const struct option *key,
	struct value_type type, struct fact *ret);
bool check_consts(struct check *c);
void check_consts_used(struct check *c);
bool check_tests(struct check *c);

/* "a version(3)": how people call a type. */
struct str a_type(struct check *c, const struct attr_type *t);

/* The attribute of that name, or NULL with a report. Locals are not attributes. */
struct symbol *find_attr(struct check *c, struct word name);
/* The same without a report. */
struct symbol *peek_attr(const struct check *c, struct str name);

/* ---- literal.c: one element as a value of an attribute's type ------------------------------ */

bool elem_is(const struct elem *e, const char *word); /* written bare */
/* Does the bare word begin with this and a dot? Then *ret is what follows. */
bool elem_member(const struct elem *e, const char *of, struct str *ret);
/* Could this bare text be a word of a string, unquoted? */
bool word_is_plain(struct str s);

bool literal_word(struct check *c, const struct symbol *s, const struct elem *e,
	struct str *ret);
bool literal_int(struct check *c, const struct symbol *s, const struct elem *e, int64_t *ret);
bool literal_value(struct check *c, const struct symbol *s, const struct elem *e,
	struct value *ret);
/* Versions: any item; ints: N or N..M. *ret_written: intervals as written. */
bool literal_ranges(struct check *c, const struct symbol *s, const struct elem *e,
	struct ranges *ret, uint32_t *ret_written);
/* Reports a word outside of the declared domain. @span: where it was written. */
bool check_domain(struct check *c, const struct symbol *s, struct str word, struct span span);

/* ---- vec.c: arrays that grow, and lists of words -------------------------------------------- */

/* Room for one more object of @size bytes, or NULL. */
void *vec_push(struct arena *a, struct vec *v, size_t size);
/* Sorts and removes what stands twice; the words are moved in place. */
struct word_set words_normal(struct str *w, uint32_t n);
struct word_set words_minus(struct str *w, uint32_t n, struct word_set less);
bool words_contain(struct word_set set, struct str w);

/* ---- distinct.c ---------------------------------------------------------------------------- */

/* The sets, or masks, of @in in their order, each once, without those of @less: in an array of its own.
 * False: no memory. */
bool sets_minus(struct check *c, const struct vec *in, const struct vec *less, struct vec *ret);
bool masks_minus(struct check *c, const struct vec *in, const struct vec *less, struct vec *ret);

/* ---- pile.c: a list of elements as values of one type -------------------------------------- */

struct pile {
	struct vec words;     /* struct str */
	struct vec prefixes;  /* struct str, without the star */
	struct vec templates; /* const struct elem * */
	struct vec intervals; /* struct interval */
	struct vec sets;      /* struct word_set */
	struct vec masks;     /* uint64_t [4] */
	bool has_no, has_yes;
	uint32_t written; /* of versions: intervals as written */
	uint32_t n;	  /* elements */
};

enum pile_flags {
	PILE_PREFIXES = 1,  /* `nvidia-*` may stand here */
	PILE_TEMPLATES = 2, /* templates too */
};

bool pile_add(struct check *c, const struct symbol *s, struct elems list, enum pile_flags flags,
	struct pile *into);

/* ---- template.c: variables ----------------------------------------------------------------- */

/* The variables of one rule, and which of them have a value where we are. */
struct vars {
	struct tmpl_var var[TEMPLATE_VARS_MAX];
	struct span span[TEMPLATE_VARS_MAX];
	bool used[TEMPLATE_VARS_MAX];
	uint8_t n;
	uint32_t visible;
};

/* Binds the variables of one template; *ret_bound gets their bits. */
bool template_bind(struct check *c, struct vars *v, const struct elem *e, bool when,
	uint32_t *ret_bound);
/* Makes it into pieces; all its variables must be visible. */
bool template_lower(struct check *c, struct vars *v, const struct elem *e, struct tmpl *ret);
/* The visible variable of that name, or -1 with a report. */
int find_var(struct check *c, struct vars *v, struct word name);
int peek_var(const struct vars *v, struct str name);

/* ---- check-expr.c -------------------------------------------------------------------------- */

enum expr_flags { EXPR_SELF_OK = 1, EXPR_SOURCE_OK = 2 };

/* Arithmetic, or `{n}`, beside an int attribute. */
bool check_expr(struct check *c, const struct symbol *s, struct vars *v, const struct elem *e,
	enum expr_flags flags, struct expr *ret);
/* Is it more than a word? */
bool elem_is_expr(const struct elem *e);

/* ---- check-clause.c ------------------------------------------------------------------------ */

enum clause_part { PART_WHEN, PART_ACCEPT, PART_OFFER, PART_REFUSE };

bool check_clause(struct check *c, enum clause_part part, struct vars *v,
	const struct ast_clause *from, struct clause *ret);

/* ---- check-rule.c, check-claim.c ----------------------------------------------------------- */

bool check_rules(struct check *c);
bool check_claim(struct check *c, struct vars *v, const struct ast_claim *from,
	struct claim *ret);
bool check_claim_conflicts(struct check *c);

/* The whole: 0, -EBADMSG, -ENOMEM. @more may be NULL. */
int policy_check(struct arena *a, const struct source *src, struct diags *d,
	const struct ast_policy *ast, struct policy *ret, struct policy_more *more);
