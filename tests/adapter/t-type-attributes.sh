#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# `speaks type-attributes`: the rules of the last posting, one by one.
. "$top_srcdir/tests/lib.sh"
. "$top_srcdir/tests/adapter/lib.sh"
. "$top_srcdir/tests/adapter/host.sh"
plan 95

policy m 'speaks type-attributes;'
policy x 'speaks cross-type-attributes;'
device target type-attributes

judge compatible m target target "twins"
like "$(said fingerprint m target)" '^"mc1-' "which plain equality finds"

# Sean Mooney's versions, 14 July 2020: source -> target.
for row in 2.0.1:2.1.1:yes 2.1.1:2.0.1:no 2.0.0:3.0.0:no 2.0.1:2.0.0:yes 3.0.0:2.9.9:no 2.0:2.0.9:yes; do
	source=${row%%:*} want=${row##*:} rest=${row#*:}
	device a type-attributes "s/2\.0\.1/$source/"
	device b type-attributes "s/2\.0\.1/${rest%:*}/"
	case $want in yes) want=compatible ;; no) want=incompatible ;; esac
	judge $want m a b "software_version $source -> ${rest%:*}"
done

device a type-attributes s/vfio-pci/vfio-ccw/
judge incompatible m a target "device_api is equal"
device a type-attributes 's/GVTg_V5_4$/GVTg_V4_4/'
judge incompatible m a target "the type is the same: compatible_type is ignored"
judge compatible x a target "unless the policy asks for it"
device b type-attributes 's/GVTg_V5_4$/GVTg_V4_8/'
judge incompatible x b target "then the list counts"
device b type-attributes '/compatible_type/,+1d'
judge compatible x target b "one's own type needs no list"
judge incompatible x a b "others do"
device b type-attributes 's/i915-GVTg_V5_4,//'
judge compatible x b b "nor is it taken away by one"

# A vfio device has a type where the policy says which file tells it.
mkdir "$scratch/v"
echo 'language 1; policy p { applies vfio-device driver mtty type from device "name"; speaks cross-type-attributes; }' >"$scratch/v/p.policy"
device vfio type-attributes 's/^driver: .*/kind: vfio\ndriver: mtty/' '/^type: /d' 's/^  type:/  device:\n    name: i915-GVTg_V5_4/' \
	'/^    dynamic/,$d'
judge compatible v vfio vfio "a vfio device"
device other vfio 's/ name: .*/ name: i915-GVTg_V4_4/'
judge compatible v other vfio "whose compatible_type has the other's type"
device other vfio 's/ name: .*/ name: i915-GVTg_V4_8/'
judge incompatible v other vfio "or does not"
mkdir "$scratch/w"
echo 'language 1; policy p { applies vfio-device driver mtty; attribute a : string from type "a" default b; accept same; }' \
	>"$scratch/w/p.policy"
unknown unreadable-fact:a w vfio "it has no type's folder, on a host or off it"

# A type may have blanks and commas in its name (what a vfio device calls so often has).
device blank type-attributes 's/^type: .*/type: NVIDIA L40S-2Q, x/' 's/i915-GVTg_V5_4,i915-GVTg_V4_4/i915-GVTg_V4_4/'
judge compatible x blank blank "a type of several words takes its twin"
for word in NVIDIA L40S-2Q x; do
	device part type-attributes "s/^type: .*/type: $word/"
	judge incompatible x part blank "and no type that is one of them: $word"
done

# The target's values are a superset of the source's.
device both type-attributes 's/8086:591d/8086:591d, 8086:1912/'
judge compatible m target both "compatible_pci_ids: one of two"
judge incompatible m both target "and not the other way round"
device swapped type-attributes 's/8086:591d/8086:1912,8086:591d,8086:1912/'
judge compatible m both swapped "order, blanks and repetition mean nothing"
judge compatible m swapped both "nor the other way round"
is "$(said fingerprint m both)" "$(said fingerprint m swapped)" "and the fingerprints are equal"
device empty type-attributes '/pci_ids/,+1d' "s/^    dynamic_res/    compatible_pci_ids: ''\\n&/"
device gone type-attributes '/pci_ids/,+1d'
judge compatible m empty target "an empty value is a subset"
judge incompatible m target empty "and a superset of itself alone"
judge incompatible m gone target "no file is not an empty one"
judge incompatible m target gone "in neither direction"
judge compatible m gone gone "without the file on both sides"
device more type-attributes '$!N' 's/    compatible_pci_ids/    compatible_chpid_type: 0x1a\n&/'
judge incompatible m more target "an attribute that the target does not know"

