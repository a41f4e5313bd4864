# SPDX-License-Identifier: LGPL-2.1-or-later
"""A policy made of its statements, with everything checked that one file can say."""

import clauses
import conflicts
import declare
import operands
import parser
import selftests
from errors import Refused
from expressions import Parser

MAX_DECLARED = 64
MAX_COMBINATIONS = 256
MAX_VARIABLES = 16
MAX_CLAUSES = 1024
MAX_BLOCKS = 1024
MAX_RULES = 65536
MAX_REVISION = (1 << 32) - 1
MAX_PAIRS = 1024
MAX_VENDOR = 64

AS_REQUIRED = ("migration-compatible", "migration-files", "migration-folders", "migration-json")
AS_POSSIBLE = AS_REQUIRED + ("interface-version",)
SPEAKS = AS_POSSIBLE + ("type-attributes", "cross-type-attributes", "migration-version", "migration-info",
                        "ccw-attributes")
BROUGHT = {
    "interface-version": ("interface_version",),
    "type-attributes": ("device_api", "software_version"),
    "cross-type-attributes": ("device_api", "software_version"),
    "migration-info": ("model",),
    "ccw-attributes": ("software_version", "subchannel_type", "chpid_type", "mdev_type"),
}


class Block:
    """accept, offer or refuse.

    bindings: its own variables; claims: NAME -> Expression, or None for a copy.
    """

    def __init__(self, kind):
        self.kind = kind
        self.clauses, self.fixed, self.varying = [], [], []
        self.claims = {}
        self.bindings = {}
        self.named = frozenset()
        self.claimed_copies = ()        # dynamic attributes that are left out and not claimed otherwise


class Rule:
    """Conditions, what they bind, and blocks."""

    def __init__(self, name):
        self.name = name
        self.whens, self.blocks = [], []
        self.bindings = {}
        self.migratable_no = False


def combinations(bindings):
    count = 1
    for words in bindings.values():
        count *= len(words)
    return count


