#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What an editor asks: the text that is not saved yet, the forms of messages, the words to colour.
. "$top_srcdir/tests/lib.sh"
. "$top_srcdir/tests/cli/lib.sh"
plan 39

good=$top_srcdir/examples/policies/50-nvidia-vgpu.policy
printf 'language 1;\npolicy x {\n\tapplies mdev-type driver d;\n\taccept smae;\n}\n' >"$scratch/bad.policy"
cat >"$scratch/two.policy" <<'END'
language 1;
policy x {
	applies mdev-type driver d;
	const A = 1;
	attribute a : int from type "a";
	attribute a : int from type "b";
	accept same but { a == 1 / 0; }
}
END

# from FILE COMMAND...: the command with FILE as its input.
from() {
	"$m" "$@" <"$input" >"$scratch/out" 2>"$scratch/err"
	rc=$?
	out=$(cat "$scratch/out") err=$(cat "$scratch/err")
}

input=$good
from check --stdin
is "$rc" 0 "a good text"
is "$out$err" "" "needs no words"
input=$scratch/bad.policy
from check --stdin
is "$rc" 3 "a bad one"
like "$err" '^<stdin>:4:9: error: .*\[MDC-001\]' "without a name"
from check --stdin /no/such/file.policy
like "$err" '^/no/such/file.policy:4:9: error: ' "with the name that the editor gave"
like "$err" '^     4 | 	accept smae;' "and the line as it was handed over"
from check --stdin --json src/a.policy
is "$rc" 3 "--json too"
is_json "is one document"
is "$(printf '%s' "$out" | json diagnostics 0 file)" src/a.policy "with the name"
is "$(printf '%s' "$out" | json diagnostics 0 line) $(printf '%s' "$out" | json diagnostics 0 column)" "4 9" \
	"and the place"
is "$(printf '%s' "$out" | json diagnostics 0 end_line) $(printf '%s' "$out" | json diagnostics 0 end_column)" "4 13" \
	"and where that ends"
is "$err" "" "and nothing beside it"
input=$good
from check --stdin --json
is "$(printf '%s' "$out" | json broken)" 0 "nothing broken"
unlike "$out" '"diagnostics"' "and no diagnostics"
from check --stdin --tests x.policy
is "$rc" 0 "--tests"
from check --stdin a b
is "$rc" 2 "two names are one too many"
from check --stdin --policies "$top_srcdir/examples/policies"
is "$rc" 2 "and so is another place"
input=/dev/null
from check --stdin
is "$rc" 3 "nothing at all is no policy"
like "$err" "MDC-009" "and says so"
like "$err" 'the file ends before there is a policy' "in its own words"
# A site file, as its name says.
printf 'host:\n  nvidia.ecc: "yes"\n' >"$scratch/input"
input=$scratch/input
from check --stdin /etc/mdevcompat/site.d/10-host.yaml
is "$rc$out$err" 0 "the text of a site file"
printf 'hots:\n  nvidia.ecc: "yes"\n' >"$scratch/input"
from check --stdin /etc/mdevcompat/site.d/10-host.yaml
is "$rc" 3 "with a mistake in it"
like "$err" '^/etc/mdevcompat/site.d/10-host.yaml:1:1: error: .*\[MDC-211\]' "which has a place"
# A byte more than there may be, from a pipe.
head -c 1048577 /dev/zero | tr '\0' ' ' >"$scratch/large"
cat "$scratch/large" | "$m" check --stdin >"$scratch/out" 2>&1
is "$?" 3 "larger than a policy may be"
like "$(cut -c 1-200 "$scratch/out")" 'MDC-007' "and says so"
head -c 1048500 "$scratch/large" >"$scratch/slow"
{ cat "$good"; sleep 0.1; printf '# end\n'; } | "$m" check --stdin
is "$?" 0 "a pipe that takes its time"

# ---- the forms

