/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/base/arena.h"
#include "engine/image/model.h"

/*
 * For attributes that are chosen per instance, such as an aggregator: the text that a driver takes
 * for @v, and that parses as @v again: numbers in decimal, or with 0x where the attribute says
 * `hex`, truth as 1 and 0. -EOPNOTSUPP: there is no such text (absent; a mask; a word of a set that
 * has the separator in it). -ENOMEM.
 */
int attr_write_text(struct arena *a, const struct attr_type *t, const struct value *v,
	struct str *ret);
