# SPDX-License-Identifier: LGPL-2.1-or-later
"""speaks NAME: a subject whose driver says itself what it is and takes, joined with what the policy says."""

import evaluate
import mutate
import spoken_attributes
import spoken_forms
import spoken_info
from facts import ABSENT
from spoken_driver import Driver, anything, computed_files, make_block
from spoken_files import UNREADABLE, Files, Problem

# NAME -> the function that reads it, the first file or folder, whether it is always the type's
INTERFACES = {
    "interface-version": (spoken_attributes.interface_version, "interface_version", False),
    "type-attributes": (spoken_attributes.type_attributes, "device_api", True),
    "cross-type-attributes": (spoken_attributes.type_attributes, "device_api", True),
    "migration-compatible": (spoken_forms.migration_compatible, "migration_compatible", False),
    "migration-files": (spoken_forms.migration_files, "migration/self", False),
    "migration-folders": (spoken_forms.migration_folders, "migration/self", False),
    "migration-json": (spoken_forms.migration_json, "migration_compatible", False),
    "migration-info": (spoken_info.migration_info, "migration_info.json", True),
    "ccw-attributes": (spoken_attributes.ccw_attributes, "software_version", False),
    "migration-version": (spoken_attributes.migration_version, "migration_version", False),
}


def driver_of(policy, kind, type_, instance, files):
    """The Driver that the files make, or Problem."""
    interface, way = policy.speaks
    read, first, type_only = INTERFACES[interface]
    driver = Driver(policy, interface)
    driver.type = type_
    read(driver, Files(files, kind, instance, first, type_only))
    if way == "offers" and not mutate.on("spoken-list-direction"):
        driver.turn()
    driver.finish()
    return driver


def own_accept(view):
    """A policy without any accept block is read as if it had one that leaves the type open."""
    policy = view.policy
    if policy.has_accepts:
        return
    row = [] if mutate.on("spoken-own-type-equal") else [anything("type")]
    view.blocks["accept"].append((make_block("accept", row, policy.dynamic), {}))


class SpeakingSubject(evaluate.Subject):
    """A subject of a policy that speaks."""

    def __init__(self, view, narrowing, kind, driver, type_, instance, files):
        self.theirs = None
        try:
            self.driver = driver_of(view.policy, kind, type_, instance, files)
        except Problem as problem:
            super().__init__(view, narrowing)
            self.problems, self.record = problem.found, {}
            return
        self.theirs = evaluate.View(self.driver, kind, driver, type_, True, values=self.driver.values)
        super().__init__(view, narrowing)
        computed = computed_files(view.policy, [rule for rule, _ in getattr(view, "matched", ())])
        if computed & self.driver.files_copied and not mutate.on("spoken-computed-and-copied"):
            self.problems.add((UNREADABLE, None))
        if not self.problems:
            self.record = dict(self.theirs.record(), **self.record)
            own_accept(view)

    def _parts(self, record):
        """The record as the policy and as the driver see it, and whether there is more in it."""
        own, theirs = self.view.policy.all_attributes, self.driver.all_attributes
        mine = {name: typed for name, typed in record.items() if name in own}
        others = {name: typed for name, typed in record.items() if name in theirs}
        if mutate.on("spoken-absent-is-empty"):
            for name, declared in self.driver.attributes.items():
                empty = {"set": frozenset(), "string": "", "int": 0}.get(declared.record_type)
                if empty is not None and not declared.dynamic and declared.default is None:
                    others.setdefault(name, (declared.record_type, empty))
        return mine, others, any(name not in own and name not in theirs for name in record)

    def accepts(self, record):
        if not self.migratable():
            return False, {}
        mine, others, more = self._parts(record)
        if more and not mutate.on("spoken-unknown-passes"):
            return False, {}
        accepted, claims = self.view.accepts(mine)
        if mutate.on("spoken-own-accept-ignored"):
            accepted = True
        if not accepted:
            return False, {}
        accepted, more = self.theirs.accepts(others)
        if not accepted or (self.refuses(record) and not mutate.on("spoken-own-refuse-ignored")):
            return False, {}
        claims = dict(claims)
        if not mutate.on("spoken-claims-none"):
            for name, values in more.items():
                values = {value for value in values if value is not ABSENT}
                if values:
                    claims[name] = values
        return True, claims

    def offers(self, record):
        if mutate.on("spoken-own-offer-ignored"):
            if not self.migratable():
                return False
        elif not super().offers(record):
            return False
        if self.driver.offers is None or not self.migratable():
            return True
        _, others, _ = self._parts(record)
        return self.theirs.describes("offer", others)
