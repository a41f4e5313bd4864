/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Attributes and locals: names, defaults, what is dynamic, and the numbers of the model. */
#include <stdlib.h>

#include "engine/image/interface.h"
#include "grammar/check.h"

/* ---- finding ----------------------------------------------------------------------------- */

struct symbol *peek_attr(const struct check *c, struct str name)
{
	struct symbol *s = symtab_find(&c->values, name);

	return s && !s->local ? s : NULL;
}

struct symbol *find_attr(struct check *c, struct word name)
{
	struct symbol *s = symtab_find(&c->values, name.text);
	struct diag *x;

	if (s && !s->local)
		return s;
	if (s) {
		x = check_error(c, DIAG_UNKNOWN_ATTRIBUTE, name.span,
			"'%.*s' is a local, not an attribute", QUOTE(c, name.text));
		check_other(c, x, s->decl->name.span, STR("declared here"));
		x->help = check_text(c, "a local is compared with: write 'ATTRIBUTE in self.%.*s'",
			QUOTE(c, name.text));
		return NULL;
	}
	x = check_error(c, DIAG_UNKNOWN_ATTRIBUTE, name.span,
		"there is no attribute '%.*s'", QUOTE(c, name.text));
	check_suggest_name(c, x, name.text, &c->values);
	return NULL;
}

/* ---- built in ---------------------------------------------------------------------------- */

static bool add_symbol(struct check *c, struct symbol *s)
{
	return symtab_add(c->a, &c->values, s->attr.name, s);
}

static bool add_builtin(struct check *c)
{
	static const struct str kinds[] = { STR_INIT("mdev"), STR_INIT("vfio") };
	static const struct attr builtin[ATTR_FIRST] = {
		[ATTR_KIND] = {
			.name = STR_INIT("kind"),
			.type = {
				.type = { .tag = VT_STRING },
				.has_words = true,
				.words = { kinds, ARRAY_SIZE(kinds) },
			},
		},
		[ATTR_DRIVER] = {
			.name = STR_INIT("driver"),
			.type = { .type = { .tag = VT_STRING } },
		},
		[ATTR_TYPE] = {
			.name = STR_INIT("type"),
			.type = { .type = { .tag = VT_STRING } },
			.presence = PRESENCE_DEFAULT_ABSENT,
		},
	};
	uint16_t i;

	for (i = 0; i < ATTR_FIRST; i++) {
		struct symbol *s = arena_new(c->a, struct symbol);

		if (!s)
			return false;
		s->attr = builtin[i];
		s->number = i;
		if (!add_symbol(c, s))
			return false;
		c->attr[c->n_attrs++] = s;
	}
	return true;
}

/* ---- one declaration --------------------------------------------------------------------- */

static bool check_new_name(struct check *c, const struct ast_attr *decl)
{
	const char *what = decl->local ? "a local" : "an attribute";
	const struct symbol *first;
	struct diag *x;

	if (!check_name(c, decl->name, what))
		return false;
	if (str_eq(decl->name.text, STR("claim"))) {
		check_error(c, DIAG_NAME, decl->name.span,
			"'claim' cannot be the name of %s: it begins a claim", what);
		return false;
	}
	if (c->policy->speaks.p && !decl->local &&
		interface_find(c->policy->speaks) == INTERFACE_migration_version) {
		x = check_error(c, DIAG_SPEAKS_OPAQUE, decl->name.span,
			"with 'speaks migration-version' only the driver judges; '%.*s' would never be "
			"looked at",
			QUOTE(c, decl->name.text));
		check_other(c, x, c->ast->speaks.span, STR("here"));
		return false;
	}
	if (c->policy->speaks.p && !decl->local &&
		interface_brings((enum interface_id)interface_find(c->policy->speaks),
			decl->name.text)) {
		x = check_error(c, DIAG_SPEAKS_NAME, decl->name.span,
			"'%.*s' is brought by the interface that the driver speaks",
			QUOTE(c, decl->name.text));
		check_other(c, x, c->ast->speaks.span, STR("here"));
		x->help = STR("give the policy's own attribute another name");
		return false;
	}
	first = symtab_find(&c->values, decl->name.text);
	if (!first)
		return true;
	if (!first->decl) {
		check_error(c, DIAG_DUPLICATE, decl->name.span,
			"'%.*s' is built in; it needs no declaration", STR_FMT(decl->name.text));
		return false;
	}
	x = check_error(c, DIAG_DUPLICATE, decl->name.span, "'%.*s' is declared twice",
		QUOTE(c, decl->name.text));
	check_other(c, x, first->decl->name.span, STR("first declared here"));
	return false;
}

/* A list of versions is the default of a `versions`; all else has one value. */
static bool check_default(struct check *c, const struct ast_attr *decl, struct symbol *s)
{
	const struct elem *e = decl->dflt.first;
	struct pile pile = { 0 };

	if (decl->dflt.n == 1 && elem_is(e, "absent")) {
		s->attr.presence = PRESENCE_DEFAULT_ABSENT;
		return true;
	}
	s->attr.presence = PRESENCE_DEFAULT;
	if (s->attr.type.list) {
		if (!pile_add(c, s, decl->dflt, 0, &pile))
			return false;
		return ranges_normalize(c->a, pile.intervals.p, pile.intervals.n,
			       &s->attr.dflt_ranges) == 0;
	}
	if (decl->dflt.n > 1) {
		check_error(c, DIAG_VALUE, decl->dflt.span, "a default is one value")->help =
			s->attr.type.type.tag == VT_SET ? STR("a set is written in braces") :
							  (struct str){ 0 };
		return false;
	}
	return literal_value(c, s, e, &s->attr.dflt);
}

