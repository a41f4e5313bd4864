/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cli/pair.h"

/*
 * claim between its two halves: cmd-claim.c knows what has to be set and says it, claim-apply.c sets it.
 */

/* One attribute of the target. */
struct setting {
	const struct claim_value *claim;
	const struct attr *attr;
	const struct fact_result *fact;
	struct str value;    /* for people */
	struct str text;     /* for the file; .p NULL: none */
	struct str shown;    /* the file, for people; .p NULL: no file sets it */
	struct str path;     /* below sysfs; .p NULL: none, as there is no device yet */
	struct str before;   /* what the file held */
	const char *cannot;  /* why it cannot be set, or NULL */
	bool is_set;	     /* it is what it has to be */
	bool written;
};

struct claiming {
	struct cli *c;
	struct pair *p;
	struct setting *set;
	uint32_t n;
	bool applied, triggered;
	int lock_fd; /* the device's folder; -1: not locked */
};

/* What the target's evaluation says of an attribute; NULL: its policy has none of that name. */
const struct fact_result *claim_fact(const struct evaluation *e, struct str name,
	const struct attr **ret_attr);
/* For people. In the run's arena. */
struct str claim_value_text(struct cli *c, const struct value *v);
bool claim_satisfied(const struct value *want, const struct value *have);

/*
 * For --apply, before anything is judged: from here on no other `claim --apply` sets the device. Does
 * not wait for one that does. 0, or the exit code after a report.
 */
int claim_lock(struct claiming *k, const struct device *d);
/* Sets all. 0, or the exit code after a report; then nothing is set, or what still is was reported. The
 * signals that end a program are blocked from the first write on, for the rest of the run. */
int claim_apply(struct claiming *k);
