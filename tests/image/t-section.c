/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One policy as bytes: everything that is written is read again, the index by type misses no rule,
 * and what nobody wrote is refused. Bounds and promises are t-section-bounds.c's.
 */
#include <errno.h>
#include <string.h>

#include "engine/image/section.h"
#include "tests/image/devour.h"
#include "tests/image/gen.h"
#include "tests/image/small.h"
#include "tests/tap.h"

#define SEED 20200117u

static char *seed_text;

static uint64_t seed(void)
{
	seed_text = getenv("MDEVCOMPAT_SEED");
	return seed_text ? strtoull(seed_text, NULL, 0) : SEED;
}

/* ---- round trip ---------------------------------------------------------------------------- */

static const char *round_trip(struct arena *a, const struct policy *p, struct str *ret)
{
	struct section_source s;
	const struct rule *rule;
	struct policy q;
	const char *d;
	struct str again;
	uint32_t i, n;

	if (section_encode(a, p, ret) != 0)
		return "encode";
	if (section_encode(a, p, &again) != 0 || !str_eq(*ret, again))
		return "encode again";
	section_memory(&s, ret);
	if (section_decode_head(a, &s, &q) != 0)
		return "decode head";
	d = head_differs(p, &q);
	if (d)
		return d;
	if (section_decode_all(a, &s, &q, &rule, &n) != 0 || n != p->n_rules)
		return "decode rules";
	for (i = 0; i < n; i++) {
		d = rule_differs(&p->rule[i], &rule[i]);
		if (d)
			return d;
	}
	q.rule = rule;
	if (section_encode(a, &q, &again) != 0 || !str_eq(*ret, again))
		return "encode what was decoded";
	return NULL;
}

/* ---- the index by type --------------------------------------------------------------------- */

static bool tmpl_takes(const struct rule *r, const struct tmpl *t, uint32_t piece,
	struct str type, int *value)
{
	const struct tmpl_piece *p;
	int k, fixed;

	if (piece == t->n)
		return type.n == 0;
	p = &t->piece[piece];
	if (p->var < 0)
		return str_starts(type, p->text) &&
		       tmpl_takes(r, t, piece + 1, str_sub(type, p->text.n, type.n), value);
	fixed = value[p->var];
	for (k = 0; k < r->var[p->var].n; k++) {
		struct str v = r->var[p->var].value[k];

		if ((fixed >= 0 && k != fixed) || !str_starts(type, v))
			continue;
		value[p->var] = k;
		if (tmpl_takes(r, t, piece + 1, str_sub(type, v.n, type.n), value)) {
			value[p->var] = fixed;
			return true;
		}
	}
	value[p->var] = fixed;
	return false;
}

static bool listed(const struct rule *r, struct str type, struct word_set w,
	const struct tmpl *t, uint32_t n, struct word_set prefixes)
{
	int value[TEMPLATE_VARS_MAX];
	uint32_t i;

	for (i = 0; i < w.n; i++)
		if (str_eq(w.w[i], type))
			return true;
	for (i = 0; i < n; i++) {
		memset(value, 0xff, sizeof(value));
		if (tmpl_takes(r, &t[i], 0, type, value))
			return true;
	}
	for (i = 0; i < prefixes.n; i++)
		if (str_starts(type, prefixes.w[i]))
			return true;
	return false;
}

/* Can the conditions on the type hold? By the meaning of the clauses, one by one. */
static bool may_match(const struct rule *r, struct str type)
{
	static const struct tmpl *const none;
	static const struct word_set empty;
	uint32_t i;

	for (i = 0; i < r->n_when; i++) {
		const struct clause *c = &r->when[i];
		const struct operand *o = &c->operand;

		if (c->attr != ATTR_TYPE || o->kind != OPERAND_WORDS)
			continue;
		if (!type.p || !listed(r, type, o->words, o->tmpl, o->n_tmpl, o->prefixes))
			return false;
		if (listed(r, type, o->except_words, none, 0, empty))
			return false;
	}
	return true;
}

static const char *check_candidates(
	struct arena *a, const struct policy *p, struct str bytes, struct str type)
{
	struct section_source s;
	const struct rule *rule;
	struct policy head;
	uint32_t i, n, at = 0;

