/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Types and the options that belong to them. */
#include <stdio.h>

#include "engine/image/attr-parse.h"
#include "grammar/check.h"

#define ENUM(tag) (1u << (tag))

enum type_word {
	TYPE_STRING,
	TYPE_ENUM,
	TYPE_BOOL,
	TYPE_INT,
	TYPE_PCI_ID,
	TYPE_VERSION,
	TYPE_SET,
	TYPE_MASK,
	TYPE_VERSIONS,
	TYPE_MAX_,
};

/* What each type may be followed by. */
static const struct type_info {
	struct str word;
	uint8_t tag;
	uint16_t argument_max; /* (N); 0: none */
	bool words, words_needed;
	uint32_t options;
} types[TYPE_MAX_] = {
	[TYPE_STRING] = { STR_INIT("string"), VT_STRING, 0, false, false, 0 },
	[TYPE_ENUM] = { STR_INIT("enum"), VT_STRING, 0, true, true, 0 },
	[TYPE_BOOL] = { STR_INIT("bool"), VT_BOOL, 0, false, false, 0 },
	[TYPE_INT] = { STR_INIT("int"), VT_INT, 0, false, false,
		ENUM(OPTION_HEX) | ENUM(OPTION_SIZE) | ENUM(OPTION_RANGE) },
	[TYPE_PCI_ID] = { STR_INIT("pci-id"), VT_PCI_ID, 0, false, false, 0 },
	[TYPE_VERSION] = { STR_INIT("version"), VT_VERSION, VERSION_PARTS_MAX, false, false,
		ENUM(OPTION_MAJOR) },
	[TYPE_SET] = { STR_INIT("set"), VT_SET, 0, true, false,
		ENUM(OPTION_SEPARATOR) | ENUM(OPTION_FIELD) },
	[TYPE_MASK] = { STR_INIT("mask"), VT_MASK, MASK_BITS_MAX, false, false,
		ENUM(OPTION_FORMAT) | ENUM(OPTION_ORDER) },
	[TYPE_VERSIONS] = { STR_INIT("versions"), VT_VERSION, VERSION_PARTS_MAX, false, false,
		ENUM(OPTION_MAJOR) },
};

/* These suit all types. */
#define OPTIONS_FREE (ENUM(OPTION_KEY) | ENUM(OPTION_DYNAMIC))

struct str a_type(struct check *c, const struct attr_type *t)
{
	switch ((enum value_tag)t->type.tag) {
	case VT_STRING:
		return t->has_words ? STR("an enum") : STR("a string");
	case VT_BOOL:
		return STR("a bool");
	case VT_INT:
		return STR("an int");
	case VT_PCI_ID:
		return STR("a pci-id");
	case VT_VERSION:
		return check_text(c, "a version%s(%u)", t->list ? "s" : "", t->type.size);
	case VT_SET:
		return STR("a set");
	case VT_MASK:
		return check_text(c, "a mask(%u)", t->type.size);
	case VT_NONE:
		break;
	}
	return STR("a value");
}

static const struct type_info *find_type(struct check *c, struct word w)
{
	struct str names[TYPE_MAX_];
	struct diag *x;
	unsigned i;

	for (i = 0; i < TYPE_MAX_; i++) {
		names[i] = types[i].word;
		if (str_eq(w.text, names[i]))
			return &types[i];
	}
	x = check_error(c, DIAG_UNKNOWN_TYPE, w.span, "there is no type '%.*s'",
		QUOTE(c, w.text));
	check_suggest(c, x, w.text, names, TYPE_MAX_);
	if (x->help.n == 0)
		x->help = STR("types are string, enum, bool, int, pci-id, version(N), set, "
			      "mask(N), versions(N)");
	return NULL;
}

/* ---- the parts --------------------------------------------------------------------------- */

static bool check_argument(struct check *c, const struct ast_attr *decl,
	const struct type_info *info, struct attr_type *t)
{
	const struct elem *e = decl->type_argument;
	struct diag *x;
	uint64_t n;

	if (info->argument_max == 0) {
		if (!e)
			return true;
		check_error(c, DIAG_TYPE_ARGUMENT, e->span, "the type %.*s takes no number",
			STR_FMT(info->word));
		return false;
	}
	if (!e) {
		x = check_error(c, DIAG_TYPE_ARGUMENT, decl->type.span,
			"the type %.*s needs a number", STR_FMT(info->word));
		x->help = info->tag == VT_MASK ? STR("write 'mask(64)' for 64 bits") :
			check_text(c, "write '%.*s(3)' for three parts", STR_FMT(info->word));
		return false;
	}
	if (e->kind != ELEM_BARE || str_to_u64(e->text, info->argument_max, &n) < 0 || n == 0) {
		check_error(c, DIAG_TYPE_ARGUMENT, e->span,
			"a %.*s has from 1 to %u %s, not '%.*s'", STR_FMT(info->word),
			info->argument_max, info->tag == VT_MASK ? "bits" : "parts",
			QUOTE(c, e->text));
		return false;
	}
	t->type.size = (uint16_t)n;
	return true;
}

