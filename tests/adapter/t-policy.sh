#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A policy beside `speaks`: it narrows what the driver says and never widens it, whatever it is made of;
# its names; and what the tools that look at policies alone say of it.
. "$top_srcdir/tests/lib.sh"
. "$top_srcdir/tests/adapter/lib.sh"
interfaces='interface-version type-attributes cross-type-attributes migration-version migration-compatible
	migration-files migration-folders migration-json migration-info ccw-attributes'
plan 152

# text INTERFACE MORE: a policy's text, with the direction that it has to say
text() {
	case $1 in
	migration-[cfj]*) echo "speaks $1 as accepts; $2" ;;
	*) echo "speaks $1; $2" ;;
	esac
}

# ---- names ------------------------------------------------------------------------------------------

# What an interface always brings clashes when the policy is compiled; else the device would be dark.
for interface in $interfaces; do
	case $interface in
	interface-version) names=interface_version ;;
	type-attributes | cross-*) names='device_api software_version compatible_pci_ids compatible_type compatible_' ;;
	migration-info) names=model ;;
	ccw-attributes) names='software_version subchannel_type chpid_type mdev_type' ;;
	*) names= ;;
	esac
	for name in $names speaks speaks_of; do
		[ $interface != migration-version ] || break
		policy name "$(text $interface "attribute $name : string from type \"name\";")"
		run "$m" check "$scratch/name/p.policy"
		like "$rc:$err" "^3:.*'$name' is brought by the interface.*MDC-062" "$interface: $name is the interface's" ||
			diag "$err"
		policy name "$(text $interface "local $name : string from type \"name\" default \"\"; accept same;")"
		exits 0 "$interface: a local may be called $name" "$m" check "$scratch/name/p.policy"
	done
done
policy name 'speaks migration-version; attribute x : string from type "name";'
run "$m" check "$scratch/name/p.policy"
like "$rc:$err" "^3:.*MDC-064" "migration-version: attributes would never be looked at"
# What the driver itself names, nobody knows before: then there is no verdict.
policy name 'speaks migration-files as accepts; attribute aggregator : string from type "name" default absent;'
device files migration-files
unknown unreadable-fact:aggregator name files "a key that the policy has declared"
policy name 'speaks migration-info; attribute rss : string from type "name" default absent;'
device info migration-info
unknown unreadable-fact:rss name info "a parameter that the policy has declared"
policy name 'speaks migration-info; local rss : string from type "rss" default "";
	attribute tag : string from type "tag" default ""; accept same but { tag == self.rss; }'
judge compatible name info info "a local is no attribute: the driver's rss is the driver's"

# ---- never wider ------------------------------------------------------------------------------------

tag='attribute tag : string from type "tag" default none;'
beside() {
	cat <<END
$tag accept same but { kind any; driver any; type any; tag any; }
$tag accept same; accept same but { tag any; type any; } rule r { when driver == i915; accept same but { type any; driver any; tag any; } }
accept same but { type == i915-GVTg_V5_{n: 1, 2, 4, 8}; driver any; } offer { type any; }
accept same but { type any; } offer { kind any; driver any; } offer { type any; }
attribute dyn : int 1..8 from device "dyn" default 1 dynamic; accept same but { type any; driver any; claim dyn = source.dyn * 2; }
$tag local own : string from type "interface_version" default ""; accept same but { tag == self.own; type any; } accept same but { tag any; type any; }
END
}
# Each fixture, and what its driver refuses.
device interface-version-1 interface-version
device interface-version-2 interface-version 's/2\.1\.3/2.0.5/'
device interface-version-3 interface-version 's/GVTg_V5_4/GVTg_V5_8/'
device type-attributes-1 type-attributes
device type-attributes-2 type-attributes 's/2\.0\.1/2.1.0/'
device type-attributes-3 type-attributes 's/GVTg_V5_4$/GVTg_V4_8/' 's/8086:591d/8086:591d,8086:1912/'
device type-attributes-4 type-attributes 's/, fps//'
device type-attributes-5 type-attributes s/vfio-pci/vfio-ap/
device migration-info-1 migration-info
device migration-info-2 migration-info 's/^      5$/      6/'
device migration-info-3 migration-info s/my-nic/my-hba/
device ccw-attributes-1 ccw-attributes
device ccw-attributes-2 ccw-attributes s/0x1a/0x1b/
device ccw-attributes-3 ccw-attributes s/1.0.0/2.0.0/
for form in compatible files; do
	device migration-$form-1 migration-$form
	device migration-$form-2 migration-$form '0,/aggregator=1/s//aggregator=2/'
	device migration-$form-3 migration-$form 's/_{val1:int:[0-9,]*}/_{val1:int:4,8}/'
	device migration-$form-4 migration-$form '0,/aggregator=1/s//&\n      extra=1/'
