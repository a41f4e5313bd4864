/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Relation properties against brute force: for random small policies every subject of a universe is
 * evaluated, and every pair and triple tried. What is found there must be answered with "no"; every
 * "no" comes with a witness, which is judged here again. The seed is printed; pass another as the
 * first argument, the number of policies as the second.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/analyse/differ.h"
#include "engine/base/diag.h"
#include "engine/eval/explain.h"
#include "engine/image/section.h"
#include "grammar/compile.h"
#include "tests/analyse/gen.h"
#include "tests/language/harness.h"
#include "tests/tap.h"

#define SEED	 20261121
#define POLICIES 50
#define RICH	 120 /* with all that the language has */

static char line[GEN_SUBJECTS_MAX][256];

/* The relation in full, as the evaluator has it. */
struct brute {
	unsigned n;
	bool ok[GEN_SUBJECTS_MAX], unreadable[GEN_SUBJECTS_MAX], in_force[GEN_SUBJECTS_MAX];
	bool go[GEN_SUBJECTS_MAX][GEN_SUBJECTS_MAX];
	struct evaluation *e;
};

static struct brute brute[2];

/* A policy as the questions take it, with what narrows it. */
struct compiled {
	const struct policy *p, *narrow;
	const struct policy *list[1];
	struct judged judged;
};

static const struct policy *compile_text(struct arena *a, struct str text)
{
	struct source *src = arena_new(a, struct source);
	const struct policy *p;
	struct diags d;

	*src = (struct source){ STR("test.policy"), text };
	diags_init(&d, a);
	return policy_compile(a, src, &d, &p, NULL) == 0 ? p : NULL;
}

static bool compile(struct arena *a, const struct gen_policy *g, struct compiled *ret)
{
	*ret = (struct compiled){ .p = compile_text(a, (struct str){ g->text, g->n }) };
	if (ret->p && g->narrow[0])
		ret->narrow = compile_text(a, str_from(g->narrow));
	if (!ret->p || (g->narrow[0] && !ret->narrow))
		return false;
	ret->judged = judged_alone(ret->p);
	ret->list[0] = ret->narrow;
	ret->judged.narrows = ret->list;
	ret->judged.n_narrows = ret->narrow != NULL;
	return true;
}

static void say(const struct gen_policy *g)
{
	diag("policy %s", g->text);
	if (g->narrow[0])
		diag("narrowed by %s", g->narrow);
}

static bool accepts_anything(const struct evaluation *e)
{
	for (uint32_t i = 0; i < e->n_bound && !e->migratable_no; i++)
		for (uint32_t k = 0; k < e->bound[i].rule->n_blocks; k++)
			if (e->bound[i].rule->block[k].kind == BLOCK_ACCEPT)
				return true;
	return false;
}

static void write_out(struct arena *a, const struct gen_policy *g, struct brute *b)
{
	struct str section = compile_section(a, (struct str){ g->text, g->n });
	struct str narrow = { 0 };

	if (g->narrow[0])
		narrow = compile_section(a, str_from(g->narrow));

	b->e = arena_new_array(a, b->n, struct evaluation);
	for (unsigned i = 0; i < b->n; i++) {
		struct line_subject *s = arena_new(a, struct line_subject);

		if (!line_subject(str_from(line[i]), s) ||
			line_evaluate_narrowed(a, section, narrow, s, &b->e[i]) < 0)
			bail_out("cannot evaluate %s", line[i]);
		b->ok[i] = status_has_fingerprint(b->e[i].status);
		b->unreadable[i] = b->e[i].status == STATUS_UNREADABLE_FACT;
		b->in_force[i] = b->ok[i] && accepts_anything(&b->e[i]);
	}
	for (unsigned s = 0; s < b->n; s++)
		for (unsigned t = 0; t < b->n; t++) {
			const struct evaluation *x = &b->e[s], *y = &b->e[t];

			b->go[s][t] = b->ok[s] && b->ok[t] &&
				      dg_eval(y->store, y->accepts, DMODE_CLOSED, &x->record) &&
				      (!x->has_offers ||
					      dg_eval(x->store, x->offers, DMODE_OPEN, &y->record));
		}
}

static bool newer(const struct evaluation *s, const struct evaluation *t)
{
	for (uint32_t i = ATTR_FIRST; i < s->policy.n_attrs; i++)
		if (s->policy.attr[i].type.type.tag == VT_VERSION && s->self[i] && t->self[i] &&
			key_cmp(s->self[i]->key, t->self[i]->key) > 0)
			return true;
	return false;
}

