#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Whatever the language has, a row of the conformance table has: keywords, operators, types, facts; and of
# each policy there that judges a pair, a row has all that comes of it.
. "$top_srcdir/tests/lib.sh"
plan 8

# The table's policy texts, one word a line: strings and comments are no words of the language.
sed -n 's/^	//p' "$top_srcdir/tests/language/cases.table" | sed 's/"[^"]*"/""/g; s/#.*//' |
	tr ' \t,;(){}' '\n\n\n\n\n\n\n\n' | sort -u >"$scratch/words"
sed -n 's/^	//p' "$top_srcdir/tests/language/cases.table" | tr '\n' ' ' >"$scratch/text"

# lacking LIST: those of the list's words that no row has.
lacking() {
	comm -23 "$1" "$scratch/words" | tr '\n' ' '
}

sed -n 's/^KEYWORD([A-Z_]*, "\(.*\)")$/\1/p' "$top_srcdir/grammar/keywords.def" | sort >"$scratch/keywords"
ok "the language has keywords" test "$(wc -l <"$scratch/keywords")" -gt 40
is "$(lacking "$scratch/keywords")" "" "each keyword stands in a row"
sed -n 's/^	X(OP_[A-Z_]*, "\(.*\)").*/\1/p' "$top_srcdir/engine/image/model.h" | sort >"$scratch/operators"
ok "there are operators" test "$(wc -l <"$scratch/operators")" -ge 11
is "$(lacking "$scratch/operators")" "" "each operator stands in a row"

missing=
for type in $(sed -n 's/.*= { STR_INIT("\(.*\)"), VT_.*/\1/p' "$top_srcdir/grammar/check-type.c"); do
	grep -q ": *$type[ ({]" "$scratch/text" || missing="$missing $type"
done
is "$missing" "" "each type is one of an attribute or local"
missing=
for fact in $(sed -n 's/.*{ STR_INIT("\(.*\)"), FACT_.*/\1/p' "$top_srcdir/grammar/check-fact.c"); do
	grep -q "from *$fact[ ;]" "$scratch/text" || missing="$missing $fact"
done
is "$missing" "" "each fact is read"

# whole: the policies with a verdict none of whose rows has the four at once; how many have one comes last.
whole() {
	awk 'function row() { if (r && a && v && c) full = 1; r = a = v = c = 0 }
	function policy() { row(); if (judged && !full) print title; n += judged; judged = full = 0 }
	/^case:/ { row(); name = $0 }
	/^\t/ { if (!inside && !narrowing) { policy(); title = name }; inside = 1; narrowing = 0; next }
	/./ { inside = 0 }
	/^narrowed by:/ { narrowing = 1 }
	/^record:/ { r = 1 }
	/^accepts:/ { a = 1 }
	/^claims:/ { c = 1 }
	/^verdict: (in)?compatible/ { v = judged = 1 }
	END { policy(); print n }' "$1"
}
whole "$top_srcdir/tests/language/cases.table" >"$scratch/whole"
ok "there are policies that judge" test "$(tail -n 1 "$scratch/whole")" -gt 50
is "$(sed '$d' "$scratch/whole")" "" "each has a row with record, accepts, verdict and claims"
done_testing