class Compiled:
    """One policy, parsed and checked."""

    def __init__(self, text):
        raw = parser.policy(text)
        self.name, self.fallback, self.narrows = raw.name, raw.fallback, raw.narrows
        self.revision, self.vendor = raw.revision, raw.vendor
        if raw.revision is not None and raw.revision > MAX_REVISION:
            raise Refused("the revision is too large")
        if raw.vendor is not None and len(raw.vendor) > MAX_VENDOR:
            raise Refused("a vendor of more than 64 bytes")
        self._scopes(raw)
        self._declare(raw)
        self._constants(raw)
        self.all_attributes = dict(declare.built_in(), **self.attributes)
        self.dynamic = [name for name, one in self.attributes.items() if one.dynamic]
        self._rules(raw)
        for name in self.dynamic:
            conflicts.claims_on(self, name)         # its limits
        self.has_accepts = any(block.kind == "accept" for rule in self.rules for block in rule.blocks)
        self._speaks(raw)
        self.tests = [selftests.compile_test(self, test) for test in raw.tests]

    def _scopes(self, raw):
        if not raw.applies:
            raise Refused("a policy has at least one applies")
        self.pairs = []
        self.with_type_from = set()     # pairs of vfio whose type is read from a fact
        for one in raw.applies:
            for driver in one.drivers:
                if (one.kind, driver) in self.pairs:
                    raise Refused("applies to %s twice" % driver, line=one.line)
                self.pairs.append((one.kind, driver))
                if len(self.pairs) > MAX_PAIRS:
                    raise Refused("more than 1024 pairs of kind and driver", line=one.line)
                if one.type_from is not None:
                    self.with_type_from.add((one.kind, driver))
            if one.type_from is not None:
                declare.check_fact(one.type_from, "string", False)
        self.has_mdev = any(kind == "mdev" for kind, _ in self.pairs)

    def _declare(self, raw):
        self.attributes, self.locals = {}, {}
        for into, statements, local in ((self.attributes, raw.attributes, False),
                                        (self.locals, raw.locals, True)):
            for one in statements:
                if one.name in self.attributes or one.name in self.locals:
                    raise Refused("%s is declared twice" % one.name, line=one.line)
                into[one.name] = declare.declaration(one, local, self.has_mdev)
            if len(into) > MAX_DECLARED:
                raise Refused("more than 64 attributes or locals")

    def _constants(self, raw):
        self.constants = operands.Constants()
        names = [one.name for one in raw.consts]
        if len(set(names)) < len(names):
            raise Refused("a constant is declared twice")
        known = frozenset(names)
        for one in raw.consts:
            self.constants.declare(one.name, one.tokens, known, one.line)

    def _scope(self, place):
        return clauses.Scope(place, self.all_attributes, self.locals, self.constants)

    def _rules(self, raw):
        names = [one.name for one in raw.rules if one.name is not None]
        if len(set(names)) < len(names):
            raise Refused("a rule is declared twice")
        if len(raw.rules) > MAX_RULES:
            raise Refused("more than 65536 rules")
        self.rules = [self._rule(one) for one in raw.rules]

    def _rule(self, raw):
        rule = Rule(raw.name)
        rule.migratable_no = raw.migratable_no
        scope = self._scope("when")
        if len(raw.whens) > MAX_CLAUSES:
            raise Refused("more than 1024 conditions of a rule", line=raw.line)
        rule.whens = [clauses.compile_clause(one, scope) for one in raw.whens]
        for clause in rule.whens:
            clause.finish(scope)
        rule.bindings = scope.bindings
        self._count(rule.bindings, raw.line)
        if len(raw.blocks) > MAX_BLOCKS:
            raise Refused("more than 1024 blocks in a rule", line=raw.line)
        rule.blocks = [self._block(one, rule.bindings) for one in raw.blocks]
        variables = {(name, tuple(sorted(words))) for one in [rule] + rule.blocks
                     for name, words in one.bindings.items()}
        if len(variables) > MAX_VARIABLES:
            raise Refused("more than 16 variables of a rule with its blocks", line=raw.line)
        return rule

    @staticmethod
    def _count(bindings, line):
        if combinations(bindings) > MAX_COMBINATIONS:
            raise Refused("more than 256 combinations", line=line)

    def _block(self, raw, outer):
        if self.narrows is not None and raw.kind != "refuse":
            raise Refused("a policy that narrows holds only refuse blocks and migratable no", line=raw.line)
        if not raw.same and not raw.clauses and not raw.claims:
            raise Refused("a block without clauses or claims", line=raw.line)
        if raw.claims and raw.kind != "accept":
            raise Refused("claims in an offer or refuse block", line=raw.line)
        if len(raw.clauses) > MAX_CLAUSES:
            raise Refused("more than 1024 clauses in a block", line=raw.line)
        block = Block(raw.kind)
        scope = self._scope(raw.kind)
        scope.outer = outer
        block.clauses = [clauses.compile_clause(one, scope) for one in raw.clauses]
        for one in raw.claims:
            self._claim(block, one)
        for clause in block.clauses:
            clause.finish(scope)
        block.bindings = scope.bindings
        self._count(block.bindings, raw.line)
        for name, expression in block.claims.items():
            if expression is not None:
                expression.bind(scope.known())
        for clause in block.clauses:
            (block.varying if clause.variables & set(block.bindings) else block.fixed).append(clause)
        block.named = frozenset(clause.name for clause in block.clauses)
        block.claimed_copies = tuple(name for name in self.dynamic
                                     if name not in block.named and name not in block.claims)
        return block

    def _claim(self, block, raw):
        declared = self.attributes.get(raw.name)
        if declared is None or not declared.dynamic:
            raise Refused("claim %s: no dynamic attribute" % raw.name, line=raw.line)
        if raw.name in block.claims:
            raise Refused("claim %s twice" % raw.name, line=raw.line)
        if raw.tokens is None:
            block.claims[raw.name] = None
            return
        if declared.type.kind != "int":
            raise Refused("claim %s: computed claims are for ints" % raw.name, line=raw.line)
        sources = {name: one.type for name, one in self.attributes.items()}
        block.claims[raw.name] = Parser(
            raw.tokens, declared.type, False, sources, raw.line).whole()

    def _speaks(self, raw):
        self.speaks = None
        if not raw.speaks:
            return
        if len(raw.speaks) > 1:
            raise Refused("speaks twice")
        name, way = raw.speaks[0]
        if name not in SPEAKS:
            raise Refused("the interface %s is not known" % name)
        if self.narrows is not None:
            raise Refused("a policy that narrows does not speak")
        if way is None and name in AS_REQUIRED:
            raise Refused("speaks %s: as what?" % name)
        if way is not None and name not in AS_POSSIBLE:
            raise Refused("speaks %s has no list that could be as %s" % (name, way))
        if name == "migration-version" and (self.attributes or self.locals
                                            or any(rule.blocks for rule in self.rules)):
            raise Refused("beside migration-version a policy says no more than migratable no")
        brought = {"speaks", "speaks_of"} | set(BROUGHT.get(name, ()))
        taken = brought & set(self.attributes)
        if name.endswith("type-attributes"):
            taken |= {one for one in self.attributes if one.startswith("compatible_")}
        if taken:
            raise Refused("%s is an attribute of the interface" % sorted(taken)[0])
        self.speaks = (name, way)
