/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The engine's half of the comparison with the reference interpreter: batches of policies and
 * subjects on standard input, what the engine makes of them on standard output. It goes the way
 * that products go: compiler, section bytes, evaluator, descriptors parsed back.
 *
 *   policy N            N bytes follow, then a newline; likewise
 *   narrows N           a policy that narrows the others where the scopes meet
 *   side P KIND DRIVER TYPE INSTANCE FACTS    under policy number P; TYPE - is none
 *   fact NAME N         FACTS times; N bytes follow, then a newline; N is -1 for one that cannot
 *                       be read
 *   file WHERE PATH<tab>N   after a side and its facts: a file of the driver, in the folder of its
 *                       `type` or `device`, for policies with speaks
 *   judge               answers all that was said since the last one:
 *   explain             the same, and asks explanations, which must come to the same verdicts
 *   productions         which productions of the grammar the texts that follow it have hit
 *
 *   ok VERDICTS | refused CODES  for each policy, in order; the verdicts that the tests in it
 *                       come to, compatible, incompatible or unknown
 *   side STATUS DETAIL FINGERPRINT RECORD     for each side; - for what is empty; ? for what is
 *                       no graphic character in a detail
 *   VERDICTS            for each source one letter for each target: y, n or ?
 *   claims SOURCE TARGET NAME VALUE...        after explain, for each pair that has claims
 *   production N LINE hit|missed              after productions, for each one
 *   end
 *
 * No sides are evaluated when a policy was refused.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/base/diag.h"
#include "engine/diagram/spell.h"
#include "engine/eval/explain.h"
#include "engine/image/section.h"
#include "grammar/compile.h"
#include "lint/run.h"
#include "tests/reference/traced-parser.h"

#define POLICIES_MAX 8
#define SIDES_MAX    64
#define FACTS_MAX    128
#define FILES_MAX    128

struct policy_text {
	struct str text, section;
	const struct policy *policy;
	bool narrows;
};

struct side {
	unsigned policy, n_facts;
	struct {
		struct str name, text;
		bool unreadable;
	} fact[FACTS_MAX];
	struct {
		enum fact_kind where;
		struct str path, text;
		bool unreadable;
	} file[FILES_MAX];
	unsigned n_files;
	struct subject subject;
	struct evaluation e;
	struct descriptor d;
	bool judged;
};

static struct arena arena;
static struct policy_text policies[POLICIES_MAX];
static struct side *side;
static unsigned n_policies, n_sides;

static void die(const char *why)
{
	fprintf(stderr, "batch: %s\n", why);
	exit(1);
}

static struct str copy(const char *word)
{
	return str_dup(&arena, str_from(word));
}

static struct str read_bytes(size_t n)
{
	char *p = arena_alloc(&arena, n + 1);

	if (!p || fread(p, 1, n, stdin) != n || getchar() != '\n')
		die("the input ends early");
	return (struct str){ p, n };
}

static void read_side(const char *line)
{
	char kind[16], driver[80], type[300], name[80];
	struct side *s = &side[n_sides];
	unsigned instance, i;
	int size;

	if (n_sides == SIDES_MAX)
		die("too many sides");
	if (sscanf(line, "side %u %15s %79s %299s %u %u", &s->policy, kind, driver, type, &instance,
		    &s->n_facts) != 6 || s->n_facts > FACTS_MAX || s->policy >= n_policies)
		die("a side that is wrong");
	s->subject = (struct subject){
		.kind = strcmp(kind, "mdev") == 0 ? KIND_MDEV : KIND_VFIO,
		.driver = copy(driver),
		.type = strcmp(type, "-") == 0 ? (struct str){ 0 } : copy(type),
		.instance = instance,
	};
	for (i = 0; i < s->n_facts; i++) {
		if (scanf("fact %79s %d", name, &size) != 2 || getchar() != '\n')
			die("a fact that is wrong");
		s->fact[i].name = copy(name);
		s->fact[i].unreadable = size < 0;
		s->fact[i].text = read_bytes(size < 0 ? 0 : (size_t)size);
	}
	n_sides++;
}

static void read_file(const char *line)
{
	struct side *s = &side[n_sides - 1];
	char where[16], path[300];
	int size = 0;

	/* Blanks in names are among what adapters must refuse. */
	if (n_sides == 0 || s->n_files == FILES_MAX ||
		sscanf(line, "file %15s %299[^\t] %d", where, path, &size) != 3)
		die("a file that is wrong");
	s->file[s->n_files].where = strcmp(where, "type") == 0 ? FACT_TYPE : FACT_DEVICE;
	s->file[s->n_files].path = copy(path);
	s->file[s->n_files].unreadable = size < 0;
	s->file[s->n_files++].text = read_bytes(size < 0 ? 0 : (size_t)size);
}

