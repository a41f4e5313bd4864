#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# claim: what has to be set on a target, and the setting of it: all or nothing.
. "$top_srcdir/tests/lib.sh"
. "$top_srcdir/tests/cli/lib.sh"
plan 70

h=$scratch/host
host "$h"
parent=$h/sys/devices/pci0000:00/0000:00:02.0
uuid=c2177883-f1bb-47f0-914d-32a22e3a8804
dev=$parent/$uuid
M="$m --root $h"
p=$h/etc/mdevcompat/policies/gvt.policy
mkdir -p "$dev/intel_vgpu"

policy_with() { # BODY
	printf 'language 1;\npolicy gvt {\n\tapplies mdev-type driver i915;\n%s\n}\n' "$1" >"$p"
	run $M update
	[ "$rc" = 0 ] || diag "$err"
}
# put FILE TEXT, held FILE
put() {
	printf '%s\n' "$2" >"$dev/$1"
}
held() {
	cat "$dev/$1"
}
source_with() { # ATTRIBUTES...: lines
	printf 'driver: i915\ntype: i915-GVTg_V5_4\nattributes:\n' >"$scratch/source.yaml"
	printf '  %s\n' "$@" >>"$scratch/source.yaml"
}
claim() {
	run $M claim "$@"
}
src=$scratch/source.yaml

# ---- one attribute, as a copy

policy_with '	attribute aggregator : int 1..8 from device "intel_vgpu/aggregator" default 1 dynamic;
	accept same;'
put intel_vgpu/aggregator 1
source_with "aggregator: '4'"
claim "$src" $uuid
is "$rc" 0 "something has to be set"
is "$out" "$dev/intel_vgpu/aggregator 4" "file and text on one line"
is "$(held intel_vgpu/aggregator)" 1 "nothing is written without --apply"
claim --apply "$src" $uuid
is "$rc" 0 "--apply"
is "$out" "$dev/intel_vgpu/aggregator 4" "says what it wrote"
is "$(held intel_vgpu/aggregator)" 4 "and wrote it"
claim "$src" $uuid
is "$rc:$out" 0: "then nothing has to be set"
like "$err" 'nothing has to be set' "and that is said"
claim --apply "$src" $uuid
is "$rc" 0 "nor is it done again"
source_with "aggregator: '1'"
claim "$src" $uuid
is "$out" "$dev/intel_vgpu/aggregator 1" "a default is set like any other value"
source_with "aggregator: '4'"
put intel_vgpu/aggregator 1
descriptor=$($M info --descriptor "$src")
claim "$descriptor" $uuid
is "$out" "$dev/intel_vgpu/aggregator 4" "a descriptor as the source"
claim --apply "$descriptor" $uuid
is "$rc:$(held intel_vgpu/aggregator)" 0:4 "also with --apply"

# ---- JSON

put intel_vgpu/aggregator 1
claim --json "$src" $uuid
is "$(printf '%s' "$out" | json settings 0 file)" \
	/sys/devices/pci0000:00/0000:00:02.0/$uuid/intel_vgpu/aggregator "--json: the file"
is "$(printf '%s' "$out" | json settings 0 text)" 4 "the text"
is "$(printf '%s' "$out" | json settings 0 attribute)" aggregator "the attribute"
is "$(printf '%s' "$out" | json applied)" false "nothing is applied"
is "$(printf '%s' "$out" | json verdict)" compatible "the verdict"
claim --json --apply "$src" $uuid
is "$(printf '%s' "$out" | json applied)$(printf '%s' "$out" | json settings 0 written)" truetrue "applied"
claim --json "$src" $uuid
is "$(printf '%s' "$out" | json settings 0 was_set)" true "set already"

# ---- targets

claim "$src" 0000:00:02.0/i915-GVTg_V5_4
is "$rc:$out" "0:intel_vgpu/aggregator 4" "a type: relative to the mdev that is to be made"
claim --apply "$src" 0000:00:02.0/i915-GVTg_V5_4
is "$rc" 2 "which --apply does not make"
like "$err" 'create an mdev' "and says so"
source_with "aggregator: '2'"
cp "$src" "$scratch/target.yaml"
source_with "aggregator: '4'"
claim "$src" "$scratch/target.yaml"
is "$rc:$out" "0:intel_vgpu/aggregator 4" "a device file"
claim --apply "$src" "$scratch/target.yaml"
is "$rc" 2 "which is no device either"
claim "$src" "$descriptor"
is "$rc" 2 "a descriptor knows no claims"
claim "$src" 00000000-0000-0000-0000-000000000000
is "$rc" 4 "a target that is not there"

