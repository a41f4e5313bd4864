/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of interfaces. What their files say is for engine/adapter to know. */
#include "engine/image/interface.h"
#include "engine/base/macro.h"

#define INTERFACE_ROW(id, name, list, brings) { STR_INIT(name), list, STR_INIT(brings) },
const struct interface interfaces[INTERFACE_MAX_] = { INTERFACES(INTERFACE_ROW) };
#undef INTERFACE_ROW

int interface_find(struct str name)
{
	int i;

	for (i = 0; i < INTERFACE_MAX_; i++)
		if (str_eq(interfaces[i].name, name))
			return i;
	return -1;
}

bool interface_reserves(struct str name)
{
	return str_eq(name, STR(INTERFACE_MARKER)) || str_eq(name, STR(INTERFACE_JUDGES));
}

bool interface_brings(enum interface_id id, struct str name)
{
	struct str rest = interfaces[id].brings, word;
	size_t i;

	while (rest.n > 0) {
		i = str_find(rest, ' ');
		word = str_sub(rest, 0, i);
		rest = str_sub(rest, i + 1, rest.n);
		if (word.p[word.n - 1] == '*'
				? str_starts(name, str_sub(word, 0, word.n - 1))
				: str_eq(name, word))
			return true;
	}
	return interface_reserves(name);
}
