#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The engine against the reference interpreter where policies speak an interface: random files of
# drivers, as t-reference.sh has random policies. A failing case is printed as text;
# `speaking.py show SEED NUMBER` prints any.
#
# MDEVCOMPAT_REFERENCE_SEED: as there; a tenth of MDEVCOMPAT_REFERENCE_CASES (100000 without it), but
# at least 50000: with fewer some statuses are met by chance only
. "$top_srcdir/tests/lib.sh"
command -v python3 >/dev/null || skip_all "no python3"

seed=${MDEVCOMPAT_REFERENCE_SEED:-20200731}
[ "$seed" != random ] || seed=$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')
cases=$((${MDEVCOMPAT_REFERENCE_CASES:-1000000} / 10))
[ "$cases" -ge 50000 ] || cases=50000
PYTHONDONTWRITEBYTECODE=1 python3 "$top_srcdir/tests/reference/speaking.py" run \
	"$top_builddir/tests/reference/batch" "$seed" "$cases" 2
# The plan and the lines were printed there.
rc=$?
tap_finished=1
exit $rc
