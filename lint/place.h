/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/base/diag.h"
#include "engine/image/model.h"

/*
 * From a place of the compiled form back to the text: the statement, or the head of the block,
 * that begins there. Empty at the beginning of the text when the place is nowhere in it.
 */
struct span place_span(const struct source *src, struct place at);
