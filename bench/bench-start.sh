# SPDX-License-Identifier: LGPL-2.1-or-later
# A part of bench/run: starting the binary for a light verb, next to a program that opens a
# database and answers. The goal is 1.0 ms where `systemd-hwdb query` takes 1.5.
set -eu
. "$bench_src/bench/lib.sh"

ours=$(median_us "$mdevcompat range contains 2.0.<2,3,4>,2.1+ 2.1.3")
hwdb=$(median_us "systemd-hwdb query mdev:none")
figure "mdevcompat range contains" "$ours" us
figure "systemd-hwdb query" "$hwdb" us
figure "the first against the second" "$(ratio "$ours" "$hwdb")" times "<=" 0.67
