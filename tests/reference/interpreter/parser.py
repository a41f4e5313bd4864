# SPDX-License-Identifier: LGPL-2.1-or-later
"""THE FILE: the form of a policy, with clauses and values still rows of tokens."""

import lexer
from errors import Refused


class Raw:
    """A bag of what one statement says."""

    def __init__(self, **parts):
        self.__dict__.update(parts)


class Reader:
    """The tokens of a file, read from the left."""

    def __init__(self, text):
        self.tokens = lexer.tokens(text)
        self.at = 0

    def fail(self, message):
        line = self.tokens[min(self.at, len(self.tokens) - 1)].line if self.tokens else 1
        raise Refused(message, "syntax", line)

    def peek(self):
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def next(self):
        token = self.peek()
        if token is None:
            self.fail("the file ends too early")
        self.at += 1
        return token

    def is_sym(self, text):
        token = self.peek()
        return token is not None and token.kind == "sym" and token.text == text

    def is_word(self, text):
        token = self.peek()
        return token is not None and token.kind == "word" and token.text == text

    def sym(self, text):
        if not self.is_sym(text):
            self.fail("%s expected" % text)
        self.at += 1

    def take_sym(self, text):
        found = self.is_sym(text)
        self.at += found
        return found

    def take_word(self, text):
        found = self.is_word(text)
        self.at += found
        return found

    def word(self, *choices):
        token = self.peek()
        if token is None or token.kind != "word" or (choices and token.text not in choices):
            self.fail("%s expected" % (" or ".join(choices) or "a word"))
        self.at += 1
        return token.text

    def name(self):
        token = self.next()
        if token.kind != "word" or not lexer.is_name(token.text):
            self.at -= 1
            self.fail("a name expected")
        return token.text

    def string(self):
        token = self.peek()
        if token is None or token.kind != "string":
            self.fail("a string expected")
        self.at += 1
        return token.text

    def is_string(self):
        token = self.peek()
        return token is not None and token.kind == "string"

    def number(self):
        text = self.word()
        if not lexer.NUMBER.match(text):
            self.at -= 1
            self.fail("a number expected")
        return int(text)

    def until_semicolon(self):
        """The tokens up to the ; that ends this clause or statement."""
        found, depth = [], 0
        while True:
            token = self.next()
            if token.kind == "sym":
                if token.text == ";" and depth == 0:
                    return found
                if token.text == "{":
                    depth += 1
                elif token.text == "}":
                    depth -= 1
                if depth < 0 or token.text == ";":
                    self.at -= 1
                    self.fail("; expected")
            found.append(token)

    def braced(self):
        """The tokens of a { ... }, with its braces."""
        found = [self.next()]
        depth = 1
        while depth:
            token = self.next()
            if token.kind == "sym":
                depth += (token.text == "{") - (token.text == "}")
                if token.text == ";":
                    self.fail("} expected")
            found.append(token)
        return found


def policy(text):
    """The parts of a policy file."""
    read = Reader(text)
    read.word("language")
    if read.number() != 1:
        read.at -= 1
        read.fail("this language is not known")
    read.sym(";")
    read.word("policy")
    raw = Raw(name=read.name(), revision=None, fallback=False, narrows=None, vendor=None, applies=[],
              attributes=[], locals=[], consts=[], rules=[], tests=[], speaks=[])
    while not read.take_sym("{"):
        head(read, raw)
    while not read.take_sym("}"):
        statement(read, raw)
    if read.peek() is not None:
        read.fail("something follows the policy")
    return raw


def head(read, raw):
    """revision N, fallback or narrows NAME: in any order, each once, and one of the last two."""
    word = read.word("revision", "fallback", "narrows")
    if word == "revision" and raw.revision is None:
        raw.revision = read.number()
    elif word == "fallback" and not raw.fallback and raw.narrows is None:
        raw.fallback = True
    elif word == "narrows" and not raw.fallback and raw.narrows is None:
        raw.narrows = read.name()
    else:
        read.fail("%s cannot stand here" % word)


def statement(read, raw):
    token = read.peek()
    if token is None or token.kind != "word":
        read.fail("a statement expected")
    word = token.text
    if word == "vendor":
        read.next()
        if raw.vendor is not None:
            raise Refused("vendor twice", line=token.line)
        raw.vendor = read.string()
        read.sym(";")
    elif word == "applies":
        raw.applies.append(applies(read))
    elif word in ("attribute", "local"):
        getattr(raw, word + "s").append(declaration(read))
    elif word == "const":
        read.next()
        name = read.name()
        read.sym("=")
        raw.consts.append(Raw(name=name, tokens=read.until_semicolon(), line=token.line))
    elif word == "rule":
        raw.rules.append(rule(read))
    elif word in ("accept", "offer", "refuse", "migratable"):
        one = Raw(name=None, whens=[], blocks=[], migratable_no=False, line=token.line)
        block_or_no(read, one)
        raw.rules.append(one)
    elif word == "test":
        raw.tests.append(test(read))
    elif word == "speaks":
        read.next()
        name = read.word()
        raw.speaks.append((name, read.word("accepts", "offers") if read.take_word("as") else None))
        read.sym(";")
    else:
        read.fail("%r is no statement" % word)


