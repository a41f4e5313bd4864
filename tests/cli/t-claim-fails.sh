#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# claim --apply when something goes wrong half way: writes that fail, undoing that fails, interrupts, a device
# that goes or is another one, two at once. Nothing is half set without being undone or reported, and
# nothing is written before the verdict is known.
. "$top_srcdir/tests/lib.sh"
. "$top_srcdir/tests/cli/lib.sh"
command -v strace >/dev/null || skip_all "no strace"
plan 41

h=$scratch/host
host "$h"
parent=$h/sys/devices/pci0000:00/0000:00:02.0
uuid=c2177883-f1bb-47f0-914d-32a22e3a8804
dev=$parent/$uuid
src=$scratch/source.yaml
trace=$scratch/trace
# Leak reports of a program that is traced say nothing.
ASAN_OPTIONS=detect_leaks=0
export ASAN_OPTIONS

cat >"$h/etc/mdevcompat/policies/gvt.policy" <<'END'
language 1;
policy gvt {
	applies mdev-type driver i915;
	attribute a : int 0..9 from device "a" default 0 dynamic;
	attribute b : int 0..9 from device "b" default 0 dynamic;
	attribute c : set from device "c" default {} dynamic;
	accept same;
}
END
"$m" --root "$h" update >/dev/null || bail_out "no image"
printf 'driver: i915\ntype: i915-GVTg_V5_4\nattributes:\n  a: "5"\n  b: "6"\n  c: x y\n' >"$src"
fresh() {
	echo 1 >"$dev/a"
	echo 2 >"$dev/b"
	echo z >"$dev/c"
}
held() {
	echo "$(cat "$dev/a");$(cat "$dev/b");$(cat "$dev/c")"
}
# inject FILES WHAT: in the next run a write to these files of the device goes wrong
inject() {
	inject="-e inject=write:$2"
	for file in $1; do
		inject="$inject -P $dev/$file"
	done
}
# Whoever started the tests may ignore signals.
claim() {
	run env --default-signal=INT,TERM,HUP strace -qq -o "$trace" -e trace=write $inject "$m" --root "$h" claim --apply "$src" $uuid
	inject=
}
writes() { # of the last run, to files of the device: their texts
	sed -n 's/^write([0-9]*, "\([^"]*\)".*/\1/p' "$trace" | tr '\n' ' '
}
inject=

# ---- nothing goes wrong

fresh
inject "a b c" delay_enter=0
claim
is "$rc:$(held)" "0:5;6;x y" "all is set"
is "$(writes)" "5 6 x y " "each with one write, in the order of names"
inject "a b c" delay_enter=0
claim
is "$rc:$(writes)" "0:" "what is set already is not written again"

# ---- a write fails

fresh
inject b error=EBUSY:when=1
claim
is "$rc:$(held)" "5:1;2;z" "a driver that refuses, as when the device is in use: all is as before"
like "$err" "$uuid/b: Device or resource busy" "the file is named"
unlike "$err" 'could not be put back' "and nothing else is said"
fresh
inject "a b" error=EPERM:when=2
claim
is "$rc:$(held):$(writes)" "5:1;2;z:5 6 2 1 " "undone in the reverse order, with what was refused: who knows what the driver did"
fresh
inject b retval=0:when=1
claim
is "$rc:$(held)" "5:1;2;z" "a write of nothing"
fresh
inject c error=ENOSPC:when=1
claim
is "$rc:$(held)" "5:1;2;z" "the last one fails"

# ---- and undoing fails

fresh
inject "a b" error=EIO:when=2+2
claim
is "$rc:$(held)" "5:;2;z" "the one that can be is put back"
like "$err" "note: .*$uuid/a held '1' and could not be put back: Input/output error; now it holds ''" \
	"the other one is reported, with what it held and holds"
fresh
inject "a b" error=EIO:when=2+2
run strace -qq -o "$trace" -e trace=write $inject "$m" --root "$h" --json claim --apply "$src" $uuid
inject=
is "$(printf '%s' "$out" | json error message | sed 's/.*: //')" "Input/output error" "--json: what failed"
is "$(printf '%s' "$out" | json notes 0 code)" not-undone "and what was not undone"

# ---- interrupted

for signal in INT TERM HUP; do
	fresh
	inject a signal=SIG$signal:when=1
	claim
	is "$rc:$(held)" "5:1;2;z" "SIG$signal after the first write: undone"
	like "$err" 'interrupted before all was set' "and said"
done
fresh
inject c signal=SIGTERM:when=1
claim
is "$rc:$(held)" "0:5;6;x y" "after the last write all is set, and stays so"
fresh
inject a signal=SIGHUP:when=1
run sh -c 'trap "" HUP; exec "$@"' sh strace -qq -o "$trace" -e trace=write $inject \
	"$m" --root "$h" claim --apply "$src" $uuid
