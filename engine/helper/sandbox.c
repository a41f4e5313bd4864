/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Deadline, limits and system call filter of the udev helper. The filter is a table and goes in
 * by prctl: inside systemd-udevd.service the seccomp() call itself is forbidden, and a library
 * that builds one costs more than all the rest of the helper. A forbidden call fails instead of
 * killing: the helper then exits without output.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include "engine/base/macro.h"
#include "engine/helper/sandbox.h"

#if defined(__x86_64__)
#define THIS_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define THIS_ARCH AUDIT_ARCH_AARCH64
#elif defined(__s390x__)
#define THIS_ARCH AUDIT_ARCH_S390X
#endif

int sandbox_deadline(unsigned ms)
{
	struct itimerval t = { .it_value = { ms / 1000, (long)(ms % 1000) * 1000 } };
	/* Not a handler that exits: only a signal that kills ends the waits called killable. */
	struct sigaction sa = { .sa_handler = SIG_DFL };
	sigset_t set;

	sigemptyset(&sa.sa_mask);
	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	/* Both may have been left otherwise by whoever started us. */
	if (sigaction(SIGALRM, &sa, NULL) < 0 || sigprocmask(SIG_UNBLOCK, &set, NULL) < 0 ||
		setitimer(ITIMER_REAL, &t, NULL) < 0)
		return -errno;
	return 0;
}

#ifndef MDC_INSTRUMENTED

void sandbox_limits(void)
{
	/* Not RLIMIT_FSIZE: output may go to a file. */
	static const struct {
		int what;
		rlim_t max;
	} limit[] = {
		{ RLIMIT_CPU, 1 },
		{ RLIMIT_AS, (rlim_t)64 << 20 },
		{ RLIMIT_NOFILE, 32 },
		{ RLIMIT_CORE, 0 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(limit); i++) {
		struct rlimit r = { limit[i].max, limit[i].max };

		(void)!setrlimit(limit[i].what, &r);
	}
}

#ifdef THIS_ARCH

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define RETURN(what) BPF_STMT(BPF_RET | BPF_K, (what))
#define DENY	     RETURN(SECCOMP_RET_ERRNO | EPERM)

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define LOW_HALF 4
#else
#define LOW_HALF 0
#endif

/* What may be called whatever the arguments, the most frequent first: the filter is a list. */
#define ALLOWED(X)         \
	X(openat2)         \
	X(read)            \
	X(close)           \
	X(readlinkat)      \
	X(pread64)         \
	X(fstat)           \
	X(newfstatat)      \
	X(getdents64)      \
	X(write)           \
	X(exit_group)      \
	X(fcntl)           \
	X(uname)           \
	X(nanosleep)       \
	X(clock_nanosleep) \
	X(restart_syscall)

enum {
#define NUMBER(name) NUMBER_##name,
	ALLOWED(NUMBER)
#undef NUMBER
	N_ALLOWED
};

/* From the test of a number to the ALLOW behind the three lines for openat. */
#define TEST(name) \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##name, N_ALLOWED - NUMBER_##name + 2, 0),

int sandbox_filter(void)
{
	static const struct sock_filter filter[] = {
		LOAD(arch),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, THIS_ARCH, 1, 0),
		DENY,
		LOAD(nr),
		/* Means nothing. Without it the kernel, to spare itself the filter later, tries it
		 * on every number there is: dearer than all the calls that we make. */
		BPF_STMT(BPF_MISC | BPF_TAX, 0),
		ALLOWED(TEST)
		/* For reading only; openat2 keeps its flags where a filter cannot look. */
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			offsetof(struct seccomp_data, args[2]) + LOW_HALF),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, O_WRONLY | O_RDWR | O_CREAT | O_TRUNC, 1, 0),
		RETURN(SECCOMP_RET_ALLOW),
		DENY,
	};
	struct sock_fprog program = {
		.len = ARRAY_SIZE(filter),
		.filter = (struct sock_filter *)filter,
	};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) < 0)
		return -errno;
	return 0;
}

#else

int sandbox_filter(void)
{
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? -errno : -ENOSYS;
}

#endif

#else

/* Sanitizers and coverage map, write and clone as they like. */
void sandbox_limits(void)
{
}

int sandbox_filter(void)
{
	return -ENOSYS;
}

#endif
