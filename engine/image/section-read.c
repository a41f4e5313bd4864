/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Finds the parts of a section: its head, all of its rules, or those that can match one type.
 * It knows the header and the three tables; heads and rules are decoded by section-head.c and
 * section-rule.c, and where the bytes come from is the source's affair.
 */
#include "engine/image/cursor.h"
#include "engine/image/layout.h"

struct header {
	uint32_t size, head_size, n_rules;
	uint32_t always_at, n_always;
	uint32_t fences_at, n_blocks, index_at, n_entries;
	uint32_t table_at;
};

/* Do @n things of @size bytes lie between @from and @to, beginning at @at? */
static bool fits(uint32_t at, uint32_t n, uint32_t size, uint32_t from, uint32_t to)
{
	return at >= from && at <= to && (uint64_t)n * size <= to - at;
}

static int read_header(const struct section_source *s, struct header *ret)
{
	const uint8_t *p;
	struct header h;
	int r;

	if (s->size < SECTION_HEADER_SIZE)
		return -EBADMSG;
	r = s->read(s->ctx, 0, SECTION_HEADER_SIZE, &p);
	if (r < 0)
		return r;
	h = (struct header){
		.size = get_le32(p + SH_SIZE),
		.head_size = get_le32(p + SH_HEAD_SIZE),
		.n_rules = get_le32(p + SH_N_RULES),
		.always_at = get_le32(p + SH_ALWAYS_AT),
		.n_always = get_le32(p + SH_N_ALWAYS),
		.fences_at = get_le32(p + SH_FENCES_AT),
		.n_blocks = get_le32(p + SH_N_BLOCKS),
		.index_at = get_le32(p + SH_INDEX_AT),
		.n_entries = get_le32(p + SH_N_ENTRIES),
		.table_at = get_le32(p + SH_TABLE_AT),
	};
	if (get_le32(p + SH_MAGIC) != SECTION_MAGIC || h.size != s->size ||
		h.head_size > SECTION_HEAD_MAX ||
		!fits(SECTION_HEADER_SIZE, 1, h.head_size, 0, h.index_at) ||
		h.n_rules > RULES_MAX || h.n_always > h.n_rules ||
		!fits(h.always_at, h.n_always, REF_SIZE, SECTION_HEADER_SIZE, h.index_at) ||
		h.n_entries > TYPE_INDEX_MAX || h.n_blocks > h.n_entries ||
		(h.n_blocks == 0) != (h.n_entries == 0) ||
		!fits(h.fences_at, h.n_blocks, FENCE_SIZE, SECTION_HEADER_SIZE, h.index_at) ||
		!fits(h.index_at, h.n_blocks > 0 ? h.n_blocks - 1 : 0, PAGE_PAYLOAD,
			SECTION_HEADER_SIZE, h.table_at) ||
		!fits(h.table_at, h.n_rules, TABLE_ENTRY_SIZE, h.index_at, h.size))
		return -EBADMSG;
	*ret = h;
	return 0;
}

int section_decode_head(struct arena *a, const struct section_source *s, struct policy *ret)
{
	struct cursor c = { .arena = a };
	struct policy p = { 0 };
	struct header h;
	int r;

	r = read_header(s, &h);
	if (r < 0)
		return r;
	r = s->read(s->ctx, SECTION_HEADER_SIZE, h.head_size, &c.at);
	if (r < 0)
		return r;
	c.end = c.at + h.head_size;
	decode_head(&c, &p);
	if (c.error != 0)
		return c.error;
	p.n_rules = h.n_rules;
	*ret = p;
	return 0;
}

/* ---- rules ------------------------------------------------------------------------------- */

/* Where a rule lies. */
struct ref {
	uint32_t number, at, size;
};

static int read_rule(struct arena *a, const struct section_source *s, const struct policy *head,
	const struct header *h, const struct ref *ref, struct rule *ret)
{
	struct cursor c = { .arena = a };
	int r;

	if (ref->number >= h->n_rules || ref->size > RULE_BYTES_MAX ||
		!fits(ref->at, 1, ref->size, h->index_at, h->table_at))
		return -EBADMSG;
	r = s->read(s->ctx, ref->at, ref->size, &c.at);
	if (r < 0)
		return r;
	c.end = c.at + ref->size;
	decode_rule(&c, head, ref->number, ret);
	return c.error;
}

static struct ref get_ref(const uint8_t *p)
{
	return (struct ref){ get_le32(p), get_le32(p + 4), get_le32(p + 8) };
}

struct fence {
	uint32_t hash, first;
};

/* Where block @b begins; behind the last one, where all entries end. */
static int get_fence(const struct section_source *s, const struct header *h, uint32_t b,
	struct fence *ret)
{
	const uint8_t *p;
	int r;

