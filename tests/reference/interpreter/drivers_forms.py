# SPDX-License-Identifier: LGPL-2.1-or-later
"""Random files of the migration-* interfaces: a device and its alternatives, spelt in one of the forms."""

import json

SELF = {
    "device_id": ("d1",) * 12 + ("d2",),
    "mdev_type": ("v-1",) * 5 + ("v-2",) * 3 + ("v-4",),
    "a": ("1",) * 4 + ("2",) * 3 + ("4", "3", "", '"2"'),
    "pv_mode": ('"none+ppgtt"',) * 4 + ("none",) * 3 + ("none+ppgtt", '""', '"a b"'),
    "b": ("1", "2", ""),
}
OFTEN = {"device_id": 0.95, "mdev_type": 0.9, "a": 0.96, "pv_mode": 0.9, "b": 0.03}
VALUES = {
    "device_id": ("d1",) * 3 + ("{d:string:d1,d2}",) * 3 + ("d{d:int:1,2,3}", '"d1"'),
    "mdev_type": ("v-{n:int:1,2,4}",) * 5 + ("{t:string:v-1,v-2}", "v-1", "v-{n:int:2,4,8}"),
    "a": ("{a:int:1,2,4}",) * 3 + ("{a:int:1,2,3,4}*2/2", "{a:int:2,4,5,8}/2", "{a:int:0,1,2}*3/2", "1",
                                   '"2"',
                                   "{a:int:1,4,9}/3*2", "{a:int:-2,-4,-5}/-2", "{a:int:2,3}/1",
                                   "{a:int: 01 , 2 }",
                                   "{a:int:1}{e:string:,0}", "{a:int:9223372036854775807,1}*2/1",
                                   "{a:int:1,2}/0"),
    "pv_mode": ('{m:string:"none+ppgtt",none}',) * 4 + ("none{m:string:,+ppgtt}",) * 2 + (
        '""', '"none+ppgtt"', '{m:string:"none+ppgtt","a b",""}', "none+{m:string:ppgtt,context}", ""),
    "b": ("1", '""', "{b:int:1,2}", "{b:string:1,}"),
}
WITH_N = ("{n}", "{n}", "{n}/2", "{n}*2", "{n}/2*1", "{n}*3/2")
WRONG_VALUES = ("{z}", "{a:int:}", "{a:int:x}", "{a:int:1", "a}b", "a\"b", "{n:int:1,2}-1", "{n:int:1}+ 2",
                "{a:float:1}",
                "{a :int:1}", "{a:int:1}*x", "{a:int:1}*", "{a:int:1}/2/", "{a:int:9223372036854775808}",
                "{a:int:1,,2}",
                "{ a}", "{a:string:\"x}", "{a:string:x\"y\"}", "{a-b:int:1}", "{{a}}", "{}", "{:int:1}",
                "\"a\"b\"", "{a:int:1}*2+1", "{%s:int:1}" % ("x" * 65), "{a:int:%s}" % ",".join(["1"] * 257))
WIDE = {
    "device_id": ("{d:string:d1,\"d2\"}", "d1"), "mdev_type": ("v-{n:int:1,2,4}", "{n:string:v-1,v-2,v-4,}"),
    "a": ("{a:int:1,2,3,4}", "{a:string:1,2,3,\"\"}", "{a:int:2,4,6}/2", "{a:int:1,3,5,6,8}*2/3*1"),
    "pv_mode": ("{m:string:\"none+ppgtt\",none,}", "none{m:string:,+ppgtt}"),
}
DOUBTS = ("{a:int:1,1}", "{a:string:x,x}", "{a:int:1}-1{n:int:2}", "{a:int:1}*1{n:int:2}", "{a:int:1} ")


def device(rng, doubtful):
    """Items of self, and those of the alternatives: (KEY, VALUE)."""
    own = [(key, rng.choice(pool)) for key, pool in SELF.items() if rng.random() < OFTEN[key]]
    if not own:
        own = [("a", "1")]
    alternatives = []
    count = rng.choice((0,) + (1,) * 4 + (2,) * 6 + (3,) * 4)
    for _ in range(count):
        row = []
        for key in SELF:
            often = 0.95 if key in dict(own) else 0.35 if key != "b" else 0.03
            if rng.random() < (0.6 if key == "device_id" else often):
                row.append((key, rng.choice(VALUES[key])))
        row = row or [("a", "1")]
        with_n = any("{n:int" in value for _, value in row)
        if with_n and rng.random() < 0.3:
            row = [(key, rng.choice(WITH_N) if key == "a" else value) for key, value in row]
        rng.shuffle(row)
        alternatives.append(row)
    if rng.random() < 0.2:
        alternatives.append(list(own))
    if rng.random() < 0.75:
        wide = [(key, rng.choice(pool)) for key, pool in WIDE.items() if rng.random() < 0.97]
        rng.shuffle(wide)
        alternatives.insert(rng.randint(0, len(alternatives)), wide)
    damage(rng, own, alternatives, doubtful)
    return own, alternatives


def rename(rng, row):
    return [("type" if key == "mdev_type" and rng.random() < 0.3 else key, value) for key, value in row]


