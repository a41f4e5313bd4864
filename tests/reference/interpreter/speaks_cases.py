# SPDX-License-Identifier: LGPL-2.1-or-later
"""Sentences of mdevcompat-interfaces(7), each with two subjects and what they come to."""

from legal import policy

YES, NO, UNKNOWN = "compatible", "incompatible", "unknown"
MISSING, UNREADABLE, COMPLEX, ONLY = "missing-fact", "unreadable-fact", "too-complex", "target-only"
VERSION, TYPE, CROSS = ("interface-version", None), ("type-attributes", None), ("cross-type-attributes", None)
CCW, INFO, ASK = ("ccw-attributes", None), ("migration-info", None), ("migration-version", None)
TEXT, JSONS = ("migration-compatible", "accepts"), ("migration-json", "accepts")
TEXT_OFF, JSON_OFF = ("migration-compatible", "offers"), ("migration-json", "offers")
FILES, FOLDERS = ("migration-files", "accepts"), ("migration-folders", "accepts")


class Case:
    """problem: (status, detail or ""), all that is wrong with one of the two."""

    def __init__(self, title, of, target, source, verdict, claims=None, problem=None, body="",
                 source_body=None, source_of=None):
        self.title, self.of, self.target, self.source = title, of, target, source
        self.verdict, self.claims = verdict, claims
        self.problem = problem
        self.body, self.source_body = body, body if source_body is None else source_body
        self.source_of = source_of or of


def s(of_type=None, of_device=None, **more):
    """A subject: the files of the type's folder and of the device's, and what else there is to say."""
    files = {("type", path): text for path, text in (of_type or {}).items()}
    files.update({("device", path): text for path, text in (of_device or {}).items()})
    return dict(more, files=files)


def v(version, listed="1.0.0-", **more):
    return s({"interface_version": version, "interface_version_compatible": listed}, **more)


def a(version="1.1.0", api="vfio-pci", on_device=None, **more):
    files = {"device_api": api, "software_version": version}
    files.update((name, text) for name, text in more.items() if name.startswith("compatible_")
                 or name == "dynamic_resources")
    rest = {name: text for name, text in more.items() if name not in files}
    return s(files, on_device, **rest)


def m(text, **more):
    return s(None, {"migration_compatible": text}, **more)


def f(own, others, **more):
    return s(None, {"migration/self": own, "migration/compatible": others}, **more)


def j(own, *others, **more):
    return m('{"self": %s, "compatible": [%s]}' % (own, ", ".join(others)), **more)


def i(params, on_device=None, **more):
    return s({"migration_info.json": '{"models": {"x": {"params": {%s}}}}' % params}, on_device, **more)


def c(version="1.1.0", subchannel="0", **more):
    files = {"software_version": version, "subchannel_type": subchannel}
    files.update((name, more.pop(name)) for name in ("chpid_type",) if name in more)
    return s(files, **more)


OWN = "attribute o : int from type \"o\" default 0; "
O1, O2 = {"o": "1"}, {"o": "2"}
DYN = "attribute y : int 1..8 from device \"y\" default 1 dynamic; "
Z = "attribute z : int 1..8 from device \"x\" default 1 dynamic; "
NIGHT = policy("attribute k : int from site \"k\"; refuse { k == 1; }", "policy n narrows p")
SELF_A = "SELF:\na=1\n"
Q = '"q": {"type": "int", "allowed_values": [1, 5, "7-9"]%s}'
INIT, OFF = ', "init_value": 5', ', "off_value": 1'
DYNAMIC = {"dynamic_resources": "x, sub/y"}

