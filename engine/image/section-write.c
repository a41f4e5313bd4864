/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lays a policy out as a section: the same policy, the same bytes, so that one device needs few
 * pages. It knows where the parts lie; how they are spelled is section-encode.c's. What it wrote
 * it reads once more before it hands it over: nothing is installed that could not be read.
 */
#include <errno.h>
#include <stdlib.h>

#include "engine/base/le.h"
#include "engine/image/encode.h"
#include "engine/image/layout.h"

/* ---- laying out -------------------------------------------------------------------------- */

struct extent {
	uint32_t at, size;
};

/* All that is gathered before the section can be laid out. */
struct plan {
	struct out head, rules, section;
	struct entries index;
	struct extent *rule; /* first in .rules, then in the section */
	uint32_t *always;
	uint32_t n_always;
};

static void plan_release(struct plan *w)
{
	out_release(&w->head);
	out_release(&w->rules);
	out_release(&w->section);
	free(w->index.e);
	free(w->rule);
	free(w->always);
}

/* Where something of @size bytes goes that is best read in one piece: not over a page's end,
 * unless it is longer than a page. */
static size_t place_whole(size_t at, size_t size)
{
	size_t left = PAGE_PAYLOAD - at % PAGE_PAYLOAD;

	return size <= PAGE_PAYLOAD && size > left ? at + left : at;
}

static int plan_rules(struct plan *w, const struct policy *p)
{
	uint32_t i;
	int r;

	w->rule = calloc(MAX(p->n_rules, 1u), sizeof(*w->rule));
	w->always = calloc(MAX(p->n_rules, 1u), sizeof(*w->always));
	if (!w->rule || !w->always)
		return -ENOMEM;
	for (i = 0; i < p->n_rules; i++) {
		size_t from = w->rules.n;

		put_rule(&w->rules, p, i);
		if (w->rules.error != 0)
			return w->rules.error;
		if (w->rules.n - from > RULE_BYTES_MAX)
			return -E2BIG;
		w->rule[i] = (struct extent){ (uint32_t)from, (uint32_t)(w->rules.n - from) };
		r = index_rule(&w->index, &p->rule[i], i);
		if (r < 0)
			return r;
		if (r > 0)
			w->always[w->n_always++] = i;
	}
	entries_sort(&w->index);
	return 0;
}

static void put_header(struct out *o, const uint32_t value[SECTION_HEADER_SIZE / 4])
{
	unsigned i;

	for (i = 0; i < SECTION_HEADER_SIZE / 4; i++)
		put_le32(o->p + 4 * i, value[i]);
}

static void put_index(struct plan *w)
{
	struct out *o = &w->section;
	size_t i, from = o->n;

	for (i = 0; i < w->index.n; i++) {
		const struct entry *e = &w->index.e[i];

		if (i % ENTRIES_PER_BLOCK == 0)
			put_zeros(o, from + i / ENTRIES_PER_BLOCK * PAGE_PAYLOAD - o->n);
		put_u32(o, e->hash);
		put_u32(o, e->rule);
		put_u32(o, w->rule[e->rule].at);
		put_u32(o, w->rule[e->rule].size);
	}
}

