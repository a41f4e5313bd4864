/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * update: compiles the policy set and puts the image in force. Knows where the image goes, who
 * waits for whom, and what may be replaced; compiling and encoding are done elsewhere.
 *
 * The order makes every moment a good one: the new image is complete before it has its name, and
 * the one in /run, which comes first, goes last.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/site.h"
#include "cli/subject.h"
#include "cli/trigger.h"
#include "engine/base/fs.h"

#define LOCK_NAME  "update.lock"
#define IMAGE_MODE 0644

const struct cli_option update_options[] = {
	{ "dry-run", NULL, "write nothing; say which fingerprints of this host would change" },
	{ "keep-going", NULL, "leave broken files out, keep their last good form, install the rest" },
	{ "no-trigger", NULL, "do not have udev look at devices again" },
	{ "usr", NULL, "write to /usr/lib/mdevcompat, for those who build images of systems" },
	{ 0 },
};

struct update {
	struct cli *c;
	struct host host;	/* the image that was in force */
	struct policyset set;
	struct siteset site;
	struct str bytes;	/* the new image */
	int folder_fd;		/* where it goes */
	int lock_fd;
	enum image_place place;
	bool written, removed;
	bool owed; /* devices are to be told, also of what an earlier update put in force */
};

static int make_folder(struct cli *c, enum image_place place)
{
	const char *path = cli_text(c, "%s%s", c->root, image_folder(place));
	size_t top = strlen(c->root);

	for (size_t i = top + 1; path[i]; i++)
		if (path[i] == '/' &&
			mkdir(cli_text(c, "%.*s", (int)i, path), 0755) < 0 && errno != EEXIST)
			return -errno;
	return mkdir(path, 0755) < 0 && errno != EEXIST ? -errno : 0;
}

