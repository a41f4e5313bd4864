# SPDX-License-Identifier: LGPL-2.1-or-later
# For the tests with udev: begins the test again in mount and network namespaces of its own, with
# an empty /run and no rules but ours.  To be sourced first.
#
# $rules is where the rules lie, as they are installed but for the helper's path.

if [ -z "${MDEVCOMPAT_IN_NS-}" ]; then
	if ! unshare -mn true 2>/dev/null; then
		echo "1..0 # SKIP needs root, for namespaces of its own (see scripts/room)"
		exit 0
	fi
	MDEVCOMPAT_IN_NS=1
	export MDEVCOMPAT_IN_NS
	exec unshare -mn "${SHELL:-/bin/sh}" "$0"
fi
unset MDEVCOMPAT_IN_NS

. "$top_srcdir/tests/lib.sh"
. "$top_srcdir/tests/helper/lib.sh"

private() {
	mount --make-rprivate / && mount -t tmpfs tmpfs /run || return 1
	mkdir -p "$scratch/rules" "$scratch/none" /run/udev/rules.d /run/mdevcompat
	for place in /etc/udev/rules.d /usr/local/lib/udev/rules.d; do
		[ ! -d $place ] || mount --bind "$scratch/none" $place || return 1
	done
	mount --bind "$scratch/rules" /usr/lib/udev/rules.d || return 1
	# An image of the machine's own must not answer.
	for place in /etc/mdevcompat /usr/lib/mdevcompat; do
		[ ! -d $place ] || mount --bind "$scratch/none" $place || return 1
	done
}
private || bail_out "no private place for udev"
rules=$scratch/rules
sed "s|@udevdir@/mdevcompat_id|$MDEVCOMPAT_ID|" "$top_srcdir/rules.d/60-mdevcompat.rules.in" \
	>"$rules/60-mdevcompat.rules"

# Only from here: the image is looked for in /run first.
image=/run/mdevcompat/policies.bin
SYSTEMD_PAGER=cat
SYSTEMD_COLORS=0
export SYSTEMD_PAGER SYSTEMD_COLORS
