#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What an operator meets on a bad day: descriptors that are closed or full, files that cannot be read or are
# no files, a full disk, no /run, no /sys, an image of another kind. Each is said, with the file it is about
# and an exit status; none grants, and no image is lost. Kills: t-crash.sh; broken policies: t-update.sh.
. "$top_srcdir/tests/lib.sh"
. "$top_srcdir/tests/cli/lib.sh"
plan 80

h=$scratch/host
full_host "$h"
chmod 755 "$scratch"
M="$m --root $h"
image=$h/etc/mdevcompat/policies.bin
policies=$h/etc/mdevcompat/policies
type=mtty/mtty-1
$M update >/dev/null || bail_out "no image"
cp "$image" "$scratch/good.bin"
good=$(sha256sum <"$image")
sum() {
	sha256sum <"$image"
}
d=$($M info --descriptor $type)
if [ "$(id -u)" = 0 ]; then
	as="setpriv --reuid 65534 --regid 65534 --clear-groups"
	# The build may lie where nobody else can go.
	cp "$m" "$scratch/mdevcompat" && chmod 755 "$scratch/mdevcompat"
	if $as "$m" --version >/dev/null 2>&1; then other=$m; else other=$scratch/mdevcompat; fi
else
	as= other=$m
fi
O="$as $other --root $h"

# ---- standard output is full, or closed: every verb says so

cd "$scratch" || exit 99
p=$policies/90-mtty.policy
while read -r verb; do
	# shellcheck disable=SC2086
	"$m" $verb </dev/null >/dev/full 2>err
	full=$?
	# shellcheck disable=SC2086
	"$m" --json $verb </dev/null >/dev/full 2>>err
	json=$?
	# shellcheck disable=SC2086
	"$m" $verb </dev/null >&- 2>>err
	closed=$?
	is "$full $json $closed $(grep -c 'cannot write the output' err)" "5 5 5 3" "cannot write: ${verb%% *} ${verb##* }"
done <<END
check --expand $p
check --tests $policies --root $h
fmt $p
cat --root $h
dump --root $h
prove $p
diff $p $policies/50-nvidia-vgpu.policy
range normal 2.1+
range subset 2.* 2.1+
update --root $h
update --dry-run --root $h
status --root $h
list --root $h
info --root $h $type
info --root $h --descriptor $type
match $d $d
explain $d $d
help check
--help
--version
END
is "$(echo "$d" | $M accepts $type 2>/dev/null >/dev/full; echo $?)" 5 "cannot write: accepts"

# What is printed never ends in another file: the next one that is opened has the lowest free number.
closed() { # DESCRIPTOR...: update, with these closed
	rm -f "$image" "$h/run/mdevcompat/update.lock"
	sh -c 'm=$1; shift; close=; for fd; do close="$close $fd>&-"; done; eval "exec \"\$m\" --root \"\$h\" update $close"' \
		sh "$m" "$@" >/dev/null 2>&1
	rc=$?
}
export h
for fds in 0 1 2 "0 1" "1 2" "0 1 2"; do
	# shellcheck disable=SC2086
	closed $fds
	case $fds in *1*) want=5 ;; *) want=0 ;; esac
	is "$rc:$(sum):$(cat "$h/run/mdevcompat/update.lock")" "$want:$good:" "closed at the start: $fds"
done
echo 'language 1; policy x { applies mdev-type driver x; accept sme; }' >"$policies/x.policy"
closed 2
is "$rc:$(ls "$image" 2>/dev/null):$(cat "$h/run/mdevcompat/update.lock")" "3::" "closed, with something to say"
rm "$policies/x.policy"
cp "$scratch/good.bin" "$image"
run sh -c '"$1" --root "$2" accepts "$3" <&-' sh "$m" "$h" $type
is "$rc:$err" "5:mdevcompat: standard input: Bad file descriptor" "no standard input where there should be one"

# ---- the environment

is "$(env -i "$m" --root "$h" list | sha256sum)" "$($M list | sha256sum)" "no HOME, no PATH, nothing"
for lang in tr_TR.UTF-8 xx_YY.nothing C.UTF-8 ''; do
	run env -i LANG="$lang" LC_ALL="$lang" HOME=/nowhere COLUMNS=none TERM= "$m" --root "$h" match $type $type
	is "$rc:$(printf '%s\n' "$out" | head -n 1)" 0:compatible "LANG=$lang"
done

# ---- files that are none, and those that nobody may read

: >"$scratch/empty.policy"
exits 3 "an empty policy" $M check "$scratch/empty.policy"
exits 5 "a device where a policy should be" timeout 20 "$m" check /dev/zero
exits 5 "no such file" $M check "$scratch/nowhere.policy"
exits 5 "no such root" "$m" --root "$scratch/nowhere" list
exits 5 "a file as the root" "$m" --root "$scratch/empty.policy" list
exits 5 "a file as a folder of policies" $M --policies "$scratch/empty.policy" list
exits 2 "an empty root" "$m" --root '' list
chmod 000 "$p"
if [ "$(id -u)" = 0 ] || [ ! -r "$p" ]; then
	run $O status
	is "$rc" 3 "a policy that one may not read: status is red"
	like "$err" "^$p: error: Permission denied" "and names it"
	run $O match $type $type
	is "$rc:$(printf '%s\n' "$out" | head -n 1)" 0:compatible "the image answers"
	like "$err" "$p cannot be used as it is now" "what could not be compared is not called changed"
