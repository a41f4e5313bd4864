/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The other direction of the fact reader: from a value to the text of a file. Who writes it, and
 * whether it did what it should, is the caller's affair.
 */
#include <errno.h>

#include "engine/base/limits.h"
#include "engine/image/attr-parse.h"
#include "engine/probe/setting.h"

static void put_int(struct sbuf *b, enum int_format f, int64_t n)
{
	if (f == INT_HEX && n >= 0) {
		sbuf_puts(b, "0x");
		sbuf_put_hex(b, (uint64_t)n, 1);
	} else {
		sbuf_put_i64(b, n);
	}
}

static void put_set(struct sbuf *b, const struct attr_type *t, const struct value *v)
{
	for (uint32_t i = 0; i < v->set.n; i++) {
		if (i > 0)
			sbuf_put_str(b, t->separator.p ? t->separator : STR(" "));
		sbuf_put_str(b, v->set.w[i]);
	}
}

static int put_value(struct sbuf *b, const struct attr_type *t, const struct value *v)
{
	switch (t->type.tag) {
	case VT_BOOL:
		sbuf_putc(b, v->yes ? '1' : '0');
		return 0;
	case VT_INT:
		put_int(b, t->int_format, key_to_int(v->key));
		return 0;
	case VT_SET:
		if (t->field > 0)
			return -EOPNOTSUPP;
		put_set(b, t, v);
		return 0;
	case VT_STRING:
	case VT_PCI_ID:
	case VT_VERSION:
		value_print(b, v);
		return 0;
	default:
		return -EOPNOTSUPP;
	}
}

int attr_write_text(struct arena *a, const struct attr_type *t, const struct value *v,
	struct str *ret)
{
	struct sbuf b = { .p = arena_alloc(a, FACT_TEXT_MAX), .size = FACT_TEXT_MAX };
	struct ranges none;
	struct value back;
	struct str why;
	int r;

	if (!b.p)
		return -ENOMEM;
	if (t->list || v->type.tag != t->type.tag)
		return -EOPNOTSUPP;
	r = put_value(&b, t, v);
	if (r < 0 || b.overflow)
		return r < 0 ? r : -EOPNOTSUPP;
	r = attr_parse(a, t, sbuf_str(&b), &back, &none, &why);
	if (r == -ENOMEM)
		return r;
	if (r < 0 || !value_eq(&back, v))
		return -EOPNOTSUPP;
	*ret = sbuf_str(&b);
	return 0;
}
