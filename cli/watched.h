/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cli/property.h"
#include "engine/probe/enumerate.h"

/*
 * What udev said last of each subject, and what an event changes about it. Lives as long as a
 * command that never ends: memory follows the number of subjects, not of events.
 */
#define WATCHED_MAX 65536 /* subjects */

/* A subject as its device's properties describe it. */
struct watched_state {
	char fingerprint[FINGERPRINT_LEN + 1]; /* "": none */
	char status[32]; /* the code word */
	char detail[NAME_MAX_LEN * 3 + 1]; /* the attribute of missing-fact and the like, escaped */
};

struct watched {
	char *subject, *devpath;
	struct watched_state state;
	bool seen; /* in the event, or the listing, that is being taken */
};

struct watched_set {
	struct watched *list;
	uint32_t n, room;
	/* The status of those types of a parent that have a fingerprint, for when the parent's own is
	 * `partial`, which says nothing of any of them. */
	enum mdc_status (*status_of)(void *ctx, struct str devpath);
	void *ctx;
};

/* Called for each change; @was NULL: the subject is new, @now NULL: it is gone. */
typedef void watched_change(void *ctx, const char *subject, const char *devpath,
	const struct watched_state *was, const struct watched_state *now);

/* What an event says: all subjects of its device, and no others. 0, -ENOMEM, -E2BIG (more than
 * WATCHED_MAX). */
int watched_event(struct watched_set *set, struct cli *c, const struct udev_event *e,
	watched_change *change, void *ctx);

/* A listing of all devices: watched_begin(), watched_event() for each, watched_end(), which calls
 * gone what was in none. */
void watched_begin(struct watched_set *set);
void watched_end(struct watched_set *set, watched_change *change, void *ctx);

void watched_free(struct watched_set *set);
