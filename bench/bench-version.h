/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One workload, given to everybody: is this version in that range? */
#ifndef BENCH_VERSION_H
#define BENCH_VERSION_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define INTERVALS_MAX 4

/* As the peers see it: texts, split into half-open intervals beforehand. */
struct version_test {
	const char *version;
	unsigned n;
	const char *lo[INTERVALS_MAX], *hi[INTERVALS_MAX];
};

/* Each returns how many of the @n tests say yes: the same number for all. */
size_t run_apt(const struct version_test *t, size_t n);
size_t run_solv(const struct version_test *t, size_t n);

#ifdef __cplusplus
}
#endif

#endif
