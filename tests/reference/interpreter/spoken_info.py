# SPDX-License-Identifier: LGPL-2.1-or-later
"""migration-info: one JSON file of the type says which parameters there are and which values they take."""

import re

import mutate
import spoken_files as sf
import spoken_json
import valuetypes
from errors import BadValue
from facts import ABSENT
from spoken_driver import clause
from valuetypes import STRING, Type

RANGE = re.compile(r"(-?[0-9]+)-(-?[0-9]+)\Z")
TYPES = {"bool": Type("bool"), "int": Type("int"), "str": STRING, "string": STRING}


def one_value(kind, value):
    """An off_value, an init_value, or one of the allowed values."""
    if kind == "bool" and isinstance(value, bool):
        return value
    if kind == "int" and isinstance(value, spoken_json.Number):
        return sf.integer(value.spelling)
    if kind == "string" and isinstance(value, str):
        return value
    raise BadValue("a value of another type")


def allowed(kind, values):
    """A clause's form and operand."""
    if not isinstance(values, list):
        values = [values]
    if kind != "int":
        return "values", {one_value(kind, value) for value in values}
    found = []
    for value in values:
        if not isinstance(value, str):
            low = high = one_value(kind, value)
        else:
            match = RANGE.match(value)
            low = sf.integer(match.group(1) if match else value)
            high = sf.integer(match.group(2)) if match else low
            if low > high:
                raise BadValue("a range that runs backwards")
        if mutate.on("spoken-range-end-open") and high > low:
            high -= 1
        found.append((low, high))
    return "numbers", found


class Parameter:
    def __init__(self, name, value):
        if not isinstance(value, dict) or not isinstance(value.get("type"), str) \
                or value["type"] not in TYPES:
            raise BadValue("no parameter")
        self.name = name
        self.type = TYPES[value["type"]]
        if "allowed_values" not in value:
            raise BadValue("no allowed_values")
        self.form, self.operand = allowed(self.type.kind, value["allowed_values"])
        self.init = self.off = None
        if "init_value" in value:
            self.init = one_value(self.type.kind, value["init_value"])
        if "off_value" in value:
            self.off = one_value(self.type.kind, value["off_value"])

    def read(self, text):
        """The value of an instance."""
        return valuetypes.from_text(self.type, sf.string(text))


def member(of, name, required=True):
    found = of.get(name, None if required else {})
    if not isinstance(found, dict):
        raise BadValue("no object %s" % name)
    return found


def info_text(text):
    """MODEL, and the parameters."""
    models = member(spoken_json.read_object(text), "models")
    if len(models) != 1:
        raise BadValue("not one model")
    model, of_model = next(iter(models.items()))
    if not isinstance(of_model, dict):
        raise BadValue("no model")
    return model, [Parameter(*one) for one in member(of_model, "params", False).items()]


def migration_info(driver, files):
    model, parameters = files.read(info_text, "migration_info.json")
    driver.names.fixed("model")
    driver.add("model", STRING, model)
    gather = sf.Gather()
    row, claims = [], []
    for one in parameters:
        gather.run(driver.names.from_file, one.name)
        if files.instance:
            value = gather.run(files.of_instance, one.read, "migration/" + one.name)
        else:
            value = one.init if one.init is not None else one.off
            if value is None:
                gather.found.add((sf.MISSING, None))
        default = ABSENT if one.off is None or mutate.on("spoken-off-value-ignored") else one.off
        driver.add(one.name, one.type, value, default, True)
        driver.copied("migration/" + one.name)
        if mutate.on("spoken-allowed-ignored"):
            row.append(clause(one.name, "present"))
        else:
            row.append(clause(one.name, "in", one.form, one.operand))
        claims.append(one.name)
    gather.stop()
    driver.accept(row, claims)
