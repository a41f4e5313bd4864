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
	const uint8_t *digest; /* SHA-256 of the text where it is known already, else NULL */
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
	struct diag *list; /* in the order of reporting */
	size_t n, room;
	size_t errors, warnings; /* all that were reported, also those not kept */

	const struct source *current; /* the source of the last one ... */
	size_t current_kept;	      /* ... and how many of its were kept, errors ... */
	size_t current_notes;	      /* ... and others */
	bool dropped;		      /* the last one was not kept */
	struct diag dummy;	      /* what diag_at() returns then */
};

void diags_init(struct diags *d, struct arena *a);

/* Reports one; texts are formatted into the arena. Returns the record to add .help and .other
 * to before the next is reported, never NULL (a dummy once POLICY_ERRORS_MAX errors, or as many
 * others, of one source were kept in a row, or when memory ran out). Severity is the code's. */
struct diag *diag_at(struct diags *d, enum diag_code code, const struct source *src,
	struct span span, const char *fmt, ...) _printf_(5, 6);
/* About a whole file (not opened, wrong owner, ...). */
struct diag *diag_file(struct diags *d, enum diag_code code, struct str path, const char *fmt,
	...) _printf_(4, 5);
/* Text in the diagnostics' arena, for .help and .other.label; empty when the last diagnostic was
 * not kept. */
struct str diag_text(struct diags *d, const char *fmt, ...) _printf_(2, 3);

/* Were so many errors in @src reported that no more will be kept? */
bool diags_full(const struct diags *d, const struct source *src);

/* Puts those from number @from on into the order of their places; equal ones stay as they are. */
void diags_sort(struct diags *d, size_t from);

/* At most 60 bytes of a user's word for a message ("%.*s"): longer ones end in "...". A view or
 * a text in the diagnostics' arena. */
struct str diag_quote(struct diags *d, struct str word);

/* "MDC-014" (8 bytes with NUL at least). */
void diag_code_name(enum diag_code code, char ret[8]);
enum diag_severity diag_code_severity(enum diag_code code);
const char *diag_code_summary(enum diag_code code);

/* Line and column (from 1, bytes) of a byte offset. */
void source_locate(const struct source *src, uint32_t at, uint32_t *ret_line,
	uint32_t *ret_column);

/* The candidate closest to @word (edit distance at most 2 and less than half its length, upper
 * and lower case differing by nothing), for did-you-mean; the first of equally close ones;
 * empty: none. */
struct str closest_word(struct str word, const struct str *candidate, size_t n);

/*
 * Printing, by the caller's choice of form, into memory:
 *   text  FILE:LINE:COLUMN: error: text [MDC-014], the source line, `^` under the place and `~`
 *         under the other party, a note for it, a help line;
 *   gcc   one line as compilers write it, for editors;
 *   json  one object.
 * Bytes that are not printable are printed as `?` (text, gcc) or escaped (json). One diagnostic
 * takes at most DIAG_PRINT_MAX bytes; what is longer overflows the buffer, as with all sbufs.
 */
enum diag_format { DIAG_TEXT = 0, DIAG_GCC, DIAG_JSON };

#define DIAG_PRINT_MAX 16384

void diag_print(struct sbuf *b, const struct diag *d, enum diag_format format, bool colour);
