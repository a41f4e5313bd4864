/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How udevd (252) reads what a helper printed: the text ends at the first NUL, lines end at LF
 * or CR; of a line blanks at both ends go, one that begins with '#' is a comment, key and value
 * stand around the first '='; blanks around both go, one pair of quotes comes off the value, a
 * quote without its partner or an empty value drops the line. Keys are not looked at.
 */
#ifndef TESTS_HELPER_UDEV_LINES_H
#define TESTS_HELPER_UDEV_LINES_H

#include <stdbool.h>
#include <string.h>

static inline bool udev_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static inline char *udev_strip(char *s)
{
	size_t n;

	while (udev_blank(*s))
		s++;
	n = strlen(s);
	while (n > 0 && udev_blank(s[n - 1]))
		s[--n] = '\0';
	return s;
}

/* Calls @each for every property of the text, which it takes apart. */
static inline void udev_lines(char *text, void (*each)(void *, const char *, const char *),
	void *ctx)
{
	char *line, *key, *value, *end;
	size_t n;

	for (line = text; line; line = end ? end + 1 : NULL) {
		end = strpbrk(line, "\n\r");
		if (end)
			*end = '\0';
		key = udev_strip(line);
		if (*key == '\0' || *key == '#')
			continue;
		value = strchr(key, '=');
		if (!value)
			continue;
		*value++ = '\0';
		key = udev_strip(key);
		value = udev_strip(value);
		n = strlen(value);
		if (*key == '\0' || n == 0)
			continue;
		if (*value == '"' || *value == '\'') {
			if (n < 2 || value[n - 1] != *value)
				continue;
			value[n - 1] = '\0';
			value++;
		}
		each(ctx, key, value);
	}
}

/* Is it one of the keys that we ever print? */
static inline bool our_key(const char *key)
{
	static const char *const fixed[] = { "TYPES", "CLASH", "STATUS", "COUNT", "TYPE",
		"FINGERPRINT", "CLAIMS", "POLICY", "DESCRIPTOR" };
	size_t i;

	if (strncmp(key, "MDEV_COMPAT_", 12) != 0)
		return false;
	key += 12;
	for (i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
		if (strcmp(key, fixed[i]) == 0)
			return true;
	if (strncmp(key, "FP_", 3) != 0)
		return false;
	return key[3 + strspn(key + 3, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				       "0123456789_")] == '\0';
}

static inline bool our_value(const char *value)
{
	return value[strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				   "0123456789._:,/@=- ")] == '\0';
}

#endif
