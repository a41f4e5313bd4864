/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Small questions about the compiled form. What it means is known by grammar and eval. */
#include "engine/image/model.h"

const char *clause_op_name(enum clause_op op)
{
#define CLAUSE_OP_WORD(name, word) word,
	static const char *const words[] = { CLAUSE_OPS(CLAUSE_OP_WORD) };
#undef CLAUSE_OP_WORD

	return (unsigned)op < OP_MAX_ ? words[op] : "?";
}

bool clause_op_fits(enum clause_op op, struct value_type t)
{
	switch (op) {
	case OP_SUBSET:
	case OP_SUPERSET:
	case OP_DISJOINT:
		return value_type_is_long(t);
	case OP_LE:
	case OP_GE:
		return value_type_is_line(t);
	case OP_NOT_NEWER:
		return t.tag == VT_VERSION;
	case OP_EQ:
	case OP_IN:
	case OP_ANY:
	case OP_ABSENT:
	case OP_PRESENT:
		return true;
	case OP_MAX_:
		break;
	}
	return false;
}

bool attr_reads_alike(const struct attr *a, const struct attr *b)
{
	if (!value_type_eq(a->type.type, b->type.type))
		return false;
	if (a->presence != PRESENCE_DEFAULT || b->presence != PRESENCE_DEFAULT)
		return a->presence != PRESENCE_DEFAULT && b->presence != PRESENCE_DEFAULT;
	return value_eq(&a->dflt, &b->dflt);
}
