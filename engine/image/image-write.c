/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lays the image out: the same build, the same bytes. It knows pages, their checksums, and where
 * the tables lie; what is in a section is no concern of its.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/le.h"
#include "engine/image/layout.h"

/* Where something lies, in payload bytes. */
struct extent {
	uint32_t at, size;
};

struct writer {
	struct arena *arena;
	const struct image_build *b;
	const struct image_scope **scope; /* sorted as in the index */
	struct extent *section;		  /* by input */
	uint32_t fence_scope[IMAGE_INDEX_PAGES_MAX]; /* first scope of each index page */
	uint32_t n_index;
	struct extent os_release, site, inputs;
	uint64_t at; /* while places are given out: the next free byte */
	uint8_t *file;
};

/* ---- places ------------------------------------------------------------------------------ */

static struct extent take(struct writer *w, size_t size)
{
	struct extent e = { (uint32_t)w->at, (uint32_t)size };

	w->at += size;
	return e;
}

static void next_page(struct writer *w)
{
	w->at = (w->at + PAGE_PAYLOAD - 1) / PAGE_PAYLOAD * PAGE_PAYLOAD;
}

static size_t scope_size(const struct image_scope *s)
{
	return SC_DRIVER + s->driver.n + (size_t)s->n_narrows * NARROW_SIZE;
}

static int scope_cmp(const void *x, const void *y)
{
	const struct image_scope *a = *(const struct image_scope *const *)x;
	const struct image_scope *b = *(const struct image_scope *const *)y;
	uint32_t ha = scope_hash(a->kind, a->driver), hb = scope_hash(b->kind, b->driver);

	if (ha != hb)
		return ha < hb ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return str_cmp(a->driver, b->driver);
}

static bool has_section(const struct image_build *b, int64_t input)
{
	return input >= 0 && input < b->n_inputs && b->input[input].section.n > 0;
}

static int scope_check(const struct image_build *b, const struct image_scope *s)
{
	uint32_t i;

	if (s->n_narrows > NARROWS_MAX || s->driver.n > TYPE_NAME_MAX)
		return -E2BIG;
	if (s->driver.n == 0 || (s->kind != KIND_MDEV && s->kind != KIND_VFIO) || s->input < -1 ||
		s->input >= (int64_t)b->n_inputs)
		return -EINVAL;
	if ((s->status == STATUS_OK || s->status == STATUS_POLICY_STALE) &&
		!has_section(b, s->input))
		return -EINVAL;
	for (i = 0; i < s->n_narrows; i++)
		if (!has_section(b, s->narrows[i]))
			return -EINVAL;
	return 0;
}

/* Few scopes lie in the header's page, more have pages of their own. */
static int place_index(struct writer *w)
{
	size_t used = PAGE_PAYLOAD, all = 0, size;
	uint32_t i;
	int r;

	w->scope = arena_new_array(w->arena, w->b->n_scopes, const struct image_scope *);
	if (!w->scope)
		return -ENOMEM;
	for (i = 0; i < w->b->n_scopes; i++) {
		w->scope[i] = &w->b->scope[i];
		r = scope_check(w->b, w->scope[i]);
		if (r < 0)
			return r;
		all += scope_size(w->scope[i]);
	}
	if (w->b->n_scopes > 0)
		qsort(w->scope, w->b->n_scopes, sizeof(*w->scope), scope_cmp);
	for (i = 0; i < w->b->n_scopes; i++) {
		if (i > 0 && scope_cmp(&w->scope[i - 1], &w->scope[i]) == 0)
			return -EINVAL;
		size = scope_size(w->scope[i]);
		if (all > PAGE_PAYLOAD - IH_FENCES && size > PAGE_PAYLOAD - used) {
			if (w->n_index == IMAGE_INDEX_PAGES_MAX)
				return -E2BIG;
			w->fence_scope[w->n_index++] = i;
			used = 0;
		}
		used += size;
	}
	return 0;
}

