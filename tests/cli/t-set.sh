#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Which policy files count: directories, order, masks, names, owners and modes; overlaps, fallbacks
# and narrowing policies.
. "$top_srcdir/tests/lib.sh"
. "$top_srcdir/tests/cli/lib.sh"
plan 50

root=$scratch/root
etc=$root/etc/mdevcompat/policies
run_=$root/run/mdevcompat/policies
local_=$root/usr/local/lib/mdevcompat/policies
usr=$root/usr/lib/mdevcompat/policies

fresh() {
	rm -rf "$root"
	host "$root"
}
update() {
	run "$m" --root "$root" update "$@"
}

# ---- order, masks, names

fresh
policy "$usr/10-a.policy" usr-a da
policy "$usr/20-b.policy" usr-b db
policy "$local_/20-b.policy" local-b db
policy "$local_/15-c.policy" local-c dc
policy "$run_/20-b.policy" run-b db
policy "$etc/20-b.policy" etc-b db
policy "$etc/30-d.policy" etc-d dd
policy "$usr/40-e.policy" usr-e de
ln -s /dev/null "$run_/40-e.policy"
update
is "$rc" 0 "four directories compile" || diag "$err"
is "$(states "$root")" "usr/lib/10-a.policy ok
usr/local/lib/15-c.policy ok
etc/20-b.policy ok
run/20-b.policy overridden
usr/local/lib/20-b.policy overridden
usr/lib/20-b.policy overridden
etc/30-d.policy ok
run/40-e.policy masked
usr/lib/40-e.policy overridden" "sorted by name over all, the first directory counts, /dev/null masks" ||
	:
is "$(drivers "$root")" "da ok 10-a.policy
db ok 20-b.policy
dc ok 15-c.policy
dd ok 30-d.policy" "a masked driver has no policy"
run "$m" --root "$root" cat
is "$(printf '%s\n' "$out" | grep '^# /' | sed "s|$root||g" | tail -n 3)" \
	"# /etc/mdevcompat/policies/30-d.policy: in effect
# /run/mdevcompat/policies/40-e.policy: masked: a link to /dev/null, so no file of this name is in effect
# /usr/lib/mdevcompat/policies/40-e.policy: masked by /run/mdevcompat/policies/40-e.policy" \
	"cat says so"
like "$out" 'policy etc-b' "cat prints the winner"
unlike "$out" 'policy run-b' "and no loser"

fresh
policy "$etc/50-good.policy" good dgood
for name in .50-hidden.policy 50-x.policy~ .50-x.policy.swp 50-x.policy.dpkg-old 50-x.policy.rpmnew \
	'#50-x.policy#' 4913 50-x.conf policy .policy; do
	echo 'this is no policy' >"$etc/$name"
done
mkdir "$etc/50-dir"
update
is "$rc" 0 "leftovers of editors and packagers do not count"
is "$(states "$root")" "etc/50-good.policy ok" "they are not even mentioned"

fresh
update
is "$rc" 0 "no policy at all"
rm -rf "$root/etc/mdevcompat"
update
is "$rc" 0 "no directory at all"
ok "the image is made all the same" test -e "$root/etc/mdevcompat/policies.bin"

# ---- bounds

fresh
i=1000
while [ $i -lt 5096 ]; do
	echo "language 1; policy p$i { applies mdev-type driver d$i; accept same; }" >"$etc/$i.policy"
	i=$((i + 1))
done
update
is "$rc" 0 "4096 files" || diag "$err"
is "$("$m" --root "$root" --json status | json drivers | tr '{' '\n' | grep -c '"ok"')" 4096 "each of them answers"
policy "$usr/9.policy" one too-many
update
is "$rc" 3 "4097 files are too many"
like "$err" 'more than 4096' "and it says so"
dirs=
i=0
while [ $i -lt 16 ]; do
	dirs="$dirs --policies $usr"
	i=$((i + 1))
done
exits 0 "16 times --policies" "$m" $dirs check
exits 2 "17 times are too many" "$m" $dirs --policies "$usr" check
rm -rf "$root"

# ---- who may own what

# refused WHAT: the file bad.policy is refused, the message says $1, nothing was changed.
refused() {
	update
	is "$rc" 3 "$2: exit 3"
	said=$err
	like "$err" "$1" "$2: says why"
	not_ok "$2: no image" test -e "$root/etc/mdevcompat/policies.bin"
}
bad() {
	fresh
	policy "$etc/10-good.policy" good dgood
	policy "$etc/20-bad.policy" bad dbad
}

bad; chmod g+w "$etc/20-bad.policy"
refused '20-bad.policy is writable by others' "group-writable file"
like "$said" "chmod go-w $etc/20-bad.policy" "with the command that mends it"
bad; chmod o+w "$etc/20-bad.policy"
refused '20-bad.policy is writable by others' "world-writable file"
bad; chmod g+w "$etc"
refused 'policies is writable by others' "group-writable directory"
bad; chmod o+w "$root/etc"
refused '/etc is writable by others' "world-writable directory above"
bad; rm "$etc/20-bad.policy"; mkfifo "$etc/20-bad.policy"
refused 'not a regular file' "fifo (and does not wait)"
bad; rm "$etc/20-bad.policy"; ln -s nowhere "$etc/20-bad.policy"
refused 'symbolic link' "dangling link"
bad; mv "$etc/20-bad.policy" "$root/elsewhere"; ln -s "$root/elsewhere" "$etc/20-bad.policy"
refused 'symbolic link' "link to a good policy"
bad; rm "$etc/20-bad.policy"; mkdir "$etc/20-bad.policy"
refused 'not a regular file' "directory"
if [ "$(id -u)" = 0 ]; then
	bad; chown 4242 "$etc/20-bad.policy"
	refused 'belongs neither to root nor to the caller' "somebody else's file"
	bad; chown 4242 "$etc"
	refused 'belongs neither to root nor to the caller' "somebody else's directory"
	# The same under --policies.
	run "$m" --policies "$etc" check
	is "$rc" 3 "somebody else's --policies: exit 3"
	chmod 755 "$scratch" "$root"
	chown -R 4242 "$root/etc"
	run setpriv --reuid=4242 --clear-groups "$m" --policies "$etc" check
	is "$rc" 0 "the caller may own what --policies names" || diag "$err"
else
	skip 8 "only root can give files away"
fi

done_testing