fi
chmod 644 "$p"
chmod 000 "$policies"
run $O status
is "$rc:$err" "5:mdevcompat: $policies: Permission denied" "a folder that one may not read"
run $O --json match $type $type
is "$rc:$(printf '%s' "$out" | json verdict 2>&1)" 0:compatible "--json: the verdict is not lost over it"
is "$(printf '%s' "$out" | json notes 0 code)" image-not-compared "but that is said"
run $O match $type $type
like "$err" "note: nobody knows whether the image is as on disk: $policies: Permission denied" "also for people"
chmod 755 "$policies"

# ---- an image that is none

# says_so WORD NAME: nothing is granted, the reason has its word, and update mends it
says_so() {
	run timeout 20 $M match $type $type
	is "$rc:$(printf '%s\n' "$out" | head -n 1)" 4:unknown "$2: unknown"
	like "$out" "$1" "$2: why"
	run timeout 20 $M update
	is "$rc:$(sum)" "0:$good" "$2: update makes a new one"
}
printf '\002' | dd of="$image" bs=1 seek=8 conv=notrunc 2>/dev/null
says_so image-version "an older image"
: >"$image"
says_so image-damaged "an empty one"
head -c 5000 "$scratch/good.bin" >"$image"
says_so image-damaged "a part of one"
rm "$image"
mkfifo "$image"
says_so image-damaged "a fifo"
rm "$image"
ln -s /dev/zero "$image"
says_so image-damaged "a device"
rm "$image"
mkdir "$image"
run $M match $type $type
is "$rc" 4 "a folder: unknown"
run $M update
is "$rc:$err" "5:mdevcompat: $image: Is a directory" "a folder stays, and is said to be one"
rmdir "$image"
cp "$scratch/good.bin" "$image"
chmod 600 "$image"
run $O match $type $type
is "$rc:$out" "5:" "an image that one may not read"
chmod 644 "$image"
run $O update
is "$rc" 5 "who may not update"
is "$(sum)" "$good" "does not"

# ---- folders that are not there

rm -rf "$h/run"
exits 0 "no /run" $M update
rm -rf "$h/run"
ln -s /nowhere "$h/run"
run $M update
is "$rc:$err" "5:mdevcompat: $h/run/mdevcompat: No such file or directory" "a /run that is a link to nothing"
rm "$h/run"
mv "$h/sys" "$scratch/sys"
exits 0 "no /sys: update" $M update
exits 0 "status" $M status
run $M list
is "$rc:$err" "5:mdevcompat: $h/sys: No such file or directory" "list"
mkdir "$h/sys"
run $M list
is "$rc" 0 "an empty /sys"
like "$err" 'no mdev parent and no vfio device' "is said to have nothing"
rmdir "$h/sys"
mv "$scratch/sys" "$h/sys"

# ---- a full disk, and too many files

if [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null; then
	echo 'language 1; policy x { applies mdev-type driver x; accept same; }' >"$policies/x.policy"
	run unshare -m --propagation private sh -c '
		mount -t tmpfs -o size=128k,mode=755 none "$2/etc/mdevcompat" &&
		mkdir "$2/etc/mdevcompat/policies" && cp "$3"/*.bin "$2/etc/mdevcompat/policies.bin" &&
		echo "language 1; policy x { applies mdev-type driver x; accept same; }" >"$2/etc/mdevcompat/policies/x.policy"
		cat /dev/zero >"$2/etc/mdevcompat/fill" 2>/dev/null
		"$1" --root "$2" update
		rc=$?
		cmp "$2/etc/mdevcompat/policies.bin" "$3/good.bin" && ls -A "$2/etc/mdevcompat" | tr "\n" " "
		exit $rc' sh "$m" "$h" "$scratch"
	is "$rc:$out" "5:fill policies policies.bin " "a full disk: the old image, and nothing half made"
	like "$err" 'policies.bin: No space left on device' "and why"
	rm "$policies/x.policy"
else
	skip 2 "needs root, for a disk of its own"
fi
mkdir "$scratch/many"
for i in $(seq 4096); do
	echo "language 1;" >"$scratch/many/$i.policy"
done
run $M --policies "$scratch/many" list
is "$rc:$(printf '%s\n' "$err" | grep -c 'more than')" 3:0 "4096 files are as good as what they say"
: >"$scratch/many/one.policy"
run $M --policies "$scratch/many" list
is "$rc:$err" "3:mdevcompat: more than 4096 policy files" "one more is too many"

done_testing
