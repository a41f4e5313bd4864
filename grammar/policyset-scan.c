/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which policy files, and which site files, there are: the directories, drop-in order, masks,
 * names, and who may own what. Knows nothing of what the files say.
 *
 * Every component on the way to a file in the standard directories must belong to root and be
 * writable by nobody else: whoever could replace the file could make two devices "compatible".
 * Below --root the folders from there on count, under --policies the folder itself, and the
 * caller may own them too.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/limits.h"
#include "grammar/policyset.h"

#define LINKS_MAX 16 /* symbolic links on the way to a directory */

static const struct str standard_dirs[] = {
	STR_INIT("/etc/mdevcompat/policies"),
	STR_INIT("/run/mdevcompat/policies"),
	STR_INIT("/usr/local/lib/mdevcompat/policies"),
	STR_INIT("/usr/lib/mdevcompat/policies"),
};

static const struct str site_dirs[] = {
	STR_INIT("/etc/mdevcompat/site.d"),
	STR_INIT("/run/mdevcompat/site.d"),
};

static void closep(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static void closedirp(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

struct scan {
	struct arena *arena;
	struct str root; /* "" or a path */
	struct str suffix; /* of the files that are meant */
	bool strict;	    /* what somebody could take for it is refused: passing such a file over
			     * would say nothing of what is in it */
	bool relaxed;	 /* the caller may own things too */
	struct policy_file *file;
	uint32_t n, room;
};

static struct str join(struct arena *a, struct str x, struct str y)
{
	char *p = arena_alloc(a, x.n + y.n + 1);

	if (!p)
		return (struct str){ 0 };
	if (x.n > 0)
		memcpy(p, x.p, x.n);
	if (y.n > 0)
		memcpy(p + x.n, y.p, y.n);
	return (struct str){ p, x.n + y.n };
}

static struct str join3(struct arena *a, struct str x, struct str y, struct str z)
{
	return join(a, join(a, x, y), z);
}

/* What forbids using something with this owner and mode; empty: nothing does. */
struct objection {
	struct str why, help;
};

static struct objection object_to(const struct scan *s, const struct stat *st, struct str path)
{
	struct objection no = { 0 };

	if (st->st_uid != 0 && !(s->relaxed && st->st_uid == geteuid())) {
		no.why = join(s->arena, path,
			s->relaxed ? STR(" belongs neither to root nor to the caller") :
				     STR(" does not belong to root"));
		no.help = join(s->arena, STR("chown root: "), path);
	} else if (!S_ISLNK(st->st_mode) && (st->st_mode & (S_IWGRP | S_IWOTH))) {
		no.why = join(s->arena, path, STR(" is writable by others"));
		no.help = join(s->arena, STR("chmod go-w "), path);
	}
	return no;
}

/*
 * Opens the directory @path below the folder @top, component by component, never leaving @top.
 * *ret_no is the first objection on the way. -ENOENT when there is none; -ENOLINK for a link that
 * leads nowhere.
 */
static int open_dir(struct scan *s, int top, struct str path, int *ret, struct objection *ret_no)
{
	struct objection no = { 0 };
	_cleanup_(closep) int at = fcntl(top, F_DUPFD_CLOEXEC, 3);
	struct str so_far = { 0 }, rest = path;
	size_t own = SIZE_MAX; /* what is left of @path itself; more in .rest is out of a link */
	unsigned links = 0;
	struct stat st;

	if (at < 0 || fstat(at, &st) < 0)
		return -errno;
	no = object_to(s, &st, s->root.n > 0 ? s->root : STR("/"));
	while (rest.n > 0) {
		struct str part, shown;
		char *name;
		int next;

		while (rest.n > 0 && rest.p[0] == '/')
			rest = str_sub(rest, 1, rest.n);
		part = str_sub(rest, 0, str_find(rest, '/'));
		rest = str_sub(rest, part.n, rest.n);
		if (part.n == 0 || str_eq(part, STR(".")))
			continue;
		if (str_eq(part, STR("..")))
			return -ELOOP; /* only a link can say so; none of ours does */
		name = arena_dup(s->arena, part.p, part.n);
		so_far = join3(s->arena, so_far, STR("/"), part);
		shown = join(s->arena, s->root, so_far);
		if (arena_failed(s->arena))
			return -ENOMEM;
		/* A link that leads nowhere was meant to lead to files. */
		if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			return errno == ENOENT && rest.n >= own ? -ENOLINK : -errno;
		if (no.why.n == 0)
			no = object_to(s, &st, shown);
		if (S_ISLNK(st.st_mode)) {
			char target[PATH_MAX];
			ssize_t n = readlinkat(at, name, target, sizeof(target));
			struct str to = { target, n > 0 ? (size_t)n : 0 };

			if (n < 0)
				return -errno;
			if (++links > LINKS_MAX || (size_t)n == sizeof(target))
				return -ELOOP;
			own = MIN(own, rest.n);
			/* Begin again from the top with the link replaced. */
			so_far.n -= part.n + 1;
			while (to.p[0] != '/' && to.n >= 3 && memcmp(to.p, "../", 3) == 0) {
				to = str_sub(to, 3, to.n);
				while (so_far.n > 0 && so_far.p[so_far.n - 1] != '/')
					so_far.n--;
				so_far.n -= so_far.n > 0;
			}
			if (to.n > 0 && to.p[0] == '/')
				so_far.n = 0;
			rest = join3(s->arena, join3(s->arena, so_far, STR("/"), to), STR("/"), rest);
			if (arena_failed(s->arena))
				return -ENOMEM;
			so_far = (struct str){ 0 };
			next = fcntl(top, F_DUPFD_CLOEXEC, 3);
		} else {
			next = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		}
		if (next < 0)
			return -errno;
		close(at);
		at = next;
	}
	*ret = at;
	at = -1;
	*ret_no = no;
	return 0;
}

/* Up to @room bytes, or up to the end: how many there were. */
static int read_up_to(int fd, char *p, size_t room, size_t *ret_n)
{
	size_t n = 0;

	while (n < room) {
		ssize_t got = read(fd, p + n, room - n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0)
			break;
		n += (size_t)got;
	}
	*ret_n = n;
	return 0;
}

static int read_fd(struct arena *a, int fd, struct str *ret)
{
	struct stat st;
	size_t size, n;
	char *p;
	int r;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	size = st.st_size > POLICY_TEXT_MAX ? POLICY_TEXT_MAX + 1 : (size_t)st.st_size + 1;
	p = arena_alloc(a, size + 1);
	if (!p)
		return -ENOMEM;
	r = read_up_to(fd, p, size, &n);
	if (r < 0)
		return r;
	if (n == size && size <= POLICY_TEXT_MAX)
		return -EAGAIN; /* it grew while we read */
	*ret = (struct str){ p, n };
	return 0;
}

int policyset_read(struct arena *a, const char *path, struct str *ret)
{
	_cleanup_(closep) int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	return read_fd(a, fd, ret);
}

int policyset_read_stream(struct arena *a, int fd, struct str *ret)
{
	/* One byte more than a policy may have is enough to say so. */
	size_t n, room = POLICY_TEXT_MAX + 1;
	char *p = arena_alloc_raw(a, room);
	int r = p ? read_up_to(fd, p, room, &n) : -ENOMEM;

	if (r < 0)
		return r;
	*ret = (struct str){ p, n };
	return 0;
}

static void refuse(struct policy_file *f, struct str why, struct str help)
{
	f->state = INPUT_REFUSED;
	f->why = why;
	f->help = help;
}

static bool is_mask(int dir, const char *name)
{
	char target[16];
	ssize_t n = readlinkat(dir, name, target, sizeof(target));

	return n == 9 && memcmp(target, "/dev/null", 9) == 0;
}

static bool ends_with(struct str name, struct str end)
{
	return name.n > end.n && str_eq(str_sub(name, name.n - end.n, name.n), end);
}

/* How many bytes of the name's end somebody could take for ".yaml"; 0: none, or it is ".yaml". */
static size_t almost_yaml(struct str name)
{
	static const struct str spelling[] = { STR_INIT(".yaml"), STR_INIT(".yml") };

	for (size_t k = 0; k < ARRAY_SIZE(spelling) && !ends_with(name, spelling[0]); k++) {
		struct str end = str_sub(name, name.n - MIN(name.n, spelling[k].n), name.n);
		size_t i = 0;

		while (i < end.n && ascii_tolower(end.p[i]) == spelling[k].p[i])
			i++;
		if (i == spelling[k].n && name.n > i)
			return i;
	}
	return 0;
}

/* Opens a file of the directory, and no link. -errno. */
static int open_file(int dir, const struct policy_file *f)
{
	int fd = openat(dir, f->name.p, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* What may not be used may still be what takes away from others. 0, -ENOMEM. */
static int read_refused(struct scan *s, int dir, struct policy_file *f)
{
	_cleanup_(closep) int fd = open_file(dir, f);

	if (fd < 0)
		return 0;
	return read_fd(s->arena, fd, &f->refused) == -ENOMEM ? -ENOMEM : 0;
}

/* Fills in .state and what goes with it. 0, -ENOMEM. */
static int look_at(struct scan *s, int dir, const struct objection *dir_no, struct policy_file *f)
{
	_cleanup_(closep) int fd = -1;
	struct objection no;
	struct stat st;
	int r;

	for (size_t i = 0; i < f->name.n; i++)
		if (!ascii_isprint(f->name.p[i])) {
			refuse(f, STR("the file's name is not printable ASCII"), (struct str){ 0 });
			return 0;
		}
	if (!ends_with(f->name, s->suffix)) {
		refuse(f, STR("the file's name does not end in .yaml"),
			join3(s->arena, join3(s->arena, STR("mv "), f->open_path, STR(" ")),
				str_sub(f->open_path, 0, f->open_path.n - almost_yaml(f->name)),
				s->suffix));
		return 0;
	}
	if (dir_no->why.n > 0) {
		refuse(f, dir_no->why, dir_no->help);
		return read_refused(s, dir, f);
	}
	if (is_mask(dir, f->name.p)) {
		f->state = INPUT_MASKED;
		return 0;
	}
	fd = open_file(dir, f);
	if (fd == -ELOOP) {
		refuse(f, STR("a symbolic link; only one to /dev/null is taken, and masks"),
			(struct str){ 0 });
		return 0;
	}
	if (fd < 0) {
		refuse(f, str_dup(s->arena, str_from(strerrordesc_np(-fd))), (struct str){ 0 });
		return 0;
	}
	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode)) {
		refuse(f, STR("not a regular file"), (struct str){ 0 });
		return 0;
	}
	no = object_to(s, &st, f->open_path);
	if (no.why.n > 0) {
		refuse(f, no.why, no.help);
		return read_refused(s, dir, f);
	}
	r = read_fd(s->arena, fd, &f->text);
	if (r == -ENOMEM)
		return r;
	if (r < 0) {
		refuse(f, str_from(strerrordesc_np(-r)), (struct str){ 0 });
		return 0;
	}
	sha256_bytes(f->text.p, f->text.n, f->digest);
	return 0;
}

static bool is_meant(const struct scan *s, struct str name)
{
	if (name.p[0] == '.')
		return false;
	return ends_with(name, s->suffix) || (s->strict && almost_yaml(name) > 0);
}

static int add_file(struct scan *s, struct str name, struct str path, struct str open_path)
{
	if (s->n == POLICY_FILES_MAX)
		return -E2BIG;
	if (s->n == s->room) {
		uint32_t room = s->room ? s->room * 2 : 16;
		struct policy_file *grown = arena_new_array(s->arena, room, struct policy_file);

		if (!grown)
			return -ENOMEM;
		if (s->n > 0)
			memcpy(grown, s->file, s->n * sizeof(*grown));
		s->file = grown;
		s->room = room;
	}
	s->file[s->n++] = (struct policy_file){ .name = name, .path = path, .open_path = open_path };
	return arena_failed(s->arena) ? -ENOMEM : 0;
}

static bool is_taken(const struct scan *s, uint32_t n_before, struct str name)
{
	for (uint32_t i = 0; i < n_before; i++)
		if (str_eq(s->file[i].name, name))
			return true;
	return false;
}

static int by_name(const void *x, const void *y)
{
	const struct policy_file *a = x, *b = y;

	return str_cmp(a->name, b->name);
}

/* All files of one directory; @path is the directory's as it is to be stored. */
static int scan_dir(struct scan *s, int fd, const struct objection *no, struct str path)
{
	_cleanup_(closedirp) DIR *dir = NULL;
	uint32_t n_before = s->n;
	struct dirent *de;
	int r;

	dir = fdopendir(fd);
	if (!dir) {
		r = -errno;
		close(fd);
		return r;
	}
	while (errno = 0, (de = readdir(dir))) {
		struct str name = str_from(de->d_name);

		if (!is_meant(s, name))
			continue;
		name = str_dup(s->arena, name);
		path = path.n > 1 && path.p[path.n - 1] == '/' ? str_sub(path, 0, path.n - 1) : path;
		r = add_file(s, name, join3(s->arena, path, STR("/"), name),
			join(s->arena, s->root, join3(s->arena, path, STR("/"), name)));
		if (r < 0)
			return r;
	}
	if (errno != 0)
		return -errno;
	if (s->n > n_before)
		qsort(s->file + n_before, s->n - n_before, sizeof(*s->file), by_name);
	for (uint32_t i = n_before; i < s->n; i++) {
		if (is_taken(s, n_before, s->file[i].name)) {
			s->file[i].state = INPUT_OVERRIDDEN;
			continue;
		}
		r = look_at(s, dirfd(dir), no, &s->file[i]);
		if (r < 0)
			return r;
	}
	return 0;
}

/* By name over all directories; qsort() is not stable, so precedence is put in by merging. */
static int sort_all(struct scan *s)
{
	struct policy_file *sorted = arena_new_array(s->arena, s->n + 1, struct policy_file);

	if (!sorted)
		return -ENOMEM;
	for (uint32_t i = 0; i < s->n; i++) {
		uint32_t lo = 0, hi = i;

		while (lo < hi) {
			uint32_t mid = (lo + hi) / 2;

			if (str_cmp(sorted[mid].name, s->file[i].name) <= 0)
				lo = mid + 1;
			else
				hi = mid;
		}
		memmove(sorted + lo + 1, sorted + lo, (i - lo) * sizeof(*sorted));
		sorted[lo] = s->file[i];
	}
	s->file = sorted;
	return 0;
}

static int scan_standard(struct scan *s, const struct str *dir, size_t n, struct str *ret_where)
{
	const char *top_path = s->root.n > 0 ? s->root.p : "/";
	_cleanup_(closep) int top = open(top_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	*ret_where = str_from(top_path);
	if (top < 0)
		return -errno;
	for (size_t i = 0; i < n; i++) {
		struct objection no;
		int fd, r;

		*ret_where = join(s->arena, s->root, dir[i]);
		r = open_dir(s, top, dir[i], &fd, &no);
		if (r == -ENOENT)
			continue;
		if (r == 0)
			r = scan_dir(s, fd, &no, dir[i]);
		if (r < 0)
			return r;
	}
	return 0;
}

static int scan_given(struct scan *s, const struct policyset_options *o, struct str *ret_where)
{
	for (uint32_t i = 0; i < o->n_dirs; i++) {
		struct str path = str_dup(s->arena, o->dir[i]);
		struct objection no;
		struct stat st;
		int fd, r;

		*ret_where = path;
		if (!path.p)
			return -ENOMEM;
		fd = open(path.p, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd < 0)
			return -errno;
		if (fstat(fd, &st) < 0) {
			r = -errno;
			close(fd);
			return r;
		}
		no = object_to(s, &st, path);
		r = scan_dir(s, fd, &no, path);
		if (r < 0)
			return r;
	}
	return 0;
}

int policyset_scan(struct arena *a, const struct policyset_options *o, struct policy_file **ret,
	uint32_t *ret_n, struct str *ret_where)
{
	struct scan s = {
		.arena = a,
		.suffix = o->site ? STR(".yaml") : STR(".policy"),
		.strict = o->site,
		.relaxed = o->n_dirs > 0 || o->root.n > 0,
	};
	struct str where = { 0 };
	int r;

	if (o->n_dirs == 0) {
		s.root = str_dup(a, o->root);
		if (!s.root.p && o->root.n > 0)
			return -ENOMEM;
	}
	if (o->n_dirs > 0)
		r = scan_given(&s, o, &where);
	else if (o->site)
		r = scan_standard(&s, site_dirs, ARRAY_SIZE(site_dirs), &where);
	else
		r = scan_standard(&s, standard_dirs, ARRAY_SIZE(standard_dirs), &where);
	if (r == 0)
		r = sort_all(&s);
	if (r < 0) {
		if (ret_where)
			*ret_where = where;
		return r;
	}
	*ret = s.file;
	*ret_n = s.n;
	return 0;
}
