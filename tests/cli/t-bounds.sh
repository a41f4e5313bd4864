#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The bounds of prove and diff, one after the other: at each there is an answer, one past it there is
# "undecided" with the bound's name, and exit status 4. Bounds that no text gets to (memory, template
# combinations) are in tests/analyse/t-known.
. "$top_srcdir/tests/lib.sh"
. "$top_srcdir/tests/cli/lib.sh"
plan 64

cat >"$scratch/make.py" <<'END'
import sys

def words(prefix, n, sep=", "):
    return sep.join("%s%d" % (prefix, i) for i in range(n))

def enums(a, b):
    return ("attribute a : enum { %s } from type \"a\"; attribute b : enum { %s } from type \"b\";"
            " rule r { when a in %s; when b in %s; accept same; }"
            % ((words("a", a), words("b", b)) * 2))

def subsets(n):
    """n different sets of six words."""
    return ", ".join("{ %s }" % " , ".join("m%d" % k for k in range(6) if i >> k & 1)
                     for i in range(n))

def ints(names):
    return " ".join("attribute %s : int from type \"%s\";" % (x, x) for x in names)

def listed(names):
    return ("local l : versions(1) from type \"l\" default *; "
            + " ".join("attribute %s : version(1) from type \"%s\";" % (x, x) for x in names)
            + " accept same but { " + " ".join("%s in self.l; %s == self;" % (x, x) for x in names)
            + " }")

made = {
    # 4096 and 4097 pairs of two attributes that one condition looks at
    "kinds-at": lambda: enums(16, 256),
    "kinds-past": lambda: enums(17, 241),
    # and two words that stand for all others
    "points-at": lambda: 'attribute s : string from type "s"; rule r { when s in %s; accept same; }'
    % words("s", 4094),
    "points-past": lambda: 'attribute s : string from type "s"; rule r { when s in %s; accept same; }'
    % words("s", 4095),
    "domain-at": lambda: 'attribute n : int 0..255 from type "n"; accept same but { n == self + 0; }',
    "domain-past": lambda: 'attribute n : int 0..256 from type "n"; accept same but { n == self + 0; }',
    "sets-at": lambda: 'attribute f : set { %s } from type "f"; rule r { when f in %s; accept same; }'
    % (words("m", 6), subsets(63)),
    # two policies read an attribute twice
    "sets-diff-at": lambda: 'attribute f : set { %s } from type "f"; rule r { when f in %s; accept same; }'
    % (words("m", 6), subsets(62)),
    "sets-past": lambda: 'attribute f : set { %s } from type "f"; rule r { when f in %s; accept same; }'
    % (words("m", 6), subsets(64)),
    "members-at": lambda: 'attribute f : set { %s } from type "f"; accept same but { f == self; %s }'
    % (words("m", 12), " ".join("f superset { m%d };" % i for i in range(12))),
    "members-past": lambda: 'attribute f : set { %s } from type "f"; accept same but { f == self; %s }'
    % (words("m", 13), " ".join("f superset { m%d };" % i for i in range(13))),
    "list-at": lambda: listed(["v", "w"]),
    "list-past": lambda: listed(["v", "w", "x"]),
    "list-three-at": lambda: listed(["v"]),
    "list-three-past": lambda: listed(["v", "w"]),
    "diagram-at": lambda: 'attribute f : set from type "f"; accept same but { f == { %s }; }'
    % words("w", 1019),
    "diagram-past": lambda: 'attribute f : set from type "f"; accept same but { f == { %s }; }'
    % words("w", 1020),
    "speaks-past": lambda: "speaks migration-version;",
    # 400 and 401 pairs that are newly accepted
    "pairs-at": lambda: 'attribute a : enum { %s } from type "a"; accept same;'
    ' rule r { when a in %s; accept same but { a in %s; } }'
    % (words("x", 20) + ", " + words("y", 20), words("x", 20), words("y", 20)),
    "pairs-past": lambda: 'attribute a : enum { x0, %s } from type "a"; accept same;'
    ' rule r { when a == x0; accept same but { a in %s; } }'
    % (words("y", 401), words("y", 401)),
    "pairs-at-before": lambda: 'attribute a : enum { %s } from type "a"; accept same;'
    % (words("x", 20) + ", " + words("y", 20)),
    "pairs-past-before": lambda: 'attribute a : enum { x0, %s } from type "a"; accept same;'
    % words("y", 401),
}
name = sys.argv[1]
print("language 1; policy p { applies mdev-type driver d; %s }%s"
      % (made[name](), " # the same again" if len(sys.argv) > 2 else ""))
