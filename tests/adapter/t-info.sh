#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# `speaks migration-info`, rule by rule, its JSON at its bounds; and `speaks ccw-attributes`.
. "$top_srcdir/tests/lib.sh"
. "$top_srcdir/tests/adapter/lib.sh"
plan 88

policy n 'speaks migration-info;'
device target migration-info
judge compatible n target target "twins"
is "$(said record n target)" '{"kind":"mdev","driver":"i915","type":"i915-GVTg_V5_4","mode":"fast","model":"https://vendor-a.com/my-nic","num_queues":"5","rss":"yes"}' \
	"the record"
is "$(said claims n target)" '["mode","num_queues","rss"]' "what is set on the target"
device one migration-info 's/^      5$/      1/'
like "$("$m" --policies "$scratch/n" explain "$scratch/one.yaml" "$scratch/target.yaml")" \
	'^claim num_queues = 1$' "to the source's value"

# (1) device model strings equal
device other migration-info s/my-nic/my-hba/
judge incompatible n other target "another model"
# (2) each name of the source is known to the target
device more migration-info 's/^              "rss"/              "new": { "type": "bool", "allowed_values": [false], "off_value": false },\n&/' \
	'$a\    migration/new: 1'
judge incompatible n more target "a parameter that the target does not know"
device off more 's|migration/new: 1|migration/new: 0|'
judge compatible n off target "unless it is off"
judge compatible n target off "and a new one of the target that is off is as it was"
device must more 's/\[false\], "off_value": false/[true], "off_value": false/'
judge incompatible n target must "one that may not be off is new behaviour"
device strict more '0,/, "off_value": false },$/s// },/'
judge incompatible n target strict "so is one without an off value"
# (3) each value of the source is among the target's allowed values
for row in 0:no 1:yes 2:no 5:yes 6:no 15:no 16:yes 100:yes 255:yes 256:no -1:no; do
	device source migration-info "s/^      5\$/      ${row%:*}/"
	case $row in *:yes) want=compatible ;; *) want=incompatible ;; esac
	judge $want n source target "num_queues ${row%:*} in 1, 5, 16-255"
