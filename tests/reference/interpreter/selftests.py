# SPDX-License-Identifier: LGPL-2.1-or-later
"""TESTS: the test blocks of a policy, compiled and run."""

import operands
from errors import BadValue, Refused
from facts import ABSENT


class Test:
    """One test block.  target and source: NAME -> value or ABSENT, as far as they are given."""

    def __init__(self, title, target, source, expect, because):
        self.title, self.target, self.source = title, target, source
        self.expect, self.because = expect, because


def compile_test(policy, raw):
    if raw.because is not None and raw.because not in policy.all_attributes:
        raise Refused("because %s: no attribute" % raw.because, line=raw.line)
    return Test(raw.title, side_values(policy, raw.target), side_values(policy, raw.source),
                raw.expect, raw.because)


def side_values(policy, statements):
    """NAME VALUE; and NAME absent; of a side of a test: NAME -> value or ABSENT."""
    found = {}
    for one in statements:
        declared = policy.all_attributes.get(one.name) or policy.locals.get(one.name)
        if declared is None:
            raise Refused("%s is not declared" % one.name, line=one.line)
        if one.name in found:
            raise Refused("%s twice" % one.name, line=one.line)
        tokens = one.tokens
        if len(tokens) == 1 and tokens[0].kind == "word" and tokens[0].text == "absent":
            if one.name in ("kind", "driver"):
                raise Refused("%s is never absent" % one.name, line=one.line)
            found[one.name] = ABSENT
            continue
        try:
            found[one.name] = operands.value(declared.type, tokens)
        except BadValue as bad:
            raise Refused("%s: %s" % (one.name, bad), line=one.line) from None
    return found


def sides(policy, test):
    """The given values of both sides, with what they take from the first applies and from each other."""
    target = {"kind": policy.pairs[0][0], "driver": policy.pairs[0][1]}
    target.update(test.target)
    return target, dict(target, **test.source)
