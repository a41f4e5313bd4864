/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Words of other languages, where the parser has met one. Knows what to write instead; whether the
 * word may stand there is the grammar's affair.
 */
#include "grammar/slip.h"

#include "engine/base/macro.h"

#define ALTERNATIVES \
	STR_INIT("alternatives are a list, `in A, B`, or a second block; end this clause with ';'")
#define ALL_HOLD \
	STR_INIT("all clauses of a block hold together: end this one with ';' and write the next")
#define EXCEPTIONS STR_INIT("exceptions are written `in A except B` or in a `refuse` block")
#define ACCEPTS STR_INIT("what a target takes is written in `accept same but { ... }`")
#define REFUSES STR_INIT("what a target never takes is written in `refuse { ... }`")
#define CONDITIONS STR_INIT("conditions stand in a rule: `rule NAME { when ...; accept same; }`")

static const struct {
	struct str word, help;
} slips[] = {
	{ STR_INIT("allow"), ACCEPTS },
	{ STR_INIT("and"), ALL_HOLD },
	{ STR_INIT("deny"), REFUSES },
	{ STR_INIT("forbid"), REFUSES },
	{ STR_INIT("if"), CONDITIONS },
	{ STR_INIT("not"), EXCEPTIONS },
	{ STR_INIT("or"), ALTERNATIVES },
	{ STR_INIT("permit"), ACCEPTS },
	{ STR_INIT("reject"), REFUSES },
	{ STR_INIT("unless"), EXCEPTIONS },
};

struct str slip_help(struct str word)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(slips); i++)
		if (str_eq(word, slips[i].word))
			return slips[i].help;
	return (struct str){ 0 };
}
