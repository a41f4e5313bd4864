#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Site facts from file to record: who speaks over whom, what is inherited, what a broken file does to
# all of them, and what is said about it.
. "$top_srcdir/tests/lib.sh"
. "$top_srcdir/tests/cli/lib.sh"

here=$top_srcdir/tests/cli/bad
set -- "$here"/site-*.yaml
plan $(($# + 90))

# ---- messages, byte for byte

cd "$here" || exit 99
for file; do
	file=${file##*/}
	is "$("$m" check "$file" 2>&1)" "$(cat "${file%.yaml}.expected")" "bad/$file"
done
cd "$scratch" || exit 99
# Each code from 210 to 214 has a file; the others need more than one file.
codes=$(sed -n 's/^DIAG_CODE(DIAG_SITE_[A-Z_]*, \(21[0-4]\), .*/MDC-\1/p' \
	"$top_srcdir/engine/base/diag-codes.def" | sort)
is "$(cat "$here"/site-*.expected | grep -o 'MDC-[0-9]*' | sort -u)" "$codes" "every code has its message"

# ---- a host: a card with a VF that carries mdevs, one vfio device, and policies that read site facts

h=$scratch/host
pf=$h/sys/devices/pci0000:00/0000:3b:00.0
vf=$h/sys/devices/pci0000:00/0000:3b:00.4
other=$h/sys/devices/pci0000:00/0000:5e:00.0
mkdir -p "$h/sys/bus/pci/devices" "$h/sys/bus/pci/drivers/nvidia" "$h/sys/bus/pci/drivers/vfio-pci" \
	"$h/sys/bus/mdev/devices" "$h/sys/class/mdev_bus" "$h/etc/mdevcompat/policies" \
	"$h/etc/mdevcompat/site.d" "$h/run/mdevcompat/site.d"
for dev in "$pf" "$vf" "$other"; do
	mkdir -p "$dev"
	ln -s ../../../bus/pci "$dev/subsystem"
	ln -s "../../../devices/pci0000:00/${dev##*/}" "$h/sys/bus/pci/devices/${dev##*/}"
done
parent() { # DEVICE
	mkdir -p "$1/mdev_supported_types/nvidia-471/devices"
	ln -s ../../../bus/pci/drivers/nvidia "$1/driver"
	ln -s "../../devices/pci0000:00/${1##*/}" "$h/sys/class/mdev_bus/${1##*/}"
}
parent "$pf"
parent "$vf"
ln -s ../0000:3b:00.0 "$vf/physfn"
uuid=83b8f4f2-509f-382f-3c1e-e6bfe0fa1001
mkdir -p "$vf/$uuid"
ln -s ../mdev_supported_types/nvidia-471 "$vf/$uuid/mdev_type"
ln -s ../../../../bus/mdev "$vf/$uuid/subsystem"
ln -s "../../../devices/pci0000:00/0000:3b:00.4/$uuid" "$h/sys/bus/mdev/devices/$uuid"
mkdir "$other/vfio-dev"
ln -s ../../../bus/pci/drivers/vfio-pci "$other/driver"
cat >"$h/etc/mdevcompat/policies/nvidia.policy" <<'END'
language 1;
policy nvidia {
	applies mdev-type driver nvidia;
	attribute ecc  : bool   from site "nvidia.ecc" default yes;
	attribute note : string from site "note" default absent;
	accept same;
}
END
cat >"$h/etc/mdevcompat/policies/plain.policy" <<'END'
language 1;
policy plain { applies vfio-device driver vfio-pci; accept same; }
END
site=$h/etc/mdevcompat/site.d

# value SUBJECT ATTRIBUTE: what it is in the record, or why there is none.
value() {
	"$m" --root "$h" --json info "$1" 2>&1 | python3 -c '
import json, sys
d = json.load(sys.stdin)
print(d["record"].get(sys.argv[1], "default") if d["fingerprint"] else d["status"] + ":" + d["detail"])' "$2"
}
from() { # SUBJECT ATTRIBUTE: the file of the fact
	"$m" --root "$h" --json info "$1" 2>/dev/null | python3 -c '
import json, sys
for f in json.load(sys.stdin)["facts"]:
    if f["attribute"] == sys.argv[1]:
        print((f["from"] or "-").split("/")[-1])' "$2"
}
update() {
	run "$m" --root "$h" update "$@"
}

type=0000:3b:00.0/nvidia-471
vftype=0000:3b:00.4/nvidia-471
exits 0 "no site facts" "$m" --root "$h" update
is "$(value $type ecc)" default "then the default"

# ---- who speaks over whom

printf 'host:\n  nvidia.ecc: off\n' >"$site/50-ecc.yaml"
update
is "$rc" 0 "a file for the host"
is "$(value $type ecc)" no "the host's word"
is "$(from $type ecc)" 50-ecc.yaml "and where it stands"
is "$(value $vftype ecc)" no "for all devices"
printf 'host:\n  nvidia.ecc: off\ndriver:\n  nvidia:\n    nvidia.ecc: "on"\n' >"$site/50-ecc.yaml"
update
is "$(value $type ecc)" default "the driver over the host: on, which is the default"
printf 'driver:\n  nvidi:\n    nvidia.ecc: off\n  nvidia-x:\n    nvidia.ecc: off\n' >"$site/50-ecc.yaml"
update
is "$(value $type ecc)" default "another driver's name is another driver"
printf 'driver:\n  nvidia:\n    nvidia.ecc: on\naddress:\n  0000:3b:00.0:\n    nvidia.ecc: off\n' >"$site/50-ecc.yaml"
update
is "$(value $type ecc)" no "the address over the driver"
is "$(value $vftype ecc)" no "a VF inherits its physical function's"
is "$(value $uuid ecc)" no "and so does an mdev on the VF"
printf 'address:\n  0000:3b:00.0:\n    nvidia.ecc: off\n  0000:3b:00.4:\n    nvidia.ecc: on\n' >"$site/50-ecc.yaml"
update
is "$(value $vftype ecc)" default "the VF's own over the physical function's"
is "$(value $uuid ecc)" default "and over its mdevs"
is "$(value $type ecc)" no "which keeps its own"
printf 'address:\n  0000:3b:00.4:\n    nvidia.ecc: off\n' >"$site/50-ecc.yaml"
update
is "$(value $type ecc)" default "a physical function does not inherit"
is "$(value $vftype ecc)" no "the VF has its own"

# ---- several files

printf 'host:\n  nvidia.ecc: on\n  note: first\n' >"$site/10-base.yaml"
printf 'host:\n  nvidia.ecc: off\n' >"$site/50-ecc.yaml"
update
is "$(value $type ecc)" no "the later file counts"
is "$(value $type note)" first "key by key"
is "$(from $type note)" 10-base.yaml "each with its own file"
printf 'address:\n  0000:3b:00.0:\n    note: of the card\n' >"$site/05-card.yaml"
update
is "$(value $type note)" "of the card" "the closer word counts, in whatever file"
printf 'host:\n  nvidia.ecc: on\n' >"$h/run/mdevcompat/site.d/99-run.yaml"
update
is "$(value $type ecc)" default "/run is a part of the row"
printf 'host:\n  nvidia.ecc: on\n' >"$h/run/mdevcompat/site.d/50-ecc.yaml"
rm "$h/run/mdevcompat/site.d/99-run.yaml"
update
is "$(value $type ecc)" no "a file of the same name in /etc replaces it"
like "$(states "$h")" '^run/site.d/50-ecc.yaml overridden|50-ecc.yaml overridden' "status says so"
rm "$site/50-ecc.yaml"
ln -s /dev/null "$site/50-ecc.yaml"
update
is "$(value $type ecc)" default "a link to /dev/null masks"
like "$(states "$h")" '50-ecc.yaml masked' "status says so"
rm "$site"/* "$h"/run/mdevcompat/site.d/*
printf 'host: {nvidia.ecc: off}\n' >"$site/.hidden.yaml"
printf 'host: {nvidia.ecc: off}\n' >"$site/x.yaml~"
update
is "$(value $type ecc)" default "hidden files and leftovers are none"

# ---- every scalar is text

printf 'host:\n  note: 1.10\n' >"$site/a.yaml"
update
is "$(value $type note)" 1.10 "no number"
printf 'host:\n  note: ~\n' >"$site/a.yaml"
update
is "$(value $type note)" "~" "no null"
printf 'host:\n  note: ""\n' >"$site/a.yaml"
update
is "$(value $type note)" "" "an empty text is a value"
printf '{"host": {"note": "a=b # c: d"}}\n' >"$site/a.yaml"
update
is "$(value $type note)" "a=b # c: d" "whatever is in it, also from JSON"
printf 'host:\n  nvidia.ecc: maybe\n' >"$site/a.yaml"
update
is "$(value $type ecc)" unreadable-fact:ecc "what is no bool is unreadable"

# ---- a broken file

printf 'host:\n  nvidia.ecc: off\n' >"$site/a.yaml"
update
cp "$h/etc/mdevcompat/policies.bin" before
printf 'adress:\n  0000:3b:00.0:\n    note: x\n' >"$site/b.yaml"
exits 3 "a person's update ends with 3" "$m" --root "$h" update
like "$err" "site.d/b.yaml:1:1: error: 'adress' .*MDC-211" "says where"
like "$err" "nothing was changed" "and that nothing was changed"
ok "which is so" cmp -s "$h/etc/mdevcompat/policies.bin" before
run "$m" --root "$h" status
like "$out" 'site.d/b.yaml is not in the image' "status names it"
like "$out" 'b.yaml:1:1: .*MDC-211' "and what is wrong with it"
is "$rc" 3 "status is red"
run "$m" --root "$h" info $type
like "$err" 'site.d/b.yaml is not in the image' "info says so too"
exits 3 "with --keep-going it is 3 as well" "$m" --root "$h" update --keep-going
is "$(value $type ecc)" unreadable-fact:ecc "no default, and not what another file said either"
run "$m" --root "$h" info $type
like "$out" 'unreadable-fact: ecc: a site file .* is broken' "info says why"
like "$("$m" --root "$h" --json list | tr -d ' \n')" '"unreadable-fact"' "list has the status"
isnt "$(value 0000:5e:00.0 x)" unreadable-fact:x "a policy without site facts goes on"
is "$(DEVPATH=/devices/pci0000:00/0000:3b:00.0 "$MDEVCOMPAT_ID" --root "$h" 2>/dev/null |
	sed -n 's/^MDEV_COMPAT_FP_nvidia_471=//p')" unknown:unreadable-fact:ecc "the helper says the same"
like "$(states "$h")" '^site.d/b.yaml broken|b.yaml broken' "the image knows the broken file"
rm "$site/b.yaml"
update
is "$rc" 0 "and when it is gone"
is "$(value $type ecc)" no "all is as before"
chmod g+w "$site/a.yaml"
exits 3 "a file that others may write" "$m" --root "$h" update
like "$err" 'a.yaml is writable by others' "is refused"
like "$err" 'chmod go-w' "with the command that mends it"
run "$m" --root "$h" update --keep-going
is "$(value $type ecc)" unreadable-fact:ecc "and says nothing more"
chmod g-w "$site/a.yaml"
mv "$site/a.yaml" "$site/a.yml"
exits 3 "a file that ends in .yml" "$m" --root "$h" update
like "$err" 'does not end in .yaml' "is not passed over"
mv "$site/a.yml" "$site/a.yaml"

# ---- how old a fact is

update
touch -d '3 days ago 1 hour ago' "$site/a.yaml"
run "$m" --root "$h" info $type
like "$out" 'ecc .*/etc/mdevcompat/site.d/a.yaml, 3 days old$' "info says how old a site fact is"
run "$m" --root "$h" --json info $type
is "$(printf '%s' "$out" | json facts 0 site changed)" false "--json has it as well"
ok "in seconds" test "$(printf '%s' "$out" | json facts 0 site age)" -ge 262800
printf 'host:\n  nvidia.ecc: no\n' >"$site/a.yaml"
run "$m" --root "$h" info $type
like "$out" 'a.yaml, less than a minute old, changed since `mdevcompat update`' "and that the file has changed"
touch -d '3 days' "$site/a.yaml"
run "$m" --root "$h" info $type
like "$out" 'dated in the future' "a date is no more than a date"
mv "$site/a.yaml" a.yaml
run "$m" --root "$h" info $type
like "$out" 'a.yaml, gone since' "and that it is gone"
mv a.yaml "$site/a.yaml"
is "$("$m" --root "$h" --json info 0000:5e:00.0 | json udev)" null "udev is not asked about another root"

# ---- the other facts that are not in sysfs

cat >"$h/etc/mdevcompat/policies/os.policy" <<'END'
language 1;
policy os {
	applies vfio-device driver other-vfio;
	attribute version : string from os-release "VERSION_ID" default absent;
	attribute name    : string from os-release "PRETTY_NAME" default absent;
	attribute kernel  : version(2) from kernel-release default absent;
	attribute bad     : string from os-release "BAD" default absent;
	accept same;
}
END
rm "$other/driver"
mkdir -p "$h/sys/bus/pci/drivers/other-vfio"
ln -s ../../../bus/pci/drivers/other-vfio "$other/driver"
update
is "$(value 0000:5e:00.0 version)" default "no os-release, no facts of it"
printf 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME='"'"'Debian "12"'"'"'\nVERSION_ID="13"\n' >"$h/etc/os-release"
run "$m" --root "$h" status
like "$out" '/etc/os-release has changed' "status says that it is another one"
run "$m" --root "$h" info 0000:5e:00.0
like "$err" '/etc/os-release has changed' "and so does info"
update
is "$(value 0000:5e:00.0 version)" 13 "os-release: the last one counts, as in the shell"
is "$(value 0000:5e:00.0 name)" 'Debian "12"' "quotes are undone"
run "$m" --root "$h" info 0000:5e:00.0
is "$err" "" "which is in the image now"
is "$(value 0000:5e:00.0 kernel)" default "the kernel of another root is not this one"
echo 'BAD="a' >>"$h/etc/os-release"
update
is "$(value 0000:5e:00.0 bad)" unreadable-fact:bad "what has no value is unreadable and not absent"

# ---- --policies reads them too

mkdir one
cp "$h/etc/mdevcompat/policies/nvidia.policy" one
like "$("$m" --root "$h" --policies one --json info $type)" '"ecc": *"no"' "with --policies as well"
printf 'host: [\n' >"$site/b.yaml"
exits 3 "where a broken one is an error" "$m" --root "$h" --policies one info $type
exits 4 "or unknown, with --keep-going" "$m" --root "$h" --policies one info --keep-going $type
rm "$site/b.yaml"

# ---- keys that nobody reads

printf 'host:\n  nvidia.ec: off\n  nvidia.ecc: on\n' >"$site/a.yaml"
exits 0 "a key that no policy reads" "$m" --root "$h" update
like "$err" "a.yaml:2:3: warning: no policy reads the site fact 'nvidia.ec' \[MDC-216\]" "is a warning"
like "$err" "did you mean 'nvidia.ecc'" "with the one that was meant"
exits 0 "check says so too" "$m" --root "$h" check
like "$err$out" "MDC-216" "with the same code"

# ---- bounds

python3 - >"$site/a.yaml" <<'END'
print("host:")
for i in range(4096): print(f"  k{i}: x")
END
update
is "$rc" 0 "4096 facts and names"
python3 - >"$site/a.yaml" <<'END'
print("host:")
for i in range(4097): print(f"  k{i}: x")
END
update
like "$err" "more than 4096 facts and names.*MDC-215" "one more than there may be"
python3 - >"$site/a.yaml" <<'END'
print("host:\n  note: " + "x" * 4096)
END
update
is "$rc" 0 "a value of 4096 bytes"
python3 - >"$site/a.yaml" <<'END'
print("host:\n  note: " + "x" * 4097)
END
update
like "$err" "a.yaml:2:9: error: more than 4096 bytes" "and of one more"
# "file PATH\n" and 16 lines of "* kNN=...\n" make 65536.
python3 - "$site/a.yaml" 0 <<'END'
import sys
name = "/etc/mdevcompat/site.d/a.yaml"
rest = 65536 - len("file " + name + "\n")
with open(sys.argv[1], "w") as f:
    f.write("host:\n")
    for i in range(17):
        n = min(rest - len("* k00=\n"), 4096)
        if n < 0: break
        rest -= n + len("* k00=\n")
        f.write(f"  k{i:02}: {'x' * n if n else repr('')}\n")
assert rest == 0 or rest < 8, rest
END
update
is "$rc" 0 "64 KiB of facts"
sed -i '$s/$/xxxxxxxx/' "$site/a.yaml"
update
like "$err" "more than 64 KiB.*MDC-215" "and a little more"
python3 - >"$site/a.yaml" <<'END'
print("host: {}\n#" + "x" * (1024 * 1024))
END
update
like "$err" "more than 1 MiB.*MDC-215" "a file of more than 1 MiB"

# ---- text that wants to harm

python3 - "$site/a.yaml" <<'END'
import sys
open(sys.argv[1], "w").write("host:\n  note: " + "[" * 100000)
END
exits 3 "100,000 brackets" timeout 20 "$m" --root "$h" update
printf 'host:\n  note: a\0b\n' >"$site/a.yaml"
exits 3 "a NUL" "$m" --root "$h" update
printf 'host:\n  note: "a\\0b"\n' >"$site/a.yaml"
exits 3 "an escaped NUL" "$m" --root "$h" update
printf 'host:\n  note: "a\\n* nvidia.ecc=on"\n' >"$site/a.yaml"
exits 3 "a newline that would be a line of the image" "$m" --root "$h" update
printf '\377\376h\0o\0' >"$site/a.yaml"
exits 3 "UTF-16" "$m" --root "$h" update

done_testing
