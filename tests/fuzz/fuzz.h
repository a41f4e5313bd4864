/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * A fuzz target is one file with this one function, as libFuzzer wants it. With
 * --enable-fuzzing it is linked into fuzz-NAME; always into replay-NAME, which feeds it files and
 * changed copies of them (replay.c), so that every target is run by `make check`.
 */
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
