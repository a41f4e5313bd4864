/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/eval/explain.h"
#include "engine/eval/trial.h"

/* The two halves of explain(): in terms of rules, and of bare diagrams. Errors as explain(). */

/* Why the target's rules take the source's record, or do not. */
int explain_accepts(struct arena *a, const struct evaluation *target,
	const struct record *source, bool accepted, struct explanation *x);
/* The claims of a source that the target accepts: x->claim. -EUCLEAN: two contradict. */
int explain_claims(struct arena *a, const struct evaluation *target, const struct record *source,
	struct explanation *x);
/* Why the source's offers do not have the target's record. */
int explain_offers(struct arena *a, const struct evaluation *source,
	const struct record *target, struct explanation *x);

/* Text for people may be cut; a cut is shown. */
#define EXPLAIN_TEXT_MAX 8192
struct str explain_finish(struct arena *a, struct sbuf *b);
/* A value, or "absent" for NULL. */
void explain_put_value(struct sbuf *b, const struct value *v);
struct str explain_value(struct arena *a, const struct value *v);

/* All clauses of the block on one attribute, or what leaving it out means; and the computed claims that
 * hang on it. */
struct str explain_wants(struct arena *a, const struct trial *t, uint16_t attr, bool left_out);
/* One clause; NULL: explain_wants(). */
struct str explain_clause(struct arena *a, const struct trial *t, uint16_t attr,
	const struct clause *c, bool left_out);
/* Where a block speaks of an attribute that none of its clauses decides: at a claim, or at its beginning. */
struct place explain_claim_place(const struct block *block, uint16_t attr);
/* Does the block claim it, not just as what it leaves out? @computed: as anything but a copy. */
bool explain_claims_it(const struct block *block, uint16_t attr, bool computed);
