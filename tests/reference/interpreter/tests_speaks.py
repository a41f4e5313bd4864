# SPDX-License-Identifier: LGPL-2.1-or-later
"""The examples and sentences of mdevcompat-interfaces(7), held against this interpreter.  Prints TAP."""

import mutate
import speaks_cases
import speaks_examples as examples
import speaks_forms
import spoken_json
from errors import BadValue
from legal import policy
from reference import Policy, Refused, Side, canonical, expected_of_tests, judge

COUNT = [0, 0]


def ok(holds, title):
    COUNT[0] += 1
    COUNT[1] += not holds
    print("%s %d - %s" % ("ok" if holds else "not ok", COUNT[0], title.replace("#", "")))


def speaking(interface, way, body="", driver="d", kind="mdev-type"):
    said = "speaks %s%s; " % (interface, " as " + way if way else "")
    return policy(said + body, applies="applies %s driver %s;" % (kind, driver))


def example_side(of, text):
    driver, type_, files = examples.device(text)
    return Side(Policy(speaking(*of, driver=driver)), [], "mdev", driver, type_, True, {}, files)


def example(of, text, pairs):
    """Verdict, or the status of the changed device where it has one."""
    below, above = example_side(of, examples.changed(text, pairs)), example_side(of, text)
    source, target = (above, below) if of[1] == "offers" else (below, above)
    verdict, _ = judge(source, target)
    if above.problems:
        return str(above.problems)
    return ", ".join(sorted({status for status, _ in below.problems})) or verdict


def test_examples():
    for of, text, which in examples.EXAMPLES:
        device, tables = examples.tables(text)
        ok(example(of, device, []) == "compatible", "%s %s: twins" % of)
        for pairs, expected in tables[which]:
            got = example(of, device, pairs)
            ok(got == expected, "%s %s: %s: %s" % (of + (pairs, got)))
        if which:
            for pairs, expected in tables[0]:
                if not pairs[0][0].startswith("type:"):
                    ok(example(of, device, pairs) == expected, "%s %s: %s too" % (of + (pairs,)))
    for of, text, rows in speaks_forms.EXAMPLES:
        for pairs, expected in rows:
            got = example(of, text, pairs)
            ok(got == expected, "%s %s: %s: %s" % (of + (pairs, got)))


def side(of, one, body, facts=None):
    kind = one.get("kind", "mdev")
    text = speaking(*of, body=body, kind="mdev-type" if kind == "mdev" else "vfio-device")
    return Side(Policy(text), [Policy(more) for more in one.get("narrowing", ())], kind, "d",
                one.get("type", "t" if kind == "mdev" else None), one.get("instance", True),
                one.get("facts", {}), one["files"])


def outcome(case):
    target = side(case.of, case.target, case.body)
    source = side(case.source_of, case.source, case.source_body)
    verdict, claims = judge(source, target)
    return (verdict, {name: sorted(values) for name, values in claims.items()},
            tuple(tuple(sorted((status, detail or "") for status, detail in one.problems))
                  for one in (target, source)))


def expected(case, got):
    if got[0] != case.verdict or (case.claims is not None and got[1] != case.claims):
        return False
    return case.problem is None or (case.problem,) in got[2]


def test_sentences():
    for case in speaks_cases.CASES:
        got = outcome(case)
        ok(expected(case, got), "%s: %s" % (case.title, got))


def test_records():
    for title, of, one, record in speaks_cases.RECORDS:
        found = side(of, one, "")
        spelt = {name: canonical(*typed) for name, typed in found.record.items()
                 if name not in ("kind", "driver", "type")}
        ok(spelt == record, "record: %s: %s" % (title, spelt or sorted(found.problems, key=repr)))


def test_legal():
    for is_legal, of, body in speaks_cases.POLICIES:
        try:
            Policy(speaking(*of, body=body))
            got = True
        except Refused:
            got = False
        ok(got == is_legal, "%s: %s %s: %s" % ("legal" if got else "refused", of[0], of[1], body))


def test_in_file():
    for of, body, verdict in speaks_cases.IN_FILE:
        got = expected_of_tests(Policy(speaking(*of, body=body)))[0][2]
        ok(got == verdict, "test block: %s: %s: %s" % (of[0], body[-70:], got))


def test_json():
    for good, text in speaks_cases.JSON:
        try:
            spoken_json.read_object(text)
            got = True
        except BadValue:
            got = False
        ok(got == good, "JSON %s: %s" % ("read" if got else "refused", text[:60]))


def noticed(outcomes):
    """The title of the first of (title, function) whose outcome an error changes."""
    name, mutate.current = mutate.current, None
    for title, function in outcomes:
        mutate.current = None
        right = function()
        mutate.current = name
        try:
            if function() != right:
                return title
        finally:
            mutate.current = None
    return None


def test_mutations():
    outcomes = [(case.title, lambda case=case: outcome(case)) for case in speaks_cases.CASES]
    for of, text, which in examples.EXAMPLES:
        device, tables = examples.tables(text)
        for pairs, _ in tables[which]:
            outcomes.append(("%s %s %s" % (of + (pairs,)),
                             lambda of=of, device=device, pairs=pairs: example(of, device, pairs)))
    for name in mutate.MUTATIONS:
        if not name.startswith("spoken-"):
            continue
        mutate.current = name
        try:
            found = noticed(outcomes)
        finally:
            mutate.current = None
        ok(found is not None, "the error %s is noticed by: %s" % (name, found))


if __name__ == "__main__":
    for test in (test_examples, test_sentences, test_records, test_legal, test_in_file, test_json,
                 test_mutations):
        test()
    print("1..%d" % COUNT[0])
    raise SystemExit(COUNT[1] > 0)