CASES = [
    # the policy and the driver
    Case("twins", VERSION, v("1.1.0"), v("1.1.0"), YES, {}),
    Case("own attributes must be equal", VERSION, v("1.1", facts=O1), v("1.1", facts=O2), NO, body=OWN),
    Case("they are in the record", VERSION, v("1.1"), v("1.1", facts=O2), NO, source_body=OWN),
    Case("a clause of its own", VERSION, v("1.1", facts=O1), v("1.1", facts=O2), YES,
         body=OWN + "accept same but { o <= 2; }"),
    Case("own accept, then the type is equal", CROSS, a(compatible_type="t,u"),
         a(type="u", compatible_type=""), NO, body=OWN + "accept same;"),
    Case("no own accept, then the type is the driver's", CROSS, a(compatible_type="t,u"),
         a(type="u", compatible_type=""), YES, body=OWN),
    Case("an own accept that does not match", VERSION, v("1.1"), v("1.1"), NO,
         body=OWN + "rule r { when o == 1; accept same; }"),
    Case("own type any does not open the driver's", VERSION, v("1.1"), v("1.1", type="u"), NO,
         body="accept same but { type any; }"),
    Case("own refuse", VERSION, v("1.1", facts=O1), v("1.1", facts=O1), NO, body=OWN + "refuse { o == 1; }"),
    Case("own offer", VERSION, v("1.1"), v("1.1"), NO, body=OWN + "offer { o == 1; }"),
    Case("own offer that holds", VERSION, v("1.1", facts=O1), v("1.1", facts=O1), YES,
         body=OWN + "offer { o == 1; }"),
    Case("own claims and the driver's", TYPE, a("1", facts={"y": "2"}, on_device={"x": "5", "sub/y": "6"}, **{
        "dynamic_resources": "x"}), a("1", facts={"y": "3"}, on_device={"x": "7"}, **{
            "dynamic_resources": "x"}), YES, {"x": ["7"], "y": [3]}, body=DYN),
    Case("migratable no", VERSION, v("1.1"), v("1.1"), NO, body="migratable no;"),
    Case("migratable no of the source", VERSION, v("1.1"), v("1.1"), NO, source_body="migratable no;"),
    Case("one that narrows", VERSION, v("1.1", narrowing=[NIGHT], facts={"k": "0"}), v("1.1"), YES),
    Case("one that narrows has no fact", VERSION, v("1.1", narrowing=[NIGHT]), v("1.1"), UNKNOWN,
         problem=(MISSING, "k")),
    Case("the driver's files come first", VERSION, v("x", facts={"o": "x"}), v("1.1"), UNKNOWN,
         problem=(UNREADABLE, "interface_version"), body=OWN),
    Case("then the policy's facts", VERSION, v("1.1", facts={"o": "x"}), v("1.1"), UNKNOWN,
         problem=(UNREADABLE, "o"), body=OWN),
    Case("a name out of the files", TYPE, a(dynamic_resources="y", on_device={"y": "1"}), a(), UNKNOWN,
         problem=(UNREADABLE, ""), body=DYN, source_body=""),
    # reading
    Case("an mdev: the device's folder", VERSION, s({"interface_version": "1.1.0",
         "interface_version_compatible": "1.0.0-"}, {"interface_version": "2.1.0",
         "interface_version_compatible": "2.0.0-"}), s(None, {"interface_version": "2.5.0",
         "interface_version_compatible": ""}), YES),
    Case("all files of one folder", VERSION, s({"interface_version": "1.1.0",
         "interface_version_compatible": "1.0.0-"}, {"interface_version": "2.1.0"}), v("1.1"), UNKNOWN,
         problem=(MISSING, "interface_version_compatible")),
    Case("unreadable is there", VERSION, s({"interface_version": "1.1.0",
         "interface_version_compatible": "1.0.0-"}, {"interface_version": None}), v("1.1"), UNKNOWN,
         problem=(UNREADABLE, "interface_version")),
    Case("an mdev type: the type's", VERSION, s({"interface_version": "1.1.0",
         "interface_version_compatible": "1.0.0-"}, {"interface_version": "2.1.0"}, instance=False),
         v("1.1"), YES),
    Case("a vfio device: its own", VERSION, s(None, {"interface_version": "1.1",
         "interface_version_compatible": "1.0.0-"}, kind="vfio"), s(None, {"interface_version": "1.7",
         "interface_version_compatible": ""}, kind="vfio"), YES),
    Case("a vfio device has no type's folder", VERSION, v("1.1", kind="vfio"), v("1.1", kind="vfio"), UNKNOWN,
         problem=(MISSING, "interface_version")),
    Case("type-attributes are the type's", TYPE, a("1.1", on_device={"device_api": "x",
         "software_version": "2"}),
         a("1.0"), YES),
    Case("one newline is dropped", VERSION, v("1.1\n", "1.0.0-\n"), v("1.2\n"), YES),
    Case("but one", VERSION, v("1.1\n\n"), v("1.2"), UNKNOWN, problem=(UNREADABLE, "interface_version")),
    Case("no blanks", VERSION, v(" 1.1"), v("1.2"), UNKNOWN, problem=(UNREADABLE, "interface_version")),
    Case("4097 bytes", TYPE, a(api="x" * 4097), a(), UNKNOWN, problem=(UNREADABLE, "device_api")),
    Case("4096 bytes", TYPE, a(compatible_x="x" * 4096), a(compatible_x="x" * 4096), YES),
    Case("no such API", TYPE, a(api="vfio"), a(), UNKNOWN, problem=(UNREADABLE, "device_api")),
    Case("no fact", TYPE, a(dynamic_resources="available_instances"), a(), UNKNOWN,
         problem=(UNREADABLE, "available_instances")),
    Case("no fact in a folder", FOLDERS, s(None, {"migration/self/resource0": "",
                                                  "migration/compatible/a": ""}),
         s(None, {"migration/self/a": "1", "migration/compatible/a": ""}), UNKNOWN,
         problem=(UNREADABLE, "migration/self/resource0")),
    Case("1025 names", TYPE, a(**{"compatible_%d" % n: "" for n in range(1023)}), a(), UNKNOWN,
         problem=(COMPLEX, "")),
    Case("65 attributes", TYPE, a(**{"compatible_%d" % n: "" for n in range(65)}), a(), UNKNOWN,
         problem=(UNREADABLE, "")),
    Case("65 with the policy's", TYPE, a(**{"compatible_%d" % n: "" for n in range(62)}), a(), UNKNOWN,
         problem=(COMPLEX, ""), body=OWN),
    # interface-version
    Case("nothing in it", VERSION, v("1.1", ""), v("1.1"), NO),
    Case("none", VERSION, v("1.1", "none"), v("1.1"), NO),
    Case("the normal form", VERSION, v("1.1", "[1.0.0,1.2.0)"), v("1.1.9"), YES),
    Case("its end", VERSION, v("1.1", "[1.0.0,1.2.0)"), v("1.2"), NO),
    Case("except", VERSION, v("1.1", "1.0.{1,2} except 1.0.2"), v("1.0.2"), NO),
    Case("major part", VERSION, v("1.1", "1.1-"), v("1.999"), YES),
    Case("beyond the major part", VERSION, v("1.1", "1.1-"), v("2.0.0"), NO),
    # type-attributes
    Case("a set that only the target has", TYPE, a(compatible_x="a"), a(), NO),
    Case("a set that only the source has", TYPE, a(), a(compatible_x="a"), NO),
    Case("an empty set that only the target has", TYPE, a(compatible_x=""), a(), NO),
    Case("a larger set", TYPE, a(compatible_x="a b"), a(compatible_x="b,\t a,\nc"), NO),
    Case("a smaller set", TYPE, a(compatible_x="a b c"), a(compatible_x="b,\t a\n"), YES),
    Case("an unreadable set", TYPE, a(compatible_x="a\xe9"), a(), UNKNOWN, problem=(UNREADABLE,
         "compatible_x")),
    Case("lower patch levels are not looked at", TYPE, a("1.1.0"), a("1.1.9"), YES),
    Case("copies of what is there", TYPE, a(on_device={"x": "1", "sub/y": "2"}, **DYNAMIC),
         a(on_device={"x": "3", "sub/y": ""}, **DYNAMIC), YES, {"x": ["3"], "y": [""]}),
    Case("an mdev type has none", TYPE, a(on_device={"x": "1", "sub/y": "2"}, **DYNAMIC),
         a(instance=False, **DYNAMIC), NO),
    Case("not even its own twin", TYPE, a(instance=False, **DYNAMIC), a(instance=False, **DYNAMIC), NO),
    Case("a claim for the very file", TYPE, a("1", on_device={"x": "5"}, facts={"z": "5"},
                                              dynamic_resources="x"),
         a("1"), UNKNOWN, problem=(UNREADABLE, ""), body=Z + "accept same but { claim z = source.z * 2; }",
         source_body=""),
    Case("a copy for the very file", TYPE, a("1", on_device={"x": "5"}, facts={"z": "5"},
                                             dynamic_resources="x"),
         a("1", on_device={"x": "6"}, facts={"z": "6"}, dynamic_resources="x"), YES, {"x": ["6"], "z": [6]},
         body=Z + "accept same but { claim z; }"),
    Case("a claim for another file", TYPE,
         a("1", on_device={"s/x": "5"}, facts={"z": "2"}, dynamic_resources="s/x"),
         a("1", on_device={"s/x": "6"}, facts={"z": "3"}, dynamic_resources="s/x"), YES,
         {"x": ["6"], "z": [6]}, body=Z + "accept same but { claim z = source.z * 2; }"),
    Case("a claim for the file of a parameter", INFO, i(Q % "", {"migration/q": "5"}), i(""), UNKNOWN,
         problem=(UNREADABLE, ""), source_body="", body=Z.replace('"x"', '"migration/q"')
         + "accept same but { claim z = source.z * 2; }"),
    Case("into an mdev type", TYPE, a(instance=False, **DYNAMIC),
         a(on_device={"x": "3", "sub/y": ""}, **DYNAMIC), YES, {"x": ["3"], "y": [""]}),
    Case("the same last part twice", TYPE, a(dynamic_resources="a/x b/x", on_device={"a/x": "", "b/x": ""}),
         a(), UNKNOWN, problem=(UNREADABLE, "")),
    Case("a dynamic one of another name", TYPE, a(), a(on_device={"x": "1", "sub/y": "2"}, **DYNAMIC), NO),
    Case("compatible_type unreadable, not looked at", TYPE, a(compatible_type=None), a(), YES),
    Case("compatible_type unreadable", CROSS, a(compatible_type=None), a(), UNKNOWN,
         problem=(UNREADABLE, "compatible_type")),
    Case("one's own type is always among them", CROSS, a(compatible_type="u"), a(), YES),
    Case("none is one's own", CROSS, a(compatible_type=""), a(type="u"), NO),
    Case("a newline", CROSS, a(compatible_type="u\nt"), a(), UNKNOWN, problem=(UNREADABLE,
         "compatible_type")),
    Case("no file, type equal", CROSS, a(), a(type="u", compatible_type="t"), NO),
    # migration-*
    Case("text: no alternative", TEXT, m(SELF_A), m(SELF_A), NO),
    Case("text: left out is equal", TEXT, m(SELF_A + "b=2\nCOMPATIBLE:\na=1"), m(SELF_A), NO),
    Case("text: empty is absent", TEXT, m(SELF_A + "b=\nCOMPATIBLE:\na=1"), m(SELF_A), YES),
    Case("text: an empty line", TEXT, m(SELF_A + "COMPATIBLE:\na=1\n\na=2"), m("SELF: a=2"), YES),
    Case("text: without it, one twice", TEXT, m(SELF_A + "COMPATIBLE:\na=1\na=2"), m("SELF: a=2"), UNKNOWN,
         problem=(UNREADABLE, "")),
    Case("text: a comment is no empty line", TEXT, m(SELF_A + "COMPATIBLE:\na=1\n # x\nb=2"),
         m("SELF: a=1 b=2"), YES),
    Case("text: empty line in self", TEXT, m(SELF_A + "\nb=1"), m(SELF_A), UNKNOWN,
         problem=(UNREADABLE, "migration_compatible")),
    Case("text: empty lines around self", TEXT, m("\nSELF:\n\na=1\n\nCOMPATIBLE:\n\n\na=1\n\n"), m(SELF_A),
         YES),
    Case("text: an item before any heading", TEXT, m("a=1\n" + SELF_A), m(SELF_A), UNKNOWN,
         problem=(UNREADABLE, "migration_compatible")),
    Case("text: a second SELF:", TEXT, m(SELF_A + "COMPATIBLE:\na=1\nSELF:"), m(SELF_A), UNKNOWN,
         problem=(UNREADABLE, "migration_compatible")),
    Case("text: carriage returns", TEXT, m("SELF:\r\na=1\r\nCOMPATIBLE:\r\na=1\r\n\r\na=2\r\n"),
         m("SELF:\ta=2"), YES),
    Case("text: # inside", TEXT, m("SELF: a=1#2\nCOMPATIBLE: a=\"1 #2\" # a=3"), m("SELF: a=\"1 #2\""), YES),
    Case("text: = in a value", TEXT, m("SELF: a==\nCOMPATIBLE: a=="), m("SELF: a=\"=\""), YES),
    Case("text: type is the attribute mdev_type", TEXT, m("SELF: type=t\nCOMPATIBLE: type=u"),
         m("SELF: mdev_type=u", type="u"), YES),
    Case("text: type and mdev_type", TEXT, m("SELF: type=t mdev_type=t"), m(SELF_A), UNKNOWN,
         problem=(UNREADABLE, "")),
    Case("text: braces in quotes", TEXT, m("SELF: a=x\nCOMPATIBLE: a=\"{n:int:1}\""),
         m("SELF: a=\"{n:int:1}\""),
         YES),
    Case("a division", TEXT, m("SELF: a=1\nCOMPATIBLE: a={n:int:1,2,4}*3/2"), m("SELF: a=3"), YES),
    Case("a remainder", TEXT, m("SELF: a=1\nCOMPATIBLE: a={n:int:1,2,4}*3/2"), m("SELF: a=1"), NO),
    Case("by zero", TEXT, m("SELF: a=1\nCOMPATIBLE: a={n:int:1,2,4}/0"), m("SELF: a=1"), NO),
    Case("beyond 64 bits", TEXT, m("SELF: a=0\nCOMPATIBLE: a={n:int:1}*9223372036854775807*2*0"),
         m("SELF: a=0"),
         NO),
    Case("two holes are text", TEXT, m("SELF: a=0\nCOMPATIBLE: a={n:int:3}*{n}"), m("SELF: a=3*3"), YES),
    Case("a hole further behind is text", TEXT, m("SELF: a=0\nCOMPATIBLE: a=x{n:int:3}*2"),
         m("SELF: a=x3*2"), YES),
    Case("a string variable is text", TEXT, m("SELF: a=0\nCOMPATIBLE: a={n:string:3}*2"), m("SELF: a=3*2"),
         YES),
    Case("the shortest decimal form", TEXT, m("SELF: a=0\nCOMPATIBLE: a={n:int: -007 , 3}"),
         m("SELF: a=-7"), YES),
    Case("used before it is declared", TEXT, m("SELF: a=0\nCOMPATIBLE: a=x{n} b={n:int:3}"),
         m("SELF: a=x3 b=3"),
         YES),
    Case("declared twice", TEXT, m("SELF: a=0\nCOMPATIBLE: a={n:int:3} b={n:int:3}"), m(SELF_A), UNKNOWN,
         problem=(UNREADABLE, "migration_compatible")),
    Case("- and text", TEXT, m("SELF: a=0\nCOMPATIBLE: a={n:int:3}-x"), m("SELF: a=3-x"), YES),
    Case("257 combinations", TEXT, m("SELF: a=0\nCOMPATIBLE: a={n:int:%s}{m:int:1,2,3}"
         % ",".join(map(str, range(86)))), m(SELF_A), UNKNOWN, problem=(COMPLEX, "")),
    Case("257 blocks", TEXT, m("SELF: a=0\n" + "COMPATIBLE: a={n:int:%s}\n" % ",".join(map(str,
         range(129))) * 2),
         m(SELF_A), UNKNOWN, problem=(COMPLEX, "")),
    Case("256 blocks", TEXT, m("SELF: a=0\n" + "COMPATIBLE: a={n:int:%s}\n" % ",".join(map(str,
         range(128))) * 2),
         m(SELF_A), YES),
    Case("a name that begins with a dot", TEXT, m("SELF: .a=1"), m(SELF_A), UNKNOWN, problem=(UNREADABLE,
         "")),
    Case("files: no headings", FILES, f("a=1", "a=1\n\na=2"), f("a=2", ""), YES),
    Case("files: with headings", FILES, f("SELF: a=1", "COMPATIBLE: a=1\nCOMPATIBLE: a=2"), f("a=2", ""),
         YES),
    Case("files: the wrong heading", FILES, f("COMPATIBLE: a=1", ""), f("a=2", ""), UNKNOWN,
         problem=(UNREADABLE, "migration/self")),
    Case("files: nothing in self", FILES, f("", "a=1"), f("a=2", ""), UNKNOWN,
         problem=(UNREADABLE, "migration/self")),
    Case("folders: the whole text", FOLDERS, s(None, {"migration/self/a": "1",
         "migration/compatible/a": " x y\t\n"}),
         s(None, {"migration/self/a": "x y", "migration/compatible1/a": "x"}), YES),
    Case("folders: no alternative", FOLDERS, s(None, {"migration/self/a": "1", "migration/others": ""}),
         s(None, {"migration/self/a": "x y", "migration/compatible/a": "x"}), UNKNOWN, problem=(MISSING, "")),
    Case("folders: a file in place of one", FOLDERS,
         s(None, {"migration/self/a": "1", "migration/compatible/a": "1", "migration/compatible2": ""}),
         s(None, {"migration/self/a": "1", "migration/compatible/a": "1"}), UNKNOWN,
         problem=(UNREADABLE, "migration/compatible2")),
    Case("folders: two lines", FOLDERS, s(None, {"migration/self/a": "1\n2", "migration/compatible/a": ""}),
         s(None, {"migration/self/a": "x y", "migration/compatible/a": "x"}), UNKNOWN,
         problem=(UNREADABLE, "migration/self/a")),
    Case("json: what is not named is empty", JSONS, j('{"a": "1", "b": "2"}', '{"a": "1"}'),
         j('{"a": "1"}'), YES),
    Case("json: not what is equal", JSONS, j('{"a": "1", "b": "2"}', '{"a": "1"}'),
         j('{"a": "1", "b": "2"}'), NO),
    Case("json: brackets", JSONS, j('[{"a": 1}]', '{"a": "{n:int:1,2} * 3"}'), j('{"\\u0061": "6"}'), YES),
    Case("json: a name twice", JSONS, j('{"a": 1, "a": 1}', '{"a": 1}'), j('{"a": 1}'), UNKNOWN,
         problem=(UNREADABLE, "migration_compatible")),
    Case("json: no key", JSONS, j('{"a": 1}', '{}'), j('{"a": 1}'), UNKNOWN,
         problem=(UNREADABLE, "migration_compatible")),
    # as offers
    Case("offers: the source's list", TEXT_OFF, m("SELF: a=2"), m("SELF: a=1\nCOMPATIBLE: a=2"), YES),
    Case("offers: not the target's", TEXT_OFF, m("SELF: a=2\nCOMPATIBLE: a=1"), m("SELF: a=1"), NO),
    Case("offers: both sides speak the same way", TEXT_OFF, m("SELF: a=2\nCOMPATIBLE: a=2"),
         m("SELF: a=2\nCOMPATIBLE: a=2"), NO, source_of=TEXT),
    Case("offers: the other way round", TEXT, m("SELF: a=2\nCOMPATIBLE: a=2"),
         m("SELF: a=2\nCOMPATIBLE: a=2"), NO, source_of=TEXT_OFF),
    Case("offers: another interface", TEXT_OFF, m("SELF: a=2\nCOMPATIBLE: a=2"),
         j('{"a": "2"}', '{"a": "2"}'), NO, source_of=JSON_OFF),
    Case("offers: the target is more than the source knows", TEXT_OFF, m("SELF: a=2 b=1"),
         m("SELF: a=2\nCOMPATIBLE: a=2"), NO),
    Case("offers: unless that is empty", TEXT_OFF, m("SELF: a=2 b="), m("SELF: a=2\nCOMPATIBLE: a=2"), YES),
    Case("offers: an attribute unknown to the target", TEXT_OFF, m("SELF: a=2"),
         m("SELF: a=2 b=1\nCOMPATIBLE: a=2 b=\"\""), NO),
    Case("offers: left out is as one's own", TEXT_OFF, m("SELF: a=2 b=1"),
         m("SELF: a=1 b=1\nCOMPATIBLE: a=2"), YES),
    Case("offers: and no other", TEXT_OFF, m("SELF: a=2 b=1"), m("SELF: a=1 b=2\nCOMPATIBLE: a=2"), NO),
    Case("offers: own attributes are not asked", TEXT_OFF, m("SELF: a=2", facts=O1),
         m("SELF: a=1\nCOMPATIBLE: a=2", facts=O2), YES, body=OWN + "accept same but { o any; }"),
    # migration-info
    Case("info: a copy", INFO, i(Q % "", {"migration/q": "1"}), i(Q % "", {"migration/q": "8"}), YES,
         {"q": [8]}),
    Case("info: the end of a range", INFO, i(Q % "", {"migration/q": "1"}), i(Q % "", {"migration/q": "9"}),
         YES),
    Case("info: not allowed", INFO, i(Q % "", {"migration/q": "1"}), i(Q % "", {"migration/q": "2"}), NO),
    Case("info: off is the default", INFO, i(Q % OFF, {"migration/q": "5"}), i(""), YES, {"q": [1]}),
    Case("info: no off, then it must be there", INFO, i(Q % "", {"migration/q": "5"}), i(""), NO),
    Case("info: unknown to the target", INFO, i(""), i(Q % OFF, {"migration/q": "5"}), NO),
    Case("info: unknown to the target, but off", INFO, i(""), i(Q % OFF, {"migration/q": "1"}), YES, {}),
    Case("info: a type's init_value", INFO, i(Q % ""), i(Q % (INIT + OFF), instance=False), UNKNOWN,
         problem=(MISSING, "migration/q")),
    Case("info: from a type", INFO, i(Q % INIT, instance=False), i(Q % INIT, instance=False), YES,
         {"q": [5]}),
    Case("info: a type without both", INFO, i(Q % "", instance=False), i(""), UNKNOWN, problem=(MISSING, "")),
    Case("info: allowed by oneself, not by the target", INFO,
         i('"q": {"type": "str", "allowed_values": "x"}', {"migration/q": "x"}),
         i('"q": {"type": "string", "allowed_values": ["y"]}', {"migration/q": "y"}), NO),
    Case("info: a value of another type", INFO, i(Q % ', "init_value": "5"', {"migration/q": "5"}), i(""),
         UNKNOWN,
         problem=(UNREADABLE, "migration_info.json")),
    Case("info: a parameter called model", INFO, i(Q.replace("q", "model") % "", {"migration/model": "1"}),
         i(""),
         UNKNOWN, problem=(UNREADABLE, "")),
    # ccw-attributes, migration-version
    Case("ccw: hexadecimal", CCW, c(chpid_type="1A"), c(chpid_type="0x1a"), YES),
    Case("ccw: 10 is 0x10", CCW, c(chpid_type="10"), c(chpid_type="0x10"), YES),
    Case("ccw: no chpid_type here", CCW, c(), c(chpid_type="0x1a"), NO),
    Case("ccw: unreadable", CCW, c(chpid_type=None), c(), UNKNOWN, problem=(UNREADABLE, "chpid_type")),
    Case("only the target", ASK, s({"migration_version": "x"}), s({"migration_version": "x"}), UNKNOWN,
         problem=(ONLY, "")),
    Case("not even that", ASK, s({}), s({"migration_version": "x"}), UNKNOWN,
         problem=(MISSING, "migration_version")),
]

