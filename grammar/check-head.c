/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a policy says about itself: its name and revision, and which subjects it speaks about. */
#include "engine/image/interface.h"
#include "grammar/check.h"

static bool check_direction(struct check *c, const struct ast_policy *p, int id)
{
	static const struct str as[] = { STR_INIT("accepts"), STR_INIT("offers") };
	struct diag *x;
	int word = 0;

	if (p->speaks_as.text.p) {
		word = check_word(c, p->speaks_as, "way to read a list", as, ARRAY_SIZE(as));
		if (word < 0)
			return false;
		if (interfaces[id].list != LIST_FIXED) {
			c->policy->speaks_offers = word == 1;
			return true;
		}
		check_error(c, DIAG_SPEAKS_AS, p->speaks_as.span,
			"'%.*s' itself says who may come from where", QUOTE(c, p->speaks.text))
			->help = STR("leave out 'as'");
		return false;
	}
	if (interfaces[id].list != LIST_ASK)
		return true;
	x = check_error(c, DIAG_SPEAKS_AS, p->speaks.span,
		"is the list of '%.*s' one of sources or of targets? The postings disagree",
		QUOTE(c, p->speaks.text));
	x->help = STR("'as accepts' if a device lists what it can load, 'as offers' if it lists where it "
		      "may go");
	return false;
}

/* Which interface the driver speaks, and in which direction. */
static bool check_speaks(struct check *c, const struct ast_policy *p)
{
	struct str name[INTERFACE_MAX_];
	struct diag *x;
	int id, i;

	if (!p->speaks.text.p)
		return true;
	if (p->narrows.text.p) {
		x = check_error(c, DIAG_SPEAKS_NARROWS, p->speaks.span,
			"a policy that narrows another does not say what the driver speaks");
		check_other(c, x, p->narrows.span, STR("it narrows this one"));
		return false;
	}
	id = interface_find(p->speaks.text);
	if (id < 0) {
		for (i = 0; i < INTERFACE_MAX_; i++)
			name[i] = interfaces[i].name;
		x = check_error(c, DIAG_SPEAKS_UNKNOWN, p->speaks.span,
			"there is no interface '%.*s'", QUOTE(c, p->speaks.text));
		check_suggest(c, x, p->speaks.text, name, INTERFACE_MAX_);
		if (x->help.n == 0)
			x->help = STR("mdevcompat.policy(5) lists them under 'speaks'");
		return false;
	}
	c->policy->speaks = p->speaks.text;
	return check_direction(c, p, id);
}

bool check_head(struct check *c)
{
	const struct ast_policy *p = c->ast;
	struct policy *to = c->policy;
	bool good = check_name(c, p->name, "a policy");
	struct diag *x;
	uint64_t v;

	to->name = p->name.text;
	to->language = 1;
	if (p->revision.text.p) {
		if (str_to_u64(p->revision.text, UINT32_MAX, &v) == 0) {
			to->revision = (uint32_t)v;
		} else {
			check_error(c, DIAG_NUMBER, p->revision.span,
				"a revision is a number up to %u, not '%.*s'", UINT32_MAX,
				QUOTE(c, p->revision.text));
			good = false;
		}
	}
	to->fallback = p->fallback.text.p != NULL;
	if (p->narrows.text.p) {
		good &= check_name(c, p->narrows, "a policy");
		to->narrows = p->narrows.text;
		if (to->fallback) {
			x = check_error(c, DIAG_NARROWS, p->fallback.span,
				"a policy that narrows another never steps aside");
			check_other(c, x, p->narrows.span, STR("it narrows this one"));
			good = false;
		}
	}
	if (p->vendor.text.n > NAME_MAX_LEN) {
		check_error(c, DIAG_TOO_LONG, p->vendor.span,
			"the vendor's name has %zu bytes, more than %d", p->vendor.text.n,
			NAME_MAX_LEN);
		good = false;
	}
	to->vendor = p->vendor.text;
	return check_speaks(c, p) && good;
}

