#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A section printed as text compiles to the same section but for names of files and places: of all
# policies in the tree, those of the conformance table, and random ones over every production of the
# grammar.
#
# MDEVCOMPAT_DUMP_POLICIES: how many random ones
. "$top_srcdir/tests/lib.sh"
tool=$top_builddir/tests/grammar/dump-back
plan 22

set -- "$top_srcdir"/policies/*.policy "$top_srcdir"/examples/policies/*.policy \
	"$top_srcdir"/tests/grammar/good/*.policy "$top_srcdir"/tests/language/*.policy \
	"$top_srcdir"/tests/lint/*/*.policy "$top_srcdir"/tests/vm/*.policy
run "$tool" "$@"
is "$rc $out" "0 $# come back" "the policies in the tree ($#)"
set -- "$top_srcdir"/tests/grammar/odd/*.policy
run "$tool" "$@"
is "$rc $out" "0 $# come back" "policies that use what few do ($#)" || diag "$err"

mkdir "$scratch/cases"
table=$top_srcdir/tests/language/cases.table
awk -v folder="$scratch/cases" -f "$top_srcdir/tests/language/policies.awk" "$table" >/dev/null
set -- "$scratch/cases"/*.policy
is "$#" "$(($(grep -c '^	.*language 1;' "$table") - $(grep -c '^refused:' "$table")))" \
	"all of the conformance table that are not refused"
run "$tool" "$@"
is "$rc $out" "0 $# come back" "they come back ($#)" || diag "$err"

# What neither of them has. TAKEN BODY
comes_back() {
	printf 'language 1;\npolicy p {\n\tapplies mdev-type driver "a b", c;\n%s\n}\n' "$2" >"$scratch/p.policy"
	run "$tool" "$scratch/p.policy"
	is "$rc $out" "0 1 come back" "$1" || diag "$err"
}
comes_back "a calculated constant outside of the domain" '
	attribute a : int 0..4 from type "a"; attribute h : int 0..4 hex from type "h";
	accept same but { a <= 4 + (4 / 2); h == 8 * 2; }'
comes_back "empty lists" '
	attribute s : string from type "s"; attribute v : version(3) from type "v";
	attribute i : int 3..9 from type "i"; attribute b : bool from type "b"; attribute x : set from type "x";
	attribute e : enum { p, q } from type "e"; attribute m : mask(8) from type "m";
	accept same but { s in a except a; v in none; i in 4 except 4; b in yes except yes; x in { u } except { u };
		e in p except p; m in { 1 } except { 1 }; }'
comes_back "words that mean something unquoted" '
	attribute s : string from type "s" key "K" default "self"; attribute t : string from type "t" default "a\\\"b\\\\";
	attribute k : set { "none", "a b", in } separator "+ " field 2 of "." from type "k" default { };
	accept same but { s in "absent", "except", "none", "self.s", "source.s", "", "x*", when, "a..b", "# no comment"; }'
comes_back "a template that names a variable before its values" '
	attribute s : string from type "s";
	accept same but { s in a, {k}, p{k}; type in d-{n: 1, 2}, d-{n}-{k: 2, 3}; }
	rule r { accept same but { s in x{k: 1, 2}; } accept same but { type in d-{n: 1, 2}; s in x{k: 1, 2}; } }'
awk 'BEGIN {
	printf "attribute v : version(4) major 2 from type \"v\"; accept same but { v in 0.0.0.0"
	for (i = 1; i < 64; i++)
		printf ", 1.%d.2.3..1.%d.4294967294.%d", i, i, i
	print "; }"
}' >"$scratch/body"
comes_back "as many intervals as a list may have" "$(cat "$scratch/body")"

# Constants of which nothing is left, and what is taken from them.
declared='attribute s : string from type "s"; attribute e : enum { "a b", c } from type "e";
	const A = a except a; const C = c except c;'
comes_back "an emptied list without a template" "$declared"'
	accept same but { s in A except "nothing_3", nothing_4; e in C except "a b"; }'
comes_back "a template taken from an emptied list" "$declared"'
	accept same but { s in A except x{n: 1, 2}; type == t-{n}; e in C except {k: c}; }'
comes_back "prefixes taken from it" "$declared"'
	rule r { when s in A except a*, nothing_3; when type in A except "nothing_4", x*; migratable no; }'

# `except` makes more intervals than a list may have items. ITEMS FROM STEP LENGTH FORMAT
ints() {
	awk -v n="$1" -v at="$2" -v step="$3" -v len="$4" -v format="$5" 'BEGIN {
		for (i = 0; i < n; i++) {
			printf (i > 0 ? ", " : "") format, at
			if (len > 0)
				printf ".." format, at + len
			at += step
		}
	}'
}
comes_back "4097 intervals" 'attribute i : int 0..100000 from type "i";
	accept same but { i in 1..20000 except '"$(ints 4096 2 3 0 %d)"'; }'
comes_back "8192 intervals, of hexadecimal numbers" 'attribute i : int hex from type "i";
	accept same but { i in '"$(ints 4096 0 10 6 %x)"' except '"$(ints 4096 3 10 0 %x)"'; }'
comes_back "4096 intervals" 'attribute i : int from type "i";
	accept same but { i in '"$(ints 4096 -4000 2 0 %d)"' except 7; }'

# Constants that many rules use: written out each time the text would be larger than a policy may be.
# WORDS TYPE
many_uses() {
	echo "attribute v : $2 from type \"v\"; attribute w : string from type \"w\"; const MANY = $1;"
	awk 'BEGIN {
		for (i = 0; i < 300; i++)
			printf "rule r%d { when w == w%d; accept same but { v in MANY; w in x, \"list_1\", MANY; } }\n", i, i
	}'
}
comes_back "a constant of 1500 words in 300 rules" "$(many_uses "$(ints 1500 0 1 0 type-%d)" string)"
comes_back "an int's, and the same as words" "$(many_uses "$(ints 1500 10000 2 0 %d)" int)"
{
	many_uses "$(ints 60 100 2 0 550.%d.123456)" 'version(3)' | sed 's/w in x.*/}}/'
	awk 'BEGIN {
		for (i = 0; i < 2000; i++)
			printf "rule s%d { when type == t%d; accept same but { v in MANY except 550.100.%d; } accept same but { v in MANY; w any; } }\n", i, i, i % 3
	}'
} >"$scratch/body"
comes_back "a constant of versions in 2300 rules" "$(cat "$scratch/body")"

