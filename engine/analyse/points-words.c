/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Representatives of words: each that a policy mentions, and for all others, of each beginning that a
 * condition asks for and of none, as many as are compared with each other.
 */
#include <errno.h>
#include <stdlib.h>

#include "engine/analyse/points.h"

static int cmp_str(const void *x, const void *y)
{
	return str_cmp(*(const struct str *)x, *(const struct str *)y);
}

void words_sort(struct list *v)
{
	struct str *w = v->at;
	uint32_t i, n = 0;

	if (v->n == 0)
		return;
	qsort(w, v->n, sizeof(*w), cmp_str);
	for (i = 0; i < v->n; i++)
		if (n == 0 || !str_eq(w[n - 1], w[i]))
			w[n++] = w[i];
	v->n = n;
}

static bool has_word(const struct list *v, struct str w)
{
	return v->n > 0 && bsearch(&w, v->at, v->n, sizeof(w), cmp_str);
}

/* The longest of the prefixes that the word begins with; empty: none. */
static struct str longest_prefix(const struct list *prefixes, struct str w)
{
	const struct str *p = prefixes->at;
	struct str best = { 0 };
	uint32_t i;

	for (i = 0; i < prefixes->n; i++)
		if (p[i].n >= best.n && str_starts(w, p[i]))
			best = p[i];
	return best;
}

/* One more word of those that begin with the prefix and with none that is longer. */
static int push_word(struct making *m, struct str prefix, struct str w, unsigned *n)
{
	const struct point *have = m->out.at;
	struct value v = { .type = m->v->type };
	uint32_t i;

	if (*n == 0 || !w.p || has_word(&m->looks->words, w) ||
		!str_eq(longest_prefix(&m->looks->prefixes, w), prefix))
		return 0;
	for (i = 0; i < m->out.n; i++)
		if (str_eq(have[i].value.word, w))
			return 0;
	v.word = str_dup(m->u->arena, w);
	if (!v.word.p)
		return -ENOMEM;
	if (!value_valid(&v) || !making_in_some_domain(m->u, m->var, &v))
		return 0;
	--*n;
	return making_push(m, &v);
}

/* What is left of a prefix when others take away how words go on: its own beginnings, and those with
 * one more letter that none of the others has, numbered. */
static int push_beside(struct making *m, struct str prefix, unsigned n)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_.-"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ!#$%&()*+,/:;<=>?@[]^`{|}~";
	uint32_t most = m->copies + m->looks->words.n + m->looks->prefixes.n;
	const struct str *p = m->looks->prefixes.at;
	uint32_t i, c, number;
	size_t len;
	int r = 0;

	for (i = 0; r == 0 && i < m->looks->prefixes.n; i++)
		for (len = prefix.n; str_starts(p[i], prefix) && len < p[i].n && r == 0 && n > 0; len++) {
			char buf[WORD_MAX_LEN];
			struct sbuf b = SBUF(buf);

			sbuf_put_str(&b, str_sub(p[i], 0, len));
			r = push_word(m, prefix, sbuf_str(&b), &n);
			for (c = 0; r == 0 && n > 0 && letters[c]; c++) {
				b.n = len;
				sbuf_putc(&b, letters[c]);
				r = push_word(m, prefix, sbuf_str(&b), &n);
				for (number = 1; r == 0 && n > 0 && number <= most; number++) {
					b.n = len + 1;
					sbuf_put_u64(&b, number);
					r = push_word(m, prefix, sbuf_str(&b), &n);
				}
			}
		}
	return r;
}

/* Words that nobody mentions, beginning as told. */
static int push_fresh(struct making *m, struct str prefix, unsigned n)
{
	static const struct str stem[] = { STR_INIT("word"), STR_INIT("x"), STR_INIT("other"),
		STR_INIT("-"), STR_INIT("0") };
	struct str w;
	unsigned i, k;
	int r;

	for (i = 1, k = 0; n > 0 && k < ARRAY_SIZE(stem);) {
		struct value v = { .type = m->v->type };
		char buf[WORD_MAX_LEN];
		struct sbuf b = SBUF(buf);

		if (m->v->type.tag == VT_PCI_ID) {
			sbuf_put_hex(&b, 0xffff, 4);
			sbuf_putc(&b, ':');
			sbuf_put_hex(&b, i, 4);
		} else {
			sbuf_put_str(&b, prefix);
			sbuf_put_str(&b, stem[k]);
			sbuf_put_u64(&b, i);
		}
		w = sbuf_str(&b);
		if (++i > ANALYSE_POINTS_MAX) {
			i = 1;
			k++;
		}
		if (!w.p || has_word(&m->looks->words, w) ||
			(m->v->type.tag == VT_STRING &&
				!str_eq(longest_prefix(&m->looks->prefixes, w), prefix)))
			continue;
		v.word = str_dup(m->u->arena, w);
		if (!v.word.p)
			return -ENOMEM;
		if (!making_in_some_domain(m->u, m->var, &v))
			return 0; /* a closed list: see push_declared() */
		r = making_push(m, &v);
		if (r < 0)
			return r;
		n--;
	}
	return m->v->type.tag == VT_STRING ? push_beside(m, prefix, n) : 0;
}

/* Of declared words that no rule mentions as many as fresh ones would be taken. */
static int push_declared(struct making *m)
{
	uint32_t view = 0, number = 0, i;
	const struct attr *at;
	int r = 0;

	if (m->var == VAR_TYPE)
		return 0;
	while ((at = making_reader(m->u, m->var, &view, &number))) {
		unsigned left = m->copies;

		for (i = 0; r == 0 && at->type.has_words && i < at->type.words.n && left > 0; i++) {
			struct value v = { .type = m->v->type, .word = at->type.words.w[i] };

			if (has_word(&m->looks->words, v.word))
				continue;
			/* Words that one side declares and the other does not are another cell. */
			r = making_push(m, &v);
			left -= m->u->n_sides == 1 && m->looks->prefixes.n == 0;
		}
	}
	return r;
}

int words_points(struct making *m)
{
	const struct str *w = m->looks->words.at, *p = m->looks->prefixes.at;
	uint32_t i;
	int r = 0;

	for (i = 0; r == 0 && i < m->looks->words.n; i++) {
		struct value v = { .type = m->v->type, .word = w[i] };

		if (value_valid(&v) && making_in_some_domain(m->u, m->var, &v))
			r = making_push(m, &v);
	}
	if (r == 0)
		r = push_declared(m);
	for (i = 0; r == 0 && i < m->looks->prefixes.n; i++)
		r = push_fresh(m, p[i], m->copies);
	return r < 0 ? r : push_fresh(m, (struct str){ 0 }, m->copies);
}
