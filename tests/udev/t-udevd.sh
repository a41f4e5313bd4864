#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A real udevd and the kernel's own events, in namespaces: /dev/null's device is dressed up as a
# parent by an overlay over sysfs.  Properties reach the database and the listeners; a helper that
# fails leaves the tag, and by it a mended policy arrives with `change`.
. "$top_srcdir/tests/udev/ns.sh"
plan 22
tools=$top_builddir/tests/probe
null=/devices/virtual/mem/null

# In /run, which is this namespace's own and which nobody cleans up file by file.
real=/run/real
fake=$scratch/fake
SYSTEMD_DEVICE_VERIFY_SYSFS=0
export SYSTEMD_DEVICE_VERIFY_SYSFS
mkdir -p "$real" "$fake$null/mdev_supported_types"
mount -t sysfs sysfs "$real" || bail_out "no sysfs"
for n in 1 2; do
	mkdir "$fake$null/mdev_supported_types/mem-$n"
	echo "Null port $n" >"$fake$null/mdev_supported_types/mem-$n/name"
done
mount -t overlay -o ro,lowerdir="$fake:/sys" overlay /sys || bail_out "no overlay over sysfs"

policy() {
	printf 'policy %s\non mdev mem\nattr name string required type name\n' "$1" |
		"$top_builddir/tests/helper/make-image" >$image.new && mv $image.new $image
}

udevd=/lib/systemd/systemd-udevd
[ -x $udevd ] || udevd=/usr/lib/systemd/systemd-udevd
# A rule after ours, and one that sees what others left in the environment.
echo 'KERNEL=="null", ENV{OTHER_RULE}="ran"' >"$rules/70-other.rules"
$udevd >"$scratch/udevd.log" 2>&1 &
udevd_pid=$!
at_exit "kill $udevd_pid 2>/dev/null; wait $udevd_pid 2>/dev/null"
i=0
until [ -e /run/udev/control ] || [ $i -gt 100 ]; do
	i=$((i + 1))
	sleep 0.1
done

event() {
	echo "$1" >"$real$null/uevent"
	udevadm settle --timeout=60
}
properties() {
	udevadm info -q property -p $null
}
ours() {
	properties | grep '^MDEV_COMPAT_' | sort
}
tags() {
	properties | sed -n 's/^TAGS=//p'
}
direct() {
	env -i DEVPATH=$null "$id" --deadline 60000 | sort
}

# --- Into the database -------------------------------------------------------------------------
event change
is "$(ours)" "MDEV_COMPAT_FP_mem_1=unknown:no-image
MDEV_COMPAT_FP_mem_2=unknown:no-image
MDEV_COMPAT_STATUS=no-image
MDEV_COMPAT_TYPES=mem-1 mem-2" "no image: said so"
like "$(tags)" :mdevcompat: "and tagged, so that an update can find it"
policy one
event change
like "$(ours)" '^MDEV_COMPAT_FP_mem_1=mc1-' "a policy: fingerprints"
is "$(ours)" "$(direct)" "which are what the helper prints"
is "$(grep -c '^E:MDEV_COMPAT_' /run/udev/data/c1:3)" 4 "in udev's database"
good=$(ours)
event add
is "$(ours)" "$good" "an add of coldplug keeps them"
event bind
is "$(ours)" "$good" "and so does the bind that follows a registration"
is "$(properties | sed -n 's/^OTHER_RULE=//p')" ran "rules after ours run"

# --- As a program finds it -----------------------------------------------------------------------
like "$("$tools/devices" list)" "^parent ${null#/} mem \$" "found by its tag, in no class of parents"
is "$("$tools/devices" property $null MDEV_COMPAT_STATUS)" ok "its properties can be asked for"
run "$tools/devices" property $null MDEV_COMPAT_NONE
is "$rc:$err" 1:ENOENT "and what is not there"

# --- A helper that fails -------------------------------------------------------------------------
mv $image $image.good
ln -s policies.bin $image
event change
is "$(ours)" "" "a helper that fails: no property is left"
like "$(tags)" :mdevcompat: "the tag is"
is "$(properties | sed -n 's/^OTHER_RULE=//p')" ran "and the work of the other rules"
rm $image

# --- A mended policy arrives by `change` ---------------------------------------------------------
policy two
is "$(ours)" "" "not by itself"
found=$("$tools/devices" list | sed -n 's/^[a-z]* \([^ ]*null\) .*/\/\1/p')
is "$found" $null "the tag still leads to the device"
# The overlay is read-only; beside it, for this one program, lies the kernel's own sysfs.
run unshare -m sh -c "mount --bind $real /sys && exec '$tools/devices' trigger '$found'"
udevadm settle --timeout=60
is "$rc:$(ours | grep -c "=mc1-")" 0:2 "triggered: the fingerprints are there"
is "$(ours | grep -v POLICY)" "$good" "the same as before: a policy's name means nothing"

# --- To the listeners ----------------------------------------------------------------------------
"$tools/devices" watch 1 >"$scratch/events" &
watch_pid=$!
at_exit "kill $watch_pid 2>/dev/null"
i=0
until grep -q watching "$scratch/events" || [ $i -gt 100 ]; do
	i=$((i + 1))
	sleep 0.1
done
event change
wait $watch_pid
is "$(sed -n 2p "$scratch/events")" "change $null tagged" "a listener hears of it"
is "$(sed -n 's/^  //p' "$scratch/events" | sort)" "$good" "with the properties"

# --- Gone with the types -------------------------------------------------------------------------
umount /sys
event change
is "$(ours)" "" "no types any more: no property"
is "$(grep -ci 'invalid\|unknown key\|syntax' "$scratch/udevd.log")" 0 "udevd has no complaint"
done_testing
