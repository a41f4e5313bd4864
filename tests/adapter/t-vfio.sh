#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A virtual function bound to a vfio driver: where its type comes from, and each interface spoken
# by its own files. Row C of the proposals: "even for non mdev devices, like a VF in SRIOV" (Yan Zhao,
# 9 May 2019).
. "$top_srcdir/tests/lib.sh"
. "$top_srcdir/tests/adapter/lib.sh"
. "$top_srcdir/tests/adapter/host.sh"
plan 9

update() {
	"$m" --root "$host" update --no-trigger >/dev/null || bail_out "update"
}

# agree NAME: helper and command line say the same of the function
agree() {
	ask "$vf"
	is "$(value MDEV_COMPAT_STATUS):$(value MDEV_COMPAT_TYPE):$(value MDEV_COMPAT_FINGERPRINT):$(value MDEV_COMPAT_CLAIMS)" \
		"$("$m" --root "$host" --json info $address | jq -r '[.status, (.record.type // ""), (.fingerprint // ""),
			(.claims | join(","))] | join(":")')" "$1"
}

# against SOURCE TARGET: the verdict on the host's policy, of files or of the function itself (-)
against() {
	against_source=$scratch/$1.yaml against_target=$scratch/$2.yaml
	[ "$1" != - ] || against_source=$address
	[ "$2" != - ] || against_target=$address
	"$m" --root "$host" match "$against_source" "$against_target" 2>&1 | sed -n 1p
}

# ---- type from: NVIDIA's functions, whose type is chosen by writing a number ------------------------

make_vf
speak_vf 'accept same' '' 'type from device "nvidia/current_vgpu_type"'
mkdir "$host/sys$vf/nvidia"
echo 558 >"$host/sys$vf/nvidia/current_vgpu_type"
update
agree "type from a file: helper and command line agree"
is "$(value MDEV_COMPAT_TYPE)" 558 "it is the file's text"
run "$m" --root "$host" --json info $address
is "$(printf %s "$out" | jq -c '[.record.type, (.facts[] | select(.attribute == "type") | .from)]')" \
	'["558","/sys/devices/pci0000:40/0000:41:00.4/nvidia/current_vgpu_type"]' "info says where it is from"
like "$("$m" --root "$host" list --table --no-headings)" ' 558 ' "list has it"
twin=$("$m" --root "$host" info --descriptor $address)
printf 'kind: vfio\ndriver: vendor_vfio\ntype: "558"\n' >"$scratch/named.yaml"
printf 'kind: vfio\ndriver: vendor_vfio\nfiles:\n  device:\n    nvidia/current_vgpu_type: "558"\n' >"$scratch/read.yaml"
for f in named read; do
	is "$("$m" --root "$host" info --descriptor "$scratch/$f.yaml")" "$twin" "a device file says so too: $f"
done
sed 's/558/559/' "$scratch/named.yaml" >"$scratch/other.yaml"
is "$(against other -)" incompatible "another type is another device"
is "$(against - other)" incompatible "in both directions"
echo 559 >"$host/sys$vf/nvidia/current_vgpu_type"
exits 1 "once it has another type, it is not what it was" "$m" --root "$host" match "$twin" $address
rm "$host/sys$vf/nvidia/current_vgpu_type"

done_testing
