/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Devices: which paths name one, what role, driver, parent and types it has, and that two
 * devices which had one path are told apart.
 */
#include "tests/probe/tree.h"

static struct arena arena;
static struct sysfs sysfs;

static const struct {
	const char *devpath;
	bool good;
} paths[] = {
	{ "/devices/a", true },
	{ "/devices/pci0000:00/0000:00:02.0", true },
	{ "/devices/virtual/mtty/mtty/83b8f4f2-509f-382f-3c1e-e6bfe0fa1001", true },
	{ "/devices/a..b/...", true },
	{ "/devices/!\"#~", true },
	{ "", false },
	{ "/devices", false },
	{ "/devices/", false },
	{ "devices/a", false },
	{ "/sys/devices/a", false },
	{ "/devices//a", false },
	{ "/devices/a/", false },
	{ "/devices/.", false },
	{ "/devices/./a", false },
	{ "/devices/..", false },
	{ "/devices/../a", false },
	{ "/devices/a/..", false },
	{ "/devices/a b", false },
	{ "/devices/a\nb", false },
	{ "/devices/a\tb", false },
	{ "/devices/a\177", false },
	{ "/devices/a\200", false },
	{ "/devices/a\377", false },
};

static void test_devpaths(void)
{
	char path[DEVPATH_MAX + 2];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(paths); i++)
		ok((devpath_check(str_from(paths[i].devpath)) == 0) == paths[i].good,
			"path %zu is %s", i, paths[i].good ? "good" : "none");
	memset(path, 'x', sizeof(path));
	memcpy(path, "/devices/", 9);
	is_int(devpath_check((struct str){ path, DEVPATH_MAX }), 0, "the longest path");
	is_int(devpath_check((struct str){ path, DEVPATH_MAX + 1 }), -EINVAL, "one byte more");
	path[20] = '\0';
	is_int(devpath_check((struct str){ path, 64 }), -EINVAL, "a NUL in it");
}
#define N_DEVPATHS (ARRAY_SIZE(paths) + 3)

#define PARENT "sys/devices/pci0000:00/0000:00:02.0"
#define UUID   "83b8f4f2-509f-382f-3c1e-e6bfe0fa1001"

static void make_tree(void)
{
	char name[300];
	unsigned i;

	put_dir("sys/bus/pci/drivers/nvidia");
	put_dir("sys/bus/pci/drivers/vfio-pci");
	put_dir("sys/bus/mdev");
	put_dir("sys/class/mtty");
	/* a parent on a bus, bound */
	put_link(PARENT "/subsystem", "../../../bus/pci");
	put_link(PARENT "/driver", "../../../bus/pci/drivers/nvidia");
	put_file(PARENT "/mdev_supported_types/nvidia-9/name", "nine\n");
	put_file(PARENT "/mdev_supported_types/nvidia-10/name", "ten\n");
	put_file(PARENT "/mdev_supported_types/nvidia-1/name", "one\n");
	/* an mdev of it */
	put_link(PARENT "/" UUID "/subsystem", "../../../../bus/mdev");
	put_link(PARENT "/" UUID "/driver", "../../../../bus/mdev/drivers/x");
	put_link(PARENT "/" UUID "/mdev_type", "../mdev_supported_types/nvidia-9");
	/* one whose link is late */
	put_link(PARENT "/late/subsystem", "../../../../bus/mdev");
	/* without a driver, on a bus; and of a class */
	put_link("sys/devices/vfio_ap/matrix/subsystem", "../../../bus/matrix");
	put_dir("sys/devices/vfio_ap/matrix/mdev_supported_types");
	put_link("sys/devices/virtual/mtty/mtty/subsystem", "../../../../class/mtty");
	put_dir("sys/devices/virtual/mtty/mtty/mdev_supported_types/mtty-2");
	put_link("sys/devices/virtual/mtty/mtty/" UUID "/subsystem", "../../../../../bus/mdev");
	put_link("sys/devices/virtual/mtty/mtty/" UUID "/mdev_type",
		"../mdev_supported_types/mtty-2");
	/* neither driver nor subsystem */
	put_dir("sys/devices/bare/mdev_supported_types");
	/* vfio: a function of its own, a VF, NVIDIA's own kind; and what is not */
	put_link("sys/devices/p/pf/subsystem", "../../../bus/pci");
	put_link("sys/devices/p/pf/driver", "../../../bus/pci/drivers/vfio-pci");
	put_dir("sys/devices/p/pf/vfio-dev/vfio0");
	put_link("sys/devices/p/vf/subsystem", "../../../bus/pci");
	put_link("sys/devices/p/vf/driver", "../../../bus/pci/drivers/vfio-pci");
	put_link("sys/devices/p/vf/physfn", "../pf");
	put_dir("sys/devices/p/vf/vfio-dev/vfio1");
	put_link("sys/devices/p/nv/subsystem", "../../../bus/pci");
	put_link("sys/devices/p/nv/driver", "../../../bus/pci/drivers/nvidia");
	put_file("sys/devices/p/nv/nvidia/current_vgpu_type", "0\n");
	put_link("sys/devices/p/unbound/subsystem", "../../../bus/pci");
	put_link("sys/devices/p/usb/subsystem", "../../../bus/usb");
	put_dir("sys/devices/p/usb/vfio-dev/vfio1");
	put_link("sys/devices/p/both/subsystem", "../../../bus/pci");
	put_link("sys/devices/p/both/driver", "../../../bus/pci/drivers/nvidia");
	put_dir("sys/devices/p/both/vfio-dev/vfio2");
	put_dir("sys/devices/p/both/mdev_supported_types/nvidia-1");
	put_file("sys/devices/p/file", "no folder");
	put_link("sys/devices/p/out", "../../../../etc");
	/* hostile names, and many */
	put_dir("sys/devices/h/mdev_supported_types/a\nPATH=_evil");
	put_dir("sys/devices/h/mdev_supported_types/\377");
	put_dir("sys/devices/h/mdev_supported_types/ b");
	for (i = 0; i <= PARENT_TYPES_MAX; i++) {
		snprintf(name, sizeof(name), "sys/devices/m/mdev_supported_types/t-%04u", i);
		put_dir(name);
	}
}

