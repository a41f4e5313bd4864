# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a policy means, clause by clause over records: no diagrams, nothing clever, nothing shared with
the engine.  Written from mdevcompat.policy(5); where the two disagree, one of them is wrong.

A clause becomes a function of the other side's value.  A block becomes a list of such functions
for each combination of its variables.  A verdict asks them one by one.
"""
import itertools
import re

import values
from syntax import Refused, parse
from values import Type, Unreadable, exact

BUILT_IN = ("kind", "driver", "type")
NAME = re.compile(r"[A-Za-z](?:[A-Za-z0-9_-]{0,62}[A-Za-z0-9_])?\Z")
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}\Z")
FACTS = {"type": 1, "parent": 1, "device": 1, "module": 2, "os-release": 1, "kernel-release": 0,
         "site": 1}
FILES = ("type", "parent", "device", "module")
OPTIONS = {"int": {"hex", "size", "range"}, "version": {"major"}, "versions": {"major"},
           "set": {"separator", "field"}, "mask": {"format", "order"}}
NO_CONST_NAMES = {"self", "source", "none", "absent", "any", "present", "except", "yes", "no", "true",
                  "false", "on", "off", "y", "n"}
COMBINATIONS = 256
SOURCE_VALUES = 256
NODES = 64

# What a clause can meet besides a value or None.
OTHER_TYPE, DEFAULT_SPELT_OUT = object(), object()

# For experiments: a mutation makes this interpreter wrong in one way, and a run must notice.
mutation = None
MUTATIONS = ("absent-self-is-nothing", "left-out-is-any", "except-ignored", "refuse-ignored",
             "offers-ignored", "division-rounds", "default-in-record", "unknown-attribute-passes",
             "not-newer-all-parts", "superset-is-subset", "migratable-no-leaves", "range-end-open",
             "one-combination", "dynamic-must-equal", "narrows-ignored", "domain-ignored",
             "mask-order-ignored", "other-type-passes")


def name_of(text, what):
    if not NAME.match(text):
        raise Refused("%r cannot be the name of %s" % (text, what))
    return text


class Attribute:
    def __init__(self, name, type_, presence="required", default=None):
        self.name, self.type, self.presence, self.default = name, type_, presence, default
        self.dynamic = self.local = False
        self.key = None
        self.fact = None

    @property
    def spelt_default(self):
        return self.default if self.presence == "default" else None


# ---- declarations -------------------------------------------------------------------------------


def number_in(item, low, high, what):
    if item is None or item[0] != "word" or not re.match(r"[0-9]+\Z", item[1]) or \
            not low <= int(item[1]) <= high:
        raise Refused("%s: no number from %d to %d" % (what, low, high))
    return int(item[1])


def read_type(d):
    o = d.options
    allowed = OPTIONS.get(d.type, set()) | {"from", "key", "default", "dynamic"}
    for option in o:
        if option not in allowed:
            raise Refused("%s does not suit %s" % (option, d.type))
    tags = {"string": "string", "enum": "string", "bool": "bool", "int": "int", "pci-id": "pci-id",
            "version": "version", "versions": "version", "set": "set", "mask": "mask"}
    if d.type not in tags:
        raise Refused("no type " + d.type)
    t = Type(tags[d.type])
    if t.tag in ("version", "mask"):
        t.size = number_in(d.argument, 1, 4 if t.tag == "version" else 256, "size")
    elif d.argument:
        raise Refused("no number belongs to " + d.type)
    t.list = d.type == "versions"
    if t.tag == "version":
        t.major = number_in(o["major"], 1, t.size, "major") if "major" in o else 1
    if t.tag == "int":
        if "hex" in o and "size" in o:
            raise Refused("hex and size")
        t.spelling = "hex" if "hex" in o else "size" if "size" in o else "decimal"
        if "range" in o:
            try:
                low, _, high = o["range"].partition("..")
                t.low, t.high = values.integer(t.spelling, low), values.integer(t.spelling, high)
            except Unreadable:
                raise Refused("no range")
            if t.low > t.high:
                raise Refused("range reversed")
    if t.tag == "set":
        if "separator" in o:
            t.separator = o["separator"] or values.wrong("empty separator")
        if "field" in o:
            t.field = number_in(o["field"][0], 1, 255, "field"), \
                o["field"][1] or values.wrong("empty separator")
    if t.tag == "mask":
        for option, words in (("format", ("hex", "bits")), ("order", ("lsb", "msb"))):
            if option in o and o[option][1] not in words:
                raise Refused(option)
        t.bits = "format" in o and o["format"][1] == "bits"
        t.msb = "order" in o and o["order"][1] == "msb"
        if mutation == "mask-order-ignored":
            t.msb = False
    if d.braces is not None:
        if d.type not in ("enum", "set") or not d.braces:
            raise Refused("braces")
        words = [constant_word(e) for e in d.braces]
        if len(set(words)) < len(words):
            raise Refused("a word twice")
        if t.tag == "set":
            for w in words:
                if not w or (t.separator or " ") in w:
                    raise Refused("%r is never in the set" % w)
        t.words = frozenset(words)
    elif d.type == "enum":
        raise Refused("an enum without words")
    return t


def check_fact(fact, key, type_):
    kind, paths = fact
    if kind not in FACTS:
        raise Refused("no fact " + kind)
    most = FACTS[kind]
    if type_.tag == "pci-id" and kind in ("type", "parent", "device") and key is None:
        most = 2
    if not FACTS[kind] <= len(paths) <= most:
        raise Refused("names of a fact")
    for i, p in enumerate(paths):
        if kind in FILES:
            pieces = p.split("/")
            if any(x in ("", ".", "..") for x in pieces):
                raise Refused("path")
            if kind == "module" and i == 0:
                if len(pieces) > 1:
                    raise Refused("module")
            elif pieces[0] == "devices" or pieces[-1] in (
                    "available_instances", "creatable_vgpu_types", "config", "remove", "rescan", "reset",
                    "rom", "vpd") or re.match(r"resource[0-9]", pieces[-1]):
                raise Refused("no fact of compatibility: " + p)
        else:
            check_key(p)
    if key is not None:
        if kind not in FILES:
            raise Refused("key")
        check_key(key)


def check_key(key):
    if not key or re.search("[,:=]", key) or key.strip(" \t") != key or len(key) > 64:
        raise Refused("key %r" % key)


# ---- constants ----------------------------------------------------------------------------------


def constant_word(e):
    if e[0] == "word" and not values.PLAIN.match(e[1]):
        raise Refused("%r is no word" % e[1])
    if e[0] not in ("word", "string") or len(e[1]) > values.WORD_MAX:
        raise Refused("no word")
    return e[1]


def in_domain(t, v):
    if not t.in_domain(v):
        raise Refused("outside of the domain")
    return v


def constant(t, e):
    """One written value. A tree's element to a value."""
    kind = e[0]
    try:
        if t.tag == "string":
            return in_domain(t, constant_word(e))
        if t.tag == "pci-id":
            return values.pci_id(constant_word(e))
        if t.tag == "set":
            if kind != "braces":
                raise Refused("no set")
            words = [constant_word(x) for x in e[1]]
            if "" in words:
                raise Refused("an empty word")
            return in_domain(t, frozenset(words))
        if t.tag == "mask" and kind == "braces":
            bits = 0
            bit = Type("int")
            bit.low, bit.high = 0, t.size - 1
            for x in e[1]:
                for low, high in int_ranges(bit, x):
                    for i in range(low, high):
                        bits |= 1 << i
            return bits
        if kind == "template" and t.tag == "version":
            raise Refused("a spelling of the mailing list")
        if kind != "word":
            raise Refused("no value of a " + t.tag)
        if t.tag == "version":
            return values.full(e[1], t.size)
        return values.value(e[1], t)
    except Unreadable as x:
        raise Refused(str(x))


