/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/base/arena.h"
#include "engine/eval/eval.h"

/*
 * Subjects on a host, read from sysfs. This part is built into the udev helper too: plain
 * system calls below a folder descriptor, an arena, nothing else.
 *
 * Every read stays beneath the given sysfs: openat2 with RESOLVE_BENEATH | RESOLVE_NO_XDEV |
 * RESOLVE_NO_MAGICLINKS, and where the kernel or a filter answers ENOSYS or EPERM one openat per
 * component with O_NOFOLLOW, resolving symlinks by hand, never above the top.
 */
struct sysfs {
	int fd;		    /* <root>/sys, O_PATH | O_DIRECTORY; the caller's */
	struct str top;	    /* "<root>/sys" for messages */
	bool no_openat2;    /* learned; may be set for tests */
	bool fake;	    /* --root: a plain folder, which may lie on any file system */
	struct image *image; /* for folded facts (os-release, site); may be NULL */
	struct str kernel_release; /* uname -r, or <root>'s; empty: asked when needed */
};

/* Opens <root>/sys. -errno. Close with sysfs_close(). */
int sysfs_open(struct sysfs *s, const char *root);
void sysfs_close(struct sysfs *s);

/* A file's text as read, at most FACT_TEXT_MAX bytes: -EFBIG for more, -ENOENT, -ENODEV and
 * other errors of open and read; -EXDEV when the path would leave sysfs; only regular files. */
int sysfs_read(struct sysfs *s, struct arena *a, struct str path, struct str *ret);
/* The path below sysfs that @path resolves to ("devices/pci0000:00/..."), all links followed. */
int sysfs_resolve(struct sysfs *s, struct arena *a, struct str path, struct str *ret);
/* The last component of what a link points to, without resolving further. */
int sysfs_link_name(struct sysfs *s, struct arena *a, struct str path, struct str *ret);
/* The names in a folder, sorted bytewise; "." and ".." left out. At most @max, else -E2BIG. */
int sysfs_list(struct sysfs *s, struct arena *a, struct str path, uint32_t max,
	struct str **ret, uint32_t *ret_n);

/*
 * A device as udev knows it. @devpath begins with "/devices/", is printable, has no "..", at
 * most 1024 bytes, else -EINVAL.
 */
enum device_role { DEVICE_OTHER = 0, DEVICE_PARENT, DEVICE_MDEV, DEVICE_VFIO };

struct device {
	struct sysfs *sysfs;
	struct str path;    /* below sysfs, no leading slash */
	struct str name;    /* last component: the address or the UUID */
	enum device_role role;
	struct str driver;  /* parent: driver, else bus, else class; vfio: bound driver */
	struct str parent;  /* mdev: its parent's path; VF: its physical function's; else .path */
	struct str type;    /* mdev: its type's name */
};

/* Looks at one device. An mdev whose type link is not there yet: -EAGAIN. -ENODEV: not there. */
int device_open(struct sysfs *s, struct arena *a, struct str devpath, struct device *ret);
/* The names of a parent's types, sorted. -E2BIG: more than PARENT_TYPES_MAX. */
int device_types(const struct device *d, struct arena *a, struct str **ret, uint32_t *ret_n);

/* A subject to evaluate; @probe keeps what the fact reader needs and must outlive it. */
struct probe {
	const struct device *device;
	struct str type; /* .p NULL: none */
	bool vanished;
};
/* The type @type of a parent. */
void subject_of_type(const struct device *parent, struct str type, struct probe *probe,
	struct subject *ret);
/* An mdev or a vfio device. */
void subject_of_device(const struct device *d, struct probe *probe, struct subject *ret);
