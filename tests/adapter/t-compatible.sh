#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The self/compatible proposals: the texts of the postings, what they say is compatible, and the
# places where they are unclear. One meaning in four forms.
. "$top_srcdir/tests/lib.sh"
. "$top_srcdir/tests/adapter/lib.sh"
plan 171

policy f 'speaks migration-compatible as accepts;'
policy f-offers 'speaks migration-compatible as offers;'
policy h 'speaks migration-files as accepts;'
policy h-offers 'speaks migration-files as offers;'
policy i 'speaks migration-folders as accepts;'
policy d 'speaks migration-json as accepts;'
policy d-offers 'speaks migration-json as offers;'

# rows POLICY FIXTURE LINE...: each `WANT TYPE AGGREGATOR [SED]` judges a source that differs so
rows() {
	rows_policy=$1 rows_fixture=$2
	shift 2
	for row; do
		read -r want number aggregator edit <<END
$row
END
		case $want in yes) want=compatible ;; no) want=incompatible ;; esac
		device source "$rows_fixture" "s/_type=i915-GVTg_V5_2/_type=i915-GVTg_V5_$number/" \
			"s/aggregator=1/aggregator=$aggregator/" "$edit" "s/^type: .*/type: i915-GVTg_V5_$number/"
		judge $want "$rows_policy" source target "$rows_fixture: V5_$number, aggregator $aggregator $edit"
	done
}

# ---- 29 July: exact division, absent against empty ------------------------------------------------

device target migration-compatible
like "$(said fingerprint f target)" '^"mc1-' "F: a device takes its twin"
rows f migration-compatible 'yes 2 1' 'yes 4 2' 'yes 8 4' 'no 2 2' 'no 4 1' 'no 8 1' 'no 16 8' \
	'no 1 0' 'no 1 1' 'no 1 0.5' 'no 1 ""' \
	'yes 4 2 s/=3$/=2/' 'no 4 2 s/version=3$/version=1/' 'no 4 2 s/version=3$/version=4/' \
	'yes 4 2 s/pv_mode="none+ppgtt+context"$/pv_mode=none+ppgtt/' \
	'yes 4 2 s/pv_mode="none+ppgtt+context"$/pv_mode="none+context"/' \
	'no 4 2 s/pv_mode="none+ppgtt+context"$/pv_mode=none/' \
	'no 4 2 s/pv_mode="none+ppgtt+context"$/pv_mode=""/' \
	'no 4 2 /pv_mode="none+ppgtt+context"$/d' \
	'no 4 2 s/device_type=pci/device_type=ccw/' 'no 4 2 0,/8086591d/s//8086591b/' \
	'yes 4 2 /pv_mode="none+ppgtt+context"$/d;s/version=3$/version=1/' \
	'yes 4 2 s/pv_mode="none+ppgtt+context"$/pv_mode=/;s/version=3$/version=1/' \
	'yes 4 2 s/pv_mode="none+ppgtt+context"$/pv_mode=""/;s/version=3$/version=1/' \
	'no 4 2 s/pv_mode="none+ppgtt+context"$/pv_mode="none+ppgtt"/;s/version=3$/version=1/' \
	'no 4 2 s/version=3$/&\n      \textra=1/' 'yes 4 2 s/version=3$/&\n      \textra=/' \
	'no 4 2 /aggregator=2/d'
device absent migration-compatible '/pv_mode="none+ppgtt+context"$/d'
device empty migration-compatible 's/pv_mode="none+ppgtt+context"$/pv_mode=""/'
is "$(said fingerprint f absent)" "$(said fingerprint f empty)" "F: absent and empty are one"
is "$(said record f target)" '{"kind":"mdev","driver":"i915","type":"i915-GVTg_V5_2","aggregator":"1","device_id":"8086591d","device_type":"pci","interface_version":"3","mdev_type":"i915-GVTg_V5_2","pv_mode":"none+ppgtt+context"}' \
	"F: the record"

# ---- direction ------------------------------------------------------------------------------------

