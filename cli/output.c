/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How commands talk: failures, notes, colours, the pager. Knows where a text goes (a terminal, a
 * pipe, a JSON document); what it says is the commands' business.
 */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"

const char *cli_given(const struct cli *c, const char *name)
{
	const char *value = NULL;

	for (unsigned i = 0; i < c->n_given; i++)
		if (strcmp(c->given[i].option->name, name) == 0)
			value = c->given[i].value;
	return value;
}

static const char *textv(struct cli *c, const char *fmt, va_list ap) _printf_(2, 0);
static const char *textv(struct cli *c, const char *fmt, va_list ap)
{
	va_list again;
	char *p;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (n < 0)
		return "";
	p = arena_alloc(c->arena, (size_t)n + 1);
	if (!p)
		return "";
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	return p;
}

const char *cli_text(struct cli *c, const char *fmt, ...)
{
	const char *text;
	va_list ap;

	va_start(ap, fmt);
	text = textv(c, fmt, ap);
	va_end(ap);
	return text;
}

static void print_escaped(FILE *f, struct str text, const char *also)
{
	for (size_t i = 0; i < text.n; i++) {
		unsigned char ch = (unsigned char)text.p[i];

		if ((ch && strchr(also, ch)) || (ch >= 0x20 && ch != 0x7f && (ch < 0x80 || ch > 0x9f)))
			putc(ch, f);
		else
			fprintf(f, "\\x%02x", ch);
	}
}

void cli_print(FILE *f, struct str text)
{
	print_escaped(f, text, "\n\t");
}

void cli_print_name(FILE *f, struct str name)
{
	print_escaped(f, name, "");
}

const char *cli_color(const struct cli *c, FILE *f, enum cli_color color)
{
	bool may = f == stdout ? c->color_out : f == stderr && c->color_err;

	if (!may)
		return "";
	switch (color) {
	case COLOR_NONE: return "\033[0m";
	case COLOR_RED: return "\033[1;31m";
	case COLOR_GREEN: return "\033[1;32m";
	case COLOR_YELLOW: return "\033[1;33m";
	case COLOR_BOLD: return "\033[1m";
	case COLOR_DIM: return "\033[2m";
	}
	return "";
}

/* What is neither wrong nor doubtful interests only those who asked about the text. */
static bool is_shown(const struct cli *c, const struct diag *d)
{
	bool compared = d->code >= DIAG_DEFAULT_CHANGED && d->code <= DIAG_ATTRIBUTE_FACT;

	return d->severity != DIAG_INFO || compared || strcmp(c->command->name, "check") == 0;
}

void cli_print_diags(struct cli *c)
{
	struct diags *d = &c->diags;
	struct sbuf b = { .size = DIAG_PRINT_MAX };
	size_t shown = 0, serious = 0;

	if (c->json || d->n == c->n_diags_printed)
		return;
	b.p = arena_alloc_raw(c->arena, b.size);
	if (!b.p)
		return;
	fflush(stdout);
	for (; c->n_diags_printed < d->n; c->n_diags_printed++) {
		const struct diag *g = &d->list[c->n_diags_printed];

		if (!is_shown(c, g) || shown == POLICY_ERRORS_MAX)
			continue;
		b.n = 0;
		b.overflow = false;
		diag_print(&b, g, c->diag_format, c->color_err);
		fwrite(b.p, 1, b.n, stderr);
		shown++;
		serious += g->severity != DIAG_INFO;
	}
	if (d->errors + d->warnings > serious)
		fprintf(stderr, "mdevcompat: and %zu more\n", d->errors + d->warnings - serious);
}

static int failv(struct cli *c, enum exit_code code, const char *word, const char *text)
{
	if (!c->error) {
		c->error = word;
		c->error_text = strdup(text);
	}
	if (!c->json && !c->quiet) {
		cli_print_diags(c);
		fflush(stdout);
		fputs("mdevcompat: ", stderr);
		cli_print(stderr, str_from(text));
		putc('\n', stderr);
	}
	return code;
}

int cli_fail(struct cli *c, enum exit_code code, const char *word, const char *fmt, ...)
{
	const char *text;
	va_list ap;

	va_start(ap, fmt);
	text = textv(c, fmt, ap);
	va_end(ap);
	return failv(c, code, word, text);
}

int cli_fail_errno(struct cli *c, int r, const char *fmt, ...)
{
	const char *text;
	va_list ap;

	va_start(ap, fmt);
	text = textv(c, fmt, ap);
	va_end(ap);
	return failv(c, EXIT_SYSTEM, "system", cli_text(c, "%s: %s", text, strerror(-r)));
}

int cli_usage(struct cli *c, const char *fmt, ...)
{
	const char *text;
	va_list ap;

	va_start(ap, fmt);
	text = textv(c, fmt, ap);
	va_end(ap);
	failv(c, EXIT_USAGE, "usage", text);
	if (!c->json && !c->quiet)
		fprintf(stderr, "Try `mdevcompat%s%s --help`.\n", c->command ? " " : "",
			c->command ? c->command->name : "");
	return EXIT_USAGE;
}

void cli_note(struct cli *c, const char *word, const char *fmt, ...)
{
	const char *text;
	va_list ap;

	va_start(ap, fmt);
	text = textv(c, fmt, ap);
	va_end(ap);
	if (c->json) {
		json_object(&c->notes, NULL);
		json_text(&c->notes, "code", word);
		json_text(&c->notes, "message", text);
		json_end(&c->notes);
		return;
	}
	if (c->quiet)
		return;
	fflush(stdout);
	fprintf(stderr, "mdevcompat: %snote:%s ", cli_color(c, stderr, COLOR_YELLOW),
		cli_color(c, stderr, COLOR_NONE));
	cli_print(stderr, str_from(text));
	putc('\n', stderr);
}

void cli_start_pager(struct cli *c)
{
	const char *pager = getenv("MDEVCOMPAT_PAGER");
	int fds[2];
	pid_t pid;

	if (!c->pager || c->pager_pid > 0)
		return;
	if (!pager)
		pager = getenv("PAGER");
	if (!pager)
		pager = "command -v less >/dev/null || exec cat; exec less";
	if (pager[0] == '\0' || strcmp(pager, "cat") == 0)
		return;
	if (pipe(fds) < 0)
		return;
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		dup2(fds[0], STDIN_FILENO);
		close(fds[0]);
		close(fds[1]);
		setenv("LESS", "FRSX", 0);
		execl("/bin/sh", "sh", "-c", pager, (char *)NULL);
		_exit(127);
	}
	if (pid > 0) {
		dup2(fds[1], STDOUT_FILENO);
		c->pager_pid = pid;
		signal(SIGPIPE, SIG_IGN);
	}
	close(fds[0]);
	close(fds[1]);
}
