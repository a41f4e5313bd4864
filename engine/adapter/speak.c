/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The tools of the adapters: files with errors that become a status, attributes, blocks;
 * and what `as offers` makes of them. Which file says what is each adapter's own affair.
 */
#include <errno.h>

#include "engine/adapter/speak.h"
#include "engine/image/attr-parse.h"

/* ---- reading
 * ------------------------------------------------------------------------------- */

/* It may be a name that a file holds: as long as that, and nothing that anybody would read. */
#define DETAIL_MAX 128

int speak_fail(
	struct speaker *p, enum mdc_status status, struct str detail, struct str why)
{
	p->out->status = status;
	p->out->detail = str_sub(detail, 0, DETAIL_MAX);
	p->out->detail_why = why;
	return -ECANCELED;
}

int speak_error(const struct speaker *p)
{
	return p->out->status == STATUS_OK ? -ENOMEM : -ECANCELED;
}

static int read_failed(struct speaker *p, struct str path, int r)
{
	if (r == -EFBIG)
		return speak_unreadable(p, path, "more than 4096 bytes");
	if (r == -EACCES || r == -EPERM)
		return speak_unreadable(p, path, "permission denied");
	return speak_unreadable(p, path, "the read failed");
}

int speak_read(struct speaker *p, enum fact_kind where, struct str path, struct str *ret,
	struct str *ret_from)
{
	struct str text, from = { 0 };
	int r;

	if (!p->in->files || !p->in->files->read)
		return -ENOENT;
	r = p->in->files->read(p->in->files->ctx, p->a, where, path, &text, &from);
	if (r == -ENOENT || r == -ENODEV || r == -ENOMEM)
		return r;
	if (r == 0 && text.n > FACT_TEXT_MAX)
		r = -EFBIG;
	if (r < 0)
		return read_failed(p, path, r);
	if (text.n > 0 && text.p[text.n - 1] == '\n')
		text.n--;
	*ret = text;
	*ret_from = from;
	return 0;
}

static int missing(struct speaker *p, struct str path)
{
	return speak_fail(
		p, STATUS_MISSING_FACT, path, STR("the driver has no such file"));
}

int speak_need(struct speaker *p, struct str path, struct str *ret, struct str *ret_from)
{
	int r = speak_read(p, p->home, path, ret, ret_from);

	return r == -ENOENT ? missing(p, path) : r;
}

int speak_find(struct speaker *p, struct str path, struct str *ret, struct str *ret_from)
{
	int r = -ENOENT;

	if (p->in->instance) {
		p->home = FACT_DEVICE;
		r = speak_read(p, p->home, path, ret, ret_from);
	}
	if (r == -ENOENT && p->in->kind == KIND_MDEV) {
		p->home = FACT_TYPE;
		r = speak_read(p, p->home, path, ret, ret_from);
	}
	return r == -ENOENT ? missing(p, path) : r;
}

/* ---- texts
 * --------------------------------------------------------------------------------- */

bool speak_one_line(struct str text)
{
	size_t i;

	for (i = 0; i < text.n; i++)
		if (!ascii_isprint(text.p[i]))
			return false;
	return true;
}

bool speak_name_valid(struct str name)
{
	size_t i;

	for (i = 0; i < name.n; i++)
		if (!ascii_isalnum(name.p[i]) && name.p[i] != '_' && name.p[i] != '-' &&
			name.p[i] != '.')
			return false;
	return name.n > 0 && name.n <= NAME_MAX_LEN && name.p[0] != '.' &&
	       !str_eq(name, STR("kind")) && !str_eq(name, STR("driver")) &&
	       !str_eq(name, STR("type")) && !interface_reserves(name);
}

static bool separates(char c)
{
	return c == ',' || c == ' ' || c == '\t' || c == '\n';
}

/* Puts @word into the first @n of @w, which are sorted. */
static uint32_t insert_word(struct str *w, uint32_t n, struct str word)
{
	uint32_t lo = 0, hi = n;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		int c = str_cmp(w[mid], word);

		if (c == 0)
			return n;
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (hi = n; hi > lo; hi--)
		w[hi] = w[hi - 1];
	w[lo] = word;
	return n + 1;
}

int speak_words(struct speaker *p, struct str text, struct word_set *ret)
{
	struct str *w = arena_new_array(p->a, text.n / 2 + 1, struct str);
	size_t i = 0, from;
	uint32_t n = 0;

	if (!w)
		return -ENOMEM;
	while (i < text.n) {
		if (separates(text.p[i])) {
			i++;
			continue;
		}
		for (from = i; i < text.n && !separates(text.p[i]);)
			i++;
		n = insert_word(w, n, str_sub(text, from, i));
	}
	*ret = (struct word_set){ w, n };
	return 0;
}

int speak_add_word(struct speaker *p, struct str word, struct word_set *set)
{
	struct str *w = arena_new_array(p->a, set->n + 1, struct str);

	if (!w)
		return -ENOMEM;
	if (set->n > 0)
		memcpy(w, set->w, set->n * sizeof(*w));
	*set = (struct word_set){ w, insert_word(w, set->n, word) };
	return 0;
}

