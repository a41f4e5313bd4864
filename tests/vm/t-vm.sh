#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The real-kernel tier as one TAP test; run-vm beside this file says what it does and needs.
top_srcdir=${top_srcdir:-$(dirname "$0")/../..}
. "$top_srcdir/tests/lib.sh"
plan 3

run sh "$top_srcdir/tests/vm/run-vm"
printf '%s\n' "$out" "$err" | sed 's/^/# /'
closing=$(printf '%s\n' "$out" | tail -n 1)
is "$rc" 0 "the run in the virtual machine succeeds"
like "$closing" '^vm: [1-9][0-9]* passed, 0 failed$' "its closing line counts no failure"
like "$out" '^ok [0-9]+ - without the rules file the same run fails$' "its control failed"
done_testing
