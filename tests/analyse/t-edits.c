/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Edits of one token or one statement in each policy that is shipped, and what relation_diff() says of
 * before and after. Subjects are made from the words of the policy itself and judged by the evaluator
 * under both: where one pair or fingerprint differs, "no difference" would be wrong. The number of edits of
 * one policy may be given as an argument.
 */
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/analyse/differ.h"
#include "engine/base/diag.h"
#include "engine/image/attr-parse.h"
#include "grammar/compile.h"
#include "tests/language/harness.h"
#include "tests/tap.h"

#define EDITS	     9 /* of one policy that compile */
#define BASES	     8	/* subjects without each other's values */
#define NEAR	     6	/* that differ from one of these in a value or two */
#define SUBJECTS     (BASES * NEAR)
#define TOKENS_MAX   4000
#define POOL_MAX     60
#define POLICIES_MAX 64

static uint64_t state = 20261121;

static unsigned rnd(unsigned n)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(state >> 33) % n;
}

/* ---- tokens ----------------------------------------------------------------------------------------- */

struct token {
	size_t at, n;
	bool in_test;
};

static struct token token[TOKENS_MAX];
static unsigned n_tokens;

static void read_tokens(struct str text)
{
	size_t i = 0, from;
	int depth = 0, test = -1;

	for (n_tokens = 0; i < text.n && n_tokens < TOKENS_MAX;) {
		char c = text.p[i];

		if (isspace((unsigned char)c)) {
			i++;
			continue;
		}
		if (c == '#') {
			i += str_find(str_sub(text, i, text.n), '\n');
			continue;
		}
		from = i++;
		if (c == '"')
			i += str_find(str_sub(text, i, text.n), '"') + 1;
		else if (!strchr("{};,()", c))
			while (i < text.n && !isspace((unsigned char)text.p[i]) &&
				!strchr("{};,()\"", text.p[i]))
				i++;
		if (test < 0 && str_eq(str_sub(text, from, i), STR("test")))
			test = depth;
		token[n_tokens++] = (struct token){ from, i - from, test >= 0 };
		depth += c == '{';
		depth -= c == '}';
		if (c == '}' && depth == test)
			test = -1;
	}
}

static struct str word(struct str text, unsigned i)
{
	return str_sub(text, token[i].at, token[i].at + token[i].n);
}

static bool is(struct str text, unsigned i, const char *w)
{
	return i < n_tokens && str_eq(word(text, i), str_from(w));
}

/* ---- edits ------------------------------------------------------------------------------------------- */

static const char *const swaps[][2] = { { "<=", ">=" }, { ">=", "<=" }, { "<=", "==" },
	{ "subset", "superset" }, { "superset", "subset" }, { "subset", "disjoint" }, { "any", "present" },
	{ "present", "any" }, { "any", "absent" }, { "==", "<=" }, { "yes", "no" }, { "no", "yes" },
	{ "refuse", "offer" }, { "accept", "refuse" }, { "dynamic", "" }, { "fallback", "" },
	{ "not-newer", "<=" }, { "not-newer", "==" }, { "string", "enum { zz9 }" }, { "==", "subset" },
	{ "self", "none" }, { "absent", "any" } };

static struct str put_edit(struct arena *a, struct str text, unsigned from, unsigned to,
	struct str with)
{
	size_t at = token[from].at, end = token[to].at + token[to].n;
	struct sbuf b = { .p = arena_alloc(a, text.n + with.n + 4), .size = text.n + with.n + 4 };

	sbuf_put_str(&b, str_sub(text, 0, at));
	sbuf_putc(&b, ' ');
	sbuf_put_str(&b, with);
	sbuf_putc(&b, ' ');
	sbuf_put_str(&b, str_sub(text, end, text.n));
	return sbuf_str(&b);
}

/* Another number in place of the last one. */
static struct str next_number(struct arena *a, struct str w)
{
	struct str copy = str_dup(a, w);
	size_t i = w.n;

	while (i > 0 && !isdigit((unsigned char)w.p[i - 1]))
		i--;
	if (i == 0)
		return (struct str){ 0 };
	((char *)copy.p)[i - 1] = w.p[i - 1] == '9' ? '8' : (char)(w.p[i - 1] + 1);
	return copy;
}

/* Edit number @kind at a token; .p NULL: there is none. */
static struct str make_edit(struct arena *a, struct str text, unsigned i, unsigned kind)
{
	struct str w = word(text, i), with = { 0 };
	unsigned to;

