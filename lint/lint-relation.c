/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the policy comes to as a relation: subjects that do not take in their own twin, detours
 * that are possible where the direct way is not, ways without a way back.
 * All of these are infos.
 */
#include <errno.h>

#include "engine/analyse/relation.h"
#include "lint/lint-parts.h"

static const struct relation_value *value_of(const struct relation_subject *s, uint32_t i)
{
	return i < s->n ? &s->value[i] : NULL;
}

static void put_value(struct sbuf *b, const struct relation_value *v)
{
	char buf[128];
	struct sbuf one = SBUF(buf);

	relation_value_print(&one, v);
	sbuf_put_str(b, sbuf_str(&one));
	if (one.overflow)
		sbuf_puts(b, "...");
}

static bool differs(const struct relation_finding *f, uint32_t i)
{
	char first[512], other[512];
	uint32_t k;

	for (k = 1; k < f->n; k++) {
		struct sbuf x = SBUF(first), y = SBUF(other);

		if (!value_of(&f->who[0], i) || !value_of(&f->who[k], i))
			return true;
		relation_value_print(&x, value_of(&f->who[0], i));
		relation_value_print(&y, value_of(&f->who[k], i));
		if (!str_eq(sbuf_str(&x), sbuf_str(&y)))
			return true;
	}
	return false;
}

/* "with manager 1.0.0, 1.1.0 and 2.0.0": what tells the witnesses apart; of one alone, all of it.
 * *ret_attr: the first of these. */
static struct str who_text(struct lint *l, const struct relation_finding *f, struct str *ret_attr)
{
	char buf[700];
	struct sbuf b = SBUF(buf);
	uint32_t i, k;

	*ret_attr = (struct str){ 0 };
	for (i = 0; i < f->who[0].n; i++) {
		const struct relation_value *v = &f->who[0].value[i];

		if (f->n > 1 && !differs(f, i))
			continue;
		if (!ret_attr->p)
			*ret_attr = v->name;
		if (b.n > 0)
			sbuf_puts(&b, "; ");
		sbuf_put_str(&b, v->name);
		sbuf_putc(&b, ' ');
		for (k = 0; k < f->n; k++) {
			if (k > 0)
				sbuf_puts(&b, k + 1 == f->n ? " and " : ", ");
			if (value_of(&f->who[k], i))
				put_value(&b, value_of(&f->who[k], i));
		}
	}
	return diag_text(l->d, "%.*s%s", STR_FMT(sbuf_str(&b)), b.overflow ? "..." : "");
}

/* The first accept clause about the attribute; else the first accept block. */
static struct place place_of_attr(const struct lint *l, struct str attr)
{
	struct place block = { 0 };
	uint32_t i, k, j;

	for (i = 0; i < l->p->n_rules; i++)
		for (k = 0; k < l->p->rule[i].n_blocks; k++) {
			const struct block *b = &l->p->rule[i].block[k];

			if (b->kind != BLOCK_ACCEPT)
				continue;
			if (block.line == 0)
				block = b->place;
			for (j = 0; j < b->n_clauses; j++)
				if (str_eq(l->p->attr[b->clause[j].attr].name, attr))
					return b->clause[j].place;
		}
	return block.line > 0 ? block : l->p->scope[0].place;
}

static void report(struct lint *l, enum relation_property what, const struct relation_finding *f)
{
	struct str attr, who = who_text(l, f, &attr);
	struct place at = place_of_attr(l, attr);

	switch (what) {
	case RELATION_OWN_TWIN:
		at = place_of_attr(l, (struct str){ 0 });
		lint_at(l, DIAG_NOT_OWN_TWIN, at,
			"a subject that accepts something does not accept its own twin: %.*s",
			STR_FMT(who));
		break;
	case RELATION_TRANSITIVE:
		lint_at(l, DIAG_NOT_TRANSITIVE, at,
			"the first may go to the second, and the second to the third, but not the first to "
			"the third: %.*s",
			STR_FMT(who));
		break;
	case RELATION_SYMMETRIC:
		lint_at(l, DIAG_NOT_SYMMETRIC, at,
			"the first may go to the second, and not come back: %.*s", STR_FMT(who));
		break;
	default:
		break;
	}
}

int lint_relation(struct lint *l)
{
	static const enum relation_property asked[] = { RELATION_OWN_TWIN, RELATION_TRANSITIVE,
		RELATION_SYMMETRIC };
	struct judged j = judged_alone(l->p);
	struct relation_options o = { .subjects_max = LINT_SUBJECTS_MAX };
	uint32_t i;
	int r;

	if (!l->infos || l->p->narrows.n > 0 || l->p->n_rules > LINT_RULES_MAX)
		return 0;
	for (i = 0; i < ARRAY_SIZE(asked); i++) {
		struct arena_mark m = arena_mark(l->a);
		struct relation_finding f = { 0 };

		r = relation_prove(l->a, &j, asked[i], &o, &f);
		if (r == 0 && f.answer == RELATION_NO)
			report(l, asked[i], &f);
		arena_rewind(l->a, m);
		if (r == -ENOMEM)
			return r;
	}
	return 0;
}
