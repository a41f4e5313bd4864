#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The rules file as udev reads it, over a sysfs of plain folders: which devices and events run the
# helper, what udev makes of its output, and what is left when it fails.
. "$top_srcdir/tests/udev/ns.sh"
plan 36

make_host
mount --bind "$host/sys" /sys || bail_out "no sysfs of our own"
SYSTEMD_DEVICE_VERIFY_SYSFS=0
export SYSTEMD_DEVICE_VERIFY_SYSFS

# test_event ACTION DEVPATH: $ours gets our properties, $tags the tags, $err the messages
test_event() {
	[ -e "/sys$2/uevent" ] || : >"/sys$2/uevent"
	run udevadm test --action="$1" "/sys$2"
	ours=$(printf '%s\n' "$out" | grep '^MDEV_COMPAT_' | sort)
	tags=$(printf '%s\n' "$out" | sed -n 's/^TAGS=//p')
}

# The properties that the helper prints, in udev's order.
direct() {
	env -i DEVPATH="$1" "$id" --deadline 60000 | sort
}

# --- The file itself ---------------------------------------------------------------------------
test_event change $mtty
is "$(printf '%s\n%s\n' "$out" "$err" | grep -iE 'mdevcompat.*(invalid|unknown|ignor)')" "" \
	"udev has no complaint about the rules"
is "$(cat "$top_builddir/rules.d/60-mdevcompat.rules" | sed -n 's/^IMPORT{program}="\(.\).*/\1/p')" / \
	"the installed file names the helper by its whole path"
is "$(grep -c 'TAG+=' "$rules/60-mdevcompat.rules"):$(grep -c '^TAG+="mdevcompat"$' "$rules/60-mdevcompat.rules")" \
	1:1 "the tag stands on a line of its own"

# --- Who gets them -----------------------------------------------------------------------------
mkdir -p /sys/devices/p
pci() {
	mkdir -p "/sys/devices/p/$1"
	ln -s ../../../bus/pci "/sys/devices/p/$1/subsystem"
	ln -s ../../../bus/pci/drivers/$2 "/sys/devices/p/$1/driver"
}
pci vfio vfio-pci
mkdir -p /sys/devices/p/vfio/vfio-dev/vfio0
pci nv nvidia
mkdir -p /sys/devices/p/nv/nvidia
echo 0 >/sys/devices/p/nv/nvidia/current_vgpu_type
pci plain e1000
mkdir -p /sys/devices/p/usb/vfio-dev
ln -s ../../../bus/usb /sys/devices/p/usb/subsystem
for action in add change bind online; do
	for device in $mtty $gpu $tty $mdev $vgpu; do
		test_event $action $device
		[ -n "$ours" ] && [ "$ours" = "$(direct $device)" ] || break 2
	done
done
is "$ours" "$(direct $vgpu)" "parents and mdevs, on add, change, bind: what the helper prints"
for device in $mtty $gpu $tty; do
	test_event change $device
	like "$tags" :mdevcompat: "tagged: $device"
done
test_event bind /devices/p/vfio
is "$ours:$tags" "MDEV_COMPAT_STATUS=no-policy::mdevcompat:" "a vfio device"
test_event bind /devices/p/nv
is "$ours:$tags" "MDEV_COMPAT_STATUS=no-policy::mdevcompat:" "NVIDIA's own kind of vfio device"
for device in /devices/p/plain /devices/p/usb; do
	test_event add $device
	is "$ours:$tags" : "none of ours: $device"
done
for action in remove unbind; do
	for device in $mtty $tty /devices/p/vfio; do
		rm -rf /run/udev/data
		test_event $action $device
		is "$ours:$tags" : "nothing on $action: $device"
	done
done

# --- When the helper fails -----------------------------------------------------------------------
# A link that leads to itself: there is an image, and it cannot be opened.
test_event change $mtty
good=$ours
mv $image $image.good
ln -s policies.bin $image
test_event change $mtty
is "$ours:$tags" "::mdevcompat:" "no property is left of the last time, and the tag is"
rm $image
mv $image.good $image
test_event change $mtty
is "$ours" "$good" "mended, they come back"
# Control: the tag on one line with the import, as it must not be.
cp "$rules/60-mdevcompat.rules" "$scratch/kept.rules"
sed -i '/^TAG+=/d; s/^IMPORT/TAG+="mdevcompat", IMPORT/' "$rules/60-mdevcompat.rules"
rm -rf /run/udev/data
mv $image $image.good
ln -s policies.bin $image
test_event change $mtty
is "$ours:$tags" : "on one line the tag would be lost"
rm $image
mv $image.good $image
cp "$scratch/kept.rules" "$rules/60-mdevcompat.rules"

# --- Hostile text --------------------------------------------------------------------------------
others() {
	printf '%s\n' "$out" | grep '^[A-Z_.a-z0-9]*=' | grep -v '^MDEV_COMPAT_' |
		grep -Ev '^(DEVPATH|SUBSYSTEM|ACTION|TAGS|CURRENT_TAGS|USEC_INITIALIZED|DRIVER|PCI_[A-Z_]*|MODALIAS)=' | sort
}
before=$(others)
for text in 'a\nPATH=/evil' 'a\rLD_PRELOAD=/evil' '"a' "it's" '\033[31m' '\377' 'a\0LD_PRELOAD=/evil' '$env{X}%k'; do
	printf "$(printf '%s' "$text" | sed 's/%/%%/g')" >"/sys$mtty/mdev_supported_types/mtty-2/name"
	test_event change $tty
	is "$(others)" "$before" "no strange property from a fact: $text"
	[ -n "$ours" ] || diag "none of ours either"
	name=$(printf "$(printf '%s' "$text" | sed 's/%/%%/g; s/\\0/\\001/')" | tr / _)
	mkdir "/sys$mtty/mdev_supported_types/$name"
	test_event change $mtty
	is "$(others)" "$before" "nor from a type's name: $text"
	rmdir "/sys$mtty/mdev_supported_types/$name"
done
done_testing
