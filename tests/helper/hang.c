/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Runs a command while FOLDER is a file system that never answers:
 *
 *	hang FOLDER COMMAND [ARGUMENT]...
 *
 * Exits as the command does, 128 + N for signal N. Needs root; the mount is in a namespace of its
 * own and ends with the program.
 */
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char options[64];
	int fd, status;
	pid_t pid;

	if (argc < 3)
		return 125;
	fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	if (fd < 0 || unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0) {
		perror("hang");
		return 125;
	}
	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0", fd);
	if (mount("hang", argv[1], "fuse", 0, options) < 0) {
		perror("hang: mount");
		return 125;
	}
	pid = fork();
	if (pid == 0) {
		execvp(argv[2], argv + 2);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return 125;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
