# SPDX-License-Identifier: LGPL-2.1-or-later
"""Pairs of subjects with the verdict that the manual gives, facts with their values, and test blocks."""

import legal
from legal import policy


class Case:
    def __init__(self, title, body, target, source, verdict, claims=None, source_body=None, narrowing=()):
        self.title = title
        self.target_policy = body if body.startswith("language") else policy(body)
        if source_body is None or source_body.startswith("language"):
            self.source_policy = source_body
        else:
            self.source_policy = policy(source_body)
        self.target, self.source = target, source
        self.verdict, self.claims, self.narrowing = verdict, claims, list(narrowing)


def s(type_="t", **facts):
    return {"type": type_, "facts": facts}


def gvtg(type_, version="2.1.3", aggregator="1", pv="none", **more):
    side = s(type_, pci_id="0x8086:0x1912", interface=version, pv_mode=pv, aggregator=aggregator, **more)
    return dict(side, driver="i915")


def as_type(side):
    return dict(side, instance=False)


I, V, S = legal.INT, legal.VER, legal.SET
D = "attribute a : int 1..9 from type \"a\" default 3; "
ABS = "attribute a : int from type \"a\" default absent; "
X = legal.DYN
M = "attribute m : mask(8) from type \"m\" order msb; "
YES, NO, UNKNOWN = "compatible", "incompatible", "unknown"
G = legal.GVTG
NARROW = policy("attribute i : int from type \"i\"; refuse { i == 5; }", "policy n narrows p")
NARROW_NO = policy("attribute k : int from type \"k\"; rule r { when k == 1; migratable no; }",
    "policy n narrows p")

