/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The lines that travel: descriptors, taken apart and judged, and the fingerprints that name
 * them. */
#include <errno.h>

#include "engine/base/digest.h"
#include "engine/eval/descriptor.h"

#define FP_PREFIX_OWN	"mc1-"
#define FP_PREFIX_OTHER "mn1-"
#define FP_PREFIX_LEN	4

static const struct str magic = STR_INIT(DESCRIPTOR_MAGIC ":");

bool descriptor_looks_like(struct str text)
{
	return str_starts(text, magic);
}

int descriptor_parse(struct arena *a, struct str text, struct descriptor *ret)
{
	struct descriptor d = { .text = text };
	struct str rest;
	size_t cut;
	int r;

	if (text.n > DESCRIPTOR_MAX)
		return -E2BIG;
	if (!descriptor_looks_like(text))
		return -EBADMSG;
	rest = str_sub(text, magic.n, text.n);
	cut = str_find(rest, '/');
	if (cut == rest.n)
		return -EBADMSG;
	d.record_text = str_sub(rest, 0, cut);
	rest = str_sub(rest, cut + 1, rest.n);
	cut = str_find(rest, '/');
	d.accepts_text = str_sub(rest, 0, cut);
	d.has_offers = cut < rest.n;
	if (d.has_offers)
		d.offers_text = str_sub(rest, cut + 1, rest.n);
	r = record_parse(a, d.record_text, &d.record);
	if (r == 0)
		r = dstore_new(a, &dlimits_default, &d.store);
	if (r == 0)
		r = dg_parse(d.store, d.accepts_text, DMODE_CLOSED, &d.accepts);
	if (r == 0 && d.has_offers)
		r = dg_parse(d.store, d.offers_text, DMODE_OPEN, &d.offers);
	if (r < 0)
		return r;
	/* Offers that let everything through are written by leaving them out. */
	if (d.has_offers && d.offers == DREF_YES)
		return -EBADMSG;
	*ret = d;
	return 0;
}

bool fingerprint_looks_like(struct str text)
{
	return str_starts(text, STR(FP_PREFIX_OWN)) || str_starts(text, STR(FP_PREFIX_OTHER));
}

/* 128 bits in 26 characters leave two bits of the last one: they are zero. */
static bool hash_valid(struct str s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (!(s.p[i] >= 'a' && s.p[i] <= 'z') && !(s.p[i] >= '2' && s.p[i] <= '7'))
			return false;
	return s.n == FINGERPRINT_HASH_LEN && strchr("aeimquy4", s.p[s.n - 1]) != NULL;
}

bool fingerprint_valid(struct str text)
{
	size_t mid = FP_PREFIX_LEN + FINGERPRINT_HASH_LEN;

	return text.n == FINGERPRINT_LEN && fingerprint_looks_like(text) && text.p[mid] == '-' &&
	       hash_valid(str_sub(text, FP_PREFIX_LEN, mid)) &&
	       hash_valid(str_sub(text, mid + 1, text.n));
}

void fingerprint_make(struct str record, struct str accepts, struct str offers, bool own,
	char ret[FINGERPRINT_LEN + 1])
{
	struct str state[] = { STR("mdevcompat 1 state"), record, offers };
	struct str taken[] = { STR("mdevcompat 1 accepts"), accepts };
	uint8_t digest[SHA256_SIZE];

	memcpy(ret, own ? FP_PREFIX_OWN : FP_PREFIX_OTHER, FP_PREFIX_LEN);
	ret += FP_PREFIX_LEN;
	sha256_parts(state, ARRAY_SIZE(state), digest);
	digest_base32(digest, ret);
	ret += FINGERPRINT_HASH_LEN;
	*ret++ = '-';
	sha256_parts(taken, ARRAY_SIZE(taken), digest);
	digest_base32(digest, ret);
	ret[FINGERPRINT_HASH_LEN] = '\0';
}

const char *verdict_name(enum verdict v)
{
	switch (v) {
	case VERDICT_INCOMPATIBLE:
		return "incompatible";
	case VERDICT_COMPATIBLE:
		return "compatible";
	case VERDICT_UNKNOWN:
		break;
	}
	return "unknown";
}

enum verdict descriptor_match(const struct descriptor *source, const struct descriptor *target)
{
	if (!dg_eval(target->store, target->accepts, DMODE_CLOSED, &source->record))
		return VERDICT_INCOMPATIBLE;
	if (source->has_offers &&
		!dg_eval(source->store, source->offers, DMODE_OPEN, &target->record))
		return VERDICT_INCOMPATIBLE;
	return VERDICT_COMPATIBLE;
}