def int_ranges(t, e):
    if e[0] != "word":
        raise Refused("no number")
    try:
        low, dots, high = e[1].partition("..")
        low = values.integer(t.spelling, low)
        high = values.integer(t.spelling, high) if dots else low
    except Unreadable as x:
        raise Refused(str(x))
    if low > high:
        raise Refused("reversed")
    in_domain(t, low)
    in_domain(t, high)
    if mutation == "range-end-open" and low < high:
        high -= 1
    return [(low, high + 1)]


class Pile:
    """The values of a list: one of the fields, by the type."""

    def __init__(self):
        self.words, self.prefixes, self.templates = set(), [], []
        self.intervals, self.written = [], 0
        self.values = []  # bools, sets, masks
        self.n = 0

    def add(self, other):
        self.words |= other.words
        self.prefixes += other.prefixes
        self.intervals += other.intervals
        self.written += other.written
        self.values += [v for v in other.values if v not in self.values]

    def single(self, t):
        if t.tag in ("string", "pci-id"):
            return len(self.words) + len(self.prefixes) + len(self.templates) == 1
        if t.tag in ("int", "version"):
            return len(self.intervals) == 1 and self.intervals[0][1] == self.intervals[0][0] + 1
        return len(self.values) == 1

    def minus(self, t, less):
        """For constants: what is left."""
        if self.prefixes or less.prefixes:
            raise Refused("a prefix beside except in a constant")
        self.words -= less.words
        self.values = [v for v in self.values if v not in less.values]
        for gone in less.intervals:
            left = []
            for low, high in self.intervals:
                if low < gone[0]:
                    left.append((low, min(high, gone[0])))
                if high > gone[1]:
                    left.append((max(low, gone[1]), high))
                if low >= high:
                    raise AssertionError
            self.intervals = [(a, b) for a, b in left if a < b]
        self.written += less.written


