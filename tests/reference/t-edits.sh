#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Texts that are mostly no policies: the compiler refuses what the reference interpreter refuses, and
# takes what that takes. The seed is as in t-reference.sh.
. "$top_srcdir/tests/lib.sh"
command -v python3 >/dev/null || skip_all "no python3"

PYTHONDONTWRITEBYTECODE=1 python3 "$top_srcdir/tests/reference/compare.py" edits \
	"$top_builddir/tests/reference/batch" "${MDEVCOMPAT_REFERENCE_SEED:-20200731}" 4000
# The plan and the lines were printed there.
rc=$?
tap_finished=1
exit $rc
