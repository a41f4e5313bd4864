/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One written element as a value of an attribute's type. The spellings are those of facts
 * (attr-parse.h), so that a constant and a fact that look alike are one value.
 */
#include <errno.h>

#include "engine/image/attr-parse.h"
#include "grammar/check.h"

bool elem_is(const struct elem *e, const char *word)
{
	return e->kind == ELEM_BARE && str_eq(e->text, str_from(word));
}

bool elem_member(const struct elem *e, const char *of, struct str *ret)
{
	size_t n = strlen(of);

	if (e->kind != ELEM_BARE || !str_starts(e->text, str_from(of)))
		return false;
	if (e->text.n == n || e->text.p[n] != '.')
		return false;
	*ret = str_sub(e->text, n + 1, e->text.n);
	return true;
}

static bool is_word_byte(char c)
{
	return ascii_isalnum(c) || c == '_';
}

bool word_is_plain(struct str s)
{
	size_t i;

	if (s.n == 0 || !is_word_byte(s.p[0]) || !is_word_byte(s.p[s.n - 1]))
		return false;
	for (i = 0; i < s.n; i++)
		if (!is_word_byte(s.p[i]) && s.p[i] != '.' && s.p[i] != ':' && s.p[i] != '-')
			return false;
	return true;
}

/* ---- reports ----------------------------------------------------------------------------- */

static const char *elem_what(const struct elem *e)
{
	switch (e->kind) {
	case ELEM_BARE:
		return "word";
	case ELEM_STRING:
		return "string";
	case ELEM_TEMPLATE:
		return "template";
	case ELEM_BRACES:
		return "set";
	case ELEM_BINARY:
		return "computed value";
	}
	return "value";
}

/* Where the attribute got its type, if that is on another line. */
static void type_place(struct check *c, const struct symbol *s, const struct elem *e, struct diag *x)
{
	struct str between;

	if (!s->decl)
		return;
	between = str_sub(c->src->text, s->decl->type.span.to, e->span.from);
	if (e->span.from < s->decl->type.span.to || str_find(between, '\n') < between.n)
		check_other(c, x, s->decl->type.span, STR("declared here"));
}

/* "'x' is no value of 'manager', a version(3)" */
static struct diag *not_a_value(struct check *c, const struct symbol *s, const struct elem *e)
{
	struct str type = a_type(c, &s->attr.type);
	struct diag *x;

	if (e->kind == ELEM_BARE)
		x = check_error(c, DIAG_VALUE, e->span, "'%.*s' is no value of '%.*s', %.*s",
			QUOTE(c, e->text), STR_FMT(s->attr.name), STR_FMT(type));
	else
		x = check_error(c, DIAG_VALUE, e->span, "this %s is no value of '%.*s', %.*s",
			elem_what(e), STR_FMT(s->attr.name), STR_FMT(type));
	type_place(c, s, e, x);
	if (e->kind == ELEM_BRACES)
		x->help = STR("braces are for sets and masks; a list is written `in A, B`");
	return x;
}

/* Where the domain was declared, if it was. */
static void domain_place(struct check *c, const struct symbol *s, struct diag *x)
{
	const struct ast_attr *decl = s->decl;

	if (!decl)
		return;
	if (decl->type_words)
		check_other(c, x, decl->type_words->span, STR("the domain"));
	else if (decl->option[OPTION_RANGE].given)
		check_other(c, x, decl->option[OPTION_RANGE].span, STR("the domain"));
}

bool check_domain(struct check *c, const struct symbol *s, struct str word, struct span span)
{
	const struct attr_type *t = &s->attr.type;
	struct diag *x;

	if (!t->has_words || words_contain(t->words, word))
		return true;
	x = check_error(c, DIAG_DOMAIN, span, "'%.*s' is not in the domain of '%.*s'",
		QUOTE(c, word), STR_FMT(s->attr.name));
	domain_place(c, s, x);
	check_suggest(c, x, word, t->words.w, t->words.n);
	return false;
}

static bool check_int_domain(struct check *c, const struct symbol *s, int64_t v, struct span span)
{
	const struct attr_type *t = &s->attr.type;

	if (v >= t->lo && v <= t->hi)
		return true;
	domain_place(c, s, check_error(c, DIAG_DOMAIN, span,
		"%lld is not in the domain %lld..%lld of '%.*s'", (long long)v, (long long)t->lo,
		(long long)t->hi, STR_FMT(s->attr.name)));
	return false;
}

