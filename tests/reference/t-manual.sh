#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The reference interpreter's own tests: the examples and sentences of mdevcompat.policy(5), from which
# it was written.
. "$top_srcdir/tests/lib.sh"
command -v python3 >/dev/null || skip_all "no python3"

PYTHONDONTWRITEBYTECODE=1 python3 "$top_srcdir/tests/reference/interpreter/tests.py"
# The plan and the lines were printed there.
rc=$?
tap_finished=1
exit $rc
