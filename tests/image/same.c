/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Two policies, field by field. */
#include <string.h>

#include "tests/image/gen.h"

#define SAME(cond, field)              \
	do {                           \
		if (!(cond))           \
			return field;  \
	} while (0)
#define SAME_IN(call)                  \
	do {                           \
		const char *d_ = call; \
		if (d_)                \
			return d_;     \
	} while (0)

static bool place_eq(struct place a, struct place b)
{
	return a.line == b.line && a.column == b.column;
}

static const char *fact_differs(const struct fact *a, const struct fact *b)
{
	unsigned i;

	SAME(a->kind == b->kind && a->n_paths == b->n_paths, "fact.kind");
	for (i = 0; i < a->n_paths; i++)
		SAME(str_eq(a->path[i], b->path[i]), "fact.path");
	SAME(str_eq(a->key, b->key) && !a->key.p == !b->key.p, "fact.key");
	return NULL;
}

static const char *attr_differs(const struct attr *a, const struct attr *b)
{
	const struct attr_type *t = &a->type, *u = &b->type;

	SAME(str_eq(a->name, b->name), "attr.name");
	SAME(value_type_eq(t->type, u->type) && t->list == u->list && t->major == u->major,
		"attr.type");
	SAME(t->has_words == u->has_words && word_set_eq(t->words, u->words), "attr.words");
	SAME(t->lo == u->lo && t->hi == u->hi && t->int_format == u->int_format, "attr.int");
	SAME(t->mask_format == u->mask_format && t->msb_first == u->msb_first, "attr.mask");
	SAME(str_eq(t->separator, u->separator) && !t->separator.p == !u->separator.p,
		"attr.separator");
	SAME(t->field == u->field && str_eq(t->field_separator, u->field_separator),
		"attr.field");
	SAME_IN(fact_differs(&a->fact, &b->fact));
	SAME(a->presence == b->presence && a->dynamic == b->dynamic, "attr.presence");
	if (a->presence == PRESENCE_DEFAULT && !t->list)
		SAME(value_eq(&a->dflt, &b->dflt), "attr.default");
	SAME(ranges_equal(a->dflt_ranges, b->dflt_ranges), "attr.default");
	SAME(place_eq(a->place, b->place), "attr.place");
	return NULL;
}

const char *head_differs(const struct policy *a, const struct policy *b)
{
	uint32_t i;

	SAME(str_eq(a->name, b->name), "name");
	SAME(str_eq(a->vendor, b->vendor), "vendor");
	SAME(str_eq(a->file, b->file), "file");
	SAME(memcmp(a->digest, b->digest, sizeof(a->digest)) == 0, "digest");
	SAME(a->language == b->language && a->revision == b->revision, "revision");
	SAME(a->fallback == b->fallback, "fallback");
	SAME(str_eq(a->narrows, b->narrows), "narrows");
	SAME(str_eq(a->speaks, b->speaks) && a->speaks_offers == b->speaks_offers, "speaks");
	SAME(a->n_scopes == b->n_scopes, "n_scopes");
	for (i = 0; i < a->n_scopes; i++) {
		const struct scope *s = &a->scope[i], *t = &b->scope[i];

		SAME(s->kind == t->kind && str_eq(s->driver, t->driver), "scope");
		SAME(s->has_type_from == t->has_type_from, "scope.has_type_from");
		SAME_IN(fact_differs(&s->type_from, &t->type_from));
		SAME(place_eq(s->place, t->place), "scope.place");
	}
	SAME(a->n_attrs == b->n_attrs && a->n_locals == b->n_locals, "n_attrs");
	for (i = 0; i < a->n_attrs; i++)
		SAME_IN(attr_differs(&a->attr[i], &b->attr[i]));
	for (i = 0; i < a->n_locals; i++)
		SAME_IN(attr_differs(&a->local[i], &b->local[i]));
	SAME(a->n_rules == b->n_rules, "n_rules");
	return NULL;
}

static const char *expr_differs(const struct expr *a, const struct expr *b)
{
	unsigned i;

	SAME(a->n == b->n, "expr.n");
	for (i = 0; i < a->n; i++)
		SAME(a->node[i].op == b->node[i].op && a->node[i].num == b->node[i].num,
			"expr.node");
	return NULL;
}

