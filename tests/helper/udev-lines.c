/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Prints the properties that udevd would take from its standard input, sorted by nobody. Exits
 * with 1 when one of them is not ours. */
#include <stdio.h>

#include "tests/helper/udev-lines.h"

static int strange;

static void each(void *ctx, const char *key, const char *value)
{
	printf("%s=%s\n", key, value);
	if (!our_key(key) || !our_value(value))
		strange = 1;
}

int main(void)
{
	static char text[65536];
	size_t n = fread(text, 1, sizeof(text) - 1, stdin);

	if (strlen(text) != n)
		strange = 1;
	udev_lines(text, each, NULL);
	return strange;
}
