# SPDX-License-Identifier: LGPL-2.1-or-later
"""TYPES: what values a type has and how they are spelt, in a fact's text and in one word of a policy.

Values: str (string, enum, pci-id), bool, int (int, mask: bit i of the number is bit i), tuple of numbers
(version), frozenset of words (set), Intervals (versions).
"""

import re

import mutate
import ranges
from errors import BadValue

LOWEST, HIGHEST = -(1 << 63), (1 << 63) - 1
YES = frozenset(("1", "y", "yes", "true", "on"))
NO = frozenset(("0", "n", "no", "false", "off"))

DECIMAL = re.compile(r"(-?)([0-9]+)\Z")
HEXADECIMAL = re.compile(r"(-?)(?:0[xX])?([0-9A-Fa-f]+)\Z")
SIZE = re.compile(r"(-?)([0-9]+)(?:([KMGT])(?:B|iB)?)?\Z")
PCI = re.compile(r"(?:0[xX])?([0-9A-Fa-f]{4}):(?:0[xX])?([0-9A-Fa-f]{4})\Z")
MASK_HEX = re.compile(r"(?:0[xX])?([0-9A-Fa-f]+|[0-9A-Fa-f]{1,8}(?:,[0-9A-Fa-f]{8})+)\Z")
MASK_BITS = re.compile(r"[01]+\Z")
UNITS = {None: 0, "K": 10, "M": 20, "G": 30, "T": 40}
SPACES = " \t\n"


class Type:
    """A type with the options that belong to it."""

    def __init__(self, kind, n=None, words=None):
        self.kind = kind
        self.n = n                  # of version, versions, mask
        self.words = words          # of enum and of set with a list: a frozenset
        self.lo, self.hi = LOWEST, HIGHEST
        self.hex = self.size = False
        self.major = 1
        self.separator = None
        self.field = None           # (K, text)
        self.format, self.order = "hex", "lsb"

    @property
    def record_type(self):
        """The type as a record has it: enum is a string, and N counts."""
        if self.kind == "enum":
            return "string"
        if self.kind in ("version", "mask", "versions"):
            return "%s(%d)" % (self.kind, self.n)
        return self.kind


STRING = Type("string")


def integer(of, text):
    """An integer as an int type spells it."""
    pattern = HEXADECIMAL if of.hex else SIZE if of.size else DECIMAL
    match = pattern.match(text)
    if not match:
        raise BadValue("no integer")
    number = int(match.group(2), 16 if of.hex else 10)
    if of.size:
        number <<= UNITS[match.group(3)]
    if match.group(1):
        number = -number
    if not LOWEST <= number <= HIGHEST:
        raise BadValue("beyond 64 bits")
    return number


def version(of, text, in_policy):
    parts = ranges.parts_of(text)
    if len(parts) > of.n or (in_policy and len(parts) < of.n):
        raise BadValue("not %d parts" % of.n)
    return parts + (0,) * (of.n - len(parts))


def words_of_set(of, text):
    if of.separator is None:
        words = re.split(r"[ \t\n]+", text)
    else:
        words = [word.strip(" \t") for word in text.split(of.separator)]
    words = [word for word in words if word]
    if of.field is not None and not mutate.on("field-ignored"):
        count, cut = of.field
        taken = []
        for word in words:
            fields = word.split(cut)
            if len(fields) < count:
                raise BadValue("a word with too few fields")
            taken.append(fields[count - 1])
        words = [word for word in taken if word]
    return frozenset(words)


def mask(of, text, in_policy):
    """The row of digits of a mask."""
    order = "lsb" if mutate.on("mask-order-ignored") else of.order
    if of.format == "hex":
        match = MASK_HEX.match(text)
        if not match or (in_policy and "," in text):
            raise BadValue("no mask")
        digits, width = match.group(1).replace(",", ""), 4
    else:
        if not MASK_BITS.match(text):
            raise BadValue("no mask")
        digits, width = text, 1
    bits = bin(int(digits, 16 if width == 4 else 2))[2:].zfill(len(digits) * width)
    if of.order == "msb" and len(digits) != -(-of.n // width):
        raise BadValue("not as many digits as there are bits")
    if order == "lsb":
        bits = bits[::-1]
    if "1" in bits[of.n:]:
        raise BadValue("a bit beyond the mask")
    return int(bits[::-1], 2)


def from_text(of, text, in_policy=False):
    """The value that a text spells; BadValue if it spells none.  The domain is not looked at."""
    kind = of.kind
    if kind == "string":
        return text
    if kind == "set":
        return words_of_set(of, text)
    if not text:
        raise BadValue("empty")
    if kind == "enum":
        return text
    if kind == "bool":
        lower = text.lower()
        if lower in YES or lower in NO:
            return lower in YES
        raise BadValue("no bool")
    if kind == "int":
        return integer(of, text)
    if kind == "pci-id":
        match = PCI.match(text)
        if not match:
            raise BadValue("no pci-id")
        return (match.group(1) + ":" + match.group(2)).lower()
    if kind == "version":
        return version(of, text, in_policy)
    if kind == "mask":
        return mask(of, text, in_policy)
    if kind == "versions":
        return ranges.from_device(text, of.n, of.major)
    raise AssertionError(kind)


def in_domain(of, value):
    """Whether a value of this type is inside of what the declaration allows."""
    if of.kind == "enum":
        return value in of.words
    if of.kind == "int":
        return of.lo <= value <= of.hi
    if of.kind == "set":
        return of.words is None or value <= of.words
    return True


def canonical(of, value):
    """The one spelling of a value.  of is a Type or the name of a record's type."""
    name = of if isinstance(of, str) else of.record_type
    if name == "bool":
        return "yes" if value else "no"
    if name == "int":
        return str(value)
    if name == "set":
        return ",".join(sorted(value))
    if name.startswith("mask"):
        return "%x" % value
    if name.startswith("versions"):
        return ranges.normal(value)
    if name.startswith("version"):
        return ".".join(str(part) for part in value)
    return value