# "When self version is v2, it can list v1 and v2": the new one lists the old one.
device new migration-compatible
device old migration-compatible 's/version=3$/version=2/' 's/{val3:int:2,3}/2/' '/GVTg_V5_4/d'
judge compatible f old new "as accepts: the newer target lists the older source"
judge incompatible f new old "and the older target does not list the newer source"
judge compatible f-offers new old "as offers: the source that lists may go"
judge incompatible f-offers old new "and the one that does not may not"
like "$(said fingerprint f-offers new)" '^"mc1-' "as offers: a device that lists its twin"
device moved migration-compatible 's/val1:int:1,2,4,8/val1:int:4,8/'
like "$(said fingerprint f-offers moved)" '^"mn1-' "as offers: one that does not"
judge compatible f-offers target moved "as offers the target's own list is not asked"
device more migration-compatible 's/_version=3$/&\n      \textra=1/'
judge incompatible f-offers target more "as offers: a target with a key that the source's list does not know"
device more migration-compatible 's/_version=3$/&\n      \textra=/'
judge compatible f-offers target more "but for one without a value"
is "$(said record f-offers target | jq -c .speaks_of)" \
	'"{ aggregator, device_id, device_type, interface_version, mdev_type, pv_mode }"' "which the source's record says"
device target migration-compatible
device knows target 's/version=3$/&\n      \textra=1/' 's/{val3:int:2,3}/&\n      \textra={x:string:"","1"}/'
judge compatible f-offers knows knows "as offers: the list knows what the target says"
judge incompatible f-offers knows target "a source with a key that the target does not know is refused"
device knows knows 's/^      \textra=1/      \textra=""/'
judge compatible f-offers knows target "unless it says nothing with it"
device bare target 's/{val1:int:1,2,4,8}/2/' '/^      COMPATIBLE:/,$d'
judge compatible f-offers target bare "as offers: a target whose own list is empty"
device four bare 's/_type=i915-GVTg_V5_2/_type=i915-GVTg_V5_4/' 's/aggregator=1/aggregator=2/' 's/^type: .*/type: i915-GVTg_V5_4/'
judge compatible f-offers target four "of another type, as the source's list says"
judge incompatible f-offers bare target "which as a source goes nowhere"
judge incompatible f target bare "as accepts: it takes nothing"
# Names of ours, which a driver cannot have.
for p in f f-offers; do
	for key in speaks speaks_of kindly/x; do
		device bad target "s,version=3\$,&\\n      \\t$key=migration-compatible,"
		unknown "unreadable-fact:$key" $p bad "$p: a key '$key'"
	done
done
for p in f f-offers h h-offers; do
	sed 's/ as [a-z]*//' "$scratch/$p/p.policy" >"$scratch/$p.policy"
	run "$m" check "$scratch/$p.policy"
	like "$rc:$err$out" 'MDC-061' "$p: the policy must say whose list it is"
done

# ---- 5 August: the expansion in the posting ----------------------------------------------------------

device target migration-files
rows h migration-files 'yes 2 1' 'yes 4 2' 'yes 8 4' 'no 2 2' 'no 4 1' 'no 4 4' 'no 8 2' 'no 8 8' \
	'no 1 1' 'no 16 8' 'no 4 2 0,/1.0.0/s//1.0.1/' 'no 4 2 0,/vfio_pci/s//vfio_ccw/' \
	'no 4 2 0,/8086591d/s//80861912/'
# One direction of the list, from each device's own place.
device four migration-files 's/_type=i915-GVTg_V5_2/_type=i915-GVTg_V5_4/' s/aggregator=1/aggregator=2/ \
	's/^type: .*/type: i915-GVTg_V5_4/'
judge compatible h-offers target four "H: as offers"
device bare migration-files 's/{val1:int:2,4,8}/2/' 's/{val1}.2/1/'
judge compatible h four target "a list with V5_4 takes it"
judge incompatible h four bare "one without does not"
# An alternative more, after an empty line or a heading.
for between in '' 'COMPATIBLE:' '# and\n      \n      # also'; do
	device two bare "\$a\\      $between\n      mdev_type=i915-GVTg_V5_4\n      aggregator=2"
	judge compatible h four two "two alternatives: '$between'"
