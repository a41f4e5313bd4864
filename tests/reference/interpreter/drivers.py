# SPDX-License-Identifier: LGPL-2.1-or-later
"""Random files of drivers, and random policies that speak; all drawn from one random.Random.

Texts come from small pools, so that many pairs of subjects are compatible.  Some are malformed, missing,
unreadable, doubled or oddly spelt.  DOUBTFUL adds what the manual leaves open (off by default).
"""

import drivers_forms
import drivers_info

DOUBTFUL = False
TYPES = ("v-1", "v-2", "v-4")
INTERFACES = ("interface-version", "type-attributes", "cross-type-attributes", "migration-compatible",
              "migration-files", "migration-folders", "migration-json", "migration-info", "ccw-attributes",
              "migration-version")
LISTS = ("migration-compatible", "migration-files", "migration-folders", "migration-json")
TYPE_ONLY = ("type-attributes", "cross-type-attributes", "migration-info")


def one(rng, *weighted):
    """One of (weight, value)."""
    at = rng.randrange(sum(weight for weight, _ in weighted))
    for weight, value in weighted:
        at -= weight
        if at < 0:
            return value
    raise AssertionError


def ended(rng, text):
    """A text as a file has it: mostly with a newline at its end."""
    return text + "\n" if rng.random() < 0.8 else text


# --- the interfaces with plain files: name -> text ----------------------------------------------------

VERSION_WRONG = ("v2", "2..1", "2.1.3.4", "4294967295.0.0", "", " 2.1", "2.1 ", "2.1.3\n", "2.1.x", "-2.1",
                 "2.1-",
                 "2.1\t", "0x2.1.1", "2.1.")
VERSION_ODD = ("2", "02.1.003", "2.0", "2.1.4294967294", "0.0.0")
STRING_ODD = ("vfio", "VFIO-PCI", "vfio-platform", "vfio-amba", "", " vfio-pci", "vfio-pci ", "a b",
              "vfio-pci\t", "vfio\xe9", "vfio-pci\n", "x" * 4097,
              "x" * 4095)


def interface_version(rng, _as):
    version = one(rng, (4, "2.1.3"), (3, "2.1"), (3, "2.0.3"), (2, "2.0.2"), (2, "2.2.0"), (1, "2.0.7"),
                  (1, "3.0.0"), (1, "1.9.9"))
    listed = one(rng, (4, "2.0.2-2.0.4,2.1.0-"), (2, "2.0.{2,3,4}, 2.1-"), (2, "*"), (2, "2.0+"), (1,
        "2.0.*"),
                 (1, "2.1.0-"), (1, "2.1.0- except 2.1.3"), (1, "[2.0.2,2.2.0)"), (1, "2.<0,1>.*"),
                 (1, "[2.0.0,2.0.4) [2.1.0,3.0.0)"), (1, "2.0.2..2.1.3"), (1, "none"), (1, ""), (1,
                     "2.0.<2..>,2.2+"))
    if rng.random() < 0.04:
        version = rng.choice(VERSION_WRONG + VERSION_ODD)
    if rng.random() < 0.05:
        listed = rng.choice(("2.1", "2.0-2.4", "2.1.0-,", "2.0.<>", "2.0.<4..2>", "1.2.3.4", "2.<0,1>",
                             "[2.0.0,2.0.0)", "2.1.0-\t", "2.1.0-\n", "x", "\xe9", "2.1.3," * 70 + "2.1.3",
                             "[2.1.0,2.0.0)", "2.0.4-2.0.2"))
    if DOUBTFUL and rng.random() < 0.1:
        listed = rng.choice((" ", "everything", "nothing", "none,2.1+", "<1,2>.*", "[2.0.0,*)",
                             "[2.0.0,2.0.3),[2.1.0,3.0.0)", " 2.1.0- ", "2.1.0- , 2.0.*", "* except 2.1.3",
                             "[2.1.0,3.0.0) [2.0.0,2.0.3)"))
    return {"interface_version": version, "interface_version_compatible": listed}


