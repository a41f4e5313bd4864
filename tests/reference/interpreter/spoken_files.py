# SPDX-License-Identifier: LGPL-2.1-or-later
"""READING of mdevcompat-interfaces(7): the folders of a subject, its files, and the forms of their texts.

A Problem carries all the (status, detail) of which one may be the status: more than one only where the
manual does not say what is looked at first; a detail of None may be anything.
"""

import re

import mutate
import ranges
import valuetypes
from errors import BadValue

MAX_BYTES = 4096
MAX_NAMES = 1024
MAX_ATTRIBUTES = 64

MISSING, UNREADABLE, COMPLEX, TARGET_ONLY = "missing-fact", "unreadable-fact", "too-complex", "target-only"

NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,63}\Z")
PRINTABLE = re.compile(r"[\x20-\x7e]*\Z")
PRINTABLE_LINES = re.compile(r"[\x20-\x7e\t\n]*\Z")
INT = re.compile(r"-?[0-9]+\Z")
HEX = re.compile(r"(-?)(?:0[xX])?([0-9A-Fa-f]+)\Z")
TAKEN = ("kind", "driver", "type", "speaks", "speaks_of")
NO_FACT = ("available_instances", "creatable_vgpu_types", "config", "remove", "rescan", "reset", "rom", "vpd")
RESOURCE = re.compile(r"resource[0-9]")


def no_fact(path):
    """Whether a file tells capacity or does something when it is read."""
    parts = path.split("/")
    return parts[0] == "devices" or parts[-1] in NO_FACT or RESOURCE.match(parts[-1]) is not None


class Problem(Exception):
    """The subject has no record, for one of these reasons."""

    def __init__(self, *found):
        super().__init__(found)
        self.found = set(found)


class Gather:
    """Problems of which the manual does not say which is the first."""

    def __init__(self):
        self.found = set()

    def run(self, function, *args):
        try:
            return function(*args)
        except Problem as problem:
            self.found |= problem.found
            return None

    def stop(self):
        if self.found:
            raise Problem(*self.found)


class Files:
    """The files of one subject: those of its interface's folder, and those of the instance."""

    def __init__(self, files, kind, instance, first, type_only):
        """first: the file or folder that decides for an mdev; type_only: it is the type's in any case."""
        self.files = files or {}
        self.kind = kind
        self.instance = instance or kind != "mdev"
        self.home = "type"
        if kind != "mdev" or (instance and not type_only and self.exists(first, "device")):
            self.home = "device"

    def is_folder(self, path, where=None):
        where = where or self.home
        return any(at == where and one.startswith(path + "/") for at, one in self.files)

    def exists(self, path, where=None):
        where = where or self.home
        return (where, path) in self.files or self.is_folder(path, where)

    def names(self, folder=""):
        """The names in a folder of the interface, sorted."""
        before = folder + "/" if folder else ""
        found = {one[len(before):].split("/")[0] for at, one in self.files
                 if at == self.home and one.startswith(before)}
        if len(found) > MAX_NAMES:
            raise Problem((COMPLEX, None))
        return sorted(found)

    def text(self, path, required=True, where=None):
        """The text of a file, without one newline at its end; None if it is optional and not there."""
        where = where or self.home
        if no_fact(path):
            raise Problem((UNREADABLE, path))
        if not self.exists(path, where) and mutate.on("spoken-home-mixed"):
            where = "type" if where == "device" else "device"
        if not self.exists(path, where):
            if required:
                raise Problem((MISSING, path))
            return None
        text = self.files.get((where, path))
        if text is None or len(text) > MAX_BYTES:
            if not required and mutate.on("spoken-unreadable-is-absent"):
                return None
            raise Problem((UNREADABLE, path))
        return text[:-1] if text.endswith("\n") else text

    def read(self, form, path, required=True, where=None):
        """The value of a file that has this form; None if it is optional and not there."""
        text = self.text(path, required, where)
        if text is None:
            return None
        try:
            return form(text)
        except BadValue:
            if not required and mutate.on("spoken-unreadable-is-absent"):
                return None
            raise Problem((UNREADABLE, path)) from None

    def of_instance(self, form, path):
        """The value of a file of the instance."""
        return self.read(form, path, True, "device")


# --- forms of texts: str -> value, or BadValue --------------------------------------------------------

def string(text):
    if not PRINTABLE.match(text):
        raise BadValue("not printable")
    return text


def version(text):
    parts = ranges.parts_of(string(text))
    if len(parts) > 3:
        raise BadValue("more than three parts")
    return parts + (0,) * (3 - len(parts))


def bounded(number):
    if not valuetypes.LOWEST <= number <= valuetypes.HIGHEST:
        raise BadValue("beyond 64 bits")
    return number


def integer(text):
    if not INT.match(text):
        raise BadValue("no integer")
    return bounded(int(text))


def hexadecimal(text):
    if mutate.on("spoken-hex-is-decimal") and INT.match(text):
        return bounded(int(text))
    match = HEX.match(text)
    if not match:
        raise BadValue("no integer")
    number = int(match.group(2), 16)
    return bounded(-number if match.group(1) else number)


def word_list(text):
    """The words, each once, in their order."""
    if not PRINTABLE_LINES.match(text):
        raise BadValue("not printable")
    return list(dict.fromkeys(word for word in re.split(r"[, \t\n]+", text) if word))


def words(text):
    return frozenset(word_list(text))


def version_list(text):
    """What interface_version_compatible says: intervals of version(3)."""
    string(text)
    if not text:
        return ranges.united([], 3)
    return ranges.from_device(text, 3, 1)


# --- names of attributes ------------------------------------------------------------------------------

class Names:
    """The names of a driver's attributes; own: those of the policy, with which none may be the same."""

    def __init__(self, own):
        self.own = set(own)
        self.all = set()
        self.from_files = 0

    def fixed(self, name):
        if name in self.all or name in self.own:
            raise Problem((UNREADABLE, None))
        self.all.add(name)

    def from_file(self, name):
        if not NAME.match(name) or name in TAKEN or name in self.all or name in self.own:
            raise Problem((UNREADABLE, None))
        self.all.add(name)
        self.from_files += 1
        if self.from_files > MAX_ATTRIBUTES:
            raise Problem((UNREADABLE, None))

    def finish(self):
        if len(self.all) + len(self.own) > MAX_ATTRIBUTES:
            raise Problem((COMPLEX, None))
