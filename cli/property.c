/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * udev's properties of a subject against its evaluation. Knows which property stands for which
 * subject and what the helper would print; reading the database is the probe's work.
 */
#include "cli/property.h"

#include <errno.h>

#include "engine/probe/enumerate.h"

const char *property_type_key(struct cli *c, struct str type)
{
	char *p = arena_dup(c->arena, type.p, type.n);

	for (size_t i = 0; p && i < type.n; i++)
		if (!ascii_isalnum(p[i]))
			p[i] = '_';
	return cli_text(c, "MDEV_COMPAT_FP_%s", p ? p : "");
}

/* As the helper prints it. */
static const char *value_now(struct cli *c, const struct cli_subject *s)
{
	char buf[256 + 3 * NAME_MAX_LEN];
	struct sbuf b = SBUF(buf);

	if (status_has_fingerprint(s->eval.status))
		return s->eval.fingerprint[0] ? s->eval.fingerprint : NULL;
	if (s->form != FORM_TYPE)
		return NULL;
	eval_print_unknown(&b, &s->eval);
	return b.overflow ? NULL : cli_text(c, "%.*s", STR_FMT(sbuf_str(&b)));
}

void property_look(struct cli *c, const struct cli_subject *s, struct property_view *ret)
{
	struct property_view v = { 0 };
	struct str status;
	int r;

	*ret = v;
	if (s->form == FORM_FILE || s->form == FORM_DESCRIPTOR || c->n_policies > 0)
		return;
	v.key = s->form == FORM_TYPE ? property_type_key(c, s->subject.type) :
				       "MDEV_COMPAT_FINGERPRINT";
	v.looked = device_property(&s->device, c->arena, "MDEV_COMPAT_STATUS", &status) == 0;
	r = device_property(&s->device, c->arena, v.key, &v.value);
	if (r < 0 && r != -ENOENT)
		return;
	v.now = value_now(c, s);
	v.looked = v.looked || v.value.p;
	v.current = v.now ? v.value.p && str_eq(v.value, str_from(v.now)) : !v.value.p;
	/* Without a fingerprint an instance has its status alone. */
	if (v.looked && s->form != FORM_TYPE && !v.now && !v.value.p)
		v.current = str_eq(status, str_from(status_name(s->eval.status)));
	*ret = v;
}

void property_note(struct cli *c, const struct cli_subject *s, const struct property_view *v)
{
	const char *again = cli_text(c, "`echo change >/sys/%.*s/uevent` makes it look again",
		STR_FMT(s->device.path));

	if (!v->key || v->current || !v->looked)
		return; /* where udev never looked there is nobody to be misled */
	if (v->value.p)
		cli_note(c, "property-outdated", "udev has %s=%.*s, as of its last event; %s", v->key,
			STR_FMT(v->value), again);
	else
		cli_note(c, "property-outdated", "what udev has of the device is as of its last "
			"event; %s", again);
}

void property_json(struct json *j, const struct property_view *v)
{
	if (!v->key) {
		json_null(j, "udev");
		return;
	}
	json_object(j, "udev");
	json_text(j, "property", v->key);
	if (v->value.p)
		json_str(j, "value", v->value);
	else
		json_null(j, "value");
	json_text(j, "now", v->now);
	json_bool(j, "current", v->current);
	json_end(j);
}
