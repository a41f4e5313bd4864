#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Policies and facts near the bounds, several at once: the helper, in the memory that it leaves
# itself, says what the command line says, be it a fingerprint or too-complex; it never fails.
. "$top_srcdir/tests/lib.sh"
. "$top_srcdir/tests/helper/lib.sh"
plan 26
sh "$top_srcdir/examples/unpack" "$host" || bail_out "no example host"
policies=$host/etc/mdevcompat/policies
rm -f "$policies"/*
parent=$host/sys$mtty

# policy NAME [WORDS]: the beginning of one for mtty
policy() {
	echo 'language 1;'
	echo "policy $* { applies mdev-type driver mtty;"
}

# agree WHAT STATUS: the helper on the parent and on its mdev, and the command line; STATUS is a
# pattern.
agree() {
	"$MDEVCOMPAT" --root "$host" update >"$scratch/update" 2>&1 ||
		bail_out "$1: $(tail -n 3 "$scratch/update")"
	cli=$("$MDEVCOMPAT" --root "$host" --json info mtty/mtty-2 2>"$scratch/errors" |
		jq -r '[.status, (.fingerprint // "-")] | join(" ")')
	ask $mtty
	mine=$(printf '%s\n' "$out" | sed -n 's/^MDEV_COMPAT_FP_mtty_2=//p')
	case $mine in
	unknown:*) mine="${mine#unknown:} -" ;;
	*) mine="ok $mine" ;;
	esac
	is "$rc $mine" "0 $cli" "$1: a type"
	[ "$rc" = 0 ] || diag "$(cat "$scratch/errors")"
	cli=$("$MDEVCOMPAT" --root "$host" --json info "${tty##*/}" 2>/dev/null |
		jq -r '[.status, (.fingerprint // "-")] | join(" ")')
	ask $tty
	mine=$(printf '%s\n' "$out" | sed -n 's/^MDEV_COMPAT_STATUS=//p')
	# That is said of the property alone.
	[ "$mine" != descriptor-long ] || mine=ok
	fingerprint=$(printf '%s\n' "$out" | sed -n 's/^MDEV_COMPAT_FINGERPRINT=//p')
	is "$rc $mine ${fingerprint:--}" "0 $cli" "$1: an mdev"
	like "$mine" "^($2)\$" "$1: ${mine:-nothing}"
}

# --- As many rules as a policy holds, all of which are looked at ---------------------------------
{
	policy many
	echo 'attribute n : string from type "name"; attribute one : string from parent "one";'
	awk 'BEGIN { for (i = 0; i < 15000; i++)
		printf "rule r%d { when one == \"%d\"; accept same but { n any; } }\n", i, i % 7 }'
	echo '}'
} >"$policies/many.policy"
echo 3 >"$parent/one"
agree "15,000 rules, 2,143 of which hold" 'ok|too-complex'

# --- As many clauses: a short one takes most memory for its bytes --------------------------------
clauses() {
	awk -v name="$1" -v n="$2" 'BEGIN {
		for (b = 0; b < n; b++) {
			printf "rule %s%d { when one == \"3\"; refuse {", name, b
			for (i = 0; i < 1000; i++)
				printf "one any;"
			print "} }"
		}
	}'
}
{
	policy clauses
	echo 'attribute one : string from parent "one";'
	clauses c 125
	echo 'accept same; }'
} >"$policies/many.policy"
agree "125,000 clauses" 'ok|too-complex'

# --- Narrowed by as much again and again ---------------------------------------------------------
{
	policy narrowed
	echo 'attribute one : string from parent "one"; accept same; }'
} >"$policies/many.policy"
for i in 1 2 3 4; do
	{
		policy "n$i narrows narrowed"
		echo 'attribute one : string from parent "one";'
		clauses n 120
		echo '}'
	} >"$policies/narrow$i.policy"
done
agree "four narrowing policies of 120,000 clauses" too-complex
rm "$policies"/narrow*