run "$m" check --format json "$scratch/two.policy"
is_json "--format json, in two words"
is "$(printf '%s' "$out" | json diagnostics | python3 -c 'import json, sys; print(len(json.load(sys.stdin)))')" 2 \
	"all diagnostics"
is "$(printf '%s' "$out" | json diagnostics 0 other line)" 5 "with the other place"
run "$m" check --format=gcc "$scratch/two.policy" "$scratch/bad.policy"
is "$rc" 3 "--format=gcc"
is "$(printf '%s\n' "$err" | grep -cv '^/[^:]*:[0-9]*:[0-9]*: \(error\|warning\|note\): ')" 0 "every line has a place"
is "$(printf '%s\n' "$err" | grep -c ': note: ')" 1 "the other place is a note"
run "$m" check --format=human "$scratch/bad.policy"
like "$err" '\^' "--format=human"

# ---- Vim

vim=$top_srcdir/extra/vim
words=$(sed -n 's/^syntax keyword mdevcompat[A-Za-z]* //p' "$vim/syntax/mdevcompat.vim" | tr ' ' '\n' | sort)
is "$(sed -n 's/^KEYWORD([A-Z_]*, "\(.*\)")$/\1/p' "$top_srcdir/grammar/keywords.def" | sort | comm -23 - /dev/fd/3 3<<END
$(printf '%s\n' "$words" | sort -u)
END
)" "" "every word of the language has a colour"
is "$(printf '%s\n' "$words" | uniq -d)" "" "and one only"

if command -v vim >/dev/null && vim --version | grep -q +syntax; then
	cp "$top_srcdir/tests/grammar/good/nvidia-vgpu.policy" "$scratch/other.policy"
	printf '<policy/>\n' >"$scratch/xml.policy"
	cat >"$scratch/ask.vim" <<'END'
set runtimepath^=$VIMDIR
filetype plugin on
syntax on
let s:said = []
function! Say(text)
	call add(s:said, a:text)
endfunction
function! At(line, word)
	let l:n = search('\V' . a:line, 'w')
	let l:column = stridx(getline(l:n), a:word) + 1
	return synIDattr(synID(l:n, l:column, 1), 'name')
endfunction
execute 'edit' $SCRATCH . '/other.policy'
call Say('type ' . &filetype)
call Say(At('attribute profile', 'attribute') . ' ' . At('attribute profile', 'string') . ' ' . At('attribute profile', '"name"'))
call Say(At('const R17', '550') . ' ' . At('steps aside', 'steps') . ' ' . At('expect incompatible', 'incompatible'))
call Say('make ' . &makeprg)
execute 'edit' $SCRATCH . '/bad.policy'
silent make!
call Say('quickfix ' . join(map(filter(getqflist(), 'v:val.valid'), 'v:val.lnum . ":" . v:val.col . ":" . v:val.type'), ' '))
execute 'edit' $SCRATCH . '/xml.policy'
call Say('other ' . &filetype)
call writefile(s:said, $SCRATCH . '/said')
qall!
END
	mkdir "$scratch/bin"
	ln -s "$m" "$scratch/bin/mdevcompat"
	PATH=$scratch/bin:$PATH VIMDIR=$vim SCRATCH=$scratch TERM=dumb HOME=$scratch \
		vim -u NONE -i NONE -N -es -S "$scratch/ask.vim" </dev/null >"$scratch/vim" 2>&1
	is "$(sed -n 1p "$scratch/said")" "type mdevcompat" "vim knows a policy by its first statement" ||
		diag "$(cat "$scratch/vim")"
	is "$(sed -n 2,3p "$scratch/said")" "mdevcompatStatement mdevcompatType mdevcompatString
mdevcompatNumber mdevcompatComment mdevcompatVerdict" "and its words"
	is "$(sed -n '/^quickfix/p' "$scratch/said")" "quickfix 4:9:e" ":make finds the place"
	is "$(sed -n '/^other/p' "$scratch/said")" "other " "another program's policy is left alone"
else
	skip 4 "no vim with syntax files here"
fi
done_testing
