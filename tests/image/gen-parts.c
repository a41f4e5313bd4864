/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Random words, ranges and values; see gen-parts.h. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/image/gen-parts.h"

uint64_t gen_next(struct gen *g)
{
	uint64_t z = g->state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

uint32_t gen_below(struct gen *g, uint32_t n)
{
	return n ? (uint32_t)(gen_next(g) >> 33) % n : 0;
}

bool gen_coin(struct gen *g)
{
	return gen_below(g, 2);
}

void *gen_need(struct gen *g, size_t n, size_t size)
{
	void *p = arena_alloc_array(g->arena, n, size);

	if (!p)
		abort();
	return p;
}

struct str gen_text(struct gen *g, uint32_t least, uint32_t most)
{
	uint32_t i, n = least + gen_below(g, most - least + 1);
	char *p = NEW(g, n + 1, char);

	for (i = 0; i < n; i++)
		p[i] = (char)(0x20 + gen_below(g, 0x5f));
	return (struct str){ n ? p : NULL, n };
}

/* Letters and digits, never empty. */
struct str gen_name(struct gen *g, uint32_t most)
{
	uint32_t i, n = 1 + gen_below(g, most);
	char *p = NEW(g, n + 1, char);

	for (i = 0; i < n; i++)
		p[i] = "abcdefghijklmnopqrstuvwxyz_0123456789"[gen_below(g, i ? 37 : 26)];
	return (struct str){ p, n };
}

struct place gen_place(struct gen *g)
{
	return (struct place){ 1 + gen_below(g, 1 << 20), 1 + gen_below(g, 200) };
}

static struct str pci_id(struct gen *g)
{
	char *p = NEW(g, 16, char);

	snprintf(p, 16, "%04x:%04x", gen_below(g, 0x10000), gen_below(g, 0x10000));
	return (struct str){ p, 9 };
}

static int str_order(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* Sorted, no word twice. */
struct word_set gen_words(struct gen *g, uint32_t least, uint32_t most, struct value_type t)
{
	uint32_t i, n = least + gen_below(g, most - least + 1), kept = 0;
	struct str *w = NEW(g, n, struct str);

	for (i = 0; i < n; i++)
		w[i] = t.tag == VT_PCI_ID ? pci_id(g) :
		       t.tag == VT_SET	  ? gen_name(g, 12) :
					    gen_text(g, 1, 20);
	qsort(w, n, sizeof(*w), str_order);
	for (i = 0; i < n; i++)
		if (i == 0 || !str_eq(w[kept - 1], w[i]))
			w[kept++] = w[i];
	return (struct word_set){ kept ? w : NULL, kept };
}

static struct key point(struct gen *g, struct value_type t)
{
	uint32_t part[4] = { 0 };
	unsigned i;

	if (t.tag == VT_INT) {
		int64_t v = (int64_t)gen_next(g);

		return key_from_int(gen_below(g, 4) ? v >> gen_below(g, 60) :
				    gen_coin(g)	    ? INT64_MIN :
						      INT64_MAX);
	}
	for (i = 0; i < t.size; i++)
		part[i] = gen_below(g, 8)  ? gen_below(g, 5) :
			  gen_below(g, 2) ? VERSION_PART_MAX :
					    (uint32_t)(gen_next(g) % VERSION_PART_MAX);
	return key_from_parts(part);
}

static int key_order(const void *a, const void *b)
{
	return key_cmp(*(const struct key *)a, *(const struct key *)b);
}

struct ranges gen_ranges(struct gen *g, struct value_type t, uint32_t most)
{
	uint32_t i, n = 2 * (1 + gen_below(g, most)), kept = 0;
	struct key *k = NEW(g, n + 1, struct key);
	struct ranges r = { 0 };

	for (i = 0; i < n; i++)
		k[i] = point(g, t);
	qsort(k, n, sizeof(*k), key_order);
	for (i = 0; i < n; i++)
		if (i == 0 || !key_eq(k[kept - 1], k[i]))
			k[kept++] = k[i];
	if (kept % 2)
		k[kept++] = KEY_END;
	r.n = kept / 2;
	r.iv = NEW(g, r.n, struct interval);
	for (i = 0; i < r.n; i++)
		r.iv[i] = (struct interval){ k[2 * i], k[2 * i + 1] };
	return r;
}

void gen_bits(struct gen *g, struct value_type t, uint64_t ret[4])
{
	unsigned i;

	for (i = 0; i < t.size; i++)
		ret[i / 64] |= (uint64_t)gen_coin(g) << i % 64;
}

struct value gen_value(struct gen *g, struct value_type t)
{
	struct value v = { .type = t };

	switch ((enum value_tag)t.tag) {
	case VT_STRING:
		v.word = gen_text(g, 0, 30);
		break;
	case VT_PCI_ID:
		v.word = pci_id(g);
		break;
	case VT_BOOL:
		v.yes = gen_coin(g);
		break;
	case VT_INT:
	case VT_VERSION:
		v.key = point(g, t);
		break;
	case VT_SET:
		v.set = gen_words(g, 0, 5, t);
		break;
	case VT_MASK:
		gen_bits(g, t, v.bits);
		break;
	case VT_NONE:
		break;
	}
	return v;
}
