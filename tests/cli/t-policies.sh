#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The policies that we ship: each does what its comment says.
. "$top_srcdir/tests/lib.sh"
. "$top_srcdir/tests/cli/lib.sh"

policies=$top_srcdir/policies
listed=$(sed -n 's|^	policies/\([a-z0-9-]*\)\.policy\( .*\)\{0,1\}$|\1|p' "$policies/Makemodule.am" | sort)
plan $((5 + 6 * $(echo "$listed" | wc -l)))

is "$(cd "$policies" && ls *.policy | sed 's/\.policy$//' | sort)" "$listed" "the list has every file"
# All at once, so that an overlap would show.
exits 0 "they go together" "$m" check "$policies"
is "$err" "" "without a word"
for name in $listed; do
	like "$(cat "$policies/$name.policy")" "^policy $name (revision [0-9]+ )?fallback \\{" \
		"$name steps aside for a vendor's own"
	run "$m" check --strict "$policies/$name.policy"
	is "$rc $out$err" "0 " "$name is clean"
	run "$m" check --coverage "$policies/$name.policy"
	n=$(grep -c '^	test "' "$policies/$name.policy")
	is "$rc $n $err" "0 $n " "its tests pass"
	like "$out" ": $n of $n tests passed" "and all are run"
	is "$(printf '%s\n' "$out" | grep -v passed | tr ',/' '\n ' | awk '{ if ($(NF-1) != $NF) print }')" "" \
		"and reach all there is"
	run "$m" prove "$policies/$name.policy"
	is "$(printf '%s\n' "$out" | sed -n 's/^  \([a-z-]*\)  *\(yes\|no\|undecided\)\(:.*\)\{0,1\}$/\1 \2/p' |
		paste -sd, | sed 's/,/, /g')" "$(sed -n 's/^# prove: //p' "$policies/$name.policy")" \
		"it is proved to be what its head says"
done
cp "$policies/vendor.policy.template" "$scratch/50-acme.policy"
exits 0 "the template compiles" "$m" check --tests "$scratch/50-acme.policy"
like "$out" ': 7 of 7 tests passed' "and its tests pass"

done_testing
