/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Facts: which file or folded text each kind reads, for a type, an mdev, a VF; what is absent,
 * what is unreadable, and what means that the device is gone. The image's folded texts come
 * from here instead of from a file.
 */
#include <sys/utsname.h>

#include "tests/probe/tree.h"

static struct arena arena;
static struct sysfs sysfs;

static struct str os_release, site;

int image_os_release(struct image *img, struct str *ret)
{
	*ret = os_release;
	return 0;
}

int image_site(struct image *img, struct str *ret)
{
	*ret = site;
	return 0;
}

#define PARENT "sys/devices/pci/0000:41:00.0"
#define UUID   "83b8f4f2-509f-382f-3c1e-e6bfe0fa1001"

static void make_tree(void)
{
	char big[4097];

	memset(big, 'x', sizeof(big));
	put_dir("sys/bus/pci/drivers/nvidia");
	put_link(PARENT "/subsystem", "../../../bus/pci");
	put_link(PARENT "/driver", "../../../bus/pci/drivers/nvidia");
	put_file(PARENT "/vendor", "0x10de\n");
	put_file(PARENT "/device", "0x1eb8\n");
	put_file(PARENT "/plain", "no newline");
	put_file(PARENT "/rom", "x");
	put_file(PARENT "/resource0", "x");
	put_file(PARENT "/resource_id", "x");
	put_file(PARENT "/sub/remove", "x");
	put_bytes(PARENT "/full", big, 4096);
	put_bytes(PARENT "/over", big, 4097);
	put_link(PARENT "/escape", "../../../../../etc/hostname");
	put_file(PARENT "/mdev_supported_types/nvidia-1/name", "GRID\n");
	put_link(PARENT "/" UUID "/subsystem", "../../../../bus/mdev");
	put_link(PARENT "/" UUID "/mdev_type", "../mdev_supported_types/nvidia-1");
	put_file(PARENT "/" UUID "/vgpu/aggregator", "2\n");
	put_file("sys/devices/pci/pf/pf_file", "pf\n");
	put_link("sys/devices/pci/vf/subsystem", "../../../bus/pci");
	put_link("sys/devices/pci/vf/driver", "../../../bus/pci/drivers/mlx5");
	put_link("sys/devices/pci/vf/physfn", "../pf");
	put_file("sys/devices/pci/vf/vf_file", "vf\n");
	put_dir("sys/devices/pci/vf/vfio-dev");
	put_file("sys/module/nvidia/version", "550.90.07\n");
	put_file("sys/module/nvidia/parameters/x", "1\n");
}

enum who { TYPE, MDEV, VF };

#define FILE1(kind_, a) { .kind = (kind_), .path = { STR_INIT(a) }, .n_paths = 1 }
#define FILE2(kind_, a, b) { .kind = (kind_), .path = { STR_INIT(a), STR_INIT(b) }, .n_paths = 2 }

