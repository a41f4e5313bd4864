# SPDX-License-Identifier: LGPL-2.1-or-later
# A part of bench/run: compiling 10,000 rules in five policies, next to `systemd-hwdb update` on as
# many bytes and `nft -c` on 10,000 flat rules; 50 policies; as many sibling rules as 1 MiB holds.
set -eu
. "$bench_src/bench/lib.sh"

compile() { # NAME POLICIES RULES -> milliseconds
	"$bench_src/bench/gen-policies" "$1.d" "$2" "$3" 0
	median_ms "$mdevcompat update --root $PWD/$1 --policies $PWD/$1.d --no-trigger" \
		"rm -rf $PWD/$1; mkdir -p $PWD/$1/etc"
}

ours=$(compile five 5 10000)
bytes=$(cat five.d/*.policy | wc -c)
fifty=$(compile fifty 50 100000)

# hwdb: blocks of one match and seven properties, as many bytes.
mkdir -p "$PWD/hwdb/etc/udev/hwdb.d"
awk -v want="$bytes" 'BEGIN { for (i = 0; n < want; i++) {
	s = sprintf("mdev:nvidia:type%d*\n", i); for (k = 0; k < 7; k++) s = s sprintf(" PROPERTY_%d=value-%d-%d\n", k, i, k)
	s = s "\n"; n += length(s); printf "%s", s } }' >"$PWD/hwdb/etc/udev/hwdb.d/10-bench.hwdb"
hwdb_bytes=$(wc -c <"$PWD/hwdb/etc/udev/hwdb.d/10-bench.hwdb")
hwdb=$(median_ms "systemd-hwdb update --root $PWD/hwdb" "rm -f $PWD/hwdb/etc/udev/hwdb.bin")

awk 'BEGIN { print "table ip t { chain c {"; for (i = 0; i < 10000; i++)
	printf "ip saddr 10.%d.%d.1 ip daddr 10.%d.%d.2 tcp dport %d tcp sport %d accept\n", i / 250, i % 250, i % 250, i / 250, i % 60000 + 1, (i * 7) % 60000 + 1
	print "}\n}" }' >"$PWD/flat.nft"
nft=$(median_ms "unshare -n nft -c -f $PWD/flat.nft" "true")

figure "10,000 rules in 5 policies, $bytes bytes" "$ours" ms
figure "systemd-hwdb update, $hwdb_bytes bytes" "$hwdb" ms
figure "nft -c, 10,000 flat rules" "$nft" ms
figure "bytes per second against hwdb" "$(ratio "$hwdb" "$ours")" times ">=" 1.5
figure "rules per second against nft" "$(ratio "$nft" "$ours")" times ">=" 10
echo "# in the way: hwdb reads no grammar and checks nothing. Here a third of the time is scanning and parsing, a"
echo "# fifth checks, a sixth encoding and reading back what was encoded, a quarter the kernel (memory, the file)"
figure "100,000 rules in 50 policies" "$fifty" ms
figure "the same against ten times the first" "$(echo "$fifty $ours" | awk '{ printf "%.2f", $1 / $2 / 10 }')" \
	times "<=" 1.18

# As many sibling rules as a file holds.
mkdir -p "$PWD/one.d"
awk 'BEGIN { s = "language 1;\npolicy one {\n\tapplies mdev-type driver one;\n"; printf "%s", s; n = length(s)
	for (i = 0; ; i++) { s = sprintf("rule r%d { when type == one-%d; accept same; }\n", i, i)
		if (n + length(s) + 2 > 1048576) break; n += length(s); printf "%s", s }
	print "}" }' >"$PWD/one.d/one.policy"
rules=$(grep -c '^rule' "$PWD/one.d/one.policy")
one=$(median_ms "$mdevcompat update --root $PWD/one --policies $PWD/one.d --no-trigger" \
	"rm -rf $PWD/one; mkdir -p $PWD/one/etc")
figure "$rules sibling rules in one file of 1 MiB" "$one" ms
