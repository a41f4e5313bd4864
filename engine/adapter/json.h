/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/base/arena.h"
#include "engine/base/str.h"

/*
 * JSON as drivers would write it: a whole text becomes a tree in the arena. Bounded by the text's
 * own length (callers have at most FACT_TEXT_MAX bytes) and by JSON_DEPTH_MAX. Strings are printable
 * ASCII, whatever the escape; numbers keep their spelling; a name stands in an object once.
 */
#define JSON_DEPTH_MAX 16 /* objects and arrays inside each other */

enum json_kind { JSON_NULL = 0, JSON_FALSE, JSON_TRUE, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct json_node {
	enum json_kind kind;
	struct str name; /* in an object */
	struct str text; /* of a string or number */
	struct json_node *first, *next; /* members, in the order written */
	struct json_node *last;
};

/* 0; -EINVAL with *ret_why for people; -ENOMEM. */
int json_parse(struct arena *a, struct str text, const struct json_node **ret,
	struct str *ret_why);

/* The member of that name, or NULL; also for what is no object. */
const struct json_node *json_member(const struct json_node *object, struct str name);
