/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Differences of two policies. Each part is looked through for pairs that one side lets go and the
 * other does not; with the smallest pairs of the other parts they are whole subjects, which the
 * evaluator explains on both sides. What it says is what they are grouped by.
 */
#include <errno.h>

#include "engine/analyse/claims.h"
#include "engine/analyse/differ.h"
#include "engine/analyse/question.h"
#include "engine/eval/explain.h"

#define EVALUATIONS_MAX ((size_t)256 << 20) /* bytes, for one pair of subjects on both sides */
_Static_assert(EVALUATIONS_MAX >= 4 * EVAL_MEMORY_MAX, "two subjects, and as much to explain them");

struct differ {
	struct arena *a;
	struct arena tmp; /* evaluations, forgotten after each pair */
	struct question q;
	struct tuple *base[2]; /* by side and part: the smallest pair that goes */
	bool empty[2];
	struct list changes;
	struct difference *out;
	bool complex; /* some diagram was past its bounds */
};

/* ---- why ------------------------------------------------------------------------------------------- */

/* The one that has no verdict of its own. */
static const struct evaluation *dark_one(const struct evaluation *s, const struct evaluation *t)
{
	if (!status_has_fingerprint(s->status))
		return s;
	return status_has_fingerprint(t->status) ? NULL : t;
}

static struct str unknown_text(struct arena *a, const struct evaluation *e)
{
	char buf[256];
	struct sbuf b = SBUF(buf);

	eval_print_unknown(&b, e);
	return b.overflow ? str_from(status_name(e->status)) : str_dup(a, sbuf_str(&b));
}

/* Fills in what keeps the pair on the side that says no. */
static int why_not(struct differ *d, unsigned side, const uint32_t *s, const uint32_t *t,
	struct change *ret)
{
	struct evaluation e[2];
	const struct evaluation *dark;
	struct explanation x;
	uint32_t i;
	int r;

	r = subject_evaluate(&d->tmp, d->q.u, side, s, &e[0]);
	if (r == 0)
		r = subject_evaluate(&d->tmp, d->q.u, side, t, &e[1]);
	if (r < 0)
		return r;
	dark = dark_one(&e[0], &e[1]);
	if (dark) {
		d->complex = d->complex || dark->status == STATUS_TOO_COMPLEX;
		ret->attr = dark->detail;
		ret->clause = unknown_text(&d->tmp, dark);
		return 0;
	}
	r = explain(&d->tmp, &e[0], NULL, &e[1], NULL, &x);
	if (r < 0)
		return r;
	if (x.verdict == VERDICT_COMPATIBLE)
		return -EUCLEAN;
	for (i = 0; i < x.n_lines && x.line[i].held;)
		i++;
	if (i < x.n_lines)
		ret->attr = x.line[i].attr;
	ret->clause = x.clause;
	ret->clause_rule = x.rule;
	ret->place = x.place;
	return 0;
}

static int why(struct differ *d, unsigned side, const uint32_t *s, const uint32_t *t,
	struct change *ret)
{
	struct evaluation e[2];
	struct explanation x;
	int r;

	r = subject_evaluate(&d->tmp, d->q.u, side, s, &e[0]);
	if (r == 0)
		r = subject_evaluate(&d->tmp, d->q.u, side, t, &e[1]);
	if (r < 0)
		return r;
	if (dark_one(&e[0], &e[1])) {
		d->complex = true;
		return 0;
	}
	r = explain(&d->tmp, &e[0], NULL, &e[1], NULL, &x);
	if (r < 0)
		return r;
	if (x.verdict != VERDICT_COMPATIBLE)
		return -EUCLEAN;
	ret->rule = x.rule;
	ret->rule_place = x.place;
	return 0;
}

/* ---- groups ------------------------------------------------------------------------------------------ */

static bool same_group(const struct change *x, const struct change *y)
{
	return x->accepted == y->accepted && str_eq(x->rule, y->rule) && str_eq(x->attr, y->attr) &&
	       str_eq(x->clause_rule, y->clause_rule) &&
	       (x->attr.n > 0 || str_eq(x->clause, y->clause));
}

/* Keeps what is said of a pair if it is the first of its group. */
static int add_change(struct differ *d, const struct change *c, uint32_t *const who[3])
{
	struct change *have = d->changes.at;
	uint32_t i;
	int r = 0;

	for (i = 0; i < d->changes.n; i++)
		if (same_group(&have[i], c)) {
			have[i].pairs++;
			return 0;
		}
	have = list_push(d->a, &d->changes, sizeof(*have));
	if (!have)
		return -ENOMEM;
	*have = *c;
	have->rule = str_dup(d->a, c->rule);
	have->attr = str_dup(d->a, c->attr);
	have->clause = str_dup(d->a, c->clause);
	have->clause_rule = str_dup(d->a, c->clause_rule);
	for (i = 0; r == 0 && i < 2; i++)
		r = subject_describe(d->a, d->q.u, who[i], &have->who[i]);
	return r;
}

