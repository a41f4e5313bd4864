/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reasons in terms of rules: which clause of which block. The block that comes closest is the
 * one that is spoken of: the first with the fewest attributes that do not hold.
 */
#include <errno.h>

#include "engine/eval/build.h"
#include "engine/eval/explain-parts.h"
#include "engine/eval/trial.h"

/* The block of that kind that comes closest, over all rules of one speaker and all assignments. */
struct closest {
	struct bound_rule bound;
	const struct block *block; /* NULL: there is none */
	uint32_t failures;
};

static int closest_block(struct arena *a, const struct evaluation *own, bool spoken,
	enum block_kind kind, const struct record *other, struct closest *ret)
{
	struct closest best = { .failures = UINT32_MAX };
	uint32_t i, k, failures;
	int r;

	for (i = 0; i < own->n_bound; i++)
		for (k = 0; k < own->bound[i].rule->n_blocks; k++) {
			const struct block *block = &own->bound[i].rule->block[k];
			struct bound_rule b = own->bound[i];
			struct trial t = { own, &b, block, other };

			if (block->kind != kind || b.rule->spoken != spoken)
				continue;
			r = block_first(block, &b);
			if (r < 0)
				return r;
			do {
				struct arena_mark m = arena_mark(a);

				r = trial_failures(a, &t, &failures);
				arena_rewind(a, m);
				if (r < 0)
					return r;
				if (failures < best.failures)
					best = (struct closest){ b, block, failures };
			} while (failures > 0 && block_next(block, &b));
		}
	*ret = best;
	return 0;
}

/* ---- explanations in terms of rules ---------------------------------------------------------- */

static const char *block_word(enum block_kind kind)
{
	switch (kind) {
	case BLOCK_ACCEPT:
		return "accept same";
	case BLOCK_OFFER:
		return "offer";
	case BLOCK_REFUSE:
		return "refuse";
	}
	return "";
}

/*
 * Who judges an attribute: its own speaker, if there are two (@o); both judge the built-in ones,
 * and the one that says no is asked.
 */
static int pick_trial(struct arena *a, const struct trial *t, const struct trial *o,
	uint16_t attr, const struct trial **ret, bool *ret_held,
	const struct clause **ret_clause, bool *ret_left_out)
{
	const struct attr *at = &t->own->policy.attr[attr];
	int r;

	*ret = o && attr >= ATTR_FIRST && at->spoken == o->bound->rule->spoken ? o : t;
	r = trial_attr(a, *ret, attr, ret_held, ret_clause, ret_left_out);
	if (r < 0 || !o || attr >= ATTR_FIRST || !*ret_held)
		return r;
	r = trial_attr(a, o, attr, ret_held, ret_clause, ret_left_out);
	if (r < 0)
		return r;
	if (!*ret_held) {
		*ret = o;
		return 0;
	}
	return trial_attr(a, t, attr, ret_held, ret_clause, ret_left_out);
}

static int rule_lines(struct arena *a, const struct trial *t, const struct trial *o,
	struct explanation *x)
{
	const struct policy *p = &t->own->policy;
	uint32_t room = p->n_attrs + t->other->n, i;
	int r;

