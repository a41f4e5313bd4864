#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The arrows between the layers point down only: read off the includes of the sources and off what
# the makefile links.  Whoever breaks one sees the line; each rule is tried on a tree that breaks it.
. "$top_srcdir/tests/lib.sh"
plan 17

# Who may look at whom.  What is missing here is forbidden, a new folder too.
arrows='
engine/base     engine/base
engine/version  engine/version engine/base
engine/diagram  engine/diagram engine/version engine/base
engine/image    engine/image engine/diagram engine/version engine/base
engine/adapter  engine/adapter engine/image engine/diagram engine/version engine/base
engine/eval     engine/eval engine/adapter engine/image engine/diagram engine/version engine/base
engine/analyse  engine/analyse engine/eval engine/image engine/diagram engine/version engine/base
engine/probe    engine/probe engine/eval engine/adapter engine/image engine/diagram engine/version engine/base
engine/helper   engine/helper engine/probe engine/eval engine/adapter engine/image engine/diagram engine/version engine/base
engine/lib      engine/lib engine/probe engine/eval engine/adapter engine/image engine/diagram engine/version engine/base
engine/fleet    engine/fleet engine/lib engine/eval engine/adapter engine/image engine/diagram engine/version engine/base
grammar         grammar engine/image engine/diagram engine/version engine/base
lint            lint grammar engine/analyse engine/eval engine/adapter engine/image engine/diagram engine/version engine/base
cli             cli lint grammar engine/analyse engine/fleet engine/lib engine/probe engine/eval engine/adapter engine/image engine/diagram engine/version engine/base
'
# Headers of libraries and the only folders that know them.
libraries='
libudev.h                   engine/probe cli
yaml.h                      engine/probe cli
sha2.h                      engine/base cli
nettle/sha2.h               cli
xxhash.h                    engine/base
libsmartcols/libsmartcols.h cli
locale.h                    cli
'
# What the code that the helper is built from may not include: it is compiled against another libc,
# without configure's answers, and prints and allocates nothing on its own.
helper_never='config.h stdio.h locale.h libudev.h yaml.h libsmartcols/libsmartcols.h'

