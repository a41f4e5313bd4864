#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# configure says where rules, helper and units go and who looks there, takes udev's and systemd's word
# for it, and stays under the prefix without them.
. "$top_srcdir/tests/lib.sh"
plan 18

# summary ARGUMENT...: $out is what configure ends with.  What it found out about the compiler is kept
# from one run to the next, what pkg-config said is not.
configure() {
	rm -rf "$scratch/b"
	mkdir "$scratch/b"
	cd "$scratch/b" || bail_out "no scratch folder"
	[ ! -e "$scratch/cache" ] || sed -i '/pkg_cv_/d; /ac_cv_env_/d' "$scratch/cache"
	sh "$top_srcdir/configure" --cache-file="$scratch/cache" "$@"
}
summary() {
	run configure "$@"
	out=$(printf '%s\n' "$out" | sed -n '/^[[:space:]]*mdevcompat [0-9.]*$/,$p')
}

# Without udev's and systemd's own files libudev's are still to be found.
PKG_CONFIG_LIBDIR=/usr/lib/$(${CC:-gcc} -print-multiarch 2>/dev/null)/pkgconfig
export PKG_CONFIG_LIBDIR
summary --prefix=/opt/there
is "$rc" 0 "configure without udev's and systemd's own files"
like "$out" '^[[:space:]]*rules +/opt/there/lib/udev/rules.d .*udevd does NOT look there' "rules under the prefix"
like "$out" '^[[:space:]]*units +/opt/there/lib/systemd/system .*systemd does NOT look there' "units too"
like "$out" '^[[:space:]]*helper +/opt/there/lib/udev/mdevcompat_id, kind: (musl|static|dynamic)' "and the helper"
like "$out" '^[[:space:]]*policies +/opt/there/lib/mdevcompat/policies$' "and policies"

summary --with-udevdir=/usr/lib/udev --with-systemdsystemunitdir=/etc/systemd/system \
	--enable-sanitizers --enable-werror
is "$rc" 0 "configure with places given"
like "$out" '^[[:space:]]*rules +/usr/lib/udev/rules.d \(udevd looks there\)' "rules: as given, and known to udevd"
like "$out" '^[[:space:]]*units +/etc/systemd/system \(systemd looks there\)' "units: as given, and known to systemd"
like "$out" 'sanitizers yes, .*werror yes' "options are shown"
like "$out" ', kind: dynamic' "sanitizers imply a dynamic helper"
unset PKG_CONFIG_LIBDIR

# A udev and a systemd that say where they are.
mkdir "$scratch/pc"
printf 'udevdir=/srv/udev\nName: udev\nDescription: x\nVersion: 1\n' >"$scratch/pc/udev.pc"
printf 'systemdsystemunitdir=/run/systemd/system\nName: systemd\nDescription: x\nVersion: 1\n' \
	>"$scratch/pc/systemd.pc"
export PKG_CONFIG_PATH="$scratch/pc"
summary --prefix=/usr --with-helper=dynamic
is "$rc" 0 "configure with what pkg-config says"
like "$out" '^[[:space:]]*rules +/srv/udev/rules.d .*does NOT' "rules: udev's word"
like "$out" '^[[:space:]]*units +/run/systemd/system \(systemd looks there\)' "units: systemd's word"
like "$out" ', kind: dynamic' "a helper of the kind that was asked for"

exits 1 "an unknown kind of helper" configure -q --with-helper=huge
like "$err" "error: .*huge" "is named"
CC=gcc
export CC
exits 1 "fuzzing without clang" configure -q --enable-fuzzing
like "$err" "error: .*needs clang" "says what it needs"

done_testing
