# SPDX-License-Identifier: LGPL-2.1-or-later
# For the tests of the command line: a host of their own, and small policies.

m=$MDEVCOMPAT
umask 022

# host FOLDER: the example host without its policies.
host() {
	sh "$top_srcdir/examples/unpack" "$1" || bail_out "no example host"
	rm -f "$1"/etc/mdevcompat/policies/*
}

# full_host FOLDER: with them.
full_host() {
	sh "$top_srcdir/examples/unpack" "$1" || bail_out "no example host"
}

# policy FILE NAME DRIVER [HEAD-OPTIONS]: exact twins.
policy() {
	mkdir -p "$(dirname "$1")"
	echo "language 1; policy $2 ${4-} { applies mdev-type driver $3; accept same; }" >"$1"
}

# json KEYS... <DOCUMENT: the value at a path of keys and numbers, as text.
json() {
	python3 -c '
import json, sys
x = json.load(sys.stdin)
for k in sys.argv[1:]:
    x = x[int(k)] if isinstance(x, list) else x[k]
print(x if isinstance(x, str) else json.dumps(x))' "$@"
}

# is_json NAME: is $out one JSON document with the format's version?
is_json() {
	is "$(printf '%s' "$out" | json format 2>&1)" 1 "$1"
}

# states ROOT: `name state` of every file in the image.
states() {
	"$m" --root "$1" --json status | python3 -c '
import json, sys
for f in json.load(sys.stdin)["files"]:
    print(f["path"].split("/", 1)[1].replace("mdevcompat/policies/", ""), f["state"])'
}

# drivers ROOT: `driver status file` of every pair in the image.
drivers() {
	"$m" --root "$1" --json status | python3 -c '
import json, sys
for f in json.load(sys.stdin)["drivers"]:
    print(f["driver"], f["status"], (f["file"] or "-").split("/")[-1])'
}
