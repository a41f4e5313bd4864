/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The parts that heads and rules are made of: numbers, texts, words, ranges, values. It knows
 * how they are spelled and that only one spelling is right; what may stand where is known by
 * those who call.
 */
#include "engine/image/cursor.h"

uint64_t cursor_long_uint(struct cursor *c)
{
	uint64_t v = 0;
	unsigned shift;

	for (shift = 0; shift < 64; shift += 7) {
		uint8_t b;

		if (c->at == c->end)
			break;
		b = *c->at++;
		if (shift == 63 && b > 1)
			break;
		v |= (uint64_t)(b & 0x7f) << shift;
		if (b < 0x80) {
			if (b == 0 && shift > 0)
				break;
			return v;
		}
	}
	cursor_fail(c, -EBADMSG);
	return 0;
}

struct str cursor_text(struct cursor *c, size_t max)
{
	struct str s = cursor_bytes(c, max);

	cursor_check(c, str_printable(s));
	return s;
}

struct str cursor_name(struct cursor *c, size_t max)
{
	struct str s = cursor_text(c, max);

	cursor_check(c, s.n > 0);
	return s;
}

struct place cursor_place(struct cursor *c)
{
	struct place p;

	p.line = (uint32_t)cursor_uint(c, UINT32_MAX);
	p.column = (uint32_t)cursor_uint(c, UINT32_MAX);
	return p;
}

struct word_set cursor_words(struct cursor *c, struct value_type t)
{
	uint32_t i, n = cursor_count(c, WORDS_MAX, 1);
	struct str *w = cursor_alloc(c, n, sizeof(*w));
	struct word_set set = { 0 };
	struct value v = { .type = t };

	if (!w)
		return set;
	for (i = 0; i < n && c->error == 0; i++) {
		w[i] = cursor_bytes(c, WORD_MAX_LEN);
		if (!w[i].p)
			w[i].p = ""; /* an empty word is a word */
		if (t.tag == VT_SET)
			continue;
		v.word = w[i];
		cursor_check(c, value_valid(&v) && (i == 0 || str_cmp(w[i - 1], w[i]) < 0));
	}
	set = (struct word_set){ w, n };
	if (t.tag == VT_SET && c->error == 0) {
		v.set = set;
		cursor_check(c, value_valid(&v));
	}
	return set;
}

static struct key cursor_key(struct cursor *c, enum line_kind line)
{
	uint32_t part[4] = { 0 };
	unsigned i;

	if (line == LINE_INT)
		return key_from_int(cursor_int(c));
	for (i = 0; i < (unsigned)(line - LINE_INT); i++)
		part[i] = (uint32_t)cursor_uint(c, VERSION_PART_MAX);
	return key_from_parts(part);
}

struct ranges cursor_ranges(struct cursor *c, enum line_kind line)
{
	/* The low bit says that the last interval has no end. */
	uint32_t head = (uint32_t)cursor_uint(c, UINT32_MAX);
	uint32_t i, n = head >> 1;
	struct ranges r = { 0 };

	cursor_check(c, head != 1 && n <= cursor_left(c));
	r.iv = cursor_alloc(c, n, sizeof(*r.iv));
	if (!r.iv)
		return RANGES_NONE;
	r.n = n;
	for (i = 0; i < n && c->error == 0; i++) {
		r.iv[i].lo = cursor_key(c, line);
		r.iv[i].hi = i == n - 1 && (head & 1) ? KEY_END : cursor_key(c, line);
	}
	cursor_check(c, c->error == 0 && ranges_valid(r, line));
	return r;
}

void cursor_bits(struct cursor *c, struct value_type t, uint64_t ret[4])
{
	unsigned i, n = (t.size + 7u) / 8;

	if (n > cursor_left(c) || n > 32) {
		cursor_fail(c, -EBADMSG);
		return;
	}
	for (i = 0; i < n; i++)
		ret[i / 8] |= (uint64_t)c->at[i] << i % 8 * 8;
	c->at += n;
}

void cursor_value(struct cursor *c, struct value_type t, struct value *ret)
{
	*ret = (struct value){ .type = t };
	switch ((enum value_tag)t.tag) {
	case VT_STRING:
	case VT_PCI_ID:
		ret->word = cursor_bytes(c, WORD_MAX_LEN);
		if (!ret->word.p)
			ret->word.p = "";
		break;
	case VT_BOOL:
		ret->yes = cursor_bool(c);
		break;
	case VT_INT:
	case VT_VERSION:
		ret->key = cursor_key(c, value_type_line(t));
		break;
	case VT_SET:
		ret->set = cursor_words(c, t);
		break;
	case VT_MASK:
		cursor_bits(c, t, ret->bits);
		break;
	case VT_NONE:
		break;
	}
	cursor_check(c, c->error == 0 && value_valid(ret));
}
