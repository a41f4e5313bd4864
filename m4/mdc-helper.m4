# SPDX-License-Identifier: LGPL-2.1-or-later
# How the udev helper is linked.
#
#   musl     static-pie against musl: starts three times faster than a dynamic program
#   static   static-pie against the compiler's own libc
#   dynamic  as everything else
#   auto     the first of these for which a test program links, is what it says, and computes
#            a SHA-256; the default
#
# musl-gcc is not asked: with -static-pie it makes a dynamic program and says nothing.  The
# start files are named one by one, and the library that hashes by its full path.
AC_ARG_WITH([helper],
	[AS_HELP_STRING([--with-helper=KIND], [how the udev helper is linked: musl, static, dynamic, auto])],
	[], [with_helper=auto])
AS_CASE([$with_helper], [musl|static|dynamic|auto], [],
	[AC_MSG_ERROR([--with-helper=$with_helper: one of musl, static, dynamic, auto])])
AC_ARG_VAR([MUSL_INCLUDEDIR], [headers of musl, for the udev helper])
AC_ARG_VAR([MUSL_LIBDIR], [start files and libc.a of musl, for the udev helper])

# Sanitizers and coverage bring run-time libraries that neither libc takes in statically.
mdc_instrumented=no
AS_IF([test "x$enable_sanitizers" = xyes || test "x$enable_fuzzing" = xyes || test "x$enable_coverage" = xyes], [
	AS_CASE([$with_helper], [musl|static],
		[AC_MSG_WARN([--with-helper=$with_helper does not go with sanitizers, fuzzing or coverage: dynamic])])
	mdc_instrumented=yes
	with_helper=dynamic])

mdc_helper_include=$(pwd)/helper-include

# mdc_where HEADER FLAGS: the file that the compiler takes for <HEADER>.
mdc_where() {
	echo "#include <$1>" | $CC $2 -M -x c - 2>/dev/null | tr -d '\\' | tr ' ' '\n' |
		grep "/$1\$" | head -n 1
}

# The headers that musl has not, alone in a folder: beside them lie those of another libc.
mdc_link_headers() {
	rm -rf "$mdc_helper_include"
	$MKDIR_P "$mdc_helper_include" || return 1
	for mdc_h in linux/openat2.h asm/unistd.h asm-generic/unistd.h; do
		mdc_at=$(mdc_where $mdc_h)
		test -n "$mdc_at" || return 1
		$LN_S "${mdc_at%/*}" "$mdc_helper_include/${mdc_h%%/*}" || return 1
	done
	for mdc_h in sha2.h xxhash.h; do
		mdc_at=$(mdc_where $mdc_h "$MD_CFLAGS $XXHASH_CFLAGS")
		test -n "$mdc_at" || return 1
		$LN_S "$mdc_at" "$mdc_helper_include/$mdc_h" || return 1
	done
	# One of libxxhash's headers includes another.
	mdc_at=${mdc_at%xxhash.h}xxh3.h
	test ! -e "$mdc_at" || $LN_S "$mdc_at" "$mdc_helper_include/xxh3.h"
}

