/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <errno.h>

#include "grammar/compile.h"

/* What is known of a policy's text all the same; views into it. 0, -ENOMEM. */
int policy_partial_read(struct arena *a, struct str text, struct policy_partial *ret);
