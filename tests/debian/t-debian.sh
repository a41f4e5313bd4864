#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The Debian packages: built, installed into a minimal system of its own, met with packages of
# others that bring a good and a broken policy, and purged.  A real udevd runs in that system, in
# namespaces of its own, with one real device that is dressed up as a parent of mediated devices.  Before
# that, a vendor's package is built with dh_mdevcompat, and one with the macros for RPM.
#
# Not part of `make check`: it needs root (or sudo without a password) and Debian's archive.  The
# minimal system is kept in $MDEVCOMPAT_CACHE (~/.cache/mdevcompat).
#
# Two halves: the first builds and fetches, the second, started by it, is the test.
here=$(cd "$(dirname "$0")" && pwd)
if [ "${1-}" != --inside ]; then
	set -eu
	top=$(cd "$here/../.." && pwd)
	if [ "$(id -u)" != 0 ]; then
		if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
			exec sudo -n env MDEVCOMPAT_CACHE="${MDEVCOMPAT_CACHE-}" sh "$0"
		fi
		echo "1..0 # SKIP needs root"
		exit 0
	fi
	stage=$(mktemp -d "${TMPDIR:-/tmp}/mdevcompat-debian.XXXXXX")
	trap 'rm -rf "$stage"' EXIT
	trap 'exit 130' HUP INT TERM

	# The tree as a packager has it, and never the tree itself.
	sh "$top/scripts/copy-tree" "$stage/src"
	if ! (cd "$stage/src" && DEB_BUILD_OPTIONS='nocheck noautodbgsym parallel=2' \
		dpkg-buildpackage -us -uc -b -Pnocheck) >"$stage/build.log" 2>&1; then
		sed 's/^/# /' "$stage/build.log" | tail -n 60
		echo "Bail out! the packages do not build"
		exit 1
	fi

	# A minimal system with what the packages depend on, from wherever this machine has its own.
	arch=$(dpkg --print-architecture)
	. /etc/os-release
	suite=$VERSION_CODENAME
	wanted=$(dpkg-deb -f "$stage"/mdevcompat_*_"$arch".deb Depends | tr ',' '\n' |
		sed 's/^ *//; s/[ (|].*//; /^$/d' | cat - "$here/packages" | sort -u | paste -sd,)
	cache=${MDEVCOMPAT_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/mdevcompat}
	base=$cache/$suite-$arch-$(echo "$wanted" | cksum | cut -d' ' -f1).tar
	if [ ! -s "$base" ]; then
		mkdir -p "$cache"
		mirror=$(apt-get indextargets --format '$(ORIGIN)|$(REPO_URI)|$(CODENAME)' |
			sed -n "s/^Debian|\(.*\)|$suite\$/\1/p" | head -n 1)
		if ! debootstrap --variant=minbase --include="$wanted" "$suite" "$stage/base" \
			${mirror:+"$mirror"} >"$stage/debootstrap.log" 2>&1; then
			sed 's/^/# /' "$stage/debootstrap.log" | tail -n 30
			echo "Bail out! no minimal system could be made"
			exit 1
		fi
		rm -rf "$stage"/base/var/cache/apt/archives/*.deb "$stage"/base/var/lib/apt/lists/* \
			"$stage"/base/usr/share/locale/*
		tar -C "$stage/base" -cf "$base.$$" .
		mv "$base.$$" "$base"
		rm -rf "$stage/base"
	fi
	mkdir "$stage/root"
	tar -C "$stage/root" -xpf "$base"

	export stage arch
	export top_srcdir="$top"
	unshare --mount --net --pid --fork --kill-child --propagation private sh "$0" --inside
	exit $?
fi

. "$top_srcdir/tests/lib.sh"
plan 97
R=$stage/root
in_root() {
	chroot "$R" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C DEBIAN_FRONTEND=noninteractive \
		SYSTEMD_DEVICE_VERIFY_SYSFS=0 SYSTEMD_IGNORE_CHROOT=1 "$@"
}

# --- Building a vendor's package ----------------------------------------------------------------
# Here, where the packages were built: the minimal system has no compiler and no debhelper.
tools=$scratch/tools
for deb in "$stage"/mdevcompat_*.deb "$stage"/dh-mdevcompat_*.deb; do
	dpkg-deb -x "$deb" "$tools"
done
# with_tools COMMAND...: in the vendor's folder, as if both packages were installed.
with_tools() {
	(cd "$acme" && env -u DEB_BUILD_OPTIONS PATH="$tools/usr/bin:$PATH" PERL5LIB="$tools/usr/share/perl5" "$@")
}
acme=$scratch/vendor/acme
policy=$acme/policies/60-acme.policy
mkdir -p "$acme/debian" "$acme/policies"
cat >"$policy" <<-END
	language 1;
	policy acme {
		applies mdev-type driver acme;
		attribute what : string from type "name";
		accept same;
		test "equal things" { target { what "a"; } source { } expect compatible; }
		test "other things" { target { what "a"; } source { what "b"; } expect incompatible; }
	}
END
cp "$policy" "$scratch/good.policy"
sed 's/expect incompatible/expect compatible/' "$policy" >"$scratch/red.policy"
sed 's/accept same/accept sme/' "$policy" >"$scratch/broken.policy"
sed 's/accept same;/rule nothing { }  accept same;/' "$policy" >"$scratch/doubtful.policy"
echo 'policies/*.policy' >"$acme/debian/acme-policies.mdevcompat"
cat >"$acme/debian/control" <<-END
	Source: acme
	Maintainer: Nobody <nobody@mdevcompat.invalid>
	Build-Depends: debhelper-compat (= 13), dh-sequence-mdevcompat

	Package: acme-policies
	Architecture: all
	Description: policies of a vendor

	Package: acme-tools
	Architecture: all
	Description: nothing
END
cat >"$acme/debian/changelog" <<-END
	acme (1) unstable; urgency=low

	  * One.

	 -- Nobody <nobody@mdevcompat.invalid>  Tue, 14 Nov 2023 22:13:20 +0000
END
printf '#!/usr/bin/make -f\n%%:\n\tdh $@\n' >"$acme/debian/rules"
chmod 755 "$acme/debian/rules"

is "$(dpkg-deb -f "$(ls "$stage"/dh-mdevcompat_*.deb)" Provides)" dh-sequence-mdevcompat "what a build dependency asks for"
ok "a vendor's package is built" with_tools dpkg-buildpackage -us -uc -b -d
like "$out$err" '60-acme.policy: 2 of 2 tests passed' "and its policy's tests were run"
in_debs=$(for deb in "$scratch"/vendor/*.deb; do dpkg-deb -c "$deb"; done | awk '!/\/$/ && !/\/doc\// { print $1, $2, $6 }')
is "$in_debs" "-rw-r--r-- root/root ./usr/lib/mdevcompat/policies/60-acme.policy" "the policy is in it, once, and nothing else"
cp "$scratch"/vendor/acme-policies_*.deb "$scratch/acme.deb"

cp "$scratch/red.policy" "$policy"
exits 2 "no package when a test of the policy fails" with_tools dpkg-buildpackage -us -uc -b -d
like "$out$err" '^policies/60-acme.policy:7:[0-9]*: error: test "other things": ' "the build's log names the test"
ok "nocheck: the tests are not run" with_tools env DEB_BUILD_OPTIONS=nocheck dh_mdevcompat
ok "another package: nothing is run" with_tools dh_mdevcompat -pacme-tools
with_tools dh_prep
ok "--no-act: nothing is run" with_tools dh_mdevcompat --no-act
ok "or installed" test ! -e "$acme/debian/acme-policies"
cp "$scratch/broken.policy" "$policy"
exits 25 "nocheck: the policy is checked" with_tools env DEB_BUILD_OPTIONS=nocheck dh_mdevcompat
cp "$scratch/doubtful.policy" "$policy"
exits 25 "a warning is a failure" with_tools env DEB_BUILD_OPTIONS=nocheck dh_mdevcompat
cp "$scratch/good.policy" "$policy"
cp "$policy" "$acme/policies/60-acme.policy.txt"
exits 25 "a file that mdevcompat would pass over is one too" with_tools dh_mdevcompat -pacme-tools policies/60-acme.policy.txt

# Packages and options as with any other debhelper program: two packages with policies, one of which is
# built on one architecture only.
two=$scratch/vendor/two
mkdir -p "$two/debian" "$two/policies"
for name in 10-a 11-b 20-c 30-d; do
	echo "language 1; policy x$name { applies mdev-type driver x$name; accept same; }" >"$two/policies/$name.policy"
done
printf 'policies/10-a.policy\n# a comment\npolicies/11-*.policy\n' >"$two/debian/two-all.mdevcompat"
printf 'policies/${env:WHICH}.policy\n' >"$two/debian/two-any.mdevcompat"
sed 's/acme-policies/two-all/; s/acme-tools/two-any/; s/acme/two/' "$acme/debian/control" |
	awk '/^Package: two-any/ { any = 1 } any { sub(/^Architecture: all/, "Architecture: any") } { print }' \
		>"$two/debian/control"
sed 's/^acme/two/' "$acme/debian/changelog" >"$two/debian/changelog"
# took OPTION...: which policies which package has then, and the exit status if it is not 0
took() {
	rm -rf "$two/other"
	run env WHICH="${which:-20-c}" PATH="$tools/usr/bin:$PATH" PERL5LIB="$tools/usr/share/perl5" \
		sh -c 'cd "$1" && shift && dh_prep && dh_mdevcompat "$@"' sh "$two" "$@"
	[ "$rc" = 0 ] || echo "status $rc"
	(cd "$two" && find debian/two-all debian/two-any other -name '*.policy' 2>/dev/null |
		sed 's|usr/lib/mdevcompat/policies/||; s|debian/||; s|\.policy$||' | sort | paste -sd' ')
}
is "$(took)" "two-all/10-a two-all/11-b two-any/20-c" "each package has its own policies"
is "$(which=30-d took)" "two-all/10-a two-all/11-b two-any/30-d" "names are substituted as in other files of debhelper"
is "$(took -i)" "two-all/10-a two-all/11-b" "-i: packages for all architectures"
is "$(took -a)" "two-any/20-c" "-a: those for one"
is "$(took -i -a)" "two-all/10-a two-all/11-b two-any/20-c" "both"
is "$(took -ptwo-any)" "two-any/20-c" "-p: a package"
is "$(took -Ntwo-any)" "two-all/10-a two-all/11-b" "-N: all but one"
is "$(took -X11-b)" "two-all/10-a two-any/20-c" "-X: without a file"
is "$(took -ptwo-any -Pother)" "other/20-c" "-P: into another folder"
is "$(took -ptwo-any policies/30-d.policy)" "two-any/20-c two-any/30-d" "a file on the command line: the first package that is acted on"
is "$(took policies/30-d.policy)" "two-all/10-a two-all/11-b two-all/30-d two-any/20-c" "of all of them"
is "$(took -A policies/30-d.policy)" "two-all/10-a two-all/11-b two-all/30-d two-any/20-c two-any/30-d" "-A: every package"
is "$(took --no-act)" "" "--no-act: nothing"
sed 's/accept same/accept sme/' "$two/policies/10-a.policy" >"$scratch/x" && cp "$scratch/x" "$two/policies/10-a.policy"
is "$(took -a)" "two-any/20-c" "a broken policy of a package that is not built now"
is "$(took -i)" "status 25" "and of one that is: nothing of it is installed"
is "$(took -i -X10-a)" "two-all/11-b" "unless it is left out"
rm "$two/policies/10-a.policy"
is "$(took -a)" "two-any/20-c" "a missing file of a package that is not built now"
is "$(took -i | head -n 1)" "status 25" "and of one that is"
sed 's/x20-c/x11-b/g' "$two/policies/20-c.policy" >"$two/policies/10-a.policy"
took -i >/dev/null
is "$rc" 25 "two policies of one package for the same devices"
like "$out$err" 'driver x11-b is spoken about by' "which is what the log says"
sed 's/x20-c/x10-a/g' "$two/policies/20-c.policy" >"$two/policies/10-a.policy"
echo 'debian/tmp/usr/lib/mdevcompat/policies/30-d.policy' >"$two/debian/two-any.mdevcompat"
# missing OPTION...: with a policy that `make install` left, is there one that no package has?
missing() {
	run env PATH="$tools/usr/bin:$PATH" PERL5LIB="$tools/usr/share/perl5" sh -c 'cd "$1" && shift && dh_prep &&
		mkdir -p debian/tmp/usr/lib/mdevcompat/policies &&
		cp policies/30-d.policy debian/tmp/usr/lib/mdevcompat/policies &&
		dh_mdevcompat "$@" && dh_missing --fail-missing' sh "$two" "$@"
}
missing
is "$rc" 0 "dh_missing hears of what was installed"
missing -a
is "$rc" 0 "also of packages that are not built now"
missing -X30-d
like "$out$err" '30-d.policy exists in debian/tmp but is not installed' "and misses what was left out"

# The same with RPM's macros, which are text here.
cat >"$scratch/acme.spec" <<-END
	Name: acme-policies
	Version: 1
	Release: 1
	Summary: policies of a vendor
	License: none
	BuildArch: noarch
	%description
	Policies.
	%install
	%mdevcompat_install $policy
	%check
	%mdevcompat_check $policy
	%files
	%{_mdevcompat_policydir}/60-acme.policy
END
rpm_build() {
	with_tools rpmbuild --load="$top_srcdir/extra/rpm/macros.mdevcompat" --define "_topdir $scratch/rpm" \
		--define "_tmppath $scratch" --define "_prefix /usr" --define "__mdevcompat $tools/usr/bin/mdevcompat" \
		-bb "$@" "$scratch/acme.spec"
}
ok "the macros build a package" rpm_build
is "$(rpm -qlvp "$scratch"/rpm/RPMS/noarch/*.rpm | awk '{ print $1, $NF }')" \
	"-rw-r--r-- /usr/lib/mdevcompat/policies/60-acme.policy" "that has the policy"
cp "$scratch/red.policy" "$policy"
exits 1 "and none when a test fails" rpm_build
like "$out$err" 'error: test "other things": ' "which is named"
ok "without %check no test is run" rpm_build --nocheck
cp "$scratch/broken.policy" "$policy"
not_ok "but what does not compile is noticed" rpm_build --nocheck
cp "$scratch/doubtful.policy" "$policy"
not_ok "so is a warning" rpm_build --nocheck
cp "$scratch/good.policy" "$policy"
sed 's/acme/other/g' "$policy" >"$acme/policies/61-other.policy"
sed "s|^\(\t*%mdevcompat_.*\)|\1 $acme/policies/61-other.policy|; \$a%{_mdevcompat_policydir}/61-other.policy" "$scratch/acme.spec" \
	>"$scratch/two.spec" && cp "$scratch/two.spec" "$scratch/acme.spec"
ok "two policies in one package" rpm_build
is "$(rpm -qlp "$scratch"/rpm/RPMS/noarch/*.rpm | sed 's|.*/||' | paste -sd' ')" "60-acme.policy 61-other.policy" "are both in it"
sed 's/expect incompatible/expect compatible/' "$acme/policies/61-other.policy" >"$scratch/x" && cp "$scratch/x" "$acme/policies/61-other.policy"
exits 1 "a test of the second one fails" rpm_build
like "$out$err" '61-other.policy:7:.*error: test "other things": ' "which is named"
cp "$policy" "$acme/policies/61-other.policy"
not_ok "two policies for the same devices" rpm_build --nocheck
like "$out$err" 'driver acme is spoken about by' "which is what the log says"
rm "$acme/policies/61-other.policy"