	x->n_lines = 0;
	x->line = arena_new_array(a, room, struct explain_line);
	if (!x->line)
		return -ENOMEM;
	for (i = 0; i < p->n_attrs; i++) {
		struct explain_line line = { .attr = p->attr[i].name };
		const struct clause *clause;
		const struct trial *u;
		bool bad;

		r = pick_trial(a, t, o, (uint16_t)i, &u, &line.held, &clause, &line.left_out);
		if (r < 0)
			return r;
		line.rule = u->bound->rule->name;
		line.spoken = u->bound->rule->spoken;
		line.source = explain_value(a, trial_value(t->other, &p->attr[i], &bad));
		line.wants = explain_wants(a, u, (uint16_t)i, line.left_out);
		line.place = clause ? clause->place : explain_claim_place(u->block, (uint16_t)i);
		line.left_out = line.left_out && !explain_claims_it(u->block, (uint16_t)i, false);
		x->line[x->n_lines++] = line;
	}
	for (i = 0; t->block->kind == BLOCK_ACCEPT && i < t->other->n; i++) {
		const struct record_entry *e = &t->other->e[i];

		if (trial_knows(p, e->name))
			continue;
		x->line[x->n_lines++] = (struct explain_line){
			.attr = e->name,
			.source = explain_value(a, &e->value),
			.wants = STR("absent  (the target's policy does not know it)"),
			.rule = t->bound->rule->name,
			.spoken = t->bound->rule->spoken,
			.place = t->block->place,
		};
	}
	return 0;
}

/* The deciding clause of a block: the first that does not hold, else the block itself. */
static int decide_by_lines(struct arena *a, const struct trial *t, const struct trial *o,
	const char *whose, struct explanation *x)
{
	char buf[EXPLAIN_TEXT_MAX];
	struct sbuf b = SBUF(buf);
	const struct clause *clause;
	const struct trial *u;
	bool held, left_out;
	uint32_t i;
	int r;

	x->file = t->own->policy.file;
	x->rule = t->bound->rule->name;
	x->spoken = t->bound->rule->spoken;
	x->place = t->block->place;
	x->clause = str_from(block_word(t->block->kind));
	for (i = 0; i < x->n_lines && x->line[i].held;)
		i++;
	if (i == x->n_lines) {
		if (t->block->kind == BLOCK_REFUSE && t->block->n_clauses > 0)
			x->attr = t->own->policy.attr[t->block->clause[0].attr].name;
		return 0;
	}
	x->attr = x->line[i].attr;
	x->place = x->line[i].place;
	x->clause = x->line[i].wants;
	if (i < t->own->policy.n_attrs) {
		r = pick_trial(a, t, o, (uint16_t)i, &u, &held, &clause, &left_out);
		if (r < 0)
			return r;
		x->rule = u->bound->rule->name;
		x->spoken = u->bound->rule->spoken;
		x->clause = explain_clause(a, u, (uint16_t)i, clause, left_out);
	}
	sbuf_put_str(&b, x->line[i].attr);
	sbuf_puts(&b, ": the ");
	sbuf_puts(&b, whose);
	sbuf_puts(&b, " has ");
	sbuf_put_str(&b, x->line[i].source);
	x->why = explain_finish(a, &b);
	return 0;
}

/* @beside: the block of the other speaker, if there are two. */
static int by_block(struct arena *a, const struct evaluation *own, const struct closest *c,
	const struct closest *beside, const struct record *other, const char *whose,
	struct explanation *x)
{
	struct trial t = { own, &c->bound, c->block, other };
	struct trial o = { .own = own, .other = other };
	const struct trial *second = NULL;
	int r;

	if (beside && beside->block) {
		o.bound = &beside->bound;
		o.block = beside->block;
		second = &o;
	}
	r = rule_lines(a, &t, second, x);
	return r < 0 ? r : decide_by_lines(a, &t, second, whose, x);
}

static bool place_migratable(const struct evaluation *own, struct explanation *x)
{
	uint32_t i;

	for (i = 0; i < own->n_bound; i++) {
		const struct rule *rule = own->bound[i].rule;

		if (!rule->migratable_no)
			continue;
		x->file = own->policy.file;
		x->place = rule->migratable_place;
		x->rule = rule->name;
		if (rule->n_when > 0)
			x->attr = own->policy.attr[rule->when[0].attr].name;
		return true;
	}
	return false;
}

