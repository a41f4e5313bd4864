# SPDX-License-Identifier: LGPL-2.1-or-later
# Build options and install directories.

# Warnings that every compiler we test with understands the same way.
MDC_WARNINGS="-Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wpointer-arith -Wwrite-strings -Wundef -Wformat=2 -Wno-unused-parameter -Wno-missing-field-initializers -Wvla -Wswitch"
AC_ARG_ENABLE([werror],
	[AS_HELP_STRING([--enable-werror], [make warnings errors (used in CI)])],
	[], [enable_werror=no])
AS_IF([test "x$enable_werror" = xyes], [MDC_WARNINGS="$MDC_WARNINGS -Werror"])

AC_ARG_ENABLE([sanitizers],
	[AS_HELP_STRING([--enable-sanitizers], [build with address and undefined-behaviour sanitizers])],
	[], [enable_sanitizers=no])
AC_ARG_ENABLE([fuzzing],
	[AS_HELP_STRING([--enable-fuzzing], [build the libFuzzer targets (needs clang)])],
	[], [enable_fuzzing=no])
AC_ARG_ENABLE([coverage],
	[AS_HELP_STRING([--enable-coverage], [build for gcov])],
	[], [enable_coverage=no])

MDC_BUILD_CFLAGS=
MDC_BUILD_LDFLAGS=
AS_IF([test "x$enable_sanitizers" = xyes], [
	MDC_BUILD_CFLAGS="$MDC_BUILD_CFLAGS -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -g"
	MDC_BUILD_LDFLAGS="$MDC_BUILD_LDFLAGS -fsanitize=address,undefined"])
AS_IF([test "x$enable_coverage" = xyes], [
	MDC_BUILD_CFLAGS="$MDC_BUILD_CFLAGS --coverage -O0 -g"
	MDC_BUILD_LDFLAGS="$MDC_BUILD_LDFLAGS --coverage"])
AC_ARG_VAR([FUZZING_LIBS], [link flags of the fuzz targets (default: -fsanitize=fuzzer)])
AS_IF([test "x$enable_fuzzing" = xyes], [
	AS_CASE([$($CC --version 2>/dev/null)], [*clang*], [],
		[AC_MSG_ERROR([--enable-fuzzing needs clang: run configure with CC=clang])])
	MDC_BUILD_CFLAGS="$MDC_BUILD_CFLAGS -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -g"
	MDC_BUILD_LDFLAGS="$MDC_BUILD_LDFLAGS -fsanitize=address,undefined"
	: "${FUZZING_LIBS=-fsanitize=fuzzer}"])
AM_CONDITIONAL([FUZZING], [test "x$enable_fuzzing" = xyes])
AC_SUBST([MDC_WARNINGS])
AC_SUBST([MDC_BUILD_CFLAGS])
AC_SUBST([MDC_BUILD_LDFLAGS])

# Directories that belong to others.  Their packages need not be installed to build; then we
# stay under our own prefix, and the summary says whether udevd and systemd look there.
AC_ARG_WITH([udevdir],
	[AS_HELP_STRING([--with-udevdir=DIR], [udev's directory (rules go to DIR/rules.d, the helper to DIR)])],
	[udevdir=$withval],
	[PKG_CHECK_VAR([udevdir], [udev], [udevdir], [], [udevdir='${prefix}/lib/udev'])])
AS_IF([test -z "$udevdir"], [udevdir='${prefix}/lib/udev'])
AC_SUBST([udevdir])
AC_SUBST([udevrulesdir], ['${udevdir}/rules.d'])

AC_ARG_WITH([systemdsystemunitdir],
	[AS_HELP_STRING([--with-systemdsystemunitdir=DIR], [where systemd units go])],
	[systemdsystemunitdir=$withval],
	[PKG_CHECK_VAR([systemdsystemunitdir], [systemd], [systemdsystemunitdir], [],
		[systemdsystemunitdir='${prefix}/lib/systemd/system'])])
AS_IF([test -z "$systemdsystemunitdir"], [systemdsystemunitdir='${prefix}/lib/systemd/system'])
AC_SUBST([systemdsystemunitdir])

AC_ARG_WITH([bashcompletiondir],
	[AS_HELP_STRING([--with-bashcompletiondir=DIR], [where bash completions go])],
	[bashcompletiondir=$withval],
	[bashcompletiondir='${datadir}/bash-completion/completions'])
AC_SUBST([bashcompletiondir])
AC_ARG_WITH([zshcompletiondir],
	[AS_HELP_STRING([--with-zshcompletiondir=DIR], [where zsh completions go])],
	[zshcompletiondir=$withval],
	[zshcompletiondir='${datadir}/zsh/site-functions'])
AC_SUBST([zshcompletiondir])
AC_SUBST([policydir], ['${prefix}/lib/mdevcompat/policies'])

# Manual pages are scdoc text; a release tarball ships them built.
AC_ARG_VAR([SCDOC], [manual page generator])
AC_CHECK_PROGS([SCDOC], [scdoc])
AM_CONDITIONAL([HAVE_SCDOC], [test -n "$SCDOC"])

AC_DEFUN([MDC_SUMMARY], [
	mdc_expand() { eval "mdc_v=\"$[]1\""; while test "x$mdc_v" != "x$mdc_o"; do mdc_o=$mdc_v; eval "mdc_v=\"$mdc_v\""; done; echo "$mdc_v"; }
	mdc_prefix=$prefix; test "x$prefix" = xNONE && prefix=$ac_default_prefix
	test "x$exec_prefix" = xNONE && exec_prefix='${prefix}'
	mdc_rules=$(mdc_expand "$udevdir/rules.d")
	mdc_units=$(mdc_expand "$systemdsystemunitdir")
	AS_CASE([$mdc_rules], [/etc/udev/rules.d|/run/udev/rules.d|/usr/local/lib/udev/rules.d|/usr/lib/udev/rules.d|/lib/udev/rules.d],
		[mdc_rules_note="udevd looks there"],
		[mdc_rules_note="udevd does NOT look there; use --with-udevdir"])
	AS_CASE([$mdc_units], [/etc/systemd/system|/run/systemd/system|/usr/local/lib/systemd/system|/usr/lib/systemd/system|/lib/systemd/system],
		[mdc_units_note="systemd looks there"],
		[mdc_units_note="systemd does NOT look there; use --with-systemdsystemunitdir"])
	AC_MSG_NOTICE([
	mdevcompat $PACKAGE_VERSION
		prefix       $(mdc_expand "$prefix")
		rules        $mdc_rules ($mdc_rules_note)
		helper       $(mdc_expand "$udevdir")/mdevcompat_id, kind: $mdc_helper
		units        $mdc_units ($mdc_units_note)
		policies     $(mdc_expand "$prefix/lib/mdevcompat/policies")
		manual pages ${SCDOC:-shipped ones only (scdoc not found)}
		sanitizers $enable_sanitizers, fuzzing $enable_fuzzing, coverage $enable_coverage, werror $enable_werror
	])
])
