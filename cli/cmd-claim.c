/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * claim: what has to be set on the target before the source's state can be loaded, and with --apply
 * the setting of it. What has to be set is the engine's to say.
 *
 * All or nothing: everything that could be known to fail is looked at before the first write, each
 * write is read back, and at the end the target is judged again as if for the first time. When
 * one of these fails, what was written is put back.
 */
#include <errno.h>
#include <string.h>

#include "cli/pair.h"
#include "engine/image/attr-parse.h"
#include "engine/probe/enumerate.h"
#include "engine/probe/setting.h"
#include "engine/probe/write.h"

const struct cli_option claim_options[] = {
	{ "apply", NULL, "set it, read it back, and have udev look again" },
	{ "keep-going", NULL, "with --policies: use those that are not broken" },
	{ 0 },
};

/* One attribute of the target. */
struct setting {
	const struct claim_value *claim;
	const struct attr *attr;
	const struct fact_result *fact;
	struct str value;    /* for people */
	struct str text;     /* for the file; .p NULL: none */
	struct str shown;    /* the file, for people; .p NULL: no file sets it */
	struct str path;     /* below sysfs; .p NULL: none, as there is no device yet */
	struct str before;   /* what the file held */
	const char *cannot;  /* why it cannot be set, or NULL */
	bool is_set;	     /* it is what it has to be */
	bool written;
};

struct claiming {
	struct cli *c;
	struct pair *p;
	struct setting *set;
	uint32_t n;
	bool applied, triggered;
};

/* ---- what has to be set ---------------------------------------------------------------------- */

static const struct fact_result *fact_of(const struct evaluation *e, struct str name,
	const struct attr **ret_attr)
{
	for (uint32_t i = ATTR_FIRST; i < e->policy.n_attrs; i++)
		if (str_eq(e->policy.attr[i].name, name)) {
			*ret_attr = &e->policy.attr[i];
			return &e->fact[i - ATTR_FIRST];
		}
	return NULL;
}

static struct str value_text(struct cli *c, const struct value *v)
{
	size_t size = 2 * WORD_MAX_LEN;
	struct sbuf b = { .p = arena_alloc(c->arena, size), .size = size };

	if (b.p)
		value_print(&b, v);
	return b.overflow ? STR("...") : sbuf_str(&b);
}

static bool is_device(const struct cli_subject *s)
{
	return s->form == FORM_INSTANCE || s->form == FORM_VFIO;
}

/* Which file sets it. The path was checked by whoever read the fact: its folder is the device. */
static void take_file(struct claiming *k, struct setting *s)
{
	static const struct str sys = STR_INIT("/sys/");
	const struct fact *f = &s->attr->fact;
	struct str from = s->fact->from;

	if (!s->attr->dynamic || f->kind != FACT_DEVICE || f->n_paths != 1 || f->key.p) {
		s->cannot = "no file of the device sets it";
		return;
	}
	if (!is_device(&k->p->target)) {
		s->shown = f->path[0];
		return;
	}
	if (!str_starts(from, sys)) {
		s->cannot = "its file cannot be read";
		return;
	}
	s->shown = from;
	s->path = str_sub(from, sys.n, from.n);
	if (s->fact->absent)
		s->cannot = "the device has no such file";
}

static bool satisfied(const struct value *want, const struct value *have)
{
	return have->type.tag != VT_NONE && value_eq(want, have);
}

static int take_one(struct claiming *k, const struct claim_value *claim, struct setting *s)
{
	struct cli *c = k->c;
	int r;

	*s = (struct setting){ .claim = claim };
	s->fact = fact_of(&k->p->target.eval, claim->attr, &s->attr);
	if (!s->fact)
		return cli_fail(c, EXIT_UNKNOWN, "system",
			"a claim on '%.*s', which the target's policy does not have; this is a bug",
			STR_FMT(claim->attr));
	s->value = value_text(c, &claim->value);
	s->is_set = is_device(&k->p->target) && satisfied(&claim->value, &s->fact->value);
	s->before = s->fact->raw;
	take_file(k, s);
	r = attr_write_text(c->arena, &s->attr->type, &claim->value, &s->text);
	if (r == -EOPNOTSUPP && !s->cannot)
		s->cannot = "there is no text for such a value that every driver would take";
	if (r < 0 && r != -EOPNOTSUPP)
		return cli_fail_errno(c, r, "%.*s", STR_FMT(claim->attr));
	return 0;
}

