#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# cat: of each file on disk what came of it, and of each pair of kind and driver that it speaks about who
# answers: winners, fallbacks that step aside, what narrows whom, masks, losers of one name, overlaps,
# broken files.
. "$top_srcdir/tests/lib.sh"
. "$top_srcdir/tests/cli/lib.sh"
plan 21

root=$scratch/root
etc=$root/etc/mdevcompat/policies
run_=$root/run/mdevcompat/policies
usr=$root/usr/lib/mdevcompat/policies
host "$root"

# heads: the lines of cat that are its own.
heads() {
	printf '%s\n' "$out" | grep -E '^#( /|   )' | sed "s|$root||g; s|/mdevcompat/policies||g"
}
cat_it() {
	run "$m" --root "$root" cat
}

cat_it
is "$rc $out" "0 " "no policies at all"

# Two drivers for a fallback, of which one has a policy of its own; a policy that narrows, one that has nothing
# to narrow; a name in three directories; a mask over a file, and one over nothing.
mkdir -p "$usr"
echo 'language 1; policy vendor fallback { applies mdev-type driver a, b; applies vfio-device driver a; accept same; }' \
	>"$usr/50-vendor.policy"
policy "$etc/60-mine.policy" mine a
echo 'language 1; policy no narrows mine { applies mdev-type driver a; refuse { type == x; } }' >"$etc/90-no.policy"
echo 'language 1; policy also narrows mine { applies mdev-type driver a; refuse { type == y; } }' >"$etc/91-also.policy"
echo 'language 1; policy idle narrows mine { applies mdev-type driver b; refuse { type == x; } }' >"$etc/92-idle.policy"
policy "$usr/70-c.policy" usr-c c
policy "$run_/70-c.policy" run-c c
policy "$etc/70-c.policy" etc-c c
policy "$usr/80-d.policy" d d
ln -s /dev/null "$etc/80-d.policy"
ln -s /dev/null "$etc/81-nothing.policy"
policy "$usr/85-e.policy" e c fallback
cat_it
is "$rc" 0 "a set of all that may be" || diag "$err"
is "$(heads)" "# /usr/lib/50-vendor.policy: in effect
#   mdev-type a: steps aside for /etc/60-mine.policy
#   mdev-type b: answers
#   vfio-device a: answers
# /etc/60-mine.policy: in effect
#   mdev-type a: answers, narrowed by /etc/90-no.policy and /etc/91-also.policy
# /etc/70-c.policy: in effect
#   mdev-type c: answers
# /run/70-c.policy: overridden by /etc/70-c.policy
# /usr/lib/70-c.policy: overridden by /etc/70-c.policy
# /etc/80-d.policy: masked: a link to /dev/null, so no file of this name is in effect
# /usr/lib/80-d.policy: masked by /etc/80-d.policy
# /etc/81-nothing.policy: masked: a link to /dev/null, so no file of this name is in effect
# /usr/lib/85-e.policy: a fallback, not in effect
#   mdev-type c: steps aside for /etc/70-c.policy
# /etc/90-no.policy: in effect
#   mdev-type a: narrows /etc/60-mine.policy
# /etc/91-also.policy: in effect
#   mdev-type a: narrows /etc/60-mine.policy
# /etc/92-idle.policy: not in effect
#   mdev-type b: narrows nothing" "each file, and who answers for what"
like "$out" 'policy etc-c' "the winner's text is there"
unlike "$out" 'policy (run-c|usr-c|d) ' "those of losers and masked files are not"
like "$out" 'policy e fallback' "that of a fallback is"

# What cat says is what the image will do.
run "$m" --root "$root" update --no-trigger
is "$(drivers "$root")" "a ok 60-mine.policy
b ok 50-vendor.policy
c ok 70-c.policy
a ok 50-vendor.policy" "as update has it"
is "$("$m" --root "$root" --json status | json drivers 0 narrowed_by)" \
	'["/etc/mdevcompat/policies/90-no.policy", "/etc/mdevcompat/policies/91-also.policy"]' "narrowing, too"

run "$m" --root "$root" --json cat
is_json "--json"
file() {
	printf '%s' "$out" | json files "$@" | sed "s|$root||g"
}
is "$(file 0 drivers 0 role) $(file 0 drivers 0 other)" "steps-aside /etc/mdevcompat/policies/60-mine.policy" "a role"
is "$(file 1 drivers 0 role) $(file 1 drivers 0 narrowed_by)" \
	'answers ["/etc/mdevcompat/policies/90-no.policy", "/etc/mdevcompat/policies/91-also.policy"]' "what narrows"
is "$(file 3 state) $(file 3 hidden_by)" "overridden /etc/mdevcompat/policies/70-c.policy" "who hides a file"
is "$(file 1 policy) $(file 3 policy) $(file 0 message)" "mine null null" "names, where there are"

# Broken files and overlaps: whom they darken, and why.
rm -f "$etc"/9*.policy "$etc"/8*.policy "$usr"/8*.policy
policy "$etc/61-other.policy" other a
echo 'language 1; policy broken { applies mdev-type driver b; accept smae; }' >"$etc/65-broken.policy"
echo 'language 1; policy gap narrows etc-c { applies mdev-type driver c; refuse { typ == x; } }' >"$etc/95-gap.policy"
policy "$etc/75-open.policy" open g
chmod 666 "$etc/75-open.policy"
cat_it
is "$rc" 3 "with broken files"
is "$(heads)" "# /usr/lib/50-vendor.policy: in effect
#   mdev-type a: steps aside for /etc/60-mine.policy
#   mdev-type b: steps aside for /etc/65-broken.policy
#   vfio-device a: answers
# /etc/60-mine.policy: not in effect
#   mdev-type a: no verdicts, as it is also spoken about by /etc/61-other.policy
# /etc/61-other.policy: not in effect
#   mdev-type a: no verdicts, as it is also spoken about by /etc/60-mine.policy
# /etc/65-broken.policy: broken
#   /etc/65-broken.policy:1:64: unexpected 'smae', expected 'same' [MDC-001]
#   mdev-type b: no verdicts, as this file is broken
# /etc/70-c.policy: in effect
#   mdev-type c: answers, but gives no verdicts, as what narrows it is broken: /etc/95-gap.policy
# /run/70-c.policy: overridden by /etc/70-c.policy
# /usr/lib/70-c.policy: overridden by /etc/70-c.policy
# /etc/75-open.policy: refused
#   /etc/75-open.policy: /etc/75-open.policy is writable by others [MDC-200]
#   mdev-type g: no verdicts, as this file is refused
# /etc/95-gap.policy: broken
#   /etc/95-gap.policy:1:77: there is no attribute 'typ' [MDC-018]
#   mdev-type c: no verdicts, as this file is broken; it narrows /etc/70-c.policy" "each says whom it darkens"
like "$out" 'accept smae' "and its text is there to be looked at"
run "$m" --root "$root" --json cat
is "$rc" 3 "--json: broken as well"
is "$(file 1 drivers 0 role) $(file 1 drivers 0 other)" "overlaps /etc/mdevcompat/policies/61-other.policy" "an overlap"
is "$(file 3 drivers 0 role) $(file 4 drivers 0 role)" "broken answers" "broken, and darkened"
like "$(file 3 message)" "65-broken\.policy:1:64: unexpected 'smae'" "with the first mistake"
run "$m" --policies "$usr" cat
like "$out" '^# .*/50-vendor\.policy: in effect$' "--policies"
done_testing
