/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The compiler at its edges: every prefix of every sample, strange bytes at sampled places, each
 * bound and one past it, memory that runs out at every allocation, random words, and the way
 * from text to bytes and back.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/image/section.h"
#include "grammar/compile.h"
#include "tests/grammar/dump-model.h"
#include "tests/tap.h"

#define ARENA_MAX   ((size_t)1 << 30)
#define SAMPLES_MAX 32
#define TEXT_MAX    ((size_t)4 * 1024 * 1024)

struct result {
	int r;
	size_t n, errors;
	enum diag_code first; /* of the errors */
	size_t used;
	uint32_t rules;
};

static struct result compile(struct str text, size_t limit)
{
	struct source src = { .path = STR("test.policy"), .text = text };
	const struct policy *p = NULL;
	struct policy_partial partial;
	struct result x = { 0 };
	struct diags d;
	struct arena a;
	size_t i;

	arena_init(&a, limit);
	diags_init(&d, &a);
	x.r = policy_compile(&a, &src, &d, &p, &partial);
	x.n = d.n;
	x.errors = d.errors;
	x.used = a.used;
	for (i = 0; i < d.n && x.first == DIAG_NONE; i++)
		if (d.list[i].severity == DIAG_ERROR)
			x.first = d.list[i].code;
	if (x.r == 0)
		x.rules = p->n_rules;
	arena_release(&a);
	return x;
}

static struct result compile_text(const char *text)
{
	return compile(str_from(text), ARENA_MAX);
}

/* ---- samples ----------------------------------------------------------------------------- */

struct sample {
	char name[64];
	char *text;
	size_t n;
	size_t end; /* where the policy's closing brace is */
};

static struct sample sample[SAMPLES_MAX];
static size_t n_samples;

static int compare_samples(const void *a, const void *b)
{
	return strcmp(((const struct sample *)a)->name, ((const struct sample *)b)->name);
}

static void load_samples(void)
{
	const char *top = getenv("top_srcdir");
	char path[4096];
	struct dirent *e;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/tests/grammar/good", top ? top : ".");
	dir = opendir(path);
	if (!dir)
		bail_out("cannot open %s", path);
	while ((e = readdir(dir)) && n_samples < SAMPLES_MAX) {
		struct sample *s = &sample[n_samples];
		size_t n = strlen(e->d_name);
		FILE *f;

		if (n < 7 || n >= sizeof(s->name) || strcmp(e->d_name + n - 7, ".policy") != 0)
			continue;
		strcpy(s->name, e->d_name);
		snprintf(path, sizeof(path), "%s/tests/grammar/good/%s", top ? top : ".",
			e->d_name);
		f = fopen(path, "rb");
		s->text = malloc(65536);
		if (!f || !s->text)
			bail_out("cannot read %s", path);
		s->n = fread(s->text, 1, 65536, f);
		fclose(f);
		for (s->end = s->n; s->end > 0 && s->text[s->end - 1] != '}';)
			s->end--;
		n_samples++;
	}
	closedir(dir);
	qsort(sample, n_samples, sizeof(*sample), compare_samples);
}

/* Every proper prefix that ends before the closing brace is an error, and a code of its own. */
static void test_prefixes(void)
{
	size_t i, k, wrong = 0, n = 0;

	for (i = 0; i < n_samples; i++)
		for (k = 0; k < sample[i].end; k++, n++) {
			struct result x = compile((struct str){ sample[i].text, k }, ARENA_MAX);

			if (x.r == -EBADMSG && x.errors > 0 && x.n > 0)
				continue;
			if (wrong++ == 0)
				diag("%s, %zu bytes: %d", sample[i].name, k, x.r);
		}
	is_int(wrong, 0, "each of %zu prefixes is refused", n);
	for (i = wrong = 0; i < n_samples; i++)
		for (k = sample[i].end; k <= sample[i].n; k++) {
			struct result x = compile((struct str){ sample[i].text, k }, ARENA_MAX);
			size_t line = k;
			bool comment = false;

			while (line > sample[i].end && sample[i].text[line - 1] != '\n')
				comment |= sample[i].text[--line] == '#';
			wrong += x.r != (comment ? -EBADMSG : 0);
		}
	is_int(wrong, 0, "after the closing brace only a comment without newline is an error");
}

