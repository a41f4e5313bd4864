# SPDX-License-Identifier: LGPL-2.1-or-later
"""CLAIMS, from "No source may be accepted twice" to its end: which claims the compiler sees to be an error.

"It compares each computed claim (no copy, nor source.NAME of the attribute itself) with all others on
the attribute, for each combination of the variables that these two use.  Two are told apart if for some
attribute nothing, not even absence, is left of one's own, by the conditions of both rules; or of the
source's, by the clauses of both blocks, and by those conditions too if a block says == self or leaves out
the attribute, not being dynamic.  [...]  Two that are not told apart are an error if they are computed from
two attributes of the source, or if for one value that is left of that attribute (of a copy, its own) both
have a value in the domain, and these differ."  The answer is exact: True (an error) or False.
"""

import itertools

import operands
import ranges
import valuetypes
from errors import Refused

MAX_WORDS = 256
MAX_COMPUTED = 1024
MAX_PAIRS = 1 << 20


class Left:
    """What clauses leave of an attribute.

    absence: whether it may be absent; values: None (all), a frozenset, or a tuple of (low, high), both in it;
    beginnings: lists with words that end in *, as (Texts, values of its templates, without).
    """

    __slots__ = ("absence", "values", "beginnings")

    def __init__(self, absence, values, beginnings=()):
        self.absence, self.values, self.beginnings = absence, values, beginnings

    def with_(self, other):
        """What both leave."""
        return Left(self.absence and other.absence, _both(self.values, other.values),
                    self.beginnings + other.beginnings)

    def nothing(self):
        if self.absence or self.values is None:
            return False
        if not self.values:
            return True
        # "Of two lists with words that end in * one counts": there is one that leaves none of the values
        return any(not any(_listed(one, value) for value in self.values) for one in self.beginnings)


EVERYTHING = Left(True, None)
NOTHING = Left(False, frozenset())
ABSENCE = Left(True, frozenset())
A_VALUE = Left(False, None)


def _listed(beginning, value):
    texts, values, without = beginning
    if value in without:
        return False
    return (value in values or any(value.startswith(one) for one in texts.prefixes)
            or any(_listed((kept, kept.values, gone.values), value) for kept, gone in texts.groups))


def _both(one, other):
    if one is None:
        return other
    if other is None:
        return one
    if not one or not other:
        return frozenset()
    if isinstance(one, frozenset):
        return one & other
    return tuple((max(a, c), min(b, d)) for a, b in one for c, d in other if max(a, c) <= min(b, d))


def domain(declared):
    of = declared.type
    if of.kind == "enum":
        return Left(True, frozenset(of.words))
    if of.kind == "bool":
        return Left(True, frozenset((False, True)))
    if of.kind == "int":
        return Left(True, ((of.lo, of.hi),))
    return EVERYTHING


def _compared(operator, kind, value):
    if kind == "version":
        value = ranges.number(value, len(value))
    if operator == "<=":
        return Left(False, ((min(valuetypes.LOWEST, 0), value),))
    if operator == ">=":
        return Left(False, ((value, max(valuetypes.HIGHEST, ranges.BASE ** 4)),))
    if kind in ("int", "version"):
        return Left(False, ((value, value),))
    return Left(False, frozenset((value,)))


def _words(template, fixed, bindings):
    """All that a template can become, or None if that is more than 256 words."""
    names = sorted(template.variables)
    rows = itertools.product(*((fixed[name],) if name in fixed else bindings[name] for name in names))
    found = set()
    for row in rows:
        found.add(template.text(dict(zip(names, row))))
        if len(found) > MAX_WORDS:
            return None
    return found


def _texts(clause, fixed, bindings):
    texts = clause.operand
    found = set(texts.values)
    for template in texts.templates:
        words = _words(template, fixed, bindings)
        if words is None:
            return EVERYTHING
        found |= words
    without = clause.away.values if clause.away is not None else set()
    if texts.prefixes or texts.groups:
        return Left(False, None, ((texts, frozenset(found), frozenset(without)),))
    return Left(False, frozenset(found - without))


def of_clause(clause, fixed, bindings):
    """What one clause leaves; fixed: words of the variables that the claim uses; bindings: of all."""
    operator, form, kind = clause.operator, clause.form, clause.of.kind
    if operator == "any":
        return EVERYTHING
    if operator == "absent":
        return ABSENCE
    if operator == "present":
        return A_VALUE
    if form in ("self", "local-ranges") or operator not in ("==", "in", "<=", ">="):
        return EVERYTHING
    if kind in ("set", "mask"):
        return A_VALUE
    if form == "expr":
        if clause.operand.uses_self or not clause.operand.variables <= set(fixed):
            return EVERYTHING
        value = clause.operand.value(None, None, fixed)
        return NOTHING if value is None else _compared(operator, kind, value)
    if form == "texts":
        return _texts(clause, fixed, bindings)
    if form == "const":
        return _compared(operator, kind, clause.operand)
    if form == "values":
        return Left(False, frozenset(clause.operand - (clause.away or set())))
    if form == "ranges":
        return Left(False, tuple((low, high - 1) for low, high in clause.operand))
    left = []
    for pair in clause.operand:
        left += operands.left_of(pair, clause.away or ())
    return Left(False, tuple(left))


