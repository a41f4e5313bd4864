/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Points of a line and their neighbours. It knows how a version's last part carries into
 * the one before it; what an interval is, ranges.c knows.
 */
#include "engine/base/limits.h"
#include "engine/version/key.h"

static struct key version_next(struct key k, unsigned parts)
{
	uint32_t part[4];
	unsigned i;

	for (i = 0; i < 4; i++)
		part[i] = key_part(k, i);
	for (i = parts; i-- > 0; part[i] = 0)
		if (part[i] < VERSION_PART_MAX) {
			part[i]++;
			return key_from_parts(part);
		}
	return KEY_END;
}

struct key key_next(struct key k, enum line_kind line)
{
	if (key_is_end(k))
		return KEY_END;
	if (line != LINE_INT)
		return version_next(k, (unsigned)line - LINE_INT);
	if (k.lo == UINT64_MAX)
		return KEY_END;
	return (struct key){ k.hi, k.lo + 1 };
}

static struct key version_prev(struct key k, unsigned parts)
{
	uint32_t part[4] = { 0 };
	unsigned i;

	for (i = 0; i < parts; i++)
		part[i] = key_is_end(k) ? 0 : key_part(k, i);
	for (i = parts; i-- > 0; part[i] = VERSION_PART_MAX)
		if (part[i] > 0) {
			part[i]--;
			break;
		}
	return key_from_parts(part);
}

struct key key_prev(struct key k, enum line_kind line)
{
	if (line != LINE_INT)
		return version_prev(k, (unsigned)line - LINE_INT);
	return (struct key){ 0, key_is_end(k) ? UINT64_MAX : k.lo - 1 };
}

bool key_valid(struct key k, enum line_kind line)
{
	unsigned parts = (unsigned)line - LINE_INT, i;

	if (line == LINE_INT)
		return k.hi == 0;
	for (i = 0; i < 4; i++)
		if (key_part(k, i) > (i < parts ? VERSION_PART_MAX : 0))
			return false;
	return true;
}
