/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/image/model.h"

/* A compiled policy as text, everything that means something in a fixed order; for goldens. */
void dump_model(struct sbuf *b, const struct policy *p);
