/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Evaluations as udev properties: which keys, in which bytes, and what is left out when it does
 * not fit. Reads no file and writes none.
 */
#include <errno.h>

#include "engine/helper/emit.h"

static bool is_value_byte(char c)
{
	switch (c) {
	case '.':
	case '_':
	case ':':
	case ',':
	case '/':
	case '@':
	case '=':
	case '-':
	case ' ':
		return true;
	default:
		return ascii_isalnum(c);
	}
}

/* udevd drops what has no value, and strips blanks. */
static bool is_value(struct str value)
{
	size_t i;

	if (value.n == 0 || value.p[0] == ' ' || value.p[value.n - 1] == ' ')
		return false;
	for (i = 0; i < value.n; i++)
		if (!is_value_byte(value.p[i]))
			return false;
	return true;
}

/* Appends `MDEV_COMPAT_<key><suffix>=`. Returns where the value is to begin. */
static size_t begin(struct sbuf *b, const char *key, struct str suffix)
{
	size_t i;

	sbuf_puts(b, EMIT_PREFIX);
	sbuf_puts(b, key);
	for (i = 0; i < suffix.n; i++)
		sbuf_putc(b, ascii_isalnum(suffix.p[i]) ? suffix.p[i] : '_');
	sbuf_putc(b, '=');
	return b->n;
}

/* The value is there; false: with bytes that must not be printed. Room is the buffer's affair. */
static bool end(struct sbuf *b, size_t from)
{
	if (b->overflow)
		return true;
	if (!is_value((struct str){ b->p + from, b->n - from }))
		return false;
	sbuf_putc(b, '\n');
	return true;
}

static bool put(struct sbuf *b, const char *key, struct str suffix, struct str value)
{
	size_t from = begin(b, key, suffix);

	sbuf_put_str(b, value);
	return end(b, from);
}

static bool put_status(struct sbuf *b, enum mdc_status status)
{
	return put(b, "STATUS", (struct str){ 0 }, str_from(status_name(status)));
}

static bool same_key(struct str a, struct str b)
{
	size_t i;

	if (a.n != b.n)
		return false;
	for (i = 0; i < a.n; i++)
		if (a.p[i] != b.p[i] && (ascii_isalnum(a.p[i]) || ascii_isalnum(b.p[i])))
			return false;
	return true;
}

/* Names separated by blanks, escaped as in descriptors; no line without any. */
static bool put_names(struct sbuf *b, const char *key, const struct emit_parent *p,
	bool clashing)
{
	size_t before = b->n, from = begin(b, key, (struct str){ 0 });
	uint32_t i;

	for (i = 0; i < p->n_types; i++) {
		if (clashing && !p->clash[i])
			continue;
		if (b->n > from)
			sbuf_putc(b, ' ');
		sbuf_put_escaped(b, p->type[i]);
	}
	if (b->n > from || b->overflow)
		return end(b, from);
	b->n = before;
	return true;
}

int emit_parent_begin(struct emit_parent *p, struct arena *a, char *buf, size_t size,
	const struct str *type, uint32_t n_types)
{
	bool *clash = arena_new_array(a, n_types, bool);
	uint32_t i, j;

	if (!clash)
		return -ENOMEM;
	*p = (struct emit_parent){
		.out = { .p = buf, .size = MIN(size, (size_t)HELPER_OUTPUT_MAX) },
		.type = type,
		.n_types = n_types,
		.clash = clash,
	};
	if (!put_names(&p->out, "TYPES", p, false))
		p->bad = true;
	if (p->out.overflow)
		return 0;
	for (i = 0; i < n_types; i++)
		for (j = i + 1; j < n_types; j++)
			if (same_key(type[i], type[j]))
				clash[i] = clash[j] = true;
	return 0;
}

/* Of a form that can be compared: what is no fingerprint must never pass for one. */
static bool is_fingerprint(struct str s)
{
	return s.n == FINGERPRINT_LEN && (str_starts(s, STR("mc1-")) || str_starts(s, STR("mn1-")));
}

