/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Facts that no subject of a tree tells. Knows which subjects can be asked for a fact; how they
 * are found and read is the caller's affair.
 */
#include <errno.h>

#include "engine/image/attr-parse.h"
#include "grammar/expand-spell.h"
#include "lint/lint-parts.h"

static bool in_scope(const struct policy *p, const struct subject *s)
{
	for (uint32_t i = 0; i < p->n_scopes; i++)
		if (p->scope[i].kind == s->kind && str_eq(p->scope[i].driver, s->driver))
			return true;
	return false;
}

/* A type has no device whose files could be looked for. */
static bool can_tell(const struct lint *l, const struct subject *s, const struct fact *f)
{
	return in_scope(l->p, s) && (f->kind != FACT_DEVICE || s->instance);
}

/* Is the fact not there? Of what cannot be read, or is not well formed, nobody knows. 0, -ENOMEM. */
static int is_missing(struct lint *l, const struct subject *s, const struct attr *at, bool *ret)
{
	struct arena_mark m = arena_mark(l->a);
	struct str raw = { 0 }, from = { 0 }, value;
	bool final = false;
	int r = s->facts.read(s->facts.ctx, l->a, at, &raw, &final, &from);

	if (r == 0 && at->fact.key.p && !final)
		r = fact_key_find(raw, at->fact.key, &value);
	arena_rewind(l->a, m);
	if (r == -ENOMEM)
		return r;
	*ret = r == -ENOENT;
	return 0;
}

static void report(struct lint *l, const struct attr *at, uint32_t n)
{
	const char *who = at->fact.kind == FACT_DEVICE ? "device" : "subject";
	char buf[512];
	struct sbuf b = SBUF(buf);
	struct diag *d;

	expand_fact(&b, &at->fact);
	if (n == 1)
		d = lint_at(l, DIAG_FACT_NOWHERE, at->place,
			"'%.*s' is read%.*s%s, which the only %s below %.*s does not have",
			STR_FMT(at->name), STR_FMT(sbuf_str(&b)), b.overflow ? "..." : "", who,
			STR_FMT(l->tree->name));
	else
		d = lint_at(l, DIAG_FACT_NOWHERE, at->place,
			"'%.*s' is read%.*s%s, which none of the %u %ss below %.*s has",
			STR_FMT(at->name), STR_FMT(sbuf_str(&b)), b.overflow ? "..." : "", n, who,
			STR_FMT(l->tree->name));
	d->help = at->presence == PRESENCE_REQUIRED ?
			  STR("it has no default, so none of them has a fingerprint") :
			  STR("the default stands for all of them");
}

/* *left: how many reads there may still be. 0, -ENOMEM, -E2BIG. */
static int look_for(struct lint *l, const struct attr *at, uint32_t *left)
{
	const struct lint_tree *t = l->tree;
	uint32_t asked = 0;

	/* Which kernel runs is no matter of a tree. */
	if (at->spoken || at->fact.kind == FACT_NONE || at->fact.kind == FACT_KERNEL_RELEASE)
		return 0;
	for (uint32_t i = 0; i < t->n; i++) {
		bool missing;
		int r;

		if (!can_tell(l, t->subject[i], &at->fact))
			continue;
		if (*left == 0)
			return -E2BIG;
		--*left;
		r = is_missing(l, t->subject[i], at, &missing);
		if (r < 0 || !missing)
			return r;
		asked++;
	}
	if (asked > 0)
		report(l, at, asked);
	return 0;
}

int lint_facts(struct lint *l)
{
	uint32_t i, left = LINT_READS_MAX;
	int r = 0;

	if (!l->tree)
		return 0;
	for (i = ATTR_FIRST; i < l->p->n_attrs && r == 0; i++)
		r = look_for(l, &l->p->attr[i], &left);
	for (i = 0; i < l->p->n_locals && r == 0; i++)
		r = look_for(l, &l->p->local[i], &left);
	return r;
}
