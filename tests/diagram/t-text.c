/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Canonical texts of records and predicates: the spelling of each kind of value and node, pinned;
 * what is almost one and is refused; and every byte of every sample changed, dropped, doubled and
 * cut, after which a text is refused or is the canonical text of what it says. (t-random does the
 * same with random predicates.)
 */
#include "engine/base/limits.h"
#include "tests/diagram/make.h"

static struct arena arena;
static unsigned long wrong; /* taken, but not canonical; or refused with another error */

/* ---- records ----------------------------------------------------------------------------- */

static const char *const records[] = {
	"",
	"kind=smdev,driver=snvidia,type=snvidia-471,board=p10de1eb8,ecc=b1,manager=v550.54.14,"
	"os=s9.6,profile=sGRID@20T4-2Q",
	"kind=smdev,driver=si915,type=si915-GVTg_V5_4,aggregator=i2,interface=v2.0.3,"
	"pv_mode=Scontext:ppgtt",
	"kind=svfio,n=i-9223372036854775808,m=m64.00000000000000ff,s=S",
	"a=s,b=b0,c=i0,d=v0,e=v1.2,f=v4294967294.0.0.4294967294,m=m1.1,n=m5.1f,"
	"o=m256.8000000000000000000000000000000000000000000000000000000000000001,"
	"p=m9.000,q=S@20:-:.:_:a@2Cb:z",
	"-@23=sx@3D@3A@2C@2F@40",
};

static const char *const bad_records[] = {
	"a", "a=", "=sx", "a=x", "a=sx,", ",a=sx", "a=sx,,b=sx",
	"b=sx,a=sx", "a=sx,a=sx", "a=sx,a=i1", "a=sx,a=Sx", "m=m1.1,a=sx", "type=sx,kind=sx",
	"a=sx y", "a=s@78", "a=s@2c", "a=s@2", "a=s@", "a=s\n", "a=s@0A", "a=s@7F", "a=s@00",
	"a=b", "a=b2", "a=b01", "a=i", "a=i01", "a=i-0", "a=i+1", "a=i--1", "a=i 1",
	"a=i9223372036854775808", "a=i-9223372036854775809",
	"a=p10de1eb", "a=p10de1eb89", "a=p10DE1eb8", "a=p10de:1eb8", "a=p10deXeb8",
	"a=v", "a=v1.", "a=v.1", "a=v01", "a=v1.2.3.4.5", "a=v4294967295", "a=v1..2", "a=v-1",
	"a=Sb:a", "a=Sa:a", "a=S:", "a=S:a", "a=Sa:", "a=S@61",
	"a=m", "a=m0.0", "a=m257.0", "a=m8.0", "a=m8.000", "a=m8.FF", "a=m3.8", "a=m08.00", "a=m8",
	"a=m8.0g", "a=m8.0:", "@61=sx", "a@=sx",
};

static bool record_reads(struct str text)
{
	struct arena_mark mark = arena_mark(&arena);
	static char buf[1 << 17];
	struct sbuf b = SBUF(buf);
	struct record r;
	bool same = true;
	int err;

	err = record_parse(&arena, text, &r);
	if (err < 0 && err != -EBADMSG)
		same = false;
	if (err == 0) {
		record_print(&b, &r);
		same = str_eq(sbuf_str(&b), text);
	}
	arena_rewind(&arena, mark);
	wrong += !same;
	if (!same)
		diag("not canonical, or another error: %.*s", STR_FMT(text));
	return err == 0;
}

/* ---- predicates -------------------------------------------------------------------------- */

struct sample {
	enum dmode mode;
	const char *text;
};

