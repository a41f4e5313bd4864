/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The compiler at its edges: every prefix of every sample, strange bytes at sampled places, memory
 * that runs out at every allocation, random words, and the way from text to bytes and back. Its bounds
 * are t-compile-bounds.c's.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/image/section.h"
#include "tests/grammar/compile-text.h"
#include "tests/grammar/dump-model.h"
#include "tests/tap.h"

#define SAMPLES_MAX 32

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
			struct result x = compile((struct str){ sample[i].text, k }, COMPILE_MEMORY_MAX);

			if (x.r == -EBADMSG && x.errors > 0 && x.n > 0)
				continue;
			if (wrong++ == 0)
				diag("%s, %zu bytes: %d", sample[i].name, k, x.r);
		}
	is_int(wrong, 0, "each of %zu prefixes is refused", n);
	for (i = wrong = 0; i < n_samples; i++)
		for (k = sample[i].end; k <= sample[i].n; k++) {
			struct result x = compile((struct str){ sample[i].text, k }, COMPILE_MEMORY_MAX);
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
				x = compile((struct str){ buf, sample[i].n + 1 }, COMPILE_MEMORY_MAX);
				wrong += x.r != -EBADMSG || x.first != DIAG_BYTE;
			}
	is_int(wrong, 0, "each of %zu strange bytes is refused", n);
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

		arena_init(&a, COMPILE_MEMORY_MAX);
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

			arena_init(&a, COMPILE_MEMORY_MAX);
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
		x = compile((struct str){ buf, n }, COMPILE_MEMORY_MAX);
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

	arena_init(&a, COMPILE_MEMORY_MAX);
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
	plan(2 + 1 + 2 + 2 * (unsigned)n_samples + 2 + 6 + 3);
	test_prefixes();
	test_bytes();
	test_memory();
	test_sections();
	test_expand();
	test_soup();
	test_mutations();
	test_small();
	test_partial();
	return done_testing();
}
