# SPDX-License-Identifier: LGPL-2.1-or-later
"""RULES: what a subject's record is, which sources' records it accepts, and to which targets' it offers."""

import itertools

import clauses
import facts
import mutate
import valuetypes
from facts import ABSENT, UNREADABLE


class _Mark:
    pass


OTHER_TYPE = _Mark()        # a value of another type stands at the name
SPELT = _Mark()             # the record spells out one's own default


def words_of(bindings):
    """All combinations of the values of some variables."""
    if not bindings:
        return [{}]
    names = sorted(bindings)
    found = [dict(zip(names, row)) for row in itertools.product(*(bindings[name] for name in names))]
    return found[:1] if mutate.on("one-combination") else found


def read_record(declared, record):
    """What a record says at a name, read with one's own declaration."""
    typed = record.get(declared.name)
    if typed is None:
        return declared.default_value
    if typed[0] != declared.record_type:
        return typed[1] if mutate.on("other-type-passes") else OTHER_TYPE
    if declared.default is not None and declared.default is not ABSENT and typed[1] == declared.default \
            and not mutate.on("spelt-default-holds"):
        return SPELT
    return typed[1]


def clause_holds(clause, value, own, words):
    if value is SPELT:
        return False
    if value is OTHER_TYPE:
        return clause.operator == "any" and not mutate.on("wrong-type-fails-any")
    try:
        return clauses.holds(clause, value, own, words)
    except TypeError:               # only where other-type-passes is switched on
        return False


class View:
    """A subject as one policy sees it: values, problems, and the rules that match it."""

    def __init__(self, policy, kind, driver, type_, instance, raw=None, values=None):
        """raw: NAME -> text of the fact; or values: NAME -> value, as a test gives them."""
        self.policy = policy
        self.problems = set()
        self.own = {"kind": kind, "driver": driver, "type": ABSENT if type_ is None else type_}
        if type_ is None and (kind, driver) in policy.with_type_from:
            self.problems.add(("missing-fact", "type"))
        for name, declared in policy.attributes.items():
            if declared.dynamic and not instance and not mutate.on("type-reads-dynamic"):
                self.own[name] = declared.default
                continue
            self._take(declared, raw, values)
        for declared in policy.locals.values():
            self._take(declared, raw, values)
        self.matched = []
        self.migratable = True
        if not self.problems:
            self._match()

    def _take(self, declared, raw, values):
        name = declared.name
        if values is not None:
            value = values.get(name, ABSENT)
        elif declared.fact == "type" and self.own["kind"] == "vfio":
            value = UNREADABLE              # a vfio device has no such directory
        elif name not in raw:
            value = ABSENT
        else:
            value = facts.read(declared, raw[name])
        if value is UNREADABLE and declared.default is not None \
                and mutate.on("fallback-to-default-when-unreadable"):
            value = declared.default
        if value is UNREADABLE:
            self.problems.add(("unreadable-fact", name))
            return
        if value is ABSENT:
            if declared.default is None and not declared.local:
                self.problems.add(("missing-fact", name))
                return
            value = declared.default_value
        self.own[name] = value

    def _match(self):
        own = self.own
        every = any if mutate.on("conditions-any-of") else all
        for rule in self.policy.rules:
            for words in words_of(rule.bindings):
                if not rule.whens or every(clauses.holds(one, own[one.name], own, words)
                                           for one in rule.whens):
                    self.matched.append((rule, words))
                    if rule.migratable_no:
                        self.migratable = False
        self.blocks = {"accept": [], "offer": [], "refuse": []}
        for rule, words in self.matched:
            for block in rule.blocks:
                self.blocks[block.kind].append((block, words))

    def record(self):
        """NAME -> (type, value) of all that is in the record."""
        found = {}
        for name, declared in self.policy.all_attributes.items():
            value = self.own.get(name, ABSENT)
            if value is ABSENT:
                continue
            if declared.default is not None and value == declared.default \
                    and not mutate.on("default-in-record"):
                continue
            found[name] = (declared.record_type, value)
        return found

    def _combinations(self, block, words, seen):
        """The words of all combinations for which the clauses of a block hold."""
        own = self.own
        if not all(clause_holds(one, seen[one.name], own, words) for one in block.fixed):
            return []
        if not block.bindings:
            return [words]
        found = []
        for more in words_of(block.bindings):
            both = dict(words, **more)
            if all(clause_holds(one, seen[one.name], own, both) for one in block.varying):
                found.append(both)
        return found

    def _seen(self, record):
        return {name: read_record(declared, record) for name, declared in self.policy.all_attributes.items()}

    def describes(self, kind, record):
        """Whether any block of this kind of a matching rule describes the record."""
        if not self.blocks[kind]:
            return False
        seen = self._seen(record)
        return any(self._combinations(block, words, seen) for block, words in self.blocks[kind])

    def accepts(self, record):
        """(whether accept blocks take the record, NAME -> set of claimed values).  Refuse is not asked."""
        attributes = self.policy.all_attributes
        if not mutate.on("unknown-attribute-passes") and any(name not in attributes for name in record):
            return False, {}
        if not self.blocks["accept"]:
            return False, {}
        seen = self._seen(record)
        unequal = set()
        for name, value in seen.items():
            if value is OTHER_TYPE or value is SPELT:
                return False, {}
            declared = attributes[name]
            try:
                outside = value is not ABSENT and not valuetypes.in_domain(declared.type, value)
            except TypeError:
                outside = False
            if outside and not mutate.on("domain-ignored"):
                return False, {}
            if value != self.own[name] and (not declared.dynamic or mutate.on("dynamic-must-equal")):
                unequal.add(name)
        if mutate.on("left-out-is-any"):
            unequal.clear()
        if mutate.on("kind-not-compared"):
            unequal.discard("kind")
        accepted, claims = False, {}
        for block, words in self.blocks["accept"]:
            if not unequal <= block.named:
                continue
            for both in self._combinations(block, words, seen):
                claimed = self.claimed(block, both, seen)
                if claimed is None:
                    continue
                if accepted and mutate.on("claims-of-first-block-only"):
                    continue
                accepted = True
                for name, value in claimed.items():
                    claims.setdefault(name, set()).add(value)
        return accepted, claims

    def claimed(self, block, words, seen):
        """NAME -> the claimed value, or None if one of them has no value in its domain."""
        found = {}
        if not mutate.on("copy-not-claimed"):
            for name in block.claimed_copies:
                found[name] = seen[name]
        for name, expression in block.claims.items():
            declared = self.policy.attributes[name]
            if expression is None:
                value = seen[name]
            else:
                source = seen[expression.source] if expression.source is not None else None
                value = expression.value(None, None if source is ABSENT else source, words)
            if value is None:
                return None
            if not valuetypes.in_domain(declared.type, value) and not mutate.on("claim-domain-ignored"):
                return None
            found[name] = value
        return found


