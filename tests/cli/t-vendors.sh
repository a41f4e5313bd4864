#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The policies that we ship, on files as the kernel prints them: each names files that are there, reads
# them, and is without a fingerprint when the operator has not said what no file tells.
. "$top_srcdir/tests/lib.sh"
. "$top_srcdir/tests/cli/lib.sh"

plan 30

here=$top_srcdir/tests/cli
h=$scratch/host
sh "$top_srcdir/examples/unpack" "$h" "$here/vendors.manifest" || bail_out "no host"
rm "$h"/etc/mdevcompat/policies/*
mkdir -p "$h/usr/lib/mdevcompat/policies" "$h/etc/mdevcompat/site.d"
# What no file tells.
cp "$top_srcdir/policies/site.yaml.template" "$h/etc/mdevcompat/site.d/50-vendors.yaml"
cp "$top_srcdir"/policies/*.policy "$h/usr/lib/mdevcompat/policies/"

# policies STATUS: those that have a subject in this status.
policies() {
	"$m" --root "$h" --json list | python3 -c '
import json, sys
print(*sorted({s["policy"] for s in json.load(sys.stdin)["subjects"] if s["status"] == sys.argv[1]}))' "$1"
}
# value SUBJECT ATTRIBUTE
value() {
	"$m" --root "$h" --json info "$1" | json record "$2"
}

run "$m" --root "$h" check "$top_srcdir/policies"
is "$rc $out$err" "0 " "every file and every site key that a policy names is there"
run "$m" --root "$h" update
is "$rc $err" "0 " "and no site key that no policy reads"
names=$(cd "$top_srcdir/policies" && ls ./*.policy | sed 's|^\./||; s|\.policy$||' | sort | paste -sd' ')
is "$(policies ok)" "$names" "each policy has a device, and a fingerprint for it"
is "$("$m" --root "$h" list | grep -c ' mn1-')" 0 "all of which take in their twins"

is "$(value 0000:6b:00.1 services)" "{ asym, sym }" "qat: a list of services"
is "$(value 0000:6b:00.1 capabilities)" 0x0007ffff "and a register"
is "$(value 0000:75:00.1 hardware)" 48 "hisi-acc: the revision of the physical function"
is "$(value 0000:03:00.1 ggtt)" 268435456 "xe: what the operator says of it counts for its functions"
is "$(value 0000:03:00.1 guc)" 70.54.0 "a version"
is "$(value 0000:0a:00.1 board)" 15b3:0051 "virtio: who made it"
is "$(value 0000:60:00.1 firmware)" 1.60.0-73 "pds: a firmware that is no version"
is "$(value 0000:25:00.4 vgpu)" 1148 "nvidia: the type that is set"
is "$(value 0000:00:02.0/i915-GVTg_V5_4 memory)" 128MB "gvt-g: a line of the description"
uuid=0f8b1e5c-7d1c-4b5a-9d0e-6f1d2c3b4a59
is "$(value $uuid adapters)" "{ 05, 06 }" "vfio-ap: adapters from the pairs in matrix"
is "$(value $uuid domains)" "{ 0004, 00ab }" "domains"
is "$(value $uuid controls)" "{ 0004, 00ab }" "and control domains"

# What is claimed there is written to other files, which no policy can name.
cat >"$scratch/ap.yaml" <<'END'
driver: vfio_ap
type: vfio_ap-passthrough
attributes:
  adapters: '06.0004'
  domains: '06.0004'
  controls: '0004'
  model: CEX8P EP11
END
run "$m" --root "$h" claim "$scratch/ap.yaml" $uuid
is "$rc $out" "4 " "vfio-ap: a claim does not say to write to what can only be read"
is "$(printf '%s\n' "$err" | grep -c 'has to be')" 3 "but says what has to be"

# A function without a type is given the source's; one that has another is left alone.
sh "$top_srcdir/examples/unpack" "$scratch/other" "$here/vendors.manifest"
printf '%s\n' 1150 >"$scratch/other/sys/devices/pci0000:00/0000:25:00.4/nvidia/current_vgpu_type"
cp -r "$h/usr" "$h/etc" "$scratch/other/"
"$m" --root "$scratch/other" update >/dev/null
source=$("$m" --root "$scratch/other" info --descriptor 0000:25:00.4)
exits 1 "nvidia: another type is set" "$m" --root "$h" claim "$source" 0000:25:00.4
file=sys/devices/pci0000:00/0000:25:00.4/nvidia/current_vgpu_type
echo 0 >"$h/$file"
run "$m" --root "$h" claim --apply "$source" 0000:25:00.4
is "$rc $(cat "$h/$file")" "0 1150" "and none yet: the source's is set"
is "$("$m" --root "$h" info --fingerprint 0000:25:00.4)" \
	"$("$m" --root "$scratch/other" info --fingerprint 0000:25:00.4)" "and the two are twins"

# One side of the matrix alone.
printf '05.\n06.\n' >"$h/sys/devices/vfio_ap/matrix/$uuid/matrix"
is "$(value $uuid adapters)" "{ 05, 06 }" "adapters without a domain"
printf '.0004\n' >"$h/sys/devices/vfio_ap/matrix/$uuid/matrix"
is "$(value $uuid domains)" "{ 0004 }" "a domain without an adapter"

# Hardware whose state the driver cannot save.
echo 0x21 >"$h/sys/devices/pci0000:00/0000:75:00.0/revision"
like "$("$m" --root "$h" list | grep 0000:75:00.1)" ' mn1-' "hisi-acc: nothing moves on older hardware"

# Nobody has said what no file tells.
rm "$h/etc/mdevcompat/site.d/50-vendors.yaml"
"$m" --root "$h" update >/dev/null
is "$(policies missing-fact)" \
	"hisi-acc mlx5 nvidia-vgpu nvidia-vgpu-vfio pds qat vfio-ap vfio-ccw virtio xe" \
	"without the operator's word these have no fingerprint"
is "$(policies ok)" "intel-gvtg mbochs mdpy mtty" "and these need none"
exits 4 "a match is unknown then" "$m" --root "$h" match 0000:08:00.2 0000:08:00.2

# ---- the template, filled in for another device
sed 's/acme/zeta/g; s/Acme/Zeta/; s/1234:0001/5678:0009/' "$top_srcdir/policies/vendor.policy.template" \
	>"$h/usr/lib/mdevcompat/policies/50-zeta.policy"
cat >"$scratch/zeta.manifest" <<'END'
[sys/class/mdev_bus]
0000:90:00.0 -> ../../devices/pci0000:00/0000:90:00.0
[sys/bus/pci/devices]
0000:90:00.0 -> ../../../devices/pci0000:00/0000:90:00.0
[sys/bus/pci/drivers/zeta]
0000:90:00.0 -> ../../../../devices/pci0000:00/0000:90:00.0
[sys/devices/pci0000:00/0000:90:00.0]
vendor = 0x5678
device = 0x0009
subsystem -> ../../../bus/pci
driver -> ../../../bus/pci/drivers/zeta
[sys/devices/pci0000:00/0000:90:00.0/zeta]
firmware_version = 2.1.3
[sys/devices/pci0000:00/0000:90:00.0/mdev_supported_types/zeta-4q]
name = 4q
zeta_features = a,b
END
sh "$top_srcdir/examples/unpack" "$scratch/zeta" "$scratch/zeta.manifest" || bail_out "no device"
cp -a "$scratch/zeta/sys" "$h/"
run "$m" check --tests "$h/usr/lib/mdevcompat/policies/50-zeta.policy"
like "$rc $out" '^0 .*: 7 of 7 tests passed' "the template, with another vendor's names"
exits 0 "is put in force" "$m" --root "$h" update
is "$(value 0000:90:00.0/zeta-4q firmware) $(value 0000:90:00.0/zeta-4q features)" "2.1.3 { a, b }" \
	"and reads that vendor's files"

done_testing
