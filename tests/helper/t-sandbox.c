/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The helper's sandbox, each part in a child: what is forbidden fails with EPERM, what reading
 * takes works, limits hold, and the deadline ends a process that waits.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "engine/base/macro.h"
#include "engine/helper/sandbox.h"
#include "tests/tap.h"

static char scratch[] = "/tmp/mdevcompat-sandbox.XXXXXX";

/* Runs @f in a child: its exit status, or minus the signal that ended it. */
static int in_child(int (*f)(void))
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0)
		_exit(f());
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return 1000;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

/* Straight to the kernel: what libc makes of a call is not what is asked here. */
#define FORBIDDEN(X)                                                                   \
	X(socket, AF_INET, SOCK_STREAM, 0)                                             \
	X(openat, AT_FDCWD, "/dev/null", O_WRONLY)                                     \
	X(openat, AT_FDCWD, "/dev/null", O_RDWR)                                       \
	X(openat, AT_FDCWD, "/tmp/mdevcompat-never", O_RDONLY | O_CREAT, 0600)         \
	X(openat, AT_FDCWD, "/dev/null", O_RDONLY | O_TRUNC)                           \
	X(execve, "/bin/true", NULL, NULL)                                             \
	X(clone, SIGCHLD, 0, 0, 0, 0)                                                  \
	X(unlinkat, AT_FDCWD, "/tmp/mdevcompat-never", 0)                              \
	X(mkdirat, AT_FDCWD, "/tmp/mdevcompat-never", 0700)                            \
	X(kill, 0, 0)                                                                  \
	X(ptrace, 0, 0, 0, 0)                                                          \
	X(mmap, NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)             \
	X(mount, "x", "/x", "tmpfs", 0, NULL)                                          \
	X(ioctl, 0, 0, 0)                                                              \
	X(setuid, 0)                                                                   \
	X(prctl, PR_GET_SECCOMP, 0, 0, 0, 0)                                           \
	X(bpf, 0, NULL, 0)                                                             \
	X(io_uring_setup, 1, NULL)                                                     \
	X(getpid)