END

# make NAME: $scratch/NAME.policy, and the same in another text.
make() {
	python3 "$scratch/make.py" "$1" >"$scratch/$1.policy" &&
		python3 "$scratch/make.py" "$1" again >"$scratch/$1-again.policy" ||
		bail_out "cannot make $1"
}

# at NAME PROPERTY ANSWER: prove answers.
at() {
	make "$1"
	run "$m" prove --property="$2" "$scratch/$1.policy"
	if [ "$3" = yes ]; then
		is "$rc" 0 "$1: exit status of prove"
	else
		is "$rc" 1 "$1: exit status of prove"
	fi
	like "$out" "^  $2 +$3" "$1: $2: $3"
	run "$m" diff "$scratch/$1.policy" "$scratch/$1-again.policy"
	is "$rc $out" "0 no difference" "$1: diff" || diag "$err"
}

# past NAME PROPERTY BOUND: prove and diff say that they cannot tell, and why.
past() {
	make "$1"
	run "$m" prove --property="$2" "$scratch/$1.policy"
	is "$rc" 4 "$1: exit status of prove"
	like "$out" "^  $2 +undecided: $3\$" "$1: $2: the bound"
	run "$m" diff "$scratch/$1.policy" "$scratch/$1-again.policy"
	is "$rc" 4 "$1: exit status of diff" || diag "$out"
	like "$out" "^  not all could be looked at: $3\$" "$1: the bound that diff met"
}

at kinds-at symmetric yes
past kinds-past symmetric "more than 4096 kinds of subjects to compare with each other"
at points-at symmetric yes
past points-past symmetric "more than 4096 values of one attribute that matter"
at domain-at symmetric yes
past domain-past symmetric "arithmetic over more than 256 values"
at sets-diff-at symmetric yes
make sets-at
run "$m" prove "$scratch/sets-at.policy"
is "$rc" 0 "sets-at: exit status of prove" || diag "$out"
unlike "$out" undecided "sets-at: and answers"
past sets-past symmetric "more than 64 sets that one attribute is compared with"
at members-at symmetric yes
past members-past symmetric "more than 12 members of a set that vary freely"
at list-at symmetric no
past list-past forward-only "one range list for several attributes"
at diagram-at own-twin no
past diagram-past own-twin "an acceptance diagram past its bounds"
past speaks-past symmetric "with 'speaks' the driver has its say too, which is known on a host only"

# Three subjects ask a list for more values.
at list-three-at transitive yes
make list-three-past
run "$m" prove --property=transitive "$scratch/list-three-past.policy"
is "$rc" 4 "list-three-past: exit status of prove"
like "$out" "undecided: one range list for several attributes" "list-three-past: the bound"

# Pairs that change are explained up to a number, and counted from there on.
for name in pairs-at pairs-past; do
	make $name
	make $name-before
	run "$m" diff "$scratch/$name-before.policy" "$scratch/$name.policy"
	is "$rc" 1 "$name: a difference"
	case $name in
	*-at) unlike "$out" "more kinds of pairs" "$name: all of them are explained" ;;
	*) like "$out" "^  and 1 more kinds of pairs, of these groups or of others" "$name: one is not" ;;
	esac
done
done_testing