/* Is the property violated in the universe? */
static bool violated(const struct brute *b, enum relation_property what)
{
	for (unsigned x = 0; x < b->n; x++) {
		if (what == RELATION_OWN_TWIN && b->in_force[x] && !b->go[x][x])
			return true;
		for (unsigned y = 0; y < b->n; y++) {
			if (!b->go[x][y])
				continue;
			if (what == RELATION_FORWARD_ONLY && newer(&b->e[x], &b->e[y]))
				return true;
			if (what == RELATION_SYMMETRIC && !b->go[y][x])
				return true;
			for (unsigned z = 0; what == RELATION_TRANSITIVE && z < b->n; z++)
				if (b->go[y][z] && !b->go[x][z])
					return true;
		}
	}
	return false;
}

/* ---- witnesses -------------------------------------------------------------------------------------- */

/* Two facts of one name and type: which is which cannot be told from names. */
static bool ambiguous(const struct relation_subject *s)
{
	for (uint32_t i = 0; i < s->n; i++)
		for (uint32_t k = 0; k < i; k++)
			if (str_eq(s->value[i].name, s->value[k].name) &&
				value_type_eq(s->value[i].type, s->value[k].type))
				return true;
	return false;
}

static int give_value(void *ctx, const struct attr *attr, struct value *ret,
	struct ranges *ret_ranges)
{
	const struct relation_subject *s = ctx;

	for (uint32_t i = 0; i < s->n; i++) {
		/* One name of two types is two values. */
		if (!str_eq(s->value[i].name, attr->name) ||
			!value_type_eq(s->value[i].type, attr->type.type))
			continue;
		if (s->value[i].has_ranges)
			*ret_ranges = s->value[i].ranges;
		else if (s->value[i].value.type.tag == VT_NONE)
			return -ENOENT;
		else
			*ret = s->value[i].value;
		return 0;
	}
	return -ENOENT;
}

static bool witness_go(struct arena *a, const struct compiled *c,
	const struct relation_subject *s, const struct relation_subject *t)
{
	const struct relation_subject *who[2] = { s, t };
	struct section_source src, narrows;
	struct evaluation e[2];
	struct str bytes, narrow_bytes;

	if (section_encode(a, c->p, &bytes) < 0 ||
		(c->narrow && section_encode(a, c->narrow, &narrow_bytes) < 0))
		return false;
	section_memory(&src, &bytes);
	if (c->narrow)
		section_memory(&narrows, &narrow_bytes);
	for (unsigned i = 0; i < 2; i++) {
		struct subject subject = { .kind = who[i]->scope->kind, .driver = who[i]->scope->driver,
			.type = who[i]->type, .instance = true,
			.facts = { .ctx = (void *)who[i], .value = give_value } };

		if (evaluate_section(a, &src, &narrows, c->narrow != NULL, &subject, NULL, &e[i]) < 0 ||
			!status_has_fingerprint(e[i].status))
			return false;
	}
	return dg_eval(e[1].store, e[1].accepts, DMODE_CLOSED, &e[0].record) &&
	       (!e[0].has_offers || dg_eval(e[0].store, e[0].offers, DMODE_OPEN, &e[1].record));
}

static bool witness_good(struct arena *a, const struct compiled *p, enum relation_property what,
	const struct relation_finding *f)
{
	switch (what) {
	case RELATION_OWN_TWIN:
		return f->n == 1 && !witness_go(a, p, &f->who[0], &f->who[0]);
	case RELATION_FORWARD_ONLY:
		return f->n == 2 && witness_go(a, p, &f->who[0], &f->who[1]);
	case RELATION_SYMMETRIC:
		return f->n == 2 && witness_go(a, p, &f->who[0], &f->who[1]) &&
		       !witness_go(a, p, &f->who[1], &f->who[0]);
	case RELATION_TRANSITIVE:
		return f->n == 3 && witness_go(a, p, &f->who[0], &f->who[1]) &&
		       witness_go(a, p, &f->who[1], &f->who[2]) &&
		       !witness_go(a, p, &f->who[0], &f->who[2]);
	case RELATION_PROPERTIES:
		break;
	}
	return false;
}

/* ---- the smallest one ------------------------------------------------------------------------------- */