def applies(read):
    line = read.next().line
    kind = read.word("mdev-type", "vfio-device")
    read.word("driver")
    drivers = [driver(read)]
    while read.take_sym(","):
        drivers.append(driver(read))
    type_from = None
    if kind == "vfio-device" and read.take_word("type"):
        read.word("from")
        type_from = fact(read)
    read.sym(";")
    return Raw(kind="mdev" if kind == "mdev-type" else "vfio", drivers=drivers, type_from=type_from,
               line=line)


def driver(read):
    token = read.next()
    if token.kind == "sym" or (token.kind == "word" and not lexer.PLAIN.match(token.text)) \
            or not 0 < len(token.text) <= 64 or "/" in token.text:
        read.at -= 1
        read.fail("a driver expected")
    return token.text


def fact(read):
    line = read.peek().line if read.peek() else None
    name = read.word("type", "parent", "device", "module", "os-release", "kernel-release", "site")
    strings = []
    while read.is_string():
        strings.append(read.string())
    return Raw(name=name, strings=strings, line=line)


def declaration(read):
    """attribute or local: NAME : TYPE from FACT [OPTION]..."""
    line = read.next().line
    raw = Raw(name=read.name(), line=line, type=None, n=None, words=None, options={})
    read.sym(":")
    raw.type = read.word("string", "enum", "bool", "int", "pci-id", "version", "set", "mask", "versions")
    if raw.type in ("version", "mask", "versions"):
        read.sym("(")
        raw.n = read.number()
        read.sym(")")
    elif raw.type == "enum" or raw.type == "set" and read.is_sym("{"):
        if not read.is_sym("{"):
            read.fail("{ expected")
        raw.words = read.braced()
    while not read.take_sym(";"):
        token = read.peek()
        name, value = option(read)
        if name in raw.options:
            raise Refused("%s twice" % name, line=token.line)
        raw.options[name] = value
    return raw


def option(read):
    word = read.word()
    if word == "from":
        return word, fact(read)
    if word == "key" or word == "separator":
        return word, read.string()
    if word == "default":
        return word, default(read)
    if word in ("dynamic", "hex", "size"):
        return word, True
    if word == "major":
        return word, read.number()
    if word == "field":
        count = read.number()
        read.word("of")
        return word, (count, read.string())
    if word == "format":
        return word, read.word("hex", "bits")
    if word == "order":
        return word, read.word("lsb", "msb")
    if ".." in word:
        return "range", word
    read.at -= 1
    return read.fail("%r is no option" % word)


def default(read):
    """The tokens of a default: one value, or a LIST of ranges."""
    found = default_item(read)
    while read.is_sym(","):
        found.append(read.next())
        found += default_item(read)
    return found


def default_item(read):
    if read.is_sym("{"):
        return read.braced()
    token = read.next()
    if token.kind == "sym" and token.text != "*":
        read.at -= 1
        read.fail("a value expected")
    return [token]


def rule(read):
    line = read.next().line
    raw = Raw(name=read.name(), whens=[], blocks=[], migratable_no=False, line=line)
    read.sym("{")
    while not read.take_sym("}"):
        if read.take_word("when"):
            raw.whens.append(clause(read))
        else:
            block_or_no(read, raw)
    return raw


def clause(read):
    line = read.peek().line if read.peek() else None
    return Raw(name=read.name(), tokens=read.until_semicolon(), line=line)


def block_or_no(read, into):
    line = read.peek().line if read.peek() else None
    word = read.word("accept", "offer", "refuse", "migratable")
    if word == "migratable":
        read.word("no")
        read.sym(";")
        into.migratable_no = True
        return
    block = Raw(kind=word, clauses=[], claims=[], line=line, same=False)
    into.blocks.append(block)
    if word == "accept":
        read.word("same")
        if read.take_sym(";"):
            block.same = True
            return
        read.word("but")
    read.sym("{")
    while not read.take_sym("}"):
        if read.is_word("claim"):
            block.claims.append(claim(read))
        else:
            block.clauses.append(clause(read))


def claim(read):
    line = read.next().line
    name = read.name()
    tokens = None
    if read.take_sym("="):
        tokens = read.until_semicolon()
    else:
        read.sym(";")
    return Raw(name=name, tokens=tokens, line=line)


def test(read):
    line = read.next().line
    raw = Raw(title=read.string(), target=None, source=None, expect=None, because=None, line=line)
    read.sym("{")
    while not read.take_sym("}"):
        word = read.word("target", "source", "expect")
        if getattr(raw, word) is not None:
            raise Refused("%s twice" % word, line=line)
        if word == "expect":
            raw.expect = read.word("compatible", "incompatible", "unknown")
            if read.take_word("because"):
                raw.because = read.name()
            read.sym(";")
            continue
        side = []
        read.sym("{")
        while not read.take_sym("}"):
            side.append(clause(read))
        setattr(raw, word, side)
    for word in ("target", "source", "expect"):
        if getattr(raw, word) is None:
            raise Refused("a test without %s" % word, "syntax", line)
    return raw
