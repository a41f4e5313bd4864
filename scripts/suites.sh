# SPDX-License-Identifier: LGPL-2.1-or-later
# Runs test suites, two at a time, and adds up what they counted.  To be sourced.
#
# A suite NAME is a function suite_NAME that takes a folder of its own for its files and calls one
# of the count_* functions below; its output is its log, $logs/NAME.log.  The rule of counting:
# what was planned and did not report is a failure.  A suite that dies before it has counted
# anything is one failed test, whatever its exit status.

# say TEXT...: progress, for a person who waits.
say() {
	if [ -t 2 ]; then
		printf '\r\033[K%s  %s\n' "$(date +%H:%M:%S)" "$*" >&2
	fi
}

# counted PASSED FAILED SKIPPED: what a suite hands over.  May be called once per part.
counted() {
	echo "$1 $2 $3" >>"$counts"
}

# blame TEXT...: a line for the summary that is printed when something failed.
blame() {
	printf '%s\n' "$*" >>"$blames"
}

# count_one NAME COMMAND...: one test, which passes when the command succeeds.
count_one() {
	count_what=$1
	shift
	if "$@"; then
		counted 1 0 0
	else
		counted 0 1 0
		blame "not ok - $count_what"
		return 1
	fi
}

# count_tap NAME STATUS <OUTPUT: TAP lines against their own plan, and the program's exit status.
count_tap() {
	count_line=$(awk -v name="$1" -v status="$2" -v blames="$blames" '
		function blame(text) { failed++; print name ": " text >>blames }
		{ sub(/\r$/, "") }
		/^1\.\.[0-9]+/ { planned = substr($0, 4) + 0; plan = 1; if (/# *SKIP/) { all = 1 } }
		/^ok([ \t]|$)/ { run++; if (/# *[Ss][Kk][Ii][Pp]/) skipped++; else passed++ }
		/^not ok([ \t]|$)/ { run++; blame($0) }
		/^Bail out!/ { blame($0) }
		END {
			if (all)
				skipped++
			else if (!plan)
				blame("ended before its plan")
			else if (run != planned || planned == 0)
				blame("planned " planned + 0 ", ran " run + 0)
			if (status != 0 && !failed)
				blame("exit status " status)
			print passed + 0, failed + 0, skipped + 0
		}')
	counted $count_line
}

# count_check FOLDER STATUS TEST...: what automake wrote for each of the tests, and the exit
# status of make.  A test without results is a failure.
count_check() {
	count_dir=$1
	count_status=$2
	shift 2
	if [ $# = 0 ]; then
		counted 0 1 0
		blame "no test was listed"
		return 0
	fi
	count_line=$(
		for count_test; do
			count_file=$count_dir/${count_test%.sh}
			echo "@test $count_test"
			cat "$count_file.trs" 2>/dev/null || :
		done | awk -v status="$count_status" -v blames="$blames" '
		function finish() {
			if (name != "" && !results) {
				failed++
				print name ": no result" >>blames
			}
			results = 0
		}
		/^@test / { finish(); name = substr($0, 7); next }
		/^:test-result: / {
			results++
			if ($2 == "PASS" || $2 == "XFAIL")
				passed++
			else if ($2 == "SKIP") {
				skipped++
				print name ": " substr($0, 15) >>blames
			} else {
				failed++
				print name ": " substr($0, 15) >>blames
			}
		}
		END {
			finish()
			if (status != 0 && !failed) {
				failed++
				print "make check: exit status " status >>blames
			}
			print passed + 0, failed + 0, skipped + 0
		}')
	counted $count_line
}

# count_line PREFIX STATUS <OUTPUT: the line `PREFIX: N passed, N failed[, N skipped]`.
count_line() {
	count_found=$(tr -d '\r' | sed -n \
		"s/^$1: \([0-9][0-9]*\) passed, \([0-9][0-9]*\) failed\(, \([0-9][0-9]*\) skipped\)\{0,1\}\$/\1 \2 \4/p" |
		tail -n 1)
	# shellcheck disable=SC2086
	set -- "$1" "$2" $count_found
	if [ $# -lt 4 ]; then
		counted 0 1 0
		blame "$1: ended before its closing line (status $2)"
	elif [ "$2" != 0 ] && [ "$4" = 0 ]; then
		counted "$3" 1 "${5:-0}"
		blame "$1: exit status $2"
	elif [ "$(($3 + $4))" = 0 ]; then
		counted 0 1 "${5:-0}"
		blame "$1: ran no test"
	else
		counted "$3" "$4" "${5:-0}"
		[ "$4" = 0 ] || blame "$1: $4 failed"
	fi
}

# One suite, from its start to its line in $logs/NAME.result.
run_suite() {
	suite=$1
	counts=$logs/$suite.counts
	blames=$logs/$suite.blames
	: >"$counts"
	: >"$blames"
	mkdir -p "$work/$suite"
	say "$suite: begins"
	suite_begin=$(date +%s)
	(cd "$work/$suite" && "suite_$suite" "$work/$suite") >"$logs/$suite.log" 2>&1 </dev/null
	suite_status=$?
	suite_seconds=$(($(date +%s) - suite_begin))
	# Nothing counted, or an error that was not counted, is one more failure.
	suite_sum=$(awk -v status="$suite_status" '
		{ p += $1; f += $2; s += $3 }
		END { print p + 0, f + (NR == 0 || (status != 0 && f == 0)), s + 0 }' "$counts")
	if [ ! -s "$counts" ] || [ "$suite_status" != 0 ]; then
		echo "$suite: ended with status $suite_status" >>"$blames"
	fi
	# Appears whole or not at all.
	echo "$suite_sum $suite_seconds" >"$logs/$suite.result.new"
	mv "$logs/$suite.result.new" "$logs/$suite.result"
	say "$suite: $(echo "$suite_sum" |
		awk '{ printf "%d passed, %d failed, %d skipped", $1, $2, $3 }') ($suite_seconds s)"
}

# A lane takes the next suite that nobody has taken until there is none.
run_lane() {
	for lane_suite; do
		if mkdir "$logs/$lane_suite.taken" 2>/dev/null; then
			run_suite "$lane_suite"
		fi
	done
}

# Ends a process that we started, its descendants first.
stop_tree() {
	for stop_child in $(cat "/proc/$1/task/$1/children" 2>/dev/null); do
		(stop_tree "$stop_child")
	done
	kill -TERM "$1" 2>/dev/null
}

stop_lanes() {
	for lane_pid in $lane_pids; do
		stop_tree "$lane_pid"
	done
}

# run_suites NAME...: needs $logs and $work, two folders; begins the suites in this order, in
# $lanes lanes (2).  Prints a line for each and ends with the closing line.  Sets $total_failed and
# $total_skipped.
run_suites() {
	lane_pids=
	lane=0
	# Background lanes do not hear the terminal's interrupt.
	trap 'stop_lanes; exit 130' HUP INT TERM
	while [ $lane -lt "${lanes:-2}" ]; do
		run_lane "$@" &
		lane_pids="$lane_pids $!"
		lane=$((lane + 1))
	done
	for lane_pid in $lane_pids; do
		wait "$lane_pid" || :
	done
	trap - HUP INT TERM
	total_passed=0
	total_failed=0
	total_skipped=0
	for suite; do
		# shellcheck disable=SC2046
		set -- $(cat "$logs/$suite.result" 2>/dev/null)
		if [ $# != 4 ]; then
			echo "$suite: died" >>"$logs/$suite.blames"
			set -- 0 1 0 0
		fi
		total_passed=$((total_passed + $1))
		total_failed=$((total_failed + $2))
		total_skipped=$((total_skipped + $3))
		if [ "$2" != 0 ] || [ "$3" != 0 ]; then
			echo "--- $suite: $2 failed, $3 skipped; from $logs/$suite.log:"
			head -n 40 "$logs/$suite.blames"
			if ! grep -q 'not ok\|: FAIL\|: SKIP' "$logs/$suite.blames"; then
				tail -n 30 "$logs/$suite.log"
			fi
		fi
		printf -- '- %-10s %6d passed %4d failed %4d skipped %5d s\n' "$suite" "$1" "$2" "$3" "$4"
	done
	echo "logs: $logs"
	total_line="$total_passed passed, $total_failed failed"
	[ "$total_skipped" = 0 ] || total_line="$total_line, $total_skipped skipped"
	echo "$total_line"
}