# includes TREE: lines `FILE FOLDER INCLUDED`, for all sources of the tree.
includes() {
	(cd "$1" && find engine grammar lint cli -type f \( -name '*.[chyl]' -o -name '*.def' \) | sort |
		xargs -r awk '
		/^[ \t]*#[ \t]*include[ \t]/ {
			what = $0
			sub(/^[ \t]*#[ \t]*include[ \t]*/, "", what)
			quoted = substr(what, 1, 1) == "\""
			sub(/^["<]/, "", what)
			sub(/[">].*/, "", what)
			folder = FILENAME
			sub(/\/[^\/]*$/, "", folder)
			if (quoted && what !~ /\//)
				what = (what == "config.h") ? what : folder "/" what
			print FILENAME, folder, what
		}')
}

# bad_includes TREE: every include that no arrow allows.
bad_includes() {
	includes "$1" | awk -v arrows="$arrows" -v libraries="$libraries" '
	BEGIN {
		n = split(arrows, line, "\n")
		for (i = 1; i <= n; i++) {
			m = split(line[i], word, " ")
			for (j = 2; j <= m; j++)
				may[word[1], word[j]] = 1
		}
		n = split(libraries, line, "\n")
		for (i = 1; i <= n; i++) {
			m = split(line[i], word, " ")
			guarded[word[1]] = m > 0
			for (j = 2; j <= m; j++)
				may[word[j], word[1]] = 1
		}
	}
	{
		target = $3
		if (target ~ /^(engine|grammar|lint|cli)\//)
			sub(/\/[^\/]*$/, "", target)
		else if (!(target in guarded))
			next
		if (!(($2, target) in may))
			print $1 ": includes " $3
	}'
}

# variables BUILD: lines `NAME = VALUE` of the made makefile, expanded by make itself.
variables() {
	printf '%s\n' 'include Makefile' \
		'$(foreach v,$(filter %_LDADD %_LIBADD %_SOURCES %_sources,$(.VARIABLES)),$(info $v = $($v)))' \
		'print-nothing:;@:' >"$scratch/print.mk"
	(cd "$1" && env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s -f "$scratch/print.mk" print-nothing) |
		grep -v '^am_' | sort
}

# bad_links <VARIABLES: libraries that no arrow allows, by the same table.
bad_links() {
	awk -v arrows="$arrows" '
	BEGIN {
		n = split(arrows, line, "\n")
		for (i = 1; i <= n; i++) {
			m = split(line[i], word, " ")
			for (j = 2; j <= m; j++)
				may[word[1], word[j]] = 1
			if (m)
				layers[word[1]] = 1
		}
		foreign["-ludev"] = "engine/probe cli"
		foreign["-lyaml"] = "engine/probe"
		foreign["-lsmartcols"] = "cli"
		foreign["-lmd"] = "engine/base engine/helper"
	}
	/_(LDADD|LIBADD) = / {
		name = $1
		owner = ""
		for (layer in layers) {
			prefix = layer
			gsub(/\//, "_", prefix)
			if (index(name, prefix "_") == 1)
				owner = layer
		}
		if (name == "mdevcompat_LDADD")
			owner = "cli"
		if (name == "mdevcompat_id_LDADD")
			owner = "engine/helper"
		if (owner == "")
			next
		for (i = 3; i <= NF; i++) {
			if ($i ~ /\.la$/) {
				target = $i
				sub(/\/[^\/]*$/, "", target)
				if (!((owner, target) in may))
					print name ": links " $i
			} else if ($i in foreign) {
				if ((" " foreign[$i] " ") !~ (" " owner " "))
					print name ": links " $i
			}
		}
	}'
}

# bad_core TREE <VARIABLES: what the helper is built from, against what it may not know.  A core
# source includes core headers only: whatever it needs must be there under the other libc too.
bad_core() {
	core=$(awk '/^[a-z]+_core_sources = / || /^mdevcompat_id_SOURCES = / { for (i = 3; i <= NF; i++) print $i }' |
		sort -u)
	includes "$1" | awk -v core="$core" -v never="$helper_never" '
	BEGIN {
		n = split(core, word, "\n")
		for (i = 1; i <= n; i++)
			in_core[word[i]] = 1
		n = split(never, word, " ")
		for (i = 1; i <= n; i++)
			banned[word[i]] = 1
	}
	!($1 in in_core) { next }
	$3 in banned { print $1 ": includes " $3 }
	$3 ~ /^(engine|grammar|lint|cli)\// && !($3 in in_core) {
		print $1 ": includes " $3 ", which is no core source"
	}'
}

is "$(bad_includes "$top_srcdir")" "" "includes point down only"
vars=$(variables "$top_builddir")
like "$vars" '^engine_base_libbase_la_LIBADD = ' "the makefile tells what it links"
is "$(printf '%s\n' "$vars" | bad_links)" "" "what is linked points down only"
is "$(printf '%s\n' "$vars" | bad_core "$top_srcdir")" "" "the helper's sources know only each other"
is "$(cd "$top_srcdir" && for d in engine/* grammar lint cli; do
	[ ! -d "$d" ] || printf '%s\n' "$arrows" | grep -q "^$d " || echo "$d"; done)" "" \
	"every folder has a place in the table"

# The controls.
tree=$scratch/tree
breaks() {
	rm -rf "$tree"
	mkdir -p "$tree/engine" "$tree/grammar" "$tree/lint" "$tree/cli" "$tree/$(dirname "$1")"
	printf '%s\n' "$2" >"$tree/$1"
	isnt "$(bad_includes "$tree")" "" "seen: $1 with $2"
}
breaks engine/version/a.c '#include "engine/diagram/diagram.h"'
breaks engine/eval/a.c '#include "grammar/ast.h"'
breaks grammar/a.y '#include "engine/eval/eval.h"'
breaks engine/base/a.h '# include "cli/cli.h"'
breaks engine/eval/a.c '#include <libudev.h>'
breaks engine/new/a.c '#include "engine/base/str.h"'

mkdir -p "$tree/engine/eval" "$tree/engine/base"
echo '#include <stdio.h>' >"$tree/engine/eval/a.c"
echo '#include "engine/base/other.h"' >"$tree/engine/base/b.c"
core='eval_core_sources = engine/eval/a.c
base_core_sources = engine/base/b.c'
like "$(echo "$core" | bad_core "$tree")" '^engine/eval/a.c: includes stdio.h' "seen: a core source that prints"
like "$(echo "$core" | bad_core "$tree")" '^engine/base/b.c: .*no core source' "seen: a core source that needs others"

links() {
	isnt "$(echo "$1" | bad_links)" "" "seen: $1"
}
links 'engine_eval_libeval_la_LIBADD = grammar/libgrammar.la'
links 'mdevcompat_id_LDADD = engine/eval/libeval.la -ludev'
links 'grammar_libgrammar_la_LIBADD = engine/image/libimage.la engine/eval/libeval.la'
is "$(echo 'mdevcompat_LDADD = grammar/libgrammar.la engine/probe/libprobe.la -lsmartcols' | bad_links)" "" \
	"the command may link both legs"

done_testing
