#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The fuzz targets, briefly: as this build has them, over seeds and changed copies of them; and
# where clang is there, as libFuzzer drives them, with the sanitizers. Long runs: HACKING.md.
. "$top_srcdir/tests/lib.sh"
plan 21

seeds=$scratch/seeds
mkdir "$seeds" "$scratch/adapter" "$scratch/corpus-adapter" "$scratch/corpus" "$scratch/corpus-policy" "$scratch/policies"
ok "seeds for the image's reader" "$top_builddir/tests/fuzz/seeds-image" "$seeds" 12
run "$top_builddir/tests/fuzz/replay-image" -n 100 "$seeds"/*
is "$rc $out" "0 2424 inputs" "the image's reader takes seeds and changed ones"

for file in "$top_srcdir"/tests/grammar/good/*.policy "$top_srcdir"/tests/grammar/bad/*.policy; do
	cp "$file" "$scratch/policies/$(basename "$(dirname "$file")")-${file##*/}"
done
run "$top_builddir/tests/fuzz/replay-policy" -n 30 "$scratch"/policies/*
is "$rc $(echo "$out" | grep -c inputs)" "0 1" "the compiler takes samples and changed ones"

# Every interface with every text, as the postings have them.
python3 - "$scratch/adapter" <<'END'
import sys
texts = ["2.1.3\n\xff2.0.2-2.0.4,2.1.0-\n", "vfio-pci\xff2.0.1,x y\n", "1.0.0\n\xff0x1a\n",
    "SELF:\n\ta=1\n\tb=\"x\"\nCOMPATIBLE:\n\ta={v:int:1,2,4}/2\n\tb={w:string:\"x\",\"\"} # c\nCOMPATIBLE:\n\ta=x{v:int:1}y\n",
    "x=1 speaks=migration-files\n\xfftype=a mdev_type=b driver=c device_driver=d kind=e device_kind=f speaks_of=g\n",
    "a=1 type=t\n\xfftype=t{v:int:2,4}\na={v}*3/2\n\nb=\"\"\n", "t_{v:int:1,2}",
    '{"self": [{"a": "1", "driver": 2}], "compatible": [{"a": "{v:int:1,2}", "b": "{v}/2"}, {"c": "\\u0041"}]}',
    '{"models": {"m": {"params": {"p": {"type": "int", "allowed_values": [1, "2-9"], "off_value": 0, "init_value": 3},'
    '"q": {"type": "bool", "allowed_values": [true], "off_value": false}, "r": {"type": "str", "allowed_values": "w"}}}}}\xff1']
for n, text in enumerate(texts):
    for how in range(256):
        with open("%s/%d-%d" % (sys.argv[1], n, how), "wb") as f:
            f.write(bytes([how]) + text.encode("latin-1"))
END
run "$top_builddir/tests/fuzz/replay-adapter" -n 10 "$scratch"/adapter/*
is "$rc $out" "0 25344 inputs" "the adapters take samples and changed ones"

# Golden descriptors, two at a time.
mkdir "$scratch/descriptors" "$scratch/corpus-descriptor"
awk -v folder="$scratch/descriptors" '/^mdc1:/ { print last "\n" $0 >(folder "/" n++); last = $0 }' \
	"$top_srcdir/tests/language/golden.table"
run "$top_builddir/tests/fuzz/replay-descriptor" -n 500 "$scratch"/descriptors/*
is "$rc $(echo "$out" | grep -c inputs)" "0 1" "the reader of descriptors takes golden and changed ones"

mkdir "$scratch/site" "$scratch/corpus-site"
cp "$top_srcdir"/tests/cli/bad/site-*.yaml "$scratch/site"
cat >"$scratch/site/good.yaml" <<'END'
host:
  nvidia.ecc: on
  note: 'it''s "x"'
driver: {i915: {gvt.low-memory: 512M, empty: ""}}
address:
  0000:41:00.0:
    nvidia.ecc: off   # of this card
END
run "$top_builddir/tests/fuzz/replay-site" -n 300 "$scratch"/site/*
is "$rc $(echo "$out" | grep -c inputs)" "0 1" "the reader of site files takes samples and changed ones"

if ! command -v clang >/dev/null; then
	skip 15 "no clang"
	done_testing
fi
cd "$top_srcdir" || bail_out "no sources"

# fuzz NAME LIBS CORPUS...: builds a target and lets libFuzzer drive it for a while.
fuzz() {
	name=$1
	libs=$2
	shift 2
	sources=$(make -s --no-print-directory -C "$top_builddir" "print-fuzz-$name-sources")
	# shellcheck disable=SC2086
	ok "$name is built with libFuzzer" clang -g -O1 -w -std=gnu11 -D_GNU_SOURCE -I. \
		-I"$top_builddir" -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
		-o "$scratch/fuzz-$name" $sources $libs
	run "$scratch/fuzz-$name" -runs=4000 -max_total_time=30 -max_len=65536 -timeout=10 -seed=1 \
		-artifact_prefix="$scratch/" "$@"
	is "$rc" 0 "and finds nothing in a short run" ||
		printf '%s\n' "$err" | tail -n 40 | sed 's/^/# /'
	ok "it did run" sh -c \
		'test "$(printf "%s\n" "$1" | sed -n "s/^Done \([0-9]*\) runs.*/\1/p")" -gt 100' - "$err"
}

fuzz image -lmd "$scratch/corpus" "$seeds"
fuzz policy -lmd "$scratch/corpus-policy" "$scratch/policies"
fuzz adapter -lmd "$scratch/corpus-adapter" "$scratch/adapter"
fuzz descriptor -lmd "$scratch/corpus-descriptor" "$scratch/descriptors"
fuzz site "-lmd -lyaml" "$scratch/corpus-site" "$scratch/site"
done_testing
