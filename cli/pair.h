/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cli/subject.h"
#include "engine/eval/explain.h"

/*
 * A source and a target, found and judged: what match, explain and claim begin with.
 */
struct pair {
	struct host host;
	struct cli_subject source, target;
	struct explanation why;
	enum verdict verdict; /* unknown as long as nothing else is known */
};

/* Finds both and judges; points into itself. 0 (also when a side has no fingerprint), or the exit
 * code after a report. Close .host whatever it returns. */
int pair_judge(struct pair *p, const char *source, const char *target);

/* Which side has no fingerprint, and why; NULL: both have one. */
const char *pair_trouble(struct pair *p);
/* "rule NAME", or whose it is if it is no rule of the policy. */
const char *pair_rule(struct cli *c, struct str rule, bool spoken);
/* The deciding clause with its place, or pair_trouble(): line 2 of match. */
const char *pair_deciding_line(struct pair *p);
int verdict_exit(enum verdict v);

/* Keys of --json: verdict, source, target, decision. */
void pair_json(struct pair *p, struct json *j);
/* Keys line and column, null for none. */
void pair_json_place(struct json *j, struct place place);
/* A side: subject, status, fingerprint (null: none). */
void pair_json_side(struct cli *c, const char *key, const struct cli_subject *s);
/* .claims: attribute and value. */
void pair_json_claims(struct pair *p, struct json *j);
