#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Completion in both shells hands the command line to the program and its answer to the shell.
. "$top_srcdir/tests/lib.sh"
plan 12

# Stands for the program: tells what it was asked, answers as its file says.
mkdir "$scratch/bin"
cat >"$scratch/bin/mdevcompat" <<END
#!/bin/sh
printf '%s\n' "\$@" >'$scratch/asked'
cat '$scratch/answer'
END
chmod +x "$scratch/bin/mdevcompat"
PATH=$scratch/bin:$PATH
export PATH

in_bash() { # LINE ANSWER
	printf '%b' "$2" >"$scratch/answer"
	: >"$scratch/asked"
	cat >"$scratch/bash" <<'END'
. /usr/share/bash-completion/bash_completion
. "$1"
COMP_LINE=$2
COMP_POINT=${#COMP_LINE}
COMP_TYPE=9
COMP_KEY=9
COMP_WORDBREAKS=$' \t\n"\'><=;|&(:'
# Split as readline does it.
COMP_WORDS=()
word=
for ((i = 0; i < ${#COMP_LINE}; i++)); do
	c=${COMP_LINE:i:1}
	case $c in
	' ') [[ -z $word ]] || COMP_WORDS+=("$word"); word= ;;
	:|=) [[ -z $word ]] || COMP_WORDS+=("$word"); COMP_WORDS+=("$c"); word= ;;
	*) word+=$c ;;
	esac
done
COMP_WORDS+=("$word")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
compopt() { echo "compopt $*"; }
_mdevcompat
printf '%s\n' "${COMPREPLY[@]}"
END
	run bash --norc --noprofile "$scratch/bash" "$top_srcdir/completion/bash/mdevcompat" "$1"
	asked=$(cat "$scratch/asked")
}

if [ -e /usr/share/bash-completion/bash_completion ]; then
	in_bash 'mdevcompat ma' 'match\n'
	is "$out" match "bash: a candidate"
	is "$asked" "__complete
1
mdevcompat
ma" "bash: what the program is asked"
	in_bash 'mdevcompat info 0000:41:00.0/nv' '0000:41:00.0/nvidia-231\n0000:41:00.0/nvidia-232\n'
	is "$asked" "__complete
2
mdevcompat
info
0000:41:00.0/nv" "bash: a word with colons is one word"
	is "$out" "00.0/nvidia-231
00.0/nvidia-232" "bash: and readline gets the part that it still has"
	in_bash 'mdevcompat info 0' '0000:41:00.0/\n'
	like "$out" '^compopt -o nospace' "bash: no blank after a slash"
	in_bash 'mdevcompat check ' ''
	is "$out" "" "bash: no answer leaves it to files"
	like "$(cat "$top_srcdir/completion/bash/mdevcompat")" '^complete .*-o default' "bash: which are the default"
else
	skip 7 "no bash-completion here"
fi

in_zsh() { # ANSWER WORD...
	printf '%b' "$1" >"$scratch/answer"
	: >"$scratch/asked"
	shift
	cat >"$scratch/zsh" <<'END'
completion=$1
shift
words=("$@")
CURRENT=$#words
compadd() { print -r -- "compadd $*"; print -rl -- ${(P)@[-1]}; }
_files() { print -r -- files; }
run() { eval "$(<$completion)"; }
run
END
	run zsh -f "$scratch/zsh" "$top_srcdir/completion/zsh/_mdevcompat" "$@"
	asked=$(cat "$scratch/asked")
}

if command -v zsh >/dev/null; then
	in_zsh 'match\nmatter\n' mdevcompat ma
	is "$out" "compadd -a closed
match
matter" "zsh: candidates"
	is "$asked" "__complete
1
mdevcompat
ma" "zsh: what the program is asked"
	in_zsh '0000:41:00.0/\n' mdevcompat info 0000:4
	is "$out" "compadd -S  -a open
0000:41:00.0/" "zsh: no blank after a slash"
	in_zsh '' mdevcompat check ''
	is "$out" files "zsh: no answer leaves it to files"
	is "$asked" "__complete
2
mdevcompat
check" "zsh: an empty word is a word"
else
	skip 5 "no zsh here"
fi

done_testing
