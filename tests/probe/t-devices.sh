#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The devices of the example host, found without udev.
. "$top_srcdir/tests/lib.sh"
plan 9
devices=$top_builddir/tests/probe/devices
host=$scratch/host
sh "$top_srcdir/examples/unpack" "$host" || bail_out "no example host"

run "$devices" list "$host"
is "$rc" 0 "all devices"
is "$out" "$(printf '%s\n' "$out" | LC_ALL=C sort -k 2)" "in the order of their paths"
is "$(printf '%s\n' "$out" | awk '{ n[$1]++ } END { print n["parent"], n["mdev"], n["other"] + 0 }')" \
	"4 3 0" "four parents, three mdevs, nothing else"
like "$out" '^parent devices/virtual/mtty/mtty mtty $' "a parent of a class"
like "$out" '^mdev devices/virtual/mtty/mtty/83b8f4f2-[-0-9a-f]* mtty mtty-2$' "its mdev"
like "$out" '^parent devices/pci0000:40/0000:40:03.1/0000:41:00.0 nvidia $' "a parent on a bus, once"

# A device that goes away, one whose type is late, a link that leads out: left out, the rest stays.
before=$out
mkdir -p "$host/sys/devices/late"
ln -s ../../bus/mdev "$host/sys/devices/late/subsystem"
ln -s ../../../devices/late "$host/sys/bus/mdev/devices/late"
ln -s ../../../devices/gone "$host/sys/bus/mdev/devices/gone"
ln -s /etc "$host/sys/class/mdev_bus/out"
run "$devices" list "$host"
is "$out" "$before" "what is not there, not ready, or not in sysfs is left out"
rm -r "$host/sys/class" "$host/sys/bus"
run "$devices" list "$host"
is "$rc:$out" 0: "a host without any"
run "$devices" list /nonexistent
is "$rc:$err" 1:ENOENT "no host"
done_testing
