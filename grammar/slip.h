/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/base/str.h"

/* What to write instead of a word that other languages have and this one has not; empty: nothing
 * is known of it. */
struct str slip_help(struct str word);
