# SPDX-License-Identifier: LGPL-2.1-or-later
"""CLAUSES, their operands: constants, lists of them, constants by name, and templates."""

import lexer
import ranges
import valuetypes
from errors import BadValue, Refused

MAX_LIST = 4096
MAX_VALUES = 256
MAX_PARTS = 64
NEVER_BEFORE_HOLES = ("but", "offer", "refuse", "target", "source", "enum", "set")
TEXTS = ("string", "enum", "pci-id")


class Template:
    """Text with holes.  parts: str, or (name,) for a hole."""

    def __init__(self, parts):
        self.parts = parts
        self.variables = {part[0] for part in parts if isinstance(part, tuple)}

    def text(self, words):
        return "".join(words[part[0]] if isinstance(part, tuple) else part for part in self.parts)


class Texts:
    """A list on strings: constants, beginnings (WORD*) and templates."""

    def __init__(self):
        self.values = set()
        self.prefixes = []
        self.templates = []
        self.groups = []                # constants with except that have such beginnings: (Texts, Texts)


def is_reference(word):
    """self, self.NAME and source.NAME are never values."""
    return word == "self" or word.startswith("self.") or word.startswith("source.")


def plain(token, in_braces=False):
    """The text of a string, or of a word that may be written without quotes."""
    if token.kind == "string":
        return token.text
    if token.kind == "word" and lexer.PLAIN.match(token.text) and (in_braces or not is_reference(token.text)):
        return token.text
    raise BadValue("%r must be written in quotes or is no value" % token.text)


def split(tokens):
    """The items between commas outside of braces, up to except; and those behind it, or None."""
    lists = [[[]]]
    depth = 0
    for token in tokens:
        if token.kind == "sym":
            depth += (token.text == "{") - (token.text == "}")
        if depth == 0 and token.kind == "sym" and token.text == ",":
            lists[-1].append([])
        elif depth == 0 and token.kind == "word" and token.text == "except" and lists[-1][-1] \
                and lists[-1][-1][-1].end != token.start:
            lists.append([[]])
        else:
            lists[-1][-1].append(token)
    if len(lists) > 2 or any(not item for one in lists for item in one):
        raise BadValue("an item is missing, or except twice")
    return lists[0], (lists[1] if len(lists) == 2 else None)


def is_braced(item):
    return (len(item) >= 2 and item[0].kind == "sym" and item[0].text == "{"
            and item[-1].kind == "sym" and item[-1].text == "}")


def members(item):
    """The member tokens of { a, b, ... }."""
    if not is_braced(item):
        raise BadValue("{ ... } expected")
    inner = item[1:-1]
    if not inner:
        return []
    found = []
    for at, token in enumerate(inner):
        if at % 2:
            if token.kind != "sym" or token.text != ",":
                raise BadValue(", expected between members")
        elif token.kind == "sym":
            raise BadValue("a member expected")
        else:
            found.append(token)
    if len(inner) % 2 == 0:
        raise BadValue("a member is missing")
    if len(found) > MAX_LIST:
        raise BadValue("more than 4096 words in a list")
    return found


class Group:
    """What a constant with except stands for: one item of a list, and more than one value."""

    def __init__(self, items, excepted):
        self.items, self.excepted = items, excepted


def count(item):
    """How many values of a list this item is."""
    return len(item.items) + len(item.excepted) if isinstance(item, Group) else 1


