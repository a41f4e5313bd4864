#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The harness itself: a test that fails, dies, stops early or plans nothing is never green.
. "$top_srcdir/tests/lib.sh"
plan 29

driver=$top_srcdir/build-aux/tap-driver.sh
sample=$top_builddir/tests/house/tap-sample

# drive COMMAND...: as `make check` would; $results is what it counted, $err what it said itself.
drive() {
	run sh "$driver" --test-name sample --log-file "$scratch/log" --trs-file "$scratch/trs" \
		--color-tests no --enable-hard-errors yes --expect-failure no -- "$@"
	results=$(sed -n 's/^:test-result: \([A-Z]*\).*/\1/p' "$scratch/trs" | sort | uniq -c |
		tr -s ' \n' ' ')
}

# What each way to go wrong comes to, in C.
while read -r how status want; do
	run "$sample" "$how"
	is "$rc" "$status" "C: exit status after '$how'"
	drive "$sample" "$how"
	is "$results" " $want " "C: counts after '$how'"
done <<END
good 0 3 PASS
int 1 1 ERROR 1 FAIL 2 PASS
str 1 1 ERROR 1 FAIL 2 PASS
skip 0 2 PASS 1 SKIP
early 0 1 ERROR 1 PASS
short 1 2 ERROR 1 PASS
die 134 2 ERROR 1 PASS
long 1 3 ERROR 3 PASS
noplan 0 1 ERROR
END

# And in sh.
sample() {
	printf '#!/bin/sh\n. "$top_srcdir/tests/lib.sh"\nplan 2\npass one\n%s\n' "$1" \
		>"$scratch/sample.sh"
	top_srcdir=$top_srcdir top_builddir=$top_builddir
	export top_srcdir top_builddir
	drive sh "$scratch/sample.sh"
}
sample 'pass two; done_testing'
is "$results" " 2 PASS " "sh: all is well"
sample 'fail two; done_testing'
is "$results" " 1 ERROR 1 FAIL 1 PASS " "sh: a failure"
sample 'pass two'
is "$results" " 1 ERROR 2 PASS " "sh: ended without done_testing"
sample 'done_testing'
is "$results" " 2 ERROR 1 PASS " "sh: too few lines"
sample 'kill -KILL $$'
is "$results" " 2 ERROR 1 PASS " "sh: killed"
sample 'echo "$nowhere"; pass two; done_testing'
is "$results" " 2 ERROR 1 PASS " "sh: an unset variable"
sample 'not_ok "a program that is not there" /nowhere/at/all; done_testing'
is "$results" " 1 ERROR 1 FAIL 1 PASS " "sh: a missing program is no expected failure"
sample 'like "a
bc" "^b" x; done_testing'
is "$results" " 2 PASS " "sh: like looks at lines"
sample 'unlike "a
bc" "^b" x; done_testing'
is "$results" " 1 ERROR 1 FAIL 1 PASS " "sh: unlike too"

# The scratch folder goes away, and what was to be run at the end is run.
sample "echo \"\$scratch\" >$scratch/where; at_exit \"touch $scratch/done\"; pass two; done_testing"
ok "the scratch folder is gone" test ! -e "$(cat "$scratch/where")"
ok "at_exit ran" test -e "$scratch/done"

done_testing
