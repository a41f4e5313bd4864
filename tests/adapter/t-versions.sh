#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# `speaks interface-version`: the range list of the posting, in both directions; and what a policy may
# add to what a driver says.
. "$top_srcdir/tests/lib.sh"
. "$top_srcdir/tests/adapter/lib.sh"
plan 63

policy g 'speaks interface-version;'
policy g-as 'speaks interface-version as accepts;'
policy g-offers 'speaks interface-version as offers;'
device target interface-version

# The verdicts of the posting.
for row in 2.0.1:no 2.0.2:yes 2.0.3:yes 2.0.4:yes 2.0.5:no 2.1.0:yes 2.1.3:yes 2.9:yes 2.0:no \
	1.9.9:no 3.0.0:no 3:no; do
	device source interface-version "s/2\.1\.3/${row%:*}/"
	case $row in *:yes) want=compatible ;; *) want=incompatible ;; esac
	judge $want g source target "${row%:*} into 2.0.2-2.0.4,2.1.0-"
done
device source interface-version 's/2\.1\.3/2.0.3/'
judge compatible g-as source target "as accepts is what it means without"
is "$(said fingerprint g-as target)" "$(said fingerprint g target)" "and the same fingerprint"
is "$(said record g target)" \
	'{"kind":"mdev","driver":"i915","type":"i915-GVTg_V5_4","interface_version":"2.1.3"}' "the record"
like "$(said fingerprint g target)" '^"mc1-' "a device whose list has its own version"
like "$(said fingerprint g source)" '^"mc1-' "so has 2.0.3"
device off interface-version 's/2\.1\.3/2.0.5/'
like "$(said fingerprint g off)" '^"mn1-' "a device whose list lacks its own version accepts no twin"
device other interface-version 's/GVTg_V5_4/GVTg_V5_8/'
judge incompatible g other target "another type is another device"

# Direction: the list is the target's, or the source's.
device old interface-version 's/2\.1\.3/2.0.3/' 's/2\.0\.2-2.*/2.0.0-/'
judge compatible g old target "the target's list has the source's version"
device new interface-version 's/2\.0\.2-2.*/1.0.0-/'
judge incompatible g target new "and only the target's is asked"
judge incompatible g-offers new target "as offers only the source's is"
judge compatible g-offers target old "whatever the target's says"
device lists-old interface-version 's/2\.0\.2-2.*/2.0.3/'
judge compatible g-offers lists-old old "as offers: a newer one that lists the older"
judge incompatible g-offers lists-old target "and not itself"
like "$(said offers g-offers target)" '2\.0\.2.*2\.1\.0' "the list stands in the offers"
like "$(said record g-offers target)" '"speaks":"interface-version"' "and the record says so"
for name in speaks speaks_of; do
	echo "language 1; policy p { applies mdev-type driver i915; speaks interface-version as offers;
		attribute $name : string from type \"name\"; }" >"$scratch/named.policy"
	run "$m" check "$scratch/named.policy"
	like "$rc:$err$out" '^3:.*MDC-062' "no policy has an attribute $name beside it"
done
# Nobody would judge a source that does not speak so: it is refused.
policy none 'attribute interface_version : version(3) from type "interface_version"; accept same but { interface_version any; }'
d=$("$m" --policies "$scratch/none" info --descriptor "$scratch/off.yaml")
run "$m" --policies "$scratch/g-offers" match "$d" "$scratch/target.yaml"
is "$rc" 1 "a source whose policy offers nothing in particular is refused"
run "$m" --policies "$scratch/g" match "$d" "$scratch/target.yaml"
is "$rc" 1 "2.0.5 in a descriptor made without the interface"

