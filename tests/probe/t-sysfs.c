/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The sysfs reader: what may be opened and what not, the same with openat2 and by hand.
 */
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>

#include "tests/probe/tree.h"

static struct arena arena;
static struct sysfs sysfs;

/* The error, or 0 and what was read as a string. */
static int get(const char *path, const char **ret)
{
	struct str text = { 0 };
	int r = sysfs_read(&sysfs, &arena, str_from(path), &text);

	*ret = r == 0 ? text.p : "";
	return r;
}

static void make_tree(void)
{
	char big[4097], path[256];
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int i, s;

	put_file("secret", "secret\n");
	put_file("sys/a/file", "text\n");
	put_file("sys/a/empty", "");
	put_bytes("sys/a/hostile", "a\nPATH=/evil\r\"'%\033\377\0z", 20);
	memset(big, 'x', sizeof(big));
	put_bytes("sys/a/full", big, 4096);
	put_bytes("sys/a/over", big, 4097);
	put_bytes("sys/b/c/d/cut", big, 4095);
	put_bytes("sys/b/c/d/long", big, 4094);
	put_file("sys/b/c/d/deep", "deep\n");
	put_link("sys/a/to-b", "../b");
	put_link("sys/a/to-file", "./file");
	put_link("sys/b/c/up", "../../a/file");
	put_link("sys/b/c/up-up", "../../../secret");
	put_link("sys/b/c/up-and-in", "../../../sys/a/file");
	put_link("sys/a/top", "..");
	put_link("sys/a/above", "../..");
	put_link("sys/a/abs", "/etc/hostname");
	put_link("sys/a/abs-in", at("sys/a/file"));
	put_link("sys/a/loop", "loop");
	put_link("sys/a/loop1", "loop2");
	put_link("sys/a/loop2", "loop1");
	put_link("sys/a/dangling", "nothing");
	put_link("sys/a/slash", "../b/c/");
	put_link("sys/a/file-slash", "file/");
	put_link("sys/a/proc", "/proc/self/root/etc/hostname");
	put_link("sys/n/0", "../a/file");
	for (i = 1; i <= 16; i++) {
		char target[16];

		snprintf(path, sizeof(path), "sys/n/%d", i);
		snprintf(target, sizeof(target), "%d", i - 1);
		put_link(path, target);
	}
	if (mkfifo(at("sys/a/fifo"), 0644) < 0)
		bail_out("mkfifo: %s", strerror(errno));
	s = socket(AF_UNIX, SOCK_STREAM, 0);
	snprintf(un.sun_path, sizeof(un.sun_path), "%s", at("sys/a/socket"));
	if (s < 0 || bind(s, (struct sockaddr *)&un, sizeof(un)) < 0)
		bail_out("socket: %s", strerror(errno));
	close(s);
}

static const struct {
	const char *path;
	int error;
	const char *text;
} reads[] = {
	{ "a/file", 0, "text\n" },
	{ "a//file", 0, "text\n" },
	{ "./a/./file", 0, "text\n" },
	{ "a/empty", 0, "" },
	{ "a/../a/file", 0, "text\n" },
	{ "b/c/d/deep", 0, "deep\n" },
	{ "a/to-b/c/d/deep", 0, "deep\n" },
	{ "a/to-file", 0, "text\n" },
	{ "b/c/up", 0, "text\n" },
	{ "a/top/a/file", 0, "text\n" },
	{ "a/slash/d/deep", 0, "deep\n" },
	{ "a/to-b/../a/file", 0, "text\n" },
	{ "n/15", 0, "text\n" },
	{ "a/none", -ENOENT, NULL },
	{ "none/file", -ENOENT, NULL },
	{ "a/dangling", -ENOENT, NULL },
	{ "a/file/x", -ENOTDIR, NULL },
	{ "a/file/", -ENOTDIR, NULL },
	{ "a/file-slash", -ENOTDIR, NULL },
	{ "a", -EISDIR, NULL },
	{ "a/to-b", -EISDIR, NULL },
	{ ".", -EISDIR, NULL },
	{ "a/..", -EISDIR, NULL },
	{ "a/fifo", -EINVAL, NULL },
	{ "a/over", -EFBIG, NULL },
	{ "..", -EXDEV, NULL },
	{ "../secret", -EXDEV, NULL },
	{ "a/../../secret", -EXDEV, NULL },
	{ "b/c/up-up", -EXDEV, NULL },
	{ "b/c/up-and-in", -EXDEV, NULL },
	{ "a/above/secret", -EXDEV, NULL },
	{ "a/above", -EXDEV, NULL },
	{ "a/abs", -EXDEV, NULL },
	{ "a/abs-in", -EXDEV, NULL },
	{ "a/proc", -EXDEV, NULL },
	{ "/a/file", -EXDEV, NULL },
	{ "/etc/hostname", -EXDEV, NULL },
	{ "a/loop", -ELOOP, NULL },
	{ "a/loop1", -ELOOP, NULL },
	{ "", -EINVAL, NULL },
};

