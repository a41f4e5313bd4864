#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Subjects by every name they have; list, info, match and explain, for people and as JSON.
. "$top_srcdir/tests/lib.sh"
. "$top_srcdir/tests/cli/lib.sh"
plan 117

root=$scratch/root
full_host "$root"
devices=$top_srcdir/examples/devices
gpu=0000:41:00.0/nvidia-231
uuid=5aeb9dd6-2d2e-4b07-a7b9-0f1f3b0e4d11
M="$m --root $root"
run $M update
is "$rc" 0 "update" || diag "$err"
gpu_fp=$($M info --fingerprint $gpu)

# ---- names

same_as_gpu() {
	run $M info --fingerprint "$2"
	is "$rc $out" "0 $gpu_fp" "$1" || diag "$err"
}
same_as_gpu "PARENT/TYPE" "$gpu"
same_as_gpu "short address" "41:00.0/nvidia-231"
same_as_gpu "path below /sys" "/sys/bus/pci/devices/0000:41:00.0/mdev_supported_types/nvidia-231"
same_as_gpu "path with --root" "$root/sys/class/mdev_bus/0000:41:00.0/mdev_supported_types/nvidia-231"
same_as_gpu "devpath" "/devices/pci0000:40/0000:40:03.1/0000:41:00.0/mdev_supported_types/nvidia-231"
same_as_gpu "UUID of an instance" $uuid
same_as_gpu "UUID in capitals" 5AEB9DD6-2D2E-4B07-A7B9-0F1F3B0E4D11
same_as_gpu "path of an instance" "/sys/bus/mdev/devices/$uuid"
same_as_gpu "another card of the kind" 0000:81:00.0/nvidia-231
descriptor=$($M info --descriptor $gpu)
same_as_gpu "descriptor" "$descriptor"
run "$m" info --fingerprint "$descriptor"
is "$out" "$gpu_fp" "a descriptor needs neither policies nor sysfs"
run $M info --fingerprint mtty/mtty-2
is "$rc" 0 "a parent of a class"
run $M info --fingerprint "$devices/b-t4-2q-older.yaml"
is "$rc" 0 "a device file"
cp "$devices/b-t4-2q-older.yaml" "$scratch/plainname"
run $M info --fingerprint "$scratch/plainname"
is "$rc" 0 "a device file of any name"

none() {
	exits "$1" "$2" $M info "$3"
	like "$err" "$4" "$2: says why"
}
none 4 "no such PCI device" 0000:99:00.0/nvidia-231 'no such device'
none 4 "no such type" 0000:41:00.0/nvidia-999 'no such type'
none 4 "no such mdev" 00000000-0000-0000-0000-000000000000 'no such device'
below=/sys/bus/pci/devices/0000:41:00.0/mdev_supported_types/nvidia-231
none 4 "a file of a type is no type" "$below/name" 'no such|neither an mdev nor'
mkdir -p "$root$below/devices"
ln -s "$root/sys/bus/mdev/devices/$uuid" "$root$below/devices/out"
ln -s ../../../$uuid "$root$below/devices/$uuid"
none 4 "nor is a folder below one" "$below/devices" 'neither an mdev nor|no such'
same_as_gpu "an mdev below its type" "$below/devices/$uuid"
like "$($M info "$below/devices/$uuid")" "^subject  *mdev $uuid" "is the mdev"
rm -r "$root$below/devices"
none 4 "a parent is no subject" 0000:41:00.0 'name one of its [0-9]+ types, such as 0000:41:00.0/nvidia-'
none 4 "another PCI device" 0000:40:03.1 'neither an mdev nor'
none 4 "no such thing at all" nonsense 'no such subject'
none 4 "no such file" nosuch.yaml 'no such file'
none 4 "a path that leads out of sysfs" /sys/../etc/passwd 'no such device'
none 4 "a fingerprint" "$gpu_fp" 'names a device and does not describe it'
none 3 "nearly a fingerprint" "${gpu_fp}x" 'is none'
none 3 "nearly a descriptor" "${descriptor}x" 'is none'
printf 'driver: nvidia\ntype: nvidia-1\nattributes:\n  nonsense: 1\n' >"$scratch/undeclared.yaml"
none 3 "an attribute that is not declared" "$scratch/undeclared.yaml" 'undeclared.yaml:4:3: '
printf 'driver: [nvidia]\n' >"$scratch/broken.yaml"
none 3 "a device file that is none" "$scratch/broken.yaml" 'broken.yaml:1:'

# ---- info