# --- The system, and a udevd in it ------------------------------------------------------------
# Kernel events reach every network namespace; /run, /dev and what is mounted over /sys are ours.
mount -t tmpfs tmpfs "$R/run"
mount -t proc proc "$R/proc"
mount -t tmpfs -o mode=755 tmpfs "$R/dev"
for node in null:3 zero:5 full:7 random:8 urandom:9; do
	mknod -m 666 "$R/dev/${node%:*}" c 1 "${node#*:}"
done
printf '#!/bin/sh\nexit 101\n' >"$R/usr/sbin/policy-rc.d"
chmod 755 "$R/usr/sbin/policy-rc.d"
# Only our rules: the others would look for network links and input devices.
rm -f "$R"/lib/udev/rules.d/*.rules

# /dev/null as a parent: a folder of types laid over the kernel's sysfs.  Events can only be asked for
# in the real file.
null=/sys/devices/virtual/mem/null
fake=$R/run/fake
mkdir -p "$R/run/sys" "$fake/devices/virtual/mem/null/mdev_supported_types/mem-1/devices"
mount -t sysfs sysfs "$R/run/sys"
mkdir -p "$fake/class/mdev_bus"
ln -s ../../devices/virtual/mem/null "$fake/class/mdev_bus/null"
(
	cd "$fake/devices/virtual/mem/null/mdev_supported_types/mem-1"
	echo "Nothing at all" >name
	echo vfio-pci >device_api
	echo 4 >available_instances
)
mount -t overlay -o "ro,lowerdir=$fake:$R/run/sys" overlay "$R/sys"
mount --bind "$R/run$null/uevent" "$R$null/uevent"

in_root /lib/systemd/systemd-udevd >"$scratch/udevd.log" 2>&1 &
udevd=$!
at_exit "kill $udevd 2>/dev/null; wait $udevd 2>/dev/null"
tries=0
until [ -S "$R/run/udev/control" ] || [ $tries = 100 ]; do
	sleep 0.1
	tries=$((tries + 1))
done
properties() {
	in_root udevadm settle
	in_root udevadm info -q property "$null"
}
changed() {
	echo change >"$R$null/uevent"
	properties
}

# What is there before anything of ours is: only that may be there at the end.
everything() {
	(cd "$R" && find . -xdev \( -path ./var/log -o -path ./var/lib/dpkg -o -path ./var/cache \
		-o -path ./debs \) -prune -o -print) | sort
}
everything >"$scratch/before"
like "$(changed)" '^DEVNAME=/dev/null$' "udevd answers"

# --- Installing ---------------------------------------------------------------------------------
mkdir "$R/debs"
cp "$stage"/*.deb "$R/debs/"
is "$(cd "$R/debs" && ls | sed 's/_.*//' | sort | paste -sd' ')" "dh-mdevcompat mdevcompat mdevcompat-policies" \
	"the packages"