def reserved(e):
    if e[0] == "binary" or e[0] == "parens":
        raise Refused("arithmetic in a list")
    if e[0] == "word" and (e[1] == "self" or re.match(r"(self|source)\..", e[1])):
        raise Refused("%s in a list" % e[1])


# ---- the policy ---------------------------------------------------------------------------------


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


class Policy:
    def __init__(self, text):
        tree = parse(text)
        self.tree = tree
        self.name = name_of(tree.name, "a policy")
        if tree.revision is not None and (not re.match(r"[0-9]+\Z", tree.revision) or
                                          int(tree.revision) >= 1 << 32):
            raise Refused("revision")
        self.narrows = tree.narrows
        if tree.narrows is not None:
            name_of(tree.narrows, "a policy")
            if tree.fallback:
                raise Refused("narrows and fallback")
        if tree.vendor and len(tree.vendor) > 64:
            raise Refused("vendor")
        if tree.speaks:
            raise Refused("speaks is not judged here")
        self.read_consts(tree)
        self.read_scopes(tree)
        self.read_attributes(tree)
        self.rules = [CompiledRule(self, r) for r in tree.rules]
        names = [r.name for r in tree.rules if r.name is not None]
        if len(set(names)) < len(names):
            raise Refused("two rules of one name")
        self.no_consts = True
        for t in tree.tests:
            self.check_test(t)

    def read_consts(self, tree):
        self.consts = {}
        self.no_consts = False
        self.const_cache = {}
        for name, items, less in tree.consts:
            name_of(name, "a constant")
            if name in NO_CONST_NAMES or name in self.consts:
                raise Refused("constant " + name)
            self.consts[name] = items, less

    def read_scopes(self, tree):
        self.scopes = {}
        for kind, drivers, type_from in tree.applies:
            if kind not in ("mdev-type", "vfio-device"):
                raise Refused("kind " + kind)
            kind = kind[:4]
            if type_from:
                if kind == "mdev":
                    raise Refused("type from")
                check_fact(type_from, None, Type("string"))
            for d in drivers:
                driver = constant_word(d)
                if not driver or "/" in driver or len(driver) > 64 or (kind, driver) in self.scopes:
                    raise Refused("driver " + driver)
                self.scopes[kind, driver] = type_from
        if not self.scopes:
            raise Refused("no scope")

    def read_attributes(self, tree):
        kind = Type("string")
        kind.words = frozenset(("mdev", "vfio"))
        self.attributes = {"kind": Attribute("kind", kind),
                           "driver": Attribute("driver", Type("string")),
                           "type": Attribute("type", Type("string"), "absent")}
        self.locals = {}
        self.no_consts = True
        for d in tree.declarations:
            name_of(d.name, "an attribute")
            if d.name == "claim" or d.name in self.attributes or d.name in self.locals:
                raise Refused("name " + d.name)
            a = Attribute(d.name, read_type(d))
            a.local = d.local
            if a.type.list and not d.local:
                raise Refused("versions of an attribute")
            if "from" not in d.options:
                raise Refused("no fact")
            a.key = d.options.get("key")
            a.fact = d.options["from"]
            check_fact(a.fact, a.key, a.type)
            if "default" in d.options:
                self.read_default(a, d.options["default"])
            a.dynamic = "dynamic" in d.options
            if a.dynamic and (d.local or a.presence != "default"):
                raise Refused("dynamic")
            if not a.dynamic and a.fact[0] == "device" and any(k == "mdev" for k, _ in self.scopes):
                raise Refused("not dynamic")
            (self.locals if d.local else self.attributes)[d.name] = a
        if len(self.attributes) > 67 or len(self.locals) > 64:
            raise Refused("too many")
        self.no_consts = False

    def read_default(self, a, items):
        if items == [("word", "absent")]:
            a.presence = "absent"
            return
        a.presence = "default"
        if a.type.list:
            a.default = self.pile(a.type, items, False, False).intervals, []
        elif len(items) > 1:
            raise Refused("a default is one value")
        else:
            a.default = constant(a.type, items[0])

    # ---- lists

    def pile(self, t, items, templates, prefixes, in_const=False):
        pile = Pile()
        for e in items:
            reserved(e)
            pile.n += 1
            if e[0] == "word" and not self.no_consts and e[1] in self.consts:
                if in_const:
                    raise Refused("a constant of constants")
                k = self.const_pile(t, e[1])
                if k.prefixes and not prefixes:
                    raise Refused("a prefix outside of a condition")
                pile.add(k)
            elif t.tag in ("string", "pci-id") and \
                    (e[0] == "template" or (e[0] == "braces" and len(e[1]) == 1)):
                if not templates:
                    raise Refused("a template")
                pile.templates.append(e)
            elif t.tag in ("string", "pci-id") and e[0] == "word" and len(e[1]) > 1 and \
                    e[1].endswith("*"):
                if not prefixes or t.tag == "pci-id":
                    raise Refused("a prefix")
                pile.prefixes.append(e[1][:-1])
            elif t.tag in ("string", "pci-id"):
                pile.words.add(constant(t, e))
            elif t.tag == "int":
                pile.intervals += int_ranges(t, e)
            elif t.tag == "version":
                if e[0] != "word":
                    raise Refused("no range")
                try:
                    got = values.range_item(e[1], t, False)
                except Unreadable as x:
                    raise Refused(str(x))
                pile.written += e[1].count(",") + 1
                pile.intervals += got
            else:
                v = constant(t, e)
                if v not in pile.values:
                    pile.values.append(v)
        if pile.written > values.INTERVALS_MAX:
            raise Refused("intervals")
        return pile

    def const_pile(self, t, name):
        cached = self.const_cache.get((id(t), name))
        if not cached:
            items, less = self.consts[name]
            cached = self.pile(t, items, False, True, True)
            if less:
                cached.minus(t, self.pile(t, less, False, True, True))
            self.const_cache[id(t), name] = cached
        return cached

    # ---- tests

    def check_test(self, t):
        if set(t["sides"]) != {"target", "source"} or \
                t["expect"] not in ("compatible", "incompatible", "unknown"):
            raise Refused("test")
        for assigns in t["sides"].values():
            seen = set()
            for name, items in assigns:
                a = self.attributes.get(name) or self.locals.get(name)
                if not a or name in seen:
                    raise Refused("test: " + name)
                seen.add(name)
                if items == [("word", "absent")]:
                    continue
                if a.type.list:
                    self.pile(a.type, items, False, False)
                elif len(items) > 1:
                    raise Refused("test: " + name)
                else:
                    constant(a.type, items[0])
        if t["because"] and t["because"] not in self.attributes:
            raise Refused("because")


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
            if mutation == "division-rounds" and op == "/" and q:
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
        if mutation == "not-newer-all-parts":
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
    if op == "superset" and mutation == "superset-is-subset":
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
            templates = t.tag in ("string", "pci-id")
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
                absent = not local and op in ABSENT_TOO and mutation != "absent-self-is-nothing"
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
        templates = t.tag in ("string", "pci-id")
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
        if mutation == "except-ignored":
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
        if not a or a.type.tag not in ("string", "pci-id"):
            continue
        for e in (c.items or []) + (c.less or []):
            if e[0] != "template":
                continue
            for literal, hole in template_pieces(e[1]):
                if hole and hole[1] is not None:
                    variables.bind(*hole)