def type_attributes(rng, cross):
    """The type's files; those of the instance are added by instance_files."""
    files = {"device_api": one(rng, (48, "vfio-pci"), (1, "vfio-ccw"), (1, "vfio-ap")),
             "software_version": one(rng, (9, "2.1.1"), (9, "2.1"), (3, "2.0.9"), (1, "2.2.0"), (1, "1.9.9"))}
    if rng.random() < 0.97:
        files["compatible_pci_ids"] = one(rng, (12, "8086:591d, 8086:1912"), (3, "8086:1912"), (1, ""),
                                          (9, "8086:1912\n8086:591d"), (1, "8086:1913"), (1,
                                              "8086:1912,8086:1912"))
    if rng.random() < 0.03:
        files[rng.choice(("compatible_chips", "compatible_b.c", "compatible_"))] = rng.choice(("", "a",
            "a b"))
    dynamic = one(rng, (1, None), (28, "x"), (1, "x, sub/fps"), (1, ""))
    if dynamic is not None:
        files["dynamic_resources"] = dynamic
    if cross or rng.random() < 0.2:
        if rng.random() < 0.85:
            files["compatible_type"] = one(rng, (12, "v-1,v-2,v-4"), (4, "v-1 v-2"), (2, "v-2,\tv-4"), (2,
                ""),
                                           (1, "v-1\nv-2"))
    if rng.random() < 0.03:
        files["device_api"] = rng.choice(STRING_ODD)
    if rng.random() < 0.04:
        files["software_version"] = rng.choice(VERSION_WRONG + VERSION_ODD)
    if rng.random() < 0.04:
        name, text = rng.choice((
            ("compatible_pci_ids", "8086:1912\xe9"), ("compatible_pci_ids", "a\rb"), ("compatible_a+b", "a"),
            ("compatible_" + "x" * 60, "a"), ("compatible_a b", "a"), ("compatible_x/y", "a"),
            ("compatible_" + "x" * 53, "a"), ("compatible_Type", "b")))
        files[name] = text
    if rng.random() < 0.03:
        files["dynamic_resources"] = rng.choice(("../x", "x/", "/x", ".x", "x y/x", "sub/device_api",
                                                 "available_instances", "config", "resource0",
                                                 "a/devices", "x/type", "kind", "x+y", "compatible_pci_ids",
                                                 "a//x", "o"))
    if DOUBTFUL and rng.random() < 0.1:
        files["dynamic_resources"] = rng.choice(("x x", "x,,x"))
    return files


def instance_files(rng, files):
    """The files of an instance that dynamic_resources names."""
    found = {}
    for path in (files.get("dynamic_resources") or "").replace(",", " ").split():
        if path.startswith(("/", ".")) or path.endswith("/") or path in found:
            continue
        if rng.random() < 0.98:
            found[path] = one(rng, (4, "1"), (3, "2"), (2, "a b"), (1, ""))
        if rng.random() < 0.02:
            found[path] = rng.choice(("a\tb", None, "1\n\n", "\x00"))
    return found


def ccw_attributes(rng, _as):
    files = {"software_version": one(rng, (9, "1.1.0"), (9, "1.1.7"), (3, "1.0.0"), (1, "1.2"), (1, "2.0.0")),
             "subchannel_type": one(rng, (18, "0"), (1, "3"), (3, "-0"), (1, "00"))}
    if rng.random() < 0.97:
        files["chpid_type"] = one(rng, (14, "0x1a"), (10, "1A"), (6, "1a"), (5, "001a"), (1, "0x1b"), (1,
            "10"), (1, "0x10"))
    if rng.random() < 0.05:
        files["type"] = one(rng, (9, "3390"), (1, "3380"), (1, ""))
    if rng.random() < 0.04:
        files["software_version"] = rng.choice(VERSION_WRONG + VERSION_ODD)
    if rng.random() < 0.04:
        files["subchannel_type"] = rng.choice(("", "+0", "0x0", "9223372036854775807",
                                               "9223372036854775808", "0 ", "a",
                                               "-9223372036854775808", "1,0", "0.0"))
    if rng.random() < 0.04:
        files["chpid_type"] = rng.choice(("", "0x", "0x1g", "-0x1a", "0x-1a", " 1a", "1a\n",
                                          "ffffffffffffffff",
                                          "7fffffffffffffff"))
    if rng.random() < 0.03:
        files["type"] = rng.choice(("3390\t", "33\x80", "3390\n", "a b"))
    return files