image=$R/etc/mdevcompat/policies.bin
digest() {
	cksum <"$image" 2>/dev/null
}

ok "mdevcompat installs alone" in_root dpkg -i $(cd "$R" && ls debs/mdevcompat_*.deb)
ok "and leaves an image" test -s "$image"
ok "mdevcompat-policies installs" in_root dpkg -i $(cd "$R" && ls debs/mdevcompat-policies_*.deb)
ok "status is well" in_root mdevcompat status
like "$(in_root mdevcompat cat 2>&1)" 'mtty' "the shipped policies are in force"
is "$(in_root stat -c '%U:%G %a' /etc/mdevcompat/policies.bin)" "root:root 644" "whose image it is"
ok "the helper is a program" test -x "$R/lib/udev/mdevcompat_id"
like "$(cat "$R/lib/udev/rules.d/60-mdevcompat.rules")" '"/lib/udev/mdevcompat_id"' "the rules name it by its path"
enabled=$(in_root find /etc/systemd/system -name 'mdevcompat*' -printf '%f\n' | sort | paste -sd' ')
is "$enabled" "mdevcompat-trigger.service mdevcompat-update.service" "enabled: two units, not the watching one"
is "$(in_root find /lib/systemd/system -name 'mdevcompat*' -printf '%f\n' | sort | paste -sd' ')" \
	"mdevcompat-reload.service mdevcompat-trigger.service mdevcompat-update.path mdevcompat-update.service" \
	"shipped: all of them"