static bool separator_in(const struct attr_type *t, struct str w)
{
	size_t i;

	for (i = 0; i < w.n; i++)
		if (t->separator.p ? str_starts(str_sub(w, i, w.n), t->separator) :
				     w.p[i] == ' ')
			return true;
	return false;
}

static bool check_domain_word(struct check *c, const struct attr_type *t, const struct elem *e)
{
	if (e->kind == ELEM_BARE && !word_is_plain(e->text)) {
		check_error(c, DIAG_VALUE, e->span, "'%.*s' is no word", QUOTE(c, e->text))->help =
			STR("write it in quotes");
		return false;
	}
	if (t->type.tag == VT_SET && (e->text.n == 0 || separator_in(t, e->text))) {
		check_error(c, DIAG_VALUE, e->span, "'%.*s' is never an element of this set: %s",
			QUOTE(c, e->text),
			e->text.n == 0 ? "empty words are dropped" :
					 "it has the separator in it");
		return false;
	}
	return true;
}

static bool check_words(struct check *c, const struct ast_attr *decl,
	const struct type_info *info, struct attr_type *t)
{
	const struct elem *braces = decl->type_words, *e;
	struct symtab seen = { 0 };
	struct str *w;
	uint32_t n = 0;

	if (!braces) {
		if (!info->words_needed)
			return true;
		check_error(c, DIAG_TYPE_ARGUMENT, decl->type.span, "an enum needs its words")
			->help = STR("write 'enum { a, b }'");
		return false;
	}
	if (!info->words) {
		check_error(c, DIAG_TYPE_ARGUMENT, braces->span, "the type %.*s takes no words",
			STR_FMT(info->word));
		return false;
	}
	if (braces->n == 0) {
		check_error(c, DIAG_TYPE_ARGUMENT, braces->span, "there are no words in the braces");
		return false;
	}
	if (braces->n > WORDS_MAX) {
		check_error(c, DIAG_TOO_MANY, braces->span, "%u words, more than %d", braces->n,
			WORDS_MAX);
		return false;
	}
	w = arena_new_array(c->a, braces->n, struct str);
	if (!w)
		return false;
	for (e = braces->first; e; e = e->next) {
		const struct elem *first = symtab_find(&seen, e->text);

		if (!check_domain_word(c, t, e))
			return false;
		if (first) {
			struct diag *x = check_error(c, DIAG_DUPLICATE, e->span,
				"'%.*s' stands here twice", QUOTE(c, e->text));

			check_other(c, x, first->span, STR("first here"));
			return false;
		}
		if (!symtab_add(c->a, &seen, e->text, (void *)e))
			return false;
		w[n++] = e->text;
	}
	t->has_words = true;
	t->words = words_normal(w, n);
	return true;
}

/* lo..hi */
static bool check_range(struct check *c, const struct option *o, struct attr_type *t)
{
	struct str s = o->value->text;
	size_t i;
	int r_lo, r_hi;

	for (i = 0; i + 1 < s.n && !(s.p[i] == '.' && s.p[i + 1] == '.'); i++)
		;
	r_lo = int_parse(t->int_format, str_sub(s, 0, i), &t->lo);
	r_hi = int_parse(t->int_format, str_sub(s, i + 2, s.n), &t->hi);
	if (r_lo < 0 || r_hi < 0) {
		check_error(c, DIAG_TYPE_ARGUMENT, o->span, "'%.*s' is no range of integers",
			QUOTE(c, s))->help = STR("write 'LOW..HIGH', for example '1..8'");
		return false;
	}
	if (t->lo > t->hi) {
		check_error(c, DIAG_TYPE_ARGUMENT, o->span, "the range '%.*s' ends before it begins",
			QUOTE(c, s));
		return false;
	}
	return true;
}

static bool check_int(struct check *c, const struct option *o, struct attr_type *t)
{
	struct diag *x;

	t->lo = INT64_MIN;
	t->hi = INT64_MAX;
	if (o[OPTION_HEX].given && o[OPTION_SIZE].given) {
		x = check_error(c, DIAG_OPTION, o[OPTION_SIZE].span,
			"an int is read as 'hex' or as 'size'");
		check_other(c, x, o[OPTION_HEX].span, STR("not both"));
		return false;
	}
	t->int_format = o[OPTION_HEX].given ? INT_HEX :
			o[OPTION_SIZE].given ? INT_SIZE :
					       INT_DECIMAL;
	return !o[OPTION_RANGE].given || check_range(c, &o[OPTION_RANGE], t);
}

