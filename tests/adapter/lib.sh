# SPDX-License-Identifier: LGPL-2.1-or-later
# For the tests of `speaks`: device files in devices/, which hold what the postings show, changed by
# sed where a row needs another value, and policies of one line.

m=$MDEVCOMPAT
devices=$top_srcdir/tests/adapter/devices

# policy NAME TEXT: a folder $scratch/NAME with a policy for i915, vfio_ccw and virtual drivers
policy() {
	mkdir -p "$scratch/$1"
	echo "language 1; policy p { applies mdev-type driver i915, vfio_ccw; $2 }" >"$scratch/$1/p.policy"
}

# device NAME FROM SED...: $scratch/NAME.yaml from a file of devices/ or one made before
device() {
	device_name=$1 device_from=$devices/$2.yaml
	[ -e "$device_from" ] || device_from=$scratch/$2.yaml
	shift 2
	[ $# -gt 0 ] || set -- ''
	printf '%s\n' "$@" >"$scratch/.sed"
	sed -f "$scratch/.sed" "$device_from" >"$scratch/.yaml" || bail_out "$device_name"
	mv "$scratch/.yaml" "$scratch/$device_name.yaml"
}

# verdict POLICY SOURCE TARGET: the first line of match
verdict() {
	"$m" --policies "$scratch/$1" match "$scratch/$2.yaml" "$scratch/$3.yaml" 2>&1 | sed -n 1p
}

# judge WANT POLICY SOURCE TARGET NAME
judge() {
	is "$(verdict "$2" "$3" "$4")" "$1" "$5"
}

# unknown WANT POLICY DEVICE NAME: the code and detail of a device without fingerprint
unknown() {
	run "$m" --policies "$scratch/$2" --json info "$scratch/$3.yaml"
	is "$rc:$(printf '%s' "$out" | jq -r '.status + ":" + (.detail // "")')" "4:$1" "$4"
}

# said FIELD POLICY DEVICE: a field of `info --json`
said() {
	"$m" --policies "$scratch/$2" --json info "$scratch/$3.yaml" | jq -c ".$1"
}