static void test_bytes(void)
{
	static const unsigned char bad[] = { 0, '\r', 0x1b, 0x7f, 0x80, 0xa0, 0xff };
	static char buf[65536 + 1];
	size_t i, k, b, wrong = 0, n = 0;

	for (i = 0; i < n_samples; i++)
		for (k = 0; k <= sample[i].n; k += 1 + sample[i].n / 97)
			for (b = 0; b < sizeof(bad); b++, n++) {
				struct result x;

				memcpy(buf, sample[i].text, k);
				buf[k] = (char)bad[b];
				memcpy(buf + k + 1, sample[i].text + k, sample[i].n - k);
				x = compile((struct str){ buf, sample[i].n + 1 }, ARENA_MAX);
				wrong += x.r != -EBADMSG || x.first != DIAG_BYTE;
			}
	is_int(wrong, 0, "each of %zu strange bytes is refused", n);
}

/* ---- bounds ------------------------------------------------------------------------------ */

static char text[TEXT_MAX];
static struct sbuf out;

static void begin(void)
{
	out = (struct sbuf){ .p = text, .size = sizeof(text) };
	sbuf_puts(&out, "language 1;\npolicy p {\n\tapplies mdev-type driver mtty;\n");
}

static struct result finish(void)
{
	sbuf_puts(&out, "}\n");
	return compile(sbuf_str(&out), ARENA_MAX);
}

static void put_n(const char *s, unsigned n)
{
	while (n-- > 0)
		sbuf_puts(&out, s);
}

/* "a0, a1, ..." */
static void put_list(const char *word, unsigned n)
{
	unsigned i;

	for (i = 0; i < n; i++) {
		sbuf_puts(&out, i > 0 ? ", " : "");
		sbuf_puts(&out, word);
		sbuf_put_u64(&out, i);
	}
}

static void bound(const char *what, void (*put)(unsigned), unsigned max, enum diag_code code)
{
	struct result x;

	begin();
	put(max);
	x = finish();
	ok(x.r == 0, "%u %s", max, what);
	if (x.r < 0)
		diag("%d, MDC-%03d", x.r, (int)x.first);
	begin();
	put(max + 1);
	x = finish();
	ok(x.r == -EBADMSG && x.first == code, "and not %u", max + 1);
	if (x.r != -EBADMSG || x.first != code)
		diag("%d, MDC-%03d", x.r, (int)x.first);
}

static void put_nesting(unsigned n)
{
	sbuf_puts(&out, "attribute i : int from type \"i\";\naccept same but { i == ");
	put_n("(", n - 2);
	sbuf_puts(&out, "self");
	put_n(")", n - 2);
	sbuf_puts(&out, "; }\n");
}

/* Deep on the left too: sums before each parenthesis. */
static void put_sums(unsigned n)
{
	sbuf_puts(&out, "attribute i : int from type \"i\";\naccept same but { i == self");
	put_n(" - (self", n);
	put_n(")", n);
	sbuf_puts(&out, "; }\n");
}

static void put_attrs(unsigned n)
{
	unsigned i;

	for (i = 0; i < n; i++) {
		sbuf_puts(&out, "attribute a");
		sbuf_put_u64(&out, i);
		sbuf_puts(&out, " : string from type \"a\";\n");
	}
}

static void put_locals(unsigned n)
{
	unsigned i;

	for (i = 0; i < n; i++) {
		sbuf_puts(&out, "local a");
		sbuf_put_u64(&out, i);
		sbuf_puts(&out, " : string from type \"a\";\n");
	}
}

static void put_words(unsigned n)
{
	sbuf_puts(&out, "accept same but { type in ");
	put_list("w", n);
	sbuf_puts(&out, "; }\n");
}

static void put_domain(unsigned n)
{
	sbuf_puts(&out, "attribute e : enum { ");
	put_list("w", n);
	sbuf_puts(&out, " } from type \"e\";\n");
}

