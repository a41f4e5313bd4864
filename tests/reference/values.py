# SPDX-License-Identifier: LGPL-2.1-or-later
"""Types, and values as texts, as mdevcompat.policy(5) describes them.

Values are Python's own: str (string, enum, pci-id), bool, int, int for versions too (a version of N
parts is a number of N digits in base 2^32 - 1), frozenset, int for masks.  Absent is None.
"""
import re

from syntax import Refused

PART_MAX = 4294967294
BASE = PART_MAX + 1
INT_MIN, INT_MAX = -(1 << 63), (1 << 63) - 1
WORD_MAX = 4096
INTERVALS_MAX = 64

PLAIN = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.:-]*[A-Za-z0-9_])?\Z")
YES, NO = {"1", "y", "yes", "true", "on"}, {"0", "n", "no", "false", "off"}


class Unreadable(Exception):
    """A text that does not parse as its type, or lies outside of the domain."""


class Type:
    """tag and size say which type it is; the rest how it is spelt and what its domain is."""

    def __init__(self, tag, size=0):
        self.tag, self.size = tag, size
        self.list = False  # versions(N)
        self.major = 1
        self.words = None
        self.low, self.high = INT_MIN, INT_MAX
        self.spelling = "decimal"
        self.separator = self.field = None
        self.bits, self.msb = False, False

    @property
    def identity(self):
        return self.tag, self.size

    def in_domain(self, v):
        if self.tag == "int":
            return self.low <= v <= self.high
        if self.words is None:
            return True
        return v in self.words if self.tag == "string" else v <= self.words


# ---- numbers


def integer(spelling, text):
    sign = 1
    if text.startswith("-"):
        sign, text = -1, text[1:]
    if spelling == "hex":
        if not re.match(r"(0[xX])?[0-9A-Fa-f]+\Z", text):
            raise Unreadable("no hexadecimal number")
        v = int(text, 16)
    elif spelling == "size":
        m = re.match(r"([0-9]+)(?:([KMGT])(?:i?B)?)?\Z", text)
        if not m:
            raise Unreadable("no size")
        v = int(m.group(1)) << (10 * (" KMGT".index(m.group(2)) if m.group(2) else 0))
    else:
        if not re.match(r"[0-9]+\Z", text):
            raise Unreadable("no number")
        v = int(text)
    v *= sign
    if not INT_MIN <= v <= INT_MAX:
        raise Unreadable("beyond 64 bits")
    return v


def exact(op, x, y):
    """x op y; None where it has no value."""
    if op == "/":
        if y == 0 or x % y:
            return None
        v = x // y
    else:
        v = x + y if op == "+" else x - y if op == "-" else x * y
    return v if INT_MIN <= v <= INT_MAX else None


# ---- versions and ranges


def number_of(parts, n):
    v = 0
    for p in parts + [0] * (n - len(parts)):
        v = v * BASE + p
    return v


def parts_of(v, n):
    out = []
    for _ in range(n):
        out.append(v % BASE)
        v //= BASE
    return out[::-1]


def parts(text, n):
    out = []
    for p in text.split("."):
        if not re.match(r"[0-9]+\Z", p) or int(p) > PART_MAX:
            raise Unreadable("no version: " + text)
        out.append(int(p))
    if len(out) > n:
        raise Unreadable("too many parts")
    return out


def full(text, n):
    p = parts(text, n)
    if len(p) < n:
        raise Unreadable("ambiguous")
    return number_of(p, n)


def begins_with(prefix, n):
    """All versions that begin with these parts."""
    size = BASE ** (n - len(prefix))
    low = number_of(prefix, n)
    return low, low + size


def version(text, t):
    return number_of(parts(text, t.size), t.size)


def range_item(text, t, device):
    """[(from, before)] of one item."""
    n = t.size
    if text == "none":
        return []
    if text == "*":
        return [begins_with([], n)]
    if device:
        m = re.match(r"\[\s*([0-9.]+)\s*,\s*([0-9.]+|\*)\s*\)\Z", text)
        if m:
            low = full(m.group(1), n)
            high = BASE ** n if m.group(2) == "*" else full(m.group(2), n)
            if low >= high:
                raise Unreadable("reversed")
            return [(low, high)]
        text = re.sub(r"-\Z", "+", text)
        text = re.sub(r"\{(.*)\}", r"<\1>", text)
        text = re.sub(r"\A([0-9.]*[0-9])-([0-9][0-9.]*)\Z", r"\1..\2", text)
    m = re.match(r"((?:[0-9]+\.)*)\*\Z", text)
    if m:
        prefix = parts(m.group(1)[:-1], n)
        if len(prefix) == n:
            raise Unreadable("too many parts")
        return [begins_with(prefix, n)]
    m = re.match(r"((?:[0-9]+\.)*)<([^<>]*)>(\.\*)?\Z", text)
    if m:
        prefix = parts(m.group(1)[:-1], n) if m.group(1) else []
        # One list stands for one part, and .* for one more at least.
        if len(prefix) + 1 + bool(m.group(3)) > n or (len(prefix) + 1 < n and not m.group(3)):
            raise Unreadable("the list is not last")
        out = []
        for a in m.group(2).split(","):
            e = re.match(r"[ \t\n]*([0-9]+)[ \t\n]*(?:(\.\.)[ \t\n]*([0-9]+)?[ \t\n]*)?\Z", a)
            if not e:
                raise Unreadable("no alternative")
            first = int(e.group(1))
            last = int(e.group(3)) if e.group(3) else PART_MAX if e.group(2) else first
            if first > PART_MAX or last > PART_MAX or last < first:
                raise Unreadable("no alternative")
            out.append((begins_with(prefix + [first], n)[0], begins_with(prefix + [last], n)[1]))
        return out
    if text.endswith("+"):
        p = parts(text[:-1], n)
        low = number_of(p, n)
        major = parts_of(low, n)[:t.major]
        return [(low, begins_with(major, n)[1])]
    if ".." in text:
        a, _, b = text.partition("..")
        low, high = full(a, n), full(b, n)
        if low > high:
            raise Unreadable("reversed")
        return [(low, high + 1)]
    low = full(text, n)
    return [(low, low + 1)]


