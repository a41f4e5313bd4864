#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The engine against the reference interpreter on random policies and subjects, over every production
# of the grammar. A failing case is printed as text; `compare.py show SEED NUMBER` prints any.
#
# MDEVCOMPAT_REFERENCE_SEED: any word; "random" takes another one each time, and prints it
# MDEVCOMPAT_REFERENCE_CASES: (policy, source, target) cases; scripts/test asks for a million
. "$top_srcdir/tests/lib.sh"
command -v python3 >/dev/null || skip_all "no python3"

seed=${MDEVCOMPAT_REFERENCE_SEED:-20200731}
[ "$seed" != random ] || seed=$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')
PYTHONDONTWRITEBYTECODE=1 python3 "$top_srcdir/tests/reference/compare.py" run \
	"$top_builddir/tests/reference/batch" "$top_srcdir/grammar/parser.y" \
	"$seed" "${MDEVCOMPAT_REFERENCE_CASES:-100000}" 2
# The plan and the lines were printed there.
rc=$?
tap_finished=1
exit $rc
