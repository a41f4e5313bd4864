# SPDX-License-Identifier: LGPL-2.1-or-later
"""Text to a tree, as mdevcompat.policy(5) describes the text.

Nothing here is taken from the compiler: a tokenizer of one expression, and a parser that goes down
from the file to the words.  It notes which productions it used, in the names that
grammar/parser.y gives them, so that a test can say which ones no policy has had yet.
"""
import re

LIMIT_TEXT = 1 << 20
LIMIT_NESTING = 64

KEYWORDS = frozenset(
    """absent accept any applies as attribute because but claim const default disjoint driver
    dynamic except expect fallback field format from hex in key language local major migratable
    narrows not-newer of offer order policy present refuse revision rule same separator size source
    speaks subset superset target test type vendor when""".split())

# Which productions were used; shared by all parsers of a run.
productions = set()


class Refused(Exception):
    """The text is no policy."""


TOKEN = re.compile(
    r"""
    (?P<blank>[ \t\n]+|\#[^\n]*\n)
  | (?P<string>"(?:[^"\\\n\t]|\\["\\])*")
  | (?P<template>
        [A-Za-z0-9_][A-Za-z0-9_.:-]*\{[ \t\n]*[A-Za-z0-9_][^{}";\#]*\}
            (?:[A-Za-z0-9_.:-]|\{[ \t\n]*[A-Za-z0-9_][^{}";\#]*\})*
      | \{[ \t\n]*[A-Za-z0-9_][^{},:";\#]*(?::[^{}";\#]*)?\}[A-Za-z0-9_]
            (?:[A-Za-z0-9_.:-]|\{[ \t\n]*[A-Za-z0-9_][^{}";\#]*\})*
      | \{[ \t\n]*[A-Za-z_][A-Za-z0-9_]*[ \t\n]*:[^{}";\#]*\}
            (?:[A-Za-z0-9_.:-]|\{[ \t\n]*[A-Za-z0-9_][^{}";\#]*\})*
    )
  | (?P<word>
        (?:[A-Za-z0-9_]|-[0-9]|<[0-9., \t\n]*>)
        (?:[A-Za-z0-9_.-]|:+[A-Za-z0-9_.-]|<[0-9., \t\n]*>|\.+\*)*
        (?:[+*](?![A-Za-z0-9_{("]))?
    )
  | (?P<mark>==|<=|>=|[{}();,:=+*/-])
    """, re.X)

# A brace that touches one of these begins no hole.
BEFORE_BRACES = KEYWORDS | {"enum", "set"}
HEAD = re.compile(r"[^{]*")


def tokens(text):
    """[(kind, text)], where kind is word, string, template or a mark itself."""
    if len(text) > LIMIT_TEXT:
        raise Refused("too large")
    if re.search(r"[^\x20-\x7e\t\n]", text):
        raise Refused("a byte that has no place in a policy")
    out = []
    at = depth = 0
    match = TOKEN.match
    while at < len(text):
        m = match(text, at)
        if not m:
            raise Refused("no token: %.20r" % text[at:])
        kind = m.lastgroup
        what = m.group()
        if kind == "template":
            head = HEAD.match(what).group()
            if head and head in BEFORE_BRACES:
                what, kind = head, "word"
        elif kind == "mark":
            kind = what
            if what in "{(":
                depth += 1
                if depth > LIMIT_NESTING:
                    raise Refused("too deep")
            elif what in "})":
                depth -= 1
        at += len(what)
        if kind == "string":
            what = re.sub(r"\\(.)", r"\1", what[1:-1])
        if kind != "blank":
            out.append((kind, what))
    out.append(("end", ""))
    return out


class Clause:
    __slots__ = ("name", "op", "items", "less")

    def __init__(self, name, op, items=None, less=None):
        self.name, self.op, self.items, self.less = name, op, items, less


class Block:
    __slots__ = ("kind", "braces", "clauses", "claims")

    def __init__(self, kind, braces):
        self.kind, self.braces, self.clauses, self.claims = kind, braces, [], []


class Rule:
    __slots__ = ("name", "when", "blocks", "migratable")

    def __init__(self, name):
        self.name, self.when, self.blocks, self.migratable = name, [], [], []


class Declaration:
    __slots__ = ("local", "name", "type", "argument", "braces", "options")

    def __init__(self, local, name):
        self.local, self.name, self.argument, self.braces = local, name, None, None
        self.options = {}


