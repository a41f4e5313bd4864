/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads an image: which section answers for a driver, and the tables for those who list. It
 * reads the pages that a question needs and no other (pages.c), and checks what it finds there
 * before it uses it; sections check themselves (section-read.c).
 */
#include <errno.h>
#include <string.h>

#include "engine/base/le.h"
#include "engine/image/layout.h"
#include "engine/image/pages.h"

struct extent {
	uint32_t at, size;
};

struct image {
	struct pages pages;
	uint8_t digest[SHA256_SIZE];
	const uint8_t *fences;
	uint32_t n_scopes, n_index, n_inputs;
	struct extent inputs, os_release, site;
	struct folded {
		bool known;
		struct str text;
	} os_release_text, site_text;
};

static struct extent get_extent(const uint8_t *p)
{
	return (struct extent){ get_le32(p), get_le32(p + 4) };
}

static bool in_file(const struct image *img, struct extent e)
{
	uint64_t end = (uint64_t)img->pages.n * PAGE_PAYLOAD;

	return e.size <= end && e.at <= end - e.size;
}

/* ---- opening ----------------------------------------------------------------------------- */

/* What every reader can say of every version. */
static int check_version(const uint8_t *p, size_t n)
{
	if (n < IH_DIGEST || memcmp(p + IH_MAGIC, IMAGE_MAGIC, IMAGE_MAGIC_SIZE) != 0)
		return -EBADMSG;
	if (get_le32(p + IH_VERSION) != IMAGE_VERSION)
		return -EPROTONOSUPPORT;
	return get_le32(p + IH_PAGE_SIZE) == IMAGE_PAGE_SIZE ? 0 : -EBADMSG;
}

static int check_header(struct image *img, const uint8_t *p)
{
	img->n_scopes = get_le32(p + IH_N_SCOPES);
	img->n_index = get_le32(p + IH_N_INDEX);
	img->n_inputs = get_le32(p + IH_N_INPUTS);
	img->inputs = get_extent(p + IH_INPUTS_AT);
	img->os_release = get_extent(p + IH_OS_RELEASE_AT);
	img->site = get_extent(p + IH_SITE_AT);
	img->fences = p + IH_FENCES;
	if (img->n_index > IMAGE_INDEX_PAGES_MAX || img->n_index >= img->pages.n ||
		img->n_scopes > MAX(img->n_index, 1u) * (PAGE_PAYLOAD / SC_DRIVER) ||
		img->n_inputs > SECTIONS_MAX || img->os_release.size > FOLDED_MAX ||
		img->site.size > FOLDED_MAX || !in_file(img, img->inputs) ||
		!in_file(img, img->os_release) || !in_file(img, img->site) ||
		img->inputs.size / INPUT_SIZE < img->n_inputs)
		return -EBADMSG;
	return 0;
}

/* @p holds the first @n bytes of the file. */
static int open_first(struct image *img, const uint8_t *p, size_t n)
{
	int r;

	r = check_version(p, n);
	if (r < 0)
		return r;
	if (n < IMAGE_PAGE_SIZE)
		return -EBADMSG;
	memcpy(img->digest, p + IH_DIGEST, SHA256_SIZE);
	img->pages.digest = img->digest;
	img->pages.n = get_le32(p + IH_N_PAGES);
	if (img->pages.n == 0 || img->pages.n > IMAGE_PAGES_MAX)
		return -EBADMSG;
	r = pages_take(&img->pages, 0, p);
	if (r < 0)
		return r;
	return check_header(img, p);
}

static int open_image(struct image *img)
{
	uint8_t *first;
	int64_t n;

	if (img->pages.fd < 0)
		return open_first(img, (const uint8_t *)img->pages.bytes.p, img->pages.bytes.n);
	first = arena_alloc_raw(img->pages.arena, IMAGE_PAGE_SIZE);
	if (!first)
		return -ENOMEM;
	n = pages_pread(&img->pages, first, IMAGE_PAGE_SIZE, 0);
	return n < 0 ? (int)n : open_first(img, first, (size_t)n);
}

static int open_any(struct arena *a, int fd, struct str bytes, struct image **ret,
	enum mdc_status *ret_status)
{
	struct image *img = arena_new(a, struct image);
	int r;

