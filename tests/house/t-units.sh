#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The units: systemd takes every line of them, they start the program that is installed, and the one
# that watches is off unless someone turns it on.
. "$top_srcdir/tests/lib.sh"

units='mdevcompat-update.service mdevcompat-trigger.service mdevcompat-update.path
mdevcompat-reload.service'
made=$top_builddir/units
plan 15

for unit in $units; do
	unlike "$(cat "$made/$unit")" '@[a-z]+@' "$unit: nothing is left to substitute"
done
for unit in $units; do
	case $unit in
	*.service)
		like "$(grep ^ExecStart= "$made/$unit")" '^ExecStart=/[^ ]*/mdevcompat update --keep-going' \
			"$unit: compiles what it can, by absolute path"
		;;
	*) like "$(cat "$made/$unit")" '^Unit=mdevcompat-reload.service' "$unit: starts the patient one" ;;
	esac
done
like "$(cat "$made/mdevcompat-update.service")" '^ExecStart=.* --no-trigger$' \
	"before udevd there is nobody to trigger"
like "$(cat "$made/mdevcompat-update.service")" '^Before=systemd-udevd.service ' "and it is before udevd"
like "$(cat "$made/mdevcompat-update.path")" '^TriggerLimitIntervalSec=0$' "no limit ends the watch"
unlike "$(cat "$made/mdevcompat-reload.service" "$made/mdevcompat-update.path" |
	sed '/^\[Install\]/,$d')" 'RemainAfterExit' "a started one can start again"

preset=$(cat "$top_srcdir/units/50-mdevcompat.preset")
like "$preset" '^disable mdevcompat-update.path$' "preset: not watched"
unlike "$preset" '^enable mdevcompat-(update.path|reload)' "preset: nor by another name"

# The program need not be installed for systemd to read the files.
if command -v systemd-analyze >/dev/null; then
	mkdir "$scratch/u"
	for unit in $units; do
		sed 's|^ExecStart=[^ ]*|ExecStart=/bin/true|' "$made/$unit" >"$scratch/u/$unit"
	done
	cd "$scratch/u" || bail_out "no scratch folder"
	run env SYSTEMD_LOG_LEVEL=info systemd-analyze verify --man=no --recursive-errors=no ./*
	is "$rc:$(printf '%s\n' "$err" | grep mdevcompat)" "0:" "systemd-analyze verify"
else
	skip 1 "no systemd-analyze here"
fi

done_testing
