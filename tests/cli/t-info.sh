#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# info: where each kind of fact comes from, for people and as JSON, and that what a driver writes stays on
# its line. Age and precedence of site facts: t-site.sh; udev's properties: t-place.sh, tests/udev.
. "$top_srcdir/tests/lib.sh"
. "$top_srcdir/tests/cli/lib.sh"
plan 37

h=$scratch/host
host "$h"
type=0000:41:00.0/nvidia-231
uuid=5aeb9dd6-2d2e-4b07-a7b9-0f1f3b0e4d11
gpu=/sys/devices/pci0000:40/0000:40:03.1/0000:41:00.0
vf=/sys/devices/pci0000:40/0000:40:03.1/0000:41:00.4
mkdir -p "$h/etc/mdevcompat/site.d" "$h$vf/vfio-dev" "$h/sys/bus/pci/drivers/vfio-x"
ln -s ../../../../bus/pci "$h$vf/subsystem"
ln -s ../../../../bus/pci/drivers/vfio-x "$h$vf/driver"
ln -s ../0000:41:00.0 "$h$vf/physfn"
ln -s "../../../${vf#/sys/}" "$h/sys/bus/pci/devices/0000:41:00.4"
echo 471 >"$h$vf/kind"
printf 'host:\n  note: host\n  whole: x\ndriver:\n  nvidia:\n    note: driver\naddress:\n  0000:41:00.0:\n    note: card\n' \
	>"$h/etc/mdevcompat/site.d/50-a.yaml"
attributes='
	attribute board : pci-id from parent "vendor" "device";
	attribute os    : string from os-release "VERSION_ID" default absent;
	attribute kern  : string from kernel-release default "none";
	attribute note  : string from site "note" default absent;
	attribute whole : string from site "whole" default absent;
	attribute never : string from site "never" default "no";
	attribute key   : string from parent "uevent" key "DRIVER" default absent;'
cat >"$h/etc/mdevcompat/policies/n.policy" <<END
language 1;
policy nvidia {
	applies mdev-type driver nvidia;$attributes
	attribute name    : string from type "name";
	attribute none    : string from type "none" default "x";
	attribute agg     : int 1..8 from device "nvidia/agg" default 1 dynamic;
	attribute manager : version(3) from module "nvidia" "version";
	local listed : versions(3) from type "listed" default *;
	accept same;
}
END
cat >"$h/etc/mdevcompat/policies/v.policy" <<END
language 1;
policy vfio {
	applies vfio-device driver vfio-x type from device "kind";$attributes
	accept same;
}
END
run "$m" --root "$h" update
is "$rc" 0 "policies with every kind of fact" || diag "$err"

# line NAME: of the facts of what was asked last
line() {
	printf '%s\n' "$out" | sed -n '/^facts/,$p' | sed -n "s/^  $1 *//p" | head -n 1
}
# facts SUBJECT: `attribute from fact` of each, from JSON
facts() {
	run "$m" --root "$h" --json info "$1"
	printf '%s' "$out" | python3 -c '
import json, sys
for f in json.load(sys.stdin)["facts"]:
    print(f["attribute"], "=", f["from"], "=", f["fact"])' >"$scratch/facts"
}
json_of() {
	sed -n "s/^$1 = //p" "$scratch/facts"
}

run "$m" --root "$h" info $type
is "$rc" 0 "a type"
is "$(line name)" "\"GRID T4-2Q\"  $gpu/mdev_supported_types/nvidia-231/name" "a fact of the type"
is "$(line none)" "absent, default x  $gpu/mdev_supported_types/nvidia-231/none" "one that is not there: where it would be"
is "$(line board)" "\"0x10de:0x1eb8\"  $gpu/vendor, device" "two files of the parent"
is "$(line key)" "\"nvidia\"  $gpu/uevent, DRIVER" "one key of a file"
is "$(line agg)" 'absent, default 1  device "nvidia/agg"' "what only an mdev has"
is "$(line manager)" '"550.90.07"  /sys/module/nvidia/version' "a module"
is "$(line os)" '"12"  /etc/os-release, VERSION_ID' "os-release"
is "$(line kern)" 'absent, default none  uname -r' "the kernel's release is this host's"
is "$(line note)" '"card"  /etc/mdevcompat/site.d/50-a.yaml, less than a minute old' "a site fact by address"
is "$(line whole)" '"x"  /etc/mdevcompat/site.d/50-a.yaml, less than a minute old' "one of the host"
is "$(line never)" 'absent, default no  site "never"' "one that nobody states"
is "$(line listed)" "absent, default [0.0.0,*)  $gpu/mdev_supported_types/nvidia-231/listed" "a local"
facts $type
is "$(json_of board)" "$gpu/vendor = parent \"vendor\" \"device\"" "--json has the file and the fact as policies spell it"
is "$(json_of agg)" 'None = device "nvidia/agg"' "also where there is no file"
is "$(json_of os)" '/etc/os-release = os-release "VERSION_ID"' "and which os-release it is"
rm "$h/etc/os-release" # which was a link
facts $type
is "$(json_of os)" '/usr/lib/os-release = os-release "VERSION_ID"' "or the other one"

