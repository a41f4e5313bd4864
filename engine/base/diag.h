/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/base/arena.h"
#include "engine/base/limits.h"
#include "engine/base/macro.h"
#include "engine/base/str.h"

/*
 * Diagnostics: what is wrong with somebody's text, where, and what to write instead. They are
 * collected while a compilation runs and printed by the caller (cli/), never by library code.
 * Codes, severities and one-line summaries are one table, diag-codes.def; codes are stable and
 * never reused.
 *
 * A place is a span of bytes in a source text that is kept in memory; line, column and the
 * caret line are computed only when a diagnostic is printed.
 */
struct source {
	struct str path; /* as the user knows it */
	struct str text;
};

struct span {
	uint32_t from, to; /* bytes [from, to) of the source's text */
};

enum diag_severity { DIAG_ERROR = 0, DIAG_WARNING, DIAG_INFO };

#define DIAG_CODE(id, number, severity, summary) id = (number),
enum diag_code {
	DIAG_NONE = 0,
#include "engine/base/diag-codes.def"
};
#undef DIAG_CODE

/* A second place that belongs to the diagnostic, in any source. */
struct diag_other {
	const struct source *source; /* NULL: there is none */
	struct span span;
	struct str label; /* "first declared here" */
};

struct diag {
	enum diag_code code;
	enum diag_severity severity;
	const struct source *source; /* NULL: about a file as a whole, see .path */
	struct str path;
	struct span span;
	bool has_span;
	struct str text; /* lower case, no full stop */
	struct str help; /* what to write instead, or the command that mends it; may be empty */
	struct diag_other other;
};

struct diags {
	struct arena *arena;
	struct diag *list; /* room for POLICY_ERRORS_MAX per file */
	size_t n, room;
	size_t errors, warnings; /* all that were reported, also beyond the room */
};

void diags_init(struct diags *d, struct arena *a);

/* Reports one; texts are formatted into the arena. Returns the record to add .help and .other
 * to, never NULL (a dummy once POLICY_ERRORS_MAX were kept or memory ran out). */
struct diag *diag_at(struct diags *d, enum diag_code code, const struct source *src,
	struct span span, const char *fmt, ...) _printf_(5, 6);
/* About a whole file (not opened, wrong owner, ...). */
struct diag *diag_file(struct diags *d, enum diag_code code, struct str path, const char *fmt,
	...) _printf_(4, 5);
/* Text in the diagnostics' arena, for .help and .other.label. */
struct str diag_text(struct diags *d, const char *fmt, ...) _printf_(2, 3);

/* "MDC-014" (8 bytes with NUL at least). */
void diag_code_name(enum diag_code code, char ret[8]);
enum diag_severity diag_code_severity(enum diag_code code);
const char *diag_code_summary(enum diag_code code);

/* Line and column (from 1, bytes) of a byte offset. */
void source_locate(const struct source *src, uint32_t at, uint32_t *ret_line,
	uint32_t *ret_column);

/* The candidate closest to @word (edit distance at most 2 and less than half its length), for
 * did-you-mean; empty: none. */
struct str closest_word(struct str word, const struct str *candidate, size_t n);
