# SPDX-License-Identifier: LGPL-2.1-or-later
"""Holds the engine against the reference interpreter on random cases; prints TAP.

The interpreter (interpreter/) was written from the manual alone, by somebody who had not seen the
engine, and shares nothing with it.  This file knows both, and so how their words go together.

usage: compare.py run BATCH GRAMMAR SEED CASES JOBS  the comparison
       compare.py mutations BATCH SEED POLICIES     each mutation of the reference is noticed
       compare.py edits BATCH SEED POLICIES         edited texts: both refuse, or both take
       compare.py show SEED NUMBER                  one case as text
"""
import collections
import concurrent.futures
import os
import random
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "interpreter"))

import edit
import generate
import mutate
import reference

SIDES = 12
EXPLAINED = 8  # one case of so many is explained as well, which takes longer
CLAIM_CONFLICT = "MDC-045"
LETTERS = {"compatible": "y", "incompatible": "n", "unknown": "?"}


class Disagreement(Exception):
    pass


class Engine:
    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def judge(self, policies, sides, explained=False):
        out = []
        for text, narrows in policies:
            out.append("%s %d\n%s\n" % ("narrows" if narrows else "policy", len(text), text))
        for number, (kind, driver, type_, instance, facts, *files) in sides:
            out.append("side %d %s %s %s %d %d\n" % (number, kind, driver, type_ or "-", instance,
                                                     len(facts)))
            for name, text in facts.items():
                out.append("fact %s %d\n%s\n" % ((name, -1, "") if text is None else
                                                 (name, len(text), text)))
            for (where, path), text in files[0].items() if files else ():
                out.append("file %s %s\t%d\n%s\n" % ((where, path, -1, "") if text is None else
                                                    (where, path, len(text), text)))
        out.append("explain\n" if explained else "judge\n")
        self.process.stdin.write("".join(out).encode("latin-1"))
        self.process.stdin.flush()
        lines = []
        while True:
            line = self.process.stdout.readline().decode("latin-1")
            if not line:
                raise SystemExit("Bail out! the engine's half died")
            if line == "end\n":
                break
            lines.append(line[:-1])
        n, m = len(policies), len(sides)
        return lines[:n], lines[n:n + m], lines[n + m:n + 2 * m], lines[n + 2 * m:]

    def productions(self):
        """(number, line) of each production of the grammar -> was it hit?"""
        self.process.stdin.write(b"productions\n")
        self.process.stdin.flush()
        out = {}
        for line in iter(self.process.stdout.readline, b"end\n"):
            word = line.decode().split()
            out[int(word[1]), int(word[2])] = word[3] == "hit"
        return out

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def generator_of(seed, number):
    return generate.Generator(random.Random("%s/%d" % (seed, number)))


def case_of(seed, number):
    return generator_of(seed, number).case(SIDES)


def escaped(word):
    return re.sub(r"[^A-Za-z0-9._-]", lambda m: "@%02X" % ord(m.group()), word)


