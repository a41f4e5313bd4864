#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# From a kernel event to a property that udevadm shows, on a real kernel.  Each part loads what it
# needs and unloads it again; only the policies in /etc and the image stay.
. ./guest-lib.sh
plan 147

mkdir -p $policies
mtty=/sys/devices/virtual/mtty/mtty
mdpy=/sys/devices/virtual/mdpy/mdpy
gpu=$pci/$edu
gpu2=$pci/$edu2

# --- An installation on a host whose drivers are loaded already -------------------------------
rules=$(find /usr/lib/udev/rules.d /usr/local/lib/udev/rules.d -name '*mdevcompat*' 2>/dev/null)
for file in $rules; do
	mv "$file" "$file.off"
done
udevadm control --reload
load mtty
is "$(ours $mtty)" "" "before the rules are there, nothing is said"
for file in $rules; do
	mv "$file.off" "$file"
done
udevadm control --reload
load mdpy
is "$(ours $mdpy)" "MDEV_COMPAT_FP_mdpy_hd=unknown:no-image
MDEV_COMPAT_FP_mdpy_vga=unknown:no-image
MDEV_COMPAT_FP_mdpy_xga=unknown:no-image
MDEV_COMPAT_STATUS=no-image
MDEV_COMPAT_TYPES=mdpy-hd mdpy-vga mdpy-xga" "without an image every type says so"
exits 0 "update compiles what is installed" $MDEVCOMPAT update
settle
ok "and reaches a device that was there before the rules" complete $mtty
ok "and one that was there before the image" complete $mdpy
unload mtty mdpy

# --- The kernel's samples: parents without a bus, and the policies that we ship ---------------
for driver in mtty mdpy mbochs; do
	load $driver
	parent=/sys/devices/virtual/$driver/$driver
	ok "$driver: every type has a fingerprint" complete $parent
	ok "$driver: info says the same" every_type $parent fp_is_info
	ok "$driver: no two types have the same one" all_differ $parent
done
create $mtty mtty-2 1
instance=$mtty/$(uuid 1)
is "$(prop "$instance" MDEV_COMPAT_TYPE)" mtty-2 "an instance knows its type"
is "$(prop "$instance" MDEV_COMPAT_STATUS)" ok "and is well"
is "$(prop "$instance" MDEV_COMPAT_FINGERPRINT)" "$(fp $mtty mtty-2)" \
	"and has the fingerprint of its type"
is "$(info_fp "$(uuid 1)")" "$(fp $mtty mtty-2)" "and info says the same by its UUID"
like "$(prop "$instance" MDEV_COMPAT_POLICY)" '^mtty[^a-z].*[0-9a-f]{8}$' "and names its policy"
like "$(prop "$instance" MDEV_COMPAT_DESCRIPTOR)" '^mdc1[A-Za-z0-9._:,/@=-]*[A-Za-z0-9]$' \
	"and has its descriptor"
echo 'language 1;  policy own { applies mdev-type driver mtty;  accept same; }' \
	>$policies/own.policy
exits 0 "a policy of the operator's own is added" $MDEVCOMPAT update
settle
like "$(prop "$instance" MDEV_COMPAT_POLICY)" '^own[^a-z].*[0-9a-f]{8}$' "ours steps aside"
rm $policies/own.policy
exits 0 "it is removed again" $MDEVCOMPAT update
settle
like "$(prop "$instance" MDEV_COMPAT_POLICY)" '^mtty[^a-z].*[0-9a-f]{8}$' "and ours is back"
destroy $mtty 1
is "$(ours "$instance")" "" "nothing is left of a removed instance"
unload mtty mdpy mbochs
is "$(ours $mtty)" "" "nothing is left of an unloaded driver"

