#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What one run costs, in numbers that no other load on the machine changes: system calls, and user
# instructions counted one by one.  Who makes the helper dearer has to change a budget here.
. "$top_srcdir/tests/lib.sh"
. "$top_srcdir/tests/helper/lib.sh"
plan 7

# Each is a little above what was counted when it was set.
START_CALLS=25		# of an mdev: before its first fact and after its last
FACT_CALLS=4		# open, stat, read, close
REAL_FACT_CALLS=3	# the same below /sys: there are no pipes and devices there
TYPE_CALLS=0		# of one more type of a parent, beside its own facts: the parent's are there
INSTANCE_INSNS=205000	# an mdev with 12 facts

make_host
{
	echo 'policy twelve'
	echo 'on mdev nvidia'
	for n in 01 02 03 04 05 06 07 08 09 10 11 12; do
		echo "attr a$n string required parent f$n"
		echo "value of $n" >"$host/sys$gpu/f$n"
	done
	echo 'policy mtty'
	echo 'on mdev mtty'
	echo 'attr name string required type name'
	echo 'attr one string required parent one'
	echo 'attr other string absent parent other'
	echo 'attr version string absent module mtty version'
	echo "of all types" >"$host/sys$mtty/one"
} | make_image

# count_calls DEVPATH: sets $calls
count_calls() {
	env -i "$strace" -c -S calls -U calls -o "$scratch/counts" -E DEVPATH="$1" \
		"$id" --root "$host" --deadline 60000 >"$scratch/out"
	calls=$(awk '$1 ~ /^[0-9]+$/ { last = $1 } END { print last }' "$scratch/counts")
}
strace=$(command -v strace) || bail_out "no strace"

count_calls $mdev
like "$(cat "$scratch/out")" '^MDEV_COMPAT_STATUS=ok$' "an mdev with 12 facts"
instance_calls=$calls
DEVPATH=$mdev COUNT_FD=3 "$tools/count-insns" "$id" --root "$host" --deadline 600000 \
	>"$scratch/out" 3>"$scratch/insns"
instance_insns=$(sed -n 's/^instructions //p' "$scratch/insns")
diag "an mdev with 12 facts: $instance_calls system calls, $instance_insns instructions"

# The same as if it were this host's.
real_calls=0
if unshare -m true 2>/dev/null; then
	unshare -m sh -c 'mount --bind "$1/sys" /sys && shift && exec env -i "$@"' sh "$host" \
		"$strace" -c -S calls -U calls -o "$scratch/counts" -E DEVPATH=$mdev \
		"$id" --image "$image" --deadline 60000 >"$scratch/out"
	like "$(cat "$scratch/out")" '^MDEV_COMPAT_STATUS=ok$' "an mdev below /sys"
	real_calls=$(awk '$1 ~ /^[0-9]+$/ { last = $1 } END { print last }' "$scratch/counts")
	diag "below /sys: $real_calls system calls"
else
	skip 2 "needs a mount namespace"
fi

# Two parents that differ in the number of types alone.
count_calls $mtty
one_calls=$calls
add_type $mtty mtty-3 "Triple port serial"
count_calls $mtty
like "$(cat "$scratch/out")" '^MDEV_COMPAT_STATUS=ok$' "a parent with one more type"
type_calls=$((calls - one_calls))
diag "one more type with one fact of its own: $type_calls system calls"

within() {
	ok "$1: $2 of at most $3" [ "$2" -gt 0 -a "$2" -le "$3" ]
}
within "system calls of an mdev" $instance_calls $((START_CALLS + 12 * FACT_CALLS))
[ $real_calls = 0 ] || within "system calls of an mdev below /sys" $real_calls $((START_CALLS + 12 * REAL_FACT_CALLS))
within "system calls of a type" $type_calls $((TYPE_CALLS + FACT_CALLS))
within "instructions of an mdev" $instance_insns $INSTANCE_INSNS
done_testing
