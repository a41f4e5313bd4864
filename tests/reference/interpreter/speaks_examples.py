# SPDX-License-Identifier: LGPL-2.1-or-later
"""The examples of mdevcompat-interfaces(7), as they stand there: a device, and the rows of its tables."""

import re

INTERFACE_VERSION = r"""driver: i915
type: i915-GVTg_V5_4
files:
  type:
    interface_version: 2.1.3
    interface_version_compatible: 2.0.2-2.0.4,2.1.0-

2.1.3 -> 2.0.1  incompatible
2.1.3 -> 2.0.2  compatible
2.1.3 -> 2.0.4  compatible
2.1.3 -> 2.0.5  incompatible
2.1.3 -> 2.1  compatible
2.1.3 -> 2.9.0  compatible
2.1.3 -> 3.0.0  incompatible
2.0.2-2.0.4,2.1.0- -> none  compatible
2.0.2-2.0.4,2.1.0- -> ''  compatible
GVTg_V5_4 -> GVTg_V5_8  incompatible
2.1.3 -> 2.1.x  unreadable-fact
2.0.2-2.0.4,2.1.0- -> 2.1  unreadable-fact
interface_version_compatible: -> other:  missing-fact
"""
TYPE_ATTRIBUTES = r"""driver: i915
type: i915-GVTg_V5_4
files:
  type:
    device_api: vfio-pci
    software_version: 2.1.1
    compatible_type: i915-GVTg_V5_4,i915-GVTg_V4_4
    compatible_pci_ids: 8086:591d, 8086:1912
    dynamic_resources: aggregator, fps
  device:
    aggregator: 2
    fps: 30

2.1.1 -> 2.0.9  compatible
2.1.1 -> 2.1.7  compatible
2.1.1 -> 2.2.0  incompatible
2.1.1 -> 1.9.9  incompatible
vfio-pci -> vfio-ccw  incompatible
type: i915-GVTg_V5_4 -> type: i915-GVTg_V4_4  incompatible
8086:591d, 8086:1912 -> 8086:1912  compatible
8086:591d, 8086:1912 -> 8086:1913  incompatible
8086:591d, 8086:1912 -> ''  compatible
compatible_pci_ids -> other  incompatible
compatible_pci_ids -> compatible_chips  incompatible
aggregator: 2 -> aggregator: 4  compatible
aggregator, fps -> fps  incompatible
aggregator, fps -> aggregator, fps, heads  missing-fact
aggregator, fps -> aggregator, ../fps  unreadable-fact
2.1.1 -> two  unreadable-fact
device_api -> api  missing-fact

type: i915-GVTg_V5_4 -> type: i915-GVTg_V4_4  compatible
type: i915-GVTg_V5_4 -> type: i915-GVTg_V4_8  incompatible
"""
MIGRATION_COMPATIBLE = r"""driver: i915
type: i915-GVTg_V5_2
files:
  device:
    migration_compatible: |
      SELF:
        device_id=8086591d
        mdev_type=i915-GVTg_V5_2
        aggregator=1
        pv_mode="none+ppgtt"
      COMPATIBLE:
        mdev_type=i915-GVTg_V5_{n:int:1,2,4,8}  aggregator={n}/2
        pv_mode={mode:string:"none+ppgtt","none+context"}
      COMPATIBLE:  # an older driver
        mdev_type=i915-GVTg_V5_{n:int:1,2,4,8}  aggregator={n}/2  pv_mode=""

mdev_type=i915-GVTg_V5_2 -> mdev_type=i915-GVTg_V5_4; aggregator=1 -> aggregator=2  compatible
mdev_type=i915-GVTg_V5_2 -> mdev_type=i915-GVTg_V5_8; aggregator=1 -> aggregator=4  compatible
type: i915-GVTg_V5_2 -> type: i915-GVTg_V5_4  compatible
aggregator=1 -> aggregator=2  incompatible
mdev_type=i915-GVTg_V5_2 -> mdev_type=i915-GVTg_V5_1; aggregator=1 -> aggregator=0  incompatible
8086591d -> 8086591b  incompatible
pv_mode="none+ppgtt" -> pv_mode="none+context"  compatible
pv_mode="none+ppgtt" -> pv_mode=none+context  compatible
pv_mode="none+ppgtt" -> pv_mode=none  incompatible
pv_mode="none+ppgtt" -> pv_mode=  compatible
pv_mode="none+ppgtt" -> # no pv_mode  compatible
aggregator=1 -> aggregator=  incompatible
aggregator=1 -> aggregator=1 extra=1  incompatible
aggregator=1 -> aggregator=1 extra=  compatible
aggregator=1 -> aggregator = 1  unreadable-fact
aggregator=1 -> aggregator={x:int:1}  unreadable-fact
aggregator={n}/2 -> aggregator={m}/2  unreadable-fact
aggregator={n}/2 -> aggregator={n}-1  unreadable-fact
SELF: -> COMPATIBLE:  unreadable-fact
migration_compatible: -> other:  missing-fact
"""
MIGRATION_JSON = r"""driver: i915
type: i915-GVTg_V5_2
files:
  device:
    migration_compatible: |
      { "self": { "gvt-version": "v2", "aggregator": 1, "pv-mode": "none" },
        "compatible": [ { "gvt-version": "v1", "aggregator": "1" },
                        { "gvt-version": "v2", "aggregator": "{n:int:1,2}", "pv-mode": "none" } ] }

"aggregator": 1 -> "aggregator": "2"  compatible
"aggregator": 1 -> "aggregator": 2.0  incompatible
"v2" -> "v1"  incompatible
"v2" -> "v1"; , "pv-mode": "none" ->  compatible
, "pv-mode": "none" ->  incompatible
: 1, -> : true,  unreadable-fact
"self" -> "me"  unreadable-fact
"""
MIGRATION_INFO = r"""driver: i915
type: i915-GVTg_V5_4
files:
  type:
    migration_info.json: |
      { "models": { "https://example.com/my-nic": { "params": {
          "queues": { "type": "int", "allowed_values": [1, 5, "16-255"], "init_value": 1 },
          "rss": { "type": "bool", "allowed_values": [false, true], "off_value": false } } } } }
  device:
    migration/queues: 5
    migration/rss: 1

my-nic -> my-hba  incompatible
queues: 5 -> queues: 1  compatible
queues: 5 -> queues: 2  incompatible
queues: 5 -> queues: 255  compatible
rss: 1 -> rss: off  compatible
"rss" -> "hash"; /rss: 1 -> /hash: 0  compatible
"rss" -> "hash"; /rss: 1 -> /hash: 1  incompatible
16-255 -> 255-16  unreadable-fact
queues: 5 -> queues: five  unreadable-fact
/queues: -> /other:  missing-fact
"""
CCW_ATTRIBUTES = r"""driver: vfio_ccw
type: vfio_ccw-io
files:
  type:
    software_version: 1.1.0
    subchannel_type: 0
    chpid_type: 0x1a

1.1.0 -> 1.0.0  compatible
1.1.0 -> 1.2.0  incompatible
0x1a -> 1A  compatible
0x1a -> 0x1b  incompatible
chpid_type: -> other:  incompatible
subchannel_type: 0 -> subchannel_type: 3  incompatible
subchannel_type: -> other:  missing-fact
0x1a -> 0x1g  unreadable-fact
"""
MIGRATION_FOLDERS = r"""driver: i915
type: i915-GVTg_V5_4
files:
  device:
    migration/self/type: i915-GVTg_V5_4
    migration/self/aggregator: 2
    migration/compatible_1/type: i915-GVTg_V5_{n:int:1,2,4,8}
    migration/compatible_1/aggregator: '{n}/2'
    migration/compatible_2/type: i915-GVTg_V4_4

self/type: i915-GVTg_V5_4 -> self/type: i915-GVTg_V5_8; aggregator: 2 -> aggregator: 4  compatible
self/type: i915-GVTg_V5_4 -> self/type: i915-GVTg_V4_4  compatible
self/type: i915-GVTg_V5_4 -> self/type: i915-GVTg_V4_4; aggregator: 2 -> aggregator: 4  incompatible
aggregator: 2 -> aggregator: '"2" '  compatible
self/aggregator: -> self/aggregator/x:  unreadable-fact
compatible_1/aggregator: -> compatible_1/aggregator/x:  unreadable-fact
/self/type: -> /mine/type:; /self/aggregator: -> /mine/aggregator:  missing-fact
/compatible_1/type: -> /c/type:; /compatible_1/agg -> /c/agg; /compatible_2/ -> /c2/  missing-fact
"""
MIGRATION_FILES = r"""driver: i915
type: i915-GVTg_V5_2
files:
  type:
    migration/self: |
      mdev_type=i915-GVTg_V5_2 software_version=1.0.0
    migration/compatible: |
      # this release, and the one before
      mdev_type=i915-GVTg_V5_{n:int:1,2} software_version=1.0.0

      mdev_type=i915-GVTg_V5_{n:int:1,2} software_version={v:string:0.9.1,"0.9.2"}

V5_2 software_version=1.0.0 -> V5_1 software_version=0.9.2  compatible
V5_2 software_version=1.0.0 -> V5_1 software_version=0.9.3  incompatible
mdev_type=i915-GVTg_V5_2 -> SELF: mdev_type=i915-GVTg_V5_2  compatible
mdev_type=i915-GVTg_V5_2 -> COMPATIBLE: mdev_type=x  unreadable-fact
1.0.0 -> 1.0.0 software_version=1.0.0  unreadable-fact
/compatible: -> /others:  missing-fact
"""

