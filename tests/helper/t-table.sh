#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What the helper says and how it exits, row by row: DESIGN 5, mdevcompat_id(8).
. "$top_srcdir/tests/lib.sh"
. "$top_srcdir/tests/helper/lib.sh"
plan 53
make_host

# --- All well ---------------------------------------------------------------------------------
ask $mtty
is $rc 0 "a parent: exit 0"
is "$(printf '%s\n' "$out" | sed -E "s/$fp/FP/")" "MDEV_COMPAT_TYPES=mtty-1 mtty-2
MDEV_COMPAT_FP_mtty_1=FP
MDEV_COMPAT_FP_mtty_2=FP
MDEV_COMPAT_STATUS=ok" "a parent: its keys"
parent_out=$out
ask $tty
is $rc 0 "an mdev: exit 0"
is "$(printf '%s\n' "$out" | sed -E "s/$fp/FP/; s/=mdc1:.*/=D/; s/:[0-9a-f]{8}\$/:HEX/")" \
	"MDEV_COMPAT_TYPE=mtty-2
MDEV_COMPAT_FINGERPRINT=FP
MDEV_COMPAT_DESCRIPTOR=D
MDEV_COMPAT_POLICY=mtty:HEX
MDEV_COMPAT_STATUS=ok" "an mdev: its keys"
is "$(printf '%s\n' "$out" | sed -n 's/.*FINGERPRINT=//p')" \
	"$(printf '%s\n' "$parent_out" | sed -n 's/.*FP_mtty_2=//p')" "and the fingerprint of its type"
ask $vgpu
like "$out" '^MDEV_COMPAT_CLAIMS=aggregator$' "an mdev with claims"
ask $gpu
is "$(printf '%s\n' "$out" | grep -Ec "^MDEV_COMPAT_FP_nvidia_[0-9]+=$fp\$")" 7 "seven types"
like "$out" '^MDEV_COMPAT_TYPES=nvidia-222 nvidia-223 nvidia-230 ' "in the order of their names"

# A vfio device.
vf=/devices/pci0000:40/0000:40:03.1/0000:42:00.1
mkdir -p "$host/sys$vf/vfio-dev/vfio3" "$host/sys/bus/pci/drivers/vfio-pci"
ln -s ../../../../bus/pci "$host/sys$vf/subsystem"
ln -s ../../../../bus/pci/drivers/vfio-pci "$host/sys$vf/driver"
ln -s ../0000:41:00.0 "$host/sys$vf/physfn"
{
	spec_of_host
	cat <<'END'
policy vf
on vfio vfio-pci
attr board pci-id required parent vendor device
attr fw string absent device fw_version
END
} | make_image
ask $vf
is "$(printf '%s\n' "$out" | sed -E "s/$fp/FP/; s/=mdc1:.*/=D/; s/:[0-9a-f]{8}\$/:HEX/")" \
	"MDEV_COMPAT_FINGERPRINT=FP
MDEV_COMPAT_DESCRIPTOR=D
MDEV_COMPAT_POLICY=vf:HEX
MDEV_COMPAT_STATUS=ok" "a vfio device: its keys"
like "$out" 'DESCRIPTOR=mdc1:.*board=p10de1eb8' "whose parent is its physical function"

# --- Nothing that changes with an unrelated policy ---------------------------------------------
ask $tty
before=$out
{
	spec_of_host
	echo 'policy another'
	echo 'on mdev somebody'
} | make_image
ask $tty
is "$out" "$before" "another policy does not change a property"
spec_of_host | sed 's/^policy mtty/policy mtty2/' | make_image
ask $tty
isnt "$out" "$before" "this one's does"
is "$(printf '%s\n' "$out" | grep -v POLICY)" "$(printf '%s\n' "$before" | grep -v POLICY)" \
	"but not the fingerprint: a policy's name means nothing"

