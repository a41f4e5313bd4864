/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lays a policy out as a section: the same policy, the same bytes, so that one device needs few
 * pages. It knows where the parts lie; how they are spelled is section-encode.c's. What it wrote
 * it reads once more before it hands it over: nothing is installed that could not be read.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

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
	struct extent *rule; /* in the section */
	uint32_t *always;
	uint32_t n_always;
	uint32_t *block; /* number of the first entry of each index block */
	size_t n_blocks;
	size_t last_block; /* size of the last one */
	size_t *home;	   /* by rule: the block that it lies in, or HOME_NONE */
};

#define HOME_NONE  SIZE_MAX
#define NOWHERE	   UINT32_MAX
#define LARGE_RULE (PAGE_PAYLOAD / 4)

static void plan_release(struct plan *w)
{
	out_release(&w->head);
	out_release(&w->rules);
	out_release(&w->section);
	free(w->index.e);
	free(w->rule);
	free(w->always);
	free(w->block);
	free(w->home);
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
		w->rule[i] = (struct extent){ NOWHERE, (uint32_t)(w->rules.n - from) };
		r = index_rule(&w->index, &p->rule[i], i);
		if (r < 0)
			return r;
		if (r > 0)
			w->always[w->n_always++] = i;
	}
	entries_sort(&w->index);
	return 0;
}

/*
 * Cuts the index into blocks of a page each. Behind the entries of a block lie the rules that it
 * is the first to speak of, so that looking one up takes one page for both; large ones go with
 * those that no block speaks of.
 */
static void cut_blocks(struct plan *w)
{
	size_t used = PAGE_PAYLOAD, i;

	for (i = 0; i < w->index.n; i++) {
		uint32_t rule = w->index.e[i].rule;
		bool lives = w->home[rule] == HOME_NONE && w->rule[rule].size <= LARGE_RULE;
		size_t size = ENTRY_SIZE + (lives ? w->rule[rule].size : 0);

		if (size > PAGE_PAYLOAD - used) {
			w->block[w->n_blocks++] = (uint32_t)i;
			used = 0;
		}
		used += size;
		if (lives)
			w->home[rule] = w->n_blocks - 1;
	}
	w->last_block = used;
}

/* Gives the rules in blocks their places. Returns where the last block ends. */
static size_t place_blocks(struct plan *w, size_t index_at)
{
	size_t at = index_at, b, i, end;

	for (b = 0; b < w->n_blocks; b++) {
		end = b + 1 < w->n_blocks ? w->block[b + 1] : w->index.n;
		at = index_at + b * PAGE_PAYLOAD + (end - w->block[b]) * ENTRY_SIZE;
		for (i = w->block[b]; i < end; i++) {
			struct extent *rule = &w->rule[w->index.e[i].rule];

			/* One rule may have several entries in its block. */
			if (w->home[w->index.e[i].rule] != b || rule->at != NOWHERE)
				continue;
			rule->at = (uint32_t)at;
			at += rule->size;
		}
	}
	return at;
}

/* The rest in the order written. */
static int place_others(struct plan *w, uint32_t n, size_t *at)
{
	uint32_t i;

	for (i = 0; i < n; i++) {
		if (w->rule[i].at != NOWHERE)
			continue;
		*at = place_whole(*at, w->rule[i].size);
		if (*at > IMAGE_SIZE_MAX)
			return -E2BIG;
		w->rule[i].at = (uint32_t)*at;
		*at += w->rule[i].size;
	}
	return 0;
}

/* Writes at a place of the section, whose size is known by now. */
static void set_bytes(struct out *o, size_t at, const void *p, size_t n)
{
	if (n > 0)
		memcpy(o->p + at, p, n);
}

static void set_u32s(struct out *o, size_t at, const uint32_t *v, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		put_le32(o->p + at + 4 * i, v[i]);
}