# ---- rules and blocks ---------------------------------------------------------------------------


class CompiledBlock:
    def __init__(self, policy, block, outer):
        self.policy, self.kind = policy, block.kind
        if block.braces and not block.clauses and not block.claims:
            raise Refused("an empty block")
        if policy.narrows is not None and block.kind != "refuse":
            raise Refused("a narrowing policy takes away only")
        variables = Variables(outer)
        bind_all(policy, block.clauses, variables)
        self.combinations = variables.combinations()
        if mutation == "one-combination":
            self.combinations = self.combinations[:1]
        self.clauses = [CompiledClause(policy, c, block.kind, variables) for c in block.clauses]
        self.named = {c.name for c in self.clauses}
        self.claims = {}
        for name, e in block.claims:
            a = policy.attributes.get(name)
            if block.kind != "accept" or not a or not a.dynamic or name in self.claims:
                raise Refused("claim " + name)
            self.claims[name] = self.claim(a, e, variables)
        if block.kind == "accept":
            for a in policy.attributes.values():
                if a.dynamic and a.name not in self.named and a.name not in self.claims:
                    self.claims[a.name] = None

    def claim(self, a, e, variables):
        """None: a copy."""
        if e is None:
            return None
        if a.type.tag != "int":
            raise Refused("only ints are computed")
        x = Expr(self.policy, a, e, variables, False, True)
        if x.const is not None:
            in_domain(a.type, x.const)
        return None if e == ("word", "source." + a.name) else x

    def accepting(self, side, binding):
        """One box for each combination: ([(name, function)], [(claimed, source's name, function)])"""
        out = []
        for own in self.combinations:
            b = {**binding, **own}
            tests = [(c.name, c.test(side, b)) for c in self.clauses]
            for a in self.policy.attributes.values():
                if a.name not in self.named and mutation != "left-out-is-any":
                    if a.dynamic and mutation != "dynamic-must-equal":
                        tests.append((a.name, is_present))
                    else:
                        x = side.own.get(a.name)
                        tests.append((a.name, is_absent if x is None else
                                      compare("==", a.type, x, False)))
                if (a.type.words is not None or a.type.tag == "int") and mutation != "domain-ignored":
                    tests.append((a.name, a.type_test))
            claims = []
            for name, x in self.claims.items():
                if x is None:
                    claims.append((name, name, None))
                else:
                    claims.append((name, x.source, self.claimed(name, x, b)))
            out.append((tests, claims))
        return out

    def claimed(self, name, x, binding):
        t = self.policy.attributes[name].type

        def value(source):
            v = x.f(binding, None, source)
            return v if v is not None and t.in_domain(v) else None
        return value

    def describing(self, side, binding):
        """For offer and refuse: [[(name, function)]]"""
        return [[(c.name, c.test(side, {**binding, **own})) for c in self.clauses]
                for own in self.combinations]