# Resources of the instance are claimed, not matched.
device four type-attributes 's/^      2$/      4/'
judge compatible m four target "aggregator is not matched"
is "$(said claims m target)" '["aggregator","fps"]' "but claimed"
like "$("$m" --policies "$scratch/m" explain "$scratch/four.yaml" "$scratch/target.yaml")" \
	'^claim aggregator = 4$' "as the source has it"
device one type-attributes 's/, fps//'
judge incompatible m target one "a resource that the target does not have cannot be claimed"
# "values of its device attributes need to be set to that of src device attributes": to which?
judge incompatible m one target "one that the source does not have has no value to be set to"
like "$("$m" --policies "$scratch/m" match "$scratch/one.yaml" "$scratch/target.yaml")" \
	'fps present .*source has absent' "which is said"
device neither type-attributes 's/aggregator, fps//'
judge compatible m neither neither "an empty list has none"
judge incompatible m neither target "and a device without resources goes to none that has some"
device none type-attributes '/dynamic_resources/,+1d'
is "$(said claims m none)" '[]' "no list, no claims"
device lost type-attributes 's/fps$/fps, heads/'
unknown missing-fact:heads m lost "a resource that the instance lacks"
device dots type-attributes 's/fps$/fps,.../'
unknown unreadable-fact:... m dots "the posting's ellipsis is no name"
device path type-attributes 's/aggregator, fps/intel_vgpu\/aggregator, fps/' 's/^    aggregator:/    intel_vgpu\/aggregator:/'
is "$(said claims m path)" '["aggregator","fps"]' "a file in a folder: named as it is"
device path type-attributes 's/fps$/..\/fps/'
unknown unreadable-fact:../fps m path "which lies below the device"
device path type-attributes 's/fps$/fps,z\/aggregator/'
unknown unreadable-fact:aggregator m path "two of one name"
device builtin type-attributes 's/fps$/type/'
unknown unreadable-fact:type m builtin "nor is a built-in name"
# "its value can be one of" these five.
for row in vfio-pci:ok vfio-platform:ok vfio-amba:ok vfio-ccw:ok vfio-ap:ok; do
	device api type-attributes "s/vfio-pci/${row%:*}/"
	is "$(said status m api)" '"ok"' "device_api ${row%:*}"
done
for text in vfio_pci VFIO-PCI vfio "vfio-pci " "vfio-pci,vfio-ccw"; do
	device api type-attributes "s/vfio-pci/$text/"
	unknown unreadable-fact:device_api m api "device_api '$text'"
done
# What the driver wants copied the policy does not compute.
agg='attribute agg : int 1..8 from device "aggregator" default 1 dynamic;'
policy twice "speaks type-attributes; $agg accept same but { claim agg = source.agg * 2; }"
unknown unreadable-fact:aggregator twice target "one file, two claims"
policy never "speaks type-attributes; $agg rule q { when type == i915-GVTg_V5_4; accept same; } rule r {
	when type == other; accept same but { claim agg = source.agg * 2; } }"
judge compatible never target target "a rule that does not hold computes nothing"
device capacity type-attributes 's/aggregator, fps/aggregator, fps, available_instances/' '/^    fps:/i\    available_instances: 3'
unknown unreadable-fact:available_instances m capacity "capacity is no resource"
policy once "speaks type-attributes; $agg accept same but { agg in 1, 2; }"
judge compatible once target target "the policy may read it, and narrow"
judge incompatible once four target "by it"
policy copied "speaks type-attributes; $agg"
is "$(said claims copied target)" '["agg","aggregator","fps"]' "or claim the same"
# "attributes under device instance that are not listed in this attribute would not be part of resource
# checking" (9 September 2020).
device others type-attributes '$a\    heads: 4'
is "$(said fingerprint m others)" "$(said fingerprint m target)" "what is not listed is not looked at"
# Capacity is no part of it (Alex Williamson, 8 May 2019), nor is what the core shows.
device capacity type-attributes '/^  device:/i\    available_instances: 0\n    name: other\n    description: other'
is "$(said fingerprint m capacity)" "$(said fingerprint m target)" "nor are available_instances, name, description"
# "dsa-1dwq x30" and "dsa-2dwq x15" have equal resources (26 to 31 August 2020): and are not compatible.
device dsa1 type-attributes 's/i915-GVTg_V5_4/dsa-1dwq/;s/^      2$/      30/'
device dsa2 type-attributes 's/i915-GVTg_V5_4/dsa-2dwq/;s/^      2$/      15/'
for p in m x; do
	judge incompatible $p dsa1 dsa2 "$p: the same quantity in other pieces"
	judge incompatible $p dsa2 dsa1 "$p: nor the other way round"
