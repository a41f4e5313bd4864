# SPDX-License-Identifier: LGPL-2.1-or-later
"""THE FILE and ATTRIBUTES: what an attribute or a local is declared as, and what of that is an error."""

import facts
import operands
import valuetypes
from errors import BadValue, Refused

OPTION_TYPES = {
    "range": ("int",), "hex": ("int",), "size": ("int",), "major": ("version", "versions"),
    "separator": ("set",), "field": ("set",), "format": ("mask",), "order": ("mask",),
}
BUILT_IN = ("kind", "driver", "type")
ABSENT = facts.ABSENT


class Declaration:
    """An attribute or a local.  default is a value, ABSENT (default absent) or None (required)."""

    def __init__(self, name, of, fact=None, strings=(), key=None, default=None, dynamic=False, local=False):
        self.name = name
        self.type = of
        self.record_type = of.record_type
        self.fact = fact
        self.strings = tuple(strings)
        self.key = key
        self.default = default
        self.dynamic = dynamic
        self.local = local

    @property
    def default_value(self):
        """What it reads as where there is nothing: the default, or ABSENT."""
        return ABSENT if self.default is None else self.default


def built_in():
    """kind, driver and type, as declarations."""
    kinds = valuetypes.Type("enum", words=frozenset(("mdev", "vfio")))
    return {name: Declaration(name, kinds if name == "kind" else valuetypes.STRING, default=ABSENT)
            for name in BUILT_IN}


def check_fact(raw, of_type, has_key):
    """Whether this fact is one, for a type."""
    count = facts.STRINGS[raw.name]
    two = of_type == "pci-id" and raw.name in facts.TWO_FILES and len(raw.strings) == 2
    if len(raw.strings) != count and not two:
        raise Refused("fact %s takes %d strings" % (raw.name, count), line=raw.line)
    if raw.name in ("type", "parent", "device"):
        paths = raw.strings
    elif raw.name == "module":
        paths = raw.strings[1:]
        if "/" in raw.strings[0] or raw.strings[0] in ("", ".", ".."):
            raise Refused("the name of a module", line=raw.line)
    else:
        paths = ()
        for text in raw.strings:
            wrong = facts.key_is_wrong(text)
            if wrong or (raw.name == "site" and not facts.SITE_KEY.match(text)):
                raise Refused(wrong or "no key of a site fact", line=raw.line)
    for path in paths:
        wrong = facts.path_is_wrong(path)
        if wrong:
            raise Refused(wrong, line=raw.line)
    if has_key and (raw.name not in facts.WITH_KEY or two):
        raise Refused("key goes with one file", line=raw.line)


def make_type(raw):
    """The Type that a declaration says."""
    options = raw.options
    for name, kinds in OPTION_TYPES.items():
        if name in options and raw.type not in kinds:
            raise Refused("%s does not belong to %s" % (name, raw.type), line=raw.line)
    words = None
    try:
        if raw.words is not None:
            tokens = operands.members(raw.words)
            words = frozenset(operands.plain(token, True) for token in tokens)
            if len(words) != len(tokens):
                raise BadValue("a word twice")
            if not words:
                raise BadValue("an empty list")
            if raw.type == "set":
                separator = options.get("separator")
                if any(not word or (separator or " ") in word for word in words):
                    raise BadValue("a word that is empty or has the separator in it")
        if raw.n is not None:
            top = 256 if raw.type == "mask" else 4
            if not 1 <= raw.n <= top:
                raise BadValue("%s(%d)" % (raw.type, raw.n))
        of = valuetypes.Type(raw.type, raw.n, words)
        of.hex, of.size = "hex" in options, "size" in options
        if of.hex and of.size:
            raise BadValue("hex and size")
        if "range" in options:
            of.lo, of.hi = operands.int_range(of, options["range"])
        if "major" in options:
            of.major = options["major"]
            if not 1 <= of.major <= of.n:
                raise BadValue("major %d" % of.major)
        if "separator" in options:
            of.separator = options["separator"]
            if not of.separator:
                raise BadValue("an empty separator")
        if "field" in options:
            of.field = options["field"]
            if of.field[0] < 1 or not of.field[1]:
                raise BadValue("field")
        of.format = options.get("format", "hex")
        of.order = options.get("order", "lsb")
    except BadValue as bad:
        raise Refused("%s: %s" % (raw.name, bad), line=raw.line) from None
    return of


def declaration(raw, local, has_mdev):
    """An attribute or a local from its statement."""
    options = raw.options
    if raw.name in BUILT_IN or raw.name == "claim":
        raise Refused("%s is taken" % raw.name, line=raw.line)
    if raw.type == "versions" and not local:
        raise Refused("versions is for locals only", line=raw.line)
    of = make_type(raw)
    if "from" not in options:
        raise Refused("%s: from what?" % raw.name, line=raw.line)
    fact = options["from"]
    check_fact(fact, raw.type, "key" in options)
    if "key" in options and facts.key_is_wrong(options["key"]):
        raise Refused(facts.key_is_wrong(options["key"]), line=raw.line)
    default = None
    if "default" in options:
        tokens = options["default"]
        if len(tokens) == 1 and tokens[0].kind == "word" and tokens[0].text == "absent":
            default = ABSENT
        else:
            try:
                default = operands.value(of, tokens)
            except BadValue as bad:
                raise Refused("default of %s: %s" % (raw.name, bad), line=raw.line) from None
    dynamic = "dynamic" in options
    if dynamic and (local or default is None or default is ABSENT):
        raise Refused("dynamic is for attributes with a default value", line=raw.line)
    if has_mdev and fact.name == "device" and not dynamic:
        raise Refused("what is read from device must be dynamic", line=raw.line)
    return Declaration(raw.name, of, fact.name, fact.strings, options.get("key"), default, dynamic, local)
