# SPDX-License-Identifier: LGPL-2.1-or-later
"""Declarations, constants and lists, as mdevcompat.policy(5) describes them: from the tree to types and
values.  What they mean in rules is for clauses.py.
"""
import re

import mutate
import values
from syntax import Refused
from values import Type, Unreadable

NAME = re.compile(r"[A-Za-z](?:[A-Za-z0-9_-]{0,62}[A-Za-z0-9_])?\Z")
FACTS = {"type": 1, "parent": 1, "device": 1, "module": 2, "os-release": 1, "kernel-release": 0,
         "site": 1}
FILES = ("type", "parent", "device", "module")
OPTIONS = {"int": {"hex", "size", "range"}, "version": {"major"}, "versions": {"major"},
           "set": {"separator", "field"}, "mask": {"format", "order"}}


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
        if mutate.current == "mask-order-ignored":
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
    if mutate.current == "range-end-open" and low < high:
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
