# SPDX-License-Identifier: LGPL-2.1-or-later
"""The self/compatible forms a second time, from mdevcompat-interfaces(7): random devices, whose verdicts as
sources and targets are worked out here and asked of the program. lists.py SEED ROUNDS MDEVCOMPAT FOLDER"""
import itertools
import json
import os
import random
import re
import subprocess
import sys

seed, rounds, tool, folder = sys.argv[1:5]
rng = random.Random(seed)
KEYS = ["mdev_type", "aggregator", "pv_mode", "version"]
WORDS = ["1", "2", "4", "t_2", "t_4", "none", "a+b", ""]


def random_alternative():
    """({key: value as written}, [(variable, its values, is it an int)])"""
    written, declared = {}, []
    for key in rng.sample(KEYS, rng.randint(1, 4)):
        kind, name = rng.random(), "v%d" % len(declared)
        if kind < 0.25:
            declared.append((name, rng.sample([1, 2, 4, 8, -2, 0], rng.randint(1, 3)), True))
            written[key] = "%s{%s:int:%s}" % (rng.choice(["", "t_"]), name, ",".join(map(str, declared[-1][1])))
        elif kind < 0.4:
            declared.append((name, rng.sample(WORDS, rng.randint(1, 3)), False))
            written[key] = "{%s:string:%s}" % (name, ",".join('"%s"' % w for w in declared[-1][1]))
        elif kind < 0.7 and declared:
            name, _, is_int = rng.choice(declared)
            written[key] = "{%s}" % name
            if is_int:
                written[key] += rng.choice(["", "/2", "*2", "*3/2", "/0", "/2*2", "/-1"])
        else:
            written[key] = rng.choice(["1", "2", "t_2", '"none"', '""', "", "4"])
    return written, declared


def value(text, values, exact):
    if text.startswith('"'):
        return text[1:-1]
    calculated = re.match(r"\{(\w+)(?::[^}]*)?\}((?:[*/]-?\d+)+)$", text)
    if not calculated:
        return re.sub(r"\{(\w+)(?::[^}]*)?\}", lambda m: str(values[m.group(1)]), text)
    n = values[calculated.group(1)]
    for op, by in re.findall(r"([*/])(-?\d+)", calculated.group(2)):
        if op == "*":
            n *= int(by)
        elif int(by) == 0 or (exact and n % int(by)):
            return None
        else:
            n //= int(by)
    return str(n)


def expanded(alternative, exact=True):
    written, declared = alternative
    for combination in itertools.product(*[d[1] for d in declared]):
        values = {d[0]: v for d, v in zip(declared, combination)}
        one = {key: value(text, values, exact) for key, text in written.items()}
        if None not in one.values():
            yield one


class Device:
    def __init__(self, own, alternatives, type_):
        self.own, self.alternatives, self.type = own, alternatives, type_
        self.keys = set(own).union(*[a[0] for a in alternatives])
        self.blocks = [one for a in alternatives for one in expanded(a)]

    def knows(self, other):
        return all(key in self.keys for key, text in other.own.items() if text)

    def lists(self, other, whole):
        return self.knows(other) and any(
            ("mdev_type" in one or self.type == other.type) and
            all(other.own.get(key, "") == one.get(key, "" if whole else self.own.get(key, "")) for key in self.keys)
            for one in self.blocks)

    def write(self, form, path):
        files = {}
        if form == "files":
            files["migration/self"] = "".join("%s=%s\n" % (k, rng.choice([v, '"%s"' % v])) for k, v in self.own.items())
            files["migration/compatible"] = "\n".join(
                "".join("%s=%s\n" % x for x in a[0].items()) for a in self.alternatives)
        elif form == "compatible":
            files["migration_compatible"] = "SELF:\n" + "".join("\t%s=%s\n" % x for x in self.own.items()) + "".join(
                "COMPATIBLE: " + " ".join("%s=%s" % x for x in a[0].items()) + "\n" for a in self.alternatives)
        elif form == "json":
            files["migration_compatible"] = json.dumps(
                {"self": [self.own], "compatible": [a[0] for a in self.alternatives]})
        else:
            files.update(("migration/self/" + k, v + "\n") for k, v in self.own.items())
            for i, a in enumerate(self.alternatives):
                files.update(("migration/compatible%d/%s" % (i, k), v + "\n") for k, v in a[0].items())
        with open(path, "w") as out:
            out.write("driver: i915\ntype: %s\nfiles:\n  device:\n" % self.type)
            out.writelines("    %s: %s\n" % (json.dumps(k), json.dumps(v)) for k, v in files.items())


def may(source, target, how, whole):
    if how == "accepts":
        return target.lists(source, whole)
    # The target leaves it to the source's list, but that both know what the other says.
    return source.lists(target, whole) and target.knows(source)


def random_pair():
    one = {k: rng.choice(WORDS) for k in rng.sample(KEYS, rng.randint(1, 4))}
    first = Device(one, [random_alternative() for _ in range(rng.randint(1, 3))], rng.choice(["t_2", "t_4"]))
    other = dict(one)
    # What is on the list, or would be if divisions were rounded.
    rounded = [one for a in first.alternatives for one in expanded(a, False) if one not in first.blocks]
    if rounded and rng.random() < 0.5:
        other.update(rng.choice(rounded))
    elif first.blocks and rng.random() < 0.8:
        other.update(rng.choice(first.blocks))
    if rng.random() < 0.3:
        other[rng.choice(KEYS)] = rng.choice(WORDS)
    if rng.random() < 0.1:
        other["extra"] = rng.choice(["", "1"])
    alternatives = first.alternatives
    if rng.random() < 0.5:
        alternatives = [random_alternative() for _ in range(rng.randint(1, 2))]
    return first, Device(other, alternatives, rng.choice(["t_2", "t_2", "t_4"]))


count = {True: 0, False: 0}
paths = [os.path.join(folder, "first.yaml"), os.path.join(folder, "second.yaml")]
for number in range(int(rounds)):
    form, how = rng.choice(["files", "compatible", "json", "folders"]), rng.choice(["accepts", "offers"])
    with open(os.path.join(folder, "lists.policy"), "w") as out:
        out.write("language 1; policy p { applies mdev-type driver i915; speaks migration-%s as %s; }" % (form, how))
    pair = random_pair()
    for device, path in zip(pair, paths):
        device.write(form, path)
    for s, t in ((0, 1), (1, 0), (0, 0)):
        p = subprocess.run([tool, "--policies", folder, "match", paths[s], paths[t]], stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, universal_newlines=True)
        want = may(pair[s], pair[t], how, form == "json")
        count[want] += 1
        if p.stdout.split("\n")[0] != ("compatible" if want else "incompatible"):
            print("seed %s, round %d, migration-%s as %s: %s" % (seed, number, form, how, want), p.stdout, p.stderr)
            for i in (s, t):
                print(open(paths[i]).read())
            sys.exit(1)
print("%d compatible, %d not" % (count[True], count[False]))
