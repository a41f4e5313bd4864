# SPDX-License-Identifier: LGPL-2.1-or-later
# TAP for the shell tests.  A test begins with
#
#	. "$top_srcdir/tests/lib.sh"
#	plan 3
#
# and ends with `done_testing`.  Plain sh.  What a test may use:
#
#	plan N                      how many lines follow
#	ok NAME COMMAND...          COMMAND succeeds; its output is shown when it does not
#	not_ok NAME COMMAND...      COMMAND fails, but neither by a signal nor by not existing
#	is GOT WANT NAME            two texts are equal
#	isnt GOT OTHER NAME         two texts differ
#	like TEXT REGEX NAME        some line of TEXT matches the extended regular expression
#	unlike TEXT REGEX NAME      no line does
#	run COMMAND...              sets $rc, $out and $err and always succeeds
#	exits CODE NAME COMMAND...  `run`, then compares $rc with CODE
#	pass NAME, fail NAME, diag TEXT..., skip N REASON, skip_all REASON, bail_out REASON
#	at_exit COMMAND             run when the test ends, the last one first
#
# $scratch is a folder of the test's own, removed at its end (kept when MDEVCOMPAT_KEEP is set).
# $top_srcdir and $top_builddir are absolute here; $MDEVCOMPAT and $MDEVCOMPAT_ID are the programs
# that were built.

set -u
LC_ALL=C
export LC_ALL
unset MDEVCOMPAT_ROOT MDEVCOMPAT_POLICIES NO_COLOR PAGER CDPATH 2>/dev/null

# By hand, `sh tests/area/t-name.sh` in the build folder does the same as `make check`.
: "${top_builddir:=.}"
if [ -z "${top_srcdir-}" ]; then
	top_srcdir=$(dirname "$0")
	while [ ! -e "$top_srcdir/configure.ac" ] && [ "$(cd "$top_srcdir" && pwd)" != / ]; do
		top_srcdir=$top_srcdir/..
	done
fi
top_srcdir=$(cd "$top_srcdir" && pwd) || exit 99
top_builddir=$(cd "$top_builddir" && pwd) || exit 99
: "${MDEVCOMPAT:=$top_builddir/mdevcompat}"
: "${MDEVCOMPAT_ID:=$top_builddir/mdevcompat_id}"
export MDEVCOMPAT MDEVCOMPAT_ID

tap_planned=0
tap_run=0
tap_failed=0
tap_finished=0
tap_cleanup=

scratch=$(mktemp -d "${TMPDIR:-/tmp}/mdevcompat-test.XXXXXX") || exit 99
# As a link would be resolved by the program under test and then differ from what it was given.
scratch=$(cd "$scratch" && pwd -P) || exit 99

tap_end() {
	tap_rc=$?
	trap - EXIT HUP INT TERM
	[ -z "$tap_cleanup" ] || eval "$tap_cleanup"
	if [ -n "${MDEVCOMPAT_KEEP-}" ]; then
		echo "# kept $scratch"
	else
		# Never into what a test mounted there: that may be the machine's own.
		find "$scratch" -xdev -type d ! -perm -u+rwx -exec chmod u+rwx {} \; 2>/dev/null
		rm -rf --one-file-system -- "$scratch"
	fi
	if [ "$tap_finished" = 0 ]; then
		echo "# the test ended before done_testing (status $tap_rc)"
		[ "$tap_rc" != 0 ] || tap_rc=99
	fi
	exit "$tap_rc"
}
trap tap_end EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

at_exit() {
	tap_cleanup="$1;$tap_cleanup"
}

plan() {
	tap_planned=$1
	echo "1..$1"
}

diag() {
	printf '%s\n' "$*" | tr '\r' '?' | sed 's/^/# /'
}

tap_name() {
	printf '%s' "$*" | tr '#\n\r' '___'
	echo
}

pass() {
	tap_run=$((tap_run + 1))
	printf 'ok %d - ' "$tap_run"
	tap_name "$@"
}

fail() {
	tap_run=$((tap_run + 1))
	tap_failed=$((tap_failed + 1))
	printf 'not ok %d - ' "$tap_run"
	tap_name "$@"
	return 1
}

run() {
	"$@" >"$scratch/.out" 2>"$scratch/.err" </dev/null
	rc=$?
	out=$(cat "$scratch/.out")
	err=$(cat "$scratch/.err")
	return 0
}

tap_show_run() {
	diag "    status $rc: $*"
	[ -z "$out" ] || printf '%s\n' "$out" | head -n 40 | tr '\r' '?' | sed 's/^/#     out: /'
	[ -z "$err" ] || printf '%s\n' "$err" | head -n 40 | tr '\r' '?' | sed 's/^/#     err: /'
}

ok() {
	tap_what=$1
	shift
	run "$@"
	if [ "$rc" = 0 ]; then
		pass "$tap_what"
	else
		fail "$tap_what" || :
		tap_show_run "$@"
		return 1
	fi
}

not_ok() {
	tap_what=$1
	shift
	run "$@"
	if [ "$rc" != 0 ] && [ "$rc" -lt 126 ]; then
		pass "$tap_what"
	else
		fail "$tap_what" || :
		tap_show_run "$@"
		return 1
	fi
}

exits() {
	tap_want=$1
	tap_what=$2
	shift 2
	run "$@"
	if [ "$rc" = "$tap_want" ]; then
		pass "$tap_what"
	else
		fail "$tap_what" || :
		diag "    want status $tap_want"
		tap_show_run "$@"
		return 1
	fi
}

is() {
	if [ "$1" = "$2" ]; then
		pass "$3"
	else
		fail "$3" || :
		printf '%s\n' "$1" | head -n 40 | sed 's/^/#     got:  /'
		printf '%s\n' "$2" | head -n 40 | sed 's/^/#     want: /'
		return 1
	fi
}

isnt() {
	if [ "$1" != "$2" ]; then
		pass "$3"
	else
		fail "$3" || :
		printf '%s\n' "$1" | head -n 40 | sed 's/^/#     both: /'
		return 1
	fi
}

like() {
	if printf '%s\n' "$1" | grep -Eq -e "$2"; then
		pass "$3"
	else
		fail "$3" || :
		printf '%s\n' "$1" | head -n 40 | sed 's/^/#     got:  /'
		diag "    want: /$2/"
		return 1
	fi
}

unlike() {
	if printf '%s\n' "$1" | grep -Eq -e "$2"; then
		fail "$3" || :
		printf '%s\n' "$1" | head -n 40 | sed 's/^/#     got:  /'
		diag "    never: /$2/"
		return 1
	else
		pass "$3"
	fi
}

skip() {
	tap_n=$1
	shift
	while [ "$tap_n" -gt 0 ]; do
		tap_run=$((tap_run + 1))
		printf 'ok %d # SKIP %s\n' "$tap_run" "$*"
		tap_n=$((tap_n - 1))
	done
}

skip_all() {
	echo "1..0 # SKIP $*"
	tap_finished=1
	exit 0
}

bail_out() {
	echo "Bail out! $*"
	exit 99
}

done_testing() {
	tap_finished=1
	[ "$tap_run" = "$tap_planned" ] || diag "planned $tap_planned, ran $tap_run"
	[ "$tap_failed" = 0 ] || diag "$tap_failed of $tap_run failed"
	[ "$tap_run" = "$tap_planned" ] && [ "$tap_failed" = 0 ] && [ "$tap_planned" -gt 0 ]
	exit $?
}
