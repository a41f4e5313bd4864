# SPDX-License-Identifier: LGPL-2.1-or-later
"""The example of migration-compatible in the forms of migration-files and migration-folders."""

FILES = """driver: i915
type: i915-GVTg_V5_2
files:
  device:
    migration/self: |
      device_id=8086591d
      mdev_type=i915-GVTg_V5_2
      aggregator=1
      pv_mode="none+ppgtt"
    migration/compatible: |
      mdev_type=i915-GVTg_V5_{n:int:1,2,4,8}  aggregator={n}/2
      pv_mode={mode:string:"none+ppgtt","none+context"}

      mdev_type=i915-GVTg_V5_{n:int:1,2,4,8}  aggregator={n}/2  pv_mode=""
"""
FOLDERS = """driver: i915
type: i915-GVTg_V5_2
files:
  device:
    migration/self/device_id: 8086591d
    migration/self/mdev_type: i915-GVTg_V5_2
    migration/self/aggregator: 1
    migration/self/pv_mode: "none+ppgtt"
    migration/compatible/mdev_type: i915-GVTg_V5_{n:int:1,2,4,8}
    migration/compatible/aggregator: {n} / 2
    migration/compatible/pv_mode: {mode:string:"none+ppgtt","none+context"}
    migration/compatible-older/mdev_type: i915-GVTg_V5_{n:int:1,2,4,8}
    migration/compatible-older/aggregator: {n}/2
    migration/compatible-older/pv_mode: ""
"""


def rows(text, equal):
    """Rows of the manual's table; equal: what stands between a key and its value."""
    found = []
    for line in text.strip().splitlines():
        pairs, expected = line.rsplit(None, 1)
        found.append(([tuple(pair.strip().replace("=", equal, 1).split(" -> "))
                       for pair in _second(pairs, equal).split("; ")], expected))
    return found


def _second(pairs, equal):
    """Also the = behind an arrow."""
    return "; ".join(" -> ".join(half.replace("=", equal, 1) if at else half
                                 for at, half in enumerate(pair.split(" -> ")))
                     for pair in pairs.split("; "))


TABLE = """
mdev_type=i915-GVTg_V5_2 -> mdev_type=i915-GVTg_V5_4; aggregator=1 -> aggregator=2   compatible
mdev_type=i915-GVTg_V5_2 -> mdev_type=i915-GVTg_V5_8; aggregator=1 -> aggregator=4   compatible
type: i915-GVTg_V5_2 -> type: i915-GVTg_V5_4     compatible
aggregator=1 -> aggregator=2                     incompatible
mdev_type=i915-GVTg_V5_2 -> mdev_type=i915-GVTg_V5_1; aggregator=1 -> aggregator=0   incompatible
8086591d -> 8086591b                             incompatible
pv_mode="none+ppgtt" -> pv_mode="none+context"   compatible
pv_mode="none+ppgtt" -> pv_mode=none+context     compatible
pv_mode="none+ppgtt" -> pv_mode=none             incompatible
aggregator=1 -> aggregator={x:int:1}             unreadable-fact
"""
ONLY_FILES = """
aggregator=1 -> aggregator=1 extra=1             incompatible
aggregator=1 -> aggregator = 1                   unreadable-fact
aggregator={n}/2 -> aggregator={m}/2             unreadable-fact
migration/compatible: -> migration/other:        missing-fact
migration/self: -> migration/other:              missing-fact
"""
ONLY_FOLDERS = """
self/device_id: 8086591d -> other/x: 1           incompatible
n} / 2 -> n} - 1                                 unreadable-fact
self/aggregator -> self/.aggregator              unreadable-fact
self/aggregator -> self/aggregator/x             unreadable-fact
self/pv_mode -> self/type                        unreadable-fact
"""
EXAMPLES = []
for _way in ("accepts", "offers"):
    EXAMPLES.append((("migration-files", _way), FILES, rows(TABLE, "=") + rows(ONLY_FILES, "=")))
    EXAMPLES.append((("migration-folders", _way), FOLDERS, rows(TABLE, ": ") + rows(ONLY_FOLDERS, ": ")))
