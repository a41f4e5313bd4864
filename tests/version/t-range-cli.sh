#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# `mdevcompat range`: every row of the design's table of ranges as a person types it, answers as
# exit statuses, errors with their place, and the same as JSON.
. "$top_srcdir/tests/lib.sh"
plan 98

# normal TEXT PRINTED [OPTION]...
normal() {
	text=$1
	want=$2
	shift 2
	run "$MDEVCOMPAT" range normal "$@" "$text"
	is "$rc:$out$err" "0:$want" "normal $* '$text'"
}

# The table.
normal '2.0.<2,3,4>' '[2.0.2,2.0.5)'
normal '2.0.2..2.0.4' '[2.0.2,2.0.5)'
normal '2.0.<2..4>' '[2.0.2,2.0.5)'
normal '2.1+' '[2.1.0,3.0.0)'
normal '2.1.0+' '[2.1.0,3.0.0)'
normal '2.1.3+' '[2.1.3,3.0.0)'
normal '2.0.*' '[2.0.0,2.1.0)'
normal '2.<0,1>.*' '[2.0.0,2.2.0)'
normal '2.0.<2..>' '[2.0.2,2.1.0)'
normal '*' '[0.0.0,*)'
normal 'none' 'none'
normal '2.0.<2,3,4>,2.1+' '[2.0.2,2.0.5) [2.1.0,3.0.0)'
normal '2.1+ except 2.1.7' '[2.1.0,2.1.7) [2.1.8,3.0.0)'
normal '2.0.{2,3,4}' '[2.0.2,2.0.5)'
normal '2.0.2-2.0.4' '[2.0.2,2.0.5)'
normal '2.1.0-' '[2.1.0,3.0.0)'
normal '2.1-' '[2.1.0,3.0.0)'
normal '2.0.2-2.0.4,2.1.0-' '[2.0.2,2.0.5) [2.1.0,3.0.0)'
normal '2.0.<5..>' '[2.0.5,2.1.0)'
normal '2.0.5..2.0.4294967294' '[2.0.5,2.1.0)'
normal '550.127.08' '[550.127.8,550.127.9)'
normal '[2.0.2,2.0.5) [2.1.0,*)' '[2.0.2,2.0.5) [2.1.0,*)'

# Other numbers of parts and other major parts.
normal '2' '[2,3)' --parts 1
normal '2+' '[2,3)' --parts 1
normal '<2..>' '[2,*)' --parts 1
normal '2.1+' '[2.1,3.0)' --parts 2
normal '2.1+' '[2.1,2.2)' --parts 2 --major 2
normal '2.1+' '[2.1.0,2.2.0)' --major 2
normal '2.1.3+' '[2.1.3,2.1.4)' --major 3
normal '2.1.3+' '[2.1.3.0,3.0.0.0)' --parts 4
normal '2.1.3+' '[2.1.3.0,2.2.0.0)' --parts=4 --major=2

# bad TEXT CARETS [HINT]: status 3, the text, the carets under it, the hint; nothing else.
bad() {
	run "$MDEVCOMPAT" range normal "$1"
	is "$rc:$out" "3:" "'$1' is refused"
	is "$(printf '%s\n' "$err" | tail -n +2)" "  $1
  $2${3:+
  write $3}" "'$1': the place${3:+ and what to write}"
}

bad '2.1' '^^^' '2.1.0 or 2.1.*'
bad '2.0.1, 2.1' '       ^^^' '2.1.0 or 2.1.*'
bad '2.0.<>' '    ^^'
bad '2.0.<4..2>' '     ^^^^' '2.0.<2..4>'
bad '+' '^'
bad '2.<0,1>' '  ^^^^^' '2.<0,1>.*'
bad '2.0-2.4' '^^^' '2.0.0..2.4.0 or 2.<0..4>.*'
bad '1.2.3.4' '      ^'
bad '2.0.4294967295' '    ^^^^^^^^^^'
bad '2.1+ except' '     ^^^^^^'
bad '2.0.1,' '      ^'
bad '2.0 .1' '   ^' '2.0.1'
run "$MDEVCOMPAT" range normal '2.1'
is "$(printf '%s\n' "$err" | head -n 1)" 'mdevcompat: too few parts: ambiguous' 'the first line says what is wrong'
tab=$(printf '\t')
run "$MDEVCOMPAT" range normal "2.0.1,${tab}2.1"
is "$(printf '%s\n' "$err" | sed -n 2,3p)" '  2.0.1, 2.1
         ^^^' 'a tab does not move the carets'
run "$MDEVCOMPAT" range normal "$(printf '2.0.1\033[2J')"
unlike "$err" "$(printf '\033')" 'nothing reaches the terminal raw'