for file in /usr/share/man/man1/mdevcompat.1.gz /usr/share/man/man5/mdevcompat.policy.5.gz /usr/share/man/man5/mdevcompat-site.d.5.gz \
	/usr/share/man/man7/mdevcompat-descriptor.7.gz /usr/share/man/man7/mdevcompat-diagnostics.7.gz \
	/usr/share/man/man7/mdevcompat-interfaces.7.gz /usr/share/man/man8/mdevcompat_id.8.gz \
	/usr/share/bash-completion/completions/mdevcompat \
	/usr/share/zsh/vendor-completions/_mdevcompat; do
	ok "installed: $file" test -s "$R$file"
done
like "$(changed)" '^MDEV_COMPAT_STATUS=no-policy$' "a parent that nobody has a policy for says so"

# --- A package of someone else --------------------------------------------------------------------
# package NAME POLICY-TEXT: a package that has one policy and no idea of us.
package() {
	mkdir -p "$scratch/$1/DEBIAN" "$scratch/$1/usr/lib/mdevcompat/policies"
	chmod 755 "$scratch/$1"
	printf '%s\n' "$2" >"$scratch/$1/usr/lib/mdevcompat/policies/50-$1.policy"
	chmod 644 "$scratch/$1/usr/lib/mdevcompat/policies/50-$1.policy"
	cat >"$scratch/$1/DEBIAN/control" <<-END
		Package: $1
		Version: ${3:-1}
		Architecture: all
		Maintainer: Nobody <nobody@mdevcompat.invalid>
		Description: one policy
	END
	dpkg-deb --root-owner-group -b "$scratch/$1" "$R/debs/$1.deb" >/dev/null
}
good='language 1;  policy nothing { applies mdev-type driver mem;
	attribute what : string from type "name";  accept same; }'