# --- Exit 0 with a status ----------------------------------------------------------------------
# row STATUS NAME: parent and mdev
row() {
	ask $mtty
	is "$rc:$out" "0:MDEV_COMPAT_TYPES=mtty-1 mtty-2
MDEV_COMPAT_FP_mtty_1=unknown:$1
MDEV_COMPAT_FP_mtty_2=unknown:$1
MDEV_COMPAT_STATUS=${1%%:*}" "$2: a parent"
	ask $tty
	is "$rc:$(printf '%s\n' "$out" | grep -v POLICY)" "0:MDEV_COMPAT_TYPE=mtty-2
MDEV_COMPAT_STATUS=${1%%:*}" "$2: an mdev"
}
rm "$image"
row no-image "no image"
printf 'policy x\non mdev y\n' | make_image
row no-policy "no policy"
printf 'status mdev mtty policy-error\n' | make_image
row policy-error "a broken policy"
printf 'status mdev mtty policy-overlap\n' | make_image
row policy-overlap "two policies"
printf 'status mdev mtty language-too-new\n' | make_image
row language-too-new "a policy of tomorrow"
printf 'policy x\non mdev mtty\nattr ecc string required parent ecc\n' | make_image
row missing-fact:ecc "a missing fact"
head -c 5000 /dev/zero | tr '\0' x >"$host/sys$mtty/ecc"
row unreadable-fact:ecc "a fact that is too long"
rm "$host/sys$mtty/ecc"
ln -s /etc/hostname "$host/sys$mtty/ecc"
row unreadable-fact:ecc "a fact that leads out of sysfs"
rm "$host/sys$mtty/ecc"
mkfifo "$host/sys$mtty/ecc"
row unreadable-fact:ecc "a fifo"
rm "$host/sys$mtty/ecc"
spec_of_host | make_image
size=$(wc -c <"$image")
head -c $((size / 2)) "$image" >"$image.cut"
mv "$image.cut" "$image"
row image-damaged "half an image"
: >"$image"
row image-damaged "an empty image"
rm "$image"
mkdir "$image"
row image-damaged "a folder for an image"
rmdir "$image"
mkfifo "$image"
row image-damaged "a fifo for an image"
rm "$image"

# --- Which image --------------------------------------------------------------------------------
mkdir -p "$host/run/mdevcompat" "$host/usr/lib/mdevcompat"
echo 'status mdev mtty policy-error' | make_image
mv "$image" "$host/usr/lib/mdevcompat/"
ask $tty
like "$out" 'STATUS=policy-error$' "the image in /usr/lib"
echo 'status mdev mtty policy-overlap' | make_image
ask $tty
like "$out" 'STATUS=policy-overlap$' "the one in /etc goes before it"
echo 'status mdev mtty language-too-new' | make_image
mv "$image" "$host/run/mdevcompat/"
echo 'status mdev mtty policy-overlap' | make_image
ask $tty
like "$out" 'STATUS=language-too-new$' "the one in /run before both"
ask $tty --image "$image"
like "$out" 'STATUS=policy-overlap$' "and one that is named before all"
rm "$host/run/mdevcompat/policies.bin" "$host/usr/lib/mdevcompat/policies.bin"

# --- Too many types ----------------------------------------------------------------------------
spec_of_host | make_image
long=$(printf '%050d' 0)
i=0
while [ $i -lt 60 ]; do
	add_type $gpu nvidia-$((1000 + i))-$long "GRID"
	i=$((i + 1))
done
ask $gpu
is "$rc:$out" "0:MDEV_COMPAT_STATUS=too-many-types
MDEV_COMPAT_COUNT=67" "too many types: a status and their number, exit 0"

# --- Not 0 and nothing -------------------------------------------------------------------------
ask /devices/virtual/mtty/none
says_nothing 1 "no such device"
ask /devices/pci0000:40
says_nothing 1 "a device that is none of ours"
rm -r "$host/sys$tty/mdev_type"
run env -i DEVPATH=$tty ACTION=add "$id" --root "$host" --deadline 60000
says_nothing 1 "an mdev without its type, on add"
for devpath in '' / /devices /devices/../x /sys/devices/x '/devices/a b'; do
	ask "$devpath"
	[ "$rc:$out" = 2: ] || break
done
says_nothing 2 "no device path"
run env -i "$id" --root "$host"
says_nothing 2 "no DEVPATH at all"
run env -i DEVPATH=$mtty "$id" --root "$host" --bogus
says_nothing 2 "an option that there is not"
ask $mtty --root /nonexistent
says_nothing 5 "no sysfs"
run sh -c "DEVPATH=$mtty '$id' --root '$host' --deadline 60000 >/dev/full"
says_nothing 5 "nowhere to write"
run sh -c "DEVPATH=$mtty '$id' --root '$host' --deadline 60000 >&-"
says_nothing 5 "no output at all"
done_testing
