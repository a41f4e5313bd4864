/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From raw facts to one's own side: effective values and the record. It applies the rules on
 * absence and defaults (DESIGN 2, "Attributes and absence"); spellings are attr-parse's affair.
 */
#include <errno.h>

#include "engine/base/limits.h"
#include "engine/eval/facts.h"
#include "engine/image/attr-parse.h"

/* Newlines and tabs separate items; elsewhere they are bytes that no text may have. */
static bool text_clean(const struct attr *at, struct str text, bool whole_file)
{
	bool items = (whole_file && at->fact.key.p) ||
		     (at->type.type.tag == VT_SET && !at->type.separator.p);
	size_t i;

	for (i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (!ascii_isprint(c) && !(items && (c == '\n' || c == '\t')))
			return false;
	}
	return true;
}

/* The part of the raw text that is the value. 0, -ENOENT, -EINVAL with *why. */
static int value_text(const struct attr *at, struct str raw, bool final, struct str *ret,
	struct str *why)
{
	int r;

	if (raw.n > FACT_TEXT_MAX) {
		*why = STR("more than 4096 bytes");
		return -EINVAL;
	}
	if (raw.n > 0 && raw.p[raw.n - 1] == '\n')
		raw.n--;
	if (!text_clean(at, raw, !final)) {
		*why = STR("bytes that are not printable ASCII");
		return -EINVAL;
	}
	if (!at->fact.key.p || final) {
		*ret = raw;
		return 0;
	}
	r = fact_key_find(raw, at->fact.key, ret);
	if (r == -EINVAL)
		*why = STR("the key stands there twice");
	return r;
}

static struct str read_error_text(int r)
{
	if (r == -EFBIG)
		return STR("more than 4096 bytes");
	if (r == -EACCES || r == -EPERM)
		return STR("permission denied");
	if (r == -EXDEV)
		return STR("the path leads out of sysfs");
	if (r == -EUCLEAN)
		return STR("a site file that could say something about it is broken");
	return STR("the read failed");
}

static void absent_value(const struct attr *at, struct fact_result *f)
{
	f->absent = true;
	if (at->presence != PRESENCE_DEFAULT)
		return;
	if (at->type.list) {
		f->ranges = at->dflt_ranges;
		f->has_ranges = true;
	} else {
		f->value = at->dflt;
	}
}

/* 0, -ENOENT (absent), -EINVAL (unreadable, *why), -ENODEV, -ENOMEM. */
static int read_one(struct arena *a, const struct subject *s, const struct attr *at,
	struct fact_result *f, struct str *why)
{
	struct str raw = { 0 }, text;
	bool final = false;
	int r;

	r = s->facts.read(s->facts.ctx, a, at, &raw, &final, &f->from);
	if (r == -ENOENT || r == -ENODEV || r == -ENOMEM)
		return r;
	if (r < 0) {
		*why = read_error_text(r);
		return -EINVAL;
	}
	f->raw = raw;
	r = value_text(at, raw, final, &text, why);
	if (r == 0)
		r = attr_parse(a, &at->type, text, &f->value, &f->ranges, why);
	f->has_ranges = r == 0 && at->type.list;
	return r;
}

/* The same, once for all who share it. What says that we cannot go on is not kept. */
static int read_shared(struct arena *a, const struct subject *s, const struct attr *at,
	struct shared_part *part, struct fact_result *f, struct str *why)
{
	struct shared_fact *have = shared_fact_of(part, at);
	size_t before;

	if (!have)
		return read_one(a, s, at, f, why);
	if (!have->known) {
		before = part->arena->used;
		have->result.attr = at;
		have->r = read_one(part->arena, s, at, &have->result, &have->why);
		have->memory = part->arena->used - before;
		have->known = have->r == 0 || have->r == -ENOENT || have->r == -EINVAL;
	}
	if (!arena_charge(a, have->memory))
		return -ENOMEM;
	*f = have->result;
	*why = have->why;
	return have->r;
}

/* The same from a reader that has values. */
static int take_one(const struct subject *s, const struct attr *at, struct fact_result *f,
	struct str *why)
{
	struct value v = { 0 };
	struct ranges list = { 0 };
	int r = s->facts.value(s->facts.ctx, at, &v, &list);

	if (r == -ENOENT || r == -ENODEV || r == -ENOMEM)
		return r;
	if (r < 0) {
		*why = read_error_text(r);
		return -EINVAL;
	}
	if (at->type.list) {
		f->ranges = list;
		f->has_ranges = true;
		return 0;
	}
	if (!value_valid(&v) || !attr_in_domain(&at->type, &v)) {
		*why = STR("a value outside of the declared domain");
		return -EINVAL;
	}
	f->value = v;
	return 0;
}

/* Sets *stop when the subject has no verdict because of this one. */
static int fact_of(struct arena *a, const struct subject *s, struct shared_part *part,
	struct evaluation *e, const struct attr *at, bool required, struct fact_result *f)
{
	struct str why = { 0 };
	int r = -ENOENT;

	f->attr = at;
	if (!at->dynamic || s->instance)
		r = s->facts.value ? take_one(s, at, f, &why) :
				     read_shared(a, s, at, part, f, &why);
	if (r == -ENOENT && at->presence == PRESENCE_REQUIRED && required) {
		e->status = STATUS_MISSING_FACT;
		e->detail = at->name;
		return 0;
	}
	if (r == -EINVAL) {
		e->status = STATUS_UNREADABLE_FACT;
		e->detail = at->name;
		e->detail_why = why;
		return 0;
	}
	if (r == -ENOENT) {
		absent_value(at, f);
		return 0;
	}
	return r;
}

