#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# update is atomic: killed at every system call, and with every system call that can fail failing,
# the old image or the new one is in force. Two updates wait for each other.
. "$top_srcdir/tests/lib.sh"
. "$top_srcdir/tests/cli/lib.sh"
command -v strace >/dev/null || skip_all "no strace"
plan 16

root=$scratch/root
etc=$root/etc/mdevcompat/policies
image=$root/etc/mdevcompat/policies.bin
host "$root"
policy "$etc/10-a.policy" a nvidia
"$m" --root "$root" update >/dev/null || bail_out "no image"
cp "$image" "$scratch/old"
policy "$etc/20-b.policy" b mtty
"$m" --root "$root" update >/dev/null || bail_out "no image"
cp "$image" "$scratch/new"
isnt "$(sha256sum <"$scratch/old")" "$(sha256sum <"$scratch/new")" "there are two images"

# Leak reports of a killed program say nothing, and take a thread of their own.
ASAN_OPTIONS=detect_leaks=0
export ASAN_OPTIONS

# which FILE: old, new, or something else.
which_image() {
	if cmp -s "$1" "$scratch/old"; then echo old
	elif cmp -s "$1" "$scratch/new"; then echo new
	else echo neither; fi
}

cp "$scratch/old" "$image"
strace -qq -o "$scratch/trace" "$m" --root "$root" update >/dev/null 2>&1
is "$(which_image "$image")" new "strace stands in nobody's way"
# From the lock on; what comes before touches nothing.
first=$(grep -n 'flock(' "$scratch/trace" | head -n 1 | cut -d: -f1)
sed -n "${first:-1},\$p" "$scratch/trace" | sed -n 's/^\([a-z0-9_]*\)(.*/\1/p' >"$scratch/after"
ok "the lock was seen" test -s "$scratch/after"

# nth CALL: how many of this kind come before the lock.
before() {
	head -n "$((first - 1))" "$scratch/trace" | grep -c "^$1("
}

# every SYSCALLS INJECTION: each occurrence after the lock in turn; says what was wrong.
every() {
	for call in $1; do
		n=$(before "$call")
		last=$((n + $(grep -cx "$call" "$scratch/after")))
		while [ "$n" -lt "$last" ]; do
			n=$((n + 1))
			cp "$scratch/old" "$image"
			rm -f "$root"/etc/mdevcompat/.policies.bin*
			strace -qq -o /dev/null -e trace="$call" -e inject="$call:$2:when=$n" \
				"$m" --root "$root" update >"$scratch/said" 2>&1
			rc=$?
			w=$(which_image "$image")
			tries=$((tries + 1))
			[ "$w" != new ] || news=$((news + 1))
			[ "$w" != neither ] || echo "$call $n: neither"
			# An answer of 0 is a promise.
			[ "$rc" != 0 ] || [ "$w" = new ] || echo "$call $n: said done, and it is $w"
			"$m" --root "$root" info 0000:41:00.0/nvidia-231 >/dev/null 2>&1 ||
				echo "$call $n: no answer any more"
		done
	done
}

calls=$(sort -u "$scratch/after" | grep -vx -e exit_group -e exit | tr '\n' ' ')
diag "system calls: $calls"
tries=0 news=0
every "$calls" signal=KILL >"$scratch/wrong"
is "$(cat "$scratch/wrong")" "" "killed at every system call: old or new"
ok "there were many ($tries) of them" test "$tries" -gt 20
ok "the new one was seen ($news)" test "$news" -gt 0
ok "and the old one" test "$news" -lt "$tries"

files=$(printf '%s\n' $calls | grep -x -e openat -e open -e write -e pwrite64 -e fsync -e fdatasync \
	-e rename -e renameat -e renameat2 -e fchmod -e unlink -e unlinkat -e ftruncate -e linkat -e mkdir \
	-e fstat -e newfstatat -e pread64 -e read -e lseek -e fallocate | tr '\n' ' ')
tries=0
for errno in ENOSPC EIO; do
	every "$files" error=$errno >"$scratch/wrong"
	is "$(cat "$scratch/wrong")" "" "$errno at every call on files: old or new, and never a false yes"
done
ok "there were many ($tries) of them" test "$tries" -gt 20

# ---- what was left behind goes

cp "$scratch/old" "$image"
w=$(before write)
strace -qq -o /dev/null -e trace=fsync -e inject=fsync:signal=KILL:when=1 "$m" --root "$root" update \
	>/dev/null 2>&1
left=$(ls -A "$root/etc/mdevcompat" | grep -cv -x -e policies -e policies.bin)
ok "a killed update leaves a file behind ($left)" test "$left" -gt 0
"$m" --root "$root" update >/dev/null
is "$(ls -A "$root/etc/mdevcompat")" "policies
policies.bin" "the next one clears it away"

# ---- two at a time

cp "$scratch/old" "$image"
strace -qq -o /dev/null -e trace=fsync -e inject=fsync:delay_enter=1500000:when=1 \
	"$m" --root "$root" update >"$scratch/one" 2>&1 &
one=$!
i=0
while ! ls -A "$root/etc/mdevcompat" | grep -qv -x -e policies -e policies.bin && [ $i -lt 100 ]; do
	sleep 0.05
	i=$((i + 1))
done
run "$m" --root "$root" update
two=$rc
wait $one
is "$?" 0 "the first of two" || diag "$(cat "$scratch/one")"
is "$two" 0 "the second of two" || diag "$err"
like "$err" 'waiting for another update' "it waited"
is "$(which_image "$image")" new "and all is well"

done_testing
