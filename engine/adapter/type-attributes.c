/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * `type-attributes`: the last proposal (Yan Zhao, 9 September 2020): one file for each
 * attribute in the mdev type's folder, and a list of what must be set on the instance.
 * `compatible_type` counts for `cross-type-attributes` only; the posting tells management
 * to ignore it.
 */
#include <errno.h>

#include "engine/adapter/interfaces.h"
#include "engine/adapter/speak.h"
#include "engine/base/macro.h"

/* `compatible_NAME`: the target's values must be a superset of the source's. */
static int add_set(struct speaker *p, struct str name)
{
	struct str text, from;
	struct spoken_attr *s;
	int r;

	r = speak_need(p, name, &text, &from);
	if (r < 0)
		return r;
	s = speak_attr(p, name, VT_SET);
	if (!s)
		return speak_error(p);
	s->raw = text;
	s->from = from;
	s->absent = false;
	s->value.type = s->attr.type.type;
	r = speak_words(p, text, &s->value.set);
	if (r < 0)
		return r;
	return value_valid(&s->value)
		       ? 0
		       : speak_unreadable(p, name, "bytes that are not printable ASCII");
}

static int add_sets(struct speaker *p)
{
	struct str *name;
	uint32_t i, n;
	int r = -ENOENT;

	if (p->in->files->list)
		r = p->in->files->list(
			p->in->files->ctx, p->a, p->home, STR(""), &name, &n);
	if (r == -ENODEV || r == -ENOMEM || r == -E2BIG)
		return r;
	if (r < 0)
		return speak_unreadable(
			p, STR("compatible_"), "the folder cannot be listed");
	for (i = 0; r == 0 && i < n; i++)
		if (str_starts(name[i], STR("compatible_")) &&
			!str_eq(name[i], STR("compatible_type")))
			r = add_set(p, name[i]);
	return r;
}

/* The last part of a path below the device, all of whose parts are names; else the empty text. */
static struct str resource_name(struct str path)
{
	struct str part;
	size_t i;

	for (;;) {
		i = str_find(path, '/');
		part = str_sub(path, 0, i);
		if (i == path.n)
			return part;
		if (!speak_name_valid(part))
			return (struct str){ 0 };
		path = str_sub(path, i + 1, path.n);
	}
}

/* One instance attribute that is set on the target before migration. A type has none yet. */
static int add_resource(struct speaker *p, struct str name)
{
	struct str text, from = { 0 }, last = resource_name(name);
	struct spoken_attr *s;
	int r;

	if (!speak_name_valid(last))
		return speak_unreadable(p, name, "no name for an attribute");
	s = speak_attr(p, last, VT_STRING);
	if (!s)
		return speak_error(p);
	s->attr.presence = PRESENCE_DEFAULT_ABSENT;
	s->attr.dynamic = true;
	s->attr.fact =
		(struct fact){ .kind = FACT_DEVICE, .path[0] = name, .n_paths = 1 };
	if (!p->in->instance)
		return 0;
	r = speak_read(p, FACT_DEVICE, name, &text, &from);
	if (r == -ENOENT)
		return speak_fail(p, STATUS_MISSING_FACT, name,
			STR("named in dynamic_resources, and the device has no such "
			    "file"));
	if (r < 0)
		return r;
	if (!speak_one_line(text))
		return speak_unreadable(p, name, "bytes that are not printable ASCII");
	s->raw = text;
	s->from = from;
	s->absent = false;
	s->value.type = s->attr.type.type;
	s->value.word = text;
	return 0;
}

static int add_resources(struct speaker *p)
{
	struct word_set words;
	struct str text, from;
	uint32_t i;
	int r;

	r = speak_read(p, p->home, STR("dynamic_resources"), &text, &from);
	if (r == -ENOENT)
		return 0;
	if (r == 0)
		r = speak_words(p, text, &words);
	for (i = 0; r == 0 && i < words.n; i++)
		r = add_resource(p, words.w[i]);
	return r;
}

/* The own type, and those that compatible_type lists. */
static int type_clause(struct speaker *p)
{
	struct word_set types;
	struct str text, from;
	int r;

	if (!p->in->type.p)
		return 0;
	r = speak_read(p, p->home, STR("compatible_type"), &text, &from);
	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return r;
	if (!speak_one_line(text))
		return speak_unreadable(
			p, STR("compatible_type"), "bytes that are not printable ASCII");
	r = speak_words(p, text, &types);
	/* The own one is one word, blanks and all. */
	if (r == 0)
		r = speak_add_word(p, p->in->type, &types);
	if (r == 0)
		speak_in(p, ATTR_TYPE, types);
	return r;
}

/* "its value can be one of": another one says that the file is something else. */
static int add_device_api(struct speaker *p)
{
	static const struct str api[] = { STR_INIT("vfio-pci"), STR_INIT("vfio-platform"),
		STR_INIT("vfio-amba"), STR_INIT("vfio-ccw"), STR_INIT("vfio-ap") };
	static const struct str file = STR_INIT("device_api");
	struct str text, from;
	size_t i;
	int r;

	r = speak_need(p, file, &text, &from);
	if (r < 0)
		return r;
	for (i = 0; i < ARRAY_SIZE(api); i++)
		if (str_eq(text, api[i]))
			return speak_string(p, file, text, from, NULL);
	return speak_unreadable(p, file, "none of vfio-pci, vfio-platform, vfio-amba, vfio-ccw, vfio-ap");
}

static int speak(struct speaker *p, bool cross)
{
	struct str text, from;
	uint16_t version;
	uint32_t i;
	int r;

	r = add_device_api(p);
	if (r == 0)
		r = speak_need(p, STR("software_version"), &text, &from);
	if (r == 0)
		r = speak_version(p, STR("software_version"), text, from, &version);
	if (r == 0)
		r = add_sets(p);
	if (r == 0)
		r = add_resources(p);
	if (r == 0)
		r = speak_block(p);
	if (r < 0)
		return r;
	/* The source's major part, and a minor one that is not above the target's. */
	speak_clause(p, version, OP_NOT_NEWER)->operand.kind = OPERAND_SELF;
	for (i = 0; i < p->n_attrs; i++) {
		uint16_t attr = (uint16_t)(ATTR_FIRST + i);

		if (p->attr[i].attr.type.type.tag == VT_SET)
			speak_clause(p, attr, OP_SUBSET)->operand.kind = OPERAND_SELF;
		if (!p->attr[i].attr.dynamic)
			continue;
		/* The target has to be set to the source's value: without one nothing can be. */
		speak_clause(p, attr, OP_PRESENT);
		speak_claim(p, attr);
	}
	return cross ? type_clause(p) : 0;
}

int type_attributes_speak(struct speaker *p)
{
	return speak(p, false);
}

int cross_type_attributes_speak(struct speaker *p)
{
	return speak(p, true);
}
