/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * `migration-info`: a device model and its parameters (Stefan Hajnoczi's VFIO migration proposal, 10
 * November 2020), in migration_info.json of the mdev type; the values of an instance are in its
 * migration/PARAMETER, where they are also set before migration.
 */
#include <errno.h>

#include "engine/adapter/interfaces.h"
#include "engine/adapter/json.h"
#include "engine/adapter/speak.h"
#include "engine/image/attr-parse.h"

static const struct str file = STR_INIT("migration_info.json");

/* ---- values -------------------------------------------------------------------------------- */

static int bad_value(struct speaker *p, struct str name)
{
	return speak_unreadable(p, name, "a value that is not of the parameter's type");
}

static int type_of(struct speaker *p, const struct json_node *param, enum value_tag *ret)
{
	const struct json_node *type = json_member(param, STR("type"));
	struct str word = type && type->kind == JSON_STRING ? type->text : (struct str){ 0 };

	if (str_eq(word, STR("bool")))
		*ret = VT_BOOL;
	else if (str_eq(word, STR("int")))
		*ret = VT_INT;
	else if (str_eq(word, STR("str")) || str_eq(word, STR("string")))
		*ret = VT_STRING;
	else
		return speak_unreadable(p, param->name, "a parameter's type is bool, int or str");
	return 0;
}

static int json_value(struct speaker *p, struct str name, struct value_type type,
	const struct json_node *n, struct value *ret)
{
	struct value v = { .type = type };
	int64_t number;

	if (type.tag == VT_BOOL && (n->kind == JSON_FALSE || n->kind == JSON_TRUE)) {
		v.yes = n->kind == JSON_TRUE;
	} else if (type.tag == VT_STRING && n->kind == JSON_STRING) {
		v.word = n->text;
	} else if (type.tag == VT_INT && n->kind == JSON_NUMBER &&
		   int_parse(INT_DECIMAL, n->text, &number) == 0) {
		v.key = key_from_int(number);
	} else {
		return bad_value(p, name);
	}
	*ret = v;
	return 0;
}

/* ---- allowed values ------------------------------------------------------------------------ */

struct allowed {
	struct interval *interval;
	struct str *word; /* sorted */
	uint32_t n, n_words;
	bool has_no, has_yes;
};

/* `5` or `0-255`. */
static int parse_range(struct str text, struct interval *ret)
{
	struct str low = text, high = text;
	int64_t lo, hi;
	size_t i;

	for (i = 1; i < text.n; i++)
		if (text.p[i] == '-') {
			low = str_sub(text, 0, i);
			high = str_sub(text, i + 1, text.n);
			break;
		}
	if (int_parse(INT_DECIMAL, low, &lo) < 0 || int_parse(INT_DECIMAL, high, &hi) < 0 ||
		lo > hi)
		return -EINVAL;
	*ret = (struct interval){ key_from_int(lo), key_next(key_from_int(hi), LINE_INT) };
	return 0;
}

static void add_word(struct allowed *a, struct str word)
{
	uint32_t i, k;

	for (i = 0; i < a->n_words && str_cmp(a->word[i], word) < 0;)
		i++;
	if (i < a->n_words && str_eq(a->word[i], word))
		return;
	for (k = a->n_words++; k > i; k--)
		a->word[k] = a->word[k - 1];
	a->word[i] = word;
}

static int add_allowed(struct speaker *p, struct str name, struct value_type type,
	const struct json_node *n, struct allowed *a)
{
	struct value v;
	int r;

	if (type.tag == VT_INT && n->kind == JSON_STRING) {
		if (parse_range(n->text, &a->interval[a->n]) < 0)
			return bad_value(p, name);
		a->n++;
		return 0;
	}
	r = json_value(p, name, type, n, &v);
	if (r < 0)
		return r;
	if (type.tag == VT_BOOL) {
		a->has_yes = a->has_yes || v.yes;
		a->has_no = a->has_no || !v.yes;
	} else if (type.tag == VT_STRING) {
		add_word(a, v.word);
	} else {
		a->interval[a->n++] = (struct interval){ v.key, key_next(v.key, LINE_INT) };
	}
	return 0;
}

/* `PARAMETER in allowed_values`; a text alone is a list of one. */
static int allow(struct speaker *p, const struct json_node *param, uint16_t attr)
{
	const struct json_node *list = json_member(param, STR("allowed_values")), *n;
	struct value_type type = p->attr[attr - ATTR_FIRST].attr.type.type;
	struct allowed a = { 0 };
	struct clause *c;
	uint32_t room = 1;
	int r = 0;

	if (!list)
		return speak_unreadable(p, param->name, "no allowed_values");
	for (n = list->first; n; n = n->next)
		room++;
	a.interval = arena_new_array(p->a, room, struct interval);
	a.word = arena_new_array(p->a, room, struct str);
	if (!a.interval || !a.word)
		return -ENOMEM;
	if (list->kind != JSON_ARRAY)
		r = add_allowed(p, param->name, type, list, &a);
	for (n = list->first; r == 0 && list->kind == JSON_ARRAY && n; n = n->next)
		r = add_allowed(p, param->name, type, n, &a);
	if (r < 0)
		return r;
	c = speak_clause(p, attr, OP_IN);
	c->operand.kind = type.tag == VT_BOOL	? OPERAND_BOOL :
			  type.tag == VT_STRING ? OPERAND_WORDS :
						  OPERAND_RANGES;
	c->operand.has_no = a.has_no;
	c->operand.has_yes = a.has_yes;
	c->operand.words = (struct word_set){ a.word, a.n_words };
	return ranges_normalize(p->a, a.interval, a.n, &c->operand.ranges);
}

