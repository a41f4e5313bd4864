/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Values as people write and read them. Nothing reads this text back; the spelling that programs
 * exchange is record.c's.
 */
#include "engine/diagram/level.h"
#include "engine/diagram/value.h"

static void print_set(struct sbuf *b, struct word_set set)
{
	uint32_t i;

	sbuf_puts(b, "{");
	for (i = 0; i < set.n; i++) {
		sbuf_puts(b, i > 0 ? ", " : " ");
		sbuf_put_str(b, set.w[i]);
	}
	sbuf_puts(b, " }");
}

static void print_mask(struct sbuf *b, const uint64_t bits[4], unsigned size)
{
	unsigned digit = (size + 3) / 4;

	sbuf_puts(b, "0x");
	while (digit-- > 0)
		sbuf_put_hex(b, bits[digit / 16] >> (4 * (digit % 16)) & 15, 1);
}

static void print_version(struct sbuf *b, struct key k, unsigned parts)
{
	unsigned i;

	for (i = 0; i < parts; i++) {
		if (i > 0)
			sbuf_putc(b, '.');
		sbuf_put_u64(b, key_part(k, i));
	}
}

void value_print(struct sbuf *b, const struct value *v)
{
	switch ((enum value_tag)v->type.tag) {
	case VT_STRING:
	case VT_PCI_ID:
		sbuf_put_str(b, v->word);
		break;
	case VT_BOOL:
		sbuf_puts(b, v->yes ? "yes" : "no");
		break;
	case VT_INT:
		sbuf_put_i64(b, key_to_int(v->key));
		break;
	case VT_VERSION:
		print_version(b, v->key, v->type.size);
		break;
	case VT_SET:
		print_set(b, v->set);
		break;
	case VT_MASK:
		print_mask(b, v->bits, v->type.size);
		break;
	case VT_NONE:
		sbuf_puts(b, "absent");
		break;
	}
}
