#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Compiling 10,000 rules in five policies, against `systemd-hwdb update` on as many bytes and
# `nft -c` on 10,000 flat rules; linear to 50 policies; as many sibling rules as 1 MiB holds.
# Goals: 1.5 times the bytes per second of hwdb, 10 times the rules per second of nft.
set -eu
. "$BENCH_DIR/lib.sh"

compile() { # NAME POLICIES RULES -> milliseconds
	"$BENCH_DIR/gen-policies" "$SCRATCH/$1.d" "$2" "$3" 0
	median_ms "$MDEVCOMPAT update --root $SCRATCH/$1 --policies $SCRATCH/$1.d --no-trigger" \
		"rm -rf $SCRATCH/$1; mkdir -p $SCRATCH/$1/etc"
}

ours=$(compile five 5 10000)
bytes=$(cat "$SCRATCH"/five.d/*.policy | wc -c)
fifty=$(compile fifty 50 100000)

# hwdb: blocks of one match and seven properties, as many bytes.
mkdir -p "$SCRATCH/hwdb/etc/udev/hwdb.d"
awk -v want="$bytes" 'BEGIN { for (i = 0; n < want; i++) {
	s = sprintf("mdev:nvidia:type%d*\n", i); for (k = 0; k < 7; k++) s = s sprintf(" PROPERTY_%d=value-%d-%d\n", k, i, k)
	s = s "\n"; n += length(s); printf "%s", s } }' >"$SCRATCH/hwdb/etc/udev/hwdb.d/10-bench.hwdb"
hwdb_bytes=$(wc -c <"$SCRATCH/hwdb/etc/udev/hwdb.d/10-bench.hwdb")
hwdb=$(median_ms "systemd-hwdb update --root $SCRATCH/hwdb" "rm -f $SCRATCH/hwdb/etc/udev/hwdb.bin")

awk 'BEGIN { print "table ip t { chain c {"; for (i = 0; i < 10000; i++)
	printf "ip saddr 10.%d.%d.1 ip daddr 10.%d.%d.2 tcp dport %d tcp sport %d accept\n", i / 250, i % 250, i % 250, i / 250, i % 60000 + 1, (i * 7) % 60000 + 1
	print "} }" }' >"$SCRATCH/flat.nft"
nft=$(median_ms "unshare -n nft -c -f $SCRATCH/flat.nft" "true")

row "compile: 10,000 rules, $bytes bytes" "$ours ms" "systemd-hwdb update, $hwdb_bytes bytes: $hwdb ms" ""
r=$(echo "$hwdb $ours" | awk '{ printf "%.2f", $1 / $2 }')
row "compile: bytes per second against hwdb" "ratio $r" "goal 1.50" "$(atleast "$r" 1.5)"
r=$(echo "$nft $ours" | awk '{ printf "%.2f", $1 / $2 }')
row "compile: rules per second against nft -c ($nft ms)" "ratio $r" "goal 10" "$(atleast "$r" 10)"
r=$(echo "$fifty $ours" | awk '{ printf "%.2f", $1 / $2 / 10 }')
row "compile: 100,000 rules in 50 policies" "$fifty ms" "ratio to ten times the first $r, linear up to 1.18" \
	"$(within "$r" 1.18)"

# As many sibling rules as a file holds.
mkdir -p "$SCRATCH/one.d"
awk 'BEGIN { s = "language 1;\npolicy one {\n\tapplies mdev-type driver one;\n"; printf "%s", s; n = length(s)
	for (i = 0; ; i++) { s = sprintf("rule r%d { when type == one-%d; accept same; }\n", i, i)
		if (n + length(s) + 2 > 1048576) break; n += length(s); printf "%s", s }
	print "}" }' >"$SCRATCH/one.d/one.policy"
rules=$(grep -c '^rule' "$SCRATCH/one.d/one.policy")
one=$(median_ms "$MDEVCOMPAT update --root $SCRATCH/one --policies $SCRATCH/one.d --no-trigger" \
	"rm -rf $SCRATCH/one; mkdir -p $SCRATCH/one/etc")
row "compile: $rules sibling rules in one file of 1 MiB" "$one ms" "" ""
