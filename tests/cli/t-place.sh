#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Without --root: what update writes where, whom it tells, and that --root keeps to its folder. Runs
# in a mount namespace of its own, with folders of the example host over /etc/mdevcompat, /run, /sys.
. "$top_srcdir/tests/lib.sh"
. "$top_srcdir/tests/cli/lib.sh"

if [ -z "${MDEVCOMPAT_PLACE_INSIDE-}" ]; then
	if ! unshare -m true 2>/dev/null; then
		skip_all "no mount namespaces for this user"
	fi
	rm -rf "$scratch"
	MDEVCOMPAT_PLACE_INSIDE=1
	export MDEVCOMPAT_PLACE_INSIDE top_srcdir top_builddir
	exec unshare -m --propagation private sh "$0"
fi
plan 28

root=$scratch/root
full_host "$root"
echo 'language 1; policy v { applies mdev-type driver nvidia; accept same; }' >"$scratch/v"
# uevent files take what is written to them.
find "$root/sys/devices" -name mdev_supported_types | while read -r d; do : >"${d%/*}/uevent"; done
for d in "$root"/sys/bus/mdev/devices/*; do : >"$d/uevent"; done

# The programs that a test needs read nothing in /etc that they cannot do without.
mount --bind "$root/etc" /etc && mount -t tmpfs -o mode=755 none /run && mount --bind "$root/sys" /sys ||
	bail_out "cannot mount"
[ ! -e /usr/lib/mdevcompat ] || mount -t tmpfs -o mode=755 none /usr/lib/mdevcompat ||
	bail_out "cannot mount"

told() {
	find /sys/devices -name uevent -exec grep -l change {} + | sed 's|/uevent$||; s|.*/||' | sort
}
quiet() {
	find /sys/devices -name uevent | while read -r f; do : >"$f"; done
}
all="0000:00:02.0
0000:41:00.0
0000:81:00.0
5aeb9dd6-2d2e-4b07-a7b9-0f1f3b0e4d11
83b8f4f2-509f-382f-3c1e-e6bfe0fa1001
c2177883-f1bb-47f0-914d-32a22e3a8804
mtty"

# ---- --root keeps to its folder

host "$scratch/elsewhere"
policy "$scratch/elsewhere/etc/mdevcompat/policies/a.policy" a nvidia
quiet
exits 0 "update --root" "$m" --root "$scratch/elsewhere" update
not_ok "writes nothing to /etc" test -e /etc/mdevcompat/policies.bin
is "$(told)" "" "and tells no device"

# ---- who is told

exits 0 "update --no-trigger" "$m" update --no-trigger
is "$(told)" "" "tells nobody"
rm /etc/mdevcompat/policies.bin
exits 0 "the first update" "$m" update
is "$(told)" "$all" "tells every parent and every mdev"
quiet
exits 0 "nothing to do" "$m" update
is "$(told)" "" "tells nobody"
cp "$scratch/v" /etc/mdevcompat/policies/50-nvidia-vgpu.policy
run "$m" --json update --dry-run
is "$(told) $(printf '%s' "$out" | json changes | grep -c nvidia-231)" " 1" "--dry-run tells nobody and says what would change"
exits 0 "another policy" "$m" update
is "$(told)" "0000:41:00.0
0000:81:00.0
5aeb9dd6-2d2e-4b07-a7b9-0f1f3b0e4d11" "tells the devices of its driver, and no others"

# libudev wants to see a sysfs in /sys, unless it is told that a test is going on.
SYSTEMD_DEVICE_VERIFY_SYSFS=0
export SYSTEMD_DEVICE_VERIFY_SYSFS