def spelt(of, value):
    """A value as mdevcompat-descriptor(7) writes it."""
    if of == "bool":
        return "b%d" % value
    if of == "set":
        return "S" + ":".join(escaped(word) for word in sorted(value))
    text = reference.canonical(of, value)
    if of.startswith("mask"):
        size = int(re.search(r"\d+", of).group())
        return "m%d.%s" % (size, text.rjust((size + 3) // 4, "0"))
    return {"string": "s", "int": "i", "pci-id": "p"}.get(of, "v") + \
        (text.replace(":", "") if of == "pci-id" else escaped(text))


def record_text(side):
    """The built-in ones, then values, then sets and masks; by name."""
    def level(item):
        name, (of, _) = item
        return (name != "kind", name != "driver", name != "type", of.startswith(("set", "mask")), name.encode())
    return ",".join("%s=%s" % (n, spelt(*v)) for n, v in sorted(side.record.items(), key=level))


def as_read(facts):
    """The reference takes the texts of facts; here they are those of the files."""
    return {name: text and text.removesuffix("\n") for name, text in facts.items()}


class Comparison:
    def __init__(self, engine):
        self.engine = engine
        self.count = collections.Counter()
        self.policies, self.conflicts = {}, {}

    def policy(self, text):
        """The reference's policy, or the Refused that it raises."""
        if text not in self.policies:
            try:
                self.policies[text] = reference.Policy(text)
            except reference.Refused as x:
                self.policies[text] = x
        return self.policies[text]

    def compile(self, policies, said):
        """The reference's policies; None when a policy of the case was refused for its claims."""
        out = []
        for (text, narrows), line in zip(policies, said):
            mine = self.policy(text)
            conflict = set(line.split()[1:]) == {CLAIM_CONFLICT}
            taken = line.split()[0] == "ok"
            if isinstance(mine, reference.Refused):
                if taken:
                    raise Disagreement("the reference refuses a policy: %s" % mine)
                raise Disagreement("the generator made a policy that both refuse: %s" % mine)
            self.check_conflict(mine, conflict)
            if conflict:
                return None
            if not taken:
                raise Disagreement("the engine refuses a policy: %s" % line)
            self.check_tests(mine, line.split()[1:])
            out.append(mine)
        return out

    def check_tests(self, policy, verdicts):
        """The tests in a policy come to the same verdicts."""
        mine = [got for _, _, got in reference.expected_of_tests(policy)]
        for verdict in mine:
            self.count["tests %s" % verdict] += 1
        if mine != verdicts:
            raise Disagreement("tests of a policy: the engine says %s, the reference %s"
                               % (verdicts, mine))

    def check_conflict(self, policy, conflict):
        """Policies are refused for their claims exactly where the manual says so."""
        if id(policy) not in self.conflicts:
            self.conflicts[id(policy)] = reference.claims_could_conflict(policy)
        mine = self.conflicts[id(policy)]
        self.count["claim conflicts"] += conflict
        if mine != conflict:
            raise Disagreement("claims that conflict: the engine says %s, the reference %s"
                               % (conflict, mine))

    def case(self, policies, sides, explained=False):
        self.check(policies, sides, self.engine.judge(policies, sides, explained), explained)

    def check(self, policies, sides, answer, explained=False):
        """What the engine answered against what the reference says now."""
        said, side_lines, verdicts, claims = answer
        compiled = self.compile(policies, said)
        self.count["policies"] += 1
        if compiled is None:
            return
        mine = []
        for (number, side), line in zip(sides, side_lines):
            narrows = [p for p in compiled if p.narrows is not None and side[:2] in p.pairs]
            s = reference.Side(compiled[number], narrows, *side[:4], as_read(side[4]), *side[5:])
            mine.append(s)
            self.check_side(s, line)
        self.claimed = None
        if explained:
            self.claimed = {(int(w[1]), int(w[2])): w[3:] for w in map(str.split, claims)}
        self.check_pairs(mine, [line.split()[3] for line in side_lines], verdicts)
        if self.claimed:
            raise Disagreement("claims of pairs that are not compatible: %s" % self.claimed)

    def in_another_order(self, policies, sides, texts):
        """Order means nothing: neither to verdicts nor to fingerprints."""
        was = self.engine.judge(policies, sides)
        now = self.engine.judge([(t, narrows) for t, (_, narrows) in zip(texts, policies)], sides)
        self.count["in another order"] += 1
        # Which of several facts is named is not said.
        for a, b in zip(was[1], now[1]):
            if a != b and " - " not in a:
                raise Disagreement("in another order: %s, not %s\n# %s" % (b, a, texts))
        # What a test leaves out is that of the first `applies`.
        several = any(len(re.findall("applies (?:mdev-type|vfio-device)", t)) > 1 for t in texts)
        taken = [[line.split()[0] for line in x[0]] if several else x[0] for x in (was, now)]
        if taken[0] != taken[1] or was[2] != now[2]:
            raise Disagreement("in another order, something else\n# %s" % texts)

    def check_side(self, s, line):
        word = line.split(" ")
        if word[1] == "too-complex":
            # The engine's bounds are not the language's.
            self.count["too complex"] += 1
            s.problems.add(("too-complex", "-"))
        if s.problems:
            # Which of several is named is not said.
            if (word[1], word[2]) not in s.problems:
                raise Disagreement("%s, not one of %s" % (line, sorted(s.problems)))
            return
        if word[1] != "ok":
            raise Disagreement("%s, not ok" % line)
        if word[4] != record_text(s):
            raise Disagreement("record %s, not %s" % (word[4], record_text(s)))

    def check_pairs(self, sides, fingerprints, verdicts):
        for i, source in enumerate(sides):
            for k, target in enumerate(sides):
                verdict, claims = reference.judge(source, target)
                letter = verdicts[i][k]
                self.count[letter] += 1
                if LETTERS[verdict] != letter:
                    raise Disagreement("source %d, target %d: the engine says %s, the reference %s"
                                       % (i, k, letter, LETTERS[verdict]))
                if letter == "y":
                    self.check_claims(target, claims, i, k)
        self.check_fingerprints(fingerprints, verdicts)

    def declared(self, side, name):
        return side.policy.attributes[name]

    def check_claims(self, target, claims, i, k):
        mine = []
        for name, claimed in sorted(claims.items()):
            self.count["claims"] += 1
            if len(claimed) > 1:
                raise Disagreement("source %d, target %d: %s claimed as %s" % (i, k, name, claimed))
            mine += [name, spelt(self.declared(target, name).record_type, *claimed)]
        if self.claimed is not None and self.claimed.pop((i, k), []) != mine:
            raise Disagreement("source %d, target %d: claims %s of the reference are not the engine's"
                               % (i, k, mine))

    def check_fingerprints(self, fingerprints, verdicts):
        first = {}
        for i, f in enumerate(fingerprints):
            if f == "-":
                continue
            if (f[:4] == "mc1-") != (verdicts[i][i] == "y"):
                raise Disagreement("side %d: fingerprint %s, own verdict %s" % (i, f, verdicts[i][i]))
            k = first.setdefault(f, i)
            if k != i:
                self.count["equal fingerprints"] += 1
                if verdicts[i] != verdicts[k] or any(row[i] != row[k] for row in verdicts):
                    raise Disagreement("sides %d and %d: equal fingerprints, unlike verdicts" % (i, k))


def show(policies, sides):
    for text, narrows in policies:
        print("# " + ("narrowing " if narrows else "") + "policy: " + text.replace("\n", "\n# "))
    for i, (number, side) in enumerate(sides):
        print("# side %d under %d: %r" % (i, number, side))


def productions_missed(grammar, hit):
    """(all that the grammar has, those that were not hit), but for those that recover from errors.

    @hit: line -> was it hit?, of the parser; several alternatives of one line have numbers.
    """
    lines = open(grammar).read().split("\n")
    wanted = {key: good for key, good in hit.items()
              if not re.search(r"(^|[\s|])error\s", lines[key[1] - 1])}
    return wanted, ["%s:%d: %s" % (grammar, line, lines[line - 1].strip())
                    for (number, line), good in sorted(wanted.items()) if not good]


# What only a policy can have that is wrong in its meaning, or that is judged elsewhere.
ELSEWHERE = (
    ("ok", "speaks interface-version;"), ("ok", "speaks migration-files as offers;"),
    ("refused MDC-025", 'attribute a : set { } from type "a";'),
    ("refused MDC-036", 'attribute v : version(3) from type "v"; accept same but { v in +; }'),
)

results = []


def ok(good, name):
    results.append(good)
    print("%sok %d - %s" % ("" if good else "not ", len(results), name), flush=True)


def work(batch, seed, cases, first, step):
    """Every step-th case from the first on, until there were enough of them; what came of it."""
    engine = Engine(batch)
    c = Comparison(engine)
    bad = []
    number = first
    while c.count["y"] + c.count["n"] + c.count["?"] < cases and len(bad) < 5:
        generator = generator_of(seed, number)
        case = generator.case(SIDES)
        try:
            c.case(*case, explained=number % EXPLAINED == 0)
            if number % EXPLAINED == 1:
                c.in_another_order(*case, generator.again())
        except Disagreement as x:
            bad.append((number, str(x)))
            c.count["?"] += SIDES * SIDES
        number += step
    hit = engine.productions()
    engine.close()
    return c.count, bad, hit


def run(batch, grammar, seed, cases, jobs):
    print("1..4")
    print("# seed %s (MDEVCOMPAT_REFERENCE_SEED), %d cases (MDEVCOMPAT_REFERENCE_CASES)" % (seed, cases))
    count, bad, hit = collections.Counter(), [], {}
    with concurrent.futures.ProcessPoolExecutor(jobs) as pool:
        for part in [pool.submit(work, batch, seed, -(-cases // jobs), i, jobs) for i in range(jobs)]:
            counted, wrong, used = part.result()
            count.update(counted)
            bad += wrong
            hit = {key: good or hit.get(key, False) for key, good in used.items()}
    for number, what in sorted(bad)[:5]:
        print("# case %d: %s" % (number, what))
        show(*case_of(seed, number))
    judged = count["y"] + count["n"]
    print("# " + ", ".join("%s: %d" % kv for kv in sorted(count.items())))
    ok(not bad and judged + count["?"] >= cases,
       "engine and reference agree on %d (policy, source, target) cases" % (judged + count["?"]))
    share = 100 * count["y"] / max(judged, 1)
    ok(30 <= share <= 70, "%.1f %% of the verdicts are compatible" % share)
    ok(0 < count["claim conflicts"] * 8 < count["policies"] and
       count["too complex"] * 100 < count["policies"] and count["claims"] * 10 > judged and
       count["equal fingerprints"] * 100 > judged and count["in another order"] * 12 > count["policies"],
       "claims, equal fingerprints and other orders were met, and little was in the way")
    engine = Engine(batch)
    for said, statements in ELSEWHERE:
        text = "language 1; policy p { applies mdev-type driver d; %s }" % statements
        if engine.judge([(text, False)], [])[0] != [said]:
            raise SystemExit("Bail out! the engine does not say '%s' of %s" % (said, text))
    wanted, missed = productions_missed(grammar, {key: good or hit[key] for key, good in
                                                  engine.productions().items()})
    engine.close()
    for p in missed:
        print("# not hit: %s" % p)
    ok(len(wanted) > 150 and not missed, "all %d productions of the grammar were hit" % len(wanted))


def mutations(batch, seed, policies):
    """Case by case, all that nobody has noticed yet."""
    wanted = [m for m in mutate.MUTATIONS if not m.startswith("spoken-")]  # those: speaking.py
    print("1..%d" % len(wanted))
    engine = Engine(batch)
    c = Comparison(engine)
    noticed = {}
    for number in range(policies):
        case = case_of(seed, number)
        explained = number % 2 == 0
        answer = engine.judge(*case, explained)
        for m in wanted:
            if m in noticed:
                continue
            mutate.current = m
            try:
                c.check(*case, answer, explained)
            except Disagreement:
                noticed[m] = number
        mutate.current = None
        c = Comparison(engine)
    engine.close()
    for m in wanted:
        ok(m in noticed, "a reference with %s is noticed" % m)
        print("# by case %s" % noticed.get(m))


def edits(batch, seed, policies):
    """Texts that are mostly wrong: both sides refuse them, or both take them."""
    print("1..3")
    print("# seed %s" % seed)
    engine = Engine(batch)
    count = collections.Counter()
    bad = 0
    for number in range(policies):
        rng = random.Random("%s/edit/%d" % (seed, number))
        text = edit.edited(rng, case_of(seed, number // 4)[0][0][0])
        line = engine.judge([(text, False)], [])[0][0]
        try:
            reference.Policy(text)
            mine = "ok"
        except reference.Refused as x:
            mine = "refused, %s" % x
        if set(line.split()[1:]) == {CLAIM_CONFLICT}:
            count["claim conflicts"] += 1
        elif line[:2] != mine[:2]:
            bad += 1
            print("# edit %d: engine %s, reference %s" % (number, line, mine))
            show([(text, False)], [])
            if bad == 5:
                break
        count[line[:2]] += 1
    engine.close()
    print("# " + ", ".join("%s: %d" % kv for kv in sorted(count.items())))
    ok(bad == 0, "engine and reference refuse the same texts of %d" % policies)
    ok(count["re"] * 2 > policies, "most were refused")
    ok(count["ok"] * 20 > policies, "not all were refused")


def main(argv):
    if argv[1] == "run":
        run(argv[2], argv[3], argv[4], int(argv[5]), int(argv[6]))
    elif argv[1] == "mutations":
        mutations(argv[2], argv[3], int(argv[4]))
    elif argv[1] == "edits":
        edits(argv[2], argv[3], int(argv[4]))
    elif argv[1] == "show":
        show(*case_of(argv[2], int(argv[3])))
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv))
