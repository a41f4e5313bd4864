#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Whatever a driver puts into names and files: udevd takes nothing but our keys from the output,
# in our bytes.  udev-lines reads it as udevd does and fails when a key or a byte is not ours.
. "$top_srcdir/tests/lib.sh"
. "$top_srcdir/tests/helper/lib.sh"
make_host

# As printf takes them: what ends a line for udevd, what its parser or a shell treats, what a
# variable of a later helper could be.
set -- 'a\nPATH=/evil' 'a\rLD_PRELOAD=/evil.so' 'a\n\nSYSTEMD_WANTS=evil.service' '\nMDEV_COMPAT_STATUS=ok' \
	'"quoted"' "'quoted'" '"' "'" '#comment' ' blank ' '\tTAB\t' '\033[31mred' '\377\376' '\302\240' \
	'\0342\0200\0250' '%%k$env{X}$(id)`id`' 'a=b' '=' 'mc1-aaaaaaaaaaaaaaaaaaaaaaaaaa' '@0A' '\v\f' '\b' '~' \
	'{}[]()<>|&;*?!' '\\' '1'
plan $(($# * 3 + 6))

# only_ours NAME: the last output, whatever it says, holds our keys only
only_ours() {
	if [ "$rc" = 0 ]; then
		[ -n "$out" ] && "$tools/udev-lines" <"$scratch/.out" >"$scratch/lines"
	else
		[ -z "$out" ]
	fi
	only_rc=$?
	is "$only_rc" 0 "$1" || printf '%s\n' "$out" | sed 's/^/#   /'
}

number=0
for bytes; do
	number=$((number + 1))
	text=$(printf "${bytes}x")
	text=${text%x}
	# In a file that is a fact.
	printf '%s\n' "$text" >"$host/sys$mtty/mdev_supported_types/mtty-2/name"
	ask $tty
	only_ours "text $number of a fact"
	# In the name of a type: what a folder can be called.
	name=$(printf '%s' "nvidia-$text" | tr / _)
	mkdir "$host/sys$gpu/mdev_supported_types/$name"
	printf 'GRID\n' >"$host/sys$gpu/mdev_supported_types/$name/name"
	ask $gpu
	only_ours "text $number in the name of a type"
	# Where the name of a driver comes from.
	rm -f "$host/sys$gpu/driver"
	ln -s "../../../../bus/pci/drivers/$name" "$host/sys$gpu/driver"
	ask $gpu
	only_ours "text $number in the name of a driver"
	rm "$host/sys$gpu/driver"
	ln -s ../../../../bus/pci/drivers/nvidia "$host/sys$gpu/driver"
	rm -r "$host/sys$gpu/mdev_supported_types/$name"
done

# Control: the reader of lines does see what is not ours.
for bad in 'PATH=/evil' 'MDEV_COMPAT_NEW=1' 'MDEV_COMPAT_FP_a-b=1' 'MDEV_COMPAT_STATUS=a;b' '"X"=1'; do
	printf 'MDEV_COMPAT_STATUS=ok\n%s\n' "$bad" | "$tools/udev-lines" >/dev/null
	is $? 1 "a strange line is seen: $bad"
done

# A NUL ends what udevd reads, and a value cannot be cut by it.
printf 'a\0PATH=/evil\n' >"$host/sys$mtty/mdev_supported_types/mtty-2/name"
ask $tty
is "$rc:$(printf '%s\n' "$out" | grep STATUS)" "0:MDEV_COMPAT_STATUS=unreadable-fact" "a NUL is unreadable"
done_testing
