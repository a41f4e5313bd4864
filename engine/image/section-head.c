/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Decodes a section's head: what a policy says before its rules. It knows what a scope, a fact,
 * an attribute and a local must look like, whoever wrote the bytes. Which file a fact is read
 * from is checked here too: nothing in an image leads out of sysfs.
 */
#include "engine/base/digest.h"
#include "engine/image/cursor.h"
#include "engine/image/layout.h"

static void get_fact(struct cursor *c, struct value_type t, struct fact *ret)
{
	bool files = false;
	unsigned i, least, most;

	ret->kind = (enum fact_kind)cursor_uint(c, FACT_SITE);
	ret->n_paths = (uint8_t)cursor_uint(c, ARRAY_SIZE(ret->path));
	for (i = 0; i < ret->n_paths; i++)
		ret->path[i] = cursor_name(c, FACT_TEXT_MAX);
	ret->key = cursor_text(c, FACT_TEXT_MAX);

	switch (ret->kind) {
	case FACT_NONE:
	case FACT_KERNEL_RELEASE:
		least = most = 0;
		break;
	case FACT_OS_RELEASE:
	case FACT_SITE:
		least = most = 1;
		break;
	case FACT_MODULE:
		files = true;
		least = most = 2;
		break;
	default:
		files = true;
		least = 1;
		most = t.tag == VT_PCI_ID ? 2 : 1;
		break;
	}
	cursor_check(c, ret->n_paths >= least && ret->n_paths <= most);
	if (!files || c->error != 0)
		return;
	for (i = 0; i < ret->n_paths; i++)
		cursor_check(c, path_stays_below(ret->path[i]));
	if (ret->kind == FACT_MODULE && c->error == 0)
		cursor_check(c, str_find(ret->path[0], '/') == ret->path[0].n);
}

static void get_type(struct cursor *c, struct attr_type *ret)
{
	ret->type.tag = (uint8_t)cursor_uint(c, UINT8_MAX);
	ret->type.size = (uint16_t)cursor_uint(c, UINT16_MAX);
	if (!value_type_valid(ret->type)) {
		cursor_fail(c, -EBADMSG);
		return;
	}
	switch ((enum value_tag)ret->type.tag) {
	case VT_INT:
		ret->lo = cursor_int(c);
		ret->hi = cursor_int(c);
		ret->int_format = (enum int_format)cursor_uint(c, INT_SIZE);
		cursor_check(c, ret->lo <= ret->hi);
		break;
	case VT_VERSION:
		ret->list = cursor_bool(c);
		ret->major = (uint8_t)cursor_uint(c, ret->type.size);
		cursor_check(c, ret->major > 0);
		break;
	case VT_MASK:
		ret->mask_format = (enum mask_format)cursor_uint(c, MASK_BITS);
		ret->msb_first = cursor_bool(c);
		break;
	case VT_SET:
		ret->separator = cursor_text(c, FACT_TEXT_MAX);
		ret->field = (uint8_t)cursor_uint(c, UINT8_MAX);
		ret->field_separator = cursor_text(c, FACT_TEXT_MAX);
		cursor_check(c, (ret->field > 0) == (ret->field_separator.n > 0));
		/* fallthrough */
	case VT_STRING:
		ret->has_words = cursor_bool(c);
		if (ret->has_words)
			ret->words = cursor_words(c, ret->type);
		break;
	default:
		break;
	}
}

static void get_attr(struct cursor *c, struct attr *ret)
{
	ret->name = cursor_name(c, NAME_MAX_LEN);
	get_type(c, &ret->type);
	get_fact(c, ret->type.type, &ret->fact);
	ret->presence = (enum presence)cursor_uint(c, PRESENCE_DEFAULT_ABSENT);
	if (ret->presence == PRESENCE_DEFAULT) {
		if (c->error == 0 && ret->type.list)
			ret->dflt_ranges = cursor_ranges(c, value_type_line(ret->type.type));
		else if (c->error == 0)
			cursor_value(c, ret->type.type, &ret->dflt);
	}
	ret->dynamic = cursor_bool(c);
	ret->place = cursor_place(c);
	cursor_check(c, !ret->dynamic || ret->presence != PRESENCE_REQUIRED);
}

