/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Descriptors and fingerprints that must never change by accident: hosts of different releases
 * compare them. golden.table has a policy file, a subject, the descriptor and the fingerprint on
 * four lines; `t-golden print` writes what they would be now. A change here is a change of the
 * format: it takes a new mdc number.
 */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/language/harness.h"
#include "tests/tap.h"

static struct str next_line(struct str *text)
{
	struct str line = str_sub(*text, 0, str_find(*text, '\n'));

	*text = str_sub(*text, line.n + 1, text->n);
	return line;
}

static void evaluate_line(struct arena *a, const char *dir, struct str file, struct str subject,
	struct evaluation *ret)
{
	struct line_subject s;
	struct str section;
	char path[4096];

	snprintf(path, sizeof(path), "%s/%.*s", dir, STR_FMT(file));
	section = compile_section(a, read_text(a, path));
	if (!section.p || !line_subject(subject, &s) || line_evaluate(a, section, &s, ret) < 0)
		bail_out("%s: cannot evaluate %.*s", path, STR_FMT(subject));
}

int main(int argc, char **argv)
{
	const char *srcdir = getenv("top_srcdir");
	bool print = argc > 1 && strcmp(argv[1], "print") == 0;
	char dir[2048], path[4096];
	struct str text, rest, lines;
	struct arena a;
	unsigned n = 0;

	/* Whatever the locale says about letters and numbers. */
	setlocale(LC_ALL, "");
	arena_init(&a, 256 << 20);
	snprintf(dir, sizeof(dir), "%s/tests/language", srcdir ? srcdir : ".");
	snprintf(path, sizeof(path), "%s/golden.table", dir);
	text = read_text(&a, path);
	for (lines = text; lines.n > 0; n++)
		next_line(&lines);
	if (n % 4 != 0)
		bail_out("golden.table has %u lines", n);
	if (!print)
		plan(n / 2);
	for (rest = text; rest.n > 0;) {
		struct str file = next_line(&rest), subject = next_line(&rest);
		struct str descriptor = next_line(&rest), fingerprint = next_line(&rest);
		struct evaluation e;

		evaluate_line(&a, dir, file, subject, &e);
		if (print) {
			printf("%.*s\n%.*s\n%.*s\n%s\n", STR_FMT(file), STR_FMT(subject),
				STR_FMT(e.descriptor), e.fingerprint);
			continue;
		}
		ok(str_eq(e.descriptor, descriptor), "%.*s: the descriptor", STR_FMT(subject));
		ok(str_eq(str_from(e.fingerprint), fingerprint), "%.*s: the fingerprint %s",
			STR_FMT(subject), e.fingerprint);
	}
	arena_release(&a);
	return print ? 0 : done_testing();
}