static void put_set(unsigned n)
{
	sbuf_puts(&out, "attribute s : set from type \"s\"; accept same but { s == { ");
	put_list("w", n);
	sbuf_puts(&out, " }; }\n");
}

static void put_intervals(unsigned n)
{
	sbuf_puts(&out, "attribute v : version(1) from type \"v\"; accept same but { v in ");
	put_list("1", n / 2);
	sbuf_puts(&out, " except <");
	put_list("2", n - n / 2);
	sbuf_puts(&out, ">; }\n");
}

static void put_name(unsigned n)
{
	sbuf_puts(&out, "attribute ");
	put_n("a", n);
	sbuf_puts(&out, " : string from type \"a\";\n");
}

static void put_word(unsigned n)
{
	sbuf_puts(&out, "accept same but { type == \"");
	put_n("x", n);
	sbuf_puts(&out, "\"; }\n");
}

static void put_values(unsigned n)
{
	sbuf_puts(&out, "accept same but { type == x{n: ");
	put_list("", n);
	sbuf_puts(&out, "}; }\n");
}

static void put_combinations(unsigned n)
{
	sbuf_puts(&out, "accept same but { type == x{a: ");
	put_list("", n == 256 ? 16 : n);
	sbuf_puts(&out, "}y{b: ");
	put_list("", n == 256 ? 16 : 1);
	sbuf_puts(&out, "}; }\n");
}

/* 16 and 17 values: 272 combinations of two variables that are both within bounds. */
static void put_product(unsigned n)
{
	sbuf_puts(&out, "rule r { when type == x{a: ");
	put_list("", 16);
	sbuf_puts(&out, "}y{b: ");
	put_list("", n);
	sbuf_puts(&out, "}; accept same; }\n");
}

static void put_variables(unsigned n)
{
	unsigned i;

	sbuf_puts(&out, "accept same but { type == x");
	for (i = 0; i < n; i++) {
		sbuf_puts(&out, "{v");
		sbuf_put_u64(&out, i);
		sbuf_puts(&out, ": 1}");
	}
	sbuf_puts(&out, "; }\n");
}

static void put_pieces(unsigned n)
{
	sbuf_puts(&out, "accept same but { type == {v: 1}");
	put_n("{v}", n - 1);
	sbuf_puts(&out, "; }\n");
}

static void put_clauses(unsigned n)
{
	sbuf_puts(&out, "accept same but { ");
	put_n("type any; ", n);
	sbuf_puts(&out, "}\n");
}

static void put_whens(unsigned n)
{
	sbuf_puts(&out, "rule r { ");
	put_n("when type any; ", n);
	sbuf_puts(&out, "accept same; }\n");
}

static void put_blocks(unsigned n)
{
	sbuf_puts(&out, "rule r { ");
	put_n("accept same; ", n);
	sbuf_puts(&out, "}\n");
}

static void put_rules(unsigned n)
{
	put_n("accept same;", n);
}

static void put_drivers(unsigned n)
{
	sbuf_puts(&out, "applies vfio-device driver ");
	put_list("d", n - 1);
	sbuf_puts(&out, ";\n");
}

static void put_domain_of_source(unsigned n)
{
	sbuf_puts(&out, "attribute s : int 1..");
	sbuf_put_u64(&out, n);
	sbuf_puts(&out, " from device \"s\" default 1 dynamic; "
			"accept same but { claim s = source.s * 2; }\n");
}

static void put_terms(unsigned n)
{
	sbuf_puts(&out, "attribute i : int from type \"i\"; accept same but { i == self");
	put_n(" + self", n / 2);
	sbuf_puts(&out, "; }\n");
}

/* A constant of 1024 words, over and over. */
static void put_const_uses(unsigned n)
{
	sbuf_puts(&out, "const C = ");
	put_list("w", 1024);
	sbuf_puts(&out, ";\n");
	put_n("accept same but { type in C; }\n", n);
}

