/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the types of one parent have in common, kept from one evaluation to the next: what answers
 * for the driver, the heads of those policies, and the facts that no type has of its own. There
 * is always the other way, to do it again: where there is no room nothing is kept.
 */
#include <errno.h>

#include "engine/eval/shared.h"

/* For heads and facts. */
#define KEPT_MAX ((size_t)4 << 20)
/* More than a fact's text and what becomes of it can take. */
#define FACT_ROOM ((size_t)256 << 10)

struct eval_shared {
	struct arena arena; /* pages of the image, which may be forgotten, are in another one */
	enum subject_kind kind;
	struct str driver;
	int error; /* instead of an answer */
	struct image_answer answer;
	struct shared_part *part;
};

int eval_shared_new(struct arena *a, struct image *img, enum subject_kind kind,
	struct str driver, struct eval_shared **ret)
{
	struct eval_shared *sh = arena_new(a, struct eval_shared);
	void *memory = arena_alloc(a, KEPT_MAX);
	uint32_t i, n;

	if (!sh || !memory)
		return -ENOMEM;
	arena_init_fixed(&sh->arena, memory, KEPT_MAX);
	sh->kind = kind;
	sh->driver = driver;
	sh->error = image_find(img, kind, driver, &sh->answer);
	n = sh->error == 0 ? sh->answer.n_narrows + 1 : 0;
	sh->part = arena_new_array(a, n, struct shared_part);
	if (!sh->part)
		return -ENOMEM;
	for (i = 0; i < n; i++)
		sh->part[i].arena = &sh->arena;
	*ret = sh;
	return 0;
}

int shared_find(struct eval_shared *sh, struct image *img, const struct subject *s,
	struct image_answer *ret, struct shared_part **ret_part)
{
	*ret_part = NULL;
	if (!sh)
		return image_find(img, s->kind, s->driver, ret);
	if (s->kind != sh->kind || !str_eq(s->driver, sh->driver))
		return -EINVAL;
	if (sh->error < 0)
		return sh->error;
	*ret = sh->answer;
	*ret_part = sh->part;
	return 0;
}

/* Bytes of the image, for as long as the head that looks at them. */
struct copying {
	const struct section_source *from;
	struct arena *arena;
	size_t copied;
};

static int read_copy(void *ctx, uint32_t at, uint32_t n, const uint8_t **ret)
{
	struct copying *c = ctx;
	size_t before = c->arena->used;
	const uint8_t *p;
	char *copy;
	int r;

	r = c->from->read(c->from->ctx, at, n, &p);
	if (r < 0)
		return r;
	copy = arena_dup(c->arena, p, n);
	if (!copy)
		return -ENOMEM;
	c->copied += c->arena->used - before;
	*ret = (const uint8_t *)copy;
	return 0;
}

/* -ENOMEM, and the arena as it was before, when there is no room. */
static int keep_head(struct shared_part *part, const struct section_bound *section)
{
	struct arena_mark mark = arena_mark(part->arena);
	struct copying c = { &section->source, part->arena, 0 };
	struct section_source copy = { read_copy, &c, section->source.size };
	uint32_t before = *section->left;
	int r;

	r = section_decode_head(part->arena, &copy, &part->head);
	if (r == 0) {
		part->memory = part->arena->used - mark.used - c.copied;
		part->pages = before - *section->left;
		part->attr = arena_new_array(part->arena, part->head.n_attrs, struct shared_fact);
		part->local = arena_new_array(part->arena, part->head.n_locals, struct shared_fact);
		if (!part->attr || !part->local)
			r = -ENOMEM;
	}
	*section->left = before;
	if (r < 0)
		arena_rewind(part->arena, mark);
	return r;
}

int shared_head(struct shared_part *part, struct arena *a, const struct section_bound *section,
	struct policy *ret)
{
	int r;

	if (part && !part->known && !part->off) {
		r = keep_head(part, section);
		if (r < 0 && r != -ENOMEM)
			return r;
		part->known = r == 0;
		part->off = r < 0;
	}
	if (!part || part->off)
		return section_decode_head(a, &section->source, ret);
	if (part->pages > *section->left)
		return -E2BIG;
	*section->left -= part->pages;
	if (!arena_charge(a, part->memory))
		return -ENOMEM;
	*ret = part->head;
	return 0;
}

static bool same_for_all(const struct fact *f)
{
	switch (f->kind) {
	case FACT_PARENT:
	case FACT_MODULE:
	case FACT_OS_RELEASE:
	case FACT_KERNEL_RELEASE:
	case FACT_SITE:
		return true;
	default:
		return false;
	}
}

struct shared_fact *shared_fact_of(struct shared_part *part, const struct attr *at)
{
	const struct policy *p;
	struct shared_fact *f;

	if (!part || part->off || !same_for_all(&at->fact))
		return NULL;
	p = &part->head;
	if (at >= p->attr && at < p->attr + p->n_attrs)
		f = &part->attr[at - p->attr];
	else if (at >= p->local && at < p->local + p->n_locals)
		f = &part->local[at - p->local];
	else
		return NULL;
	return f->known || arena_left(part->arena) >= FACT_ROOM ? f : NULL;
}