done
device source migration-info 's/^      fast$/      slow/'
judge incompatible n source target "a word that is not listed"
device source migration-info 's/^      fast$/      0-255/'
judge compatible n source target "in a list of words 0-255 is a word"
device source migration-info 's/^      fast$/      100/'
judge incompatible n source target "and no range"
device no migration-info 's/\[false, true\]/[true]/'
device source migration-info 's/^      1$/      0/'
judge incompatible n source no "rss off, where it must be on"
judge compatible n target no "rss on"
like "$(said record n source)" '"num_queues":"5"}' "what is off is not in the record"
device empty migration-info 's/\[1, 5, "16-255"\]/[]/'
judge incompatible n target empty "no allowed value: nothing"
device single migration-info 's/\[1, 5, "16-255"\]/"1-9"/'
judge compatible n target single "a range alone"
# "[1,5]" and "0-255" as the posting has them.
for row in '[1, 5]:5:compatible' '[1, 5]:3:incompatible' '"0-255":0:compatible' '"0-255":255:compatible' \
	'"0-255":256:incompatible' '["0-255"]:3:compatible'; do
	rest=${row#*:}
	device source migration-info "s/^      5\$/      ${rest%:*}/"
	device range migration-info "s/\[1, 5, \"16-255\"\]/${row%%:*}/"
	judge ${rest#*:} n source range "num_queues ${rest%:*} in ${row%%:*}"
done
device list migration-info 's/\[1, 5, "16-255"\]/["255-255", "16-254", "5-5", "1-1"]/'
is "$(said fingerprint n list)" "$(said fingerprint n target)" "order and spelling mean nothing"

# What is not there, or not understood.
device gone migration-info 's/migration_info\.json/info.json/'
unknown missing-fact:migration_info.json n gone "no migration_info.json"
device gone migration-info '/num_queues: |/,+1d'
unknown missing-fact:migration/num_queues n gone "an instance without a parameter's file"
device bad migration-info 's/^      5$/      five/'
unknown unreadable-fact:num_queues n bad "no number"
bad() {
	device bad migration-info "$2"
	unknown "unreadable-fact:$1" n bad "$2"
}
bad num_queues 's/"type": "int"/"type": "float"/'
bad num_queues 's/"type": "int", //'
bad num_queues 's/"allowed_values": \[1, 5, "16-255"\], //'
bad num_queues 's/"16-255"/"255-16"/'
bad num_queues 's/"16-255"/"16-"/'
bad num_queues 's/"16-255"/1.5/'
bad num_queues 's/"16-255"/true/'
bad num_queues 's/"16-255"/9223372036854775808/'
bad rss 's/"off_value": false/"off_value": 0/'
bad rss 's/\[false, true\]/["no", "yes"]/'
bad mode 's/"off_value": ""/"off_value": null/'
bad num_queues 's/"init_value": 1/"init_value": "1"/'
bad type 's/"mode": {/"type": {/'
bad model 's/"mode": {/"model": {/'
bad migration_info.json 's/"params"/"models": {}, "params/;s/"models"/"model"/'
bad migration_info.json '/my-nic/s/^/          "other": {},\n/'
bad migration_info.json 's/"rss": {/"num_queues": {/'
bad migration_info.json 's/"my-nic/my-nic/;s/"https:/https:/'
bad migration_info.json 's/"fast", "0-255"/"fast" "0-255"/'
bad migration_info.json 's/"fast", "0-255"/"fast\\u0007"/'
bad migration_info.json 's/"fast", "0-255"/"fast\\ud83d"/'
bad migration_info.json 's/"fast", "0-255"/"fäst"/'
bad migration_info.json 's/"fast", "0-255"/-/'
bad migration_info.json 's/\[1, 5, "16-255"\]/[1, 05]/'
bad migration_info.json 's/^      }$/      /'
bad migration_info.json 's/^      }$/      } }/'
device escaped migration-info 's/"fast", /"f\\u0061st", /'
is "$(said fingerprint n escaped)" "$(said fingerprint n target)" "an escape is its character"
# Brackets inside each other: that of the parameter is the fifth.
nest() {
	open=$(printf '%0*d' "$1" 0 | tr 0 '[') shut=$(printf '%0*d' "$1" 0 | tr 0 ']')
	device deep migration-info "s/\"init_value\": 1 /\"init_value\": 1, \"note\": $open$shut /"
}
nest 11
like "$(said status n deep)" '"ok"' "16 brackets inside each other"
nest 12
unknown unreadable-fact:migration_info.json n deep "17"
size=$(sed -n '/json: |/,/^      }$/p' "$devices/migration-info.yaml" | sed 1d | sed 's/^      //' | wc -c)
device long migration-info "s/^      }\$/&$(printf '%0*d' $((4096 - size)) 0 | tr 0 ' ')/"
like "$(said status n long)" '"ok"' "4096 bytes"
device long migration-info "s/^      }\$/&$(printf '%0*d' $((4097 - size)) 0 | tr 0 ' ')/"
run "$m" --policies "$scratch/n" info "$scratch/long.yaml"
like "$rc:$err" '^3:.*more than 4096 bytes' "4097 bytes"

# ---- vfio-ccw ----------------------------------------------------------------------------------------

policy k 'speaks ccw-attributes;'
device target ccw-attributes
judge compatible k target target "ccw: twins"
is "$(said record k target)" '{"kind":"mdev","driver":"vfio_ccw","type":"vfio_ccw-io","chpid_type":"26","mdev_type":"vfio-ccw","software_version":"1.0.0","subchannel_type":"0"}' \
	"ccw: the record"
device source ccw-attributes s/0xf0/0x80/
is "$(said fingerprint k source)" "$(said fingerprint k target)" "ccw: the mask of channel paths is ignored"
device source ccw-attributes s/0x1a/0x1b/
judge incompatible k source target "ccw: chpid_type"
device source ccw-attributes s/0x1a/1A/
judge compatible k source target "ccw: its spelling"
device source ccw-attributes '/subchannel_type/,+1s/      0/      3/'
judge incompatible k source target "ccw: subchannel_type"
device source ccw-attributes s/1.0.0/1.1.0/
judge incompatible k source target "ccw: a newer source"
judge compatible k target source "ccw: a newer target"
# Sean Mooney's versions hold for all that have a software_version.
for row in 2.0.1:2.1.1:compatible 2.1.1:2.0.1:incompatible 2.0.0:3.0.0:incompatible 2.0.1:2.0.0:compatible; do
	rest=${row#*:}
	device a ccw-attributes "s/1\.0\.0/${row%%:*}/"
	device b ccw-attributes "s/1\.0\.0/${rest%:*}/"
	judge ${rest#*:} k a b "ccw: software_version ${row%%:*} -> ${rest%:*}"
done
device gone ccw-attributes '/subchannel_type/,+1d'
unknown missing-fact:subchannel_type k gone "ccw: no subchannel_type"
device gone ccw-attributes '/chpid_type/,+1d'
judge incompatible k gone target "ccw: without chpid_type"
judge compatible k gone gone "ccw: on both sides"
device bad ccw-attributes s/0x1a/1g/
unknown unreadable-fact:chpid_type k bad "ccw: no number"

# ---- L: what no file of the driver tells is a site fact -----------------------------------------------

policy l 'speaks interface-version; attribute mac : string from site "vdpa.mac" default none;'
device a interface-version '/^files/i\attributes:\n  mac: on'
device b interface-version
judge incompatible l a b "a site fact beside the driver's own word"
judge compatible l a a "equal"

done_testing