def damage(rng, own, alternatives, doubtful):
    """Now and then something that is wrong in every form, or nearly so."""
    row = rng.choice(alternatives) if alternatives else own
    at = rng.randrange(len(row))
    what = rng.random()
    if what < 0.03:
        row[at] = (row[at][0], rng.choice(WRONG_VALUES))
    elif what < 0.035:
        own[0] = (own[0][0], rng.choice(("{x:int:1}", "a\"b", "{", "}", "a{x}")))
    elif what < 0.04:
        row.append((row[at][0], "1"))
    elif what < 0.045:
        row += [("type", "t"), ("mdev_type", "t")]
    elif what < 0.05:
        row.append((rng.choice((".x", "a+b", "", "x" * 65, "d\xe9", "speaks", "speaks_of", "kind", "driver",
                                "k ")), "1"))
    elif what < 0.055:
        row.append(("p", "{p:int:%s}{q:int:1,2,3,4}" % ",".join(map(str, range(rng.choice((64, 65)))))))
    elif what < 0.06:
        row += [("q%d" % n, "{q%d:int:1}" % n) for n in range(rng.choice((16, 17)))]
    elif what < 0.065:
        row += [("r%d" % n, "1") for n in range(rng.choice((59, 66)))]
    elif what < 0.07:
        row.append(("s", "a{s:int:1}" * 1 + "{s}b" * rng.choice((31, 32))))
    elif what < 0.075:
        row.append(("s", "{s:int:1}" + "*1" * rng.choice((64, 65))))
    elif doubtful and what < 0.15:
        row[at] = (row[at][0], rng.choice(DOUBTS))


# --- the text forms -----------------------------------------------------------------------------------

def lines(rng, row):
    """The lines of one block: one or several items in each."""
    found, now = [], []
    for key, value in row:
        now.append("%s=%s" % (key, value))
        if rng.random() < 0.6:
            found.append(now)
            now = []
    if now:
        found.append(now)
    return [rng.choice(("", "", "  ", "\t")) + rng.choice((" ", "  ", "\t")).join(one)
            + rng.choice(("",) * 6 + (" # comment", "\t# a=1", "  ", "\r")) for one in found]


def between(rng):
    return rng.choice(([],) * 6 + (["# comment"], ["  # SELF:"]))


def block(rng, rows):
    found = []
    for row in rows:
        found += between(rng) + [row]
    return found


def text_alternatives(rng, alternatives, headings):
    """headings: whether the first needs one."""
    found = []
    for at, row in enumerate(alternatives):
        rows = block(rng, lines(rng, row))
        way = rng.random()
        if at == 0 and not headings and way < 0.7:
            pass
        elif way < 0.4 and (at or not headings):
            found.append(rng.choice(("", "  ", "\r")))
        elif way < 0.5:
            rows[0] = "COMPATIBLE: " + rows[0].lstrip()
        else:
            found.append(rng.choice(("COMPATIBLE:", "COMPATIBLE:  # an older driver", " COMPATIBLE:")))
            if way > 0.9:
                found.append("")
        found += rows
    return found


def text_wrong(rng, text):
    """A text that is damaged as a text."""
    return rng.choice((
        text.replace("=", " = ", 1), text.replace("=", " =", 1), "x=1\n" + text, text + "\nSELF:\nz=1",
        text.replace("\n", "\n\n", 1),
        text + "\nword", text + "\n\x00", text + "\n\xe9", text + "\n#\xe9", text + "\na=\"x\n\"",
        text + "\nCOMPATIBLE: COMPATIBLE:",
        text.replace("SELF:", "self:"), text.replace("COMPATIBLE:", "COMPATIBLE"),
        text + "\nSELF: COMPATIBLE:",
        text + "\n\n\n\n", "\n\n" + text, text + "\nSELF:", text.replace("\n", "\r\n"), "#\n" + text,
        text + "\n  # x", "",
        text + "\n=1", text + "\na=\"\t\"", text + "\nCOMPATIBLE:\n# none\n\n"))


def migration_compatible(rng, own, alternatives):
    rows = ["SELF:"] if rng.random() < 0.8 else ["# first", "", "SELF: # here", ""]
    rows += block(rng, lines(rng, own))
    if rng.random() < 0.2 and not alternatives:
        rows.append("COMPATIBLE:")
    others = text_alternatives(rng, alternatives, True)
    text = "\n".join(rows + others)
    return {"migration_compatible": text_wrong(rng, text) if rng.random() < 0.04 else text}


def migration_files(rng, own, alternatives):
    rows = block(rng, lines(rng, own))
    if rng.random() < 0.2:
        rows.insert(0, "SELF:")
    text, others = "\n".join(rows), "\n".join(text_alternatives(rng, alternatives, False))
    if rng.random() < 0.02:
        text = text_wrong(rng, text)
    if rng.random() < 0.02:
        others = text_wrong(rng, others)
    return {"migration/self": text, "migration/compatible": others}


# --- folders ------------------------------------------------------------------------------------------

