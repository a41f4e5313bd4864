# SPDX-License-Identifier: LGPL-2.1-or-later
"""Texts that are policies, and texts that the manual says are none, for tests.py."""


def policy(body, head="policy p", applies="applies mdev-type driver d;"):
    return "language 1;\n%s {\n%s\n%s\n}\n" % (head, applies, body)


MTTY = """language 1;
policy mtty {
    applies mdev-type driver mtty;
    accept same;
}
"""
VGPU = """language 1;

policy nvidia-vgpu revision 2 {
    vendor  "NVIDIA";
    applies mdev-type driver nvidia;

    attribute profile : string     from type   "name";
    attribute board   : pci-id     from parent "vendor" "device";
    attribute manager : version(3) from module "nvidia" "version";
    attribute ecc     : bool       from site   "nvidia.ecc";

    const R17 = 550.*;
    const R16 = 535.*;

    accept same but { type any; }    # numbers differ between releases

    rule window {
        when manager in R17;
        accept same but { type any; manager in R16, R17; manager <= self; }
    }
    rule known-bad { when manager in 550.54.<14,15>; migratable no; }
%s}
"""
DOWNGRADE = """
    test "downgrade is refused" {
        target { type nvidia-471; profile "GRID T4-2Q"; board 10de:1eb8; manager 550.54.10; ecc yes; }
        source { manager 550.90.07; }
        expect incompatible because manager;
    }
    test "an older one" {
        source { manager 535.1.1; type nvidia-9; }
        target { type nvidia-471; profile "GRID T4-2Q"; board 10de:1eb8; manager 550.54.10; ecc yes; }
        expect compatible;
    }
    test "a missing fact" { target { type nvidia-471; } source { } expect unknown because profile; }
    test "known bad" {
        target { profile x; board 0x10DE:0x1eb8; manager 550.54.14; ecc ON; } source { manager 550.54.10; }
        expect incompatible because manager;
    }
    test "no scope" {
        target { kind vfio; profile x; board 10de:1eb8; manager 550.54.14; ecc 1; } source { } expect unknown;
    }
"""
VGPU_TESTS = VGPU % DOWNGRADE
VGPU = VGPU % ""
NIGHT = """language 1;
policy no-535-at-night narrows nvidia-vgpu {
    applies mdev-type driver nvidia;
    attribute manager : version(3) from module "nvidia" "version";
    refuse { manager in 535.161.*; }
    test "night" { target { manager 535.161.1; } source { } expect incompatible because manager; }
    test "day" { target { manager 535.162.1; } source { } expect compatible; }
}
"""
VENDOR = """language 1;
policy vendor { applies mdev-type driver vendor; speaks interface-version; }
"""
GVTG = """language 1;

policy intel-gvtg {
    applies mdev-type driver i915;

    attribute pci_id     : pci-id     from parent "vendor" "device";
    attribute interface  : version(3) from type   "interface_version";
    attribute pv_mode    : set { "none", ppgtt, context } from type "pv_mode" separator "+"
                           default { "none" };
    attribute aggregator : int 1..8   from device "intel_vgpu/aggregator" default 1 dynamic;
    local     listed     : versions(3) from type  "interface_version_compatible" default *;

    rule v5 {
        when type == i915-GVTg_V5_{m: 1, 2, 4, 8};             # binds m from the subject itself
        accept same but {
            type == i915-GVTg_V5_{n: 1, 2, 4, 8};
            claim aggregator = source.aggregator * {m} / {n};  # the same share of the GPU
            interface in 2.0.<2,3,4>, 2.1+;
            interface <= self;                                 # never a newer source
            interface in self.listed;                          # and what the driver lists
            pv_mode   subset self;
        }
    }
}
"""
INT = "attribute i : int from type \"i\"; "
HEX = "attribute h : int hex from type \"h\" default 0; "
DYN = "attribute x : int 1..8 from device \"x\" default 1 dynamic; "
SET = "attribute s : set { a, b, c } from type \"s\"; "
VER = "attribute v : version(3) from type \"v\"; "
STR = "attribute t : string from type \"t\"; "
MASK = "attribute m : mask(8) from type \"m\"; "
LOC = "local l : int from type \"l\"; "

