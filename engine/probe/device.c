/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a device is to us - parent, mdev, vfio device - and which driver and type it has, read
 * from its folder. Which of its files are facts is left to facts.c, and what they mean to eval.
 */
#include <errno.h>

#include "engine/base/limits.h"
#include "engine/probe/subject.h"

#define DEVICES STR("/devices/")

int devpath_check(struct str devpath)
{
	if (!str_starts(devpath, DEVICES) || devpath.n > DEVPATH_MAX)
		return -EINVAL;
	for (size_t i = 0; i < devpath.n; i++)
		if (devpath.p[i] <= ' ' || devpath.p[i] > '~')
			return -EINVAL;
	return path_stays_below(str_sub(devpath, 1, devpath.n)) ? 0 : -EINVAL;
}

static struct str join(struct arena *a, struct str folder, struct str name)
{
	char *p = arena_alloc(a, folder.n + 1 + name.n + 1);

	if (!p)
		return (struct str){ 0 };
	memcpy(p, folder.p, folder.n);
	p[folder.n] = '/';
	if (name.n > 0)
		memcpy(p + folder.n + 1, name.p, name.n);
	return (struct str){ p, folder.n + 1 + name.n };
}

static int link_in(struct sysfs *s, struct arena *a, struct str folder, const char *name,
	struct str *ret)
{
	struct str path = join(a, folder, str_from(name));

	return path.p ? sysfs_link_name(s, a, path, ret) : -ENOMEM;
}

/* 1: there, 0: not there, or -errno. */
static int there(struct sysfs *s, struct arena *a, struct str folder, const char *name)
{
	struct str path = join(a, folder, str_from(name));
	int r = path.p ? sysfs_stat(s, path, NULL) : -ENOMEM;

	return r == 0 ? 1 : r == -ENOENT || r == -ENOTDIR ? 0 : r;
}

/* As the kernel names a parent in the names of its types: driver, else bus, else class. */
static int parent_driver(struct sysfs *s, struct arena *a, struct str parent, struct str *ret)
{
	int r = link_in(s, a, parent, "driver", ret);

	return r == -ENOENT ? link_in(s, a, parent, "subsystem", ret) : r;
}

static int open_mdev(struct device *d, struct arena *a)
{
	int r;

	d->parent = path_folder(d->path);
	r = sysfs_hold(d->sysfs, d->parent, NULL);
	if (r < 0)
		return r;
	r = link_in(d->sysfs, a, d->path, "mdev_type", &d->type);
	if (r == -ENOENT)
		r = device_still(d) == 0 ? -EAGAIN : -ENODEV;
	return r < 0 ? r : parent_driver(d->sysfs, a, d->parent, &d->driver);
}

static int open_vfio(struct device *d, struct arena *a)
{
	struct str path;
	int r;

	r = link_in(d->sysfs, a, d->path, "driver", &d->driver);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	path = join(a, d->path, STR("physfn"));
	r = path.p ? sysfs_resolve(d->sysfs, a, path, &d->parent) : -ENOMEM;
	if (r == 0)
		r = sysfs_hold(d->sysfs, d->parent, NULL);
	return r == -ENOENT ? 0 : r;
}

/* Which of the three it is; DEVICE_OTHER is no error. */
static int find_role(struct device *d, struct arena *a)
{
	struct str subsystem;
	int r;

	r = link_in(d->sysfs, a, d->path, "subsystem", &subsystem);
	if (r < 0 && r != -ENOENT)
		return r;
	if (r == 0 && str_eq(subsystem, STR("mdev"))) {
		d->role = DEVICE_MDEV;
		return 0;
	}
	if (r == 0 && str_eq(subsystem, STR("pci"))) {
		r = there(d->sysfs, a, d->path, "vfio-dev");
		if (r == 0)
			r = there(d->sysfs, a, d->path, "nvidia/current_vgpu_type");
		if (r < 0)
			return r;
		if (r > 0)
			d->role = DEVICE_VFIO;
	}
	/* A parent may have a vfio-dev of its own; then what it can make counts. */
	r = there(d->sysfs, a, d->path, "mdev_supported_types");
	if (r > 0)
		d->role = DEVICE_PARENT;
	return r < 0 ? r : 0;
}

static int look_at(struct device *d, struct arena *a)
{
	int r;

	r = sysfs_hold(d->sysfs, d->path, &d->id);
	if (r < 0)
		return r == -ENOENT || r == -ENOTDIR ? -ENODEV : r;
	r = find_role(d, a);
	if (r == 0 && d->role == DEVICE_MDEV)
		r = open_mdev(d, a);
	else if (r == 0 && d->role == DEVICE_PARENT)
		r = parent_driver(d->sysfs, a, d->path, &d->driver);
	else if (r == 0 && d->role == DEVICE_VFIO)
		r = open_vfio(d, a);
	return r == -ENOENT && device_still(d) < 0 ? -ENODEV : r;
}

int device_open(struct sysfs *s, struct arena *a, struct str devpath, struct device *ret)
{
	struct device d = { .sysfs = s };
	int r;

	r = devpath_check(devpath);
	if (r < 0)
		return r;
	d.path = str_dup(a, str_sub(devpath, 1, devpath.n));
	if (!d.path.p)
		return -ENOMEM;
	d.name = path_name(d.path);
	d.parent = d.path;
	sysfs_release(s);
	r = look_at(&d, a);
	if (r < 0 || !s->keep)
		sysfs_release(s);
	if (r == 0)
		*ret = d;
	return r;
}

int device_still(const struct device *d)
{
	return sysfs_still(d->sysfs, d->path, &d->id);
}

static int types_error(const struct device *d, int r)
{
	/* The folder goes before the device does: either way there is nothing to say. */
	return r == -ENOENT || r == -ENOTDIR ? -ENODEV : r;
}

int device_types(const struct device *d, struct arena *a, struct str **ret, uint32_t *ret_n)
{
	struct str path = join(a, d->path, STR("mdev_supported_types"));

	if (!path.p)
		return -ENOMEM;
	return types_error(d, sysfs_list(d->sysfs, a, path, PARENT_TYPES_MAX, ret, ret_n));
}

int device_count_types(const struct device *d, uint32_t *ret)
{
	char buf[DEVPATH_MAX + sizeof("/mdev_supported_types")];
	struct sbuf b = SBUF(buf);

	sbuf_put_str(&b, d->path);
	sbuf_puts(&b, "/mdev_supported_types");
	return types_error(d, sysfs_count(d->sysfs, sbuf_str(&b), ret));
}