class Tree:
    def __init__(self):
        self.name = self.revision = self.fallback = self.narrows = None
        self.vendor = self.speaks = None
        self.applies, self.declarations, self.consts, self.rules, self.tests = [], [], [], [], []


class Parser:
    def __init__(self, text):
        self.tokens = tokens(text)
        self.at = 0

    # ---- tokens

    def peek(self, what):
        """Is the next token this mark or this word of the language?"""
        kind, text = self.tokens[self.at]
        return kind == what or (kind == "word" and text == what)

    def at_kind(self, kind):
        return self.tokens[self.at][0] == kind

    def take(self, what):
        if self.peek(what):
            self.at += 1
            return True
        return False

    def expect(self, what):
        if not self.take(what):
            raise Refused("%r where %s was expected" % (self.tokens[self.at][1], what))

    def string(self):
        kind, text = self.tokens[self.at]
        if kind != "string":
            raise Refused("%r where a string was expected" % text)
        self.at += 1
        productions.add("string: STRING")
        return text

    def bare(self):
        kind, text = self.tokens[self.at]
        if kind != "word" or text in KEYWORDS:
            raise Refused("%r where a value was expected" % text)
        self.at += 1
        return text

    def word(self, where):
        """A word, of the language or not; `claim` only where names stand."""
        kind, text = self.tokens[self.at]
        if kind != "word":
            raise Refused("%r where a %s was expected" % (text, where))
        self.at += 1
        if text == "claim":
            productions.add(where + ": CLAIM")
        elif text in KEYWORDS:
            productions.add(where + ": keyword")
            productions.add("keyword: " + text.upper().replace("-", "_"))
        else:
            productions.add(where + ": BARE")
        return text

    def name(self):
        return self.word("name")

    # ---- values

    def item(self):
        if self.at_kind("string"):
            productions.add("item: string")
            return ("string", self.string())
        return ("word", self.word("item"))

    def items_until_brace(self, production):
        """What stands in the braces of a set; the opening one was read."""
        out = []
        if not self.peek("}"):
            out.append(self.item())
            productions.add("items: item")
            while self.take(","):
                out.append(self.item())
                productions.add("items: items , item")
        self.expect("}")
        productions.add(production[bool(out)])
        return out

    def primary(self):
        """(element, what it is)"""
        kind, text = self.tokens[self.at]
        if kind == "template":
            self.at += 1
            productions.add("compound: TEMPLATE")
            return ("template", text), "compound"
        if self.take("{"):
            return ("braces", self.items_until_brace(
                ("compound: { RBRACE_LIST", "compound: { items RBRACE_LIST"))), "compound"
        if self.take("("):
            e = self.expr()
            self.expect(")")
            productions.add("compound: ( expr )")
            return ("parens", e) if e[0] == "binary" else e, "compound"
        return self.item(), "item"

    def sum(self):
        """(element, what it is)"""
        left, what = self.primary()
        while self.tokens[self.at][0] in ("+", "-", "*", "/"):
            op = self.tokens[self.at][0]
            self.at += 1
            right, of = self.primary()
            productions.update(("operator: " + op, "expr: " + what, "sum: expr operator " + of))
            left, what = ("binary", op, left, right), "sum"
        return left, what

    def expr(self):
        e, what = self.sum()
        productions.add("expr: " + what)
        return e

    def element(self, before):
        for mark in "*+":
            if self.take(mark):
                productions.update(("other: " + mark, before + "other"))
                return ("word", mark)
        e, what = self.sum()
        if what != "item":
            productions.add("other: " + what)
            what = "other"
        productions.add(before + what)
        return e

    def list(self):
        out = [self.element("list: ")]
        while self.take(","):
            out.append(self.element("list: list , "))
        return out

    def operand(self, production):
        items = self.list()
        if self.take("except"):
            productions.add(production % "list EXCEPT list")
            return items, self.list()
        productions.add(production % "list")
        return items, None

    # ---- rules

    def clause_tail(self, name):
        for word in ("any", "absent", "present"):
            if self.take(word):
                productions.add("clause_tail: " + word.upper())
                return Clause(name, word)
        for word in ("==", "<=", ">=", "in", "subset", "superset", "disjoint", "not-newer"):
            if self.take(word):
                productions.add("relation: " + word.upper().replace("-", "_"))
                return Clause(name, word, *self.operand("clause_tail: relation %s"))
        raise Refused("%r is no operator" % self.tokens[self.at][1])

    def block(self, block):
        self.expect("{")
        productions.add("block_body: %empty")
        while not self.take("}"):
            if self.take("claim"):
                name = self.name()
                e = None
                if self.take("="):
                    e = self.expr()
                    productions.add("block_body: block_body CLAIM name = expr ;")
                else:
                    productions.add("block_body: block_body CLAIM name ;")
                block.claims.append((name, e))
            else:
                name = self.word("clause_name")
                block.clauses.append(self.clause_tail(name))
                productions.add("block_body: block_body clause_name clause_tail ;")
            self.expect(";")
        productions.add("close: }")
        productions.add("rule_statement: block_head block_body close")
        return block

    def rule_statement(self, rule):
        """A block or `migratable no`; False when it is something else."""
        if self.take("accept"):
            self.expect("same")
            if self.take("but"):
                productions.add("block_head: ACCEPT SAME BUT {")
                rule.blocks.append(self.block(Block("accept", True)))
            else:
                self.expect(";")
                productions.add("rule_statement: ACCEPT SAME ;")
                rule.blocks.append(Block("accept", False))
        elif self.take("offer"):
            productions.add("block_head: OFFER {")
            rule.blocks.append(self.block(Block("offer", True)))
        elif self.take("refuse"):
            productions.add("block_head: REFUSE {")
            rule.blocks.append(self.block(Block("refuse", True)))
        elif self.take("migratable"):
            rule.migratable.append(self.name())
            self.expect(";")
            productions.add("rule_statement: MIGRATABLE name ;")
        else:
            return False
        return True

    def rule(self):
        rule = Rule(self.name())
        self.expect("{")
        productions.add("rule_body: %empty")
        while not self.take("}"):
            if self.take("when"):
                rule.when.append(self.clause_tail(self.name()))
                self.expect(";")
                productions.add("rule_body: rule_body WHEN name clause_tail ;")
            elif self.rule_statement(rule):
                productions.add("rule_body: rule_body rule_statement")
            else:
                raise Refused("%r in a rule" % self.tokens[self.at][1])
        productions.add("close: }")
        productions.add("statement: RULE name { rule_body close")
        return rule

    # ---- declarations

    def fact(self):
        kind = self.name()
        productions.add("fact: name")
        paths = []
        while self.at_kind("string"):
            paths.append(self.string())
            productions.add("fact: fact string")
        return kind, paths

    def once(self, options, name, value):
        if name in options:
            raise Refused("%s twice" % name)
        options[name] = value

    def declaration(self, local):
        d = Declaration(local, self.name())
        self.expect(":")
        productions.add("attribute: LOCAL name :" if local else "attribute: ATTRIBUTE name :")
        d.type = self.name()
        if self.take("("):
            d.argument = self.item()
            self.expect(")")
            productions.add("type: name ( item )")
        elif self.take("{"):
            d.braces = self.items_until_brace(
                ("type: name { RBRACE_LIST", "type: name { items RBRACE_LIST"))
        else:
            productions.add("type: name")
        productions.add("options: %empty")
        o = d.options
        while not self.take(";"):
            productions.add("options: options option")
            if self.take("from"):
                self.once(o, "from", self.fact())
                productions.add("option: FROM fact")
            elif self.take("key"):
                self.once(o, "key", self.string())
                productions.add("option: KEY string")
            elif self.take("separator"):
                self.once(o, "separator", self.string())
                productions.add("option: SEPARATOR string")
            elif self.take("field"):
                item = self.item()
                self.expect("of")
                self.once(o, "field", (item, self.string()))
                productions.add("option: FIELD item OF string")
            elif self.peek("format") or self.peek("order") or self.peek("major"):
                word = self.tokens[self.at][1]
                self.at += 1
                self.once(o, word, self.item())
                productions.add("option: %s item" % word.upper())
            elif self.peek("hex") or self.peek("size") or self.peek("dynamic"):
                word = self.tokens[self.at][1]
                self.at += 1
                self.once(o, word, True)
                productions.add("option: " + word.upper())
            elif self.take("default"):
                self.once(o, "default", self.list())
                productions.add("option: DEFAULT list")
            else:
                self.once(o, "range", self.bare())
                productions.add("option: BARE")
        productions.add("statement: attribute type options ;")
        return d

    def applies(self):
        kind = self.name()
        self.expect("driver")
        drivers = [self.item()]
        productions.add("drivers: item")
        while self.take(","):
            drivers.append(self.item())
            productions.add("drivers: drivers , item")
        type_from = None
        if self.take("type"):
            self.expect("from")
            type_from = self.fact()
            productions.add("type_from: TYPE FROM fact")
        else:
            productions.add("type_from: %empty")
        self.expect(";")
        productions.add("statement: APPLIES name DRIVER drivers type_from ;")
        return kind, drivers, type_from

    # ---- tests

    def test(self):
        t = {"name": self.string(), "sides": {}, "expect": None, "because": None}
        self.expect("{")
        productions.add("test_body: %empty")
        while not self.take("}"):
            if self.peek("target") or self.peek("source"):
                which = self.tokens[self.at][1]
                self.at += 1
                productions.add("test_side: %s {" % which.upper())
                self.expect("{")
                assigns = []
                productions.add("assigns: %empty")
                while not self.take("}"):
                    name = self.name()
                    assigns.append((name, self.list()))
                    self.expect(";")
                    productions.add("assigns: assigns name list ;")
                productions.add("close: }")
                self.once(t["sides"], which, assigns)
                productions.add("test_body: test_body test_side assigns close")
            else:
                self.expect("expect")
                if t["expect"]:
                    raise Refused("expect twice")
                t["expect"] = self.name()
                if self.take("because"):
                    t["because"] = self.name()
                    productions.add("test_body: test_body EXPECT name BECAUSE name ;")
                else:
                    productions.add("test_body: test_body EXPECT name ;")
                self.expect(";")
        productions.add("close: }")
        productions.add("statement: TEST string { test_body close")
        return t

    # ---- the file

    def policy(self):
        t = Tree()
        self.expect("language")
        if self.bare() != "1":
            raise Refused("another language")
        self.expect(";")
        productions.add("language: LANGUAGE BARE ;")
        self.expect("policy")
        t.name = self.name()
        head = {}
        productions.add("head_options: %empty")
        while not self.take("{"):
            if self.take("revision"):
                self.once(head, "revision", self.bare())
                productions.add("head_options: head_options REVISION BARE")
            elif self.take("fallback"):
                self.once(head, "fallback", True)
                productions.add("head_options: head_options FALLBACK")
            elif self.take("narrows"):
                self.once(head, "narrows", self.name())
                productions.add("head_options: head_options NARROWS name")
            else:
                raise Refused("%r in the head" % self.tokens[self.at][1])
        t.revision, t.fallback = head.get("revision"), head.get("fallback")
        t.narrows = head.get("narrows")
        productions.add("policy_head: POLICY name head_options {")
        productions.add("body: %empty")
        while not self.take("}"):
            self.statement(t)
            productions.add("body: body statement")
        if not self.at_kind("end"):
            raise Refused("text after the policy")
        productions.update(("close: }", "policy: policy_head body close", "file: language policy"))
        return t

    def statement(self, t):
        if self.take("vendor"):
            if t.vendor is not None:
                raise Refused("vendor twice")
            t.vendor = self.string()
            self.expect(";")
            productions.add("statement: VENDOR string ;")
        elif self.take("applies"):
            t.applies.append(self.applies())
        elif self.take("speaks"):
            if t.speaks:
                raise Refused("speaks twice")
            t.speaks = self.name()
            if self.take("as"):
                self.name()
                productions.add("statement: SPEAKS name AS name ;")
            else:
                productions.add("statement: SPEAKS name ;")
            self.expect(";")
        elif self.take("attribute"):
            t.declarations.append(self.declaration(False))
        elif self.take("local"):
            t.declarations.append(self.declaration(True))
        elif self.take("const"):
            name = self.name()
            self.expect("=")
            t.consts.append((name, *self.operand("statement: CONST name = %s ;")))
            self.expect(";")
        elif self.take("rule"):
            t.rules.append(self.rule())
        elif self.take("test"):
            t.tests.append(self.test())
        else:
            rule = Rule(None)
            if not self.rule_statement(rule):
                raise Refused("%r begins no statement" % self.tokens[self.at][1])
            t.rules.append(rule)
            productions.add("statement: rule_statement")


def parse(text):
    return Parser(text).policy()
