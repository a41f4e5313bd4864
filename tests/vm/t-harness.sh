#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# run-vm itself: whatever ends a run early, or leaves something out, must count as a failure.
top_srcdir=${top_srcdir:-$(dirname "$0")/../..}
. "$top_srcdir/tests/lib.sh"
plan 18

run_vm=$top_srcdir/tests/vm/run-vm
mkdir "$scratch/tree" "$scratch/bin"

# guest NAME LINE...: runs a script of these lines in the guest, with nothing installed
guest() {
	guest_name=$1
	shift
	printf '%s\n' "$@" >"$scratch/$guest_name.sh"
	run sh "$run_vm" --tree "$scratch/tree" --tests "$scratch/$guest_name.sh"
}

# ends STATUS REGEX NAME: the exit status and the closing line of what was run last
ends() {
	is "$rc" "$1" "$3: exit status $1"
	like "$(printf '%s\n' "$out" | tail -n 1)" "$2" "$3: closing line"
}

guest good 'echo 1..2; echo "ok 1 - a"; echo "ok 2 - b"'
ends 0 '^vm: 2 passed, 0 failed$' "all well"
like "$out" '^# .* linux [0-9][^ ]* .*, udev [0-9][^ ]*, qemu [0-9][^ ]* \(tcg\)$' \
	"the versions are named"

guest liar 'echo 1..2; echo "ok 1 - a"; echo "not ok 2 - b"; exit 0'
ends 1 '^vm: 1 passed, 1 failed$' "a script that hides a failure"

guest short 'echo 1..3; echo "ok 1 - a"; exit 0'
ends 1 '^vm: 1 passed, 2 failed$' "less than planned"

guest unplanned 'echo "ok 1 - a"; exit 0'
ends 1 '^vm: 1 passed, 1 failed$' "no plan"

guest skips 'echo 1..2; echo "ok 1 - a"; echo "ok 2 # SKIP why not"; exit 0'
ends 1 '^vm: 1 passed, 1 failed$' "a skip"

guest panics 'echo 1..2; echo "ok 1 - a"; echo c >/proc/sysrq-trigger'
ends 1 '^vm: 1 passed, 1 failed$' "a kernel that panics"
like "$out" 'sysrq' "the console is shown then"

# An archive that does not answer.
printf '#!/bin/sh\necho "E: the archive is gone" >&2\nexit 100\n' >"$scratch/bin/apt-get"
chmod +x "$scratch/bin/apt-get"
run env PATH="$scratch/bin:$PATH" MDEVCOMPAT_CACHE="$scratch/cache" sh "$run_vm"
ends 1 '^vm: 0 passed, 1 failed$' "a download that fails"
like "$out" 'the archive is gone' "its reason is shown"
unlike "$out" '^ok' "and nothing passes"
done_testing
