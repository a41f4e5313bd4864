/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * `ccw-attributes`: what Cornelia Huck listed for vfio-ccw (13 August 2020). Which channel paths there
 * are cannot be the same on two machines, so chpid_mask is not read.
 */
#include <errno.h>

#include "engine/adapter/interfaces.h"
#include "engine/adapter/speak.h"
#include "engine/image/attr-parse.h"

static int add_number(struct speaker *p, struct str name, enum int_format format,
	struct str text, struct str from)
{
	struct spoken_attr *s = speak_attr(p, name, VT_INT);
	struct str why = { 0 };
	int r;

	if (!s)
		return speak_error(p);
	s->attr.type.int_format = format;
	s->raw = text;
	s->from = from;
	s->absent = false;
	r = attr_parse(p->a, &s->attr.type, text, &s->value, NULL, &why);
	return r == -EINVAL ? speak_fail(p, STATUS_UNREADABLE_FACT, name, why) : r;
}

int ccw_attributes_speak(struct speaker *p)
{
	struct str text, from;
	uint16_t version;
	int r;

	r = speak_find(p, STR("software_version"), &text, &from);
	if (r == 0)
		r = speak_version(p, STR("software_version"), text, from, &version);
	if (r == 0)
		r = speak_need(p, STR("subchannel_type"), &text, &from);
	if (r == 0)
		r = add_number(p, STR("subchannel_type"), INT_DECIMAL, text, from);
	if (r < 0)
		return r;
	/* Only I/O subchannels have channel paths. */
	r = speak_read(p, p->home, STR("chpid_type"), &text, &from);
	if (r == 0)
		r = add_number(p, STR("chpid_type"), INT_HEX, text, from);
	if (r < 0 && r != -ENOENT)
		return r;
	r = speak_read(p, p->home, STR("type"), &text, &from);
	if (r == 0)
		r = speak_string(p, STR("mdev_type"), text, from, NULL);
	if (r < 0 && r != -ENOENT)
		return r;
	r = speak_block(p);
	if (r == 0)
		speak_clause(p, version, OP_NOT_NEWER)->operand.kind = OPERAND_SELF;
	return r;
}
