/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/eval/eval.h"
#include "engine/probe/sysfs.h"

/*
 * Subjects on a host, read from sysfs. This part is built into the udev helper too: what
 * sysfs.h brings, an arena, nothing else.
 */

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