static void test_reads(const char *how)
{
	char path[SYSFS_PATH_MAX + 2];
	struct str text;
	const char *got;
	size_t i;
	int r;

	for (i = 0; i < ARRAY_SIZE(reads); i++) {
		r = get(reads[i].path, &got);
		if (reads[i].error)
			is_int(r, reads[i].error, "%s: '%s'", how, reads[i].path);
		else
			ok(r == 0 && strcmp(got, reads[i].text) == 0, "%s: '%s'", how,
				reads[i].path);
	}
	r = sysfs_read(&sysfs, &arena, STR("a/full"), &text);
	ok(r == 0 && text.n == 4096, "%s: 4096 bytes", how);
	r = sysfs_read(&sysfs, &arena, STR("b/c/d/long"), &text);
	ok(r == 0 && text.n == 4094, "%s: 4094 bytes", how);
	r = sysfs_read(&sysfs, &arena, STR("b/c/d/cut"), &text);
	is_int(r, -EFBIG, "%s: 4095 bytes are what the kernel leaves of more", how);
	r = sysfs_read(&sysfs, &arena, STR("a/hostile"), &text);
	ok(r == 0 && text.n == 20 && memcmp(text.p, "a\nPATH=/evil\r\"'%\033\377\0z", 20) == 0,
		"%s: bytes come as they are", how);
	r = get("a/socket", &got);
	ok(r == -ENXIO || r == -EINVAL, "%s: a socket is refused", how);
	r = sysfs_read(&sysfs, &arena, (struct str){ "a/file\0x", 8 }, &text);
	is_int(r, -EINVAL, "%s: a NUL in a path", how);
	memset(path, '/', sizeof(path));
	memcpy(path, "a", 1);
	memcpy(path + SYSFS_PATH_MAX - 4, "file", 4);
	r = sysfs_read(&sysfs, &arena, (struct str){ path, SYSFS_PATH_MAX }, &text);
	is_int(r, 0, "%s: the longest path", how);
	memcpy(path + SYSFS_PATH_MAX - 4, "/file", 5);
	r = sysfs_read(&sysfs, &arena, (struct str){ path, SYSFS_PATH_MAX + 1 }, &text);
	is_int(r, -ENAMETOOLONG, "%s: one byte more", how);
}
#define N_READS (ARRAY_SIZE(reads) + 8)

static void test_links(const char *how)
{
	struct str got = { 0 };
	struct sysfs_id id, again;

	is_int(sysfs_link_name(&sysfs, &arena, STR("a/to-b"), &got), 0, "%s: a link", how);
	ok(str_eq(got, STR("b")), "%s: and the last name of its target", how);
	sysfs_link_name(&sysfs, &arena, STR("a/slash"), &got);
	ok(str_eq(got, STR("c")), "%s: a target that ends in a slash", how);
	is_int(sysfs_link_name(&sysfs, &arena, STR("a/dangling"), &got), 0,
		"%s: a link need not lead anywhere", how);
	is_int(sysfs_link_name(&sysfs, &arena, STR("a/file"), &got), -EINVAL, "%s: no link", how);
	is_int(sysfs_link_name(&sysfs, &arena, STR("a/above/secret"), &got), -EXDEV,
		"%s: a link above the top", how);
	is_int(sysfs_resolve(&sysfs, &arena, STR("a/to-b/c/up"), &got), 0, "%s: resolve", how);
	ok(str_eq(got, STR("a/file")), "%s: to a path without links", how);
	is_int(sysfs_resolve(&sysfs, &arena, STR("b/c/up-and-in"), &got), -EXDEV,
		"%s: resolve nothing above the top", how);
	is_int(sysfs_stat(&sysfs, STR("a/to-file"), &id), 0, "%s: stat", how);
	sysfs_stat(&sysfs, STR("a/file"), &again);
	ok(id.dev == again.dev && id.ino == again.ino, "%s: the same thing", how);
	sysfs_stat(&sysfs, STR("a/empty"), &again);
	ok(id.ino != again.ino, "%s: another thing", how);
}
#define N_LINKS 12

