/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * claim: what has to be set on the target before the source's state can be loaded, which is the
 * engine's to say, and which file sets it. With --apply claim-apply.c does it.
 */
#include <errno.h>
#include <unistd.h>

#include "cli/claim.h"
#include "engine/probe/setting.h"

const struct cli_option claim_options[] = {
	{ "apply", NULL, "set it, read it back, and have udev look again" },
	{ "keep-going", NULL, "with --policies: use those that are not broken" },
	{ 0 },
};

/* ---- what has to be set ---------------------------------------------------------------------- */

const struct fact_result *claim_fact(const struct evaluation *e, struct str name,
	const struct attr **ret_attr)
{
	for (uint32_t i = ATTR_FIRST; i < e->policy.n_attrs; i++)
		if (str_eq(e->policy.attr[i].name, name)) {
			*ret_attr = &e->policy.attr[i];
			return &e->fact[i - ATTR_FIRST];
		}
	return NULL;
}

struct str claim_value_text(struct cli *c, const struct value *v)
{
	size_t size = 2 * WORD_MAX_LEN;
	struct sbuf b = { .p = arena_alloc(c->arena, size), .size = size };

	if (b.p)
		value_print(&b, v);
	return b.overflow ? STR("...") : sbuf_str(&b);
}

bool claim_satisfied(const struct value *want, const struct value *have)
{
	return have->type.tag != VT_NONE && value_eq(want, have);
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

static int take_one(struct claiming *k, const struct claim_value *claim, struct setting *s)
{
	struct cli *c = k->c;
	int r;

	*s = (struct setting){ .claim = claim };
	s->fact = claim_fact(&k->p->target.eval, claim->attr, &s->attr);
	if (!s->fact)
		return cli_fail(c, EXIT_UNKNOWN, "system",
			"a claim on '%.*s', which the target's policy does not have; this is a bug",
			STR_FMT(claim->attr));
	s->value = claim_value_text(c, &claim->value);
	s->is_set = is_device(&k->p->target) && claim_satisfied(&claim->value, &s->fact->value);
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

static int check_target(struct claiming *k, const struct cli_subject *t)
{
	if (t->form == FORM_DESCRIPTOR)
		return cli_usage(k->c, "a descriptor does not say what has to be set; name the target "
				       "itself or its device file");
	if (cli_given(k->c, "apply") && !is_device(t))
		return cli_usage(k->c, "--apply sets a device, and the target is %s",
			t->form == FORM_TYPE ? "a type: create an mdev of it first" : "a file");
	return 0;
}

/* With --apply, before anything is known of the pair: what is judged is then what is set. */
static int lock_target(struct claiming *k, struct cli_subject *ret)
{
	int r = subject_find(&k->p->host, k->c->arg[1], ret);

	if (r == 0)
		r = check_target(k, ret);
	return r == 0 ? claim_lock(k, &ret->device) : r;
}

static int judge(struct claiming *k)
{
	struct cli *c = k->c;
	struct pair *p = k->p;
	struct cli_subject locked;
	bool lock = cli_given(c, "apply") != NULL;
	int r = lock ? lock_target(k, &locked) : 0;

	if (r == 0)
		r = pair_judge(p, c->arg[0], c->arg[1]);
	if (r == 0)
		r = check_target(k, &p->target);
	if (r != 0)
		return r;
	if (lock && !sysfs_same(p->target.device.id, locked.device.id))
		return cli_fail(c, EXIT_UNKNOWN, "no-such-subject", "%s: the device went away", c->arg[1]);
	if (p->verdict != VERDICT_COMPATIBLE)
		return cli_fail(c, verdict_exit(p->verdict), verdict_name(p->verdict), "%s: %s",
			verdict_name(p->verdict), pair_deciding_line(p));
	return 0;
}

int cmd_claim(struct cli *c)
{
	struct pair p = { .host = HOST_INIT(c) };
	struct claiming k = { .c = c, .p = &p, .lock_fd = -1 };
	int r = judge(&k);

	if (r == 0)
		r = take_all(&k);
	if (r == 0 && cli_given(c, "apply"))
		r = claim_apply(&k);
	if (r == 0 && c->json)
		print_json(&k);
	else if (r == 0)
		print_people(&k);
	/* Whoever writes what was printed has not done all. */
	for (uint32_t i = 0; r == 0 && i < k.n; i++)
		if (!k.set[i].is_set && k.set[i].cannot)
			r = EXIT_UNKNOWN;
	if (k.lock_fd >= 0)
		close(k.lock_fd);
	host_close(&p.host);
	return r;
}
