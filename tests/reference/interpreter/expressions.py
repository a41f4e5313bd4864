# SPDX-License-Identifier: LGPL-2.1-or-later
"""TEMPLATES AND ARITHMETIC, the latter: the form of an EXPR, and its value.

A node is ("int", number), ("var", name), ("self",), ("source", name) or (operator, left, right).
"""

import re

import mutate
import valuetypes
from errors import BadValue, Refused

MAX_PARTS = 64
BESIDE_HEX = re.compile(r"-?(?:[0-9A-Fa-f]|0[xX][0-9A-Fa-f]+)\Z")


DECIMAL = valuetypes.Type("int")


def separated(tokens):
    """The tokens, with a - that was read as text behind a hole being the operator that it is."""
    found = []
    for token in tokens:
        if token.kind == "word" and token.text[0] == "-" and not token.text[1:2].isdigit():
            found.append(token._replace(kind="sym", text="-", end=token.start + 1))
            token = token._replace(text=token.text[1:], start=token.start + 1)
            if not token.text:
                continue
        found.append(token)
    return found


def integer(of, word):
    """An integer of an EXPR beside an int attribute of this type."""
    if of.hex and not BESIDE_HEX.match(word):
        raise BadValue("beside a hex int an integer begins with 0x")
    return valuetypes.integer(of, word)


def calculate(operator, left, right):
    """The value of left operator right, or None if it has none."""
    if left is None or right is None:
        return None
    if operator == "+":
        result = left + right
    elif operator == "-":
        result = left - right
    elif operator == "*":
        result = left * right
    else:
        if right == 0:
            return None
        result, rest = divmod(left, right)
        if rest and not mutate.on("division-rounds"):
            return None
    return result if valuetypes.LOWEST <= result <= valuetypes.HIGHEST else None


class Expression:
    """An EXPR: its tree, the variables and the source attribute that it uses."""

    def __init__(self, tree, variables, source, uses_self, line):
        self.tree = tree
        self.variables = variables      # names
        self.source = source            # NAME of source.NAME, or None
        self.uses_self = uses_self
        self.numbers = {}               # variable -> {word: int}, once the bindings are known
        self.line = line

    def bind(self, bindings):
        """Read the values of all variables as decimal integers."""
        for name in self.variables:
            if name not in bindings:
                raise Refused("{%s} is not bound" % name, line=self.line)
            try:
                self.numbers[name] = {word: valuetypes.integer(DECIMAL, word) for word in bindings[name]}
            except BadValue:
                raise Refused("{%s} is no integer" % name, line=self.line) from None

    def value(self, own, source, words):
        """own: the value of self (None when absent); source: that of source.NAME; words: of the variables."""
        return self._value(self.tree, own, source, words)

    def _value(self, node, own, source, words):
        head = node[0]
        if head == "int":
            return node[1]
        if head == "var":
            return self.numbers[node[1]][words[node[1]]]
        if head == "self":
            return own
        if head == "source":
            return source
        return calculate(head, self._value(node[1], own, source, words),
                         self._value(node[2], own, source, words))


class Parser:
    """Reads the tokens of an EXPR."""

    def __init__(self, tokens, of, self_allowed, source_attributes, line):
        self.tokens, self.at = separated(tokens), 0
        self.of, self.self_allowed, self.source_attributes = of, self_allowed, source_attributes
        self.variables = set()
        self.source, self.uses_self = None, False
        self.parts = 0                  # operands and operators
        self.line = line

    def fail(self, message):
        raise Refused(message, line=self.line)

    def sym(self):
        if self.at < len(self.tokens) and self.tokens[self.at].kind == "sym":
            return self.tokens[self.at].text
        return None

    def whole(self):
        tree = self.expression()
        if self.at < len(self.tokens):
            self.fail("something follows the expression")
        if self.parts > MAX_PARTS:
            self.fail("more than 64 operands and operators in an expression")
        return Expression(tree, self.variables, self.source, self.uses_self, self.line)

    def expression(self):
        tree = self.operand()
        added = False
        while self.sym() in ("+", "-", "*", "/"):
            operator = self.sym()
            self.at += 1
            self.parts += 1
            if operator in "+-":
                added = True
            elif added:
                self.fail("* or / after + or - needs parentheses")
            right = self.operand()
            if operator == "/" and right == ("int", 0):
                self.fail("a division by the constant 0")
            if tree[0] == "int" and right[0] == "int":
                result = calculate(operator, tree[1], right[1])
                if result is None:
                    self.fail("a constant part without a value")
                tree = ("int", result)
            else:
                tree = (operator, tree, right)
        return tree

    def operand(self):
        if self.at >= len(self.tokens):
            self.fail("the expression ends too early")
        token = self.tokens[self.at]
        self.at += 1
        if token.kind == "string":
            self.fail("a string in an expression")
        if token.kind == "sym":
            if token.text == "(":
                tree = self.expression()
                if self.sym() != ")":
                    self.fail(") expected")
                self.at += 1
                return tree
            if token.text == "{":
                return self.hole()
            self.fail("%r in an expression" % token.text)
        self.parts += 1
        word = token.text
        if word == "self":
            if not self.self_allowed:
                self.fail("self cannot stand here")
            self.uses_self = True
            return ("self",)
        if word.startswith("source."):
            name = word[len("source."):]
            if self.source_attributes is None or self.source not in (None, name):
                self.fail("source.NAME stands in a claim, and one NAME only")
            of = self.source_attributes.get(name)
            if of is None or of.kind != "int" or of.hi - of.lo >= 256:
                self.fail("source.%s is no int attribute of at most 256 values" % name)
            self.source = name
            return ("source", name)
        try:
            return ("int", integer(self.of, word))
        except BadValue as bad:
            self.fail("%r in an expression: %s" % (word, bad))

    def hole(self):
        row = self.tokens[self.at:self.at + 2]
        if len(row) < 2 or row[0].kind != "word" or row[1].text != "}" or row[1].kind != "sym":
            self.fail("{n} expected")
        self.at += 2
        self.parts += 1
        self.variables.add(row[0].text)
        return ("var", row[0].text)
