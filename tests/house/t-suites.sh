#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The runner of the suites: what is planned and does not report is a failure.
. "$top_srcdir/tests/lib.sh"
plan 26

# runs 'SHELL TEXT THAT DEFINES SUITES' NAME...: $last is the closing line.
runs() {
	rm -rf "$scratch/r"
	mkdir -p "$scratch/r/logs" "$scratch/r/work"
	{
		echo 'set -u'
		echo ". '$top_srcdir/scripts/suites.sh'"
		echo "logs='$scratch/r/logs' work='$scratch/r/work'"
		printf '%s\n' "$1"
		shift
		echo "run_suites $*"
	} >"$scratch/r/script"
	run sh "$scratch/r/script"
	last=$(printf '%s\n' "$out" | tail -n 1)
}

one() {
	runs "suite_one() { $1
	}" one
	is "$last" "$3" "$2"
}

one 'counted 3 0 0' '3 passed' '3 passed, 0 failed'
one 'counted 3 0 2' 'skipped ones are said' '3 passed, 0 failed, 2 skipped'
one 'counted 3 0 0; counted 1 1 0' 'parts add up' '4 passed, 1 failed'
one ':' 'a suite that counts nothing' '0 passed, 1 failed'
one 'exit 7' 'a suite that dies at once' '0 passed, 1 failed'
one 'kill -KILL $(exec sh -c "echo \$PPID")' 'a suite that is killed' '0 passed, 1 failed'
one 'counted 5 0 0; exit 1' 'one that dies after it counted' '5 passed, 1 failed'
one 'counted 5 1 0; exit 1' 'a failure is not counted twice' '5 passed, 1 failed'
one 'count_one x true; count_one y false' 'single tests' '1 passed, 1 failed'

tap() {
	one "printf '$1' | count_tap x $2" "TAP: $3" "$4"
}
tap '1..2\nok 1\nok 2 - b\n' 0 'all is well' '2 passed, 0 failed'
tap '1..2\nok 1\nnot ok 2 - b\n' 1 'a failure' '1 passed, 1 failed'
tap '1..2\nok 1\n' 0 'too few' '1 passed, 1 failed'
tap '1..1\nok 1\nok 2\n' 0 'too many' '2 passed, 1 failed'
tap 'ok 1\n' 0 'no plan' '1 passed, 1 failed'
tap '1..1\nok 1\n' 3 'a bad exit' '1 passed, 1 failed'
tap '1..2\nok 1\nok 2 # SKIP why\n' 0 'a skip' '1 passed, 0 failed, 1 skipped'
tap '1..0 # SKIP all\n' 0 'all skipped' '0 passed, 0 failed, 1 skipped'
tap '1..0\n' 0 'an empty plan' '0 passed, 1 failed'

line() {
	one "printf '$1' | count_line vm $2" "line: $3" "$4"
}
line 'x\nvm: 16 passed, 0 failed\r\n' 0 'all is well' '16 passed, 0 failed'
line 'vm: 16 passed, 2 failed, 1 skipped\n' 1 'failures' '16 passed, 2 failed, 1 skipped'
line 'vm: 16 passed, 0 failed\n' 1 'a bad exit' '16 passed, 1 failed'
line 'boot\n' 0 'no line' '0 passed, 1 failed'

# What automake leaves: results of tests that were listed.
mkdir -p "$scratch/t/a"
printf ':test-result: PASS one\n:test-result: SKIP two\n' >"$scratch/t/a/t-x.trs"
printf ':test-result: ERROR - too few tests run (expected 3, got 1)\n' >"$scratch/t/a/t-y.trs"
one "count_check '$scratch/t' 0 a/t-x a/t-y.sh a/t-gone" 'check: results, and a test without' \
	'1 passed, 2 failed, 1 skipped'
one "count_check '$scratch/t' 2 a/t-x" 'check: make failed and no test did' \
	'1 passed, 1 failed, 1 skipped'
one "count_check '$scratch/t' 0" 'check: an empty list' '0 passed, 1 failed'

# Several, in two lanes.
runs 'suite_a() { counted 1 0 0; }
suite_b() { counted 2 0 0; }
suite_c() { counted 4 0 0; }' a b c
is "$last" '7 passed, 0 failed' 'three suites in two lanes'

done_testing