def migration_version(rng, _as):
    return {"migration_version": one(rng, (8, "i915-GVTg_V5_4 0x1"), (1, ""), (1, "a\tb"), (1, "\xe9"), (1,
        "a\n"))}


def plain(rng, interface, as_, instance):
    """The files of the interface's folder, and those of the instance."""
    if interface == "interface-version":
        return interface_version(rng, as_), {}
    if interface in ("type-attributes", "cross-type-attributes"):
        files = type_attributes(rng, interface == "cross-type-attributes")
        return files, instance_files(rng, files) if instance else {}
    if interface == "ccw-attributes":
        return ccw_attributes(rng, as_), {}
    if interface == "migration-version":
        return migration_version(rng, as_), {}
    if interface == "migration-info":
        return drivers_info.files(rng, instance, DOUBTFUL)
    return drivers_forms.files(rng, interface, DOUBTFUL), {}


FIRST = {"interface-version": "interface_version", "ccw-attributes": "software_version",
         "migration-compatible": "migration_compatible", "migration-json": "migration_compatible",
         "migration-version": "migration_version"}


def random_files(rng, interface, as_, kind, instance):
    """(WHERE, PATH) -> text, or None for a file that cannot be read."""
    instance = instance or kind != "mdev"
    files, own = plain(rng, interface, as_, instance)
    damage = rng.random()
    if damage < 0.02 and files:
        files[rng.choice(sorted(files))] = None
    elif damage < 0.04 and files:
        del files[rng.choice(sorted(files))]
    elif damage < 0.045 and files:
        name = rng.choice(sorted(files))
        if not any(other.startswith(name + "/") for other in files):
            del files[name]
            files[name + "/y"] = "1"
    elif damage < 0.05 and files:
        files[rng.choice(sorted(files))] = "1" * 4097
    home = "type"
    if kind != "mdev" or (interface not in TYPE_ONLY and instance and rng.random() < 0.25):
        home = "device"
    found = {(home, path): text if text is None else ended(rng, text) for path, text in files.items()}
    for path, text in own.items():
        found["device", path] = text if text is None else ended(rng, text)
    if rng.random() < 0.08:
        _other_folder(rng, interface, as_, home, found)
    return found


def _other_folder(rng, interface, as_, home, found):
    """Files of the same interface in the other folder too, all of them or one."""
    files, _ = plain(rng, interface, as_, False)
    other = "device" if home == "type" else "type"
    names = sorted(files)
    if rng.random() < 0.5 and names:
        names = [rng.choice(names)]
    for path in names:
        taken = any(at == other and (path.startswith(one_ + "/") or one_.startswith(path + "/"))
                    for at, one_ in found)
        if not taken:
            found.setdefault((other, path), files[path])


# --- policies -----------------------------------------------------------------------------------------

OWN = (
    ("o", 'attribute o : int 0..9 from parent "o" default 0;'),
    ("s", 'attribute s : string from site "s" default absent;'),
    ("f", 'attribute f : set from parent "f" default { };'),
    ("y", 'attribute y : int 1..8 from device "y" default 1 dynamic;'),
    ("w", 'attribute w : version(3) from parent "w" default 1.0.0;'),
)
# interface -> a name, and the file of the driver that a policy may set as well
COPIED = {"type-attributes": ("z", "x"), "cross-type-attributes": ("z", "x"),
          "migration-info": ("q", "migration/queues")}
SAME_NAME = ('attribute x : string from site "x" default absent;',
             'attribute a : string from site "a" default absent;',
             'attribute queues : int from site "queues" default 0;')