CASES = [
    Case("twins", "accept same;", s(), s(), YES), Case("another type", "accept same;", s(), s("u"), NO),
    Case("no rule", "", s(), s(), NO),
    Case("gvtg the same share", G, gvtg("i915-GVTg_V5_4"), gvtg("i915-GVTg_V5_8", aggregator="4"), YES,
         {"aggregator": [2]}),
    Case("gvtg no share", G, gvtg("i915-GVTg_V5_1"), gvtg("i915-GVTg_V5_8", aggregator="3"), NO),
    Case("gvtg beyond the domain", G, gvtg("i915-GVTg_V5_8"), gvtg("i915-GVTg_V5_1", aggregator="2"), NO),
    Case("gvtg same type", G, gvtg("i915-GVTg_V5_8"), gvtg("i915-GVTg_V5_8", aggregator="2"), YES,
         {"aggregator": [2]}),
    Case("gvtg newer source", G, gvtg("i915-GVTg_V5_4"), gvtg("i915-GVTg_V5_4", "2.1.4"), NO),
    Case("gvtg not listed", G, gvtg("i915-GVTg_V5_4", listed="2.1.3-"), gvtg("i915-GVTg_V5_4", "2.1.2"), NO),
    Case("gvtg listed", G, gvtg("i915-GVTg_V5_4", listed="2.0.{2,3},2.1.0-"), gvtg("i915-GVTg_V5_4",
        "2.0.2"), YES),
    Case("gvtg subset", G, gvtg("i915-GVTg_V5_4", pv="none+ppgtt"), gvtg("i915-GVTg_V5_4"), YES),
    Case("gvtg no subset", G, gvtg("i915-GVTg_V5_4"), gvtg("i915-GVTg_V5_4", pv="none+ppgtt"), NO),
    Case("missing", I + "accept same;", s(), s(i="1"), UNKNOWN),
    Case("unreadable in spite of a default", D + "accept same;", s(a="x"), s(a="3"), UNKNOWN),
    Case("outside of the domain", D + "accept same;", s(a="10"), s(a="3"), UNKNOWN),
    Case("default is absent", D + "accept same;", s(), s(a="3"), YES),
    Case("default absent equal", ABS + "accept same;", s(), s(), YES),
    Case("default absent unequal", ABS + "accept same;", s(a="1"), s(), NO),
    Case("absent self", ABS + "accept same but { a <= self; }", s(), s(), YES),
    Case("absent self, a value", ABS + "accept same but { a <= self; }", s(), s(a="1"), NO),
    Case("absent self in arithmetic", ABS + "accept same but { a <= self * 1; }", s(), s(), NO),
    Case("absent local", ABS + "local l : int from type \"l\"; accept same but { a == self.l; }", s(),
        s(), NO),
    Case("spelt default", D + "accept same but { a any; }", s(), s(a="3"), NO,
         source_body="attribute a : int from type \"a\"; accept same;"),
    Case("record leaves the default out", D + "accept same;", s(a="3"), s(a="3"), YES,
         source_body="attribute a : int from type \"a\" default 3; accept same;"),
    Case("undeclared", "accept same;", s(), s(i="1"), NO, source_body=I + "accept same;"),
    Case("undeclared default", "accept same;", s(), s(a="3"), YES, source_body=D + "accept same;"),
    Case("another type at the name", I + "accept same but { i any; }", s(i="1"), s(i="1"), NO,
         source_body="attribute i : string from type \"i\"; accept same;"),
    Case("enum is a string", "attribute i : enum { a, b } from type \"i\"; accept same but { i any; }",
         s(i="a"), s(i="a"), YES, source_body="attribute i : string from type \"i\"; accept same;"),
    Case("domain in accept", "attribute i : enum { a, b } from type \"i\"; accept same but { i any; }",
         s(i="a"), s(i="c"), NO, source_body="attribute i : string from type \"i\"; accept same;"),
    Case("offer any, wrong type", "attribute j : string from type \"j\" default a; accept same but { j "
        "any; }",
         s(j="b"), s(), YES, source_body="attribute j : int from type \"j\" default 1; offer { j any; }"),
    Case("offer present, wrong type", "attribute j : string from type \"j\" default a; accept same but "
        "{ j any; }",
         s(j="b"), s(), NO, source_body="attribute j : int from type \"j\" default 1; offer { j present; }"),
    Case("offer", I + "accept same but { i any; } offer { i >= self; }", s(i="1"), s(i="2"), NO),
    Case("offer holds", I + "accept same but { i any; } offer { i >= self; }", s(i="2"), s(i="1"), YES),
    Case("no offer matches", I + "accept same but { i any; } rule r { when i == 9; offer { i == 8; } }",
        s(i="2"), s(i="1"), YES),
    Case("except", I + "accept same but { i in 1..9 except 3; }", s(i="1"), s(i="3"), NO),
    Case("range end", I + "accept same but { i in 1..9 except 3; }", s(i="1"), s(i="9"), YES),
    Case("absent and in", ABS + "accept same but { a in 1..9 except 3; }", s(a="1"), s(), NO),
    Case("at most", I + "accept same but { i <= self; }", s(i="1"), s(i="1"), YES),
    Case("refuse", I + "accept same but { i any; } refuse { i == 3; }", s(i="1"), s(i="3"), NO),
    Case("division", I + "accept same but { i == self / 2; }", s(i="7"), s(i="3"), NO),
    Case("negative division", I + "accept same but { i == self / 2; }", s(i="-8"), s(i="-4"), YES),
    Case("overflow", I + "accept same but { i <= self * 2; }", s(i=str(2 ** 62)), s(i="1"), NO),
    Case("not-newer", V + "accept same but { v not-newer self; }", s(v="2.1.3"), s(v="2.1.9"), YES),
    Case("not-newer above", V + "accept same but { v not-newer self; }", s(v="2.1.3"), s(v="2.2"), NO),
    Case("not-newer offer", V + "accept same but { v any; } offer { v not-newer self; }", s(v="2.2"),
        s(v="2.1"), YES),
    Case("not-newer major", V + "accept same but { v not-newer self; }", s(v="3.1.3"), s(v="2.1.1"), NO),
    Case("superset", S + "accept same but { s superset self; }", s(s="a"), s(s="a b"), YES),
    Case("disjoint", S + "accept same but { s disjoint self; }", s(s="a"), s(s="a b"), NO),
    Case("migratable no as target", "accept same; migratable no;", s(), s(), NO),
    Case("migratable no as source", I + "accept same but { i any; } rule r { when i == 1; migratable no; }",
         s(i="2"), s(i="1"), NO),
    Case("conditions all", I + S + "rule r { when i == 1; when s == { a }; accept same; }",
         s(i="1", s="b"), s(i="1", s="b"), NO),
    Case("condition *", "rule r { when type == ab*; accept same; }", s("abc"), s("abc"), YES),
    Case("combinations", "accept same but { type == a{n: 1, 2}; }", s("b"), s("a2"), YES),
    Case("dynamic may differ", X + "accept same;", s(x="1"), s(x="4"), YES, {"x": [4]}),
    Case("claim of the default", X + "accept same;", s(x="4"), s(), YES, {"x": [1]}),
    Case("named, not claimed", X + "accept same but { x >= 2; }", s(x="1"), s(x="4"), YES, {}),
    Case("claim beyond", X + "accept same but { claim x = source.x * 4; }", s(x="1"), s(x="4"), NO),
    Case("two blocks, one claims", X + "accept same but { x any; } accept same;", s(x="1"), s(x="4"), YES,
        {"x": [4]}),
    Case("a type has the default", X + "rule r { when x == 1; accept same; }", as_type(s(x="4")),
         as_type(s(x="4")), YES, {"x": [1]}),
    Case("msb", M + "accept same but { m in { 0, 7 }; }", s(m="00"), s(m="81"), YES),
    Case("msb first", M + "accept same but { m == { 0 }; }", s(m="00"), s(m="80"), YES),
    Case("narrowed", I + "accept same but { i any; }", s(i="1"), s(i="5"), NO, narrowing=[NARROW]),
    Case("narrowed elsewhere", I + "accept same but { i any; }", s(i="1"), s(i="4"), YES, narrowing=[NARROW]),
    Case("narrowed by no", I + "accept same;", s(i="1", k="1"), s(i="1"), NO, narrowing=[NARROW_NO]),
    Case("narrowed, a fact missing", I + "accept same;", s(i="1"), s(i="1"), UNKNOWN, narrowing=[NARROW_NO]),
    Case("kind", "language 1; policy p { applies mdev-type driver d; applies vfio-device driver d; "
         "accept same but { type any; } }", s(), dict(s(None), kind="vfio"), NO),
    Case("a vfio device has no type directory", "language 1; policy p { applies vfio-device driver d; "
         "attribute a : int from type \"a\" default absent; accept same; }", dict(s(None), kind="vfio"),
         dict(s(None), kind="vfio"), UNKNOWN),
    Case("a const with except and *", "const c = a*, b except ab*; rule r { when type in c except ax; "
         "accept same but { type any; } }", s("ac"), s("q"), YES),
    Case("a const with except and *, taken away", "const c = a*, b except ab*; rule r { when type in c "
         "except ax; accept same but { type any; } }", s("abc"), s("q"), NO),
    Case("- behind a hole", I + "accept same but { type == a{n: 9}; i == {n}-self; }", s(i="4"),
         s("a9", i="5"), YES),
    Case("text behind a hole", "accept same but { type in {n: 1}-x:{n}; }", s(), s("1-x:1"), YES),
    Case("key twice", "attribute i : int key \"k\" from type \"i\"; accept same;", s(i="k:1\nk:2"),
        s(i="k=1"), UNKNOWN),
    Case("fields", "attribute f : set from type \"f\" field 2 of \":\"; accept same;", s(f="a:x b:y"),
         s(f="c:y a:x"), YES),
    Case("self.NAME", I + "attribute j : int from type \"j\"; accept same but { i == self.j; j any; }",
         s(i="1", j="2"), s(i="2", j="0"), YES),
]