# --- A PCI parent: load, bind, trigger, unbind ------------------------------------------------
cp policies/mdevfix.policy $policies/
exits 0 "an operator adds a policy" $MDEVCOMPAT update
listen
load mdevfix types=35,36,37
heard >"$scratch/events"
like "$(cat "$scratch/events")" "^[0-9]+ bind .*/$edu\$" "a bind event follows the registration"
ok "after load every type has a fingerprint" complete $gpu
ok "and info says the same" every_type $gpu fp_is_info
is "$(fp $gpu2 nvidia-36)" "$(fp $gpu nvidia-36)" "a second board of the kind has the same"
isnt "$(fp $pci/$other nvidia-36)" "$(fp $gpu nvidia-36)" "another board has not"
before=$(ours $gpu)
unbind_from nvidia $edu
is "$(ours $gpu)" "" "unbinding takes the properties away"
bind_to nvidia $edu
is "$(ours $gpu)" "$before" "binding brings them back"
udevadm trigger --action=change $gpu
settle
is "$(ours $gpu)" "$before" "a trigger keeps them"
unload mdevfix
is "$(ours $gpu)" "" "unloading takes them away"

# --- What list, info and match say of real devices --------------------------------------------
load mdevfix types=35,36
listing=$($MDEVCOMPAT list)
for word in $edu $edu2 $other nvidia-35 nvidia-36; do
	like "$listing" "$word" "list shows $word"
done
put type "$edu2/*" software_version ro 1.2.2
exits 0 "match: to a newer version" $MDEVCOMPAT match $edu2/nvidia-35 $edu/nvidia-35
exits 1 "match: not back" $MDEVCOMPAT match $edu/nvidia-35 $edu2/nvidia-35
like "$(printf '%s\n' "$out" | sed -n 2p)" software "and the second line says why"
exits 1 "match: not to another board" $MDEVCOMPAT match $edu/nvidia-35 $other/nvidia-35
put type "$edu2/nvidia-35" software_version err 5
exits 4 "match: unknown where a file cannot be read" \
	$MDEVCOMPAT match $edu/nvidia-35 $edu2/nvidia-35
put type "$edu2/*" software_version ro 1.2.3
$MDEVCOMPAT watch >"$scratch/watch" 2>&1 &
watcher=$!
until grep -q following "$scratch/watch" 2>/dev/null; do
	usleep 10000
done
create $gpu nvidia-35 4
instance=$gpu/$(uuid 4)
is "$(prop "$instance" MDEV_COMPAT_CLAIMS)" aggregator "what must be set on a target is named"
before=$(prop "$instance" MDEV_COMPAT_FINGERPRINT)
is "$(info_fp "$(uuid 4)")" "$before" "info agrees with udev"
echo 4 >"$instance/intel_vgpu/aggregator"
is "$(prop "$instance" MDEV_COMPAT_FINGERPRINT)" "$before" "a write sends no event"
isnt "$(info_fp "$(uuid 4)")" "$before" "but info reads sysfs again"
udevadm trigger --action=change "$instance"
settle
is "$(prop "$instance" MDEV_COMPAT_FINGERPRINT)" "$(info_fp "$(uuid 4)")" "a trigger mends it"

# Migration from here, with its aggregator, to the same device as it was made.
source=$($MDEVCOMPAT info --descriptor "$(uuid 4)")
echo 1 >"$instance/intel_vgpu/aggregator"
exits 0 "claim: what has to be set" $MDEVCOMPAT claim "$source" "$(uuid 4)"
like "$out" '^/sys/devices/.*/intel_vgpu/aggregator 4$' "claim: the file and its text"
is "$(cat "$instance/intel_vgpu/aggregator")" 1 "claim: nothing is written unless asked to"
exits 0 "claim --apply" $MDEVCOMPAT claim --apply "$source" "$(uuid 4)"
is "$(cat "$instance/intel_vgpu/aggregator")" 4 "claim --apply: the driver has it"
settle
is "$(prop "$instance" MDEV_COMPAT_FINGERPRINT)" "$(info_fp "$(uuid 4)")" "claim --apply: and udev has looked again"
echo 1 >"$instance/intel_vgpu/aggregator"
exits 1 "claim: not to another type" $MDEVCOMPAT claim --apply $edu/nvidia-36 "$(uuid 4)"
is "$(cat "$instance/intel_vgpu/aggregator")" 1 "claim: and then nothing is set"
destroy $gpu 4
i=0
until grep -q gone "$scratch/watch" || [ $i -gt 500 ]; do
	i=$((i + 1))
	usleep 10000
