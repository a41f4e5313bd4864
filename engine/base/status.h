/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>

#include "engine/base/str.h"

/*
 * What became of a subject: the codes of MDEV_COMPAT_STATUS, of `unknown:<code>` and of --json.
 * One table; the words never change their meaning, and images store the numbers: new ones go to
 * the end. The second column says whether a subject with this status has a fingerprint.
 * "partial" is said of parents only.
 */
#define MDC_STATUS(X)                                                                         \
	X(STATUS_NO_POLICY, "no-policy", false, "no policy speaks about this driver")         \
	X(STATUS_OK, "ok", true, "all well")                                                  \
	X(STATUS_DESCRIPTOR_LONG, "descriptor-long", true,                                    \
		"the descriptor is too long for a udev property; `mdevcompat info` has it")   \
	X(STATUS_POLICY_STALE, "policy-stale", true,                                          \
		"the policy file is broken; its last good form is in use")                    \
	X(STATUS_POLICY_ERROR, "policy-error", false,                                         \
		"the policy file is broken and has no last good form")                        \
	X(STATUS_POLICY_OVERLAP, "policy-overlap", false,                                     \
		"two policies speak about this driver")                                       \
	X(STATUS_LANGUAGE_TOO_NEW, "language-too-new", false,                                 \
		"the policy is written in a newer language than this program knows")          \
	X(STATUS_NO_IMAGE, "no-image", false,                                                 \
		"no compiled policy image; run `mdevcompat update`")                          \
	X(STATUS_IMAGE_VERSION, "image-version", false,                                       \
		"the policy image is of another version; run `mdevcompat update`")            \
	X(STATUS_IMAGE_DAMAGED, "image-damaged", false,                                       \
		"the policy image is damaged; run `mdevcompat update`")                       \
	X(STATUS_MISSING_FACT, "missing-fact", false,                                         \
		"a fact without default is not there")                                        \
	X(STATUS_UNREADABLE_FACT, "unreadable-fact", false,                                   \
		"a fact cannot be read, does not parse or lies outside its domain")           \
	X(STATUS_TOO_COMPLEX, "too-complex", false,                                           \
		"the rules for this subject pass a bound on size")                            \
	X(STATUS_TARGET_ONLY, "target-only", false,                                           \
		"only the driver can judge, on the target")                                   \
	X(STATUS_TOO_MANY_TYPES, "too-many-types", false,                                     \
		"the parent has more types than fit in udev's properties")                    \
	X(STATUS_PARTIAL, "partial", false, "the types of this parent have different statuses")

#define MDC_STATUS_ENUM(name, ...) name,
enum mdc_status { MDC_STATUS(MDC_STATUS_ENUM) STATUS_MAX_ };
#undef MDC_STATUS_ENUM

/* The code word, such as "missing-fact". Never NULL; "no-policy" for a value out of range. */
const char *status_name(enum mdc_status s);
/* One line for people, lower case, no full stop. */
const char *status_text(enum mdc_status s);
/* Does a subject with this status carry a fingerprint? */
bool status_has_fingerprint(enum mdc_status s);
