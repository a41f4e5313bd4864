/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sets on a device what a claim says. What that is, and how it is told, is cmd-claim.c's.
 *
 * All or nothing: everything that could be known to fail is looked at before the first write, each
 * write is read back, and at the end the target is judged again as if for the first time. When
 * one of these fails, or somebody interrupts, what was written is put back.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/claim.h"
#include "engine/image/attr-parse.h"
#include "engine/probe/enumerate.h"
#include "engine/probe/write.h"

/* ---- who may interfere ----------------------------------------------------------------------- */

int claim_lock(struct claiming *k, const struct device *d)
{
	struct cli *c = k->c;
	struct stat st;

	k->lock_fd = sysfs_open_below(d->sysfs, d->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (k->lock_fd < 0)
		return cli_fail_errno(c, k->lock_fd, "%.*s", STR_FMT(d->path));
	if (fstat(k->lock_fd, &st) < 0 ||
		!sysfs_same((struct sysfs_id){ st.st_dev, st.st_ino }, d->id))
		return cli_fail_errno(c, -ENODEV, "%.*s", STR_FMT(d->path));
	if (flock(k->lock_fd, LOCK_EX | LOCK_NB) == 0)
		return 0;
	if (errno == EWOULDBLOCK)
		return cli_fail(c, EXIT_SYSTEM, "busy", "%.*s: another one is setting it", STR_FMT(d->name));
	return cli_fail_errno(c, -errno, "%.*s", STR_FMT(d->path));
}

static const int ends[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

/* For good: what comes after the last write is short, and has an exit status to give. */
static void block_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		sigaddset(&set, ends[i]);
	/* Nobody may be reading what is reported. */
	sigaddset(&set, SIGPIPE);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

static bool interrupted(void)
{
	struct sigaction act;
	sigset_t set;

	if (sigpending(&set) < 0)
		return false;
	/* One that is ignored, as with nohup, waits too when it is blocked. */
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		if (sigismember(&set, ends[i]) > 0 && sigaction(ends[i], NULL, &act) == 0 &&
			act.sa_handler != SIG_IGN)
			return true;
	return false;
}

/* From here on paths below the device are those of this very device, until another one is opened. */
static int grip(struct claiming *k)
{
	const struct device *d = &k->p->target.device;
	struct sysfs_id id;
	int r;

	sysfs_release(d->sysfs);
	r = sysfs_hold(d->sysfs, d->path, &id);
	if (r == 0 && !sysfs_same(id, d->id)) {
		sysfs_release(d->sysfs);
		r = -ENODEV;
	}
	return r == -ENOENT || r == -ENOTDIR ? -ENODEV : r;
}

/* ---- one file -------------------------------------------------------------------------------- */

static struct str without_newline(struct str s)
{
	if (s.n > 0 && s.p[s.n - 1] == '\n')
		s.n--;
	return s;
}

/* Of a write of nothing the driver does not hear. */
static struct str as_written(struct str text)
{
	return text.n > 0 ? text : STR("\n");
}

/* Is it now what it has to be? */
static int read_back(struct claiming *k, struct setting *s)
{
	struct cli *c = k->c;
	struct ranges none;
	struct value now;
	struct str text, why;
	int r = sysfs_read(&k->p->host.sysfs, c->arena, s->path, &text);

	if (r < 0)
		return cli_fail_errno(c, r, "%.*s, after it was written", STR_FMT(s->shown));
	r = attr_parse(c->arena, &s->attr->type, without_newline(text), &now, &none, &why);
	if (r == 0 && claim_satisfied(&s->claim->value, &now))
		return 0;
	return cli_fail(c, EXIT_SYSTEM, "not-taken", "%.*s does not hold %.*s after it was written",
		STR_FMT(s->shown), STR_FMT(s->text));
}

static int gone(struct claiming *k)
{
	return cli_fail(k->c, EXIT_UNKNOWN, "no-such-subject", "%.*s: the device went away",
		STR_FMT(k->p->target.name));
}

static int write_one(struct claiming *k, struct setting *s)
{
	struct cli *c = k->c;
	int r;

	if (interrupted())
		return cli_fail(c, EXIT_SYSTEM, "interrupted", "interrupted before all was set");
	if (device_still(&k->p->target.device) < 0)
		return gone(k);
	/* Once it is open it counts as written: who knows what the driver did before it failed. */
	r = sysfs_write(&k->p->host.sysfs, s->path, as_written(s->text), &s->written);
	if (r < 0 && device_still(&k->p->target.device) < 0)
		return gone(k);
	if (r < 0)
		return cli_fail_errno(c, r, "%.*s", STR_FMT(s->shown));
	return read_back(k, s);
}

/* ---- undoing --------------------------------------------------------------------------------- */

static int put_back(struct claiming *k, const struct setting *s, struct str *ret_now)
{
	struct sysfs *sysfs = &k->p->host.sysfs;
	struct str before = without_newline(s->before);
	int r = sysfs_write(sysfs, s->path, as_written(before), NULL);
	int again = sysfs_read(sysfs, k->c->arena, s->path, ret_now);

	if (r < 0 || again < 0)
		return r < 0 ? r : again;
	return str_eq(without_newline(*ret_now), before) ? 0 : -EIO;
}

/* Puts everything back, the last first. Says what could not be, and what it is instead. */
static void undo(struct claiming *k)
{
	struct cli *c = k->c;
	const struct device *d = &k->p->target.device;
	int r = grip(k);
	bool left = false;

	for (uint32_t i = k->n; i-- > 0;) {
		struct setting *s = &k->set[i];
		struct str now = { 0 };
		int e = r;

		if (!s->written)
			continue;
		if (e == 0)
			e = put_back(k, s, &now);
		s->written = e < 0;
		left = left || e < 0;
		if (e < 0 && e != -ENODEV)
			cli_note(c, "not-undone", "%.*s held '%.*s' and could not be put back: %s; now it holds %s",
				STR_FMT(s->shown), STR_FMT(without_newline(s->before)), strerror(-e),
				now.p ? cli_text(c, "'%.*s'", STR_FMT(without_newline(now))) :
					"what nobody can read");
	}
	if (left && device_still(d) < 0)
		cli_note(c, "gone", "%.*s: the device went away with what was set on it", STR_FMT(d->name));
	else if (left)
		device_trigger(d);
}

/* ---- all of them ----------------------------------------------------------------------------- */

/* One setting may change another, and the rest of the device: all of it is asked again. */
static int judge_again(struct claiming *k)
{
	struct cli *c = k->c;
	struct pair *p = k->p;
	const struct evaluation *source = p->source.form == FORM_DESCRIPTOR ? NULL : &p->source.eval;
	struct cli_subject now;
	struct explanation why;
	int r = subject_get(&p->host, c->arg[1], &now);

	if (r != 0)
		return r;
	if (!sysfs_same(now.device.id, p->target.device.id))
		return gone(k);
	if (!status_has_fingerprint(subject_status(&now)))
		return cli_fail(c, EXIT_UNKNOWN, status_name(subject_status(&now)),
			"the target, once it was set: %s", subject_trouble(&p->host, &now));
	r = explain(c->arena, source, source ? NULL : &p->source.descriptor, &now.eval, NULL, &why);
	if (r < 0)
		return cli_fail_errno(c, r, "explain");
	if (why.verdict != VERDICT_COMPATIBLE)
		return cli_fail(c, EXIT_NO, "not-taken",
			"the target, once it was set, does not accept the source any more");
	for (uint32_t i = 0; i < why.n_claims; i++) {
		const struct attr *attr;
		const struct fact_result *f = claim_fact(&now.eval, why.claim[i].attr, &attr);

		if (!f || !claim_satisfied(&why.claim[i].value, &f->value))
			return cli_fail(c, EXIT_SYSTEM, "not-taken",
				"setting one changed another: %.*s is not %.*s",
				STR_FMT(why.claim[i].attr),
				STR_FMT(claim_value_text(c, &why.claim[i].value)));
	}
	return 0;
}

static int set_all(struct claiming *k)
{
	uint32_t n = 0;
	int r = 0;

	for (uint32_t i = 0; i < k->n && r == 0; i++) {
		if (k->set[i].is_set)
			continue;
		r = write_one(k, &k->set[i]);
		n++;
	}
	return r == 0 && n > 0 ? judge_again(k) : r;
}

int claim_apply(struct claiming *k)
{
	struct cli *c = k->c;
	const struct device *d = &k->p->target.device;
	uint32_t n = 0;
	int r;

	for (uint32_t i = 0; i < k->n; i++) {
		const struct setting *s = &k->set[i];

		n += !s->is_set;
		if (!s->is_set && s->cannot)
			return cli_fail(c, EXIT_SYSTEM, "not-settable", "%.*s cannot be set to %.*s: %s",
				STR_FMT(s->attr->name), STR_FMT(s->value), s->cannot);
	}
	k->applied = n == 0;
	if (n == 0)
		return 0;
	block_signals();
	r = grip(k);
	if (r < 0)
		return r == -ENODEV ? gone(k) : cli_fail_errno(c, r, "%.*s", STR_FMT(d->path));
	r = set_all(k);
	if (r != 0) {
		undo(k);
		return r;
	}
	k->applied = true;
	r = device_trigger(d);
	k->triggered = r == 0;
	if (r < 0 && r != -EOPNOTSUPP)
		cli_note(c, "trigger", "/sys/%.*s/uevent: %s", STR_FMT(d->path), strerror(-r));
	return 0;
}