done
kill "$watcher"
wait "$watcher"
is $? 0 "watch ends well"
seen=$(cat "$scratch/watch")
like "$seen" "^$(uuid 4): none -> $before\$" "watch: an mdev that was made"
like "$seen" "^$(uuid 4): $before -> mc1-" "watch: an event with another fingerprint"
like "$seen" "^$(uuid 4): mc1-.* -> gone\$" "watch: an mdev that is gone"
unload mdevfix

# --- A slow probe -----------------------------------------------------------------------------
load mdevfix types=222,223,224,225 probe_ms=300
create $gpu nvidia-224 2
is "$(prop $gpu/"$(uuid 2)" MDEV_COMPAT_TYPE)" nvidia-224 "the right type after a slow probe"
like "$(prop $gpu/"$(uuid 2)" MDEV_COMPAT_FINGERPRINT)" "$fp_form" "and a fingerprint"
destroy $gpu 2
unload mdevfix

# --- Files that cannot be read ----------------------------------------------------------------
# They are laid out before the driver binds.
autobind 0
load mdevfix types=1,2,3,4
put type '*-1' software_version err 5
put type '*-2' software_version fill 5000
put type '*-3' software_version ro 'not a version'
put type '*-4' software_version del
bind_to nvidia $edu
for n in 1 2 3; do
	is "$(fp $gpu nvidia-$n)" unknown:unreadable-fact:software "unreadable text, case $n"
done
like "$(fp $gpu nvidia-4)" "$fp_form" "a missing file is the default"
is "$(prop $gpu MDEV_COMPAT_STATUS)" partial "and the parent says that they differ"
echo 700 >/sys/module/mdevfix/parameters/read_ms
udevadm trigger --action=change $gpu
settle
is "$(ours $gpu)" "" "a file that takes too long gives nothing"
like "$(props $gpu)" '^DRIVER=nvidia$' "and spoils nothing else"
echo 0 >/sys/module/mdevfix/parameters/read_ms
udevadm trigger --tag-match=mdevcompat --action=change
settle
like "$(fp $gpu nvidia-4)" "$fp_form" "the tag survives, so that it can be mended"
unload mdevfix
autobind 1

# --- Hostile text -----------------------------------------------------------------------------
key_form='^MDEV_COMPAT_(TYPES|STATUS|COUNT|CLASH|FP_[A-Za-z0-9_]+|TYPE|FINGERPRINT|CLAIMS|POLICY|DESCRIPTOR)='
value_form='^MDEV_COMPAT_[A-Za-z0-9_]+=[A-Za-z0-9][A-Za-z0-9._:,/@= -]*$'
kernel_form='^(DEVPATH|DRIVER|PCI_[A-Z_]*|MODALIAS|ID_PATH|ID_PATH_TAG|SUBSYSTEM|USEC_INITIALIZED|TAGS|CURRENT_TAGS)='
for level in 1 3; do
	load mdevfix hostile=$level
	set -- $gpu/mdev_supported_types/*
	create $gpu "${1##*/}" 3
	ok "hostile text, level $level: the driver shows it" \
		grep -q '^PATH=/evil.LD_PRELOAD' "$1/name"
	{
		props $gpu
		props $gpu/"$(uuid 3)"
	} | grep -Ev "$kernel_form" >"$scratch/hostile"
	like "$(cat "$scratch/hostile")" '^MDEV_COMPAT_STATUS=' "there is an answer"
	is "$(grep -Ev "$key_form" "$scratch/hostile")" "" "no key that is not ours"
	is "$(grep -Ev "$value_form" "$scratch/hostile")" "" "no byte that is not ours"
	unload mdevfix
