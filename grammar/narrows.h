/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/base/arena.h"
#include "engine/image/model.h"

/*
 * A policy that narrows another refuses by what stands in records, and these are made with the
 * other's declarations. What does not fit: the first of its attributes that the other declares with
 * another type or default (.otherwise), and the first clause of a refuse block about one that the
 * other does not declare at all (.unknown): no source that is let in has it.
 */
struct narrows_fit {
	struct str otherwise, unknown; /* names, in the arena; empty: none */
	struct place otherwise_place, unknown_place;
};

/* Compares two encoded policies. What is read of them lives in @a. 0, -ENOMEM, -EBADMSG (no section). */
int narrows_compare(struct arena *a, struct str narrowed, struct str narrowing,
	struct narrows_fit *ret);