run $M --json info $uuid
is_json "info --json"
is "$(printf '%s' "$out" | python3 -c '
import json, sys
x = json.load(sys.stdin)
want = "status policy rules record accepts offers descriptor fingerprint claims facts".split()
print(*[k for k in want if k not in x])')" "" "info --json has all that it promises"
is "$(printf '%s' "$out" | json policy name)" nvidia-vgpu "info: policy"
is "$(printf '%s' "$out" | json record manager)" 550.90.7 "info: record"
is "$(printf '%s' "$out" | json rules 1 name)" newer-manager "info: rules"
fact=$(printf '%s' "$out" | python3 -c '
import json, sys
print(*[(f["raw"].strip(), f["from"]) for f in json.load(sys.stdin)["facts"] if f["attribute"] == "manager"][0])')
is "${fact%% *}" 550.90.07 "info: raw facts"
like "$fact" ' /sys/module/nvidia/version$' "info: where from"
is "$(printf '%s' "$out" | json descriptor)" "$descriptor" "info: descriptor"
run $M --json info c2177883-f1bb-47f0-914d-32a22e3a8804
is "$(printf '%s' "$out" | json claims)" '["aggregator"]' "info: claims"
exits 0 "info for people" $M info $gpu
like "$out" "^fingerprint  $gpu_fp$" "has the fingerprint"
like "$out" '550.90.7' "the record"
like "$out" '/sys/module/nvidia/version$' "and where facts are from"
unlike "$out" "$(printf '\033')" "and no colours for a file"

# ---- list

exits 0 "list" $M list
like "$out" "nvidia-231 +ok +nvidia-vgpu +$gpu_fp" "a tree with fingerprints"
like "$out" "[|\`]-$uuid +ok" "with instances under their types"
exits 0 "list --table" $M list --table
like "$out" "^0000:41:00.0/nvidia-231 +mdev type +nvidia +nvidia-231 +ok +nvidia-vgpu +$gpu_fp" "one line each"
is "$(printf '%s\n' "$out" | head -n 1 | tr -s ' ')" "SUBJECT KIND DRIVER TYPE STATUS POLICY FINGERPRINT" \
	"with headings"
run $M list --table --no-headings
unlike "$out" SUBJECT "or without"
run $M --json list
is_json "list --json"
is "$(printf '%s' "$out" | python3 -c '
import json, sys
print(sum(s["subject"] == "'$gpu'" and s["fingerprint"] == "'"$gpu_fp"'" for s in json.load(sys.stdin)["subjects"]))')" \
	1 "list --json has the same"

# ---- match and explain

older=$devices/b-t4-2q-older.yaml
exits 0 "match: yes" $M match "$older" $gpu
is "$(printf '%s\n' "$out" | head -n 1)" compatible "match: line 1"
like "$(printf '%s\n' "$out" | sed -n 2p)" '50-nvidia-vgpu.policy:[0-9]+:[0-9]+: ' "match: line 2 has the place"
is "$(printf '%s\n' "$out" | wc -l)" 2 "match: two lines"
exits 1 "match: no" $M match $gpu "$older"
is "$(printf '%s\n' "$out" | head -n 1)" incompatible "match: line 1"
like "$(printf '%s\n' "$out" | sed -n 2p)" '50-nvidia-vgpu.policy:[0-9]+:[0-9]+: manager' "match: line 2 has the clause"
printf 'driver: nvidia\ntype: nvidia-1\nattributes:\n  board: "10de:1eb8"\n' >"$scratch/short.yaml"
exits 4 "match: unknown" $M match "$scratch/short.yaml" $gpu
is "$(printf '%s\n' "$out" | head -n 1)" unknown "match: line 1"
like "$(printf '%s\n' "$out" | sed -n 2p)" 'missing-fact: ' "match: line 2 has the reason"
run $M --json match $gpu "$older"
is_json "match --json"
is "$(printf '%s' "$out" | json verdict) $(printf '%s' "$out" | json exit)" "incompatible 1" "match --json: verdict"
like "$(printf '%s' "$out" | json decision clause)" manager "match --json: clause"
exits 1 "explain" $M explain $gpu "$older"
like "$out" '^no +manager +550.90.7 ' "explain: the attribute that does not hold"
like "$out" '^yes +profile +GRID T4-2Q' "explain: one that does"
run $M --json explain $gpu "$older"
is_json "explain --json"
is "$(printf '%s' "$out" | python3 -c '
import json, sys
x = [a for a in json.load(sys.stdin)["attributes"] if not a["held"]]
print(*sorted({a["attribute"] for a in x}))')" manager "explain --json: what does not hold"
other=$($M info --descriptor "$older")
exits 1 "explain on descriptors" "$m" explain "$descriptor" "$other"
like "$out" '^no +manager' "which attribute"

# What the bare descriptors of a policy say: $descriptors of the values of its attribute.
mkdir "$scratch/words"
describe() {
	printf 'driver: nvidia\ntype: nvidia-1\nattributes:\n  mode: %s\n' "$1" >"$scratch/words/$1.yaml"
	$M --policies "$scratch/words" info --descriptor "$scratch/words/$1.yaml"
}
words() {
	echo "language 1; policy w { applies mdev-type driver nvidia;
		attribute mode : string from type \"mode\"; $1 }" >"$scratch/words/w.policy"
}
words 'accept same;'
exits 1 "match on descriptors: a value called none" "$m" match "$(describe fast)" "$(describe none)"
is "$(printf '%s\n' "$out" | sed -n 2p)" \
	"mode: the source has fast; with the rest unchanged this would do: none" "would do"
exits 1 "and is what it hangs on" "$m" explain "$(describe fast)" "$(describe none)"
like "$out" '^no +mode +fast +none$' "explain: the value none"
twin=$(describe fast)
words 'migratable no;'
exits 1 "match on descriptors: a target that accepts nothing" "$m" match "$(describe fast)" "$(describe fast)"
is "$(printf '%s\n' "$out" | sed -n 2p)" "accepts: the target accepts nothing" "match: line 2 says so"
run "$m" --json match "$(describe fast)" "$(describe fast)"
is "$(printf '%s' "$out" | json decision why)" "the target accepts nothing" "match --json: why"
exits 1 "match on descriptors: a source that offers nothing" "$m" match "$(describe fast)" "$twin"
is "$(printf '%s\n' "$out" | sed -n 2p)" "offers: the source offers nothing" "match: line 2 says so"
exits 1 "match on descriptors: two attributes that the target does not know" "$m" match \
	"mdc1:kind=smdev,driver=snvidia,type=snvidia-1,mode=sfast,yyy=b1,zzz=b1/n" "$twin"
is "$(printf '%s\n' "$out" | sed -n 2p)" "yyy: more than one attribute would have to be another" \
	"match: line 2 names one"

# ---- --policies

mkdir "$scratch/mine"
policy "$scratch/mine/x.policy" x nvidia
exits 0 "match by the installed rules" $M match $gpu 0000:81:00.0/nvidia-231
sed 's/accept same/migratable no/' "$scratch/mine/x.policy" >"$scratch/x" && cp "$scratch/x" "$scratch/mine/x.policy"
exits 1 "--policies: by other rules" $M --policies "$scratch/mine" match $gpu 0000:81:00.0/nvidia-231
echo nonsense >"$scratch/mine/y.policy"
exits 3 "--policies: a broken file" $M --policies "$scratch/mine" match $gpu $gpu
exits 1 "--policies --keep-going: without it" $M --policies "$scratch/mine" match --keep-going $gpu $gpu

# ---- a device file has the raw text, newlines and all

mkdir "$scratch/caps"
cat >"$scratch/caps/w.policy" <<'END'
language 1;
policy w {
	applies mdev-type driver w;
	attribute caps : set    from type "caps";
	attribute name : string from type "name" default absent;
	accept same;
}
END
printf 'driver: w\ntype: t\nattributes:\n  caps: "b\\na\\tc\\n"\n' >"$scratch/caps.yaml"
run "$m" --policies "$scratch/caps" info --descriptor "$scratch/caps.yaml"
like "$out" '^mdc1:.*,caps=Sa:b:c/' "they separate the words of a set"
printf '  name: "a\\nb"\n' >>"$scratch/caps.yaml"
run "$m" --policies "$scratch/caps" info "$scratch/caps.yaml"
like "$out" 'unreadable-fact: name' "and nothing else"

# ---- a type with a name that no record has

odd=$(printf 'odd\nname')
mkdir "$root/sys/class/mdev_bus/0000:41:00.0/mdev_supported_types/$odd"
run $M list
like "$rc $(printf '%s\n' "$out" | grep odd)" '^[04] .*odd.*name +unreadable-fact' "has a status of its own"
like "$out" 'nvidia-231 +ok' "and keeps no other from being listed"
rmdir "$root/sys/class/mdev_bus/0000:41:00.0/mdev_supported_types/$odd"

# ---- no image

rm "$root/etc/mdevcompat/policies.bin"
exits 4 "no image: match" $M match $gpu $gpu
like "$out" 'no-image' "no image: says so"
exits 4 "no image: status" $M status
exits 4 "no image: list" $M list
like "$out" 'nvidia-231 +no-image' "no image: subjects are there all the same"

# ---- completion

run "$m" __complete 1 mdevcompat up
is "$out" update "completion: commands"
run "$m" __complete 2 mdevcompat update --dry
is "$out" --dry-run "completion: options"
run "$m" __complete 4 mdevcompat --root "$root" info 0000:41:00.0/nvidia-231
like "$out" "^$gpu$" "completion: subjects"

done_testing
