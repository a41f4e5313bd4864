#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What --json prints is what mdevcompat(1) lists: no member that the page does not name for the
# command, and none named there that no document has.
. "$top_srcdir/tests/lib.sh"
. "$top_srcdir/tests/cli/lib.sh"

plan 20

h=$scratch/host
full_host "$h"
devices=$top_srcdir/examples/devices
mdev=c2177883-f1bb-47f0-914d-32a22e3a8804
exits 0 "update" "$m" --root "$h" --json update
printf '%s\n' "$out" >"$scratch/update.json"

document() { # NAME COMMAND...
	doc=$1
	shift
	run "$m" --root "$h" --json "$@"
	printf '%s\n' "$out" >>"$scratch/$doc.json"
}
document list list
mkdir "$h/etc/mdevcompat/site.d"
echo 'host: {example.ecc: on}' >"$h/etc/mdevcompat/site.d/50.yaml"
echo 'language 1; policy mtty { applies mdev-type driver mtty; accept same;
attribute ecc : bool from site "example.ecc"; local free : set from type "free"; }' \
	>"$h/etc/mdevcompat/policies/90-mtty.policy"
"$m" --root "$h" update >/dev/null
document info info $mdev
document info info mtty/mtty-1
older=$devices/b-gvtg-v5-4.yaml
for verb in match explain accepts claim; do
	case $verb in
	accepts) run sh -c "'$m' --root '$h' info --descriptor 0000:00:02.0/i915-GVTg_V5_4 |
		'$m' --root '$h' --json accepts $mdev" && printf '%s\n' "$out" >>"$scratch/accepts.json" ;;
	*) document $verb $verb "$older" $mdev ;;
	esac
done
echo '# changed' >>"$h/etc/mdevcompat/policies/60-intel-gvtg.policy"
document status status
sed -i 's/2.0.<2,3,4>/2.0.<3,4>/' "$h/etc/mdevcompat/policies/60-intel-gvtg.policy"
document update update --dry-run

# What needs no host.
plain() { # NAME ARGUMENT...
	doc=$1
	shift
	run "$m" --json "$@"
	printf '%s\n' "$out" >>"$scratch/$doc.json"
}
lint=$top_srcdir/tests/lint
plain check check --coverage "$lint/cover/partial.policy"
plain check check --expand "$lint/bad/silence-grants.policy"
plain prove prove "$top_srcdir/policies/qat.policy"
plain diff diff "$top_srcdir/policies/qat.policy" "$top_srcdir/policies/mtty.policy"
for factor in 1 2; do
	echo "language 1; policy p { applies mdev-type driver d;
attribute n : int 1..8 from device \"n\" default 1 dynamic; accept same but { n <= 4; claim n = source.n * $factor; } }" \
		>"$scratch/$factor.policy"
done
plain diff diff "$scratch/1.policy" "$scratch/2.policy"
like "$out" '"claimed_attribute":"n"' "a difference in claims"
plain range range normal '2.0.*'
plain range range contains '2.0.*' 2.0.1
document cat cat
document dump dump
plain fmt fmt "$lint/cover/partial.policy"

# The members of documents, and those that the page names behind the command's name.
cat >"$scratch/members.py" <<'END'
import json, re, sys
page, verb = sys.argv[1:3]
text = page.split("\n# JSON\n")[1].split("\n# ")[0]
head, *parts = re.split(r"\n(?=\*)", text)
common = set(re.findall(r"_([a-z_]+)_(?![a-z])", head.replace("\\_", "_")))
own = "".join(p for p in parts if "*%s*" % verb in p.split("\n")[0].split("\t")[0]).replace("\\_", "_")
named = set(re.findall(r"(?<![a-z_])_([a-z][a-z_]*[a-z])_(?![a-z])", own))
found = set()
def walk(x):
    if isinstance(x, dict):
        for k, v in x.items():
            found.add(k)
            if k not in ("record", "values"):
                walk(v)
    elif isinstance(x, list):
        for y in x:
            walk(y)
for line in open(sys.argv[3]):
    walk(json.loads(line))
print("not on the page:", *sorted(found - named - common))
if verb in ("list", "info", "status", "update", "check", "range"):
    # Below --root there is no udev to differ from.
    no_udev = {"property", "now"} if verb == "info" else set()
    print("on the page alone:", *sorted(named - found - no_udev))
END
page=$(cat "$top_srcdir/man/mdevcompat.1.scd")
for verb in list info status update check range; do
	is "$(python3 "$scratch/members.py" "$page" $verb "$scratch/$verb.json")" \
		"not on the page:
on the page alone:" "$verb"
done
for verb in match explain accepts claim prove diff cat dump fmt; do
	is "$(python3 "$scratch/members.py" "$page" $verb "$scratch/$verb.json")" "not on the page:" "$verb"
done

# What the page promises of list: the descriptor is as good as the subject.
descriptor=$("$m" --root "$h" --json list | python3 -c '
import json, sys
print(*[s["descriptor"] for s in json.load(sys.stdin)["subjects"] if s["subject"] == "mtty/mtty-1"])')
is "$descriptor" "$("$m" --root "$h" info --descriptor mtty/mtty-1)" "list has the descriptor"
run "$m" --root "$h" --json match "$descriptor" mtty/mtty-1
is "$(printf '%s' "$out" | json source fingerprint)" \
	"$("$m" --root "$h" info --fingerprint mtty/mtty-1)" "match names the fingerprint of a descriptor"
rm "$h/etc/mdevcompat/site.d/50.yaml"
"$m" --root "$h" update >/dev/null
is "$("$m" --root "$h" list --table | sed -n 's/^mtty.mtty-1 .* //p') $("$m" --root "$h" --json list |
	python3 -c 'import json, sys; print(json.load(sys.stdin)["subjects"][-2]["detail"])')" \
	"unknown:missing-fact:ecc ecc" "list says which fact is missing"

done_testing
