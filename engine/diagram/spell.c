/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The smallest parts of canonical text: names, words, numbers and points. Each has one spelling,
 * and a reader takes no other, so that equal strings and equal meaning are the same thing. What
 * the parts are put together to is for record.c, print.c and parse.c.
 */
#include <errno.h>

#include "engine/base/limits.h"
#include "engine/diagram/level.h"
#include "engine/diagram/spell.h"

struct str spell_split(struct str *rest, char sep)
{
	size_t at = str_find(*rest, sep);
	struct str part = str_sub(*rest, 0, at);

	if (at == rest->n)
		*rest = (struct str){ 0 };
	else
		*rest = (struct str){ rest->p + at + 1, rest->n - at - 1 };
	return part;
}

int spell_number(struct str s, uint64_t max, uint64_t *ret)
{
	if (s.n > 1 && s.p[0] == '0')
		return -EBADMSG;
	return str_to_u64(s, max, ret) < 0 ? -EBADMSG : 0;
}

static int spell_text(struct arena *a, struct str s, struct str *ret)
{
	struct str text;
	int r;

	/* No escape is shorter than what it stands for. */
	if (s.n > (size_t)3 * WORD_MAX_LEN)
		return -EBADMSG;
	r = str_unescape(a, s, &text);
	if (r < 0)
		return r == -EINVAL ? -EBADMSG : r;
	if (!word_valid(text))
		return -EBADMSG;
	*ret = text;
	return 0;
}

void spell_put_name(struct sbuf *b, struct str name)
{
	sbuf_put_escaped(b, name);
}

int spell_name(struct arena *a, struct str s, struct str *ret)
{
	struct str name;
	int r;

	r = spell_text(a, s, &name);
	if (r < 0)
		return r;
	if (name.n == 0 || name.n > NAME_MAX_LEN)
		return -EBADMSG;
	*ret = name;
	return 0;
}

void spell_put_word(struct sbuf *b, struct value_type t, struct str w)
{
	if (t.tag == VT_PCI_ID) {
		sbuf_put_str(b, str_sub(w, 0, 4));
		w = str_sub(w, 5, w.n);
	}
	sbuf_put_escaped(b, w);
}

static int spell_pci_id(struct arena *a, struct str s, struct str *ret)
{
	struct str id;
	char *p;

	if (s.n != PCI_ID_LEN - 1)
		return -EBADMSG;
	p = arena_alloc(a, PCI_ID_LEN);
	if (!p)
		return -ENOMEM;
	memcpy(p, s.p, 4);
	p[4] = ':';
	memcpy(p + 5, s.p + 4, 4);
	id = (struct str){ p, PCI_ID_LEN };
	if (!pci_id_valid(id))
		return -EBADMSG;
	*ret = id;
	return 0;
}

int spell_word(struct arena *a, struct str s, struct value_type t, struct str *ret)
{
	if (t.tag == VT_PCI_ID)
		return spell_pci_id(a, s, ret);
	if (t.tag == VT_SET && s.n == 0)
		return -EBADMSG;
	return spell_text(a, s, ret);
}

void spell_put_key(struct sbuf *b, struct value_type t, struct key k)
{
	unsigned i;

	if (t.tag == VT_INT) {
		sbuf_put_i64(b, key_to_int(k));
		return;
	}
	for (i = 0; i < t.size; i++) {
		if (i > 0)
			sbuf_putc(b, '.');
		sbuf_put_u64(b, key_part(k, i));
	}
}

static int spell_int(struct str s, struct key *ret)
{
	bool minus = s.n > 0 && s.p[0] == '-';
	uint64_t v;

	if (minus)
		s = str_sub(s, 1, s.n);
	if (spell_number(s, (uint64_t)INT64_MAX + minus, &v) < 0 || (minus && v == 0))
		return -EBADMSG;
	*ret = key_from_int((int64_t)(minus ? -v : v));
	return 0;
}

int spell_key(struct str s, struct value_type t, struct key *ret)
{
	uint32_t part[VERSION_PARTS_MAX] = { 0 };
	uint64_t v;
	unsigned i;

	if (t.tag == VT_INT)
		return spell_int(s, ret);
	for (i = 0; i < t.size; i++) {
		if (!spell_more(s) || spell_number(spell_split(&s, '.'), VERSION_PART_MAX, &v) < 0)
			return -EBADMSG;
		part[i] = (uint32_t)v;
	}
	if (spell_more(s))
		return -EBADMSG;
	*ret = key_from_parts(part);
	return 0;
}
