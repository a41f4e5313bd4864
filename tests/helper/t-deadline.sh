#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A helper that waits would hold up its udevd worker: it ends itself, and says nothing.
. "$top_srcdir/tests/lib.sh"
. "$top_srcdir/tests/helper/lib.sh"
plan 5
make_host

# A file system that never answers, where a fact lies.  Only a signal that kills gets out of there.
mkdir "$host/sys$mtty/hung"
printf 'policy x\non mdev mtty\nattr x string absent parent hung/file\n' | make_image
hung() {
	run "$tools/hang" "$host/sys$mtty/hung" env -i DEVPATH=$mtty "$id" --root "$host" "$@"
}
hung
is "$rc:$out" "142:" "a fact that never comes: ends by SIGALRM, without output"
hung --deadline 10
is "$rc:$out" "142:" "a shorter deadline"
# Control: without the hung folder the same call answers.
ask $mtty
is "$rc:$(printf '%s\n' "$out" | tail -n 1)" "0:MDEV_COMPAT_STATUS=ok" "the same call without it"

# Fifos without a writer, which a careless open() would wait for.
rmdir "$host/sys$mtty/hung"
mkfifo "$host/sys$mtty/hung"
printf 'policy x\non mdev mtty\nattr x string absent parent hung\n' | make_image
ask $mtty
is "$rc:$(printf '%s\n' "$out" | tail -n 1)" "0:MDEV_COMPAT_STATUS=unreadable-fact" "a fifo for a fact"

# A pipe that nobody empties is not waited for either: udevd's is O_NONBLOCK, and so is this one.
cat >"$scratch/full.py" <<'END'
import fcntl, os, subprocess, sys
r, w = os.pipe()
fcntl.fcntl(w, fcntl.F_SETFL, os.O_NONBLOCK)
try:
    while True:
        os.write(w, b'x' * 4096)
except BlockingIOError:
    pass
os.read(r, int(sys.argv[1]))
p = subprocess.run(sys.argv[2:], stdout=w)
os.close(w)
text = os.read(r, 1 << 20)
print(p.returncode, text.count(b'MDEV'))
END
is "$(DEVPATH=$mtty python3 "$scratch/full.py" 0 "$id" --root "$host" --deadline 60000)" "5 0" \
	"a pipe without room: not 0, and nothing in it"
done_testing