/* Blocks that only their last attribute tells apart, each with a claim of its own. */
static void put_claims(unsigned n, unsigned words, const char *claim)
{
	unsigned i;

	for (i = 0; i < n; i++) {
		sbuf_puts(&out, "accept same but { ");
		if (words > 0) {
			sbuf_puts(&out, "s in ");
			put_list("w", words);
			sbuf_puts(&out, "; ");
		}
		sbuf_puts(&out, "z == ");
		sbuf_puts(&out, *claim ? "z" : "y");
		sbuf_put_u64(&out, i);
		sbuf_puts(&out, "; claim a");
		sbuf_puts(&out, claim);
		sbuf_puts(&out, "; }\n");
	}
}

static void begin_claims(void)
{
	sbuf_puts(&out, "attribute a : int 0..9 from device \"a\" default 1 dynamic;\n"
			"attribute s : string from type \"s\"; attribute z : string from type \"z\";\n");
}

static void put_computed(unsigned n)
{
	begin_claims();
	put_claims(n, 0, " = 1");
}

/* Each is compared with each computed one, which were compared with each other: 2^20 pairs at most. */
static void put_copies(unsigned n)
{
	begin_claims();
	put_claims(1024, 0, " = 1");
	put_claims(n, 0, "");
}

/* Of each pair of blocks both lists are looked at, and of each block once what it says. */
static void put_claim_lists(unsigned n)
{
	begin_claims();
	put_claims(500, n, " = 1");
}

static void test_bounds(void)
{
	bound("braces and parentheses inside each other", put_nesting, POLICY_NESTING_MAX,
		DIAG_TOO_DEEP);
	bound("attributes", put_attrs, ATTRS_MAX, DIAG_TOO_MANY);
	bound("locals", put_locals, LOCALS_MAX, DIAG_TOO_MANY);
	bound("words in a list", put_words, WORDS_MAX, DIAG_TOO_MANY);
	bound("words in a domain", put_domain, WORDS_MAX, DIAG_TOO_MANY);
	bound("words in a set", put_set, WORDS_MAX, DIAG_TOO_MANY);
	bound("intervals as written", put_intervals, RANGE_INTERVALS_MAX, DIAG_TOO_MANY);
	bound("bytes in a name", put_name, NAME_MAX_LEN, DIAG_TOO_LONG);
	bound("bytes in a word", put_word, WORD_MAX_LEN, DIAG_TOO_LONG);
	bound("values of a variable", put_values, TEMPLATE_VALUES_MAX, DIAG_TOO_MANY);
	bound("combinations of a block", put_combinations, BINDINGS_MAX, DIAG_TOO_MANY);
	bound("times 16 combinations of a rule", put_product, 16, DIAG_COMBINATIONS);
	bound("variables", put_variables, TEMPLATE_VARS_MAX, DIAG_TOO_MANY);
	bound("pieces of a template", put_pieces, TEMPLATE_PIECES_MAX, DIAG_TOO_MANY);
	bound("clauses in a block", put_clauses, CLAUSES_MAX, DIAG_TOO_MANY);
	bound("conditions of a rule", put_whens, CLAUSES_MAX, DIAG_TOO_MANY);
	bound("blocks in a rule", put_blocks, BLOCKS_MAX, DIAG_TOO_MANY);
	bound("rules", put_rules, RULES_MAX, DIAG_TOO_MANY);
	bound("scopes", put_drivers, SCOPES_MAX, DIAG_TOO_MANY);
	bound("values of a source's attribute", put_domain_of_source, SOURCE_VALUES_MAX,
		DIAG_SOURCE);
	bound("terms and operations", put_terms, EXPR_NODES_MAX - 1, DIAG_TOO_MANY);
	bound("times 1024 values from constants", put_const_uses, CONST_ITEMS_MAX / 1024,
		DIAG_TOO_MANY);
	bound("computed claims to compare", put_computed, 1024, DIAG_TOO_MANY);
	bound("copies beside as many", put_copies, 512, DIAG_TOO_MANY);
	bound("words in lists of blocks that claim", put_claim_lists, 260, DIAG_TOO_MANY);
	begin();
	put_sums(POLICY_NESTING_MAX - 2);
	ok(finish().first == DIAG_TOO_MANY, "sums in parentheses end in the bound on terms");
}