done
device comment bare '$a\      # a comment\n      #another'
is "$(said fingerprint h comment)" "$(said fingerprint h bare)" "comments separate nothing"
# What an alternative leaves out must be equal.
device leaves-out bare '/device_id=8086591d/{x;s/^/x/;/xx/{x;d};x}'
judge compatible h target leaves-out "a key that the list leaves out: equal"
device other target 's/8086591d/80861912/'
judge incompatible h other leaves-out "and not equal"
# 19 August, proposal 2, as it stands in the archive: all on one line.
cat >"$scratch/line.yaml" <<'END'
driver: i915
type: i915-GVTg_V5_4
files:
  device:
    migration/self: |
      software_version=0.1.0 device_api=vfio_pci type=i915-GVTg_V5_4 pci_id=80865963 aggregator=2
    migration/compatible: |
      software_version=0.1.0 device_api=vfio_pci type=i915-GVTg_V5_{val1:int:1,2,4,8} pci_id=80865963 aggregator={val1}/2
END
judge compatible h line line "J: the posting's line"
like "$(said record h line)" '"mdev_type":"i915-GVTg_V5_4"' "its type is an attribute of another name"
device other line 's/aggregator=2/aggregator=1/'
judge incompatible h other line "J: aggregator 1 of V5_4"

# ---- 19 August, proposal 1: folders ------------------------------------------------------------------

device target migration-folders
judge compatible i target target "I: twins"
device eight migration-folders '0,/GVTg_V5_4$/s//GVTg_V5_8/' 's/^      2$/      4/' 's/      i915-GVTg_V5_4/      i915-GVTg_V5_8/'
judge compatible i eight target "I: V5_8 with aggregator 4"
device bad migration-folders 's/^      2$/      4/'
judge incompatible i bad target "I: V5_4 with aggregator 4"
device more migration-folders 's/{val1:int:1,2,4,8}/2/' 's/{val1}.2/1/' \
	'$a\    migration/compatible_2/type: i915-GVTg_V5_4\n    migration/compatible_2/aggregator: 2'
judge compatible i target more "I: several folders are alternatives"
judge incompatible i eight more "I: and no others"
device gone migration-folders 's|migration/compatible/|migration/others/|'
unknown missing-fact:migration/compatible i gone "I: no list"
device gone migration-folders 's|migration/self/|migration/other/|'
unknown missing-fact:migration/self i gone "I: nothing of itself"
device config migration-folders '$a\    migration/self/config: x'
unknown unreadable-fact:migration/self/config i config "I: a name that is no fact's"
# The text form of the same device says the same.
is "$(said record i target | sed 's/vfio-pci/vfio_pci/')" "$(said record h line)" "I and J: one record"

# Jason Wang, 19 August 2020: "vendor A may use 'remote_url' but vendor B may use a different attribute".
device plain migration-files
device nvme migration-files 's/^      software_version=1.0.0/&\n      remote_url=nvme:\/\/10.0.0.1\/ns1/'
device nvme2 nvme 's/10\.0\.0\.1/10.0.0.2/g'
device url nvme s/remote_url/nvme_url/g
judge compatible h nvme nvme "remote_url: the same place"
judge incompatible h nvme2 nvme "another place"
judge incompatible h url nvme "by another name: nobody guesses that it is the same"
judge incompatible h nvme url "in neither direction"
# "Does this mean mgmt need to iterate all the attributes in both src and dst?" Yes: one that only one of
# them has is enough.
judge incompatible h nvme plain "an attribute that the target has never heard of"
judge incompatible h plain nvme "one that the source has not"
# Cornelia Huck, 4 August 2020: other types "should not be included by default".
device here migration-files 's/^      mdev_type=.*/      x=y/;s/{val1}.2/1/'
device there here 's/^type: .*/type: i915-GVTg_V5_8/'
judge compatible h here here "a list without types: the same type"
judge incompatible h there here "and no other"

# Two keys that are one attribute: neither is taken for the other.
device target migration-files
for pair in type:mdev_type driver:device_driver kind:device_kind; do
	device bad target "\$a\\      ${pair%:*}=x\\n      ${pair#*:}=x"
	unknown unreadable-fact:migration/compatible h bad "H: ${pair%:*} and ${pair#*:} in one alternative"
