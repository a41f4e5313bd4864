# SPDX-License-Identifier: LGPL-2.1-or-later
"""The manual's examples and sentences, held against this interpreter.  Prints TAP."""

import cases
import legal
import mutate
import ranges
import reference
from reference import Policy, Refused, Side, judge

COUNT = [0, 0]


def ok(holds, title):
    COUNT[0] += 1
    COUNT[1] += not holds
    print("%s %d - %s" % ("ok" if holds else "not ok", COUNT[0], title.replace("#", "")))


def accepted(text):
    try:
        Policy(text)
        return "legal"
    except Refused as refused:
        return "%s (%s)" % (refused, refused.reason)


def test_legal():
    for title, text in legal.LEGAL:
        result = accepted(text)
        ok(result == "legal", "legal: %s: %s" % (title, result))
    for title, text in legal.REFUSED:
        result = accepted(text)
        ok(result != "legal", "refused: %s: %s" % (title, result))
    whole = legal.VGPU
    end = whole.rindex("}") + 1
    ok(all(accepted(whole[:at]) != "legal" for at in range(end)), "no beginning of a policy is a policy")


def test_ranges():
    rows = (
        ("2.0.<2,3,4>", "[2.0.2,2.0.5)"), ("2.0.2..2.0.4", "[2.0.2,2.0.5)"), ("2.0.<2..4>", "[2.0.2,2.0.5)"),
        ("2.1+", "[2.1.0,3.0.0)"), ("2.1.0+", "[2.1.0,3.0.0)"), ("2.1.3+", "[2.1.3,3.0.0)"),
        ("2.0.*", "[2.0.0,2.1.0)"), ("2.<0,1>.*", "[2.0.0,2.2.0)"), ("2.0.<2..>", "[2.0.2,2.1.0)"),
        ("*", "[0.0.0,*)"), ("none", "none"), ("2.0.< 2, 3..4 >", "[2.0.2,2.0.5)"),
        ("2.0.1, none", "[2.0.1,2.0.2)"), ("[2.0.0,3.0.0) [1.0.0,2.0.0)", "[1.0.0,3.0.0)"),
        ("[0.0.0,1.0.0), [3.0.0,*)", "[0.0.0,1.0.0) [3.0.0,*)"),
        ("<1,2>.*", "[1.0.0,3.0.0)"),
        ("2.0.<2,3,4>, 2.1+", "[2.0.2,2.0.5) [2.1.0,3.0.0)"),
        ("2.1+ except 2.1.7", "[2.1.0,2.1.7) [2.1.8,3.0.0)"),
        ("2.0.{2,3,4}", "[2.0.2,2.0.5)"), ("2.0.2-2.0.4", "[2.0.2,2.0.5)"), ("2.1.0-", "[2.1.0,3.0.0)"),
        ("2.1-", "[2.1.0,3.0.0)"), ("[2.0.2,2.0.5) [2.1.0,3.0.0)", "[2.0.2,2.0.5) [2.1.0,3.0.0)"),
        ("2.0.4294967294", "[2.0.4294967294,2.1.0)"),
    )
    for text, normal in rows:
        ok(ranges.normal(ranges.from_device(text, 3, 1)) == normal, "range %s is %s" % (text, normal))
    for text in ("2.1", "2.0.<>", "2.0.<4..2>", "2.<0,1>", "2.0-2.4", "1.2.3.4", "", "2.1, none",
        "everything",
        "2.0.<2 3>", "2.0.4295967295"):
        try:
            ranges.from_device(text, 3, 1)
            ok(False, "range %r is refused" % text)
        except ranges.BadValue:
            ok(True, "range %r is refused" % text)


def outcome(case):
    """What a case comes to: verdict and claims, or the problems of a side."""
    policies = [Policy(case.target_policy), Policy(case.source_policy or case.target_policy)]
    sides = []
    for policy, side in zip(policies, (case.target, case.source)):
        narrowing = [Policy(text) for text in case.narrowing] if side is case.target else []
        sides.append(Side(policy, narrowing, side.get("kind", "mdev"), side.get("driver", "d"),
                          side.get("type", "t"), side.get("instance", True), side["facts"]))
    verdict, claims = judge(sides[1], sides[0])
    return verdict, {name: sorted(values) for name, values in claims.items()}


def test_cases():
    rows = [one for one in cases.CASES]
    for case in rows:
        got = outcome(case)
        ok(got[0] == case.verdict and (case.claims is None or got[1] == case.claims),
           "%s: %s %s" % (case.title, got[0], got[1] or ""))
    for name in mutate.MUTATIONS:
        if name.startswith("spoken-"):          # see tests_speaks.py
            continue
        found = None
        for case in rows:
            mutate.current = None
            right = outcome(case)
            mutate.current = name
            try:
                wrong = outcome(case)
            finally:
                mutate.current = None
            if wrong != right:
                found = case.title
                break
        ok(found is not None, "the error %s is noticed by: %s" % (name, found))


def test_facts():
    for title, option, text, expected in cases.FACTS:
        policy = Policy(legal.policy("attribute a : %s; accept same;" % option))
        side = Side(policy, [], "mdev", "d", "t", True, {} if text is Ellipsis else {"a": text})
        if expected in ("missing-fact", "unreadable-fact"):
            got = ", ".join(status for status, _ in side.problems)
        else:
            got = reference.canonical(*side.record["a"]) if "a" in side.record else None
        ok(got == expected, "fact: %s: %r" % (title, got))


def test_in_file():
    for title, text, verdicts in cases.IN_FILE:
        got = [row[2] for row in reference.expected_of_tests(Policy(text))]
        ok(got == verdicts, "test block: %s: %s" % (title, got))


def test_claims():
    for expected, body in cases.CONFLICTS:
        got = reference.claims_could_conflict(Policy(legal.policy(cases.CLAIM_HEAD + body)))
        ok(got is expected, "claims conflict %s: %s" % (got, body))
    ok(reference.claims_could_conflict(Policy(legal.GVTG)) is False,
        "no claims conflict in the longer example")


if __name__ == "__main__":
    for test in (test_legal, test_ranges, test_facts, test_cases, test_in_file, test_claims):
        test()
    print("1..%d" % COUNT[0])
    raise SystemExit(COUNT[1] > 0)
