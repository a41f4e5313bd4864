# SPDX-License-Identifier: LGPL-2.1-or-later
"""Attributes and Blocks of the migration-* interfaces: VALUEs, their variables, and what they come to."""

import itertools
import re

import mutate
import spoken_files as sf
import valuetypes
from errors import BadValue

MAX_PARTS = MAX_STEPS = 64
MAX_VALUES = 256
MAX_VARIABLES = 16
MAX_COMBINATIONS = 256

USE = re.compile(r"[A-Za-z0-9_]{1,64}\Z")
DECLARES = re.compile(r"([A-Za-z0-9_]{1,64}):(int|string):(.*)\Z")
STEP = re.compile(r" *([*/]) *(-?[0-9]+)")
LIKE_ADDING = re.compile(r" *[+-] *[0-9]")


class TooMany(Exception):
    """too-complex."""


def printable(text):
    if not sf.PRINTABLE.match(text):
        raise BadValue("not printable")


def quoted(text):
    """The text between quotation marks, or None where there is no such thing."""
    if len(text) >= 2 and text[0] == text[-1] == '"' and '"' not in text[1:-1]:
        return text[1:-1]
    return None


def own_value(text):
    """A VALUE of self."""
    printable(text)
    inner = quoted(text)
    if inner is not None:
        return inner
    if re.search(r'["{}]', text):
        raise BadValue("a quotation mark or a brace")
    return text


def between(text, at, ends):
    """Where the first of these characters stands outside of quotation marks."""
    inside = False
    while at < len(text):
        if text[at] == '"':
            inside = not inside
        elif not inside and text[at] in ends:
            return at
        at += 1
    raise BadValue("something does not end")


def items(text):
    """The items between commas outside of quotation marks, without the blanks around each."""
    found, at = [], 0
    text += ","
    while at < len(text):
        end = between(text, at, ",")
        found.append(text[at:end].strip(" "))
        at = end + 1
    return found


class Alternative:
    """The variables of an alternative, and its VALUEs by attribute.

    A VALUE is a list of parts, str or (variable,); or (variable, steps) where it is calculated.
    """

    def __init__(self, pairs):
        """pairs: attribute, text of the VALUE."""
        self.variables = {}             # name -> list of int, or of str
        self.values = {}
        rows = [(name, self._parts(text)) for name, text in pairs]
        for name, parts in rows:
            for part in parts:
                if isinstance(part, tuple) and part[0] not in self.variables:
                    raise BadValue("{%s} is not declared" % part[0])
        for name, parts in rows:
            self.values[name] = self._calculated(parts)
        if len(self.variables) > MAX_VARIABLES:
            raise BadValue("more than 16 variables")

    def _parts(self, text):
        printable(text)
        inner = quoted(text)
        if inner is not None:
            return [inner] if inner else []
        parts, at = [], 0
        while at < len(text):
            match = re.compile(r'[^"{}]+').match(text, at)
            if match:
                parts.append(match.group())
                at = match.end()
            elif text[at] == "{":
                end = between(text, at + 1, "{}")
                if text[end] == "{":
                    raise BadValue("{ inside of { }")
                parts.append((self._hole(text[at + 1:end]),))
                at = end + 1
            else:
                raise BadValue("a quotation mark or a }")
        if len(parts) > MAX_PARTS:
            raise BadValue("more than 64 parts")
        return parts

    def _hole(self, inner):
        if USE.match(inner):
            return inner
        match = DECLARES.match(inner)
        if not match:
            raise BadValue("no hole")
        name, of, rest = match.groups()
        if name in self.variables:
            raise BadValue("{%s} is declared twice" % name)
        if of == "int":
            values = [sf.integer(item) for item in items(rest)]
        else:
            values = [own_value(item) for item in items(rest)]
        if len(values) > MAX_VALUES:
            raise BadValue("more than 256 values")
        self.variables[name] = values
        return name

    def _calculated(self, parts):
        """The parts, or what is to be calculated."""
        if not parts or not isinstance(parts[0], tuple) or len(parts) != 2 or isinstance(parts[1], tuple):
            return parts
        name, rest = parts[0][0], parts[1]
        if isinstance(self.variables[name][0], str):
            return parts
        if LIKE_ADDING.match(rest):
            raise BadValue("nothing is added")
        if rest.lstrip(" ")[:1] not in ("*", "/"):
            return parts
        steps, at = [], 0
        rest = rest.rstrip(" ")
        while at < len(rest):
            match = STEP.match(rest, at)
            if not match:
                raise BadValue("no step")
            steps.append((match.group(1), sf.integer(match.group(2))))
            at = match.end()
        if len(steps) > MAX_STEPS:
            raise BadValue("more than 64 steps")
        return (name, steps)

    def blocks(self):
        """Of each combination of values in which all VALUEs have one: attribute -> text."""
        names = sorted(self.variables)
        count = 1
        for name in names:
            count *= len(self.variables[name])
        if count > MAX_COMBINATIONS:
            raise TooMany
        found = []
        for row in itertools.product(*(self.variables[name] for name in names)):
            words = dict(zip(names, row))
            values = {name: value_of(one, words) for name, one in self.values.items()}
            if None not in values.values():
                found.append(values)
            if mutate.on("spoken-one-combination"):
                break
        return found


def value_of(value, words):
    """The text of a VALUE, or None if it has none."""
    if isinstance(value, list):
        return "".join(str(words[part[0]]) if isinstance(part, tuple) else part for part in value)
    name, steps = value
    number = words[name]
    for sign, other in steps:
        number = step(sign, number, other)
        if number is None:
            return None
    return str(number)


def step(sign, left, right):
    if sign == "*":
        result = left * right
    else:
        if right == 0:
            return None
        result = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
        if result * right != left and not mutate.on("spoken-division-rounds"):
            return None
    return result if valuetypes.LOWEST <= result <= valuetypes.HIGHEST else None
