#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Files of a driver that has gone mad: helper and command line say the same of them, and what they say of a
# device is what its descriptor says.
. "$top_srcdir/tests/lib.sh"
. "$top_srcdir/tests/adapter/lib.sh"
. "$top_srcdir/tests/adapter/host.sh"
command -v python3 >/dev/null || skip_all "no python3"
plan 47
rounds=${MDEVCOMPAT_HOSTILE_ROUNDS:-4}

# damage NAME SUBJECT DEVPATH FOLDER...
damage() {
	damage_name=$1
	shift
	run env PYTHONDONTWRITEBYTECODE=1 python3 "$top_srcdir/tests/adapter/hostile.py" "$damage_name" "$rounds" \
		"$m" "$MDEVCOMPAT_ID" "$host" "$@"
	is "$rc:$out$err" 0: "$damage_name"
}

while read -r interface how; do
	fixture=${interface#cross-}
	make_host "$(sed -n 's/^type: //p' "$devices/$fixture.yaml")"
	files_of "$devices/$fixture.yaml"
	speak "$interface $how"
	"$m" --root "$host" update --no-trigger >/dev/null || bail_out "update"
	type=$host/sys$parent/mdev_supported_types/$type_name
	damage "$interface $how: an mdev" $uuid "$parent/$uuid" "$host/sys$parent/$uuid" "$type"
	# A device's files are its type's when it has none.
	cp -R "$host/sys$parent/$uuid/." "$type"
	rm -rf "$type/mdev_type" "$type/subsystem" "$type/uevent"
	damage "$interface $how: a type" "${parent##*/}/$type_name" "$parent" "$type"
	make_vf
	vfio target "$fixture"
	vf_files "$scratch/target.yaml"
	speak_vf "speaks $interface $how"
	"$m" --root "$host" update --no-trigger >/dev/null || bail_out "update"
	damage "$interface $how: a function" $address "$vf" "$host/sys$vf"
done <<END
interface-version
interface-version as offers
type-attributes
cross-type-attributes
migration-version
migration-info
ccw-attributes
migration-compatible as accepts
migration-compatible as offers
migration-files as accepts
migration-files as offers
migration-folders as accepts
migration-folders as offers
migration-json as accepts
END

# A name that is longer than what there is to say of it must not silence the other types.
make_host
files_of "$devices/type-attributes.yaml"
speak type-attributes
"$m" --root "$host" update --no-trigger >/dev/null || bail_out "update"
types=$host/sys$parent/mdev_supported_types
cp -R "$types/i915-GVTg_V5_4" "$types/i915-GVTg_V5_8"
printf '%03000d\n' 0 >"$types/i915-GVTg_V5_8/dynamic_resources"
ask "$parent"
like "$(value MDEV_COMPAT_FP_i915_GVTg_V5_4)" '^mn1-' "the type beside it"
like "$(value MDEV_COMPAT_FP_i915_GVTg_V5_8)" '^unknown:unreadable-fact' "a name of 3000 bytes"
printf '%0128d\n' 0 | tr 0 '+' >"$types/i915-GVTg_V5_8/dynamic_resources"
ask "$parent"
is "$rc:$(value MDEV_COMPAT_FP_i915_GVTg_V5_8)" 0:unknown:unreadable-fact "one that is long once it is escaped"

# 1024 names in a folder, and one more.
rm -r "$types/i915-GVTg_V5_8"
(cd "$types/i915-GVTg_V5_4" && touch $(seq -f 'x%g' $((1024 - $(ls | wc -l)))))
ask "$parent"
like "$(value MDEV_COMPAT_FP_i915_GVTg_V5_4)" '^mn1-' "1024 names"
: >"$types/i915-GVTg_V5_4/y"
ask "$parent"
is "$(value MDEV_COMPAT_FP_i915_GVTg_V5_4):$(fingerprint "${parent##*/}/i915-GVTg_V5_4")" \
	unknown:too-complex:unknown:too-complex "1025"
done_testing
