#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# scripts/room: in a chroot whose / is no mount point, tests can make their mounts all the same.
. "$top_srcdir/tests/lib.sh"

[ "$(id -u)" = 0 ] && unshare --mount true 2>/dev/null || skip_all "needs root, for mounts"
plan 5

mkdir "$scratch/root"
cat >"$scratch/inside" <<'E2'
set -e
cd "$1"
for place in usr bin sbin lib lib64 etc; do
	[ -e /$place ] || continue
	mkdir $place
	mount --rbind /$place $place
done
mkdir proc sys dev mnt tmp work
mount -t proc proc proc
cp -a /dev/null dev
cp "$2" work/room
chroot . /bin/sh -c 'unshare --mount true 2>/dev/null && echo the chroot is no bare one; exit 0'
echo before: $(wc -l </proc/self/mountinfo)
chroot . /bin/sh -c 'cd /tmp && /work/room sh -c "pwd; unshare -mn true && echo mounts
	[ -d /sys/devices ] && echo sysfs; [ -c /dev/pts/ptmx ] && echo terminals; exit 7"' || echo "status $?"
echo after: $(wc -l </proc/self/mountinfo)
E2
run unshare --mount --propagation private sh "$scratch/inside" "$scratch/root" "$top_srcdir/scripts/room"
is "$rc:$err" "0:" "a chroot into a plain folder"
unlike "$out" 'no bare one' "where no namespace can be cut off"
is "$(printf '%s\n' "$out" | grep -v ': ' | paste -sd' ')" "/tmp mounts sysfs terminals status 7" \
	"has all of it, the folder and the exit status"
is "$(printf '%s\n' "$out" | sed -n 's/^after: //p')" "$(printf '%s\n' "$out" | sed -n 's/^before: //p')" \
	"and no mount of it is seen outside"
is "$("$top_srcdir/scripts/room" sh -c 'echo "$0 $1"' a b)" "a b" "where all is there the command just runs"

done_testing
