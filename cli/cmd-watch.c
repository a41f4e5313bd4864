/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * watch: prints what changes. It says what udev announced, so it says when an event said something new,
 * not when somebody wrote to a file and sent none.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "cli/watched.h"

const struct cli_option watch_options[] = {
	{ "initial", NULL, "begin with all subjects as they are" },
	{ 0 },
};

struct watching {
	struct cli *c;
	struct sysfs sysfs;
	struct udev_watch *udev;
	struct watched_set set;
	int signals;
	bool silent; /* the listing at the beginning */
};

/* ---- printing -------------------------------------------------------------------------------- */

static void json_state(struct json *j, const struct watched_state *s)
{
	json_text(j, "fingerprint", s->fingerprint[0] ? s->fingerprint : NULL);
	json_text(j, "status", s->status[0] ? s->status : NULL);
	json_text(j, "detail", s->detail[0] ? s->detail : NULL);
}

/* Each line is a document of its own, printed when it is known. */
static void put_json(struct watching *w, struct json *j)
{
	json_end(j);
	if (j->failed)
		w->c->out.failed = true;
	else
		printf("%.*s\n", (int)j->n, j->p);
	json_release(j);
}

static void begin_json(struct json *j, const char *event)
{
	json_object(j, NULL);
	json_int(j, "format", JSON_FORMAT);
	json_text(j, "event", event);
}

static void change_json(struct watching *w, const char *subject, const char *devpath,
	const struct watched_state *was, const struct watched_state *now)
{
	struct json j = { 0 };

	begin_json(&j, now ? "change" : "gone");
	json_text(&j, "subject", subject);
	json_text(&j, "path", devpath);
	json_state(&j, now ? now : &(struct watched_state){ 0 });
	if (was) {
		json_object(&j, "was");
		json_state(&j, was);
		json_end(&j);
	} else {
		json_null(&j, "was");
	}
	put_json(w, &j);
}

/* "mc1-...", "mc1-... (policy-stale)", "unknown:missing-fact:ecc". */
static void print_state(const struct watched_state *s)
{
	if (!s->fingerprint[0])
		printf("unknown:%s%s%s", s->status, s->detail[0] ? ":" : "", s->detail);
	else if (s->status[0] && strcmp(s->status, status_name(STATUS_OK)) != 0)
		printf("%s (%s)", s->fingerprint, s->status);
	else
		fputs(s->fingerprint, stdout);
}

static void on_change(void *ctx, const char *subject, const char *devpath,
	const struct watched_state *was, const struct watched_state *now)
{
	struct watching *w = ctx;

	if (w->silent)
		return;
	if (w->c->json) {
		change_json(w, subject, devpath, was, now);
		return;
	}
	cli_print_name(stdout, str_from(subject));
	fputs(": ", stdout);
	if (was)
		print_state(was);
	else
		fputs("none", stdout);
	fputs(" -> ", stdout);
	if (now)
		print_state(now);
	else
		fputs("gone", stdout);
	putchar('\n');
}

/*
 * Of a parent whose types differ, those with a fingerprint are all judged by one policy, and that is
 * either in order or stale. No property says which of the two, so the image is asked. When it has changed
 * since the event, the next event is on its way.
 */
static enum mdc_status status_of(void *ctx, struct str devpath)
{
	struct watching *w = ctx;
	struct cli *c = w->c;
	struct host h = HOST_INIT(c);
	struct arena_mark mark = arena_mark(c->arena), pages = arena_mark(c->images);
	enum mdc_status status = STATUS_OK;
	struct image_answer a;
	struct device d;

	if (device_open(&w->sysfs, c->arena, devpath, &d) == 0 && host_find_installed(&h) == 0 &&
		h.image && image_find(h.image, KIND_MDEV, d.driver, &a) == 0 &&
		a.status == STATUS_POLICY_STALE)
		status = a.status;
	host_close(&h);
	arena_rewind(c->images, pages);
	arena_rewind(c->arena, mark);
	return status;
}

/* ---- listening ------------------------------------------------------------------------------- */