# Absent, empty, unreadable.
device gone interface-version '/interface_version: /,+1d'
unknown missing-fact:interface_version g gone "no interface_version"
device gone interface-version '/_compatible/,+1d'
unknown missing-fact:interface_version_compatible g gone "no list: nothing is granted"
device empty interface-version "s/_compatible: .*/_compatible: ''/" '/2\.0\.2-2/d'
judge incompatible g target empty "an empty list is a list"
device bad interface-version 's/2\.0\.2-2.*/2.1/'
unknown unreadable-fact:interface_version_compatible g bad "2.1 in a list is ambiguous"
device bad interface-version 's/2\.1\.3/2.1.x/'
unknown unreadable-fact:interface_version g bad "2.1.x"
device bad interface-version 's/2\.1\.3/1.2.3.4/'
unknown unreadable-fact:interface_version g bad "four parts"
# 64 intervals are read, and not one more.
list() {
	seq -s, 1 2 $((2 * $1 - 1)) | sed 's/[0-9]*/2.0.&/g'
}
device many interface-version "s/2\\.0\\.2-2.*/$(list 64)/"
like "$(said status g many)" '^"ok"' "64 intervals"
device many interface-version "s/2\\.0\\.2-2.*/$(list 65)/"
unknown unreadable-fact:interface_version_compatible g many "65 intervals"
# An instance's own files come before those of its type.
device instance interface-version '$a\  device:\n    interface_version: 2.0.5\n    interface_version_compatible: 2.0.5'
judge incompatible g instance target "the instance says 2.0.5"
judge compatible g instance instance "and takes it"
device half interface-version '$a\  device:\n    interface_version: 2.0.5'
unknown missing-fact:interface_version_compatible g half "both files are those of one folder"
device taken interface-version '$a\  device:\n    interface_version/x: 1'
unknown unreadable-fact:interface_version g taken "a folder in the place of the file is not absence"

# The policy narrows ...
narrowed='attribute tag : string from type "tag" default none;'
policy own "speaks interface-version; $narrowed"
device tagged interface-version '$a\    tag: blue'
judge compatible own tagged tagged "an attribute of the policy joins the record: equal"
judge incompatible own tagged target "and must be equal without an accept block"
like "$(said record own tagged)" '"tag":"blue"' "it is in the record"
policy own-any "speaks interface-version; $narrowed accept same but { type any; tag any; }"
judge compatible own-any tagged target "unless the policy says any"
policy own-refuse "speaks interface-version; $narrowed accept same but { tag any; } refuse { tag == blue; }"
judge incompatible own-refuse tagged target "refuse takes away"
policy own-no "speaks interface-version; migratable no;"
judge incompatible own-no target target "migratable no empties both"
policy own-rule "speaks interface-version; $narrowed rule r { when tag == blue; accept same; }"
judge incompatible own-rule target target "where no rule of the policy holds nothing enters"
policy own-offer "speaks interface-version; $narrowed offer { tag == blue; }"
judge incompatible own-offer target target "offers of the policy narrow too"
judge compatible own-offer tagged tagged "and let through what they name"

# ... and never widens: what the driver alone refuses, no policy makes compatible.
policy wide "speaks interface-version; $narrowed accept same but { type any; tag any; } accept same;
	rule r { accept same but { tag any; type any; } offer { tag any; } }"
widened='' pairs=0
for source in target source off other old new lists-old empty tagged instance; do
	for target in target off other old new lists-old empty tagged instance; do
		[ "$(verdict g $source $target)" = incompatible ] || continue
		pairs=$((pairs + 1))
		for p in own own-any own-refuse own-rule wide; do
			[ "$(verdict $p $source $target)" = incompatible ] || widened="$widened $p:$source:$target"
		done
	done
done
is "$widened" "" "no policy widens what the driver says"
like "$pairs" '^[3-9][0-9]$' "in dozens of pairs"
run "$m" --policies "$scratch/g" explain "$scratch/off.yaml" "$scratch/target.yaml"
like "$out" '^no +interface_version +2\.0\.5 .*2\.0\.2,2\.0\.5.*the driver.s interface-version' "explain names the interface"

# What --expand prints is the same policy.
for text in 'speaks interface-version;' 'speaks interface-version as offers;' 'speaks type-attributes;' \
	'speaks migration-version;'; do
	policy written "$text"
	"$m" check --expand "$scratch/written/p.policy" >"$scratch/once.policy"
	"$m" check --expand "$scratch/once.policy" >"$scratch/twice.policy" 2>&1
	is "$(cat "$scratch/twice.policy")" "$(sed 's/  # left out$//' "$scratch/once.policy")" \
		"--expand: $text is written out once"
	like "$(cat "$scratch/once.policy")" "${text%;}( as accepts)?;" "and with the interface"
done

done_testing
