#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# dump: which image, what it prints, where it writes. That texts come back as they were is tested in
# tests/grammar/t-dump.sh.
. "$top_srcdir/tests/lib.sh"
. "$top_srcdir/tests/cli/lib.sh"
plan 38

root=$scratch/root
image=$root/etc/mdevcompat/policies.bin
etc=$root/etc/mdevcompat/policies
full_host "$root"
rm -f "$root"/*/mdevcompat/policies.bin

exits 4 "without an image there is nothing to dump" "$m" --root "$root" dump
like "$err" 'no compiled policy image' "and it says so"

mkdir -p "$root/etc/mdevcompat/site.d"
echo 'host: { nvidia.ecc: "yes" }' >"$root/etc/mdevcompat/site.d/10-host.yaml"
exits 0 "a set compiles" "$m" --root "$root" update --no-trigger
run "$m" --root "$root" --json list
before=$(printf '%s' "$out" | json subjects)
run "$m" --root "$root" dump
is "$rc" 0 "it is dumped" || diag "$err"
all=$out
like "$all" '^# ok: /etc/mdevcompat/policies/50-nvidia-vgpu\.policy$' "a comment names the file and its state"
like "$all" '^policy intel-gvtg' "each policy is there"
like "$all" '^# os-release$' "os-release is a comment"
like "$all" '^#   .*VERSION_ID' "line by line"
like "$all" '^# site facts$' "so are the site facts"
unlike "$all" '# left out' "what a block leaves out stays left out"
like "$all" '	accept same;' "and exact twins are spelled as such"

# A dump of every file is a set of policies that means the same.
exits 0 "--output writes files" "$m" --root "$root" dump --output "$scratch/texts"
is "$out" "" "and prints nothing"
is "$(ls "$scratch/texts")" "$(ls "$etc")" "named as they were"
exits 0 "they compile" "$m" check "$scratch/texts"
run "$m" --root "$root" --policies "$scratch/texts" --json list
is "$(printf '%s' "$out" | json subjects | sed 's/"digest": "[^"]*"//g')" \
	"$(printf '%s' "$before" | sed 's/"digest": "[^"]*"//g')" "the host's fingerprints stay" ||
	:
mkdir "$scratch/again"
sum() {
	(cd "$1" && cat ./*.policy) | cksum
}
"$m" --root "$root" dump --output "$scratch/again"
is "$(sum "$scratch/again")" "$(sum "$scratch/texts")" "the same each time"
rm "$scratch/again"/50-*
exits 3 "nothing is overwritten" "$m" --root "$root" dump --output "$scratch/again"
like "$err" 'is there already' "it says which file is in the way"
is "$(ls "$scratch/again"/50-* 2>/dev/null)" "" "then nothing is written"
rm -f "$scratch/again"/*
ln -s "$scratch/elsewhere" "$scratch/again/90-mtty.policy"
exits 3 "a link is in the way too" "$m" --root "$root" dump --output "$scratch/again"
not_ok "and not followed" test -e "$scratch/elsewhere"

# An image as a file.
cp "$image" "$scratch/copy.bin"
run "$m" dump "$scratch/copy.bin"
is "$rc" 0 "an image file"
is "$out" "$all" "says the same as the one in force"
exits 5 "one that is not there" "$m" dump "$scratch/nothing.bin"
printf 'X' | dd of="$scratch/copy.bin" bs=1 seek=5000 conv=notrunc 2>/dev/null
exits 3 "one that is damaged" "$m" dump "$scratch/copy.bin"
like "$err" 'damaged' "is called that"
exits 3 "what is no image" "$m" dump "$etc/90-mtty.policy"

# JSON.
run "$m" --root "$root" --json dump
is_json "--json"
is "$(printf '%s' "$out" | json files 0 state)" ok "a file's state"
is "$(printf '%s' "$out" | json files 0 policy)" nvidia-vgpu "its policy"
like "$(printf '%s' "$out" | json files 0 text)" '^policy nvidia-vgpu' "and its text"

# Broken files: the last good form, or a comment alone.
echo 'language 1; policy broken {' >"$etc/90-mtty.policy"
echo 'language 1; policy new { applies' >"$etc/95-new.policy"
exits 3 "two files break" "$m" --root "$root" update --no-trigger --keep-going
run "$m" --root "$root" dump
like "$out" '^# stale: .*90-mtty\.policy$' "a broken file is said to be"
like "$out" '^policy mtty' "its last good form follows"
like "$out" '^# broken: .*95-new\.policy$' "one without is a comment"
like "$out" '^# .*MDC-[0-9]' "with what is wrong in it"
printf '%s\n' "$out" | awk '/^# broken/ { on = 1 } on && !/^#/ && NF' >"$scratch/rest"
is "$(cat "$scratch/rest")" "" "and alone"
done_testing