static void test_size(void)
{
	static const char policy[] = "language 1; policy p { applies mdev-type driver mtty; "
				     "accept same; }\n";
	struct result x;

	memset(text, ' ', sizeof(text));
	memcpy(text, policy, sizeof(policy) - 1);
	x = compile((struct str){ text, POLICY_TEXT_MAX }, ARENA_MAX);
	ok(x.r == 0, "a text of 1 MiB");
	x = compile((struct str){ text, POLICY_TEXT_MAX + 1 }, ARENA_MAX);
	ok(x.r == -EBADMSG && x.first == DIAG_TOO_LARGE, "and not one byte more");
}

/* ---- much of it -------------------------------------------------------------------------- */

static void test_many(void)
{
	struct result x;
	unsigned i;

	begin();
	sbuf_puts(&out, "attribute m : version(3) from module \"m\" \"version\";\n");
	for (i = 0; i < 20000; i++) {
		sbuf_puts(&out, "rule r");
		sbuf_put_u64(&out, i);
		sbuf_puts(&out, "{when m in 1.2.*;accept same;}\n");
	}
	x = finish();
	ok(x.r == 0 && x.rules == 20000, "20,000 rules beside each other");
	diag("%zu bytes of text, %zu of memory", out.n, x.used);

	begin();
	put_n("vendor 1;\n", 100);
	x = finish();
	is_int(x.n, POLICY_ERRORS_MAX, "of 100 mistakes of grammar 20 are shown");
	begin();
	sbuf_puts(&out, "accept same but {");
	put_n("nothing any;\n", 100);
	sbuf_puts(&out, "}\n");
	x = finish();
	is_int(x.n, POLICY_ERRORS_MAX, "of 100 unknown names 20 are shown");
	is_int(x.errors, 100, "and all are counted");

	begin();
	put_n("{", 100000);
	ok(finish().r == -EBADMSG, "a hundred thousand braces");
	begin();
	sbuf_puts(&out, "attribute i : int from type \"i\"; accept same but { i == 1");
	put_n("+1", 400000);
	sbuf_puts(&out, "; }");
	ok(finish().first == DIAG_TOO_MANY, "a sum of 400,000 terms");
	begin();
	sbuf_puts(&out, "accept same but { type == x");
	put_n("{", 400000);
	ok(finish().r == -EBADMSG, "a template that never ends");
}

/* ---- memory ------------------------------------------------------------------------------ */

/* Runs out at each allocation in turn: a clean error, and nothing is handed over. */
static void test_memory(void)
{
	size_t i, wrong = 0, rounds = 0;

	for (i = 0; i < n_samples; i++) {
		struct str t = { sample[i].text, sample[i].n };
		size_t limit;
		int r = -ENOMEM;

		for (limit = 0; r == -ENOMEM; limit += 16, rounds++)
			r = compile(t, limit).r;
		if (r != 0 && wrong++ == 0)
			diag("%s, %zu bytes: %d", sample[i].name, limit, r);
	}
	is_int(wrong, 0, "out of memory at %zu places is said as such", rounds);

	for (i = wrong = 0, rounds = 0; i < 3000; i += 16, rounds++) {
		struct result x = compile(STR("language 1; policy p { applies mdev-type driver a; "
					      "attribute a b; rule { x; accept same; }\n"), i);

		wrong += x.r != -ENOMEM && x.r != -EBADMSG;
	}
	is_int(wrong, 0, "and in a broken policy");
}

/* ---- text, model, bytes ------------------------------------------------------------------ */

static char *dump(const struct policy *p)
{
	struct sbuf b = { .p = malloc(TEXT_MAX), .size = TEXT_MAX - 1 };

	dump_model(&b, p);
	b.p[b.n] = '\0';
	return b.p;
}

