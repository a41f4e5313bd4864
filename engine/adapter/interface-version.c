/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * `interface-version`: `interface_version` and the range list
 * `interface_version_compatible` beside it (Cornelia Huck, 4 August 2020), in the
 * spellings of that posting.
 */
#include <errno.h>

#include "engine/adapter/interfaces.h"
#include "engine/adapter/speak.h"
#include "engine/image/attr-parse.h"

int interface_version_speak(struct speaker *p)
{
	static const struct str file = STR_INIT("interface_version");
	static const struct str list = STR_INIT("interface_version_compatible");
	struct attr_type versions = { .list = true };
	struct str text, from, why = { 0 };
	struct ranges ranges;
	struct value none;
	struct clause *c;
	uint16_t attr;
	int r;

	r = speak_find(p, file, &text, &from);
	if (r == 0)
		r = speak_version(p, file, text, from, &attr);
	if (r == 0)
		r = speak_need(p, list, &text, &from);
	if (r < 0)
		return r;
	versions.type = p->attr[attr - ATTR_FIRST].attr.type.type;
	versions.major = p->attr[attr - ATTR_FIRST].attr.type.major;
	if (text.n == 0)
		ranges = RANGES_NONE; /* an empty list is one: nothing is compatible */
	else
		r = attr_parse(p->a, &versions, text, &none, &ranges, &why);
	if (r == -EINVAL)
		return speak_fail(p, STATUS_UNREADABLE_FACT, list, why);
	if (r == 0)
		r = speak_block(p);
	if (r < 0)
		return r;
	c = speak_clause(p, attr, OP_IN);
	c->operand.kind = OPERAND_RANGES;
	c->operand.ranges = ranges;
	return 0;
}