static int place_all(struct writer *w)
{
	const struct image_build *b = w->b;
	size_t texts = 0;
	uint32_t i;

	if (b->n_inputs > SECTIONS_MAX || b->os_release.n > FOLDED_MAX || b->site.n > FOLDED_MAX)
		return -E2BIG;
	w->section = arena_new_array(w->arena, b->n_inputs, struct extent);
	if (!w->section)
		return -ENOMEM;
	w->at = (1 + (uint64_t)w->n_index) * PAGE_PAYLOAD;
	w->os_release = take(w, b->os_release.n);
	w->site = take(w, b->site.n);
	for (i = 0; i < b->n_inputs; i++) {
		if (b->input[i].path.n > WORD_MAX_LEN || b->input[i].message.n > MESSAGE_MAX)
			return -E2BIG;
		texts += b->input[i].path.n + b->input[i].message.n;
	}
	w->inputs = take(w, (size_t)b->n_inputs * INPUT_SIZE + texts);
	for (i = 0; i < b->n_inputs; i++) {
		if (b->input[i].section.n == 0)
			continue;
		/* From the beginning of a page, as section_encode() counts on. */
		next_page(w);
		if (b->input[i].section.n > IMAGE_SIZE_MAX)
			return -E2BIG;
		w->section[i] = take(w, b->input[i].section.n);
		if (w->at > (uint64_t)IMAGE_PAGES_MAX * PAGE_PAYLOAD)
			return -E2BIG;
	}
	next_page(w);
	return w->at > (uint64_t)IMAGE_PAGES_MAX * PAGE_PAYLOAD ? -E2BIG : 0;
}

/* ---- bytes ------------------------------------------------------------------------------- */

/* Writes payload bytes: those of a page's checksum are passed over. */
static void put_at(struct writer *w, uint32_t at, const void *p, size_t n)
{
	const uint8_t *from = p;

	while (n > 0) {
		size_t left = PAGE_PAYLOAD - at % PAGE_PAYLOAD, some = MIN(n, left);

		memcpy(w->file + (size_t)(at / PAGE_PAYLOAD) * IMAGE_PAGE_SIZE + at % PAGE_PAYLOAD,
			from, some);
		from += some;
		at += (uint32_t)some;
		n -= some;
	}
}

static void put_extent(uint8_t *p, struct extent e)
{
	put_le32(p, e.at);
	put_le32(p + 4, e.size);
}

static void put_scope(struct writer *w, uint32_t at, const struct image_scope *s)
{
	uint8_t buf[SC_DRIVER] = { 0 }, narrow[NARROW_SIZE];
	uint32_t i;

	put_le32(buf + SC_HASH, scope_hash(s->kind, s->driver));
	buf[SC_KIND] = (uint8_t)s->kind;
	buf[SC_STATUS] = (uint8_t)s->status;
	buf[SC_DRIVER_SIZE] = (uint8_t)s->driver.n;
	put_le32(buf + SC_INPUT, (uint32_t)s->input);
	if (has_section(w->b, s->input))
		put_extent(buf + SC_SECTION_AT, w->section[s->input]);
	put_le32(buf + SC_N_NARROWS, s->n_narrows);
	put_at(w, at, buf, SC_DRIVER);
	put_at(w, at + SC_DRIVER, s->driver.p, s->driver.n);
	at += SC_DRIVER + (uint32_t)s->driver.n;
	for (i = 0; i < s->n_narrows; i++) {
		put_le32(narrow, s->narrows[i]);
		put_extent(narrow + 4, w->section[s->narrows[i]]);
		put_at(w, at + i * NARROW_SIZE, narrow, NARROW_SIZE);
	}
}

static void put_scopes(struct writer *w, uint32_t at, uint32_t from, uint32_t to)
{
	uint32_t i;

	for (i = from; i < to; i++) {
		put_scope(w, at, w->scope[i]);
		at += (uint32_t)scope_size(w->scope[i]);
	}
}

static void put_index(struct writer *w)
{
	uint32_t page;

	if (w->n_index == 0)
		put_scopes(w, IH_FENCES, 0, w->b->n_scopes);
	for (page = 0; page < w->n_index; page++)
		put_scopes(w, (1 + page) * PAGE_PAYLOAD, w->fence_scope[page],
			page + 1 < w->n_index ? w->fence_scope[page + 1] : w->b->n_scopes);
}

