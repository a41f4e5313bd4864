/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From raw text to typed values. It knows the spellings of each type and nothing of where the
 * text came from. One strict reading per type: what does not parse is an error, never a guess.
 */
#include <errno.h>

#include "engine/image/attr-parse.h"
#include "engine/version/text.h"

static int why(struct str *ret_why, struct str phrase)
{
	*ret_why = phrase;
	return -EINVAL;
}

/* ---- integers ---------------------------------------------------------------------------- */

static int parse_hex(struct str s, uint64_t *ret)
{
	uint64_t v = 0;
	size_t i;

	if (s.n >= 2 && s.p[0] == '0' && (s.p[1] == 'x' || s.p[1] == 'X'))
		s = str_sub(s, 2, s.n);
	if (s.n == 0)
		return -EINVAL;
	for (i = 0; i < s.n; i++) {
		int d = ascii_hexval(s.p[i]);

		if (d < 0)
			return -EINVAL;
		if (v >> 60)
			return -ERANGE;
		v = v << 4 | (unsigned)d;
	}
	*ret = v;
	return 0;
}

/* The binary shift of a size suffix (K, KB, KiB, ...), cut off *s; no suffix is 0. */
static unsigned cut_size_suffix(struct str *s)
{
	static const char units[] = "KMGT";
	struct str t = *s;
	const char *u;

	if (t.n > 0 && t.p[t.n - 1] == 'B')
		t.n--;
	if (t.n > 0 && t.n < s->n && t.p[t.n - 1] == 'i')
		t.n--;
	u = t.n > 0 ? strchr(units, t.p[t.n - 1]) : NULL;
	if (!u || *u == '\0')
		return 0;
	t.n--;
	*s = t;
	return 10 * (unsigned)(u - units + 1);
}

int int_parse(enum int_format f, struct str text, int64_t *ret)
{
	bool negative = text.n > 0 && text.p[0] == '-';
	uint64_t v, max;
	unsigned shift = 0;
	int r;

	if (negative)
		text = str_sub(text, 1, text.n);
	max = (uint64_t)INT64_MAX + negative;
	if (f == INT_SIZE)
		shift = cut_size_suffix(&text);
	r = f == INT_HEX ? parse_hex(text, &v) : str_to_u64(text, UINT64_MAX, &v);
	if (r < 0)
		return r;
	if (v > max >> shift)
		return -ERANGE;
	v <<= shift;
	*ret = negative ? (int64_t)-v : (int64_t)v;
	return 0;
}

static int parse_int(const struct attr_type *t, struct str text, struct value *ret,
	struct str *ret_why)
{
	int64_t v;
	int r = int_parse(t->int_format, text, &v);

	if (r == -ERANGE)
		return why(ret_why, STR("a number outside of 64 bits"));
	if (r < 0)
		return why(ret_why, STR("not an integer"));
	if (v < t->lo || v > t->hi)
		return why(ret_why, STR("a number outside of the declared domain"));
	ret->key = key_from_int(v);
	return 0;
}

/* ---- words ------------------------------------------------------------------------------- */

static bool word_in(const struct word_set *set, struct str w)
{
	uint32_t lo = 0, hi = set->n;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		int c = str_cmp(set->w[mid], w);

		if (c == 0)
			return true;
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return false;
}

static int parse_bool(struct str text, struct value *ret, struct str *ret_why)
{
	static const struct {
		struct str word;
		bool yes;
	} spelling[] = {
		{ STR_INIT("1"), true },  { STR_INIT("y"), true },   { STR_INIT("yes"), true },
		{ STR_INIT("true"), true }, { STR_INIT("on"), true },  { STR_INIT("0"), false },
		{ STR_INIT("n"), false }, { STR_INIT("no"), false }, { STR_INIT("false"), false },
		{ STR_INIT("off"), false },
	};
	size_t i, k;

	for (i = 0; i < ARRAY_SIZE(spelling); i++) {
		if (text.n != spelling[i].word.n)
			continue;
		for (k = 0; k < text.n; k++)
			if (ascii_tolower(text.p[k]) != spelling[i].word.p[k])
				break;
		if (k == text.n) {
			ret->yes = spelling[i].yes;
			return 0;
		}
	}
	return why(ret_why, STR("not a bool"));
}

