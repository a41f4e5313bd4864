/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What can be told of a policy that does not compile: its name and the devices it means to speak
 * about, so that a broken file darkens its own scope and no other. It reads words, not grammar:
 * wherever the mistake is, `policy NAME` and `applies KIND driver NAME, ...` are found, and what
 * is not sure is left out. Comments and strings are skipped as the scanner would.
 */
#include "grammar/partial.h"

struct reader {
	struct str text;
	size_t at;
};

enum token_kind { TOKEN_END, TOKEN_WORD, TOKEN_STRING, TOKEN_SIGN };

struct token {
	enum token_kind kind;
	struct str text;
};

static bool is_word_byte(char c)
{
	return ascii_isalnum(c) || c == '_' || c == '.' || c == '-' || c == ':';
}

static void skip(struct reader *r)
{
	while (r->at < r->text.n) {
		char c = r->text.p[r->at];

		if (c == '#')
			r->at += str_find(str_sub(r->text, r->at, r->text.n), '\n');
		else if (c != ' ' && c != '\t' && c != '\n' && c != '\r')
			return;
		else
			r->at++;
	}
}

static struct token next(struct reader *r)
{
	struct token t = { .kind = TOKEN_END };
	size_t from;

	skip(r);
	if (r->at >= r->text.n)
		return t;
	from = r->at++;
	if (r->text.p[from] == '"') {
		while (r->at < r->text.n && r->text.p[r->at] != '"' && r->text.p[r->at] != '\n')
			r->at += 1 + (r->text.p[r->at] == '\\');
		t.kind = TOKEN_STRING;
		t.text = str_sub(r->text, from + 1, r->at);
		r->at++;
		return t;
	}
	if (!is_word_byte(r->text.p[from])) {
		t.kind = TOKEN_SIGN;
		t.text = str_sub(r->text, from, r->at);
		return t;
	}
	while (r->at < r->text.n && is_word_byte(r->text.p[r->at]))
		r->at++;
	t.kind = TOKEN_WORD;
	t.text = str_sub(r->text, from, r->at);
	return t;
}

static bool is(struct token t, const char *text)
{
	return (t.kind == TOKEN_WORD || t.kind == TOKEN_SIGN) && str_eq(t.text, str_from(text));
}

/* After `policy`: NAME and options, to the brace. */
static struct token read_head(struct reader *r, struct token t, struct policy_partial *to)
{
	if (t.kind == TOKEN_WORD && t.text.n <= NAME_MAX_LEN) {
		to->name = t.text;
		t = next(r);
	}
	while (t.kind == TOKEN_WORD) {
		bool narrows = is(t, "narrows");

		to->fallback |= is(t, "fallback");
		t = next(r);
		if (narrows && t.kind == TOKEN_WORD) {
			to->narrows = t.text;
			t = next(r);
		}
	}
	return t;
}

static int add_scope(struct arena *a, struct policy_partial *to, uint32_t *room,
	enum subject_kind kind, struct str driver)
{
	if (to->n_scopes == *room) {
		uint32_t more = *room ? 2 * *room : 4;
		struct scope *grown = arena_new_array(a, more, struct scope);

		if (!grown)
			return -ENOMEM;
		if (to->n_scopes > 0)
			memcpy(grown, to->scope, to->n_scopes * sizeof(*grown));
		to->scope = grown;
		*room = more;
	}
	((struct scope *)to->scope)[to->n_scopes++] =
		(struct scope){ .kind = kind, .driver = driver };
	return 0;
}

/* After `applies`: KIND driver NAME, NAME ... */
static int read_applies(struct arena *a, struct reader *r, struct token *t,
	struct policy_partial *to, uint32_t *room)
{
	enum subject_kind kind = is(*t, "vfio-device") ? KIND_VFIO : KIND_MDEV;
	int e;

	if (!is(*t, "mdev-type") && !is(*t, "vfio-device"))
		return 0;
	*t = next(r);
	if (!is(*t, "driver"))
		return 0;
	do {
		*t = next(r);
		if ((t->kind != TOKEN_WORD && t->kind != TOKEN_STRING) || t->text.n == 0 ||
			t->text.n > NAME_MAX_LEN || to->n_scopes == SCOPES_MAX)
			return 0;
		e = add_scope(a, to, room, kind, t->text);
		if (e < 0)
			return e;
		*t = next(r);
	} while (is(*t, ","));
	return 0;
}

int policy_partial_read(struct arena *a, struct str text, struct policy_partial *ret)
{
	struct reader r = { .text = str_sub(text, 0, POLICY_TEXT_MAX) };
	struct policy_partial to = { 0 };
	bool statement = true; /* the word before ended one, or there was none */
	uint32_t room = 0;
	struct token t;
	uint64_t n;
	int e;

	for (t = next(&r); t.kind != TOKEN_END;) {
		bool first = statement;

		statement = is(t, ";") || is(t, "{") || is(t, "}");
		if (first && is(t, "language") && to.language == 0) {
			t = next(&r);
			if (str_to_u64(t.text, UINT32_MAX, &n) == 0)
				to.language = (uint32_t)n;
		} else if (first && is(t, "policy") && !to.name.p) {
			t = read_head(&r, next(&r), &to);
		} else if (is(t, "applies")) {
			/* Wherever it stands: the mistake may be a `;` missing before it. */
			t = next(&r);
			e = read_applies(a, &r, &t, &to, &room);
			if (e < 0)
				return e;
		} else {
			t = next(&r);
		}
	}
	*ret = to;
	return 0;
}
