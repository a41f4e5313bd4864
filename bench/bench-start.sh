# SPDX-License-Identifier: LGPL-2.1-or-later
# A part of bench/run: starting the binary for a light verb, next to a program that opens a
# database and answers. The goal is 1.0 ms where `systemd-hwdb query` takes 1.5.
set -eu
. "$bench_src/bench/lib.sh"

ours=$(median_us "$mdevcompat range contains 2.0.<2,3,4>,2.1+ 2.1.3")
hwdb=$(median_us "systemd-hwdb query mdev:none")
nothing=$(median_us /bin/true)
figure "mdevcompat range contains" "$ours" us
figure "systemd-hwdb query" "$hwdb" us
figure "/bin/true" "$nothing" us
figure "the first against the second" "$(ratio "$ours" "$hwdb")" times "<=" 0.67
figure "the first against the third" "$(ratio "$ours" "$nothing")" times
echo "# in the way: exec, ld.so and libc's own start, which /bin/true pays alike, $(ratio "$nothing" "$hwdb") times"
echo "# the query by themselves; a program without them could not load its libraries when they are asked for"
