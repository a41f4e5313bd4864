# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh
# What the parts of the benchmark share. bench/run sets bench_src and bench_build and starts each
# part in an empty folder of its own.
mdevcompat=$bench_build/mdevcompat

# figure NAME VALUE UNIT [OP GOAL]
figure() {
	name=$1
	shift
	printf '%s' "$name"
	printf '\t%s' "$@"
	printf '\n'
}

ratio() { # A B -> A / B
	echo "$1 $2" | awk '{ printf "%.2f", $1 / $2 }'
}

# median_us COMMAND: whole process, in microseconds, without a shell between.
median_us() {
	hyperfine -N --style none --warmup 20 --runs 300 --export-csv h.csv "$1" >/dev/null 2>&1
	awk -F, 'END { printf "%.0f", $(NF - 4) * 1e6 }' h.csv
}

# median_ms COMMAND PREPARE: the same in milliseconds, PREPARE before each run.
median_ms() {
	hyperfine -N --style none --warmup 1 --runs 7 --prepare "sh -c '$2'" --export-csv h.csv "$1" >/dev/null 2>&1
	awk -F, 'END { printf "%.1f", $(NF - 4) * 1e3 }' h.csv
}

# bench_cc NAME SOURCE OBJECTS...: builds one program against the finished build tree.
bench_cc() {
	bench_out=$PWD/$1 bench_source=$2
	shift 2
	(cd "$bench_build" && cc -O2 -std=gnu11 -D_GNU_SOURCE -I"$bench_src" -I. -o "$bench_out" "$bench_source" "$@")
}

# bench_helper KIND FILE: the udev helper linked one way; fails when this machine cannot.
bench_helper() {
	mkdir -p "build-$1" &&
		(cd "build-$1" && "$bench_src/configure" -q --with-helper="$1" CFLAGS='-g -O2' &&
			make -s mdevcompat_id) >"build-$1.log" 2>&1 && cp "build-$1/mdevcompat_id" "$2"
}