/* The bytes of a section say what the model says. */
static void test_sections(void)
{
	size_t i;

	for (i = 0; i < n_samples; i++) {
		struct source src = { STR("x"), { sample[i].text, sample[i].n } };
		const struct policy *p;
		struct section_source s;
		struct policy back;
		struct arena a;
		struct diags d;
		struct str bytes;
		char *want, *got;

		arena_init(&a, ARENA_MAX);
		diags_init(&d, &a);
		if (policy_compile(&a, &src, &d, &p, NULL) < 0 ||
			section_encode(&a, p, &bytes) < 0) {
			ok(false, "%s becomes bytes", sample[i].name);
			arena_release(&a);
			continue;
		}
		section_memory(&s, &bytes);
		if (section_decode_head(&a, &s, &back) < 0 ||
			section_decode_all(&a, &s, &back, &back.rule, &back.n_rules) < 0) {
			ok(false, "%s comes back from bytes", sample[i].name);
			arena_release(&a);
			continue;
		}
		want = dump(p);
		got = dump(&back);
		ok(strcmp(got, want) == 0, "%s becomes bytes and comes back", sample[i].name);
		free(want);
		free(got);
		arena_release(&a);
	}
}

/* What --expand prints compiles, and from then on prints itself. */
static void test_expand(void)
{
	size_t i;

	for (i = 0; i < n_samples; i++) {
		struct str t = { sample[i].text, sample[i].n };
		struct sbuf b[3];
		bool good = true;
		unsigned round;

		for (round = 0; round < 3; round++) {
			struct source src = { STR("x"), t };
			const struct policy *p;
			struct arena a;
			struct diags d;

			arena_init(&a, ARENA_MAX);
			diags_init(&d, &a);
			b[round] = (struct sbuf){ .p = malloc(TEXT_MAX), .size = TEXT_MAX };
			good = good && policy_compile(&a, &src, &d, &p, NULL) == 0 &&
			       policy_expand(p, &b[round]) == 0;
			t = sbuf_str(&b[round]);
			arena_release(&a);
		}
		ok(good && str_eq(sbuf_str(&b[1]), sbuf_str(&b[2])), "%s, expanded",
			sample[i].name);
		for (round = 0; round < 3; round++)
			free(b[round].p);
	}
}

/* ---- random words ------------------------------------------------------------------------ */

static uint64_t state = 20200804;

static uint32_t below(uint32_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)((state >> 32) % n);
}

static void test_soup(void)
{
	static const char *const words[] = { "language", "1", ";", ";", ";", "policy", "p", "{",
		"}", "{", "}", "applies", "mdev-type", "driver", "mtty", "attribute", "a", "b",
		"v", ":", "string", "version", "(", ")", "3", "int", "1..8", "from", "type",
		"\"x\"", "default", "dynamic", "device", "const", "C", "=", "2.1+", "2.0.<2,3>",
		"rule", "r", "when", "==", "in", "<=", "self", "self.l", "source.a", "accept",
		"same", "but", "any", "absent", "claim", "offer", "refuse", "migratable", "no",
		"x{n: 1, 2}", "{n}", "*", "/", "+", "-", ",", "except", "subset", "set", "enum",
		"local", "l", "versions", "test", "target", "source", "expect", "compatible",
		"because", "x{", "n:", "\"", "#", "\n", "2.0.{2", "mask", "0x1f", "nvidia-*" };
	unsigned i, k, wrong = 0, good = 0;

	for (i = 0; i < 10000; i++) {
		struct result x;

		begin();
		if (i % 2)
			sbuf_puts(&out, "attribute a : int 1..8 from device \"a\" default 1 dynamic; "
					"attribute v : version(3) from type \"v\"; attribute b : "
					"set from type \"b\"; accept same but { ");
		for (k = below(24); k > 0; k--) {
			sbuf_puts(&out, words[below(ARRAY_SIZE(words))]);
			sbuf_puts(&out, below(8) ? " " : "");
		}
		if (i % 2)
			sbuf_puts(&out, "; }");
		x = finish();
		good += x.r == 0;
		wrong += x.r == 0 ? x.errors != 0 : x.r != -EBADMSG || x.errors == 0;
	}
	is_int(wrong, 0, "10,000 random texts, %u of them policies", good);
}

