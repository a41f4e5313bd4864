#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What does not decide whether a state can be loaded does not change a fingerprint, on a host.
. "$top_srcdir/tests/lib.sh"
. "$top_srcdir/tests/cli/lib.sh"
plan 9

cd "$scratch" || exit 99
full_host host
sys=host/sys/devices/pci0000:40/0000:40:03.1/0000:41:00.0
"$m" --root host update >/dev/null || bail_out "no image"

# Every subject with its fingerprint.
fingerprints() {
	"$m" --root host --json list | python3 -c '
import json, sys
def walk(x):
    if isinstance(x, dict):
        if x.get("fingerprint"):
            print(x.get("subject") or x.get("name"), x["fingerprint"])
        for v in x.values():
            walk(v)
    elif isinstance(x, list):
        for v in x:
            walk(v)
walk(json.load(sys.stdin))' | sort
}

before=$(fingerprints)
ok "there are fingerprints to compare" test "$(printf '%s\n' "$before" | grep -c ' mc1-')" -ge 10

for f in "$sys"/mdev_supported_types/*/available_instances; do
	echo 0 >"$f"
done
is "$(fingerprints)" "$before" "available_instances"

is "$(LC_ALL=C.UTF-8 fingerprints)" "$before" "the locale"

policies=host/etc/mdevcompat/policies
policy "$policies/00-unrelated.policy" unrelated unrelated
"$m" --root host update >/dev/null
is "$(fingerprints)" "$before" "a policy for another driver"

mv "$policies/90-mtty.policy" "$policies/01-mtty.policy"
mv "$policies/50-nvidia-vgpu.policy" "$policies/99-nvidia-vgpu.policy"
"$m" --root host update >/dev/null
is "$(fingerprints)" "$before" "the files in another order"

sed -i 's/^policy nvidia-vgpu/policy renamed/; s/#.*//; s/\t/  /g' "$policies/99-nvidia-vgpu.policy"
"$m" --root host update >/dev/null
is "$(fingerprints)" "$before" "another name, no comments, other white space"

is "$(for i in 1 2 3; do fingerprints; done | sort -u)" "$before" "three processes"

# And the control: what does decide.
echo 550.90.08 >host/sys/module/nvidia/version
unlike "$(fingerprints)" "$(printf '%s\n' "$before" | sed -n 's/.*nvidia-231 //p' | head -n 1)" \
	"the version of the driver does change it"
is "$(fingerprints | grep -c .)" "$(printf '%s\n' "$before" | grep -c .)" "and takes none away"
done_testing