/* ---- parameters ---------------------------------------------------------------------------- */

/* The value of an instance; a type's instances begin with init_value. */
static int own_value(struct speaker *p, const struct json_node *param, struct str from,
	struct spoken_attr *s)
{
	const struct json_node *init = json_member(param, STR("init_value"));
	struct str text, why = { 0 };
	struct value begin;
	int r;

	/* Where it is not used it must be right as well: the file would be another model's. */
	if (init) {
		r = json_value(p, param->name, s->attr.type.type, init, &begin);
		if (r < 0)
			return r;
	}
	if (!p->in->instance) {
		if (init) {
			s->absent = false;
			s->value = begin;
			s->raw = init->kind == JSON_TRUE  ? STR("true") :
				 init->kind == JSON_FALSE ? STR("false") :
							    init->text;
			s->from = from;
			return 0;
		}
		return s->attr.presence == PRESENCE_DEFAULT ? 0 :
							      speak_fail(p, STATUS_MISSING_FACT, param->name,
								      STR("neither init_value nor off_value"));
	}
	p->home = FACT_DEVICE;
	r = speak_need(p, s->attr.fact.path[0], &text, &s->from);
	if (r < 0)
		return r;
	s->raw = text;
	s->absent = false;
	r = attr_parse(p->a, &s->attr.type, text, &s->value, NULL, &why);
	return r == -EINVAL ? speak_fail(p, STATUS_UNREADABLE_FACT, param->name, why) : r;
}

/* A parameter that is off is as one that the device does not have. */
static int add_param(struct speaker *p, const struct json_node *param, struct str from)
{
	const struct json_node *off = json_member(param, STR("off_value"));
	struct sbuf b = { .size = sizeof("migration/") + NAME_MAX_LEN };
	struct spoken_attr *s;
	enum value_tag tag = VT_NONE;
	int r;

	r = type_of(p, param, &tag);
	if (r < 0)
		return r;
	s = speak_attr(p, param->name, tag);
	if (!s)
		return speak_error(p);
	s->attr.dynamic = true;
	b.p = arena_alloc_raw(p->a, b.size);
	if (!b.p)
		return -ENOMEM;
	sbuf_puts(&b, "migration/");
	sbuf_put_str(&b, param->name);
	s->attr.fact =
		(struct fact){ .kind = FACT_DEVICE, .path[0] = sbuf_str(&b), .n_paths = 1 };
	s->attr.presence = off ? PRESENCE_DEFAULT : PRESENCE_DEFAULT_ABSENT;
	if (off)
		r = json_value(p, param->name, s->attr.type.type, off, &s->attr.dflt);
	return r < 0 ? r : own_value(p, param, from, s);
}

static int speak_model(struct speaker *p, const struct json_node *model, struct str from)
{
	const struct json_node *params = json_member(model, STR("params")), *n;
	uint16_t attr;
	int r;

	r = speak_string(p, STR("model"), model->name, from, NULL);
	if (params && params->kind != JSON_OBJECT)
		return speak_unreadable(p, file, "\"params\" is an object");
	for (n = params ? params->first : NULL; r == 0 && n; n = n->next)
		r = add_param(p, n, from);
	if (r == 0)
		r = speak_block(p);
	attr = ATTR_FIRST + 1;
	for (n = params ? params->first : NULL; r == 0 && n; n = n->next, attr++) {
		r = allow(p, n, attr);
		if (r == 0)
			speak_claim(p, attr);
	}
	return r;
}

int migration_info_speak(struct speaker *p)
{
	struct str text, from, why = { 0 };
	const struct json_node *root, *models;
	int r;

	r = speak_need(p, file, &text, &from);
	if (r == 0)
		r = json_parse(p->a, text, &root, &why);
	if (r == -EINVAL)
		return speak_fail(p, STATUS_UNREADABLE_FACT, file, why);
	if (r < 0)
		return r;
	models = json_member(root, STR("models"));
	if (!models || models->kind != JSON_OBJECT || !models->first)
		return speak_unreadable(p, file, "no \"models\"");
	/* Which of several an instance is, nothing tells. */
	if (models->first->next)
		return speak_unreadable(p, file, "more than one model");
	if (models->first->kind != JSON_OBJECT)
		return speak_unreadable(p, file, "a model is an object");
	return speak_model(p, models->first, from);
}
