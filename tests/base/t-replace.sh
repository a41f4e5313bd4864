#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A file that is replaced is the old one or the new one, whole: killed before and after every
# system call, with every call failing in turn, and with several writers at once.
. "$top_srcdir/tests/lib.sh"
plan 16

replace=$top_builddir/tests/base/replace
dir=$scratch/dir
size=100000

# old: starts over with a known old file.
old() {
	rm -rf "$dir"
	mkdir "$dir"
	head -c 5000 /dev/zero | tr '\0' o >"$dir/f"
}

# state: what is under the name now.
state() {
	case $(head -c 1 "$dir/f" 2>/dev/null)$(tr -d "${1:-on}" <"$dir/f" | wc -c),$(wc -c <"$dir/f") in
	o0,5000) echo old ;;
	n0,$size) echo new ;;
	*) echo torn ;;
	esac
}

old
ok "a file is replaced" "$replace" "$dir" f n $size
is "$(state) $(stat -c %a "$dir/f") $(ls -A "$dir")" "new 644 f" \
	"whole, readable for all, and alone in its folder"

# A leak check stops the program itself, which nobody can do who is traced already.
ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0
export ASAN_OPTIONS

if ! strace -f -o /dev/null true 2>/dev/null; then
	skip 14 "strace cannot trace here"
	done_testing
fi

# How many calls there are from the first that touches the folder on.
old
strace -o "$scratch/calls" "$replace" "$dir" f n $size
first=$(grep -n "\"$dir\"" "$scratch/calls" | sed -n '2s/:.*//p')
total=$(wc -l <"$scratch/calls")
ok "the trace begins at call $first of $total" test "${first:-0}" -gt 0

# What no kill can show: nothing has its name before it is on the disk, and the name too is synced.
order=$(sed -n 's/^\(fchmod\|fsync\|rename\|renameat\|renameat2\)(.*/\1/p' "$scratch/calls" | tr '\n' ' ')
like "$order" '^fchmod fsync rename[at2]* fsync $' "mode, sync, rename, sync of the folder: in the right order"

# Killed at every call, before it is made. strace counts each kind of call apart.
awk -v first="$first" '
	!/^[a-z0-9_]+\(/ { next }
	{ sub(/\(.*/, ""); n[$0]++ }
	NR >= first { print $0, n[$0] }' "$scratch/calls" >"$scratch/points"
olds=0 news=0 torn=0 stale=0 kills=0
while read -r call n; do
	old
	(strace -o "$scratch/trace" -e inject="$call:signal=KILL:when=$n" \
		"$replace" "$dir" f n $size
		:) 2>/dev/null
	! grep -q 'killed by SIGKILL' "$scratch/trace" || kills=$((kills + 1))
	case $(state) in
	old) olds=$((olds + 1)) ;;
	new) news=$((news + 1)) ;;
	*) torn=$((torn + 1)); diag "killed at $call $n" ;;
	esac
	if [ "$(ls -A "$dir")" != f ]; then
		stale=$((stale + 1))
		"$replace" "$dir" f n $size
		[ "$(ls -A "$dir")" = f ] || torn=$((torn + 1))
	fi
done <"$scratch/points"
diag "$kills kills: old $olds, new $news, leftovers $stale"
is "$kills" "$(wc -l <"$scratch/points")" "it was killed at every system call"
is "$torn" 0 "each time there was the old file or the new one, and the next try cleans up"
ok "both were seen" test "$olds" -gt 5 -a "$news" -gt 0
ok "and so were leftovers" test "$stale" -gt 0

# Control: the same judge over a writer that writes in place.
head -c $size /dev/zero | tr '\0' n >"$scratch/n"
torn=0 n=1
while [ "$n" -le 12 ]; do
	old
	(strace -o /dev/null -e inject=write:signal=KILL:when="$n" \
		dd if="$scratch/n" of="$dir/f" bs=10000
		:) 2>/dev/null
	[ "$(state)" != torn ] || torn=$((torn + 1))
	n=$((n + 1))
done
ok "in place it would have been torn" test "$torn" -gt 0

# Every call fails in turn with errors that it can have.
bad=0 failed=0 n=0
for call in openat write fchmod fsync rename,renameat,renameat2 flock fstat,newfstatat close \
	getrandom getdents64 unlinkat; do
	for error in EIO ENOSPC EACCES EINTR ENOMEM; do
		when=1
		while :; do
			old
			: >"$scratch/trace"
			strace -o "$scratch/trace" -e trace="$call" \
				-e inject="$call:error=$error:when=$when" \
				"$replace" "$dir" f n $size 2>"$scratch/err"
			rc=$?
			grep -q INJECTED "$scratch/trace" || break
			n=$((n + 1))
			case $rc,$(state) in
			0,new) ;;
			1,old) failed=$((failed + 1)) ;;
			1,new)
				failed=$((failed + 1))
				grep -q 'syncing the folder' "$scratch/err" || bad=$((bad + 1))
				;;
			127,old) ;; # the program was not even loaded
			*)
				bad=$((bad + 1))
				diag "$call $error $when: status $rc, $(state)"
				;;
			esac
			[ "$rc" != 1 ] || [ -s "$scratch/err" ] || bad=$((bad + 1))
			when=$((when + 1))
			[ "$when" -lt 12 ] || break
		done
	done
done
diag "$n calls failed, $failed times that was an error"
is "$bad" 0 "every failing call: the new file, or the old one and an error that names the step"
ok "they were seen" test "$failed" -gt 10

old
run strace -o /dev/null -e inject=fsync:error=EIO:when=2 "$replace" "$dir" f n $size
is "$rc $(state) $err" "1 new syncing the folder (the new file is in place)" \
	"when the folder cannot be synced the new file is live, and that is said"
run strace -o /dev/null -e inject=write:error=ENOSPC:when=1 "$replace" "$dir" f m $size
is "$rc $(state) $err" "1 new writing the new file" "a full disk leaves what was there"

# Several writers, and a reader that must always see one of them whole.
old
for who in a b c d; do
	(
		n=0
		while [ "$n" -lt 40 ]; do
			"$replace" "$dir" f "$who" $size || echo "$who failed" >>"$scratch/failed"
			n=$((n + 1))
		done
		: >"$scratch/done.$who"
	) &
done
mixed=0 looks=0
while [ ! -e "$scratch/done.a" ] || [ ! -e "$scratch/done.b" ] ||
	[ ! -e "$scratch/done.c" ] || [ ! -e "$scratch/done.d" ]; do
	cp "$dir/f" "$scratch/seen"
	case $(tr -s 'a-z' <"$scratch/seen"),$(wc -c <"$scratch/seen") in
	[abcd],$size | o,5000) ;;
	*) mixed=$((mixed + 1)) ;;
	esac
	looks=$((looks + 1))
done
wait
ok "a reader looked $looks times" test "$looks" -gt 5
is "$mixed $(cat "$scratch/failed" 2>/dev/null)" "0 " "four writers at once: always one, whole"
is "$(ls -A "$dir")" f "and nothing is left behind"
done_testing
