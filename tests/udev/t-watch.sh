#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# watch, and what info says of properties, beside a real udevd: /dev/null's device is dressed up as a
# parent by an overlay over sysfs, as in t-udevd.sh.
. "$top_srcdir/tests/udev/ns.sh"
plan 39
null=/devices/virtual/mem/null
zero=/devices/virtual/mem/zero

real=/run/real
fake=$scratch/fake
SYSTEMD_DEVICE_VERIFY_SYSFS=0
export SYSTEMD_DEVICE_VERIFY_SYSFS
mkdir -p "$real"
mount -t sysfs sysfs "$real" || bail_out "no sysfs"
for device in $null $zero; do
	for n in 1 2; do
		mkdir -p "$fake$device/mdev_supported_types/mem-$n"
		echo "Null port $n" >"$fake$device/mdev_supported_types/mem-$n/name"
		echo yes >"$fake$device/mdev_supported_types/mem-$n/extra"
	done
done
rm -r "$fake$zero/mdev_supported_types/mem-2"
mount -t overlay -o ro,lowerdir="$fake:/sys" overlay /sys || bail_out "no overlay over sysfs"

policy() { # KEEP-WHAT: the accept block
	mkdir -p "$scratch/policies"
	printf 'language 1; policy mem { applies mdev-type driver mem; attribute name : string from type "name"; %s }\n' \
		"$1" >"$scratch/policies/mem.policy"
	run "$MDEVCOMPAT" update --policies "$scratch/policies" --root "$scratch/root" --no-trigger
	[ "$rc" = 0 ] || diag "$err"
	cp "$scratch/root/etc/mdevcompat/policies.bin" "$image.new" && mv "$image.new" "$image"
}
mkdir -p "$scratch/root"

udevd=/lib/systemd/systemd-udevd
[ -x $udevd ] || udevd=/usr/lib/systemd/systemd-udevd
$udevd >"$scratch/udevd.log" 2>&1 &
udevd_pid=$!
at_exit "kill $udevd_pid 2>/dev/null; wait $udevd_pid 2>/dev/null"
# until_true COMMAND...: for at most half a minute
until_true() {
	tries=0
	until "$@"; do
		tries=$((tries + 1))
		[ $tries -lt 300 ] || return 1
		sleep 0.1
	done
}
until_true test -e /run/udev/control

event() { # DEVICE [ACTION]
	echo "${2:-change}" >"$real$1/uevent"
	udevadm settle --timeout=60
}
as=
# follow NAME OPTIONS...: starts watch; it is listening when this returns
follow() {
	name=$1 # of the run that one() looks at
	shift
	$as "$MDEVCOMPAT" watch "$@" >"$scratch/$name.out" 2>"$scratch/$name.err" &
	watch_pid=$!
	at_exit "kill $watch_pid 2>/dev/null"
	until_true grep -q 'following\|"watching"' "$scratch/$name.err" "$scratch/$name.out"
}
# Lines go through udevd to another process, which then prints them.
has_lines() { # FILE NUMBER
	[ "$(wc -l <"$1")" -ge "$2" ]
}
stop() {
	kill -"${1:-TERM}" $watch_pid
	wait $watch_pid
	rc=$?
}

# ---- nothing yet

event $null
follow first
event $zero
until_true has_lines "$scratch/first.out" 1
is "$(cat "$scratch/first.out")" "zero/mem-1: none -> unknown:no-image" "a subject that appears"
like "$(cat "$scratch/first.err")" 'following 2 subjects' "what was there before is not repeated"
policy 'accept same;'
event $null
until_true has_lines "$scratch/first.out" 3
like "$(sed -n 2p "$scratch/first.out")" '^null/mem-1: unknown:no-image -> mc1-[a-z2-7]{26}-[a-z2-7]{26}$' "a change of a type"
like "$(sed -n 3p "$scratch/first.out")" '^null/mem-2: unknown:no-image -> mc1-' "and of the other"
before=$(sed -n '2s/.* //p' "$scratch/first.out")
event $null
event $zero
until_true has_lines "$scratch/first.out" 4
like "$(sed -n 4p "$scratch/first.out")" '^zero/mem-1' "an event that changes nothing is not mentioned"
stop INT
is "$rc" 0 "SIGINT ends it well"
is "$(wc -l <"$scratch/first.out")" 4 "and nothing more is printed"