def spaced(rng, value):
    """Blanks around the signs of a calculation, which lines cannot have."""
    if value.startswith("{") and "\"" not in value and rng.random() < 0.3:
        head, brace, rest = value.rpartition("}")
        return head + brace + rest.replace("*", " * ").replace("/", rng.choice((" /", "/ ")))
    return value


def migration_folders(rng, own, alternatives):
    found = {}
    names = ["compatible", "compatible1", "compatible-2", "compatible.x", "compatible_old", "compatibles"]
    rng.shuffle(names)
    if not alternatives and rng.random() < 0.9:
        alternatives = [own]
    for folder, row in zip(["self"] + names, [own] + alternatives):
        for key, value in row:
            if not key:
                continue
            text = rng.choice(("%s",) * 8 + (" %s", "%s \t",
                                             "\t%s")) % (value if folder == "self" else spaced(rng, value))
            found["migration/%s/%s" % (folder, key)] = text
    what = rng.random()
    if what < 0.04:
        name = rng.choice(sorted(found))
        found[name] = rng.choice((None, "a\nb", "\xe9", "1\n", " ", "x" * 4097))
    elif what < 0.05:
        found["migration/%s/folder/x" % rng.choice(("self", "compatible"))] = "1"
    elif what < 0.06:
        found["migration/other/x"] = "{"
    elif what < 0.07:
        found["migration/compatible-file"] = "{"
    elif what < 0.08:
        found["migration/compatible9/" + rng.choice(("available_instances", "config", "resource1x",
                                                     ".hidden", "a b",
                                                     "devices"))] = "1"
    return found


# --- JSON ---------------------------------------------------------------------------------------------

def json_string(rng, text):
    spelt = json.dumps(text, ensure_ascii=False)
    if rng.random() < 0.08 and "\\" not in spelt and len(spelt) > 2:
        spelt = "\"\\u%04x" % ord(spelt[1]) + spelt[2:]
    if "/" in spelt and rng.random() < 0.1:
        spelt = spelt.replace("/", "\\/")
    return spelt


def json_value(rng, value):
    if value.isdigit() and (value == "0" or value[0] != "0") and rng.random() < 0.5:
        return value
    return json_string(rng, value)


def json_block(rng, row):
    space = rng.choice(("", " ", "\n  ", "\t"))
    members = ["%s:%s%s" % (json_string(rng, key), rng.choice(("", " ")), json_value(rng, spaced(rng, value)))
               for key, value in row]
    return "{%s%s%s}" % (space, (", " if rng.random() < 0.7 else ",\n").join(members), space)


def json_wrong(rng, text):
    return rng.choice((
        text.replace("{", "{,", 1), text.replace("}", ",}", 1), text + "x", text[:-1], "[" + text + "]",
        text.replace('"', "'"),
        text.replace('"self"', '"self": {"a": 1}, "self"'), text.replace('"self"', '"Self"'),
        text.replace('"compatible": [', '"compatible": [[], ', 1),
        text.replace('"compatible": [', '"compatible": [{}, ', 1), text.replace('"self": {',
            '"self": {"t": true, ', 1),
        text.replace('"self": {', '"self": {"n": 1.50, ', 1), text.replace('"self": {',
            '"self": {"n": 01, ', 1),
        text.replace('"self": {', '"self": {"n": "\\n", ', 1), text.replace('"self": {',
            '"self": {"n": null, ', 1),
        text.replace('"self": {', '"self": {"n": {}, ', 1), text.replace('"self": {',
            '"self": {"n": "\\u00e9", ', 1),
        text.replace('"self": {', '"self": {"n": -0, ', 1), text.replace('"self": {', '"self": {"n": 1e5, ',
            1),
        text.replace("{", '{"deep": %s, ' % ("[" * 15 + "]" * 15), 1), text.replace("{",
            '{"deep": %s, ' % ("[" * 16 + "]" * 16), 1),
        text.replace("{", '{"twice": {"a": 1, "a": 1}, ', 1), text.replace("{", '{"x": "\\t", ', 1),
        "\n" + text + " \n"))


def migration_json(rng, own, alternatives, doubtful):
    own = json_block(rng, own)
    others = ", ".join(json_block(rng, row) for row in alternatives)
    members = ['"self": ' + ("[ %s ]" % own if rng.random() < 0.4 else own), '"compatible": [ %s ]' % others]
    if rng.random() < 0.1:
        members.append(rng.choice(('"version": 1', '"more": {"self": {}}', '"x": [null, true, -1.5E+3]')))
    if doubtful and rng.random() < 0.04:
        del members[1]
    rng.shuffle(members)
    text = "{ %s }" % ", ".join(members)
    return {"migration_compatible": json_wrong(rng, text) if rng.random() < 0.05 else text}


def files(rng, interface, doubtful):
    """PATH -> text, or None."""
    own, alternatives = device(rng, doubtful)
    own, alternatives = rename(rng, own), [rename(rng, row) for row in alternatives]
    if interface == "migration-compatible":
        return migration_compatible(rng, own, alternatives)
    if interface == "migration-files":
        return migration_files(rng, own, alternatives)
    if interface == "migration-folders":
        return migration_folders(rng, own, alternatives)
    return migration_json(rng, own, alternatives, doubtful)