void emit_parent_type(struct emit_parent *p, uint32_t i, const struct evaluation *e)
{
	char text[256];
	struct sbuf b = SBUF(text);
	struct str value;

	if (!p->any)
		p->status = e->status;
	else if (p->status != e->status)
		p->mixed = true;
	p->any = true;
	if (p->clash[i])
		return;
	if (status_has_fingerprint(e->status)) {
		value = str_from(e->fingerprint);
		if (!is_fingerprint(value))
			p->bad = true;
	} else {
		eval_print_unknown(&b, e);
		if (b.overflow) {
			/* Names of a driver's own may be as long as it likes. */
			b = SBUF(text);
			sbuf_puts(&b, "unknown:");
			sbuf_puts(&b, status_name(e->status));
		}
		value = sbuf_str(&b);
	}
	if (!put(&p->out, "FP_", p->type[i], value))
		p->bad = true;
}

bool emit_parent_full(const struct emit_parent *p)
{
	return p->out.overflow;
}

int emit_parent_end(struct emit_parent *p, struct str *ret)
{
	enum mdc_status status = !p->any ? STATUS_OK : p->mixed ? STATUS_PARTIAL : p->status;

	if (!p->out.overflow && !put_names(&p->out, "CLASH", p, true))
		p->bad = true;
	if (!put_status(&p->out, status))
		p->bad = true;
	if (p->bad)
		return -EILSEQ;
	/* Never a part of them: who looks for a missing type would draw conclusions. */
	if (p->out.overflow)
		return emit_too_many(p->out.p, p->out.size, p->n_types, ret);
	*ret = sbuf_str(&p->out);
	return 0;
}

int emit_too_many(char *buf, size_t size, uint32_t n_types, struct str *ret)
{
	struct sbuf b = { .p = buf, .size = size };
	char text[16];
	struct sbuf n = SBUF(text);

	sbuf_put_u64(&n, n_types);
	put_status(&b, STATUS_TOO_MANY_TYPES);
	put(&b, "COUNT", (struct str){ 0 }, sbuf_str(&n));
	if (b.overflow)
		return -E2BIG;
	*ret = sbuf_str(&b);
	return 0;
}

static bool put_claims(struct sbuf *b, const struct evaluation *e)
{
	size_t from;
	uint32_t i;

	if (e->n_claim_attrs == 0)
		return true;
	from = begin(b, "CLAIMS", (struct str){ 0 });
	for (i = 0; i < e->n_claim_attrs; i++) {
		uint16_t attr = e->claim_attr[i];

		if (attr >= e->policy.n_attrs)
			return false;
		if (i > 0)
			sbuf_putc(b, ',');
		sbuf_put_escaped(b, e->policy.attr[attr].name);
	}
	return end(b, from);
}

/* Name and the first digits of the digest of that one file: nothing that another file's change
 * could touch, or every `update` would rewrite every device. */
static bool put_policy(struct sbuf *b, const struct evaluation *e)
{
	size_t from = begin(b, "POLICY", (struct str){ 0 });
	unsigned i;

	sbuf_put_escaped(b, e->policy.name);
	sbuf_putc(b, ':');
	for (i = 0; i < 4; i++)
		sbuf_put_hex(b, e->policy.digest[i], 2);
	return end(b, from);
}

static bool put_type(struct sbuf *b, struct str type)
{
	size_t from = begin(b, "TYPE", (struct str){ 0 });

	sbuf_put_escaped(b, type);
	return end(b, from);
}

int emit_instance(char *buf, size_t size, struct str type, const struct evaluation *e,
	struct str *ret)
{
	struct sbuf b = { .p = buf, .size = MIN(size, (size_t)HELPER_OUTPUT_MAX) };
	struct str fp = str_from(e->fingerprint), none = { 0 };
	enum mdc_status status = e->status;
	bool good = true;

	if (type.p)
		good = put_type(&b, type) && good;
	if (status_has_fingerprint(status)) {
		good = is_fingerprint(fp) && put(&b, "FINGERPRINT", none, fp) && good;
		good = put_claims(&b, e) && good;
		if (e->descriptor.n <= DESCRIPTOR_PROP_MAX)
			good = put(&b, "DESCRIPTOR", none, e->descriptor) && good;
		else if (status == STATUS_OK)
			status = STATUS_DESCRIPTOR_LONG;
	}
	if (e->has_policy)
		good = put_policy(&b, e) && good;
	good = put_status(&b, status) && good;
	if (!good)
		return -EILSEQ;
	if (b.overflow)
		return -E2BIG;
	*ret = sbuf_str(&b);
	return 0;
}