/* Head, lists and index have known sizes: first all places, then all bytes. */
static int plan_section(struct plan *w, const struct policy *p)
{
	size_t n_blocks = (w->index.n + ENTRIES_PER_BLOCK - 1) / ENTRIES_PER_BLOCK;
	size_t always_at, fences_at, index_at, rules_at, table_at, at, i;
	struct out *o = &w->section;

	always_at = SECTION_HEADER_SIZE + w->head.n;
	fences_at = always_at + (size_t)w->n_always * REF_SIZE;
	index_at = at = fences_at + n_blocks * FENCE_SIZE;
	if (n_blocks > 0) {
		index_at = place_whole(at,
			n_blocks > 1 ? PAGE_PAYLOAD : w->index.n * ENTRY_SIZE);
		at = index_at + (n_blocks - 1) * PAGE_PAYLOAD +
			(w->index.n - (n_blocks - 1) * ENTRIES_PER_BLOCK) * ENTRY_SIZE;
	}
	rules_at = at;
	for (i = 0; i < p->n_rules; i++) {
		at = place_whole(at, w->rule[i].size);
		if (at > IMAGE_SIZE_MAX)
			return -E2BIG;
		w->rule[i].at = (uint32_t)at;
		at += w->rule[i].size;
	}
	table_at = at;
	at += (size_t)p->n_rules * TABLE_ENTRY_SIZE;
	if (at > IMAGE_SIZE_MAX)
		return -E2BIG;

	put_zeros(o, SECTION_HEADER_SIZE);
	put_bytes(o, w->head.p, w->head.n);
	for (i = 0; i < w->n_always; i++) {
		put_u32(o, w->always[i]);
		put_u32(o, w->rule[w->always[i]].at);
		put_u32(o, w->rule[w->always[i]].size);
	}
	for (i = 0; i < n_blocks; i++)
		put_u32(o, w->index.e[i * ENTRIES_PER_BLOCK].hash);
	put_zeros(o, index_at - o->n);
	put_index(w);
	at = 0;
	for (i = 0; i < p->n_rules; i++) {
		put_zeros(o, w->rule[i].at - o->n);
		put_bytes(o, w->rules.p + at, w->rule[i].size);
		at += w->rule[i].size;
	}
	for (i = 0; i < p->n_rules; i++) {
		put_u32(o, w->rule[i].at);
		put_u32(o, w->rule[i].size);
	}
	if (o->error != 0)
		return o->error;
	put_header(o, (const uint32_t[SECTION_HEADER_SIZE / 4]){
			      [SH_MAGIC / 4] = SECTION_MAGIC,
			      [SH_SIZE / 4] = (uint32_t)o->n,
			      [SH_HEAD_SIZE / 4] = (uint32_t)w->head.n,
			      [SH_N_RULES / 4] = p->n_rules,
			      [SH_ALWAYS_AT / 4] = (uint32_t)always_at,
			      [SH_N_ALWAYS / 4] = w->n_always,
			      [SH_FENCES_AT / 4] = (uint32_t)fences_at,
			      [SH_N_BLOCKS / 4] = (uint32_t)n_blocks,
			      [SH_INDEX_AT / 4] = (uint32_t)index_at,
			      [SH_N_ENTRIES / 4] = (uint32_t)w->index.n,
			      [SH_TABLE_AT / 4] = (uint32_t)table_at,
			      [SH_RULES_AT / 4] = (uint32_t)rules_at,
		      });
	return 0;
}

/* Can it be read? What cannot is a model that breaks its promises. */
static int reread(const struct out *o)
{
	_cleanup_(arena_release) struct arena scratch;
	struct str bytes = { (const char *)o->p, o->n };
	struct section_source s;
	const struct rule *rule;
	struct policy p;
	uint32_t n;
	int r;

	arena_init(&scratch, SIZE_MAX / 2);
	section_memory(&s, &bytes);
	r = section_decode_head(&scratch, &s, &p);
	if (r == 0)
		r = section_decode_all(&scratch, &s, &p, &rule, &n);
	return r == -EBADMSG ? -EINVAL : r;
}

static int encode(struct plan *w, struct arena *a, const struct policy *p, struct str *ret)
{
	struct str s;
	int r;

	if (p->n_rules > RULES_MAX)
		return -E2BIG;
	put_head(&w->head, p);
	if (w->head.error != 0)
		return w->head.error;
	if (w->head.n > SECTION_HEAD_MAX)
		return -E2BIG;
	r = plan_rules(w, p);
	if (r == 0)
		r = plan_section(w, p);
	if (r == 0)
		r = reread(&w->section);
	if (r < 0)
		return r;
	s = str_dup(a, (struct str){ (const char *)w->section.p, w->section.n });
	if (!s.p)
		return -ENOMEM;
	*ret = s;
	return 0;
}

int section_encode(struct arena *a, const struct policy *p, struct str *ret)
{
	struct plan w = { 0 };
	int r;

	r = encode(&w, a, p, ret);
	plan_release(&w);
	return r;
}
