#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Starting the binary for a light verb, against a program that opens a database and answers.
# Goal: 1.0 ms where `systemd-hwdb query` takes 1.5.
set -eu
. "$BENCH_DIR/lib.sh"

ours=$(median_us "$MDEVCOMPAT range contains 2.0.<2,3,4>,2.1+ 2.1.3")
hwdb=$(median_us "systemd-hwdb query mdev:none")
row "start: range contains" "$ours us" "systemd-hwdb query $hwdb us, ratio $(ratio "$ours" "$hwdb"), goal 0.67" \
	"$(within "$(ratio "$ours" "$hwdb")" 0.67)"