one() { # LINE KEYS...
	line=$1
	shift
	sed -n "${line}p" "$scratch/$name.out" | python3 -c '
import json, sys
x = json.load(sys.stdin)
for k in sys.argv[1:]:
    x = x[k]
print(x if isinstance(x, str) else json.dumps(x))' "$@"
}

# ---- types of one parent that differ

fact() { # TEXT: of the second type; what a file says may change below an overlay, which files there are not
	echo "$1" >"$fake$null/mdev_supported_types/mem-2/extra"
	event $null
}
stale_policy() {
	echo 'language 1; policy mem { applies mdev-type driver mem; accept }' >"$scratch/policies/mem.policy"
	run "$MDEVCOMPAT" update --policies "$scratch/policies" --root "$scratch/root" --no-trigger --keep-going
	cp "$scratch/root/etc/mdevcompat/policies.bin" "$image.new" && mv "$image.new" "$image"
}
policy 'attribute extra : bool from type "extra"; accept same;'
event $null
follow mixed --json
fact bad
until_true has_lines "$scratch/mixed.out" 2
is "$(one 2 subject):$(one 2 was status):$(one 2 status):$(one 2 detail)" null/mem-2:ok:unreadable-fact:extra \
	"one type of two loses a fact"
is "$(udevadm info --query=property --property=MDEV_COMPAT_STATUS --value /sys$null)" partial "its parent is partial"
# Of the other one nothing was said: the next line is what comes next.
stale_policy
event $null
until_true has_lines "$scratch/mixed.out" 3
is "$(one 3 subject):$(one 3 was status):$(one 3 status)" null/mem-1:ok:policy-stale "the other is as it was, until it is not"
is "$(one 3 fingerprint)" "$(one 3 was fingerprint)" "with its fingerprint"
fact yes
until_true has_lines "$scratch/mixed.out" 4
is "$(one 4 subject):$(one 4 was status):$(one 4 status)" null/mem-2:unreadable-fact:policy-stale "the first has its fact again"
fact bad
until_true has_lines "$scratch/mixed.out" 5
rm "$image"
stop
is "$rc:$(one 5 subject):$(one 5 status)" 0:null/mem-2:unreadable-fact "and loses it"
follow dark --json --initial
stop
is "$(grep -c '"event".*"status": *null' "$scratch/dark.out")" 0 "no subject is without a status"
is "$(one 1 subject):$(one 1 status)" null/mem-1:ok "nor where no image answers any more"
policy 'accept same;'
fact yes

# A type's name with a newline: no line of its own.
cp "$rules/60-mdevcompat.rules" "$scratch/kept.rules"
printf '%s\n' 'KERNEL=="null", TAG+="mdevcompat", ENV{MDEV_COMPAT_STATUS}="ok", ENV{MDEV_COMPAT_TYPES}="a@0Ab", ENV{MDEV_COMPAT_FP_a_b}="unknown:x"' \
	>"$rules/60-mdevcompat.rules"
udevadm control --reload
follow hostile
event $null
until_true has_lines "$scratch/hostile.out" 3
stop
is "$(grep -c '^b' "$scratch/hostile.out"):$(grep -cF 'null/a\x0ab: none -> unknown:x' "$scratch/hostile.out")" 0:1 \
	"what a driver has named stays on its line"
cp "$scratch/kept.rules" "$rules/60-mdevcompat.rules"
udevadm control --reload
event $null

# ---- from the beginning, as JSON

follow second --initial --json
until_true has_lines "$scratch/second.out" 4
is "$(one 1 event):$(one 1 subject):$(one 1 was)" change:null/mem-1:null "--initial: all of them first"
is "$(one 1 fingerprint):$(one 1 status)" "$before:ok" "with fingerprint and status"
is "$(one 1 path)" $null "and the device"
is "$(one 3 subject)" zero/mem-1 "the third"
is "$(one 4 event):$(one 4 subjects)" watching:3 "then it is said that all were"

