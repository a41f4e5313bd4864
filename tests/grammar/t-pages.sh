# SPDX-License-Identifier: LGPL-2.1-or-later
# mdevcompat-diagnostics(7) has each code of the table, whole; and the generator notices what is missing.
. "$top_srcdir/tests/lib.sh"
plan 9

table=$top_srcdir/engine/base/diag-codes.def
generate() {
	awk -v strict=1 -v top="$top_srcdir" -f "$top_srcdir/man/diagnostics.awk" "$1"
}

exits 0 "the page can be made" generate "$table"
printf '%s\n' "$out" >"$scratch/page.scd"
is "$err" "" "nothing is missing"
codes=$(sed -n 's/^DIAG_CODE(DIAG_[A-Z0-9_]*, \([0-9]*\), .*/\1/p' "$table")
is "$(sed -n 's/^## MDC-0*\([0-9]*\): .*/\1/p' "$scratch/page.scd")" "$codes" "an entry for each code, in the table's order"
is "$(grep -c '^DIAG_CODE(' "$table")" "$(echo "$codes" | wc -l)" "each row of the table was read"
# The example of an entry is of its code: not of the file's next mistake, nor of a renamed one.
is "$(awk '/^## MDC-/ { code = substr($2, 1, 7) }
	/^```/ { if (!inside && !(code in seen)) getline; else getline skipped; inside = !inside
		if (inside) { seen[code]; while ($0 !~ /^```/ && index($0, "[" code "]") == 0) getline
			if ($0 ~ /^```/) { print code; inside = 0 } } }' "$scratch/page.scd")" "" \
	"each example shows its own code"
unlike "$(cat "$scratch/page.scd")" '^\*Way out:\* *$' "each has a way out"

# Undone, piece by piece.
awk '/^DIAG_CODE\(DIAG_RANGE,/ { print; skip = 1; next } /\*\// && skip { skip = 0; next } !skip' "$table" \
	>"$scratch/no-text.def"
exits 1 "a code without text is an error" generate "$scratch/no-text.def"
sed '/^DIAG_CODE(DIAG_RANGE,/,/\*\//s/Way out:/Somehow:/' "$table" >"$scratch/no-way.def"
exits 1 "and one without a way out" generate "$scratch/no-way.def"
sed 's/^DIAG_CODE(DIAG_RANGE,/DIAG_CODE(DIAG_RANGES,/' "$table" >"$scratch/no-golden.def"
exits 1 "and one without example or golden file" generate "$scratch/no-golden.def"
done_testing
