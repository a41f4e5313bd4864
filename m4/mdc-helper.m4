# SPDX-License-Identifier: LGPL-2.1-or-later
mdc_helper=none
