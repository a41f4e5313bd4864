#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A virtual function bound to a vfio driver: where its type comes from, and each interface spoken
# by its own files. Row C of the proposals: "even for non mdev devices, like a VF in SRIOV" (Yan Zhao,
# 9 May 2019).
. "$top_srcdir/tests/lib.sh"
. "$top_srcdir/tests/adapter/lib.sh"
. "$top_srcdir/tests/adapter/host.sh"
plan 105

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

# ---- each interface ---------------------------------------------------------------------------------

# speaking INTERFACE FIXTURE: a function that speaks so, and $scratch/target.yaml, a device file of the same
speaking() {
	make_vf
	vfio target "$2"
	vf_files "$scratch/target.yaml"
	speak_vf "speaks $1"
	update
	agree "$1: helper and command line agree"
}

# row WANT NAME SED...: a source that differs so from the device file
row() {
	row_want=$1 row_name=$2
	shift 2
	device source target "$@"
	is "$(against source -)" "$row_want" "$interface: $row_name"
}

# here NAME: a device file's fingerprint is that of its device
here() {
	is "$(fingerprint $address)" "$(fingerprint "$scratch/target.yaml")" "$interface: a device file is its device"
	like "$(fingerprint $address)" '^mc1-' "$interface: which takes its twin"
	unlike "$("$m" --root "$host" info --descriptor $address)" '[:,]type=' "$interface: and has no type"
}

interface=interface-version
speaking $interface interface-version
here
row compatible "2.0.3 is in 2.0.2-2.0.4,2.1.0-" 's/2\.1\.3/2.0.3/'
row incompatible "2.0.5 is not" 's/2\.1\.3/2.0.5/'
mdev=$("$m" --root "$host" info --descriptor $address | sed s/kind=svfio/kind=smdev/)
exits 1 "$interface: an mdev is no function" "$m" --root "$host" match "$mdev" $address
row unknown "no list" '/_compatible/,+1d'
speaking "$interface as offers" interface-version
device source target 's/2\.1\.3/2.0.3/'
is "$(against - source)" compatible "as offers: the function may go to 2.0.3"
is "$(against source -)" compatible "which may come"
device source target 's/2\.1\.3/2.0.5/'
is "$(against - source)" incompatible "as offers: not to 2.0.5"

interface=type-attributes
speaking $interface type-attributes
here
is "$(value MDEV_COMPAT_CLAIMS)" aggregator,fps "$interface: what is claimed"
row compatible "an older source" 's/2\.0\.1/2.0.9/'
row incompatible "a newer one" 's/2\.0\.1/2.1.0/'
row incompatible "device_api" 's/vfio-pci/vfio-ap/'
row incompatible "one more PCI id" 's/8086:591d/8086:591d,8086:1912/'
row compatible "another aggregator" 's/^      2$/      4/'
run "$m" --root "$host" claim --apply "$scratch/source.yaml" $address
is "$rc:$(cat "$host/sys$vf/aggregator")" 0:4 "$interface: which is set"
row incompatible "a source without it" 's/aggregator, fps/fps/'
row unknown "a resource that is not there" 's/fps$/fps, heads/'
speaking cross-type-attributes type-attributes
is "$(against target -)" compatible "cross-type-attributes: a function has no types"

for form in compatible files folders json; do
	interface="migration-$form as accepts"
	speaking "$interface" "migration-$form"
	case $form in
	folders) to='s/^      2$/      4/' type='0,/GVTg_V5_4$/s//GVTg_V5_8/' wrong=8 ;;
	json) to='0,/"aggregator": "1"/s//"aggregator": 2/' type='0,/"i915-GVTg_V5_2"/s//"i915-GVTg_V5_4"/' wrong=8 ;;
	*) to='0,/aggregator=1/s//aggregator=2/' type='0,/_type=i915-GVTg_V5_2/s//_type=i915-GVTg_V5_4/' wrong=8 ;;
	esac
	like "$(fingerprint $address)" '^mc1-' "$interface: it takes its twin"
	row compatible "another signature, with its share" "$type" "$to"
	row incompatible "with another share" "$type"
	speaking "migration-$form as offers" "migration-$form"
	device source target "$type" "$to"
	is "$(against - source)" compatible "migration-$form as offers: the other way round"
	device source target "$type"
	is "$(against - source)" incompatible "migration-$form as offers: another share"
done

interface=migration-info
speaking $interface migration-info
here
is "$(value MDEV_COMPAT_CLAIMS)" mode,num_queues,rss "$interface: what is claimed"
row compatible "a value that is allowed" 's/^      5$/      16/'
row incompatible "one that is not" 's/^      5$/      6/'
row compatible "what is off is as what is not there" '/"rss"/d;/migration\/rss/,+1d'