A = " from type \"a\""
FACTS = [
    ("decimal", "int" + A, "-007", "-7"), ("blank", "int" + A, " 7", "unreadable-fact"),
    ("empty int", "int" + A, "", "unreadable-fact"), ("empty string", "string" + A, "", ""),
    ("empty set", "set" + A, "", ""), ("hex", "int hex" + A, "0x1F", "31"), ("hex without", "int hex" + A,
        "1f", "31"),
    ("size", "int size" + A, "4KiB", "4096"), ("too large", "int" + A, str(2 ** 63), "unreadable-fact"),
    ("bool", "bool" + A, "oN", "yes"), ("pci", "pci-id from parent \"vendor\" \"device\"",
        "0x10DE:0x1eb8", "10de:1eb8"),
    ("version", "version(3)" + A, "535.54", "535.54.0"), ("long version", "version(2)" + A, "1.2.3",
        "unreadable-fact"),
    ("set", "set" + A, "b a\n\tb", "a,b"), ("separator", "set separator \"+\"" + A, " b +a++b", "a,b"),
    ("field", "set field 2 of \":\"" + A, "x:b y:a z:", "a,b"), ("few fields", "set field 2 of \":\"" + A,
        "x", "unreadable-fact"),
    ("set outside", "set { a }" + A, "b", "unreadable-fact"), ("enum outside", "enum { a }" + A, "b",
        "unreadable-fact"),
    ("mask", "mask(40)" + A, "ff,00000001", "ff00000001"), ("mask first group", "mask(40)" + A,
        "000000000,00000001", "unreadable-fact"),
    ("mask group", "mask(40)" + A, "ff,0001",
        "unreadable-fact"),
    ("mask beyond", "mask(5)" + A, "20", "unreadable-fact"), ("mask bits", "mask(5) format bits" + A,
        "10010", "12"),
    ("mask msb bits", "mask(5) format bits order msb" + A, "10010", "9"), ("mask msb",
        "mask(8) order msb" + A, "0xc0", "3"),
    ("mask msb digits", "mask(8) order msb" + A, "c", "unreadable-fact"), ("long", "string" + A,
        "x" * 4097, "unreadable-fact"),
    ("4096", "string" + A, "x" * 4096, "x" * 4096), ("tab", "string" + A, "a\tb", "unreadable-fact"),
    ("missing", "int" + A, Ellipsis, "missing-fact"), ("not read", "int" + A, None, "unreadable-fact"),
    ("key", "int key \"k\"" + A, "j: 1, k : 2\nl=3", "2"), ("no key", "int key \"k\"" + A, "j: 1",
        "missing-fact"),
    ("tabs between items", "string key \"k\"" + A, "\tj: 1,\tk: 2\t\n", "2"),
    ("a tab in another item", "string key \"k\"" + A, "j\tj: 1\nk: 2", "2"),
    ("a tab in a set's item", "set key \"k\"" + A, "j\tj: 1\nk: a\tb", "a,b"),
    ("items with neither", "int key \"k\"" + A, "k\nk=2", "2"), ("0X", "int hex" + A, "-0X0a", "-10"),
    ("key of nothing", "string key \"k\"" + A, "k=", ""), ("default", "int default 3" + A, Ellipsis, None),
    ("equal to the default", "int default 3" + A, "3", None), ("default absent", "int default absent" + A,
        Ellipsis, None),
]