/* In how many values two subjects of the universe differ. */
static unsigned differ(const struct evaluation *x, const struct evaluation *y)
{
	unsigned n = 0;

	/* Kind and driver are one value. */
	n = !value_eq(x->self[ATTR_KIND], y->self[ATTR_KIND]) ||
	    !value_eq(x->self[ATTR_DRIVER], y->self[ATTR_DRIVER]);
	for (uint32_t i = ATTR_TYPE; i < x->policy.n_attrs; i++)
		n += !x->self[i] != !y->self[i] || (x->self[i] && !value_eq(x->self[i], y->self[i]));
	for (uint32_t i = 0; i < x->policy.n_locals; i++)
		n += x->local[i].has_ranges ?
			     !ranges_equal(x->local[i].ranges, y->local[i].ranges) :
			     !value_eq(&x->local[i].value, &y->local[i].value);
	return n;
}

/* And two of a witness. */
static unsigned witness_differ(const struct relation_subject *x, const struct relation_subject *y)
{
	unsigned n = !str_eq(x->type, y->type) + (x->scope->kind != y->scope->kind ||
							!str_eq(x->scope->driver, y->scope->driver));

	for (uint32_t i = 0; i < x->n; i++) {
		const struct relation_value *v = &x->value[i], *w = &y->value[i];

		if (v->has_ranges && w->has_ranges)
			n += !ranges_equal(v->ranges, w->ranges);
		else
			n += v->has_ranges != w->has_ranges || !value_eq(&v->value, &w->value);
	}
	return n;
}

/* Does the universe have a witness with fewer differences than the one that was found? */
static bool beaten(const struct brute *b, enum relation_property what,
	const struct relation_finding *f)
{
	unsigned best = 0;

	for (uint32_t i = 1; i < f->n; i++)
		best += witness_differ(&f->who[i - 1], &f->who[i]);
	for (unsigned x = 0; x < b->n; x++)
		for (unsigned y = 0; y < b->n; y++) {
			unsigned first;

			if (!b->go[x][y])
				continue;
			first = differ(&b->e[x], &b->e[y]);
			if (what == RELATION_SYMMETRIC && !b->go[y][x] && first < best)
				return true;
			for (unsigned z = 0; what == RELATION_TRANSITIVE && first < best && z < b->n; z++)
				if (b->go[y][z] && !b->go[x][z] &&
					first + differ(&b->e[y], &b->e[z]) < best)
					return true;
		}
	return false;
}

/* ---- policies ---------------------------------------------------------------------------------------- */

static struct {
	unsigned yes[RELATION_PROPERTIES], no[RELATION_PROPERTIES], undecided, same, differ, broken, again, claims[3], groups,
		fingerprints, kept;
} count;

static bool try_properties(struct arena *a, const struct gen_policy *g, const struct compiled *p)
{
	bool good = true;

	for (int what = 0; what < RELATION_PROPERTIES; what++) {
		bool bad = violated(&brute[0], what);
		struct relation_finding f;
		int r = relation_prove(a, &p->judged, what, NULL, &f);

		count.undecided += r == 0 && f.answer == RELATION_UNDECIDED;
		count.yes[what] += r == 0 && f.answer == RELATION_YES;
		count.no[what] += r == 0 && f.answer == RELATION_NO;
		if (r == 0 && !(bad && f.answer == RELATION_YES) &&
			(f.answer != RELATION_NO ||
				(witness_good(a, p, what, &f) &&
					(p->narrow || !beaten(&brute[0], what, &f)))))
			continue;
		good = false;
		diag("%s: %s, error %d, brute force says %s", relation_property_name(what),
			r == 0 ? relation_answer_name(f.answer) : "-", r, bad ? "no" : "nothing");
		say(g);
	}
	return good;
}

static bool try_same(struct arena *a, const struct gen_policy *g, const struct compiled *p,
	const struct gen_policy *h, const struct compiled *q)
{
	struct relation_finding f;
	bool differ = false;
	int r = relation_same(a, &p->judged, &q->judged, NULL, &f);

	for (unsigned s = 0; s < brute[0].n; s++)
		for (unsigned t = 0; t < brute[0].n; t++)
			differ = differ || brute[0].go[s][t] != brute[1].go[s][t];
	count.same += r == 0 && f.answer == RELATION_YES;
	count.differ += r == 0 && f.answer == RELATION_NO;
	if (r == 0 && !(differ && f.answer == RELATION_YES) &&
		(f.answer != RELATION_NO ||
			witness_go(a, p, &f.who[0], &f.who[1]) !=
				witness_go(a, q, &f.who[0], &f.who[1])))
		return true;
	diag("same: %s, error %d, brute force says %s", r == 0 ? relation_answer_name(f.answer) : "-",
		r, differ ? "no" : "nothing");
	say(g);
	say(h);
	return false;
}

static bool passed_over(unsigned s)
{
	return brute[0].unreadable[s] || brute[1].unreadable[s];
}