CLAUSES = {
    "o": ("o any;", "o <= self;", "o in 0..2;", "o == self;", "o in 0, 1, 2, 3 except 2;"),
    "s": ("s any;", "s == self;", "s in a, b;", "s absent;"),
    "f": ("f any;", "f subset self;", "f disjoint { c };"),
    "y": ("y any;", "y in 1..4;", "claim y;", "y <= self; claim y;"),
    "w": ("w not-newer self;", "w any;", "w in 1+;"),
    "type": ("type any;", "type any;", "type in v-1, v-2;", "type == v-{n: 1, 2, 4};", "type == self;"),
    "kind": ("kind any;", "kind == self;"),
}
AGAINST = {"o": ("o == 3;", "o >= 2;"), "s": ("s present;", "s == b;"), "f": ("f superset { c };",),
           "y": ("y == 7;",), "w": ("w in 2+;",), "type": ("type == v-4;",), "kind": ("kind == vfio;",)}
FOR = {"o": ("o <= 2;", "o in 0, 1;"), "s": ("s absent;", "s any;"), "f": ("f subset { a, b };",),
       "y": ("y in 1..4;",), "w": ("w >= self;",), "type": ("type in v-1, v-2;", "type == self;"),
       "kind": ("kind == self;",)}
WHEN = {"o": ("o == 3;", "o in 0..1;"), "s": ("s absent;", "s in a*;"), "f": ("f superset { a };",),
        "y": ("y >= 1;",),
        "w": ("w in 1+;",), "type": ("type == v-{k: 1, 2};", "type in v-*;"), "kind": ("kind == mdev;",)}


def _some(rng, names, pool, most):
    """Clauses about some of the names."""
    chosen = rng.sample(names, min(len(names), rng.randint(1, most)))
    return " ".join(rng.choice(pool[name]) for name in chosen)


def _accept(rng, names):
    if rng.random() < 0.2:
        return "accept same;"
    return "accept same but { %s }" % _some(rng, names, CLAUSES, 3)


def _rules(rng, names):
    found = []
    if rng.random() < 0.4:
        for _ in range(one(rng, (5, 1), (2, 2), (1, 3))):
            block = _accept(rng, names)
            if rng.random() < 0.25:
                block = "rule a%d { when %s %s }" % (len(found), _some(rng, names, WHEN, 1), block)
            found.append(block)
    if rng.random() < 0.2:
        found.append("refuse { %s }" % _some(rng, names, AGAINST, 2))
    if rng.random() < 0.2:
        block = "offer { %s }" % _some(rng, names, FOR, 2)
        if rng.random() < 0.3:
            block = "rule o { when %s %s }" % (_some(rng, names, WHEN, 1), block)
        found.append(block)
    if rng.random() < 0.08:
        found.append(one(rng, (1, "migratable no;"),
                         (2, "rule no { when %s migratable no; }" % _some(rng, names, AGAINST, 1))))
    rng.shuffle(found)
    return found


def random_speaks(rng):
    """An interface and as what."""
    interface = rng.choice(INTERFACES[:-1]) if rng.random() < 0.98 else INTERFACES[-1]
    as_ = None
    if interface in LISTS:
        as_ = rng.choice(("accepts", "accepts", "offers"))
    elif interface == "interface-version":
        as_ = rng.choice((None, "accepts", "offers"))
    return interface, as_


def policy_text(rng, interface, as_):
    """A policy that speaks so."""
    names, lines = ["type", "kind"], []
    if interface != "migration-version":
        for name, text in OWN:
            if rng.random() < 0.35:
                names.append(name)
                lines.append(text)
        if rng.random() < 0.04:
            lines.append(rng.choice(SAME_NAME))
        if interface in COPIED and rng.random() < 0.06:
            name, path = COPIED[interface]
            lines.append('attribute %s : int 1..9 from device "%s" default 1 dynamic;' % (name, path))
            lines.append("accept same but { type any; claim %s%s; }" % (
                name, rng.choice(("", " = source.%s * 2" % name, " = source.%s" % name, " = 3"))))
        else:
            lines += _rules(rng, names)
    elif rng.random() < 0.2:
        lines.append("migratable no;")
    lines += ["speaks %s%s;" % (interface, " as " + as_ if as_ else ""), "applies mdev-type driver d;",
              "applies vfio-device driver d;"]
    rng.shuffle(lines)
    return "language 1;\npolicy p {\n    %s\n}\n" % "\n    ".join(lines)


