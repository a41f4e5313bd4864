/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/base/arena.h"
#include "engine/base/diag.h"
#include "engine/image/model.h"

/*
 * The front end's one door: text in, compiled policy or diagnostics out.
 *
 * @src must live as long as the arena: names and words may be views into it. Diagnostics go to
 * @d (at most POLICY_ERRORS_MAX are kept). Returns
 *   0         *ret is a policy without errors (warnings may have been reported);
 *   -EBADMSG  there were errors; *ret_partial, if not NULL, tells what is known of the policy's
 *             name and scopes all the same, so that a broken file can darken its own scope only;
 *   -EPROTO   `language N` with an N this compiler does not know (also reported);
 *   -ENOMEM.
 */
struct policy_partial {
	struct str name;
	uint32_t language;
	bool fallback;
	struct str narrows;
	const struct scope *scope;
	uint32_t n_scopes;
};

int policy_compile(struct arena *a, const struct source *src, struct diags *d,
	const struct policy **ret, struct policy_partial *ret_partial);

/*
 * `check --expand`: the policy as text in which each accept block has what it left out written
 * in (`profile == self;  # left out`; for a dynamic attribute the claim that is made). The text
 * compiles and means the same; names of constants, comments and tests are not in it, for they
 * are not in the compiled form. Appends to @b. 0; -ENOSPC: @b is too small.
 */
int policy_expand(const struct policy *p, struct sbuf *b);