/* The error of a range text, at its place. */
static bool report_range(struct check *c, const struct symbol *s, const struct elem *e,
	const struct range_error *r)
{
	struct span span = e->span;
	enum diag_code code = DIAG_RANGE;
	bool word = e->text.n > 0 && ascii_isalpha(e->text.p[0]);
	struct diag *x;

	if (word && !c->no_consts && word_is_plain(e->text) && r->code == RANGE_ERR_SYNTAX) {
		x = check_error(c, DIAG_UNKNOWN_CONST, e->span, "there is no constant '%.*s'",
			QUOTE(c, e->text));
		check_suggest_name(c, x, e->text, &c->consts);
		return false;
	}
	if (r->code == RANGE_ERR_AMBIGUOUS)
		code = DIAG_RANGE_AMBIGUOUS;
	else if (r->code == RANGE_ERR_FOREIGN)
		code = DIAG_RANGE_FOREIGN;
	else if (r->code == RANGE_ERR_TOO_MANY)
		code = DIAG_TOO_MANY;
	span.from = e->span.from + (uint32_t)MIN(r->at, e->text.n);
	span.to = MIN(span.from + (uint32_t)r->len, e->span.to);
	if (r->code == RANGE_ERR_AMBIGUOUS)
		x = check_error(c, code, span, "'%.*s' has too few parts for '%.*s', %.*s: is it one "
			"version, or all that begin so?",
			QUOTE(c, str_sub(c->src->text, span.from, span.to)), STR_FMT(s->attr.name),
			STR_FMT(a_type(c, &s->attr.type)));
	else
		x = check_error(c, code, span, "%s, for '%.*s', %.*s", range_error_text(r->code),
			STR_FMT(s->attr.name), STR_FMT(a_type(c, &s->attr.type)));
	if (r->code == RANGE_ERR_AMBIGUOUS || r->code == RANGE_ERR_TOO_MANY_PARTS)
		type_place(c, s, e, x);
	if (r->hint.n > 0)
		x->help = check_text(c, "write %.*s", STR_FMT(r->hint));
	else if (r->code == RANGE_ERR_SYNTAX)
		x->help = STR("a version is numbers with dots between them; of other texts, such as "
			      "1.60.0-rc1, declare a string");
	return false;
}

/* ---- one value --------------------------------------------------------------------------- */

bool literal_word(struct check *c, const struct symbol *s, const struct elem *e, struct str *ret)
{
	const struct attr_type *t = &s->attr.type;
	struct value v;
	struct str why;
	struct diag *x;

	if (e->kind != ELEM_BARE && e->kind != ELEM_STRING) {
		not_a_value(c, s, e);
		return false;
	}
	if (e->text.n > WORD_MAX_LEN) {
		check_error(c, DIAG_TOO_LONG, e->span, "a word has %zu bytes, more than %d",
			e->text.n, WORD_MAX_LEN);
		return false;
	}
	if (e->kind == ELEM_BARE && !word_is_plain(e->text)) {
		x = check_error(c, DIAG_VALUE, e->span, "'%.*s' is no word", QUOTE(c, e->text));
		if (e->text.p[e->text.n - 1] == '*')
			x->help = STR("words with '*' stand in conditions only");
		else
			x->help = STR("write it in quotes");
		return false;
	}
	if (t->type.tag == VT_PCI_ID) {
		int r = attr_parse(c->a, t, e->text, &v, NULL, &why);

		if (r == -EINVAL)
			not_a_value(c, s, e)->help =
				STR("a PCI id is four digits, ':', four digits: 10de:1eb8");
		if (r < 0)
			return false;
		*ret = v.word;
		return true;
	}
	if (t->type.tag == VT_STRING && !check_domain(c, s, e->text, e->span))
		return false;
	*ret = e->text;
	return true;
}

static bool read_int(struct check *c, const struct symbol *s, const struct elem *e,
	struct str text, struct span span, int64_t *ret)
{
	enum int_format f = s->attr.type.int_format;
	struct diag *x;
	int64_t v;
	int r = int_parse(f, text, &v);

	if (r == -ERANGE) {
		check_error(c, DIAG_VALUE, span, "'%.*s' does not fit into 64 bits",
			QUOTE(c, text));
		return false;
	}
	if (r < 0 && !c->no_consts && text.n > 0 && ascii_isalpha(text.p[0]) && word_is_plain(text)) {
		x = check_error(c, DIAG_UNKNOWN_CONST, span, "there is no constant '%.*s'",
			QUOTE(c, text));
		check_suggest_name(c, x, text, &c->consts);
		return false;
	}
	if (r < 0) {
		x = check_error(c, DIAG_VALUE, span, "'%.*s' is no value of '%.*s', an int",
			QUOTE(c, text), STR_FMT(s->attr.name));
		if (f == INT_DECIMAL && str_starts(text, STR("0x")))
			x->help = STR("declare it as 'int hex' to write hexadecimal numbers");
		else if (f != INT_SIZE && int_parse(INT_SIZE, text, &v) == 0)
			x->help = STR("declare it as 'int size' to write K, M, G and T");
		else if (str_find(text, '-') < text.n)
			x->help = STR("in arithmetic, '-' has blanks around it");
		return false;
	}
	if (!check_int_domain(c, s, v, span))
		return false;
	*ret = v;
	return true;
}