done
device migration-folders-1 migration-folders
device migration-folders-2 migration-folders 's/^      2$/      4/'
device migration-json-1 migration-json
device migration-json-2 migration-json '0,/"aggregator": "1"/s//"aggregator": "2"/'
device migration-json-3 migration-json '0,/"pciid": "8086591d",/s//& "extra": "1",/'
for interface in $interfaces; do
	[ $interface != migration-version ] || continue
	for how in '' ' as offers'; do
		case "$interface$how" in
		migration-[cfj]*offers | interface-version*offers) ;;
		*offers) continue ;;
		migration-[cfj]*) how=' as accepts' ;;
		esac
		policy plain "speaks $interface$how;"
		widened='' refused=0 kept=0 differs=''
		for source in "$scratch/${interface#cross-}"-?.yaml; do
			for target in "$scratch/${interface#cross-}"-?.yaml; do
				v=$("$m" --policies "$scratch/plain" match "$source" "$target" 2>&1 | sed -n 1p)
				if [ "$v" != compatible ]; then
					refused=$((refused + 1))
				else
					kept=$((kept + 1))
				fi
				w=$("$m" match "$("$m" --policies "$scratch/plain" info --descriptor "$source")" \
					"$("$m" --policies "$scratch/plain" info --descriptor "$target")" | sed -n 1p)
				[ "$v" = "$w" ] || differs="$differs $source:$target:$v:$w"
				n=0
				while read -r more; do
					n=$((n + 1))
					policy "beside$n" "speaks $interface$how; $more"
					w=$("$m" --policies "$scratch/beside$n" match "$source" "$target" 2>&1 | sed -n 1p)
					case $v:$w in
					*:compatible) [ "$v" = compatible ] || widened="$widened $n:$source:$target" ;;
					*:incompatible | unknown:unknown) ;;
					*) widened="$widened $n:$source:$target:$v:$w" ;;
					esac
				done <<END
$(beside)
END
			done
		done
		is "$widened" "" "$interface$how: no policy widens it"
		is "$differs" "" "$interface$how: descriptors are judged as devices are"
		ok "in both verdicts" test $refused -gt 0 -a $kept -gt 0
	done
done

# ---- policies that narrow it ----------------------------------------------------------------------

narrowed() {
	policy narrow "$1"
	echo "language 1; policy n narrows p { applies mdev-type driver i915; $2 }" >"$scratch/narrow/n.policy"
}
device old type-attributes 's/2\.0\.1/2.0.0/'
narrowed 'speaks type-attributes;' 'attribute software_version : version(3) from type "software_version";
	refuse { software_version == 2.0.0; }'
judge compatible narrow type-attributes-1 type-attributes-1 "narrows: a record keeps the driver's attributes"
judge incompatible narrow old type-attributes-1 "narrows: a policy may refuse by them"
like "$("$m" --policies "$scratch/narrow" match "$scratch/old.yaml" "$scratch/type-attributes-1.yaml")" \
	'/n\.policy:2:2: refuse$' "and that is said, with its place"
