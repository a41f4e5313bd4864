#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# check --coverage: exact fractions of rules, clauses and list items, and the places missed.
. "$top_srcdir/tests/lib.sh"
. "$top_srcdir/tests/cli/lib.sh"

here=$top_srcdir/tests/lint/cover
cd "$here" || bail_out "no $here"
tests=$(grep -c '^	test ' full.policy)
plan $((tests + 15))

run "$m" check --coverage full.policy
is "$rc" 0 "nothing missed: exit 0" || diag "$err"
is "$out" "full.policy: 10 of 10 tests passed
  rules 2/2, clauses 11/11, list items 7/7" "fractions"

run "$m" check --coverage partial.policy
is "$rc" 1 "something missed: exit 1"
is "$out" "$(cat partial.expected)" "each place, and what is missing there"
exits 0 "--tests alone is content" "$m" check --tests partial.policy

run "$m" --json check --coverage partial.policy
is_json "--json"
is "$(printf '%s' "$out" | json policies 0 coverage clauses)" '{"hit": 2, "of": 11}' "clauses"
is "$(printf '%s' "$out" | json policies 0 coverage items)" '{"hit": 4, "of": 7}' "items"
is "$(printf '%s' "$out" | json policies 0 coverage missed 0 line)" 25 "a place"
is "$(printf '%s' "$out" | json points) $(printf '%s' "$out" | json missed)" "20 13" "the sums"

# Without any one of the tests something is missed, or another test reaches the same.
spared=0
i=0
while [ $i -lt "$tests" ]; do
	i=$((i + 1))
	awk -v n=$i '/^\ttest /{ k++ } k == n && /^\ttest /, /^\t}/ { next } { print }' full.policy >"$scratch/less.policy"
	run "$m" check --coverage "$scratch/less.policy"
	like "$out" ": 9 of 9 tests passed" "without test $i"
	[ "$rc" = 1 ] || spared=$((spared + 1))
done
is "$spared" 3 "how many of the tests others stand in for"

# Percentages round; fractions do not: 199 of 200 items.
{
	echo 'language 1; policy p { applies mdev-type driver d; attribute n : int from type "n";'
	echo 'accept same but { n in'
	i=0
	while [ $i -lt 199 ]; do echo "$((2 * i)),"; i=$((i + 1)); done
	echo '1000; }'
	i=0
	while [ $i -lt 199 ]; do
		echo "test \"$i\" { target { n 5000; type d-1; } source { n $((2 * i)); } expect compatible; }"
		i=$((i + 1))
	done
	echo 'test "no" { target { n 5000; type d-1; } source { } expect incompatible because n; } }'
} >"$scratch/many.policy"
run "$m" check --coverage "$scratch/many.policy"
like "$out" 'rules 1/1, clauses 1/1, list items 199/200' "199 of 200"
like "$out" 'many.policy:202:1: the item is met in no test: 1000' "and which it is not"
is "$rc" 1 "that is not all"

# A test that fails reaches what it reaches all the same.
sed 's/expect compatible;/expect unknown;/' full.policy >"$scratch/failing.policy"
run "$m" check --coverage "$scratch/failing.policy"
like "$out" 'rules 2/2, clauses 11/11, list items 7/7' "failing tests reach as far"
done_testing