	if (!img)
		return -ENOMEM;
	img->pages.arena = a;
	img->pages.fd = fd;
	img->pages.bytes = bytes;
	r = open_image(img);
	if (r == -EPROTONOSUPPORT)
		*ret_status = STATUS_IMAGE_VERSION;
	else if (r < 0)
		*ret_status = STATUS_IMAGE_DAMAGED;
	else
		*ret = img;
	return r;
}

int image_open(struct arena *a, int fd, struct image **ret, enum mdc_status *ret_status)
{
	return open_any(a, fd, (struct str){ 0 }, ret, ret_status);
}

int image_open_memory(struct arena *a, struct str bytes, struct image **ret,
	enum mdc_status *ret_status)
{
	return open_any(a, -1, bytes, ret, ret_status);
}

const uint8_t *image_digest(const struct image *img)
{
	return img->digest;
}

uint32_t image_pages_read(const struct image *img)
{
	return img->pages.read;
}

/* ---- sections ---------------------------------------------------------------------------- */

struct section_in_file {
	struct pages *pages;
	struct extent e;
};

static int read_section(void *ctx, uint32_t at, uint32_t n, const uint8_t **ret)
{
	const struct section_in_file *s = ctx;

	if (at > s->e.size || n > s->e.size - at)
		return -EBADMSG;
	return pages_get(s->pages, s->e.at + at, n, ret);
}

static int make_section(struct image *img, struct extent e, struct section_source *ret)
{
	struct section_in_file *s;

	if (e.size == 0 || e.at % PAGE_PAYLOAD != 0 || !in_file(img, e))
		return -EBADMSG;
	s = arena_new(img->pages.arena, struct section_in_file);
	if (!s)
		return -ENOMEM;
	*s = (struct section_in_file){ &img->pages, e };
	*ret = (struct section_source){ .read = read_section, .ctx = s, .size = e.size };
	return 0;
}

/* ---- scopes ------------------------------------------------------------------------------ */

static uint32_t fence_hash(const struct image *img, uint32_t page)
{
	return get_le32(img->fences + page * IMAGE_FENCE_SIZE);
}

/* The number of the first scope in index page @page, or of all scopes. */
static uint32_t fence_scope(const struct image *img, uint32_t page)
{
	if (img->n_index == 0)
		return page > 0 ? img->n_scopes : 0;
	return page < img->n_index ? get_le32(img->fences + page * IMAGE_FENCE_SIZE + 4) :
				     img->n_scopes;
}

/* A scope as it lies in an index page. */
struct entry {
	uint32_t hash;
	struct image_scope scope; /* without .narrows */
	struct extent section;
	const uint8_t *narrows;
};

/* Takes one scope off the page. Returns how many bytes it has, 0: damage. */
static uint32_t get_entry(const struct image *img, const uint8_t *p, uint32_t left,
	struct entry *ret)
{
	uint32_t driver, n_narrows, size;

	if (left < SC_DRIVER)
		return 0;
	driver = p[SC_DRIVER_SIZE];
	n_narrows = get_le32(p + SC_N_NARROWS);
	size = SC_DRIVER + driver;
	if (size > left || n_narrows > (left - size) / NARROW_SIZE || n_narrows > NARROWS_MAX)
		return 0;
	*ret = (struct entry){
		.hash = get_le32(p + SC_HASH),
		.scope = {
			.kind = (enum subject_kind)p[SC_KIND],
			.status = (enum mdc_status)p[SC_STATUS],
			.driver = { (const char *)p + SC_DRIVER, driver },
			.input = (int32_t)get_le32(p + SC_INPUT),
			.n_narrows = n_narrows,
		},
		.section = get_extent(p + SC_SECTION_AT),
		.narrows = p + size,
	};
	if (driver == 0 || p[SC_KIND] < KIND_MDEV || p[SC_KIND] > KIND_VFIO ||
		p[SC_STATUS] >= STATUS_MAX_ || ret->scope.input < -1 ||
		ret->scope.input >= (int64_t)img->n_inputs)
		return 0;
	return size + n_narrows * NARROW_SIZE;
}

/* Goes through the scopes of an index page until @stop says so or they end. */
typedef bool (*stop_fn)(const struct entry *e, uint32_t number, const void *ctx);

