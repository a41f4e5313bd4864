# SPDX-License-Identifier: LGPL-2.1-or-later
"""The JSON of the interfaces: strict, printable, at most 16 brackets open, no name twice in an object.

An object is a dict, an array a list, a string a str, true and false a bool, null None, a number a Number.
"""

import re

import mutate
from errors import BadValue

MAX_OPEN = 16
SPACE = re.compile(r"[ \t\r\n]*")
NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
PLAIN = re.compile(r'[^"\\\x00-\x1f\x7f-\U0010ffff]+')
HEXADECIMAL = re.compile(r"[0-9A-Fa-f]{4}")
WORDS = {"true": True, "false": False, "null": None}


class Number:
    """A number as it is spelt."""

    def __init__(self, spelling):
        self.spelling = spelling


class _Reader:
    def __init__(self, text):
        self.text, self.at, self.open = text, 0, 0

    def space(self):
        self.at = SPACE.match(self.text, self.at).end()

    def take(self, sign):
        """Whether this sign comes next, behind white space; then it is passed."""
        self.space()
        if self.text.startswith(sign, self.at):
            self.at += len(sign)
            return True
        return False

    def need(self, sign):
        if not self.take(sign):
            raise BadValue("%s expected" % sign)

    def value(self):
        self.space()
        if self.take("{"):
            return self.nested(self.object)
        if self.take("["):
            return self.nested(self.array)
        if self.text.startswith('"', self.at):
            return self.string()
        match = NUMBER.match(self.text, self.at)
        if match:
            self.at = match.end()
            return Number(match.group())
        for word, value in WORDS.items():
            if self.text.startswith(word, self.at):
                self.at += len(word)
                return value
        raise BadValue("a value expected")

    def nested(self, read):
        self.open += 1
        if self.open > MAX_OPEN:
            raise BadValue("more than 16 brackets are open")
        found = read()
        self.open -= 1
        return found

    def object(self):
        found = {}
        if self.take("}"):
            return found
        while True:
            self.space()
            name = self.string()
            self.need(":")
            value = self.value()
            if name in found and not mutate.on("spoken-duplicate-last-wins"):
                raise BadValue("a name twice")
            found[name] = value
            if self.take("}"):
                return found
            self.need(",")

    def array(self):
        found = []
        if self.take("]"):
            return found
        while True:
            found.append(self.value())
            if self.take("]"):
                return found
            self.need(",")

    def string(self):
        text, found = self.text, []
        if not text.startswith('"', self.at):
            raise BadValue("a string expected")
        self.at += 1
        while not text.startswith('"', self.at):
            match = PLAIN.match(text, self.at)
            if match:
                found.append(match.group())
                self.at = match.end()
            else:
                found.append(self.escape())
        self.at += 1
        return "".join(found)

    def escape(self):
        two = self.text[self.at:self.at + 2]
        self.at += 2
        if two in ('\\"', "\\\\", "\\/"):
            return two[1]
        match = HEXADECIMAL.match(self.text, self.at) if two == "\\u" else None
        if not match:
            raise BadValue("no character of a string")
        self.at += 4
        number = int(match.group(), 16)
        if not 0x20 <= number <= 0x7e:
            raise BadValue("not printable")
        return chr(number)


def read(text):
    """The value that a text is, or BadValue."""
    reader = _Reader(text)
    value = reader.value()
    reader.space()
    if reader.at < len(text):
        raise BadValue("something follows")
    return value


def read_object(text):
    value = read(text)
    if not isinstance(value, dict):
        raise BadValue("no object")
    return value
