/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Words, values and declarations of a compiled policy as policy text. Rules, and what was left
 * out of them, are expand.c's.
 */
#include "grammar/expand-spell.h"

/* ---- words and numbers ------------------------------------------------------------------- */

static bool is_plain(struct str w)
{
	static const struct str taken[] = { STR_INIT("self"), STR_INIT("absent"),
		STR_INIT("except"), STR_INIT("none") };
	size_t i;

	if (w.n == 0 || !(ascii_isalnum(w.p[0]) || w.p[0] == '_') ||
		!(ascii_isalnum(w.p[w.n - 1]) || w.p[w.n - 1] == '_'))
		return false;
	for (i = 0; i < w.n; i++)
		if (!ascii_isalnum(w.p[i]) && !strchr("_.:-", w.p[i]))
			return false;
	for (i = 0; i < ARRAY_SIZE(taken); i++)
		if (str_eq(w, taken[i]))
			return false;
	return !str_starts(w, STR("self.")) && !str_starts(w, STR("source.")) &&
	       !str_starts(w, STR(EXPAND_NOTHING)) && !str_starts(w, STR(EXPAND_LIST));
}

void expand_word(struct sbuf *b, struct str w)
{
	if (is_plain(w))
		sbuf_put_str(b, w);
	else
		sbuf_put_quoted(b, w);
}

void expand_int(struct sbuf *b, const struct attr_type *t, int64_t v)
{
	if (t->int_format != INT_HEX) {
		sbuf_put_i64(b, v);
		return;
	}
	sbuf_puts(b, v < 0 ? "-0x" : "0x");
	sbuf_put_hex(b, v < 0 ? -(uint64_t)v : (uint64_t)v, 1);
}

void expand_comma(struct sbuf *b, bool *first)
{
	if (!*first)
		sbuf_puts(b, ", ");
	*first = false;
}

void expand_set(struct sbuf *b, struct word_set s)
{
	uint32_t i;

	sbuf_puts(b, "{ ");
	for (i = 0; i < s.n; i++) {
		if (i > 0)
			sbuf_puts(b, ", ");
		/* { a:b } is the hole of a template. */
		if (memchr(s.w[i].p, ':', s.w[i].n))
			sbuf_put_quoted(b, s.w[i]);
		else
			expand_word(b, s.w[i]);
	}
	sbuf_puts(b, s.n > 0 ? " }" : "}");
}

static bool has_bit(const uint64_t bits[4], unsigned i)
{
	return i < MASK_BITS_MAX && (bits[i / 64] >> (i % 64) & 1);
}

void expand_mask(struct sbuf *b, const uint64_t bits[4])
{
	unsigned i, last;
	bool first = true;

	sbuf_puts(b, "{ ");
	for (i = 0; i < MASK_BITS_MAX; i = last + 1) {
		for (last = i; has_bit(bits, i) && has_bit(bits, last + 1);)
			last++;
		if (!has_bit(bits, i))
			continue;
		expand_comma(b, &first);
		sbuf_put_u64(b, i);
		if (last == i)
			continue;
		sbuf_puts(b, "..");
		sbuf_put_u64(b, last);
	}
	sbuf_puts(b, first ? "}" : " }");
}

struct version_spec expand_spec(const struct attr_type *t)
{
	return (struct version_spec){ t->type.size, t->major };
}

static void put_value(struct sbuf *b, const struct attr_type *t, const struct value *v)
{
	switch ((enum value_tag)v->type.tag) {
	case VT_STRING:
	case VT_PCI_ID:
		expand_word(b, v->word);
		break;
	case VT_BOOL:
		sbuf_puts(b, v->yes ? "yes" : "no");
		break;
	case VT_INT:
		expand_int(b, t, key_to_int(v->key));
		break;
	case VT_VERSION:
		version_print(b, v->key, t->type.size);
		break;
	case VT_SET:
		expand_set(b, v->set);
		break;
	case VT_MASK:
		expand_mask(b, v->bits);
		break;
	case VT_NONE:
		break;
	}
}

/* ---- declarations ------------------------------------------------------------------------ */

