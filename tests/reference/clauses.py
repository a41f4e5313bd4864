# SPDX-License-Identifier: LGPL-2.1-or-later
"""Clauses and arithmetic, as mdevcompat.policy(5) describes them.  A clause becomes a function of the
other side's value, once the subject's own values and the variables of templates are known.
"""
import itertools
import re

import mutate
import values
from declare import Pile, constant
from syntax import Refused
from values import Unreadable, exact

VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}\Z")
COMBINATIONS = 256
SOURCE_VALUES = 256
NODES = 64


class Variables:
    """Template variables that are visible: name -> values."""

    def __init__(self, outer=None):
        self.values = dict(outer.values) if outer else {}
        self.own = []

    def bind(self, name, listed):
        if name in self.values:
            raise Refused("%s is bound twice" % name)
        self.values[name] = listed
        self.own.append(name)

    def combinations(self):
        n = 1
        for name in self.own:
            n *= len(self.values[name])
        if n > COMBINATIONS:
            raise Refused("%d combinations" % n)
        return [dict(zip(self.own, c))
                for c in itertools.product(*(self.values[name] for name in self.own))]


def template_pieces(text):
    """[(literal, None) or (None, (name, values or None))]"""
    out = []
    for literal, hole in re.findall(r"([^{}]+)|\{([^{}]*)\}", text):
        if literal:
            out.append((literal, None))
            continue
        name, colon, listed = hole.partition(":")
        name = name.strip(" \t\n")
        if not VARIABLE.match(name):
            raise Refused("%r is no variable" % name)
        words = None
        if colon:
            words = [w.strip(" \t\n") for w in listed.split(",")]
            if len(set(words)) < len(words) or len(words) > 256:
                raise Refused("values of a variable")
            for w in words:
                if not values.PLAIN.match(w):
                    raise Refused("%r is no word" % w)
        out.append((None, (name, words)))
    return out


# ---- arithmetic ---------------------------------------------------------------------------------


class Expr:
    """Compiled to a function of (binding, self, source); None: no value."""

    def __init__(self, policy, a, e, variables, self_ok, source_ok):
        self.policy, self.a, self.variables = policy, a, variables
        self.self_ok, self.source_ok = self_ok, source_ok
        self.source = None
        self.nodes = 0
        self.f, self.const = self.build(e)
        if self.nodes > NODES:
            raise Refused("too long")

    def build(self, e):
        if e[0] == "parens":
            return self.build(e[1])
        if e[0] != "binary":
            self.nodes += 1
            return self.term(e)
        op, left, right = e[1:]
        if op in "*/" and left[0] == "binary" and left[1] in "+-":
            raise Refused("parentheses")
        f, x = self.build(left)
        g, y = self.build(right)
        if op == "/" and y == 0:
            raise Refused("division by zero")
        if x is not None and y is not None:
            v = exact(op, x, y)
            if v is None:
                raise Refused("no value")
            self.nodes -= 1
            return (lambda b, me, source: v), v
        self.nodes += 1

        def compute(b, me, source):
            p, q = f(b, me, source), g(b, me, source)
            if p is None or q is None:
                return None
            if mutate.current == "division-rounds" and op == "/" and q:
                return p // q
            return exact(op, p, q)
        return compute, None

    def term(self, e):
        if e[0] == "braces":
            if len(e[1]) != 1 or e[1][0][0] != "word" or e[1][0][1] not in self.variables.values:
                raise Refused("no variable")
            name = e[1][0][1]
            numbers = {}
            for w in self.variables.values[name]:
                try:
                    numbers[w] = values.integer("decimal", w)
                except Unreadable:
                    raise Refused("%s is no number" % w)
            return (lambda b, me, source: numbers[b[name]]), None
        if e[0] != "word":
            raise Refused("no number")
        word = e[1]
        if word == "self":
            if not self.self_ok:
                raise Refused("self")
            return (lambda b, me, source: me), None
        m = re.match(r"(self|source)\.(.+)", word)
        if m:
            return self.of_source(m.group(2)) if m.group(1) == "source" else \
                values.wrong("arithmetic with self.NAME")
        if self.a.type.spelling == "hex" and len(word) > 1 and not word.startswith("0x"):
            raise Refused("hexadecimal?")
        try:
            v = values.integer(self.a.type.spelling, word)
        except Unreadable as x:
            raise Refused(str(x))
        return (lambda b, me, source: v), v

    def of_source(self, name):
        a = self.policy.attributes.get(name)
        if not self.source_ok or not a or a.type.tag != "int" or \
                a.type.high - a.type.low >= SOURCE_VALUES or self.source not in (None, name):
            raise Refused("source." + name)
        self.source = name
        return (lambda b, me, source: source), None