# mdc_file NAME: the compiler's file of that name, or nothing.
mdc_file() {
	mdc_at=$($CC -print-file-name="$1" 2>/dev/null)
	AS_CASE([$mdc_at], [*/*], [test -e "$mdc_at" && echo "$mdc_at"])
}

mdc_md_archive=$(mdc_file libmd.a)
test -n "$mdc_md_archive" || mdc_md_archive=$($PKG_CONFIG --variable=libdir libmd)/libmd.a
test -e "$mdc_md_archive" || mdc_md_archive=

# mdc_try_helper KIND: sets the variables of that kind and builds and runs the test program.
mdc_try_helper() {
	HELPER_CPPFLAGS="$MD_CFLAGS $XXHASH_CFLAGS"
	HELPER_CFLAGS="-fPIE $MDC_BUILD_CFLAGS"
	HELPER_START=
	HELPER_END=
	AS_CASE([$1],
	[musl], [
		test -n "$mdc_md_archive" && mdc_link_headers || return 1
		for mdc_f in "$MUSL_LIBDIR/rcrt1.o" "$MUSL_LIBDIR/crti.o" "$MUSL_LIBDIR/crtn.o" \
			"$MUSL_LIBDIR/libc.a" "$MUSL_INCLUDEDIR/errno.h"; do
			test -e "$mdc_f" || return 1
		done
		mdc_begin=$(mdc_file crtbeginS.o)
		mdc_end=$(mdc_file crtendS.o)
		test -n "$mdc_begin" && test -n "$mdc_end" || return 1
		mdc_builtin=$($CC -print-file-name=include)
		HELPER_CPPFLAGS="-nostdinc -isystem $MUSL_INCLUDEDIR -isystem $mdc_builtin -isystem $mdc_helper_include"
		HELPER_LDFLAGS="-static-pie -nostdlib -nostartfiles -Wl,--gc-sections -Wl,-z,relro,-z,now"
		HELPER_CFLAGS="$HELPER_CFLAGS -ffunction-sections -fdata-sections"
		HELPER_START="$MUSL_LIBDIR/rcrt1.o $MUSL_LIBDIR/crti.o $mdc_begin"
		HELPER_END="$mdc_md_archive $MUSL_LIBDIR/libc.a $($CC -print-libgcc-file-name) $mdc_end $MUSL_LIBDIR/crtn.o"],
	[static], [
		test -n "$mdc_md_archive" || return 1
		HELPER_LDFLAGS="-static-pie -Wl,--gc-sections -Wl,-z,relro,-z,now"
		HELPER_CFLAGS="$HELPER_CFLAGS -ffunction-sections -fdata-sections"
		HELPER_END="$mdc_md_archive"],
	[
		HELPER_LDFLAGS="-pie -Wl,-z,relro,-z,now $MDC_BUILD_LDFLAGS"
		HELPER_END="${mdc_md_archive:-$MD_LIBS}"])
	mdc_link="$CC $HELPER_CPPFLAGS $CPPFLAGS $HELPER_CFLAGS $CFLAGS $HELPER_LDFLAGS $LDFLAGS"
	echo "$as_me: the helper, $1: $mdc_link" >&AS_MESSAGE_LOG_FD
	$mdc_link -o conftest-helper $HELPER_START conftest-helper.c $HELPER_END \
		>&AS_MESSAGE_LOG_FD 2>&1 || return 1
	# A static kind must be one: no interpreter and no needed library.
	AS_IF([test $1 != dynamic], [
		${READELF-readelf} -h -l -d conftest-helper >conftest-helper.elf 2>/dev/null || return 1
		grep 'Type:.*DYN' conftest-helper.elf >/dev/null || return 1
		grep 'INTERP\|(NEEDED)' conftest-helper.elf >/dev/null && return 1])
	test "$cross_compiling" = yes || ./conftest-helper
}

AC_CHECK_TOOL([READELF], [readelf])
AS_IF([test -z "$MUSL_LIBDIR"], [
	for MUSL_LIBDIR in "/usr/lib/$host_cpu-linux-musl" "/usr/$host_cpu-linux-musl/lib64" \
		"/usr/$host_cpu-linux-musl/lib" /usr/lib/musl/lib /usr/lib/musl; do
		test ! -e "$MUSL_LIBDIR/rcrt1.o" || break
	done])
AS_IF([test -z "$MUSL_INCLUDEDIR"], [
	for MUSL_INCLUDEDIR in "/usr/include/$host_cpu-linux-musl" \
		"/usr/$host_cpu-linux-musl/include" /usr/lib/musl/include; do
		test ! -e "$MUSL_INCLUDEDIR/errno.h" || break
	done])

cat >conftest-helper.c <<'MDC_EOF'
#include <stdint.h>
#include <string.h>
#include <sys/types.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <linux/filter.h>
#include <linux/openat2.h>
#include <linux/seccomp.h>
#include <sha2.h>
#define XXH_INLINE_ALL
#include <xxhash.h>
static const uint8_t want[[32]] = {
	0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23,
	0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad };
int main(void)
{
	uint8_t got[[32]];
	SHA2_CTX c;

	SHA256Init(&c);
	SHA256Update(&c, (const uint8_t *)"abc", 3);
	SHA256Final(got, &c);
	return memcmp(got, want, 32) != 0 || SYS_openat2 == 0 || getpid() == 0 ||
		XXH3_64bits_withSeed("abc", 3, 0) != 0x78af5f94892f3950ULL;
}
MDC_EOF
mdc_helper=
AC_MSG_CHECKING([how the udev helper can be linked])
for mdc_kind in musl static dynamic; do
	AS_CASE([$with_helper], [auto|$mdc_kind], [
		if mdc_try_helper $mdc_kind; then mdc_helper=$mdc_kind; break; fi])
done
rm -f conftest-helper*
AC_MSG_RESULT([${mdc_helper:-it cannot}])
AS_IF([test -z "$mdc_helper"], [AS_CASE([$with_helper],
	[musl], [AC_MSG_ERROR([the udev helper cannot be linked against musl (musl-dev, libmd.a, kernel headers; MUSL_INCLUDEDIR and MUSL_LIBDIR); see config.log])],
	[AC_MSG_ERROR([the udev helper cannot be linked ($with_helper); see config.log])])])
test "$mdc_helper" = musl || rm -rf "$mdc_helper_include"
test $mdc_instrumented = no || HELPER_CPPFLAGS="$HELPER_CPPFLAGS -DMDC_INSTRUMENTED"
AC_SUBST([HELPER_CPPFLAGS])
AC_SUBST([HELPER_CFLAGS])
AC_SUBST([HELPER_LDFLAGS])
AC_SUBST([HELPER_START])
AC_SUBST([HELPER_END])
# What a test may ask of the program that was built.
AC_SUBST([HELPER_KIND], [$mdc_helper])
AM_CONDITIONAL([HELPER_STATIC], [test "$mdc_helper" != dynamic])
AM_CONDITIONAL([HELPER_MUSL], [test "$mdc_helper" = musl])
AM_CONDITIONAL([HELPER_PLAIN], [test "$mdc_instrumented" = no])