interface=ccw-attributes
speaking $interface ccw-attributes
here
row incompatible "chpid_type" s/0x1a/0x1b/
row compatible "chpid_mask" s/0xf0/0x80/

# C: "migration_version ... under a VF", with the strings of 13 July 2020.
speaking migration-version migration-version
is "$(fingerprint $address)" unknown:target-only "migration-version: a function has no fingerprint"
is "$(against - -)" unknown "and no verdict"
for string in i915-v1-8086-591d-i915-GVTg_V5_8-1 '8086:0953,1.2.3,nvme://10.0.0.1/ns1' \
	'8086:4941-1.7.l.4.3-sym,asym' 0123456789,aggregate=2; do
	printf '%s\n' "$string" | "$m" --root "$host" accepts $address >"$scratch/out"
	is "$?:$(cat "$host/sys$vf/migration_version")" "0:$string" "it is written as it is: $string"
done
printf '%04097d' 0 | "$m" --root "$host" accepts $address >/dev/null 2>&1
is "$?" 3 "at most 4096 bytes"
echo x | "$m" --root "$host" accepts --type i915-GVTg_V5_8 $address >"$scratch/out"
is "$?:$(sed -n 1p "$scratch/out")" 1:incompatible "a function is of no mdev type"
rm "$host/sys$vf/migration_version"
echo x | "$m" --root "$host" accepts $address >"$scratch/out"
is "$?" 1 "without the file it does not support migration"

# ---- type from, and an interface ------------------------------------------------------------------

make_vf
vfio target interface-version
printf '    nvidia/current_vgpu_type: "558"\n' >>"$scratch/target.yaml"
vf_files "$scratch/target.yaml"
speak_vf 'speaks interface-version' '' 'type from device "nvidia/current_vgpu_type"'
update
agree "type from and speaks"
is "$(value MDEV_COMPAT_TYPE)" 558 "the type is the fact's"
interface=interface-version
row compatible "the same type" 's/2\.1\.3/2.0.3/'
row incompatible "another type" 's/558/559/'
row unknown "none" '/558/d'
speak_vf 'speaks interface-version' 'accept same but { type in "558", "559"; }' 'type from device "nvidia/current_vgpu_type"'
update
row incompatible "a policy that lets in another type does not widen" 's/558/559/'

# cross-type-attributes: what the policy calls the type is what the driver's list has.
make_vf
vfio target type-attributes 's/i915-GVTg_V5_4,i915-GVTg_V4_4/558,559/'
printf '    nvidia/current_vgpu_type: "558"\n' >>"$scratch/target.yaml"
vf_files "$scratch/target.yaml"
speak_vf 'speaks cross-type-attributes' '' 'type from device "nvidia/current_vgpu_type"'
update
agree "cross-type-attributes: a type from a fact"
interface=cross-type-attributes
row compatible "a type of its list" 's/current_vgpu_type: "558"/current_vgpu_type: "559"/'
row incompatible "a type that is not on it" 's/current_vgpu_type: "558"/current_vgpu_type: "560"/'

# ---- L: facts from elsewhere are site facts beside speaks; a function has those of its physical function

vfio target interface-version
make_vf
vf_files "$scratch/target.yaml"
echo "address: {\"${pf##*/}\": {vdpa.mac: 'yes', devlink.fw: '22.35'}}" >"$host/etc/mdevcompat/site.d/a.yaml"
speak_vf 'speaks interface-version' 'attribute mac : bool from site "vdpa.mac";
	attribute fw : version(2) from site "devlink.fw"; accept same but { fw <= self; }'
update
agree "site facts beside speaks"
is "$("$m" --root "$host" --json info $address | jq -c '[.record.mac, .record.fw]')" '["yes","22.35"]' "are in the record"
for row in 'yes 22.35 compatible' 'yes 22.34 compatible' 'yes 22.36 incompatible' 'no 22.35 incompatible'; do
	read -r mac fw want <<END
$row
END
	device source target "/^files:/i\\attributes: {mac: '$mac', fw: '$fw'}"
	is "$(against source -)" "$want" "mac $mac, fw $fw"
done
device source target 's/2\.1\.3/2.0.5/' "/^files:/i\\attributes: {mac: 'yes', fw: '22.35'}"
is "$(against source -)" incompatible "and the driver has its say"
rm "$host/etc/mdevcompat/site.d/a.yaml"
update
is "$(fingerprint $address)" unknown:missing-fact:fw "without them nobody knows"

done_testing
