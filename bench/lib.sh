# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh
# What the parts of the benchmark share. bench/run sets BENCH_DIR (this folder), BUILD (a finished
# build tree), MDEVCOMPAT (the binary) and SCRATCH (a folder of the part's own).

# row WHAT FIGURE AGAINST VERDICT: one line of the table.
row() {
	printf '%-58s | %-24s | %-62s | %s\n' "$1" "$2" "$3" "$4"
}

ratio() { # A B -> A / B
	echo "$1 $2" | awk '{ printf "%.2f", $1 / $2 }'
}

within() { # A LIMIT
	echo "$1 $2" | awk '{ print $1 <= $2 ? "reached" : "NOT reached" }'
}

atleast() { # A LIMIT
	echo "$1 $2" | awk '{ print $1 >= $2 ? "reached" : "NOT reached" }'
}

# median_us COMMAND: whole process, in microseconds, without a shell between.
median_us() {
	hyperfine -N --style none --warmup 20 --runs 300 --export-csv "$SCRATCH/h.csv" "$1" >/dev/null 2>&1
	awk -F, 'END { printf "%.0f", $(NF - 4) * 1e6 }' "$SCRATCH/h.csv"
}

# median_ms COMMAND PREPARE: the same in milliseconds, PREPARE before each run.
median_ms() {
	hyperfine --style none --warmup 1 --runs 7 --prepare "$2" --export-csv "$SCRATCH/h.csv" -N "$1" >/dev/null 2>&1
	awk -F, 'END { printf "%.1f", $(NF - 4) * 1e3 }' "$SCRATCH/h.csv"
}

# bench_cc NAME SOURCE OBJECTS...: builds one program against the finished build tree.
bench_cc() {
	bench_name=$1 bench_source=$2
	shift 2
	# shellcheck disable=SC2086
	(cd "$BUILD" && ${CC:-cc} -O2 -std=gnu11 -D_GNU_SOURCE -I"$BENCH_DIR/.." -I. -o "$SCRATCH/$bench_name" "$bench_source" "$@")
}

# bench_helper KIND FILE: the udev helper linked one way; fails when this machine cannot.
bench_helper() {
	mkdir -p "$SCRATCH/build-$1" &&
		(cd "$SCRATCH/build-$1" && "$BENCH_DIR/../configure" -q --with-helper="$1" CFLAGS=-O2 &&
			make -s mdevcompat_id && cp mdevcompat_id "$2") >/dev/null 2>"$SCRATCH/build-$1.log"
}