static const struct scope *scope_of(const struct policy *p, const struct subject *s)
{
	uint32_t i;

	for (i = 0; i < p->n_scopes; i++)
		if (p->scope[i].kind == s->kind && str_eq(p->scope[i].driver, s->driver))
			return &p->scope[i];
	return NULL;
}

static void bad_type(struct evaluation *e, struct str why)
{
	e->status = STATUS_UNREADABLE_FACT;
	e->detail = STR("type");
	e->detail_why = why;
}

int facts_type(struct arena *a, const struct subject *s, struct evaluation *e, struct subject *ret)
{
	const struct scope *scope = scope_of(&e->policy, s);
	struct subject typed = *s;
	struct attr *at;
	int r;

	e->status = STATUS_OK;
	if (!s->type.p && s->facts.value && scope && scope->has_type_from) {
		/* Who has values has the type, too. */
		e->status = STATUS_MISSING_FACT;
		e->detail = STR("type");
	} else if (!s->type.p && scope && scope->has_type_from) {
		at = arena_new(a, struct attr);
		if (!at)
			return -ENOMEM;
		*at = (struct attr){
			.name = STR("type"),
			.type = { .type = { .tag = VT_STRING } },
			.fact = scope->type_from,
			/* Not known is not the same as the other's that is not known. */
			.presence = PRESENCE_REQUIRED,
		};
		r = fact_of(a, s, NULL, e, at, true, &e->type);
		if (r < 0)
			return r;
		if (e->status == STATUS_OK && !e->type.absent)
			typed.type = e->type.value.word;
		if (e->status == STATUS_OK && !e->type.absent && !typed.type.p)
			typed.type.p = ""; /* an empty word is a word */
		if (typed.type.n > TYPE_NAME_MAX)
			bad_type(e, STR("more than 255 bytes"));
	} else if (!str_printable(s->type)) {
		/* Drivers name their types, and folders may have any name. */
		bad_type(e, STR("bytes that are not printable ASCII"));
	}
	*ret = typed;
	return 0;
}

/* What the driver said has been read already. */
static void take_spoken(const struct spoken_attr *from, const struct attr *at,
	struct fact_result *f)
{
	*f = (struct fact_result){ .attr = at, .raw = from->raw, .from = from->from };
	if (from->absent)
		absent_value(at, f);
	else
		f->value = from->value;
}

static int set_builtin(struct arena *a, struct evaluation *e, unsigned attr, struct str word)
{
	struct value *v = arena_new(a, struct value);

	if (!v)
		return -ENOMEM;
	v->type.tag = VT_STRING;
	v->word = word;
	e->self[attr] = v;
	return 0;
}

/* The record is every value of one's own that is not its default. The attributes are in level
 * order already. */
static int make_record(struct arena *a, struct evaluation *e)
{
	uint32_t i, n = 0;

	e->record.e = arena_new_array(a, e->policy.n_attrs, struct record_entry);
	if (!e->record.e)
		return -ENOMEM;
	for (i = 0; i < e->policy.n_attrs; i++) {
		const struct attr *at = &e->policy.attr[i];

		if (!e->self[i])
			continue;
		if (at->presence == PRESENCE_DEFAULT && value_eq(e->self[i], &at->dflt))
			continue;
		e->record.e[n++] = (struct record_entry){ at->name, *e->self[i] };
	}
	e->record.n = n;
	return 0;
}

int facts_read(struct arena *a, const struct subject *s, struct shared_part *part,
	struct evaluation *e)
{
	uint32_t i, n = e->policy.n_attrs - ATTR_FIRST;
	int r;

	e->fact = arena_new_array(a, n, struct fact_result);
	e->local = arena_new_array(a, e->policy.n_locals, struct fact_result);
	e->self = arena_new_array(a, e->policy.n_attrs, const struct value *);
	if (!e->fact || !e->local || !e->self)
		return -ENOMEM;
	r = set_builtin(a, e, ATTR_KIND, s->kind == KIND_MDEV ? STR("mdev") : STR("vfio"));
	if (r == 0)
		r = set_builtin(a, e, ATTR_DRIVER, s->driver);
	if (r == 0 && s->type.p)
		r = set_builtin(a, e, ATTR_TYPE, s->type);
	e->status = STATUS_OK;
	for (i = 0; r == 0 && i < n && e->status == STATUS_OK; i++) {
		struct fact_result *f = &e->fact[i];

		if (e->spoken && e->spoken[ATTR_FIRST + i])
			take_spoken(e->spoken[ATTR_FIRST + i], &e->policy.attr[ATTR_FIRST + i], f);
		else
			r = fact_of(a, s, part, e, &e->policy.attr[ATTR_FIRST + i], true, f);
		if (f->value.type.tag != VT_NONE)
			e->self[ATTR_FIRST + i] = &f->value;
	}
	for (i = 0; r == 0 && i < e->policy.n_locals && e->status == STATUS_OK; i++)
		r = fact_of(a, s, part, e, &e->policy.local[i], false, &e->local[i]);
	if (r < 0)
		return r;
	return make_record(a, e);
}
