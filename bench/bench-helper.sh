# SPDX-License-Identifier: LGPL-2.1-or-later
# A part of bench/run: the helper inside udev's own IMPORT{program}: `udevadm test` on one device of
# a made-up sysfs, a rules file with 100 IMPORT lines, next to programs that do nothing.
set -eu
. "$bench_src/bench/lib.sh"

SCRATCH=$PWD
IMPORTS=100
ROUNDS=15
TYPES=60

printf 'int main(void) { return 0; }\n' >"$SCRATCH/noop.c"
cc -O2 -o "$SCRATCH/noop-dynamic" "$SCRATCH/noop.c"
# Linked by hand, as the helper is: there need be no musl-gcc.
musl=/usr/lib/$(uname -m)-linux-musl
cc -O2 -c -o "$SCRATCH/noop.o" "$SCRATCH/noop.c"
cc -static -no-pie -nostdlib -nostartfiles -o "$SCRATCH/noop-musl" "$musl/crt1.o" "$musl/crti.o" \
	"$SCRATCH/noop.o" "$musl/libc.a" "$musl/crtn.o"

# A sysfs with one parent of 60 types, an instance, and twelve facts.
sys=$SCRATCH/sys
parent=$sys/devices/pci0000:00/0000:00:04.0
uuid=83b8f4f2-509f-382f-3c1e-e6bfe0fa1001
mkdir -p "$parent/mdev_supported_types" "$parent/$uuid/vendor" "$sys/bus/pci/drivers/nvidia" \
	"$sys/bus/mdev" "$sys/module/nvidia" "$sys/class" "$sys/kernel"
ln -s ../../../bus/pci "$parent/subsystem"
ln -s ../../../bus/pci/drivers/nvidia "$parent/driver"
ln -s ../../../../bus/mdev "$parent/$uuid/subsystem"
printf '0x10de\n' >"$parent/vendor"
printf '0x1eb8\n' >"$parent/device"
printf '550.90.07\n' >"$sys/module/nvidia/version"
printf 'DRIVER=nvidia\nPCI_ID=10DE:1EB8\n' >"$parent/uevent"
: >"$parent/$uuid/uevent"
for i in 1 2 3 4 5; do echo "value$i" >"$parent/f$i"; done
for i in 1 2 3; do echo "$i" >"$parent/$uuid/vendor/d$i"; done
i=0
while [ "$i" -lt "$TYPES" ]; do
	d=$parent/mdev_supported_types/nvidia-$((400 + i))
	mkdir "$d"
	echo "GRID T4-${i}Q" >"$d/name"
	echo vfio-pci >"$d/device_api"
	i=$((i + 1))
done
ln -s ../mdev_supported_types/nvidia-400 "$parent/$uuid/mdev_type"
mkdir -p "$SCRATCH/policies" "$SCRATCH/root/etc"
cat >"$SCRATCH/policies/nvidia.policy" <<'POLICY'
language 1;
policy bench {
	applies mdev-type driver nvidia;
	attribute profile : string from type "name";
	attribute api : string from type "device_api";
	attribute board : pci-id from parent "vendor" "device";
	attribute manager : version(3) from module "nvidia" "version";
	attribute f1 : string from parent "f1";
	attribute f2 : string from parent "f2";
	attribute f3 : string from parent "f3";
	attribute f4 : string from parent "f4";
	attribute f5 : string from parent "f5";
	attribute d1 : int 0..9 from device "vendor/d1" default 0 dynamic;
	attribute d2 : int 0..9 from device "vendor/d2" default 0 dynamic;
	attribute d3 : int 0..9 from device "vendor/d3" default 0 dynamic;
	accept same but { type any; manager in 535.*, 550.*; manager <= self; }
}
POLICY
"$mdevcompat" update --root "$SCRATCH/root" --policies "$SCRATCH/policies" --no-trigger >/dev/null

cat >"$SCRATCH/inner" <<'INNER'
# In a mount namespace of its own: the made-up sysfs, an empty /run/udev, one rules file.
set -eu
mount --make-rprivate /
mount --bind "$SCRATCH/sys" /sys
mkdir -p /run/mdevcompat /run/udev
mount -t tmpfs tmpfs /run
mkdir -p /run/mdevcompat /run/udev/rules.d "$SCRATCH/empty"
cp "$SCRATCH/root/etc/mdevcompat/policies.bin" /run/mdevcompat/
for d in /usr/lib/udev/rules.d /etc/udev/rules.d; do
	[ ! -d "$d" ] || mount --bind "$SCRATCH/empty" "$d"
done
awk -v n="$IMPORTS" -v p="$1" 'BEGIN { for (i = 0; i < n; i++) printf "IMPORT{program}=\"%s\"\n", p }' \
	>/run/udev/rules.d/10-bench.rules
export SYSTEMD_DEVICE_VERIFY_SYSFS=0 SYSTEMD_LOG_LEVEL=err
i=0
while [ "$i" -lt "$ROUNDS" ]; do
	before=$(date +%s%N)
	udevadm test "$2" >/dev/null 2>&1 || :
	after=$(date +%s%N)
	echo $(((after - before) / 1000))
	i=$((i + 1))
done
INNER

# imports PROGRAM DEVPATH: the median of a whole `udevadm test`, in microseconds.
imports() {
	SCRATCH=$SCRATCH IMPORTS=$IMPORTS ROUNDS=$ROUNDS unshare -m sh "$SCRATCH/inner" "$1" "$2" |
		sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

per_import() { # WITH WITHOUT: microseconds of one IMPORT
	echo "$1 $2 $IMPORTS" | awk '{ printf "%.0f", ($1 - $2) / $3 }'
}

one=/devices/pci0000:00/0000:00:04.0/$uuid
all=/devices/pci0000:00/0000:00:04.0
base=$(IMPORTS=0 && imports /nonexistent "$one")
musl=$(per_import "$(imports "$SCRATCH/noop-musl" "$one")" "$base")
dynamic=$(per_import "$(imports "$SCRATCH/noop-dynamic" "$one")" "$base")
figure "static musl program that does nothing" "$musl" us
figure "dynamic program that does nothing" "$dynamic" us
for kind in musl static dynamic; do
	helper=$SCRATCH/helper-$kind
	if ! bench_helper "$kind" "$helper"; then
		echo "# without the $kind helper: it does not build here"
		continue
	fi
	t=$(per_import "$(imports "$helper" "$one")" "$base")
	figure "$kind helper, one instance, 12 facts" "$t" us
	if [ "$kind" != musl ]; then
		figure "  against the static no-op" "$(ratio "$t" "$musl")" times
		continue
	fi
	figure "  against the static no-op" "$(ratio "$t" "$musl")" times "<=" 1.5
	if awk -v v="$(ratio "$t" "$musl")" 'BEGIN { exit !(v > 1.5) }'; then
		echo "# in the way: a third of the difference is 13 files, three system calls each; a sixth the"
		echo "# filter of system calls (the kernel compiles it); a sixth some fifteen pages touched first"
	fi
	figure "  against the dynamic no-op" "$(ratio "$t" "$dynamic")" times "<=" 1
	p=$(per_import "$(imports "$helper" "$all")" "$base")
	figure "$kind helper, a parent of $TYPES types" "$p" us
	each=$(echo "$p $musl $TYPES" | awk '{ printf "%.1f", ($1 - $2) / $3 }')
	figure "  each type" "$each" us "<=" 40
	if awk -v v="$each" 'BEGIN { exit !(v > 40) }'; then
		echo "# in the way: two files of its own, and a fingerprint of 640 bytes (ten blocks of SHA-256) each"
	fi
done
