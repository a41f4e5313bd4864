#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The bundled example host is what sysfs would show, and a manifest with a mistake is refused.
. "$top_srcdir/tests/lib.sh"
plan 9

unpack=$top_srcdir/examples/unpack
root=$scratch/root
ok "the example host unpacks" sh "$unpack" "$root"
is "$(find "$root" -xtype l)" "" "no link leads nowhere"
is "$(cd "$root/sys/class/mdev_bus" && for p in *; do
	[ -d "$p/mdev_supported_types" ] && echo "$p"; done)" \
	"0000:00:02.0
0000:41:00.0
0000:81:00.0
mtty" "every parent has types"
is "$(for i in "$root"/sys/bus/mdev/devices/*; do
	u=${i##*/}
	t=$(readlink -f "$i/mdev_type")
	[ "$(readlink -f "$t/devices/$u")" = "$(readlink -f "$i")" ] && echo "${t##*/}"
	done)" "nvidia-231
mtty-2
i915-GVTg_V5_4" "instances and types point at each other"
is "$(cat "$root/sys/module/nvidia/version")" 550.90.07 "a file"
is "$(ls "$root/etc/mdevcompat/policies")" "50-nvidia-vgpu.policy
60-intel-gvtg.policy
90-mtty.policy" "policies"
not_ok "a folder in use is left alone" sh "$unpack" "$root"

printf '[a]\nb = c\nd ? e\n' >"$scratch/bad"
exits 1 "a line that is none" sh "$unpack" "$scratch/bad-root" "$scratch/bad"
like "$err" ':3: what is' "names the line"

done_testing
