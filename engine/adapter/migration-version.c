/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * `migration-version`: the read-write attribute of 2019 and 2020, on the type or on the device. Its
 * text is the driver's secret; only a write on the target judges it (`mdevcompat accepts`), so
 * there is nothing to be accepted here, and the status says why.
 */
#include "engine/adapter/interfaces.h"
#include "engine/adapter/speak.h"

int migration_version_speak(struct speaker *p)
{
	static const struct str file = STR_INIT("migration_version");
	struct str text, from;
	int r;

	r = speak_find(p, file, &text, &from);
	if (r == 0)
		r = speak_string(p, file, text, from, NULL);
	if (r == 0)
		p->out->status = STATUS_TARGET_ONLY;
	return r;
}
