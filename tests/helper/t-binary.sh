#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What kind of program was built: the static kinds need nothing and nobody, and all of them are
# hardened in the ways that their libc allows.
. "$top_srcdir/tests/lib.sh"
plan 9
headers=$(readelf -hld "$MDEVCOMPAT_ID")
symbols=$(nm "$MDEVCOMPAT_ID" 2>/dev/null)

like "$headers" 'Type: *DYN' "position-independent"
unlike "$headers" 'INTERP' "no interpreter"
unlike "$headers" 'NEEDED' "no library"
like "$headers" 'BIND_NOW|FLAGS.* NOW' "nothing is bound late"
like "$headers" 'GNU_RELRO' "what was relocated is read-only"
like "$(readelf -lW "$MDEVCOMPAT_ID")" 'GNU_STACK .* RW ' "no executable stack"
unlike "$(readelf -SW "$MDEVCOMPAT_ID")" ' WAX | W?AXW ' "nothing is writable and executable"
case $HELPER_KIND in
musl)
	unlike "$(strings -a "$MDEVCOMPAT_ID")" 'GNU C Library|GLIBC_' "nothing of another libc"
	unlike "$symbols" ' [TtWw] (printf|vfprintf|fopen|getaddrinfo|setlocale)$' \
		"neither standard I/O nor locale"
	;;
static)
	like "$symbols" "_dl_relocate_static_pie" "the compiler's own libc"
	unlike "$symbols" ' [Tt] (yaml_|udev_)' "neither libyaml nor libudev"
	;;
esac
done_testing