/* `migratable no` of a side, if that is what it is; its policy's, or that of one that narrows it. */
static bool by_migratable(const struct evaluation *own, const char *whose, struct explanation *x)
{
	const struct evaluation *e;

	if (!own->migratable_no)
		return false;
	x->clause = STR("migratable no");
	x->why = str_from(whose);
	x->file = own->policy.file;
	for (e = own; e && !place_migratable(e, x);)
		e = e->narrowed_by;
	return true;
}

/* By a refuse block of a narrowing policy. */
static int by_narrowing(struct arena *a, const struct evaluation *target,
	const struct record *source, struct explanation *x)
{
	const struct evaluation *e;
	struct closest refuse;
	int r;

	for (e = target->narrowed_by; e; e = e->narrowed_by) {
		r = closest_block(a, e, false, BLOCK_REFUSE, source, &refuse);
		if (r < 0)
			return r;
		if (refuse.block && refuse.failures == 0)
			return by_block(a, e, &refuse, NULL, source, "source", x);
	}
	return -EUCLEAN;
}

/* By the block that does not hold: of the policy, or of the driver. */
static int by_accepts(struct arena *a, const struct evaluation *target,
	const struct closest *own, const struct closest *driver, const struct record *source,
	struct explanation *x)
{
	if (target->spoken && driver->block && (driver->failures > 0 || own->failures == 0))
		return by_block(a, target, driver, own, source, "source", x);
	return by_block(a, target, own, target->spoken ? driver : NULL, source, "source", x);
}

int explain_accepts(struct arena *a, const struct evaluation *target,
	const struct record *source, bool accepted, struct explanation *x)
{
	struct closest accept, refuse, driver = { 0 };
	bool held;
	int r;

	r = closest_block(a, target, false, BLOCK_ACCEPT, source, &accept);
	if (r == 0)
		r = closest_block(a, target, false, BLOCK_REFUSE, source, &refuse);
	if (r == 0 && target->spoken)
		r = closest_block(a, target, true, BLOCK_ACCEPT, source, &driver);
	if (r < 0)
		return r;
	held = accept.block && accept.failures == 0 &&
	       (!target->spoken || (driver.block && driver.failures == 0));
	if (accepted) {
		if (!held || target->migratable_no)
			return -EUCLEAN;
		r = by_accepts(a, target, &accept, &driver, source, x);
		return r < 0 ? r : explain_claims(a, target, source, x);
	}
	if (by_migratable(target, "the target is not migratable", x))
		return 0;
	if (!accept.block) {
		x->clause = STR("no accept block");
		x->why = STR("no rule that holds for the target accepts anything");
		x->file = target->policy.file;
		return 0;
	}
	if (target->spoken && !driver.block) {
		x->clause = STR("the driver's files list nothing");
		x->file = target->policy.file;
		return 0;
	}
	r = by_accepts(a, target, &accept, &driver, source, x);
	if (r < 0 || !held)
		return r;
	if (refuse.block && refuse.failures == 0)
		return by_block(a, target, &refuse, NULL, source, "source", x);
	return by_narrowing(a, target, source, x);
}

/* Fails when there is such a block and none of them holds. */
static int offer_block(struct arena *a, const struct evaluation *source, bool spoken,
	const struct record *target, struct closest *ret, bool *ret_failed)
{
	int r = closest_block(a, source, spoken, BLOCK_OFFER, target, ret);

	*ret_failed = r == 0 && ret->block && ret->failures > 0;
	return r;
}

int explain_offers(struct arena *a, const struct evaluation *source,
	const struct record *target, struct explanation *x)
{
	struct closest offer;
	bool failed = false;
	int r = 0;

	if (by_migratable(source, "the source is not migratable", x))
		return 0;
	if (source->spoken)
		r = offer_block(a, source, true, target, &offer, &failed);
	if (r == 0 && !failed)
		r = offer_block(a, source, false, target, &offer, &failed);
	if (r < 0)
		return r;
	if (!failed)
		return source->n_narrows > 0 ? 0 : -EUCLEAN;
	return by_block(a, source, &offer, NULL, target, "target", x);
}
