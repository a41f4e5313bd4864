/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/base/diag.h"
#include "engine/eval/explain.h"
#include "engine/image/section.h"
#include "grammar/compile.h"
#include "tests/language/harness.h"

struct str read_text(struct arena *a, const char *path)
{
	FILE *f = fopen(path, "re");
	char *p = arena_alloc(a, 4 << 20);
	size_t n;

	if (!f || !p) {
		printf("Bail out! cannot read %s\n", path);
		exit(1);
	}
	n = fread(p, 1, (4 << 20) - 1, f);
	fclose(f);
	return (struct str){ p, n };
}

struct str compile_section(struct arena *a, struct str text)
{
	struct source *src = arena_new(a, struct source);
	const struct policy *p;
	struct str bytes = { 0 };
	struct diags d;
	size_t i;
	int r;

	*src = (struct source){ STR("test.policy"), text };
	diags_init(&d, a);
	r = policy_compile(a, src, &d, &p, NULL);
	for (i = 0; i < d.n && r < 0; i++)
		printf("# byte %u: %.*s\n", d.list[i].span.from, STR_FMT(d.list[i].text));
	if (r < 0) {
		printf("# does not compile: %s\n", strerror(-r));
		return (struct str){ 0 };
	}
	r = section_encode(a, p, &bytes);
	if (r < 0)
		printf("# does not encode: %s\n", strerror(-r));
	return bytes;
}

struct str compile_error(struct arena *a, struct str text)
{
	struct source *src = arena_new(a, struct source);
	char *name = arena_alloc(a, 8);
	const struct policy *p;
	struct diags d;
	size_t i;

	*src = (struct source){ STR("test.policy"), text, NULL };
	diags_init(&d, a);
	if (policy_compile(a, src, &d, &p, NULL) == 0)
		return STR("none");
	for (i = 0; i < d.n; i++)
		if (d.list[i].severity == DIAG_ERROR) {
			diag_code_name(d.list[i].code, name);
			return str_from(name);
		}
	return STR("no diagnostic");
}

/* What a line cannot hold: "\\n" in it is a newline. */
static struct str with_newlines(struct arena *a, struct str text)
{
	char *p = arena_dup(a, text.p, text.n);
	size_t i, n = 0;

	for (i = 0; p && i < text.n; i++) {
		bool newline = i + 1 < text.n && p[i] == '\\' && p[i + 1] == 'n';

		p[n++] = newline ? '\n' : p[i];
		i += newline;
	}
	return p ? (struct str){ p, n } : text;
}

static int read_fact(void *ctx, struct arena *a, const struct attr *attr, struct str *ret,
	bool *ret_final, struct str *ret_from)
{
	const struct line_subject *s = ctx;
	unsigned i;

	for (i = 0; i < s->n; i++)
		if (str_eq(s->fact[i].name, attr->name)) {
			*ret = s->raw ? with_newlines(a, s->fact[i].value) : s->fact[i].value;
			*ret_final = !s->raw;
			return str_eq(s->fact[i].value, STR("EIO!")) ? -EIO : 0;
		}
	(void)ret_from;
	return -ENOENT;
}

bool line_subject(struct str line, struct line_subject *ret)
{
	struct line_subject s = { .subject = { .kind = KIND_MDEV, .driver = STR("d"),
					  .instance = true } };
	bool vfio = false, type = false;

	for (line = str_trim(line); line.n > 0; line = str_trim(line)) {
		size_t eq = str_find(line, '='), end;
		struct str name = str_sub(line, 0, eq), value;
		bool quoted;

		if (eq == line.n || s.n == LINE_FACTS_MAX)
			return false;
		quoted = eq + 1 < line.n && line.p[eq + 1] == '\'';
		line = str_sub(line, eq + 1 + quoted, line.n);
		end = str_find(line, quoted ? '\'' : ' ');
		value = str_sub(line, 0, end);
		line = str_sub(line, end + quoted, line.n);
		if (str_eq(name, STR("raw"))) {
			s.raw = str_eq(value, STR("yes"));
		} else if (str_eq(name, STR("instance"))) {
			s.subject.instance = !str_eq(value, STR("no"));
		} else if (str_eq(name, STR("kind"))) {
			vfio = str_eq(value, STR("vfio"));
		} else if (str_eq(name, STR("driver"))) {
			s.subject.driver = value;
		} else if (str_eq(name, STR("type"))) {
			s.subject.type = value;
			type = true;
		} else {
			s.fact[s.n].name = name;
			s.fact[s.n++].value = value;
		}
	}
	if (vfio)
		s.subject.kind = KIND_VFIO;
	if (!type && !vfio)
		s.subject.type = STR("d-1");
	*ret = s;
	return true;
}

int line_evaluate(struct arena *a, struct str section, struct line_subject *s,
	struct evaluation *ret)
{
	return line_evaluate_narrowed(a, section, (struct str){ 0 }, s, ret);
}

int line_evaluate_narrowed(struct arena *a, struct str section, struct str narrowing,
	struct line_subject *s, struct evaluation *ret)
{
	struct section_source src, narrows;
	struct str *bytes = arena_new_array(a, 2, struct str);

	bytes[0] = section;
	bytes[1] = narrowing;
	section_memory(&src, &bytes[0]);
	section_memory(&narrows, &bytes[1]);
	s->subject.facts = (struct fact_reader){ .read = read_fact, .ctx = s };
	return evaluate_section(a, &src, &narrows, narrowing.p != NULL, &s->subject, NULL, ret);
}

static struct str unknown_text(struct arena *a, const struct evaluation *e)
{
	struct sbuf b = { .p = arena_alloc(a, 256), .size = 256 };

	eval_print_unknown(&b, e);
	return sbuf_str(&b);
}

struct str line_verdict(struct arena *a, const struct evaluation *source,
	const struct evaluation *target)
{
	struct descriptor s, t;
	struct explanation x;
	enum verdict v;

	if (!status_has_fingerprint(target->status))
		return unknown_text(a, target);
	if (!status_has_fingerprint(source->status))
		return unknown_text(a, source);
	if (descriptor_parse(a, source->descriptor, &s) < 0 ||
		descriptor_parse(a, target->descriptor, &t) < 0)
		return STR("disagree: a descriptor of ours does not parse");
	v = descriptor_match(&s, &t);
	if (explain(a, source, NULL, target, NULL, &x) < 0)
		return STR("disagree: no explanation");
	if (x.verdict != v)
		return STR("disagree: the explanation");
	if (explain(a, NULL, &s, NULL, &t, &x) < 0 || x.verdict != v)
		return STR("disagree: the explanation of the descriptors");
	if (strcmp(source->fingerprint, target->fingerprint) == 0 &&
		strncmp(source->fingerprint, "mc1-", 4) == 0 && v != VERDICT_COMPATIBLE)
		return STR("disagree: equal fingerprints that do not match");
	return str_from(verdict_name(v));
}
