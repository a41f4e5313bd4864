/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/base/arena.h"
#include "engine/image/model.h"

/* Attributes that every policy has, and a policy with these, a scope, and no rule yet. */
extern struct attr small_builtin[ATTR_FIRST];
struct policy small_policy(void);

/* Exact twins of mtty, and the image of nothing but that. */
extern struct rule mtty_rule;
struct policy mtty(void);
struct str small_image(struct arena *a);

/* A file of these bytes, which the caller closes. */
int fd_of(struct str bytes);