static const struct {
	const char *what;
	enum who who;
	struct fact fact;
	int error;
	const char *text, *from;
} facts[] = {
	{ "a type's file", TYPE, FILE1(FACT_TYPE, "name"), 0, "GRID\n",
		"/sys/devices/pci/0000:41:00.0/mdev_supported_types/nvidia-1/name" },
	{ "the type's file of an mdev", MDEV, FILE1(FACT_TYPE, "name"), 0, "GRID\n",
		"/sys/devices/pci/0000:41:00.0/mdev_supported_types/nvidia-1/name" },
	{ "a type's file of a VF", VF, FILE1(FACT_TYPE, "name"), -EINVAL, NULL, NULL },
	{ "the parent of a type", TYPE, FILE1(FACT_PARENT, "vendor"), 0, "0x10de\n",
		"/sys/devices/pci/0000:41:00.0/vendor" },
	{ "the parent of an mdev", MDEV, FILE1(FACT_PARENT, "vendor"), 0, "0x10de\n",
		"/sys/devices/pci/0000:41:00.0/vendor" },
	{ "the parent of a VF", VF, FILE1(FACT_PARENT, "pf_file"), 0, "pf\n",
		"/sys/devices/pci/pf/pf_file" },
	{ "not the VF itself", VF, FILE1(FACT_PARENT, "vf_file"), -ENOENT, NULL, NULL },
	{ "an mdev's own file", MDEV, FILE1(FACT_DEVICE, "vgpu/aggregator"), 0, "2\n",
		"/sys/devices/pci/0000:41:00.0/" UUID "/vgpu/aggregator" },
	{ "a VF's own file", VF, FILE1(FACT_DEVICE, "vf_file"), 0, "vf\n",
		"/sys/devices/pci/vf/vf_file" },
	{ "a type has no device", TYPE, FILE1(FACT_DEVICE, "vendor"), -ENOENT, NULL, NULL },
	{ "a module's file", TYPE, FILE2(FACT_MODULE, "nvidia", "version"), 0, "550.90.07\n",
		"/sys/module/nvidia/version" },
	{ "below a module", VF, FILE2(FACT_MODULE, "nvidia", "parameters/x"), 0, "1\n",
		"/sys/module/nvidia/parameters/x" },
	{ "no such module", VF, FILE2(FACT_MODULE, "i915", "version"), -ENOENT, NULL, NULL },
	{ "a module above", VF, FILE2(FACT_MODULE, "..", "secret"), -EINVAL, NULL, NULL },
	{ "two files", TYPE, FILE2(FACT_PARENT, "vendor", "device"), 0, "0x10de:0x1eb8", NULL },
	{ "two files, one without newline", TYPE, FILE2(FACT_PARENT, "plain", "device"), 0,
		"no newline:0x1eb8", NULL },
	{ "two files, one missing", TYPE, FILE2(FACT_PARENT, "vendor", "x"), -ENOENT, NULL, NULL },
	{ "two files, together too long", TYPE, FILE2(FACT_PARENT, "full", "device"), -EFBIG, NULL,
		NULL },
	{ "a file that is not there", TYPE, FILE1(FACT_PARENT, "x"), -ENOENT, NULL, NULL },
	{ "a file below a file", TYPE, FILE1(FACT_PARENT, "vendor/x"), -ENOENT, NULL, NULL },
	{ "a folder", TYPE, FILE1(FACT_PARENT, "mdev_supported_types"), -EISDIR, NULL, NULL },
	{ "too much", TYPE, FILE1(FACT_PARENT, "over"), -EFBIG, NULL, NULL },
	{ "a link out of sysfs", TYPE, FILE1(FACT_PARENT, "escape"), -EXDEV, NULL, NULL },
	{ "a path above", TYPE, FILE1(FACT_PARENT, "../../x"), -EINVAL, NULL, NULL },
	{ "an absolute path", TYPE, FILE1(FACT_PARENT, "/etc/hostname"), -EINVAL, NULL, NULL },
	{ "an empty path", TYPE, FILE1(FACT_PARENT, ""), -EINVAL, NULL, NULL },
	{ "a path with .", TYPE, FILE1(FACT_PARENT, "./vendor"), -EINVAL, NULL, NULL },
	{ "a ROM", TYPE, FILE1(FACT_PARENT, "rom"), -EINVAL, NULL, NULL },
	{ "a resource", TYPE, FILE1(FACT_PARENT, "resource0"), -EINVAL, NULL, NULL },
	{ "a trigger below", TYPE, FILE1(FACT_PARENT, "sub/remove"), -EINVAL, NULL, NULL },
	{ "what begins like a resource", TYPE, FILE1(FACT_PARENT, "resource_id"), 0, "x", NULL },
	{ "os-release", TYPE, FILE1(FACT_OS_RELEASE, "VERSION_ID"), 0, "12", "os-release" },
	{ "os-release, no such key", TYPE, FILE1(FACT_OS_RELEASE, "ERSION_ID"), -ENOENT, NULL, NULL },
	{ "site, by address", TYPE, FILE1(FACT_SITE, "ecc"), 0, "on", "site" },
	{ "site, an mdev by its parent", MDEV, FILE1(FACT_SITE, "ecc"), 0, "on", "site" },
	{ "site, a VF by its physical function", VF, FILE1(FACT_SITE, "ecc"), 0, "pf", "site" },
	{ "site, by driver", TYPE, FILE1(FACT_SITE, "drv"), 0, "of nvidia", "site" },
	{ "site, by host", VF, FILE1(FACT_SITE, "drv"), 0, "of the host", "site" },
	{ "site, a key that a PF has not", VF, FILE1(FACT_SITE, "x"), -ENOENT, NULL, NULL },
	{ "site, not there", TYPE, FILE1(FACT_SITE, "x"), -ENOENT, NULL, NULL },
	{ "no fact", TYPE, { .kind = FACT_NONE }, -EINVAL, NULL, NULL },
};

