/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/base/str.h"

/*
 * A JSON text built in memory, written out whole at the end: what is printed is always one valid
 * document. Keys are given inside objects and are NULL inside arrays. Running out of memory is
 * sticky: .failed.
 */
#define JSON_FORMAT    1 /* of all --json output; a change of meaning raises it */
#define JSON_DEPTH_MAX 16

struct json {
	char *p;
	size_t n, size;
	bool failed;
	uint8_t depth;
	struct {
		char close;
		bool used;
	} level[JSON_DEPTH_MAX];
};

void json_object(struct json *j, const char *key);
void json_array(struct json *j, const char *key);
void json_end(struct json *j); /* of the innermost object or array */

void json_str(struct json *j, const char *key, struct str value);
void json_text(struct json *j, const char *key, const char *value); /* NULL is null */
void json_int(struct json *j, const char *key, int64_t value);
void json_bool(struct json *j, const char *key, bool value);
void json_null(struct json *j, const char *key);
/* A key that was not known when the program was written. */
void json_str_at(struct json *j, struct str key, struct str value);
/* A finished document as a value. */
void json_raw(struct json *j, const char *key, struct str document);

/* Ends everything that is open down to @depth. */
void json_end_all(struct json *j, uint8_t depth);
void json_release(struct json *j);

/* A place to come back to. */
struct json json_mark(const struct json *j);
void json_rewind(struct json *j, const struct json *mark);