bool literal_int(struct check *c, const struct symbol *s, const struct elem *e, int64_t *ret)
{
	if (e->kind != ELEM_BARE) {
		not_a_value(c, s, e);
		return false;
	}
	return read_int(c, s, e, e->text, e->span, ret);
}

static bool literal_bool(struct check *c, const struct symbol *s, const struct elem *e, bool *ret)
{
	static const struct str words[] = { STR_INIT("yes"), STR_INIT("no"), STR_INIT("true"),
		STR_INIT("false"), STR_INIT("on"), STR_INIT("off") };
	struct value v;
	struct str why;
	struct diag *x;

	if (e->kind == ELEM_BARE &&
		attr_parse(c->a, &s->attr.type, e->text, &v, NULL, &why) == 0) {
		*ret = v.yes;
		return true;
	}
	x = not_a_value(c, s, e);
	if (e->kind == ELEM_BARE)
		check_suggest(c, x, e->text, words, ARRAY_SIZE(words));
	if (x->help.n == 0)
		x->help = STR("write 'yes' or 'no'");
	return false;
}

static struct version_spec spec_of(const struct symbol *s)
{
	return (struct version_spec){ s->attr.type.type.size, s->attr.type.major };
}

/* Exactly one version; a range where one is needed is told from nonsense. */
static bool literal_version(struct check *c, const struct symbol *s, const struct elem *e,
	struct key *ret)
{
	struct range_error error = { 0 }, ignored;
	struct ranges range;
	int r;

	if (e->kind != ELEM_BARE && e->kind != ELEM_TEMPLATE) {
		not_a_value(c, s, e)->help =
			e->kind == ELEM_STRING ? STR("a version is written without quotes") :
						 (struct str){ 0 };
		return false;
	}
	r = version_parse(c->a, e->text, spec_of(s), true, ret, &error);
	if (r == 0)
		return true;
	if (r != -EINVAL)
		return false;
	if (range_item_parse(c->a, e->text, spec_of(s), RANGE_POLICY, &range, &ignored) == 0) {
		check_error(c, DIAG_OPERAND, e->span,
			"'%.*s' is a range of versions where one version is needed",
			QUOTE(c, e->text))->help =
			check_text(c, "write '%.*s in %.*s'", STR_FMT(s->attr.name),
				QUOTE(c, e->text));
		return false;
	}
	/* The range reader knows more spellings, and so better reasons. */
	if (error.code == RANGE_ERR_SYNTAX && ignored.code != RANGE_ERR_AMBIGUOUS)
		error = ignored;
	return report_range(c, s, e, &error);
}

static bool literal_set(struct check *c, const struct symbol *s, const struct elem *e,
	struct word_set *ret)
{
	const struct elem *item;
	struct diag *x;
	struct str *w;
	uint32_t n = 0;

	if (e->kind != ELEM_BRACES) {
		x = not_a_value(c, s, e);
		if (e->kind == ELEM_STRING || e->kind == ELEM_BARE)
			x->help = check_text(c, "a set is written in braces: { %.*s }",
				STR_FMT(str_sub(c->src->text, e->span.from, e->span.to)));
		if (e->kind == ELEM_TEMPLATE)
			x->help = STR("{ a:b } is a template's hole; as a word of a set, quote it: "
				      "{ \"a:b\" }");
		return false;
	}
	if (e->n > WORDS_MAX) {
		check_error(c, DIAG_TOO_MANY, e->span, "a set of %u words, more than %d", e->n,
			WORDS_MAX);
		return false;
	}
	w = arena_new_array(c->a, e->n, struct str);
	if (!w)
		return false;
	for (item = e->first; item; item = item->next) {
		if (item->text.n == 0) {
			check_error(c, DIAG_VALUE, item->span,
				"an empty word is never an element of a set");
			return false;
		}
		if (!literal_word(c, s, item, &w[n]) || !check_domain(c, s, w[n], item->span))
			return false;
		n++;
	}
	*ret = words_normal(w, n);
	return true;
}

