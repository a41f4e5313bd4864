/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/base/arena.h"
#include "engine/image/model.h"

/*
 * Text of a fact -> value of an attribute's type (DESIGN 2, "Types"). The compiler reads
 * constants with the same functions, so that a constant and a fact of one spelling are one value.
 *
 * Returns 0 with *ret (or *ret_ranges for versions(N)); -EINVAL: the text does not parse or
 * lies outside the declared domain, with *ret_why a phrase for people (static or in @a);
 * -ENOMEM. @text is a view that must outlive the value.
 */
int attr_parse(struct arena *a, const struct attr_type *t, struct str text, struct value *ret,
	struct ranges *ret_ranges, struct str *ret_why);

/* An integer in one of the formats, without looking at a domain. 0, -EINVAL, -ERANGE. */
int int_parse(enum int_format f, struct str text, int64_t *ret);

/*
 * The value of @key in a text of items: items end at a newline or comma, the key at the item's
 * first ':' or '=', blanks are trimmed on both. 0; -ENOENT: no such key; -EINVAL: it stands
 * there twice.
 */
int fact_key_find(struct str text, struct str key, struct str *ret);

/* Is @v in the declared domain of the type? Values of another type are not. */
bool attr_in_domain(const struct attr_type *t, const struct value *v);
