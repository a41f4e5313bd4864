/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From udev's properties to subjects: which of them a device has and what is said of each, and
 * what differs from the last time. Knows the helper's keys (mdevcompat_id(8)); who announces them
 * is known elsewhere.
 */
#include "cli/watched.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct str property(const struct udev_event *e, const char *key)
{
	for (uint32_t i = 0; i < e->n_properties; i++)
		if (str_eq(e->property[i].key, str_from(key)))
			return e->property[i].value;
	return (struct str){ 0 };
}

static void copy(char *to, size_t size, struct str s)
{
	size_t n = MIN(s.n, size - 1);

	if (n > 0)
		memcpy(to, s.p, n);
	to[n] = '\0';
}

/* "unknown:<code>[:<detail>]", or a fingerprint. Others may write properties too. */
static bool read_value(struct str value, struct str status, struct watched_state *ret)
{
	static const struct str unknown = STR_INIT("unknown:");
	struct watched_state s = { 0 };
	size_t colon;

	if (fingerprint_valid(value)) {
		copy(s.fingerprint, sizeof(s.fingerprint), value);
		copy(s.status, sizeof(s.status), status);
	} else if (str_starts(value, unknown)) {
		value = str_sub(value, unknown.n, value.n);
		colon = str_find(value, ':');
		copy(s.status, sizeof(s.status), str_sub(value, 0, colon));
		if (colon < value.n)
			copy(s.detail, sizeof(s.detail), str_sub(value, colon + 1, value.n));
	} else {
		return false;
	}
	*ret = s;
	return true;
}

static bool carries_fingerprint(struct str status)
{
	for (int i = 0; i < STATUS_MAX_; i++)
		if (str_eq(status, str_from(status_name((enum mdc_status)i))))
			return status_has_fingerprint((enum mdc_status)i);
	return false;
}

static bool same_state(const struct watched_state *a, const struct watched_state *b)
{
	return strcmp(a->fingerprint, b->fingerprint) == 0 && strcmp(a->status, b->status) == 0 &&
	       strcmp(a->detail, b->detail) == 0;
}

/* ---- the table ------------------------------------------------------------------------------- */

static int add(struct watched_set *set, const char *subject, struct str devpath,
	struct watched **ret)
{
	struct watched w = { 0 };

	if (set->n == WATCHED_MAX)
		return -E2BIG;
	if (set->n == set->room) {
		uint32_t room = set->room ? set->room * 2 : 64;
		struct watched *grown = reallocarray(set->list, room, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		set->list = grown;
		set->room = room;
	}
	w.subject = strdup(subject);
	w.devpath = strndup(devpath.p, devpath.n);
	if (!w.subject || !w.devpath) {
		free(w.subject);
		free(w.devpath);
		return -ENOMEM;
	}
	set->list[set->n] = w;
	*ret = &set->list[set->n++];
	return 0;
}

static int put(struct watched_set *set, const char *subject, struct str devpath,
	const struct watched_state *now, watched_change *change, void *ctx)
{
	struct watched_state was;
	struct watched *w = NULL;
	bool is_new;
	int r;

	for (uint32_t i = 0; i < set->n && !w; i++)
		if (str_eq(str_from(set->list[i].devpath), devpath) &&
			strcmp(set->list[i].subject, subject) == 0)
			w = &set->list[i];
	is_new = !w;
	r = is_new ? add(set, subject, devpath, &w) : 0;
	if (r < 0)
		return r;
	was = w->state;
	w->state = *now;
	w->seen = true;
	if (is_new || !same_state(&was, now))
		change(ctx, w->subject, w->devpath, is_new ? NULL : &was, now);
	return 0;
}

static void drop(struct watched_set *set, uint32_t i, watched_change *change, void *ctx)
{
	struct watched w = set->list[i];

	change(ctx, w.subject, w.devpath, &w.state, NULL);
	free(w.subject);
	free(w.devpath);
	memmove(&set->list[i], &set->list[i + 1], (set->n - i - 1) * sizeof(w));
	set->n--;
}

/* ---- events ---------------------------------------------------------------------------------- */

static int take_types(struct watched_set *set, struct cli *c, const struct udev_event *e,
	struct str types, struct str status, watched_change *change, void *ctx)
{
	int r = 0;

	/* Statuses that differ stand with each type, but for those of types with a fingerprint. */
	if (!carries_fingerprint(status))
		status = str_from(status_name(set->status_of(set->ctx, e->devpath)));
	while (types.n > 0 && r == 0) {
		struct str word = str_sub(types, 0, str_find(types, ' ')), name;
		struct watched_state now;

		types = str_sub(types, word.n + (word.n < types.n), types.n);
		if (word.n == 0 || str_unescape(c->arena, word, &name) < 0)
			continue;
		/* Names that clash have no key, and so no answer. */
		if (read_value(property(e, property_type_key(c, name)), status, &now))
			r = put(set, cli_text(c, "%.*s/%.*s", STR_FMT(path_name(e->devpath)),
					STR_FMT(name)), e->devpath, &now, change, ctx);
	}
	return r;
}

static int take_subjects(struct watched_set *set, struct cli *c, const struct udev_event *e,
	watched_change *change, void *ctx)
{
	struct str status = property(e, "MDEV_COMPAT_STATUS");
	struct str types = property(e, "MDEV_COMPAT_TYPES");
	struct str fingerprint = property(e, "MDEV_COMPAT_FINGERPRINT");
	struct watched_state now = { 0 };

	if (str_eq(e->action, STR("remove")) || status.n == 0)
		return 0;
	if (types.n > 0)
		return take_types(set, c, e, types, status, change, ctx);
	/* A device of its own, or a parent of which nothing more can be said. */
	if (!read_value(fingerprint, status, &now)) {
		if (carries_fingerprint(status))
			return 0; /* a parent that has no types */
		copy(now.status, sizeof(now.status), status);
	}
	return put(set, cli_text(c, "%.*s", STR_FMT(path_name(e->devpath))), e->devpath, &now, change,
		ctx);
}

int watched_event(struct watched_set *set, struct cli *c, const struct udev_event *e,
	watched_change *change, void *ctx)
{
	bool listing = e->action.n == 0;
	int r;

	for (uint32_t i = 0; i < set->n && !listing; i++)
		if (str_eq(str_from(set->list[i].devpath), e->devpath))
			set->list[i].seen = false;
	r = take_subjects(set, c, e, change, ctx);
	for (uint32_t i = set->n; i-- > 0 && !listing;)
		if (!set->list[i].seen && str_eq(str_from(set->list[i].devpath), e->devpath))
			drop(set, i, change, ctx);
	return r;
}

void watched_begin(struct watched_set *set)
{
	for (uint32_t i = 0; i < set->n; i++)
		set->list[i].seen = false;
}

void watched_end(struct watched_set *set, watched_change *change, void *ctx)
{
	for (uint32_t i = set->n; i-- > 0;)
		if (!set->list[i].seen)
			drop(set, i, change, ctx);
}

void watched_free(struct watched_set *set)
{
	for (uint32_t i = 0; i < set->n; i++) {
		free(set->list[i].subject);
		free(set->list[i].devpath);
	}
	free(set->list);
	*set = (struct watched_set){ 0 };
}