static const struct {
	const char *devpath;
	int error;
	enum device_role role;
	const char *name, *driver, *parent, *type;
} devices[] = {
	{ "/devices/pci0000:00/0000:00:02.0", 0, DEVICE_PARENT, "0000:00:02.0", "nvidia",
		"devices/pci0000:00/0000:00:02.0", NULL },
	{ "/devices/pci0000:00/0000:00:02.0/" UUID, 0, DEVICE_MDEV, UUID, "nvidia",
		"devices/pci0000:00/0000:00:02.0", "nvidia-9" },
	{ "/devices/pci0000:00/0000:00:02.0/late", -EAGAIN, 0, NULL, NULL, NULL, NULL },
	{ "/devices/vfio_ap/matrix", 0, DEVICE_PARENT, "matrix", "matrix",
		"devices/vfio_ap/matrix", NULL },
	{ "/devices/virtual/mtty/mtty", 0, DEVICE_PARENT, "mtty", "mtty",
		"devices/virtual/mtty/mtty", NULL },
	{ "/devices/virtual/mtty/mtty/" UUID, 0, DEVICE_MDEV, UUID, "mtty",
		"devices/virtual/mtty/mtty", "mtty-2" },
	{ "/devices/bare", -ENOENT, 0, NULL, NULL, NULL, NULL },
	{ "/devices/p/pf", 0, DEVICE_VFIO, "pf", "vfio-pci", "devices/p/pf", NULL },
	{ "/devices/p/vf", 0, DEVICE_VFIO, "vf", "vfio-pci", "devices/p/pf", NULL },
	{ "/devices/p/nv", 0, DEVICE_VFIO, "nv", "nvidia", "devices/p/nv", NULL },
	{ "/devices/p/unbound", 0, DEVICE_OTHER, "unbound", NULL, "devices/p/unbound", NULL },
	{ "/devices/p/usb", 0, DEVICE_OTHER, "usb", NULL, "devices/p/usb", NULL },
	{ "/devices/p/both", 0, DEVICE_PARENT, "both", "nvidia", "devices/p/both", NULL },
	{ "/devices/p/gone", -ENODEV, 0, NULL, NULL, NULL, NULL },
	{ "/devices/p/file/x", -ENODEV, 0, NULL, NULL, NULL, NULL },
	{ "/devices/p/out", -EXDEV, 0, NULL, NULL, NULL, NULL },
	{ "/devices/p/..", -EINVAL, 0, NULL, NULL, NULL, NULL },
};

static bool same(struct str got, const char *want)
{
	return want ? got.p && str_eq(got, str_from(want)) : !got.p;
}