/* Damages a sample: what compiles then has no errors, what does not has some. */
static void test_mutations(void)
{
	static char buf[65536];
	unsigned i, wrong = 0;

	for (i = 0; i < 10000; i++) {
		const struct sample *s = &sample[below((uint32_t)n_samples)];
		size_t n = s->n, k;
		struct result x;

		memcpy(buf, s->text, n);
		for (k = 1 + below(3); k > 0; k--) {
			size_t at = below((uint32_t)n), len = 1 + below(12);

			len = MIN(len, n - at);
			if (below(2)) {
				memmove(buf + at, buf + at + len, n - at - len);
				n -= len;
			} else {
				memcpy(buf + at, s->text + below((uint32_t)(s->n - len)), len);
			}
		}
		x = compile((struct str){ buf, n }, ARENA_MAX);
		/* The damage may make it a policy of a newer language. */
		wrong += x.r == 0 ? x.errors != 0 :
				    (x.r != -EBADMSG && x.r != -EPROTO) || x.errors == 0;
	}
	is_int(wrong, 0, "10,000 damaged samples");
}

/* ---- what else is promised --------------------------------------------------------------- */

static void test_small(void)
{
	struct result x;

	x = compile_text("");
	ok(x.r == -EBADMSG && x.first == DIAG_END, "an empty file");
	x = compile_text("language 2; policy p { what is this }");
	ok(x.r == -EPROTO && x.n == 1, "a newer language is said once, and nothing else");
	x = compile_text("language 99999999999999999999; policy p { }");
	ok(x.r == -EPROTO, "however new");
	x = compile_text("language 0; policy p { applies mdev-type driver a; accept same; }");
	ok(x.r == -EBADMSG && x.first == DIAG_NUMBER, "there was no language 0");
	x = compile_text("language 1; policy p { applies mdev-type driver a; accept same; } }");
	ok(x.r == -EBADMSG && x.first == DIAG_AFTER_END && x.n == 1, "a brace too many");
	x = compile_text("# \"{\nlanguage 1; policy p { applies mdev-type driver a; "
			 "# } accept {\n accept same; } # done\n");
	ok(x.r == 0, "comments hide what is in them");
}

static void test_partial(void)
{
	static const char broken[] =
		"# policy hidden { applies mdev-type driver hidden; }\n"
		"language 1;\npolicy broken fallback narrows other {\n"
		"\tvendor \"applies mdev-type driver quoted; \\\" }\";\n"
		"\tapplies mdev-type driver a, \"b\";\n"
		"\trule { { { ; ((( applies vfio-device driver c type from device \"x\";\n"
		"\tapplies nothing driver d;\n";
	struct source src = { STR("broken.policy"), STR_INIT(broken) };
	struct policy_partial p = { 0 };
	const struct policy *policy;
	struct arena a;
	struct diags d;

	arena_init(&a, ARENA_MAX);
	diags_init(&d, &a);
	is_int(policy_compile(&a, &src, &d, &policy, &p), -EBADMSG, "a broken policy");
	ok(str_eq(p.name, STR("broken")) && p.fallback && str_eq(p.narrows, STR("other")) &&
		p.language == 1, "tells its name");
	ok(p.n_scopes == 3 && str_eq(p.scope[0].driver, STR("a")) &&
		str_eq(p.scope[1].driver, STR("b")) && p.scope[1].kind == KIND_MDEV &&
		str_eq(p.scope[2].driver, STR("c")) && p.scope[2].kind == KIND_VFIO,
		"and what it speaks about");
	arena_release(&a);
}

int main(void)
{
	load_samples();
	plan(2 + 1 + 2 * 25 + 1 + 2 + 7 + 2 + 2 * (unsigned)n_samples + 2 + 6 + 3);
	test_prefixes();
	test_bytes();
	test_bounds();
	test_size();
	test_many();
	test_memory();
	test_sections();
	test_expand();
	test_soup();
	test_mutations();
	test_small();
	test_partial();
	return done_testing();
}