done
# "compatible_subchannel_type, dest values should be superset of src values"; one value is 1:1.
device ccw type-attributes s/vfio-pci/vfio-ccw/ 's/compatible_pci_ids/compatible_subchannel_type/;s/8086:591d/0/'
device ccw2 ccw 's/^      0$/      0,3/'
judge compatible m ccw ccw "no PCI anywhere: device_api vfio-ccw"
judge compatible m ccw ccw2 "compatible_subchannel_type: a superset"
judge incompatible m ccw2 ccw "and no subset"
# Jason Wang, 19 August 2020: one version "can not work for devices whose features can be
# negotiated/advertised independently": as a set they can.
device v1 type-attributes 's/compatible_pci_ids/compatible_features/;s/8086:591d/csum, mrg_rxbuf/'
device v2 v1 's/csum, mrg_rxbuf/csum, ctrl_vq/'
device v3 v1 's/csum, mrg_rxbuf/csum ctrl_vq mrg_rxbuf/'
judge incompatible m v1 v2 "features are independent of each other"
judge incompatible m v2 v1 "in both directions"
judge compatible m v1 v3 "and of the version"
policy clash 'speaks type-attributes; attribute fps : string from type "fps" default absent;'
unknown unreadable-fact:fps clash target "a name that the policy has given away"

for file in device_api software_version; do
	device gone type-attributes "/$file/,+1d"
	unknown missing-fact:$file m gone "no $file"
done
device bad type-attributes 's/2\.0\.1/two/'
unknown unreadable-fact:software_version m bad "no version"
device high type-attributes 's/8086:591d/8086:591d\t/'
judge compatible m high target "a tab is white space"

# 64 attributes, the two fixed ones among them, and not one more.
many() {
	device "$1" type-attributes '/dynamic_resources/,$d'
	seq -f '    compatible_n%g: x' 1 "$2" >>"$scratch/$1.yaml"
}
many full 61
like "$(said status m full)" '"ok"' "64 attributes"
many over 62
unknown unreadable-fact:compatible_pci_ids m over "65 attributes"
device long type-attributes "s/8086:591d/$(printf '%04095d' 0)/"
like "$(said status m long)" '"(ok|descriptor-long)"' "a file of 4096 bytes"
device long type-attributes "s/8086:591d/$(printf '%04096d' 0)/"
run "$m" --policies "$scratch/m" info "$scratch/long.yaml"
like "$rc:$err" '^3:.*more than 4096 bytes' "a file of 4097 bytes is no device file"
policy names 'speaks type-attributes; attribute software : string from type "name" default absent;'
judge compatible names target target "names of its own the policy may use"

# On a host: what is claimed is set.
make_host
files_of "$devices/type-attributes.yaml"
speak type-attributes
"$m" --root "$host" update --no-trigger >/dev/null
exits 0 "claim --apply" "$m" --root "$host" claim --apply "$scratch/four.yaml" $uuid
is "$(cat "$host/sys$parent/$uuid/aggregator")" 4 "writes the source's value"
is "$(cat "$host/sys$parent/$uuid/fps")" 30 "and leaves alone what is equal"
is "$(fingerprint "${parent##*/}/i915-GVTg_V5_4" | cut -c1-4)" mn1- "a type has no values for its twin to be set to"
is "$("$m" --root "$host" match "${parent##*/}/i915-GVTg_V5_4" $uuid | sed -n 1p)" incompatible "so it is no source"
is "$("$m" --root "$host" match $uuid "${parent##*/}/i915-GVTg_V5_4" | sed -n 1p)" compatible "but a target"
run "$m" --root "$host" claim $uuid "${parent##*/}/i915-GVTg_V5_4"
is "$rc:$(printf '%s\n' "$out" | paste -sd,)" "0:aggregator 4,fps 30" "for which all is known that has to be set"
# Types of one parent do not take each other's answers.
cp -R "$host/sys$parent/mdev_supported_types/i915-GVTg_V5_4" "$host/sys$parent/mdev_supported_types/i915-GVTg_V5_8"
echo 2.0.9 >"$host/sys$parent/mdev_supported_types/i915-GVTg_V5_4/software_version"
rm "$host/sys$parent/mdev_supported_types/i915-GVTg_V5_8/compatible_pci_ids"
ask "$parent"
is "$(value MDEV_COMPAT_FP_i915_GVTg_V5_4) $(value MDEV_COMPAT_FP_i915_GVTg_V5_8)" \
	"$(fingerprint "${parent##*/}/i915-GVTg_V5_4") $(fingerprint "${parent##*/}/i915-GVTg_V5_8")" "two types of one parent"

done_testing
