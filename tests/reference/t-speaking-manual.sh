#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# As t-manual.sh: the examples and sentences of mdevcompat-interfaces(7).
. "$top_srcdir/tests/lib.sh"
command -v python3 >/dev/null || skip_all "no python3"

PYTHONDONTWRITEBYTECODE=1 python3 "$top_srcdir/tests/reference/interpreter/tests_speaks.py"
# The plan and the lines were printed there.
rc=$?
tap_finished=1
exit $rc
