/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What tests of the compiler want to know of one compilation. */
#include "grammar/compile.h"

#define COMPILE_MEMORY_MAX ((size_t)1 << 30)

struct result {
	int r;
	size_t n, errors;
	enum diag_code first; /* of the errors */
	size_t used;
	uint32_t rules;
};

/* With at most @limit bytes of memory. */
struct result compile(struct str text, size_t limit);
struct result compile_text(const char *text);

/* A policy that is put together: what is written to @out between these two stands in its braces. */
#define TEXT_MAX ((size_t)4 * 1024 * 1024)

extern struct sbuf out;
void begin(void);
struct result finish(void);
