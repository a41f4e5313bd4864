# SPDX-License-Identifier: LGPL-2.1-or-later
# What the compiler says, byte for byte: the model of each policy in good/, the diagnostics of
# each in bad/.  `make update-golden` writes the expected files anew, to be read as a diff.
. "$top_srcdir/tests/lib.sh"

here=$top_srcdir/tests/grammar
tool=$top_builddir/tests/grammar/compile-one
set -- "$here"/good/*.policy "$here"/bad/*.policy
plan $(($# + 9))

for file; do
	name=${file%.policy}
	case $name in
	*/good/*) how=--dump ;;
	*) how=--partial ;;
	esac
	is "$("$tool" $how "$file")" "$(cat "$name.expected")" "${name#"$here"/}"
done

# One file in the other forms.
for form in gcc json colour; do
	is "$("$tool" --$form "$here/bad/duplicate.policy")" "$(cat "$here/forms/duplicate.$form")" \
		"duplicate, --$form"
done
ok "the JSON is JSON" python3 -c '
import json, sys
for line in open(sys.argv[1]):
	json.loads(line)' "$here/forms/duplicate.json"

# A MiB is not kept in the tree.
mkdir "$scratch/large"
{
	printf 'language 1;\npolicy p { applies mdev-type driver mtty; accept same; }\n'
	i=0
	while [ $i -lt 14 ]; do
		printf '#%74898s\n' end
		i=$((i + 1))
	done
} >"$scratch/large/too-large.policy"
is "$("$tool" --partial "$scratch/large/too-large.policy")" "$(cat "$here/bad/too-large.expected")" \
	"bad/too-large"

# Each code below 100 has a file of its name whose first diagnostic it is, and no others exist.
table=$(sed -n 's/^DIAG_CODE(DIAG_\([A-Z_]*\), \([0-9]*\), .*/\1 \2/p' \
	"$top_srcdir/engine/base/diag-codes.def")
codes=$(echo "$table" | awk '$2 < 100 { print $1 }' | tr A-Z_ a-z- | sort)
files=$(cd "$here/bad" && ls ./*.expected | sed 's|^\./||; s|\..*||' | sort -u)
is "$files" "$codes" "one bad file for each code, named after it"
is "$(echo "$table" | cut -d' ' -f2 | sort -n | uniq -d)" "" "no number stands for two codes"
wrong=
for code in $codes; do
	number=$(echo "$table" | awk -v code="$(echo "$code" | tr a-z- A-Z_)" \
		'$1 == code { printf "MDC-%03d", $2 }')
	case $(grep -m 1 'MDC-' "$here/bad/$code.expected") in
	*"[$number]") ;;
	*) wrong="$wrong $code" ;;
	esac
done
is "$wrong" "" "the first diagnostic of each is the one it is named after"
not_ok "a bad file has errors" "$tool" "$here/bad/syntax.policy"
done_testing