	if (b == h->n_blocks) {
		*ret = (struct fence){ UINT32_MAX, h->n_entries };
		return 0;
	}
	r = s->read(s->ctx, h->fences_at + b * FENCE_SIZE, FENCE_SIZE, &p);
	if (r == 0)
		*ret = (struct fence){ get_le32(p), get_le32(p + 4) };
	return r;
}

/* The last block that begins below @hash, or the first: there the hash begins, if anywhere. */
static int find_block(const struct section_source *s, const struct header *h, uint32_t hash,
	uint32_t *ret)
{
	uint32_t from = 0, to = h->n_blocks, b;
	struct fence f;
	int r;

	while (to - from > 1) {
		b = from + (to - from) / 2;
		r = get_fence(s, h, b, &f);
		if (r < 0)
			return r;
		if (f.hash < hash)
			from = b;
		else
			to = b;
	}
	*ret = from;
	return 0;
}

/*
 * The entries of the index for one hash: those in block @b. The whole block is checked to be in
 * order, and to begin as its fence says. *ret_more: the hash may go on in the next block.
 */
static int scan_block(const struct section_source *s, const struct header *h, uint32_t b,
	uint32_t hash, const uint8_t **ret, uint32_t *ret_n, bool *ret_more)
{
	const uint8_t *p, *first = NULL;
	struct fence here, next;
	uint32_t i, n, found = 0;
	uint64_t last = 0;
	int r;

	r = get_fence(s, h, b, &here);
	if (r == 0)
		r = get_fence(s, h, b + 1, &next);
	if (r < 0)
		return r;
	n = next.first - here.first;
	if (here.first >= next.first || n > ENTRIES_PER_BLOCK)
		return -EBADMSG;
	r = s->read(s->ctx, h->index_at + b * PAGE_PAYLOAD, n * ENTRY_SIZE, &p);
	if (r < 0)
		return r;
	if (get_le32(p) != here.hash)
		return -EBADMSG;
	for (i = 0; i < n; i++, p += ENTRY_SIZE) {
		uint64_t key = (uint64_t)get_le32(p) << 32 | get_le32(p + 4);

		if (i > 0 && key <= last)
			return -EBADMSG;
		last = key;
		if (key >> 32 != hash)
			continue;
		if (!first)
			first = p;
		found++;
	}
	*ret = first;
	*ret_n = found;
	*ret_more = b + 1 < h->n_blocks && next.hash <= hash;
	return 0;
}

/* The rules that the index has for @hash, ascending: how many, and as many of them as there is
 * @room for. */
static int scan_index(const struct section_source *s, const struct header *h, uint32_t hash,
	struct ref *refs, uint32_t room, uint32_t *ret_n)
{
	uint32_t b, i, n = 0, found;
	const uint8_t *p;
	bool more = true;
	int r;

	r = find_block(s, h, hash, &b);
	for (; r == 0 && more; b++) {
		r = scan_block(s, h, b, hash, &p, &found, &more);
		for (i = 0; r == 0 && i < found; i++, n++)
			if (n < room)
				refs[n] = get_ref(p + i * ENTRY_SIZE + 4);
	}
	if (r == 0)
		*ret_n = n;
	return r;
}

/* The same in memory of its own, where *ret has @spare more places. */
static int index_lookup(struct arena *a, const struct section_source *s, const struct header *h,
	struct str type, uint32_t spare, struct ref **ret, uint32_t *ret_n)
{
	uint32_t hash = 0, n = 0;
	struct ref few[8], *refs;
	int r;

	if (type.p && h->n_blocks > 0) {
		hash = type_hash(type);
		r = scan_index(s, h, hash, few, ARRAY_SIZE(few), &n);
		if (r < 0)
			return r;
	}
	refs = arena_new_array(a, (size_t)n + spare, struct ref);
	if (!refs)
		return -ENOMEM;
	if (n <= ARRAY_SIZE(few)) {
		if (n > 0)
			memcpy(refs, few, n * sizeof(*refs));
	} else {
		r = scan_index(s, h, hash, refs, n, &n);
		if (r < 0)
			return r;
	}
	*ret = refs;
	*ret_n = n;
	return 0;
}

/* Merges the list of those that are always looked at into @refs, by number, backwards. */
static int merge_always(const struct section_source *s, const struct header *h, struct ref *refs,
	uint32_t n)
{
	uint32_t left = h->n_always, at = n + left;
	const uint8_t *p;
	struct ref ref;
	int r;

	if (left > 0) {
		r = s->read(s->ctx, h->always_at, left * REF_SIZE, &p);
		if (r < 0)
			return r;
	}
	while (left > 0) {
		ref = get_ref(p + (left - 1) * REF_SIZE);
		if (n > 0 && refs[n - 1].number > ref.number) {
			refs[--at] = refs[--n];
		} else {
			refs[--at] = ref;
			left--;
		}
	}
	return 0;
}