LEGAL = [
    ("mtty", MTTY), ("nvidia-vgpu", VGPU), ("with tests", VGPU_TESTS), ("narrows", NIGHT), ("speaks", VENDOR),
    ("intel-gvtg", GVTG),
    ("no rules", policy("")), ("empty rule", policy("rule r { }")),
    ("fallback", policy("", "policy p revision 3 fallback")),
    ("names that are words", policy("attribute vendor : string from type \"a\"; "
                                    "attribute accept : string from type \"b\"; accept same but { "
                                        "accept any; }")),
    ("use before declaration", policy("accept same but { i == 3; } " + INT)),
    ("options in any order", policy("attribute i : int default 0x1f hex 0..ff key \"K\" from type \"i\";")),
    ("size", policy("attribute i : int 1K..4GiB size from type \"i\" default 4MB;")),
    ("const", policy(INT + "const c = 3, 4..5; const one = 7; accept same but { i in c, 9 except 4; i "
        ">= one; }")),
    ("const for two types", policy(INT + STR + "const c = 3; accept same but { i == c; t == c; }")),
    ("set clauses", policy(SET + "accept same but { s subset { a }; s superset self; s disjoint { }; "
                           "s in { a }, { b, c }; }")),
    ("mask clauses", policy(MASK + "accept same but { m subset ff; m superset { 0, 3..5 }; m in 0x0f, { "
        "}; }")),
    ("arithmetic", policy(INT + "accept same but { i <= self*2 + 1; i >= (self - 4) / 2; i == -3; }")),
    ("hex integers", policy(HEX + "accept same but { h <= self * 0x10; h >= self / 2; h == ff; }")),
    ("templates", policy(STR + "accept same but { t == a{n: 1, 2}_x{n}; type in {n}b, \"x\", c{k: 3}; }")),
    ("condition with *", policy("rule r { when type in abc-*, d except abc-x*; accept same; }")),
    ("local list", policy(VER + "local l : versions(3) from type \"l\"; accept same but { v in self.l; }")),
    ("vfio", policy("attribute a : string from device \"a\"; accept same;",
                    applies="applies vfio-device driver v, w type from device \"model\";")),
    ("claim copy", policy(DYN + "accept same but { claim x; x in 2..4; }")),
    ("not-newer", policy(VER + "accept same but { v not-newer self; }")),
    ("speaks as", policy("speaks migration-files as accepts;")),
    ("revision behind fallback, with zeros", policy("", "policy p fallback revision 004294967295")),
    ("revision behind narrows", policy("", "policy p narrows q revision 1")),
    ("language 01", policy("").replace("language 1", "language 01")),
    ("no blank in a hole", policy("accept same but { type == a{n:1, 2}; }")),
    ("blanks in <...>", policy(VER + "refuse { v in 2.0.< 2, 3 >, <1, 2>.*; }")),
    ("operators that touch", policy(INT + "rule r { when type == a{_x: 1, 2}; refuse { i == self*{_x} -self; "
                                    "i <= {_x}-self; i >= self -(2); } }")),
    ("none among others", policy(VER + "const c = none; refuse { v in c, 2.0.*, none; }")),
    ("names of constants in braces", policy(SET + "const a = b; const d = { a, self }; refuse { s in { a "
        "}; }")),
    ("drivers", policy("", applies='applies mdev-type driver 8139too, "a b", x.y; applies vfio-device '
        'driver x.y;')),
    ("module called config", policy('attribute a : int from module "config" "a";')),
    ("files of two folders", policy('attribute a : pci-id from parent "x/vendor" "device";')),
    ("type in a vfio scope", policy('attribute a : int from type "a" default absent;',
                                    applies="applies vfio-device driver v;")),
    ("{n} alone", policy(STR + "accept same but { t == a{n: 1, 2}; type == {n}; }")),
    ("text behind a hole", policy("refuse { type in {n: 1, 2}-x, {n}x.{n}b:{n}; }")),
    ("{a: 1}{b}", policy("refuse { type == {a: 1}{b: 2}; }")),
    ("template beside enum", policy('attribute e : enum { a1, a2, "" } from type "e"; refuse { e == a{n: '
        '1, 2}; }')),
    ("decimal values beside hex and size", policy(HEX + "refuse { type == a{n: 10, -8}; h <= self * {n}; }")),
    ("* in a const", policy("const c = a*, b except ab*; rule r { when type in c except ax; accept same; }")),
    ("source twice", policy(DYN + "accept same but { claim x = source.x * 2 - source.x; }")),
    ("claims are no clauses", policy(DYN + "refuse { %s }" % ("x any; " * 1024))),
    ("one variable in many blocks", policy(" ".join("refuse { type == a%d{n: 1, 2}; }" % n for n in
        range(20)))),
    ("list as a default", policy('local l : versions(3) from type "l" default 1.*, 2.0.<1, 2>;')),
    ("64 operands and operators", policy(INT + "refuse { i == self" + " + 1" * 31 + "; }")),
    ("64 deep", policy(INT + "accept same but { i == " + "(" * 62 + "self" + ")" * 62 + "; }")),
]

