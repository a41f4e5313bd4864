/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Runs a program one instruction at a time and prints how many it took, `instructions N`, on the
 * descriptor that COUNT_FD names. valgrind does not know openat2 and would count an error path.
 *
 *	COUNT_FD=3 count-insns PROGRAM [ARGUMENT]... 3>file
 *
 * Exits as the program does.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int child(char **argv)
{
	/* Being watched takes a program more time than it would allow itself. */
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_prlimit64, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof(filter) / sizeof(filter[0]), filter };

	/* Alike every time. */
	personality(ADDR_NO_RANDOMIZE);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
		prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) < 0)
		return 127;
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
		return 127;
	execv(argv[0], argv);
	return 127;
}

int main(int argc, char **argv)
{
	const char *fd = getenv("COUNT_FD");
	uint64_t steps = 0;
	int status, sig;
	pid_t pid;
	FILE *f;

	if (argc < 2 || !fd)
		return 2;
	f = fdopen(atoi(fd), "w");
	if (!f)
		return 2;
	pid = fork();
	if (pid < 0)
		return 2;
	if (pid == 0) {
		fclose(f);
		_exit(child(argv + 1));
	}
	if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status))
		return 2;
	for (sig = 0;;) {
		if (ptrace(PTRACE_SINGLESTEP, pid, NULL, (void *)(intptr_t)sig) < 0)
			break;
		if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status))
			break;
		sig = WSTOPSIG(status) == SIGTRAP ? 0 : WSTOPSIG(status);
		steps++;
	}
	fprintf(f, "instructions %llu\n", (unsigned long long)steps);

	fclose(f);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}
