/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>

#include "engine/base/str.h"

/*
 * The kernel interfaces that a policy may say a driver speaks (`speaks NAME;`). One
 * table, for the compiler and for engine/adapter, which reads them: name; who says
 * whether a device's list is of sources or of targets; the attributes that it brings on
 * its own account, for the compiler to keep others off (what a device names itself is not
 * among them; `*`: all that begin so).
 */
enum interface_list {
	LIST_FIXED = 0, /* the interface: no `as` */
	LIST_ACCEPTS,	/* of sources, unless the policy says `as offers` */
	LIST_ASK,	/* the postings disagree: the policy must say */
};

#define INTERFACES(X)                                                                \
	X(migration_version, "migration-version", LIST_FIXED, "migration_version")             \
	X(migration_info, "migration-info", LIST_FIXED, "model")                               \
	X(ccw_attributes, "ccw-attributes", LIST_FIXED,                                        \
		"software_version subchannel_type chpid_type mdev_type")                       \
	X(migration_compatible, "migration-compatible", LIST_ASK, "")                          \
	X(migration_files, "migration-files", LIST_ASK, "")                                    \
	X(migration_folders, "migration-folders", LIST_ASK, "")                                \
	X(migration_json, "migration-json", LIST_ASK, "")                                      \
	X(interface_version, "interface-version", LIST_ACCEPTS, "interface_version") \
	X(type_attributes, "type-attributes", LIST_FIXED,                            \
		"device_api software_version compatible_*")                          \
	X(cross_type_attributes, "cross-type-attributes", LIST_FIXED,                \
		"device_api software_version compatible_*")

#define INTERFACE_ENUM(id, ...) INTERFACE_##id,
enum interface_id { INTERFACES(INTERFACE_ENUM) INTERFACE_MAX_ };
#undef INTERFACE_ENUM

struct interface {
	struct str name;
	enum interface_list list;
	struct str brings; /* names, separated by one blank */
};

extern const struct interface interfaces[INTERFACE_MAX_];

/* Its number; -1: there is none of that name. */
int interface_find(struct str name);

/* Does it bring an attribute of that name on its own account? */
bool interface_brings(enum interface_id id, struct str name);

/* What stands in the record of a device whose list is of targets: the interface's name, and the set of
 * the attributes that its list judges. */
#define INTERFACE_MARKER "speaks"
#define INTERFACE_JUDGES "speaks_of"

/* Is it one of these? No driver may have an attribute of that name, nor a policy beside `speaks`: a
 * device that nobody judges would look like one that judges itself. */
bool interface_reserves(struct str name);