int section_decode_rules(struct arena *a, const struct section_source *s,
	const struct policy *head, struct str type, const struct rule **ret, uint32_t *ret_n)
{
	struct ref *refs = NULL;
	struct rule *rules;
	uint32_t i, n = 0;
	struct header h;
	int r;

	r = read_header(s, &h);
	if (r < 0)
		return r;
	r = index_lookup(a, s, &h, type, h.n_always, &refs, &n);
	if (r < 0)
		return r;
	r = merge_always(s, &h, refs, n);
	if (r < 0)
		return r;
	n += h.n_always;
	rules = arena_new_array(a, n, struct rule);
	if (!rules)
		return -ENOMEM;
	for (i = 0; i < n; i++) {
		if (i > 0 && refs[i].number <= refs[i - 1].number)
			return -EBADMSG;
		r = read_rule(a, s, head, &h, &refs[i], &rules[i]);
		if (r < 0)
			return r;
	}
	*ret = rules;
	*ret_n = n;
	return 0;
}

static int read_table(const struct section_source *s, const struct header *h, const uint8_t **ret)
{
	*ret = NULL;
	return h->n_rules > 0 ?
		s->read(s->ctx, h->table_at, h->n_rules * TABLE_ENTRY_SIZE, ret) : 0;
}

static int read_header_and_table(const struct section_source *s, struct header *h,
	const uint8_t **ret_table)
{
	int r = read_header(s, h);

	return r < 0 ? r : read_table(s, h, ret_table);
}

/* Rule @i by the table of rules. */
static int read_numbered(struct arena *a, const struct section_source *s,
	const struct policy *head, const struct header *h, const uint8_t *table, uint32_t i,
	struct rule *ret)
{
	const uint8_t *p = table + (size_t)i * TABLE_ENTRY_SIZE;
	struct ref ref = { i, get_le32(p), get_le32(p + 4) };

	return read_rule(a, s, head, h, &ref, ret);
}

int section_decode_all(struct arena *a, const struct section_source *s,
	const struct policy *head, const struct rule **ret, uint32_t *ret_n)
{
	const uint8_t *table;
	struct rule *rules;
	struct header h;
	uint32_t i;
	int r = read_header_and_table(s, &h, &table);

	if (r < 0)
		return r;
	rules = arena_new_array(a, h.n_rules, struct rule);
	if (!rules)
		return -ENOMEM;
	for (i = 0; i < h.n_rules; i++) {
		r = read_numbered(a, s, head, &h, table, i, &rules[i]);
		if (r < 0)
			return r;
	}
	*ret = rules;
	*ret_n = h.n_rules;
	return 0;
}

int section_try_all(struct arena *a, const struct section_source *s, const struct policy *head)
{
	struct arena_mark mark = arena_mark(a);
	const uint8_t *table;
	struct header h;
	uint32_t i;
	int r = read_header_and_table(s, &h, &table);

	for (i = 0; r == 0 && i < h.n_rules; i++) {
		struct rule rule = { 0 };

		r = read_numbered(a, s, head, &h, table, i, &rule);
		arena_rewind(a, mark);
	}
	return r;
}

/* ---- bytes in memory --------------------------------------------------------------------- */

static int read_memory(void *ctx, uint32_t at, uint32_t n, const uint8_t **ret)
{
	const struct str *bytes = ctx;

	if (at > bytes->n || n > bytes->n - at)
		return -EBADMSG;
	*ret = (const uint8_t *)bytes->p + at;
	return 0;
}

void section_memory(struct section_source *s, const struct str *bytes)
{
	*s = (struct section_source){
		.read = read_memory,
		.ctx = (void *)bytes,
		/* More than a section can have is refused by its header. */
		.size = (uint32_t)MIN(bytes->n, (size_t)UINT32_MAX),
	};
}

/* ---- bounded ------------------------------------------------------------------------------- */

static int read_bounded(void *ctx, uint32_t at, uint32_t n, const uint8_t **ret)
{
	struct section_bound *b = ctx;
	uint32_t first = at / PAGE_PAYLOAD, last, pages;

	if (n > 0 && n <= UINT32_MAX - at) {
		last = (at + (n - 1)) / PAGE_PAYLOAD;
		pages = last - first + (first != b->page);
		if (pages > *b->left)
			return -E2BIG;
		*b->left -= pages;
		b->page = last;
	}
	return b->from->read(b->from->ctx, at, n, ret);
}

void section_bounded(struct section_bound *b, const struct section_source *from, uint32_t *left)
{
	*b = (struct section_bound){
		.source = { .read = read_bounded, .ctx = b, .size = from->size },
		.from = from,
		.left = left,
		.page = UINT32_MAX,
	};
}