# Parentheses as deep as arithmetic goes. BEFORE BEHIND
deep() {
	awk -v before="$1" -v behind="$2" 'BEGIN {
		e = "self"
		for (i = 2; i < 33; i++)
			e = sprintf(before, i) "(" e ")" sprintf(behind, i)
		print "attribute h : int from type \"h\" default 1; accept same but { h <= " e "; }"
	}'
}
comes_back "nested arithmetic, to the left" "$(deep '' ' - %d')"
comes_back "nested arithmetic, to the right" "$(deep '%d - ' '')"

n=${MDEVCOMPAT_DUMP_POLICIES:-3000}
mkdir "$scratch/random"
if command -v python3 >/dev/null; then
	PYTHONDONTWRITEBYTECODE=1 python3 "$top_srcdir/tests/reference/write.py" "$scratch/random" 20200731 "$n"
	find "$scratch/random" -name '*.policy' | sort | xargs -n 1000 "$tool" >"$scratch/out" 2>"$scratch/err"
	is "$?" 0 "random policies" || sed 's/^/# /' "$scratch/out" | head -n 60
	# Some claim an attribute in two ways, which only the compiler can know.
	good=$(awk '/^[0-9]+ come back$/ { n += $1 } END { print n }' "$scratch/out")
	ok "nearly all of them compile ($good of $n)" test $((good * 10)) -ge $((n * 9))
else
	skip 2 "no python3"
fi
done_testing
