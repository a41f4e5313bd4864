#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Several policies and one pair of kind and driver: overlap, fallback, narrows.
. "$top_srcdir/tests/lib.sh"
. "$top_srcdir/tests/cli/lib.sh"
plan 40

dir=$scratch/policies
for driver in a b c; do
	printf 'driver: %s\ntype: t\n' "$driver" >"$scratch/$driver.yaml"
done

# write NAME HEAD DRIVERS BODY: the third line says what it applies to.
write() {
	mkdir -p "$dir"
	printf 'language 1;\npolicy %s {\n\tapplies mdev-type driver %s;\n\t%s\n}\n' "$2" "$3" "$4" \
		>"$dir/$1.policy"
}

# judged DRIVER WANTED NAME: what a device's twin is.
judged() {
	run "$m" --policies "$dir" match "$scratch/$1.yaml" "$scratch/$1.yaml"
	like "$out" "$2" "$3" || diag "$err"
}

# ---- overlap

write 1 one "a, b" "accept same;"
write 2 two "b, c" "accept same;"
run "$m" --policies "$dir" check
is "$rc" 3 "two policies on one driver are an error"
like "$err" '2\.policy:3:2: error: mdev-type driver b is spoken about by .*1\.policy too \[MDC-201\]' \
	"which says where"
like "$err" '1\.policy:3:2: note: and here' "and where else"
is "$(printf '%s\n' "$err" | grep -c MDC-201)" 1 "once for the pair that both have"

printf 'language 1; policy two { applies vfio-device driver a, b; accept same; }\n' >"$dir/2.policy"
exits 0 "another kind is another pair" "$m" --policies "$dir" check

# ---- fallback

write 2 "two fallback" "b, c" "migratable no;"
exits 0 "a fallback steps aside" "$m" --policies "$dir" check
judged a '^compatible$' "pair by pair: not its own"
judged b '^compatible$' "not where there is another"
judged c '^incompatible$' "but where there is none"
write 3 "three fallback" "c" "accept same;"
run "$m" --policies "$dir" check
is "$rc" 3 "two fallbacks do not step aside for each other"
like "$err" '3\.policy:3:2: error: mdev-type driver c .*2\.policy too' "where"
like "$err" '2\.policy:3:2: note: and here' "and where else"
write 4 four "c" "accept same;"
exits 0 "unless there is one that is none" "$m" --policies "$dir" check
judged c '^compatible$' "which answers"

# ---- narrows

rm "$dir"/*
write 1 one "a, b" "accept same;"
write 2 "two narrows one" "b, c" "refuse { type == t; }"
run "$m" --policies "$dir" check
is "$rc" 0 "a narrowing policy shares the pair"
judged a '^compatible$' "it takes nothing away from other pairs"
judged b '^incompatible$' "and what it describes from its own"
judged c '^unknown' "where its policy does not answer, nobody does"
write 3 three "c" "accept same;"
judged c '^compatible$' "nor does it narrow another policy"
write 4 "four narrows one" "b" "refuse { type == u; }"
exits 0 "several may narrow one" "$m" --policies "$dir" check
judged b '^incompatible$' "and all do"
write 5 "one fallback" "b" "accept same;"
judged b '^incompatible$' "a fallback of the same name changes nothing where it is not in effect"

# ---- what is narrowed is known by its records

rm "$dir"/*
write 1 one "a, b" 'attribute ecc : bool from site "e" default no; accept same;'
write 2 "two narrows one" "a, b" 'attribute ecc : bool from site "e"; refuse { ecc == no; }'
run "$m" --policies "$dir" check
is "$rc" 3 "a narrowing policy declares what the other does, with its default"
like "$err" "2\.policy:4:12: error: 'ecc' has another type or default in one, .*\[MDC-204\]" "or is told where"
is "$(printf '%s\n' "$err" | grep -c MDC-204)" 1 "once for all pairs"
judged a "^$" "and nothing is judged"
run "$m" --policies "$dir" match --keep-going "$scratch/b.yaml" "$scratch/b.yaml"
like "$out" 'policy-error' "also where broken files are left out"
write 3 three "c" "accept same;"
run "$m" --policies "$dir" match --keep-going "$scratch/c.yaml" "$scratch/c.yaml"
like "$out" '^compatible$' "other pairs do not suffer"
write 2 "two narrows one" "a, b" 'attribute ecc : bool from site "x" default no; refuse { ecc == no; }'
exits 0 "the fact may be another one" "$m" --policies "$dir" check
judged a '^incompatible$' "and it takes away"
write 2 "two narrows one" "a, b" 'attribute fw : int from site "fw" default 0; refuse { fw == 1; }'
run "$m" --policies "$dir" check
is "$rc" 0 "an attribute that the other has not"
like "$err" "2\.policy:4:56: warning: one does not declare 'fw', .*\[MDC-205\]" "is warned of in a refuse block"
write 2 "two narrows one" "a, b" 'attribute fw : int from site "fw" default 0; rule x { when fw == 1; migratable no; }'
run "$m" --policies "$dir" check
unlike "$err" 'MDC-205' "and not in a condition"

# ---- a file that may not be used takes nothing away, and nobody judges as if it were not there

rm "$dir"/*
going() { # DRIVER WANTED NAME
	run "$m" --policies "$dir" match --keep-going "$scratch/$1.yaml" "$scratch/$1.yaml"
	like "$out" "$2" "$3" || diag "$err"
}
write 1 one "a, b" "accept same;"
write 2 "two narrows one" "a" "refuse { type == t; }"
write 3 "three fallback" "c" "accept same;"
chmod g+w "$dir/2.policy"
going a 'policy-error: .*2\.policy is writable by others' "a refused file that narrows"
going b '^compatible$' "keeps only its own pairs dark"
write 4 four "c" "accept same;"
chmod g+w "$dir/4.policy"
going c 'policy-error: .*4\.policy' "a refused policy keeps fallbacks away, as a broken one does"
chmod g-w "$dir"/*
chmod g+w "$dir"
going b 'policy-error: .* is writable by others' "so do files in a folder that others write to"
chmod g-w "$dir"
going c '^compatible$' "until it is mended"
rm "$dir/4.policy"
ln -s 3.policy "$dir/4.policy"
going c '^compatible$' "of a link nobody knows what it would say"
going a '^incompatible$' "what takes away does so again"
done_testing
