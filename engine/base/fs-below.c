/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Opening files of another root, as `--root` wants it: nothing in that tree, whoever made it,
 * leads out of it. The kernel does it where it can (openat2), else each component is looked at.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/base/fs.h"

#define LINKS_MAX 40 /* as the kernel's */

/* Where the walk is: one descriptor a folder, so that ".." never asks the tree. */
struct walk {
	int root, flags;
	int fd[FS_DEPTH_MAX];
	unsigned depth, links;
	char rest[PATH_MAX]; /* what is still to be walked */
};

static int walk_here(const struct walk *w)
{
	return w->depth > 0 ? w->fd[w->depth - 1] : w->root;
}

static void walk_up(struct walk *w)
{
	if (w->depth > 0)
		close(w->fd[--w->depth]);
}

/* Puts the link's target before what is left. */
static int walk_link(struct walk *w, const char *name)
{
	char target[PATH_MAX];
	size_t left = strlen(w->rest);
	ssize_t n;

	if (++w->links > LINKS_MAX)
		return -ELOOP;
	n = readlinkat(walk_here(w), name, target, sizeof(target));
	if (n < 0)
		return -errno;
	if (n == 0)
		return -ENOENT;
	if ((size_t)n + left >= sizeof(w->rest))
		return -ENAMETOOLONG;
	/* What is left is nothing, or begins with a slash. */
	memmove(w->rest + n, w->rest, left + 1);
	memcpy(w->rest, target, (size_t)n);
	if (target[0] == '/')
		while (w->depth > 0)
			walk_up(w);
	return 0;
}

/* Takes the first component off the rest. False: there is none. */
static bool walk_next(struct walk *w, char ret[NAME_MAX + 1], int *ret_error)
{
	size_t skip = strspn(w->rest, "/"), n = strcspn(w->rest + skip, "/");

	*ret_error = n > NAME_MAX ? -ENAMETOOLONG : 0;
	if (n == 0 || *ret_error < 0)
		return false;
	memcpy(ret, w->rest + skip, n);
	ret[n] = '\0';
	memmove(w->rest, w->rest + skip + n, strlen(w->rest + skip + n) + 1);
	return true;
}

static int is_link(int fd, const char *name)
{
	struct stat st;

	if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	return S_ISLNK(st.st_mode);
}

static int walk(struct walk *w)
{
	char name[NAME_MAX + 1];
	bool last;
	int fd, r;

	while (walk_next(w, name, &r)) {
		last = w->rest[strspn(w->rest, "/")] == '\0';
		if (strcmp(name, ".") == 0)
			continue;
		if (strcmp(name, "..") == 0) {
			walk_up(w);
			continue;
		}
		r = is_link(walk_here(w), name);
		if (r < 0)
			return r;
		if (r > 0 && !(last && w->rest[0] == '\0' && (w->flags & O_NOFOLLOW))) {
			r = walk_link(w, name);
			if (r < 0)
				return r;
			continue;
		}
		/* Should it become a link just now, O_NOFOLLOW refuses it. */
		if (last) {
			fd = openat(walk_here(w), name,
				w->flags | O_NOFOLLOW | O_CLOEXEC |
					(w->rest[0] ? O_DIRECTORY : 0));
			return fd < 0 ? -errno : fd;
		}
		if (w->depth == FS_DEPTH_MAX)
			return -ENAMETOOLONG;
		fd = openat(walk_here(w), name, O_PATH | O_NOFOLLOW | O_DIRECTORY | O_CLOEXEC);
		if (fd < 0)
			return -errno;
		w->fd[w->depth++] = fd;
	}
	if (r < 0)
		return r;
	fd = openat(walk_here(w), ".", w->flags | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int check(const char *path, int flags)
{
	if (flags & (O_CREAT | (O_TMPFILE & ~O_DIRECTORY)))
		return -EINVAL;
	if (!*path)
		return -ENOENT;
	return strlen(path) >= PATH_MAX ? -ENAMETOOLONG : 0;
}

int fs_walk_below(int root, const char *path, int flags)
{
	struct walk w = { .root = root, .flags = flags };
	int r = check(path, flags);

	if (r < 0)
		return r;
	strcpy(w.rest, path);
	r = walk(&w);
	while (w.depth > 0)
		walk_up(&w);
	return r;
}

int fs_open_below(int root, const char *path, int flags)
{
	struct open_how how = {
		.flags = (unsigned)(flags | O_CLOEXEC),
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};
	int r = check(path, flags);
	long fd;

	if (r < 0)
		return r;
	do
		fd = syscall(SYS_openat2, root, path, &how, sizeof(how));
	while (fd < 0 && errno == EINTR);
	if (fd >= 0)
		return (int)fd;
	/* EPERM is also what a filter says, EAGAIN that a rename went by. */
	if (errno == ENOSYS || errno == EPERM || errno == EAGAIN)
		return fs_walk_below(root, path, flags);
	return -errno;
}