static int scan_page(struct image *img, uint32_t page, stop_fn stop, const void *ctx,
	bool *ret_found, struct entry *ret)
{
	uint32_t i, size, at = 0, end = fence_scope(img, page + 1), room = PAGE_PAYLOAD;
	const uint8_t *p = img->fences;
	struct entry e;
	int r = 0;

	if (img->n_index == 0)
		room -= IH_FENCES; /* all of them, in the header's page */
	else
		r = pages_get(&img->pages, (1 + page) * PAGE_PAYLOAD, PAGE_PAYLOAD, &p);
	if (r < 0)
		return r;
	for (i = fence_scope(img, page); i < end; i++) {
		size = get_entry(img, p + at, room - at, &e);
		if (size == 0)
			return -EBADMSG;
		if (stop(&e, i, ctx)) {
			*ret = e;
			*ret_found = true;
			return 0;
		}
		at += size;
	}
	return 0;
}

struct wanted {
	uint32_t hash;
	enum subject_kind kind;
	struct str driver;
};

static bool is_wanted(const struct entry *e, uint32_t number, const void *ctx)
{
	const struct wanted *w = ctx;

	return e->hash == w->hash && e->scope.kind == w->kind &&
		str_eq(e->scope.driver, w->driver);
}

static bool is_number(const struct entry *e, uint32_t number, const void *ctx)
{
	return number == *(const uint32_t *)ctx;
}

static int find_entry(struct image *img, const struct wanted *w, bool *ret_found,
	struct entry *ret)
{
	uint32_t page = 0;
	int r;

	if (img->n_index == 0)
		return scan_page(img, 0, is_wanted, w, ret_found, ret);
	/* From the last page that begins below the hash. */
	while (page + 1 < img->n_index && fence_hash(img, page + 1) < w->hash)
		page++;
	for (; page < img->n_index && fence_hash(img, page) <= w->hash && !*ret_found; page++) {
		r = scan_page(img, page, is_wanted, w, ret_found, ret);
		if (r < 0)
			return r;
	}
	return 0;
}

static int answer(struct image *img, const struct entry *e, struct image_answer *ret)
{
	struct image_answer a = { .status = e->scope.status, .input = e->scope.input };
	uint32_t i;
	int r;

	switch (a.status) {
	case STATUS_POLICY_ERROR:
	case STATUS_POLICY_OVERLAP:
	case STATUS_LANGUAGE_TOO_NEW:
		*ret = a;
		return 0;
	case STATUS_OK:
	case STATUS_POLICY_STALE:
		break;
	default:
		return -EBADMSG;
	}
	r = make_section(img, e->section, &a.section);
	if (r < 0 || a.input < 0)
		return r < 0 ? r : -EBADMSG;
	a.n_narrows = e->scope.n_narrows;
	a.narrows = arena_new_array(img->pages.arena, a.n_narrows, struct section_source);
	if (!a.narrows)
		return -ENOMEM;
	for (i = 0; i < a.n_narrows; i++) {
		r = make_section(img, get_extent(e->narrows + i * NARROW_SIZE + 4), &a.narrows[i]);
		if (r < 0)
			return r;
	}
	*ret = a;
	return 0;
}

int image_find(struct image *img, enum subject_kind kind, struct str driver,
	struct image_answer *ret)
{
	struct wanted w = { scope_hash(kind, driver), kind, driver };
	bool found = false;
	struct entry e;
	int r;

	r = find_entry(img, &w, &found, &e);
	if (r < 0)
		return r;
	if (found)
		return answer(img, &e, ret);
	*ret = (struct image_answer){ .status = STATUS_NO_POLICY, .input = -1 };
	return 0;
}

uint32_t image_n_scopes(const struct image *img)
{
	return img->n_scopes;
}

int image_scope_get(struct image *img, uint32_t i, struct image_scope *ret)
{
	bool found = false;
	uint32_t k, page, *narrows;
	struct entry e;
	int r;

	if (i >= img->n_scopes)
		return -ENOENT;
	for (page = 0; page + 1 < img->n_index && fence_scope(img, page + 1) <= i; page++)
		;
	r = scan_page(img, page, is_number, &i, &found, &e);
	if (r < 0 || !found)
		return r < 0 ? r : -EBADMSG;
	narrows = arena_new_array(img->pages.arena, e.scope.n_narrows, uint32_t);
	if (!narrows)
		return -ENOMEM;
	for (k = 0; k < e.scope.n_narrows; k++) {
		narrows[k] = get_le32(e.narrows + k * NARROW_SIZE);
		if (narrows[k] >= img->n_inputs)
			return -EBADMSG;
	}
	e.scope.narrows = narrows;
	*ret = e.scope;
	return 0;
}

