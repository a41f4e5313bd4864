# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a policy means, clause by clause over records: no diagrams, nothing clever, nothing shared with
the engine.  Written from mdevcompat.policy(5); where the two disagree, one of them is wrong.

A clause becomes a function of the other side's value.  A block becomes a list of such functions
for each combination of its variables.  A verdict asks them one by one.
"""
import re

import mutate
import values
from clauses import CompiledClause, Expr, Variables, anything, bind_all, compare, is_absent, is_present
from declare import Attribute, Pile, check_fact, constant, constant_word, in_domain, int_ranges, name_of, \
    read_type, reserved
from syntax import Refused, parse
from values import Type, Unreadable

BUILT_IN = ("kind", "driver", "type")
NO_CONST_NAMES = {"self", "source", "none", "absent", "any", "present", "except", "yes", "no", "true",
                  "false", "on", "off", "y", "n"}
# What a clause can meet besides a value or None.
OTHER_TYPE, DEFAULT_SPELT_OUT = object(), object()


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
        if mutate.current == "one-combination":
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
                if a.name not in self.named and mutate.current != "left-out-is-any":
                    if a.dynamic and mutate.current != "dynamic-must-equal":
                        tests.append((a.name, is_present))
                    else:
                        x = side.own.get(a.name)
                        tests.append((a.name, is_absent if x is None else
                                      compare("==", a.type, x, False)))
                if (a.type.words is not None or a.type.tag == "int") and mutate.current != "domain-ignored":
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
                             mutate.current != "default-in-record"):
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
            if mutate.current == "narrows-ignored":
                continue
            for rule in n.policy.rules:
                for binding in rule.matches(n):
                    migratable &= not rule.migratable_no
                    for block in rule.blocks:
                        self.refuses += [(n.policy, r) for r in block.describing(n, binding)]
        if not migratable:
            self.accepts = []
            if mutate.current != "migratable-no-leaves":
                self.offers = []
        if mutate.current == "refuse-ignored":
            self.refuses = []
        if mutate.current == "offers-ignored":
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
            if mutate.current == "other-type-passes":
                view[a.name] = a.spelt_default
                continue
            view[a.name] = OTHER_TYPE
            strange = True
        elif a.presence == "default" and entry[1] == a.default and mutate.current != "default-in-record":
            view[a.name] = DEFAULT_SPELT_OUT
            strange = True
        else:
            view[a.name] = entry[1]
    if mutate.current != "unknown-attribute-passes":
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
