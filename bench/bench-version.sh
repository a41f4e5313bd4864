# SPDX-License-Identifier: LGPL-2.1-or-later
# A part of bench/run: versions against ranges, next to libapt-pkg and libsolv.
set -eu

include="-I$bench_src -I$bench_src/bench"
objects=bench-version.o
libraries=
have=
# peer NAME PACKAGE COMPILER SOURCE LIBRARY...
peer() {
	name=$1
	package=$2
	compiler=$3
	source=$4
	shift 4
	# shellcheck disable=SC2086
	if $compiler -O2 $include -c "$bench_src/bench/$source" -o "$name.o" 2>"$name.log"; then
		objects="$objects $name.o"
		libraries="$libraries $*"
		have="$have -DHAVE_$name"
	else
		printf '# without %s: it does not compile here\n' "$package"
		head -n 3 "$name.log" >&2
	fi
}
peer APT libapt-pkg-dev c++ bench-version-apt.cc -lapt-pkg
peer SOLV libsolv-dev cc bench-version-solv.c -lsolv

# shellcheck disable=SC2086
cc -std=gnu11 -D_GNU_SOURCE -O2 $include $have -c "$bench_src/bench/bench-version.c" -o bench-version.o
# shellcheck disable=SC2086
c++ $objects "$bench_build/engine/version/.libs/libversion.a" "$bench_build/engine/base/.libs/libbase.a" \
	$libraries -o bench-version
./bench-version
