# SPDX-License-Identifier: LGPL-2.1-or-later
"""Ways in which the reference interpreter can be made wrong, one at a time.  A comparison with the
engine must notice each; none is on unless a test says so.
"""

current = None
MUTATIONS = ("absent-self-is-nothing", "left-out-is-any", "except-ignored", "refuse-ignored",
             "offers-ignored", "division-rounds", "default-in-record", "unknown-attribute-passes",
             "not-newer-all-parts", "superset-is-subset", "migratable-no-leaves", "range-end-open",
             "one-combination", "dynamic-must-equal", "narrows-ignored", "domain-ignored",
             "mask-order-ignored", "other-type-passes")
