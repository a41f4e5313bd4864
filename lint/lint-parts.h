/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/eval/build.h"
#include "engine/eval/test.h"
#include "lint/lint.h"

/* What the lints share. All functions that return int: 0, -ENOMEM, -E2BIG (passed over). */
struct lint {
	struct arena *a;
	const struct source *src;
	const struct policy *p;
	const struct policy_more *more;
	bool infos;
	const struct lint_tree *tree; /* NULL: none */
	struct diags *d;
	struct evaluation own; /* of nobody: what needs self has no value */
	uint32_t asked; /* questions about relations, lint-more.c */
	bool never[LINT_RULES_MAX]; /* by lint_rules: rules that no subject meets */
};

/* Reports at the statement that begins at @at. */
struct diag *lint_at(struct lint *l, enum diag_code code, struct place at, const char *fmt, ...)
	_printf_(4, 5);
void lint_other(struct lint *l, struct diag *x, struct place at, const char *label);
/* A rule as people call it: "rule 'x'", or "what stands outside of rules". */
struct str lint_rule_name(struct lint *l, const struct rule *r);
/* What is in a buffer of at least three bytes; its end is ... when something did not fit. A view. */
struct str lint_cut(struct sbuf *b);
/* A value for a message; NULL: absent. */
struct str lint_value(struct lint *l, const struct value *v);

/* ---- space.c: the values of one attribute ---------------------------------------------------- */

/* Does the clause say the same for every subject (no self, no local, no arithmetic with self)? */
bool clause_is_constant(const struct clause *c);

/* Combinations of the variables that conditions bind. */
int when_first(const struct rule *r, struct bound_rule *b);
bool when_next(const struct rule *r, struct bound_rule *b);

/*
 * Can one value (or absence, where the attribute may be absent) pass all @n clauses that are on
 * attribute @attr, under the bindings? Clauses that are not constant let everything pass. @scope
 * (may be NULL): of a subject in this scope. *ret_value (may be NULL) is one that does, by its
 * effective value; type VT_NONE: absence.
 */
int attr_possible(struct lint *l, uint16_t attr, const struct clause *clause, uint32_t n,
	const struct bound_rule *b, const struct scope *scope, bool *ret, struct value *ret_value);

/* Are the values that pass the first clauses (those on @attr) among those that pass the others?
 * Both must be constant. */
int attr_subset(struct lint *l, uint16_t attr, const struct clause *x, uint32_t nx,
	const struct clause *y, uint32_t ny, bool *ret);

/* ---- the lints ------------------------------------------------------------------------------- */

int lint_lists(struct lint *l);
int lint_rules(struct lint *l);
int lint_blocks(struct lint *l);
int lint_use(struct lint *l);
int lint_templates(struct lint *l);
int lint_facts(struct lint *l);
int lint_origins(struct lint *l);
int lint_samples(struct lint *l);
int lint_relation(struct lint *l);

/* ---- of single blocks (lint-more.c) ------------------------------------------------------------ */

int lint_more(struct lint *l, const struct block *b);
/* Does a refusal take nothing away from all that is accepted? Only said of what is certain. */
int refusal_is_vain(struct lint *l, const struct rule *rule, const struct block *b, bool *ret);
