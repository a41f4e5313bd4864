# SPDX-License-Identifier: LGPL-2.1-or-later
"""Holds the engine against the reference interpreter on random cases; prints TAP.

usage: compare.py run BATCH GRAMMAR SEED CASES JOBS  the comparison
       compare.py mutations BATCH SEED POLICIES     each mutation of the reference is noticed
       compare.py edits BATCH SEED POLICIES         edited texts: both refuse, or both take
       compare.py show SEED NUMBER                  one case as text
"""
import collections
import concurrent.futures
import random
import re
import subprocess
import sys

import generate
import meaning
import mutate
import syntax
import values
from syntax import Refused

SIDES = 12
EXPLAINED = 8  # one case of so many is explained as well, which takes longer
CLAIM_CONFLICT = "MDC-045"


class Disagreement(Exception):
    pass


class Engine:
    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def judge(self, policies, sides, explained=False):
        out = []
        for text, narrows in policies:
            out.append("%s %d\n%s\n" % ("narrows" if narrows else "policy", len(text), text))
        for number, (kind, driver, type_, instance, facts) in sides:
            out.append("side %d %s %s %s %d %d\n" % (number, kind, driver, type_ or "-", instance,
                                                     len(facts)))
            for name, text in facts.items():
                out.append("fact %s %d\n%s\n" % (name, len(text), text))
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


class Comparison:
    def __init__(self, engine):
        self.engine = engine
        self.count = collections.Counter()

    def compile(self, policies, said):
        """The reference's policies; None when a policy of the case was refused for its claims."""
        out = []
        for (text, narrows), line in zip(policies, said):
            if set(line.split()[1:]) == {CLAIM_CONFLICT}:
                self.count["claim conflicts"] += 1
                return None
            try:
                out.append(meaning.Policy(text))
            except Refused as x:
                if line == "ok":
                    raise Disagreement("the reference refuses a policy: %s" % x)
                raise Disagreement("the generator made a policy that both refuse: %s" % x)
            if line != "ok":
                raise Disagreement("the engine refuses a policy: %s" % line)
        return out

    def case(self, policies, sides, explained=False):
        said, side_lines, verdicts, claims = self.engine.judge(policies, sides, explained)
        compiled = self.compile(policies, said)
        self.count["policies"] += 1
        if compiled is None:
            return
        narrows = [p for p in compiled if p.narrows is not None]
        mine = []
        for (number, side), line in zip(sides, side_lines):
            s = meaning.Side(compiled[number], narrows, *side)
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
        if was[0] != now[0] or was[2] != now[2]:
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
        if word[4] != s.record_text():
            raise Disagreement("record %s, not %s" % (word[4], s.record_text()))

    def check_pairs(self, sides, fingerprints, verdicts):
        policies = {id(p): p for s in sides for p in [s.policy] + [n.policy for n in s.narrowed]}
        views = [{i: meaning.seen_by(p, s.record) for i, p in policies.items()} for s in sides]
        views = [{i: v for i, v in w.items()} for w in views]
        for i, source in enumerate(sides):
            plain = {k: v[0] for k, v in views[i].items()}
            for k, target in enumerate(sides):
                letter = verdicts[i][k]
                if source.problems or target.problems:
                    mine = "?"
                else:
                    key = id(target.policy)
                    yes, claims = meaning.judge(target, plain[key], views[i][key][1], plain)
                    if yes:
                        yes = meaning.offered(source, views[k][id(source.policy)][0])
                    mine = "n"
                    if yes:
                        mine = "y"
                        self.check_claims(target.policy, claims, i, k)
                self.count[letter] += 1
                if mine != letter:
                    raise Disagreement("source %d, target %d: the engine says %s, the reference %s"
                                       % (i, k, letter, mine))
        self.check_fingerprints(fingerprints, verdicts)

    def check_claims(self, policy, claims, i, k):
        mine = []
        for name, claimed in sorted(claims.items()):
            self.count["claims"] += 1
            if len(claimed) > 1:
                raise Disagreement("source %d, target %d: %s claimed as %s" % (i, k, name, claimed))
            mine += [name, values.record_value(policy.attributes[name].type.identity, *claimed)]
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
    ok(count["claim conflicts"] * 8 < count["policies"] and
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
    print("1..%d" % len(mutate.MUTATIONS))
    for m in mutate.MUTATIONS:
        mutate.current = m
        engine = Engine(batch)
        c = Comparison(engine)
        found = None
        for number in range(policies):
            case = case_of(seed, number)
            try:
                c.case(*case)
            except Disagreement:
                found = number
                break
        engine.close()
        if found is not None:
            print("# %s: noticed by case %d" % (m, found))
        ok(found is not None, "a reference with %s is noticed" % m)
    mutate.current = None


SPARE = ["any", "self", "self.type", "source.a1", "0", "4294967295", "1..2", "*", "+", "none", "{", "}", "(",
         ")", ";", ",", "==", "<=", "in", "except", "d-{n: 1, 2}", "{n}", "{ p, q }", '"x"', "yes",
         "absent", "type", "but", "1.0", "2.1+", "<1,2>", "-", "/", "a1", "when", "from", "default", "same"]
EDITABLE = re.compile(r'"(?:[^"\\]|\\.)*"|[A-Za-z0-9_.:<>*+-]*\{[a-z_0-9]+(?::[^{}]*)?\}[A-Za-z0-9_{}-]*|'
                      r"[A-Za-z0-9_.:<>*-]+|==|<=|>=|\S|\s+")


def edited(rng, text):
    """One or two tokens less, more, changed or exchanged, or a byte."""
    if rng.random() < 0.15:
        at = rng.randrange(len(text))
        return text[:at] + rng.choice(("", "", "x", "{", "}", ";", " ", "0")) + text[at + 1:]
    words = EDITABLE.findall(text)
    solid = [i for i, w in enumerate(words) if not w.isspace()]
    before = {b: words[a] for a, b in zip(solid, solid[1:])}
    for _ in range(rng.choice((1, 1, 2))):
        i, k = rng.choice(solid), rng.choice(solid)
        if rng.random() < 0.7:
            i = rng.choice([j for j in solid[1:] if words[j][-1:].isalnum()] or solid)
            # What stands behind the same word elsewhere: mistakes of meaning, not of form.
            alike = [j for j in solid[1:] if before[j] == before.get(i) and words[j] != words[i]]
            words[i] = words[rng.choice(alike)] if alike else words[k]
            continue
        r = rng.random()
        if r < 0.2:
            words[i] = ""
        elif r < 0.4:
            words[i] = words[i] + " " + words[k]
        elif r < 0.65:
            words[i] = words[k]
        elif r < 0.85:
            words[i] = rng.choice(SPARE)
        else:
            words[i], words[k] = words[k], words[i]
    return "".join(words)


def edits(batch, seed, policies):
    """Texts that are mostly wrong: both sides refuse them, or both take them."""
    print("1..3")
    print("# seed %s" % seed)
    engine = Engine(batch)
    count = collections.Counter()
    bad = 0
    for number in range(policies):
        rng = random.Random("%s/edit/%d" % (seed, number))
        text = edited(rng, case_of(seed, number // 4)[0][0][0])
        line = engine.judge([(text, False)], [])[0][0]
        try:
            meaning.Policy(text)
            mine = "ok"
        except Refused as x:
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