/* All devices as udev's database has them: at the beginning, and when events were lost. */
static int list_all(struct watching *w)
{
	struct arena_mark mark = arena_mark(w->c->arena);
	struct device *d;
	uint32_t n;
	int r = host_devices(&w->sysfs, w->c->arena, &d, &n);

	watched_begin(&w->set);
	for (uint32_t i = 0; r == 0 && i < n; i++) {
		struct udev_event e;

		r = device_properties(&d[i], w->c->arena, &e);
		if (r == 0)
			r = watched_event(&w->set, w->c, &e, on_change, w);
		else if (r == -ENOENT)
			r = 0;
	}
	if (r == 0)
		watched_end(&w->set, on_change, w);
	arena_rewind(w->c->arena, mark);
	return r;
}

static void say_lost(struct watching *w)
{
	struct json j = { 0 };

	if (!w->c->json) {
		cli_note(w->c, "lost", "events were lost; looking at all devices again");
		return;
	}
	begin_json(&j, "lost");
	put_json(w, &j);
}

static int take_events(struct watching *w)
{
	for (;;) {
		struct arena_mark mark = arena_mark(w->c->arena);
		struct udev_event e;
		int r = udev_watch_next(w->udev, w->c->arena, &e);

		if (r == 0)
			r = watched_event(&w->set, w->c, &e, on_change, w);
		arena_rewind(w->c->arena, mark);
		if (r == -EAGAIN)
			return 0;
		if (r == -ENOBUFS) {
			say_lost(w);
			r = list_all(w);
		}
		if (r < 0)
			return r;
	}
}

static int open_signals(struct watching *w)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -errno;
	w->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return w->signals < 0 ? -errno : 0;
}

static int follow(struct watching *w)
{
	struct pollfd at[] = {
		{ .fd = udev_watch_fd(w->udev), .events = POLLIN },
		{ .fd = w->signals, .events = POLLIN },
	};
	int r = 0;

	while (r == 0 && !(at[1].revents & POLLIN)) {
		/* Whoever reads us shall have the line before the next event is waited for. */
		if (fflush(stdout) != 0)
			return -errno;
		if (w->c->out.failed)
			return -ENOMEM;
		if (poll(at, ARRAY_SIZE(at), -1) < 0) {
			if (errno != EINTR)
				return -errno;
			continue;
		}
		if (at[0].revents)
			r = take_events(w);
	}
	return r;
}

static void say_ready(struct watching *w)
{
	struct json j = { 0 };

	if (!w->c->json) {
		cli_note(w->c, "watching", "following %u subject%s", w->set.n, w->set.n == 1 ? "" : "s");
		return;
	}
	begin_json(&j, "watching");
	json_int(&j, "subjects", w->set.n);
	put_json(w, &j);
}

static int watch(struct watching *w)
{
	struct cli *c = w->c;
	int r = open_signals(w);

	if (r == 0)
		r = sysfs_open(&w->sysfs, NULL);
	/* First the ear, then the eye: nothing falls between. */
	if (r == 0)
		r = udev_watch_open(&w->udev);
	if (r < 0)
		return r;
	if (access("/run/udev/control", F_OK) < 0)
		cli_note(c, "no-udevd", "no udevd is running here, so nothing will be announced");
	w->silent = !cli_given(c, "initial");
	r = list_all(w);
	w->silent = false;
	if (r < 0)
		return r;
	say_ready(w);
	return follow(w);
}

int cmd_watch(struct cli *c)
{
	struct watching w = { .c = c, .sysfs = { .fd = -1 }, .signals = -1 };
	int r;

	w.set.status_of = status_of;
	w.set.ctx = &w;
	r = watch(&w);

	watched_free(&w.set);
	udev_watch_close(w.udev);
	sysfs_close(&w.sysfs);
	if (w.signals >= 0)
		close(w.signals);
	if (r == -E2BIG)
		return cli_fail(c, EXIT_SYSTEM, "system", "more than %d subjects", WATCHED_MAX);
	return r < 0 ? cli_fail_errno(c, r, "watch") : EXIT_YES;
}