done

# --- Many types -------------------------------------------------------------------------------
listen
load mdevfix ntypes=60 first=471 namelen=10
size=$(heard | longest $gpu)
ok "60 types with names of 10 bytes fit" complete $gpu
diag "the longest event has $size bytes"
ok "and their event is under 8192 bytes" [ "$size" -gt 4000 -a "$size" -lt 8192 ]
unload mdevfix
load mdevfix ntypes=60 first=471 namelen=60
is "$(ours $gpu)" "MDEV_COMPAT_COUNT=60
MDEV_COMPAT_STATUS=too-many-types" "60 types with names of 60 bytes are too many, and counted"
unload mdevfix

# --- An operator edits a policy ---------------------------------------------------------------
load mdevfix types=35
create $gpu nvidia-35 5
instance=$gpu/$(uuid 5)
old=$(fp $gpu nvidia-35)
listen
$MDEVCOMPAT update >/dev/null
is "$(heard)" "" "an update that changes nothing sends no event"
sed -i 's/software <= self;/software == self;/' $policies/mdevfix.policy
exits 0 "a policy is edited and compiled" $MDEVCOMPAT update
settle
isnt "$(fp $gpu nvidia-35)" "$old" "the type's fingerprint follows at once"
is "$(fp $gpu nvidia-35)" "$(info_fp $edu/nvidia-35)" "and is the one that info shows"
is "$(prop "$instance" MDEV_COMPAT_FINGERPRINT)" "$(info_fp "$(uuid 5)")" "the instance's too"
now=$(ours $gpu)
echo 'language 1; policy mdevfix {' >$policies/mdevfix.policy
exits 3 "a broken policy is refused" $MDEVCOMPAT update
udevadm trigger --action=change $gpu
settle
is "$(ours $gpu)" "$now" "and changes nothing"
exits 3 "update --keep-going says so too" $MDEVCOMPAT update --keep-going
settle
is "$(prop $gpu MDEV_COMPAT_STATUS) $(fp $gpu nvidia-35)" \
	"policy-stale $(printf '%s\n' "$now" | sed -n 's/^MDEV_COMPAT_FP_nvidia_35=//p')" \
	"and keeps the last good section, marked"
rm $policies/mdevfix.policy
exits 0 "the policy is removed" $MDEVCOMPAT update
settle
like "$(fp $gpu nvidia-35)" '^unknown:missing-fact:' "and the one that we ship is back, to which a fact is missing"
destroy $gpu 5
unload mdevfix

# --- The interfaces that were proposed, each through files of a driver --------------------------
# speaks TEXT: the policy of the host
speaks() {
	echo "language 1; policy speaks { applies mdev-type driver nvidia; speaks $1; }" \
		>$policies/speaks.policy
	$MDEVCOMPAT update >/dev/null || diag "speaks $1: $?"
	settle
}

