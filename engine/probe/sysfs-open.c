/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Paths below one sysfs: opened, held and resolved so that neither a path nor a symlink leads out
 * of it. What is done with the descriptor is left to sysfs-read.c and write.c. No libc beyond system
 * calls: the udev helper is built from this.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/probe/sysfs.h"

/* openat2 gives up with EAGAIN when some rename or mount on the host coincides with a ".." of a
 * link; the walk by hand does not care, so a few more tries are enough. */
#define OPENAT2_TRIES 8

/* What the walk by hand and long paths need on the stack would cost every other read its pages. */
#define APART __attribute__((noinline))
#define SHORT_PATH 255

int sysfs_open(struct sysfs *s, const char *root)
{
	size_t n = root ? strlen(root) : 0;

	while (n > 0 && root[n - 1] == '/')
		n--;
	if (n + sizeof("/sys") > sizeof(s->text))
		return -ENAMETOOLONG;
	s->fd = -1;
	s->no_openat2 = false;
	s->fake = n > 0;
	s->image = NULL;
	s->kernel_release = (struct str){ 0 };
	s->keep = false;
	s->n_held = 0;
	if (n > 0)
		memcpy(s->text, root, n);
	memcpy(s->text + n, "/sys", sizeof("/sys"));
	s->top = (struct str){ s->text, n + 4 };
	s->fd = openat(AT_FDCWD, s->text, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return s->fd < 0 ? -errno : 0;
}

void sysfs_release(struct sysfs *s)
{
	while (s->n_held > 0)
		close(s->held[--s->n_held].fd);
}

void sysfs_close(struct sysfs *s)
{
	sysfs_release(s);
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}

/* ---- one openat per component ------------------------------------------------------------ */

struct walk {
	struct sysfs *s;
	uint64_t dev;			 /* of the top: a folder on another one is a mount */
	int fd;				 /* O_PATH of the folder .done names; -1: to be opened */
	char done[SYSFS_PATH_MAX + 1];	 /* resolved, without links; no leading slash */
	size_t n_done;
	char rest[SYSFS_PATH_MAX + 1];	 /* to be resolved */
	size_t at, n_rest;
	unsigned links;
};

static void walk_close(struct walk *w)
{
	if (w->fd >= 0 && w->fd != w->s->fd)
		close(w->fd);
	w->fd = -1;
}

/* Takes @fd in either case. */
static int walk_enter(struct walk *w, int fd, const struct stat *st)
{
	if (!w->s->fake && st->st_dev != w->dev) {
		close(fd);
		return -EXDEV;
	}
	walk_close(w);
	w->fd = fd;
	return 0;
}

static int walk_push(struct walk *w, const char *name)
{
	size_t n = strlen(name), slash = w->n_done > 0;

	if (w->n_done + slash + n > SYSFS_PATH_MAX)
		return -ENAMETOOLONG;
	if (slash)
		w->done[w->n_done++] = '/';
	memcpy(w->done + w->n_done, name, n + 1);
	w->n_done += n;
	return 0;
}

static int walk_pop(struct walk *w)
{
	if (w->n_done == 0)
		return -EXDEV;
	while (w->n_done > 0 && w->done[w->n_done - 1] != '/')
		w->n_done--;
	if (w->n_done > 0)
		w->n_done--;
	w->done[w->n_done] = '\0';
	walk_close(w);
	return 0;
}

static int walk_open(int dir, const char *name, struct stat *ret_st)
{
	int fd = openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (fstat(fd, ret_st) < 0) {
		int r = -errno;

		close(fd);
		return r;
	}
	return fd;
}

/* Opens the folder that .done names, which has no links, after a ".." took its descriptor. */
static int walk_reopen(struct walk *w)
{
	char name[SYSFS_PATH_MAX + 1];
	size_t at = 0, n;
	struct stat st;
	int fd, r;

	if (w->fd >= 0)
		return 0;
	w->fd = w->s->fd;
	while (at < w->n_done) {
		n = str_find((struct str){ w->done + at, w->n_done - at }, '/');
		memcpy(name, w->done + at, n);
		name[n] = '\0';
		fd = walk_open(w->fd, name, &st);
		if (fd < 0)
			return fd;
		if (!S_ISDIR(st.st_mode)) {
			close(fd);
			return -ENOTDIR;
		}
		r = walk_enter(w, fd, &st);
		if (r < 0)
			return r;
		at += n + 1;
	}
	return 0;
}

/* Puts what the link @fd points to before what is left to resolve. */
static int walk_link(struct walk *w, int fd)
{
	char target[SYSFS_PATH_MAX + 1];
	ssize_t n = readlinkat(fd, "", target, sizeof(target));
	size_t left = w->n_rest - w->at;

	if (n < 0)
		return -errno;
	if (n == 0)
		return -ENOENT;
	if (target[0] == '/')
		return -EXDEV;
	if (++w->links > SYSFS_LINKS_MAX)
		return -ELOOP;
	if ((size_t)n + left > SYSFS_PATH_MAX)
		return -ENAMETOOLONG;
	/* What is left begins with its slash. */
	memmove(w->rest + n, w->rest + w->at, left);
	memcpy(w->rest, target, (size_t)n);
	w->at = 0;
	w->n_rest = (size_t)n + left;
	return 0;
}

/* The next component, NUL-terminated; false at the end. Empty ones and "." are passed over; the
 * slash behind it is left, because it says something about a file or a link. */
static bool walk_next(struct walk *w, char name[SYSFS_PATH_MAX + 1])
{
	while (w->at < w->n_rest) {
		struct str left = { w->rest + w->at, w->n_rest - w->at };
		size_t n = str_find(left, '/');

		w->at += MAX(n, (size_t)1);
		if (n == 0 || (n == 1 && left.p[0] == '.'))
			continue;
		memcpy(name, left.p, n);
		name[n] = '\0';
		return true;
	}
	return false;
}

/*
 * Resolves @path. Afterwards .done is its resolved name, and the descriptor that comes back is
 * it, opened with O_PATH. With @nofollow a link at the end is left as it is.
 */
static int walk_path(struct walk *w, struct sysfs *s, struct str path, bool nofollow)
{
	char name[SYSFS_PATH_MAX + 1];
	struct stat st;
	int fd, r;

	w->s = s;
	w->fd = s->fd;
	w->n_done = w->at = 0;
	w->links = 0;
	w->done[0] = '\0';
	memcpy(w->rest, path.p, path.n);
	w->n_rest = path.n;
	if (fstat(s->fd, &st) < 0)
		return -errno;
	w->dev = st.st_dev;

	while (walk_next(w, name)) {
		if (str_eq(str_from(name), STR(".."))) {
			r = walk_pop(w);
			if (r < 0)
				return r;
			continue;
		}
		r = walk_reopen(w);
		if (r < 0)
			return r;
		fd = walk_open(w->fd, name, &st);
		if (fd < 0)
			return fd;
		if (S_ISLNK(st.st_mode) && !(nofollow && w->at == w->n_rest)) {
			r = walk_link(w, fd);
			close(fd);
			if (r < 0)
				return r;
			continue;
		}
		r = walk_push(w, name);
		if (r < 0) {
			close(fd);
			return r;
		}
		if (S_ISDIR(st.st_mode)) {
			r = walk_enter(w, fd, &st);
			if (r < 0)
				return r;
			continue;
		}
		/* The end, or a component that is no folder. */
		if (w->at < w->n_rest) {
			close(fd);
			return -ENOTDIR;
		}
		return fd;
	}
	r = walk_reopen(w);
	if (r < 0)
		return r;
	fd = fcntl(w->fd, F_DUPFD_CLOEXEC, 0);
	return fd < 0 ? -errno : fd;
}

/* A second door to the same thing: from the O_PATH descriptor's folder and last name. */
static int walk_reopen_as(struct walk *w, int fd, int flags)
{
	struct stat st, again;
	size_t slash = w->n_done;
	int got;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (S_ISDIR(st.st_mode)) {
		got = openat(fd, ".", flags);
		return got < 0 ? -errno : got;
	}
	/* Opening what is no file may wait or ring a bell. */
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	while (slash > 0 && w->done[slash - 1] != '/')
		slash--;
	got = openat(w->fd, w->done + slash, flags | O_NOFOLLOW);
	if (got < 0)
		return -errno;
	if (fstat(got, &again) < 0 || again.st_ino != st.st_ino || again.st_dev != st.st_dev) {
		close(got);
		return -ENODEV;
	}
	return got;
}

static APART int open_by_hand(struct sysfs *s, struct str path, int flags)
{
	struct walk w;
	int fd, r;

	fd = walk_path(&w, s, path, (flags & O_NOFOLLOW) != 0);
	r = fd;
	if (fd >= 0 && !(flags & O_PATH)) {
		r = walk_reopen_as(&w, fd, flags);
		close(fd);
	}
	walk_close(&w);
	return r;
}

/* ---- openat2 ----------------------------------------------------------------------------- */

/* The path @name below the folder @dir. -EAGAIN: somebody else has to try. */
static int try_openat2(struct sysfs *s, int dir, const char *name, int flags)
{
	struct open_how how = {
		.flags = (uint64_t)(unsigned)flags,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS |
			(s->fake ? 0 : RESOLVE_NO_XDEV),
	};
	unsigned tries;
	long fd;

	for (tries = 0; !s->no_openat2 && tries < OPENAT2_TRIES; tries++) {
		fd = syscall(SYS_openat2, dir, name, &how, sizeof(how));
		if (fd >= 0)
			return (int)fd;
		if (errno == ENOSYS || errno == EPERM)
			s->no_openat2 = true;
		else if (errno != EAGAIN && errno != EINTR)
			return -errno;
	}
	return -EAGAIN;
}

int sysfs_held_below(const struct sysfs *s, struct str path, struct str *ret_rest)
{
	for (unsigned i = 0; i < s->n_held; i++) {
		const struct sysfs_held *h = &s->held[i];
		size_t n = h->path.n;

		if (path.n <= n + 1 || path.p[n] != '/' || !str_starts(path, h->path))
			continue;
		*ret_rest = str_sub(path, n + 1, path.n);
		return h->fd;
	}
	return -ENOENT;
}

/* @name is @path, NUL-terminated. */
static int open_named(struct sysfs *s, struct str path, const char *name, int flags)
{
	struct str rest;
	int fd = sysfs_held_below(s, path, &rest);

	if (fd >= 0) {
		fd = try_openat2(s, fd, name + (path.n - rest.n), flags);
		/* A link may lead out of the folder, and yet not out of sysfs. */
		if (fd != -EXDEV && fd != -EAGAIN)
			return fd;
	}
	fd = try_openat2(s, s->fd, name, flags);
	return fd == -EAGAIN ? open_by_hand(s, path, flags) : fd;
}

static APART int open_long(struct sysfs *s, struct str path, int flags)
{
	char name[SYSFS_PATH_MAX + 1];

	memcpy(name, path.p, path.n);
	name[path.n] = '\0';
	return open_named(s, path, name, flags);
}

static int path_check(struct str path)
{
	if (path.n == 0 || memchr(path.p, 0, path.n))
		return -EINVAL;
	if (path.n > SYSFS_PATH_MAX)
		return -ENAMETOOLONG;
	return path.p[0] == '/' ? -EXDEV : 0;
}

int sysfs_open_below(struct sysfs *s, struct str path, int flags)
{
	char name[SHORT_PATH + 1];
	int r;

	r = path_check(path);
	if (r < 0)
		return r;
	if (path.n > SHORT_PATH)
		return open_long(s, path, flags);
	memcpy(name, path.p, path.n);
	name[path.n] = '\0';
	return open_named(s, path, name, flags);
}

/* ---- folders that are held open, and names ------------------------------------------------ */

int sysfs_hold(struct sysfs *s, struct str path, struct sysfs_id *ret)
{
	struct stat st;
	int fd, r;

	if (s->n_held == ARRAY_SIZE(s->held))
		return -E2BIG;
	fd = sysfs_open_below(s, path, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return fd;
	if (ret && fstat(fd, &st) < 0) {
		r = -errno;
		close(fd);
		return r;
	}
	s->held[s->n_held++] = (struct sysfs_held){ path, fd };
	if (ret)
		*ret = (struct sysfs_id){ st.st_dev, st.st_ino };
	return 0;
}

int sysfs_resolve(struct sysfs *s, struct arena *a, struct str path, struct str *ret)
{
	struct walk w;
	struct str text;
	int fd, r;

	r = path_check(path);
	if (r < 0)
		return r;
	fd = walk_path(&w, s, path, false);
	walk_close(&w);
	if (fd < 0)
		return fd;
	close(fd);
	text = str_dup(a, (struct str){ w.done, w.n_done });
	if (!text.p)
		return -ENOMEM;
	*ret = text;
	return 0;
}
