/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/base/arena.h"
#include "engine/diagram/diagram.h"
#include "engine/eval/eval.h"

/*
 * Descriptors and fingerprints as texts (DESIGN 4; ARCHITECTURE.md, "Descriptor"):
 *
 *   mdc1 ":" RECORD "/" ACCEPTS [ "/" OFFERS ]
 *
 * Complete: two descriptors are judged without policy, sysfs or network, and never with
 * "unknown". Only the canonical spelling parses.
 */
struct descriptor {
	struct str text, record_text, accepts_text, offers_text;
	struct record record;
	struct dstore *store;
	dref accepts;
	bool has_offers;
	dref offers;
};

/* -EBADMSG: not a descriptor, or not in canonical spelling; -E2BIG: a bound; -ENOMEM. The
 * text must live as long as the arena is used. */
int descriptor_parse(struct arena *a, struct str text, struct descriptor *ret);

/* Does it begin as a descriptor (or fingerprint) does? No more than the first bytes. */
bool descriptor_looks_like(struct str text);
bool fingerprint_looks_like(struct str text);
/* Is it a well-formed fingerprint, canonical last characters included? */
bool fingerprint_valid(struct str text);

/* The fingerprint of the three texts; @own: accepts and offers hold for the own record. Writes
 * FINGERPRINT_LEN bytes and a NUL. */
void fingerprint_make(struct str record, struct str accepts, struct str offers, bool own,
	char ret[FINGERPRINT_LEN + 1]);

enum verdict { VERDICT_UNKNOWN = 0, VERDICT_INCOMPATIBLE, VERDICT_COMPATIBLE };

const char *verdict_name(enum verdict v);

/* The target accepts the source's record, and the source offers the target's. Never unknown. */
enum verdict descriptor_match(const struct descriptor *source, const struct descriptor *target);