# same_instance N: udev and info agree on an instance, and have a fingerprint for it
same_instance() {
	si=$(prop "$1" MDEV_COMPAT_FINGERPRINT)
	echo "$si" | grep -Eq "$fp_form" && [ "$si" = "$(info_fp "${1##*/}")" ]
}

load mdevfix types=35,36 proposals=0
create $gpu nvidia-35 6
create $gpu2 nvidia-35 7
a=$gpu/$(uuid 6) b=$gpu2/$(uuid 7)

put type '*' interface_version ro 2.1.3
put type "$edu2/*" interface_version ro 2.0.5
put type '*' interface_version_compatible ro 2.0.2-2.0.4,2.1.0-
speaks interface-version
ok "interface-version: udev and info agree on the type" fp_is_info $gpu nvidia-35
ok "and on the instance" same_instance "$a"
exits 0 "2.1.3 is in 2.0.2-2.0.4,2.1.0-" $MDEVCOMPAT match "$(uuid 6)" "$(uuid 7)"
exits 1 "2.0.5 is not" $MDEVCOMPAT match "$(uuid 7)" "$(uuid 6)"
speaks 'interface-version as offers'
exits 1 "as offers: the other way round" $MDEVCOMPAT match "$(uuid 6)" "$(uuid 7)"
exits 0 "as offers: and back" $MDEVCOMPAT match "$(uuid 7)" "$(uuid 6)"

put type '*' software_version ro 2.0.1
put type "$edu2/*" software_version ro 2.1.0
put type '*' compatible_pci_ids ro 1234:11e8
put type '*' compatible_type ro nvidia-35,nvidia-36
put type '*' dynamic_resources ro intel_vgpu/aggregator
put device '*' intel_vgpu/aggregator rw 2
speaks type-attributes
ok "type-attributes: udev and info agree on the type" fp_is_info $gpu nvidia-35
ok "and on the instance" same_instance "$a"
is "$(prop "$a" MDEV_COMPAT_CLAIMS)" aggregator "a dynamic resource is claimed"
exits 0 "2.0.1 to 2.1.0" $MDEVCOMPAT match "$(uuid 6)" "$(uuid 7)"
exits 1 "and not back" $MDEVCOMPAT match "$(uuid 7)" "$(uuid 6)"
exits 1 "not to another type" $MDEVCOMPAT match "$(uuid 6)" $edu/nvidia-36
speaks cross-type-attributes
exits 0 "unless the policy asks for compatible_type" $MDEVCOMPAT match "$(uuid 6)" $edu/nvidia-36
ok "and udev and info agree" fp_is_info $gpu nvidia-36

# One list in four forms: V5_2 with 1, V5_4 with 2, V5_8 with 4.  The second device has V5_4 with 1.
self='mdev_type=i915-GVTg_V5_2\naggregator=1'
wrong='mdev_type=i915-GVTg_V5_4\naggregator=1'
list='mdev_type=i915-GVTg_V5_{val1:int:1,2,4,8}\naggregator={val1}/2'
put device '*' migration_compatible ro "SELF:\\n\\t$self\\nCOMPATIBLE:\\n\\t$list"
put device "$edu2/*" migration_compatible ro "SELF:\\n\\t$wrong\\nCOMPATIBLE:\\n\\t$list"
put device '*' migration/self ro "$self"
put device "$edu2/*" migration/self ro "$wrong"
put device '*' migration/compatible ro "$list"
for form in compatible files folders json; do
	case $form in
	folders)
		put device '*' migration/self del
		put device "$edu2/*" migration/self del
		put device '*' migration/compatible del
		put device '*' migration/self/mdev_type ro i915-GVTg_V5_2
		put device "$edu2/*" migration/self/mdev_type ro i915-GVTg_V5_4
		put device '*' migration/self/aggregator ro 1
		put device '*' migration/compatible/mdev_type ro 'i915-GVTg_V5_{val1:int:1,2,4,8}'
		put device '*' migration/compatible/aggregator ro '{val1}/2'
		;;
	json)
		list='{"mdev_type": "i915-GVTg_V5_{val1:int:1,2,4,8}", "aggregator": "{val1}/2"}'
		put device '*' migration_compatible ro \
			"{\"self\": [{\"mdev_type\": \"i915-GVTg_V5_2\", \"aggregator\": 1}], \"compatible\": [$list]}"
		put device "$edu2/*" migration_compatible ro \
			"{\"self\": [{\"mdev_type\": \"i915-GVTg_V5_4\", \"aggregator\": 1}], \"compatible\": [$list]}"
		;;
	esac
	speaks "migration-$form as accepts"
	ok "migration-$form: udev and info agree on the instance" same_instance "$a"
	like "$(prop "$a" MDEV_COMPAT_FINGERPRINT)" '^mc1-' "it takes its twin"
	exits 0 "V5_2 with 1 is listed" $MDEVCOMPAT match "$(uuid 6)" "$(uuid 7)"
	exits 1 "V5_4 with 1 is not" $MDEVCOMPAT match "$(uuid 7)" "$(uuid 6)"