def random_policy(rng):
    """(text, interface, as_)."""
    interface, as_ = random_speaks(rng)
    return policy_text(rng, interface, as_), interface, as_


def random_facts(rng, kind, instance):
    """Facts for the policies' own attributes, by name."""
    pools = {"o": ((12, "1"), (6, "2"), (3, "3"), (3, "0"), (1, "ten")),
             "s": ((4, "a"), (2, "b"), (1, "a c")),
             "f": ((4, "a b"), (3, "a"), (1, "c")), "w": ((4, "1.1.0"), (2, "1.2"), (1, "2.0.0")),
             "x": ((1, "1"),), "a": ((1, "1"),), "queues": ((1, "0"),)}
    if instance or kind != "mdev":
        pools["y"] = ((4, "2"), (2, "5"), (1, "7"))
    return {name: ended(rng, one(rng, *pool)).rstrip("\n") for name, pool in sorted(pools.items())
            if rng.random() < 0.6}


def random_subject(rng, interface, as_):
    """kind, type, instance, facts, files of a subject in the scope of the driver d."""
    kind = one(rng, (9, "mdev"), (1, "vfio"))
    instance = kind != "mdev" or rng.random() < 0.85
    type_ = one(rng, (7, "v-1"), (2, "v-2"), (1, "v-4")) if kind == "mdev" else None
    facts = random_facts(rng, kind, instance)
    files = random_files(rng, interface, as_, kind, instance)
    return kind, type_, instance, copied_facts(interface, facts, files), files


def copied_facts(interface, facts, files):
    """The facts, with that of a policy's attribute that is in a file of the driver."""
    name, path = COPIED.get(interface, ("", ""))
    facts = {key: text for key, text in facts.items() if key != name}
    if ("device", path) in files:
        text = files["device", path]
        facts[name] = text[:-1] if text is not None and text.endswith("\n") else text
    elif path and any(where == "device" and other.startswith(path + "/") for where, other in files):
        facts[name] = None
    return facts


def random_like(rng, interface, as_, first):
    """A subject that is often like the first but for its files."""
    kind, type_, instance, facts, files = random_subject(rng, interface, as_)
    if rng.random() < 0.8:
        facts = first[3]
    if kind != first[0] and rng.random() < 0.9:
        kind, type_, instance, facts = first[:4]
        files = random_files(rng, interface, as_, kind, instance)
    elif rng.random() < 0.5:
        type_ = first[1] if kind == first[0] else type_
    return kind, type_, instance, copied_facts(interface, facts, files), files


def random_pair(rng, interface, as_):
    first = random_subject(rng, interface, as_)
    return first, random_like(rng, interface, as_, first)


def rates(count=400, seed=1):
    """Of each interface: how often an mdev is compatible with another, and how often there is a problem."""
    import random
    from reference import Policy, Side, judge
    for interface in INTERFACES:
        for as_ in ("accepts", "offers") if interface in LISTS else (None,):
            rng = random.Random(seed)
            policy = Policy("language 1; policy p { applies mdev-type driver d; speaks %s%s; }"
                            % (interface, " as " + as_ if as_ else ""))
            sides = [Side(policy, [], "mdev", "d", "v-1", True, {}, random_files(rng, interface, as_,
                "mdev", True))
                     for _ in range(2 * count)]
            verdicts = [judge(*pair)[0] for pair in zip(sides[::2], sides[1::2])]
            print("%-24s %-8s compatible %3d %%, with a problem %3d %%" % (
                interface, as_ or "", 100 * verdicts.count("compatible") // count,
                100 * sum(bool(side.problems) for side in sides) // len(sides)))


if __name__ == "__main__":
    rates()
