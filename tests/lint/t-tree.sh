#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# check --root: facts that none of the tree's subjects has. Each kind of fact is once there and once not;
# what is said of those that are not is compared whole, so each of the others is a control.
. "$top_srcdir/tests/lib.sh"
. "$top_srcdir/tests/cli/lib.sh"
plan 24

cd "$scratch" || exit 99
cp "$top_srcdir/tests/lint/fact-nowhere.policy" . || bail_out "no policy"
host "$scratch/host"
p=fact-nowhere.policy

# The lines of the policy that are warned of.
said() {
	printf '%s\n' "$err" | grep '\[MDC-118\]' | cut -d: -f2 | tr '\n' ' '
}

run "$m" --root host check $p
is "$rc" 0 "a warning: exit 0"
is "$err" "$(cat "$top_srcdir/tests/lint/fact-nowhere.expected")" "what is said"
is "$(said)" "$(grep -n '# here' $p | cut -d: -f1 | tr '\n' ' ')" "where, and nowhere else"
exits 1 "--strict counts it" "$m" --root host check --strict $p
run "$m" --root host --json check $p
is "$(printf '%s' "$out" | json diagnostics 0 code) $(printf '%s' "$out" | json exit)" "MDC-118 0" "--json"
run sh -c "'$m' --root host check --stdin <$p"
like "$err" '^<stdin>:11:12: .*MDC-118' "--stdin"
mkdir set
cp $p set
run "$m" --root host --policies set check
like "$err" 'set/fact-nowhere.policy:11:12: .*MDC-118' "a folder"
cp $p host/etc/mdevcompat/policies
run "$m" --root host check
like "$err" 'fact-nowhere.policy:11:12: .*MDC-118' "the tree's own policies"
rm "host/etc/mdevcompat/policies/$p"

# Without --root, and where nobody can be asked, there is nothing to say.
run "$m" check $p
is "$rc$err" 0 "no --root: nothing"
sed 's/driver nvidia;/driver another;/' $p >another.policy
run "$m" --root host check --strict another.policy
is "$rc$err" 0 "no subject of the driver: nothing"
sed 's/mdev-type driver/vfio-device driver/; s/from type/from device/' $p >kind.policy
run "$m" --root host check kind.policy
unlike "$err" MDC-118 "no subject of the kind: nothing"
mkdir -p empty/etc
run "$m" --root empty check --strict $p
is "$rc$err" 0 "a tree without sysfs: nothing, and no failure"
run "$m" --root empty check --strict missing.policy
is "$rc" 5 "a file that is not there is one still"

# One subject that has it is enough: a file of one type, a site fact of one card, one device's file.
types=$(echo "$scratch"/host/sys/devices/pci*/*/0000:81:00.0/mdev_supported_types)
echo text >"$types/nvidia-223/nmae"
run "$m" --root host check $p
is "$(said)" "11 13 15 16 17 18 20 " "a file of one of fifteen"
echo 'num_tails=2, x=1' >"$types/nvidia-223/description"
run "$m" --root host check $p
is "$(said)" "11 13 16 17 18 20 " "a key"
mkdir -p host/etc/mdevcompat/site.d
printf 'address:\n  0000:81:00.0:\n    nvidia.ecc: on\n' >host/etc/mdevcompat/site.d/a.yaml
run "$m" --root host check $p
is "$(said)" "13 16 17 18 20 " "a site fact of one card"
echo '[' >host/etc/mdevcompat/site.d/b.yaml
rm host/etc/mdevcompat/site.d/a.yaml
run "$m" --root host check $p
is "$rc $(said)" "0 13 16 17 18 20 " "a broken site file could say it"
unlike "$err" "b.yaml" "and is not what was asked for"
echo VARIANT_ID=x >>host/usr/lib/os-release
run "$m" --root host check $p
is "$(said)" "13 16 18 20 " "a key of os-release"
echo 1 >host/sys/module/nvidia/built
run "$m" --root host check $p
is "$(said)" "13 18 20 " "a file of the module"
dev=$(readlink -f host/sys/bus/mdev/devices/5aeb9dd6-2d2e-4b07-a7b9-0f1f3b0e4d11)
echo 1 >"$dev/nvidia/depth"
run "$m" --root host check $p
is "$(said)" "13 20 " "a device's file"
rm "$dev/nvidia/depth" host/sys/bus/mdev/devices/5aeb9dd6-2d2e-4b07-a7b9-0f1f3b0e4d11
run "$m" --root host check $p
is "$(said)" "13 20 " "types alone are not asked for it"
echo 0x1 >"${types%/*}/devise"
mkdir "$types/nvidia-222/loads"
run "$m" --root host check $p
is "$rc$err" 0 "what cannot be read is there"

# What a driver says itself is not looked for; what its policy reads besides is.
rm host/etc/mdevcompat/site.d/b.yaml
cat >speaks.policy <<'END'
language 1;
policy p {
	applies mdev-type driver nvidia;
	attribute ecc : bool from site "other" default yes;
	speaks type-attributes;
}
END
run "$m" --root host check speaks.policy
is "$rc $(said)" "0 4 " "where the driver speaks for itself"
done_testing
