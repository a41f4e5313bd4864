/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of statuses as code can ask it. */
#include "engine/base/macro.h"
#include "engine/base/status.h"

static const struct {
	const char *name, *text;
	bool fingerprint;
} table[] = {
#define ROW(id, word, has_fp, line) [id] = { word, line, has_fp },
	MDC_STATUS(ROW)
#undef ROW
};

static size_t row(enum mdc_status s)
{
	return (size_t)s < ARRAY_SIZE(table) ? (size_t)s : STATUS_NO_POLICY;
}

const char *status_name(enum mdc_status s)
{
	return table[row(s)].name;
}

const char *status_text(enum mdc_status s)
{
	return table[row(s)].text;
}

bool status_has_fingerprint(enum mdc_status s)
{
	return table[row(s)].fingerprint;
}
