#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The self/compatible forms against a second reader of them, in Python and from the manual.
. "$top_srcdir/tests/lib.sh"
command -v python3 >/dev/null || skip_all "no python3"
plan 2

mkdir "$scratch/lists"
run env PYTHONDONTWRITEBYTECODE=1 python3 "$top_srcdir/tests/adapter/lists.py" \
	"${MDEVCOMPAT_LISTS_SEED:-20200729}" "${MDEVCOMPAT_LISTS_ROUNDS:-150}" "$MDEVCOMPAT" "$scratch/lists"
is "$rc:$err" 0: "both judge alike" || diag "$out"
like "$out" '^[1-9][0-9]+ compatible, [1-9][0-9]+ not' "and not all one way"
done_testing
