/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The parts of section_encode(). */
#include "engine/image/model.h"
#include "engine/image/out.h"

void put_head(struct out *o, const struct policy *p);
/* Rule number @number of the policy. */
void put_rule(struct out *o, const struct policy *p, uint32_t number);

/* The index by type: pairs of a type's hash and a rule. */
struct entries {
	struct entry {
		uint32_t hash, rule;
	} *e;
	size_t n, room;
};

/*
 * Adds rule @number under each type that its conditions allow. Returns 1 when they say nothing
 * about the type, or too much: then it is one of those that are always looked at.
 */
int index_rule(struct entries *t, const struct rule *r, uint32_t number);
/* In the order of the index, no pair twice. */
void entries_sort(struct entries *t);