# ---- not compatible: nothing is set

put intel_vgpu/aggregator 1
sed 's/_4$/_8/' "$src" >"$scratch/other.yaml"
claim --apply "$scratch/other.yaml" $uuid
is "$rc" 1 "incompatible is 1"
like "$err" '^mdevcompat: incompatible: .*type' "with the clause that decides"
is "$(held intel_vgpu/aggregator)" 1 "and nothing is set"
claim --json --apply "$scratch/other.yaml" $uuid
is "$(printf '%s' "$out" | json error code)" incompatible "--json: the code"
put intel_vgpu/aggregator nonsense
claim --apply "$src" $uuid
is "$rc" 4 "unknown is 4"
is "$(held intel_vgpu/aggregator)" nonsense "and nothing is set"
put intel_vgpu/aggregator 1

# ---- computed, and named without a claim

policy_with '	attribute aggregator : int 1..8 from device "intel_vgpu/aggregator" default 1 dynamic;
	accept same but { type any; claim aggregator = source.aggregator * 2; }'
claim "$src" $uuid
is "$out" "$dev/intel_vgpu/aggregator 8" "a computed value"
policy_with '	attribute aggregator : int 1..8 from device "intel_vgpu/aggregator" default 1 dynamic;
	accept same but { aggregator any; }'
claim "$src" $uuid
is "$rc:$out" 0: "named without claim: nothing has to be set"

# ---- why a claim cannot be made

policy_with '	attribute aggregator : int 1..8 from device "intel_vgpu/aggregator" default 1 dynamic;
	attribute slots : int 0..8 from device "slots" default 4 dynamic;
	rule v5 {
		when type == i915-GVTg_V5_{m: 1, 2, 4, 8};
		accept same but {
			type == i915-GVTg_V5_{n: 4};
			aggregator in 1..7;
			claim aggregator = source.aggregator * {m} / 8;
			claim slots;
		}
	}'
source_with "aggregator: '3'"
run $M explain "$src" $uuid
like "$out" '^no +aggregator +3 +aggregator in 1..7; claim aggregator = \(source.aggregator \* \{m\}\) / 8  \(m is 4\)  \(rule v5, .*:11:4\)$' \
	"explain: the claim that has no value, beside the clause that holds"
like "$(printf '%s\n' "$out" | sed -n 2p)" ':11:4: .*claim aggregator = .*: aggregator: the source has 3$' "which decides"
like "$out" '^yes +type .*_\{n\}  \(n is 4\)  \(rule' "what a variable stands for is said"
like "$out" '^yes +slots +4 +slots any  \(claimed as a copy\)  \(rule v5, .*:12:4\)$' "a claim as a copy has its place"
source_with "aggregator: '2'"
claim "$src" $uuid
is "$rc:$out" "0:" "and where it has one, that is set already"

# ---- as drivers take it

policy_with '	attribute hex    : int hex from device "hex" default 0 dynamic;
	attribute size   : int size from device "size" default 0 dynamic;
	attribute truth  : bool from device "truth" default no dynamic;
	attribute words  : set from device "words" separator "+" default {} dynamic;
	attribute word   : string from device "word" default "" dynamic;
	accept same;'
put hex 0x1
put size 1K
put truth N
put words a
put word x
source_with "hex: ff" "size: 2M" "truth: on" "words: c+b" "word: a b"
claim --apply "$src" $uuid
is "$rc" 0 "other types"
is "$(held hex) $(held size) $(held truth) $(held words) $(held word)" "0xff 2097152 1 b+c a b" \
	"each as it is read back"

# ---- what no file sets

policy_with '	attribute note : string from device "uevent" key "NOTE" default "" dynamic;
	attribute aggregator : int 1..8 from device "intel_vgpu/aggregator" default 1 dynamic;
	accept same;'
source_with "note: x" "aggregator: '2'"
claim "$src" $uuid
is "$rc:$out" "4:$dev/intel_vgpu/aggregator 2" "a key in a file: not all can be set"
like "$err" 'note has to be x: no file of the device sets it' "and which cannot"
is "$($M --json claim "$src" $uuid | json settings 1 file)" null "--json says so"
claim --apply "$src" $uuid
is "$rc" 5 "then nothing is set"
is "$(held intel_vgpu/aggregator)" 1 "nothing at all"
policy_with '	attribute a : string from device "a" default "" dynamic;
	accept same;'
