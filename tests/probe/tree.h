/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Folders, files and links for the tests of the sysfs reader, in a place of their own. */
#ifndef TESTS_PROBE_TREE_H
#define TESTS_PROBE_TREE_H

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/probe/subject.h"
#include "tests/tap.h"

static char root[] = "/tmp/mdevcompat-probe.XXXXXX";

static TAP_UNUSED const char *at(const char *path)
{
	static char buf[4][PATH_MAX];
	static unsigned turn;
	char *p = buf[turn++ % 4];

	snprintf(p, PATH_MAX, "%s/%s", root, path);
	return p;
}

static TAP_UNUSED void put_dir(const char *path)
{
	char p[PATH_MAX], *q;

	snprintf(p, sizeof(p), "%s", at(path));
	for (q = p + strlen(root) + 1; *q; q++)
		if (*q == '/') {
			*q = '\0';
			mkdir(p, 0755);
			*q = '/';
		}
	if (mkdir(p, 0755) < 0 && errno != EEXIST)
		bail_out("mkdir %s: %s", p, strerror(errno));
}

static TAP_UNUSED void put_folder_of(const char *path)
{
	char p[PATH_MAX], *slash;

	snprintf(p, sizeof(p), "%s", path);
	slash = strrchr(p, '/');
	if (slash) {
		*slash = '\0';
		put_dir(p);
	}
}

static TAP_UNUSED void put_bytes(const char *path, const void *text, size_t n)
{
	int fd;

	put_folder_of(path);
	fd = open(at(path), O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (fd < 0 || write(fd, text, n) != (ssize_t)n)
		bail_out("write %s: %s", at(path), strerror(errno));
	close(fd);
}

static TAP_UNUSED void put_file(const char *path, const char *text)
{
	put_bytes(path, text, strlen(text));
}

static TAP_UNUSED void put_link(const char *path, const char *target)
{
	put_folder_of(path);
	if (symlink(target, at(path)) < 0)
		bail_out("symlink %s: %s", at(path), strerror(errno));
}

static int tree_remove_one(const char *path, const struct stat *st, int flag, struct FTW *f)
{
	return remove(path);
}

static TAP_UNUSED void tree_remove(void)
{
	nftw(root, tree_remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

static TAP_UNUSED void tree_make(void)
{
	if (!mkdtemp(root))
		bail_out("mkdtemp: %s", strerror(errno));
	put_dir("sys");
	atexit(tree_remove);
}

/* Runs @f in a child and says what it returned; -1: it did not. */
static TAP_UNUSED int in_child(int (*f)(void *), void *ctx)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0)
		_exit(f(ctx));
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

#endif
