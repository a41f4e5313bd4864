/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <sys/types.h>

#include "engine/base/arena.h"
#include "engine/base/str.h"

struct image;

/*
 * Files, links and folders below one sysfs. This part is built into the udev helper too: plain
 * system calls below a folder descriptor, an arena, nothing else.
 *
 * Every read stays beneath the given sysfs: openat2 with RESOLVE_BENEATH | RESOLVE_NO_XDEV |
 * RESOLVE_NO_MAGICLINKS, and where the kernel or a filter answers ENOSYS or EPERM one openat per
 * component with O_NOFOLLOW, resolving symlinks by hand, never above the top. (Without openat2
 * the mount under a folder is told by its device number; a file mounted over a file is not.)
 *
 * Paths are relative to sysfs, at most SYSFS_PATH_MAX bytes (-ENAMETOOLONG), without NUL
 * (-EINVAL).
 */
#define SYSFS_PATH_MAX	4095
#define SYSFS_LINKS_MAX 16 /* symlinks followed on one path */
#define SYSFS_LIST_MAX	65536 /* names in one folder */
#define DEVPATH_MAX	1024


struct sysfs_held {
	struct str path;
	int fd;
};

struct sysfs {
	int fd;		     /* <root>/sys, O_PATH | O_DIRECTORY; the caller's */
	struct str top;	     /* "<root>/sys" for messages; of `sys` or `text` */
	bool no_openat2;     /* learned; may be set for tests */
	bool fake;	     /* --root: a plain folder, which may lie on any file system */
	struct image *image; /* for folded facts (os-release, site); may be NULL; borrowed */
	struct str kernel_release; /* uname -r, or <root>'s; empty: asked when needed */
	struct sysfs_held held[2]; /* folders that are open; what is below them is found from there */
	unsigned n_held;
	bool keep; /* hold the folders of the device that was opened last: for one who reads one
		    * device and ends */
	char text[SYSFS_PATH_MAX + 1]; /* what .top looks at: do not move the struct */
};

/* ---- sysfs-open.c: paths ------------------------------------------------------------------- */

/* Opens <root>/sys; @root NULL, "" or "/" is this host. -errno, -ENAMETOOLONG. Close with
 * sysfs_close(). */
int sysfs_open(struct sysfs *s, const char *root);
/* Takes a struct that was closed before, or one that was zeroed with .fd = -1. */
void sysfs_close(struct sysfs *s);

/* What names a file or folder itself, so that a later one of its path can be told from it. */
struct sysfs_id {
	uint64_t dev, ino;
};

static inline bool sysfs_same(struct sysfs_id x, struct sysfs_id y)
{
	return x.dev == y.dev && x.ino == y.ino;
}

/* A descriptor, the caller's, of what is at @path, opened with the flags of open(); with O_NOFOLLOW
 * also of a link at the end. An error as sysfs_read()'s. */
int sysfs_open_below(struct sysfs *s, struct str path, int flags);
/*
 * Holds the folder @path open until sysfs_release(), at most two; @path must live as long. What is
 * read below it is then that of this very folder: of one that is gone nothing is there, whatever
 * has its name by now. Errors as of sysfs_stat(); -E2BIG.
 */
int sysfs_hold(struct sysfs *s, struct str path, struct sysfs_id *ret);
void sysfs_release(struct sysfs *s);
/* The descriptor, borrowed, of a held folder that @path lies below, and the path from there; -ENOENT. */
int sysfs_held_below(const struct sysfs *s, struct str path, struct str *ret_rest);
/* The path below sysfs that @path resolves to ("devices/pci0000:00/..."), all links followed. */
int sysfs_resolve(struct sysfs *s, struct arena *a, struct str path, struct str *ret);

/* ---- sysfs-read.c: what is there ------------------------------------------------------------- */

/* A file's text as read, at most FACT_TEXT_MAX bytes: -EFBIG for more, and for 4095, where the kernel
 * cuts longer ones off; -ENOENT, -ENODEV and other errors of open and read; -EXDEV when the path would leave sysfs; -EISDIR, or -EINVAL
 * for what is neither file nor folder. Never waits for a fifo. */
int sysfs_read(struct sysfs *s, struct arena *a, struct str path, struct str *ret);
/* Is there something at @path, links followed? 0, -ENOENT, or as sysfs_read(). @ret may be NULL. */
int sysfs_stat(struct sysfs *s, struct str path, struct sysfs_id *ret);
/* Is @path (of at most DEVPATH_MAX bytes) still what @id says? 0, -ENODEV, or another error. */
int sysfs_still(const struct sysfs *s, struct str path, const struct sysfs_id *id);
/* The last component of what a link points to, without resolving further; -EINVAL: no link. */
int sysfs_link_name(struct sysfs *s, struct arena *a, struct str path, struct str *ret);
/* The names in a folder, sorted bytewise; "." and ".." left out. At most @max, else -E2BIG. */
int sysfs_list(struct sysfs *s, struct arena *a, struct str path, uint32_t max,
	struct str **ret, uint32_t *ret_n);
/* How many there are; -E2BIG above SYSFS_LIST_MAX. */
int sysfs_count(struct sysfs *s, struct str path, uint32_t *ret_n);