# ---- clauses ------------------------------------------------------------------------------------


def is_expr(t, e):
    return e[0] in ("binary", "parens") or (t.tag == "int" and e[0] == "braces")


SUITS = {"subset": ("set", "mask"), "superset": ("set", "mask"), "disjoint": ("set", "mask"),
         "<=": ("int", "version"), ">=": ("int", "version"), "not-newer": ("version",)}
ABSENT_TOO = ("==", "<=", ">=", "subset", "superset", "not-newer")


def compare(op, t, x, turned):
    """The function of v that `v op x` is, for a value x."""
    if op in ("==", "in"):
        return lambda v: v is not None and v == x
    if op == "<=":
        return lambda v: v is not None and v <= x
    if op == ">=":
        return lambda v: v is not None and v >= x
    if op == "not-newer":
        n, m = t.size, t.major
        if mutate.current == "not-newer-all-parts":
            return lambda v: v is not None and values.parts_of(v, n)[:m] == values.parts_of(x, n)[:m] \
                and (v >= x if turned else v <= x)

        def not_newer(v):
            if v is None:
                return False
            a, b = values.parts_of(v, n), values.parts_of(x, n)
            if a[:m] != b[:m]:
                return False
            return m == n or (a[m] >= b[m] if turned else a[m] <= b[m])
        return not_newer
    if op == "superset" and mutate.current == "superset-is-subset":
        op = "subset"
    if t.tag == "set":
        if op == "subset":
            return lambda v: v is not None and v <= x
        if op == "superset":
            return lambda v: v is not None and v >= x
        return lambda v: v is not None and not v & x
    if op == "subset":
        return lambda v: v is not None and not v & ~x
    if op == "superset":
        return lambda v: v is not None and not x & ~v
    return lambda v: v is not None and not v & x


def nothing(v):
    return False


def is_absent(v):
    return v is None


def is_present(v):
    return v is not None


def anything(v):
    return True


