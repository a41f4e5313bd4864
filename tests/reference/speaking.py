# SPDX-License-Identifier: LGPL-2.1-or-later
"""Holds the engine against the reference interpreter where a policy speaks; prints TAP.

As compare.py, whose judgements these are, with random files of drivers (interpreter/drivers.py) in
place of facts alone.

usage: speaking.py run BATCH SEED CASES JOBS    the comparison
       speaking.py mutations BATCH SEED POLICIES   each mutation of what is spoken is noticed
       speaking.py show SEED NUMBER             one case as text
"""
import collections
import concurrent.futures
import random
import re
import sys

import compare
import drivers
import mutate
from compare import Disagreement, Engine, ok

SIDES = 8
EXPLAINED = 4
# Between all of these; what only a tenth of the cases is about would not be found otherwise.
SPOKEN = [(name, as_) for name in drivers.INTERFACES[:-1]
          for as_ in (("accepts", "offers") if name in drivers.LISTS else
                      (None, "offers") if name == "interface-version" else (None,))]
ATTRIBUTES = {"type": "mdev_type"}
NOTHING = ("migration-version", None)
NARROWS = ("refuse { kind == vfio; }", "refuse { type == v-4; }",
           "rule r { when type == v-2; refuse { type == v-1; } }",
           "rule r { when type == v-4; migratable no; }")


def spoken_by(number):
    """The interface of a case, and as what."""
    return NOTHING if number % 50 == 0 else SPOKEN[number % len(SPOKEN)]


def case_of(seed, number):
    rng = random.Random("%s/spoken/%d" % (seed, number))
    interface, as_ = spoken_by(number)
    drivers.DOUBTFUL = rng.random() < 0.2
    if as_ is None and interface == "interface-version" and rng.random() < 0.5:
        as_ = "accepts"
    policies = [(drivers.policy_text(rng, interface, as_), False)]
    if rng.random() < 0.1:
        policies.append(("language 1; policy n narrows p { applies mdev-type driver d; "
                         "applies vfio-device driver d; %s }" % rng.choice(NARROWS), True))
    first = drivers.random_subject(rng, interface, as_)
    subjects = [first] + [drivers.random_like(rng, interface, as_, first) for _ in range(SIDES - 1)]
    sides = []
    for kind, type_, instance, facts, files in subjects:
        # Facts are said as the files have them.
        facts = {name: text and text + "\n" if text != "" else "\n" for name, text in facts.items()}
        sides.append((0, (kind, "d", type_, instance, facts, files)))
    return policies, sides


def detailed(detail):
    """A file as details name it: by its path, or by the attribute that it became."""
    if detail is None:
        return {None}
    name = detail.rpartition("/")[2]
    return {re.sub(r"[^!-~]", "?", one) for one in (detail, name, ATTRIBUTES.get(name, name))}


class Speaking(compare.Comparison):
    def declared(self, side, name):
        theirs = side.subject.driver.attributes
        return theirs[name] if name in theirs else super().declared(side, name)

    def check_side(self, s, line):
        word = line.split(" ")
        if not s.problems:
            return super().check_side(s, line)
        self.count[word[1]] += 1
        if word[1] == "ok":
            raise Disagreement("%s, not one of %s" % (line, sorted(s.problems, key=str)))
        # Where several things are wrong, which is the first is not said in all cases; nor how what
        # is wrong is named.
        details = set()
        for status, detail in s.problems:
            if status == word[1]:
                details |= detailed(detail)
        if not details:
            self.count["another status"] += 1
        elif word[1] == "missing-fact" and None not in details and word[2] not in details:
            raise Disagreement("%s, not one of %s" % (line, sorted(s.problems, key=str)))


def work(batch, seed, cases, first, step):
    """Every step-th case from the first on; verdicts of each interface, and what was wrong."""
    engine = Engine(batch)
    total, of, bad = collections.Counter(), collections.defaultdict(collections.Counter), []
    number = first
    while sum(total[v] for v in "yn?") < cases and len(bad) < 5:
        case = case_of(seed, number)
        c = Speaking(engine)
        try:
            c.case(*case, explained=number % EXPLAINED == 0)
        except Disagreement as x:
            bad.append((number, str(x)))
            c.count["?"] += SIDES * SIDES
        total.update(c.count)
        of["%s %s" % (spoken_by(number)[0], spoken_by(number)[1] or "")].update(c.count)
        number += step
    engine.close()
    return total, of, bad


def run(batch, seed, cases, jobs):
    print("1..4")
    print("# seed %s (MDEVCOMPAT_REFERENCE_SEED), %d cases" % (seed, cases))
    total, of, bad = collections.Counter(), collections.defaultdict(collections.Counter), []
    with concurrent.futures.ProcessPoolExecutor(jobs) as pool:
        for part in [pool.submit(work, batch, seed, -(-cases // jobs), i, jobs) for i in range(jobs)]:
            counted, by_name, wrong = part.result()
            total.update(counted)
            for name, more in by_name.items():
                of[name].update(more)
            bad += wrong
    for number, what in sorted(bad)[:5]:
        print("# case %d: %s" % (number, what))
        compare.show(*case_of(seed, number))
    for name, count in sorted(of.items()):
        print("# %-30s compatible %d, incompatible %d, unknown %d" % (name, count["y"], count["n"],
                                                                     count["?"]))
    print("# " + ", ".join("%s: %d" % kv for kv in sorted(total.items())))
    judged = total["y"] + total["n"] + total["?"]
    ok(not bad and judged >= cases,
       "engine and reference agree on %d (policy, source, target) cases" % judged)
    spoken = [count for name, count in of.items() if not name.startswith(NOTHING[0])]
    ok(len(spoken) == len(SPOKEN) and all(count["y"] and count["n"] and count["?"] for count in spoken),
       "each interface had compatible, incompatible and unknown verdicts")
    ok(total["y"] * 5 >= judged, "%.1f %% are compatible" % (100 * total["y"] / max(judged, 1)))
    ok(total["claims"] * 50 > judged and total["equal fingerprints"] * 1000 > judged and
       all(total[s] for s in ("missing-fact", "unreadable-fact", "too-complex", "target-only")) and
       total["another status"] * 50 < total["unreadable-fact"],
       "claims, equal fingerprints and each status were met")


def mutations(batch, seed, policies):
    """Case by case, all that nobody has noticed yet."""
    wanted = [m for m in mutate.MUTATIONS if m.startswith("spoken-")]
    print("1..%d" % len(wanted))
    engine = Engine(batch)
    noticed = {}
    for number in range(1, policies):
        if len(noticed) == len(wanted):
            break
        case = case_of(seed, number)
        answer = engine.judge(*case, explained=True)
        c = Speaking(engine)
        for m in wanted:
            if m in noticed:
                continue
            mutate.current = m
            try:
                c.check(*case, answer, explained=True)
            except Disagreement:
                noticed[m] = number
        mutate.current = None
    engine.close()
    for m in wanted:
        ok(m in noticed, "a reference with %s is noticed" % m)
        print("# by case %s" % noticed.get(m))


def main(argv):
    if argv[1] == "run":
        run(argv[2], argv[3], int(argv[4]), int(argv[5]))
    elif argv[1] == "mutations":
        mutations(argv[2], argv[3], int(argv[4]))
    elif argv[1] == "show":
        compare.show(*case_of(argv[2], int(argv[3])))
    return 0 if all(compare.results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv))