done
device bad migration-folders '$a\    migration/compatible/mdev_type: x'
unknown unreadable-fact:migration/compatible i bad "I: type and mdev_type in one folder"
device bad migration-files '0,/^      software_version=1.0.0/s//&\n      SELF:/'
unknown unreadable-fact:migration/self h bad "SELF: behind what the device says of itself"
device bad migration-files '0,/^      software_version=1.0.0/s//&\n      type=x/'
unknown unreadable-fact:migration/self h bad "H: in what the device says of itself"

# ---- July: JSON ----------------------------------------------------------------------------------------

device target migration-json
judge compatible d target target "D: twins"
device v1 migration-json '0,/"v2"/s//"v1"/' '0,/"none+ppgtt+context"/s//"none"/'
judge compatible d v1 target "D: v2 lists v1"
device v1-only v1 's/"gvt-version": "v2"/"gvt-version": "v1"/'
judge incompatible d target v1-only "D: v1 does not list v2"
judge compatible d-offers target v1 "D: as offers the other way round"
device four migration-json '0,/"i915-GVTg_V5_2"/s//"i915-GVTg_V5_4"/' '0,/"aggregator": "1"/s//"aggregator": 2/'
judge compatible d four target "D: a number is its text"
device less migration-json '0,/ *"aggregator": "1",/s///'
judge incompatible d less target "D: a device without a key is no entry's"
device short migration-json 's/, "aggregator": "1", "pv-mode": "none" }/ }/'
judge incompatible d v1 short "D: an entry is the whole device"
# "dst must be equal to one entry": a target that says more is equal to none.
device more migration-json '0,/"pciid": "8086591d",/s//& "extra": "1",/'
judge incompatible d-offers target more "D: as offers, a target with a key that no entry has"
device less migration-json '0,/ *"aggregator": "1",/s///'
judge incompatible d-offers target less "D: nor is one with a key less"
device none migration-json '/"compatible": \[/,/^        \]/c\        "compatible": []'
judge incompatible d none none "D: an empty list has nobody"
judge incompatible d-offers none target "D: in neither direction"
judge compatible d-offers target none "D: and is asked in one"
for edit in 's/"self"/"me"/' 's/"compatible"/"others"/' 's/^      }$/      } x/' 's/"v1"/null/' \
	's/"v1"/["v1"]/' 's/"pciid": "8086591d", "driver"/"driver": "i915", "driver"/' '0,/"v2"/s//"v\\t2"/' \
	's/} \],/}, {} ],/' 's/"v1",/"v1"/' 's/"aggregator": 2,/"aggregator": 02,/'; do
	device bad migration-json "$edit"
	unknown unreadable-fact:migration_compatible d bad "D: $edit"
done

# ---- what is not understood ------------------------------------------------------------------------------

for edit in 's/{val1}.2/{val2}\/2/' 's/{val1}.2/{val1\/2/' 's/{val1}.2/{val1}\/x/' 's/{val1}.2/{val1}-1/' \
	's/int:2/float:2/' 's/int:2/int:two/' 's/{val1}.2/{val1:int:1}/' 's/8$/&"/;s/aggregator={/aggregator="{/' \
	's/aggregator={/aggregator=}{/' '$s/$/\n      software_version=2/' '$s/$/\n      nonsense/'; do
	device bad migration-files "$edit"
	unknown unreadable-fact:migration/compatible h bad "H: $edit"
done
device target migration-files
device bad migration-files 's/aggregator=1/aggregator={x:int:1}/'
unknown unreadable-fact:aggregator h bad "H: a variable in self"
device never migration-files 's/{val1}.2/{val1}\/0/'
judge incompatible h target never "H: a division by zero matches nothing"
device never migration-files 's/{val1}.2/{val1}*9223372036854775807/'
judge incompatible h target never "H: nor does an overflow"
device bad migration-files '$s/$/\n      type=x mdev_type=x/'
unknown unreadable-fact:migration/compatible h bad "H: two keys for one attribute"
device bad migration-files '0,/mdev_type=i915-GVTg_V5_2/s//mdev_type=x device_driver=y device_kind=z/' \
	'$s/$/\n      type=x driver=y kind=z device_driver=y device_kind=z/'
