#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What README says to those who write schedulers: from the lists of three hosts, twins first, then who
# else says yes, and claims with nothing but the descriptor.
. "$top_srcdir/tests/lib.sh"
. "$top_srcdir/tests/cli/lib.sh"

plan 13

PATH=$(dirname "$m"):$PATH
export PATH
for host in old same new; do
	full_host "$scratch/$host"
done
cd "$scratch" || bail_out "no $scratch"
echo 535.161.05 >old/sys/module/nvidia/version
echo 535.161.05 >same/sys/module/nvidia/version
for host in old same new; do
	"$m" --root "$host" update >/dev/null
	"$m" --root "$host" --json list >"$host.json"
done
pick() {
	run "$top_srcdir/examples/pick-target" "$@"
}

type=0000:41:00.0/nvidia-231
pick old $type old same new
is "$rc $err" "0 " "there are targets"
is "$(printf '%s\n' "$out" | cut -d' ' -f1 | uniq | paste -sd' ')" "old same new" "twins first, then the newer manager"
is "$(printf '%s\n' "$out" | grep -c nvidia-231)" 6 "each type of that profile"
is "$(printf '%s\n' "$out" | grep -v nvidia-231 | cut -d' ' -f2 | sort -u)" \
	5aeb9dd6-2d2e-4b07-a7b9-0f1f3b0e4d11 "the vGPU of that type, and nothing else"
pick new $type old
is "$rc $out" "1 " "no way back"
pick new mtty/mtty-1 old same
is "$rc $out" "0 old mtty/mtty-1
same mtty/mtty-1" "a type that is alike everywhere"

# A subject without a fingerprint, as source and as target.
echo 'language 1; policy mtty { applies mdev-type driver mtty; accept same;
attribute x : bool from site "x"; }' >same/etc/mdevcompat/policies/90-mtty.policy
"$m" --root same update >/dev/null
"$m" --root same --json list >same.json
pick same mtty/mtty-1 new
is "$rc $out" "1 " "what is unknown does not move"
like "$err" 'mtty/mtty-1: unknown' "and says so"
pick new mtty/mtty-1 same
is "$rc $out" "1 " "nor does anything move there"
mv same/etc/mdevcompat/policies.bin off
"$m" --root same --json list >same.json
pick new mtty/mtty-1 same
like "$rc $err" '^1 same.json: not a list' "a host without an image is no answer"

# The claim, with the source's descriptor.
sed 's/^  aggregator: .*/  aggregator: 2/' "$top_srcdir/examples/devices/b-gvtg-v5-4.yaml" >source.yaml
descriptor=$("$m" --root new info --descriptor source.yaml)
mdev=c2177883-f1bb-47f0-914d-32a22e3a8804
file=sys/devices/pci0000:00/0000:00:02.0/$mdev/intel_vgpu/aggregator
echo 1 >new/$file
exits 0 "a claim by descriptor" "$m" --root new claim --apply "$descriptor" $mdev
is "$(cat new/$file)" 2 "is set"
unlike "$(echo "$descriptor" | tr -d 'A-Za-z0-9._:,/@=-')" . "a descriptor is a word for every shell"

done_testing