class CompiledRule:
    def __init__(self, policy, rule):
        if rule.name is not None:
            name_of(rule.name, "a rule")
        if len(rule.migratable) > 1 or any(w != "no" for w in rule.migratable):
            raise Refused("migratable")
        self.migratable_no = bool(rule.migratable)
        variables = Variables()
        bind_all(policy, rule.when, variables)
        self.when = [CompiledClause(policy, c, "when", variables) for c in rule.when]
        self.combinations = variables.combinations()
        self.blocks = [CompiledBlock(policy, b, variables) for b in rule.blocks]

    def matches(self, side):
        """The bindings for which the conditions hold."""
        return [b for b in self.combinations
                if all(c.test(side, b)(side.own.get(c.name)) for c in self.when)]


# ---- subjects -----------------------------------------------------------------------------------


def type_test(self):
    t = self.type
    return lambda v: v is None or t.in_domain(v)


Attribute.type_test = property(type_test)


class Side:
    """A subject under a policy: {fact's text by name}; instance False: an mdev type."""

    def __init__(self, policy, narrows, kind, driver, type_, instance, facts):
        self.policy = policy
        self.own = {"kind": kind, "driver": driver}
        if type_ is not None:
            self.own["type"] = type_
        self.locals = {}
        self.problems = set()
        self.instance = instance
        self.read(policy.attributes, facts, self.own, True)
        self.read(policy.locals, facts, self.locals, False)
        self.narrowed = []
        for n in narrows:
            if (kind, driver) in n.scopes:
                s = Side(n, [], kind, driver, type_, instance, facts)
                self.problems |= s.problems
                self.narrowed.append(s)
        self.record = {}
        for a in policy.attributes.values():
            v = self.own.get(a.name)
            if v is None or (v == a.spelt_default and a.presence == "default" and
                             mutation != "default-in-record"):
                continue
            self.record[a.name] = a.type.identity, v
        if not self.problems:
            self.find_blocks()

    def read(self, attributes, facts, into, required):
        for a in attributes.values():
            if a.name in BUILT_IN:
                continue
            v = None
            if not a.dynamic or self.instance:
                try:
                    v = self.read_fact(a, facts.get(a.name))
                except Unreadable:
                    self.problems.add(("unreadable-fact", a.name))
                    continue
            if v is None and a.presence == "default":
                v = a.default
            elif v is None and a.presence == "required" and required:
                self.problems.add(("missing-fact", a.name))
            if v is not None:
                into[a.name] = v

    @staticmethod
    def read_fact(a, text):
        if text is None:
            return None
        if len(text) > 4096:
            raise Unreadable("long")
        if text.endswith("\n"):
            text = text[:-1]
        lines = a.key is not None or (a.type.tag == "set" and a.type.separator is None)
        if re.search(r"[^\x20-\x7e\t\n]" if lines else r"[^\x20-\x7e]", text):
            raise Unreadable("bytes")
        if a.key is not None:
            text = values.key_value(text, a.key)
            if text is None:
                return None
            if "\t" in text and not (a.type.tag == "set" and a.type.separator is None):
                raise Unreadable("bytes")
        return values.value(text, a.type)

    def find_blocks(self):
        self.accepts, self.refuses, self.offers = [], [], None
        migratable = True
        for rule in self.policy.rules:
            for binding in rule.matches(self):
                migratable &= not rule.migratable_no
                for block in rule.blocks:
                    if block.kind == "accept":
                        self.accepts += block.accepting(self, binding)
                    elif block.kind == "refuse":
                        self.refuses += block.describing(self, binding)
                    else:
                        self.offers = (self.offers or []) + block.describing(self, binding)
        self.refuses = [(self.policy, r) for r in self.refuses]
        for n in self.narrowed:
            if mutation == "narrows-ignored":
                continue
            for rule in n.policy.rules:
                for binding in rule.matches(n):
                    migratable &= not rule.migratable_no
                    for block in rule.blocks:
                        self.refuses += [(n.policy, r) for r in block.describing(n, binding)]
        if not migratable:
            self.accepts = []
            if mutation != "migratable-no-leaves":
                self.offers = []
        if mutation == "refuse-ignored":
            self.refuses = []
        if mutation == "offers-ignored":
            self.offers = None

    def record_text(self):
        """As mdevcompat-descriptor(7) has it."""
        def level(item):
            name, ((tag, size), v) = item
            first = BUILT_IN.index(name) if name in BUILT_IN else 3
            return first, tag in ("set", "mask"), name.encode()
        return ",".join("%s=%s" % (name, values.record_value(t, v))
                        for name, (t, v) in sorted(self.record.items(), key=level))