/* ---- attributes
 * ---------------------------------------------------------------------------- */

struct spoken_attr *speak_attr(struct speaker *p, struct str name, enum value_tag tag)
{
	if (speak_name_valid(name))
		return speak_own_attr(p, name, tag);
	speak_unreadable(p, name, "no name for an attribute");
	return NULL;
}

struct spoken_attr *speak_own_attr(struct speaker *p, struct str name, enum value_tag tag)
{
	struct spoken_attr *s;
	uint32_t i;

	for (i = 0; i < p->n_attrs; i++)
		if (str_eq(p->attr[i].attr.name, name)) {
			speak_unreadable(p, name, "it stands there twice");
			return NULL;
		}
	if (p->n_attrs == SPOKEN_ATTRS_MAX) {
		speak_unreadable(p, name, "more than 64 attributes");
		return NULL;
	}
	s = &p->attr[p->n_attrs++];
	s->attr.name = name;
	s->attr.spoken = true;
	s->attr.type.type.tag = (uint8_t)tag;
	s->attr.type.lo = INT64_MIN;
	s->attr.type.hi = INT64_MAX;
	s->absent = true;
	return s;
}

uint16_t speak_number(const struct speaker *p, const struct spoken_attr *attr)
{
	return (uint16_t)(ATTR_FIRST + (attr - p->attr));
}

int speak_string(struct speaker *p, struct str name, struct str value, struct str from,
	uint16_t *ret_attr)
{
	struct spoken_attr *s;

	if (!speak_one_line(value))
		return speak_unreadable(p, name, "bytes that are not printable ASCII");
	s = speak_attr(p, name, VT_STRING);
	if (!s)
		return speak_error(p);
	s->raw = value;
	s->from = from;
	s->absent = false;
	s->value.type = s->attr.type.type;
	s->value.word = value;
	if (ret_attr)
		*ret_attr = speak_number(p, s);
	return 0;
}

int speak_version(struct speaker *p, struct str name, struct str text, struct str from,
	uint16_t *ret_attr)
{
	struct spoken_attr *s = speak_attr(p, name, VT_VERSION);
	struct str why = { 0 };
	int r;

	if (!s)
		return speak_error(p);
	s->attr.type.type.size = 3;
	s->attr.type.major = 1;
	s->raw = text;
	s->from = from;
	s->absent = false;
	r = attr_parse(p->a, &s->attr.type, text, &s->value, NULL, &why);
	if (r == -EINVAL)
		return speak_fail(p, STATUS_UNREADABLE_FACT, name, why);
	*ret_attr = speak_number(p, s);
	return r;
}

/* ---- blocks
 * -------------------------------------------------------------------------------- */

int speak_block(struct speaker *p)
{
	if (p->n_blocks == p->room) {
		uint32_t room = p->room ? 4 * p->room : 4;
		struct block *grown;

		/* One more for what `as offers` adds. */
		if (p->n_blocks > BINDINGS_MAX)
			return -E2BIG;
		grown = arena_new_array(p->a, room, struct block);
		if (!grown)
			return -ENOMEM;
		if (p->n_blocks > 0)
			memcpy(grown, p->block, p->n_blocks * sizeof(*grown));
		p->block = grown;
		p->room = room;
	}
	if (p->n_blocks > BINDINGS_MAX)
		return -E2BIG;
	p->clause = arena_new_array(p->a, ATTR_FIRST + p->n_attrs, struct clause);
	p->claim = arena_new_array(p->a, p->n_attrs, struct claim);
	if (!p->clause || !p->claim)
		return -ENOMEM;
	p->block[p->n_blocks++] = (struct block){
		.kind = BLOCK_ACCEPT,
		.clause = p->clause,
		.claim = p->claim,
	};
	return 0;
}

struct clause *speak_clause(struct speaker *p, uint16_t attr, enum clause_op op)
{
	struct block *b = &p->block[p->n_blocks - 1];
	struct clause *c = &p->clause[b->n_clauses++];

	*c = (struct clause){ .attr = attr, .op = op };
	return c;
}

void speak_claim(struct speaker *p, uint16_t attr)
{
	struct block *b = &p->block[p->n_blocks - 1];

	p->claim[b->n_claims++] = (struct claim){ .attr = attr, .copy = true };
}

void speak_in(struct speaker *p, uint16_t attr, struct word_set words)
{
	struct clause *c = speak_clause(p, attr, OP_IN);

	c->operand.kind = OPERAND_WORDS;
	c->operand.words = words;
}

int speak_is(struct speaker *p, uint16_t attr, struct str word)
{
	struct str *w = arena_new(p->a, struct str);
	struct clause *c;

	if (!w)
		return -ENOMEM;
	*w = word;
	c = speak_clause(p, attr, OP_EQ);
	c->operand.kind = OPERAND_WORDS;
	c->operand.words = (struct word_set){ w, 1 };
	return 0;
}
