# SPDX-License-Identifier: LGPL-2.1-or-later
"""Values of an attribute that stand for all others, as far as the clauses of a policy tell them apart."""

import itertools

import ranges
from facts import ABSENT

MAX_MEMBERS = 5


def every_clause(policy):
    for rule in policy.rules:
        for clause in rule.whens:
            yield clause, dict(rule.bindings)
        for block in rule.blocks:
            for clause in block.clauses:
                yield clause, dict(rule.bindings, **block.bindings)


def _texts(operand, bindings, found):
    found |= operand.values
    for prefix in operand.prefixes:
        found |= {prefix, prefix + "x", prefix + "xx"}
    for template in operand.templates:
        names = sorted(template.variables)
        for row in itertools.product(*(bindings[name] for name in names)):
            text = template.text(dict(zip(names, row)))
            found.add(text)


def _mentioned(clauses):
    """The values in the operands: texts, numbers (also the ends of intervals), sets."""
    found = set()
    for clause, bindings in clauses:
        for operand in (clause.operand, clause.away):
            if operand is None or clause.form in ("self", "expr", "local-ranges"):
                continue
            if clause.form == "texts":
                _texts(operand, bindings, found)
            elif clause.form in ("numbers", "ranges"):
                for low, high in operand:
                    found |= {low, high}
            elif clause.form == "values":
                found |= operand
            else:
                found.add(operand)
    return found


def _versions(of, mentioned):
    top = ranges.BASE ** of.n
    numbers = set()
    for one in mentioned:
        numbers.add(ranges.number(one, of.n) if isinstance(one, tuple) else one)
    for power in range(of.n):
        numbers |= {ranges.BASE ** power, 5 * ranges.BASE ** power}
    near = {0, 1}
    for one in numbers:
        for power in range(of.n):
            unit = ranges.BASE ** power
            near |= {one - unit, one, one + unit}
    found = []
    for one in sorted(near):
        if 0 <= one < top:
            parts = []
            for _ in range(of.n):
                one, part = divmod(one, ranges.BASE)
                parts.append(part)
            found.append(tuple(reversed(parts)))
    return found


def of_attribute(declared, clauses, whole):
    """(values, complete).  whole: of a small int, all values are wanted."""
    of = declared.type
    mentioned = _mentioned(clauses)
    if declared.default is not None and declared.default is not ABSENT:
        mentioned.add(declared.default)
    if of.kind == "string":
        return sorted(mentioned | {"other-1", "other-2"}), True
    if of.kind == "enum":
        return sorted(of.words), True
    if of.kind == "pci-id":
        return sorted(mentioned | {"fff0:fff1", "fff0:fff2"}), True
    if of.kind == "bool":
        return [False, True], True
    if of.kind == "version":
        found = _versions(of, mentioned)
        return found[:150], len(found) <= 150
    if of.kind == "int":
        small = of.hi - of.lo < 256
        if whole and small:
            return list(range(of.lo, of.hi + 1)), True
        near = {of.lo, of.lo + 1, of.hi, of.hi - 1, 0, 1, 2, 4, 8}
        for one in mentioned:
            near |= {one - 2, one - 1, one, one + 1, one + 2}
        return sorted(one for one in near if of.lo <= one <= of.hi), not whole
    if of.kind == "set":
        members = set().union(*mentioned) if mentioned else set()
        if of.words is not None and len(of.words) <= MAX_MEMBERS:
            members = set(of.words)
        elif of.words is None:
            members |= {"other-1"}
        complete = len(members) <= MAX_MEMBERS
        chosen = sorted(members)[:MAX_MEMBERS]
        return [frozenset(row) for count in range(len(chosen) + 1)
                for row in itertools.combinations(chosen, count)] + sorted(mentioned, key=sorted), complete
    bits = 0
    for one in mentioned:
        bits |= one
    places = [at for at in range(of.n) if bits >> at & 1]
    places += [at for at in range(of.n) if not bits >> at & 1][:1]
    complete = len(places) <= MAX_MEMBERS
    places = places[:MAX_MEMBERS]
    return sorted({sum(1 << at for at in row) for count in range(len(places) + 1)
                   for row in itertools.combinations(places, count)} | mentioned), complete