static int add_pair(struct differ *d, unsigned yes, const struct tuple *mix)
{
	struct arena_mark mark = arena_mark(&d->tmp);
	struct change c = { .accepted = yes == 1, .pairs = 1 };
	uint32_t *who[3];
	int r;

	r = question_compose(&d->q, mix, 2, who);
	if (r == 0)
		r = why(d, yes, who[0], who[1], &c);
	if (r == 0)
		r = why_not(d, 1 - yes, who[0], who[1], &c);
	if (r == 0 && !d->complex)
		r = add_change(d, &c, who);
	arena_rewind(&d->tmp, mark);
	return r;
}

/* All pairs of a part that differ in exactly @differ variables. */
static int look_at(struct differ *d, unsigned yes, uint32_t part, uint32_t differ,
	struct tuple *mix, uint32_t *looked)
{
	const struct matrix *m = &d->q.m[part];
	uint32_t s, w, t;
	int r = 0;

	for (s = 0; r == 0 && s < m->n; s++)
		for (w = 0; r == 0 && w < m->words; w++) {
			uint64_t bits = m->go[yes][(size_t)s * m->words + w];

			if (!d->empty[1 - yes])
				bits &= ~m->go[1 - yes][(size_t)s * m->words + w];
			for (; r == 0 && bits; bits &= bits - 1) {
				t = 64 * w + (uint32_t)__builtin_ctzll(bits);
				if (matrix_differ(m, s, t) != differ)
					continue;
				if (++*looked > CHANGES_EXPLAINED_MAX) {
					d->out->more++;
					continue;
				}
				mix[part] = (struct tuple){ .found = true, .at = { s, t, t } };
				r = add_pair(d, yes, mix);
			}
		}
	return r;
}

static int look_through(struct differ *d, unsigned yes)
{
	struct tuple *mix = arena_new_array(d->a, d->q.n, struct tuple);
	uint32_t i, k;
	int r = 0;

	if (!mix)
		return -ENOMEM;
	for (i = 0; r == 0 && i < d->q.n; i++) {
		uint32_t looked = 0;

		/* Where the other side accepts nothing at all, every pair changes. */
		if (i > 0 && d->empty[1 - yes])
			break;
		memcpy(mix, d->base[yes], d->q.n * sizeof(*mix));
		for (k = 0; r == 0 && k <= d->q.part[i].n_vars; k++)
			r = look_at(d, yes, i, k, mix, &looked);
	}
	return r;
}

/* ---- fingerprints -------------------------------------------------------------------------------------- */

/* A subject of the part that accepts something, so that other parts' differences are seen. */
static struct tuple lively(const struct differ *d, uint32_t part)
{
	struct tuple t = d->base[1][part].found ? d->base[1][part] : d->base[0][part];

	if (!t.found)
		t = search_in_force(&d->q.m[part]);
	t.found = true;
	t.at[0] = t.at[1];
	return t;
}

static int confirm_fingerprint(struct differ *d, const struct tuple *mix, bool *ret)
{
	uint32_t *who[3];
	unsigned side;
	int r = question_compose(&d->q, mix, 1, who);

	for (side = 0; r == 0 && side < 2; side++) {
		struct evaluation e;

		r = subject_evaluate(&d->tmp, d->q.u, side, who[0], &e);
		if (r < 0)
			break;
		memcpy(d->out->fingerprint[side], e.fingerprint, sizeof(e.fingerprint));
		d->out->status[side] = e.status;
	}
	*ret = r == 0 && strcmp(d->out->fingerprint[0], d->out->fingerprint[1]) != 0;
	return r == 0 && *ret ? subject_describe(d->a, d->q.u, who[0], &d->out->subject) : r;
}

static int look_at_fingerprints(struct differ *d)
{
	struct tuple *mix = arena_new_array(d->a, d->q.n, struct tuple);
	bool suspected = false, confirmed = false;
	uint32_t i, k;
	int r = 0;

	if (!mix)
		return -ENOMEM;
	for (i = 0; r == 0 && i < d->q.n && !confirmed; i++) {
		struct tuple one = search_fingerprint(&d->q.m[i]);

		if (!one.found)
			continue;
		suspected = true;
		for (k = 0; k < d->q.n; k++)
			mix[k] = k == i ? one : lively(d, k);
		r = confirm_fingerprint(d, mix, &confirmed);
	}
	d->out->same_fingerprints = confirmed		      ? RELATION_NO :
				    suspected || d->q.bound.p ? RELATION_UNDECIDED :
								RELATION_YES;
	if (suspected && !confirmed && !d->q.bound.p)
		d->out->bound = STR("fingerprints that differ only where nothing is accepted");
	return r;
}

/* ---- the door -------------------------------------------------------------------------------------------- */

/* Whether a scope's devices have a type is asked of one side only. */
static bool scopes_agree(const struct judged *x, const struct judged *y)
{
	uint32_t i, k;

	for (i = 0; x->policy && y->policy && i < x->n_scopes; i++)
		for (k = 0; k < y->n_scopes; k++)
			if (x->scope[i].kind == y->scope[k].kind &&
				str_eq(x->scope[i].driver, y->scope[k].driver) &&
				x->scope[i].has_type_from != y->scope[k].has_type_from)
				return false;
	return true;
}