	section_memory(&s, &bytes);
	if (section_decode_head(a, &s, &head) != 0 ||
		section_decode_rules(a, &s, &head, type, &rule, &n) != 0)
		return "decode";
	for (i = 0; i < p->n_rules; i++) {
		if (at < n && !rule_differs(&p->rule[i], &rule[at])) {
			at++;
			continue;
		}
		if (may_match(&p->rule[i], type))
			return "a rule is missing";
	}
	return at == n ? NULL : "rules out of order";
}

/* A type that some condition of the policy speaks of, or none does. */
static struct str some_type(struct gen *g, const struct policy *p)
{
	const struct rule *r;
	const struct operand *o;
	char buf[512];
	struct sbuf b = SBUF(buf);
	uint32_t i;

	if (p->n_rules == 0 || gen_below(g, 8) == 0)
		return STR("some-type");
	r = &p->rule[gen_below(g, p->n_rules)];
	for (i = 0; i < r->n_when; i++) {
		o = &r->when[i].operand;
		if (r->when[i].attr != ATTR_TYPE || o->kind != OPERAND_WORDS)
			continue;
		if (o->words.n > 0 && gen_below(g, 2))
			return o->words.w[gen_below(g, o->words.n)];
		if (o->n_tmpl > 0) {
			const struct tmpl *t = &o->tmpl[gen_below(g, o->n_tmpl)];
			uint32_t pick = (uint32_t)gen_next(g);

			for (i = 0; i < t->n; i++) {
				int v = t->piece[i].var;

				sbuf_put_str(&b, v < 0 ? t->piece[i].text
						       : r->var[v].value[(pick >> v * 4) %
									 r->var[v].n]);
			}
			return str_dup(g->arena, sbuf_str(&b));
		}
	}
	return (struct str){ 0 };
}

static void test_random(void)
{
	struct gen g = { .state = seed() };
	const char *bad = NULL, *bad_index = NULL;
	struct arena a = { 0 };
	struct str bytes;
	uint64_t start = 0;
	uint32_t i, j;

	diag("seed %" PRIu64, g.state);
	for (i = 0; i < 1500 && !bad && !bad_index; i++) {
		struct policy *p;

		arena_init(&a, 64 << 20);
		g.arena = &a;
		start = g.state;
		p = gen_policy(&g, i % 10 == 0 ? 200 : 12);
		bad = round_trip(&a, p, &bytes);
		for (j = 0; j < 20 && !bad && !bad_index; j++)
			bad_index = check_candidates(&a, p, bytes, some_type(&g, p));
		arena_release(&a);
	}
	if (bad || bad_index)
		diag("policy %u of seed %" PRIu64 ": %s", i, start, bad ? bad : bad_index);
	ok(!bad, "random policies are read as they were written, twice the same bytes");
	ok(!bad_index, "no rule that can match is missing among those of its type");
}

/* ---- one vendor, a thousand rules ---------------------------------------------------------- */

/* Rule number @i speaks about the type `t-<i / 2>`; @n rules. */
static struct policy many_rules(struct arena *a, uint32_t n)
{
	struct policy p = small_policy();
	struct rule *r = arena_new_array(a, n, struct rule);
	uint32_t i;

	for (i = 0; i < n; i++) {
		struct clause *c = arena_new(a, struct clause);
		struct str *w = arena_new(a, struct str);
		char buf[32];

		snprintf(buf, sizeof(buf), "t-%u", i / 2);
		*w = str_dup(a, str_from(buf));
		c->attr = ATTR_TYPE;
		c->op = OP_EQ;
		c->operand.kind = OPERAND_WORDS;
		c->operand.words = (struct word_set){ w, 1 };
		r[i].when = c;
		r[i].n_when = 1;
		r[i].place.line = i + 1;
	}
	p.rule = r;
	p.n_rules = n;
	return p;
}

