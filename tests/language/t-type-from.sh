#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# `type from FACT`: the type of a vfio device is read where its scope says, by the command line and by the
# helper alike; two that differ in it are no twins.
. "$top_srcdir/tests/lib.sh"
. "$top_srcdir/tests/cli/lib.sh"
plan 27

h=$scratch/host
v=$h/etc/mdevcompat/policies/v.policy
M="$m --root $h"
mkdir -p "$(dirname "$v")" "$h/sys/bus/pci/drivers/nv"
for i in 1 2 3; do
	vf=$h/sys/devices/pci0000:00/0000:00:01.$i
	mkdir -p "$vf/vfio-dev/vfio$i" "$h/sys/bus/pci/devices"
	ln -s ../../../bus/pci/drivers/nv "$vf/driver"
	ln -s ../../../bus/pci "$vf/subsystem"
	ln -s "../../../devices/pci0000:00/0000:00:01.$i" "$h/sys/bus/pci/devices/"
done
# type NUMBER TEXT: what the file of that function holds.
type() {
	printf '%b' "$2" >"$h/sys/devices/pci0000:00/0000:00:01.$1/current"
}
cat >"$v" <<'END'
language 1;
policy v {
	applies vfio-device driver nv type from device "current";
	rule small { when type in 471, 472, i-{n: 1, 2}; accept same; }
	rule large { when type == 9; accept same but { type in 9, 10; } }
}
END
exits 0 "update" $M update

judged() { # SOURCE TARGET VERDICT NAME
	run $M match "0000:00:01.$1" "0000:00:01.$2"
	like "$(printf '%s\n' "$out" | sed 1q)" "^$3$" "$4"
}
helper() { # NUMBER
	run env -i "DEVPATH=/devices/pci0000:00/0000:00:01.$1" "$MDEVCOMPAT_ID" --root "$h" --deadline 60000
}

type 1 '471\n'
type 2 '472\n'
judged 1 1 compatible "its own twin"
judged 1 2 incompatible "another type is another"
judged 2 1 incompatible "in both directions"
type 2 '471\n'
judged 1 2 compatible "the same type is the same"
type 1 '10\n'
type 2 '9\n'
judged 1 2 compatible "clauses speak of it"
judged 2 1 incompatible "conditions of one's own"
type 1 'i-2\n'
judged 1 1 compatible "templates too"

run $M --json info 0000:00:01.1
is "$(printf '%s' "$out" | json record type)" i-2 "it is in the record"
is "$(printf '%s' "$out" | json facts 0 from)" /sys/devices/pci0000:00/0000:00:01.1/current \
	"and info knows where it was read"
run $M info 0000:00:01.1
like "$out" '^  type +"i-2"  /sys/devices/.*/current' "for people, too"
helper 1
like "$out" '^MDEV_COMPAT_TYPE=i-2$' "the helper reads it"
is "$(printf '%s\n' "$out" | sed -n 's/^MDEV_COMPAT_FINGERPRINT=//p')" \
	"$($M info --fingerprint 0000:00:01.1)" "to the same fingerprint"

judged 3 3 unknown "without the file there is no type, and no twin"
run $M info 0000:00:01.3
like "$out" '^status +missing-fact: .*type' "and that is said"
helper 3
like "$out" '^MDEV_COMPAT_STATUS=missing-fact$' "by the helper, too"
type 1 'a\001b\n'
run $M info 0000:00:01.1
like "$out" '^status +unreadable-fact: .*type' "a type with a byte that none has is unreadable"
helper 1
like "$out" '^MDEV_COMPAT_STATUS=unreadable-fact$' "for the helper, too"
type 1 "$(printf '%0255d' 0)\n"
run $M info 0000:00:01.1
like "$out" '^status +ok' "255 bytes are a type"
type 1 "$(printf '%0256d' 0)\n"
run $M info 0000:00:01.1
like "$out" '^status +unreadable-fact: .*type' "256 are none"
rm "$h/sys/devices/pci0000:00/0000:00:01.1/current"
mkdir "$h/sys/devices/pci0000:00/0000:00:01.1/current"
judged 1 1 unknown "an error is never absence"
rmdir "$h/sys/devices/pci0000:00/0000:00:01.1/current"

# A narrowing policy is about the same device, with the same type.
type 1 '471\n'
type 2 '471\n'
cat >"$h/etc/mdevcompat/policies/w.policy" <<'END'
language 1;
policy w narrows v {
	applies vfio-device driver nv;
	rule bad { when type == 471; migratable no; }
	refuse { type == 10; }
}
END
exits 0 "with a policy that narrows" $M update
judged 1 2 incompatible "its conditions see the type"
type 1 '10\n'
type 2 '9\n'
judged 1 2 incompatible "and so do its refuse blocks"
type 1 '472\n'
judged 1 1 compatible "of what it says nothing"
type 1 '472\n'
printf 'kind: vfio\ndriver: nv\ntype: "472"\n' >"$scratch/472.yaml"
run $M match "$scratch/472.yaml" 0000:00:01.1
is "$rc" 0 "a device file says its type itself"
is "$($M info --fingerprint "$scratch/472.yaml")" "$($M info --fingerprint 0000:00:01.1)" \
	"and has the fingerprint of the device"
done_testing
