#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The helper and the command line are one engine in two libcs: on the example host, with the
# compiled example policies, both say the same of every subject, and both find the same too complex.
. "$top_srcdir/tests/lib.sh"
. "$top_srcdir/tests/helper/lib.sh"
plan 15
sh "$top_srcdir/examples/unpack" "$host" || bail_out "no example host"
ok "update" "$MDEVCOMPAT" --root "$host" update

# info NAME: status, fingerprint, descriptor, claims as the command line has them
info() {
	"$MDEVCOMPAT" --root "$host" --json info "$1" 2>/dev/null |
		jq -r '[.status, (.fingerprint // "-"), (.descriptor // "-"), ([.claims[]? | (.attribute? // .name? // .)] | join(","))] | @tsv'
}

"$top_builddir/tests/probe/devices" list "$host" >"$scratch/devices"
is "$(wc -l <"$scratch/devices" | tr -d ' ')" 7 "seven devices"
subjects=0
while read -r role path driver type; do
	ask "/$path"
	bad=
	case $role in
	parent)
		for name in $(printf '%s\n' "$out" | sed -n 's/^MDEV_COMPAT_TYPES=//p'); do
			subjects=$((subjects + 1))
			key=MDEV_COMPAT_FP_$(printf %s "$name" | tr -c A-Za-z0-9_ _)
			mine=$(printf '%s\n' "$out" | sed -n "s/^$key=//p")
			theirs=$(info "${path##*/}/$name" | cut -f 2)
			[ -n "$mine" ] && [ "$mine" = "$theirs" ] || bad="$bad $name:$mine:$theirs"
		done
		;;
	*)
		subjects=$((subjects + 1))
		mine=$(for key in STATUS FINGERPRINT DESCRIPTOR CLAIMS; do
			printf '%s\t' "$(printf '%s\n' "$out" | sed -n "s/^MDEV_COMPAT_$key=//p")"
		done)
		theirs=$(printf '%s\t' "$(info "${path##*/}")")
		[ "$mine" = "$theirs" ] || bad="$mine / $theirs"
		;;
	esac
	is "$bad" "" "$role $path"
done <"$scratch/devices"
is $subjects 23 "23 subjects"

# Pairs of attributes, all first halves before all second ones in the order of levels: doubles with
# every pair.
big() {
	echo 'language 1;'
	echo 'policy big { applies mdev-type driver mtty;'
	for half in a b; do
		for i in $(seq 10 $((9 + $1))); do
			echo "attribute $half$i : string from parent \"$half$i\" default absent;"
			echo "$half" >"$host/sys$mtty/$half$i"
		done
	done
	for i in $(seq 10 $((9 + $1))); do
		printf 'accept same but {'
		for half in a b; do
			for k in $(seq 10 $((9 + $1))); do
				[ "$i" = "$k" ] || printf ' %s%s any;' $half "$k"
			done
		done
		echo '}'
	done
	echo '}'
}
rm "$host"/etc/mdevcompat/policies/*
for pairs in 4 30; do
	big $pairs >"$host/etc/mdevcompat/policies/10-big.policy"
	"$MDEVCOMPAT" --root "$host" update >"$scratch/update" 2>&1 || diag "$(cat "$scratch/update")"
	ask $mtty
	is "$(printf '%s\n' "$out" | sed -n 's/^MDEV_COMPAT_STATUS=//p')" "$(info mtty/mtty-1 | cut -f 1)" \
		"$pairs pairs: one status"
	is "$(printf '%s\n' "$out" | sed -n 's/^MDEV_COMPAT_FP_mtty_1=\(m[cn]1-.*\)/\1/p')" \
		"$(info mtty/mtty-1 | cut -f 2 | sed 's/^-$//')" "$pairs pairs: one fingerprint, or none"
done
like "$out" 'STATUS=too-complex$' "30 pairs are too complex"
done_testing