RECORDS = [
    ("interface-version", VERSION, v("1.1"), {"interface_version": "1.1.0"}),
    ("type-attributes", TYPE, a("2", compatible_b="b a", dynamic_resources="x sub/y",
                                on_device={"x": "1", "sub/y": ""}),
     {"device_api": "vfio-pci", "software_version": "2.0.0", "compatible_b": "a,b", "x": "1", "y": ""}),
    ("ccw-attributes", CCW, s({"software_version": "1", "subchannel_type": "-3", "chpid_type": "0x1f",
     "type": ""}),
     {"software_version": "1.0.0", "subchannel_type": "-3", "chpid_type": "31", "mdev_type": ""}),
    ("migration-compatible", TEXT, m("SELF: a=1 b=\"\" c=\"\"\"\" \nCOMPATIBLE: d=2"), {}),
    ("migration-compatible again", TEXT, m("SELF: a=1 b=\"\" type=x\nCOMPATIBLE: d=2"), {"a": "1",
     "mdev_type": "x"}),
    ("as offers", TEXT_OFF, m("SELF: a=1 b=\"\"\nCOMPATIBLE: d=2"),
     {"a": "1", "speaks": "migration-compatible", "speaks_of": "a,b,d"}),
    ("migration-info", INFO, i(Q % OFF, {"migration/q": "1"}), {"model": "x"}),
    ("migration-info of a type", INFO, i(Q % (OFF + INIT), instance=False), {"model": "x", "q": "5"}),
]
_AS = ("migration-compatible", "migration-files", "migration-folders", "migration-json")
_NEVER = ("type-attributes", "cross-type-attributes", "migration-info", "ccw-attributes", "migration-version")
POLICIES = [(way is not None, (name, way), "") for name in _AS for way in (None, "accepts", "offers")]
POLICIES += [(way is None, (name, way), "") for name in _NEVER for way in (None, "accepts", "offers")]
POLICIES += [(True, ("interface-version", way), "") for way in (None, "accepts", "offers")]
POLICIES += [(False, of, "attribute %s : string from type \"x\";" % name) for of, name in (
    (VERSION, "interface_version"), (TYPE, "device_api"), (CROSS, "software_version"), (TYPE, "compatible_x"),
    (CCW, "chpid_type"), (CCW, "mdev_type"),
    (TEXT_OFF, "speaks"), (INFO, "model"), (TEXT, "speaks"), (VERSION, "speaks_of"), (TEXT_OFF,
         "speaks_of"), (CROSS, "compatible_"), (ASK, "x"))]