static void subject(enum who who, struct device *d, struct probe *p, struct subject *s)
{
	static const struct str path[] = {
		[TYPE] = STR_INIT("/devices/pci/0000:41:00.0"),
		[MDEV] = STR_INIT("/devices/pci/0000:41:00.0/" UUID),
		[VF] = STR_INIT("/devices/pci/vf"),
	};

	if (device_open(&sysfs, &arena, path[who], d) < 0)
		bail_out("no device %.*s", STR_FMT(path[who]));
	if (who == TYPE)
		subject_of_type(d, STR("nvidia-1"), p, s);
	else
		subject_of_device(d, p, s);
}

static int get(struct subject *s, const struct fact *f, struct str *ret, struct str *ret_from)
{
	struct attr attr = { .name = STR("x"), .fact = *f };
	bool final = true;
	int r = s->facts.read(s->facts.ctx, &arena, &attr, ret, &final, ret_from);

	if (final)
		bail_out("the key would not be looked up");
	return r;
}

static bool same(struct str got, const char *want)
{
	return want ? got.p && str_eq(got, str_from(want)) : !got.p;
}

static void test_facts(const char *how)
{
	struct device d;
	struct subject s;
	struct probe p;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(facts); i++) {
		struct str text = { 0 }, from = { 0 };
		int r;

		subject(facts[i].who, &d, &p, &s);
		r = get(&s, &facts[i].fact, &text, &from);
		ok(r == facts[i].error && same(text, facts[i].text) && !p.vanished &&
				(!facts[i].from || same(from, facts[i].from)),
			"%s: %s (%d)", how, facts[i].what, r);
	}
}

static void test_subjects(void)
{
	struct device d;
	struct subject s;
	struct probe p;

	subject(TYPE, &d, &p, &s);
	ok(s.kind == KIND_MDEV && !s.instance && same(s.driver, "nvidia") &&
			same(s.type, "nvidia-1"),
		"a type");
	subject(MDEV, &d, &p, &s);
	ok(s.kind == KIND_MDEV && s.instance && same(s.driver, "nvidia") &&
			same(s.type, "nvidia-1"),
		"an mdev");
	subject(VF, &d, &p, &s);
	ok(s.kind == KIND_VFIO && s.instance && same(s.driver, "mlx5") && same(s.type, NULL),
		"a VF");
}

static void test_kernel(void)
{
	static const struct fact f = { .kind = FACT_KERNEL_RELEASE };
	struct str text = { 0 }, from;
	struct utsname u;
	struct device d;
	struct subject s;
	struct probe p;

	uname(&u);
	subject(TYPE, &d, &p, &s);
	is_int(get(&s, &f, &text, &from), -ENOENT, "another root's kernel is not known");
	sysfs.fake = false;
	is_int(get(&s, &f, &text, &from), 0, "the kernel that runs");
	ok(same(text, u.release), "is what uname says");
	sysfs.kernel_release = STR("6.1.0-56-amd64");
	sysfs.fake = true;
	is_int(get(&s, &f, &text, &from), 0, "a kernel that was told");
	ok(same(text, "6.1.0-56-amd64"), "as it was told");
}

/* The difference between "no such attribute" and "no such device". */
static void test_vanishing(void)
{
	static const struct fact absent = FILE1(FACT_PARENT, "x");
	static const struct fact type = FILE1(FACT_TYPE, "x");
	struct str text = { 0 }, from;
	struct device d;
	struct subject s;
	struct probe p;

	subject(TYPE, &d, &p, &s);
	is_int(get(&s, &type, &text, &from), -ENOENT, "absent in a type");
	rename(at(PARENT "/mdev_supported_types"), at(PARENT "/gone"));
	is_int(get(&s, &type, &text, &from), -ENODEV, "the type is gone");
	ok(p.vanished, "and the probe says so");
	subject(VF, &d, &p, &s);
	is_int(get(&s, &absent, &text, &from), -ENOENT, "absent in a device");
	rename(at("sys/devices/pci/vf"), at("sys/devices/pci/vf-gone"));
	is_int(get(&s, &absent, &text, &from), -ENODEV, "the device is gone");
	ok(p.vanished, "and the probe says so");
	put_dir("sys/devices/pci/vf");
	is_int(get(&s, &absent, &text, &from), -ENODEV, "another took its path");
}