unknown unreadable-fact:migration/compatible h bad "H: even if they say the same"
device bad migration-files 's/{val1}.2/{val1}+1\/2/'
unknown unreadable-fact:migration/compatible h bad "H: text or a calculation"
# What stands behind a variable is text, blanks and all.
device blank migration-json 's/"aggregator": 2,/"aggregator": "{n:int:1,2} x",/' '0,/"aggregator": "1"/s//"aggregator": "2 x"/' \
	'0,/"i915-GVTg_V5_2"/s//"i915-GVTg_V5_4"/'
judge compatible d blank blank "D: a blank behind a variable"
device close blank '0,/"aggregator": "2 x"/s//"aggregator": "2x"/'
judge incompatible d close blank "D: is not nothing"
# 256 combinations, and one more variable.
values=$(seq -s, 2 257)
device many migration-files "s/2,4,8/$values/"
judge compatible h target many "256 combinations"
device many migration-files "s/2,4,8/$values,258/"
unknown unreadable-fact:migration/compatible h many "257 values of one variable"
device many migration-files "s/2,4,8/$(seq -s, 2 129)/" 's/software_version=1\.0\.0$/software_version={v:string:"1.0.0",2}/'
device many many '0,/{v:string:"1.0.0",2}/s//1.0.0/'
judge compatible h target many "128 times 2 combinations"
device many many "s/{v:string:\"1.0.0\",2}/{v:string:\"1.0.0\",2,3}/"
unknown too-complex: h many "384 combinations are too complex"
device many migration-files "s/2,4,8/$values/" 's/{val1}.2/1/'
like "$(said status h many)" '^"ok"' "256 blocks"
device many many "\$s/\$/\\n      COMPATIBLE: mdev_type=x/"
unknown too-complex: h many "and so are 256 blocks and one more"
# The other bounds of a text, and one past them.
bound() { # N OVER NAME POLICY: what `text N` prints is taken, and what `text OVER` prints is not
	for n in $1 $2; do
		device many migration-files '/^    migration.self/,$d'
		text "$n" >>"$scratch/many.yaml"
		case $n in
		$1) is "$(said status "$4" many)" '"ok"' "$4: $n $3" ;;
		*) like "$("$m" --policies "$scratch/$4" --json info "$scratch/many.yaml" | jq -r .status)" \
			'^(unreadable-fact|too-complex)$' "$4: $n $3" ;;
		esac
	done
}
text() { # keys
	echo '    migration/self: |'
	seq -f '      k%g=1' "$1"
	printf '    migration/compatible: |\n      k1=1\n'
}
bound 64 65 keys h
bound 62 63 "keys, and two of ours" h-offers
text() { # keys of an alternative
	printf '    migration/self: |\n      k1=1\n    migration/compatible: |\n'
	seq -f '      k%g=' "$1"
}
bound 64 65 "keys of an alternative" h
text() { # variables
	printf '    migration/self: |\n      k1=1\n    migration/compatible: |\n'
	seq "$1" | sed 's/.*/      k&={v&:int:1}/'
}
bound 16 17 variables h
text() { # parts of a value
	printf '    migration/self: |\n      k1=1\n    migration/compatible: |\n      v={v:string:x}\n      k1='
	printf '%0*d\n' "$1" 0 | sed 's/0/{v}/g'
}
bound 64 65 "parts of a value" h
text() { # steps
	printf '    migration/self: |\n      k1=1\n    migration/compatible: |\n      k1={v:int:1}'
	printf '%0*d\n' "$1" 0 | sed 's/0/*1/g'
}
bound 64 65 steps h
text() { # bytes of a name
	printf '    migration/self: |\n      %s=1\n    migration/compatible: |\n' "$(printf '%0*d' "$1" 0 | tr 0 k)"
}
bound 64 65 "bytes of a key" h
# 256 alternatives, however they are written, in both directions.
for p in h h-offers; do
	for n in 256 257; do
		device many migration-files '/^    migration.compatible/,$d'
		{
			echo '    migration/compatible: |'
			echo "      mdev_type=i915-GVTg_V5_{v:int:$(seq -s, 2 250)}"
			seq -f '      COMPATIBLE: aggregator=%g' 250 $n
		} >>"$scratch/many.yaml"
		case $n in
		256) is "$(said status $p many)" '"ok"' "$p: 256 alternatives" ;;
		*) unknown too-complex: $p many "$p: 257" ;;
		esac
	done
done

done_testing