POLICIES += [(True, of, "attribute %s : string from type \"x\";" % name) for of, name in (
    (VERSION, "compatible_x"), (TEXT, "a"), (TEXT, "mdev_type"), (JSONS, "device_kind"),
    (CCW, "device_kind"), (VERSION, "software_version"), (INFO, "q"))]
POLICIES += [(False, VERSION, "refuse { interface_version any; }"), (False, VERSION,
"speaks ccw-attributes;"),
             (False, ASK, "accept same;"), (True, ASK, "migratable no;"), (True, VERSION,
              OWN + "offer { o == 1; }")]

_TEST = " test \"t\" { target { %s } source { o 2; } expect compatible; }"
IN_FILE = [
    (VERSION, OWN + _TEST % "o 2;", YES), (VERSION, OWN + _TEST % "o 3;", NO),
    (ASK, "migratable no; test \"t\" { target { } source { } expect unknown; }", UNKNOWN),
    (TEXT, OWN + _TEST % "o 2; type x;", YES), (TEXT,
                                                OWN + "accept same but { o <= self; }" + _TEST % "o 3;", YES),
]

JSON = [(good, text) for good, texts in (
    (True, ("{}", ' {"a": [1, -0.5e+3, true, null, {"b": {}}], "c": "\\"\\\\\\/\\u0041"}\n',
            '{"a": ' + "[" * 15 + "]" * 15 + "}")),
    (False, ("", "[]", "{} {}", '{"a": 01}', '{"a": 1.}', '{"a": .5}', '{"a": +1}', '{"a": 1,}',
     '{"a": [1,]}', "{'a': 1}",
             '{"a": "\\n"}', '{"a": "\\u00e9"}', '{"a": "\t"}', '{"a": 1, "a": 2}',
             '{"x": {"a": 1, "\\u0061": 2}}',
             '{"a": True}', '{"a": NaN}', '{"a" 1}', '{a: 1}', '{"a": "\x7f"}', '{"a": 1} x',
             '{"a": ' + "[" * 16 + "]" * 16 + "}", '{"a": tru}', '{"a": "b', '{"a": "\\u12"}',
             '{"a": /* */ 1}')),
) for text in texts]
