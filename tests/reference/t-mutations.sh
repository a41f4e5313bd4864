#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Is the comparison worth something? The reference interpreter is made wrong in one way after the
# other, and each must be noticed.
. "$top_srcdir/tests/lib.sh"
command -v python3 >/dev/null || skip_all "no python3"

PYTHONDONTWRITEBYTECODE=1 python3 "$top_srcdir/tests/reference/compare.py" mutations \
	"$top_builddir/tests/reference/batch" 1 3000
# The plan and the lines were printed there.
rc=$?
tap_finished=1
exit $rc
