# SPDX-License-Identifier: LGPL-2.1-or-later
"""migration-compatible, migration-files, migration-folders and migration-json: forms of one thing.

Each form comes to the items of self and those of the alternatives, (KEY, VALUE), with the path of the file
that is to blame for them.
"""

import mutate
import spoken_files as sf
import spoken_json
import spoken_text
from errors import BadValue
from spoken_driver import anything, equals
from spoken_values import Alternative, TooMany, own_value
from valuetypes import STRING

MAX_KEYS = 64
MAX_ALTERNATIVES = 256
MAX_BLOCKS = 256
ATTRIBUTES = {"type": "mdev_type", "driver": "device_driver", "kind": "device_kind"}


def keyed(items, of, path):
    """attribute -> text of the VALUE, of one block; of: reads the VALUEs, or keeps them."""
    found = {}
    if not items:
        raise sf.Problem((sf.UNREADABLE, path))
    for key, value in items:
        name = ATTRIBUTES.get(key, key)
        if not sf.NAME.match(name) or (name in found and not mutate.on("spoken-duplicate-last-wins")):
            raise sf.Problem((sf.UNREADABLE, None))
        try:
            found[name] = of(value)
        except BadValue:
            raise sf.Problem((sf.UNREADABLE, path)) from None
    if len(found) > MAX_KEYS:
        raise sf.Problem((sf.UNREADABLE, None))
    return found


def kept(text):
    return text


def alternative(items, path):
    pairs = keyed(items, kept, path)
    try:
        return Alternative(list(pairs.items()))
    except BadValue:
        raise sf.Problem((sf.UNREADABLE, path)) from None


def assemble(driver, own, alternatives, whole):
    """own: attribute -> value; alternatives: Alternative each; whole: one says all of a device (JSON)."""
    names = list(own)
    for one in alternatives:
        names += [name for name in one.values if name not in names]
    # (only the status is left open by the order of these checks)
    gather = sf.Gather()
    for name in names:
        gather.run(driver.names.from_file, name)
    rows = []
    for one in alternatives:
        try:
            blocks = one.blocks()
        except TooMany:
            gather.found.add((sf.COMPLEX, None))
            continue
        rows += [(values, one) for values in blocks]
    if len(rows) > MAX_BLOCKS or len(alternatives) > MAX_ALTERNATIVES:
        gather.found.add((sf.COMPLEX, None))
    gather.stop()
    for name in names:
        driver.add(name, STRING, own.get(name), "")
    for values, _ in rows:
        row = [equals(name, value) for name, value in values.items()]
        if "mdev_type" in values:
            row.append(anything("type"))
        if whole and not mutate.on("spoken-json-fill-ignored"):
            row += [equals(name, "") for name in names if name not in values]
        driver.accept(row)


def _counted(alternatives, path, gather):
    if len(alternatives) > MAX_ALTERNATIVES:
        gather.found.add((sf.COMPLEX, None))
        return []
    return [gather.run(alternative, items, path) for items in alternatives]


def migration_compatible(driver, files):
    path = "migration_compatible"
    own, alternatives = files.read(spoken_text.compatible_text, path)
    gather = sf.Gather()
    own = gather.run(keyed, own, own_value, path)
    alternatives = _counted(alternatives, path, gather)
    gather.stop()
    assemble(driver, own, alternatives, False)


def migration_files(driver, files):
    own = keyed(files.read(spoken_text.self_text, "migration/self"), own_value, "migration/self")
    path = "migration/compatible"
    gather = sf.Gather()
    alternatives = _counted(files.read(spoken_text.alternatives_text, path), path, gather)
    gather.stop()
    assemble(driver, own, alternatives, False)


def stripped(text):
    return text if mutate.on("spoken-blanks-kept") else text.strip(" \t")


def folder(files, path):
    """The items of the files in a folder: KEY, text, path."""
    gather = sf.Gather()
    found = []
    for name in files.names(path):
        at = path + "/" + name
        found.append((name, gather.run(files.read, stripped, at), at))
    gather.stop()
    return found


def values_of(row, of):
    """Items of a folder as attribute -> VALUE, each blamed on its own file."""
    gather = sf.Gather()
    found = {}
    for key, text, path in row:
        one = gather.run(keyed, [(key, text)], of, path)
        if one is not None:
            if set(one) & set(found):
                gather.found.add((sf.UNREADABLE, None))
            found.update(one)
    gather.stop()
    if len(found) > MAX_KEYS:
        raise sf.Problem((sf.UNREADABLE, None))
    return found


def migration_folders(driver, files):
    if not files.is_folder("migration/self"):
        status = sf.UNREADABLE if files.exists("migration/self") else sf.MISSING
        raise sf.Problem((status, "migration/self"))
    own = values_of(folder(files, "migration/self"), own_value)
    names = [name for name in files.names("migration") if name.startswith("compatible")]
    if not names:
        raise sf.Problem((sf.MISSING, None))
    gather = sf.Gather()
    if len(names) > MAX_ALTERNATIVES:
        gather.found.add((sf.COMPLEX, None))
    alternatives = []
    for name in names:
        if not files.is_folder("migration/" + name):
            gather.found.add((sf.UNREADABLE, "migration/" + name))
            continue
        row = gather.run(folder, files, "migration/" + name)
        if row is not None:
            pairs = gather.run(values_of, row, kept)
            if pairs is not None:
                alternatives.append(gather.run(alternative, list(pairs.items()), None))
    gather.stop()
    assemble(driver, own, alternatives, False)


def _json_items(block):
    if not isinstance(block, dict):
        raise BadValue("no object")
    found = []
    for key, value in block.items():
        if isinstance(value, spoken_json.Number):
            value = value.spelling
        elif not isinstance(value, str):
            raise BadValue("neither a string nor a number")
        found.append((key, value))
    return found


def json_text(text):
    top = spoken_json.read_object(text)
    own, alternatives = top.get("self"), top.get("compatible")
    if isinstance(own, list):
        if len(own) != 1:
            raise BadValue("self is one object")
        own = own[0]
    if not isinstance(alternatives, list):
        raise BadValue("compatible is an array")
    return _json_items(own), [_json_items(one) for one in alternatives]


def migration_json(driver, files):
    path = "migration_compatible"
    own, alternatives = files.read(json_text, path)
    gather = sf.Gather()
    own = gather.run(keyed, own, own_value, path)
    alternatives = _counted(alternatives, path, gather)
    gather.stop()
    assemble(driver, own, alternatives, True)