	if (token[i].in_test)
		return with;
	if (kind < ARRAY_SIZE(swaps))
		return is(text, i, swaps[kind][0]) ?
			       put_edit(a, text, i, i, str_from(swaps[kind][1])) :
			       with;
	switch (kind - ARRAY_SIZE(swaps)) {
	case 0:
		with = next_number(a, w);
		return with.p ? put_edit(a, text, i, i, with) : with;
	case 1: /* without an item */
		return is(text, i + 1, ",") ? put_edit(a, text, i, i + 1, STR("")) : with;
	case 2: /* without a statement */
		if (i == 0 || !(is(text, i - 1, ";") || is(text, i - 1, "{") || is(text, i - 1, "}")))
			return with;
		for (to = i; to < n_tokens && !is(text, to, ";") && !is(text, to, "{"); to++)
			;
		return is(text, to, ";") ? put_edit(a, text, i, to, STR("")) : with;
	case 3: /* another of the names that stand there */
		to = rnd(n_tokens);
		return isalpha((unsigned char)w.p[0]) && isalpha((unsigned char)*word(text, to).p) ?
			       put_edit(a, text, i, i, word(text, to)) :
			       with;
	case 4:
		return w.p[0] == '"' ? put_edit(a, text, i, i, STR("\"zz9\"")) : with;
	default:
		return with;
	}
}

#define KINDS (ARRAY_SIZE(swaps) + 5)

/* ---- subjects ---------------------------------------------------------------------------------------- */

struct pool {
	struct str value[POOL_MAX]; /* as a line has it, in quotes */
	unsigned n;
};

static void add_value(struct arena *a, struct pool *p, const struct attr_type *t, struct str w)
{
	struct ranges ranges;
	struct value v;
	struct str why;

	if (w.n >= 2 && w.p[0] == '"')
		w = str_sub(w, 1, w.n - 1);
	if (p->n >= POOL_MAX || str_find(w, '\'') < w.n || attr_parse(a, t, w, &v, &ranges, &why) < 0)
		return;
	for (unsigned i = 0; i < p->n; i++)
		if (str_eq(p->value[i], w))
			return;
	p->value[p->n++] = w;
}

static int find_value(const struct pool *p, struct str w)
{
	if (w.n >= 2 && w.p[0] == '"')
		w = str_sub(w, 1, w.n - 1);
	for (unsigned i = 0; i < p->n; i++)
		if (str_eq(p->value[i], w))
			return (int)i;
	return -1;
}

/* A version of so many parts from the words of a range. */
static struct str plain_version(struct arena *a, struct str w)
{
	struct str copy = str_dup(a, w);
	char *p = (char *)copy.p;

	for (size_t i = 0; i < copy.n; i++)
		if (p[i] == '*' || p[i] == '<' || p[i] == '>' || p[i] == '+')
			p[i] = p[i] == '*' ? '0' : '\n';
	return str_sub(copy, p[0] == '\n', MAX(str_find(copy, '\n'), (size_t)(p[0] == '\n')));
}

/* What the text says of an attribute, in tests and elsewhere. */
static void make_pool(struct arena *a, struct str text, struct str name, const struct attr_type *t,
	struct pool *p)
{
	bool words = value_type_is_word(t->type) && t->type.tag != VT_PCI_ID, on = false;

	p->n = 0;
	for (unsigned i = 0; i < n_tokens; i++) {
		if (is(text, i, ";"))
			on = false;
		if (on || !words) {
			add_value(a, p, t, word(text, i));
			add_value(a, p, t, plain_version(a, word(text, i)));
			add_value(a, p, t, next_number(a, word(text, i)));
		}
		on = on || str_eq(word(text, i), name);
	}
	add_value(a, p, t, STR(""));
	add_value(a, p, t, STR("zz9"));
	for (unsigned i = 0; i + 1 < p->n && i < 6 && t->type.tag == VT_SET; i++) {
		struct sbuf b = { .p = arena_alloc(a, 600), .size = 600 };

		sbuf_put_str(&b, p->value[i]);
		sbuf_put_str(&b, t->separator.p ? t->separator : STR(" "));
		sbuf_put_str(&b, p->value[i + 1]);
		add_value(a, p, t, sbuf_str(&b));
	}
}

