/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Files that are read whole or replaced whole. What is in them, and who may do so when, is left
 * to others.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h> /* renameat() */
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/fs.h"

/* ---- reading ----------------------------------------------------------------------------- */

#define FIRST_ROOM 4096

int fs_read(struct arena *a, int fd, size_t max, struct str *ret)
{
	size_t room = MIN(max, (size_t)FIRST_ROOM), n = 0;
	char *p = arena_alloc_raw(a, room + 1), *more;
	ssize_t got;
	char probe;

	while (p) {
		/* With all room taken one byte tells the end from too much. */
		got = n < room ? read(fd, p + n, room - n) : read(fd, &probe, 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0) {
			p[n] = '\0';
			*ret = (struct str){ p, n };
			return 0;
		}
		if (n < room) {
			n += (size_t)got;
			continue;
		}
		if (room == max)
			return -EFBIG;
		room = MIN(max, 4 * room);
		more = arena_alloc_raw(a, room + 1);
		if (more) {
			memcpy(more, p, n);
			more[n++] = probe;
		}
		p = more;
	}
	return -ENOMEM;
}

/* ---- replacing --------------------------------------------------------------------------- */

/* The name beside NAME: a dot, NAME, a dot, and this many letters and digits. */
#define TEMP_RANDOM 8
/* Each means that somebody took the file for a leftover just as it was made. */
#define TEMP_TRIES 64

struct temp {
	char name[NAME_MAX + 1];
	size_t prefix; /* length of what does not change */
};

static int temp_init(struct temp *t, const char *name)
{
	struct sbuf b = { .p = t->name, .size = sizeof(t->name) - TEMP_RANDOM - 1 };

	if (!*name || strchr(name, '/'))
		return -EINVAL;
	sbuf_putc(&b, '.');
	sbuf_puts(&b, name);
	sbuf_putc(&b, '.');
	if (b.overflow)
		return -ENAMETOOLONG;
	t->prefix = b.n;
	return 0;
}

static int temp_pick(struct temp *t)
{
	static const char set[] = "abcdefghijklmnopqrstuvwxyz234567";
	unsigned char bytes[TEMP_RANDOM];
	size_t i;

	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
		return -errno;
	for (i = 0; i < TEMP_RANDOM; i++)
		t->name[t->prefix + i] = set[bytes[i] % 32];
	t->name[t->prefix + i] = '\0';
	return 0;
}

static bool is_temp(const struct temp *t, const char *name)
{
	size_t i;

	if (strncmp(name, t->name, t->prefix) != 0 ||
		strlen(name) != t->prefix + TEMP_RANDOM)
		return false;
	for (i = t->prefix; name[i]; i++)
		if (!ascii_isalnum(name[i]))
			return false;
	return true;
}

/* Removes one leftover. Whoever writes such a file holds its lock until it has its real name. */
static void sweep_one(int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && flock(fd, LOCK_EX | LOCK_NB) == 0)
		unlinkat(dir, name, 0);
	close(fd);
}

/* What is left behind harms nobody, so that failing to remove it is no failure. */
static void sweep(int dir, const struct temp *t)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct dirent *e;
	DIR *d;

	if (fd < 0)
		return;
	d = fdopendir(fd);
	if (!d) {
		close(fd);
		return;
	}
	while ((e = readdir(d)))
		if (is_temp(t, e->d_name))
			sweep_one(dir, e->d_name);
	closedir(d);
}

/* A new file with a lock that says it is in use. */
static int temp_create(int dir, struct temp *t)
{
	unsigned tries;
	struct stat st;
	int fd, r;

	for (tries = 0; tries < TEMP_TRIES; tries++) {
		r = temp_pick(t);
		if (r < 0)
			return r;
		fd = openat(dir, t->name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			0600);
		if (fd < 0 && errno == EEXIST)
			continue;
		if (fd < 0)
			return -errno;
		/* Where there are no locks nobody takes it for a leftover either. */
		while (flock(fd, LOCK_EX) < 0 && errno == EINTR)
			;
		if (fstat(fd, &st) == 0 && st.st_nlink > 0)
			return fd;
		close(fd);
	}
	return -EEXIST;
}

static int write_all(int fd, struct str bytes)
{
	while (bytes.n > 0) {
		ssize_t n = write(fd, bytes.p, bytes.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return -EIO;
		bytes = str_sub(bytes, (size_t)n, bytes.n);
	}
	return 0;
}

/* A call that fails with errno, and what it was for. */
#define STEP(call, what)                \
	do {                            \
		if ((call) < 0) {       \
			*step = (what); \
			return -errno;  \
		}                       \
	} while (0)

/* From an empty file of another name to the one that is wanted. */
static int fill(int dir, int fd, const struct temp *t, const char *name, struct str bytes,
	mode_t mode, const char **step)
{
	int r = write_all(fd, bytes);

	if (r < 0) {
		*step = "writing the new file";
		return r;
	}
	STEP(fchmod(fd, mode), "setting the mode of the new file");
	STEP(fsync(fd), "syncing the new file");
	STEP(renameat(dir, t->name, dir, name), "renaming the new file over the old one");
	return 0;
}

static int replace(int dir, const char *name, struct str bytes, mode_t mode, const char **step)
{
	struct temp t;
	int fd, r;

	*step = "naming the new file";
	r = temp_init(&t, name);
	if (r < 0)
		return r;
	sweep(dir, &t);
	*step = "creating the new file";
	fd = temp_create(dir, &t);
	if (fd < 0)
		return fd;
	r = fill(dir, fd, &t, name, bytes, mode, step);
	if (r < 0)
		unlinkat(dir, t.name, 0);
	/* Everything was synced: nothing is left for close() to fail at. */
	close(fd);
	if (r < 0)
		return r;
	STEP(fsync(dir), "syncing the folder (the new file is in place)");
	return 0;
}

int fs_replace_step(int dir, const char *name, struct str bytes, mode_t mode,
	const char **ret_step)
{
	const char *step = NULL;
	int r = replace(dir, name, bytes, mode, &step);

	if (r < 0 && ret_step)
		*ret_step = step;
	return r;
}