static int take_all(struct claiming *k)
{
	const struct explanation *w = &k->p->why;
	int r = 0;

	k->set = arena_new_array(k->c->arena, w->n_claims, struct setting);
	if (!k->set)
		return cli_fail_errno(k->c, -ENOMEM, "claims");
	k->n = w->n_claims;
	for (uint32_t i = 0; i < k->n && r == 0; i++)
		r = take_one(k, &w->claim[i], &k->set[i]);
	return r;
}

/* ---- setting it ------------------------------------------------------------------------------ */

static struct str without_newline(struct str s)
{
	if (s.n > 0 && s.p[s.n - 1] == '\n')
		s.n--;
	return s;
}

/* Puts everything back, the last first. Says what could not be. */
static void undo(struct claiming *k)
{
	struct sysfs *sysfs = &k->p->host.sysfs;

	for (uint32_t i = k->n; i-- > 0;) {
		struct setting *s = &k->set[i];
		struct str now;
		int r;

		if (!s->written)
			continue;
		r = sysfs_write(sysfs, s->path, without_newline(s->before), NULL);
		if (r == 0)
			r = sysfs_read(sysfs, k->c->arena, s->path, &now);
		if (r == 0 && !str_eq(without_newline(now), without_newline(s->before)))
			r = -EIO;
		s->written = r < 0;
		if (r < 0)
			cli_note(k->c, "not-undone", "%.*s held '%.*s' and could not be put back: %s",
				STR_FMT(s->shown), STR_FMT(without_newline(s->before)), strerror(-r));
	}
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
	if (r == 0 && satisfied(&s->claim->value, &now))
		return 0;
	return cli_fail(c, EXIT_SYSTEM, "not-taken", "%.*s does not hold %.*s after it was written",
		STR_FMT(s->shown), STR_FMT(s->text));
}

static int write_one(struct claiming *k, struct setting *s)
{
	int r = sysfs_write(&k->p->host.sysfs, s->path, s->text, NULL);

	/* Also when it failed: who knows what the driver did with half of it. */
	s->written = r != -ENOENT && r != -EACCES && r != -EPERM && r != -EROFS;
	if (r < 0)
		return cli_fail_errno(k->c, r, "%.*s", STR_FMT(s->shown));
	return read_back(k, s);
}

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
		const struct fact_result *f = fact_of(&now.eval, why.claim[i].attr, &attr);

		if (!f || !satisfied(&why.claim[i].value, &f->value))
			return cli_fail(c, EXIT_SYSTEM, "not-taken",
				"setting one changed another: %.*s is not %.*s",
				STR_FMT(why.claim[i].attr),
				STR_FMT(value_text(c, &why.claim[i].value)));
	}
	return 0;
}

/* 0, or the exit code after a report; nothing is set then. */
static int apply(struct claiming *k)
{
	struct cli *c = k->c;
	const struct device *d = &k->p->target.device;
	uint32_t n = 0;
	int r = 0;

	for (uint32_t i = 0; i < k->n; i++)
		if (!k->set[i].is_set && k->set[i].cannot)
			return cli_fail(c, EXIT_SYSTEM, "not-settable", "%.*s cannot be set to %.*s: %s",
				STR_FMT(k->set[i].attr->name), STR_FMT(k->set[i].value),
				k->set[i].cannot);
	if (device_still(d) < 0)
		return cli_fail(c, EXIT_UNKNOWN, "no-such-subject", "%.*s: the device went away",
			STR_FMT(k->p->target.name));
	for (uint32_t i = 0; i < k->n && r == 0; i++) {
		if (k->set[i].is_set)
			continue;
		r = write_one(k, &k->set[i]);
		n++;
	}
	if (r == 0 && n > 0)
		r = judge_again(k);
	if (r != 0) {
		undo(k);
		return r;
	}
	k->applied = true;
	if (n == 0)
		return 0;
	r = device_trigger(d);
	k->triggered = r == 0;
	if (r < 0 && r != -EOPNOTSUPP)
		cli_note(c, "trigger", "/sys/%.*s/uevent: %s", STR_FMT(d->path), strerror(-r));
	return 0;
}