static bool same_text(const struct policy *x, const struct policy *y)
{
	static const uint8_t none[sizeof(x->digest)];

	return memcmp(x->digest, y->digest, sizeof(none)) == 0 &&
	       memcmp(x->digest, none, sizeof(none)) != 0;
}

/* The same files mean the same, also where it cannot be told what that is. */
static bool same_texts(const struct judged *x, const struct judged *y)
{
	uint32_t i;

	if (!x->policy || !y->policy || !same_text(x->policy, y->policy) ||
		x->n_narrows != y->n_narrows)
		return false;
	for (i = 0; i < x->n_narrows; i++)
		if (!same_text(x->narrows[i], y->narrows[i]))
			return false;
	return true;
}

static int compare(struct differ *d)
{
	unsigned side;
	uint32_t i;
	int r = 0;

	for (side = 0; side < 2; side++) {
		d->base[side] = arena_new_array(d->a, d->q.n, struct tuple);
		if (!d->base[side])
			return -ENOMEM;
		for (i = 0; i < d->q.n; i++) {
			d->base[side][i] = search_pair(&d->q.m[i], side);
			if (!d->base[side][i].found)
				d->empty[side] = true;
		}
	}
	for (side = 0; r == 0 && side < 2; side++)
		if (!d->empty[1 - side])
			r = look_through(d, 1 - side);
	if (r == 0)
		r = look_at_fingerprints(d);
	return r;
}

static int look_at_claims(struct differ *d)
{
	struct claims_change c = { .same = RELATION_YES };
	int r = 0;

	if (d->q.u->side[0]->policy && d->q.u->side[1]->policy)
		r = claims_compare(&d->q, d->a, &d->tmp, &c);
	if (r < 0)
		return r;
	d->out->same_claims = c.same;
	d->out->claim_attr = c.attr;
	memcpy(d->out->claim_text, c.text, sizeof(c.text));
	memcpy(d->out->claim_who, c.who, sizeof(c.who));
	if (c.same == RELATION_UNDECIDED && !d->out->bound.p)
		d->out->bound = STR("claims that are made in several ways");
	return 0;
}

/* "No difference" is a promise: it is given when whole subjects keep it, too. */
static int promise(struct differ *d)
{
	bool same = true;
	int r;

	if (d->changes.n > 0 || d->out->same_fingerprints != RELATION_YES || d->q.bound.p ||
		!d->q.u->side[0]->policy || !d->q.u->side[1]->policy)
		return 0;
	r = question_sample(&d->q, &same);
	if (r < 0)
		return r;
	if (!same && !d->q.bound.p)
		return -EUCLEAN;
	if (d->q.bound.p) {
		d->out->bound = d->q.bound;
		d->out->same_fingerprints = RELATION_UNDECIDED;
	}
	return 0;
}

static int diff(struct arena *a, const struct judged *old, const struct judged *new,
	const struct relation_options *o, struct difference *ret)
{
	const struct judged *side[2] = { old, new };
	struct difference out = { 0 };
	struct differ d = { .a = a, .out = &out };
	bool pairs_bound;
	int r;

	if (same_texts(old, new)) {
		*ret = (struct difference){ .same_pairs = RELATION_YES,
			.same_fingerprints = RELATION_YES, .same_claims = RELATION_YES };
		return 0;
	}
	r = question_ask(a, side, 2, 2, QUESTION_TEXTS, o, &d.q);
	if (r < 0)
		return r;
	arena_init(&d.tmp, EVALUATIONS_MAX);
	if (!scopes_agree(old, new))
		d.q.bound = STR("devices that have a type for one of the two only");
	out.bound = d.q.bound;
	if (!d.q.missing) {
		r = subject_prepare(d.q.u);
		if (r == 0)
			r = compare(&d);
		if (r == 0)
			r = look_at_claims(&d);
		if (r == 0)
			r = promise(&d);
	}
	arena_release(&d.tmp);
	if (r < 0)
		return r;
	if (d.complex && !out.bound.p)
		out.bound = STR("an acceptance diagram past its bounds");
	pairs_bound = d.q.bound.p || d.complex;
	out.change = d.changes.at;
	out.n = d.changes.n;
	out.same_pairs = out.n > 0   ? RELATION_NO :
			 pairs_bound ? RELATION_UNDECIDED :
				       RELATION_YES;
	*ret = out;
	return arena_failed(a) ? -ENOMEM : 0;
}

int relation_diff(struct arena *a, const struct judged *old, const struct judged *new,
	const struct relation_options *o, struct difference *ret)
{
	struct work w;
	int r;

	work_begin(&w, a, o);
	r = diff(a, old, new, o, ret);
	if (!work_passed(&w, r))
		return r;
	*ret = (struct difference){ .bound = WORK_PASSED };
	return 0;
}
