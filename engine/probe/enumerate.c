/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Finds devices, by walking sysfs and by our tag, and talks to udev about them. What a device
 * is to us is device.c's knowledge.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <libudev.h>

#include "engine/base/limits.h"
#include "engine/probe/enumerate.h"

/* ---- the walk ---------------------------------------------------------------------------- */

struct place_found {
	struct str path; /* "/devices/..." */
	bool tagged;
};

struct found {
	struct sysfs *s;
	struct arena *a;
	struct place_found *at;
	uint32_t n, room;
};

static int add_path(struct found *f, struct str below_sys, bool tagged)
{
	struct sbuf b;

	if (f->n == SYSFS_LIST_MAX)
		return -E2BIG;
	if (f->n == f->room) {
		uint32_t room = f->room ? f->room * 2 : 64;
		struct place_found *grown = arena_new_array(f->a, room, struct place_found);

		if (!grown)
			return -ENOMEM;
		if (f->n > 0)
			memcpy(grown, f->at, f->n * sizeof(*grown));
		f->at = grown;
		f->room = room;
	}
	b = (struct sbuf){ .p = arena_alloc(f->a, below_sys.n + 1), .size = below_sys.n + 1 };
	if (!b.p)
		return -ENOMEM;
	sbuf_putc(&b, '/');
	sbuf_put_str(&b, below_sys);
	f->at[f->n++] = (struct place_found){ sbuf_str(&b), tagged };
	return 0;
}

/* All that the links in @folder lead to. */
static int walk_folder(struct found *f, struct str folder)
{
	struct str *name, path, resolved;
	uint32_t n, i;
	struct sbuf b;
	int r;

	r = sysfs_list(f->s, f->a, folder, SYSFS_LIST_MAX, &name, &n);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	for (i = 0; i < n; i++) {
		size_t size = folder.n + 1 + name[i].n;

		b = (struct sbuf){ .p = arena_alloc(f->a, size), .size = size };
		if (!b.p)
			return -ENOMEM;
		sbuf_put_str(&b, folder);
		sbuf_putc(&b, '/');
		sbuf_put_str(&b, name[i]);
		path = sbuf_str(&b);
		r = sysfs_resolve(f->s, f->a, path, &resolved);
		/* Gone since, or a link of somebody's that leads nowhere. */
		if (r == -ENOENT || r == -ENOTDIR || r == -ENODEV || r == -EXDEV || r == -ELOOP)
			continue;
		if (r == 0)
			r = add_path(f, resolved, false);
		if (r < 0)
			return r;
	}
	return 0;
}

static int add_tagged(struct found *f)
{
	struct udev *udev = udev_new();
	struct udev_enumerate *e = udev ? udev_enumerate_new(udev) : NULL;
	struct udev_list_entry *entry;
	int r = e ? 0 : -ENOMEM;

	if (r == 0)
		r = udev_enumerate_add_match_tag(e, UDEV_TAG);
	if (r >= 0)
		r = udev_enumerate_scan_devices(e);
	/* Without udev there is no tag either. */
	if (r == -ENOENT)
		r = 0;
	if (r >= 0) {
		r = 0;
		udev_list_entry_foreach(entry, udev_enumerate_get_list_entry(e)) {
			struct str path = str_from(udev_list_entry_get_name(entry));

			if (r == 0 && str_starts(path, STR("/sys/")))
				r = add_path(f, str_sub(path, 5, path.n), true);
		}
	}
	udev_enumerate_unref(e);
	udev_unref(udev);
	return r;
}

static int by_path(const void *x, const void *y)
{
	return str_cmp(((const struct place_found *)x)->path,
		((const struct place_found *)y)->path);
}

/* Each path once, tagged if it was so anywhere. */
static void sort_found(struct found *f)
{
	uint32_t i, n = 0;

	if (f->n > 0)
		qsort(f->at, f->n, sizeof(*f->at), by_path);
	for (i = 0; i < f->n; i++) {
		if (n > 0 && str_eq(f->at[n - 1].path, f->at[i].path))
			f->at[n - 1].tagged |= f->at[i].tagged;
		else
			f->at[n++] = f->at[i];
	}
	f->n = n;
}

int host_devices(struct sysfs *s, struct arena *a, struct device **ret, uint32_t *ret_n)
{
	struct found f = { .s = s, .a = a };
	struct device *d;
	uint32_t i, n = 0;
	int r;

	r = walk_folder(&f, STR("class/mdev_bus"));
	if (r == 0)
		r = walk_folder(&f, STR("bus/mdev/devices"));
	if (r == 0)
		r = walk_folder(&f, STR("bus/pci/devices"));
	if (r == 0 && !s->fake)
		r = add_tagged(&f);
	if (r < 0)
		return r;
	sort_found(&f);
	d = arena_new_array(a, f.n, struct device);
	if (!d)
		return -ENOMEM;
	for (i = 0; i < f.n; i++) {
		r = device_open(s, a, f.at[i].path, &d[n]);
		if (r == -ENODEV || r == -EAGAIN || r == -EINVAL)
			continue;
		if (r < 0)
			return r;
		if (d[n].role != DEVICE_OTHER || f.at[i].tagged)
			n++;
	}
	*ret = d;
	*ret_n = n;
	return 0;
}

/* ---- udev -------------------------------------------------------------------------------- */