class Subject:
    """A subject with its policy and those that narrow it."""

    def __init__(self, view, narrowing):
        self.view = view
        self.narrowing = [] if mutate.on("narrows-ignored") else narrowing
        self.problems = set(view.problems)
        for one in self.narrowing:
            self.problems |= one.problems
        self.record = {} if self.problems else view.record()

    def migratable(self):
        return self.view.migratable and all(one.migratable for one in self.narrowing)

    def refuses(self, record):
        if mutate.on("refuse-ignored"):
            return False
        return self.view.describes("refuse", record) or any(one.describes("refuse", record)
                                                            for one in self.narrowing)

    def accepts(self, record):
        if not self.migratable():
            return False, {}
        if self.view.policy.narrows is not None:        # only in the tests of such a policy
            accepted, claims = True, {}
        else:
            accepted, claims = self.view.accepts(record)
        if accepted and self.refuses(record):
            return False, {}
        return accepted, claims

    def offers(self, record):
        if not self.migratable():
            return mutate.on("migratable-no-leaves")
        if mutate.on("offers-ignored"):
            return True
        if not self.view.blocks["offer"]:
            return not mutate.on("no-offer-matches-is-none")
        return self.view.describes("offer", record)


def verdict(source, target):
    """The verdict about two subjects, and the claims of a compatible one."""
    if source.problems or target.problems:
        return "unknown", {}
    accepted, claims = target.accepts(source.record)
    if accepted and source.offers(target.record):
        return "compatible", claims
    return "incompatible", {}
