# SPDX-License-Identifier: LGPL-2.1-or-later
"""CLAUSES: which of them are legal for which type and place, and whether one holds for a value."""

import mutate
import operands
import ranges
from errors import BadValue, Refused
from expressions import Parser
from facts import ABSENT

COMPARISONS = ("==", "<=", ">=")
ORDERED = ("int", "version")
MEMBERED = ("set", "mask")


class Scope:
    """What the clauses of one place may use.  place: "when", "accept", "offer" or "refuse"."""

    def __init__(self, place, attributes, local, constants):
        self.place = place
        self.attributes = attributes    # with the built-in ones
        self.locals = local
        self.constants = constants
        self.bindings = {}              # variable -> words
        self.outer = {}                 # those of the rule, in a block

    def bind(self, name, words):
        if name in self.bindings or name in self.outer:
            raise BadValue("{%s} is bound twice" % name)
        self.bindings[name] = words

    def known(self):
        return dict(self.outer, **self.bindings)


class Clause:
    """One clause.  form: "none", "const", "self", "texts", "numbers", "values", "ranges", "local-ranges",
    "template", "expr"; operand and away (behind except) are what the form needs."""

    def __init__(self, name, operator, line):
        self.name, self.operator, self.line = name, operator, line
        self.form = "none"
        self.operand = self.away = None
        self.of = None
        self.place = None
        self.local = None               # Declaration of self.LOCAL
        self.variables = set()

    def finish(self, scope):
        """Once all bindings of the place are known."""
        known = scope.known()
        for name in self.variables:
            if name not in known:
                raise Refused("{%s} is not bound" % name, line=self.line)
        if self.form == "expr":
            self.operand.bind(known)


def compile_clause(raw, scope):
    declared = scope.attributes.get(raw.name)
    if declared is None:
        raise Refused("%s is no attribute" % raw.name, line=raw.line)
    if not raw.tokens:
        raise Refused("a clause without an operator", line=raw.line)
    head, rest = raw.tokens[0], raw.tokens[1:]
    if head.kind == "string":
        raise Refused("an operator expected", line=raw.line)
    clause = Clause(raw.name, head.text, raw.line)
    clause.of = declared.type
    clause.place = scope.place
    try:
        _operand(clause, head, rest, scope)
    except BadValue as bad:
        raise Refused("%s %s: %s" % (raw.name, head.text, bad), line=raw.line) from None
    return clause


def _operand(clause, head, rest, scope):
    operator, kind = head.text, clause.of.kind
    if head.kind == "word" and operator in ("any", "absent", "present"):
        if rest:
            raise BadValue("; expected")
        return
    if head.kind == "word" and operator == "in":
        _list(clause, rest, scope)
        return
    if not rest:
        raise BadValue("an operand expected")
    if head.kind == "word" and operator in ("subset", "superset", "disjoint"):
        if kind not in MEMBERED:
            raise BadValue("goes with sets and masks")
    elif head.kind == "word" and operator == "not-newer":
        if kind != "version":
            raise BadValue("goes with versions")
        if not _own(clause, rest, scope):
            raise BadValue("goes with self and self.NAME")
        return
    elif head.kind == "sym" and operator in ("<=", ">="):
        if kind not in ORDERED:
            raise BadValue("goes with int and version")
    elif not (head.kind == "sym" and operator == "=="):
        raise BadValue("no operator")
    if _own(clause, rest, scope):
        return
    if kind == "int" and (len(rest) > 1 or rest[0].kind == "sym"):
        clause.form = "expr"
        clause.operand = Parser(rest, clause.of, scope.place != "when", None, clause.line).whole()
        clause.variables |= clause.operand.variables
        return
    if kind in ("string", "enum") and operator == "==":
        texts = operands.Texts()
        operands.text_item(clause.of, scope.constants.single(rest), texts, scope.place == "when", scope.bind)
        clause.form, clause.operand = "texts", texts
        _texts_variables(clause, texts)
        return
    clause.form = "const"
    clause.operand = operands.value(clause.of, rest, scope.constants)


def _texts_variables(clause, texts):
    for one in texts.templates:
        clause.variables |= one.variables


def _own(clause, rest, scope):
    """Whether the operand is self or self.NAME; if so, it is kept."""
    if len(rest) != 1 or rest[0].kind != "word":
        return False
    word = rest[0].text
    if word != "self" and not word.startswith("self."):
        return False
    if scope.place == "when":
        raise BadValue("a condition cannot say self")
    name = clause.name if word == "self" else word[len("self."):]
    declared = _declared(name, scope)
    if declared.record_type != clause.of.record_type:
        raise BadValue("self.%s is of another type" % name)
    clause.form, clause.operand = "self", name
    if declared.local:
        clause.local = declared
    return True


def _declared(name, scope):
    declared = scope.attributes.get(name) or scope.locals.get(name)
    if declared is None:
        raise BadValue("%s is not declared" % name)
    if declared.local and scope.place == "refuse" and declared.default_value is ABSENT:
        raise BadValue("local %s needs a default to stand in a refuse block" % name)
    return declared