/* ---- saying it ------------------------------------------------------------------------------- */

static void print_json(struct claiming *k)
{
	struct json *j = &k->c->out;

	pair_json(k->p, j);
	json_array(j, "settings");
	for (uint32_t i = 0; i < k->n; i++) {
		const struct setting *s = &k->set[i];

		json_object(j, NULL);
		json_str(j, "attribute", s->claim->attr);
		json_str(j, "value", s->value);
		if (s->shown.p)
			json_str(j, "file", s->shown);
		else
			json_null(j, "file");
		if (s->text.p)
			json_str(j, "text", s->text);
		else
			json_null(j, "text");
		json_bool(j, "was_set", s->is_set);
		json_bool(j, "written", s->written);
		json_text(j, "cannot", s->is_set ? NULL : s->cannot);
		json_end(j);
	}
	json_end(j);
	json_bool(j, "applied", k->applied);
	json_bool(j, "triggered", k->triggered);
}

/* `FILE TEXT` for all that has to be written, or was. */
static void print_people(struct claiming *k)
{
	struct cli *c = k->c;
	uint32_t n = 0;

	for (uint32_t i = 0; i < k->n; i++) {
		const struct setting *s = &k->set[i];

		if (s->is_set)
			continue;
		n++;
		if (s->cannot) {
			cli_note(c, "not-settable", "%.*s has to be %.*s: %s", STR_FMT(s->attr->name),
				STR_FMT(s->value), s->cannot);
			continue;
		}
		printf("%s%.*s ", s->path.p ? c->root : "", STR_FMT(s->shown));
		cli_print(stdout, s->text);
		putchar('\n');
	}
	if (n == 0)
		cli_note(c, "nothing-to-do", "nothing has to be set");
}

static int check_target(struct claiming *k)
{
	const struct cli_subject *t = &k->p->target;

	if (t->form == FORM_DESCRIPTOR)
		return cli_usage(k->c, "a descriptor does not say what has to be set; name the target "
				       "itself or its device file");
	if (cli_given(k->c, "apply") && !is_device(t))
		return cli_usage(k->c, "--apply sets a device, and the target is %s",
			t->form == FORM_TYPE ? "a type: create an mdev of it first" : "a file");
	return 0;
}

int cmd_claim(struct cli *c)
{
	struct pair p = { .host = HOST_INIT(c) };
	struct claiming k = { .c = c, .p = &p };
	int r = pair_judge(&p, c->arg[0], c->arg[1]);

	if (r == 0)
		r = check_target(&k);
	if (r == 0 && p.verdict != VERDICT_COMPATIBLE)
		r = cli_fail(c, verdict_exit(p.verdict), verdict_name(p.verdict), "%s: %s",
			verdict_name(p.verdict), pair_deciding_line(&p));
	else if (r == 0)
		r = take_all(&k);
	if (r == 0 && cli_given(c, "apply"))
		r = apply(&k);
	if (r == 0 && c->json)
		print_json(&k);
	else if (r == 0)
		print_people(&k);
	/* Whoever writes what was printed has not done all. */
	for (uint32_t i = 0; r == 0 && i < k.n; i++)
		if (!k.set[i].is_set && k.set[i].cannot)
			r = EXIT_UNKNOWN;
	host_close(&p.host);
	return r;
}
