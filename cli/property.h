/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cli/subject.h"

/*
 * What udev's database says of a subject, beside what is read from sysfs now. Properties are as of
 * udev's last event, and nobody sends one when an aggregator is written.
 */
struct property_view {
	const char *key;  /* MDEV_COMPAT_FINGERPRINT, MDEV_COMPAT_FP_<name>; NULL: not asked */
	struct str value; /* .p NULL: udev has none */
	const char *now;  /* what it would be; NULL: none */
	bool looked;	  /* udev's rules ran for the device at some time */
	bool current;
};

/* Compares; @s is judged. .key is NULL for what udev does not know: device files, descriptors,
 * another root, --policies. Never fails. */
void property_look(struct cli *c, const struct cli_subject *s, struct property_view *ret);

/* MDEV_COMPAT_FP_<name> without clashes in mind. In the run's arena. */
const char *property_type_key(struct cli *c, struct str type);

/* Says on standard error that they differ, if they do. */
void property_note(struct cli *c, const struct cli_subject *s, const struct property_view *v);
/* .udev of --json: null, or property, value, now, current. */
void property_json(struct json *j, const struct property_view *v);
