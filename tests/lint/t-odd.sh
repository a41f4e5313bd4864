#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Odd forms of what lints look for, and what is nearly that and must not be reported. A line "CODE NAME"
# begins a policy that has to be reported, "-CODE NAME" one that must not be; "CODE NAME: TEXT" says what
# the message has in it. Declarations that all share stand at the top.
. "$top_srcdir/tests/lib.sh"
. "$top_srcdir/tests/cli/lib.sh"

head='language 1; policy p { applies mdev-type driver d, e;
attribute v : version(3) from type "v"; attribute w : version(3) from type "w";
attribute s : string from type "s"; attribute f : set from type "f";
attribute g : set { p, q, r } from type "g" default { p }; attribute m : mask(8) from type "m";
attribute i : int 0..100 from type "i" default 5; attribute o : string from type "o" default absent;
attribute n : int 1..16 from device "n" default 1 dynamic;
'
cat >"$scratch/cases" <<'END'
101 an empty list through constants
const A = 1.*; const B = 1.*, 2.*; accept same but { v in A except B; }
-101 a list that keeps one value
const A = 1.*; accept same but { v in A except 1.1+, 1.0.<1..>; }
101 an empty list of integers
accept same but { i in 3..7 except 0..9; }
-101 nothing on purpose is a value of a set
accept same but { f in { }; }
102 a range in another one through a constant
const A = 1.*; accept same but { v in A, 1.2.*; }
-102 ranges that only touch
accept same but { v in 1.0.*, 1.1.*; }
102 a word that a constant brings again
const A = x, y; accept same but { s in A, x; }
102 an integer in a range
accept same but { i in 0..9, 9; }
-102 an integer beside a range
accept same but { i in 0..8, 9; }
102 a word under a beginning
rule a { when s in ab*, abc; accept same; }
-102 a word beside a beginning
rule a { when s in ab*, ac; accept same; }
103 an exception of another major
accept same but { v in 1.* except 2.1.0; }
-103 an exception that takes away a little
accept same but { v in 1.* except 1.9.0..2.3.0; }
103 an exception that an earlier one makes empty is from no list
accept same but { s in x, y except z; }
104 conditions that exclude each other through a constant
const NEW = 2.*; rule a { when v in NEW; when v <= 1.9.0; accept same; } accept same;
-104 conditions that leave one version
const NEW = 2.*; rule a { when v in NEW; when v <= 2.0.0; accept same; } accept same;
104 a driver out of the scope
rule a { when driver == x; accept same; } accept same;
-104 the second driver of the scope
rule a { when driver == e; accept same; } accept same;
104 a kind that the scope does not have
rule a { when kind == vfio; accept same; } accept same;
104 outside of the domain
rule a { when i >= 50; when i <= 49; accept same; } accept same;
-104 absent where there may be no fact
rule a { when o absent; accept same; } accept same;
104 present and absent
rule a { when o absent; when o == x; accept same; } accept same;
104 words that a set cannot have at once
rule a { when g superset { p, q }; when g subset { p }; accept same; } accept same;
-104 words that a set can have
rule a { when g superset { p }; when g subset { p, q }; accept same; } accept same;
104 bits that are wanted and not wanted
rule a { when m superset { 0, 1 }; when m disjoint { 1 }; accept same; } accept same;
104 a template and a word that it does not make
rule a { when type == d-{k: 1, 2}; when type == d-3; accept same; } accept same;
-104 a template and a word that it makes
rule a { when type == d-{k: 1, 2}; when type == d-2; accept same; } accept same;
105 two lists without a common value
accept same but { v in 1.*; v >= 2.0.0; }
-105 two that have one
accept same but { v in 1.*; v >= 1.9.0; }
105 a set that is more and less
accept same but { g superset { p, q }; g disjoint { q }; }
-105 what only self tells
accept same but { v <= self; v >= 1.0.0; }
106 a smaller window
accept same but { v in 1.*; w any; } accept same but { v in 1.*, 2.*; w any; }
-106 windows that overlap
accept same but { v in 1.*, 3.*; w any; } accept same but { v in 1.*, 2.*; w any; }
106 exact twins beside a block that takes them
accept same; accept same but { v <= self; }
-106 exact twins beside a block that does not
accept same; accept same but { v <= self; s == x; }
106 the same block under a narrower condition
rule a { when v in 1.*; accept same but { w any; } } rule b { when v in 1.2.*; accept same but { w any; } }
-106 a block under a condition that is not narrower
rule a { when v in 1.*; accept same but { w any; } } rule b { when v in 1.2.*, 2.*; accept same but { w any; } }
-106 a claim is an effect
accept same but { n any; claim n; } accept same but { n any; w any; }
107 a gap between two ranges
rule a { when v <= 1.9.9; accept same; } rule b { when v >= 2.0.0; accept same; }
-107 no gap
rule a { when v <= 1.9.9; accept same; } rule b { when v >= 1.9.9; accept same; }
107 absence, where all present values are matched
rule a { when o present; accept same; }
-107 absence and presence
rule a { when o present; accept same; } rule b { when o absent; accept same; }
107 the other driver
rule a { when driver == d; accept same; }
-107 all drivers
rule a { when driver == d; accept same; } rule b { when driver == e; accept same; }
-107 one of all words of a set
rule a { when g superset { p }; accept same; } rule b { when g disjoint { p }; accept same; }
107 all sets but the empty one
rule a { when f superset { p }; accept same; } rule b { when f disjoint { p, q }; accept same; }
108 what no block accepts
accept same but { v in 1.*; } refuse { v in 2.*; }
-108 what one block accepts
accept same but { v in 1.*; } refuse { v in 1.9.*; }
108 a rule that has no accept block in force
rule a { when v in 1.*; accept same; } rule b { when v in 2.*; refuse { s == x; } }
108 sources that only other targets accept
rule a { when s == x; accept same but { v in 1.*; } } rule b { when s == y; accept same but { v in 2.*; } refuse { v in 1.*; } }
-108 sources that one target accepts
rule a { when s == x; accept same but { v in 1.*; } } rule b { accept same but { v in 2.*; } refuse { v in 1.*; } }
-108 what another refusal takes away as well
accept same; refuse { v in 1.*; } refuse { v in 1.2.*; }
-108 a refusal of twins
accept same; refuse { v == 1.0.0; }
109 a feature that the target lacks
accept same but { f superset self; }
-109 a superset in an offer
accept same but { f subset self; } offer { f superset self; }
109 a newer version through its own name
accept same but { v >= self.v; }
-109 with an end
accept same but { v >= self; v in 1.*; }
-109 a superset in a refusal
accept same but { f subset self; } refuse { m superset self; }
109 another clause that is no end: 1.0.0 may enter where v is 0.0.0
accept same but { v >= self; v >= 1.0.0; }
109 only what the conditions let be: 2.0.1 may enter where v is 2.0.0
rule a { when v in 2.*; accept same but { v >= self; } }
-109 more that is refused
accept same but { v >= self; } refuse { v >= 1.0.0; } refuse { v <= 1.0.0; }
-109 more that nobody offers
accept same but { v >= self; } offer { v >= self; }
109 more that some offer
accept same but { v >= self; } rule a { when s == x; offer { v >= self; } } rule b { when s == y; offer { s any; } }
109 beside a default: { p } may enter where g is { }
accept same but { g superset self; }
109 more bits
accept same but { m superset self; }
-109 equal in the end
accept same but { v >= self; v <= self; }
110 a dynamic number from another type
accept same but { type any; }
-110 a dynamic number from types that a list names
accept same but { type any; claim n = source.n * 2; }
-110 a copy that is meant
accept same but { type any; n any; claim n; }
-110 the same type in the end
accept same but { type == self; }
-110 types of which self is all
accept same but { type any; type == self; }
-110 a list that has only the type of the condition
rule a { when type == d-1; accept same but { type in d-1; } }
110 a list that has another one: d-2 becomes 1 of d-1
rule a { when type == d-1; accept same but { type in d-1, d-2; } }
-110 other types that are refused
rule a { when type == d-1; accept same but { type in d-1, d-2; } refuse { type == d-2; } }
-110 a number that must be equal
accept same but { type any; n == self; }
110 types that a template lets in
accept same but { type == d-{k: 1, 2}; }
111 a value that each block takes
rule a { when s == x; accept same but { w any; } } accept same but { w any; v <= self; }
-111 a value that one block compares
rule a { when s == x; accept same but { w any; } } accept same;
-111 a value that only a refusal asks for
accept same but { w any; } refuse { w == 1.0.0; }
-111 a value that only another is compared with
accept same but { w any; v <= self.w; }
112 one half of one
accept same but { type == d-{k: 1, 2, 4}; i == {k} / 2; }
-112 halves of even numbers
accept same but { type == d-{k: 2, 4}; i == {k} / 2; }
112 a claim that one type cannot have
rule a { when type == d-{k: 1, 2, 4}; accept same but { type == d-{l: 2, 4}; claim n = {k} / {l}; } }
-112 a share that depends on the source
rule a { when type == d-{k: 1, 2}; accept same but { type == d-{l: 1, 2}; claim n = source.n * {k} / {l}; } }
113 values that one condition tells and another block asks for
rule a { when s == x; accept same; } rule b { when f superset { long-word-0, long-word-1 }; accept same but { s in LONG; } }
113 the longest word that is named: o is
accept same; rule a { when o == LONGWORD; accept same; } rule b { when o absent; accept same; }
-113 the same words where they do not add up
accept same but { s in x, y, z; }
115 a word that is too long to be shown: f ...
accept same; refuse { f superset { LONGWORD }; }
115 a window that a target is out of
accept same but { v in 1.*; }
-115 a window under its own condition
rule a { when v in 1.*; accept same but { v in 1.*; } }
116 a window that slides: v 1.0.0, 2.0.0 and 3.0.0
rule a { when v in 2.*; accept same but { v in 1.*, 2.*; } } rule b { when v in 3.*; accept same but { v in 2.*, 3.*; } }
-116 a window that does not
rule a { when v in 2.*; accept same but { v in 1.*, 2.*; } } rule b { when v in 3.*; accept same but { v in 1.*, 2.*, 3.*; } }
117 no newer one
accept same but { v <= self; }
-117 classes
rule a { when v in 1.*; accept same but { v in 1.*; } } rule b { when v in 2.*; accept same but { v in 2.*; } }
END
python3 - "$scratch" "$head" <<'END'
import re, sys
folder, head = sys.argv[1:]
lines = open(folder + "/cases").read().splitlines()
long = ", ".join("a-rather-long-word-number-%03d" % i for i in range(100))
with open(folder + "/list", "w") as out:
    number = 0
    for title, body in zip(lines[::2], lines[1::2]):
        number += 1
        body = body.replace("LONGWORD", '"' + "o" * 1900 + '"').replace("LONG", long)
        with open("%s/%d.policy" % (folder, number), "w") as f:
            f.write(head + body + "\n}\n")
        out.write("%d %s\n" % (number, title))
END
plan "$(wc -l <"$scratch/list")"
while read -r number code title; do
	run "$m" check --info "$scratch/$number.policy"
	text=.
	case $title in
	*:\ *) text=${title##*: } ;;
	esac
	if printf '%s\n' "$err" | grep -q "error:"; then
		fail "$code: $title: an error" || printf '%s\n' "$err" | head -n 5 | cut -c1-200
	elif [ "$code" = "${code#-}" ]; then
		like "$(printf '%s\n' "$err" | grep "MDC-$code")" "$text" "$code: $title" || :
	else
		unlike "$err" "MDC-${code#-}" "not ${code#-}: $title" || :
	fi
done <"$scratch/list"
done_testing
