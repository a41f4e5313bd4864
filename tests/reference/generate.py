# SPDX-License-Identifier: LGPL-2.1-or-later
"""Random policies over every production of the grammar, and random subjects for them.

A policy is made of declarations with small pools of texts, so that values of two subjects are often
equal, and of rules over these.  All of it comes from one random number generator: a seed is a case.
"""
from kinds import KEYWORDS, Kinds, quote

NAMES = sorted(KEYWORDS - {"claim", "type", "driver"}) + ["a%d" % i for i in range(40)] + ["pv-mode", "x_1"]
TYPES = ("d-1", "d-2", "d-4", "d-8", "e-1", "d-1-2", "d_2")


class Generator(Kinds):
    # ---- declarations

    def declaration(self, name, local, mdev):
        makers = [self.string, self.string, self.enum, self.bool, self.int, self.int, self.pci_id,
                  self.version, self.version, self.set, self.mask]
        kind = self.version(True) if local and self.chance(0.5) else self.pick(makers)()
        listed = kind.type.startswith("versions")
        d = {"name": name, "local": local, "kind": kind, "listed": listed, "dynamic": False,
             "presence": "required", "default": None, "key": None}
        r = self.rng.random()
        if not local and self.chance(0.25):
            d["dynamic"] = True
        if d["dynamic"] or r < 0.35:
            d["presence"] = "default"
            plain = [c for c in kind.constants if c[0] != "<"]
            d["default"] = ", ".join(self.few(kind.constants, 3)) if listed else self.pick(plain)
        elif r < 0.6:
            d["presence"] = "absent"
        d["fact"] = self.fact(d, mdev)
        if "key" not in d["fact"] and d["fact"].split()[0] in ("type", "parent", "device", "module") and \
                self.chance(0.1) and d["fact"].count('"') == (4 if d["fact"].startswith("mod") else 2):
            # A comma or a newline would end the item.
            if not any("," in t or "\n" in t or "\t" in t or t != t.strip() for t in kind.good + kind.bad):
                d["key"] = self.pick(("K", "PCI_SUBSYS_ID", "some key"))
        return d

    def fact(self, d, mdev):
        if d["dynamic"] and mdev:
            return 'device "%s"' % self.pick(("agg", "sub/dir.d/file"))
        r = self.rng.randrange(7)
        if d["kind"].tag == "pci-id" and r < 3:
            return self.pick(("type", "parent")) + ' "vendor" "device"'
        return ('type "name"', 'parent "path/to"', 'module "mod" "version"', 'os-release "VERSION_ID"',
                "kernel-release", 'site "some.key"',
                'type "x"' if mdev or d["local"] else 'device "y"')[r]

    def declared(self, d):
        options = ["from " + d["fact"]]
        if d["key"]:
            options.append("key " + quote(d["key"]))
        if d["kind"].options:
            options.append(d["kind"].options)
        if d["presence"] == "default":
            options.append("default " + d["default"])
        elif d["presence"] == "absent":
            options.append("default absent")
        if d["dynamic"]:
            options.append("dynamic")
        self.rng.shuffle(options)
        return "%s %s : %s %s;" % ("local" if d["local"] else "attribute", d["name"], d["kind"].type,
                                   " ".join(options))

    # ---- clauses

    def constant(self, d):
        """One value; sometimes by the name of a constant."""
        text = self.pick(d["kind"].constants[:2 if self.chance(0.6) else None])
        if self.consts is not None and self.chance(0.1):
            name = self.new_const()
            if name:
                self.consts.append("const %s = %s;" % (name, text))
                return name
        return text

    def new_const(self):
        for _ in range(5):
            name = self.pick(["R%d" % i for i in range(12)] + ["claim", "K-1"])
            if name not in self.const_names and not self.word_taken(name):
                self.const_names.add(name)
                return name
        return None

    def word_taken(self, name):
        return any(name in d["kind"].constants for d in self.declarations)

    def listed(self, d, where):
        kind = d["kind"]
        items = [self.pick(kind.constants + kind.ranges * 2) for _ in range(self.rng.randint(1, 4))]
        if kind.tag == "string" and where == "when" and self.chance(0.3):
            items.append(self.pick(("a*", "p*", "d-*", "x*")))
        less = [self.pick(kind.constants + kind.ranges) for _ in range(self.rng.randint(1, 2))] \
            if self.chance(0.25) else []
        if self.consts is not None and self.chance(0.15):
            name = self.new_const()
            if name:
                prefix = any(i.endswith("*") and kind.tag == "string" for i in items)
                text = ", ".join(items)
                if less and not prefix and self.chance(0.5):
                    text += " except " + ", ".join(less)
                    less = []
                self.consts.append("const %s = %s;" % (name, text))
                items = [name] if self.chance(0.5) else [name, self.pick(kind.constants)]
        return ", ".join(items) + (" except " + ", ".join(less) if less else "")

    def number(self, d):
        n = self.pick(("1", "2", "3", "0", "4"))
        return "0x" + n if d["kind"].hex and self.chance(0.3) else n

    def expr(self, d, atoms, depth=0):
        """Arithmetic that school and this language read alike, or with parentheses."""
        def atom():
            if depth < 2 and self.chance(0.2):
                return "(%s)" % self.expr(d, atoms, depth + 1)
            return self.pick(atoms + [self.number(d)])
        out = self.pick(atoms) if atoms else self.number(d)
        additive = False
        for _ in range(self.rng.randint(1, 3)):
            op = self.pick("+-*/" if not additive else "+-")
            right = atom()
            while op == "/" and right.strip("0x") in ("", ):
                right = self.pick(atoms + ["2"])
            out = "%s %s %s" % (out, op, right)
            additive = additive or op in "+-"
        return out

    def clause(self, d, where, variables):
        """where: when, accept, offer or refuse; variables: names with numbers for values."""
        kind, tag, name = d["kind"], d["kind"].tag, d["name"]
        r = self.rng.random()
        if r < (0.45 if where == "accept" else 0.12):
            return "%s any;" % name
        r = self.rng.random()
        if r < 0.12:
            return "%s %s;" % (name, self.pick(("absent", "present", "present", "present", "present")))
        own = where != "when"
        if own and r < 0.25:
            member = self.member(d, where)
            if member:
                return "%s %s;" % (name, member)
        if tag in ("set", "mask") and r < 0.85:
            op = self.pick(("subset", "superset", "disjoint", "==", "subset", "superset"))
            return "%s %s %s;" % (name, op, "self" if own and self.chance(0.6) else self.constant(d))
        if tag == "version" and own and r < 0.6:
            return "%s not-newer self;" % name
        if tag == "int" and r < 0.75:
            atoms = ["self"] * own + ["{%s}" % v for v in variables]
            if atoms or self.chance(0.2):
                op = self.pick(("==", "<=", ">="))
                if variables and self.chance(0.15):
                    return "%s %s {%s};" % (name, op, self.pick(variables))
                return "%s %s %s;" % (name, op, self.safe_expr(d, atoms))
        if tag in ("int", "version") and r < 0.9:
            op = self.pick(("<=", ">="))
            return "%s %s %s;" % (name, op, "self" if own and self.chance(0.6) else self.constant(d))
        if own and r < 0.92:
            return "%s == self;" % name
        if tag == "string" and kind.type == "string" and variables and self.chance(0.4):
            v = self.pick(variables)
            return "%s %s;" % (name, self.pick(("== p{%s}" % v, "== {%s}" % v, "in a, {%s}, p{%s}" % (v, v))))
        if self.chance(0.3):
            return "%s == %s;" % (name, self.constant(d))
        return "%s in %s;" % (name, self.listed(d, where))

    def safe_expr(self, d, atoms):
        if not atoms:
            return "%s + (%s)" % (self.number(d), self.pick(("1 + 1", "2 * 2", "4 / 2", "3 - 1")))
        # Constants are computed by the compiler: what has no value there is an error.
        for _ in range(20):
            e = self.expr(d, atoms)
            if not self.constant_part(e):
                return e
        return atoms[0] + " + 1"

    @staticmethod
    def constant_part(e):
        """Could two constants meet, or a division by zero?"""
        words = e.replace("(", "( ").replace(")", " )").split()
        for i in range(len(words) - 2):
            if words[i + 1] == "/" and words[i + 2] in ("0", "0x0", "("):
                return True
        numbers = [w for w in words if w[0].isdigit()]
        return len(numbers) > 1 and (words[0] in numbers or "(" in words)

    def member(self, d, where):
        fits = [o for o in self.declarations if o is not d and o["kind"].identity == d["kind"].identity and
                (where != "refuse" or not o["local"] or o["presence"] == "default")]
        if not fits:
            return None
        o = self.pick(fits)
        if o["listed"]:
            return "in self." + o["name"]
        tag = d["kind"].tag
        ops = ["=="]
        if tag in ("int", "version"):
            ops += ["<=", ">="]
        if tag == "version":
            ops.append("not-newer")
        if tag in ("set", "mask"):
            ops += ["subset", "superset", "disjoint"]
        return "%s self.%s" % (self.pick(ops), o["name"])

    def type_clause(self, where, bound):
        """Over `type`: (text, names of variables that it binds)"""
        r = self.rng.random()
        names = [v for v in ("n", "m", "k_1") if v not in bound]
        if r < 0.35 and names:
            v = self.pick(names)
            values = ", ".join(self.rng.sample(("1", "2", "4", "8", "3"), self.rng.randint(1, 4)))
            template = "d-{%s: %s}" % (v, values)
            form = self.rng.randrange(5)
            if form == 0 and len(names) > 1:
                w = self.pick([x for x in names if x != v])
                return "type in d-{%s: 1, 2}, d-{%s}-{%s: 2, 3};" % (v, v, w), [v, w]
            if form == 1:
                return "type in %s, e-1 except d-8;" % template, [v]
            if form == 2:
                return "type in %s except d-{%s}-2;" % (template, v), [v]
            if form == 3:
                return "type in {%s: d, e}-1, {%s}_2;" % (v, v), []
            return "type == %s;" % template, [v]
        if r < 0.6:
            return "type in %s;" % ", ".join(self.few(TYPES, 4)), []
        if where == "when":
            return "type %s;" % self.pick(("in d-*, e-1", "in d-* except d-2", "== d-*", "present",
                                           "in d-* except d-1*", "any")), []
        return "type %s;" % self.pick(("any", "any", "any", "== self", "== d-2", '== "d-1"', "present",
                                       "absent")), []

    # ---- blocks and rules

    def bind(self, variable, clauses, numbers, attributes):
        """A string other than type that binds a variable, or uses one."""
        strings = [d for d in attributes if d["kind"].type == "string"]
        if not strings or not self.chance(0.12):
            return
        clauses.append("%s %s;" % (self.pick(strings)["name"], self.pick((
            "in p{%s: 1, 2}, {%s}", "in {%s: 1, 2, a}, p{%s} except a", "in p{%s: 2, 1}, a except {%s}",
            "in {%s: 1, 2}0{%s}, a, b")) % (variable, variable)))
        if "a}" not in clauses[-1]:
            numbers.append(variable)

    def block(self, kind, outer):
        clauses, numbers = [], list(outer)
        if self.chance(0.5):
            text, bound = self.type_clause(kind, self.bound_outside)
            clauses.append(text)
            numbers += bound
        attributes = [d for d in self.declarations if not d["local"]]
        self.bind("z", clauses, numbers, attributes)
        most = self.pick((1, 2, 4)) if kind != "refuse" else self.pick((2, 3, 4))
        for _ in range(self.rng.randint(max(0 if clauses else 1, most // 2), most)):
            clauses.append(self.clause(self.pick(attributes), kind, numbers))
        if self.chance(0.06):
            clauses.append(self.pick(("driver any;", "driver in drv, other;", "kind any;", "kind == mdev;",
                                      "kind in mdev, vfio;", "driver == self;")))
        if kind == "accept":
            for d in attributes:
                if not any(c.startswith(d["name"] + " ") for c in clauses) and self.chance(self.openness):
                    clauses.append(d["name"] + " any;")
            self.claims(clauses, numbers, attributes)
        self.rng.shuffle(clauses)
        return "accept same but" if kind == "accept" else kind, clauses

    def claims(self, clauses, numbers, attributes):
        for d in attributes:
            if not d["dynamic"]:
                continue
            named = any(c.startswith(d["name"] + " ") for c in clauses)
            if self.daring and d["kind"].computable and self.chance(0.6):
                # Whether these contradict each other is for the compiler to see.
                clauses.append("claim %s = %s;" % (d["name"], self.claimed(d, numbers, attributes)))
            elif d is self.computed and self.chance(0.85):
                if not self.computed_done or self.chance(0.1):
                    self.computed_done = True
                    clauses.append("claim %s = %s;" % (d["name"],
                                                       self.claimed(d, numbers, attributes)))
                elif not named:
                    clauses.append("%s any;" % d["name"])
            elif self.chance(0.15):
                clauses.append("claim %s;" % d["name"])

    def claimed(self, d, numbers, attributes):
        atoms = ["source." + self.pick([o["name"] for o in attributes if o["kind"].computable])]
        atoms += ["{%s}" % v for v in numbers]
        if numbers and self.chance(0.3):
            del atoms[0]
        return self.pick((atoms[0], self.safe_expr(d, atoms)))

    def rule_body(self, outer):
        out = []
        for _ in range(self.rng.randint(1, 3)):
            r = self.rng.random()
            if r < 0.15:
                out.append("accept same;" if not self.computed else self.block("accept", outer))
            elif r < 0.9:
                out.append(self.block("accept", outer))
            elif r < 0.935:
                out.append(self.block("offer", outer))
            else:
                out.append(self.block("refuse", outer))
        return out

    def rule(self, name):
        parts, bound = [], []
        attributes = [d for d in self.declarations if not d["local"]]
        self.bound_outside = []
        for _ in range(self.pick((0, 1, 1, 2))):
            if self.chance(0.4):
                text, more = self.type_clause("when", self.bound_outside)
                bound += more
                self.bound_outside = sorted(set(self.bound_outside) | {
                    v for v in ("n", "m", "k_1") if "{%s:" % v in text})
            else:
                text = self.clause(self.pick(attributes), "when", bound)
            parts.append("when " + text)
        clauses = []
        self.bind("y", clauses, bound, attributes)
        if self.chance(0.08):
            clauses.append(self.pick(("kind == mdev;", "kind in vfio, mdev;", "driver in d*, x-1;",
                                      "driver == drv;", "driver in drv, other except other;")))
        parts += ["when " + text for text in clauses]
        parts += self.rule_body(bound)
        if self.chance(0.04):
            parts.append("migratable no;")
        self.rng.shuffle(parts)
        return "rule " + name, parts

    # ---- policies

    def start(self, declarations):
        self.declarations = declarations
        self.consts, self.const_names = [], set()
        self.bound_outside = []
        dynamic = [d for d in declarations if d["dynamic"] and d["kind"].computable]
        self.computed = self.pick(dynamic) if dynamic and self.chance(0.5) else None
        self.computed_done = False
        self.daring = self.chance(0.12)

    def declare(self, mdev):
        names = self.rng.sample(NAMES, self.rng.randint(3, 8))
        out = [self.declaration(n, i >= 2 and self.chance(0.25), mdev) for i, n in enumerate(names)]
        # Some of a kind, for self.NAME.
        for d in out[1:]:
            if self.chance(0.2) and not d["local"]:
                other = self.pick(out)
                if not other["listed"]:
                    d["kind"] = other["kind"]
                    d["key"] = None
                    if d["presence"] == "default":
                        d["default"] = self.pick([c for c in d["kind"].constants if c[0] != "<"])
                    d["fact"] = self.fact(d, mdev)
        return out

    def scopes(self):
        out = []
        if self.chance(0.85):
            out.append(("mdev", ["drv"] + (["other", "x-1"] if self.chance(0.3) else []), None))
        if not out or self.chance(0.25):
            out.append(("vfio", ["drv"], self.pick((None, 'device "nvidia/current_vgpu_type"',
                                                    'site "type"'))))
        return out

    def test(self):
        def side():
            out = []
            for d in self.few(self.declarations, 3):
                if d["listed"]:
                    v = ", ".join(self.few(d["kind"].constants, 2))
                else:
                    v = self.pick(d["kind"].constants + ["absent"])
                out.append("%s %s;" % (d["name"], v))
            if self.chance(0.3):
                out.append("type d-1;")
            return " ".join(out)
        return "test %s { target { %s } source { %s } expect %s%s; }" % (
            quote(self.pick(("some test", "", 'a "b"'))), side(), side(),
            self.pick(("compatible", "incompatible", "unknown")),
            " because " + self.pick([d["name"] for d in self.declarations if not d["local"]] + ["type"])
            if self.chance(0.5) else "")

    def policy(self, declarations, scopes, narrows=False):
        self.start(declarations)
        out = []
        for kind, drivers, type_from in scopes:
            name = {"mdev": "mdev-type", "vfio": "vfio-device"}[kind]
            out.append("applies %s driver %s%s;" % (name, ", ".join(
                quote(d) if self.chance(0.1) else d for d in drivers),
                " type from " + type_from if type_from else ""))
        out += [self.declared(d) for d in declarations]
        if narrows:
            for i in range(self.rng.randint(1, 2)):
                text, bound = self.type_clause("when", []) if self.chance(0.5) else (None, [])
                self.bound_outside = ["n", "m", "k_1"] if text else []
                body = self.block("refuse", bound) if self.chance(0.8) else "migratable no;"
                out.append(("rule n%d" % i, ["when " + text, body] if text else [body]))
        else:
            names = self.rng.sample(sorted(KEYWORDS) + ["r0", "r1", "r2", "window"], 3)
            for name in names[:self.rng.randint(1, 3)]:
                out.append(self.rule(name))
            self.bound_outside = []
            if self.chance(0.8):
                out += self.rule_body([])
            if self.chance(0.02):
                out.append("migratable no;")
        if self.chance(0.1):
            out.append('vendor "Some \\"one\\"";')
        if self.chance(0.1) and not narrows:
            out.append(self.test())
        out += self.consts
        self.rng.shuffle(out)
        head = "policy %s%s%s" % (self.pick(("p", "claim", "test", "some-policy")),
                                  self.pick(("", "", " revision 7")),
                                  " narrows p" if narrows else self.pick(("", "", " fallback")))
        self.written.append((head, out))
        return self.spelt(head, out)

    def spelt(self, head, out):
        gap = self.pick((" ", "\n", "\n\t", " # { \"\n"))
        return "language 1;%s%s {%s%s%s}%s" % (gap, head, gap, gap.join(map(self.statement, out)), gap,
                                               self.pick(("", "\n", " # the end\n")))

    def statement(self, x):
        """A text, or (head, [statements]) with braces."""
        return x if isinstance(x, str) else "%s { %s }" % (x[0], " ".join(map(self.statement, x[1])))

    def shuffled(self, x):
        if isinstance(x, str):
            return x
        items = [self.shuffled(y) for y in x[1]]
        self.rng.shuffle(items)
        return x[0], items

    def again(self):
        """The texts of the last case's policies, with all that has no order in another one."""
        return [self.spelt(*self.shuffled(w)) for w in self.written]

    def changed(self, declarations, mdev):
        """The same attributes as another policy may know them."""
        out = list(declarations)
        r = self.rng.randrange(4)
        attributes = [i for i, d in enumerate(out) if not d["local"]]
        i = self.pick(attributes)
        if r == 0 and len(attributes) > 1:
            del out[i]
        elif r == 1:
            free = [n for n in NAMES if n not in {d["name"] for d in out}]
            out.append(self.declaration(self.pick(free), False, mdev))
        elif r == 2:
            out[i] = self.declaration(out[i]["name"], False, mdev)
        elif out[i]["presence"] == "default":
            d = dict(out[i])
            d["default"] = self.pick([c for c in d["kind"].constants if c[0] != "<"])
            out[i] = d
        return out

    # ---- subjects

    def text(self, d):
        """A fact's text, or None: absent."""
        r = self.rng.random()
        if r < (0.005 if d["presence"] == "required" and not d["local"] else 0.12):
            return None
        kind = d["kind"]
        t = self.pick(kind.good[:1] if self.chance(0.8) else kind.good)
        if self.chance(self.badness):
            t = self.pick(kind.bad) if self.chance(0.5) else self.edited(t)
        if d["key"]:
            k = d["key"]
            t = self.pick(("%s=%s", "%s: %s", " %s =\t%s ")) % (k, t)
            r = self.rng.random()
            if r < 0.3:
                t = "other=1\n" + t
            elif r < 0.6:
                t = "x,y:z," + t + ",KK=" + k
            elif r < 0.61:
                t = t + "\n" + t
            elif r < 0.65:
                t = "nothing=" + k
        return t + self.pick(("", "\n"))

    def edited(self, text):
        """One byte more or less, or another."""
        at = self.rng.randrange(len(text) + 1)
        byte = self.pick("0123456789abfxKMGTiB.,:-+*<>{}[]() =yno")
        return text[:at] + self.pick(("", byte, byte)) + text[at + self.pick((0, 1)):]

    def side(self, declarations, scopes):
        """(kind, driver, type or None, instance, {name: text})"""
        kind, drivers, type_from = scopes[0] if self.chance(0.85) else self.pick(scopes)
        type_ = None
        if kind == "mdev" or (type_from and self.chance(0.95)):
            type_ = "d-1" if self.chance(0.7) else self.pick(TYPES)
        facts = {}
        for d in declarations:
            t = self.text(d)
            if t is not None:
                facts[d["name"]] = None if self.chance(0.002) else t  # None: cannot be read
        return kind, drivers[0] if self.chance(0.9) else self.pick(drivers), type_, \
            kind == "vfio" or self.chance(0.8), facts

    def case(self, n_sides):
        """([(text, narrows)], [(policy's number, side)])"""
        self.written = []
        self.openness = self.pick((0.3, 0.8, 0.95))
        self.badness = 0.3 if self.chance(0.04) else 0.002
        scopes = self.scopes()
        mdev = any(s[0] == "mdev" for s in scopes)
        declarations = self.declare(mdev)
        policies = [(self.policy(declarations, scopes), False)]
        versions = [declarations]
        if self.chance(0.25):
            versions.append(self.changed(declarations, mdev))
            policies.append((self.policy(versions[1], scopes), False))
        narrows = None
        if self.chance(0.15):
            # What both versions of the policy know alike: another type at a name is an error.
            narrows = self.few([d for d in declarations if not d["local"] and
                                all(d in v or d["name"] not in {e["name"] for e in v}
                                    for v in versions)] or declarations[:1], 3)
            if self.chance(0.3):
                free = [n for n in NAMES if n not in {d["name"] for d in declarations}]
                narrows.append(self.declaration(self.pick(free), False, mdev))
            policies.append((self.policy(narrows, scopes[:1] if self.chance(0.3) else scopes, True), True))
        sides = []
        for _ in range(n_sides):
            number = 1 if len(versions) > 1 and self.chance(0.35) else 0
            known = {d["name"]: d for d in versions[number] + (narrows or [])}
            sides.append((number, self.side(list(known.values()), scopes)))
        return policies, sides