def _list(clause, rest, scope):
    of, kind, constants = clause.of, clause.of.kind, scope.constants
    if kind == "version":
        if len(rest) == 1 and rest[0].kind == "word" and rest[0].text.startswith("self."):
            if scope.place == "when":
                raise BadValue("a condition cannot say self")
            declared = _declared(rest[0].text[len("self."):], scope)
            if not declared.local or declared.type.kind != "versions" or declared.type.n != of.n:
                raise BadValue("no list of versions of this N")
            clause.form, clause.operand, clause.local = "local-ranges", declared.name, declared
            return
        clause.form, clause.operand = "ranges", operands.versions(of, rest, constants)
        kept, excepted = operands.split(rest)
        if excepted is not None:
            clause.away = operands.versions_of_items(of, kept, None, constants)    # for a mutation only
        return
    items, excepted = operands.split(rest)
    if kind in ("string", "enum"):
        clause.form = "texts"

        def read(part):
            return operands.text_list(of, part, constants, scope.place == "when", scope.bind)
    elif kind == "int":
        clause.form = "numbers"

        def read(part):
            return operands.int_list(of, part, constants)
    else:
        clause.form = "values"

        def read(part):
            found = set()
            for item in constants.expand(part):
                if isinstance(item, operands.Group):
                    found |= read(item.items) - read(item.excepted)
                else:
                    found.add(operands.value(of, item))
            return found
    clause.operand = read(items)
    if excepted is not None:
        clause.away = read(excepted)
    for part in (items, excepted or ()):
        if sum(map(operands.count, constants.expand(part))) > operands.MAX_LIST:
            raise BadValue("more than 4096 values in a list")
    if clause.form == "texts":
        for texts in (clause.operand, clause.away):
            if texts is not None:
                _texts_variables(clause, texts)


# --- whether a clause holds ---------------------------------------------------------------------------

def _among(form, operand, value, words, of):
    if form == "texts":
        if value in operand.values:
            return True
        if any(value.startswith(prefix) and not (mutate.on("wildcard-is-exact") and value != prefix)
               for prefix in operand.prefixes):
            return True
        for template in operand.templates:
            if value == template.text(words):
                return True
        return any(_among(form, kept, value, words, of) and not _among(form, gone, value, words, of)
                   for kept, gone in operand.groups)
    if form == "numbers":
        if mutate.on("range-end-open"):
            return any(low == value == high or low <= value < high for low, high in operand)
        return any(low <= value <= high for low, high in operand)
    if form == "values":
        return value in operand
    return ranges.contains(operand, value)


def _in(clause, value, words):
    form, of = clause.form, clause.of
    if form == "ranges":
        if clause.away is not None and mutate.on("except-ignored"):
            return ranges.contains(clause.away, value)
        return ranges.contains(clause.operand, value)
    if not _among(form, clause.operand, value, words, of):
        return False
    if clause.away is None or mutate.on("except-ignored"):
        return True
    return not _among(form, clause.away, value, words, of)


def _subset(kind, small, large):
    return small & ~large == 0 if kind == "mask" else small <= large


def not_newer(of, source, target):
    """The source's version against the target's."""
    major = of.major
    if source[:major] != target[:major]:
        return False
    if mutate.on("not-newer-all-parts"):
        return source <= target
    return len(source) == major or source[major] <= target[major]


def holds(clause, value, own, words):
    """Whether a clause holds for a value (or ABSENT).

    own: the values of the own side by name, locals too (ABSENT where there is none); words: of the variables.
    """
    operator = clause.operator
    if operator == "any":
        return True
    if operator == "absent":
        return value is ABSENT
    if operator == "present":
        return value is not ABSENT
    form = clause.form
    if form == "self":
        other = own[clause.operand]
        if other is ABSENT:
            if clause.local is not None and not mutate.on("absent-local-is-absent"):
                return False
            if operator == "disjoint" or mutate.on("absent-self-is-nothing"):
                return False
            return value is ABSENT
    elif form == "expr":
        self_value = own[clause.name] if clause.operand.uses_self else None
        other = clause.operand.value(None if self_value is ABSENT else self_value, None, words)
        if other is None:
            return False
    elif form == "local-ranges":
        other = own[clause.operand]
        if other is ABSENT:
            return False
    else:
        other = clause.operand
    if value is ABSENT:
        return mutate.on("absent-satisfies-except") and clause.away is not None
    if operator == "in":
        return ranges.contains(other, value) if form == "local-ranges" else _in(clause, value, words)
    if operator == "==":
        return _among("texts", other, value, words, clause.of) if form == "texts" else value == other
    if operator == "<=":
        return value < other if mutate.on("at-most-is-below") else value <= other
    if operator == ">=":
        return value >= other
    kind = clause.of.kind
    if operator == "superset" and not mutate.on("superset-is-subset"):
        return _subset(kind, other, value)
    if operator in ("subset", "superset"):
        return _subset(kind, value, other)
    if operator == "disjoint":
        if mutate.on("disjoint-is-equal-nothing"):
            return value != other
        return value & other == 0 if kind == "mask" else not value & other
    if clause.place == "offer" and not mutate.on("not-newer-offer-as-accept"):
        return not_newer(clause.of, other, value)
    return not_newer(clause.of, value, other)