static int read_fact(void *ctx, struct arena *a, const struct attr *attr, struct str *ret,
	bool *ret_final, struct str *ret_from)
{
	const struct side *s = ctx;
	unsigned i;

	/* As readers of hosts and of device files do: there is no such folder. */
	if (attr->fact.kind == FACT_TYPE && s->subject.kind == KIND_VFIO)
		return -EACCES;
	for (i = 0; i < s->n_facts; i++)
		if (str_eq(s->fact[i].name, attr->name)) {
			if (s->fact[i].unreadable)
				return -EACCES;
			*ret = s->fact[i].text;
			return 0;
		}
	(void)a;
	(void)ret_final;
	(void)ret_from;
	return -ENOENT;
}

/* What stands below a folder in a path; .p NULL: it is not below it. */
static struct str below(struct str path, struct str folder)
{
	if (folder.n == 0)
		return path;
	if (path.n <= folder.n || memcmp(path.p, folder.p, folder.n) != 0 || path.p[folder.n] != '/')
		return (struct str){ 0 };
	return str_from(path.p + folder.n + 1);
}

static int read_driver(void *ctx, struct arena *a, enum fact_kind where, struct str path,
	struct str *ret, struct str *ret_from)
{
	const struct side *s = ctx;
	unsigned i;

	(void)a;
	/* As all that read files of drivers do. */
	if (fact_forbidden(path))
		return -EINVAL;
	for (i = 0; i < s->n_files; i++) {
		if (s->file[i].where != where)
			continue;
		if (below(s->file[i].path, path).p && path.n < s->file[i].path.n)
			return -EISDIR;
		if (!str_eq(s->file[i].path, path))
			continue;
		if (s->file[i].unreadable)
			return -EACCES;
		*ret = s->file[i].text;
		*ret_from = s->file[i].path;
		return 0;
	}
	return -ENOENT;
}

static int compare_names(const void *x, const void *y)
{
	return str_cmp(*(const struct str *)x, *(const struct str *)y);
}

static int list_driver(void *ctx, struct arena *a, enum fact_kind where, struct str path,
	struct str **ret, uint32_t *ret_n)
{
	const struct side *s = ctx;
	struct str *names = arena_new_array(a, FILES_MAX, struct str);
	uint32_t n = 0, kept = 0, i;

	for (i = 0; i < s->n_files; i++) {
		struct str rest = below(s->file[i].path, path);
		const char *slash;

		if (s->file[i].where != where)
			continue;
		if (str_eq(s->file[i].path, path))
			return -ENOTDIR;
		if (!rest.p)
			continue;
		slash = memchr(rest.p, '/', rest.n);
		names[n++] = (struct str){ rest.p, slash ? (size_t)(slash - rest.p) : rest.n };
	}
	if (n == 0)
		return -ENOENT;
	qsort(names, n, sizeof(*names), compare_names);
	for (i = 0; i < n; i++)
		if (kept == 0 || !str_eq(names[kept - 1], names[i]))
			names[kept++] = names[i];
	*ret = names;
	*ret_n = kept;
	return 0;
}

static int print_test(void *ctx, const struct test_result *r)
{
	(void)ctx;
	printf(" %s", verdict_name(r->verdict));
	return 0;
}

/* True when the compiler takes it. */
static bool compile(struct policy_text *p)
{
	struct source *src = arena_new(&arena, struct source);
	struct policy_more more;
	struct diags d;
	uint32_t failed;
	bool parsed = true;
	size_t i;
	int r;

	*src = (struct source){ STR("batch.policy"), p->text, NULL };
	diags_init(&d, &arena);
	trace_begin();
	r = policy_compile_more(&arena, src, &d, &p->policy, NULL, &more);
	if (r == 0)
		r = section_encode(&arena, p->policy, &p->section);
	if (r == 0) {
		trace_parsed();
		printf("ok");
		if (run_tests(&arena, src, p->policy, &more, &d, print_test, NULL, &failed) < 0)
			die("no tests");
		putchar('\n');
		return true;
	}
	if (r == -ENOMEM)
		die("out of memory");
	printf("refused");
	for (i = 0; i < d.n; i++) {
		if (d.list[i].severity == DIAG_ERROR)
			printf(" MDC-%03d", d.list[i].code);
		parsed &= d.list[i].code > DIAG_LANGUAGE_TOO_NEW;
	}
	if (parsed)
		trace_parsed();
	putchar('\n');
	return false;
}

static bool in_scope(const struct policy *p, const struct subject *s)
{
	uint32_t i;

	for (i = 0; i < p->n_scopes; i++)
		if (p->scope[i].kind == s->kind && str_eq(p->scope[i].driver, s->driver))
			return true;
	return false;
}