static const struct sample predicates[] = {
	{ DMODE_CLOSED, "n" },
	{ DMODE_CLOSED, "y" },
	{ DMODE_OPEN, "y" },
	{ DMODE_CLOSED, "kind=s:n:n:mdev:y" },
	{ DMODE_CLOSED, "x=s:n:y" },
	{ DMODE_CLOSED, "x=s:y:n::y:a@20b:y" },
	{ DMODE_OPEN, "x=s:n:y:n:a:y:b:y" },
	{ DMODE_CLOSED, "x=p:n:n:10de1eb8:y" },
	{ DMODE_CLOSED, "x=v3:n:n:2.0.2:y:2.0.5:n:2.1.0:y:3.0.0:n" },
	{ DMODE_CLOSED, "x=i:y:n:-5:y" },
	{ DMODE_OPEN, "x=v1:y:y:n:1:y" },
	{ DMODE_CLOSED, "x=b:n:n:y" },
	{ DMODE_OPEN, "x=b:y:n:n:y" },
	{ DMODE_CLOSED, "x=S:y:y" },
	{ DMODE_CLOSED, ":n:y,x=S:y:0" },
	{ DMODE_CLOSED, ":n:y,x=S:a:b-:n:0" },
	{ DMODE_CLOSED, ":n:y,b:0:n,a:1:n,x=S:n:2" },
	{ DMODE_CLOSED, "b:y:n,a:y:0,x=S:n:1" },
	{ DMODE_OPEN, "a:n:y,x=S:y:n:0" },
	{ DMODE_CLOSED, "2:y:n,0:n:0,x=m3:y:1" },
	{ DMODE_OPEN, "255:y:n,x=m256:n:n:0" },
	{ DMODE_CLOSED, "0:y:n,z=m1:n:0,a:1:n,y=S:n:2,x=s:3:n:q:1,kind=s:n:n:mdev:4:vfio:1" },
	{ DMODE_CLOSED, ":n:y,pv_mode=S:context:ppgtt:y:0,interface=v3:n:n:2.0.2:1:2.0.4:n,"
			"type=s:n:n:i915-GVTg_V5_4:2:i915-GVTg_V5_8:2,driver=s:n:n:i915:3,"
			"kind=s:n:n:mdev:4" },
	/* One set of another shape below each of two heads; members shared by two heads. */
	{ DMODE_CLOSED, "a:y:n,t=S:n:0,a:1:n,s=S:n:2" },
	{ DMODE_CLOSED, ":n:y,s=S:n:0,s=S:a:n:0,x=b:n:1:2" },
};

static const struct sample bad_predicates[] = {
	{ DMODE_CLOSED, "" }, { DMODE_CLOSED, "x" }, { DMODE_CLOSED, "Y" }, { DMODE_CLOSED, "yn" },
	{ DMODE_CLOSED, "n,y" }, { DMODE_CLOSED, "0" }, { DMODE_CLOSED, "," },
	/* Not reduced. */
	{ DMODE_CLOSED, "x=s:n:n" }, { DMODE_CLOSED, "x=s:y:n" }, { DMODE_CLOSED, "x=s:n:n:a:n" },
	{ DMODE_CLOSED, "x=s:n:y:a:y" }, { DMODE_CLOSED, "x=i:n:y:5:y" },
	{ DMODE_CLOSED, "x=i:y:n:5:n" }, { DMODE_CLOSED, "x=b:y:n:n" }, { DMODE_OPEN, "x=b:y:y:y:y" },
	{ DMODE_OPEN, "x=s:n:n:n" }, { DMODE_CLOSED, "x=S:y:n" }, { DMODE_OPEN, "x=S:y:y:y" },
	{ DMODE_CLOSED, "a:y:y,x=S:n:0" }, { DMODE_CLOSED, "x=m4:y:n" },
	/* Lists too many elements. */
	{ DMODE_CLOSED, "x=S:a:n:y" }, { DMODE_CLOSED, "a:y:n,x=S:a:n:0" },
	{ DMODE_CLOSED, "a:y:n,x=S:b:n:0" }, { DMODE_CLOSED, ":y:n,a:y:0,x=S:n:1" },
	/* Twice, not reached, another order, later or itself. */
	{ DMODE_CLOSED, "z=b:n:n:y,z=b:n:n:y,x=s:0:n:a:1" }, { DMODE_CLOSED, "z=b:n:n:y,x=s:n:n:a:y" },
	{ DMODE_CLOSED, "z=b:n:n:y,z=b:n:y:n,x=s:1:n:a:0" }, { DMODE_CLOSED, "x=s:n:n:a:0" },
	{ DMODE_CLOSED, "x=s:n:n:a:1,z=b:n:n:y" }, { DMODE_CLOSED, "z=b:n:n:y,x=s:n:n:a:00" },
	/* Out of order: levels, words, points, members, bits. */
	{ DMODE_CLOSED, "a=b:n:n:y,x=s:n:n:a:0" }, { DMODE_CLOSED, "x=i:n:n:1:y,x=s:n:n:a:0" },
	{ DMODE_CLOSED, "z=s:n:y,x=S:n:0" }, { DMODE_CLOSED, "x=s:n:n:b:y:a:y" },
	{ DMODE_CLOSED, "x=s:n:n:a:y:a:y" }, { DMODE_CLOSED, "x=i:n:n:5:y:4:n" },
	{ DMODE_CLOSED, "x=i:n:n:-9223372036854775808:y" }, { DMODE_CLOSED, "x=v2:n:n:0.0:y" },
	{ DMODE_CLOSED, "a:y:n,b:0:n,x=S:n:1" }, { DMODE_CLOSED, "a:y:n,:0:n,x=S:n:1" },
	{ DMODE_CLOSED, ":y:n,x=S:b:a:n:0" }, { DMODE_CLOSED, "0:y:n,1:0:n,x=m3:n:1" },
	/* Members in the wrong place. */
	{ DMODE_CLOSED, "a:y:n" }, { DMODE_CLOSED, "a:y:n,x=s:n:n:a:0" },
	{ DMODE_CLOSED, "a:y:n,x=S:0:y" }, { DMODE_CLOSED, "3:y:n,x=m3:n:0" },
	{ DMODE_CLOSED, ":y:n,x=m3:n:0" }, { DMODE_CLOSED, "01:y:n,x=m3:n:0" },
	{ DMODE_CLOSED, "a:y:n,a:0:n,s=S:n:1,r=S:n:0" }, { DMODE_CLOSED, "a:y:n:y,x=S:n:0" },
	{ DMODE_CLOSED, "a:y,x=S:n:0" },
	/* A name in both classes on one path. */
	{ DMODE_CLOSED, "x=S:n:y,x=s:n:n:a:0" }, { DMODE_OPEN, "x=S:n:n:y,x=s:n:n:n:a:0" },
	/* The other mode, too few and too many references. */
	{ DMODE_CLOSED, "x=s:n:n:n:a:y" }, { DMODE_OPEN, "x=s:n:n:a:y" }, { DMODE_CLOSED, "x=b:n:y" },
	{ DMODE_CLOSED, "x=b:n:n:y:y" }, { DMODE_CLOSED, "x=s:n" }, { DMODE_CLOSED, "x=s" },
	{ DMODE_CLOSED, "x=S:n" }, { DMODE_CLOSED, "x=m3:a:n:y" }, { DMODE_CLOSED, "x=i:n:n:5" },
	/* Types and spelling. */
	{ DMODE_CLOSED, "x=q:n:y" }, { DMODE_CLOSED, "x=s1:n:y" }, { DMODE_CLOSED, "x=v:n:y" },
	{ DMODE_CLOSED, "x=v5:n:y" }, { DMODE_CLOSED, "x=v0:n:y" }, { DMODE_CLOSED, "x=v03:n:y" },
	{ DMODE_CLOSED, "x=m257:n:y" }, { DMODE_CLOSED, "x=m0:n:y" }, { DMODE_CLOSED, "=s:n:y" },
	{ DMODE_CLOSED, "x=s=s:n:y" }, { DMODE_CLOSED, "x=:n:y" }, { DMODE_CLOSED, "x=s:n:Y" },
	{ DMODE_CLOSED, "x=s:n:n:@61:y" }, { DMODE_CLOSED, "x=v2:n:n:1:y" },
	{ DMODE_CLOSED, "x=v2:n:n:1.2.3:y" }, { DMODE_CLOSED, "x=p:n:n:10de:1eb8:y" },
	{ DMODE_CLOSED, "x=s:n:y," }, { DMODE_CLOSED, ",x=s:n:y" }, { DMODE_CLOSED, "x=s:n:y\n" },
};