/* ---- inputs ------------------------------------------------------------------------------ */

uint32_t image_n_inputs(const struct image *img)
{
	return img->n_inputs;
}

/* A text of the table of inputs. */
static int get_text(struct image *img, struct extent e, uint32_t max, struct str *ret)
{
	const uint8_t *p;
	int r;

	if (e.size > max || e.size > img->inputs.size || e.at > img->inputs.size - e.size)
		return -EBADMSG;
	r = pages_get(&img->pages, img->inputs.at + e.at, e.size, &p);
	if (r == 0)
		*ret = (struct str){ (const char *)p, e.size };
	return r;
}

static int get_input(struct image *img, uint32_t i, const uint8_t **ret)
{
	if (i >= img->n_inputs)
		return -ENOENT;
	return pages_get(&img->pages, img->inputs.at + i * INPUT_SIZE, INPUT_SIZE, ret);
}

int image_section(struct image *img, uint32_t i, struct section_source *ret)
{
	const uint8_t *p;
	struct extent e;
	int r;

	r = get_input(img, i, &p);
	if (r < 0)
		return r;
	e = get_extent(p + IN_SECTION_AT);
	return e.size == 0 ? -ENOENT : make_section(img, e, ret);
}

int image_input_get(struct image *img, uint32_t i, struct image_input *ret)
{
	struct image_input in = { 0 };
	const uint8_t *p;
	int r;

	r = get_input(img, i, &p);
	if (r < 0)
		return r;
	in.state = (enum input_state)get_le32(p + IN_STATE);
	if (get_le32(p + IN_STATE) > INPUT_SHADOWED)
		return -EBADMSG;
	memcpy(in.digest, p + IN_DIGEST, SHA256_SIZE);
	memcpy(in.section_digest, p + IN_SECTION_DIGEST, SHA256_SIZE);
	r = get_text(img, get_extent(p + IN_PATH_AT), WORD_MAX_LEN, &in.path);
	if (r == 0)
		r = get_text(img, get_extent(p + IN_MESSAGE_AT), MESSAGE_MAX, &in.message);
	if (r < 0)
		return r;
	*ret = in;
	return 0;
}

/* ---- what is folded in, and the whole ------------------------------------------------------ */

/* Read once: it may be long. */
static int get_folded(struct image *img, struct extent e, struct folded *f, struct str *ret)
{
	const uint8_t *p;
	int r;

	if (!f->known) {
		r = pages_get(&img->pages, e.at, e.size, &p);
		if (r < 0)
			return r;
		if (e.size > 0)
			f->text = (struct str){ (const char *)p, e.size };
		f->known = true;
	}
	*ret = f->text;
	return 0;
}

int image_os_release(struct image *img, struct str *ret)
{
	return get_folded(img, img->os_release, &img->os_release_text, ret);
}

int image_site(struct image *img, struct str *ret)
{
	return get_folded(img, img->site, &img->site_text, ret);
}

void image_forget(struct image *img, struct arena_mark m)
{
	pages_forget(&img->pages);
	img->os_release_text.known = img->site_text.known = false;
	arena_rewind(img->pages.arena, m);
}

int image_verify(struct image *img)
{
	uint8_t page[IMAGE_PAGE_SIZE], digest[SHA256_SIZE];
	uint32_t n_front = front_pages(img->inputs.at, img->inputs.size), i;
	struct sha256 s;
	int64_t n;

	sha256_begin(&s);
	for (i = 0; i < img->pages.n; i++) {
		n = pages_pread(&img->pages, page, IMAGE_PAGE_SIZE, (uint64_t)i * IMAGE_PAGE_SIZE);
		if (n < 0)
			return (int)n;
		if (n != IMAGE_PAGE_SIZE ||
			get_le64(page + PAGE_PAYLOAD) != page_sum(page, img->digest, i))
			return -EBADMSG;
		if (i == 0)
			memset(page + IH_DIGEST, 0, SHA256_SIZE);
		memset(page + PAGE_PAYLOAD, 0, PAGE_SUM_SIZE);
		digest_page(&s, page, i, n_front);
	}
	sha256_end(&s, digest);
	n = pages_pread(&img->pages, page, 1, (uint64_t)i * IMAGE_PAGE_SIZE);
	if (n != 0)
		return n < 0 ? (int)n : -EBADMSG;
	return memcmp(digest, img->digest, SHA256_SIZE) == 0 ? 0 : -EBADMSG;
}