static void set_index(struct plan *w, size_t fences_at, size_t index_at)
{
	struct out *o = &w->section;
	size_t b, i, end;

	for (b = 0; b < w->n_blocks; b++) {
		i = w->block[b];
		end = b + 1 < w->n_blocks ? w->block[b + 1] : w->index.n;
		set_u32s(o, fences_at + b * FENCE_SIZE,
			(uint32_t[]){ w->index.e[i].hash, (uint32_t)i }, 2);
		for (; i < end; i++) {
			const struct entry *e = &w->index.e[i];

			set_u32s(o, index_at + b * PAGE_PAYLOAD + (i - w->block[b]) * ENTRY_SIZE,
				(uint32_t[]){ e->hash, e->rule, w->rule[e->rule].at,
					w->rule[e->rule].size },
				4);
		}
	}
}

/* First all places, then all bytes. */
static int plan_section(struct plan *w, const struct policy *p)
{
	size_t always_at, fences_at, index_at, table_at, at, from = 0, i;
	struct out *o = &w->section;
	int r;

	w->block = calloc(w->index.n + 1, sizeof(*w->block));
	w->home = calloc((size_t)p->n_rules + 1, sizeof(*w->home));
	if (!w->block || !w->home)
		return -ENOMEM;
	memset(w->home, 0xff, p->n_rules * sizeof(*w->home));
	cut_blocks(w);
	always_at = SECTION_HEADER_SIZE + w->head.n;
	fences_at = always_at + (size_t)w->n_always * REF_SIZE;
	index_at = fences_at + w->n_blocks * FENCE_SIZE;
	if (w->n_blocks > 0)
		index_at = place_whole(index_at, w->n_blocks > 1 ? PAGE_PAYLOAD : w->last_block);
	at = place_blocks(w, index_at);
	r = place_others(w, p->n_rules, &at);
	if (r < 0)
		return r;
	table_at = at;
	at += (size_t)p->n_rules * TABLE_ENTRY_SIZE;
	if (at > IMAGE_SIZE_MAX)
		return -E2BIG;

	put_zeros(o, at);
	if (o->error != 0)
		return o->error;
	set_bytes(o, SECTION_HEADER_SIZE, w->head.p, w->head.n);
	for (i = 0; i < w->n_always; i++)
		set_u32s(o, always_at + i * REF_SIZE,
			(uint32_t[]){ w->always[i], w->rule[w->always[i]].at,
				w->rule[w->always[i]].size },
			3);
	set_index(w, fences_at, index_at);
	for (i = 0; i < p->n_rules; i++) {
		set_bytes(o, w->rule[i].at, w->rules.p + from, w->rule[i].size);
		set_u32s(o, table_at + i * TABLE_ENTRY_SIZE,
			(uint32_t[]){ w->rule[i].at, w->rule[i].size }, 2);
		from += w->rule[i].size;
	}
	set_u32s(o, 0,
		(uint32_t[SECTION_HEADER_SIZE / 4]){
			[SH_MAGIC / 4] = SECTION_MAGIC,
			[SH_SIZE / 4] = (uint32_t)o->n,
			[SH_HEAD_SIZE / 4] = (uint32_t)w->head.n,
			[SH_N_RULES / 4] = p->n_rules,
			[SH_ALWAYS_AT / 4] = (uint32_t)always_at,
			[SH_N_ALWAYS / 4] = w->n_always,
			[SH_FENCES_AT / 4] = (uint32_t)fences_at,
			[SH_N_BLOCKS / 4] = (uint32_t)w->n_blocks,
			[SH_INDEX_AT / 4] = (uint32_t)index_at,
			[SH_N_ENTRIES / 4] = (uint32_t)w->index.n,
			[SH_TABLE_AT / 4] = (uint32_t)table_at,
		},
		SECTION_HEADER_SIZE / 4);
	return 0;
}

/* Can it be read? What cannot is a model that breaks its promises. */
static int reread(const struct out *o)
{
	_cleanup_(arena_release) struct arena scratch;
	struct str bytes = { (const char *)o->p, o->n };
	struct section_source s;
	struct policy p;
	int r;

	arena_init(&scratch, SIZE_MAX / 2);
	section_memory(&s, &bytes);
	r = section_decode_head(&scratch, &s, &p);
	if (r == 0)
		r = section_try_all(&scratch, &s, &p);
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
