#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# From a kernel event to a property that udevadm shows, on a real kernel.  Run in the guest, in
# this order: a test may rely on what an earlier one left, as the first lines of each part say.
. ./guest-lib.sh
plan 24

key_form='^(MDEV_COMPAT_(TYPES|STATUS|COUNT|CLASH|FP_[A-Za-z0-9_]+|TYPE|FINGERPRINT|CLAIMS|POLICY|DESCRIPTOR))='
value_form='^MDEV_COMPAT_[A-Za-z0-9_]+=[A-Za-z0-9._:,/@= -]*$'

# every_type PARENT COMMAND...: the command holds for each type with the type appended
every_type() {
	et_parent=$1
	shift
	for et_type in $(type_names "$et_parent"); do
		"$@" "$et_parent" "$et_type" || {
			diag "$et_type on $et_parent: $(fp "$et_parent" "$et_type")"
			return 1
		}
	done
}

has_fp() {
	fp "$1" "$2" | grep -Eq "$fp_form"
}

fp_is_info() {
	has_fp "$1" "$2" && [ "$(fp "$1" "$2")" = "$(info_fp "${1##*/}/$2")" ]
}

complete() {
	[ "$(prop "$1" MDEV_COMPAT_TYPES)" = "$(type_names "$1")" ] &&
		[ "$(prop "$1" MDEV_COMPAT_STATUS)" = ok ] && every_type "$1" has_fp
}

# --- The kernel's samples: parents without a bus, the policies that we ship -------------------
mkdir -p $policies
exits 0 "update compiles what is installed" $MDEVCOMPAT update
for driver in mtty mdpy mbochs; do
	load $driver
	parent=/sys/devices/virtual/$driver/$driver
	ok "$driver: every type has a fingerprint" complete $parent
	ok "$driver: info says the same" every_type $parent fp_is_info
done
mtty=/sys/devices/virtual/mtty/mtty
isnt "$(fp $mtty mtty-1)" "$(fp $mtty mtty-2)" "two types, two fingerprints"
create $mtty mtty-2 1
instance=$mtty/$(uuid 1)
is "$(prop "$instance" MDEV_COMPAT_TYPE)" mtty-2 "an instance knows its type"
is "$(prop "$instance" MDEV_COMPAT_FINGERPRINT)" "$(fp $mtty mtty-2)" \
	"an instance has the fingerprint of its type"
destroy $mtty 1
is "$(ours "$instance")" "" "nothing is left of a removed instance"
unload mtty mdpy mbochs
is "$(ours $mtty)" "" "nothing is left of an unloaded driver"

# --- A PCI parent: load, bind, trigger, unbind ------------------------------------------------
cp policies/mdevfix.policy $policies/
$MDEVCOMPAT update >/dev/null
gpu=$pci/$edu
listen
load mdevfix types=35,36,37
heard >"$scratch/events"
like "$(cat "$scratch/events")" " bind .*/$edu\$" "a bind event follows"
ok "after load every type has a fingerprint" complete $gpu
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

# --- A slow probe -----------------------------------------------------------------------------
load mdevfix types=222,223,224,225 probe_ms=300
create $gpu nvidia-224 2
is "$(prop $gpu/"$(uuid 2)" MDEV_COMPAT_TYPE)" nvidia-224 "the right type after a slow probe"
destroy $gpu 2
unload mdevfix

# --- Hostile text -----------------------------------------------------------------------------
load mdevfix hostile=3
set -- $gpu/mdev_supported_types/*
create $gpu "${1##*/}" 3
{
	props $gpu
	props $gpu/"$(uuid 3)"
} | grep -Ev '^(DEVPATH|DRIVER|PCI_CLASS|PCI_ID|PCI_SUBSYS_ID|PCI_SLOT_NAME|MODALIAS|ID_PATH|ID_PATH_TAG|SUBSYSTEM|USEC_INITIALIZED|TAGS|CURRENT_TAGS)=' \
	>"$scratch/hostile"
is "$(grep -Ev "$key_form" "$scratch/hostile")" "" "hostile text adds no key"
is "$(grep -Ev "$value_form" "$scratch/hostile")" "" "and no byte that is not ours"
unload mdevfix

# --- Many types -------------------------------------------------------------------------------
listen
load mdevfix ntypes=60 first=471 namelen=10
size=$(heard | longest $gpu)
ok "60 types with names of 10 bytes fit" complete $gpu
diag "the longest event has $size bytes"
ok "and their event is under 8192 bytes" [ "$size" -gt 0 -a "$size" -lt 8192 ]
unload mdevfix
load mdevfix ntypes=60 first=471 namelen=60
is "$(ours $gpu)" "MDEV_COMPAT_COUNT=60
MDEV_COMPAT_STATUS=too-many-types" "60 types with names of 60 bytes are too many, and counted"
unload mdevfix
done_testing
