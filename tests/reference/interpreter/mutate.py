# SPDX-License-Identifier: LGPL-2.1-or-later
"""Deliberate errors, one of which can be switched on, to prove that a comparison would notice it.

Set mutate.current to one of MUTATIONS (or None).  All of them act when a Side is made or judged, none
when a Policy is parsed: sides must be made anew after a change, policies need not be.
"""

MUTATIONS = (
    "absent-self-is-nothing",
    "left-out-is-any",
    "except-ignored",
    "refuse-ignored",
    "offers-ignored",
    "division-rounds",
    "default-in-record",
    "unknown-attribute-passes",
    "not-newer-all-parts",
    "superset-is-subset",
    "migratable-no-leaves",
    "range-end-open",
    "one-combination",
    "dynamic-must-equal",
    "narrows-ignored",
    "domain-ignored",
    "mask-order-ignored",
    "other-type-passes",
    "claims-of-first-block-only",
    "fallback-to-default-when-unreadable",
    # beyond the required twenty
    "not-newer-offer-as-accept",
    "spelt-default-holds",
    "absent-local-is-absent",
    "claim-domain-ignored",
    "conditions-any-of",
    "disjoint-is-equal-nothing",
    "absent-satisfies-except",
    "at-most-is-below",
    "type-reads-dynamic",
    "key-first-wins",
    "fact-domain-ignored",
    "wrong-type-fails-any",
    "no-offer-matches-is-none",
    "field-ignored",
    "wildcard-is-exact",
    "copy-not-claimed",
    "kind-not-compared",
)

current = None


def on(name):
    """Whether this error is switched on."""
    return current == name
