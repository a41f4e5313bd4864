/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Facts: which file or key a value is read from. Nothing here looks at a file system; what is
 * refused would be refused on every host.
 */
#include "grammar/check.h"

/* The names that each kind takes, and whether they are files. */
static const struct fact_info {
	struct str word;
	enum fact_kind kind;
	uint8_t names;
	bool files;
	const char *example;
} facts[] = {
	{ STR_INIT("type"), FACT_TYPE, 1, true, "type \"name\"" },
	{ STR_INIT("parent"), FACT_PARENT, 1, true, "parent \"vendor\"" },
	{ STR_INIT("device"), FACT_DEVICE, 1, true, "device \"uevent\"" },
	{ STR_INIT("module"), FACT_MODULE, 2, true, "module \"NAME\" \"version\"" },
	{ STR_INIT("os-release"), FACT_OS_RELEASE, 1, false, "os-release \"VERSION_ID\"" },
	{ STR_INIT("kernel-release"), FACT_KERNEL_RELEASE, 0, false, "kernel-release" },
	{ STR_INIT("site"), FACT_SITE, 1, false, "site \"vendor.key\"" },
};

static const struct fact_info *find_fact(struct check *c, struct word w)
{
	struct str names[ARRAY_SIZE(facts)];
	struct diag *x;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(facts); i++) {
		names[i] = facts[i].word;
		if (str_eq(w.text, names[i]))
			return &facts[i];
	}
	x = check_error(c, DIAG_UNKNOWN_FACT, w.span, "there is no fact '%.*s'", QUOTE(c, w.text));
	check_suggest(c, x, w.text, names, ARRAY_SIZE(facts));
	if (x->help.n == 0)
		x->help = STR("facts are type, parent, device, module, os-release, "
			      "kernel-release, site");
	return NULL;
}

static bool check_path(struct check *c, const struct elem *e, bool one_part)
{
	const char *why;

	if (e->text.n > FACT_TEXT_MAX / 4) {
		check_error(c, DIAG_TOO_LONG, e->span, "a path has %zu bytes, more than %d",
			e->text.n, FACT_TEXT_MAX / 4);
		return false;
	}
	if (!path_stays_below(e->text) || (one_part && str_find(e->text, '/') < e->text.n)) {
		check_error(c, DIAG_FACT_PATH, e->span, "'%.*s' does not stay where it begins",
			QUOTE(c, e->text))->help =
			one_part ? STR("this is the name of a module") :
				   STR("paths are relative to the fact's directory, without '.' "
				       "and '..'");
		return false;
	}
	why = one_part ? NULL : fact_forbidden(e->text);
	if (!why)
		return true;
	check_error(c, DIAG_FACT_FORBIDDEN, e->span, "'%.*s' cannot be a fact: %s",
		QUOTE(c, e->text), why);
	return false;
}

static bool check_key_name(struct check *c, const struct elem *e)
{
	struct str s = e->text;
	size_t i;

	if (s.n > NAME_MAX_LEN) {
		check_error(c, DIAG_TOO_LONG, e->span, "a key has %zu bytes, more than %d", s.n,
			NAME_MAX_LEN);
		return false;
	}
	for (i = 0; i < s.n && s.p[i] != '=' && s.p[i] != ',' && s.p[i] != ':'; i++)
		;
	if (s.n > 0 && i == s.n && str_trim(s).n == s.n)
		return true;
	check_error(c, DIAG_FACT_ARGUMENT, e->span, "'%.*s' cannot be a key", QUOTE(c, s))->help =
		STR("a key has no ',', ':' or '=' in it and no blanks around it");
	return false;
}

/* A site file could not have the others (mdevcompat-site.d(5)), so they would be absent for ever. */
static bool check_site_key(struct check *c, const struct elem *e)
{
	if (!check_key_name(c, e))
		return false;
	if (e->text.n <= 255 && str_find(e->text, ' ') == e->text.n)
		return true;
	check_error(c, DIAG_FACT_ARGUMENT, e->span, "'%.*s' cannot be the key of a site fact",
		QUOTE(c, e->text))->help =
		STR("a key of a site file has no blanks and at most 255 bytes");
	return false;
}

bool check_fact(struct check *c, const struct ast_fact *fact, const struct option *key,
	struct value_type type, struct fact *ret)
{
	const struct fact_info *info = find_fact(c, fact->kind);
	struct fact f = { 0 };
	const struct elem *e;
	unsigned most;

	if (!info)
		return false;
	f.kind = info->kind;
	most = info->names;
	/* A pci-id may be in two files, the vendor's part and the device's. */
	if (type.tag == VT_PCI_ID && info->files && info->kind != FACT_MODULE && !key->given)
		most = 2;
	if (fact->n < info->names || fact->n > most) {
		check_error(c, DIAG_FACT_ARGUMENT, fact->kind.span,
			"the fact '%.*s' takes %u name%s, not %u", STR_FMT(info->word), info->names,
			info->names == 1 ? "" : "s", fact->n)->help =
			check_text(c, "write 'from %s'", info->example);
		return false;
	}
	for (e = fact->first; e; e = e->next) {
		bool module = info->kind == FACT_MODULE && f.n_paths == 0;

		if (info->kind == FACT_SITE && !check_site_key(c, e))
			return false;
		if (info->files ? !check_path(c, e, module) : !check_key_name(c, e))
			return false;
		f.path[f.n_paths++] = e->text;
	}
	if (key->given) {
		if (!info->files) {
			check_error(c, DIAG_OPTION, key->span,
				"the fact '%.*s' is no file with keys", STR_FMT(info->word));
			return false;
		}
		if (!check_key_name(c, key->value))
			return false;
		f.key = key->value->text;
	}
	*ret = f;
	return true;
}