package vendor-good "$good"
before=$(digest)
ok "a package with a policy installs" in_root dpkg -i debs/vendor-good.deb
isnt "$(digest)" "$before" "and the trigger compiles it"
like "$(in_root mdevcompat cat 2>&1)" 'policy nothing' "it is in force"
like "$(properties)" '^MDEV_COMPAT_FP_mem_1=mc1-[a-z2-7]{26}-[a-z2-7]{26}$' \
	"the device has a fingerprint, and nobody asked for an event"
fingerprint=$(properties | grep ^MDEV_COMPAT_FP_)

with_good=$(digest)
package vendor-broken 'language 1;  policy broken { applies mdev-type driver other;  accept sme; }'
ok "a package with a broken policy installs" in_root dpkg -i debs/vendor-broken.deb
like "$out$err" '50-vendor-broken.policy:1:' "the place of the mistake is said"
like "$out$err" 'mdevcompat: warning: some policies are broken' "and what that means"
is "$(in_root dpkg-query -W -f '${db:Status-Status}' mdevcompat)" installed "nothing is left half configured"
exits 3 "status is red" in_root mdevcompat status
like "$out$err" '50-vendor-broken.policy' "and names the file"
is "$(properties | grep ^MDEV_COMPAT_FP_)" "$fingerprint" "the good one's fingerprint is as before"

