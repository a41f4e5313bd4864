#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# prove: answers, witnesses and exit statuses, for files, folders, --policies and what is installed.
. "$top_srcdir/tests/lib.sh"
. "$top_srcdir/tests/cli/lib.sh"
plan 37

mkdir "$scratch/p"
twin=$scratch/p/10-twin.policy
window=$scratch/p/20-window.policy
policy "$twin" twin da
cat >"$window" <<'END'
language 1;
policy window {
	applies mdev-type driver db;
	attribute v : version(2) from type "v";
	accept same but { v <= self; }
}
END

run "$m" prove "$twin"
is "$rc" 0 "all properties hold" || diag "$err"
is "$out" "twin ($twin)
  own-twin      yes
  forward-only  yes
  symmetric     yes
  transitive    yes" "and it says so"

run "$m" prove "$window"
is "$rc" 1 "one does not"
is "$out" "window ($window)
  own-twin      yes
  forward-only  yes
  symmetric     no: this may go from source to target, and not back
    source  v = 0.0
    target  v = 0.1
    both    kind = mdev
            driver = db
            type = word1
  transitive    yes" "the witness shows what differs, then what does not"
run "$m" prove --property=own-twin,transitive "$window"
is "$rc" 0 "only some are asked for"
is "$(printf '%s\n' "$out" | wc -l)" 3 "and answered"
exits 2 "no property is no question" "$m" prove --property= "$window"
run "$m" prove --property=reflexive "$window"
is "$rc" 2 "no such property"
like "$err" "own-twin, forward-only, symmetric and transitive" "there are others"

run "$m" prove --json "$window"
is "$rc" 1 "--json"
is_json "one document"
is "$(printf '%s' "$out" | json policies 0 properties 2 answer)" no "the answer"
is "$(printf '%s' "$out" | json policies 0 properties 2 witness 1 values v)" 0.1 "the witness"
is "$(printf '%s' "$out" | json policies 0 properties 2 witness 1 role)" target "its role"
is "$(printf '%s' "$out" | json exit)" 1 "the exit status"

cat >"$scratch/wide.policy" <<'END'
language 1;
policy wide {
	applies mdev-type driver dw;
	attribute n : int 0..1000 from type "n";
	accept same but { n <= self + 0; }
}
END
run "$m" prove --property=transitive "$scratch/wide.policy"
is "$rc" 4 "undecided"
like "$out" "transitive    undecided: arithmetic over more than 256 values" "names the bound"
run "$m" prove --json --property=transitive "$scratch/wide.policy"
like "$(printf '%s' "$out" | json policies 0 properties 0 bound)" "256" "in JSON too"
run "$m" prove "$scratch/wide.policy"
is "$rc" 1 "a no weighs more than what is undecided"

# What a driver says is known where it runs.
echo 'language 1; policy s { applies mdev-type driver ds; speaks migration-version; }' >"$scratch/speaks.policy"
run "$m" prove "$scratch/speaks.policy"
is "$rc" 4 "a policy that speaks an interface is undecided"
unlike "$out" " yes| no" "in every property"

# Several kinds and drivers in one policy, also named by clauses; types on some only.
cat >"$scratch/kinds.policy" <<'END'
language 1;
policy kinds {
	applies mdev-type driver da, db;
	applies vfio-device driver dc;
	attribute x : string from device "x" default dc dynamic;
	rule a { when driver in da, db; accept same but { driver in da, db; } }
	rule c { when kind == vfio; accept same but { x == self.driver; } }
	rule d { when driver == db; accept same but { driver any; kind any; type any; } }
}
END
run "$m" prove "$scratch/kinds.policy"
is "$rc" 1 "kinds and drivers are values like others" || diag "$err"
like "$out" "target  kind = vfio" "one that no twin fits"
like "$out" "first   driver = db" "a step from driver to driver"
grep -v 'rule [ad]' "$scratch/kinds.policy" >"$scratch/one-kind.policy"
run "$m" diff "$scratch/kinds.policy" "$scratch/one-kind.policy"
like "$out" "accepted .rule d.$" "and so in diff"

# Folders, --policies, what is in force; narrowing policies count.
run "$m" prove "$scratch/p"
is "$(printf '%s\n' "$out" | grep -c '^[a-z]')" 2 "a folder's policies, one after the other"
run "$m" --policies "$scratch/p" prove --property=symmetric
is "$rc" 1 "--policies"
like "$out" "symmetric     no" "the same answer"
host "$scratch/root"
run "$m" --root "$scratch/root" prove
is "$rc" 4 "no image, no answer"
cp "$twin" "$scratch/root/etc/mdevcompat/policies"
"$m" --root "$scratch/root" update >/dev/null 2>&1
run "$m" --root "$scratch/root" prove
is "$rc" 0 "what is installed" || diag "$err"
like "$out" "^twin ./etc/mdevcompat/policies/10-twin.policy.$" "by its own path"
cat >"$scratch/root/etc/mdevcompat/policies/90-never.policy" <<'END'
language 1;
policy never narrows twin {
	applies mdev-type driver da;
	attribute bad : bool from site "bad" default no;
	refuse { type == d-bad; }
}
END
"$m" --root "$scratch/root" update >/dev/null 2>&1
run "$m" --root "$scratch/root" prove --property=own-twin
is "$rc" 1 "with what narrows it" || diag "$out$err"
like "$out" "type = d-bad" "whose words are seen"
run "$m" prove "$scratch/root/etc/mdevcompat/policies/90-never.policy"
is "$rc" 3 "a narrowing policy alone says nothing"

echo "language 1; policy x {" >"$scratch/broken.policy"
run "$m" prove "$scratch/broken.policy"
is "$rc" 3 "a broken file"
run "$m" prove "$scratch/nowhere.policy"
is "$rc" 5 "no file"

# The shipped policies keep what their rules say: no device takes in a newer source.
newer=
for p in "$top_srcdir"/policies/*.policy; do
	"$m" prove --property=forward-only "$p" >/dev/null || newer="$newer $(basename "$p")"
done
is "$newer" "" "no shipped policy goes backward"
done_testing
