/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The peer libapt-pkg: Debian's comparison of versions, without making strings of them.
 */
#include <apt-pkg/debversion.h>
#include <cstring>

#include "bench-version.h"

static int compare(const char *a, const char *b)
{
	return debVS.DoCmpVersion(a, a + strlen(a), b, b + strlen(b));
}

size_t run_apt(const struct version_test *t, size_t n)
{
	size_t yes = 0;

	for (size_t i = 0; i < n; i++)
		for (unsigned j = 0; j < t[i].n; j++)
			if (compare(t[i].version, t[i].lo[j]) >= 0 &&
				compare(t[i].version, t[i].hi[j]) < 0) {
				yes++;
				break;
			}
	return yes;
}