ok "the broken one goes" in_root dpkg -P vendor-broken
ok "status is well again" in_root mdevcompat status
is "$(digest)" "$with_good" "and the image is what it was"

cp "$scratch/acme.deb" "$R/debs/acme.deb"
ok "the package that dh_mdevcompat made installs" in_root dpkg -i debs/acme.deb
like "$(in_root mdevcompat cat 2>&1)" 'policy acme' "and its policy is in force"

# An upgrade that changes the meaning changes the fingerprint.
package vendor-good "$(printf '%s' "$good" | sed 's/accept same;/accept same but { what any; }/')" 2
ok "an upgrade of the policy" in_root dpkg -i debs/vendor-good.deb
isnt "$(properties | grep ^MDEV_COMPAT_FP_)" "$fingerprint" "is another fingerprint"

ok "mdevcompat over itself" in_root dpkg -i $(cd "$R" && ls debs/mdevcompat_*.deb)
like "$(in_root mdevcompat cat 2>&1)" 'policy nothing' "keeps what others brought"

# --- Purging ----------------------------------------------------------------------------------------
like "$(properties)" '^MDEV_COMPAT_' "before: properties"
ok "mdevcompat is removed" in_root dpkg -r mdevcompat
unlike "$(properties)" '^MDEV_COMPAT_' "no property is left"
ok "no image is left" test ! -e "$image" -a ! -e "$R/run/mdevcompat/policies.bin"
ok "all is purged" in_root dpkg -P mdevcompat mdevcompat-policies vendor-good acme-policies
everything >"$scratch/after"
is "$(diff "$scratch/before" "$scratch/after")" "" "and nothing at all is left"

done_testing