def split_items(text):
    """At the commas that are in no brackets."""
    out, depth = [""], 0
    for c in text:
        depth += (c in "<{[") - (c in ">})")
        if c == "," and depth == 0:
            out.append("")
        else:
            out[-1] += c
    return out


def range_list(text, t):
    """A device's text: items, commas, perhaps `except` once. (intervals, intervals)"""
    text = re.sub(r"\)[ \t\n]*\[", "),[", text)
    sides = re.split(r"(?:^|(?<=[ \t\n]))except(?=[ \t\n]|\Z)", text)
    if len(sides) > 2:
        raise Unreadable("except twice")
    out = []
    written = 0
    for side in sides:
        intervals = []
        for item in split_items(side):
            item = item.strip(" \t\n")
            got = range_item(item, t, True)
            written += max(len(got), 1)
            intervals += got
        out.append(intervals)
    if written > INTERVALS_MAX:
        raise Unreadable("too many intervals")
    return out[0], out[1] if len(out) > 1 else []


def in_intervals(intervals, v):
    return any(low <= v < high for low, high in intervals)


# ---- masks


def mask(text, t):
    if not t.bits:
        text = re.sub(r"\A0[xX]", "", text)
        if not re.match(r"(?:[0-9A-Fa-f]+|[0-9A-Fa-f]{1,8}(?:,[0-9A-Fa-f]{8})+)\Z", text):
            raise Unreadable("no mask")
        text = text.replace(",", "")
    elif not re.match(r"[01]+\Z", text):
        raise Unreadable("no mask")
    width = 1 if t.bits else 4
    if t.msb and len(text) != (t.size + width - 1) // width:
        raise Unreadable("another length")
    digits = bin(int(text, 2 if t.bits else 16))[2:].rjust(len(text) * width, "0")
    if not t.msb:
        digits = digits[::-1]
    # Now the digit of bit 0 is the first.
    v = sum(1 << i for i, d in enumerate(digits) if d == "1")
    if v >> t.size:
        raise Unreadable("a bit beyond the mask")
    return v


# ---- all of them


def words_of_set(text, t):
    out = set()
    for w in text.split() if t.separator is None else text.split(t.separator):
        w = w.strip(" \t\n")
        if w and t.field:
            fields = w.split(t.field[1])
            if len(fields) < t.field[0]:
                raise Unreadable("too few fields")
            w = fields[t.field[0] - 1]
        if w:
            out.add(w)
    return frozenset(out)


def pci_id(text):
    m = re.match(r"(?:0[xX])?([0-9A-Fa-f]{4}):(?:0[xX])?([0-9A-Fa-f]{4})\Z", text)
    if not m:
        raise Unreadable("no pci-id")
    return ("%s:%s" % m.groups()).lower()


def value(text, t):
    """A device's text as a value of the type."""
    if t.tag == "string":
        v = text
    elif t.tag == "bool":
        low = text.lower()
        if low not in YES and low not in NO:
            raise Unreadable("no bool")
        v = low in YES
    elif t.tag == "int":
        v = integer(t.spelling, text)
    elif t.tag == "pci-id":
        v = pci_id(text)
    elif t.tag == "version":
        return range_list(text, t) if t.list else version(text, t)
    elif t.tag == "set":
        v = words_of_set(text, t)
    else:
        v = mask(text, t)
    if not t.in_domain(v):
        raise Unreadable("outside of the domain")
    return v


def key_value(text, key):
    """What a list of items has for a key; None: nothing."""
    found = [v.strip(" \t\n") for k, v in
             re.findall(r"(?:\A|(?<=[\n,]))([^\n,:=]*)[:=]([^\n,]*)", text) if k.strip(" \t\n") == key]
    if len(found) > 1:
        raise Unreadable("the key twice")
    return found[0] if found else None


def escape(word):
    return re.sub(r"[^A-Za-z0-9._-]", lambda m: "@%02X" % ord(m.group()), word)


def record_value(t, v):
    """As mdevcompat-descriptor(7) writes it."""
    tag, size = t
    if tag == "string":
        return "s" + escape(v)
    if tag == "bool":
        return "b%d" % v
    if tag == "int":
        return "i%d" % v
    if tag == "pci-id":
        return "p" + v.replace(":", "")
    if tag == "version":
        return "v" + ".".join(map(str, parts_of(v, size)))
    if tag == "set":
        return "S" + ":".join(escape(w) for w in sorted(v))
    return "m%d.%0*x" % (size, (size + 3) // 4, v)


def wrong(what):
    raise Refused(what)