static void test_list(const char *how)
{
	struct str *name;
	uint32_t n, i;
	bool sorted = true;

	is_int(sysfs_list(&sysfs, &arena, STR("a"), 64, &name, &n), 0, "%s: a folder", how);
	for (i = 1; i < n; i++)
		sorted = sorted && str_cmp(name[i - 1], name[i]) < 0;
	ok(sorted && n == 20, "%s: all of it, sorted", how);
	is_int(sysfs_list(&sysfs, &arena, STR("a"), 20, &name, &n), 0, "%s: at the bound", how);
	is_int(sysfs_list(&sysfs, &arena, STR("a"), 19, &name, &n), -E2BIG, "%s: past it", how);
	is_int(sysfs_count(&sysfs, STR("a"), &n), 0, "%s: counted", how);
	is_int(n, 20, "%s: all of them", how);
	is_int(sysfs_list(&sysfs, &arena, STR("a/file"), 64, &name, &n), -ENOTDIR,
		"%s: no folder", how);
	is_int(sysfs_list(&sysfs, &arena, STR("a/above"), 64, &name, &n), -EXDEV,
		"%s: a folder above", how);
}
#define N_LIST 8

/* ---- both ways agree --------------------------------------------------------------------- */

static uint32_t seed = 1;

static uint32_t rnd(uint32_t n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % n;
}

static void random_path(char *buf, size_t size, bool link)
{
	static const char *const part[] = { "r0", "r1", "r2", "r3", "r4", "r5", "..", "..", ".",
		"f0", "f1", "l0", "l1", "l2", "" };
	unsigned n = 1 + rnd(5);

	snprintf(buf, size, "%s", link && rnd(12) == 0 ? "/" : "");
	while (n-- > 0) {
		strncat(buf, part[rnd(ARRAY_SIZE(part))], size - strlen(buf) - 1);
		if (n > 0 || rnd(10) == 0)
			strncat(buf, "/", size - strlen(buf) - 1);
	}
}

static void make_random_tree(void)
{
	char path[96], target[64], folder[64];
	unsigned i;

	for (i = 0; i < 60; i++) {
		static const char *const base[] = { "sys", "sys/r0", "sys/r0/r1", "sys/r1",
			"sys/r1/r2", "sys/r1/r2/r3", "sys/r4", "sys/r4/r5" };

		snprintf(folder, sizeof(folder), "%s", base[rnd(ARRAY_SIZE(base))]);
		put_dir(folder);
		switch (rnd(3)) {
		case 0:
			snprintf(path, sizeof(path), "%s/f%u", folder, rnd(2));
			if (access(at(path), F_OK) < 0)
				put_file(path, path);
			break;
		default:
			snprintf(path, sizeof(path), "%s/l%u", folder, rnd(3));
			random_path(target, sizeof(target), true);
			if (target[0])
				(void)!symlink(target, at(path));
			break;
		}
	}
}

static void test_agree(void)
{
	unsigned i, same = 0, good = 0, escapes = 0, n = 20000;

	make_random_tree();
	for (i = 0; i < n; i++) {
		struct arena_mark mark = arena_mark(&arena);
		const char *one, *two;
		char path[128];
		int a, b;

		random_path(path, sizeof(path), false);
		sysfs.no_openat2 = false;
		a = get(path, &one);
		sysfs.no_openat2 = true;
		b = get(path, &two);
		if (a == b && strcmp(one, two) == 0)
			same++;
		else
			diag("'%s': %d '%s', %d '%s'", path, a, one, b, two);
		good += a == 0;
		escapes += a == -EXDEV;
		arena_rewind(&arena, mark);
	}
	is_int(same, n, "both ways agree on random paths");
	ok(good > n / 100 && escapes > n / 100, "which are not all of one kind (%u, %u)", good,
		escapes);
}

/* ---- what needs a child ------------------------------------------------------------------ */

static int forbid_openat2(void *ctx)
{
	int error = *(int *)ctx;
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)error),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { ARRAY_SIZE(filter), filter };
	const char *got;

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) < 0)
		return 100;
	sysfs.no_openat2 = false;
	if (get("a/to-b/c/d/deep", &got) != 0 || strcmp(got, "deep\n") != 0)
		return 1;
	if (get("a/above/secret", &got) != -EXDEV)
		return 2;
	/* Only those two errors mean that there is no such call. */
	return sysfs.no_openat2 == (error == ENOSYS || error == EPERM) ? 0 : 3;
}

