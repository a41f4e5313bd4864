# SPDX-License-Identifier: LGPL-2.1-or-later
"""VERSION RANGES: lists of versions, in a policy and in the text of a device.

A version of N parts is a number with N digits to the base 4294967295, so that ends carry by themselves.
Intervals is a sorted tuple of half-open (from, to) that neither overlap nor touch.
"""

import re

from errors import BadValue

BASE = 4294967295
MAX_INTERVALS = 64

NUMBER = re.compile(r"[0-9]+\Z")
ALTERNATIVE = re.compile(r" *([0-9]+) *(?:(\.\.) *([0-9]*) *)?\Z")
ANGLES = re.compile(r"((?:[0-9]+\.)*)<([0-9., ]+)>(\.\*)?\Z")
PREFIX = re.compile(r"([0-9]+(?:\.[0-9]+)*)\.\*\Z")
OPEN = re.compile(r"([0-9]+(?:\.[0-9]+)*)\+\Z")
HALF_OPEN = re.compile(r"\[([0-9.]+),([0-9.]+|\*)\)")
BETWEEN = re.compile(r" *, *| +")


class Intervals(tuple):
    """A normal form, with N at hand for spelling."""

    n = 1


def component(text):
    if not NUMBER.match(text):
        raise BadValue("no number")
    number = int(text)
    if number >= BASE:
        raise BadValue("a component above 4294967294")
    return number


def parts_of(text):
    parts = tuple(component(part) for part in text.split("."))
    if len(parts) > 4:
        raise BadValue("more than four parts")
    return parts


def number(parts, n):
    """The number of a version, parts left out being zero."""
    result = 0
    for part in tuple(parts) + (0,) * (n - len(parts)):
        result = result * BASE + part
    return result


def begins_with(parts, n):
    """All versions that begin with these parts."""
    unit = BASE ** (n - len(parts))
    start = number(parts, len(parts)) * unit
    return start, start + unit


def full(text, n):
    parts = parts_of(text)
    if len(parts) != n:
        raise BadValue("a version has %d parts" % n)
    return number(parts, n)


def upwards(text, n, major):
    """V+: from V to the end of its major part."""
    parts = parts_of(text)
    if len(parts) > n:
        raise BadValue("too many parts")
    parts += (0,) * (n - len(parts))
    return number(parts, n), begins_with(parts[:major], n)[1]


def item(text, n, major):
    """The intervals that one item of a list stands for, as written."""
    if text == "*":
        return [(0, BASE ** n)]
    if text == "none":
        return []
    match = ANGLES.match(text)
    if match:
        before = parts_of(match.group(1)[:-1]) if match.group(1) else ()
        more = match.group(3) is not None
        if (len(before) > n - 2) if more else (len(before) != n - 1):
            raise BadValue("the alternatives do not stand for the right part")
        found = []
        for alternative in match.group(2).split(","):
            one = ALTERNATIVE.match(alternative)
            if not one:
                raise BadValue("no alternative")
            low = high = component(one.group(1))
            if one.group(2):
                high = component(one.group(3)) if one.group(3) else BASE - 1
            if low > high:
                raise BadValue("a range that runs backwards")
            found.append((begins_with(before + (low,), n)[0], begins_with(before + (high,), n)[1]))
        return found
    match = PREFIX.match(text)
    if match:
        parts = parts_of(match.group(1))
        if len(parts) >= n:
            raise BadValue("nothing is left for the *")
        return [begins_with(parts, n)]
    match = OPEN.match(text)
    if match:
        return [upwards(match.group(1), n, major)]
    if ".." in text:
        low, high = text.split("..", 1)
        low, high = full(low, n), full(high, n)
        if low > high:
            raise BadValue("a range that runs backwards")
        return [(low, high + 1)]
    value = full(text, n)
    return [(value, value + 1)]


def united(intervals, n):
    merged = []
    for low, high in sorted(intervals):
        if merged and low <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], high)
        else:
            merged.append([low, high])
    result = Intervals(tuple(pair) for pair in merged)
    result.n = n
    return result


def without(intervals, taken, n):
    left = []
    for low, high in intervals:
        for from_, to in taken:
            if to <= low or from_ >= high:
                continue
            if from_ > low:
                left.append((low, from_))
            low = max(low, to)
            if low >= high:
                break
        if low < high:
            left.append((low, high))
    return united(left, n)


def contains(intervals, version):
    value = number(version, len(version))
    return any(low <= value < high for low, high in intervals)


def listed(texts, n, major):
    """The normal form of a list of items."""
    found = []
    count = 0
    for text in texts:
        if isinstance(text, tuple):         # a constant with except
            got, more = listed(text[0], n, major)
            away, less = listed(text[1], n, major)
            found += without(got, away, n)
            count += more + less
            continue
        got = item(text, n, major)
        found += got
        count += max(1, len(got))
    return united(found, n), count


def list_of(items, excepted, n, major):
    """A list as it stands in a policy: items, and what follows except (None without)."""
    result, count = listed(items, n, major)
    if excepted is not None:
        away, more = listed(excepted, n, major)
        count += more
        result = without(result, away, n)
    if count > MAX_INTERVALS:
        raise BadValue("more than 64 items")
    return result


def split_outside(text):
    """Items between the commas that stand in no brackets."""
    items, depth, now = [], 0, ""
    for char in text:
        depth += char in "<{"
        depth -= char in ">}"
        if char == "," and depth == 0:
            items.append(now)
            now = ""
        else:
            now += char
    return [one.strip(" ") for one in items + [now]]


def device_item(text, n):
    """A spelling of the mailing list as one of the language."""
    text = text.replace("{", "<").replace("}", ">")
    if text.endswith("-"):
        return text[:-1] + "+"
    if "-" in text:
        low, high = text.split("-", 1)
        full(low, n)
        full(high, n)
        return low + ".." + high
    return text


def from_device(text, n, major):
    """The ranges that the text of a device spells."""
    text = text.strip(" ")
    if text.startswith("["):
        found, at = [], 0
        while True:
            match = HALF_OPEN.match(text, at)
            if not match:
                raise BadValue("no normal form")
            low = full(match.group(1), n)
            high = BASE ** n if match.group(2) == "*" else full(match.group(2), n)
            if low >= high:
                raise BadValue("an empty interval")
            found.append((low, high))
            at = match.end()
            if at == len(text):
                break
            match = BETWEEN.match(text, at)
            if not match:
                raise BadValue("no normal form")
            at = match.end()
        if len(found) > MAX_INTERVALS:
            raise BadValue("more than 64 intervals")
        return united(found, n)
    halves = re.split(r" +except +", text)
    if len(halves) > 2:
        raise BadValue("except twice")
    lists = [[device_item(one, n) for one in split_outside(half)] for half in halves]
    return list_of(lists[0], lists[1] if len(lists) == 2 else None, n, major)


def spelt(value, n):
    parts = []
    for _ in range(n):
        value, part = divmod(value, BASE)
        parts.append(str(part))
    return ".".join(reversed(parts))


def normal(intervals):
    """The normal form, spelt."""
    n = intervals.n
    if not intervals:
        return "none"
    return " ".join("[%s,%s)" % (spelt(low, n), spelt(high, n) if high < BASE ** n else "*")
                    for low, high in intervals)