static int open_folder(struct update *u, enum image_place place)
{
	int r = make_folder(u->c, place);
	int fd = open(cli_text(u->c, "%s%s", u->c->root, image_folder(place)),
		O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return r < 0 ? r : -errno;
	if (u->folder_fd >= 0)
		close(u->folder_fd);
	u->folder_fd = fd;
	u->place = place;
	return 0;
}

/*
 * Waits until no other update is at work, wherever that one writes. A file that only root can
 * open: whoever may open it may hold us up.
 */
static int lock(struct update *u)
{
	struct cli *c = u->c;
	const char *path = cli_text(c, "%s%s/" LOCK_NAME, c->root, image_folder(IMAGE_RUN));
	int r = make_folder(c, IMAGE_RUN);

	if (r < 0)
		return cli_fail_errno(c, r, "%s%s", c->root, image_folder(IMAGE_RUN));
	u->lock_fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (u->lock_fd < 0)
		return cli_fail_errno(c, -errno, "%s", path);
	if (flock(u->lock_fd, LOCK_EX | LOCK_NB) == 0)
		return 0;
	cli_note(c, "busy", "waiting for another update");
	while (flock(u->lock_fd, LOCK_EX) < 0)
		if (errno != EINTR)
			return cli_fail_errno(c, -errno, "%s", path);
	return 0;
}

/* ---- who has to be told ------------------------------------------------------------------------ */

/*
 * Between the new image and the last device that was told of it anything may end us, and the next update
 * finds the image in place. So the file of the lock says from before the one until after the other that
 * somebody has yet to be told; nobody knows of what, and then all are.
 */
static const char owed_text[] = "devices have not been told\n";

static bool tells(const struct update *u)
{
	return !u->c->root[0] && !cli_given(u->c, "no-trigger") && !cli_given(u->c, "usr");
}

static bool is_owed(const struct update *u)
{
	struct stat st;

	return fstat(u->lock_fd, &st) == 0 && st.st_size > 0;
}

static int owe(struct update *u)
{
	ssize_t n = tells(u) ? pwrite(u->lock_fd, owed_text, sizeof(owed_text) - 1, 0) : 1;

	return n < 0 ? -errno : n == 0 ? -EIO : 0;
}

static int choose_folder(struct update *u)
{
	enum image_place place = cli_given(u->c, "usr") ? IMAGE_USR : IMAGE_ETC;
	int r = open_folder(u, place);

	if (r == -EROFS && place == IMAGE_ETC)
		r = open_folder(u, IMAGE_RUN);
	return r < 0 ? cli_fail_errno(u->c, r, "%s%s", u->c->root, image_folder(place)) : 0;
}

static int compile(struct update *u)
{
	struct cli *c = u->c;
	struct policyset_options o = host_policyset_options(c);
	int r;

	r = host_open_installed(&u->host);
	if (r != 0)
		return r;
	o.last = u->host.image;
	o.keep_last_good = cli_given(c, "keep-going") != NULL;
	o.scratch = c->scratch;
	r = host_load_set(c, &o, &u->set);
	if (r == 0)
		r = siteset_load(c, &u->site);
	if (r != 0)
		return r;
	if (u->set.broken && !o.keep_last_good)
		return cli_fail(c, EXIT_INPUT, "policy-error",
			"nothing was changed, as there are broken policies; --keep-going installs the "
			"others");
	if (u->site.broken && !o.keep_last_good)
		return cli_fail(c, EXIT_INPUT, "bad-input",
			"nothing was changed, as there is a broken site file; with --keep-going all "
			"site facts are unreadable");
	r = siteset_add(c, &u->site, &u->set);
	if (r == 0)
		r = host_fold(c, &u->set.build);
	if (r != 0)
		return r;
	r = image_encode(c->arena, &u->set.build, &u->bytes);
	if (r == -E2BIG)
		return cli_fail(c, EXIT_INPUT, "too-complex",
			"all policies together pass a bound on size");
	return r < 0 ? cli_fail_errno(c, r, "compiling") : 0;
}

/* Is what is in the folder what would be written, with the rights that it would have? */
static bool is_installed(struct update *u)
{
	int fd = openat(u->folder_fd, IMAGE_NAME, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;
	bool same = false;
	char *p;

	if (fd < 0)
		return false;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (size_t)st.st_size == u->bytes.n &&
		st.st_uid == geteuid() && (st.st_mode & 07777) == IMAGE_MODE) {
		p = arena_alloc_raw(u->c->arena, u->bytes.n);
		same = p && pread(fd, p, u->bytes.n, 0) == (ssize_t)u->bytes.n &&
			memcmp(p, u->bytes.p, u->bytes.n) == 0;
	}
	close(fd);
	return same;
}

static int replace(struct update *u)
{
	int r;

	if (is_installed(u))
		return 0;
	r = owe(u);
	if (r < 0)
		return r;
	u->written = true;
	return fs_replace(u->folder_fd, IMAGE_NAME, u->bytes, IMAGE_MODE);
}

static int install(struct update *u)
{
	struct cli *c = u->c;
	int r;

	u->owed = is_owed(u);
	r = replace(u);
	if (r == -EROFS && u->place == IMAGE_ETC) {
		u->written = false;
		r = open_folder(u, IMAGE_RUN);
		if (r == 0)
			r = replace(u);
	}
	if (r < 0)
		return cli_fail_errno(c, r, "%s%s/" IMAGE_NAME, c->root, image_folder(u->place));
	if (u->place == IMAGE_ETC) {
		const char *run = cli_text(c, "%s%s/" IMAGE_NAME, c->root, image_folder(IMAGE_RUN));

		if (access(run, F_OK) == 0)
			r = owe(u);
		if (r < 0)
			return cli_fail_errno(c, r, "%s%s/" LOCK_NAME, c->root, image_folder(IMAGE_RUN));
		if (unlink(run) == 0)
			u->removed = true;
		else if (errno != ENOENT && errno != ENOTDIR)
			return cli_fail_errno(c, -errno, "%s", run);
	}
	return 0;
}

/* Counts what the image holds. */
static void report(struct update *u, uint32_t triggered)
{
	struct cli *c = u->c;
	uint32_t policies = 0;
	const char *path = cli_text(c, "%s%s/" IMAGE_NAME, c->root, image_folder(u->place));

	for (uint32_t i = 0; i < u->set.build.n_inputs; i++)
		policies += u->set.build.input[i].section.n > 0;
	if (c->json) {
		json_text(&c->out, "image", path);
		json_bool(&c->out, "changed", u->written || u->removed);
		json_int(&c->out, "policies", policies);
		json_int(&c->out, "drivers", u->set.build.n_scopes);
		json_int(&c->out, "triggered", triggered);
		return;
	}
	if (!u->written && !u->removed && triggered == 0)
		printf("%s: nothing to do\n", path);
	else if (u->written || u->removed)
		printf("%s: %u %s for %u %s\n", path, policies, policies == 1 ? "policy" : "policies",
			u->set.build.n_scopes, u->set.build.n_scopes == 1 ? "driver" : "drivers");
	if (triggered > 0)
		printf("%u %s looked at again\n", triggered, triggered == 1 ? "device is" : "devices are");
}

static int trigger(struct update *u, uint32_t *ret_n)
{
	struct image *is;
	enum mdc_status status;
	struct cli *c = u->c;
	bool all = true;
	int r = 0;

	*ret_n = 0;
	if (!tells(u) || !(u->written || u->removed || u->owed))
		return 0;
	if (image_open_memory(c->images, u->bytes, &is, &status) < 0)
		return cli_fail(c, EXIT_SYSTEM, "system", "cannot read the image that was made");
	/* In a container or a chroot there may be nobody to tell. */
	if (access("/sys/class", F_OK) == 0)
		r = trigger_devices(&u->host, u->owed ? NULL : u->host.image, is, ret_n, &all);
	if (r == 0 && all && ftruncate(u->lock_fd, 0) < 0)
		return cli_fail_errno(c, -errno, "%s/" LOCK_NAME, image_folder(IMAGE_RUN));
	return r;
}

/* ---- --dry-run --------------------------------------------------------------------------------- */

static const char *answer_text(struct cli *c, const struct evaluation *e)
{
	return e->fingerprint[0] ? cli_text(c, "%s", e->fingerprint) :
				   cli_text(c, "unknown:%s", status_name(e->status));
}

static void json_answer(struct json *j, const char *key, const struct evaluation *e)
{
	json_object(j, key);
	json_text(j, "status", status_name(e->status));
	json_text(j, "fingerprint", e->fingerprint[0] ? e->fingerprint : NULL);
	json_end(j);
}

static int compare_row(struct update *u, struct subject_row *row, struct host *would, uint32_t *n)
{
	struct cli *c = u->c;
	struct cli_subject was, is;
	int r;

	if (row->is_parent)
		return 0;
	subject_of_row(row, &was);
	subject_of_row(row, &is);
	r = subject_judge(&u->host, &was);
	/* The folded facts come from the image that judges. */
	u->host.sysfs.image = would->image;
	if (r == 0) {
		r = evaluate(c->arena, would->image, &is.subject, NULL, &is.eval);
		if (r < 0)
			r = cli_fail_errno(c, r, "%.*s", STR_FMT(row->name));
	}
	if (r != 0)
		return r;
	if (was.eval.status == is.eval.status &&
		strcmp(was.eval.fingerprint, is.eval.fingerprint) == 0)
		return 0;
	++*n;
	if (c->json) {
		json_object(&c->out, NULL);
		json_str(&c->out, "subject", row->name);
		json_answer(&c->out, "now", &was.eval);
		json_answer(&c->out, "then", &is.eval);
		json_end(&c->out);
	} else {
		printf("%.*s\n  now   %s\n  then  %s\n", STR_FMT(row->name),
			answer_text(c, &was.eval), answer_text(c, &is.eval));
	}
	return 0;
}

static int dry_run(struct update *u)
{
	struct cli *c = u->c;
	struct host would = HOST_INIT(c);
	struct subject_row *row = NULL;
	uint32_t n = 0, changed = 0;
	int r;

	if (image_open_memory(c->images, u->bytes, &would.image, &would.image_status) < 0)
		return cli_fail(c, EXIT_SYSTEM, "system", "cannot read the image that was made");
	r = subject_list(&u->host, &row, &n);
	if (c->json)
		json_array(&c->out, "changes");
	for (uint32_t i = 0; r == 0 && i < n; i++)
		r = compare_row(u, &row[i], &would, &changed);
	if (r != 0)
		return r;
	if (c->json)
		json_end(&c->out);
	else if (changed == 0)
		puts("no fingerprint of this host would change");
	return 0;
}

static int run(struct update *u)
{
	struct cli *c = u->c;
	uint32_t triggered;
	int r;

	if (cli_given(c, "dry-run")) {
		r = compile(u);
		return r != 0 ? r : dry_run(u);
	}
	r = lock(u);
	if (r == 0)
		r = compile(u);
	if (r == 0)
		r = choose_folder(u);
	if (r == 0)
		r = install(u);
	if (r == 0)
		r = trigger(u, &triggered);
	if (r == 0)
		report(u, triggered);
	return r;
}

int cmd_update(struct cli *c)
{
	struct update u = { .c = c, .host = HOST_INIT(c), .folder_fd = -1, .lock_fd = -1 };
	int r;

	umask(022);
	r = run(&u);
	if (u.folder_fd >= 0)
		close(u.folder_fd);
	if (u.lock_fd >= 0)
		close(u.lock_fd);
	host_close(&u.host);
	if (r == 0 && (u.set.broken || u.site.broken))
		return EXIT_INPUT;
	return r;
}
