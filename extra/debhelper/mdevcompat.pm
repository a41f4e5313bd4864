# SPDX-License-Identifier: LGPL-2.1-or-later
# `dh --with mdevcompat`, or Build-Depends: dh-sequence-mdevcompat.
use strict;
use warnings;
use Debian::Debhelper::Dh_Lib;

insert_after('dh_install', 'dh_mdevcompat');

1;