inject=
is "$rc:$(held)" "0:5;6;x y" "a signal that nohup ignores is ignored"
# Nobody reads what it says: the pipe is closed before it says it.
fresh
inject b error=EBUSY:when=1
mkfifo "$scratch/pipe"
(
	exec 3<>"$scratch/pipe" 4>"$scratch/pipe" 3<&-
	strace -qq -o "$trace" -e trace=write $inject "$m" --root "$h" claim --apply "$src" $uuid 2>&4
)
rc=$?
inject=
is "$rc:$(held)" "5:1;2;z" "nor does a closed pipe keep it from undoing"

# ---- somebody else meanwhile: stopped after the first write

# begin: in the background; it has written a and waits. resume: goes on, and $rc is what it says.
begin() {
	fresh
	strace -D -qq -o "$trace" -e trace=write -P "$dev/a" -e inject=write:signal=SIGSTOP:when=1 \
		"$m" --root "$h" claim --apply "$src" $uuid >"$scratch/out" 2>"$scratch/err" &
	pid=$!
	tries=0
	until grep -q '^State:.*[tT] (' /proc/$pid/status 2>/dev/null && [ "$(cat "$dev/a")" = 5 ]; do
		tries=$((tries + 1))
		[ $tries -lt 300 ] || bail_out "it does not stop"
		sleep 0.1
	done
}
resume() {
	kill -CONT $pid
	wait $pid
	rc=$?
	err=$(cat "$scratch/err")
}
begin
run "$m" --root "$h" claim --apply "$src" $uuid
is "$rc:$(held)" "5:5;2;z" "two at once: the second one sets nothing"
like "$err" 'another one is setting it' "and says why"
run "$m" --root "$h" --json claim --apply "$src" $uuid
is "$(printf '%s' "$out" | json error code)" busy "--json: the code"
run "$m" --root "$h" claim "$src" $uuid
is "$rc" 0 "what only asks is not held up"
resume
is "$rc:$(held)" "0:5;6;x y" "the first one goes on"
begin
echo 9 >"$dev/a"
resume
is "$rc:$(cat "$dev/b")" "5:2" "another one writes to the same file"
like "$err" "$uuid/a does not hold 5 after it was written" "which is noticed"
begin
mv "$dev" "$scratch/gone"
resume
is "$rc" 4 "the device goes"
like "$err" 'the device went away' "and that is said"
unlike "$err" 'could not be put back' "there is nothing to put back"
not_ok "and nothing comes back" test -e "$dev"
mv "$scratch/gone" "$dev"
begin
mv "$dev" "$scratch/gone"
cp -a "$scratch/gone" "$dev"
fresh
resume
is "$rc:$(held)" "4:1;2;z" "another device of the same name is not touched"
rm -r "$scratch/gone"

# ---- the verdict is from now

fresh
sed 's/_4$/_8/' "$src" >"$scratch/other.yaml"
run strace -qq -o "$trace" -e trace=write -P "$dev/a" -P "$dev/b" -P "$dev/c" \
	"$m" --root "$h" claim --apply "$scratch/other.yaml" $uuid
is "$rc:$(writes):$(held)" "1::1;2;z" "not compatible: not one write"
begin
sed 's/accept same;/accept same but { type any; a <= self; }/' "$h/etc/mdevcompat/policies/gvt.policy" >"$scratch/p" &&
	cp "$scratch/p" "$h/etc/mdevcompat/policies/gvt.policy"
"$m" --root "$h" update >/dev/null
resume
is "$rc" 0 "a policy that comes later is later"

# ---- sources of every form

fresh
"$m" --root "$h" update >/dev/null
cat >"$h/etc/mdevcompat/policies/gvt.policy" <<'END'
language 1;
policy gvt {
	applies mdev-type driver i915;
	attribute a : int 0..9 from device "a" default 0 dynamic;
	accept same;
}
END
"$m" --root "$h" update >/dev/null
other=$parent/11111111-0000-4000-8000-000000000000
cp -a "$dev" "$other"
ln -s "../../../devices/pci0000:00/0000:00:02.0/${other##*/}" "$h/sys/bus/mdev/devices/${other##*/}"
echo 7 >"$other/a"
for form in ${other##*/} "$other" "/sys/${other#"$h/sys/"}" "$("$m" --root "$h" info --descriptor ${other##*/})"; do
	fresh
	run "$m" --root "$h" claim --apply "$form" $uuid
	is "$rc:$(held)" "0:7;2;z" "a source as $(printf '%.20s' "$form")"
done
run "$m" --root "$h" claim --apply $uuid $uuid
is "$rc:$out:$(held)" "0::7;2;z" "a device and itself: nothing to set"

done_testing
