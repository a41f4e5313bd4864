/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <sys/types.h>

#include "engine/base/arena.h"
#include "engine/eval/eval.h"

/*
 * Subjects on a host, read from sysfs. This part is built into the udev helper too: plain
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

/* Opens <root>/sys; @root NULL, "" or "/" is this host. -errno, -ENAMETOOLONG. Close with
 * sysfs_close(). */
int sysfs_open(struct sysfs *s, const char *root);
/* Takes a struct that was closed before, or one that was zeroed with .fd = -1. */
void sysfs_close(struct sysfs *s);

/* For those who write (write.h): a descriptor, the caller's, or an error as sysfs_read()'s. */
int sysfs_open_below(struct sysfs *s, struct str path, int flags);
/* A file's text as read, at most FACT_TEXT_MAX bytes: -EFBIG for more, -ENOENT, -ENODEV and
 * other errors of open and read; -EXDEV when the path would leave sysfs; -EISDIR, or -EINVAL
 * for what is neither file nor folder. Never waits for a fifo. */
int sysfs_read(struct sysfs *s, struct arena *a, struct str path, struct str *ret);
/* Is there something at @path, links followed? 0, -ENOENT, or as sysfs_read(). @ret may be
 * NULL; else it takes what names the thing itself, so that a later one can be told from it. */
struct sysfs_id {
	uint64_t dev, ino;
};
int sysfs_stat(struct sysfs *s, struct str path, struct sysfs_id *ret);
/*
 * Holds the folder @path open until sysfs_release(), at most two; @path must live as long. What is
 * read below it is then that of this very folder: of one that is gone nothing is there, whatever
 * has its name by now. Errors as of sysfs_stat(); -E2BIG.
 */
int sysfs_hold(struct sysfs *s, struct str path, struct sysfs_id *ret);
void sysfs_release(struct sysfs *s);
/* Is @path (of at most DEVPATH_MAX bytes) still what @id says? 0, -ENODEV, or another error. */
int sysfs_still(const struct sysfs *s, struct str path, const struct sysfs_id *id);
/* The path below sysfs that @path resolves to ("devices/pci0000:00/..."), all links followed. */
int sysfs_resolve(struct sysfs *s, struct arena *a, struct str path, struct str *ret);
/* The last component of what a link points to, without resolving further; -EINVAL: no link. */
int sysfs_link_name(struct sysfs *s, struct arena *a, struct str path, struct str *ret);
/* The names in a folder, sorted bytewise; "." and ".." left out. At most @max, else -E2BIG. */
int sysfs_list(struct sysfs *s, struct arena *a, struct str path, uint32_t max,
	struct str **ret, uint32_t *ret_n);
/* How many there are; -E2BIG above SYSFS_LIST_MAX. */
int sysfs_count(struct sysfs *s, struct str path, uint32_t *ret_n);

/*
 * A device as udev knows it. @devpath begins with "/devices/", is printable ASCII without
 * blanks, has no empty, "." or ".." component, and at most DEVPATH_MAX bytes.
 */
enum device_role { DEVICE_OTHER = 0, DEVICE_PARENT, DEVICE_MDEV, DEVICE_VFIO };

struct device {
	struct sysfs *sysfs;
	struct str path;    /* below sysfs, no leading slash */
	struct str name;    /* last component: the address or the UUID */
	enum device_role role;
	struct str driver;  /* mdev, parent: the parent's driver, else bus, else class; vfio:
			     * bound driver; .p NULL: none */
	struct str parent;  /* mdev: its parent's path; VF: its physical function's; else .path */
	struct str type;    /* mdev: its type's name */
	struct sysfs_id id; /* of the device's folder */
};

/* 0, or -EINVAL. */
int devpath_check(struct str devpath);

/* Looks at one device. An mdev whose type link is not there yet: -EAGAIN. -ENODEV: not there.
 * -EINVAL: no devpath. Else as sysfs_read(). */
int device_open(struct sysfs *s, struct arena *a, struct str devpath, struct device *ret);
/* Is it still the same device? 0, -ENODEV, or another error. Ask after the last read: facts of
 * two devices that had one path after another never mix. */
int device_still(const struct device *d);
/* The names of a parent's types, sorted. -E2BIG: more than PARENT_TYPES_MAX. -ENODEV. */
int device_types(const struct device *d, struct arena *a, struct str **ret, uint32_t *ret_n);
/* How many types the parent has. */
int device_count_types(const struct device *d, uint32_t *ret);

/* A subject to evaluate; @probe keeps what the fact reader needs and must outlive it. */
struct probe {
	const struct device *device;
	struct str type; /* .p NULL: none */
	bool vanished;	 /* a fact was not there because the device is gone */
	int failed;	 /* the last errno (negative) that says something about us and nothing
			  * about the device: -ENOMEM, -EMFILE, -ENFILE, -EINTR; 0: none */
};
/* The type @type of a parent. Does not look whether there is one. */
void subject_of_type(const struct device *parent, struct str type, struct probe *probe,
	struct subject *ret);
/* An mdev or a vfio device. */
void subject_of_device(const struct device *d, struct probe *probe, struct subject *ret);

/*
 * The texts that `update` folds into the image, so that the helper needs neither YAML nor /etc.
 * Lines, each with its newline:
 *
 *   os-release   KEY=value
 *   site         * key=value              for the host
 *                driver NAME key=value    for all devices of one driver
 *                address NAME key=value   for one device
 *                file PATH                what follows is from this file
 *                unreadable PATH          a file that may say anything: nothing is known
 *
 * Keys have no blank and no '='; values are to the end of the line. Of os-release the first line
 * that fits counts; of site the one that speaks most closely of the device - its address, its
 * physical function's, its driver, the host - and of several such the first.
 *
 * -ENOENT: not there. For site_find(): @address, @physfn and @driver may be empty; -EUCLEAN with
 * the file in *ret_from: a file is unreadable, so nobody knows; *ret_from is untouched when the
 * text does not say which file it was.
 */
int os_release_find(struct str text, struct str key, struct str *ret);
int site_find(struct str text, struct str address, struct str physfn, struct str driver,
	struct str key, struct str *ret, struct str *ret_from);