static int cross_mounts(void *ctx)
{
	const char *got;
	int r, i;

	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return 100;
	put_dir("sys/mnt");
	put_link("sys/a/to-mnt", "../mnt");
	if (mount("tmpfs", at("sys/mnt"), "tmpfs", 0, NULL) < 0)
		return 101;
	put_file("sys/mnt/file", "other\n");
	/* The descriptor at hand is of the folder as other mount namespaces see it. */
	sysfs_close(&sysfs);
	if (sysfs_open(&sysfs, root) < 0)
		return 102;
	for (i = 0; i < 2; i++) {
		sysfs.no_openat2 = i;
		sysfs.fake = false;
		r = get("mnt/file", &got);
		if (r != -EXDEV)
			return 1 + i;
		if (get("a/to-mnt/file", &got) != -EXDEV)
			return 3 + i;
		sysfs.fake = true;
		if (get("a/to-mnt/file", &got) != 0)
			return 5 + i;
	}
	return 0;
}

static int as_nobody(void *ctx)
{
	const char *got;
	int i;

	if (setresuid(65534, 65534, 65534) < 0)
		return 100;
	for (i = 0; i < 2; i++) {
		sysfs.no_openat2 = i;
		if (get("closed", &got) != -EACCES || get("locked/file", &got) != -EACCES)
			return 1 + i;
	}
	return 0;
}

static int a_device(void *ctx)
{
	const char *got;
	int i;

	for (i = 0; i < 2; i++) {
		sysfs.no_openat2 = i;
		if (get("zero", &got) != -EINVAL)
			return 1 + i;
	}
	return 0;
}

int main(void)
{
	static const int no_call[] = { ENOSYS, EPERM, EAGAIN, EINTR };
	struct sysfs other;
	char long_root[SYSFS_PATH_MAX + 2];
	size_t i;

	plan(4 * (N_READS + N_LINKS + N_LIST) + 4 + 2 + 2 + ARRAY_SIZE(no_call) +
		3 + 4);
	tree_make();
	arena_init(&arena, (size_t)256 << 20);
	make_tree();
	if (sysfs_open(&sysfs, root) < 0)
		bail_out("%s/sys does not open", root);
	for (i = 0; i < 4; i++) {
		static const char *const how[] = { "openat2", "by hand", "from open folders",
			"by hand from open folders" };

		sysfs.no_openat2 = i % 2;
		if (i >= 2 && (sysfs_hold(&sysfs, STR("a"), NULL) < 0 ||
				      sysfs_hold(&sysfs, STR("b"), NULL) < 0))
			bail_out("folders that do not open");
		test_reads(how[i]);
		test_links(how[i]);
		test_list(how[i]);
		ok(sysfs.no_openat2 == i % 2, "%s: it was that way to the end", how[i]);
		sysfs_release(&sysfs);
	}
	/* The walk by hand is stricter than the kernel, which follows 40. */
	{
		const char *got;

		sysfs.no_openat2 = true;
		is_int(get("n/15", &got), 0, "16 links on a path");
		is_int(get("n/16", &got), -ELOOP, "17 links on a path");
	}
	test_agree();
	for (i = 0; i < ARRAY_SIZE(no_call); i++)
		is_int(in_child(forbid_openat2, (void *)&no_call[i]), 0,
			"openat2 always fails with %s", strerror(no_call[i]));
	if (geteuid() == 0) {
		put_file("sys/closed", "x");
		chmod(at("sys/closed"), 0);
		put_file("sys/locked/file", "x");
		chmod(at("sys/locked"), 0);
		chmod(root, 0755);
		if (mknod(at("sys/zero"), S_IFCHR | 0644, makedev(1, 5)) < 0)
			bail_out("mknod: %s", strerror(errno));
		is_int(in_child(as_nobody, NULL), 0, "what may not be read says EACCES");
		is_int(in_child(a_device, NULL), 0, "a device node is no fact");
		is_int(in_child(cross_mounts, NULL), 0, "no way into another mount");
	} else {
		skip(3, "needs root");
	}
	sysfs_close(&sysfs);
	sysfs_close(&sysfs);
	ok(sysfs.fd == -1, "closing twice is fine");

	is_int(sysfs_open(&other, "/nonexistent"), -ENOENT, "no such root");
	memset(long_root, 'x', sizeof(long_root));
	long_root[0] = '/';
	long_root[sizeof(long_root) - 1] = '\0';
	is_int(sysfs_open(&other, long_root), -ENAMETOOLONG, "a root's name that is too long");
	is_int(sysfs_open(&other, "/"), 0, "this host");
	sysfs_close(&other);
	arena_release(&arena);
	return done_testing();
}
