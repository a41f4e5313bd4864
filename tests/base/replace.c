/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * `replace FOLDER NAME BYTE COUNT`: puts a file of COUNT times BYTE there. Started by t-replace.sh
 * under a tracer that kills it or makes its calls fail. Says on standard error which step failed.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/base/fs.h"

int main(int argc, char **argv)
{
	const char *step = "opening the folder";
	size_t n;
	int dir, r;
	char *p;

	if (argc != 5)
		return 2;
	n = strtoul(argv[4], NULL, 10);
	p = malloc(n + 1);
	if (!p)
		return 2;
	memset(p, argv[3][0], n);
	dir = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	r = dir < 0 ? -1 : fs_replace_step(dir, argv[2], (struct str){ p, n }, 0644, &step);
	free(p);
	if (r < 0)
		dprintf(STDERR_FILENO, "%s\n", step);
	return r < 0;
}
