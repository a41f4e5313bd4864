#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Site facts without --root: hosts whose /etc is read-only, who may own a site file, and whatever else may
# be wrong with one. Runs in a mount namespace of its own, over /etc, /run and /sys.
. "$top_srcdir/tests/lib.sh"
. "$top_srcdir/tests/cli/lib.sh"

if [ -z "${MDEVCOMPAT_SITE_INSIDE-}" ]; then
	if ! unshare -m true 2>/dev/null; then
		skip_all "no mount namespaces for this user"
	fi
	rm -rf "$scratch"
	MDEVCOMPAT_SITE_INSIDE=1
	export MDEVCOMPAT_SITE_INSIDE top_srcdir top_builddir
	exec unshare -m --propagation private sh "$0"
fi
plan 59

root=$scratch/root
host "$root"
mount --bind "$root/etc" /etc && mount -t tmpfs -o mode=755 none /run && mount --bind "$root/sys" /sys ||
	bail_out "cannot mount"
[ ! -e /usr/lib/mdevcompat ] || mount -t tmpfs -o mode=755 none /usr/lib/mdevcompat ||
	bail_out "cannot mount"

cat >/etc/mdevcompat/policies/nvidia.policy <<'END'
language 1;
policy nvidia {
	applies mdev-type driver nvidia;
	attribute ecc  : bool   from site "nvidia.ecc" default yes;
	attribute note : string from site "note" default "none";
	accept same;
}
END
etc=/etc/mdevcompat/site.d
run=/run/mdevcompat/site.d
mkdir $etc
gpu=0000:41:00.0
type=$gpu/nvidia-231
update() {
	run "$m" update --no-trigger "$@"
}
# facts: `ecc/note` of the type as info sees them, or its status; and that the helper agrees.
facts() {
	"$m" --json info $type >"$scratch/info" 2>/dev/null
	python3 - "$scratch/info" "$("$m" info --fingerprint $type 2>/dev/null)" "$(DEVPATH=$devpath "$MDEVCOMPAT_ID" |
		sed -n 's/^MDEV_COMPAT_FP_nvidia_231=//p')" <<'END'
import json, sys
d = json.load(open(sys.argv[1]))
if d["fingerprint"]:
    r = d["record"]
    print(r.get("ecc", "-") + "/" + r.get("note", "-") + ("" if sys.argv[2] == sys.argv[3] else " helper: " + sys.argv[3]))
else:
    print(d["status"] + " helper: " + sys.argv[3])