# A device that is nothing to us any more and still has our tag.
quiet
mkdir -p /run/udev/data /run/udev/tags/mdevcompat
bridge=/sys/devices/pci0000:40/0000:40:03.1
[ -e $bridge/subsystem ] || ln -s ../../../bus/pci $bridge/subsystem
: >$bridge/uevent
printf 'I:1\nG:mdevcompat\nQ:mdevcompat\nV:1\n' >/run/udev/data/+pci:0000:40:03.1
: >/run/udev/tags/mdevcompat/+pci:0000:40:03.1
echo '# changed' >>/etc/mdevcompat/policies/50-nvidia-vgpu.policy
run "$m" update
like "$(told)" '^0000:40:03.1$' "what carries our tag without being ours is told too"

# ---- properties that are older than sysfs

uuid=5aeb9dd6-2d2e-4b07-a7b9-0f1f3b0e4d11
fp=$("$m" info --fingerprint $uuid)
property() {
	printf 'I:1\nE:MDEV_COMPAT_FINGERPRINT=%s\nG:mdevcompat\nQ:mdevcompat\nV:1\n' "$1" \
		>/run/udev/data/+mdev:$uuid
}
property mc1-other
run "$m" info $uuid
like "$err" 'udev has MDEV_COMPAT_FINGERPRINT=mc1-other' "info says when udev's database has another fingerprint"
property "$fp"
run "$m" info $uuid
is "$err" "" "and nothing when it has the same"
is "$("$m" --json info $uuid | json udev current)" true "--json says that it is current"
property mc1-other
is "$("$m" --json info $uuid 2>/dev/null | json udev | python3 -c '
import json, sys
u = json.load(sys.stdin)
print(u["property"], u["value"], u["now"] == sys.argv[1], u["current"])' "$fp")" \
	"MDEV_COMPAT_FINGERPRINT mc1-other True False" "or what it has and what it would be"
printf 'I:1\nE:MDEV_COMPAT_STATUS=no-policy\nG:mdevcompat\nQ:mdevcompat\nV:1\n' >/run/udev/data/+mdev:$uuid
run "$m" info $uuid
like "$err" 'what udev has of the device is as of its last' "a status from before there was a policy"
rm /run/udev/data/+mdev:$uuid
run "$m" info $uuid
is "$err" "" "where udev never looked nobody is misled"
property "$fp"

# ---- a device that could not be told, and rights that somebody changed

quiet
rm /sys/class/mdev_bus/mtty/uevent && mkdir /sys/class/mdev_bus/mtty/uevent
echo '# more' >>/etc/mdevcompat/policies/90-mtty.policy
rm -f /etc/mdevcompat/policies.bin
run "$m" update
like "$err" 'mtty/uevent: ' "a device that could not be told is named"
rmdir /sys/class/mdev_bus/mtty/uevent && : >/sys/class/mdev_bus/mtty/uevent
quiet
run "$m" update
# Besides those one that only has our tag.
is "$rc:$(told | grep -vx 0000:40:03.1)" "0:$all" "the next update tells all of them"
quiet
run "$m" update
is "$(told)" "" "and the one after that nobody"
chmod 666 /etc/mdevcompat/policies.bin
run "$m" update
chmod 666 /etc/mdevcompat/policies.bin
run "$m" update
is "$(stat -c %a /etc/mdevcompat/policies.bin)" 644 "an image that anybody may write to is replaced"

# ---- a read-only /etc

echo '# changed' >>/etc/mdevcompat/policies/90-mtty.policy
mount -o remount,bind,ro /etc
before=$(sha256sum </etc/mdevcompat/policies.bin)
exits 0 "read-only /etc" "$m" update --no-trigger
ok "the image is in /run" test -e /run/mdevcompat/policies.bin
is "$(sha256sum </etc/mdevcompat/policies.bin)" "$before" "the one in /etc is as before"
is "$("$m" --json status | json image path)" /run/mdevcompat/policies.bin "the one in /run is in force"
mount -o remount,bind,rw /etc
run "$m" update --no-trigger
not_ok "once /etc can be written, the one in /run goes" test -e /run/mdevcompat/policies.bin

done_testing
