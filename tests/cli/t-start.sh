#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What it costs to start the program for a verb that needs nothing: beside a program that does
# nothing, in numbers that no other load on the machine changes.
. "$top_srcdir/tests/lib.sh"
. "$top_srcdir/tests/cli/lib.sh"
plan 3

# Each is a little above what was counted when it was set.
MORE_CALLS=10	# system calls above those of /bin/true
MORE_FAULTS=16	# page faults

set -- range contains '2.0.<2,3,4>,2.1+' 2.1.3

# count_calls PROGRAM...
count_calls() {
	env -i strace -c -S calls -U calls -o "$scratch/counts" "$@" >/dev/null
	awk '$1 ~ /^[0-9]+$/ { last = $1 } END { print last }' "$scratch/counts"
}

# count_faults PROGRAM...: the fewest of ten runs, as places are random.
count_faults() {
	python3 -c '
import os, sys
def run():
    pid = os.posix_spawn(sys.argv[1], sys.argv[1:], {},
        file_actions=[(os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)])
    return os.wait4(pid, 0)[2].ru_minflt
print(min(run() for i in range(10)))' "$@"
}

run "$m" "$@"
is "$rc" 0 "the answer is yes"
calls=$(($(count_calls "$m" "$@") - $(count_calls /bin/true)))
ok "system calls above those of a program that does nothing: $calls of at most $MORE_CALLS" \
	[ "$calls" -le "$MORE_CALLS" ]
faults=$(($(count_faults "$m" "$@") - $(count_faults /bin/true)))
ok "page faults above its: $faults of at most $MORE_FAULTS" [ "$faults" -le "$MORE_FAULTS" ]
done_testing