# --- As many attributes, locals and words as there may be ----------------------------------------
words=$(awk 'BEGIN { for (i = 0; i < 680; i++) printf "%sw%04d", i ? " " : "", i }')
echo "$words" >"$parent/words"
{
	policy words
	for i in $(seq 10 73); do
		echo "attribute a$i : set from parent \"words\";"
	done
	for i in $(seq 10 73); do
		echo "local l$i : set from parent \"words\";"
	done
	printf 'accept same but { a10 superset self.l10;'
	for i in $(seq 11 73); do
		printf ' a%d any;' "$i"
	done
	echo '} }'
} >"$policies/many.policy"
agree "64 sets and 64 locals of 680 words" 'ok|too-complex'

# --- A long os-release, asked again and again ------------------------------------------------------
{
	policy site
	for i in $(seq 10 73); do
		echo "attribute a$i : string from os-release \"KEY$i\";"
	done
	for i in $(seq 10 73); do
		echo "local l$i : string from os-release \"KEY$i\";"
	done
	echo 'accept same; }'
} >"$policies/many.policy"
rm -f "$host/etc/os-release"
awk 'BEGIN {
	for (i = 0; i < 180; i++) printf "FILL%04d=%0330d\n", i, 0
	for (i = 10; i < 74; i++) printf "KEY%d=value%d\n", i, i
}' >"$host/etc/os-release"
agree "128 facts from an os-release of 60 KiB" ok

# --- Diagrams that grow until a bound ends them --------------------------------------------------
for pairs in 9 11 13; do
	{
		policy big
		for half in a b; do
			for i in $(seq 10 $((9 + pairs))); do
				echo "attribute $half$i : string from parent \"$half$i\" default absent;"
				awk -v c="$half" 'BEGIN { for (i = 0; i < 2000; i++) printf "%s", c; print "" }' \
					>"$parent/$half$i"
			done
		done
		for i in $(seq 10 $((9 + pairs))); do
			printf 'accept same but {'
			for half in a b; do
				for k in $(seq 10 $((9 + pairs))); do
					[ "$i" = "$k" ] || printf ' %s%s any;' $half "$k"
				done
			done
			echo '}'
		done
		echo '}'
	} >"$policies/many.policy"
	agree "$pairs pairs of attributes of 2,000 bytes" 'ok|too-complex'
done

# --- Types enough that what one looked at is forgotten for another --------------------------------
rm -rf "$parent"/a* "$parent"/b*
i=0
while [ $i -lt 40 ]; do
	add_type $mtty mtty-many$i "Type $i"
	i=$((i + 1))
done
# rules_of_types BLOCK: 110 for each
rules_of_types() {
	echo 'attribute n : string from type "name"; attribute one : string from parent "one";'
	awk -v block="$1" 'BEGIN { for (t = 0; t < 40; t++) for (r = 0; r < 110; r++) {
		printf "rule t%dr%d { when type == mtty-many%d; %s { n in \"Type %d\"", t, r, t, block,
			block == "refuse" ? -1 : t
		for (k = 0; k < 12; k++) printf ", \"%d %d %d\"", t, r, k
		print "; } }" } }'
	echo '}'
}
{
	policy types
	rules_of_types 'accept same but'
} >"$policies/many.policy"
for i in 1 2 3 4; do
	{
		policy "n$i narrows types"
		rules_of_types refuse
	} >"$policies/narrow$i.policy"
done
"$MDEVCOMPAT" --root "$host" update >/dev/null 2>"$scratch/errors" ||
	bail_out "types: $(tail -n 3 "$scratch/errors")"
ask $mtty
is "$rc $(printf '%s\n' "$out" | grep -c '^MDEV_COMPAT_FP_mtty_many')" "0 40" "40 types of 550 rules each"
bad=
for i in 0 20 39; do
	cli=$("$MDEVCOMPAT" --root "$host" --json info "mtty/mtty-many$i" | jq -r '.fingerprint // .status')
	mine=$(printf '%s\n' "$out" | sed -n "s/^MDEV_COMPAT_FP_mtty_many$i=//p")
	[ "$mine" = "$cli" ] || bad="$bad $i:$mine:$cli"
done
is "$bad" "" "and each is what it is alone"
done_testing
