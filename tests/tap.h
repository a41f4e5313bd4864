/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The smallest useful TAP producer, for the C unit tests.  A test program says
 *
 *	int main(void)
 *	{
 *		plan(2);
 *		ok(1 + 1 == 2, "sums");
 *		is_str("a", "a", "letters");
 *		return done_testing();
 *	}
 *
 * The plan comes first and every line is flushed as it is printed: a program that dies or
 * returns early leaves fewer lines than it planned, and automake's tap-driver.sh calls that an
 * error.  done_testing() also turns any failure into a non-zero exit, so that a program run by
 * hand, under a debugger or under valgrind says the same.
 */
#ifndef TESTS_TAP_H
#define TESTS_TAP_H

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TAP_UNUSED __attribute__((unused))
#define TAP_PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))

static struct {
	unsigned planned;
	unsigned run;
	unsigned failed;
} tap;

/* Announces how many lines follow; call it once, before the first of them. */
static TAP_UNUSED void plan(unsigned n)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	tap.planned = n;
	printf("1..%u\n", n);
}

/* A comment line, for a person who reads the log. */
static TAP_UNUSED TAP_PRINTF(1, 2) void diag(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("# ", stdout);
	vprintf(fmt, ap);
	putchar('\n');
	va_end(ap);
}

/* Ends the program at once: without what is missing no later line would mean anything. */
static TAP_UNUSED TAP_PRINTF(1, 2) _Noreturn void bail_out(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("Bail out! ", stdout);
	vprintf(fmt, ap);
	putchar('\n');
	va_end(ap);
	exit(EXIT_FAILURE);
}

/* A '#' would begin a directive and a newline would begin another line. */
static TAP_UNUSED TAP_PRINTF(1, 0) void tap_name(const char *fmt, va_list ap)
{
	char name[1024];

	vsnprintf(name, sizeof(name), fmt, ap);
	for (char *p = name; *p; p++)
		if (*p == '#' || *p == '\n' || *p == '\r')
			*p = '_';
	puts(name);
}

static TAP_UNUSED TAP_PRINTF(4, 0) bool tap_vok(
	bool cond, const char *file, int line, const char *fmt, va_list ap)
{
	printf("%s %u - ", cond ? "ok" : "not ok", ++tap.run);
	tap_name(fmt, ap);
	if (!cond) {
		tap.failed++;
		diag("    at %s:%d", file, line);
	}
	return cond;
}

static TAP_UNUSED TAP_PRINTF(4, 5) bool tap_ok(
	bool cond, const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	tap_vok(cond, file, line, fmt, ap);
	va_end(ap);
	return cond;
}

static TAP_UNUSED TAP_PRINTF(5, 6) bool tap_is_int(intmax_t got, intmax_t want,
	const char *file, int line, const char *fmt, ...)
{
	va_list ap;
	bool same = got == want;

	va_start(ap, fmt);
	tap_vok(same, file, line, fmt, ap);
	va_end(ap);
	if (!same)
		diag("    got %" PRIdMAX ", want %" PRIdMAX, got, want);
	return same;
}

static TAP_UNUSED void tap_show(const char *label, const char *s)
{
	printf("#     %s ", label);
	if (!s) {
		puts("(null)");
		return;
	}
	putchar('"');
	for (const char *p = s; *p; p++) {
		unsigned char c = (unsigned char)*p;

		if (c < 0x20 || c >= 0x7f)
			printf("\\x%02x", c);
		else
			putchar(c);
	}
	puts("\"");
}

/* NULL is equal to NULL only. */
static TAP_UNUSED TAP_PRINTF(5, 6) bool tap_is_str(const char *got, const char *want,
	const char *file, int line, const char *fmt, ...)
{
	va_list ap;
	bool same = got && want ? strcmp(got, want) == 0 : got == want;

	va_start(ap, fmt);
	tap_vok(same, file, line, fmt, ap);
	va_end(ap);
	if (!same) {
		tap_show("got ", got);
		tap_show("want", want);
	}
	return same;
}

/* Each takes a printf-like name of what is tested and returns whether it held. */
#define ok(cond, ...) tap_ok((cond), __FILE__, __LINE__, __VA_ARGS__)
#define is_int(got, want, ...)                                                             \
	tap_is_int((intmax_t)(got), (intmax_t)(want), __FILE__, __LINE__, __VA_ARGS__)
#define is_str(got, want, ...) tap_is_str((got), (want), __FILE__, __LINE__, __VA_ARGS__)

/* @n lines that cannot be had here; CI counts every one of them against the run. */
static TAP_UNUSED TAP_PRINTF(2, 3) void skip(unsigned n, const char *fmt, ...)
{
	char why[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	for (unsigned i = 0; i < n; i++)
		printf("ok %u # SKIP %s\n", ++tap.run, why);
}

/* The value for main() to return: 0 if all that was planned ran and nothing failed. */
static TAP_UNUSED int done_testing(void)
{
	if (tap.run != tap.planned)
		diag("planned %u, ran %u", tap.planned, tap.run);
	if (tap.failed > 0)
		diag("%u of %u failed", tap.failed, tap.run);
	return tap.run == tap.planned && tap.failed == 0 && tap.planned > 0 ? EXIT_SUCCESS :
									       EXIT_FAILURE;
}

#endif
