/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which paths are no facts, whatever is there. For the compiler and for all that read facts. */
#include "engine/base/macro.h"
#include "engine/image/model.h"

/* How much is left is the scheduler's affair, and reading some files does something. */
const char *fact_forbidden(struct str path)
{
	static const struct {
		struct str name;
		const char *why;
	} list[] = {
		{ STR_INIT("available_instances"), "capacity is not compatibility" },
		{ STR_INIT("creatable_vgpu_types"), "capacity is not compatibility" },
		{ STR_INIT("config"), "it is the device's configuration space" },
		{ STR_INIT("remove"), "it removes the device" },
		{ STR_INIT("rescan"), "it scans the bus" },
		{ STR_INIT("reset"), "it resets the device" },
		{ STR_INIT("rom"), "it is the device's ROM" },
		{ STR_INIT("vpd"), "reading it can take very long" },
	};
	struct str last = path_name(path);
	size_t i;

	if (str_starts(path, STR("devices/")) || str_eq(path, STR("devices")))
		return "capacity is not compatibility";
	for (i = 0; i < ARRAY_SIZE(list); i++)
		if (str_eq(last, list[i].name))
			return list[i].why;
	if (str_starts(last, STR("resource")) && last.n > 8 && ascii_isdigit(last.p[8]))
		return "it is the device's memory";
	return NULL;
}
