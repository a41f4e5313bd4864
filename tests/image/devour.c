/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether every byte that a reader follows leads somewhere is for the sanitizers to say. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/image/devour.h"

static void mix(uint64_t *h, const void *p, size_t n)
{
	*h = hash64(p, n, *h);
}

static void mix_num(uint64_t *h, uint64_t v)
{
	mix(h, &v, sizeof(v));
}

int devour_section(struct arena *a, const struct section_source *s, uint64_t *ret)
{
	static const char *const types[] = { NULL, "t-1", "some-type", "i915-GVTg_V5_4" };
	const struct rule *rule;
	const uint8_t *bytes;
	struct policy p;
	struct str again;
	uint32_t n;
	size_t i;
	int r;

	r = s->read(s->ctx, 0, s->size, &bytes);
	if (r < 0)
		return r;
	mix(ret, bytes, s->size);
	r = section_decode_head(a, s, &p);
	if (r < 0)
		return r;
	for (i = 0; i < ARRAY_SIZE(types); i++) {
		r = section_decode_rules(a, s, &p, str_from(types[i]), &rule, &n);
		if (r < 0)
			return r;
		mix_num(ret, n);
	}
	r = section_decode_all(a, s, &p, &rule, &n);
	if (r < 0)
		return r;
	p.rule = rule;
	p.n_rules = n;
	r = section_encode(a, &p, &again);
	if (r < 0) /* what was decoded keeps the model's promises */
		abort();
	mix(ret, again.p, again.n);
	return 0;
}

static int devour_inputs(struct image *img, uint64_t *h)
{
	struct section_source s;
	struct image_input in;
	uint32_t i;
	int r;

	for (i = 0; i < image_n_inputs(img); i++) {
		r = image_input_get(img, i, &in);
		if (r < 0)
			return r;
		mix(h, in.path.p, in.path.n);
		mix(h, in.message.p, in.message.n);
		mix(h, in.digest, sizeof(in.digest));
		mix(h, in.section_digest, sizeof(in.section_digest));
		mix_num(h, in.state);
		r = image_section(img, i, &s);
		if (r < 0 && r != -ENOENT)
			return r;
		mix_num(h, r == 0 ? s.size : 0);
	}
	return 0;
}

static int devour_scopes(struct arena *a, struct image *img, uint64_t *h)
{
	struct image_answer answer;
	struct image_scope scope;
	uint32_t i, j;
	int r;

	for (i = 0; i < image_n_scopes(img); i++) {
		r = image_scope_get(img, i, &scope);
		if (r == 0)
			r = image_find(img, scope.kind, scope.driver, &answer);
		if (r < 0)
			return r;
		mix_num(h, scope.kind);
		mix(h, scope.driver.p, scope.driver.n);
		mix_num(h, answer.status);
		mix_num(h, (uint64_t)answer.input);
		if (answer.section.read) {
			r = devour_section(a, &answer.section, h);
			if (r < 0)
				return r;
		}
		for (j = 0; j < answer.n_narrows; j++) {
			mix_num(h, scope.narrows[j]);
			r = devour_section(a, &answer.narrows[j], h);
			if (r < 0)
				return r;
		}
	}
	return 0;
}

static int devour_all(struct arena *a, struct str bytes, uint64_t *h)
{
	enum mdc_status status = STATUS_OK;
	struct image_answer answer;
	struct image *img;
	struct str s;
	int r;

	r = image_open_memory(a, bytes, &img, &status);
	if (r < 0)
		return r;
	mix(h, image_digest(img), SHA256_SIZE);
	r = image_os_release(img, &s);
	if (r < 0)
		return r;
	mix(h, s.p, s.n);
	r = image_site(img, &s);
	if (r < 0)
		return r;
	mix(h, s.p, s.n);
	r = devour_inputs(img, h);
	if (r == 0)
		r = devour_scopes(a, img, h);
	if (r == 0)
		r = image_find(img, KIND_VFIO, STR("no-such-driver"), &answer);
	return r;
}

int devour_image(struct arena *a, struct str bytes, uint64_t *ret)
{
	struct arena_mark m = arena_mark(a);
	uint64_t h = 0;
	int r = devour_all(a, bytes, &h);

	arena_rewind(a, m);
	if (r == 0)
		*ret = h;
	return r;
}

char *copy_alone(struct str s, size_t n)
{
	char *p = malloc(n ? n : 1);

	if (!p)
		abort();
	if (n > 0)
		memcpy(p, s.p, n);
	return p;
}