class Constants:
    """The constants of a policy by name: the items that each stands for."""

    def __init__(self):
        self.items = {}

    def declare(self, name, tokens, names, line):
        if name in ("self", "source", "none", "absent", "any", "present", "except") \
                or name.lower() in valuetypes.YES or name.lower() in valuetypes.NO:
            raise Refused("a constant cannot be called %s" % name, line=line)
        try:
            items, excepted = split(tokens)
            for item in items + (excepted or []):
                self._check(item, names)
        except BadValue as bad:
            raise Refused("constant %s: %s" % (name, bad), line=line) from None
        if len(items) + len(excepted or ()) > MAX_LIST:
            raise Refused("more than 4096 words in a list", line=line)
        self.items[name] = items if excepted is None else [Group(items, excepted)]

    @staticmethod
    def _check(item, names):
        if is_braced(item):
            members(item)               # in braces all words are what they read
            return
        if len(item) != 1:
            raise BadValue("made of something else than values")
        for token in item:
            if token.kind == "sym" and token.text != "*":
                raise BadValue("no value")
            if token.kind == "word" and (token.text in names or is_reference(token.text)):
                raise BadValue("made of other constants or references")

    def expand(self, items):
        """The items with those constants that are named replaced by their lists."""
        found = []
        for item in items:
            if len(item) == 1 and item[0].kind == "word" and item[0].text in self.items:
                found += self.items[item[0].text]
            else:
                found.append(item)
        return found

    def single(self, tokens):
        """The tokens of one value, where a constant may stand for it."""
        if len(tokens) == 1 and tokens[0].kind == "word" and tokens[0].text in self.items:
            items = self.items[tokens[0].text]
            if len(items) != 1 or isinstance(items[0], Group):
                raise BadValue("constant %s is no single value" % tokens[0].text)
            return items[0]
        return tokens


NONE_KNOWN = Constants()


def value(of, tokens, constants=NONE_KNOWN):
    """One constant of this type, inside of its domain."""
    tokens = constants.single(tokens)
    if not tokens:
        raise BadValue("a value expected")
    if of.kind == "set":
        result = set()
        for token in members(tokens):
            word = plain(token, True)
            if not word:
                raise BadValue("no word of a set")
            result.add(word)
        result = frozenset(result)
    elif of.kind == "mask" and is_braced(tokens):
        result = 0
        for token in members(tokens):
            if token.kind != "word":
                raise BadValue("no number of a bit")
            low, dots, high = token.text.partition("..")
            high = high if dots else low
            if not lexer.NUMBER.match(low) or not lexer.NUMBER.match(high):
                raise BadValue("no number of a bit")
            low, high = int(low), int(high)
            if low > high or high >= of.n:
                raise BadValue("no bits of this mask")
            result |= (1 << high + 1) - (1 << low)
    elif of.kind == "versions":
        return versions(of, tokens, constants)
    else:
        if len(tokens) != 1:
            raise BadValue("one value expected")
        if of.kind in TEXTS:
            text = plain(tokens[0])
        elif tokens[0].kind != "word" or is_reference(tokens[0].text):
            raise BadValue("a word expected")
        else:
            text = tokens[0].text
        result = valuetypes.from_text(of, text, in_policy=True)
    if not valuetypes.in_domain(of, result):
        raise BadValue("outside of the domain")
    return result


def _ranges(items):
    if any(len(item) != 1 or item[0].kind == "string" for item in items):
        raise BadValue("no range of versions")
    return [item[0].text for item in items]


def versions(of, tokens, constants=NONE_KNOWN):
    """A list of version ranges."""
    return versions_of_items(of, *split(tokens), constants)


def versions_of_items(of, kept, excepted, constants):
    lists = []
    for items in (kept, excepted):
        if items is None:
            lists.append(None)
            continue
        texts = []
        for item in constants.expand(items):
            if isinstance(item, Group):
                texts.append((_ranges(item.items), _ranges(item.excepted)))
            else:
                texts += _ranges([item])
        lists.append(texts)
    return ranges.list_of(lists[0], lists[1], of.n, of.major)


def int_range(of, word):
    low, _, high = word.partition("..")
    low, high = valuetypes.integer(of, low), valuetypes.integer(of, high)
    if low > high:
        raise BadValue("a range that runs backwards")
    return low, high


def int_list(of, items, constants):
    """Pairs of low and high."""
    found = []
    for item in constants.expand(items):
        if isinstance(item, Group):
            away = int_list(of, item.excepted, constants)
            for pair in int_list(of, item.items, constants):
                found += left_of(pair, away)
        elif len(item) == 1 and item[0].kind == "word" and ".." in item[0].text:
            pair = int_range(of, item[0].text)
            if not (valuetypes.in_domain(of, pair[0]) and valuetypes.in_domain(of, pair[1])):
                raise BadValue("outside of the domain")
            found.append(pair)
        else:
            one = value(of, item)
            found.append((one, one))
    return found


def left_of(pair, away):
    """What of a pair is in none of others."""
    left = [pair]
    for low, high in away:
        left = [one for a, b in left for one in ((a, min(b, low - 1)), (max(a, high + 1), b))
                if one[0] <= one[1]]
    return left


