# SPDX-License-Identifier: LGPL-2.1-or-later
# For the tests of the helper: the example host with an image that no compiler made.

host=$scratch/host
id=$MDEVCOMPAT_ID
tools=$top_builddir/tests/helper
gpu=/devices/pci0000:40/0000:40:03.1/0000:41:00.0
mdev=$gpu/5aeb9dd6-2d2e-4b07-a7b9-0f1f3b0e4d11
mtty=/devices/virtual/mtty/mtty
tty=$mtty/83b8f4f2-509f-382f-3c1e-e6bfe0fa1001
igd=/devices/pci0000:00/0000:00:02.0
vgpu=$igd/c2177883-f1bb-47f0-914d-32a22e3a8804
image=$host/etc/mdevcompat/policies.bin
fp='mc1-[a-z2-7]{26}-[a-z2-7]{26}'

spec_of_host() {
	cat <<'END'
policy mtty
on mdev mtty
attr name string required type name
policy nvidia
on mdev nvidia
attr board pci-id required parent vendor device
attr manager version required module nvidia version
attr os string required os-release VERSION_ID
attr profile string required type name
policy gvtg
on mdev i915
attr aggregator int dynamic device intel_vgpu/aggregator
attr pci_id pci-id required parent vendor device
os-release VERSION_ID=12
END
}

make_image() {
	"$tools/make-image" >"$image.new" && mv "$image.new" "$image"
}

make_host() {
	sh "$top_srcdir/examples/unpack" "$host" || bail_out "no example host"
	spec_of_host | make_image || bail_out "no image"
}

# ask DEVPATH [ARGUMENT]...: the helper as udevd runs it, with time enough for a busy machine.
ask() {
	ask_devpath=$1
	shift
	run env -i DEVPATH="$ask_devpath" "$id" --root "$host" --deadline 60000 "$@"
}

# says_nothing CODE NAME: the row of the table in which something went wrong
says_nothing() {
	is "$rc:$out" "$1:" "$2"
}

# add_type PARENT NAME TEXT
add_type() {
	mkdir -p "$host/sys$1/mdev_supported_types/$2"
	printf '%s\n' "$3" >"$host/sys$1/mdev_supported_types/$2/name"
}