static void test_folded(void)
{
	struct str got = { 0 }, none = { 0 }, from = STR("?");
	struct str text = STR("driver a b=1\n* k=host\naddress x y=2\naddress x  z=3\nbroken\n=\n"
			      "* e=\n* v=a=b \nlast");

	is_int(site_find(text, STR("x"), none, none, STR("k"), &got, &from), 0, "the host's");
	ok(same(got, "host"), "as written");
	is_int(site_find(text, STR("x"), none, none, STR("y"), &got, &from), 0, "the address's");
	is_int(site_find(text, STR("xy"), none, none, STR("y"), &got, &from), -ENOENT, "not another's");
	is_int(site_find(text, STR(""), none, none, STR("y"), &got, &from), -ENOENT, "nor nobody's");
	is_int(site_find(text, STR("x"), none, none, STR("z"), &got, &from), -ENOENT, "one blank");
	is_int(site_find(text, none, none, STR("a"), STR("b"), &got, &from), 0, "the driver's");
	is_int(site_find(text, none, none, none, STR("e"), &got, &from), 0, "an empty value");
	is_int(got.n, 0, "is a value");
	is_int(site_find(text, none, none, none, STR("v"), &got, &from), 0, "a value with =");
	ok(same(got, "a=b "), "as written");
	ok(same(from, "?"), "no file is named");
	text = STR("file /b\n* k=b\naddress x k=own\nfile /a\n* k=a\naddress pf k=pf\n"
		   "driver d k=drv\n");
	is_int(site_find(text, STR("x"), STR("pf"), STR("d"), STR("k"), &got, &from), 0, "its own");
	ok(same(got, "own") && same(from, "/b"), "from its file");
	is_int(site_find(text, STR("y"), STR("pf"), STR("d"), STR("k"), &got, &from), 0, "its PF's");
	ok(same(got, "pf") && same(from, "/a"), "from its file");
	is_int(site_find(text, STR("y"), none, STR("d"), STR("k"), &got, &from), 0, "its driver's");
	ok(same(got, "drv"), "over the host's");
	is_int(site_find(text, STR("y"), none, none, STR("k"), &got, &from), 0, "the host's");
	ok(same(got, "b") && same(from, "/b"), "the first of two files");
	text = STR("file /b\n* k=b\nunreadable /c\n");
	is_int(site_find(text, STR("y"), none, none, STR("k"), &got, &from), -EUCLEAN,
		"one unreadable file hides all");
	ok(same(from, "/c"), "and is named");
	is_int(os_release_find(STR(""), STR("A"), &got), -ENOENT, "nothing folded");
	is_int(os_release_find(STR("A"), STR("A"), &got), -ENOENT, "no item");
	is_int(os_release_find(STR("A=1"), STR("A"), &got), 0, "no newline at the end");
}

int main(void)
{
	struct str *none = NULL;

	plan(2 * ARRAY_SIZE(facts) + 3 + 5 + 7 + 25);
	os_release = STR("ID=debian\nVERSION_ID=12\n");
	site = STR("* drv=of the host\n* ecc=off\naddress 0000:41:00.0 ecc=on\n"
		   "address pf ecc=pf\ndriver nvidia drv=of nvidia\ndriver nvidia ecc=off\n");
	tree_make();
	arena_init(&arena, (size_t)64 << 20);
	make_tree();
	if (sysfs_open(&sysfs, root) < 0)
		bail_out("%s/sys does not open", root);
	/* Any image will do: the texts come from above. */
	sysfs.image = (struct image *)&none;
	test_facts("openat2");
	sysfs.no_openat2 = true;
	test_facts("by hand");
	test_subjects();
	test_kernel();
	test_vanishing();
	test_folded();
	sysfs_close(&sysfs);
	arena_release(&arena);
	return done_testing();
}
