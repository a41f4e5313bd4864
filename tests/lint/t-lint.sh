#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The lints of check. bad/NAME.policy is about the code of that name: it is reported at each line that
# ends in "# here", and at no other line of that file; NAME.expected has what is said. good/ has
# nothing to say.
. "$top_srcdir/tests/lib.sh"
. "$top_srcdir/tests/cli/lib.sh"

here=$top_srcdir/tests/lint
cd "$here/bad" || bail_out "no $here/bad"
table=$(sed -n 's/^DIAG_CODE(DIAG_\([A-Z_]*\), \(1[0-4][0-9]\), DIAG_\([A-Z]*\), .*/\1 \2 \3/p' \
	"$top_srcdir/engine/base/diag-codes.def" | grep -v ^TEST_FAILED)
set -- *.policy
plan $((2 * $# + $(ls ../good | wc -l) + 20))

is "$(printf '%s\n' "$@" | sed 's/\.policy$//')" \
	"$(echo "$table" | cut -d' ' -f1 | grep -v ^FACT_NOWHERE | tr A-Z_ a-z- | LC_ALL=C sort)" "a policy for each code"
for file; do
	name=${file%.policy}
	row=$(echo "$table" | grep "^$(echo "$name" | tr a-z- A-Z_) ")
	code=MDC-$(echo "$row" | cut -d' ' -f2)
	case $row in
	*INFO) info=--info ;;
	*) info= ;;
	esac
	run "$m" check $info "$file"
	is "$err" "$(cat "$name.expected")" "$name: what is said"
	is "$(printf '%s\n' "$err" | grep "\[$code\]" | cut -d: -f2)" \
		"$(grep -n '# here' "$file" | cut -d: -f1)" "$name: where, and nowhere else"
done
for file in ../good/*.policy; do
	run "$m" check --strict "$file"
	is "$rc$err" 0 "${file##*/}: nothing"
done

run "$m" check --info ../good/matched.policy
is "$rc$err" 0 "every subject is matched by a rule"

# What is shipped is clean.
run "$m" check --strict "$top_srcdir"/policies/*.policy
is "$rc$err" 0 "the policies that are shipped are clean"

# How much it weighs.
exits 0 "warnings alone: exit 0" "$m" check list-empty.policy
exits 1 "--strict: exit 1" "$m" check --strict list-empty.policy
exits 0 "infos are no warnings" "$m" check --strict --info unmatched.policy
exits 0 "--strict of what is clean" "$m" check --strict ../good/matched.policy
run "$m" check unmatched.policy
is "$err" "" "infos only with --info"
echo 'language 1; policy x {' >"$scratch/broken.policy"
exits 3 "--strict of what is broken: still exit 3" "$m" check --strict "$scratch/broken.policy"
run "$m" check --format=gcc list-empty.policy
like "$err" '^list-empty.policy:9:29: warning: ' "--format=gcc"
run "$m" --json check list-empty.policy
is "$(printf '%s' "$out" | json diagnostics 0 code) $(printf '%s' "$out" | json diagnostics 0 severity)" \
	"MDC-101 warning" "--json"
is "$(printf '%s' "$out" | json exit)" 0 "--json: exit"
run sh -c "'$m' check --stdin <list-empty.policy"
like "$err" '^<stdin>:9:29: warning: ' "--stdin"
mkdir "$scratch/set"
cp list-empty.policy "$scratch/set"
run "$m" --policies "$scratch/set" check
like "$err" 'list-empty.policy:9:29: warning: ' "a folder"

# A template that is nothing but a way to write a list is none of a lint's business.
cat >"$scratch/list.policy" <<'END'
language 1; policy p { applies mdev-type driver d;
	rule a { when type == d-{n: 1, 2, 4, 8}; accept same but { type == d-{m: 1, 2}; } }
}
END
run "$m" check --strict "$scratch/list.policy"
is "$rc$err" 0 "templates as lists"

# Much of everything takes no time to speak of, and is passed over where it would.
python3 - >"$scratch/large.policy" <<'END'
print("language 1; policy p { applies mdev-type driver d; attribute v : version(3) from type \"v\";")
print("attribute w : string from type \"w\";")
for i in range(1500):
    print("rule r%d { when w == x%d; when v in 1.*, %d.*; accept same but { v in 2.*, %d.0.0; w any; } }" % (i, i, i + 5, i + 3))
for i in range(40):
    print("rule s%d { when type in %s; accept same; }" % (i, ", ".join("d-%d-%d" % (i, k) for k in range(400))))
print("}")
END
exits 0 "1500 rules and lists of 400 words" "$m" check --info "$scratch/large.policy"
{
	echo 'language 1; policy p { applies mdev-type driver d; attribute w : string from type "w";'
	echo 'rule a { when w in'
	seq -s , -f w%.0f 4096
	echo '; accept same; } }'
} >"$scratch/words.policy"
exits 0 "a list of 4096 words" "$m" check --info "$scratch/words.policy"
sed 's/w4096$/w4095/' "$scratch/words.policy" >"$scratch/twice.policy"
run "$m" check "$scratch/twice.policy"
is "$rc$err" 0 "that is too long to be compared with itself"
{
	echo 'language 1; policy p { applies mdev-type driver d; attribute w : string from type "w";'
	echo 'rule a { when w in'
	seq -s , -f w%.0f 1023
	echo ', w1000; accept same; } }'
} >"$scratch/twice.policy"
run "$m" check "$scratch/twice.policy"
like "$err" "'w1000' stands in this list twice" "1024 are compared"

# The manual says of every code what it means.
ok "mdevcompat-diagnostics(7) has them" awk -v top="$top_srcdir" -f "$top_srcdir/man/diagnostics.awk" \
	"$top_srcdir/engine/base/diag-codes.def"
done_testing
