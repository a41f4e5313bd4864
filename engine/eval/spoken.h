/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/eval/eval.h"

/*
 * What a driver says itself (`speaks NAME;`) beside what the policy says: its attributes
 * join those of e->policy in level order, everything is renumbered, and its rule is the
 * first of the rules. Fills e->spoken.
 *
 * 0: then e->status is STATUS_OK; STATUS_TARGET_ONLY (all is filled in, and says nothing
 * about what is accepted); or another status with detail (nothing else is filled in).
 * -ENODEV, -ENOMEM, -E2BIG, -EBADMSG (the image names an interface that is not known).
 */
int spoken_join(struct arena *a, const struct subject *s, struct evaluation *e,
	const struct rule **rule, uint32_t *n_rules);

/* With the rules that hold: may the policy claim what it claims? No: the status says that it computes
 * the value of a file that the driver has copied. */
bool spoken_agree(struct evaluation *e);
