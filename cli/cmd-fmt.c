/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fmt: policies in their one layout. The front end lays out; here is what is done with the result:
 * printed, compared, or written in the place of the file.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/command.h"
#include "engine/base/fs.h"
#include "grammar/format.h"
#include "grammar/policyset.h"

const struct cli_option fmt_options[] = {
	{ "check", NULL, "print the names of files that would change; exit 1 if there are any" },
	{ "diff", NULL, "print what would change; exit 1 if anything" },
	{ "write", NULL, "change the files in place (-w)" },
	{ 0 },
};

struct formatting {
	struct cli *c;
	bool check, diff, write;
	uint32_t n_changed, n_broken;
};

static int memory_file(struct str text)
{
	int fd = memfd_create("mdevcompat-fmt", 0);
	size_t at = 0;

	while (fd >= 0 && at < text.n) {
		ssize_t n = write(fd, text.p + at, text.n - at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			int e = errno;

			close(fd);
			errno = e;
			return -1;
		}
		at += (size_t)n;
	}
	return fd;
}

/* diff(1) on both texts; it prints to our standard output. */
static int run_diff(struct cli *c, const char *path, struct str old, struct str new)
{
	int fds[2] = { memory_file(old), memory_file(new) }, status = 0;
	char name[2][32];
	pid_t pid = -1;

	for (int i = 0; i < 2; i++)
		snprintf(name[i], sizeof(name[i]), "/dev/fd/%d", fds[i]);
	fflush(stdout);
	if (fds[0] >= 0 && fds[1] >= 0)
		pid = fork();
	if (pid == 0) {
		execlp("diff", "diff", "-u", "--label", path, "--label",
			cli_text(c, "%s (laid out)", path), name[0], name[1], (char *)NULL);
		_exit(127);
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	for (int i = 0; i < 2; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	if (pid < 0)
		return cli_fail_errno(c, -errno, "diff");
	if (!WIFEXITED(status) || WEXITSTATUS(status) > 1)
		return cli_fail(c, EXIT_SYSTEM, "system", "cannot run diff");
	return 0;
}

/* Where a link leads to, so that it stays one; the file keeps its owner and mode. */
static int write_back(struct cli *c, const char *path, struct str text)
{
	char real[PATH_MAX];
	char *slash = realpath(path, real) ? strrchr(real, '/') : NULL;
	const char *step = NULL;
	struct stat st;
	int dir, r;

	if (!slash || stat(real, &st) < 0)
		return cli_fail_errno(c, -errno, "%s", path);
	*slash = '\0';
	dir = open(slash == real ? "/" : real, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return cli_fail_errno(c, -errno, "%s", real);
	r = fs_replace_step(dir, slash + 1, text, st.st_mode & 07777, &step);
	if (r == 0 && (st.st_uid != geteuid() || st.st_gid != getegid()) &&
		fchownat(dir, slash + 1, st.st_uid, st.st_gid, AT_SYMLINK_NOFOLLOW) < 0)
		cli_note(c, "owner", "%s: its owner is another one now", path);
	close(dir);
	return r < 0 ? cli_fail_errno(c, r, "%s: %s", path, step ? step : "cannot write it") : 0;
}

static int deliver(struct formatting *f, const char *path, struct str old, struct str new)
{
	struct cli *c = f->c;
	bool changed = !str_eq(old, new);
	int r = 0;

	f->n_changed += changed;
	if (f->write && changed)
		r = write_back(c, path, new);
	if (r != 0)
		return r;
	if (c->json) {
		json_object(&c->out, NULL);
		json_text(&c->out, "file", path);
		json_bool(&c->out, "changed", changed);
		if (!f->check && !f->write)
			json_str(&c->out, "text", new);
		json_end(&c->out);
		return 0;
	}
	if (f->diff)
		return changed ? run_diff(c, path, old, new) : 0;
	if (f->check) {
		if (changed)
			printf("%s\n", path);
		return 0;
	}
	if (!f->write)
		fwrite(new.p, 1, new.n, stdout);
	return 0;
}

/* @path is NULL for standard input. */
static int format_one(struct formatting *f, const char *path)
{
	struct cli *c = f->c;
	struct source *src = arena_new(c->arena, struct source);
	const char *name = path ? path : "<stdin>";
	struct str text;
	int r;

	if (!src)
		return cli_fail_errno(c, -ENOMEM, "%s", name);
	src->path = str_from(name);
	r = path ? policyset_read(c->arena, path, &src->text) :
		   policyset_read_stream(c->arena, STDIN_FILENO, &src->text);
	if (r == -EINVAL)
		return cli_fail(c, EXIT_SYSTEM, "system", "%s: not a regular file", name);
	if (r < 0)
		return cli_fail_errno(c, r, "%s", name);
	r = policy_format(c->arena, src, &c->diags, &text);
	if (r == -EBADMSG || r == -EPROTO) {
		f->n_broken++;
		return 0;
	}
	if (r == -EFBIG)
		return cli_fail(c, EXIT_INPUT, "bad-input",
			"%s: laid out it would be larger than a policy may be", name);
	if (r < 0)
		return cli_fail_errno(c, r, "%s", name);
	return deliver(f, name, src->text, text);
}

int cmd_fmt(struct cli *c)
{
	struct formatting f = { .c = c,
		.check = cli_given(c, "check"),
		.diff = cli_given(c, "diff"),
		.write = cli_given(c, "write") };
	int r = 0, failed = 0;

	if (f.write && (f.check || f.diff))
		return cli_usage(c, "--write changes files, --check and --diff do not");
	if (f.write && c->n_args == 0)
		return cli_usage(c, "--write needs a FILE");
	if (c->json && f.diff)
		return cli_usage(c, "--diff has no --json");
	if (c->json)
		json_array(&c->out, "files");
	if (c->n_args == 0)
		r = format_one(&f, NULL);
	/* One file that cannot be had keeps the others from nothing; the first failure is the answer. */
	for (unsigned i = 0; i < c->n_args; i++) {
		failed = format_one(&f, c->arg[i]);
		r = r != 0 ? r : failed;
	}
	if (r != 0)
		return r;
	if (c->json) {
		json_end(&c->out);
		json_int(&c->out, "changed", f.n_changed);
		json_int(&c->out, "broken", f.n_broken);
	}
	if (f.n_broken > 0)
		return EXIT_INPUT;
	return (f.check || f.diff) && f.n_changed > 0 ? EXIT_NO : EXIT_YES;
}