def template(item, bind):
    """The template that the tokens of an item are.  bind(name, words) is told of {n: ...}."""
    parts, at = [], 0
    for before, behind in zip(item, item[1:]):
        inside = behind.start != before.end
        if inside and not _within_hole(item, behind):
            raise BadValue("the parts of a template do not touch")
    while at < len(item):
        token = item[at]
        if token.kind == "word":
            text = token.text
            if not lexer.WORDCHARS.match(text):
                raise BadValue("%r in a template" % text)
            if not parts and text in NEVER_BEFORE_HOLES:
                raise BadValue("no hole behind %s" % text)
            parts.append(text)
            at += 1
        elif token.kind == "sym" and token.text in ":-" and any(isinstance(one, tuple) for one in parts):
            parts.append(token.text)    # text behind a hole
            at += 1
        elif token.kind == "sym" and token.text == "{":
            name, words, at = hole(item, at + 1)
            if words is not None:
                bind(name, words)
            elif not parts and at < len(item) and not lexer.PLAIN.match(item[at].text[:1]):
                raise BadValue("{%s} touches no word before it and no letter behind" % name)
            parts.append((name,))
        else:
            raise BadValue("%r in a template" % token.text)
    if not any(isinstance(one, tuple) for one in parts):
        raise BadValue("no template and no value")
    joined = []
    for part in parts:
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        else:
            joined.append(part)
    if len(joined) > MAX_PARTS:
        raise BadValue("more than 64 parts of a template")
    return Template(joined)


def _within_hole(item, token):
    """Whether the space before this token lies inside of a hole."""
    depth = 0
    for one in item:
        if one is token:
            return depth > 0
        if one.kind == "sym":
            depth += (one.text == "{") - (one.text == "}")
    return False


def hole(item, at):
    """name, words (None without a list) of the hole whose { stands before at; and where it ends."""
    if at < len(item) and item[at].kind == "word" and ":" in item[at].text:
        # {n:1} without a blank
        name, _, first = item[at].text.partition(":")
        item = item[:at] + [item[at]._replace(text=name), item[at]._replace(kind="sym", text=":"),
                            item[at]._replace(text=first)] + item[at + 1:]
        fewer = 2
    else:
        fewer = 0
    if at >= len(item) or item[at].kind != "word" or not lexer.is_variable(item[at].text):
        raise BadValue("the name of a variable expected")
    name = item[at].text
    at += 1
    words = None
    if at < len(item) and item[at].kind == "sym" and item[at].text == ":":
        words = []
        while True:
            at += 1
            token = item[at] if at < len(item) else None
            if token is None or token.kind != "word" or not lexer.WORDCHARS.match(token.text):
                raise BadValue("a word expected")
            if item[at].text in words:
                raise BadValue("a word twice")
            words.append(item[at].text)
            at += 1
            if at >= len(item) or item[at].kind != "sym" or item[at].text != ",":
                break
        if len(words) > MAX_VALUES:
            raise BadValue("more than 256 values of a variable")
    if at >= len(item) or item[at].kind != "sym" or item[at].text != "}":
        raise BadValue("} expected")
    return name, words, at + 1 - fewer


def text_item(of, item, into, in_condition, bind):
    """Put one item of a list on strings where it belongs."""
    if of.kind in ("string", "enum") and any(token.kind == "sym" for token in item):
        into.templates.append(template(item, bind))
    elif of.kind in ("string", "enum") and in_condition and len(item) == 1 and item[0].kind == "word" \
            and item[0].text.endswith("*"):
        prefix = item[0].text[:-1]
        if not lexer.WORDCHARS.match(prefix) or is_reference(prefix):
            raise BadValue("%r is no value" % item[0].text)
        into.prefixes.append(prefix)
    else:
        into.values.add(value(of, item))


def text_list(of, items, constants, in_condition, bind):
    into = Texts()
    for item in constants.expand(items):
        if isinstance(item, Group):
            kept, gone = (text_list(of, part, NONE_KNOWN, in_condition, bind)
                          for part in (item.items, item.excepted))
            if kept.prefixes or gone.prefixes:
                into.groups.append((kept, gone))
            else:
                into.values |= kept.values - gone.values
            continue
        text_item(of, item, into, in_condition, bind)
    return into