/* { 0, 3..5 }: numbers of bits. */
static bool mask_bits(struct check *c, const struct symbol *s, const struct elem *e,
	uint64_t ret[4])
{
	struct symbol bit = { .attr = { .name = s->attr.name } };
	const struct elem *item;
	struct ranges r;
	uint32_t written;

	bit.attr.type = (struct attr_type){
		.type = { .tag = VT_INT },
		.lo = 0,
		.hi = s->attr.type.type.size - 1,
	};
	memset(ret, 0, 4 * sizeof(ret[0]));
	for (item = e->first; item; item = item->next) {
		int64_t i, last;

		if (!literal_ranges(c, &bit, item, &r, &written))
			return false;
		last = key_to_int(r.iv[0].hi) - 1;
		for (i = key_to_int(r.iv[0].lo); i <= last; i++)
			ret[i / 64] |= (uint64_t)1 << (i % 64);
	}
	return true;
}

static bool literal_mask(struct check *c, const struct symbol *s, const struct elem *e,
	uint64_t ret[4])
{
	struct value v;
	struct str why;
	int r;

	if (e->kind == ELEM_BRACES)
		return mask_bits(c, s, e, ret);
	if (e->kind != ELEM_BARE) {
		not_a_value(c, s, e);
		return false;
	}
	r = attr_parse(c->a, &s->attr.type, e->text, &v, NULL, &why);
	if (r == -EINVAL)
		check_error(c, DIAG_VALUE, e->span, "'%.*s' is %.*s", QUOTE(c, e->text),
			STR_FMT(why))->help = STR("write the number as the file has it, or bits "
						  "in braces: { 0, 3..5 }");
	if (r < 0)
		return false;
	memcpy(ret, v.bits, sizeof(v.bits));
	return true;
}

bool literal_value(struct check *c, const struct symbol *s, const struct elem *e,
	struct value *ret)
{
	struct value v = { .type = s->attr.type.type };
	int64_t n;
	bool good = false;

	switch ((enum value_tag)v.type.tag) {
	case VT_STRING:
	case VT_PCI_ID:
		good = literal_word(c, s, e, &v.word);
		break;
	case VT_BOOL:
		good = literal_bool(c, s, e, &v.yes);
		break;
	case VT_INT:
		good = literal_int(c, s, e, &n);
		if (good)
			v.key = key_from_int(n);
		break;
	case VT_VERSION:
		good = literal_version(c, s, e, &v.key);
		break;
	case VT_SET:
		good = literal_set(c, s, e, &v.set);
		break;
	case VT_MASK:
		good = literal_mask(c, s, e, v.bits);
		break;
	case VT_NONE:
		break;
	}
	if (good)
		*ret = v;
	return good;
}

/* ---- ranges ------------------------------------------------------------------------------ */

/* N or N..M */
static bool int_ranges(struct check *c, const struct symbol *s, const struct elem *e,
	struct ranges *ret)
{
	struct interval iv;
	int64_t lo, hi;
	size_t i;

	for (i = 0; i + 1 < e->text.n && !(e->text.p[i] == '.' && e->text.p[i + 1] == '.'); i++)
		;
	if (i + 1 >= e->text.n || e->kind != ELEM_BARE) {
		if (!literal_int(c, s, e, &lo))
			return false;
		hi = lo;
	} else {
		struct span from = { e->span.from, e->span.from + (uint32_t)i };
		struct span to = { from.to + 2, e->span.to };

		if (!read_int(c, s, e, str_sub(e->text, 0, i), from, &lo) ||
			!read_int(c, s, e, str_sub(e->text, i + 2, e->text.n), to, &hi))
			return false;
		if (lo > hi) {
			check_error(c, DIAG_RANGE, e->span, "a range that ends before it begins")->help =
				check_text(c, "write '%.*s..%.*s'",
					STR_FMT(str_sub(e->text, i + 2, e->text.n)),
					STR_FMT(str_sub(e->text, 0, i)));
			return false;
		}
	}
	iv.lo = key_from_int(lo);
	iv.hi = key_next(key_from_int(hi), LINE_INT);
	return ranges_normalize(c->a, &iv, 1, ret) == 0;
}

bool literal_ranges(struct check *c, const struct symbol *s, const struct elem *e,
	struct ranges *ret, uint32_t *ret_written)
{
	struct range_error error = { 0 };
	int r;

	*ret_written = 1;
	if (s->attr.type.type.tag == VT_INT)
		return int_ranges(c, s, e, ret);
	if (e->kind != ELEM_BARE && e->kind != ELEM_TEMPLATE) {
		not_a_value(c, s, e)->help =
			e->kind == ELEM_STRING ? STR("a version is written without quotes") :
						 (struct str){ 0 };
		return false;
	}
	r = range_item_parse(c->a, e->text, spec_of(s), RANGE_POLICY, ret, &error);
	if (r == -EINVAL)
		return report_range(c, s, e, &error);
	if (r < 0)
		return false;
	*ret_written = (uint32_t)range_item_written(e->text);
	return true;
}