static void put_type(struct sbuf *b, const struct attr_type *t)
{
	switch ((enum value_tag)t->type.tag) {
	case VT_STRING:
		sbuf_puts(b, t->has_words ? "enum " : "string");
		break;
	case VT_BOOL:
		sbuf_puts(b, "bool");
		break;
	case VT_INT:
		sbuf_puts(b, t->int_format == INT_HEX	? "int hex" :
			     t->int_format == INT_SIZE	? "int size" :
							  "int");
		if (t->lo == INT64_MIN && t->hi == INT64_MAX)
			break;
		sbuf_putc(b, ' ');
		expand_int(b, t, t->lo);
		sbuf_puts(b, "..");
		expand_int(b, t, t->hi);
		break;
	case VT_PCI_ID:
		sbuf_puts(b, "pci-id");
		break;
	case VT_VERSION:
		sbuf_puts(b, t->list ? "versions(" : "version(");
		break;
	case VT_SET:
		sbuf_puts(b, t->has_words ? "set " : "set");
		break;
	case VT_MASK:
		sbuf_puts(b, "mask(");
		break;
	case VT_NONE:
		break;
	}
	if (t->type.size > 0) {
		sbuf_put_u64(b, t->type.size);
		sbuf_putc(b, ')');
	}
	if (t->has_words)
		expand_set(b, t->words);
	if (t->major > 1) {
		sbuf_puts(b, " major ");
		sbuf_put_u64(b, t->major);
	}
	if (t->mask_format == MASK_BITS)
		sbuf_puts(b, " format bits");
	if (t->msb_first)
		sbuf_puts(b, " order msb");
	if (t->separator.p) {
		sbuf_puts(b, " separator ");
		sbuf_put_quoted(b, t->separator);
	}
	if (t->field > 0) {
		sbuf_puts(b, " field ");
		sbuf_put_u64(b, t->field);
		sbuf_puts(b, " of ");
		sbuf_put_quoted(b, t->field_separator);
	}
}

void expand_fact(struct sbuf *b, const struct fact *f)
{
	static const char *const words[] = {
		[FACT_NONE] = "",
		[FACT_TYPE] = "type",
		[FACT_PARENT] = "parent",
		[FACT_DEVICE] = "device",
		[FACT_MODULE] = "module",
		[FACT_OS_RELEASE] = "os-release",
		[FACT_KERNEL_RELEASE] = "kernel-release",
		[FACT_SITE] = "site",
	};
	unsigned i;

	sbuf_puts(b, " from ");
	sbuf_puts(b, words[f->kind]);
	for (i = 0; i < f->n_paths; i++) {
		sbuf_putc(b, ' ');
		sbuf_put_quoted(b, f->path[i]);
	}
	if (f->key.p) {
		sbuf_puts(b, " key ");
		sbuf_put_quoted(b, f->key);
	}
}

void expand_attr(struct sbuf *b, const struct attr *a, const char *word)
{
	sbuf_putc(b, '\t');
	sbuf_puts(b, word);
	sbuf_put_str(b, a->name);
	sbuf_puts(b, " : ");
	put_type(b, &a->type);
	if (a->fact.kind != FACT_NONE)
		expand_fact(b, &a->fact);
	if (a->presence == PRESENCE_DEFAULT_ABSENT)
		sbuf_puts(b, " default absent");
	if (a->presence == PRESENCE_DEFAULT) {
		sbuf_puts(b, " default ");
		if (a->type.list)
			ranges_print_policy(b, a->dflt_ranges, expand_spec(&a->type));
		else
			put_value(b, &a->type, &a->dflt);
	}
	sbuf_puts(b, a->dynamic ? " dynamic;\n" : ";\n");
}

void expand_scope(struct sbuf *b, const struct scope *s)
{
	sbuf_puts(b, s->kind == KIND_MDEV ? "\tapplies mdev-type driver " :
					    "\tapplies vfio-device driver ");
	expand_word(b, s->driver);
	if (s->has_type_from) {
		sbuf_puts(b, " type");
		expand_fact(b, &s->type_from);
	}
	sbuf_puts(b, ";\n");
}
