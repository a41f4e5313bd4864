#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The fuzz targets, briefly: as this build has them, over seeds and changed copies of them; and
# where clang is there, as libFuzzer drives them, with the sanitizers. Long runs: HACKING.md.
. "$top_srcdir/tests/lib.sh"
plan 5

seeds=$scratch/seeds
mkdir "$seeds" "$scratch/corpus"
ok "seeds for the image's reader" "$top_builddir/tests/fuzz/seeds-image" "$seeds" 12
run "$top_builddir/tests/fuzz/replay-image" -n 100 "$seeds"/*
is "$rc $out" "0 2424 inputs" "the image's reader takes seeds and changed ones"

if ! command -v clang >/dev/null; then
	skip 3 "no clang"
	done_testing
fi
sources=$(make -s --no-print-directory -C "$top_builddir" print-fuzz-image-sources)
cd "$top_srcdir" || bail_out "no sources"
ok "it is built with libFuzzer" clang -g -O1 -w -std=gnu11 -D_GNU_SOURCE -I. \
	-fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
	-o "$scratch/fuzz-image" $sources -lmd
run "$scratch/fuzz-image" -runs=4000 -max_total_time=30 -max_len=65536 -timeout=10 -seed=1 \
	-artifact_prefix="$scratch/" "$scratch/corpus" "$seeds"
is "$rc" 0 "and finds nothing in a short run" ||
	printf '%s\n' "$err" | tail -n 40 | sed 's/^/# /'
ok "it did run" sh -c 'test "$(printf "%s\n" "$1" | sed -n "s/^Done \([0-9]*\) runs.*/\1/p")" -gt 100' - "$err"
done_testing
