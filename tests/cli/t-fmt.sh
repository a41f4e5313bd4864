#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# fmt: one layout, comments kept, nothing changed that means anything, broken files left alone.
. "$top_srcdir/tests/lib.sh"
. "$top_srcdir/tests/cli/lib.sh"
set -- "$top_srcdir"/policies/*.policy "$top_srcdir"/tests/grammar/good/*.policy
plan $((2 * $# + 34 + $(ls "$top_srcdir"/policies/*.policy | wc -l)))

for file; do
	"$m" fmt "$file" >"$scratch/1.policy"
	is "$("$m" check --expand "$scratch/1.policy" 2>/dev/null | sed 1d)" "$("$m" check --expand "$file" 2>/dev/null | sed 1d)" \
		"${file##*/} means the same" 2>/dev/null
	ok "and is laid out for good" "$m" fmt --check "$scratch/1.policy"
done
# Squeezed into one line: what the layout makes of that means the same, and stays as it is.
for file in "$top_srcdir"/policies/*.policy; do
	sed 's/[[:space:]]*#.*//' "$file" | tr -s '\n\t ' ' ' >"$scratch/line.policy"
	"$m" fmt "$scratch/line.policy" >"$scratch/2.policy"
	"$m" fmt "$scratch/2.policy" >"$scratch/3.policy"
	is "$("$m" check --expand "$scratch/3.policy" 2>/dev/null | sed 1d)$(cmp "$scratch/2.policy" "$scratch/3.policy" 2>&1)" \
		"$("$m" check --expand "$file" 2>/dev/null | sed 1d)" "${file##*/} in one line"
done
cp "$top_srcdir/policies/vendor.policy.template" "$scratch/template.policy"
ok "what we ship is laid out so" "$m" fmt --check "$top_srcdir"/policies/*.policy \
	"$top_srcdir"/examples/policies/*.policy "$scratch/template.policy"
cd "$scratch" || exit 99
printf '# head\nlanguage 1;policy p{applies mdev-type driver d;# why\n\n\n# own\naccept same but{type any;}}\n' >a.policy
cp a.policy b.policy
run "$m" fmt a.policy
is "$out" "# head
language 1;

policy p {
	applies mdev-type driver d;  # why

	# own
	accept same but { type any; }
}" "comments stay where they were"
exits 1 "--check" "$m" fmt --check a.policy
is "$out" a.policy "names the file"
exits 1 "--diff" "$m" fmt --diff a.policy
like "$out" '^\+policy p \{$' "shows what would change"
ok "and changes nothing" cmp a.policy b.policy
chmod 640 a.policy
exits 0 "-w" "$m" fmt -w a.policy
is "$(stat -c %a a.policy)" 640 "keeps the mode"
exits 0 "and is done then" "$m" fmt --check a.policy
printf 'language 1; policy p { accept smae; }\n' >bad.policy
cp bad.policy copy
exits 3 "a broken file" "$m" fmt -w bad.policy
like "$err" 'MDC-001' "is reported"
ok "and left as it is" cmp bad.policy copy

# Inside of words blanks have one layout too, but those that are mistakes stay.
run "$m" fmt "$top_srcdir/tests/grammar/odd/blanks.policy"
like "$out" '^		type == x\{n: 1, 2, 3\}y\{m: a:b, c\}-\{n\};$' "holes of templates"
like "$out" '^		v    in 2\.0\.<1,2,3>, 2\.1\+;  #c$' "parts of versions"
echo 'language 1; policy p { applies mdev-type driver d; accept same but { type in a{n: 1  2}, 2.0.< 2 3 >; } }' >blank.policy
run "$m" fmt blank.policy
like "$out" 'a\{n: 1 2\}, 2\.0\.<2 3>;' "no mistake is mended"

# Several files: each for itself.
one='language 1;policy p{applies mdev-type driver d;accept same;}'
echo "$one" >raw
for name in 1 3; do
	cp raw $name.policy
done
exits 3 "a broken file among others" "$m" fmt -w 1.policy bad.policy 3.policy
ok "those before it are laid out" "$m" fmt --check 1.policy
ok "and those behind it" "$m" fmt --check 3.policy
ok "and it is left as it is" cmp bad.policy copy
cp raw 1.policy
exits 5 "one that is not there" "$m" fmt -w missing.policy 1.policy
like "$err" 'missing\.policy: No such file' "is named"
ok "and keeps the others from nothing" "$m" fmt --check 1.policy
cp raw 1.policy
exits 3 "--diff of both kinds" "$m" fmt --diff bad.policy 1.policy
like "$out" '^\+\+\+ 1\.policy \(laid out\)$' "shows the one that can be read"
run "$m" --json fmt --check bad.policy 1.policy
is "$rc $(printf '%s' "$out" | json files 0 file) $(printf '%s' "$out" | json broken)" "3 1.policy 1" "--json counts both"

# A link stays one, and what it leads to keeps mode and owner.
chmod 604 1.policy
[ "$(id -u)" != 0 ] || chown 12345:54321 1.policy
was=$(stat -c '%a %u %g' 1.policy)
ln -s 1.policy link.policy
exits 0 "a link" "$m" fmt -w link.policy
is "$(readlink link.policy)" 1.policy "stays one"
ok "the file behind it is laid out" "$m" fmt --check 1.policy
is "$(stat -c '%a %u %g' 1.policy)" "$was" "and keeps mode and owner"

# The file is replaced whole, or not at all.
mkdir closed
cp raw closed/1.policy
chmod 555 closed
as=
[ "$(id -u)" != 0 ] || as='setpriv --bounding-set=-dac_override --inh-caps=-dac_override'
exits 5 "a folder that may not be written to" $as "$m" fmt -w closed/1.policy
like "$err" 'closed/1\.policy: .*Permission denied' "is said to be"
is "$(ls closed) $(cat closed/1.policy)" "1.policy $one" "and nothing in it has changed"
chmod 755 closed
"$m" fmt -w closed/1.policy
is "$(ls -A closed)" 1.policy "where it may, no other file is left behind"
done_testing
