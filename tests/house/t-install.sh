#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# `make install` puts every file where its reader looks, as a folder that is packed needs it, and
# `make uninstall` takes all of them back.
. "$top_srcdir/tests/lib.sh"
plan 7

# The places are make's to know: they may have been given to configure or to make.
printf '%s\n' 'include Makefile' 'print-%:' '	@echo "$($*)"' >"$scratch/print.mk"
place() {
	(cd "$top_builddir" && env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s -f "$scratch/print.mk" "print-$1") |
		tail -n 1
}
in_build() {
	(cd "$top_builddir" && env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s "$@" DESTDIR="$scratch/dest")
}
bindir=$(place bindir)
mandir=$(place mandir)
udevdir=$(place udevdir)
unitdir=$(place systemdsystemunitdir)
policydir=$(place policydir)
cat >"$scratch/want" <<END
$bindir/mdevcompat
$bindir/dh_mdevcompat
$udevdir/mdevcompat_id
$udevdir/rules.d/60-mdevcompat.rules
$(cd "$top_srcdir/policies" && printf "$policydir/%s\n" *.policy)
$(place datadir)/mdevcompat/site.yaml.template
$(place datadir)/mdevcompat/vendor.policy.template
$unitdir/mdevcompat-reload.service
$unitdir/mdevcompat-trigger.service
$unitdir/mdevcompat-update.path
$unitdir/mdevcompat-update.service
$unitdir-preset/50-mdevcompat.preset
$(place bashcompletiondir)/mdevcompat
$(place zshcompletiondir)/_mdevcompat
$(place datadir)/vim/vimfiles/compiler/mdevcompat.vim
$(place datadir)/vim/vimfiles/ftdetect/mdevcompat.vim
$(place datadir)/vim/vimfiles/ftplugin/mdevcompat.vim
$(place datadir)/vim/vimfiles/syntax/mdevcompat.vim
$(place datadir)/perl5/Debian/Debhelper/Sequence/mdevcompat.pm
$(place prefix)/lib/rpm/macros.d/macros.mdevcompat
END
# Manual pages are built by scdoc, or come with a release.
if [ -n "$(place SCDOC)" ] || [ -e "$top_srcdir/man/mdevcompat.1" ]; then
	printf '%s\n' "$mandir/man1/mdevcompat.1" "$mandir/man1/dh_mdevcompat.1" \
		"$mandir/man5/mdevcompat.policy.5" \
		"$mandir/man5/mdevcompat-site.d.5" "$mandir/man7/mdevcompat-descriptor.7" \
		"$mandir/man7/mdevcompat-diagnostics.7" "$mandir/man7/mdevcompat-interfaces.7" \
		"$mandir/man7/mdevcompat.policy-tutorial.7" \
		"$mandir/man8/mdevcompat_id.8" >>"$scratch/want"
fi

ok "make install" in_build install
is "$(cd "$scratch/dest" && find . -type f | sed 's/^\.//' | sort)" "$(sort "$scratch/want")" "exactly these files"
is "$(cd "$scratch/dest" && find . -type f -perm /111 | sed 's/^\.//' | sort)" \
	"$(printf '%s\n' "$bindir/mdevcompat" "$bindir/dh_mdevcompat" "$udevdir/mdevcompat_id" | sort)" \
	"three of them are programs"
like "$(cat "$scratch/dest$udevdir/rules.d/60-mdevcompat.rules")" "\"$udevdir/mdevcompat_id\"" \
	"the rules name the helper by its whole path"
like "$(cat "$scratch/dest$unitdir/mdevcompat-update.service")" "^ExecStart=$bindir/mdevcompat " \
	"the units name the program"
ok "make uninstall" in_build uninstall
is "$(find "$scratch/dest" -type f)" "" "leaves nothing"

done_testing
