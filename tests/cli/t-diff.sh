#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# diff: groups and witnesses, fingerprints, what became of attributes, subjects of a host.
. "$top_srcdir/tests/lib.sh"
. "$top_srcdir/tests/cli/lib.sh"
plan 59

# made FILE [ATTRIBUTES-AND-RULES]
made() {
	printf 'language 1;\npolicy p {\n\tapplies mdev-type driver d;\n%s\n}\n' "$2" >"$1"
}
old=$scratch/old.policy
new=$scratch/new.policy
v='	attribute v : version(2) from type "v";'

made "$old" "$v
	accept same but { v <= self; }"
run "$m" diff "$old" "$old"
is "$rc" 0 "a policy and itself"
is "$out" "no difference" "no difference"

# The same meaning in other words, under another name.
made "$new" "$v
	const ALL = 0.0..4294967294.4294967294; # a comment
	rule all { accept same but { v <= self; v in ALL; } accept same; }"
run "$m" diff "$old" "$new"
is "$out" "no difference" "the same meaning, spelled otherwise" || diag "$err"
is "$rc" 0 "is none"

made "$new" "$v
	rule window { accept same but { v in 1.*; v <= self; } }"
run "$m" diff "$old" "$new"
is "$rc" 1 "one that accepts less"
is "$out" "$old -> $new: d
  no longer accepted: v
    old     $old:5:2: accepted
    new     $new:5:34: v in [1.0,2.0) (rule window)
    both    kind = mdev
            driver = d
            type = word1
            v = 0.0
  fingerprints change, for instance of
    subject kind = mdev
            driver = d
            type = word1
            v = 0.0
    old     $(printf '%s\n' "$out" | sed -n 's/^    old     \(m[cn]1-.*\)/\1/p')
    new     $(printf '%s\n' "$out" | sed -n 's/^    new     \(m[cn]1-.*\)/\1/p')" "group, places, witness, fingerprints"
like "$out" "^    old     mc1-" "its own twin was accepted"
like "$out" "^    new     mn1-" "and is not any more"
run "$m" diff "$new" "$old"
is "$rc" 1 "the other way round"
like "$out" "^  newly accepted: v$" "more is accepted"
unlike "$out" "no longer" "and nothing less"

run "$m" diff --json "$old" "$new"
is "$rc" 1 "--json"
is_json "one document"
is "$(printf '%s' "$out" | json policies 0 changes 0 change)" no-longer-accepted "the change"
is "$(printf '%s' "$out" | json policies 0 changes 0 attribute)" v "the attribute"
is "$(printf '%s' "$out" | json policies 0 changes 0 refusing_rule)" window "the rule"
is "$(printf '%s' "$out" | json policies 0 changes 0 witness 0 values v)" 0.0 "the witness"
is "$(printf '%s' "$out" | json policies 0 same_fingerprints)" no "fingerprints"
run "$m" diff --json "$old" "$old"
is "$(printf '%s' "$out" | json policies 0 same_verdicts)" yes "nothing changed, in JSON"

# Two attributes that change are two groups; each direction its own.
two="$v
	attribute f : set from type \"f\";"
made "$old" "$two
	accept same but { v <= self; }"
made "$new" "$two
	accept same but { f subset self; }"
run "$m" diff "$old" "$new"
is "$(printf '%s\n' "$out" | grep accepted: | sort)" "  newly accepted: f
  no longer accepted: v" "by attribute and direction" || diag "$out"

# Only a fingerprint changes: an offer that says what the accept blocks say.
made "$old" "	accept same;"
made "$new" "	accept same; offer { type == self; }"
run "$m" diff "$old" "$new"
is "$rc" 1 "a fingerprint alone is a difference"
unlike "$out" "accepted:" "though no verdict changes"
like "$out" "fingerprints change" "and it is shown"

# Undecided is not "no difference".
wide='	attribute n : int 0..1000 from type "n";'
made "$old" "$wide
	accept same but { n <= self + 0; }"
made "$new" "$wide # the same in other words
	accept same but { n <= self + 0; }"
run "$m" diff "$old" "$old"
is "$rc" 0 "the same file needs no look"
run "$m" diff "$old" "$new"
is "$rc" 4 "not all could be looked at"
unlike "$out" "no difference" "so nothing is promised"
like "$out" "256 values" "the bound is named"

# Only what is claimed changes: no verdict and no fingerprint shows it.
share='	attribute n : int 1..16 from device "n" default 1 dynamic;'
made "$old" "$share
	accept same but { type any; n any; claim n; }"
made "$new" "$share
	accept same but { type any; n any; claim n = 17 - source.n; }"
