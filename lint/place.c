/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Places of the compiled form, which knows where things begin only, as spans of the text. */
#include "lint/place.h"

/* A rule's or a block's head: what is in its braces is not meant. */
static bool is_head(struct str text)
{
	static const struct str heads[] = { STR_INIT("rule "), STR_INIT("accept same but"),
		STR_INIT("offer {"), STR_INIT("refuse {") };

	for (size_t i = 0; i < ARRAY_SIZE(heads); i++)
		if (str_starts(text, heads[i]))
			return true;
	return false;
}

/* Where the statement ends that begins at @at: its semicolon, or its line. */
static size_t statement_end(struct str text, size_t at)
{
	bool quoted = false, head = is_head(str_sub(text, at, text.n));
	size_t end;

	for (end = at; end < text.n && text.p[end] != '\n'; end++) {
		char c = text.p[end];

		if (quoted && c == '\\' && end + 1 < text.n) {
			end++;
			continue;
		}
		if (c == '"')
			quoted = !quoted;
		if (!quoted && (c == ';' || c == '#' || (c == '{' && head)))
			break;
	}
	end = MIN(end, text.n);
	while (end > at && (text.p[end - 1] == ' ' || text.p[end - 1] == '\t' ||
				   text.p[end - 1] == '{'))
		end--;
	return end;
}

struct span place_span(const struct source *src, struct place at)
{
	struct str text = src->text;
	size_t from = 0;
	uint32_t line;

	for (line = 1; line < at.line; line++) {
		size_t next = from + str_find(str_sub(text, from, text.n), '\n') + 1;

		if (next > text.n)
			return (struct span){ 0, 0 };
		from = next;
	}
	if (at.line == 0 || at.column == 0 || from + at.column - 1 >= text.n)
		return (struct span){ 0, 0 };
	from += at.column - 1;
	return (struct span){ (uint32_t)from, (uint32_t)statement_end(text, from) };
}
