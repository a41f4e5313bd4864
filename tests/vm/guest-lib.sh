# SPDX-License-Identifier: LGPL-2.1-or-later
# What the scripts in the guest share, on top of tests/lib.sh.  Plain sh, run by busybox.
top_srcdir=/tests
top_builddir=/tests
MDEVCOMPAT=mdevcompat
# The guest is thrown away, and busybox lacks what lib.sh cleans up with.
MDEVCOMPAT_KEEP=1
. ./lib.sh

# QEMU's devices: two boards of one kind and one of another, see run-vm.
edu=0000:00:04.0
edu2=0000:00:05.0
other=0000:00:06.0
pci=/sys/devices/pci0000:00
policies=/etc/mdevcompat/policies

settle() {
	udevadm settle -t 60 || diag "udevadm settle: $?"
}

# load MODULE [PARAMETER=VALUE]...: and every event handled
load() {
	modprobe "$@" || diag "modprobe $*: $?"
	settle
}

unload() {
	rmmod "$@" || diag "rmmod $*: $?"
	settle
}

# put LEVEL SCOPE PATH MODE [TEXT]: a file of the fixture's, see mdevfix.c
put() {
	printf '%s\n' "$*" >/sys/module/mdevfix/put || diag "put $*"
}

# With manual binding, files can be laid out before the types are registered.
autobind() {
	echo "$1" >/sys/bus/pci/drivers_autoprobe
}

bind_to() {
	echo "$2" >"/sys/bus/pci/drivers/$1/bind" || diag "bind $2 to $1"
	settle
}

unbind_from() {
	echo "$2" >"/sys/bus/pci/drivers/$1/unbind" || diag "unbind $2 from $1"
	settle
}

# uuid N: a UUID of our own
uuid() {
	printf '83b8f4f2-509f-382f-3c1e-%012x' "$1"
}

# create PARENT TYPE N, destroy PARENT N
create() {
	uuid "$3" >"$1/mdev_supported_types/$2/create" || diag "create $2 on $1"
	settle
}

destroy() {
	echo 1 >"$1/$(uuid "$2")/remove" || diag "remove $(uuid "$2")"
	settle
}

# props DEVICE: all properties; ours DEVICE: those with our prefix, sorted; prop DEVICE KEY
props() {
	udevadm info -q property -p "$1" 2>/dev/null
}

ours() {
	props "$1" | grep '^MDEV_COMPAT' | sort
}

prop() {
	props "$1" | sed -n "s/^$2=//p"
}

# fp PARENT TYPE: the fingerprint of a type, as a script is told to find it
fp() {
	prop "$1" "MDEV_COMPAT_FP_$(printf %s "$2" | tr -c 'A-Za-z0-9_' _)"
}

# The names under a parent, sorted, separated by blanks.
type_names() {
	ls "$1/mdev_supported_types" | sort | tr '\n' ' ' | sed 's/ $//'
}

# Everything that udevd sends from here on; `heard` prints it, and the listening ends.
listen() {
	vmtool listen >"$scratch/heard" 2>&1 &
	listener=$!
	until grep -q listening "$scratch/heard" 2>/dev/null; do
		usleep 10000
	done
}

heard() {
	settle
	usleep 100000
	kill "$listener"
	wait "$listener" 2>/dev/null
	sed 1d "$scratch/heard"
}

# The longest message about DEVPATH $1 in the output of `heard` on standard input.
longest() {
	awk -v path="${1#/sys}" '$3 == path && $1 > n { n = $1 } END { print n + 0 }'
}

# Takes a fact out of `mdevcompat info --json`.
json_text() {
	sed -n "s/.*\"$1\": *\"\\([^\"]*\\)\".*/\\1/p" | head -n 1
}

# Never empty, so that two silences do not agree.
info_fp() {
	if_text=$("$MDEVCOMPAT" info --json "$1" | json_text fingerprint)
	echo "${if_text:-none by info}"
}

fp_form='^m[cn]1-[a-z2-7]{26}-[a-z2-7]{26}$'

# every_type PARENT COMMAND...: COMMAND PARENT TYPE holds for each type
every_type() {
	et_parent=$1
	shift
	for et_type in $(type_names "$et_parent"); do
		"$@" "$et_parent" "$et_type" || {
			echo "$et_type: $(fp "$et_parent" "$et_type")"
			return 1
		}
	done
}

has_fp() {
	fp "$1" "$2" | grep -Eq "$fp_form"
}

fp_is_info() {
	has_fp "$1" "$2" && [ "$(fp "$1" "$2")" = "$(info_fp "${1##*/}/$2")" ]
}

# Every type of PARENT is named, every one has a fingerprint, and nothing else has one.
complete() {
	co_ours=$(ours "$1")
	co_names=$(type_names "$1")
	co_have=$(printf '%s\n' "$co_ours" | sed -nE "s/^MDEV_COMPAT_FP_([^=]*)=${fp_form#^}/\\1/p" | sort)
	co_want=$(printf '%s\n' $co_names | tr -c 'A-Za-z0-9_\n' _ | sort)
	[ -n "$co_want" ] && [ "$co_have" = "$co_want" ] && printf '%s\n' "$co_ours" |
		grep -Fxq "MDEV_COMPAT_TYPES=$co_names" && printf '%s\n' "$co_ours" |
		grep -Fxq MDEV_COMPAT_STATUS=ok && return
	printf '%s\n' "$co_ours" "types: $co_names"
	return 1
}

all_differ() {
	[ -z "$(ours "$1" | sed -n 's/^MDEV_COMPAT_FP_[^=]*=//p' | sort | uniq -d)" ]
}