static bool scope_has(const struct check *c, enum subject_kind kind)
{
	uint32_t i;

	for (i = 0; i < c->policy->n_scopes; i++)
		if (c->policy->scope[i].kind == kind)
			return true;
	return false;
}

static bool check_dynamic(struct check *c, const struct ast_attr *decl, struct symbol *s)
{
	const struct option *dynamic = &decl->option[OPTION_DYNAMIC];

	if (dynamic->given && decl->local) {
		check_error(c, DIAG_OPTION, dynamic->span, "a local is not dynamic: it is nobody's "
							   "to claim");
		return false;
	}
	if (dynamic->given && s->attr.presence != PRESENCE_DEFAULT) {
		check_error(c, DIAG_NEEDS_DEFAULT, decl->name.span,
			"'%.*s' is dynamic and has no default", QUOTE(c, decl->name.text))->help =
			STR("write 'default VALUE': what an mdev type, which has no instance yet, "
			    "is taken to have");
		return false;
	}
	s->attr.dynamic = dynamic->given;
	if (dynamic->given || s->attr.fact.kind != FACT_DEVICE || !scope_has(c, KIND_MDEV))
		return true;
	check_error(c, DIAG_NEEDS_DYNAMIC, decl->fact.kind.span,
		"'%.*s' is read from the device, which an mdev type does not have",
		QUOTE(c, decl->name.text))->help = decl->local ?
		STR("a local of an mdev is read from its type or parent") :
		STR("write 'default VALUE dynamic' if it is chosen for each instance");
	return false;
}

static bool check_attr(struct check *c, const struct ast_attr *decl, struct symbol *s)
{
	bool good;

	if (!check_type(c, decl, &s->attr.type))
		return false;
	s->broken = false;
	if (s->attr.type.list && !decl->local) {
		check_error(c, DIAG_OPTION, decl->type.span,
			"a list of versions is no attribute of a device")->help =
			STR("declare it as 'local' and use it as 'self.NAME'");
		return false;
	}
	if (!decl->fact.kind.text.p) {
		check_error(c, DIAG_FACT_MISSING, decl->name.span,
			"'%.*s' is read from nowhere", QUOTE(c, decl->name.text))->help =
			STR("write 'from type \"FILE\"', or another fact");
		return false;
	}
	good = check_fact(c, &decl->fact, &decl->option[OPTION_KEY], s->attr.type.type,
		&s->attr.fact);
	c->no_consts = true;
	if (decl->has_default)
		good &= check_default(c, decl, s);
	c->no_consts = false;
	return good && check_dynamic(c, decl, s);
}

/* ---- all of them ------------------------------------------------------------------------- */

static int compare_level(const void *a, const void *b)
{
	const struct attr *x = &(*(struct symbol *const *)a)->attr;
	const struct attr *y = &(*(struct symbol *const *)b)->attr;

	return level_cmp(x->name, x->type.type, y->name, y->type.type);
}

static bool number_attrs(struct check *c)
{
	struct attr *attr = arena_new_array(c->a, c->n_attrs, struct attr);
	struct attr *local = arena_new_array(c->a, c->n_locals, struct attr);
	uint32_t i;

	if (!attr || !local)
		return false;
	if (c->n_attrs > ATTR_FIRST)
		qsort(c->attr + ATTR_FIRST, c->n_attrs - ATTR_FIRST, sizeof(*c->attr),
			compare_level);
	for (i = 0; i < c->n_attrs; i++) {
		c->attr[i]->number = (uint16_t)i;
		attr[i] = c->attr[i]->attr;
	}
	for (i = 0; i < c->n_locals; i++) {
		c->local[i]->number = (uint16_t)i;
		local[i] = c->local[i]->attr;
	}
	c->policy->attr = attr;
	c->policy->n_attrs = c->n_attrs;
	c->policy->local = local;
	c->policy->n_locals = c->n_locals;
	return true;
}

static bool check_count(struct check *c, const struct ast_attr *decl, uint32_t n, int max,
	const char *what)
{
	if (n < (uint32_t)max)
		return true;
	check_error(c, DIAG_TOO_MANY, decl->name.span, "more than %d %s", max, what);
	return false;
}

bool check_attrs(struct check *c)
{
	const struct ast_attr *decl;
	bool good = true;

	c->attr = arena_new_array(c->a, ATTR_FIRST + ATTRS_MAX, struct symbol *);
	c->local = arena_new_array(c->a, LOCALS_MAX, struct symbol *);
	if (!c->attr || !c->local || !add_builtin(c))
		return false;
	for (decl = c->ast->first_attr; decl; decl = decl->next) {
		struct symbol *s;

		if (decl->local ? !check_count(c, decl, c->n_locals, LOCALS_MAX, "locals") :
				  !check_count(c, decl, c->n_attrs - ATTR_FIRST, ATTRS_MAX,
					  "attributes"))
			return false;
		if (!check_new_name(c, decl)) {
			good = false;
			continue;
		}
		s = arena_new(c->a, struct symbol);
		if (!s)
			return false;
		s->decl = decl;
		s->local = decl->local;
		s->attr.name = decl->name.text;
		s->attr.place = place_of(c, decl->name.span);
		s->broken = true;
		if (!add_symbol(c, s))
			return false;
		if (decl->local)
			c->local[c->n_locals++] = s;
		else
			c->attr[c->n_attrs++] = s;
		good &= check_attr(c, decl, s);
	}
	return number_attrs(c) && good;
}
