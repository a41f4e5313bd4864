/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * `migration-json`: the same as JSON (July 2020): {"self": [{...}], "compatible": [{...}, ...]} in
 * migration_compatible. An entry is the whole of a device: what it leaves out must be absent.
 */
#include <errno.h>

#include "engine/adapter/compatible.h"
#include "engine/adapter/interfaces.h"
#include "engine/adapter/json.h"

static int take_object(struct speaker *p, struct said *s, const struct json_node *object,
	struct said_block *into)
{
	const struct json_node *n;
	int r = 0;

	if (object->kind != JSON_OBJECT)
		return speak_unreadable(p, s->place, "an entry is an object");
	for (n = object->first; r == 0 && n; n = n->next) {
		if (n->kind != JSON_STRING && n->kind != JSON_NUMBER)
			return speak_unreadable(p, s->place, "a value is a string or a number");
		r = said_add(p, s, into, n->name, n->text);
	}
	return r;
}

int migration_json_speak(struct speaker *p)
{
	struct said said = { .place = STR("migration_compatible"), .whole = true };
	const struct json_node *root, *self, *list, *n;
	struct said_block *block;
	struct str text, why = { 0 };
	int r;

	r = speak_find(p, said.place, &text, &said.from);
	if (r == 0)
		r = json_parse(p->a, text, &root, &why);
	if (r == -EINVAL)
		return speak_fail(p, STATUS_UNREADABLE_FACT, said.place, why);
	if (r < 0)
		return r;
	self = json_member(root, STR("self"));
	list = json_member(root, STR("compatible"));
	if (!self || !list || list->kind != JSON_ARRAY)
		return speak_unreadable(p, said.place, "no \"self\", or no list \"compatible\"");
	if (self->kind == JSON_ARRAY) {
		if (!self->first || self->first->next)
			return speak_unreadable(p, said.place, "\"self\" is one device");
		self = self->first;
	}
	r = take_object(p, &said, self, &said.self);
	for (n = list->first; r == 0 && n; n = n->next) {
		r = said_add_block(p, &said, &block);
		if (r == 0)
			r = take_object(p, &said, n, block);
	}
	return r < 0 ? r : said_speak(p, &said);
}
