/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A C test that goes well or wrong as its argument says; t-tap.sh looks at what comes of it. */
#include <stdlib.h>
#include <string.h>

#include "tests/tap.h"

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "";

	if (!strcmp(how, "noplan"))
		return EXIT_SUCCESS;
	plan(3);
	ok(true, "first # of %s\nnot ok 2", "three");
	if (!strcmp(how, "early"))
		return EXIT_SUCCESS;
	if (!strcmp(how, "short"))
		return done_testing();
	if (!strcmp(how, "die"))
		abort();
	is_int(strcmp(how, "int") ? 7 : 8, 7, "seven");
	if (!strcmp(how, "skip"))
		skip(1, "no reason at all");
	else
		is_str(strcmp(how, "str") ? "a" : "a\n\xff", "a", "letter");
	if (!strcmp(how, "long"))
		ok(true, "one too many");
	return done_testing();
}
