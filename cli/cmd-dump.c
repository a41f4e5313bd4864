/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * dump: an image back to policy text. Knows which image, and where the texts go; how a compiled
 * policy is spelled is grammar/expand.c's.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/host.h"
#include "grammar/compile.h"

const struct cli_option dump_options[] = {
	{ "output", "DIR", "write a file for each policy into DIR, and overwrite none" },
	{ 0 },
};

#define DUMP_ROOM_FIRST ((size_t)64 << 10)
#define DUMP_ROOM_MAX	((size_t)256 << 20)
#define FILE_END	".policy"

struct dumped {
	struct cli *c;
	struct host h;
	const char *path;
	bool given; /* the image is an argument */
	int folder; /* --output, or -1 */
};

static int damaged(struct dumped *d, int r)
{
	enum mdc_status s = r == -EPROTONOSUPPORT ? STATUS_IMAGE_VERSION : STATUS_IMAGE_DAMAGED;

	if (r != -EBADMSG && r != -EPROTONOSUPPORT)
		return cli_fail_errno(d->c, r, "%s", d->path);
	return cli_fail(d->c, d->given ? EXIT_INPUT : EXIT_UNKNOWN, status_name(s), "%s: %s",
		d->path, status_text(s));
}

static int open_given(struct dumped *d)
{
	int r;

	d->given = true;
	d->path = d->c->arg[0];
	d->h.image_fd = open(d->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (d->h.image_fd < 0)
		return cli_fail_errno(d->c, -errno, "%s", d->path);
	r = image_open(d->c->images, d->h.image_fd, &d->h.image, &d->h.image_status);
	return r < 0 ? damaged(d, r) : 0;
}

static int open_it(struct dumped *d)
{
	struct cli *c = d->c;
	int r;

	if (c->n_args > 0)
		return open_given(d);
	r = host_open_installed(&d->h);
	if (r != 0)
		return r;
	d->path = d->h.image_path;
	if (d->h.image)
		return 0;
	return cli_fail(c, EXIT_UNKNOWN, status_name(d->h.image_status), "%s%s%s",
		d->path ? d->path : "", d->path ? ": " : "", status_text(d->h.image_status));
}

/* ---- one policy ---------------------------------------------------------------------------- */

/* The text of a section: in memory of the run. 0, or -errno. */
static int section_text(struct dumped *d, const struct section_source *s, struct policy *ret_policy,
	struct str *ret)
{
	struct arena *a = d->c->arena;
	struct sbuf b = { 0 };
	int r = section_decode_head(a, s, ret_policy);

	if (r == 0)
		r = section_decode_all(a, s, ret_policy, &ret_policy->rule, &ret_policy->n_rules);
	if (r < 0)
		return r;
	for (size_t room = DUMP_ROOM_FIRST; room <= DUMP_ROOM_MAX; room *= 4) {
		b = (struct sbuf){ .p = arena_alloc_raw(a, room), .size = room };
		if (!b.p)
			return -ENOMEM;
		r = policy_print(d->c->scratch, ret_policy, &b);
		if (r == 0) {
			arena_trim(a, b.p, b.n);
			*ret = sbuf_str(&b);
			return 0;
		}
		if (r != -ENOSPC)
			return r;
		arena_trim(a, b.p, 0);
	}
	return -EFBIG;
}

/* One line that is a comment, whatever is in @text. */
static void print_comment(const char *before, struct str text)
{
	fputs("# ", stdout);
	fputs(before, stdout);
	for (size_t i = 0; i < text.n; i++) {
		unsigned char ch = (unsigned char)text.p[i];

		if (ch == '\n' && i + 1 < text.n)
			fputs("\n#   ", stdout);
		else if (ch >= 0x20 && ch < 0x7f)
			putchar(ch);
		else if (ch != '\n')
			printf("\\x%02x", ch);
	}
	putchar('\n');
}

/* The last part of an input's path; empty: it is none that a policy file could have. */
static struct str file_name(struct str path)
{
	size_t at = path.n;
	struct str name;

	while (at > 0 && path.p[at - 1] != '/')
		at--;
	name = str_sub(path, at, path.n);
	if (name.n <= strlen(FILE_END) || name.p[0] == '.' || memchr(name.p, '\0', name.n) ||
		!str_eq(str_sub(name, name.n - strlen(FILE_END), name.n), STR(FILE_END)))
		return STR("");
	return name;
}

static int write_whole(int fd, struct str text)
{
	for (size_t at = 0; at < text.n;) {
		ssize_t n = write(fd, text.p + at, text.n - at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		at += (size_t)n;
	}
	return 0;
}

static int write_file(struct dumped *d, struct str path, struct str text)
{
	struct cli *c = d->c;
	struct str name = file_name(path);
	const char *dir = cli_given(c, "output"), *z = cli_text(c, "%.*s", STR_FMT(name));
	int fd, r;

	if (name.n == 0)
		return cli_fail(c, EXIT_INPUT, "bad-input",
			"the image names a file '%.*s', which is no name of a policy file", STR_FMT(path));
	fd = openat(d->folder, z, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0)
		return cli_fail_errno(c, -errno, "%s/%s", dir, z);
	r = write_whole(fd, text);
	if (close(fd) < 0 && r == 0)
		r = -errno;
	return r < 0 ? cli_fail_errno(c, r, "%s/%s", dir, z) : 0;
}

static int dump_one(struct dumped *d, uint32_t i)
{
	struct cli *c = d->c;
	struct image_input in;
	struct section_source s;
	struct policy p;
	struct str text = { 0 };
	int r = image_input_get(d->h.image, i, &in);

	if (r < 0)
		return damaged(d, r);
	r = image_section(d->h.image, i, &s);
	if (r == 0)
		r = section_text(d, &s, &p, &text);
	else if (r == -ENOENT)
		r = 0;
	if (r < 0)
		return damaged(d, r);
	if (text.n > POLICY_TEXT_MAX)
		cli_note(c, "too-large", "%.*s: the text is larger than a policy file may be",
			STR_FMT(in.path));
	if (d->folder >= 0)
		r = text.n > 0 ? write_file(d, in.path, text) : 0;
	if (c->json) {
		json_object(&c->out, NULL);
		json_str(&c->out, "path", in.path);
		json_text(&c->out, "state", input_state_name(in.state));
		if (text.n > 0) {
			json_str(&c->out, "policy", p.name);
			json_str(&c->out, "text", text);
		} else {
			json_null(&c->out, "policy");
			json_null(&c->out, "text");
		}
		json_str(&c->out, "message", in.message);
		json_end(&c->out);
		return r;
	}
	if (d->folder >= 0)
		return r;
	if (i > 0)
		putchar('\n');
	print_comment(cli_text(c, "%s: ", input_state_name(in.state)), in.path);
	if (in.message.n > 0)
		print_comment("", in.message);
	if (text.n > 0)
		fwrite(text.p, 1, text.n, stdout);
	return 0;
}

/* ---- all of them ----------------------------------------------------------------------------- */

static int dump_folded(struct dumped *d)
{
	struct cli *c = d->c;
	struct str os = { 0 }, site = { 0 };
	int r = image_os_release(d->h.image, &os);

	if (r == 0)
		r = image_site(d->h.image, &site);
	if (r < 0)
		return damaged(d, r);
	if (c->json) {
		json_str(&c->out, "os_release", os);
		json_str(&c->out, "site", site);
	} else if (d->folder < 0) {
		if (os.n > 0)
			print_comment("os-release\n#   ", os);
		if (site.n > 0)
			print_comment("site facts\n#   ", site);
	}
	return 0;
}

static int dump_all(struct dumped *d)
{
	struct cli *c = d->c;
	int r = image_verify(d->h.image);

	if (r < 0)
		return damaged(d, r);
	if (c->json)
		json_array(&c->out, "files");
	for (uint32_t i = 0; r == 0 && i < image_n_inputs(d->h.image); i++)
		r = dump_one(d, i);
	if (c->json)
		json_end(&c->out);
	return r != 0 ? r : dump_folded(d);
}

/* Names that are taken are found before anything is written. */
static int open_output(struct dumped *d)
{
	struct cli *c = d->c;
	const char *dir = cli_given(c, "output");

	if (!dir)
		return 0;
	if (mkdir(dir, 0755) < 0 && errno != EEXIST)
		return cli_fail_errno(c, -errno, "%s", dir);
	d->folder = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (d->folder < 0)
		return cli_fail_errno(c, -errno, "%s", dir);
	for (uint32_t i = 0; i < image_n_inputs(d->h.image); i++) {
		struct image_input in;
		struct section_source s;
		struct stat st;
		struct str name;

		if (image_input_get(d->h.image, i, &in) < 0 || image_section(d->h.image, i, &s) < 0)
			continue; /* said later, if it is wrong */
		name = file_name(in.path);
		if (name.n > 0 && fstatat(d->folder, cli_text(c, "%.*s", STR_FMT(name)), &st,
					  AT_SYMLINK_NOFOLLOW) == 0)
			return cli_fail(c, EXIT_INPUT, "bad-input", "%s/%.*s is there already", dir,
				STR_FMT(name));
	}
	return 0;
}

int cmd_dump(struct cli *c)
{
	struct dumped d = { .c = c, .h = HOST_INIT(c), .folder = -1 };
	int r = open_it(&d);

	if (r == 0)
		r = open_output(&d);
	if (r == 0) {
		if (d.folder < 0)
			cli_start_pager(c);
		r = dump_all(&d);
	}
	if (d.folder >= 0)
		close(d.folder);
	host_close(&d.h);
	return r;
}