static void test_devices(const char *how)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(devices); i++) {
		struct device d = { 0 };
		int r = device_open(&sysfs, &arena, str_from(devices[i].devpath), &d);

		ok(r == devices[i].error && d.role == devices[i].role &&
				same(d.name, devices[i].name) &&
				same(d.driver, devices[i].driver) &&
				same(d.parent, devices[i].parent) && same(d.type, devices[i].type),
			"%s: %s", how, devices[i].devpath);
	}
}

static void test_types(void)
{
	struct str *type;
	struct device d;
	uint32_t n;

	device_open(&sysfs, &arena, STR("/devices/pci0000:00/0000:00:02.0"), &d);
	is_int(device_types(&d, &arena, &type, &n), 0, "types");
	ok(n == 3 && same(type[0], "nvidia-1") && same(type[1], "nvidia-10") &&
			same(type[2], "nvidia-9"),
		"sorted bytewise");
	d = (struct device){ .sysfs = &sysfs, .path = STR("devices/h") };
	is_int(device_types(&d, &arena, &type, &n), 0, "hostile names");
	ok(n == 3 && same(type[0], " b") && same(type[1], "a\nPATH=_evil") &&
			same(type[2], "\377"),
		"are names too");
	d.path = STR("devices/m");
	is_int(device_types(&d, &arena, &type, &n), -E2BIG, "one type too many");
	is_int(device_count_types(&d, &n), 0, "which can still be counted");
	is_int(n, PARENT_TYPES_MAX + 1, "all of them");
	rmdir(at("sys/devices/m/mdev_supported_types/t-0500"));
	is_int(device_types(&d, &arena, &type, &n), 0, "at the bound");
	is_int(n, PARENT_TYPES_MAX, "all of them");
	d.path = STR("devices/p/pf");
	is_int(device_types(&d, &arena, &type, &n), -ENODEV, "the types have gone");
}
#define N_TYPES 10

static void test_still(void)
{
	struct device d;

	put_link("sys/devices/v/a/subsystem", "../../../class/mtty");
	put_dir("sys/devices/v/a/mdev_supported_types");
	is_int(device_open(&sysfs, &arena, STR("/devices/v/a"), &d), 0, "a device");
	is_int(device_still(&d), 0, "is still there");
	rename(at("sys/devices/v/a"), at("sys/devices/v/b"));
	is_int(device_still(&d), -ENODEV, "gone");
	put_link("sys/devices/v/a/subsystem", "../../../class/mtty");
	put_dir("sys/devices/v/a/mdev_supported_types");
	is_int(device_still(&d), -ENODEV, "another of the same name");
}
#define N_STILL 4

/* Folders that are held are those of the device that was opened, whatever has its name now. */
static void test_held(void)
{
	struct str got;
	struct device d;

	sysfs.keep = true;
	put_file("sys/devices/v/a/fact", "old\n");
	is_int(device_open(&sysfs, &arena, STR("/devices/v/a"), &d), 0, "a device is held");
	is_int(sysfs_read(&sysfs, &arena, STR("devices/v/a/fact"), &got), 0, "and read");
	rename(at("sys/devices/v/a"), at("sys/devices/v/c"));
	put_file("sys/devices/v/a/fact", "new\n");
	is_int(sysfs_read(&sysfs, &arena, STR("devices/v/a/fact"), &got), 0, "and read");
	ok(str_eq(got, STR("old\n")), "never from another of the same name");
	is_int(device_still(&d), -ENODEV, "which is noticed");
	sysfs_release(&sysfs);
	is_int(sysfs_read(&sysfs, &arena, STR("devices/v/a/fact"), &got), 0, "let go of");
	ok(str_eq(got, STR("new\n")), "it is that other one");
	sysfs.keep = false;
	is_int(device_open(&sysfs, &arena, STR("/devices/v/b"), &d), 0, "whoever looks at many");
	is_int(sysfs.n_held, 0, "holds none");
}
#define N_HELD 9

int main(void)
{
	plan(N_DEVPATHS + 2 * ARRAY_SIZE(devices) + N_TYPES + N_STILL + N_HELD);
	tree_make();
	arena_init(&arena, (size_t)64 << 20);
	make_tree();
	if (sysfs_open(&sysfs, root) < 0)
		bail_out("%s/sys does not open", root);
	test_devpaths();
	test_devices("openat2");
	sysfs.no_openat2 = true;
	test_devices("by hand");
	sysfs.no_openat2 = false;
	test_types();
	test_still();
	test_held();
	sysfs_close(&sysfs);
	arena_release(&arena);
	return done_testing();
}
