#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# As t-mutations.sh: the reference made wrong in what is spoken, in one way after the other.
. "$top_srcdir/tests/lib.sh"
command -v python3 >/dev/null || skip_all "no python3"

PYTHONDONTWRITEBYTECODE=1 python3 "$top_srcdir/tests/reference/speaking.py" mutations \
	"$top_builddir/tests/reference/batch" 1 800
# The plan and the lines were printed there.
rc=$?
tap_finished=1
exit $rc
