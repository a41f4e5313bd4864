/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * accepts: may the state that a string stands for be loaded by the target? For a driver with the
 * proposed read-write attribute it is the driver that is asked, by writing the string as the
 * postings have it; for all others the string is a descriptor, and match says.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cli/subject.h"
#include "engine/image/interface.h"
#include "engine/probe/write.h"

#define ATTRIBUTE "migration_version"

const struct cli_option accepts_options[] = {
	{ "type", "NAME", "the source's mdev type, which must be the target's" },
	{ "keep-going", NULL, "with --policies: use those that are not broken" },
	{ 0 },
};

/* Standard input, without its last newline. */
static int read_string(struct cli *c, struct str *ret)
{
	size_t size = DESCRIPTOR_MAX + 2, n = 0;
	char *p = arena_alloc_raw(c->arena, size);
	ssize_t got;

	if (!p)
		return cli_fail_errno(c, -ENOMEM, "standard input");
	do {
		got = read(STDIN_FILENO, p + n, size - n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return cli_fail_errno(c, -errno, "standard input");
		n += (size_t)got;
	} while (got != 0 && n < size);
	if (n > 0 && p[n - 1] == '\n')
		n--;
	if (n == 0)
		return cli_fail(c, EXIT_INPUT, "bad-input", "standard input is empty");
	if (n > DESCRIPTOR_MAX)
		return cli_fail(c, EXIT_INPUT, "bad-input", "standard input is too long");
	*ret = (struct str){ p, n };
	return 0;
}

static int say(struct cli *c, const struct cli_subject *s, enum verdict v, const char *why)
{
	enum cli_color color = v == VERDICT_COMPATIBLE	 ? COLOR_GREEN :
			       v == VERDICT_INCOMPATIBLE ? COLOR_RED :
							   COLOR_YELLOW;

	if (c->json) {
		json_text(&c->out, "verdict", verdict_name(v));
		json_object(&c->out, "target");
		json_str(&c->out, "subject", s->name);
		json_text(&c->out, "status", status_name(subject_status(s)));
		json_end(&c->out);
		json_object(&c->out, "decision");
		json_text(&c->out, "text", why);
		json_end(&c->out);
	} else {
		printf("%s%s%s\n", cli_color(c, stdout, color), verdict_name(v),
			cli_color(c, stdout, COLOR_NONE));
		cli_print(stdout, str_from(why));
		putchar('\n');
	}
	return v == VERDICT_COMPATIBLE ? EXIT_YES :
	       v == VERDICT_INCOMPATIBLE ? EXIT_NO :
					   EXIT_UNKNOWN;
}

/* ---- by the driver --------------------------------------------------------------------------- */

static bool is_opaque(const struct cli_subject *s)
{
	return s->form != FORM_DESCRIPTOR && s->eval.has_policy &&
	       interface_find(s->eval.policy.speaks) == INTERFACE_migration_version;
}

static int write_at(struct host *h, const struct cli_subject *s, const char *path,
	struct str text)
{
	struct cli *c = h->c;
	bool opened;
	int r = sysfs_write(&h->sysfs, str_from(path), text, &opened);

	if (r == -ENOENT && !opened)
		return -ENOENT;
	if (r == -ENODEV && !opened)
		return cli_fail(c, EXIT_UNKNOWN, "no-such-subject", "%.*s: the device went away",
			STR_FMT(s->name));
	if (r == 0)
		return say(c, s, VERDICT_COMPATIBLE, cli_text(c, "/sys/%s: the driver took it", path));
	if (opened || r == -EINVAL || r == -EISDIR ||
		(r == -EACCES && sysfs_read_only(&h->sysfs, str_from(path))))
		return say(c, s, VERDICT_INCOMPATIBLE,
			cli_text(c, "/sys/%s: %s", path, strerror(-r)));
	/* Nobody was asked. */
	return say(c, s, VERDICT_UNKNOWN, cli_text(c, "/sys/%s: %s", path, strerror(-r)));
}

/* The attribute that is the target's, as write_at() has it: its own, or that of its type. */
static int read_own(struct host *h, const struct cli_subject *s)
{
	const struct device *d = &s->device;
	struct cli *c = h->c;
	struct str text;
	int r = -ENOENT;

	if (s->form != FORM_TYPE)
		r = sysfs_read(&h->sysfs, c->arena,
			str_from(cli_text(c, "%.*s/" ATTRIBUTE, STR_FMT(d->path))), &text);
	if (r == -ENOENT && s->form != FORM_VFIO)
		r = sysfs_read(&h->sysfs, c->arena,
			str_from(cli_text(c, "%.*s/mdev_supported_types/%.*s/" ATTRIBUTE,
				STR_FMT(d->parent), STR_FMT(s->subject.type))),
			&text);
	return r;
}

/* "An errno on read(2) indicates the device does not support migration": if it is the driver's, and
 * none of ours. */
static bool driver_says_no(int r)
{
	switch (r) {
	case 0:
	case -EFBIG:
	case -EACCES:
	case -EPERM:
	case -EINTR:
	case -ENOMEM:
	case -EMFILE:
	case -ENFILE:
	case -EXDEV:
	case -ELOOP:
		return false;
	default:
		return r < 0;
	}
}

static int ask_driver(struct host *h, const struct cli_subject *s, struct str text)
{
	const struct device *d = &s->device;
	struct cli *c = h->c;
	int r = -ENOENT;

	if (s->form != FORM_TYPE)
		r = write_at(h, s, cli_text(c, "%.*s/" ATTRIBUTE, STR_FMT(d->path)), text);
	if (r == -ENOENT && s->form != FORM_VFIO)
		r = write_at(h, s,
			cli_text(c, "%.*s/mdev_supported_types/%.*s/" ATTRIBUTE, STR_FMT(d->parent),
				STR_FMT(s->subject.type)),
			text);
	if (r == -ENOENT)
		return say(c, s, VERDICT_INCOMPATIBLE,
			"the target has no " ATTRIBUTE ": it does not support migration");
	return r;
}

static int check_string(struct cli *c, struct str text)
{
	if (text.n > FACT_TEXT_MAX)
		return cli_fail(c, EXIT_INPUT, "bad-input",
			"a migration version string has at most 4096 bytes");
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] == '\0' || text.p[i] & 0x80)
			return cli_fail(c, EXIT_INPUT, "bad-input",
				"a migration version string is ASCII text");
	return 0;
}