struct subjects {
	struct pool pool[ATTRS_MAX + LOCALS_MAX], type;
	int chosen[SUBJECTS][ATTRS_MAX + LOCALS_MAX + 2];
	struct str line[SUBJECTS];
};

static const struct attr *attr_at(const struct policy *p, unsigned i)
{
	unsigned n = p->n_attrs - ATTR_FIRST;

	return i < n ? &p->attr[ATTR_FIRST + i] : &p->local[i - n];
}

/* Most attributes have a value; those that may be absent sometimes are. */
static int choose(const struct pool *p, const struct attr *at)
{
	return p->n == 0 || (at->presence != PRESENCE_REQUIRED && rnd(4) == 0) ? -1 : (int)rnd(p->n);
}

/* The value that begins at a token, as a fact: what braces hold with the type's separator. */
static struct str fact_text(struct arena *a, struct str text, unsigned i, const struct attr_type *t)
{
	struct sbuf b = { .p = arena_alloc(a, 600), .size = 600 };
	bool first = true;

	if (!is(text, i, "{"))
		return word(text, i);
	for (i++; i < n_tokens && !is(text, i, "}"); i++) {
		struct str w = word(text, i);

		if (is(text, i, ","))
			continue;
		if (!first)
			sbuf_put_str(&b, t->separator.p ? t->separator : STR(" "));
		first = false;
		sbuf_put_str(&b, w.p[0] == '"' ? str_sub(w, 1, w.n - 1) : w);
	}
	return sbuf_str(&b);
}

/* Where the targets of tests begin. */
static unsigned find_targets(struct str text, unsigned *ret, unsigned max)
{
	unsigned n = 0;

	for (unsigned i = 0; i < n_tokens && n < max; i++)
		if (token[i].in_test && is(text, i, "target") && is(text, i + 1, "{"))
			ret[n++] = i + 2;
	return n;
}

/* The subject that a test's target is. */
static void take_target(struct arena *a, struct str text, const struct policy *p, unsigned at,
	struct subjects *s, int *c)
{
	static const struct attr_type string = { .type = { .tag = VT_STRING } };
	unsigned n = p->n_attrs - ATTR_FIRST + p->n_locals, i;

	for (; at < n_tokens && !is(text, at, "}"); at++) {
		for (i = 0; i < n && !str_eq(attr_at(p, i)->name, word(text, at)); i++)
			;
		if (i < n) {
			const struct attr_type *t = &attr_at(p, i)->type;
			struct str w = fact_text(a, text, at + 1, t);

			add_value(a, &s->pool[i], t, w);
			c[i] = find_value(&s->pool[i], w);
		} else if (is(text, at, "type")) {
			add_value(a, &s->type, &string, word(text, at + 1));
			c[n + 1] = MAX(find_value(&s->type, word(text, at + 1)), 0);
		}
		for (int depth = 0; at < n_tokens && !(depth == 0 && is(text, at, ";")); at++)
			depth += is(text, at, "{") - is(text, at, "}");
	}
}

static void make_subjects(struct arena *a, struct str text, const struct policy *p,
	struct subjects *s)
{
	static const struct attr_type string = { .type = { .tag = VT_STRING } };
	unsigned n = p->n_attrs - ATTR_FIRST + p->n_locals, i, k, target[64], targets;

