#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The frame of the command line: help, usage, exit statuses, JSON, where output goes.
. "$top_srcdir/tests/lib.sh"
. "$top_srcdir/tests/cli/lib.sh"
plan 109

# ---- help

exits 0 "--help" "$m" --help
for verb in check cat prove diff range update status list info match explain; do
	like "$out" "^  $verb +[a-z]" "--help has $verb"
done
help=$out
for title in 'Write policies' 'Put them in force' 'Look at devices' 'Decide'; do
	like "$help" "^$title$" "--help has the group '$title'"
done
unlike "$help" '__complete' "what is for shells is not in --help"
exits 0 "help VERB" "$m" help match
help=$out
run "$m" match --help
is "$out" "$help" "VERB --help says the same"
like "$out" 'Usage: mdevcompat match .*SOURCE TARGET' "with its usage"
exits 2 "help of what does not exist" "$m" help nonsense
exits 0 "--version" "$m" --version
like "$out" '^mdevcompat [0-9]' "prints it"
exits 2 "nothing at all" "$m"
is "$out" "" "help for who did not ask goes to standard error"

# ---- usage: exit 2, and the reason in one line

usage() {
	exits 2 "usage: $*" "$m" "$@"
	like "$err" '^mdevcompat: ' "and why: $*"
}
usage nonsense
usage match
usage match one
usage match one two three
usage match --nonsense one two
usage --root
usage --root= status
usage range --root / normal 1+
usage status --policies /tmp
usage check --format=nonsense
usage check --expand=yes

run "$m" udpate
like "$err" "did you mean 'update'" "a command that is nearly one"
run "$m" update --dry-rn
like "$err" "did you mean '--dry-run'" "an option that is nearly one"

# ---- JSON, also for failures

for args in 'nonsense' 'match one' 'range normal x.y' 'match nosuch.yaml nosuch.yaml' \
	'check /nonexistent' "status --root $scratch" "--root $scratch/nowhere status" \
	'info mc1-nonsense' "update --root $scratch --dry-run"; do
	# shellcheck disable=SC2086
	run "$m" --json $args
	is_json "--json $args"
	is "$(printf '%s' "$out" | json exit)" "$rc" "has the exit status: $args"
	is "$err" "" "says nothing elsewhere: $args"
done
run "$m" --json nonsense
is "$(printf '%s' "$out" | json error code)" usage "errors have a code"

# ---- bytes that others wrote

mkdir "$scratch/odd"
odd=$scratch/odd/$(printf 'a\033[31m\377"\\b')
printf 'language 1; policy x { nonsense }\n' >"$odd"
run "$m" check "$odd"
is "$rc" 3 "a file with an odd name"
unlike "$err" "$(printf '\033')" "its name does not reach a terminal as it is"
run "$m" --json check "$odd"
is_json "nor does it break JSON"

# ---- check

exits 0 "check" "$m" check "$top_srcdir"/examples/policies/*.policy
is "$out" "" "a good policy needs no words"
mkdir "$scratch/dir"
cp "$top_srcdir"/examples/policies/*.policy "$scratch/dir"
exits 0 "check DIR" "$m" check "$scratch/dir"
exits 0 "check --expand" "$m" check --expand "$top_srcdir/examples/policies/50-nvidia-vgpu.policy"
like "$out" 'profile == self; +# left out' "writes in what a block left out"
printf '%s\n' "$out" >"$scratch/expanded.policy"
ok "what it prints is a policy" "$m" check "$scratch/expanded.policy"
printf 'language 1;\npolicy x {\n\tapplies mdev-type driver d;\n\taccept smae;\n}\n' >"$scratch/bad.policy"
exits 3 "a bad one" "$m" check "$scratch/bad.policy"
like "$err" '^[^ ]*bad.policy:4:[0-9]+: error: .*\[MDC-[0-9]+\]' "file, line, column, code"
like "$err" '\^' "a caret"
run "$m" check --format=gcc "$scratch/bad.policy"
like "$err" '^[^ ]*bad.policy:4:[0-9]+: error: ' "--format=gcc"
unlike "$err" '\^' "one line each"
run "$m" check --format=json "$scratch/bad.policy"
is_json "--format=json"
like "$(printf '%s' "$out" | json diagnostics 0 code)" '^MDC-' "with the code"
exits 5 "a file that is not there" "$m" check "$scratch/nowhere.policy"

# ---- colours and pager: on a terminal, and there only if wanted

if command -v script >/dev/null; then
	# terminal COMMAND: its output, as a terminal gets it.
	terminal() {
		TERM=xterm script -qec "$1" /dev/null </dev/null 2>&1
	}
	esc=$(printf '\033')
	seen=$(terminal "$m --root $scratch status")
	like "$seen" "$esc\\[1;31m" "what is broken is red on a terminal"
	like "$seen" 'no compiled policy image' "and said in words"
	unlike "$(NO_COLOR=1 terminal "$m --root $scratch status")" "$esc" "NO_COLOR"
	unlike "$(terminal "$m --no-color --root $scratch status")" "$esc" "--no-color"
	unlike "$(terminal "$m --json --root $scratch status")" "$esc" "--json"
	like "$(MDEVCOMPAT_PAGER='sed s/^/paged:/' terminal "$m --root $scratch cat --policies $scratch/dir")" \
		'^paged:' "long output goes through the pager"
	unlike "$(MDEVCOMPAT_PAGER='sed s/^/paged:/' terminal "$m --no-pager --policies $scratch/dir cat")" \
		'^paged:' "--no-pager"
	unlike "$(MDEVCOMPAT_PAGER='sed s/^/paged:/' "$m" --policies "$scratch/dir" cat)" '^paged:' \
		"no pager without a terminal"
	mkdir "$scratch/bare" && ln -s "$(command -v cat)" "$scratch/bare/cat"
	like "$(PATH=$PATH terminal "env PATH=$scratch/bare $m --policies $scratch/dir cat")" 'policy' "no less(1) there"
	like "$(MDEVCOMPAT_PAGER=nosuch terminal "$m --policies $scratch/dir cat")" 'pager cannot be run' \
		"a pager that is not there is said"
else
	skip 10 "no script(1)"
fi

# ---- one document, whatever is wrong

run "$m" --json
is "$rc:$(printf '%s' "$out" | json error code)" 2:usage "--json and no command"
run "$m" info __complete --json
is "$rc:$(printf '%s' "$out" | json error code)" 4:no-such-subject "--json behind the name of a raw command"

# ---- where output goes

full() {
	"$m" "$@" >/dev/full 2>/dev/null
	echo $?
}
is "$(full --help)" 5 "help that cannot be written is exit 5"
is "$(full range normal 1.0+)" 5 "an answer that cannot be written is exit 5"
is "$(full --json status --root "$scratch")" 5 "a document, too"

done_testing
