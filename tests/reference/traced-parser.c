/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The parser once more, with its trace on: which productions of the grammar were reduced. The trace
 * is bison's own, whose prints come here; nothing of it is printed.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "tests/reference/traced-parser.h"

static int traced(FILE *f, const char *format, ...);

#define MDC_YYDEBUG		 1
#define YYFPRINTF		 traced
#define YYLOCATION_PRINT(f, loc) ((void)(f), (void)(loc))

#include "grammar/parser.c"

static bool reduced[YYNRULES + 1];   /* in a text that follows the grammar */
static bool reducing[YYNRULES + 1];  /* in the text at hand */

static int traced(FILE *f, const char *format, ...)
{
	va_list args;

	(void)f;
	if (strncmp(format, "Reducing stack by rule %d ", 26) == 0) {
		va_start(args, format);
		reducing[va_arg(args, int)] = true;
		va_end(args);
	}
	return 0;
}

void trace_begin(void)
{
	mdc_yydebug = 1;
	memset(reducing, 0, sizeof(reducing));
}

void trace_parsed(void)
{
	unsigned i;

	for (i = 0; i < YYNRULES; i++)
		reduced[i] |= reducing[i];
}

void trace_print(void)
{
	unsigned i;

	for (i = 0; i < YYNRULES - 1; i++)
		printf("production %u %u %s\n", i + 1, (unsigned)yyrline[i + 2],
			reduced[i + 1] ? "hit" : "missed");
}