# Another meaning.
policy 'accept same but { name any; }'
event $null
until_true has_lines "$scratch/second.out" 6
is "$(one 5 was fingerprint)" "$before" "a change has what was"
isnt "$(one 5 fingerprint)" "$before" "and what is"
# A status that is not ok, with the same fingerprint: the policy's text is broken.
fp=$(one 5 fingerprint)
cp -r "$scratch/root/etc/mdevcompat" "$scratch/kept"
echo 'language 1; policy mem { applies mdev-type driver mem; accept }' >"$scratch/policies/mem.policy"
run "$MDEVCOMPAT" update --policies "$scratch/policies" --root "$scratch/root" --no-trigger --keep-going
cp "$scratch/root/etc/mdevcompat/policies.bin" "$image.new" && mv "$image.new" "$image"
event $null
until_true has_lines "$scratch/second.out" 8
is "$(one 7 fingerprint):$(one 7 was status):$(one 7 status)" "$fp:ok:policy-stale" "a change of the status alone"
# A type goes.
rm -r "$fake$null/mdev_supported_types/mem-2"
event $null
until_true has_lines "$scratch/second.out" 9
is "$(one 9 event):$(one 9 subject):$(one 9 was fingerprint | cut -c 1-4)" gone:null/mem-2:mc1- "a type that is gone"
event $zero remove
until_true has_lines "$scratch/second.out" 10
is "$(one 10 event):$(one 10 subject):$(one 10 fingerprint)" gone:zero/mem-1:null "a device that is gone"
event $zero add
until_true has_lines "$scratch/second.out" 11
is "$(one 11 event):$(one 11 subject):$(one 11 was)" change:zero/mem-1:null "and comes again"
stop
is "$rc" 0 "SIGTERM ends it well"
is "$(tail -n 1 "$scratch/second.out" | python3 -c 'import json, sys; print(json.load(sys.stdin)["exit"])')" 0 \
	"the last line is the end of the run"
is "$(python3 -c '
import json, sys
print(all(json.loads(l)["format"] == 1 for l in open(sys.argv[1])))' "$scratch/second.out")" True \
	"each line is a document"

# ---- events that are lost

# Stopped, it reads nothing, and its buffer is filled with what looks like udevd's messages of tagged
# devices. Root may have a buffer of any size; others have at most rmem_max.
cat >"$scratch/fill" <<'END'
import socket, struct
s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 15)
s.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
body = b"X=" + b"x" * 60000 + b"\0"
head = struct.pack("=8sIIII", b"libudev\0", socket.htonl(0xFEEDCAFE), 40, 40, len(body))
head += struct.pack("=IIII", 0, 0, 0xFFFFFFFF, 0xFFFFFFFF)
room = 2 * int(open("/proc/sys/net/core/rmem_max").read())
for i in range(room // len(body) + 2):
    try:
        s.sendto(head + body, (0, 2))
    except OSError:
        break
END
as="setpriv --reuid 65534 --regid 65534 --clear-groups"
follow third --json
kill -STOP $watch_pid
policy 'accept same;'
python3 "$scratch/fill"
event $null
kill -CONT $watch_pid
is_lost() {
	grep -q '"lost"' "$scratch/third.out"
}
until_true is_lost
ok "events were lost" is_lost
told() {
	grep '"null/mem-1"' "$scratch/third.out" | tail -n 1 | grep -q "$before"
}
until_true told
ok "and yet the last state of each is told" told
stop
is "$rc" 0 "it goes on and ends well"

# ---- info beside udev's database

run "$MDEVCOMPAT" --json info $null/mdev_supported_types/mem-1
is "$(printf '%s' "$out" | python3 -c '
import json, sys
u = json.load(sys.stdin)["udev"]
print(u["property"], u["value"] == u["now"], u["current"])')" "MDEV_COMPAT_FP_mem_1 True True" "info: the property is current"
policy 'accept same but { name any; }'
run "$MDEVCOMPAT" info $null/mdev_supported_types/mem-1
like "$err" "udev has MDEV_COMPAT_FP_mem_1=$before, as of its last event" "or older than what is in force"
event $null
run "$MDEVCOMPAT" info $null/mdev_supported_types/mem-1
unlike "$err" 'udev has' "until the next event"
policy 'attribute x : string from type "none"; accept same;'
event $null
run "$MDEVCOMPAT" info $null/mdev_supported_types/mem-1
is "$rc:$(echo "$err" | grep -c 'udev has')" 4:0 "unknown here and there"
policy 'accept same;'
run "$MDEVCOMPAT" info $null/mdev_supported_types/mem-1
like "$err" "udev has MDEV_COMPAT_FP_mem_1=unknown:missing-fact:x" "an older unknown"

# ---- no udevd

kill $udevd_pid
wait $udevd_pid 2>/dev/null
rm -f /run/udev/control
"$MDEVCOMPAT" watch >/dev/null 2>"$scratch/alone" &
watch_pid=$!
until_true grep -q following "$scratch/alone"
stop
like "$(cat "$scratch/alone")" 'no udevd is running' "without udevd that is said"
done_testing