# of each: the interfaces and ways, the text, which of its tables
EXAMPLES = (
    (("interface-version", None), INTERFACE_VERSION, 0),
    (("interface-version", "accepts"), INTERFACE_VERSION, 0),
    (("interface-version", "offers"), INTERFACE_VERSION, 0),
    (("type-attributes", None), TYPE_ATTRIBUTES, 0),
    (("cross-type-attributes", None), TYPE_ATTRIBUTES, 1),
    (("migration-compatible", "accepts"), MIGRATION_COMPATIBLE, 0),
    (("migration-compatible", "offers"), MIGRATION_COMPATIBLE, 0),
    (("migration-json", "accepts"), MIGRATION_JSON, 0),
    (("migration-json", "offers"), MIGRATION_JSON, 0),
    (("migration-folders", "accepts"), MIGRATION_FOLDERS, 0),
    (("migration-folders", "offers"), MIGRATION_FOLDERS, 0),
    (("migration-files", "accepts"), MIGRATION_FILES, 0),
    (("migration-files", "offers"), MIGRATION_FILES, 0),
    (("migration-info", None), MIGRATION_INFO, 0),
    (("ccw-attributes", None), CCW_ATTRIBUTES, 0),
)


def tables(text):
    """The device, and its tables: rows of (pairs to replace, expected)."""
    device, *rest = re.split(r"\n\n(?! )", text)
    return device + "\n", [[row(line) for line in one.splitlines()] for one in rest]


def row(line):
    left, _, expected = line.rpartition(" ")
    pairs = []
    for part in left.strip().split("; "):
        old, _, new = part.partition(" ->")
        pairs.append((old, new[1:]))
    return pairs, expected


def changed(device, pairs):
    for old, new in pairs:
        assert old in device, old
        device = device.replace(old, new, 1)
    return device


def device(text):
    """A device file: driver, type, files."""
    found, files, where, path, indent = {}, {}, None, None, 0
    for line in text.splitlines():
        depth = len(line) - len(line.lstrip(" "))
        if path is not None and (not line.strip() or depth > 4):
            indent = indent or depth
            files[where, path] += line[indent:] + "\n"
            continue
        path = None
        name, _, value = line.strip().partition(":")
        value = value.strip()
        if depth == 0:
            found[name] = value
        elif depth == 2:
            where = name
        elif value == "|":
            path, indent = name, 0
            files[where, path] = ""
        else:
            files[where, name] = value[1:-1] if value[:1] == "'" else value
    return found["driver"], found["type"], files
