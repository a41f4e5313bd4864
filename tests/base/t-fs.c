/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading with a bound, opening below a root, and the errors of replacing. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/fs.h"
#include "tests/tap.h"

static void test_read(void)
{
	static const size_t sizes[] = { 0, 1, 4095, 4096, 4097, 16384, 16385, 65536, 65537, 99999 };
	static char text[100000];
	unsigned right = 0, refused = 0, i;
	struct arena a;
	struct str s;
	int fd, pipes[2];

	memset(text, 'x', sizeof(text));
	arena_init(&a, 8 << 20);
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		fd = memfd_create("t", MFD_CLOEXEC);
		if (write(fd, text, sizes[i]) != (ssize_t)sizes[i])
			bail_out("write");
		lseek(fd, 0, SEEK_SET);
		right += fs_read(&a, fd, sizes[i], &s) == 0 && s.n == sizes[i] &&
			memcmp(s.p, text, s.n) == 0 && s.p[s.n] == '\0';
		lseek(fd, 0, SEEK_SET);
		refused += sizes[i] == 0 || fs_read(&a, fd, sizes[i] - 1, &s) == -EFBIG;
		close(fd);
	}
	is_int(right, ARRAY_SIZE(sizes), "files that are as large as they may be");
	is_int(refused, ARRAY_SIZE(sizes), "and one byte larger");
	if (pipe(pipes) < 0 || write(pipes[1], "abc", 3) != 3)
		bail_out("pipe");
	close(pipes[1]);
	ok(fs_read(&a, pipes[0], 3, &s) == 0 && str_eq(s, STR("abc")),
		"what has no size is read too");
	close(pipes[0]);
	fd = open("/", O_RDONLY | O_CLOEXEC);
	is_int(fs_read(&a, fd, 10, &s), -EISDIR, "a folder is no file");
	close(fd);
	arena_release(&a);
	arena_init(&a, 100);
	fd = memfd_create("t", MFD_CLOEXEC);
	is_int(fs_read(&a, fd, 1000, &s), -ENOMEM, "no memory");
	close(fd);
	arena_release(&a);
}

/* ---- below a root --------------------------------------------------------------------------- */

static char top[] = "/tmp/t-fs.XXXXXX";

static void put(int dir, const char *name, const char *text)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		bail_out("%s", name);
	close(fd);
}