# The bound.
list=$(i=0; while [ $i -lt 128 ]; do printf '2.0.%d,' $i; i=$((i + 2)); done)
run "$MDEVCOMPAT" range normal "${list%,}"
is "$rc:$(printf '%s\n' "$out" | wc -w)" '0:64' '64 intervals pass'
run "$MDEVCOMPAT" range normal "${list}9.9.9"
is "$rc:$(printf '%s\n' "$err" | head -n 1)" '3:mdevcompat: more than 64 intervals' '65 do not'

# two OPERATION A B PRINTED
two() {
	run "$MDEVCOMPAT" range "$1" "$2" "$3"
	is "$rc:$out$err" "0:$4" "$1 '$2' '$3'"
}
two union '2.0.<2,3,4>' '2.1+' '[2.0.2,2.0.5) [2.1.0,3.0.0)'
two union '2.0.*' '2.1.*' '[2.0.0,2.2.0)'
two intersect '2.0.3..2.1.5' '2.1+' '[2.1.0,2.1.6)'
two intersect '1.*' '2.*' 'none'
two minus '2.1+' '2.1.7' '[2.1.0,2.1.7) [2.1.8,3.0.0)'
two minus '*' '2.*' '[0.0.0,2.0.0) [3.0.0,*)'
two minus '2.1+' '*' 'none'
two union "$("$MDEVCOMPAT" range minus '*' '2.*')" '2.*' '[0.0.0,*)'

exits 0 'contains: yes' "$MDEVCOMPAT" range contains '2.1+' 2.1.7
is "$out$err" '' 'and says nothing'
exits 1 'contains: no' "$MDEVCOMPAT" range contains '2.1+' 3.0.0
is "$out$err" '' 'nor here'
exits 0 'contains: what a device leaves out is zero' "$MDEVCOMPAT" range contains '2.1+' 2.1
exits 0 'contains: leading zeros' "$MDEVCOMPAT" range contains '550.127.8' 550.127.08
exits 3 'contains: no version' "$MDEVCOMPAT" range contains '2.1+' 2.1-rc1
exits 3 'contains: no range' "$MDEVCOMPAT" range contains '2.1' 2.1.0
exits 0 'subset: yes' "$MDEVCOMPAT" range subset '2.1.7' '2.1+'
is "$out$err" '' 'and says nothing'
exits 1 'subset: no' "$MDEVCOMPAT" range subset '2.0.*, 2.1+' '2.0.<0..>,2.1.0..2.1.6,2.1.8+'
is "$out" '2.1.7' 'and says the smallest version that is missing'
exits 0 'subset: nothing is in everything' "$MDEVCOMPAT" range subset none none
run "$MDEVCOMPAT" range compare 2.0.10 2.0.9
is "$rc:$out" '0:>' 'compare: numbers, not letters'
run "$MDEVCOMPAT" range compare 2.0.9 2.0.10
is "$rc:$out" '0:<' 'compare: less'
run "$MDEVCOMPAT" range compare 2.1 2.1.0
is "$rc:$out" '0:=' 'compare: equal'

# Usage.
exits 2 'no operation' "$MDEVCOMPAT" range
exits 2 'an unknown operation' "$MDEVCOMPAT" range plus 2.0.1 2.0.2
exits 2 'too few arguments' "$MDEVCOMPAT" range union 2.0.1
exits 2 'too many arguments' "$MDEVCOMPAT" range normal 2.0.1 2.0.2
exits 2 'no parts' "$MDEVCOMPAT" range normal --parts 0 2
exits 2 'too many parts' "$MDEVCOMPAT" range normal --parts 5 2
exits 2 'parts that are no number' "$MDEVCOMPAT" range normal --parts x 2
exits 2 'a major part longer than the version' "$MDEVCOMPAT" range normal --parts 2 --major 3 2.1
exits 2 'no use for --root' "$MDEVCOMPAT" range normal --root / 2.0.1
exits 0 'help' "$MDEVCOMPAT" range --help
like "$out" 'subset RANGE RANGE' 'help lists the operations'

# JSON.
run "$MDEVCOMPAT" range normal --json '2.1+'
is "$rc:$out" '0:{"format":1,"command":"range","operation":"normal","normal":"[2.1.0,3.0.0)","policy":"2.1.0+","intervals":[{"from":"2.1.0","to":"3.0.0"}],"exit":0}' 'JSON of a set'
run "$MDEVCOMPAT" range subset --json '*' '0.0.<1..>'
is "$rc:$out" '1:{"format":1,"command":"range","operation":"subset","witness":"0.0.0","result":false,"exit":1}' 'JSON of a no'
run "$MDEVCOMPAT" range normal --json '2.1'
is "$rc:$out" "3:{\"format\":1,\"command\":\"range\",\"error\":{\"code\":\"bad-input\",\"message\":\"'2.1', byte 0: too few parts: ambiguous; write 2.1.0 or 2.1.*\"},\"exit\":3}" 'JSON of an error'

done_testing
