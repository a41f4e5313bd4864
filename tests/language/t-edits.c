/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A fingerprint names a meaning: edits.table says of each edit whether the meaning changes. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/language/harness.h"
#include "tests/tap.h"

static const char subject_line[] =
	"type=d-2 board=10de:1eb8 manager=550.90.7 size=8 size2=8 ecc=yes ecc2=yes "
	"feat=ppgtt+context";

/* \n and \t. */
static struct str unescape(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.n + 1);
	size_t i, n = 0;

	for (i = 0; i < s.n; i++) {
		bool esc = s.p[i] == '\\' && i + 1 < s.n;

		p[n++] = !esc ? s.p[i] : s.p[i + 1] == 'n' ? '\n' : '\t';
		i += esc;
	}
	return (struct str){ p, n };
}

static struct str replace(struct arena *a, struct str text, struct str old, struct str new)
{
	char *p = arena_alloc(a, text.n + new.n + 1);
	struct sbuf b = { .p = p, .size = text.n + new.n + 1 };
	size_t i;

	for (i = 0; i + old.n <= text.n; i++) {
		if (!str_eq(str_sub(text, i, i + old.n), old))
			continue;
		sbuf_put_str(&b, str_sub(text, 0, i));
		sbuf_put_str(&b, new);
		sbuf_put_str(&b, str_sub(text, i + old.n, text.n));
		return sbuf_str(&b);
	}
	bail_out("edits.policy has no text '%.*s'", STR_FMT(old));
}

static const char *fingerprint(struct arena *a, struct str policy)
{
	struct str section = compile_section(a, policy);
	struct evaluation *e = arena_new(a, struct evaluation);
	struct line_subject s;

	if (!section.p || !line_subject(str_from(subject_line), &s) ||
		line_evaluate(a, section, &s, e) < 0)
		return "error";
	return e->fingerprint[0] ? e->fingerprint : status_name(e->status);
}

static struct str next_line(struct str *text)
{
	struct str line = str_sub(*text, 0, str_find(*text, '\n'));

	*text = str_sub(*text, line.n + 1, text->n);
	return line;
}

int main(void)
{
	const char *srcdir = getenv("top_srcdir");
	struct arena a, scratch;
	struct str base, text, rest, line;
	const char *before;
	char path[4096];
	unsigned n = 0;

	arena_init(&a, 64 << 20);
	snprintf(path, sizeof(path), "%s/tests/language/edits.policy", srcdir ? srcdir : ".");
	base = read_text(&a, path);
	snprintf(path, sizeof(path), "%s/tests/language/edits.table", srcdir ? srcdir : ".");
	text = read_text(&a, path);
	for (rest = text; rest.n > 0;) {
		line = next_line(&rest);
		n += str_starts(line, STR("same:")) || str_starts(line, STR("differs:"));
	}
	plan(n + 2);
	before = fingerprint(&a, base);
	ok(strncmp(before, "mc1-", 4) == 0, "the sample accepts its own twin: %s", before);
	ok(n >= 40, "at least 40 edits");
	for (rest = text; rest.n > 0;) {
		struct str title = next_line(&rest), old, new;
		const char *after;
		bool same;

		if (title.n == 0 || title.p[0] == '#')
			continue;
		arena_init(&scratch, 64 << 20);
		old = unescape(&scratch, str_sub(next_line(&rest), 1, SIZE_MAX));
		new = unescape(&scratch, str_sub(next_line(&rest), 1, SIZE_MAX));
		after = fingerprint(&scratch, replace(&scratch, base, old, new));
		same = str_starts(title, STR("same:"));
		ok((strncmp(after, "mc1-", 4) == 0 || strncmp(after, "mn1-", 4) == 0) &&
				(strcmp(before, after) == 0) == same,
			"%.*s (%s)", STR_FMT(title), after);
		arena_release(&scratch);
	}
	arena_release(&a);
	return done_testing();
}
