# SPDX-License-Identifier: LGPL-2.1-or-later
"""CLAIMS: whether one source could be accepted twice with one attribute claimed differently.

Every pair of ways to be accepted (a block with values of all its variables) is taken.  For each attribute
the pairs of target's and source's values are found that both ways allow, out of sample values.  Where some
attribute has none, the two ways exclude each other.  Otherwise a target and a source are put together and
judged: two different claims prove a conflict.  What neither excludes nor proves is left undecided (None).
"""

import itertools

import evaluate
import ranges
import samples
import valuetypes
from facts import ABSENT

MAX_WAYS = 600
MAX_PAIRS = 20000
MAX_ROWS = 70000
MAX_CELLS = 200000
MAX_ATTEMPTS = 60


class _Undecided(Exception):
    pass


class _Way:
    """A block with the values of its variables and those of its rule."""

    def __init__(self, policy, rule, block, words):
        self.rule, self.block, self.words = rule, block, words
        self.claims = dict(block.claims)
        for name in block.claimed_copies:
            self.claims[name] = None


class _Search:
    def __init__(self, policy):
        self.policy = policy
        self.every = list(samples.every_clause(policy))
        self.sources = set()
        for rule in policy.rules:
            for block in rule.blocks:
                for name, expression in block.claims.items():
                    self.sources.add(name)
                    if expression is not None and expression.source is not None:
                        self.sources.add(expression.source)
        self.named = {clause.name for clause, _ in self.every} | self.sources
        self.values = {}
        self.complete = {}
        self.cache = {}
        for name in self.named:
            declared = policy.all_attributes[name]
            own = [(clause, words) for clause, words in self.every if clause.name == name]
            expressed = any(clause.form == "expr" for clause, _ in own)
            self.values[name], self.complete[name] = samples.of_attribute(
                declared, own, expressed or name in self.sources)

    def ways(self):
        found = []
        for rule in self.policy.rules:
            if rule.migratable_no:
                continue
            for words in evaluate.words_of(rule.bindings):
                for block in rule.blocks:
                    if block.kind != "accept":
                        continue
                    for more in evaluate.words_of(block.bindings):
                        found.append(_Way(self.policy, rule, block, dict(words, **more)))
                        if len(found) > MAX_WAYS:
                            raise _Undecided
        return found

    def targets(self, name, pair):
        """The values that the target may have."""
        declared = self.policy.all_attributes[name]
        if name == "kind":
            return [pair[0]]
        if name == "driver":
            return [pair[1]]
        if name == "type":
            if pair[0] == "mdev":
                return self.values[name]
            return self.values[name] + [ABSENT] if pair in self.policy.with_type_from else [ABSENT]
        return self.values[name] + ([ABSENT] if declared.default is ABSENT else [])

    def allowed(self, way, name, pair):
        """All (target's, source's) values of an attribute that this way allows."""
        whens = [one for one in way.rule.whens if one.name == name]
        clauses = [one for one in way.block.clauses if one.name == name]
        used = set().union(*(one.variables for one in whens + clauses)) if whens or clauses else set()
        key = (name, pair, id(way.rule), id(way.block), tuple(sorted((one, way.words[one]) for one in used)))
        if key in self.cache:
            return self.cache[key]
        declared = self.policy.all_attributes[name]
        targets = [value for value in self.targets(name, pair)
                   if all(evaluate.clauses.holds(one, value, {}, way.words) for one in whens)]
        clauses = [one for one in clauses if one.form != "local-ranges"
                   and not (one.form == "self" and one.operand != name)]
        equal = name not in way.block.named and not declared.dynamic
        sources = list(self.values[name])
        if declared.default is None or declared.default is ABSENT:
            sources.append(ABSENT)
        if name in ("kind", "driver"):
            sources += [pair[name == "driver"]]
        if equal:
            found = frozenset((value, value) for value in targets)
        elif len(targets) * len(sources) > MAX_CELLS:
            raise _Undecided
        else:
            found = frozenset((target, source) for target in targets for source in sources
                              if all(evaluate.clauses.holds(one, source, {name: target}, way.words)
                                     for one in clauses))
        self.cache[key] = found
        return found

    def pair(self, one, other):
        """True, False or None: could a source be accepted in both ways and be claimed differently?"""
        both = [name for name in one.claims if name in other.claims
                and not (one.claims[name] is None and other.claims[name] is None)]
        if not both:
            return False
        results = {self.scoped(one, other, both, pair) for pair in self.policy.pairs}
        return True if True in results else None if None in results else False

    def scoped(self, one, other, both, pair):
        joint, complete = {}, True
        for name in self.named | {"kind", "driver"}:
            if name not in self.values:
                continue
            joint[name] = self.allowed(one, name, pair) & self.allowed(other, name, pair)
            complete = complete and self.complete[name]
            if not joint[name]:
                if self.complete[name]:
                    return False
                return None
        asked = set(both)
        for way in (one, other):
            for expression in way.claims.values():
                if expression is not None and expression.source is not None:
                    asked.add(expression.source)
        asked = sorted(asked)
        sources = [sorted({source for _, source in joint[name]}, key=repr) for name in asked]
        count = 1
        for row in sources:
            count *= len(row)
        if count > MAX_ROWS:
            return None
        differing = [seen for seen in (dict(zip(asked, row)) for row in itertools.product(*sources))
                     if self.differ(one, other, both, seen)]
        if not differing:
            return False if complete else None
        for attempt in range(MAX_ATTEMPTS):
            if self.proved(pair, joint, differing[attempt % len(differing)], attempt):
                return True
        return None

    def claims(self, way, seen):
        found = {}
        for name, expression in way.claims.items():
            if expression is None:
                if name in seen:
                    found[name] = seen[name]
                continue
            source = seen.get(expression.source)
            value = expression.value(None, None if source is ABSENT else source, way.words)
            if value is None or not valuetypes.in_domain(self.policy.attributes[name].type, value):
                return None
            found[name] = value
        return found

    def differ(self, one, other, both, seen):
        first, second = self.claims(one, seen), self.claims(other, seen)
        if first is None or second is None:
            return False
        return any(first[name] != second[name] for name in both)

    def proved(self, pair, joint, seen, attempt):
        """Judge a target and a source with these values; each attempt takes others of those not asked for."""
        policy = self.policy
        target, source = {}, {"kind": pair[0], "driver": pair[1]}
        type_ = "other-1" if pair[0] == "mdev" else ABSENT
        source["type"] = type_
        for name in policy.attributes:
            if name not in joint:
                target[name] = source[name] = self._some(policy.attributes[name])
        for name, pairs in joint.items():
            fitting = [one for one in pairs if name not in seen or one[1] == seen[name]]
            mine, theirs = sorted(fitting, key=repr)[attempt * (7 + len(target)) % len(fitting)]
            source[name] = theirs
            if name == "type":
                type_ = mine
            elif name in policy.attributes:
                target[name] = mine
        for name, local in policy.locals.items():
            if local.type.kind == "versions":
                target[name] = ranges.united([(0, ranges.BASE ** local.type.n)], local.type.n)
        view = evaluate.View(policy, pair[0], pair[1], None if type_ is ABSENT else type_, True,
                             values=target)
        subject = evaluate.Subject(view, [])
        if subject.problems:
            return False
        record = {}
        for name, declared in policy.all_attributes.items():
            value = source.get(name, ABSENT)
            if value is not ABSENT and not (declared.default is not None and value == declared.default):
                record[name] = (declared.record_type, value)
        return any(len(values) > 1 for values in subject.accepts(record)[1].values())

    @staticmethod
    def _some(declared):
        if declared.default is not None:
            return declared.default
        return samples.of_attribute(declared, [], False)[0][0]


def claims_could_conflict(policy):
    """Whether the claims rule is broken: True (proved), False (proved not to be), None (not decided)."""
    if policy.narrows is not None or not policy.dynamic:
        return False
    result = False
    try:
        search = _Search(policy)
        for count, (one, other) in enumerate(itertools.combinations(search.ways(), 2)):
            if count > MAX_PAIRS:
                return None
            found = search.pair(one, other)
            if found:
                return True
            if found is None:
                result = None
    except _Undecided:
        return None
    return result
