#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# doc/diagnostics-compared.md has ten mistakes, what four programs say of each, and a judgement; what
# it has of ours is what the program prints. The others are not run.
. "$top_srcdir/tests/lib.sh"
plan 44

document=$top_srcdir/doc/diagnostics-compared.md
script=$top_srcdir/doc/diagnostics-compared
cd "$scratch" || bail_out "no scratch"

# part N NAME: the lines of a part of the Nth mistake.
part() {
	awk -v n="$1" -v name="### $2" '
		/^```/ { fenced = !fenced }
		!fenced && /^## / { k++ }
		!fenced && /^##/ { on = k == n && $0 == name; next }
		on' "$document"
}

# fenced K: the Kth fenced text of the lines on stdin.
fenced() {
	awk -v k="$1" '/^```/ { open = !open; n += open; next } open && n == k'
}

is "$(grep -c '^## ' "$document")" 10 "ten mistakes"
number=0
while [ $number -lt 10 ]; do
	number=$((number + 1))
	part $number mdevcompat >part
	fenced 1 <part >demo.policy
	ok "$number: there is a policy" grep -q '^policy demo {$' demo.policy
	run "$MDEVCOMPAT" check demo.policy
	is "$out$err" "$(fenced 2 <part)" "$number: what ours says"
	is "Exit status $rc." "$(grep '^Exit status' part)" "$number: its exit status"
	for name in nft Cedar libinput Judgement; do
		[ -n "$(part $number $name)" ] || echo "no $name"
	done >missing
	is "$(cat missing)" "" "$number: the others, and a judgement"
done

# The inputs are those of the script.
for name in mdevcompat nft Cedar libinput; do
	i=0
	while [ $i -lt 10 ]; do
		i=$((i + 1))
		part $i $name | fenced 1
	done
done | sort -u >inputs
is "$(sort -u "$script" | comm -13 - inputs)" "" "every line that is put to a program is in the script"

# Without the others it says which are missing.
run env PATH=/nonexistent MDEVCOMPAT="$MDEVCOMPAT" /bin/sh "$script"
is "$rc" 1 "without the other programs it does not begin"
like "$err" 'nft \(package nftables\).*libinput-tools.*nodejs' "and says which are missing"

done_testing