#define CLAIMED_MAX 150

/* Is something else claimed of a pair that both let go? Some are tried. */
static bool claims_differ(struct arena *a, bool others)
{
	unsigned tried = 0;

	for (unsigned s = 0; s < brute[0].n; s++)
		for (unsigned t = 0; t < brute[0].n && tried < CLAIMED_MAX; t++) {
			struct explanation x[2];
			bool same;

			if (!brute[0].go[s][t] || !brute[1].go[s][t] ||
				(others && (passed_over(s) || passed_over(t))))
				continue;
			tried++;
			for (unsigned i = 0; i < 2; i++)
				if (explain(a, &brute[i].e[s], NULL, &brute[i].e[t], NULL, &x[i]) < 0)
					bail_out("cannot explain %s", line[s]);
			same = x[0].n_claims == x[1].n_claims;
			for (uint32_t i = 0; same && i < x[0].n_claims; i++)
				same = str_eq(x[0].claim[i].attr, x[1].claim[i].attr) &&
				       value_eq(&x[0].claim[i].value, &x[1].claim[i].value);
			if (!same)
				return true;
		}
	return false;
}

/* Which pairs and fingerprints change: whatever brute force finds must be among it. */
static bool try_diff(struct arena *a, const struct gen_policy *g, const struct compiled *p,
	const struct gen_policy *h, const struct compiled *q, bool others)
{
	bool want[2] = { false, false }, got[2] = { false, false }, moved = false, good;
	struct difference d;
	int r = relation_diff(a, &p->judged, &q->judged, NULL, &d);

	for (unsigned s = 0; s < brute[0].n; s++) {
		/* One text read as two types is two facts to relation_diff(). */
		if (others && passed_over(s))
			continue;
		moved = moved || strcmp(brute[0].e[s].fingerprint, brute[1].e[s].fingerprint) != 0;
		for (unsigned t = 0; t < brute[0].n; t++) {
			if (others && passed_over(t))
				continue;
			want[0] = want[0] || (brute[0].go[s][t] && !brute[1].go[s][t]);
			want[1] = want[1] || (!brute[0].go[s][t] && brute[1].go[s][t]);
		}
	}
	good = r == 0;
	for (uint32_t i = 0; r == 0 && i < d.n; i++) {
		const struct relation_subject *who = d.change[i].who;
		bool yes = d.change[i].accepted;

		got[yes] = true;
		good = good && (ambiguous(&who[0]) || (witness_go(a, p, &who[0], &who[1]) == !yes &&
					    witness_go(a, q, &who[0], &who[1]) == yes));
	}
	for (unsigned i = 0; i < 2; i++)
		good = good && !(want[i] && !got[i] && !d.bound.p);
	good = good && !(want[0] && d.same_pairs == RELATION_YES) &&
	       !(want[1] && d.same_pairs == RELATION_YES) &&
	       !(moved && d.same_fingerprints == RELATION_YES);
	if (good && (p->p->n_attrs > ATTR_FIRST || q->p->n_attrs > ATTR_FIRST) &&
		d.same_claims == RELATION_YES && claims_differ(a, others)) {
		diag("other claims were not seen");
		good = false;
	}
	count.claims[d.same_claims] += r == 0;
	count.groups += r == 0 ? d.n : 0;
	count.fingerprints += r == 0 && d.same_fingerprints == RELATION_NO;
	count.kept += r == 0 && d.same_fingerprints == RELATION_YES;
	if (good)
		return true;
	diag("diff: error %d, brute force says less %d, more %d, fingerprints %d; got %d %d %s", r,
		want[0], want[1], moved, got[0], got[1],
		r == 0 ? relation_answer_name(d.same_fingerprints) : "-");
	say(g);
	say(h);
	return false;
}

/* What stands in a policy, and how often that was met. */
static struct feature {
	const char *name, *text, *also; /* both stand there; NULL: one will do */
	unsigned met;
} feature[] = {
	{ "several drivers", ", e; ", NULL, 0 },
	{ "mdev and vfio", "vfio-device", NULL, 0 },
	{ "kinds in conditions", "when kind", NULL, 0 },
	{ "drivers in conditions", "when driver", NULL, 0 },
	{ "drivers in blocks", "; driver ", NULL, 0 },
	{ "claims", "claim a", NULL, 0 },
	{ "computed claims", "= source.", NULL, 0 },
	{ "offers", "offer {", NULL, 0 },
	{ "offers with range lists", "0..1, 3; ", NULL, 0 },
	{ "with exceptions", "except 1.1; ", NULL, 0 },
	{ "refusals", "refuse {", NULL, 0 },
	{ "dynamic attributes", " dynamic;", NULL, 0 },
	{ "sets", ": set", NULL, 0 },
	{ "masks", ": mask", NULL, 0 },
	{ "default absent", "default absent", NULL, 0 },
	{ "locals", "self.l", NULL, 0 },
	{ "lists of ranges", "in self.l", NULL, 0 },
	{ "not-newer", "not-newer", NULL, 0 },
	{ "migratable no", "migratable no", NULL, 0 },
};
static unsigned narrowed, own_facts;

