/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads files, links and folders below one sysfs. How a path is opened so that it stays there is
 * sysfs-open.c's knowledge, what a file means that of device.c and facts.c. No libc beyond system
 * calls: the udev helper is built from this.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/base/limits.h"
#include "engine/probe/sysfs.h"

#define OPEN_READ (O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)

#define NAME_BYTES 255

/* A page is what sysfs hands out at a time. */
#define PAGE 4096

/* One byte more than may be there tells that there is more. */
static int read_all(int fd, char *buf, size_t size, size_t *ret_n)
{
	size_t n = 0;
	ssize_t got;

	do {
		got = read(fd, buf + n, size - n);
		if (got < 0)
			return -errno;
		n += (size_t)got;
		/* An attribute's text comes at once, up to a page of it. What is less and ends as
		 * such a text does is all; after anything else only 0 says so. */
		if (got > 0 && got < PAGE && buf[n - 1] == '\n')
			break;
	} while (got > 0 && n < size);
	/* Of a longer text the kernel keeps a page less one byte (sysfs_emit()), and a list that was
	 * cut would be one with less in it. */
	if (n >= size || n == PAGE - 1)
		return -EFBIG;
	*ret_n = n;
	return 0;
}

/* Sysfs has files, folders and links alone, and of a folder read() says so itself. */
static int check_file(const struct sysfs *s, int fd)
{
	struct stat st;

	if (!s->fake)
		return 0;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (S_ISREG(st.st_mode))
		return 0;
	return S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
}

int sysfs_read(struct sysfs *s, struct arena *a, struct str path, struct str *ret)
{
	struct arena_mark mark = arena_mark(a);
	char *buf = arena_alloc_raw(a, FACT_TEXT_MAX + 1);
	size_t n = 0;
	int fd, r;

	if (!buf)
		return -ENOMEM;
	fd = sysfs_open_below(s, path, OPEN_READ);
	r = fd < 0 ? fd : check_file(s, fd);
	if (r == 0)
		r = read_all(fd, buf, FACT_TEXT_MAX + 1, &n);
	if (fd >= 0)
		close(fd);
	if (r < 0) {
		arena_rewind(a, mark);
		return r;
	}
	buf[n] = '\0';
	arena_trim(a, buf, n + 1);
	*ret = (struct str){ buf, n };
	return 0;
}

int sysfs_stat(struct sysfs *s, struct str path, struct sysfs_id *ret)
{
	struct stat st;
	int fd, r = 0;

	fd = sysfs_open_below(s, path, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return fd;
	if (ret && fstat(fd, &st) < 0)
		r = -errno;
	close(fd);
	if (ret && r == 0)
		*ret = (struct sysfs_id){ st.st_dev, st.st_ino };
	return r;
}

/* Nothing is opened or read and only numbers are compared: where links lead does not matter. */
int sysfs_still(const struct sysfs *s, struct str path, const struct sysfs_id *id)
{
	char name[DEVPATH_MAX + 1];
	struct stat st;

	if (path.n > DEVPATH_MAX)
		return -ENAMETOOLONG;
	memcpy(name, path.p, path.n);
	name[path.n] = '\0';
	if (fstatat(s->fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT || errno == ENOTDIR ? -ENODEV : -errno;
	return st.st_dev == id->dev && st.st_ino == id->ino ? 0 : -ENODEV;
}

/* What the link @path points to, not NUL-terminated, in SYSFS_PATH_MAX bytes at @buf. */
static int read_link(struct sysfs *s, struct str path, char *buf, size_t *ret_n)
{
	char name[NAME_BYTES + 1];
	struct str rest;
	ssize_t n;
	int fd;

	/* A name in a folder that is open already needs no descriptor of its own. */
	fd = sysfs_held_below(s, path, &rest);
	if (fd >= 0 && rest.n <= NAME_BYTES && str_find(rest, '/') == rest.n) {
		memcpy(name, rest.p, rest.n);
		name[rest.n] = '\0';
		n = readlinkat(fd, name, buf, SYSFS_PATH_MAX + 1);
		if (n < 0)
			return -errno;
	} else {
		fd = sysfs_open_below(s, path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
		if (fd < 0)
			return fd;
		n = readlinkat(fd, "", buf, SYSFS_PATH_MAX + 1);
		/* Of what is no link the empty path is not there. */
		if (n < 0)
			n = errno == ENOENT ? -EINVAL : -errno;
		close(fd);
		if (n < 0)
			return (int)n;
	}
	if (n > SYSFS_PATH_MAX)
		return -ENAMETOOLONG;
	*ret_n = (size_t)n;
	return 0;
}

int sysfs_link_name(struct sysfs *s, struct arena *a, struct str path, struct str *ret)
{
	char *target = arena_alloc_raw(a, SYSFS_PATH_MAX + 1);
	struct str name = { target, 0 };
	int r;

	if (!target)
		return -ENOMEM;
	r = read_link(s, path, target, &name.n);
	arena_trim(a, target, name.n);
	if (r < 0)
		return r;
	while (name.n > 0 && name.p[name.n - 1] == '/')
		name.n--;
	name = path_name(name);
	if (name.n == 0)
		return -EINVAL;
	*ret = name;
	return 0;
}

/* What the kernel writes for getdents64; the header of that name is not everywhere. */
struct dirent64_ {
	uint64_t ino;
	int64_t off;
	uint16_t reclen;
	uint8_t type;
	char name[];
};

/* Calls @each with every name; non-zero ends it. */
static int list_fd(int fd, int (*each)(void *ctx, struct str name), void *ctx)
{
	_Alignas(8) char buf[4096];
	uint32_t n = 0;
	long got, at;
	int r;

	while ((got = syscall(SYS_getdents64, fd, buf, sizeof(buf))) > 0) {
		for (at = 0; at < got;) {
			struct dirent64_ *e = (struct dirent64_ *)(buf + at);
			struct str name = str_from(e->name);

			at += e->reclen;
			if (str_eq(name, STR(".")) || str_eq(name, STR("..")))
				continue;
			if (++n > SYSFS_LIST_MAX)
				return -E2BIG;
			r = each(ctx, name);
			if (r != 0)
				return r;
		}
	}
	return got < 0 ? -errno : 0;
}

struct list {
	struct arena *a;
	struct str *name;
	uint32_t n, max;
};

static int list_add(void *ctx, struct str name)
{
	struct list *l = ctx;

	if (l->n == l->max)
		return -E2BIG;
	l->name[l->n] = str_dup(l->a, name);
	return l->name[l->n++].p ? 0 : -ENOMEM;
}

static int list_count(void *ctx, struct str name)
{
	++*(uint32_t *)ctx;
	return 0;
}

int sysfs_list(struct sysfs *s, struct arena *a, struct str path, uint32_t max,
	struct str **ret, uint32_t *ret_n)
{
	struct list l = { .a = a, .max = max };
	int fd, r;

	l.name = arena_new_array(a, max, struct str);
	if (!l.name)
		return -ENOMEM;
	fd = sysfs_open_below(s, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return fd;
	r = list_fd(fd, list_add, &l);
	close(fd);
	if (r < 0)
		return r;
	str_sort(l.name, l.n);
	*ret = l.name;
	*ret_n = l.n;
	return 0;
}

int sysfs_count(struct sysfs *s, struct str path, uint32_t *ret_n)
{
	uint32_t n = 0;
	int fd, r;

	fd = sysfs_open_below(s, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return fd;
	r = list_fd(fd, list_count, &n);
	close(fd);
	if (r < 0)
		return r;
	*ret_n = n;
	return 0;
}
