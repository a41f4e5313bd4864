#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# update and status: what a broken file does and does not touch, who wins, where the image goes.
. "$top_srcdir/tests/lib.sh"
. "$top_srcdir/tests/cli/lib.sh"
plan 95

root=$scratch/root
etc=$root/etc/mdevcompat/policies
image=$root/etc/mdevcompat/policies.bin

fresh() {
	rm -rf "$root"
	host "$root"
}
update() {
	run "$m" --root "$root" update "$@"
}
sum() {
	sha256sum <"$1"
}
# fp SUBJECT: its fingerprint, or the word of its status.
fp() {
	"$m" --root "$root" --json info "$1" 2>/dev/null | python3 -c '
import json, sys
x = json.load(sys.stdin)
print(x["fingerprint"] or x["status"])'
}
descriptor() {
	"$m" --root "$root" info --descriptor "$1" 2>/dev/null
}
gpu=0000:41:00.0/nvidia-231
intel=0000:00:02.0/i915-GVTg_V5_4
tty=mtty/mtty-2

# ---- nothing to do

full_host "$root"
update
is "$rc" 0 "update" || diag "$err"
before=$(sum "$image")
inode=$(stat -c %i "$image")
is "$(stat -c %a "$image")" 644 "everybody may read the image"
update
is "$rc" 0 "nothing to do is exit 0"
like "$out" 'nothing to do' "and said"
is "$(stat -c %i "$image")" "$inode" "nothing to do writes nothing"
is "$(ls -A "$root/etc/mdevcompat")" "policies
policies.bin" "nothing else is left behind"
is "$(stat -c %a "$root/run/mdevcompat/update.lock")" 600 "nobody else can hold an update up"
touch "$etc"/*
update
is "$(stat -c %i "$image")" "$inode" "times do not matter"
rm "$image"
(umask 077; update)
is "$(sum "$image")" "$before" "the same input gives the same bytes"
is "$(stat -c %a "$image")" 644 "whatever the caller's umask"
cp -r "$root" "$scratch/other"
rm "$scratch/other/etc/mdevcompat/policies.bin"
"$m" --root "$scratch/other" update >/dev/null
is "$(sum "$scratch/other/etc/mdevcompat/policies.bin")" "$before" "--root does not show in the bytes"

# ---- one broken file among three

good_gpu=$(descriptor $gpu)
good_tty=$(descriptor $tty)
stale=$(fp $intel)
like "$stale" '^mc1-' "three policies answer"
cp "$etc/60-intel-gvtg.policy" "$scratch/intel"
sed 's/pv_mode *subset self/pv_mode subset slef/' "$scratch/intel" >"$etc/60-intel-gvtg.policy"
update
is "$rc" 3 "a broken file: exit 3"
like "$err" '60-intel-gvtg.policy:[0-9]+:[0-9]+: ' "with its place"
like "$err" 'nothing was changed' "and what that means"
is "$(sum "$image")" "$before" "a person's update changes nothing"
run "$m" --root "$root" --json update
is_json "a failed update as JSON"
like "$(printf '%s' "$out" | json diagnostics 0)" 'MDC-' "has the diagnostic's code"
run "$m" --root "$root" status
is "$rc" 3 "status: exit 3"
like "$out" '60-intel-gvtg.policy has changed' "status: on disk is another file"
like "$out" '60-intel-gvtg.policy:[0-9]+:[0-9]+: ' "status: which is broken, and where"
run "$m" --root "$root" match $gpu $gpu
is "$rc" 0 "match still answers"
like "$err" '60-intel-gvtg.policy has changed' "match says that a file on disk is not in the image"
run "$m" --root "$root" info $gpu
like "$err" '60-intel-gvtg.policy has changed' "so does info"
run "$m" --root "$root" list
like "$err" '60-intel-gvtg.policy has changed' "so does list"
run "$m" --root "$root" --json match $gpu $gpu
is "$(printf '%s' "$out" | json notes 0 code)" image-outdated "so does --json"

update --keep-going
is "$rc" 3 "--keep-going: exit 3"
isnt "$(sum "$image")" "$before" "--keep-going: installed"
is "$(descriptor $gpu)" "$good_gpu" "--keep-going: the first is as before, byte for byte"
is "$(descriptor $tty)" "$good_tty" "--keep-going: so is the third"
is "$(fp $intel)" "$stale" "--keep-going: the broken one keeps its last good form"
is "$(states "$root")" "etc/50-nvidia-vgpu.policy ok
etc/60-intel-gvtg.policy stale
etc/90-mtty.policy ok" "status: stale"
is "$(drivers "$root")" "i915 policy-stale 60-intel-gvtg.policy
mtty ok 90-mtty.policy
nvidia ok 50-nvidia-vgpu.policy" "status: which driver"
run "$m" --root "$root" status
is "$rc" 3 "status: exit 3"
like "$out" '/etc/mdevcompat/policies/60-intel-gvtg.policy:[0-9]+:[0-9]+: ' "status: file and line"
run "$m" --root "$root" match $intel $intel
is "$rc" 0 "match with a stale policy answers"
like "$err" 'policy-stale' "and says so"
is "$("$m" --root "$root" --json info $intel | json status)" policy-stale "info: policy-stale"
stale_image=$(sum "$image")
update --keep-going
is "$rc" 3 "again: exit 3"
is "$(sum "$image")" "$stale_image" "again: nothing changes, the form is kept"

# As it would be without the broken file.
rm "$etc/60-intel-gvtg.policy"
update
is "$rc" 0 "without the broken file"
is "$(descriptor $gpu)$(descriptor $tty)" "$good_gpu$good_tty" "the other two are the same"
is "$(fp $intel)" no-policy "and the driver has no policy"

# Never good: nothing to keep.
echo 'language 1; policy intel { applies mdev-type driver i915; accept same' >"$etc/60-intel-gvtg.policy"
update --keep-going
is "$rc" 3 "never good: exit 3"
is "$(descriptor $gpu)$(descriptor $tty)" "$good_gpu$good_tty" "never good: the other two are the same"
is "$(fp $intel)" policy-error "never good: policy-error"
run "$m" --root "$root" match $intel $intel
is "$rc" 4 "never good: match is unknown"
is "$(printf '%s\n' "$out" | head -n 1)" unknown "in words"
like "$out" '60-intel-gvtg.policy:1:[0-9]+: ' "with file and line"
echo 'language 2; policy intel { applies mdev-type driver i915; accept same; }' >"$etc/60-intel-gvtg.policy"
update --keep-going
is "$(fp $intel)" language-too-new "a newer language"
cp "$scratch/intel" "$etc/60-intel-gvtg.policy"
update
is "$rc" 0 "mended"
is "$(fp $intel)" "$stale" "mended: as before"
is "$(sum "$image")" "$before" "and so is the image"

# A damaged image has no good forms, and does not stand in the way.
cp "$image" "$scratch/good.bin"
sed 's/pv_mode *subset self/pv_mode subset slef/' "$scratch/intel" >"$etc/60-intel-gvtg.policy"
tr '\000' '\377' <"$image" | dd of="$image" bs=1 seek=64 skip=64 count=4000 conv=notrunc 2>/dev/null
run "$m" --root "$root" status
is "$rc" 4 "a damaged image: status is exit 4"
run "$m" --root "$root" match $gpu $gpu
is "$rc" 4 "a damaged image: unknown"
like "$out" 'image-damaged' "with the reason"
update --keep-going
is "$rc" 3 "an update replaces it"
is "$(fp $intel)" policy-error "what was in it is lost"

# ---- overlaps, fallbacks, narrowing

fresh
policy "$etc/10-a.policy" a nvidia
policy "$etc/20-b.policy" b nvidia
update
is "$rc" 3 "two policies for one driver"
like "$err" '20-b.policy:1:[0-9]+: ' "with the one place"
like "$err" '10-a.policy:1:[0-9]+' "and the other"
update --keep-going
is "$(fp $gpu)" policy-overlap "neither answers"
policy "$etc/20-b.policy" b nvidia fallback
update
is "$rc" 0 "a fallback steps aside"
is "$("$m" --root "$root" --json info $gpu | json policy name)" a "for the one that is none"
is "$(states "$root")" "etc/10-a.policy ok
etc/20-b.policy shadowed" "status says so"
echo 'language 1; policy b fallback { applies mdev-type driver nvidia, mtty; accept same; }' >"$etc/20-b.policy"
update
is "$(drivers "$root")" "mtty ok 20-b.policy
nvidia ok 10-a.policy" "pair by pair"
# A broken policy that is no fallback: its driver is dark, and not the fallback's.
echo 'language 1; policy a { applies mdev-type driver nvidia; accept smae; }' >"$etc/10-a.policy"
rm "$image"
update --keep-going
is "$(fp $gpu)" policy-error "a fallback does not answer for a broken policy"
is "$(drivers "$root" | head -n 1)" "mtty ok 20-b.policy" "but for what is its own"

fresh
policy "$etc/10-a.policy" a nvidia
printf '%s\n' 'language 1; policy n narrows a { applies mdev-type driver nvidia; migratable no; }' \
	>"$etc/90-n.policy"
update
is "$rc" 0 "a narrowing policy" || diag "$err"
run "$m" --root "$root" match $gpu $gpu
is "$rc" 1 "takes away"
sed 's/narrows a/narrows nobody/' "$etc/90-n.policy" >"$scratch/n" && cp "$scratch/n" "$etc/90-n.policy"
update
is "$rc" 0 "one with nothing to take from is no error"
like "$err" 'warning' "but a warning"
echo 'language 1; policy n narrows a { applies mdev-type driver nvidia; migratable on; }' >"$etc/90-n.policy"
rm "$image"
update --keep-going
is "$(fp $gpu)" policy-error "one that is broken darkens what it should narrow"

# ---- where the image goes

fresh
policy "$etc/10-a.policy" a nvidia
mkdir -p "$root/run/mdevcompat"
echo old >"$root/run/mdevcompat/policies.bin"
run "$m" --root "$root" info $gpu
is "$rc" 4 "the one in /run comes first"
update
not_ok "update removes the one in /run" test -e "$root/run/mdevcompat/policies.bin"
like "$(fp $gpu)" '^mc1-' "and the one in /etc is in force"
rm "$image"
update --usr
ok "--usr writes to /usr" test -e "$root/usr/lib/mdevcompat/policies.bin"
not_ok "and not to /etc" test -e "$image"
like "$(fp $gpu)" '^mc1-' "it is in force when there is no other"

# ---- what must not be passed over

mkdir "$root/etc/mdevcompat/site.d"
echo 'host: {}' >"$root/etc/mdevcompat/site.d/10-x.yaml"
update
is "$rc" 0 "a site file is taken"
like "$("$m" --root "$root" status)" 'site.d/10-x.yaml' "and named"
rm -r "$root/etc/mdevcompat/site.d"

# What cannot be read is not what is not there, and the other way round.
cat >"$etc/10-a.policy" <<'END'
language 1;
policy a {
	applies mdev-type driver nvidia;
	attribute os : string from os-release "VERSION_ID" default "none";
	accept same;
}
END
os() {
	rm -f "$root/etc/os-release"
	[ -z "${1+set}" ] || printf '%b' "$1" >"$root/etc/os-release"
	rm -f "$root/usr/lib/os-release"
	"$m" --root "$root" update >/dev/null
	"$m" --root "$root" --json info $gpu | python3 -c '
import json, sys
x = json.load(sys.stdin)
print(x["status"], x["record"].get("os", "-"))'
}
is "$(os)" "ok -" "no os-release: the default"
is "$(os 'VERSION_ID="9.6"\nID=x\n')" "ok 9.6" "double quotes"
is "$(os "VERSION_ID='9 6'\n")" "ok 9 6" "single quotes"
is "$(os 'VERSION_ID=9.6\nVERSION_ID=9.7\n')" "ok 9.7" "the last one counts"
is "$(os 'VERSION_ID="9\\\\\$6"\n')" 'ok 9\$6' "escapes"
is "$(os '# VERSION_ID=1\n\n VERSION_ID=2\n')" "ok -" "comments and other lines"
is "$(os 'VERSION_ID="9.6\n')" "unreadable-fact -" "a quote that is not closed: unreadable, and not the default"
is "$(os 'VERSION_ID=9.6\nVERSION_ID=9 6\n')" "unreadable-fact -" "nor what stood before it"
is "$(os 'VERSION_ID="\303\244"\n')" "unreadable-fact -" "bytes past ASCII"
awk 'BEGIN { for (i = 0; i < 256; i++) print "K" i "=x" }' >"$root/etc/os-release"
update
is "$rc" 0 "256 keys"
echo K256=x >>"$root/etc/os-release"
update
is "$rc" 5 "257 keys are no os-release"
awk 'BEGIN { for (i = 0; i < 65535; i++) printf "#"; print "" }' >"$root/etc/os-release"
update
is "$rc" 0 "64 KiB"
echo >>"$root/etc/os-release"
update
is "$rc" 5 "more is none"
rm "$root/etc/os-release"
mkdir "$root/etc/os-release"
update
is "$rc" 5 "an os-release that cannot be read is not one that is not there"

done_testing