static void print_detail(struct str detail)
{
	size_t i;

	for (i = 0; i < detail.n; i++)
		putchar(detail.p[i] > ' ' && detail.p[i] <= '~' ? detail.p[i] : '?');
	if (detail.n == 0)
		putchar('-');
}

static void evaluate_side(struct side *s)
{
	struct section_source section, narrows[POLICIES_MAX];
	unsigned i, n = 0;

	section_memory(&section, &policies[s->policy].section);
	for (i = 0; i < n_policies; i++)
		if (policies[i].narrows && in_scope(policies[i].policy, &s->subject))
			section_memory(&narrows[n++], &policies[i].section);
	s->subject.facts = (struct fact_reader){ .read = read_fact, .ctx = s };
	s->subject.files = (struct file_reader){ read_driver, list_driver, s };
	if (evaluate_section(&arena, &section, narrows, n, &s->subject, NULL, &s->e) < 0)
		die("no evaluation");
	s->judged = status_has_fingerprint(s->e.status);
	if (s->judged && descriptor_parse(&arena, s->e.descriptor, &s->d) < 0)
		die("a descriptor that does not parse");
	printf("side %s ", status_name(s->e.status));
	print_detail(s->e.detail);
	printf(" %s %.*s\n", s->judged ? s->e.fingerprint : "-",
		STR_FMT(s->judged ? s->e.record_text : STR("-")));
}

/* The descriptors' verdict, which must be that of the evaluations' own diagrams. */
static char verdict(const struct side *s, const struct side *t)
{
	bool yes;

	if (!s->judged || !t->judged)
		return '?';
	yes = descriptor_match(&s->d, &t->d) == VERDICT_COMPATIBLE;
	if (yes != (dg_eval(t->e.store, t->e.accepts, DMODE_CLOSED, &s->e.record) &&
			   (!s->e.has_offers ||
				   dg_eval(s->e.store, s->e.offers, DMODE_OPEN, &t->e.record))))
		die("descriptors and diagrams disagree");
	return yes ? 'y' : 'n';
}

/* An explanation's verdict and claims, values as descriptors spell them. */
static void explain_pair(unsigned i, unsigned k)
{
	struct explanation x;
	char buf[65536];
	struct sbuf b = SBUF(buf);
	uint32_t n;

	if (!side[i].judged || !side[k].judged)
		return;
	if (explain(&arena, &side[i].e, NULL, &side[k].e, NULL, &x) < 0) {
		printf("claims %u %u no-explanation -\n", i, k);
		return;
	}
	if (x.n_claims == 0)
		return;
	for (n = 0; n < x.n_claims; n++) {
		sbuf_putc(&b, ' ');
		sbuf_put_str(&b, x.claim[n].attr);
		sbuf_putc(&b, ' ');
		record_print_value(&b, &x.claim[n].value);
	}
	printf("claims %u %u%.*s\n", i, k, STR_FMT(sbuf_str(&b)));
}

static void judge(bool explained)
{
	bool good = true;
	unsigned i, k;

	for (i = 0; i < n_policies; i++)
		good &= compile(&policies[i]);
	for (i = 0; i < n_sides && good; i++)
		evaluate_side(&side[i]);
	for (i = 0; i < n_sides && good; i++) {
		for (k = 0; k < n_sides; k++)
			putchar(verdict(&side[i], &side[k]));
		putchar('\n');
	}
	for (i = 0; i < n_sides && good && explained; i++)
		for (k = 0; k < n_sides; k++)
			explain_pair(i, k);
	puts("end");
	fflush(stdout);
}

static void begin(void)
{
	arena_release(&arena);
	arena_init(&arena, (size_t)1 << 30);
	side = arena_new_array(&arena, SIDES_MAX, struct side);
	if (!side)
		die("out of memory");
	n_policies = n_sides = 0;
}

int main(void)
{
	char line[1024];
	unsigned size;

	begin();
	while (fgets(line, sizeof(line), stdin)) {
		bool narrows = strncmp(line, "narrows ", 8) == 0;

		if (sscanf(line, narrows ? "narrows %u" : "policy %u", &size) == 1) {
			if (n_policies == POLICIES_MAX)
				die("too many policies");
			policies[n_policies++] = (struct policy_text){ .text = read_bytes(size),
				.narrows = narrows };
		} else if (strncmp(line, "side ", 5) == 0) {
			read_side(line);
		} else if (strncmp(line, "file ", 5) == 0) {
			read_file(line);
		} else if (strcmp(line, "judge\n") == 0 || strcmp(line, "explain\n") == 0) {
			judge(line[0] == 'e');
			begin();
		} else if (strcmp(line, "productions\n") == 0) {
			trace_print();
			puts("end");
			fflush(stdout);
		} else {
			die("a line that is wrong");
		}
	}
	arena_release(&arena);
	return 0;
}
