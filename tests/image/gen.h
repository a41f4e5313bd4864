/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Random policies that keep every promise of model.h, and a comparer that forgets no field. */
#include "engine/base/arena.h"
#include "engine/image/model.h"

struct gen {
	struct arena *arena;
	uint64_t state; /* the seed; the same one gives the same policies on every machine */
};

uint64_t gen_next(struct gen *g);
/* 0 .. n - 1 */
uint32_t gen_below(struct gen *g, uint32_t n);

/* One with at most @rules rules. Never fails: the arena must be large enough. */
struct policy *gen_policy(struct gen *g, uint32_t rules);

/* The name of the first field that differs, or NULL. Rules are compared apart. */
const char *head_differs(const struct policy *a, const struct policy *b);
const char *rule_differs(const struct rule *a, const struct rule *b);
