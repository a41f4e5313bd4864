/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/base/arena.h"
#include "engine/probe/subject.h"

/*
 * The devices of a host that have, or had, something to do with us; and udev's side of them:
 * what its database says, how to have it look again, and what it announces. Not built into the
 * udev helper. libudev knows one host only, this one: with a fake sysfs only the walk is done.
 */
#define UDEV_TAG "mdevcompat"

/*
 * Every parent, mdev and vfio device, and every device that carries our tag (whose role may be
 * DEVICE_OTHER by now), each once, in the order of their paths. Found by walking
 * class/mdev_bus, bus/mdev/devices and bus/pci/devices: libudev does not list links in a
 * class. A device that goes away meanwhile, or whose type link is late, is left out.
 * 0, -E2BIG (SYSFS_LIST_MAX), -ENOMEM, or an error of sysfs.
 */
int host_devices(struct sysfs *s, struct arena *a, struct device **ret, uint32_t *ret_n);

/*
 * Has the kernel announce the device again, as `change`: to its own uevent file and no child's.
 * Never `add`, at which others start things. -EOPNOTSUPP with a fake sysfs; -ENODEV; errors of
 * open and write.
 */
int device_trigger(const struct device *d);

/* A property of the device in udev's database, as of its last event. -ENOENT: no such
 * property, or no such device; -EOPNOTSUPP with a fake sysfs. */
int device_property(const struct device *d, struct arena *a, const char *key,
	struct str *ret);

/* Follows what udevd announces after its rules were run. */
struct udev_watch;

struct udev_event {
	struct str action, devpath; /* .action is empty for what the database says */
	struct {
		struct str key, value;
	} *property; /* those that begin with MDEV_COMPAT_, in the order of keys */
	uint32_t n_properties;
	bool tagged;
};

/* All our properties of a device in udev's database, as of its last event. -ENOENT: no such device,
 * or udev's rules never ran for it; -EOPNOTSUPP with a fake sysfs; -ENOMEM. */
int device_properties(const struct device *d, struct arena *a, struct udev_event *ret);

/* 0, -ENOMEM, or an error of the socket. */
int udev_watch_open(struct udev_watch **ret);
/* For poll(). */
int udev_watch_fd(const struct udev_watch *w);
/* The next event. -EAGAIN: none now; -ENOBUFS: some were lost. */
int udev_watch_next(struct udev_watch *w, struct arena *a, struct udev_event *ret);
/* Takes NULL. */
void udev_watch_close(struct udev_watch *w);
