# SPDX-License-Identifier: LGPL-2.1-or-later
"""FACTS: what a declaration may read, and when a raw text is a value, absent or unreadable."""

import re

import mutate
import valuetypes
from errors import BadValue

SITE_KEY = re.compile(r"[^ ]+\Z")
MAX_PATH = 1024
MAX_KEY = 64
MAX_FACT = 4096
# fact -> how many strings follow it
STRINGS = {"type": 1, "parent": 1, "device": 1, "module": 2, "os-release": 1, "kernel-release": 0, "site": 1}
TWO_FILES = ("type", "parent", "device")
WITH_KEY = ("type", "parent", "device", "module")
DEVICES = "devices"
# what the last part of a path is not
NO_FACT = re.compile(r"(?:available_instances|creatable_vgpu_types|config|remove|rescan|reset|rom|vpd)\Z"
                     r"|resource[0-9]")

PRINTABLE = re.compile(r"[\x20-\x7e]*\Z")
PRINTABLE_AND_WHITE = re.compile(r"[\x20-\x7e\n\t]*\Z")
ITEM = re.compile(r"[^:=]*")


class _Singular:
    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return self.name


ABSENT = _Singular("absent")
UNREADABLE = _Singular("unreadable")


def key_is_wrong(key):
    """Why a text cannot be a key, or None."""
    if not key or key != key.strip(" \t") or set(":=,") & set(key):
        return "an empty key, or one with blanks at its ends, or with : = or ,"
    if len(key) > MAX_KEY:
        return "a key of more than 64 bytes"
    return None


def path_is_wrong(path):
    """Why a path cannot be that of a fact, or None."""
    parts = path.split("/")
    if {"", ".", ".."} & set(parts):
        return "a path with a part that is empty, . or .."
    if len(path) > MAX_PATH:
        return "a path of more than 1024 bytes"
    if DEVICES in parts or NO_FACT.match(parts[-1]):
        return "a file that tells capacity, or does something when read"
    return None


def of_key(text, key):
    """The value of the item with this key: str, ABSENT or UNREADABLE."""
    found = ABSENT
    items = [item.strip(" \t") for item in re.split(r"[\n,]", text)]
    for item in items:
        end = ITEM.match(item).end()
        if end == len(item):
            continue
        if item[:end].strip(" \t") == key:
            if found is not ABSENT:
                return found if mutate.on("key-first-wins") else UNREADABLE
            found = item[end + 1:].strip(" \t")
    return found


def read(declaration, raw):
    """The value of a declaration's fact, ABSENT or UNREADABLE; raw is its text, None if it was not read."""
    of = declaration.type
    if raw is None or len(raw) > MAX_FACT:
        return UNREADABLE
    white_set = of.kind == "set" and of.separator is None
    allowed = PRINTABLE_AND_WHITE if white_set or declaration.key is not None else PRINTABLE
    if not allowed.match(raw):
        return UNREADABLE
    if declaration.key is not None:
        raw = of_key(raw, declaration.key)
        if raw is ABSENT or raw is UNREADABLE:
            return raw
    try:
        value = valuetypes.from_text(of, raw)
    except BadValue:
        return UNREADABLE
    if not valuetypes.in_domain(of, value) and not mutate.on("fact-domain-ignored"):
        return UNREADABLE
    return value
