/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Words for what the compiled form holds. What it means is known by grammar and eval. */
#include "engine/image/model.h"

const char *clause_op_name(enum clause_op op)
{
#define CLAUSE_OP_WORD(name, word) word,
	static const char *const words[] = { CLAUSE_OPS(CLAUSE_OP_WORD) };
#undef CLAUSE_OP_WORD

	return (unsigned)op < OP_MAX_ ? words[op] : "?";
}