IN_FILE = [
    ("nvidia", legal.VGPU_TESTS, ["incompatible", "compatible", "unknown", "incompatible", "unknown"]),
    ("speaks", legal.VENDOR.replace("}", "test \"a\" { target { type t; } source { type u; } "
        "expect compatible; } }"), ["compatible"]),
    ("speaks, and refuses", legal.VENDOR.replace("}", "refuse { type == u; } test \"a\" { target { type t; } "
        "source { type u; } expect incompatible; } }"), ["incompatible"]),
    ("narrows", legal.NIGHT, ["incompatible", "compatible"]),
    ("source takes the target's", policy(X + "local l : int from type \"l\"; accept same but { x == "
        "self.l; } test \"t\" "
     "{ target { type t; x 3; l 3; } source { } expect compatible; }"), ["compatible"]),
]

CLAIM_HEAD = X + V
Y = "attribute y : int 0..9 from device \"y\" default 0 dynamic; "
Z = "attribute s : set from type \"s\" default absent; "
CONFLICTS = [
    (False, "accept same; accept same but { type any; }"),
    (True, "accept same; accept same but { type any; claim x = source.x * 2; }"),
    (False, "accept same but { type == a; claim x = source.x * 2; } accept same but { type == b; }"),
    (False, "rule a { when v in 2.*; accept same; } rule b { when v in 3.*; accept same but { claim x = "
        "3; } }"),
    (True, "rule a { when v in 2.*; accept same; } rule b { when v <= 2.5.0; accept same but { claim x "
        "= 3; } }"),
    (False, "accept same; accept same but { claim x = source.x * 1; }"),
    (False, "accept same; accept same but { x == 3; claim x = 3; }"),
    (False, "accept same but { type == a{n: 1, 2}; claim x = source.x * {n}; }"),
    (True, "accept same but { type in a{n: 1, 2}, b; claim x = source.x * {n}; }"),
    (True, "accept same but { type == a; claim x = 3; } accept same but { type in b, a; }"),
    (False, "rule a { when type == a*; accept same; } rule b { when type == b; accept same but { type any; "
        "claim x = 3; } }"),
    (True, "rule a { when type == a*; accept same; } rule b { when type == b*; accept same but { claim x "
        "= 3; } }"),
    (False, "rule a { when type == a1; accept same; } rule b { accept same but { type == b; claim x = 3; "
        "} }"),
    (False, "rule a { when v absent; accept same; } rule b { when v present; accept same but { claim x = "
        "3; } }"),
    (True, "accept same but { v <= self; } accept same but { v >= self; claim x = 3; }"),
    (True, "refuse { type any; } accept same; accept same but { claim x = 3; }"),
    (True, Y + "accept same but { claim x = source.y; } accept same;"),
    (False, Y + "accept same but { claim x = source.y; } accept same but { x any; }"),
    (False, "accept same but { claim x = source.x; } accept same;"),
    (False, "accept same but { x in 1..4; claim x = source.x * 2; } accept same but { x >= 5; claim x; }"),
    (True, "accept same but { x in 1..4; claim x = source.x * 2; } accept same but { x >= 4; claim x; }"),
    (False, "accept same but { x >= 5; claim x = source.x * 2; } accept same;"),
    (True, Z + "accept same but { s == { a }; claim x = 3; } accept same but { s == { b }; }"),
    (False, Z + "accept same but { s == { a }; claim x = 3; } accept same but { s absent; }"),
    (False, "accept same but { type == a{n: 1, 2}; x == {n} * 2; claim x = {n} * 2; } accept same but { "
        "type == b{k: 1, 2}; claim x = {k}; }"),
    (False, "accept same but { x == {n} * 2; type in a{n: 1, 2}, a; claim x = {n} * 2; }"),
    (True, "accept same but { x == {n} * 2; type in a{n: 1, 2}, a; claim x = {n} + {k}; v any; "
        "type in c{k: 0, 1}, a; }"),
    (False, "accept same but { x == {n} / 2; type in a{n: 3, 5}, a; claim x = {n}; }"),
    (False, "accept same but { type in b, c except b; claim x = 3; } accept same but { type == b; }"),
    (True, "accept same but { type in a{n: 1, 2}, b except a{n}; claim x = 3; } accept same but { type == "
        "a1; }"),
    (True, "rule a { when kind == mdev; accept same; } rule b { when driver == d; accept same but { claim "
        "x = 3; "
        "} }"),
    (True, "accept same; accept same but { v == self; claim x = 3; }"),
]