static void put_inputs(struct writer *w)
{
	uint32_t i, text = w->b->n_inputs * INPUT_SIZE;

	for (i = 0; i < w->b->n_inputs; i++) {
		const struct image_input *in = &w->b->input[i];
		struct extent path = { text, (uint32_t)in->path.n };
		struct extent message = { text + path.size, (uint32_t)in->message.n };
		uint8_t buf[INPUT_SIZE] = { 0 };

		memcpy(buf + IN_DIGEST, in->digest, SHA256_SIZE);
		memcpy(buf + IN_SECTION_DIGEST, in->section_digest, SHA256_SIZE);
		put_le32(buf + IN_STATE, in->state);
		put_extent(buf + IN_PATH_AT, path);
		put_extent(buf + IN_MESSAGE_AT, message);
		put_extent(buf + IN_SECTION_AT, w->section[i]);
		put_at(w, w->inputs.at + i * INPUT_SIZE, buf, INPUT_SIZE);
		put_at(w, w->inputs.at + path.at, in->path.p, path.size);
		put_at(w, w->inputs.at + message.at, in->message.p, message.size);
		put_at(w, w->section[i].at, in->section.p, w->section[i].size);
		text = message.at + message.size;
	}
}

static void put_header(struct writer *w, uint32_t n_pages)
{
	uint8_t *p = w->file;
	uint32_t i;

	memcpy(p + IH_MAGIC, IMAGE_MAGIC, IMAGE_MAGIC_SIZE);
	put_le32(p + IH_VERSION, IMAGE_VERSION);
	put_le32(p + IH_PAGE_SIZE, IMAGE_PAGE_SIZE);
	put_le32(p + IH_N_PAGES, n_pages);
	put_le32(p + IH_N_SCOPES, w->b->n_scopes);
	put_le32(p + IH_N_INDEX, w->n_index);
	put_le32(p + IH_N_INPUTS, w->b->n_inputs);
	put_extent(p + IH_INPUTS_AT, w->inputs);
	put_extent(p + IH_OS_RELEASE_AT, w->os_release);
	put_extent(p + IH_SITE_AT, w->site);
	for (i = 0; i < w->n_index; i++) {
		const struct image_scope *s = w->scope[w->fence_scope[i]];
		uint8_t *fence = p + IH_FENCES + i * IMAGE_FENCE_SIZE;

		put_le32(fence, scope_hash(s->kind, s->driver));
		put_le32(fence + 4, w->fence_scope[i]);
	}
}

/* The digest of all that is there so far, then the checksums that it seeds. */
static void seal(struct writer *w, uint32_t n_pages)
{
	uint32_t n_front = front_pages(w->inputs.at, w->inputs.size), i;
	uint8_t digest[SHA256_SIZE];
	struct sha256 s;

	sha256_begin(&s);
	for (i = 0; i < n_pages; i++)
		digest_page(&s, w->file + (size_t)i * IMAGE_PAGE_SIZE, i, n_front);
	sha256_end(&s, digest);
	memcpy(w->file + IH_DIGEST, digest, SHA256_SIZE);
	for (i = 0; i < n_pages; i++) {
		uint8_t *page = w->file + (size_t)i * IMAGE_PAGE_SIZE;

		put_le64(page + PAGE_PAYLOAD, page_sum(page, digest, i));
	}
}

int image_encode(struct arena *a, const struct image_build *b, struct str *ret)
{
	struct writer w = { .arena = a, .b = b };
	uint32_t n_pages;
	size_t size;
	int r;

	r = place_index(&w);
	if (r == 0)
		r = place_all(&w);
	if (r < 0)
		return r;
	n_pages = (uint32_t)(w.at / PAGE_PAYLOAD);
	size = (size_t)n_pages * IMAGE_PAGE_SIZE;
	w.file = arena_alloc(a, size);
	if (!w.file)
		return -ENOMEM;
	put_header(&w, n_pages);
	put_index(&w);
	put_at(&w, w.os_release.at, b->os_release.p, b->os_release.n);
	put_at(&w, w.site.at, b->site.p, b->site.n);
	put_inputs(&w);
	seal(&w, n_pages);
	*ret = (struct str){ (const char *)w.file, size };
	return 0;
}