END
}
devpath=$(cd /sys/class/mdev_bus/$gpu && pwd -P)
devpath=${devpath#/sys}

# ---- a read-only /etc

printf 'host:\n  nvidia.ecc: off\n  note: etc\n' >$etc/50-a.yaml
update
is "$rc" 0 "a site file in /etc"
is "$(facts)" no/etc "is in force"
mount -o remount,bind,ro /etc
mkdir -p $run
printf 'host:\n  note: run\n' >$run/60-b.yaml
update
is "$rc:$(test -e /run/mdevcompat/policies.bin && echo run)" 0:run "/etc read-only: the image is in /run"
is "$(facts)" no/run "a later file in /run counts, key by key"
rm $run/60-b.yaml
printf 'host:\n  note: run\n  nvidia.ecc: on\n' >$run/40-b.yaml
update
is "$(facts)" no/etc "an earlier one does not"
mv $run/40-b.yaml $run/50-a.yaml
update
is "$(facts)" no/etc "nor one of the same name"
printf 'address:\n  %s:\n    note: card\n' $gpu >$run/10-card.yaml
update
is "$(facts)" no/card "what is closer to the device does, wherever it stands"
rm $run/*
update
is "$(facts)" no/etc "without files in /run it is /etc's word again"
printf 'host:\n  note: [\n' >$run/70-c.yaml
update
is "$rc" 3 "a broken file in /run"
is "$(facts)" no/etc "changes nothing"
update --keep-going
is "$rc:$(facts)" "3:unreadable-fact helper: unknown:unreadable-fact:ecc" "with --keep-going nothing is known"
rm $run/70-c.yaml
update
is "$rc:$(facts)" 0:no/etc "until it is gone"
ln -s /dev/null $run/50-a.yaml
update
is "$(facts)" no/etc "a mask in /run does not mask a file in /etc"
rm $run/50-a.yaml
mount -o remount,bind,rw /etc
printf 'host:\n  nvidia.ecc: on\n  note: etc2\n' >$etc/50-a.yaml
update
is "$rc:$(test -e /run/mdevcompat/policies.bin || echo gone)" 0:gone "/etc can be written again: the image is there"
is "$(facts)" -/etc2 "and says what /etc says"

# No /etc/mdevcompat at all, and an empty /etc/mdevcompat on a read-only file system.
mount -t tmpfs -o mode=755 none /etc
mkdir -p /run/mdevcompat/policies
cp "$root/etc/mdevcompat/policies/nvidia.policy" /run/mdevcompat/policies
printf 'host:\n  nvidia.ecc: off\n' >$run/a.yaml
mount -o remount,ro /etc
update
is "$rc:$(facts)" 0:no/- "an empty read-only /etc"
umount /etc
rm -r /run/mdevcompat

# ---- whatever is wrong with a file: one error that names it, and no fact

# wrong NAME [REGEX]: what $etc/50-a.yaml (or what is almost that) is now is refused; and not remembered either
wrong() {
	printf 'host:\n  nvidia.ecc: off\n' >$etc/10-good.yaml
	update
	wrong=$rc:$(printf '%s\n' "$err" | grep -c 'error: ')
	like "$err" "^$etc/50-a.[yY][aA]?[mM][lL](:[0-9]+:[0-9]+)?: error: .*$2" "$1: says what"
	update --keep-going
	is "$wrong:$rc:$(facts)" "3:1:3:unreadable-fact helper: unknown:unreadable-fact:ecc" "$1"
	rm -rf $etc/*
}
f=$etc/50-a.yaml
good='host:\n  nvidia.ecc: off\n'
for end in YAML Yml yAML; do
	printf "$good" >$etc/50-a.$end
	wrong "a name that ends in .$end" 'does not end in .yaml'
done
printf "$good" >$f && chown 65534 $f
wrong "somebody else's file" 'does not belong to root'
printf "$good" >$f && chmod o+w $f
wrong "a file that everybody may write" 'writable by others'
printf "$good" >"$scratch/target" && ln -s "$scratch/target" $f
wrong "a link" 'symbolic link'
ln -s /nowhere $f
wrong "a link to nothing" 'symbolic link'
mkdir $f
wrong "a folder" 'not a regular file'
mkfifo $f
wrong "a fifo" 'not a regular file'
: >$f
wrong "an empty file" 'empty'
printf 'host:\n  nvidia.ecc: off\n  note: [' >$f
wrong "half a file" ''
printf 'host:\n  note: a\n    nvidia.ecc off\n' >$f
wrong "a fact that YAML would make a part of another" 'more than one line'
printf 'a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nhost: *c\n' >$f
wrong "a bomb of aliases" ''
python3 -c 'print("host: " + "{a: " * 50000)' >$f
wrong "nesting" ''
printf 'host:\n  nvidia.ecc: off\nhost:\n  nvidia.ecc: on\n' >$f
wrong "a level twice" 'stands here twice'
printf 'host:\n  nvidia.ecc: off\n\tnote: x\n' >$f
wrong "a tab" ''
printf '\357\273\277\357\273\277host:\n  nvidia.ecc: off\n' >$f
wrong "two byte order marks" ''
printf '\376\377\0h\0o\0s\0t\0:\0{\0}' >$f
wrong "UTF-16" 'no UTF-8'
python3 -c 'print("host: {}\n#" + "x" * (1024 * 1024 - 10))' >$f
wrong "1 MiB and a byte" 'more than 1 MiB'

# ---- what is well, whatever wrote it

printf '\357\273\277host:\r\n  nvidia.ecc: off\r\n  note: x\r\n' >$f
update
is "$rc:$(facts)" 0:no/x "CRLF and a byte order mark are no part of what is said"
python3 -c '
s = "host:\n  nvidia.ecc: off\n#"
print(s + "x" * (1024 * 1024 - 1 - len(s)))' >$f
update
is "$(stat -c %s $f):$rc:$(facts)" 1048576:0:no/- "1 MiB"

# ---- the way to a file

chmod o+w $etc
update
like "$rc $err" "^3 $f: error: $etc is writable by others" "a folder that everybody may write"
chmod o-w $etc
mv $etc "$scratch/site.d"
ln -s "$scratch/nowhere" $etc
before=$(sha256sum <"/etc/mdevcompat/policies.bin")
update --keep-going
is "$rc:$(sha256sum <"/etc/mdevcompat/policies.bin")" "5:$before" "a folder that is a link to nothing is not an empty one"
like "$err" "$etc: " "and named"
rm $etc

done_testing
