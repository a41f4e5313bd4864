/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * `migration-folders`: the same with a file for each attribute (19 August 2020, proposal 1):
 * migration/self/KEY, and KEY in each folder migration/compatible..., an alternative each.
 */
#include <errno.h>

#include "engine/adapter/compatible.h"
#include "engine/adapter/interfaces.h"

static int join(struct speaker *p, struct str folder, struct str name, struct str *ret)
{
	struct sbuf b = { .size = folder.n + 1 + name.n };

	b.p = arena_alloc_raw(p->a, b.size);
	if (!b.p)
		return -ENOMEM;
	sbuf_put_str(&b, folder);
	sbuf_putc(&b, '/');
	sbuf_put_str(&b, name);
	*ret = sbuf_str(&b);
	return 0;
}

/* -ENOENT is no status yet. */
static int list(struct speaker *p, struct str folder, struct str **ret, uint32_t *ret_n)
{
	int r = -ENOENT;

	if (p->in->files->list)
		r = p->in->files->list(p->in->files->ctx, p->a, p->home, folder, ret, ret_n);
	if (r == 0 || r == -ENOENT || r == -ENODEV || r == -ENOMEM || r == -E2BIG)
		return r;
	return speak_unreadable(p, folder, "the folder cannot be listed");
}

static int read_folder(struct speaker *p, struct said *s, struct str folder,
	const struct str *name, uint32_t n, struct said_block *into)
{
	struct str path, text, from;
	uint32_t i;
	int r = 0;

	s->place = folder;
	for (i = 0; r == 0 && i < n; i++) {
		r = join(p, folder, name[i], &path);
		if (r == 0)
			r = speak_need(p, path, &text, &from);
		if (r == 0)
			r = said_add(p, s, into, name[i], str_trim(text));
	}
	return r;
}

static int find_self(struct speaker *p, struct str folder, struct str **ret, uint32_t *ret_n)
{
	int r = -ENOENT;

	if (p->in->instance) {
		p->home = FACT_DEVICE;
		r = list(p, folder, ret, ret_n);
	}
	if (r == -ENOENT && p->in->kind == KIND_MDEV) {
		p->home = FACT_TYPE;
		r = list(p, folder, ret, ret_n);
	}
	if (r == -ENOENT)
		return speak_fail(p, STATUS_MISSING_FACT, folder, STR("the driver has no such folder"));
	return r;
}

int migration_folders_speak(struct speaker *p)
{
	static const struct str self = STR_INIT("migration/self");
	static const struct str top = STR_INIT("migration");
	struct said said = { .from = self };
	struct str *name, *folder, path;
	uint32_t n, n_folders, i;
	struct said_block *block;
	int r;

	r = find_self(p, self, &name, &n);
	if (r == 0)
		r = read_folder(p, &said, self, name, n, &said.self);
	if (r == 0)
		r = list(p, top, &folder, &n_folders);
	for (i = 0; r == 0 && i < n_folders; i++) {
		if (!str_starts(folder[i], STR("compatible")))
			continue;
		r = join(p, top, folder[i], &path);
		if (r == 0)
			r = list(p, path, &name, &n);
		if (r == 0)
			r = said_add_block(p, &said, &block);
		if (r == 0)
			r = read_folder(p, &said, path, name, n, block);
	}
	if (r == 0 && said.n_blocks == 0)
		return speak_fail(p, STATUS_MISSING_FACT, STR("migration/compatible"),
			STR("the driver has no such folder"));
	/* What was there a moment ago. */
	if (r == -ENOENT)
		return speak_fail(p, STATUS_MISSING_FACT, top, STR("the driver has no such folder"));
	return r < 0 ? r : said_speak(p, &said);
}