REFUSED = [(title, policy(body)) for title, body in [
    ("an unknown statement", "foo;"), ("two vendors", "vendor \"a\"; vendor \"b\";"),
    ("empty block", "accept same but { }"), ("empty offer", "offer { }"), ("empty refuse", "refuse { }"),
    ("claim in offer", DYN + "offer { claim x; }"), ("claim in refuse", DYN + "refuse { x any; claim x; }"),
    ("claim of a static one", INT + "accept same but { claim i; }"),
    ("attribute claim", "attribute claim : string from type \"a\";"),
    ("attribute type", "attribute type : string from type \"a\";"),
    ("one name twice", INT + INT), ("attribute and local", "local i : int from type \"a\"; " + INT),
    ("option twice", "attribute i : int 1..2 3..4 from type \"a\";"), ("no from", "attribute i : int;"),
    ("range of a string", "attribute i : string 1..2 from type \"a\";"),
    ("versions attribute", "attribute i : versions(3) from type \"a\";"),
    ("version(5)", "attribute i : version(5) from type \"a\";"),
    ("mask(257)", "attribute i : mask(257) from type \"a\";"),
    ("device not dynamic", "attribute i : int from device \"a\" default 1;"),
    ("dynamic without default", "attribute i : int from device \"a\" dynamic;"),
    ("dynamic default absent", "attribute i : int from device \"a\" default absent dynamic;"),
    ("dynamic local", "local i : int from type \"a\" default 1 dynamic;"),
    ("default outside", "attribute i : int 1..8 from type \"a\" default 9;"),
    ("constant outside", DYN + "accept same but { x in 1..9; }"), ("string for an int",
        INT + "refuse { i == \"3\"; }"),
    ("550.* for a bool", "attribute b : bool from type \"a\"; refuse { b in 550.*; }"),
    ("key with site", "attribute b : bool from site \"a\" key \"x\";"),
    ("..", "attribute b : bool from type \"a/../b\";"), ("absolute", "attribute b : bool from type \"/a\";"),
    ("capacity", "attribute b : int from type \"available_instances\";"),
    ("const of const", "const a = b; const b = 1;"), ("const called self", "const self = 1;"),
    ("const called Yes", "const Yes = 1;"), ("const twice", "const a = 1; const a = 2;"),
    ("list const for one value", INT + "const c = 1, 2; refuse { i == c; }"),
    ("const as a default", "const c = 1; attribute i : int from type \"a\" default c;"),
    ("const in a test", INT + "const c = 1; test \"x\" { target { i c; } source { } expect compatible; }"),
    ("because nothing", INT + "test \"x\" { target { } source { } expect compatible because z; }"),
    ("when self", INT + "rule r { when i == self; }"), ("when local", LOC + "rule r { when l == 1; }"),
    ("clause on a local", LOC + "refuse { l == 1; }"), ("* outside of conditions", "refuse { type == a*; }"),
    ("local in refuse", LOC + INT + "refuse { i == self.l; }"), ("self of another type", INT + STR +
                                                                "refuse { i == self.t; }"),
    ("self in a list", INT + "refuse { i in 1, self; }"), ("subset of int",
        INT + "refuse { i subset self; }"),
    ("<= of string", STR + "refuse { t <= self; }"), ("not-newer constant",
        VER + "refuse { v not-newer 1.2.3; }"),
    ("mixing", INT + "refuse { i <= self + 1 * 2; }"), ("constant part",
        INT + "refuse { i <= 7 / 2 * self; }"),
    ("0x is missing", HEX + "refuse { h <= self * 10; }"), ("unbound", INT + "refuse { i <= self * {n}; }"),
    ("no integers", INT + "refuse { type == a{n: x}; i <= self * {n}; }"),
    ("bound twice", "rule r { when type == a{n: 1}; refuse { type == b{n: 1}; } }"),
    ("257 combinations", "refuse { type == a{n: %s}; }" % ", ".join(map(str, range(257)))),
    ("two sources", DYN + 'attribute y : int 0..9 from device "y" default 0 dynamic; '
        "accept same but { claim x = source.x + source.y; }"),
    ("source of a large domain", INT + DYN + "accept same but { claim x = source.i; }"),
    ("self in a claim", DYN + "accept same but { claim x = self; }"),
    ("computed string", "attribute f : string from device \"f\" default a dynamic; "
                        "accept same but { claim f = 3; }"),
    ("brace deep", INT + "refuse { i == " + "(" * 63 + "self" + ")" * 63 + "; }"),
    ("65 operands and operators", INT + "refuse { i == self" + " + self" * 32 + "; }"),
    ("a name with - at its end", "attribute a- : int from type \"a\";"),
    ("x:int", "attribute x:int from type \"a\";"), ("a tab in a string", "vendor \"a\tb\";"),
    ("a long vendor", "vendor \"%s\";" % ("x" * 65)),
    ("resource0", "attribute a : int from parent \"resource0_wc\";"),
    ("rom", "attribute a : int from parent \"x/rom\";"),
    ("below devices", "attribute a : int from type \"devices/x/y\";"),
    ("pci-id of two modules", "attribute a : pci-id from module \"m\" \"a\" \"b\";"),
    ("long key", "attribute a : int from type \"a\" key \"%s\";" % ("k" * 65)),
    ("key with a blank", "attribute a : int from type \"a\" key \"k \";"),
    ("word twice", "attribute a : enum { a, a } from type \"a\";"),
    ("blank in a set's word", "attribute a : set { \"a b\" } from type \"a\";"),
    ("separator in a set's word", "attribute a : set { \"a+b\" } from type \"a\" separator \"+\";"),
    ("empty word", SET + "refuse { s == { \"\" }; }"),
    ("hex and size", "attribute a : int hex size from type \"a\";"),
    ("default with except", "local l : versions(3) from type \"l\" default 1.* except 1.0.0;"),
    ("constant in an EXPR", INT + "const c = 2; refuse { i <= self * c; }"),
    ("self / 0", INT + "refuse { i <= self / (1 - 1); }"), ("self* 2", INT + "refuse { i <= self* 2; }"),
    ("hole without a word", "refuse { type == a{n: 1}; type == {n}-x; }"),
    ("two holes alone", "refuse { type == a{n: 1}; type == {n}{n}; }"),
    ("a word of the language", "refuse { type == set{n: 1}; }"), ("a:{n}", "refuse { type == a:{n: 1}; }"),
    ("* behind a template", "rule r { when type == a{n: 1}b*; }"),
    ("a string in a template", "refuse { type == \"a\"{n: 1}; }"),
    ("65 parts", "refuse { type == a{n: 1}%s; }" % ("b{n}" * 32)),
    ("17 variables", "rule r { %s }" % " ".join("refuse { type == a{n%d: 1}; }" % n for n in range(17))),
    ("1025 clauses", "refuse { %s }" % ("type any; " * 1025)),
    ("1025 conditions", "rule r { %s }" % ("when type any; " * 1025)),
    ("speaks_of", "attribute speaks_of : int from type \"a\"; speaks migration-version;"),
    ("1280 combinations of claims", DYN + " ".join(
        "accept same but { type in a%d{n: %s}; claim x = {n}; }" % (m, ", ".join(map(str, range(256))))
        for m in range(5))),
    ("a word as text with - at its end", STR + "refuse { t == a-; }"), ("self.x as a value",
        STR + "refuse { t == source.x; }"),
    ("speaks nothing", "speaks foo;"), ("speaks without as", "speaks migration-json;"),
    ("name of the interface", "attribute interface_version : int from type \"a\"; speaks interface-version;"),
    ("beside migration-version", INT + "speaks migration-version;"),
    ("65 attributes", " ".join("attribute a%d : int from type \"a\";" % n for n in range(65))),
    ("two rules of a name", "rule a { } rule a { }"), ("mailing list", VER + "refuse { v in 2.0.2-2.0.4; }"),
    ("2.1", VER + "refuse { v == 2.1; }"), ("2.0.<>", VER + "refuse { v in 2.0.<>; }"),
    ("2.0.<4..2>", VER + "refuse { v in 2.0.<4..2>; }"), ("1.2.3.4", VER + "refuse { v in 1.2.3.4; }"),
    ("65 intervals", VER + "refuse { v in %s; }" % ", ".join("1.0.%d" % n for n in range(65))),
    ("set member outside", SET + "refuse { s subset { d }; }"), ("mask bit outside",
        MASK + "refuse { m == { 8 }; }"),
]] + [
    ("language 2", MTTY.replace("1", "2")), ("carriage return", MTTY.replace("\n", "\r\n")),
    ("NUL in a comment", MTTY + "# \0\n"), ("a comment without newline", MTTY + "# x"), ("two policies",
        MTTY + MTTY),
    ("revision 2^32", policy("", "policy p revision 4294967296")), ("fallback twice", policy(
        "", "policy p fallback fallback")), ("fallback narrows", policy("", "policy p fallback narrows q")),
    ("1025 pairs", policy("", applies="applies mdev-type driver %s;" % ", ".join("d%d" % n for n in
        range(1025)))),
    ("one pair twice", policy("", applies="applies mdev-type driver d; applies mdev-type driver d;")),
    ("no applies", "language 1; policy p { accept same; }"), ("long", MTTY + "\n" * (1 << 20)),
    ("narrows with accept", NIGHT.replace("refuse {", "accept same but {")), ("name of 65", policy("",
        "policy " + "a" * 65)),
]
