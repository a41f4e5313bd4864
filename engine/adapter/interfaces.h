/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/image/interface.h"

struct speaker;

/* One function for each interface: reads, adds attributes and accept blocks. They return
 * as the functions of speak.h do. */
#define INTERFACE_FUNCTION(id, ...) int id##_speak(struct speaker *p);
INTERFACES(INTERFACE_FUNCTION)
#undef INTERFACE_FUNCTION
