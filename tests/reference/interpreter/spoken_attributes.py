# SPDX-License-Identifier: LGPL-2.1-or-later
"""interface-version, type-attributes, cross-type-attributes, ccw-attributes and migration-version."""

import mutate
import ranges
import spoken_files as sf
from errors import BadValue
from facts import ABSENT
from spoken_driver import among, anything, as_self, clause
from valuetypes import STRING, Type

APIS = ("vfio-pci", "vfio-platform", "vfio-amba", "vfio-ccw", "vfio-ap")
SET, INT, VERSION = Type("set"), Type("int"), Type("version", 3)


def interface_version(driver, files):
    version = files.read(sf.version, "interface_version")
    listed = files.read(sf.version_list, "interface_version_compatible")
    driver.names.fixed("interface_version")
    driver.add("interface_version", VERSION, version)
    driver.accept([clause("interface_version", "in", "ranges", listed)])


def not_newer(name, version):
    if mutate.on("spoken-higher-minor-passes"):
        return clause(name, "in", "ranges", ranges.united([ranges.begins_with(version[:1], 3)], 3))
    if mutate.on("spoken-version-must-equal"):
        return as_self(name)
    return as_self(name, "not-newer")


def device_api(text):
    if text not in APIS:
        raise BadValue("no API of a device")
    return text


def paths(text):
    """The words of dynamic_resources."""
    found = sf.word_list(text)
    for path in found:
        parts = path.split("/")
        if not all(sf.NAME.match(part) for part in parts):
            raise BadValue("no path")
    return found


def types(text):
    if "\n" in text or "\t" in text:
        raise BadValue("a newline or a tab among the types")
    return sf.words(text)


def _sets(driver, files):
    """The compatible_NAME attributes; bad names are collected, not raised."""
    wrong, reading = sf.Gather(), sf.Gather()
    row = []
    for name in files.names():
        if not name.startswith("compatible_") or name == "compatible_type":
            continue
        wrong.run(driver.names.from_file, name)
        value = reading.run(files.read, sf.words, name)
        driver.add(name, SET, value)
        row.append(as_self(name, "superset" if mutate.on("spoken-superset") else "subset"))
    if reading.found:
        raise sf.Problem(*(reading.found | wrong.found))
    return row, wrong


def type_attributes(driver, files):
    api = files.read(device_api, "device_api")
    version = files.read(sf.version, "software_version")
    driver.names.fixed("device_api")
    driver.names.fixed("software_version")
    driver.add("device_api", STRING, api)
    driver.add("software_version", VERSION, version)
    row, gather = _sets(driver, files)
    row.append(not_newer("software_version", version))
    dynamic = gather.run(files.read, paths, "dynamic_resources", False)
    if dynamic is None:
        if any(detail == "dynamic_resources" for _, detail in gather.found):
            gather.stop()
        dynamic = []
    claims = []
    for path in dynamic:
        name = path.rpartition("/")[2]
        gather.run(driver.names.from_file, name)
        value = None
        if files.instance:
            value = gather.run(files.of_instance, sf.string, path)
        driver.add(name, STRING, value, ABSENT, True)
        driver.copied(path)
        claims.append(name)
        if mutate.on("spoken-dynamic-must-equal"):
            row.append(as_self(name))
        elif mutate.on("spoken-resource-may-be-absent"):
            row.append(anything(name))
        else:
            row.append(clause(name, "present"))
    if driver.interface == "cross-type-attributes" and driver.type is not None:
        listed = gather.run(files.read, types, "compatible_type", False)
        if listed is not None:
            row.append(among("type", listed | {driver.type}))
    gather.stop()
    driver.accept(row, claims)


def ccw_attributes(driver, files):
    version = files.read(sf.version, "software_version")
    subchannel = files.read(sf.integer, "subchannel_type")
    chpid = files.read(sf.hexadecimal, "chpid_type", False)
    mdev_type = files.read(sf.string, "type", False)
    for name, of, value in (("software_version", VERSION, version), ("subchannel_type", INT, subchannel),
                            ("chpid_type", INT, chpid), ("mdev_type", STRING, mdev_type)):
        if value is not None:
            driver.names.fixed(name)
            driver.add(name, of, value)
    driver.accept([not_newer("software_version", version)])


def migration_version(driver, files):
    files.read(sf.string, "migration_version")
    raise sf.Problem((sf.TARGET_ONLY, None))
