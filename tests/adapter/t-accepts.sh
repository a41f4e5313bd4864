#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# `speaks migration-version` and `mdevcompat accepts`: the string of the source is written to the
# target, whose driver judges. Here files stand in for a driver; that a driver's word counts is
# shown on the real kernel (tests/vm).
. "$top_srcdir/tests/lib.sh"
. "$top_srcdir/tests/adapter/lib.sh"
. "$top_srcdir/tests/adapter/host.sh"
plan 57

type=$host/sys$parent/mdev_supported_types/i915-GVTg_V5_4
mdev=$host/sys$parent/$uuid
subject=${parent##*/}/i915-GVTg_V5_4

# accepts CODE STRING TARGET NAME [OPTION]...
accepts() {
	accepts_code=$1 accepts_string=$2 accepts_target=$3 accepts_name=$4
	shift 4
	printf %s "$accepts_string" >"$scratch/string"
	out=$("$m" --root "$host" "$@" accepts "$accepts_target" <"$scratch/string" 2>"$scratch/err")
	rc=$?
	is "$rc" "$accepts_code" "$accepts_name" || diag "$out $(cat "$scratch/err")"
}

# again TEXT [MORE]: a host whose policy says so
again() {
	make_host
	speak "$@"
	"$m" --root "$host" update --no-trigger >/dev/null || bail_out "update"
}

again migration-version
# The example of the documentation patch: <pciid of parent device>-<software version>; and the posting's
# earlier one.
echo 8086-193b-i915-GVTg_V5_4 >"$type/migration_version"
is "$(fingerprint "$subject")" unknown:target-only "the type has no fingerprint"
is "$(fingerprint $uuid)" unknown:target-only "nor has the instance"
run "$m" --root "$host" match $uuid $uuid
is "$rc:$(printf '%s\n' "$out" | sed -n 1p)" 4:unknown "match cannot say"
like "$out" 'target-only' "and says why"
run "$m" --root "$host" --json info "$subject"
is "$(printf %s "$out" | jq -c '.facts[0] | [.attribute, .raw]')" \
	'["migration_version","8086-193b-i915-GVTg_V5_4"]' "info shows the string"

# (3) of the documentation: written as it was read.
accepts 0 "8086-193b-i915-GVTg_V5_4
" "$subject" "the type takes it"
is "$(cat "$type/migration_version")" 8086-193b-i915-GVTg_V5_4 "it was written"
is "$out" "compatible
/sys$parent/mdev_supported_types/i915-GVTg_V5_4/migration_version: the driver took it" "what it prints"
accepts 0 0123456789,aggregate=2 "$subject" "with creation parameters, on the type"
is "$(cat "$type/migration_version")" 0123456789,aggregate=2 "as they are"
accepts 0 x $uuid "an instance without one of its own: its type's"
is "$(cat "$type/migration_version")" x "which was written"
# Alex Williamson, 8 May 2019: a device's version is that of its type with its creation parameters, and
# "writing this to the type attribute should be parsed by the vendor driver".
echo 0123456789,aggregate=2 >"$mdev/migration_version"
string=$("$m" --root "$host" --json info $uuid | jq -r '.facts[] | select(.attribute == "migration_version") | .raw')
is "$string" 0123456789,aggregate=2 "an instance's string has what it was created with"
accepts 0 "$string" "$subject" "which is written to the type"
is "$(cat "$type/migration_version")" "$string" "as it was read"
accepts 0 "$string" $uuid "or to an instance"
is "$(cat "$mdev/migration_version")" "$string" "likewise"
# The same mail: "if ... available_instances for that type is zero, the version attribute should strictly
# report the device compatibility".
echo 0 >"$type/available_instances"
accepts 0 "$string" "$subject" "capacity is not asked about"
# Its case 2, and 3: a string of another parent's is the driver's to refuse; tests/vm shows it.
echo own >"$mdev/migration_version"
accepts 0 y $uuid "an instance with one"
is "$(cat "$mdev/migration_version"):$(cat "$type/migration_version")" "y:$string" "its own"
accepts 0 z "$subject" "the type's stays the type's"
is "$(cat "$mdev/migration_version"):$(cat "$type/migration_version")" y:z "and is written"
accepts 0 z "$subject" "of the same type" --json
is "$(printf %s "$out" | jq -r '[.command, .verdict, .target.status] | join(" ")')" \
	"accepts compatible target-only" "--json"

# (0) another type
printf x | "$m" --root "$host" accepts --type i915-GVTg_V5_8 "$subject" >"$scratch/out"
is "$?:$(sed -n 1p "$scratch/out")" 1:incompatible "the source is of another type"
printf x | "$m" --root "$host" accepts --type i915-GVTg_V5_4 "$subject" >/dev/null
is "$?" 0 "the source is of the same type"
is "$(cat "$type/migration_version")" x "only then it was written"

# (1) no attribute
rm "$mdev/migration_version" "$type/migration_version"
accepts 1 x "$subject" "a target without the attribute"
like "$out" 'does not support migration' "says so"
is "$(fingerprint "$subject")" unknown:missing-fact:migration_version "as a source: nothing is granted"
# (2), (3) errors
mkdir "$type/migration_version"
is "$(fingerprint "$subject")" unknown:unreadable-fact:migration_version "a read that fails"
# "An errno on read(2) indicates the device of type <type-id> does not support migration" (documentation
# patch); Alex Williamson, 9 May 2019: "If reading the source version generates an error, migration is not
# possible."
accepts 1 x "$subject" "a target whose attribute cannot be read does not support migration"
like "$out" 'does not support migration' "says so"
rmdir "$type/migration_version"

# 4096 bytes of ASCII, and not one more.
echo x >"$type/migration_version"
accepts 0 "$(printf '%04096d' 0)" "$subject" "4096 bytes"
is "$(wc -c <"$type/migration_version" | tr -d ' ')" 4096 "are written"
accepts 3 "$(printf '%04097d' 0)" "$subject" "4097 bytes"
is "$(wc -c <"$type/migration_version" | tr -d ' ')" 4096 "are not"
accepts 3 "$(printf 'a\303\251')" "$subject" "a byte that is not ASCII"
accepts 3 '' "$subject" "nothing"
printf '%04096d' 0 >"$type/migration_version"
is "$(fingerprint "$subject")" unknown:target-only "4096 bytes are read"
printf '%04097d' 0 >"$type/migration_version"
is "$(fingerprint "$subject")" unknown:unreadable-fact:migration_version "4097 are not"

# A device file has no driver.
cat >"$scratch/device.yaml" <<'END'
driver: i915
type: i915-GVTg_V5_4
files:
  type:
    migration_version: 8086-193b-i915-GVTg_V5_4
END
accepts 4 x "$scratch/device.yaml" "a device file has nobody to be asked"
accepts 2 x --nonsense "an option that there is not"

# What a policy takes away is not asked for.
again migration-version 'migratable no;'
echo x >"$type/migration_version"
accepts 1 y "$subject" "migratable no"
is "$(cat "$type/migration_version")" x "the driver was not asked"
again migration-version 'rule r { when type == i915-GVTg_V5_8; migratable no; }'
echo x >"$type/migration_version"
accepts 0 y "$subject" "migratable no for another type"
again migration-version
echo x >"$type/migration_version"
narrow=$host/etc/mdevcompat/policies/n.policy
echo 'language 1; policy n narrows p { applies mdev-type driver i915; migratable no; }' >"$narrow"
"$m" --root "$host" update --no-trigger >/dev/null
accepts 1 y "$subject" "a narrowing policy says no"
echo 'language 1; policy n narrows p { applies mdev-type driver i915; refuse { type == i915-GVTg_V5_4; } }' >"$narrow"
"$m" --root "$host" update --no-trigger >/dev/null
accepts 4 y "$subject" "one that refuses by attributes: they are not known"
is "$(cat "$type/migration_version")" x "the driver was not asked"

# All others take a descriptor.
make_host
files_of "$devices/interface-version.yaml"
speak interface-version
"$m" --root "$host" update --no-trigger >/dev/null
descriptor=$("$m" --root "$host" info --descriptor $uuid)
accepts 0 "$descriptor
" "$subject" "a descriptor"
like "$out" '^compatible$' "is judged"
device newer interface-version 's/2\.1\.3/2.0.5/'
accepts 1 "$("$m" --root "$host" info --descriptor "$scratch/newer.yaml")" "$subject" "another one"
accepts 1 "$("$m" --root "$host" info --descriptor "$scratch/newer.yaml")" $uuid "an instance"
accepts 0 "$descriptor" "$scratch/newer.yaml" "a device file"
accepts 3 0123456789,aggregate=2 "$subject" "a string that is none"
accepts 3 "mdc1:x" "$subject" "a broken one"
rm "$host/sys$parent/mdev_supported_types/i915-GVTg_V5_4/interface_version"
accepts 4 "$descriptor" "$subject" "a target without fingerprint"
done_testing
