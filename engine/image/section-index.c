/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The index by type: which types a rule's conditions allow, as far as they say so in words and
 * templates. It may allow too many; it must not miss one.
 */
#include <errno.h>
#include <stdlib.h>

#include "engine/image/encode.h"
#include "engine/image/layout.h"

static int entries_add(struct entries *t, struct str type, uint32_t rule)
{
	struct entry *e;
	size_t room;

	if (t->n == t->room) {
		room = t->room > 0 ? 2 * t->room : 256;
		e = reallocarray(t->e, room, sizeof(*e));
		if (!e)
			return -ENOMEM;
		t->e = e;
		t->room = room;
	}
	t->e[t->n++] = (struct entry){ type_hash(type), rule };
	return 0;
}

/* How many words a template stands for: all values of each of its variables. 0: too many, or
 * it speaks of a variable that is not there, which is for the reader to refuse. */
static uint32_t tmpl_size(const struct rule *r, const struct tmpl *t, uint32_t *ret_vars)
{
	uint32_t i, n = 1, seen = 0;

	for (i = 0; i < t->n; i++) {
		int var = t->piece[i].var;

		if (var >= MIN(r->n_vars, TEMPLATE_VARS_MAX))
			return 0;
		if (var < 0 || (seen >> var & 1))
			continue;
		seen |= 1u << var;
		n *= r->var[var].n;
		if (n > BINDINGS_MAX)
			return 0;
	}
	*ret_vars = seen;
	return n;
}

/* The word number @k of a template. */
static void tmpl_word(const struct rule *r, const struct tmpl *t, uint32_t vars, uint32_t k,
	struct sbuf *b)
{
	uint32_t value[TEMPLATE_VARS_MAX] = { 0 };
	uint32_t i;

	for (i = 0; i < r->n_vars; i++) {
		if (!(vars >> i & 1))
			continue;
		value[i] = k % r->var[i].n;
		k /= r->var[i].n;
	}
	for (i = 0; i < t->n; i++) {
		const struct tmpl_piece *p = &t->piece[i];

		sbuf_put_str(b, p->var < 0 ? p->text : r->var[p->var].value[value[p->var]]);
	}
}

/* How many words a condition on the type allows at most; false: it does not say. */
static bool condition_size(const struct rule *r, const struct clause *c, uint32_t *ret)
{
	const struct operand *o = &c->operand;
	uint32_t i, n, vars;

	if (c->attr != ATTR_TYPE || (c->op != OP_EQ && c->op != OP_IN) ||
		o->kind != OPERAND_WORDS || o->prefixes.n > 0)
		return false;
	n = o->words.n;
	for (i = 0; i < o->n_tmpl; i++) {
		uint32_t size = tmpl_size(r, &o->tmpl[i], &vars);

		if (size == 0)
			return false;
		n += size;
		if (n > WORDS_MAX)
			return false;
	}
	*ret = n;
	return true;
}

int index_rule(struct entries *t, const struct rule *r, uint32_t number)
{
	const struct clause *best = NULL;
	uint32_t i, k, n, vars, least = UINT32_MAX;
	char buf[WORD_MAX_LEN];
	int e;

	for (i = 0; i < r->n_when; i++)
		if (condition_size(r, &r->when[i], &n) && n < least) {
			best = &r->when[i];
			least = n;
		}
	if (!best || least > TYPE_INDEX_MAX - t->n)
		return 1;
	for (i = 0; i < best->operand.words.n; i++) {
		e = entries_add(t, best->operand.words.w[i], number);
		if (e < 0)
			return e;
	}
	for (i = 0; i < best->operand.n_tmpl; i++) {
		const struct tmpl *tmpl = &best->operand.tmpl[i];

		n = tmpl_size(r, tmpl, &vars);
		for (k = 0; k < n; k++) {
			struct sbuf b = SBUF(buf);

			tmpl_word(r, tmpl, vars, k, &b);
			if (b.overflow) /* no value is that long */
				continue;
			e = entries_add(t, sbuf_str(&b), number);
			if (e < 0)
				return e;
		}
	}
	return 0;
}

static int entry_cmp(const void *x, const void *y)
{
	const struct entry *a = x, *b = y;

	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	return a->rule < b->rule ? -1 : a->rule > b->rule;
}

void entries_sort(struct entries *t)
{
	size_t i, n = 0;

	if (t->n == 0)
		return;
	qsort(t->e, t->n, sizeof(*t->e), entry_cmp);
	for (i = 1; i < t->n; i++)
		if (entry_cmp(&t->e[n], &t->e[i]) != 0)
			t->e[++n] = t->e[i];
	t->n = n + 1;
}
