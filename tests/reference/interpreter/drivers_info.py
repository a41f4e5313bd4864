# SPDX-License-Identifier: LGPL-2.1-or-later
"""Random files of migration-info."""

import json

ALLOWED = {
    "int": ('[1, 5, "16-255"]', '"1-5"', '[1, 2, "4-8"]', '"1-8"', "1",
            '["1", "5-5"]', '["-3-9"]', '["1-3", "2-7"]'),
    "bool": ("[false, true]", "[true,false]", "true", "[true]"),
    "str": ('["x", "y"]', '"x"', '["x", "", "a b"]', '["x", "\\u0079"]'),
}
VALUES = {"int": ("1", "1", "1", "5"), "bool": ("true", "true", "false"), "str": ('"x"', '"x"', '"y"', '""')}
ALLOWED_WRONG = {
    "int": ('["255-16"]', "[1.0]", "[true]", '["1-"]', '["a"]', "[1e1]", "[9223372036854775808]", '["+1"]',
            "null"),
    "bool": ("[1]", '["true"]', "[null]"), "str": ("[1]", "[true]", '["\\n"]', "{}"),
}
TEXTS = {"int": ("1", "1", "1", "1", "5", "2", "001"), "bool": ("1", "yes", "ON", "off", "true"),
         "str": ("x", "x", "y", "", "a b")}
TEXTS_WRONG = {"int": ("five", "", " 1", "0x1", "9223372036854775808"), "bool": ("2", "", "truee"),
               "str": ("a\tb", "\xe9", "x\n")}
NAMES = (("queues", "int", 96), ("rss", "bool", 30), ("mode", "str", 6), ("x.y", "int", 3))


def parameter(rng, kind, doubtful):
    allowed = rng.choice(ALLOWED[kind][:2] * 6 + ALLOWED[kind])
    if rng.random() < 0.02:
        allowed = rng.choice(ALLOWED_WRONG[kind])
    if doubtful and rng.random() < 0.05:
        allowed = "[]"
    members = ['"type": %s' % json.dumps(rng.choice((kind, "string")) if kind == "str" else kind),
               '"allowed_values": ' + allowed]
    for name, often in (("init_value", 0.9), ("off_value", 0.5 if kind == "int" else 0.9)):
        if rng.random() < often:
            value = VALUES[kind][-1] if name == "off_value" else rng.choice(VALUES[kind])
            if rng.random() < 0.015:
                value = rng.choice(("null", "[1]", '"1"', "1.5"))
            members.append('"%s": %s' % (name, value))
    if rng.random() < 0.1:
        members.append(rng.choice(('"description": "a parameter"', '"more": {"a": [1, {"b": null}]}')))
    damage = rng.random()
    if damage < 0.01:
        members.append(rng.choice(members))
    elif damage < 0.02:
        del members[rng.randrange(2)]
    elif damage < 0.025:
        members[0] = '"type": "float"'
    rng.shuffle(members)
    return "{ %s }" % ", ".join(members)


def files(rng, instance, doubtful):
    """migration_info.json, and the files of the instance."""
    rows, own = [], {}
    for name, kind, often in NAMES:
        if rng.randrange(100) >= often:
            continue
        rows.append('"%s": %s' % (name, parameter(rng, kind, doubtful)))
        if instance and rng.random() < 0.98:
            own["migration/" + name] = rng.choice(TEXTS[kind])
            if rng.random() < 0.02:
                own["migration/" + name] = rng.choice(TEXTS_WRONG[kind] + (None,))
    if rng.random() < 0.02:
        name = rng.choice(("model", "type", ".x", "a b", "devices", "x" * 65, "queues"))
        rows.append('"%s": {"type": "int", "allowed_values": 1, "init_value": 1}' % name)
        own.setdefault("migration/" + name, "1") if instance else None
    rng.shuffle(rows)
    inner = '"params": { %s }' % ", ".join(rows)
    if not rows and rng.random() < 0.5:
        inner = ""
    model = rng.choice(("nic",) * 28 + ("hba", ""))
    models = '"%s": { %s }' % (model, inner)
    damage = rng.random()
    if damage < 0.01:
        models += ', "more": {}'
    elif damage < 0.015:
        models = ""
    text = '{ "models": { %s } }' % models
    if 0.02 < damage < 0.05:
        text = rng.choice((text + "x", text[:-1], text.replace(",", ",,", 1), text.replace('"', "'"),
                           text.replace("models", "model"), "[%s]" % text, text + "\n ", "\t" + text,
                           text.replace(" ", "\u00a0", 1), text.replace("{", "{ // x\n", 1)))
    return {"migration_info.json": text}, own