static int forbidden(void)
{
	int bad = 0, n = 0;

	if (sandbox_filter() < 0)
		return 100;
#define TRY(name, ...)                                                                 \
	n++;                                                                           \
	if (syscall(SYS_##name, ##__VA_ARGS__) != -1 || errno != EPERM)                \
		bad = n;
	FORBIDDEN(TRY)
#undef TRY
	return bad;
}

static int allowed(void)
{
	struct open_how how = { .flags = O_RDONLY, .resolve = RESOLVE_BENEATH };
	struct timespec ts = { 0, 1000 };
	struct utsname u;
	struct stat st;
	char byte;
	int dir, fd, r;

	if (sandbox_filter() < 0)
		return 100;
	dir = openat(AT_FDCWD, scratch, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return 1;
	fd = (int)syscall(SYS_openat2, dir, "file", &how, sizeof(how));
	if (fd < 0)
		return 2;
	if (read(fd, &byte, 1) != 1 || pread(fd, &byte, 1, 0) != 1 || fstat(fd, &st) < 0)
		return 3;
	close(fd);
	fd = openat(dir, "file", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 || fcntl(fd, F_DUPFD_CLOEXEC, 0) < 0)
		return 4;
	fd = openat(dir, "link", O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || readlinkat(fd, "", &byte, 1) != 1)
		return 5;
	if (syscall(SYS_getdents64, dir, (char[512]){ 0 }, 512) <= 0)
		return 6;
	r = uname(&u);
	return r < 0 || nanosleep(&ts, NULL) < 0 ? 7 : 0;
}

static int no_new_privileges(void)
{
	if (sandbox_filter() < 0)
		return 100;
	/* prctl() is forbidden by now; the kernel tells in another way. */
	char text[4096];
	int fd = open("/proc/self/status", O_RDONLY);
	ssize_t n = read(fd, text, sizeof(text) - 1);

	if (n <= 0)
		return 1;
	text[n] = '\0';
	return strstr(text, "NoNewPrivs:\t1") && strstr(text, "Seccomp:\t2") ? 0 : 2;
}

static int limits(void)
{
	static const struct {
		int what;
		rlim_t max;
	} want[] = { { RLIMIT_CPU, 1 }, { RLIMIT_AS, 64 << 20 }, { RLIMIT_NOFILE, 32 },
		{ RLIMIT_CORE, 0 } };
	struct rlimit r;
	size_t i;

	sandbox_limits();
	for (i = 0; i < ARRAY_SIZE(want); i++)
		if (getrlimit(want[i].what, &r) < 0 || r.rlim_cur != want[i].max ||
			r.rlim_max != want[i].max)
			return 1 + (int)i;
	/* Output may go to a file. */
	if (getrlimit(RLIMIT_FSIZE, &r) < 0 || r.rlim_cur == 0)
		return 10;
	return 0;
}

static int spins(void)
{
	volatile int on = 1;

	sandbox_limits();
	while (on)
		;
	return 1;
}

static int waits(void)
{
	sandbox_deadline(50);
	pause();
	return 1;
}

static int waits_deaf(void)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	signal(SIGALRM, SIG_IGN);
	return waits();
}

static int waits_on_a_fifo(void)
{
	char byte, path[64];
	int fd;

	snprintf(path, sizeof(path), "%s/fifo", scratch);
	sandbox_deadline(50);
	if (sandbox_filter() < 0)
		return 100;
	fd = open(path, O_RDONLY);
	return fd < 0 || read(fd, &byte, 1) < 0 ? 1 : 0;
}

static int is_quick(void)
{
	sandbox_deadline(60000);
	return 0;
}

#ifdef __x86_64__
static int other_door(void)
{
	long r = 20; /* getpid, as 32-bit programs count */

	if (sandbox_filter() < 0)
		return 100;
	__asm__ volatile("int $0x80" : "+a"(r) : : "memory", "r8", "r9", "r10", "r11");
	return r == -EPERM ? 0 : 1;
}

static int x32_door(void)
{
	if (sandbox_filter() < 0)
		return 100;
	return syscall(0x40000000 + 39) == -1 && (errno == EPERM || errno == ENOSYS) ? 0 : 1;
}
#endif

int main(void)
{
	char path[64];
	int fd, r;

	plan(11);
	if (!mkdtemp(scratch))
		bail_out("mkdtemp: %s", strerror(errno));
	snprintf(path, sizeof(path), "%s/fifo", scratch);
	if (mkfifo(path, 0600) < 0)
		bail_out("mkfifo: %s", strerror(errno));
	snprintf(path, sizeof(path), "%s/link", scratch);
	if (symlink("file", path) < 0)
		bail_out("symlink: %s", strerror(errno));
	snprintf(path, sizeof(path), "%s/file", scratch);
	fd = open(path, O_WRONLY | O_CREAT, 0600);
	if (fd < 0 || write(fd, "text\n", 5) != 5)
		bail_out("%s: %s", path, strerror(errno));
	close(fd);

	is_int(in_child(forbidden), 0, "what is forbidden fails with EPERM (the call that does not)");
	is_int(in_child(allowed), 0, "what reading takes is allowed");
	is_int(in_child(no_new_privileges), 0, "no new privileges, and a filter");
	is_int(in_child(limits), 0, "limits");
	r = in_child(spins);
	ok(r == -SIGXCPU || r == -SIGKILL, "a loop ends after a second of CPU time");
	is_int(in_child(waits), -SIGALRM, "the deadline ends what waits");
	is_int(in_child(waits_deaf), -SIGALRM, "also when the alarm was blocked and ignored");
	is_int(in_child(waits_on_a_fifo), -SIGALRM, "also inside of a read, behind the filter");
	is_int(in_child(is_quick), 0, "and not what is quick");
#ifdef __x86_64__
	r = in_child(other_door);
	ok(r == 0 || r == -SIGSEGV || r == -SIGSYS, "32-bit system calls are no way around it");
	is_int(in_child(x32_door), 0, "nor are those of x32");
#else
	ok(true, "this machine has one kind of system calls");
	ok(true, "this machine has one kind of system calls");
#endif
	unlink(path);
	snprintf(path, sizeof(path), "%s/link", scratch);
	unlink(path);
	snprintf(path, sizeof(path), "%s/fifo", scratch);
	unlink(path);
	rmdir(scratch);
	return done_testing();
}