static void get_attrs(struct cursor *c, struct policy *ret)
{
	static const struct str builtin[ATTR_FIRST] = {
		[ATTR_KIND] = STR_INIT("kind"),
		[ATTR_DRIVER] = STR_INIT("driver"),
		[ATTR_TYPE] = STR_INIT("type"),
	};
	uint32_t i, n = cursor_count(c, ATTR_FIRST + ATTRS_MAX, 8);
	struct attr *attr;

	cursor_check(c, n >= ATTR_FIRST);
	attr = cursor_alloc(c, n, sizeof(*attr));
	if (!attr)
		return;
	for (i = 0; i < n && c->error == 0; i++) {
		get_attr(c, &attr[i]);
		if (c->error != 0)
			return;
		cursor_check(c, !attr[i].type.list);
		if (i < ATTR_FIRST) {
			cursor_check(c, str_eq(attr[i].name, builtin[i]) &&
						attr[i].type.type.tag == VT_STRING &&
						attr[i].fact.kind == FACT_NONE);
			continue;
		}
		/* An interface's adapter may bring the value (`speaks`), else a fact must. */
		cursor_check(c, attr[i].fact.kind != FACT_NONE || ret->speaks.n > 0);
		/* In level order, so that no number stands for two levels. */
		cursor_check(c, level_cmp(attr[i - 1].name, attr[i - 1].type.type, attr[i].name,
					attr[i].type.type) < 0);
	}
	ret->attr = attr;
	ret->n_attrs = n;
}

/* A name twice, once as a scalar and once as a collection, would pass for level order. */
static bool names_distinct(const struct policy *p)
{
	uint32_t i, j, first_long = p->n_attrs;

	while (first_long > 0 && value_type_is_long(p->attr[first_long - 1].type.type))
		first_long--;
	for (i = first_long; i < p->n_attrs; i++)
		for (j = 0; j < first_long; j++)
			if (str_eq(p->attr[i].name, p->attr[j].name))
				return false;
	return true;
}

static void get_locals(struct cursor *c, struct policy *ret)
{
	uint32_t i, n = cursor_count(c, LOCALS_MAX, 8);
	struct attr *local = cursor_alloc(c, n, sizeof(*local));

	if (!local)
		return;
	for (i = 0; i < n && c->error == 0; i++) {
		get_attr(c, &local[i]);
		cursor_check(c, !local[i].dynamic && local[i].fact.kind != FACT_NONE);
	}
	ret->local = local;
	ret->n_locals = n;
}

static void get_scopes(struct cursor *c, struct policy *ret)
{
	static const struct value_type string = { .tag = VT_STRING };
	uint32_t i, n = cursor_count(c, SCOPES_MAX, 6);
	struct scope *scope = cursor_alloc(c, n, sizeof(*scope));

	if (!scope)
		return;
	for (i = 0; i < n && c->error == 0; i++) {
		scope[i].kind = (enum subject_kind)cursor_uint(c, KIND_VFIO);
		scope[i].driver = cursor_name(c, TYPE_NAME_MAX);
		scope[i].has_type_from = cursor_bool(c);
		if (scope[i].has_type_from) {
			get_fact(c, string, &scope[i].type_from);
			cursor_check(c, scope[i].kind == KIND_VFIO &&
						scope[i].type_from.kind != FACT_NONE);
		}
		scope[i].place = cursor_place(c);
		cursor_check(c, scope[i].kind >= KIND_MDEV);
	}
	ret->scope = scope;
	ret->n_scopes = n;
}

void decode_head(struct cursor *c, struct policy *ret)
{
	unsigned flags;

	ret->name = cursor_name(c, NAME_MAX_LEN);
	ret->vendor = cursor_text(c, WORD_MAX_LEN);
	ret->file = cursor_bytes(c, WORD_MAX_LEN);
	if (cursor_left(c) < SHA256_SIZE) {
		cursor_fail(c, -EBADMSG);
		return;
	}
	memcpy(ret->digest, c->at, SHA256_SIZE);
	c->at += SHA256_SIZE;
	ret->language = (uint32_t)cursor_uint(c, UINT32_MAX);
	ret->revision = (uint32_t)cursor_uint(c, UINT32_MAX);
	flags = (unsigned)cursor_uint(c, POLICY_FLAGS);
	ret->fallback = flags & POLICY_FALLBACK;
	ret->speaks_offers = flags & POLICY_SPEAKS_OFFERS;
	ret->narrows = cursor_text(c, NAME_MAX_LEN);
	ret->speaks = cursor_text(c, NAME_MAX_LEN);
	get_scopes(c, ret);
	get_attrs(c, ret);
	get_locals(c, ret);
	cursor_check(c, c->at == c->end);
	if (c->error == 0)
		cursor_check(c, names_distinct(ret));
}
