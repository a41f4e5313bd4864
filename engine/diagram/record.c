/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Records as canonical text: entries in level order, each its name and a value that carries its
 * type, so that nobody needs the policy to read them. One record, one text.
 */
#include <errno.h>

#include "engine/base/limits.h"
#include "engine/diagram/diagram.h"
#include "engine/diagram/level.h"
#include "engine/diagram/spell.h"

static void put_mask(struct sbuf *b, const uint64_t bits[4], unsigned size)
{
	unsigned digit = (size + 3) / 4;

	while (digit-- > 0)
		sbuf_put_hex(b, bits[digit / 16] >> (4 * (digit % 16)) & 15, 1);
}

void record_print_value(struct sbuf *b, const struct value *v)
{
	uint32_t i;

	sbuf_putc(b, (char)v->type.tag);
	switch ((enum value_tag)v->type.tag) {
	case VT_STRING:
	case VT_PCI_ID:
		spell_put_word(b, v->type, v->word);
		break;
	case VT_BOOL:
		sbuf_putc(b, v->yes ? '1' : '0');
		break;
	case VT_INT:
	case VT_VERSION:
		spell_put_key(b, v->type, v->key);
		break;
	case VT_SET:
		for (i = 0; i < v->set.n; i++) {
			if (i > 0)
				sbuf_putc(b, ':');
			spell_put_word(b, v->type, v->set.w[i]);
		}
		break;
	case VT_MASK:
		sbuf_put_u64(b, v->type.size);
		sbuf_putc(b, '.');
		put_mask(b, v->bits, v->type.size);
		break;
	case VT_NONE:
		break;
	}
}

void record_print(struct sbuf *b, const struct record *r)
{
	uint32_t i;

	for (i = 0; i < r->n; i++) {
		if (i > 0)
			sbuf_putc(b, ',');
		spell_put_name(b, r->e[i].name);
		sbuf_putc(b, '=');
		record_print_value(b, &r->e[i].value);
	}
}

static int parse_version(struct str s, struct value *v)
{
	struct str rest = s;
	unsigned parts = 0;

	while (spell_more(rest) && parts <= VERSION_PARTS_MAX) {
		spell_split(&rest, '.');
		parts++;
	}
	if (parts > VERSION_PARTS_MAX)
		return -EBADMSG;
	v->type.size = (uint16_t)parts;
	return spell_key(s, v->type, &v->key);
}

static int parse_mask(struct str s, struct value *v)
{
	uint64_t size;
	size_t i;
	int digit;

	if (spell_number(spell_split(&s, '.'), MASK_BITS_MAX, &size) < 0 || size == 0)
		return -EBADMSG;
	v->type.size = (uint16_t)size;
	if (s.n != (size + 3) / 4)
		return -EBADMSG;
	for (i = 0; i < s.n; i++) {
		digit = ascii_hexval(s.p[s.n - 1 - i]);
		if (digit < 0 || (s.p[s.n - 1 - i] >= 'A' && s.p[s.n - 1 - i] <= 'F'))
			return -EBADMSG;
		v->bits[i / 16] |= (uint64_t)digit << (4 * (i % 16));
	}
	return 0;
}

static int parse_set(struct arena *a, struct str s, struct value *v)
{
	struct str rest = s, *w;
	uint32_t n = 0, i;
	int r;

	if (s.n == 0)
		return 0;
	while (spell_more(rest)) {
		spell_split(&rest, ':');
		n++;
	}
	if (n > WORDS_MAX)
		return -EBADMSG;
	w = arena_new_array(a, n, struct str);
	if (!w)
		return -ENOMEM;
	for (i = 0; i < n; i++) {
		r = spell_word(a, spell_split(&s, ':'), v->type, &w[i]);
		if (r < 0)
			return r;
	}
	v->set = (struct word_set){ w, n };
	return 0;
}

static int parse_value(struct arena *a, struct str s, struct value *ret)
{
	struct value v = { 0 };
	int r = -EBADMSG;

	if (s.n == 0)
		return -EBADMSG;
	v.type.tag = (uint8_t)s.p[0];
	s = (struct str){ s.p + 1, s.n - 1 };
	switch ((enum value_tag)v.type.tag) {
	case VT_STRING:
	case VT_PCI_ID:
		r = spell_word(a, s, v.type, &v.word);
		break;
	case VT_BOOL:
		v.yes = str_eq(s, STR("1"));
		r = v.yes || str_eq(s, STR("0")) ? 0 : -EBADMSG;
		break;
	case VT_INT:
		r = spell_key(s, v.type, &v.key);
		break;
	case VT_VERSION:
		r = parse_version(s, &v);
		break;
	case VT_SET:
		r = parse_set(a, s, &v);
		break;
	case VT_MASK:
		r = parse_mask(s, &v);
		break;
	case VT_NONE:
		break;
	}
	if (r < 0)
		return r;
	if (!value_valid(&v))
		return -EBADMSG;
	*ret = v;
	return 0;
}

int record_parse(struct arena *a, struct str text, struct record *ret)
{
	struct record record = { 0 };
	struct str rest = text, entry;
	uint32_t n = 0, i;
	int r;

	if (text.n == 0) {
		*ret = record;
		return 0;
	}
	while (spell_more(rest)) {
		spell_split(&rest, ',');
		n++;
	}
	if (n > RECORD_ENTRIES_MAX)
		return -EBADMSG;
	record.e = arena_new_array(a, n, struct record_entry);
	if (!record.e)
		return -ENOMEM;
	record.n = n;
	for (i = 0; i < n; i++) {
		entry = spell_split(&text, ',');
		r = spell_name(a, spell_split(&entry, '='), &record.e[i].name);
		if (r < 0)
			return r;
		if (!spell_more(entry))
			return -EBADMSG;
		r = parse_value(a, entry, &record.e[i].value);
		if (r < 0)
			return r;
	}
	if (!record_in_order(&record))
		return -EBADMSG;
	*ret = record;
	return 0;
}
