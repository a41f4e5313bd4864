/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cli/host.h"
#include "engine/analyse/relation.h"

/*
 * Policies as prove and diff look at them: each with what narrows it, for the (kind, driver) pairs
 * that it answers for.
 */
struct unit {
	struct judged judged;
	struct str file;
	const uint32_t *narrows; /* inputs */
	uint32_t n_narrows;
	int32_t input;
};

struct unit_set {
	struct unit *unit;
	uint32_t n;
	struct image *image;
	const struct source *source; /* by input, where texts are at hand; else NULL */
	bool dark;		     /* some pairs have no policy that could be looked at */
};

/* What is in force, or in --policies. 0 or the exit code after a report. */
int units_of_host(struct host *h, struct unit_set *ret);
/* A policy file, or a folder of them. Broken files are EXIT_INPUT. */
int units_of_path(struct cli *c, const char *path, struct unit_set *ret);

/* Tells a terminal how far a long question has come. */
struct units_progress {
	struct cli *c;
	const char *what;
	int64_t began;
	bool shown;
};
struct relation_options units_options(struct units_progress *p);
void units_progress_end(struct units_progress *p);

/* Prints subjects side by side: one line for each value in which they differ, with the role of
 * whose it is, then those that all have. */
void units_print_subjects(const struct cli *c, const struct relation_subject *who, uint32_t n,
	const char *const *role, const char *indent);
/* The same as an array of objects. */
void units_json_subjects(struct cli *c, const char *key, const struct relation_subject *who,
	uint32_t n, const char *const *role);