/* `vvvv:dddd`, each half with or without 0x. */
static int parse_pci_id(struct arena *a, struct str text, struct value *ret, struct str *ret_why)
{
	size_t colon = str_find(text, ':'), i;
	struct str half[2] = { str_sub(text, 0, colon), str_sub(text, colon + 1, text.n) };
	char *out = arena_alloc(a, 10);

	if (!out)
		return -ENOMEM;
	for (i = 0; i < 2; i++) {
		struct str h = half[i];
		size_t k;

		if (str_starts(h, STR("0x")) || str_starts(h, STR("0X")))
			h = str_sub(h, 2, h.n);
		if (h.n != 4)
			return why(ret_why, STR("not a PCI id (vvvv:dddd)"));
		for (k = 0; k < 4; k++) {
			if (ascii_hexval(h.p[k]) < 0)
				return why(ret_why, STR("not a PCI id (vvvv:dddd)"));
			out[5 * i + k] = ascii_tolower(h.p[k]);
		}
	}
	out[4] = ':';
	ret->word = (struct str){ out, 9 };
	return 0;
}

/* ---- sets -------------------------------------------------------------------------------- */

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

/* The next word of *text, cut off. Empty words are possible with a separator. */
static struct str next_word(const struct attr_type *t, struct str *text)
{
	struct str s = *text;
	size_t i = 0;

	if (!t->separator.p) {
		while (i < s.n && is_space(s.p[i]))
			i++;
		s = str_sub(s, i, s.n);
		for (i = 0; i < s.n && !is_space(s.p[i]);)
			i++;
		*text = str_sub(s, i, s.n);
		return str_sub(s, 0, i);
	}
	while (i < s.n && !str_starts(str_sub(s, i, s.n), t->separator))
		i++;
	*text = str_sub(s, i + t->separator.n, s.n);
	return str_trim(str_sub(s, 0, i));
}

/* Field @k (from 1) of a word; {NULL, 0} when it has fewer. */
static struct str word_field(struct str w, unsigned k, struct str separator)
{
	size_t i;

	for (;;) {
		for (i = 0; i < w.n && !str_starts(str_sub(w, i, w.n), separator);)
			i++;
		if (--k == 0)
			return (struct str){ w.p, i };
		if (i == w.n)
			return (struct str){ 0 };
		w = str_sub(w, i + separator.n, w.n);
	}
}

static int parse_set(struct arena *a, const struct attr_type *t, struct str text,
	struct value *ret, struct str *ret_why)
{
	uint32_t n = 0, room = 0, i, kept = 0;
	struct str rest = text, *w;

	while (rest.n > 0) {
		next_word(t, &rest);
		room++;
	}
	w = arena_new_array(a, room, struct str);
	if (!w)
		return -ENOMEM;
	for (rest = text; rest.n > 0;) {
		struct str x = next_word(t, &rest);

		if (t->field > 0 && x.n > 0) {
			x = word_field(x, t->field, t->field_separator);
			if (!x.p)
				return why(ret_why, STR("a word with too few fields"));
		}
		if (x.n == 0)
			continue;
		if (!str_printable(x))
			return why(ret_why, STR("bytes that are not printable ASCII"));
		if (t->has_words && !word_in(&t->words, x))
			return why(ret_why, STR("a word outside of the declared domain"));
		w[n++] = x;
	}
	str_sort(w, n);
	for (i = 0; i < n; i++)
		if (i == 0 || !str_eq(w[i], w[kept - 1]))
			w[kept++] = w[i];
	if (kept > WORDS_MAX)
		return why(ret_why, STR("too many words"));
	ret->set = (struct word_set){ w, kept };
	return 0;
}

/* ---- masks ------------------------------------------------------------------------------- */

/* Appends one digit of @width bits, most significant first; -ERANGE past 256 bits. */
static int mask_shift_in(uint64_t bits[4], unsigned width, unsigned digit)
{
	unsigned i;

	if (bits[3] >> (64 - width))
		return -ERANGE;
	for (i = 3; i > 0; i--)
		bits[i] = bits[i] << width | bits[i - 1] >> (64 - width);
	bits[0] = bits[0] << width | digit;
	return 0;
}

static bool mask_fits(const uint64_t bits[4], unsigned size)
{
	unsigned i;

	for (i = 0; i < 4; i++) {
		unsigned from = 64 * i;

		if (size <= from ? bits[i] != 0 : size < from + 64 && bits[i] >> (size - from))
			return false;
	}
	return true;
}

static void mask_reverse(uint64_t bits[4], unsigned size)
{
	uint64_t out[4] = { 0 };
	unsigned i;

	for (i = 0; i < size; i++)
		if (bits[i / 64] >> (i % 64) & 1)
			out[(size - 1 - i) / 64] |= (uint64_t)1 << ((size - 1 - i) % 64);
	memcpy(bits, out, sizeof(out));
}

/*
 * hex: with or without 0x, groups of 8 digits joined by commas allowed, the most significant
 * group first. bits: a string of 0 and 1. Both are numbers as people write them, bit 0 last;
 * with `order msb` bit 0 is the first, and then all size bits must be written.
 */
static int parse_mask(const struct attr_type *t, struct str text, struct value *ret,
	struct str *ret_why)
{
	unsigned width = t->mask_format == MASK_HEX ? 4 : 1, digits = 0;
	unsigned size = t->type.size;
	uint64_t bits[4] = { 0 };
	bool groups;
	size_t i;

