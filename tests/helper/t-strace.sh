#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The helper seen from the system calls it makes: one write, no heap, the sandbox before the first
# fact, openat where openat2 is refused, a late link, and every error at every call.
. "$top_srcdir/tests/lib.sh"
. "$top_srcdir/tests/helper/lib.sh"
plan 27
make_host
trace=$scratch/trace

# traced DEVPATH STRACE-ARGUMENT...: the calls go to $trace
traced() {
	traced_devpath=$1
	shift
	: >"$trace"
	run env -i "$strace" -o "$trace" "$@" -E DEVPATH="$traced_devpath" -E ACTION="${action-bind}" \
		"$id" --root "$host" --deadline 60000
}
strace=$(command -v strace) || bail_out "no strace"
calls() {
	grep -c "^$1(" "$trace"
}

# --- One write ----------------------------------------------------------------------------------
traced $gpu
is "$(calls write)" 1 "a parent: one write"
is "$(sed -n 's/^write(1, .* = \([0-9]*\)$/\1/p' "$trace")" "$(wc -c <"$scratch/.out" | tr -d ' ')" \
	"of all that comes out"
traced $tty
is "$(calls write)" 1 "an mdev: one write"
full=$out
traced /devices/none
is "$(calls write)" 0 "no device: none"

# --- No heap, no other files --------------------------------------------------------------------
traced $gpu
is "$(grep -Ec '^(brk|mmap|mremap|madvise|clone|fork|execve|socket)\(' "$trace")" 1 \
	"neither heap nor processes (but its own execve)"
is "$(grep -E '^open(at)?\(' "$trace" | grep -v ENOENT | sed -E 's/^[a-z]+\((AT_FDCWD, )?"([^"]*)".*/\2/')" \
	"$host/sys
$image" "opened by name: sysfs and the image"

# --- The sandbox, in this order -----------------------------------------------------------------
order=$(grep -Eno '^(setitimer|openat\(AT_FDCWD, "[^"]*(sys|policies\.bin)"[^=]*= [0-9]|prlimit64\(0, RLIMIT_(AS|CPU|NOFILE|CORE)|prctl\(PR_SET_(NO_NEW_PRIVS|SECCOMP)|openat2)' \
	"$trace" | sed -E 's/^[0-9]+://; s/\(.*(RLIMIT_[A-Z]*|PR_SET_[A-Z_]*|sys|policies)\b.*/ \1/' | uniq | head -n 10)
is "$order" "setitimer
openat sys
openat policies
prlimit64 RLIMIT_CPU
prlimit64 RLIMIT_AS
prlimit64 RLIMIT_NOFILE
prlimit64 RLIMIT_CORE
prctl PR_SET_NO_NEW_PRIVS
prctl PR_SET_SECCOMP
openat2" "deadline, files, limits, filter, and only then facts"
unlike "$(sed -n '/PR_SET_SECCOMP/,$p' "$trace" | grep -Ev '^(openat2|fstat|newfstatat|read|close|pread64|readlinkat|getdents64|write|exit_group|\+\+\+|prctl)')" \
	. "behind the filter: reading, one write, the end"

# --- openat where openat2 is refused ------------------------------------------------------------
for error in ENOSYS EPERM; do
	traced $tty -e inject=openat2:error=$error
	is "$rc:$out" "0:$full" "$error for openat2 changes nothing"
	is "$(calls openat2)" 1 "it is asked once"
	like "$(grep -c '^openat(' "$trace")" '^[1-9][0-9]' "and openat takes over"
	is "$(grep '^openat(' "$trace" | grep -Ev 'O_NOFOLLOW|"\.", |\(AT_FDCWD, ')" "" \
		"never following a link"
done
traced $tty -e inject=openat2:error=EAGAIN:when=2
is "$rc:$out" "0:$full" "a rename somewhere on the host is tried again"
traced $tty -e inject=openat2:error=EAGAIN
is "$rc:$out" "0:$full" "and one after another too"

# --- A late type link: the second link that each try reads ---------------------------------------
traced $tty -e inject=readlinkat:error=ENOENT:when=2
is "$rc:$out" "0:$full" "the type's link comes with the second look"
is "$(calls nanosleep)" 1 "after a nap"
traced $tty -e inject=readlinkat:error=ENOENT:when=2+2
is "$rc:$out" "1:" "it never comes"
is "$(sed -n 's/^nanosleep(.*tv_nsec=\([0-9]*\).*/\1/p' "$trace" | awk '{ n += $1 } END { print n / 1e6 }')" \
	300 "and is waited for 300 ms in all"
action=add
traced $tty -e inject=readlinkat:error=ENOENT:when=2
is "$rc:$out:$(calls nanosleep)" "1::0" "on add not at all: bind follows"
unset action

# --- Writes that do not work ---------------------------------------------------------------------
traced $tty -e inject=write:retval=10
is "$rc" 5 "a short write"
for error in EAGAIN EPIPE ENOSPC EINTR; do
	traced $tty -e inject=write:error=$error
	[ "$rc:$out" = 5: ] || break
done
is "$rc:$out" 5: "a write that fails"

# --- Every error at every call -------------------------------------------------------------------
# Right and complete with 0, an honest unknown with 0, or nothing with something else.
: >"$scratch/bad"
traced $tty
sed -n 's/^\([a-z_0-9]*\)(.*/\1/p' "$trace" | grep -Ev '^(execve|exit_group|write)$' |
	awk '{ print $1, ++n[$1] }' >"$scratch/calls"
tried=0
same=0
unknown=0
nothing=0
while read -r call n; do
	for error in EINTR EIO ENOMEM ENOSPC EACCES EMFILE ENODEV EAGAIN; do
		tried=$((tried + 1))
		traced $tty -e inject="$call:error=$error:when=$n"
		if [ "$rc" = 0 ] && [ "$out" = "$full" ]; then
			same=$((same + 1))
		elif [ "$rc" != 0 ] && [ -z "$out" ]; then
			nothing=$((nothing + 1))
		elif [ "$rc" = 0 ] && [ "$(printf '%s\n' "$out" | grep -Evc '^MDEV_COMPAT_(TYPE|POLICY|STATUS)=')" = 0 ] &&
			printf '%s\n' "$out" | grep -Eq '^MDEV_COMPAT_STATUS=(unreadable-fact|image-damaged)$'; then
			unknown=$((unknown + 1))
		else
			echo "$call $n $error: $rc $out" >>"$scratch/bad"
		fi
	done
done <"$scratch/calls"
diag "$tried errors: $same times no difference, $unknown unknown, $nothing nothing"
is "$(head -n 5 "$scratch/bad")" "" "any error at any call: all, an honest unknown, or nothing"
ok "each of the three happens" [ $same -gt 0 -a $unknown -gt 0 -a $nothing -gt 0 ]
done_testing