static int by_driver(struct host *h, const struct cli_subject *s, struct str text)
{
	const char *type = cli_given(h->c, "type");
	enum mdc_status status = subject_status(s);
	int r = check_string(h->c, text);

	if (r != 0)
		return r;
	if (s->eval.migratable_no)
		return say(h->c, s, VERDICT_INCOMPATIBLE, "migratable no: the target is not migratable");
	if (type && !(s->subject.type.p && str_eq(s->subject.type, str_from(type))))
		return say(h->c, s, VERDICT_INCOMPATIBLE, "the target is of another type");
	if (status == STATUS_MISSING_FACT)
		return say(h->c, s, VERDICT_INCOMPATIBLE,
			"the target has no " ATTRIBUTE ": it does not support migration");
	if (s->eval.unjudged)
		return say(h->c, s, VERDICT_UNKNOWN,
			"a policy that narrows this one refuses by attributes that the string does not tell");
	if (status == STATUS_UNREADABLE_FACT && s->form != FORM_FILE) {
		r = read_own(h, s);
		if (driver_says_no(r))
			return say(h->c, s, VERDICT_INCOMPATIBLE,
				cli_text(h->c, "reading " ATTRIBUTE ": %s: the target does not support migration",
					strerror(-r)));
	}
	if (status != STATUS_TARGET_ONLY || s->form == FORM_FILE)
		return say(h->c, s, VERDICT_UNKNOWN, subject_trouble(h, s));
	return ask_driver(h, s, text);
}

/* ---- by descriptor --------------------------------------------------------------------------- */

static int by_descriptor(struct cli *c, struct str text)
{
	char **arg = arena_alloc_array(c->arena, 3, sizeof(*arg));
	char *source = arena_dup(c->arena, text.p, text.n);

	if (!arg || !source)
		return cli_fail_errno(c, -ENOMEM, "accepts");
	if (!descriptor_looks_like(text))
		return cli_fail(c, EXIT_INPUT, "bad-input",
			"standard input is no descriptor, and the target's driver judges no other strings");
	arg[0] = source;
	arg[1] = c->arg[0];
	c->arg = arg;
	c->n_args = 2;
	return cmd_match(c);
}

int cmd_accepts(struct cli *c)
{
	struct host h = HOST_INIT(c);
	struct cli_subject s;
	struct str text = { 0 };
	bool opaque;
	int r;

	r = read_string(c, &text);
	if (r == 0)
		r = subject_get(&h, c->arg[0], &s);
	opaque = r == 0 && is_opaque(&s);
	if (opaque)
		r = by_driver(&h, &s, text);
	host_close(&h);
	if (r != 0 || opaque)
		return r;
	return by_descriptor(c, text);
}
