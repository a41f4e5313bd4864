#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# One device against an image of 50 policies with 10,000 rules, 1,000 of them for its driver, and
# against one policy of 10 rules. Goals: 25 us in all and 10 without texts and hashes; the large
# image within 20 % of the small one.
set -eu
. "$BENCH_DIR/lib.sh"

make_image() { # NAME POLICIES RULES BIG
	"$BENCH_DIR/gen-policies" "$SCRATCH/$1.d" "$2" "$3" "$4"
	mkdir -p "$SCRATCH/$1/etc"
	"$MDEVCOMPAT" update --root "$SCRATCH/$1" --policies "$SCRATCH/$1.d" --no-trigger >/dev/null
}

bench_cc bench-engine "$BENCH_DIR/bench-engine.c" engine/eval/.libs/libeval.a engine/image/.libs/libimage.a \
	engine/diagram/.libs/libdiagram.a engine/version/.libs/libversion.a engine/base/.libs/libbase.a -lmd
make_image large 50 10000 1000
make_image small 1 10 10
# shellcheck disable=SC2046
set -- $("$SCRATCH/bench-engine" "$SCRATCH/large/etc/mdevcompat/policies.bin" big-500)
large=$1 bare=$2 descriptor=$3 pages=$4
# shellcheck disable=SC2046
set -- $("$SCRATCH/bench-engine" "$SCRATCH/small/etc/mdevcompat/policies.bin" big-3)
small=$1
row "engine: open to fingerprint, 10,000 rules" "$large us" "goal 25 us" "$(within "$large" 25)"
row "engine: the same without texts and hashes" "$bare us" "goal 10 us" "$(within "$bare" 10)"
row "engine: against one policy of 10 rules" "$small us" "ratio $(ratio "$large" "$small"), goal 1.20" \
	"$(within "$(ratio "$large" "$small")" 1.20)"
row "engine: descriptor and pages read" "$descriptor bytes, $pages pages" "goal 512 bytes" \
	"$(within "$descriptor" 512)"
