# SPDX-License-Identifier: LGPL-2.1-or-later
# A host with one GPU, one type and one mdev, whose files are those of a device file.

host=$scratch/host
parent=/devices/pci0000:00/0000:00:02.0
uuid=c2177883-f1bb-47f0-914d-32a22e3a8804

# make_host [TYPE]
make_host() {
	type_name=${1-i915-GVTg_V5_4}
	rm -rf "$host"
	mkdir -p "$host/sys$parent/mdev_supported_types/$type_name/devices" \
		"$host/sys$parent/$uuid" "$host/sys/bus/pci/drivers/i915" "$host/sys/bus/pci/devices" \
		"$host/sys/bus/mdev/devices" "$host/sys/class/mdev_bus" "$host/etc/mdevcompat/policies"
	ln -s ../../../bus/pci/drivers/i915 "$host/sys$parent/driver"
	ln -s ../../../bus/pci "$host/sys$parent/subsystem"
	ln -s ../../../../bus/mdev "$host/sys$parent/$uuid/subsystem"
	ln -s "../mdev_supported_types/$type_name" "$host/sys$parent/$uuid/mdev_type"
	ln -s "../../..$parent/$uuid" "$host/sys/bus/mdev/devices/$uuid"
	ln -s "../..$parent" "$host/sys/class/mdev_bus/${parent##*/}"
	for d in "$host/sys$parent" "$host/sys$parent/$uuid"; do
		: >"$d/uevent"
	done
}

# files_of FILE [FOLDER]: writes what stands under `files`; all of it below FOLDER
files_of() {
	python3 - "$1" "${2-$host/sys$parent/mdev_supported_types/$type_name}" "${2-$host/sys$parent/$uuid}" <<'END'
import os, re, sys
# The little of YAML that the files in devices/ use: blocks by indentation, plain and | texts.
where = path = None
texts = {}
for line in open(sys.argv[1]):
    indent = len(line) - len(line.lstrip(" "))
    if path and (indent >= 6 or not line.strip()):
        texts[(where, path)] += line[6:] if line.strip() else "\n"
        continue
    path = None
    if indent == 2 and line.strip().endswith(":"):
        where = line.strip()[:-1]
    elif indent == 4:
        name, text = re.match(r"([^:]+): ?(.*)", line.strip()).groups()
        texts[(where, name)] = "" if text == "|" else text.strip("'\"") + "\n"
        path = name if text == "|" else None
for (where, path), text in texts.items():
    file = os.path.join(sys.argv[2 if where == "type" else 3], path)
    os.makedirs(os.path.dirname(file), exist_ok=True)
    with open(file, "w") as f:
        f.write(text)
END
}

# speak TEXT [MORE]: the host's policy
speak() {
	echo "language 1; policy p { applies mdev-type driver i915; speaks $1; ${2-} }" \
		>"$host/etc/mdevcompat/policies/p.policy"
}

# ask DEVPATH: the helper as udevd runs it
ask() {
	run env -i DEVPATH="$1" "$MDEVCOMPAT_ID" --root "$host" --deadline 60000
}

# value KEY: of the helper's output
value() {
	printf '%s\n' "$out" | sed -n "s/^$1=//p"
}

# fingerprint SUBJECT: or unknown:CODE[:DETAIL], as the helper spells it
fingerprint() {
	"$m" --root "$host" --json info "$1" | jq -r '
		.fingerprint // ("unknown:" + .status + (if .detail then ":" + (.detail | gsub("/"; "@2F")) else "" end))'
}

# ---- a virtual function bound to a vfio driver ------------------------------------------------------

vf=/devices/pci0000:40/0000:41:00.4
pf=/devices/pci0000:40/0000:41:00.0
address=${vf##*/}

# make_vf: a host with a physical function, and one of its virtual functions
make_vf() {
	rm -rf "$host"
	mkdir -p "$host/sys$vf/vfio-dev/vfio0" "$host/sys$pf" "$host/sys/bus/pci/drivers/vendor_vfio" \
		"$host/sys/bus/pci/drivers/vendor" "$host/sys/bus/pci/devices" "$host/sys/class/mdev_bus" \
		"$host/etc/mdevcompat/policies" "$host/etc/mdevcompat/site.d"
	ln -s ../../../bus/pci/drivers/vendor_vfio "$host/sys$vf/driver"
	ln -s ../../../bus/pci/drivers/vendor "$host/sys$pf/driver"
	ln -s "../${pf##*/}" "$host/sys$vf/physfn"
	for d in $vf $pf; do
		ln -s ../../../bus/pci "$host/sys$d/subsystem"
		ln -s "../../..$d" "$host/sys/bus/pci/devices/${d##*/}"
		: >"$host/sys$d/uevent"
	done
}

# vfio NAME FROM SED...: as `device`, of a file of devices/ made a vfio device's, whose files are all its own
vfio() {
	device "$@"
	sed -e 's/^driver: .*/driver: vendor_vfio/' -e 's/^type: .*/kind: vfio/' -e 's/^  type:$/  device:/' \
		"$scratch/$1.yaml" | awk '$0 != "  device:" || !seen++' >"$scratch/.yaml"
	mv "$scratch/.yaml" "$scratch/$1.yaml"
}

# vf_files FILE: writes what stands under `files`
vf_files() {
	files_of "$1" "$host/sys$vf"
}

# speak_vf TEXT [MORE [TYPE FROM]]: the host's policy, and $scratch/vf for device files
speak_vf() {
	mkdir -p "$scratch/vf"
	echo "language 1; policy p { applies vfio-device driver vendor_vfio ${3-}; $1; ${2-} }" |
		tee "$scratch/vf/p.policy" >"$host/etc/mdevcompat/policies/p.policy"
}