/* What udev's database has of the device, with a libudev of its own. -ENOENT: nothing. Let go of with
 * udev_leave(), also after a failure. */
struct udev_entry {
	struct udev *udev;
	struct udev_device *dev;
};

static int udev_ask(const struct device *d, struct udev_entry *ret)
{
	char path[DEVPATH_MAX + 32];
	struct sbuf b = SBUF(path);

	*ret = (struct udev_entry){ 0 };
	if (d->sysfs->fake)
		return -EOPNOTSUPP;
	sbuf_puts(&b, "/sys/");
	sbuf_put_str(&b, d->path);
	sbuf_putc(&b, '\0');
	if (b.overflow)
		return -ENAMETOOLONG;
	ret->udev = udev_new();
	if (!ret->udev)
		return -ENOMEM;
	ret->dev = udev_device_new_from_syspath(ret->udev, path);
	return ret->dev ? 0 : -ENOENT;
}

static void udev_leave(struct udev_entry *e)
{
	udev_device_unref(e->dev);
	udev_unref(e->udev);
}

int device_trigger(const struct device *d)
{
	char path[DEVPATH_MAX + 32];
	struct sbuf b = SBUF(path);
	int fd, r = 0;

	if (d->sysfs->fake)
		return -EOPNOTSUPP;
	r = device_still(d);
	if (r < 0)
		return r;
	sbuf_put_str(&b, d->path);
	sbuf_puts(&b, "/uevent");
	sbuf_putc(&b, '\0');
	if (b.overflow)
		return -ENAMETOOLONG;
	fd = openat(d->sysfs->fd, path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? -ENODEV : -errno;
	if (write(fd, "change", 6) != 6)
		r = -errno;
	close(fd);
	return r;
}

int device_property(const struct device *d, struct arena *a, const char *key, struct str *ret)
{
	struct str text = { 0 };
	struct udev_entry e;
	const char *value;
	int r = udev_ask(d, &e);

	if (r == 0) {
		value = udev_device_get_property_value(e.dev, key);
		text = value ? str_dup(a, str_from(value)) : text;
		r = !value ? -ENOENT : text.p ? 0 : -ENOMEM;
	}
	udev_leave(&e);
	if (r == 0)
		*ret = text;
	return r;
}

struct udev_watch {
	struct udev *udev;
	struct udev_monitor *monitor;
};

int udev_watch_open(struct udev_watch **ret)
{
	struct udev_watch *w = calloc(1, sizeof(*w));
	int r = -ENOMEM;

	if (!w)
		return r;
	w->udev = udev_new();
	if (w->udev)
		w->monitor = udev_monitor_new_from_netlink(w->udev, "udev");
	/* By tag: udevd keeps a tag that a device once had, so its last event comes too. */
	if (w->monitor)
		r = udev_monitor_filter_add_match_tag(w->monitor, UDEV_TAG);
	if (r >= 0 && w->monitor)
		r = udev_monitor_enable_receiving(w->monitor);
	if (r < 0) {
		udev_watch_close(w);
		return r;
	}
	*ret = w;
	return 0;
}

int udev_watch_fd(const struct udev_watch *w)
{
	return udev_monitor_get_fd(w->monitor);
}

static int take_event(struct udev_device *dev, struct arena *a, struct udev_event *ret)
{
	struct udev_list_entry *list = udev_device_get_properties_list_entry(dev), *entry;
	const char *action = udev_device_get_action(dev);
	struct udev_event e = { .tagged = udev_device_has_tag(dev, UDEV_TAG) > 0 };
	uint32_t room = 0;

	udev_list_entry_foreach(entry, list)
		room++;
	e.property = arena_alloc_array(a, room, sizeof(*e.property));
	e.action = str_dup(a, str_from(action ? action : ""));
	e.devpath = str_dup(a, str_from(udev_device_get_devpath(dev)));
	udev_list_entry_foreach(entry, list) {
		struct str key = str_from(udev_list_entry_get_name(entry));

		if (arena_failed(a) || !str_starts(key, STR("MDEV_COMPAT_")))
			continue;
		e.property[e.n_properties].key = str_dup(a, key);
		e.property[e.n_properties++].value =
			str_dup(a, str_from(udev_list_entry_get_value(entry)));
	}
	if (arena_failed(a))
		return -ENOMEM;
	*ret = e;
	return 0;
}

int device_properties(const struct device *d, struct arena *a, struct udev_event *ret)
{
	struct udev_entry e;
	int r = udev_ask(d, &e);

	if (r == 0)
		r = udev_device_get_is_initialized(e.dev) > 0 ? take_event(e.dev, a, ret) : -ENOENT;
	udev_leave(&e);
	return r;
}

int udev_watch_next(struct udev_watch *w, struct arena *a, struct udev_event *ret)
{
	struct udev_device *dev;
	int r;

	errno = 0;
	dev = udev_monitor_receive_device(w->monitor);
	if (!dev)
		return errno == ENOBUFS ? -ENOBUFS : -EAGAIN;
	r = take_event(dev, a, ret);
	udev_device_unref(dev);
	return r;
}

void udev_watch_close(struct udev_watch *w)
{
	if (!w)
		return;
	udev_monitor_unref(w->monitor);
	udev_unref(w->udev);
	free(w);
}
