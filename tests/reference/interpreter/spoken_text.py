# SPDX-License-Identifier: LGPL-2.1-or-later
"""The texts of migration-compatible and migration-files: lines, headings, items, comments."""

import mutate
from errors import BadValue

BLANKS = " \t\r"
SELF, COMPATIBLE = "SELF:", "COMPATIBLE:"


def value_end(line, at):
    """Where the VALUE ends that begins here: at a blank outside of quotation marks and braces."""
    quotes = braces = False
    while at < len(line):
        char = line[at]
        if char == '"':
            quotes = not quotes
        elif not quotes and char == "{":
            braces = True
        elif not quotes and char == "}":
            braces = False
        elif char in BLANKS and not quotes and not braces:
            return at
        at += 1
    if quotes or braces:
        raise BadValue("a quotation mark or a brace that does not end on its line")
    return at


def parts(line):
    """Of one line: the heading or None, the (KEY, VALUE), and whether there is nothing at all in it."""
    heading, items, at, empty = None, [], 0, True
    while True:
        while at < len(line) and line[at] in BLANKS:
            at += 1
        if at == len(line):
            return heading, items, empty
        if line[at] == "#":
            return heading, items, False
        if empty:
            for word in (SELF, COMPATIBLE):
                end = at + len(word)
                if line.startswith(word, at) and (end == len(line) or line[end] in BLANKS):
                    heading, at = word, end
            empty = False
            if heading is not None:
                continue
        equal = line.find("=", at)
        if equal < 0 or any(char in BLANKS for char in line[at:equal]):
            raise BadValue("an item without =")
        end = value_end(line, equal + 1)
        items.append((line[at:equal], line[equal + 1:end]))
        at = end


class Reader:
    """Puts the lines together.  own: the items of self; alternatives: the items of each."""

    def __init__(self, text, now, headings):
        """now: the heading that is thought before the first line, or None; headings: those that may be."""
        self.own, self.alternatives = [], []
        self.now, self.headings = now, headings
        self.fresh = True               # whether the next item begins an alternative
        self.gap = False                # an empty line behind items of self
        for line in text.split("\n"):
            self._line(*parts(line))

    def _line(self, heading, items, empty):
        if empty and not mutate.on("spoken-empty-line-is-none"):
            self.fresh = True
            self.gap = self.now == SELF and bool(self.own)
        if heading is not None:
            if heading not in self.headings or (heading == SELF and self.own):
                raise BadValue("the heading cannot stand here")
            self.now, self.fresh, self.gap = heading, True, False
        for item in items:
            self._item(item)

    def _item(self, item):
        if self.now is None:
            raise BadValue("an item before any heading")
        if self.now == SELF:
            if self.gap:
                raise BadValue("an empty line between the items of self")
            self.own.append(item)
            return
        if self.fresh:
            self.alternatives.append([])
            self.fresh = False
        self.alternatives[-1].append(item)


def compatible_text(text):
    """migration_compatible: the items of self, and those of the alternatives."""
    found = Reader(text, None, (SELF, COMPATIBLE))
    return found.own, found.alternatives


def self_text(text):
    return Reader(text, SELF, (SELF,)).own


def alternatives_text(text):
    return Reader(text, COMPATIBLE, (COMPATIBLE,)).alternatives
