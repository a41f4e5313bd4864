#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# check --coverage counts exactly what mdevcompat(1) says: policies whose fractions were worked out
# by hand, construct by construct.
. "$top_srcdir/tests/lib.sh"
. "$top_srcdir/tests/cli/lib.sh"
plan 18

# TITLE FRACTIONS MISSED: the policy is on standard input; MISSED has its missed points, in the order
# of the answer, a line for each, without places.
covers() {
	{
		echo 'language 1; policy p { applies mdev-type driver d;'
		cat
		echo '}'
	} >"$scratch/p.policy"
	run "$m" check --coverage "$scratch/p.policy"
	is "$(printf '%s\n' "$out" | sed -n 's/^  rules/rules/p')" "$2" "$1"
	is "$(printf '%s\n' "$out" | sed -n 's/.*\.policy:[0-9]*:[0-9]*: //p')" "$3" "$1: what is missed" ||
		printf '%s\n' "$err" | sed 's/^/# /'
}

# The clause of the condition holds for both sides; in the block 1.0.3 is in the constant and behind
# `except`, 4 in the range and behind `except`. Of 3 + 1 + 1 + 3 items these are 1.0.<2,3> (for both uses
# of C), 1.0.3, 1..5 and 4..5.
shared='
	attribute v : version(3) from type "v";
	attribute i : int 0..100 from type "i" default 0;
	const C = 1.0.<2,3>, 1.1+ except 1.5.0;
	rule r {
		when v in C, 2.*;
		accept same but { v in C except 1.0.3; i in 1..5, 7 except 4..5; }
	}
	test "1" { target { type t; v 1.0.2; i 1; } source { v 1.0.3; i 4; } expect incompatible; }'
covers "a constant in two lists, and except" "rules 1/1, clauses 0/3, list items 4/8" \
	"the clause holds in every test that asks it: v in C, 2.*
the clause holds in no test: v in C except 1.0.3
the clause holds in no test: i in 1..5, 7 except 4..5
the item is met in no test: 1.1+
the item is met in no test: 1.5.0
the item is met in no test: 2.*
the item is met in no test: 7" <<P
$shared
P
# 1.5.0 is in the constant's own `except`, so the condition fails for the source; the block's first clause
# has still held nowhere.
covers "and a second test" "rules 1/1, clauses 2/3, list items 8/8" \
	"the clause holds in no test: v in C except 1.0.3" <<P
$shared
	test "2" { target { type t; v 2.0.0; i 7; } source { v 1.5.0; } expect incompatible; }
P

# The target is an x, so the rule matches with n = 1 and with n = 2. With n = 1 and m = 2 all clauses of
# the block hold, so that is what counts, and none has failed.
covers "combinations of the rule and the block" "rules 1/1, clauses 0/6, list items 6/13" \
	'the clause holds in every test that asks it: type in d-{n: 1, 2}, x
the clause holds in every test that asks it: s in a, b, c, "2"
the clause holds in every test that asks it: type in d-{m: 1, 2}, y-{m}
the clause holds in every test that asks it: h == {n} * {m}
the clause holds in every test that asks it: s in {m}, z
the clause holds in every test that asks it: s in p, q, "2"
the item is met in no test: y-{m}
the item is met in no test: z
the item is met in no test: p
the item is met in no test: q
the item is met in no test: a
the item is met in no test: b
the item is met in no test: c' <<'P'
	attribute h : int 0..100 from type "h" default 0;
	attribute s : string from type "s";
	rule r {
		accept same but { type in d-{m: 1, 2}, y-{m}; h == {n} * {m}; s in {m}, z; }
		when type in d-{n: 1, 2}, x;
		offer { s in p, q, "2"; }
		when s in a, b, c, "2";
	}
	test "1" { target { type x; s "2"; } source { type d-2; h 2; s "2"; } expect compatible; }
P

# With m = 1 no clause holds, with m = 2 all but one (h). In the second test each leaves one, and the first
# counts: there type holds and s does not.
nearest='
	attribute h : int 0..9 from type "h" default 0;
	attribute s : string from type "s";
	accept same but { type == d-{m: 1, 2}; h == 5; s == {m}; }
	test "1" { target { type d-1; s "1"; } source { type d-2; h 4; s "2"; } expect incompatible because h; }'