/* ---- scopes ------------------------------------------------------------------------------ */

static bool check_driver(struct check *c, const struct elem *e)
{
	if ((e->kind == ELEM_BARE && !word_is_plain(e->text)) || e->text.n == 0 ||
		str_find(e->text, '/') < e->text.n) {
		check_error(c, DIAG_NAME, e->span, "'%.*s' cannot be the name of a driver",
			QUOTE(c, e->text));
		return false;
	}
	if (e->text.n > NAME_MAX_LEN) {
		check_error(c, DIAG_TOO_LONG, e->span,
			"the name of a driver has %zu bytes, more than %d", e->text.n,
			NAME_MAX_LEN);
		return false;
	}
	return true;
}

/* The same pair of kind and driver before this one? */
static bool check_pair(struct check *c, const struct scope *scope, const struct span *span,
	uint32_t n)
{
	struct diag *x;
	uint32_t i;

	for (i = 0; i < n; i++) {
		if (scope[i].kind != scope[n].kind || !str_eq(scope[i].driver, scope[n].driver))
			continue;
		x = check_error(c, DIAG_DUPLICATE, span[n], "the policy applies to '%.*s' twice",
			QUOTE(c, scope[n].driver));
		check_other(c, x, span[i], STR("first said here"));
		return false;
	}
	return true;
}

static bool check_type_from(struct check *c, const struct ast_scope *s, enum subject_kind kind,
	struct fact *ret)
{
	static const struct value_type string = { .tag = VT_STRING };
	struct option no_key = { 0 };

	if (kind == KIND_MDEV) {
		check_error(c, DIAG_OPTION, s->type_from.kind.span,
			"an mdev type has its own name; 'type from' is for vfio devices");
		return false;
	}
	return check_fact(c, &s->type_from, &no_key, string, ret);
}

bool check_scopes(struct check *c)
{
	static const struct str kinds[] = { STR_INIT("mdev-type"), STR_INIT("vfio-device") };
	const struct ast_scope *s;
	const struct elem *e;
	struct scope *scope;
	struct span *span;
	struct diag *x;
	uint32_t n = 0;
	bool good = true;

	for (s = c->ast->first_scope; s; s = s->next)
		n += s->drivers.n;
	if (n == 0) {
		x = check_error(c, DIAG_SCOPE_MISSING, c->ast->name.span,
			"the policy does not say what it applies to");
		x->help = STR("write 'applies mdev-type driver NAME;'");
		return false;
	}
	if (n > SCOPES_MAX) {
		check_error(c, DIAG_TOO_MANY, c->ast->last_scope->span,
			"the policy applies to %u drivers, more than %d", n, SCOPES_MAX);
		return false;
	}
	scope = arena_new_array(c->a, n, struct scope);
	span = arena_new_array(c->a, n, struct span);
	if (!scope || !span)
		return false;
	for (s = c->ast->first_scope, n = 0; s; s = s->next) {
		int kind = check_word(c, s->kind, "kind of subject", kinds, ARRAY_SIZE(kinds));
		struct fact type_from = { 0 };

		if (kind < 0) {
			good = false;
			continue;
		}
		if (s->type_from.kind.text.p)
			good &= check_type_from(c, s, (enum subject_kind)(kind + 1), &type_from);
		for (e = s->drivers.first; e; e = e->next) {
			scope[n] = (struct scope){
				.kind = (enum subject_kind)(kind + 1),
				.driver = e->text,
				.has_type_from = s->type_from.kind.text.p != NULL,
				.type_from = type_from,
				.place = place_of(c, s->span),
			};
			span[n] = e->span;
			if (check_driver(c, e) && check_pair(c, scope, span, n))
				n++;
			else
				good = false;
		}
	}
	c->policy->scope = scope;
	c->policy->n_scopes = n;
	return good;
}