static void test_many(void)
{
	const struct rule *rule;
	struct section_source s;
	struct policy p, head;
	struct arena a;
	struct str bytes;
	uint32_t i, n, right = 0;

	arena_init(&a, 256 << 20);
	p = many_rules(&a, 1000);
	is_int(section_encode(&a, &p, &bytes), 0, "a thousand rules");
	section_memory(&s, &bytes);
	for (i = 0; i < 500; i++) {
		char buf[32];

		snprintf(buf, sizeof(buf), "t-%u", i);
		if (section_decode_head(&a, &s, &head) == 0 &&
			section_decode_rules(&a, &s, &head, str_from(buf), &rule, &n) == 0 &&
			n == 2 && rule[0].place.line == 2 * i + 1 &&
			rule[1].place.line == 2 * i + 2)
			right++;
	}
	is_int(right, 500, "each type has its own two, in order, and no other");
	ok(section_decode_rules(&a, &s, &head, (struct str){ 0 }, &rule, &n) == 0 && n == 0,
		"a device without type has none of them");

	{
		uint32_t left = EVAL_PAGES_MAX, pages;
		struct section_bound b;

		section_bounded(&b, &s, &left);
		is_int(section_decode_all(&a, &b.source, &head, &rule, &n), 0, "bounded, all are read");
		pages = EVAL_PAGES_MAX - left;
		ok(pages >= bytes.n / IMAGE_PAGE_SIZE, "%u pages are counted", pages);
		left = pages;
		section_bounded(&b, &s, &left);
		is_int(section_decode_all(&a, &b.source, &head, &rule, &n), 0, "just as many will do");
		left = pages - 1;
		section_bounded(&b, &s, &left);
		is_int(section_decode_all(&a, &b.source, &head, &rule, &n), -E2BIG, "one less will not");
	}

	p = many_rules(&a, RULES_MAX);
	is_int(section_encode(&a, &p, &bytes), 0, "as many rules as there may be");
	section_memory(&s, &bytes);
	ok(section_decode_head(&a, &s, &head) == 0 && head.n_rules == RULES_MAX &&
			section_decode_rules(&a, &s, &head, STR("t-32767"), &rule, &n) == 0 &&
			n == 2 && rule[1].place.line == RULES_MAX,
		"and the last is found");
	p = many_rules(&a, RULES_MAX + 1);
	is_int(section_encode(&a, &p, &bytes), -E2BIG, "one more is too many");
	arena_release(&a);
}

/* ---- bytes that nobody wrote --------------------------------------------------------------- */

static int devour(struct arena *a, struct str bytes)
{
	struct arena_mark m = arena_mark(a);
	struct section_source s;
	uint64_t h = 0;
	int r;

	section_memory(&s, &bytes);
	r = devour_section(a, &s, &h);
	arena_rewind(a, m);
	return r;
}

/* Does trying all rules say what decoding them all says, and keep nothing? */
static bool tries_alike(struct arena *a, struct str bytes)
{
	struct arena_mark m = arena_mark(a);
	struct section_source s;
	const struct rule *rule;
	struct policy head;
	bool alike = true;
	size_t used;
	uint32_t n;
	int r;

	section_memory(&s, &bytes);
	if (section_decode_head(a, &s, &head) == 0) {
		used = a->used;
		r = section_try_all(a, &s, &head);
		alike = a->used == used && section_decode_all(a, &s, &head, &rule, &n) == r;
	}
	arena_rewind(a, m);
	return alike;
}

/* Some bytes are free to be anything: texts, places, revisions. The rest must be refused. */
static void test_damage(void)
{
	struct gen g = { .state = seed() };
	uint32_t cut_taken = 0, changed = 0, refused = 0, unlike = 0, i, k;
	struct arena a, scratch;
	size_t at;

	arena_init(&scratch, 256 << 20);
	for (i = 0; i < 10; i++) {
		struct str bytes, copy;

		arena_init(&a, 64 << 20);
		g.arena = &a;
		if (section_encode(&a, gen_policy(&g, 4), &bytes) != 0)
			bail_out("encode");
		for (at = 0; at < bytes.n; at++) {
			copy = (struct str){ copy_alone(bytes, at), at };
			cut_taken += devour(&scratch, copy) == 0;
			free((char *)copy.p);
		}
		copy = (struct str){ copy_alone(bytes, bytes.n), bytes.n };
		for (at = 0; at < bytes.n; at++)
			for (k = 0; k < 3; k++) {
				char *p = (char *)copy.p + at;

				*p = (char)(*p ^ (int)(1 + gen_below(&g, 255)));
				refused += devour(&scratch, copy) != 0;
				unlike += !tries_alike(&scratch, copy);
				*p = bytes.p[at];
				changed++;
			}
		free((char *)copy.p);
		arena_release(&a);
	}
	arena_release(&scratch);
	is_int(cut_taken, 0, "a section that was cut anywhere is refused");
	is_int(unlike, 0, "what is tried rule by rule is refused like what is kept");
	ok(refused > changed / 3 && changed > 10000,
		"of %u single changes %u were refused and none did harm", changed, refused);
}

int main(void)
{
	plan(2 + 10 + 3);
	test_random();
	test_many();
	test_damage();
	return done_testing();
}