static const char *tmpls_differ(const struct tmpl *a, uint32_t n, const struct tmpl *b,
	uint32_t m)
{
	uint32_t i, j;

	SAME(n == m, "n_tmpl");
	for (i = 0; i < n; i++) {
		SAME(a[i].n == b[i].n, "tmpl.n");
		for (j = 0; j < a[i].n; j++)
			SAME(a[i].piece[j].var == b[i].piece[j].var &&
					str_eq(a[i].piece[j].text, b[i].piece[j].text),
				"tmpl.piece");
	}
	return NULL;
}

static const char *operand_differs(const struct operand *a, const struct operand *b)
{
	uint32_t i;

	SAME(a->kind == b->kind, "operand.kind");
	SAME(a->local == b->local && a->ref == b->ref, "operand.ref");
	SAME(word_set_eq(a->words, b->words), "operand.words");
	SAME(word_set_eq(a->prefixes, b->prefixes), "operand.prefixes");
	SAME(word_set_eq(a->except_words, b->except_words), "operand.except_words");
	SAME(word_set_eq(a->except_prefixes, b->except_prefixes), "operand.except_prefixes");
	SAME_IN(tmpls_differ(a->tmpl, a->n_tmpl, b->tmpl, b->n_tmpl));
	SAME_IN(tmpls_differ(a->except_tmpl, a->n_except_tmpl, b->except_tmpl,
		b->n_except_tmpl));
	SAME(ranges_equal(a->ranges, b->ranges), "operand.ranges");
	SAME(a->has_no == b->has_no && a->has_yes == b->has_yes, "operand.bool");
	SAME(a->n_values == b->n_values, "operand.n_values");
	SAME(a->n_values == 0 || !a->sets == !b->sets, "operand.values");
	for (i = 0; i < a->n_values; i++)
		SAME(a->sets ? word_set_eq(a->sets[i], b->sets[i]) :
			       memcmp(a->masks[i], b->masks[i], sizeof(a->masks[i])) == 0,
			"operand.value");
	return expr_differs(&a->expr, &b->expr);
}

static const char *clauses_differ(const struct clause *a, uint32_t n, const struct clause *b,
	uint32_t m)
{
	uint32_t i;

	SAME(n == m, "n_clauses");
	for (i = 0; i < n; i++) {
		SAME(a[i].attr == b[i].attr && a[i].op == b[i].op, "clause.op");
		SAME_IN(operand_differs(&a[i].operand, &b[i].operand));
		SAME(place_eq(a[i].place, b[i].place), "clause.place");
	}
	return NULL;
}

const char *rule_differs(const struct rule *a, const struct rule *b)
{
	uint32_t i, j;

	SAME(str_eq(a->name, b->name), "rule.name");
	SAME(place_eq(a->place, b->place), "rule.place");
	SAME(a->migratable_no == b->migratable_no, "rule.migratable_no");
	SAME(place_eq(a->migratable_place, b->migratable_place), "rule.migratable_place");
	SAME(a->n_vars == b->n_vars, "n_vars");
	for (i = 0; i < a->n_vars; i++) {
		const struct tmpl_var *v = &a->var[i], *w = &b->var[i];

		SAME(str_eq(v->name, w->name) && v->n == w->n && v->when == w->when, "var");
		for (j = 0; j < v->n; j++)
			SAME(str_eq(v->value[j], w->value[j]), "var.value");
	}
	SAME_IN(clauses_differ(a->when, a->n_when, b->when, b->n_when));
	SAME(a->n_blocks == b->n_blocks, "n_blocks");
	for (i = 0; i < a->n_blocks; i++) {
		const struct block *x = &a->block[i], *y = &b->block[i];

		SAME(x->kind == y->kind && x->vars == y->vars, "block");
		SAME(place_eq(x->place, y->place), "block.place");
		SAME_IN(clauses_differ(x->clause, x->n_clauses, y->clause, y->n_clauses));
		SAME(x->n_claims == y->n_claims, "n_claims");
		for (j = 0; j < x->n_claims; j++) {
			const struct claim *k = &x->claim[j], *l = &y->claim[j];

			SAME(k->attr == l->attr && k->copy == l->copy, "claim");
			SAME(place_eq(k->place, l->place), "claim.place");
			SAME_IN(expr_differs(&k->expr, &l->expr));
		}
	}
	return NULL;
}
