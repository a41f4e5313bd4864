/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "grammar/ast.h"

/*
 * Text to syntax tree. Returns 0 with *ret; -EBADMSG when there were errors of bytes, words or
 * grammar (reported; *ret, which then may lack anything, is set all the same); -EPROTO when the
 * text says it is written in a language that we do not know (reported, and nothing else is);
 * -ENOMEM.
 */
int policy_parse(struct arena *a, const struct source *src, struct diags *d,
	struct ast_policy **ret);

/* The newest language this compiler knows. */
#define POLICY_LANGUAGE 1
