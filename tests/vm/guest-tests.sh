#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# From a kernel event to a property that udevadm shows, on a real kernel.  Each part loads what it
# needs and unloads it again; only the policies in /etc and the image stay.
. ./guest-lib.sh
plan 91

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
is "$(fp $gpu nvidia-35)" unknown:no-policy "and so is the fingerprint"
destroy $gpu 5
unload mdevfix
done_testing