	targets = find_targets(text, target, ARRAY_SIZE(target));
	for (i = 0; i < n; i++)
		make_pool(a, text, attr_at(p, i)->name, &attr_at(p, i)->type, &s->pool[i]);
	make_pool(a, text, STR("type"), &string, &s->type);
	for (k = 0; k < SUBJECTS; k++) {
		const struct scope *scope;
		struct sbuf b = { .p = arena_alloc(a, 8192), .size = 8192 };
		int *c = s->chosen[k];

		if (k % NEAR == 0) {
			for (i = 0; i < n; i++)
				c[i] = choose(&s->pool[i], attr_at(p, i));
			c[n] = (int)rnd(p->n_scopes);
			c[n + 1] = (int)rnd(s->type.n);
			if (targets > 0 && k < SUBJECTS - 2 * NEAR) {
				for (i = 0; i < n; i++)
					c[i] = -1;
				c[n] = 0;
				take_target(a, text, p, target[k / NEAR % targets], s, c);
			}
		} else {
			memcpy(c, s->chosen[k - k % NEAR], sizeof(s->chosen[k]));
			for (unsigned change = 1 + rnd(2); change > 0; change--) {
				i = rnd(n + 2);
				if (i < n)
					c[i] = choose(&s->pool[i], attr_at(p, i));
				else
					c[i] = (int)rnd(i == n ? p->n_scopes : s->type.n);
			}
		}
		scope = &p->scope[c[n]];
		sbuf_puts(&b, scope->kind == KIND_VFIO ? "kind=vfio driver='" : "driver='");
		sbuf_put_str(&b, scope->driver);
		if (scope->kind == KIND_MDEV || scope->has_type_from) {
			sbuf_puts(&b, "' type='");
			sbuf_put_str(&b, s->type.value[c[n + 1]]);
		}
		sbuf_puts(&b, "'");
		for (i = 0; i < n; i++)
			if (c[i] >= 0) {
				sbuf_putc(&b, ' ');
				sbuf_put_str(&b, attr_at(p, i)->name);
				sbuf_puts(&b, "='");
				sbuf_put_str(&b, s->pool[i].value[c[i]]);
				sbuf_puts(&b, "'");
			}
		s->line[k] = sbuf_str(&b);
	}
}

/* ---- before and after --------------------------------------------------------------------------------- */

struct judgement {
	struct evaluation e[SUBJECTS];
	bool go[SUBJECTS][SUBJECTS];
	unsigned n_go;
};

static void judge(struct arena *a, const struct policy *p, const struct subjects *s,
	struct judgement *j)
{
	struct str section;

	j->n_go = 0;
	if (section_encode(a, p, &section) < 0)
		bail_out("cannot encode a policy");
	for (unsigned i = 0; i < SUBJECTS; i++) {
		struct line_subject *x = arena_new(a, struct line_subject);

		if (!line_subject(s->line[i], x) || line_evaluate(a, section, x, &j->e[i]) < 0)
			bail_out("cannot evaluate %.*s", STR_FMT(s->line[i]));
	}
	for (unsigned i = 0; i < SUBJECTS; i++)
		for (unsigned k = 0; k < SUBJECTS; k++) {
			const struct evaluation *x = &j->e[i], *y = &j->e[k];

			j->go[i][k] = status_has_fingerprint(x->status) &&
				      status_has_fingerprint(y->status) &&
				      dg_eval(y->store, y->accepts, DMODE_CLOSED, &x->record) &&
				      (!x->has_offers ||
					      dg_eval(x->store, x->offers, DMODE_OPEN, &y->record));
			j->n_go += j->go[i][k];
		}
}

static const struct policy *compile(struct arena *a, struct str text)
{
	struct source *src = arena_new(a, struct source);
	const struct policy *p;
	struct diags d;

	*src = (struct source){ STR("test.policy"), text };
	diags_init(&d, a);
	return policy_compile(a, src, &d, &p, NULL) == 0 ? p : NULL;
}

static struct {
	unsigned edits, same, changed, seen, fingerprints, undecided, pairs;
} count;

static bool same_scopes(const struct policy *x, const struct policy *y)
{
	bool same = x->n_scopes == y->n_scopes;

	for (uint32_t i = 0; same && i < x->n_scopes; i++)
		same = x->scope[i].kind == y->scope[i].kind &&
		       str_eq(x->scope[i].driver, y->scope[i].driver);
	return same;
}

static bool try_edit(struct arena *a, struct str name, struct str text, struct str edited,
	const struct policy *p, const struct policy *q, const struct subjects *s,
	const struct judgement *before)
{
	static struct judgement after;
	struct judged x = judged_alone(p), y = judged_alone(q);
	struct difference d = { 0 };
	bool pairs = false, fingerprints = false;
	int r = relation_diff(a, &x, &y, NULL, &d);

	judge(a, q, s, &after);
	for (unsigned i = 0; i < SUBJECTS; i++) {
		fingerprints = fingerprints ||
			       strcmp(before->e[i].fingerprint, after.e[i].fingerprint) != 0;
		for (unsigned k = 0; k < SUBJECTS; k++)
			pairs = pairs || before->go[i][k] != after.go[i][k];
	}
	count.edits++;
	count.pairs += before->n_go;
	count.same += r == 0 && d.same_pairs == RELATION_YES;
	count.changed += r == 0 && d.same_pairs == RELATION_NO;
	count.undecided += r == 0 && d.same_pairs == RELATION_UNDECIDED;
	if (r == 0 && d.same_pairs == RELATION_UNDECIDED)
		diag("%.*s: undecided: %.*s", STR_FMT(name), STR_FMT(d.bound));
	count.seen += pairs;
	count.fingerprints += fingerprints;
	if (r == 0 && !(pairs && d.same_pairs == RELATION_YES) &&
		!(fingerprints && d.same_fingerprints == RELATION_YES))
		return true;
	diag("%.*s: error %d, verdicts %s, fingerprints %s, seen %d %d", STR_FMT(name), r,
		relation_answer_name(d.same_pairs), relation_answer_name(d.same_fingerprints), pairs,
		fingerprints);
	for (size_t i = 0; i < text.n && i < edited.n; i++)
		if (text.p[i] != edited.p[i]) {
			diag("... %.*s", STR_FMT(str_sub(edited, i > 60 ? i - 60 : 0, i + 60)));
			break;
		}
	return false;
}