source_with "a: x"
claim "$src" $uuid
is "$rc" 4 "a file that the target has not"
like "$err" 'a has to be x: the device has no such file' "is said"
claim --apply "$src" $uuid
is "$rc" 5 "and cannot be set"
not_ok "nor is it made" test -e "$dev/a"

# ---- when one write fails, the others are undone

two='	attribute a : int 1..8 from device "a" default 1 dynamic;
	attribute b : int 1..8 from device "b" default 1 dynamic;
	accept same;'
policy_with "$two"
put a 1
put b 2
source_with "a: '5'" "b: '6'"
chmod 755 "$scratch"
# As somebody to whom one of the files is read-only.
chmod 666 "$dev/a"
chmod 444 "$dev/b"
if [ "$(id -u)" = 0 ]; then
	as="setpriv --reuid 65534 --regid 65534 --clear-groups"
else
	as=
fi
run $as $M claim --apply "$src" $uuid
is "$rc" 5 "a file that cannot be written"
like "$err" "$uuid/b: Permission denied" "is named"
is "$(held a) $(held b)" "1 2" "what was written before is put back"
run $as $M --json claim --apply "$src" $uuid
is "$(printf '%s' "$out" | json error code)" system "--json: the code"
chmod 644 "$dev/a" "$dev/b"

# A driver that takes a write and does not do it: one file behind two names.
rm "$dev/b"
ln -s a "$dev/b"
put a 1
claim --apply "$src" $uuid
is "$rc" 5 "one setting that changes another"
like "$err" 'setting one changed another: a is not 5' "is noticed"
is "$(held a)" 1 "and all is put back"
rm "$dev/b"

# A file that holds no number after the write: /dev/null has no content, and is no file.
ln -s /dev/null "$dev/b"
claim --apply "$src" $uuid
is "$rc" 4 "a link out of sysfs is not followed"
is "$(held a)" 1 "and nothing is set"
rm "$dev/b"
mkfifo "$dev/b"
run timeout 20 $M claim --apply "$src" $uuid
is "$rc" 4 "a fifo does not hold us up"
is "$(held a)" 1 "and nothing is set"
rm "$dev/b"

# Something else of the device goes with the setting: the target does not accept the source any more.
policy_with '	attribute a : int 1..8 from device "a" default 1 dynamic;
	attribute c : int 1..8 from parent "c" default 1;
	accept same;'
rm -f "$dev/a"
echo 1 >"$parent/c"
ln -s ../c "$dev/a"
source_with "a: '5'"
claim --apply "$src" $uuid
is "$rc" 1 "a setting after which the target does not accept the source"
like "$err" 'does not accept the source any more' "is noticed"
is "$(cat "$parent/c")" 1 "and put back"

# ---- vfio

mkdir -p "$h/sys/devices/pci0000:00/0000:05:00.4/vfio-dev" "$h/sys/bus/pci/drivers/vfio-x"
vf=$h/sys/devices/pci0000:00/0000:05:00.4
ln -s ../../../bus/pci "$vf/subsystem"
ln -s ../../../bus/pci/drivers/vfio-x "$vf/driver"
mkdir -p "$h/sys/bus/pci/devices"
ln -s ../../../devices/pci0000:00/0000:05:00.4 "$h/sys/bus/pci/devices/0000:05:00.4"
cat >"$h/etc/mdevcompat/policies/x.policy" <<'END'
language 1;
policy x {
	applies vfio-device driver vfio-x;
	attribute kind_of : string from device "x/current" default "0" dynamic;
	accept same;
}
END
run $M update
is "$rc" 0 "a vfio device with a setting of its own"
mkdir "$vf/x"
echo 0 >"$vf/x/current"
printf 'kind: vfio\ndriver: vfio-x\nattributes:\n  kind_of: "471"\n' >"$src"
claim --apply "$src" 0000:05:00.4
is "$rc:$(cat "$vf/x/current")" 0:471 "is set"

# ---- usage

run $M claim "$src"
is "$rc" 2 "a target is needed"
like "$("$m" --help)" '^  claim ' "help has it"
like "$("$m" __complete 1 mdevcompat cl)" '^claim' "completion has it"
like "$("$m" __complete 2 mdevcompat claim --a)" '^--apply' "and its option"

done_testing
