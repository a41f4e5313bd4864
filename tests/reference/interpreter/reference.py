# SPDX-License-Identifier: LGPL-2.1-or-later
"""The public face of the reference interpreter: policies, sides, verdicts, and the tests in a policy."""

import evaluate
import facts
import selftests
import spoken
import valuetypes
from compiled import Compiled
from conflicts import claims_could_conflict
from errors import Refused

__all__ = ("Refused", "Policy", "Side", "judge", "canonical", "canonical_record", "expected_of_tests",
           "claims_could_conflict")


class Policy(Compiled):
    """One policy: Policy(text) parses and checks it, or raises Refused."""


class Side:
    """A subject, with the facts that were read for it.

    facts: NAME -> raw text; a missing key is an absent fact, None one that could not be read.
    files: where the policy speaks, (WHERE, PATH) -> text, None where it cannot be read; WHERE is the folder
    of the mdev type ("type") or of the device ("device").
    """

    def __init__(self, policy, narrowing, kind, driver, type_, instance, facts, files=None):
        view = evaluate.View(policy, kind, driver, type_, instance, raw=facts)
        more = [evaluate.View(one, kind, driver, type_, instance, raw=facts) for one in narrowing]
        self.policy = policy
        if policy.speaks is not None:
            self.subject = spoken.SpeakingSubject(view, more, kind, driver, type_, instance, files)
        else:
            self.subject = evaluate.Subject(view, more)
        self.problems = self.subject.problems
        self.record = self.subject.record


def judge(source, target):
    """(verdict, claims) about two sides."""
    return evaluate.verdict(source.subject, target.subject)


def canonical(type_, value):
    """The canonical spelling of a value; type_ is a declaration's type or the name of a record's type."""
    return valuetypes.canonical(type_, value)


def canonical_record(side):
    """NAME -> (name of the type, canonical spelling)."""
    return {name: (of, canonical(of, value)) for name, (of, value) in side.record.items()}


def _test_side(policy, values):
    if (values["kind"], values["driver"]) not in policy.pairs:
        return None
    type_ = values.get("type", facts.ABSENT)
    view = evaluate.View(policy, values["kind"], values["driver"], None if type_ is facts.ABSENT else type_,
                         True, values=values)
    if policy.speaks is not None and not view.problems:
        if policy.speaks[0] == "migration-version":
            return None
        spoken.own_accept(view)         # as if the driver took everything
    return evaluate.Subject(view, [])


def expected_of_tests(policy):
    """(title, expected verdict, verdict) of each test in the policy."""
    found = []
    for test in policy.tests:
        target, source = (_test_side(policy, values) for values in selftests.sides(policy, test))
        got = "unknown"
        if target is not None and source is not None:
            got = evaluate.verdict(source, target)[0]
        found.append((test.title, test.expect, got))
    return found
