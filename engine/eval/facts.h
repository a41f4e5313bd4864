/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/eval/shared.h"

/*
 * The subject with its type. An mdev has one by itself; a vfio device has what the fact holds that
 * its scope in e->policy names, if it names one, and then e->type says where it came from. Returns 0
 * with e->status STATUS_OK and *ret, or with STATUS_UNREADABLE_FACT; -ENODEV, -ENOMEM. *ret may be @s.
 */
int facts_type(struct arena *a, const struct subject *s, struct evaluation *e, struct subject *ret);

/*
 * Reads and types all facts and locals of e->policy for the subject and fills .fact, .local,
 * .self and .record. Returns 0 with e->status STATUS_OK, MISSING_FACT or UNREADABLE_FACT (then
 * .detail names the attribute and .detail_why says why); -ENODEV, -ENOMEM. @part may be NULL.
 */
int facts_read(struct arena *a, const struct subject *s, struct shared_part *part,
	struct evaluation *e);