static bool try_policy(struct str name, struct str text, unsigned most)
{
	static struct subjects s;
	static struct judgement before;
	struct arena keep, a;
	const struct policy *p, *q;
	static unsigned edit[TOKENS_MAX * KINDS];
	unsigned all = 0, i, done = 0;
	bool good = true;

	arena_init(&keep, (size_t)1 << 30);
	p = compile(&keep, text);
	if (!p)
		bail_out("%.*s does not compile", STR_FMT(name));
	read_tokens(text);
	make_subjects(&keep, text, p, &s);
	judge(&keep, p, &s, &before);
	arena_init(&a, (size_t)2 << 30);
	for (i = 0; i < n_tokens * KINDS; i++) {
		struct arena_mark mark = arena_mark(&a);

		if (make_edit(&a, text, i / (unsigned)KINDS, i % (unsigned)KINDS).p)
			edit[all++] = i;
		arena_rewind(&a, mark);
	}
	arena_release(&a);
	for (i = 0; i < 8 * most && all > 0 && done < most; i++) {
		unsigned at = edit[rnd(all)];
		struct str edited;

		arena_init(&a, (size_t)2 << 30);
		edited = make_edit(&a, text, at / KINDS, at % KINDS);
		q = edited.p ? compile(&a, edited) : NULL;
		if (q && same_scopes(p, q)) {
			done++;
			good = try_edit(&a, name, text, edited, p, q, &s, &before) && good;
		}
		arena_release(&a);
	}
	arena_release(&keep);
	return good;
}

static int by_name(const void *x, const void *y)
{
	return strcmp(*(char *const *)x, *(char *const *)y);
}

int main(int argc, char **argv)
{
	unsigned most = argc > 1 ? (unsigned)atoi(argv[1]) : EDITS, n = 0;
	const char *top = getenv("top_srcdir");
	char folder[2048], path[4096], *name[POLICIES_MAX];
	struct dirent *e;
	struct arena a;
	DIR *dir;

	arena_init(&a, 64 << 20);
	snprintf(folder, sizeof(folder), "%s/policies", top ? top : ".");
	dir = opendir(folder);
	if (!dir)
		bail_out("no folder %s", folder);
	while ((e = readdir(dir)) && n < POLICIES_MAX)
		if (strlen(e->d_name) > 7 && strcmp(e->d_name + strlen(e->d_name) - 7, ".policy") == 0)
			name[n++] = (char *)str_dup(&a, str_sub(str_from(e->d_name), 0,
				strlen(e->d_name) + 1)).p;
	closedir(dir);
	qsort(name, n, sizeof(*name), by_name);
	plan(n + 3);
	for (unsigned i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, name[i]);
		ok(try_policy(str_from(name[i]), read_text(&a, path), most), "%s", name[i]);
	}
	diag("%u edits, of these %u without a difference, %u with one, %u undecided", count.edits, count.same,
		count.changed, count.undecided);
	diag("samples show %u and %u fingerprints; %u pairs go on average", count.seen, count.fingerprints,
		count.edits ? count.pairs / count.edits : 0);
	ok(count.edits >= 120 && count.undecided < count.edits / 10, "most edits can be compared");
	ok(count.same > count.edits / 20 && count.changed > count.edits / 4, "both answers were met");
	ok(count.seen > count.changed / 3, "samples show many of the differences");
	arena_release(&a);
	return done_testing();
}