static int make_tree(void)
{
	int t, root;

	if (!mkdtemp(top))
		bail_out("mkdtemp");
	t = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	put(t, "secret", "outside");
	mkdirat(t, "root", 0755);
	root = openat(t, "root", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	mkdirat(root, "etc", 0755);
	mkdirat(root, "usr", 0755);
	mkdirat(root, "usr/lib", 0755);
	put(root, "usr/lib/os-release", "inside");
	put(root, "secret", "inside");
	if (symlinkat("../usr/lib/os-release", root, "etc/os-release") < 0 ||
		symlinkat("/usr/lib/os-release", root, "etc/absolute") < 0 ||
		symlinkat("../../../../secret", root, "etc/up") < 0 ||
		symlinkat("/usr", root, "folder") < 0 ||
		symlinkat("chain", root, "etc/link") < 0 ||
		symlinkat("/etc/absolute", root, "etc/chain") < 0 ||
		symlinkat("loop", root, "loop") < 0 || symlinkat("/secret", root, "s") < 0)
		bail_out("symlinks");
	close(t);
	return root;
}

/* What is read through it, or the error's name. */
static const char *look(int (*opener)(int, const char *, int), int root, const char *path, int flags)
{
	static char text[64];
	int fd = opener(root, path, flags);
	ssize_t n;

	if (fd < 0)
		return strerrorname_np(-fd);
	if (flags & O_DIRECTORY) {
		close(fd);
		return "folder";
	}
	n = read(fd, text, sizeof(text) - 1);
	if (n < 0)
		n = snprintf(text, sizeof(text), "%s", strerrorname_np(errno));
	text[n] = '\0';
	close(fd);
	return text;
}

static const struct {
	const char *path;
	int flags;
	const char *want;
} below[] = {
	{ "/usr/lib/os-release", 0, "inside" },
	{ "usr//lib/./os-release", 0, "inside" },
	{ "etc/os-release", 0, "inside" },
	{ "etc/absolute", 0, "inside" },
	{ "etc/link", 0, "inside" },
	{ "etc/up", 0, "inside" },
	{ "s", 0, "inside" },
	{ "../secret", 0, "inside" },
	{ "../../../../../../secret", 0, "inside" },
	{ "folder/lib/os-release", 0, "inside" },
	{ "folder/../secret", 0, "inside" },
	{ "/", O_DIRECTORY, "folder" },
	{ "..", O_DIRECTORY, "folder" },
	{ "folder", O_DIRECTORY, "folder" },
	{ "folder/", O_DIRECTORY, "folder" },
	{ "etc/os-release", O_NOFOLLOW, "ELOOP" },
	{ "folder/lib", O_NOFOLLOW, "EISDIR" },
	{ "loop", 0, "ELOOP" },
	{ "no", 0, "ENOENT" },
	{ "etc/no/x", 0, "ENOENT" },
	{ "secret/x", 0, "ENOTDIR" },
	{ "", 0, "ENOENT" },
	{ "x", O_CREAT, "EINVAL" },
};

static void test_below(void)
{
	int root = make_tree();
	char deep[2 * FS_DEPTH_MAX + 8] = "";
	unsigned i;
	int at = dup(root);

	for (i = 0; i < ARRAY_SIZE(below); i++) {
		is_str(look(fs_open_below, root, below[i].path, below[i].flags), below[i].want,
			"%s", below[i].path);
		is_str(look(fs_walk_below, root, below[i].path, below[i].flags), below[i].want,
			"%s, by hand", below[i].path);
	}
	for (i = 0; i < FS_DEPTH_MAX + 1; i++) {
		int next;

		mkdirat(at, "d", 0755);
		next = openat(at, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		close(at);
		at = next;
		strcat(deep, i ? "/d" : "d");
		if (i == FS_DEPTH_MAX)
			is_str(look(fs_walk_below, root, deep, O_DIRECTORY), "folder",
				"as deep as it goes");
	}
	mkdirat(at, "d", 0755);
	strcat(deep, "/d");
	is_str(look(fs_walk_below, root, deep, O_DIRECTORY), "ENAMETOOLONG", "one deeper");
	close(at);
	close(root);
}

/* ---- replacing -------------------------------------------------------------------------------- */

static void test_replace(void)
{
	char name[300] = "", *path = NULL;
	const char *step = NULL;
	int dir, fd, busy;

	if (asprintf(&path, "%s/r", top) < 0 || mkdir(path, 0755) < 0)
		bail_out("mkdir");
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(path);
	is_int(fs_replace(dir, "f", STR("one"), 0644), 0, "there was none");
	is_int(fs_replace(dir, "f", STR("two"), 0600), 0, "there was one");
	is_str(look(fs_open_below, dir, "f", 0), "two", "now there is this");

	put(dir, ".f.abcdefgh", "left behind");
	put(dir, ".f.abcdefghi", "of others");
	put(dir, ".f.busy2345", "in use");
	busy = openat(dir, ".f.busy2345", O_RDONLY | O_CLOEXEC);
	if (flock(busy, LOCK_EX) < 0)
		bail_out("flock");
	is_int(fs_replace(dir, "f", STR("three"), 0644), 0, "with leftovers about");
	ok(faccessat(dir, ".f.abcdefgh", F_OK, 0) < 0, "a leftover is removed");
	ok(faccessat(dir, ".f.abcdefghi", F_OK, 0) == 0, "other names are not ours");
	ok(faccessat(dir, ".f.busy2345", F_OK, 0) == 0, "what is being written stays");
	close(busy);
	is_int(fs_replace(dir, "f", STR(""), 0644), 0, "and again");
	ok(faccessat(dir, ".f.busy2345", F_OK, 0) < 0, "until it is not any more");

	ok(fs_replace_step(dir, "a/b", STR(""), 0644, &step) == -EINVAL && step,
		"a name is no path");
	memset(name, 'n', 245);
	is_int(fs_replace(dir, name, STR(""), 0644), 0, "the longest name");
	name[245] = 'n';
	is_int(fs_replace(dir, name, STR(""), 0644), -ENAMETOOLONG, "one longer");
	mkdirat(dir, "folder", 0755);
	is_int(fs_replace_step(dir, "folder", STR(""), 0644, &step), -EISDIR,
		"a folder is not replaced");
	is_str(step, "renaming the new file over the old one", "the step says so");
	fd = open("/", O_PATH | O_CLOEXEC);
	close(fd);
	is_int(fs_replace_step(fd, "f", STR(""), 0644, &step), -EBADF, "no folder");
	is_str(step, "creating the new file", "and that is where it ends");
	close(dir);
}

int main(void)
{
	plan(5 + 2 * ARRAY_SIZE(below) + 2 + 16);
	test_read();
	test_below();
	test_replace();
	if (system("rm -rf /tmp/t-fs.??????") != 0)
		diag("something is left in /tmp");
	return done_testing();
}
