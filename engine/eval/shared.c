/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the types of one parent have in common, kept from one evaluation to the next: what answers
 * for the driver, the heads of those policies, and the facts that no type has of its own. There
 * is always the other way, to do it again: where there is no room nothing is kept.
 */
#include <errno.h>

#include "engine/eval/shared.h"

/* More than a fact's text and what becomes of it can take. */
#define FACT_ROOM ((size_t)256 << 10)

struct eval_shared {
	struct arena *arena;
	bool known;
	enum subject_kind kind;
	struct str driver;
	struct image_answer answer;
	struct shared_part *part;
};

int eval_shared_new(struct arena *a, struct eval_shared **ret)
{
	struct eval_shared *sh = arena_new(a, struct eval_shared);

	if (!sh)
		return -ENOMEM;
	sh->arena = a;
	*ret = sh;
	return 0;
}

static int find_first(struct eval_shared *sh, struct image *img, const struct subject *s)
{
	uint32_t i, n;
	int r;

	r = image_find(img, s->kind, s->driver, &sh->answer);
	if (r < 0)
		return r;
	n = sh->answer.n_narrows + 1;
	sh->part = arena_new_array(sh->arena, n, struct shared_part);
	if (!sh->part)
		return -ENOMEM;
	for (i = 0; i < n; i++)
		sh->part[i].arena = sh->arena;
	sh->kind = s->kind;
	sh->driver = s->driver;
	sh->known = true;
	return 0;
}

int shared_find(struct eval_shared *sh, struct image *img, const struct subject *s,
	struct image_answer *ret, struct shared_part **ret_part)
{
	int r;

	*ret_part = NULL;
	if (!sh)
		return image_find(img, s->kind, s->driver, ret);
	if (!sh->known) {
		r = find_first(sh, img, s);
		if (r < 0)
			return r;
	}
	if (s->kind != sh->kind || !str_eq(s->driver, sh->driver))
		return -EINVAL;
	*ret = sh->answer;
	*ret_part = sh->part;
	return 0;
}

/* -ENOMEM, and the arena as it was before, when there is no room. */
static int keep_head(struct shared_part *part, const struct section_source *section)
{
	struct arena_mark mark = arena_mark(part->arena);
	int r;

	r = section_decode_head(part->arena, section, &part->head);
	if (r == 0) {
		part->attr = arena_new_array(part->arena, part->head.n_attrs, struct shared_fact);
		part->local = arena_new_array(part->arena, part->head.n_locals, struct shared_fact);
		if (!part->attr || !part->local)
			r = -ENOMEM;
	}
	if (r < 0)
		arena_rewind(part->arena, mark);
	return r;
}

int shared_head(struct shared_part *part, struct arena *a, const struct section_source *section,
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
		return section_decode_head(a, section, ret);
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