class CompiledClause:
    """make(side, binding) is the function of the other side's value."""

    def __init__(self, policy, clause, where, variables):
        self.policy, self.where, self.op = policy, where, clause.op
        self.name = clause.name
        self.a = policy.attributes.get(clause.name) or values.wrong("no attribute " + clause.name)
        self.fixed = None
        t = self.a.type
        if t.tag not in SUITS.get(clause.op, (t.tag,)):
            raise Refused("%s does not suit %s" % (clause.op, t.tag))
        if clause.items is None:
            self.fixed = {"any": anything, "absent": is_absent, "present": is_present}[clause.op]
            return
        self.of_operand(clause, variables)

    def of_operand(self, clause, variables):
        t, op = self.a.type, self.op
        e = clause.items[0]
        alone = len(clause.items) == 1 and clause.less is None
        if alone and e == ("word", "self"):
            if self.where == "when" or op == "in":
                raise Refused("self")
            self.make = self.from_self(clause.name, False)
        elif alone and e[0] == "word" and re.match(r"self\..", e[1]):
            self.of_member(e[1][5:])
        elif op == "not-newer":
            raise Refused("not-newer is said of self only")
        elif op == "in":
            templates = t.tag == "string"
            pile = self.policy.pile(t, clause.items, templates, self.where == "when")
            less = self.policy.pile(t, clause.less or [], templates, self.where == "when")
            if pile.written + less.written > values.INTERVALS_MAX:
                raise Refused("intervals")
            self.of_piles(pile, less, variables)
        elif not alone:
            raise Refused("one value")
        elif is_expr(t, e):
            self.of_expr(e, variables)
        else:
            self.of_value(e, variables)

    def of_member(self, name):
        if self.where == "when":
            raise Refused("self in a condition")
        local = name in self.policy.locals
        m = self.policy.locals.get(name) or self.policy.attributes.get(name) or \
            values.wrong("no self." + name)
        if m.type.identity != self.a.type.identity or m.type.list != (self.op == "in"):
            raise Refused("self.%s does not suit" % name)
        if local and self.where == "refuse" and m.presence != "default":
            raise Refused("a local in refuse without default")
        self.make = self.from_self(name, local)

    def from_self(self, name, local):
        op, t, turned = self.op, self.a.type, self.where == "offer"

        def make(side, binding):
            x = (side.locals if local else side.own).get(name)
            if x is None:
                absent = not local and op in ABSENT_TOO and mutate.current != "absent-self-is-nothing"
                return is_absent if absent else nothing
            if op == "in":
                listed, less = x
                return lambda v: v is not None and values.in_intervals(listed, v) and \
                    not values.in_intervals(less, v)
            return compare(op, t, x, turned)
        return make

    def of_value(self, e, variables):
        t = self.a.type
        if t.tag == "version" and not (e[0] == "word" and e[1] in self.policy.consts):
            self.fixed = compare(self.op, t, constant(t, e), False)
            return
        templates = t.tag == "string"
        pile = self.policy.pile(t, [e], templates, self.where == "when")
        if not pile.single(t):
            raise Refused("one value")
        if self.op == "==":
            self.of_piles(pile, Pile(), variables)
        else:
            x = pile.intervals[0][0] if pile.intervals else pile.values[0]
            self.fixed = compare(self.op, t, x, False)

    def of_expr(self, e, variables):
        if self.a.type.tag != "int" or self.op not in ("==", "<=", ">="):
            raise Refused("arithmetic")
        x = Expr(self.policy, self.a, e, variables, self.where != "when", False)
        op, t, name = self.op, self.a.type, self.name

        def make(side, binding):
            v = x.f(binding, side.own.get(name), None)
            return nothing if v is None else compare(op, t, v, False)
        self.make = make

    def of_piles(self, pile, less, variables):
        if mutate.current == "except-ignored":
            less = Pile()
        if not pile.templates and not less.templates:
            self.fixed = self.among(pile, less, pile.words, less.words)
            return
        listed, gone = ([expand(self.policy, e, variables) for e in p.templates] for p in (pile, less))

        def make(side, binding):
            return self.among(pile, less, pile.words | {f(binding) for f in listed},
                              less.words | {f(binding) for f in gone})
        self.make = make

    def among(self, pile, less, words, gone):
        tag = self.a.type.tag
        if tag in ("string", "pci-id"):
            starts, stops = tuple(pile.prefixes), tuple(less.prefixes)

            def has(v):
                return v is not None and (v in words or v.startswith(starts)) and \
                    not (v in gone or v.startswith(stops))
            return has
        if tag in ("int", "version"):
            a, b = pile.intervals, less.intervals
            return lambda v: v is not None and values.in_intervals(a, v) and \
                not values.in_intervals(b, v)
        kept = [x for x in pile.values if x not in less.values]
        return lambda v: v in kept

    def test(self, side, binding):
        return self.fixed or self.make(side, binding)


def expand(policy, e, variables):
    """The text of a template as a function of the binding."""
    if e[0] == "braces":
        if e[1][0][0] != "word" or e[1][0][1] not in variables.values:
            raise Refused("no variable")
        name = e[1][0][1]
        return lambda binding: binding[name]
    pieces = template_pieces(e[1])
    for literal, hole in pieces:
        if hole and hole[0] not in variables.values:
            raise Refused("no variable " + hole[0])

    return lambda binding: "".join(literal or binding[hole[0]] for literal, hole in pieces)


def bind_all(policy, clauses, variables):
    for c in clauses:
        a = policy.attributes.get(c.name)
        if not a or a.type.tag != "string":
            continue
        for e in (c.items or []) + (c.less or []):
            if e[0] != "template":
                continue
            for literal, hole in template_pieces(e[1]):
                if hole and hole[1] is not None:
                    variables.bind(*hole)
