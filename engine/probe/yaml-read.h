/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <yaml.h>

#include "engine/base/arena.h"
#include "engine/base/str.h"

/*
 * libyaml's events as all our YAML files want them: UTF-8, one document, every scalar is text of
 * at most FACT_TEXT_MAX bytes without NUL, no anchors, aliases, tags or lists. The library has no
 * limit on nesting and is quadratic in it, but it looks at most a line ahead: readers end at the
 * first list, and at the first mapping deeper than their format has.
 */
struct yaml_fault {
	uint32_t line, column; /* from 1, columns in characters; 0: the file as a whole */
	struct str text;       /* lower case, no full stop */
	struct str help;       /* what to write instead; may be empty */
};

struct yaml_reader {
	struct arena *a;
	yaml_parser_t yaml;
	yaml_event_t event; /* the current one */
	bool have_event;
	struct yaml_fault fault; /* of the call that returned -EBADMSG */
};

/* @text outlives the reader. 0, -ENOMEM. Close it only after success. */
int yaml_reader_open(struct yaml_reader *r, struct arena *a, struct str text);
void yaml_reader_close(struct yaml_reader *r);

/* The next event, in r->event; -EBADMSG with r->fault, also for what we never take; -ENOMEM. */
int yaml_next(struct yaml_reader *r);
/* The same, which must be of this type; @what says so otherwise. */
int yaml_expect(struct yaml_reader *r, yaml_event_type_t type, const char *what);
/*
 * The frame of a file: one document, which is a mapping. @form says what it should have been; @empty
 * (may be NULL) is the help when there is nothing at all. Then keys, up to the mapping's end: 1 for a
 * key, whose value is still to be read; 0: no more. At the end @second is said of another document.
 */
int yaml_begin(struct yaml_reader *r, const char *form, const char *empty);
int yaml_next_key(struct yaml_reader *r, struct str *ret, yaml_mark_t *ret_at);
int yaml_finish(struct yaml_reader *r, const char *second);

/* The scalar that is the current event, as text in the arena. */
int yaml_take_scalar(struct yaml_reader *r, struct str *ret);
/* The text after a colon. `x:` with nothing behind it could mean two things and is refused. */
int yaml_next_value(struct yaml_reader *r, struct str *ret);

/* Record a fault and return -EBADMSG (or -ENOMEM: @text without .p). At @at, or at the event. */
int yaml_fail_at(struct yaml_reader *r, yaml_mark_t at, struct str text);
int yaml_fail(struct yaml_reader *r, const char *text);

/* @before'word'@after in the arena, printable. .p NULL: no memory. */
struct str yaml_quoted(struct arena *a, const char *before, struct str word, const char *after);
/* "did you mean 'x'?", or empty. */
struct str yaml_did_you_mean(struct arena *a, struct str word, const struct str *candidate,
	size_t n);
