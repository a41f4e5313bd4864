#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The README's first policy does what the README says, on the example host.
. "$top_srcdir/tests/lib.sh"
plan 13

readme=$top_srcdir/README.md
root=$scratch/root
policies=$root/etc/mdevcompat/policies
ok "the example host" sh "$top_srcdir/examples/unpack" "$root"
rm "$policies/90-mtty.policy"
sed -n '/^   language 1;$/,/^   }$/s/^   //p' "$readme" >"$policies/50-mtty.policy"
like "$(cat "$policies/50-mtty.policy")" '^policy my-mtty \{$' "the README has a policy"
m="$MDEVCOMPAT --root $root"

ok "check" $MDEVCOMPAT check "$policies/50-mtty.policy"
ok "update" $m update
ok "list" $m list
for type in mtty-1 mtty-2; do
	like "$out" "$type.*mc1-[a-z2-7]{26}-[a-z2-7]{26}" "$type has a fingerprint"
done
ok "match of a type with itself" $m match mtty/mtty-1 mtty/mtty-1
is "$(printf '%s\n' "$out" | head -n 1)" compatible "is said"
exits 1 "explain of two types" $m explain mtty/mtty-1 mtty/mtty-2
like "$out" 'name' "names what differs"

# Other commands that the README names are there.
run $MDEVCOMPAT --help
missing=
for verb in update list info match explain check; do
	printf '%s\n' "$out" | grep -q "^  $verb " || missing="$missing $verb"
done
is "$missing" "" "every command that the README names"
for file in $(sed -n 's/.*](\([A-Za-z.]*\)).*/\1/p' "$readme") scripts/demo scripts/test scripts/deps; do
	[ -e "$top_srcdir/$file" ] || missing="$missing $file"
done
is "$missing" "" "and every file"

done_testing