static bool check_major(struct check *c, const struct option *o, struct attr_type *t)
{
	uint64_t v = 1;

	if (o->given && !check_number(c, o->value, t->type.size, "the number of major parts", &v))
		return false;
	t->major = (uint8_t)v;
	return true;
}

static bool check_not_empty(struct check *c, const struct elem *e)
{
	if (e->text.n > 0)
		return true;
	check_error(c, DIAG_OPTION, e->span, "an empty separator separates nothing");
	return false;
}

static bool check_set(struct check *c, const struct option *o, struct attr_type *t)
{
	uint64_t k;

	if (o[OPTION_SEPARATOR].given) {
		if (!check_not_empty(c, o[OPTION_SEPARATOR].value))
			return false;
		t->separator = o[OPTION_SEPARATOR].value->text;
	}
	if (!o[OPTION_FIELD].given)
		return true;
	if (!check_not_empty(c, o[OPTION_FIELD].more) ||
		!check_number(c, o[OPTION_FIELD].value, UINT8_MAX, "a field", &k))
		return false;
	t->field = (uint8_t)k;
	t->field_separator = o[OPTION_FIELD].more->text;
	return true;
}

static bool check_mask(struct check *c, const struct option *o, struct attr_type *t)
{
	static const struct str formats[] = { STR_INIT("hex"), STR_INIT("bits") };
	static const struct str orders[] = { STR_INIT("lsb"), STR_INIT("msb") };
	const struct elem *e;
	int i;

	if (o[OPTION_FORMAT].given) {
		e = o[OPTION_FORMAT].value;
		i = check_word(c, (struct word){ e->text, e->span }, "format of a mask", formats,
			ARRAY_SIZE(formats));
		if (i < 0)
			return false;
		t->mask_format = (enum mask_format)i;
	}
	if (o[OPTION_ORDER].given) {
		e = o[OPTION_ORDER].value;
		i = check_word(c, (struct word){ e->text, e->span }, "order of bits", orders,
			ARRAY_SIZE(orders));
		if (i < 0)
			return false;
		t->msb_first = i == 1;
	}
	return true;
}

/* "int takes a range, 'hex' or 'size'" and what all types take. */
static struct str own_options(struct check *c, const struct type_info *info)
{
	static const char *const words[OPTION_MAX_] = {
		[OPTION_SEPARATOR] = "'separator'",
		[OPTION_FIELD] = "'field'",
		[OPTION_FORMAT] = "'format'",
		[OPTION_ORDER] = "'order'",
		[OPTION_MAJOR] = "'major'",
		[OPTION_HEX] = "'hex'",
		[OPTION_SIZE] = "'size'",
		[OPTION_RANGE] = "a range",
	};
	char buf[128];
	struct sbuf b = SBUF(buf);
	unsigned i;

	for (i = 0; i < OPTION_MAX_; i++) {
		if (!words[i] || !(info->options & ENUM(i)))
			continue;
		sbuf_puts(&b, words[i]);
		sbuf_puts(&b, ", ");
	}
	return check_text(c, "%.*s takes %.*s'key', 'default' and 'dynamic'", STR_FMT(info->word),
		STR_FMT(sbuf_str(&b)));
}

static bool check_options(struct check *c, const struct ast_attr *decl,
	const struct type_info *info)
{
	unsigned i;
	bool good = true;

	for (i = 0; i < OPTION_MAX_; i++) {
		const struct option *o = &decl->option[i];

		if (!o->given || ((info->options | OPTIONS_FREE) & ENUM(i)))
			continue;
		check_error(c, DIAG_OPTION, o->span, "'%.*s' does not suit the type %.*s",
			QUOTE(c, str_sub(c->src->text, o->span.from, o->span.to)),
			STR_FMT(info->word))->help = own_options(c, info);
		good = false;
	}
	return good;
}

bool check_type(struct check *c, const struct ast_attr *decl, struct attr_type *ret)
{
	const struct type_info *info = find_type(c, decl->type);
	struct attr_type t = { 0 };
	bool good = true;

	if (!info)
		return false;
	t.type.tag = info->tag;
	t.list = info == &types[TYPE_VERSIONS];
	if (!check_options(c, decl, info) || !check_argument(c, decl, info, &t))
		return false;
	switch ((enum value_tag)info->tag) {
	case VT_INT:
		good = check_int(c, decl->option, &t);
		break;
	case VT_VERSION:
		good = check_major(c, &decl->option[OPTION_MAJOR], &t);
		break;
	case VT_SET:
		good = check_set(c, decl->option, &t);
		break;
	case VT_MASK:
		good = check_mask(c, decl->option, &t);
		break;
	case VT_STRING:
	case VT_BOOL:
	case VT_PCI_ID:
	case VT_NONE:
		break;
	}
	if (!good || !check_words(c, decl, info, &t))
		return false;
	*ret = t;
	return true;
}
