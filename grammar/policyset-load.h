/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What the files that make a policy set share while they do; nobody else looks at it. */
#include "grammar/policyset.h"

enum claim_class {
	CLAIM_NORMAL = 0,
	CLAIM_FALLBACK, /* steps aside for a normal one */
	CLAIM_NARROWS,	/* takes away from the one that answers */
};

/* One file's wish to speak about one pair. */
struct scope_claim {
	enum subject_kind kind;
	struct str driver;
	enum claim_class class;
	uint32_t file;
	enum mdc_status status; /* what the pair gets: OK, POLICY_STALE, or no fingerprint */
	struct place place;	/* in the text that is on disk; line 0: not known */
	struct str narrows;	/* CLAIM_NARROWS: the policy it takes away from */
	struct str policy;	/* its own name; empty: not known */
	bool won, applied;
};

struct load {
	struct arena *arena;
	struct arena *scratch; /* for what compiling makes; may be .arena */
	const struct policyset_options *o;
	struct diags *d;
	struct policy_file *file;
	uint32_t n;
	struct source *source;
	const struct policy **policy;
	struct image_input *input;
	struct scope_claim *claim;
	uint32_t n_claims, room;
	struct image_scope *scope;
	uint32_t n_scopes;
	struct fit { /* by file: what was said of it last as a narrowing one */
		uint32_t with; /* the file that it narrows, from 1; 0: none yet */
		bool fits;
	} *fit;
	struct policyset_share *share; /* of each claim */
	bool broken;
};

/* Text in the arena, which does not depend on how many diagnostics were kept. */
struct str load_text(struct arena *a, const char *fmt, ...) _printf_(2, 3);

/* Deals all claims out: fills .scope and .share, says what is wrong with them, and marks files that no pair needs.
 * 0, -ENOMEM. */
int load_deal_out(struct load *l);
