/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The peer libsolv: what zypper and dnf compare versions with. */
#include <solv/evr.h>
#include <solv/pool.h>

#include "bench-version.h"

size_t run_solv(const struct version_test *t, size_t n)
{
	static Pool *pool;
	size_t yes = 0;

	if (!pool)
		pool = pool_create();
	for (size_t i = 0; i < n; i++)
		for (unsigned j = 0; j < t[i].n; j++)
			if (pool_evrcmp_str(pool, t[i].version, t[i].lo[j],
				    EVRCMP_COMPARE) >= 0 &&
				pool_evrcmp_str(pool, t[i].version, t[i].hi[j],
					EVRCMP_COMPARE) < 0) {
				yes++;
				break;
			}
	return yes;
}
