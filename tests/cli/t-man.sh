#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The manual's examples, typed as they stand there; and what it lists is what there is.
. "$top_srcdir/tests/lib.sh"
. "$top_srcdir/tests/cli/lib.sh"

man=$top_srcdir/man
blocks=$scratch/blocks
mkdir "$blocks"
# One file a block, NAME.NN.KIND, in the order of the pages; NAME.NN.KIND=FILE where it has a name that
# later sessions use.
awk -v out="$blocks" '
	FNR == 1 { page = FILENAME; sub(/.*\//, "", page); sub(/\.scd$/, "", page); n = 0; kind = "" }
	/^; run / { kind = $3 ($4 ? "=" $4 : ""); next }
	/^```$/ {
		if (inside) { inside = 0; kind = ""; close(file) }
		else if (kind) { inside = 1; file = sprintf("%s/%s.%02d.%s", out, page, ++n, kind) }
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

n_blocks=$(ls "$blocks" | wc -l)
plan $((n_blocks + 7))
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
		;;
	*.policy)
		ok "$name compiles" "$m" check "$block"
		;;
	*.bad)
		exits 3 "$name does not" "$m" check "$block"
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
for verb in $(cat "$scratch/verbs"); do
	"$m" help "$verb" | sed -n 's/^  --\([a-z-]*\).*/\1/p'
done | sort -u >"$scratch/options"
for option in $(cat "$scratch/options"); do
	grep -q -e "\*--$option\*" -e "\*--$option=" "$man/mdevcompat.1.scd" || echo "$option"
done >"$scratch/missing"
is "$(cat "$scratch/missing")" "" "mdevcompat(1) has every option"
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
