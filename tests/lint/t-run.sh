#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# check --tests: the tests in policy files are run, and what they say is what a host would say.
. "$top_srcdir/tests/lib.sh"
. "$top_srcdir/tests/cli/lib.sh"
plan 31

here=$top_srcdir/tests/lint/run
cd "$here" || bail_out "no $here"

run "$m" check --tests passes.policy
is "$rc" 0 "all pass: exit 0" || diag "$err"
is "$out" "passes.policy: 11 of 11 tests passed" "and are counted"
is "$err" "" "nothing to complain about"
run "$m" check passes.policy
is "$out" "" "without --tests nothing is run"

run "$m" check --tests narrows.policy
is "$rc" 0 "a narrowing policy is tested by itself" || diag "$err"

run "$m" check --tests fails.policy
is "$rc" 1 "a failed test: exit 1"
is "$out" "fails.policy: 1 of 5 tests passed" "counted"
is "$err" "$(cat fails.expected)" "place, verdict, deciding clause and its place"
exits 0 "the same file without --tests" "$m" check fails.policy
run "$m" check --tests --format=gcc fails.policy
like "$err" '^fails.policy:18:10: error: test "wrong verdict"' "--format=gcc"

run "$m" --json check --tests fails.policy
is_json "--json"
is "$(printf '%s' "$out" | json policies 0 tests 1 verdict)" incompatible "its verdict"
is "$(printf '%s' "$out" | json policies 0 tests 1 expect)" incompatible "what was expected"
is "$(printf '%s' "$out" | json policies 0 tests 1 because)" board "because of"
is "$(printf '%s' "$out" | json policies 0 tests 1 attribute)" manager "what it hangs on"
is "$(printf '%s' "$out" | json policies 0 tests 1 decision line)" 11 "where"
is "$(printf '%s' "$out" | json policies 0 tests 3 passed)" true "passed"
is "$(printf '%s' "$out" | json tests) $(printf '%s' "$out" | json failed)" "5 4" "the counts"
is "$(printf '%s' "$out" | json exit)" 1 "exit"

# Each test of the first file, turned round, fails: none passes for want of being run.
for word in compatible incompatible unknown; do
	case $word in
	compatible) other=unknown ;;
	incompatible) other=compatible ;;
	unknown) other=incompatible ;;
	esac
	sed "s/expect $word.*/expect $other;/" passes.policy >"$scratch/turned.policy"
	run "$m" check --tests "$scratch/turned.policy"
	n=$(grep -c "expect $word" passes.policy)
	is "$(printf '%s\n' "$err" | grep -c "the verdict is $word, not $other")" "$n" \
		"$n tests that expect $word, turned round"
done
sed 's/because [a-z]*;/because modes;/' passes.policy >"$scratch/turned.policy"
run "$m" check --tests "$scratch/turned.policy"
is "$(printf '%s\n' "$err" | grep -c "of modes")" "$(grep -c because passes.policy)" \
	"every reason is looked at"

# Folders, several files, no tests, broken files.
mkdir "$scratch/set"
cp passes.policy narrows.policy "$scratch/set"
policy "$scratch/set/10-other.policy" other another
run "$m" check --tests "$scratch/set"
is "$rc" 0 "a folder" || diag "$err"
like "$out" '10-other.policy: no tests' "a policy without tests says so"
like "$out" '^3 files, 13 of 13 tests passed' "the sum"
run "$m" check --tests passes.policy fails.policy
is "$rc" 1 "one of two fails"
like "$out" '^2 files, 12 of 16 tests passed' "the sum of both"
echo 'language 1; policy x {' >"$scratch/broken.policy"
run "$m" check --tests "$scratch/broken.policy" fails.policy
is "$rc" 3 "a broken file weighs more"
like "$out" '^fails.policy: 1 of 5' "the others are run all the same"
exits 2 "--expand and --tests" "$m" check --tests --expand passes.policy
done_testing
