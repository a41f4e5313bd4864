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
    # speaks NAME
    "spoken-absent-is-empty",
    "spoken-division-rounds",
    "spoken-list-direction",
    "spoken-higher-minor-passes",
    "spoken-superset",
    "spoken-off-value-ignored",
    "spoken-type-free",
    "spoken-own-refuse-ignored",
    "spoken-duplicate-last-wins",
    "spoken-left-out-any",
    "spoken-claims-none",
    "spoken-home-mixed",
    # beyond the required twelve
    "spoken-own-accept-ignored",
    "spoken-own-offer-ignored",
    "spoken-own-type-equal",
    "spoken-unknown-passes",
    "spoken-first-block-only",
    "spoken-one-combination",
    "spoken-empty-line-is-none",
    "spoken-json-fill-ignored",
    "spoken-blanks-kept",
    "spoken-allowed-ignored",
    "spoken-range-end-open",
    "spoken-hex-is-decimal",
    "spoken-dynamic-must-equal",
    "spoken-version-must-equal",
    "spoken-speaks-of-ignored",
    "spoken-unreadable-is-absent",
    "spoken-resource-may-be-absent",
    "spoken-computed-and-copied",
)

current = None


def on(name):
    """Whether this error is switched on."""
    return current == name
