#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The adapters are one code in helper and command line: on a host whose driver offers each interface
# through files, both say the same of type and instance.
. "$top_srcdir/tests/lib.sh"
. "$top_srcdir/tests/adapter/lib.sh"
. "$top_srcdir/tests/adapter/host.sh"
interfaces='interface-version type-attributes cross-type-attributes migration-version migration-compatible
	migration-files migration-folders migration-json migration-info ccw-attributes'
plan $((4 * $(echo $interfaces | wc -w) + 2))

for interface in $interfaces; do
	file=$devices/${interface#cross-}.yaml
	make_host "$(sed -n 's/^type: //p' "$file")"
	files_of "$file"
	case $interface in
	migration-[cfj]*) speak "$interface as accepts" ;;
	*) speak "$interface" ;;
	esac
	ok "$interface: update" "$m" --root "$host" update --no-trigger
	ask "$parent"
	helper=$(value MDEV_COMPAT_FP_$(printf %s "$type_name" | tr -c A-Za-z0-9_ _))
	like "$helper" '^(mc1-|mn1-|unknown:)' "$interface: the helper speaks of the type"
	is "$helper" "$(fingerprint "${parent##*/}/$type_name")" "$interface: so does the command line"
	ask "$parent/$uuid"
	is "$(value MDEV_COMPAT_STATUS):$(value MDEV_COMPAT_FINGERPRINT):$(value MDEV_COMPAT_CLAIMS)" \
		"$("$m" --root "$host" --json info $uuid | jq -r '[.status, (.fingerprint // ""), (.claims | join(","))] | join(":")')" \
		"$interface: and of the instance"
done
# What a device file holds and what sysfs holds is one.
make_host
files_of "$devices/interface-version.yaml"
speak interface-version
ok "update" "$m" --root "$host" update --no-trigger
is "$(fingerprint $uuid)" "$(fingerprint "$devices/interface-version.yaml")" "a device file has the fingerprint of its device"

done_testing