class Claim:
    """One claim of a block for one combination of the variables that it uses; expression None: a copy."""

    def __init__(self, name, rule, block, expression, fixed):
        self.name, self.rule, self.block = name, rule, block
        self.expression, self.fixed = expression, fixed
        self.source = name if expression is None else expression.source
        self.key = (id(rule), id(block), tuple(sorted(fixed.items())))
        self.own_key = (id(rule), tuple(sorted((one, word) for one, word in fixed.items()
                                               if one in rule.bindings)))
        bindings = dict(rule.bindings, **block.bindings)
        self.own = self._left(rule.whens, bindings)
        self.others = self._left(block.clauses, bindings)
        self.equal = {one.name for one in block.clauses
                      if one.operator == "==" and one.form == "self" and one.operand == one.name}

    def _left(self, clauses, bindings):
        found = {}
        for clause in clauses:
            left = of_clause(clause, self.fixed, bindings)
            found[clause.name] = found[clause.name].with_(left) if clause.name in found else left
        return found

    def takes_own(self, name, declared):
        """Whether the block says == self or leaves out the attribute, not being dynamic."""
        return name in self.equal or (name not in self.block.named and not declared.dynamic)

    def value(self, source):
        if self.expression is None:
            return source
        return self.expression.value(None, source, self.fixed)


def claims_on(policy, name):
    """(computed claims, copies) on one attribute, each for all combinations of the variables used."""
    computed, copies = [], []
    for rule in policy.rules:
        for block in rule.blocks:
            if block.kind != "accept":
                continue
            expression = block.claims.get(name)
            if expression is not None and expression.tree == ("source", name):
                expression = None
            if expression is None:
                if name in block.claims or name in block.claimed_copies:
                    copies.append((rule, block))
                continue
            bindings = dict(rule.bindings, **block.bindings)
            names = sorted(expression.variables)
            for row in itertools.product(*(bindings[one] for one in names)):
                computed.append((rule, block, expression, dict(zip(names, row))))
                if len(computed) > MAX_COMPUTED:
                    raise Refused("more than 1024 combinations of computed claims on %s" % name)
    if len(computed) * (len(computed) - 1) // 2 + len(computed) * len(copies) > MAX_PAIRS:
        raise Refused("more than 2^20 pairs of claims on %s" % name)
    return computed, copies


class _Pairs:
    """The comparison of claims on one attribute, two by two."""

    def __init__(self, policy, name):
        self.policy, self.name = policy, name
        self.of = policy.attributes[name].type
        self.own_known, self.known = {}, {}

    def source_left(self, one, other, name):
        """What is left of the source's attribute."""
        declared = self.policy.all_attributes[name]
        left = domain(declared)
        parts = [one.others, other.others]
        if one.takes_own(name, declared) or other.takes_own(name, declared):
            parts += [one.own, other.own]
        for part in parts:
            if name in part:
                left = left.with_(part[name])
        return left

    def _own_apart(self, one, other):
        for name in set(one.own) | set(other.own):
            left = domain(self.policy.all_attributes[name])
            for part in (one.own, other.own):
                if name in part:
                    left = left.with_(part[name])
            if left.nothing():
                return True
        return False

    def told_apart(self, one, other):
        key = (one.own_key, other.own_key)
        if key not in self.own_known:
            self.own_known[key] = self._own_apart(one, other)
        if self.own_known[key]:
            return True
        key = (one.key, other.key)
        if key not in self.known:
            names = set(one.own) | set(other.own) | set(one.others) | set(other.others)
            self.known[key] = any(self.source_left(one, other, name).nothing() for name in names)
        return self.known[key]

    def _differ(self, one, other, source):
        first, second = one.value(source), other.value(source)
        return (first is not None and second is not None and first != second
                and valuetypes.in_domain(self.of, first) and valuetypes.in_domain(self.of, second))

    def wrong(self, one, other):
        """Whether these two, not being told apart, are an error."""
        if one.source is None and other.source is None:
            return self._differ(one, other, None)
        if one.source is not None and other.source is not None and one.source != other.source:
            return True
        name = one.source or other.source
        of = self.policy.all_attributes[name].type
        left = self.source_left(one, other, name)
        if of.hi - of.lo < 256:
            return any(self._differ(one, other, value)
                       for low, high in left.values for value in range(low, high + 1))
        # of a larger domain there are only copies, and what they are compared with is one number
        value = (other if one.expression is None else one).value(None)
        if value is None or not valuetypes.in_domain(self.of, value):
            return False
        return any(low != value or high != value for low, high in left.values)


def claims_could_conflict(policy):
    """Whether the policy is an error by the rule of CLAIMS: True or False."""
    for name in policy.dynamic:
        computed, copies = claims_on(policy, name)
        if not computed:
            continue
        computed = [Claim(name, *one) for one in computed]
        copies = [Claim(name, rule, block, None, {}) for rule, block in copies]
        pairs = _Pairs(policy, name)
        for at, one in enumerate(computed):
            for other in itertools.chain(computed[at + 1:], copies):
                if not pairs.told_apart(one, other) and pairs.wrong(one, other):
                    return True
    return False
