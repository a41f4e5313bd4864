# SPDX-License-Identifier: LGPL-2.1-or-later
"""THE POLICY AND THE DRIVER of mdevcompat-interfaces(7): a driver as a rule without conditions.

A Driver has what evaluate.View asks of a policy, so that records, blocks and claims mean the same here.
"""

import clauses
import compiled
import declare
import mutate
import operands
import valuetypes
from spoken_files import Names


def clause(name, operator, form="none", operand=None):
    """A clause of a driver's block."""
    one = clauses.Clause(name, operator, None)
    one.form, one.operand, one.place = form, operand, "accept"
    return one


def equals(name, value):
    return clause(name, "==", "const", value)


def as_self(name, operator="=="):
    return clause(name, operator, "self", name)


def anything(name):
    return clause(name, "any")


def among(name, texts):
    listed = operands.Texts()
    listed.values |= set(texts)
    return clause(name, "in", "texts", listed)


def make_block(kind, row, dynamic=(), claims=()):
    """A block of a policy, out of its clauses; dynamic: the attributes that it may claim as copies."""
    block = compiled.Block(kind)
    block.clauses = block.fixed = list(row)
    block.named = frozenset(one.name for one in row)
    block.claims = {name: None for name in claims}
    block.claimed_copies = tuple(name for name in dynamic if name not in block.named and name not in claims)
    return block


def computed_files(policy, rules):
    """The files of the instance for which blocks of these rules of the policy compute claims."""
    found = set()
    for rule in rules:
        for block in rule.blocks:
            for name, expression in block.claims.items():
                declared = policy.attributes[name]
                copy = expression is None or expression.tree == ("source", name)
                if not copy and declared.fact == "device":
                    found.update(declared.strings)
    return found


class Driver:
    """What the files of a driver say: attributes with their values, and accept or offer blocks."""

    narrows = None
    with_type_from = frozenset()

    def __init__(self, policy, interface):
        self.interface = interface
        self.names = Names(policy.attributes)
        self.files_copied = set()
        self.attributes, self.locals = {}, {}
        self.values = {}
        self.rows = []                  # of each accept block (clauses, names that it claims)
        self.offers = None              # with as offers: the clauses of each offer block

    def add(self, name, of, value, default=None, dynamic=False):
        """An attribute; its name is in names already.  default as in a Declaration."""
        self.attributes[name] = declare.Declaration(name, of, default=default, dynamic=dynamic)
        if value is not None:
            self.values[name] = value

    def accept(self, row, claims=()):
        self.rows.append((list(row), tuple(claims)))

    def copied(self, path):
        """A file of the instance that the driver has copied: no claim of the policy may compute it."""
        self.files_copied.add(path)

    def turn(self):
        """As offers: what was about sources is about targets."""
        so_far = list(self.attributes)
        self.offers = []
        for row, _ in self.rows:
            named = {one.name for one in row}
            more = [as_self(name) for name in so_far + ["speaks", "kind", "driver", "type"]
                    if name not in named]
            self.offers.append(row + more)
        here = frozenset(name for name in so_far
                         if name in self.values and self.values[name] != self.attributes[name].default)
        self.names.fixed("speaks_of")
        self.names.fixed("speaks")
        self.add("speaks_of", valuetypes.Type("set"), frozenset(so_far))
        self.add("speaks", valuetypes.STRING, self.interface)
        row = [anything(name) for name in so_far]
        if mutate.on("spoken-speaks-of-ignored"):
            row.append(anything("speaks_of"))
        else:
            row.append(clause("speaks_of", "superset", "const", here))
        row.append(anything("type"))
        self.rows = [(row, ())]

    def finish(self):
        """Make the rule, once everything has been said."""
        self.names.finish()
        self.all_attributes = dict(declare.built_in(), **self.attributes)
        self.dynamic = [name for name, one in self.attributes.items() if one.dynamic]
        rule = compiled.Rule(None)
        rows = self.rows[:1] if mutate.on("spoken-first-block-only") else self.rows
        for row, claims in rows:
            if mutate.on("spoken-left-out-any"):
                named = {one.name for one in row}
                row = row + [anything(name) for name, one in self.all_attributes.items()
                             if name not in named and not one.dynamic]
            elif mutate.on("spoken-type-free"):
                row = [one for one in row if one.name != "type"] + [anything("type")]
            rule.blocks.append(make_block("accept", row, self.dynamic, claims))
        for row in self.offers or ():
            rule.blocks.append(make_block("offer", row))
        for block in rule.blocks:
            for one in block.clauses:
                one.of = self.all_attributes[one.name].type
        self.rules = [rule]
