#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# fmt, over texts as nobody writes them: comments, blanks and ends of lines between any two words of any
# policy there is. What comes out is laid out for good, has all words and comments in their order and
# means the same. On failure the text, and what was made of it, are shown.
. "$top_srcdir/tests/lib.sh"
tool=$top_builddir/tests/grammar/lay-out
plan 3

# TITLE SEED ROUNDS FILE...
stays() {
	title=$1
	shift
	run "$tool" "$@"
	if [ "$rc" = 0 ]; then
		pass "$title"
	else
		fail "$title"
		printf '%s\n' "$out" "$err" | head -n 60 | sed 's/^/# /'
	fi
}

stays "the policies of the tree" 1 6 "$top_srcdir"/policies/*.policy "$top_srcdir"/examples/policies/*.policy \
	"$top_srcdir"/tests/lint/*/*.policy
stays "every construct" 2 60 "$top_srcdir"/tests/grammar/good/*.policy "$top_srcdir"/tests/grammar/odd/*.policy
mkdir "$scratch/cases"
awk -v folder="$scratch/cases" -f "$top_srcdir/tests/language/policies.awk" \
	"$top_srcdir/tests/language/cases.table" >/dev/null
stays "the conformance table" 3 24 "$scratch/cases"/*.policy
done_testing