done

put type '*' migration_info.json ro '{"models": {"m": {"params": {"queues": {"type": "int", "allowed_values": [1, "4-8"], "init_value": 1}}}}}'
put device '*' migration/queues rw 4
put device "$edu2/*" migration/queues rw 2
speaks migration-info
ok "migration-info: udev and info agree on the type" fp_is_info $gpu nvidia-35
ok "and on the instance" same_instance "$a"
is "$(prop "$a" MDEV_COMPAT_CLAIMS)" queues "a parameter is set on the target"
exits 0 "4 is allowed" $MDEVCOMPAT match "$(uuid 6)" "$(uuid 7)"
exits 1 "2 is not" $MDEVCOMPAT match "$(uuid 7)" "$(uuid 6)"

put type '*' subchannel_type ro 0
put type '*' chpid_type ro 0x1a
put type '*' chpid_mask ro 0xf0
put type "$edu2/*" chpid_mask ro 0x80
speaks ccw-attributes
ok "ccw-attributes: udev and info agree" fp_is_info $gpu nvidia-35
exits 0 "channel paths' masks are ignored" $MDEVCOMPAT match "$(uuid 6)" "$(uuid 7)"
exits 1 "versions are not" $MDEVCOMPAT match "$(uuid 7)" "$(uuid 6)"

# accepts CODE STRING TARGET NAME
accepts() {
	printf '%s\n' "$2" | $MDEVCOMPAT accepts "$3" >"$scratch/accepts" 2>&1
	is "$?" "$1" "$4" || diag "$(cat "$scratch/accepts")"
}

# The two devices of case 2 of the posting of May 2019: one type, parents with different PCI ids.
put type '*' migration_version cmp 8086-193b-i915-GVTg_V5_4
put type "$edu2/*" migration_version cmp 8086-191b-i915-GVTg_V5_4
speaks migration-version
is "$(fp $gpu nvidia-35)" unknown:target-only "migration-version: udev has no fingerprint"
is "$(prop "$a" MDEV_COMPAT_STATUS)" target-only "and none for the instance"
exits 4 "match cannot say" $MDEVCOMPAT match "$(uuid 6)" "$(uuid 6)"
accepts 0 "$(cat $gpu/mdev_supported_types/nvidia-35/migration_version)" $edu/nvidia-35 \
	"the driver takes the string that it showed"
accepts 1 "$(cat $gpu/mdev_supported_types/nvidia-35/migration_version)" $edu2/nvidia-35 \
	"one on another parent refuses it"
put type "$edu2/*" migration_version cmp 0123456789,aggregate=2
accepts 0 0123456789,aggregate=2 $edu2/nvidia-35 "creation parameters on the type"
accepts 0 0123456789,aggregate=2 "$(uuid 7)" "an instance without an attribute of its own"
put device '*' migration_version cmp own
accepts 1 0123456789,aggregate=2 "$(uuid 7)" "and one with it"
accepts 0 own "$(uuid 7)" "is asked itself"
accepts 3 "$(printf '%04097d' 0)" $edu/nvidia-35 "4097 bytes are no such string"
put type "$edu/*" migration_version drop x
accepts 0 "$(printf '%04096d' 0)" $edu/nvidia-35 "4096 bytes arrive in one write"
put type "$edu/*" migration_version ro x
accepts 1 x $edu/nvidia-35 "an attribute that cannot be written"
put type "$edu/*" migration_version err 95
accepts 1 x $edu/nvidia-35 "one that cannot be read: its device does not support migration"
put type "$edu/*" migration_version del
accepts 1 x $edu/nvidia-35 "none"
rm $policies/speaks.policy
$MDEVCOMPAT update >/dev/null
destroy $gpu 6
destroy $gpu2 7
unload mdevfix
done_testing