like "$("$m" --policies "$scratch/narrow" explain "$scratch/old.yaml" "$scratch/type-attributes-1.yaml")" \
	'^yes +software_version +2\.0\.0 +software_version == 2\.0\.0 ' "and with what it looked at"
narrowed 'speaks type-attributes;' 'rule night { when type == i915-*; migratable no; }'
like "$("$m" --policies "$scratch/narrow" match "$scratch/old.yaml" "$scratch/old.yaml")" \
	'/n\.policy:1:[0-9]+: migratable no \(rule night\): the target is not migratable$' "so is its migratable no"
narrowed 'speaks type-attributes;' 'attribute software_version : string from type "software_version";
	refuse { software_version == "2.0.0"; }'
unknown policy-error:software_version narrow old "narrows: of another type is an error"
narrowed 'speaks type-attributes;' 'attribute compatible_pci_ids : set from type "compatible_pci_ids" separator ",";
	refuse { compatible_pci_ids superset { "8086:591d" }; }'
judge incompatible narrow old old "narrows: by a set"
narrowed 'speaks migration-files as accepts;' 'attribute software_version : string from type "x" default "";
	refuse { software_version == "1.0.0"; }'
judge incompatible narrow files files "narrows: by a key of the driver's"
echo 'language 1; policy n narrows p { applies mdev-type driver i915; speaks type-attributes; }' >"$scratch/narrow/n.policy"
run "$m" check "$scratch/narrow/n.policy"
like "$rc:$err" '^3:.*MDC-063' "a policy that narrows says nothing of what the driver speaks"
rm "$scratch/narrow/n.policy"
# A fallback steps aside.
echo 'language 1; policy f fallback { applies mdev-type driver i915; accept same; }' >"$scratch/narrow/f.policy"
judge compatible narrow files files "a fallback steps aside for a driver's own word"
device other files '0,/aggregator=1/s//aggregator=2/'
judge incompatible narrow other files "which counts"

# ---- what is known of such a policy without a host ---------------------------------------------------

policy half "speaks type-attributes; $tag accept same but { type any; tag in red, blue; } refuse { tag == red; }
	test \"taken\" { target { type a; tag blue; } source { type b; } expect compatible; }
	test \"refused\" { target { type a; tag blue; } source { tag red; } expect incompatible because tag; }
	test \"not listed\" { target { type a; tag blue; } source { tag none; } expect incompatible because tag; }"
run "$m" check --tests "$scratch/half/p.policy"
is "$rc:$err" 0: "in-file tests test the policy's own half"
run "$m" check --coverage "$scratch/half/p.policy"
is "$rc" 0 "and cover it" || diag "$out"
policy opaque 'speaks migration-version; test "nobody knows" { target { } source { } expect unknown; }'
run "$m" check --tests "$scratch/opaque/p.policy"
is "$rc" 0 "of migration-version nothing is known"
policy wrong "speaks type-attributes; $tag test \"x\" { target { tag a; } source { tag b; } expect compatible; }"
run "$m" check --tests "$scratch/wrong/p.policy"
is "$rc" 1 "a test that fails"
for interface in $interfaces; do
	policy p "$(text $interface '')"
	run "$m" check --strict --info "$scratch/p/p.policy"
	is "$rc:$err" 0: "$interface: nothing is doubtful"
	run "$m" prove "$scratch/p/p.policy"
	is "$rc:$(printf '%s\n' "$out" | grep -c "undecided: with 'speaks' the driver")" 4:4 "$interface: prove cannot say, and says why"
done
run "$m" diff "$scratch/p/p.policy" "$scratch/p/p.policy"
is "$rc" 0 "diff: a policy and itself"
policy q 'speaks type-attributes;'
run "$m" diff "$scratch/p/p.policy" "$scratch/q/p.policy"
like "$rc:$out" "with 'speaks' the driver" "diff: another interface cannot be told without a host"
is "$rc" 4 "which is no answer"

done_testing
