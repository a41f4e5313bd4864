# SPDX-License-Identifier: LGPL-2.1-or-later
# A part of bench/run: one device against an image of 50 policies with 10,000 rules, 1,000 of them
# for its driver, and against one policy of 10 rules.
set -eu
. "$bench_src/bench/lib.sh"

make_image() { # NAME POLICIES RULES BIG
	"$bench_src/bench/gen-policies" "$1.d" "$2" "$3" "$4"
	mkdir -p "$1/etc"
	"$mdevcompat" update --root "$PWD/$1" --policies "$PWD/$1.d" --no-trigger >/dev/null
}

bench_cc bench-engine "$bench_src/bench/bench-engine.c" engine/eval/.libs/libeval.a \
	engine/image/.libs/libimage.a engine/diagram/.libs/libdiagram.a \
	engine/version/.libs/libversion.a engine/base/.libs/libbase.a -lmd
make_image large 50 10000 1000
make_image small 1 10 10
# shellcheck disable=SC2046
set -- $(./bench-engine large/etc/mdevcompat/policies.bin big-500)
large=$1 bare=$2 descriptor=$3 pages=$4 files=$5
# shellcheck disable=SC2046
set -- $(./bench-engine small/etc/mdevcompat/policies.bin big-3)
figure "10,000 rules: open to fingerprint" "$large" us "<=" 25
figure "10,000 rules: the same without texts and hashes" "$bare" us "<=" 10
figure "  of that open, read and close alone" "$files" us
if awk -v v="$bare" 'BEGIN { exit !(v > 10) }'; then
	echo "# in the way of 10 us: those calls, the pages' sums, and that all is checked before it is used"
fi
figure "one policy of 10 rules: open to fingerprint" "$1" us
figure "10,000 rules against 10" "$(ratio "$large" "$1")" times "<=" 1.20
figure "length of the descriptor" "$descriptor" bytes "<=" 512
figure "pages of the image that were read" "$pages" pages
echo "# thread CPU time; open, three reads and close are in it"