	if (width == 4 && (str_starts(text, STR("0x")) || str_starts(text, STR("0X"))))
		text = str_sub(text, 2, text.n);
	/* With a comma anywhere, one stands before each group of eight digits. */
	groups = width == 4 && str_find(text, ',') < text.n;
	for (i = 0; i < text.n; i++) {
		int d = ascii_hexval(text.p[i]);

		if (groups && (text.p[i] == ',') != ((text.n - i) % 9 == 0))
			return why(ret_why, STR("not a mask"));
		if (groups && text.p[i] == ',' && i > 0)
			continue;
		if (d < 0 || d >= 1 << width)
			return why(ret_why, STR("not a mask"));
		if (mask_shift_in(bits, width, (unsigned)d) < 0)
			return why(ret_why, STR("a mask with bits above its size"));
		digits++;
	}
	if (digits == 0)
		return why(ret_why, STR("not a mask"));
	if (t->msb_first && digits * width != (size + width - 1) / width * width)
		return why(ret_why, STR("a mask of another length"));
	if (t->msb_first)
		mask_reverse(bits, digits * width);
	if (!mask_fits(bits, size))
		return why(ret_why, STR("a mask with bits above its size"));
	memcpy(ret->bits, bits, sizeof(bits));
	return 0;
}

/* ---- all together ------------------------------------------------------------------------ */

static int parse_version(struct arena *a, const struct attr_type *t, struct str text,
	struct value *ret, struct ranges *ret_ranges, struct str *ret_why)
{
	struct version_spec spec = { .parts = t->type.size, .major = t->major };
	struct range_error e = { 0 };
	int r;

	if (t->list)
		r = range_parse(a, text, spec, RANGE_ANY, ret_ranges, &e);
	else
		r = version_parse(a, text, spec, /* exact= */ false, &ret->key, &e);
	if (r == -EINVAL)
		return why(ret_why, str_from(range_error_text(e.code)));
	return r;
}

int attr_parse(struct arena *a, const struct attr_type *t, struct str text, struct value *ret,
	struct ranges *ret_ranges, struct str *ret_why)
{
	struct value v = { .type = t->type };
	int r = -EINVAL;

	if (t->type.tag != VT_SET && !str_printable(text))
		return why(ret_why, STR("bytes that are not printable ASCII"));
	switch ((enum value_tag)t->type.tag) {
	case VT_STRING:
		if (t->has_words && !word_in(&t->words, text))
			return why(ret_why, STR("a word outside of the declared domain"));
		v.word = text;
		r = 0;
		break;
	case VT_BOOL:
		r = parse_bool(text, &v, ret_why);
		break;
	case VT_INT:
		r = parse_int(t, text, &v, ret_why);
		break;
	case VT_PCI_ID:
		r = parse_pci_id(a, text, &v, ret_why);
		break;
	case VT_VERSION:
		r = parse_version(a, t, text, &v, ret_ranges, ret_why);
		break;
	case VT_SET:
		r = parse_set(a, t, text, &v, ret_why);
		break;
	case VT_MASK:
		r = parse_mask(t, text, &v, ret_why);
		break;
	case VT_NONE:
		return why(ret_why, STR("no type"));
	}
	if (r < 0)
		return r;
	*ret = v;
	return 0;
}

int fact_key_find(struct str text, struct str key, struct str *ret)
{
	struct str found = { 0 };

	while (text.n > 0) {
		struct str item, name;
		size_t end = 0, cut = 0;

		while (end < text.n && text.p[end] != '\n' && text.p[end] != ',')
			end++;
		item = str_sub(text, 0, end);
		text = str_sub(text, end + 1, text.n);
		while (cut < item.n && item.p[cut] != ':' && item.p[cut] != '=')
			cut++;
		name = str_trim(str_sub(item, 0, cut));
		if (cut == item.n || !str_eq(name, key))
			continue;
		if (found.p)
			return -EINVAL;
		found = str_trim(str_sub(item, cut + 1, item.n));
	}
	if (!found.p)
		return -ENOENT;
	*ret = found;
	return 0;
}

bool attr_in_domain(const struct attr_type *t, const struct value *v)
{
	uint32_t i;

	if (!value_type_eq(t->type, v->type))
		return false;
	if (t->type.tag == VT_INT) {
		int64_t n = key_to_int(v->key);

		return n >= t->lo && n <= t->hi;
	}
	if (!t->has_words)
		return true;
	if (t->type.tag == VT_STRING)
		return word_in(&t->words, v->word);
	for (i = 0; i < v->set.n; i++)
		if (!word_in(&t->words, v->set.w[i]))
			return false;
	return true;
}