run "$m" --root "$h" info $uuid
is "$(line agg)" "absent, default 1  $gpu/$uuid/nvidia/agg" "an mdev: where its own file would be"
mkdir -p "$h$gpu/$uuid/nvidia"
echo 4 >"$h$gpu/$uuid/nvidia/agg"
run "$m" --root "$h" info $uuid
is "$(line agg)" "\"4\"  $gpu/$uuid/nvidia/agg" "and where it is"
is "$(line name)" "\"GRID T4-2Q\"  $gpu/mdev_supported_types/nvidia-231/name" "facts of its type"

run "$m" --root "$h" info 0000:41:00.4
is "$rc" 0 "a VF" || diag "$err$out"
is "$(line type)" "\"471\"  $vf/kind" "its type, and where that stands"
is "$(line board)" "\"0x10de:0x1eb8\"  $gpu/vendor, device" "its parent is its physical function"
is "$(line note)" '"card"  /etc/mdevcompat/site.d/50-a.yaml, less than a minute old' "whose site facts it has"

# ---- facts that cannot be read

echo x >"$h$gpu/vendor"
run "$m" --root "$h" info $type
is "$rc" 4 "a fact that makes no sense"
is "$(line board)" "\"x:0x1eb8\"  $gpu/vendor, device" "is shown as it stands"
echo 0x10de >"$h$gpu/vendor"
rm "$h$gpu/mdev_supported_types/nvidia-231/name"
run "$m" --root "$h" info $type
like "$out" 'missing-fact: name: .*type "name"' "one that is missing"
mkdir "$h$gpu/mdev_supported_types/nvidia-231/name"
run "$m" --root "$h" info $type
like "$out" 'unreadable-fact: name' "one that is no file"
rmdir "$h$gpu/mdev_supported_types/nvidia-231/name"

# ---- what a driver writes stays on its line

printf 'a\nfingerprint  mc1-x\t\033[2Jb\001\377\n' >"$h$gpu/mdev_supported_types/nvidia-231/name"
run "$m" --root "$h" info $type
is "$rc" 4 "hostile text is unreadable"
is "$(printf '%s\n' "$out" | grep -c '^fingerprint')" 0 "and makes no line of its own"
is "$(line name)" "\"a\\nfingerprint  mc1-x\\t\\x1b[2Jb\\x01\\xff\"  $gpu/mdev_supported_types/nvidia-231/name" \
	"every byte of it can be seen"
ok "no control characters" sh -c '! printf "%s" "$1" | LC_ALL=C grep -q "[[:cntrl:]]"' sh "$(printf '%s' "$out" | tr -d '\n')"
printf 'x\nDRIVER: a "b"\n' >"$h$gpu/uevent"
echo name >"$h$gpu/mdev_supported_types/nvidia-231/name"
run "$m" --root "$h" info $type
is "$(line key)" "\"a \"b\"\"  $gpu/uevent, DRIVER" "of a file with keys only what was asked for"

mkdir "$h$gpu/mdev_supported_types/$(printf 'x\nstatus ok\033[2J')"
run "$m" --root "$h" info "0000:41:00.0/$(printf 'x\nstatus ok\033[2J')"
is "$(printf '%s\n' "$out" | head -n 1)" 'subject      mdev type 0000:41:00.0/x\x0astatus ok\x1b[2J' "so does what a driver has named"

# ---- spoken facts, and files

cat >"$h/etc/mdevcompat/policies/n.policy" <<'END'
language 1;
policy nvidia { applies mdev-type driver nvidia; speaks interface-version; accept same; }
END
echo 2.1.0 >"$h$gpu/mdev_supported_types/nvidia-231/interface_version"
echo 2.1.0+ >"$h$gpu/mdev_supported_types/nvidia-231/interface_version_compatible"
"$m" --root "$h" update >/dev/null
run "$m" --root "$h" info $type
is "$(line interface_version)" "\"2.1.0\"  $gpu/mdev_supported_types/nvidia-231/interface_version" \
	"what the driver says by an interface, and where"
printf 'driver: nvidia\ntype: nvidia-231\nfiles:\n  type:\n    interface_version: 2.1.0\n    interface_version_compatible: 2.1.0+\n' >"$scratch/d.yaml"
run "$m" --root "$h" info "$scratch/d.yaml"
like "$(line interface_version)" '"2.1.0"  ' "a device file"

done_testing