static void note_features(const struct gen_policy *g)
{
	for (unsigned i = 0; i < ARRAY_SIZE(feature); i++)
		feature[i].met += strstr(g->text, feature[i].text) &&
				  (!feature[i].also || strstr(g->text, feature[i].also));
	narrowed += g->narrow[0] != '\0';
	own_facts += g->own_fact;
}

/* Claims may contradict each other, and then there is no policy. */
static bool make(struct arena *a, bool rich, struct gen_policy *g, const struct gen_policy *like,
	const struct gen_policy *scopes, struct compiled *ret)
{
	for (unsigned i = 0; i < 4; i++) {
		if (rich)
			gen_make_rich(g, like, scopes);
		else
			gen_make(g, like);
		if (compile(a, g, ret))
			return true;
		count.again++;
	}
	count.broken++;
	return false;
}

static bool try_policy(bool rich)
{
	static struct gen_policy g, h;
	struct compiled p, q;
	struct arena a;
	bool good = true;

	arena_init(&a, (size_t)1 << 30);
	if (make(&a, rich, &g, NULL, NULL, &p)) {
		brute[0].n = brute[1].n = gen_universe(&g, line);
		write_out(&a, &g, &brute[0]);
		note_features(&g);
		good = try_properties(&a, &g, &p);
		if (make(&a, rich, &h, &g, NULL, &q)) {
			write_out(&a, &h, &brute[1]);
			note_features(&h);
			good = try_same(&a, &g, &p, &h, &q) && good;
			good = try_diff(&a, &g, &p, &h, &q, false) && good;
		}
		/* One that declares the same names otherwise. */
		if (make(&a, rich, &h, NULL, &g, &q)) {
			write_out(&a, &h, &brute[1]);
			note_features(&h);
			good = try_diff(&a, &g, &p, &h, &q, true) && good;
		}
	}
	arena_release(&a);
	return good;
}

int main(int argc, char **argv)
{
	unsigned n = argc > 2 ? (unsigned)atoi(argv[2]) : POLICIES, rich = n * RICH / POLICIES;
	bool mixed = true, met = true;
	unsigned i, bad = 0;

	gen_seed(argc > 1 ? strtoull(argv[1], NULL, 0) : SEED);
	plan(5);
	diag("seed %s, %u policies", argc > 1 ? argv[1] : "20261121", n);
	for (i = 0; i < n && bad < 5; i++)
		bad += !try_policy(false);
	for (i = 0; i < rich && bad < 5; i++)
		bad += !try_policy(true);
	n += rich;
	ok(bad == 0, "no answer that brute force refutes; every witness holds, and none is smaller");
	for (i = 0; i < RELATION_PROPERTIES; i++) {
		diag("%s: %u yes, %u no", relation_property_name(i), count.yes[i], count.no[i]);
		mixed = mixed && count.yes[i] > 0 && count.no[i] > 0;
	}
	diag("%u groups of changes, fingerprints change in %u and stay in %u", count.groups,
		count.fingerprints, count.kept);
	diag("%u undecided, %u same, %u not, %u did not compile, %u not at once", count.undecided,
		count.same, count.differ, count.broken, count.again);
	for (i = 0; i < ARRAY_SIZE(feature); i++) {
		diag("%s: %u", feature[i].name, feature[i].met);
		met = met && feature[i].met >= n / 20;
	}
	diag("narrowed: %u, by facts of its own %u", narrowed, own_facts);
	met = met && count.claims[RELATION_NO] >= n / 20;
	ok(met && narrowed >= n / 10 && own_facts >= n / 20, "all that the language has was met");
	diag("claims: %u undecided, %u the same, %u not", count.claims[0], count.claims[1],
		count.claims[2]);
	ok(mixed, "the answers are mixed");
	ok(count.same > n / 50 && count.differ > n / 4, "policies that mean the same were met");
	ok(count.undecided < n / 5 && count.broken < n / 20, "most could be decided");
	return done_testing();
}
