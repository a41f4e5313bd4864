/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/base/arena.h"
#include "engine/eval/descriptor.h"
#include "engine/eval/eval.h"

/*
 * What tests of the language share: policy text and a line of `name=value` words in, evaluation
 * out, through the compiler, the section codec and the evaluator as shipped.
 */

/* One subject as a line: `driver=d type=d-1 a=1 b='x y' c=` in any order. `kind=vfio` makes a
 * vfio device; `type` left out there means none. What is left out is absent. `instance=no` makes an mdev type.
 * Texts are taken as device files have them; with `raw=yes` as files in sysfs: `key` is looked up, and
 * \n stands for a newline. */
#define LINE_FACTS_MAX 80

struct line_subject {
	struct {
		struct str name, value;
	} fact[LINE_FACTS_MAX];
	unsigned n;
	bool raw;
	struct subject subject;
};

/* The code of the first error in a text, "MDC-045"; "none" when it compiles. */
struct str compile_error(struct arena *a, struct str text);

/* The compiled policy as a section; empty when the text has errors (they are printed as TAP
 * comments). */
struct str compile_section(struct arena *a, struct str text);

/* Reads a line; false when it is malformed. @line must outlive *ret. */
bool line_subject(struct str line, struct line_subject *ret);

/* Evaluates; -errno as evaluate_section(). */
int line_evaluate(struct arena *a, struct str section, struct line_subject *s,
	struct evaluation *ret);

/* The same with a policy that narrows it; @narrowing.p NULL: none. */
int line_evaluate_narrowed(struct arena *a, struct str section, struct str narrowing,
	struct line_subject *s, struct evaluation *ret);

/* "compatible", "incompatible" or "unknown:CODE[:DETAIL]" (the target's if both are unknown),
 * judged by parsing the two descriptors back; "disagree" when the evaluations' own diagrams,
 * the explanation, or the golden rule on equal fingerprints say otherwise. */
struct str line_verdict(struct arena *a, const struct evaluation *source,
	const struct evaluation *target);

/* A file's text, NUL-terminated, in the arena; bails out when it cannot be read. */
struct str read_text(struct arena *a, const char *path);