covers "the combination that comes closest" "rules 1/1, clauses 0/3, list items 0/0" \
	"the clause holds in every test that asks it: type == d-{m: 1, 2}
the clause holds in no test: h == 5
the clause holds in every test that asks it: s == {m}" <<P
$nearest
P
covers "of several the first" "rules 1/1, clauses 2/3, list items 0/0" \
	"the clause holds in every test that asks it: type == d-{m: 1, 2}" <<P
$nearest
	test "2" { target { type d-1; s "1"; } source { type d-1; h 5; s "2"; } expect incompatible because s; }
P

# Both sides of test 1 match r; `a any` and `h any` meet nothing but the target's own value. The target of
# test 2 lacks b, so it matches nothing. That of test 3 is unknown, so nobody asks about it, and
# q, which the source matches, has no one to offer to. Claims are no points.
covers "blocks that are not asked" "rules 2/3, clauses 3/10, list items 0/6" \
	"the rule holds in no test: rule u
the clause takes no value but one's own in any test: a any
the clause takes no value but one's own in any test: h any
the clause holds in no test: s in x, y
the clause holds in no test: h >= 5
no test asks the clause: s in a, b
no test asks the clause: h in 1, 2
the clause holds in no test: h == 9
the item is met in no test: x
the item is met in no test: y
the item is met in no test: a
the item is met in no test: b
the item is met in no test: 1
the item is met in no test: 2" <<'P'
	attribute s : string from type "s";
	attribute h : int 0..9 from type "h" default 0;
	attribute b : bool from type "b" default absent;
	attribute a : int 1..8 from device "a" default 1 dynamic;
	rule r {
		when b present;
		accept same but { a any; claim a = source.a; s any; h any; }
		refuse { s in x, y; h >= 5; }
	}
	rule q { when s == q; accept same but { s in a, b; } offer { h in 1, 2; } }
	rule u { when h == 9; migratable no; }
	test "1" { target { type t; s a; b yes; h 1; } source { s c; } expect compatible; }
	test "2" { target { type t; s a; h 1; } source { b yes; h 5; } expect incompatible; }
	test "3" { target { type t; b yes; } source { s q; h 2; } expect unknown; }
P

# What never decides is never reached: `any` in a condition, a list that is the whole domain.
covers "clauses that never decide" "rules 1/1, clauses 1/3, list items 1/1" \
	"the condition holds for every value: s any
the clause holds in every test that asks it: i in 0..3" <<'P'
	attribute i : int 0..3 from type "i" default 0;
	attribute s : string from type "s" default absent;
	rule r { when s any; accept same but { i in 0..3; s absent; } }
	test "1" { target { type t; } source { i 2; s x; } expect incompatible because s; }
	test "2" { target { type t; i 1; } source { i 3; } expect compatible; }
P

covers "sets, masks and bools" "rules 1/1, clauses 3/3, list items 7/9" \
	"the item is met in no test: { a, b }
the item is met in no test: { 1 }" <<'P'
	attribute x : set from type "x" default { };
	attribute m : mask(8) from type "m" default { };
	attribute f : bool from type "f" default no;
	accept same but { x in { a }, { a, b }, { } except { }; m in { 0 }, { 1 }; f in yes, no except no; }
	test "1" { target { type t; x { a }; m { 0 }; f yes; } source { } expect compatible; }
	test "2" { target { type t; x { a }; m { 0 }; f yes; } source { x { }; m { 2 }; f no; } expect incompatible; }
P

covers "one constant as two types" "rules 1/1, clauses 2/2, list items 2/2" "" <<'P'
	attribute i : int from type "i";
	attribute s : string from type "s";
	const N = 1, 2;
	accept same but { i in N; s in N; }
	test "1" { target { type t; i 5; s a; } source { i 1; s "2"; } expect compatible; }
	test "2" { target { type t; i 5; s a; } source { } expect incompatible; }
P
done_testing