run "$m" diff "$old" "$new"
is "$rc" 1 "another claim is a difference" || diag "$out$err"
unlike "$out" "accepted:|fingerprints" "of nothing else"
is "$(printf '%s\n' "$out" | sed -n 2,4p)" "  claims change: n
    old     1
    new     16" "with what is claimed"
run "$m" diff --json "$old" "$new"
is "$(printf '%s' "$out" | json policies 0 same_claims) $(printf '%s' "$out" | json policies 0 new_claim)" \
	"no 16" "in JSON"
made "$new" "$share
	accept same but { type any; n any; }"
run "$m" diff "$old" "$new"
is "$rc" 1 "no claim any more" || diag "$out$err"
like "$out" "^    new     not claimed$" "is said"
made "$new" "$share
	accept same but { type any; }"
run "$m" diff "$old" "$new"
is "$rc $out" "0 no difference" "a copy, whether written or not" || diag "$err"
made "$new" "$share
	accept same but { type any; n any; claim n = source.n + 0; }"
run "$m" diff "$old" "$new"
is "$rc" 4 "a copy in other words"
like "$out" "not all could be looked at: claims that are made in several ways" "cannot be told"
made "$new" "$share
	rule a { when type in d-1, d-2; accept same but { type == d-1; n any; claim n = source.n + 1; } }"
made "$old" "$share # the same in other words
	rule b { when type in d-1, d-2; accept same but { type == d-1; n any; claim n = source.n + 1; } }"
run "$m" diff "$old" "$new"
is "$rc $out" "0 no difference" "the same claims under another name" || diag "$err"

# ---- attributes

# evolves CODE EXIT OLD NEW NAME
evolves() {
	made "$old" "$3
	accept same;"
	made "$new" "$4
	accept same;"
	run "$m" diff "$old" "$new"
	is "$rc" "$2" "$5"
	like "$err" "$new:4:12: .*\\[MDC-$1\\]" "$5: the place and code" || diag "$err"
}
a='	attribute a : int from type "a"'
evolves 150 3 "$a default 1;" "$a default 2;" "a changed default"
like "$err" "$old:4:12: .*as it was" "with both places" || diag "$err"
evolves 151 3 "$a;" '	attribute a : int hex from type "a";' "a changed unit"
evolves 151 3 "$v" '	attribute v : version(3) from type "v";' "a changed N"
evolves 153 1 "" "$a default 1;" "a new attribute"
evolves 155 1 "$a;" '	attribute a : int from parent "a";' "another fact"
made "$old" "$a;
	accept same;"
made "$new" "	accept same;"
run "$m" diff "$old" "$new"
is "$rc" 1 "an attribute that is gone"
like "$err" "$old:4:12: .*\\[MDC-154\\]" "an attribute that is gone: the place and code"

# ---- folders and hosts

full_host "$scratch/root"
mkdir "$scratch/p" "$scratch/q"
cp "$scratch"/root/etc/mdevcompat/policies/*.policy "$scratch/p"
cp "$scratch"/p/* "$scratch/q"
run "$m" --root "$scratch/root" diff "$scratch/p" "$scratch/q"
is "$rc" 0 "two equal folders" || diag "$out$err"
nvidia=$(grep -l 'driver nvidia' "$scratch"/q/*.policy | head -n 1)
sed 's/^\(policy [^{]*{\)/\1 rule never { when type == nvidia-231; migratable no; }/' "$nvidia" >"$scratch/edited"
mv "$scratch/edited" "$nvidia"
run "$m" --root "$scratch/root" diff "$scratch/p" "$scratch/q"
is "$rc" 1 "one file of them edited"
like "$out" "^  no longer accepted: migratable no" "its pairs"
like "$out" "^on that host:$" "the subjects of the tree"
like "$out" "/nvidia-231$" "those of that type"
unlike "$out" "/nvidia-232$" "and no others"
# A new default for what drivers have: the tree knows.
cp "$scratch"/p/* "$scratch/q"
sed 's/^\(policy [^{]*{\)/\1 attribute extra : string from type "name" key "x" default absent; attribute more : string from type "description" default "";/' \
	"$nvidia" >"$scratch/edited"
mv "$scratch/edited" "$nvidia"
run "$m" --root "$scratch/root" diff "$scratch/p" "$scratch/q"
like "$err" "'more' is new, and .* has its fact already \\[MDC-152\\]" "a new default whose fact exists" ||
	diag "$err"
unlike "$err" "'extra' is new, and" "not where it does not"
run "$m" diff "$scratch/p" "$scratch/nowhere"
is "$rc" 5 "no such folder"
done_testing
