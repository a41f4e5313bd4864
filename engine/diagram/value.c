/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Values, the order of levels, and records. It knows what a well-formed value is and which of
 * two levels comes first; how either is spelled is record.c's and tell.c's affair. Built into
 * the udev helper: no heap, no stdio, and no qsort(), which takes memory from the heap.
 */
#include <errno.h>

#include "engine/base/limits.h"
#include "engine/diagram/level.h"
#include "engine/diagram/value.h"

#define EACH_BYTE(b) (UINT64_C(0x0101010101010101) * (b))

/* Eight bytes at once: with no high bit set, adding 1 sets it in 0x7f and adding 0x60 in all
 * that are not below 0x20; neither carries into the next byte. */
static bool eight_printable(const char *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	if (v & EACH_BYTE(0x80))
		return false;
	return ((v + EACH_BYTE(0x01)) & EACH_BYTE(0x80)) == 0 &&
	       ((v + EACH_BYTE(0x60)) & EACH_BYTE(0x80)) == EACH_BYTE(0x80);
}

bool word_valid(struct str w)
{
	size_t i;

	if (w.n > WORD_MAX_LEN)
		return false;
	for (i = 0; i + 8 <= w.n; i += 8)
		if (!eight_printable(w.p + i))
			return false;
	for (; i < w.n; i++)
		if (!ascii_isprint(w.p[i]))
			return false;
	return true;
}

bool pci_id_valid(struct str w)
{
	size_t i;

	if (w.n != PCI_ID_LEN || w.p[4] != ':')
		return false;
	for (i = 0; i < w.n; i++)
		if (i != 4 && !ascii_isdigit(w.p[i]) && !(w.p[i] >= 'a' && w.p[i] <= 'f'))
			return false;
	return true;
}

bool value_type_valid(struct value_type t)
{
	switch ((enum value_tag)t.tag) {
	case VT_STRING:
	case VT_BOOL:
	case VT_INT:
	case VT_PCI_ID:
	case VT_SET:
		return t.size == 0;
	case VT_VERSION:
		return t.size >= 1 && t.size <= VERSION_PARTS_MAX;
	case VT_MASK:
		return t.size >= 1 && t.size <= MASK_BITS_MAX;
	case VT_NONE:
		break;
	}
	return false;
}

bool word_set_eq(struct word_set a, struct word_set b)
{
	uint32_t i;

	if (a.n != b.n)
		return false;
	for (i = 0; i < a.n; i++)
		if (!str_eq(a.w[i], b.w[i]))
			return false;
	return true;
}

bool value_eq(const struct value *a, const struct value *b)
{
	if (!value_type_eq(a->type, b->type))
		return false;
	switch ((enum value_tag)a->type.tag) {
	case VT_STRING:
	case VT_PCI_ID:
		return str_eq(a->word, b->word);
	case VT_BOOL:
		return a->yes == b->yes;
	case VT_INT:
	case VT_VERSION:
		return key_eq(a->key, b->key);
	case VT_SET:
		return word_set_eq(a->set, b->set);
	case VT_MASK:
		return memcmp(a->bits, b->bits, sizeof(a->bits)) == 0;
	case VT_NONE:
		return true;
	}
	return false;
}

static bool set_valid(struct word_set s)
{
	uint32_t i;

	if (s.n > WORDS_MAX)
		return false;
	for (i = 0; i < s.n; i++) {
		if (s.w[i].n == 0 || !word_valid(s.w[i]))
			return false;
		if (i > 0 && str_cmp(s.w[i - 1], s.w[i]) >= 0)
			return false;
	}
	return true;
}

static bool mask_valid(const uint64_t bits[4], unsigned size)
{
	unsigned i;

	for (i = size; i < MASK_BITS_MAX; i++)
		if (mask_bit(bits, i))
			return false;
	return true;
}

bool value_valid(const struct value *v)
{
	if (!value_type_valid(v->type))
		return false;
	switch ((enum value_tag)v->type.tag) {
	case VT_STRING:
		return word_valid(v->word);
	case VT_PCI_ID:
		return pci_id_valid(v->word);
	case VT_BOOL:
		return true;
	case VT_INT:
	case VT_VERSION:
		return key_valid(v->key, value_type_line(v->type));
	case VT_SET:
		return set_valid(v->set);
	case VT_MASK:
		return mask_valid(v->bits, v->type.size);
	case VT_NONE:
		break;
	}
	return false;
}

enum level_class level_class(struct str name, struct value_type type)
{
	switch (name.n) {
	case 4:
		if (memcmp(name.p, "kind", 4) == 0)
			return LEVEL_KIND;
		if (memcmp(name.p, "type", 4) == 0)
			return LEVEL_TYPE;
		break;
	case 6:
		if (memcmp(name.p, "driver", 6) == 0)
			return LEVEL_DRIVER;
		break;
	default:
		break;
	}
	return value_type_is_long(type) ? LEVEL_LONG : LEVEL_SCALAR;
}

int level_cmp(struct str name_a, struct value_type type_a, struct str name_b,
	struct value_type type_b)
{
	enum level_class a = level_class(name_a, type_a), b = level_class(name_b, type_b);

	if (a != b)
		return a < b ? -1 : 1;
	return str_cmp(name_a, name_b);
}

static int entry_cmp(const struct record_entry *a, const struct record_entry *b)
{
	return level_cmp(a->name, a->value.type, b->name, b->value.type);
}

/* Is a name there both as a scalar and as a collection? Both runs are sorted by name. */
static bool names_twice(const struct record *r)
{
	uint32_t i = 0, j, n_scalars;
	int c;

	while (i < r->n && level_class(r->e[i].name, r->e[i].value.type) != LEVEL_LONG)
		i++;
	n_scalars = i;
	i = 0;
	while (i < n_scalars && level_class(r->e[i].name, r->e[i].value.type) < LEVEL_SCALAR)
		i++;
	for (j = n_scalars; i < n_scalars && j < r->n;) {
		c = str_cmp(r->e[i].name, r->e[j].name);
		if (c == 0)
			return true;
		if (c < 0)
			i++;
		else
			j++;
	}
	return false;
}

bool record_in_order(const struct record *r)
{
	uint32_t i;

	for (i = 1; i < r->n; i++)
		if (entry_cmp(&r->e[i - 1], &r->e[i]) >= 0)
			return false;
	return !names_twice(r);
}

int record_sort(struct record *r)
{
	struct record_entry e;
	uint32_t i, j;

	/* Insertion: there are at most RECORD_ENTRIES_MAX, most of them in place already. */
	for (i = 1; i < r->n; i++) {
		if (entry_cmp(&r->e[i - 1], &r->e[i]) <= 0)
			continue;
		e = r->e[i];
		for (j = i; j > 0 && entry_cmp(&r->e[j - 1], &e) > 0; j--)
			r->e[j] = r->e[j - 1];
		r->e[j] = e;
	}
	return record_in_order(r) ? 0 : -EEXIST;
}

const struct record_entry *record_find(const struct record *r, struct str name)
{
	uint32_t i;

	for (i = 0; i < r->n; i++)
		if (str_eq(r->e[i].name, name))
			return &r->e[i];
	return NULL;
}
