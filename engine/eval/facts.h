/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/eval/shared.h"

/*
 * Reads and types all facts and locals of e->policy for the subject and fills .fact, .local,
 * .self and .record. Returns 0 with e->status STATUS_OK, MISSING_FACT or UNREADABLE_FACT (then
 * .detail names the attribute and .detail_why says why); -ENODEV, -ENOMEM. @part may be NULL.
 */
int facts_read(struct arena *a, const struct subject *s, struct shared_part *part,
	struct evaluation *e);