# ---- verdicts -----------------------------------------------------------------------------------


def seen_by(policy, record):
    """A record through a policy's declarations: ({name: value}, is it one that no accept block takes)"""
    view = {}
    strange = False
    for a in policy.attributes.values():
        entry = record.get(a.name)
        if entry is None:
            view[a.name] = a.spelt_default
        elif entry[0] != a.type.identity:
            if mutation == "other-type-passes":
                view[a.name] = a.spelt_default
                continue
            view[a.name] = OTHER_TYPE
            strange = True
        elif a.presence == "default" and entry[1] == a.default and mutation != "default-in-record":
            view[a.name] = DEFAULT_SPELT_OUT
            strange = True
        else:
            view[a.name] = entry[1]
    if mutation != "unknown-attribute-passes":
        strange = strange or any(name not in policy.attributes for name in record)
    return view, strange


def described(box, view):
    for name, test in box:
        v = view[name]
        if v is OTHER_TYPE:
            if test is not anything:
                return False
        elif v is DEFAULT_SPELT_OUT or not test(v):
            return False
    return True


def judge(target, view, strange, views):
    """Does the target accept a source?  view is the source's record as the target's policy sees it,
    views as each of its policies does, by id.  (yes or no, {attribute: set of claimed values})"""
    if strange:
        return False, None
    accepted = False
    claims = {}
    for tests, claimed in target.accepts:
        for name, test in tests:
            if not test(view[name]):
                break
        else:
            box = []
            for name, source, f in claimed:
                v = view[source] if f is None else f(view[source] if source else None)
                if v is None:
                    break
                box.append((name, v))
            else:
                accepted = True
                for name, v in box:
                    claims.setdefault(name, set()).add(v)
    if not accepted or any(described(box, views[id(policy)]) for policy, box in target.refuses):
        return False, None
    return True, claims


def offered(source, view):
    return source.offers is None or any(described(box, view) for box in source.offers)