static bool predicate_reads(struct str text, enum dmode m)
{
	struct arena_mark mark = arena_mark(&arena);
	static char buf[1 << 17];
	struct sbuf b = SBUF(buf);
	struct dstore *s = NULL;
	bool same = true;
	dref d;
	int err;

	if (dstore_new(&arena, NULL, &s) < 0)
		bail_out("no store");
	err = dg_parse(s, text, m, &d);
	if (err == 0) {
		if (dg_print(s, d, m, &arena, &b) < 0)
			same = false;
		same = same && str_eq(sbuf_str(&b), text);
	} else if (err != -EBADMSG) {
		diag("%s: %.*s", strerror(-err), STR_FMT(text));
		same = false;
	}
	wrong += !same;
	if (!same)
		diag("not canonical, or another error: %.*s", STR_FMT(text));
	arena_rewind(&arena, mark);
	return same && err == 0;
}

/* ---- changes ----------------------------------------------------------------------------- */

typedef bool (*reads_fn)(struct str text, enum dmode m);

static bool record_reads_mode(struct str text, enum dmode m)
{
	(void)m;
	return record_reads(text);
}

static unsigned long tried, taken;

static void try_text(reads_fn reads, const char *p, size_t n, enum dmode m)
{
	tried++;
	taken += reads((struct str){ p, n }, m);
}

static void change_all(reads_fn reads, const char *text, enum dmode m)
{
	size_t n = strlen(text), i;
	char buf[1024];
	unsigned c;

	if (n + 2 > sizeof(buf))
		bail_out("a sample too long");
	for (i = 0; i < n; i++) {
		memcpy(buf, text, n);
		for (c = 0; c < 256; c++) {
			buf[i] = (char)c;
			if (c != (unsigned char)text[i])
				try_text(reads, buf, n, m);
		}
		/* Cut, dropped, doubled. */
		try_text(reads, text, i, m);
		memcpy(buf + i, text + i + 1, n - i - 1);
		memcpy(buf, text, i);
		try_text(reads, buf, n - 1, m);
		memcpy(buf, text, i + 1);
		memcpy(buf + i + 1, text + i, n - i);
		try_text(reads, buf, n + 1, m);
	}
}

