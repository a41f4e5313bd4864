#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A condition without variables is asked once, however many combinations a rule's templates have: long
# lists beside a template with many values are neither too complex nor too slow for the helper.
. "$top_srcdir/tests/lib.sh"
. "$top_srcdir/tests/cli/lib.sh"
plan 4

h=$scratch/host
mkdir -p "$h/etc/mdevcompat/policies" "$h/sys/bus/x" "$h/sys/devices/p/mdev_supported_types/t" "$h/sys/class/mdev_bus"
ln -s ../../bus/x "$h/sys/devices/p/subsystem"
ln -s ../../devices/p "$h/sys/class/mdev_bus/p"
awk 'function list(n, before, after, i, s) {
		for (i = 0; i < n; i++)
			s = s (i ? ", " : "") before i after
		return s
	}
	BEGIN {
		print "language 1;\npolicy x {\n\tapplies mdev-type driver x;"
		print "\tattribute c : set from type \"c\" default { w1999 };"
		print "\tattribute s : string from type \"s\" default a4095;"
		print "\tattribute z : string from type \"z\" default q7;"
		print "\tconst WORDS = " list(4096, "a", "") ";\n\tconst SETS = " list(2000, "{ w", " }") ";"
		for (i = 0; i < 100; i++)
			print "\trule r" i " { when s in WORDS; when z == x{n: " list(256, "", "") "}; accept same; }"
		print "\trule sets { when c in SETS; when z == q{n: " list(256, "", "") "}; accept same but { s in x{n}; } }"
		print "}"
	}' >"$h/etc/mdevcompat/policies/x.policy"
exits 0 "update" "$m" --root "$h" update
run "$m" --root "$h" info --descriptor p/t
like "$rc $out" '^0 mdc1:.*/s=s:n:n:x7:y,type=' "the one combination that holds is found"
fp=$("$m" --root "$h" info --fingerprint p/t)
run env -i DEVPATH=/devices/p "$MDEVCOMPAT_ID" --root "$h" --deadline 60000
is "$rc" 0 "the helper answers"
like "$out" "^MDEV_COMPAT_FP_t=$fp\$" "the same"
done_testing
