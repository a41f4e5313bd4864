/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/base/str.h"

/*
 * Random small policies as text, and for each a universe of subjects that is small enough to try
 * all of them: lines for line_subject(). Every value that a clause could tell apart is in it.
 */
#define GEN_SUBJECTS_MAX 220
#define GEN_ATTRS_MAX	 4

struct gen_policy {
	char text[8192];
	size_t n;
	unsigned kind[GEN_ATTRS_MAX + 1], n_attrs;
	bool has_local;
	unsigned local_of; /* the attribute it goes with */
	/* Of those with everything: */
	bool rich;
	bool dynamic[GEN_ATTRS_MAX + 1];
	bool second, vfio; /* drivers e and g beside d, the latter of vfio devices */
	char narrow[4096]; /* a policy that narrows it; empty: none */
	bool own_fact;	   /* that one reads a fact of its own */
};

void gen_seed(uint64_t seed);
unsigned gen_rnd(unsigned n);

/* @like: a policy whose declarations are taken over; NULL: new ones. */
void gen_make(struct gen_policy *p, const struct gen_policy *like);

/* The same with all that the language has: several scopes, claims, policies that narrow. @like as
 * above; @scopes: only the scopes of that one are taken over. One of them, or none. */
void gen_make_rich(struct gen_policy *p, const struct gen_policy *like,
	const struct gen_policy *scopes);

/* The universe; how many. At most GEN_SUBJECTS_MAX, else some, chosen at random. */
unsigned gen_universe(const struct gen_policy *p, char line[][256]);