/* ---- bounds of texts --------------------------------------------------------------------- */

static void test_text_bounds(void)
{
	static char buf[1 << 18];
	struct sbuf b = SBUF(buf);
	unsigned i, n;

	for (n = RECORD_ENTRIES_MAX; n <= RECORD_ENTRIES_MAX + 1; n++) {
		b.n = 0;
		for (i = 0; i < n; i++) {
			sbuf_puts(&b, i > 0 ? ",a" : "a");
			sbuf_put_hex(&b, i, 2);
			sbuf_puts(&b, "=b1");
		}
		ok(record_reads(sbuf_str(&b)) == (n == RECORD_ENTRIES_MAX), "a record of %u", n);
	}
	for (n = WORDS_MAX; n <= WORDS_MAX + 1; n++) {
		b.n = 0;
		sbuf_puts(&b, "a=S");
		for (i = 0; i < n; i++) {
			if (i > 0)
				sbuf_putc(&b, ':');
			sbuf_put_hex(&b, i, 4);
		}
		ok(record_reads(sbuf_str(&b)) == (n == WORDS_MAX), "a set of %u", n);
	}
	for (n = WORD_MAX_LEN; n <= WORD_MAX_LEN + 1; n++) {
		b.n = 0;
		sbuf_puts(&b, "a=s");
		for (i = 0; i < n; i++)
			sbuf_puts(&b, "@20");
		ok(record_reads(sbuf_str(&b)) == (n == WORD_MAX_LEN), "a word of %u bytes", n);
	}
	for (n = NAME_MAX_LEN; n <= NAME_MAX_LEN + 1; n++) {
		b.n = 0;
		for (i = 0; i < n; i++)
			sbuf_putc(&b, 'x');
		sbuf_puts(&b, "=b1");
		ok(record_reads(sbuf_str(&b)) == (n == NAME_MAX_LEN), "a name of %u bytes", n);
	}
	/* A predicate as long as a descriptor, and a byte more: many words of one level. */
	for (n = DESCRIPTOR_MAX; n <= DESCRIPTOR_MAX + 1; n++) {
		b.n = 0;
		sbuf_puts(&b, "x=s:n:n");
		for (i = 0; b.n + 18 < n; i++) {
			sbuf_putc(&b, ':');
			sbuf_put_hex(&b, i, 4);
			sbuf_puts(&b, ":y");
		}
		sbuf_puts(&b, ":z");
		while (b.n + 2 < n)
			sbuf_putc(&b, 'z');
		sbuf_puts(&b, ":y");
		ok(b.n == n && predicate_reads(sbuf_str(&b), DMODE_CLOSED) == (n == DESCRIPTOR_MAX),
			"a predicate of %u bytes", n);
	}
}

int main(void)
{
	unsigned i;

	plan(ARRAY_SIZE(records) + ARRAY_SIZE(bad_records) + ARRAY_SIZE(predicates) +
		ARRAY_SIZE(bad_predicates) + 10 + 2);
	arena_init(&arena, 64u << 20);
	for (i = 0; i < ARRAY_SIZE(records); i++)
		ok(record_reads(str_from(records[i])), "record %s", records[i]);
	for (i = 0; i < ARRAY_SIZE(bad_records); i++)
		ok(!record_reads(str_from(bad_records[i])), "no record: %s", bad_records[i]);
	for (i = 0; i < ARRAY_SIZE(predicates); i++)
		ok(predicate_reads(str_from(predicates[i].text), predicates[i].mode),
			"%s predicate %s", predicates[i].mode ? "open" : "closed",
			predicates[i].text);
	for (i = 0; i < ARRAY_SIZE(bad_predicates); i++)
		ok(!predicate_reads(str_from(bad_predicates[i].text), bad_predicates[i].mode),
			"no %s predicate: %s", bad_predicates[i].mode ? "open" : "closed",
			bad_predicates[i].text);
	test_text_bounds();

	for (i = 0; i < ARRAY_SIZE(records); i++)
		change_all(record_reads_mode, records[i], DMODE_CLOSED);
	ok(wrong == 0 && taken > 0, "%lu changed records: %lu are others", tried, taken);
	tried = taken = 0;
	for (i = 0; i < ARRAY_SIZE(predicates); i++)
		change_all(predicate_reads, predicates[i].text, predicates[i].mode);
	ok(wrong == 0 && taken > 0, "%lu changed predicates: %lu are others", tried,
		taken);
	arena_release(&arena);
	return done_testing();
}
