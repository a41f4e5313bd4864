#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The manual's examples, typed as they stand there; and what it lists is what there is. A block after a
# line "; run KIND" is an example: a "policy" is compiled and a "bad" one refused, a "session" is typed on
# the example host, "block" are clauses of an accept block and "statement" statements for the policies
# below, "ranges" is held against mdevcompat range, "file NAME" is written for what follows, and
# "verdicts SPEAKS" is a table about the device before it. What is a form, not an example, is after "; form".
. "$top_srcdir/tests/lib.sh"
. "$top_srcdir/tests/cli/lib.sh"

man=$top_srcdir/man
blocks=$scratch/blocks
mkdir "$blocks"
# One file a block, NAME.NN.KIND, in the order of the pages; NAME.NN.KIND=FILE where it has a name that
# later sessions use.
awk -v out="$blocks" '
	FNR == 1 { page = FILENAME; sub(/.*\//, "", page); sub(/\.scd$/, "", page); n = 0; kind = "" }
	/^; run verdicts / { kind = $3; speaks = substr($0, 16); next }
	/^; run / { speaks = ""; kind = $3 ($4 ? "=" $4 : ""); next }
	/^```$/ {
		if (inside) { inside = 0; kind = ""; close(file) }
		else if (kind) {
			inside = 1
			file = sprintf("%s/%s.%02d.%s", out, page, ++n, kind)
			if (speaks) print speaks >file
		}
		next
	}
	inside { print >file }
' "$man"/*.scd

# type_session FILE: types what follows "$ " and prints command and output as the manual shows them.
type_session() {
	while IFS= read -r line || [ -n "$line" ]; do
		case $line in
		'$ '*)
			printf '%s\n' "$line"
			eval "${line#\$ }" 2>&1 </dev/null
			;;
		esac
	done <"$1"
}

# same WANTED GOT: equal lines, where a line "..." stands for any number of lines.
same() {
	awk -v wanted="$1" '
		BEGIN { while ((getline line < wanted) > 0) want[++n] = line }
		{ got[++m] = $0 }
		END {
			i = 1
			for (j = 1; j <= m; j++) {
				if (want[i] == "...") {
					if (i == n) { i++; break }
					if (got[j] == want[i + 1]) i += 2
				} else if (got[j] == want[i]) {
					i++
				} else {
					print "want: " want[i]; print "got:  " got[j]; exit 1
				}
			}
			if (i <= n && !(i == n && want[i] == "...")) { print "want: " want[i]; exit 1 }
		}' "$2"
}

# wrap KIND FILE: the snippet as the policy that it is taken from.
wrap() {
	echo 'language 1; policy p {'
	case $1 in
	block)
		echo 'applies mdev-type driver i915;
			attribute aggregator : int 1..8 from device "agg" default 1 dynamic;
			attribute fps : int 1..120 from device "fps" default 60 dynamic;
			rule v5 { when type == i915-GVTg_V5_{m: 1, 2, 4, 8}; accept same but {'
		cat "$2"
		echo '} }'
		;;
	statement)
		echo 'applies mdev-type driver nvidia;
			attribute profile : string from type "name";
			attribute board : pci-id from parent "vendor" "device";
			attribute manager : version(3) from module "nvidia" "version";
			attribute ecc : bool from site "nvidia.ecc";
			accept same but { type any; manager <= self; }'
		cat "$2"
		;;
	esac
	echo '}'
}

# ranges FILE: spellings with two blanks between them, and at the end of each line what they mean.
ranges() {
	sed -E 's/ {2,}/\t/g; s/\t(\[[^\t]*)$/\n=\1/; s/\t(everything), (nothing)$/\n=\1\t\2/' "$1" |
		awk -F '\t' '/^=/ { sub(/^=/, ""); want = $1; other = $2
			for (i = 1; i <= n; i++) print was[i] "\t" (other && i == n ? other : want); next }
			{ n = split($0, was, FS) }' |
		while IFS='	' read -r range want; do
			case $want in
			everything) want='[0.0.0,*)' ;;
			nothing) want=none ;;
			esac
			got=$("$m" range normal "$range" 2>&1)
			[ "$got" = "$want" ] || echo "$range: $got, not $want"
			echo "$range" >>"$scratch/ranges"
		done
}

# row_of ROW FILE: the device FILE as the row changes it, and on the first line what the row wants.
row_of() {
	awk -v row="$1" '
		{ text = text $0 "\n" }
		END {
			want = row; sub(/.* /, "", want)
			sub(/ +[^ ]+$/, "", row)
			n = split(row, change, "; ")
			for (i = 1; i <= n; i++) {
				at = index(change[i] " ", " -> ")
				old = substr(change[i], 1, at - 1); new = substr(change[i] " ", at + 4)
				sub(/ $/, "", new)
				found = index(text, old)
				if (!at || !found) { print "no such text: " change[i]; exit }
				text = substr(text, 1, found - 1) new substr(text, found + length(old))
			}
			printf "%s\n%s", want, text
		}' "$2"
}

# judged SPEAKS DEVICE ROW: what is wrong about one row of a table, for a policy that speaks so.
judged() {
	row_of "$3" "$2" >"$scratch/row"
	want=$(sed -n 1p "$scratch/row")
	sed 1d "$scratch/row" >changed.yaml
	echo "language 1; policy p { applies mdev-type driver i915, vfio_ccw; speaks $1; }" >spoken/p.policy
	case $want:$1 in
	compatible:*offers | incompatible:*offers) set -- "$1" "$3" match "$2" changed.yaml ;;
	compatible:* | incompatible:*) set -- "$1" "$3" match changed.yaml "$2" ;;
	*) set -- "$1" "$3" info changed.yaml ;;
	esac
	said="$1: $2"
	shift 2
	got=$("$m" --policies spoken --json "$@" 2>/dev/null |
		sed -E -n '1s/^[^{]*\{([^{]|\{[^{}]*\})*"(verdict|status)":"([a-z-]+)".*/\3/p')
	[ "$got" = "$want" ] || echo "$said: $got"
}

# verdicts FILE DEVICE: a table of changes with their verdicts; the first line is what the policy speaks.
# A list of sources is read as one of targets, too, with the sides exchanged.
verdicts() {
	mkdir -p spoken
	sed 1d "$1" | while IFS= read -r row; do
		speaks=$(sed -n 1p "$1")
		judged "$speaks" "$2" "$row" </dev/null
		case $speaks in
		*' as accepts') judged "${speaks% as *} as offers" "$2" "$row" </dev/null ;;
		esac
	done
}

n_blocks=$(ls "$blocks" | wc -l)
plan $((n_blocks + 17))
ok "the manual has examples ($n_blocks)" test "$n_blocks" -ge 10

# What the manual calls mdevcompat, host and the files beside it.
mkdir "$scratch/desk" "$scratch/bin"
printf '#!/bin/sh\nexec "%s" "$@"\n' "$m" >"$scratch/bin/mdevcompat"
chmod +x "$scratch/bin/mdevcompat"
PATH=$scratch/bin:$PATH
cd "$scratch/desk" || exit 99
cp "$top_srcdir"/examples/devices/*.yaml .

page=
for block in "$blocks"/*; do
	name=${block##*/}
	case $name in
	*=*)
		file=${name#*=}
		name=${name%%=*}
		;;
	*) file= ;;
	esac
	# Each page begins on a host that nobody has used.
	if [ "$page" != "${name%.*.*}" ]; then
		page=${name%.*.*}
		rm -rf host
		full_host host
	fi
	[ -z "$file" ] || cp "$block" "$file"
	case $name in
	*.file)
		ok "$name is not empty" test -s "$file"
		device=$file
		;;
	*.policy)
		ok "$name compiles" "$m" check "$block"
		;;
	*.bad)
		exits 3 "$name does not" "$m" check "$block"
		;;
	*.block | *.statement)
		wrap "${block##*.}" "$block" >"$scratch/wrapped"
		ok "$name holds" "$m" check --tests "$scratch/wrapped"
		;;
	*.verdicts)
		is "$(verdicts "$block" "$device")" "" "$name: every row of the table is so"
		;;
	*.ranges)
		is "$(ranges "$block")" "" "$name: every spelling means what is said"
		;;
	*.session)
		type_session "$block" >"$scratch/got"
		ok "$name" same "$block" "$scratch/got"
		;;
	*)
		fail "$name: what is that?"
		;;
	esac
done

# The pages that are the specification: what looks like an example is one. That of the language can be
# read in twenty minutes (250 words a minute).
for page in mdevcompat.policy.5 mdevcompat-interfaces.7; do
	is "$(awk '/^```$/ { inside = !inside; if (inside && before !~ /^; (run|form)/) print NR } { before = $0 }' \
		"$man/$page.scd")" "" "every block of $page is run, or says that it is a form"
done
page=$man/mdevcompat.policy.5.scd
words=$(wc -w <"$page")
ok "mdevcompat.policy(5) is read in twenty minutes ($words words)" test "$words" -le 5000
is "$(awk '/^; run policy/ { getline; while (getline > 0 && $0 != "```") n++; print n; exit }' "$page")" 5 \
	"its first example has five lines"

# ---- lists that stand twice

sed -n 's/^	X(STATUS_[A-Z_]*, "\([a-z-]*\)".*/\1/p' "$top_srcdir/engine/base/status.h" | sort >"$scratch/codes"
ok "there are statuses" test "$(wc -l <"$scratch/codes")" -ge 14
sed -n '/^# STATUS OF A SUBJECT/,/^# FILES/s/^|  \([a-z-]*\)$/\1/p' "$man/mdevcompat.1.scd" | sort \
	>"$scratch/documented"
is "$(cat "$scratch/documented")" "$(cat "$scratch/codes")" "mdevcompat(1) has every status and no other"
"$m" --help | sed -n 's/^  \([a-z]*\)  *[a-z].*/\1/p' | sort >"$scratch/verbs"
sed -n '/^# COMMANDS/,/^# SUBJECTS/s/^\*\([a-z]*\)\*.*/\1/p' "$man/mdevcompat.1.scd" | grep -vx help | sort \
	>"$scratch/documented"
is "$(cat "$scratch/documented")" "$(cat "$scratch/verbs")" "mdevcompat(1) has every command and no other"
# Of each command the options in its paragraph and in its help; those of all commands stand under OPTIONS.
sed -n '/^# OPTIONS/,/^# /p' "$man/mdevcompat.1.scd" | grep -o -e '\*--[a-z-]*' | tr -d '*' | sort -u >"$scratch/common"
for verb in $(cat "$scratch/verbs"); do
	"$m" help "$verb" | sed -n 's/^  \(--[a-z-]*\).*/\1/p' | grep -vxF -f "$scratch/common" | sort -u >"$scratch/has"
	sed -n '/^# COMMANDS/,/^# SUBJECTS/p' "$man/mdevcompat.1.scd" |
		awk -v verb="*$verb*" '/^\*[a-z]*\*/ { on = index($0, verb) == 1 } on' |
		grep -o -e '\*--[a-z-]*' | tr -d '*' | grep -vxF -f "$scratch/common" | sort -u >"$scratch/said"
	comm -3 "$scratch/has" "$scratch/said" | sed "s/^/$verb:/"
done >"$scratch/differ"
is "$(cat "$scratch/differ")" "" "mdevcompat(1) has every option of every command, and no other"
is "$("$m" --help | sed -n 's/^  \(--[a-z-]*\).*/\1/p' | grep -vxF -f "$scratch/common")" "" "and those of all commands"
"$m" --help | sed -n 's/^Exit status: //p' | grep -o '[0-9]' >"$scratch/codes"
is "$(sed -n '/^# EXIT STATUS/,/^# STATUS OF/s/^[[|]*  *\([0-9]\)$/\1/p' "$man/mdevcompat.1.scd")" "$(cat "$scratch/codes")" \
	"mdevcompat(1) has every exit status"
"$MDEVCOMPAT_ID" --help 2>&1 | grep -o -e '--[a-z-]*' | sort -u >"$scratch/has"
sed -n '/^# OPTIONS/,/^# /p' "$man/mdevcompat_id.8.scd" | grep -o -e '\*--[a-z-]*' | tr -d '*' | sort -u >"$scratch/said"
is "$(cat "$scratch/said")" "$(cat "$scratch/has")" "mdevcompat_id(8) has every option of the helper, and no other"
sed -n 's/.*[a-z](.*, "\([A-Z_]*\)",.*/\1/p' "$top_srcdir/engine/helper/emit.c" | sort -u >"$scratch/has"
sed -n '/^# PROPERTIES/,/^# EXIT/s/^\*MDEV\\_COMPAT\\_\([A-Z]*\).*/\1/p' "$man/mdevcompat_id.8.scd" | sed 's/^FP$/FP_/' |
	sort -u >"$scratch/said"
is "$(cat "$scratch/said")" "$(cat "$scratch/has")" "mdevcompat_id(8) has every property, and no other"
# Pages name pages that there are, and mdevcompat(1) names all.
{
	ls "$man"/*.scd
	echo mdevcompat-diagnostics.7.scd
} | sed 's/.*\///; s/\.\([0-9]\)\.scd$/(\1)/' | sort -u >"$scratch/pages"
named() {
	sed 's/[*\\]//g' "$@" | grep -o '[A-Za-z_.-]*mdevcompat[A-Za-z_.-]*([0-9])' | sort -u
}
is "$(named "$man"/*.scd "$top_srcdir/README.md" "$top_srcdir/HACKING.md" "$top_srcdir/ARCHITECTURE.md" "$top_srcdir/NEWS" |
	grep -vxF -f "$scratch/pages")" "" "pages that are named are there"
named "$man/mdevcompat.1.scd" >"$scratch/named"
is "$(grep -vxF -f "$scratch/named" "$scratch/pages")" "" "mdevcompat(1) names all of them"
missing=
for page in mdevcompat.1 mdevcompat-descriptor.7 mdevcompat_id.8; do
	tr '\n' ' ' <"$man/$page.scd" | grep -q 'the driver.s own check at migration start has the last word' ||
		missing="$missing $page"
done
is "$missing" "" "the three sentences stand on the first page"
if command -v scdoc >/dev/null; then
	bad=
	for page in "$man"/*.scd; do
		scdoc <"$page" >"$scratch/page" 2>&1 || bad="$bad ${page##*/}"
	done
	is "$bad" "" "every page can be made"
else
	skip 1 "no scdoc"
fi

done_testing
