/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * `migration-compatible`: one file with the parts SELF: and COMPATIBLE: (29 July 2020), and
 * `migration-files`: migration/self and migration/compatible (5 and 19 August 2020). Items are
 * KEY=VALUE, between blanks or newlines; a line COMPATIBLE:, or an empty one, begins another
 * alternative; what follows a '#' after a blank is a comment.
 */
#include <errno.h>

#include "engine/adapter/compatible.h"
#include "engine/adapter/interfaces.h"

enum part { PART_NONE = 0, PART_SELF, PART_COMPATIBLE };

struct texts {
	struct speaker *p;
	struct said *said;
	enum part part;
	bool headed; /* SELF: and COMPATIBLE: are expected, in one file */
	struct said_block *block; /* where items go; NULL: the next one begins an alternative */
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* The next item of a line: to a blank outside of quotes and braces. */
static struct str next_item(struct str *line)
{
	bool quoted = false, inside = false;
	struct str item;
	size_t i = 0;

	while (i < line->n && is_blank(line->p[i]))
		i++;
	*line = str_sub(*line, i, line->n);
	if (line->n > 0 && line->p[0] == '#')
		*line = (struct str){ 0 };
	for (i = 0; i < line->n; i++) {
		char c = line->p[i];

		if (c == '"')
			quoted = !quoted;
		else if (!quoted && (c == '{' || c == '}'))
			inside = c == '{';
		else if (!quoted && !inside && is_blank(c))
			break;
	}
	item = str_sub(*line, 0, i);
	*line = str_sub(*line, i, line->n);
	return item;
}

static int take_item(struct texts *t, struct str item)
{
	size_t i = str_find(item, '=');
	int r;

	if (i == item.n)
		return speak_unreadable(t->p, t->said->place, "a line that is not KEY=VALUE");
	if (t->part == PART_NONE)
		return speak_unreadable(t->p, t->said->place, "a line before SELF:");
	if (!t->block && t->part == PART_SELF)
		return speak_unreadable(t->p, t->said->place,
			"an empty line inside of what the device says of itself");
	if (!t->block) {
		r = said_add_block(t->p, t->said, &t->block);
		if (r < 0)
			return r;
	}
	return said_add(t->p, t->said, t->block, str_sub(item, 0, i),
		str_sub(item, i + 1, item.n));
}

static int take_header(struct texts *t, enum part part)
{
	/* In a file of its own a list needs no heading, and may have some. */
	if ((part == PART_SELF && t->said->self.n > 0) || (!t->headed && part != t->part))
		return speak_unreadable(t->p, t->said->place, "a heading that has no place here");
	t->part = part;
	t->block = part == PART_SELF ? &t->said->self : NULL;
	return 0;
}

static int take_line(struct texts *t, struct str line)
{
	struct str item = next_item(&line);
	int r = 0;

	if (str_eq(item, STR("SELF:")) || str_eq(item, STR("COMPATIBLE:"))) {
		r = take_header(t, item.n == 5 ? PART_SELF : PART_COMPATIBLE);
		item = next_item(&line);
	} else if (item.n == 0 && !line.p) {
		/* A comment alone separates nothing. */
		return 0;
	} else if (item.n == 0) {
		if (t->part != PART_SELF || t->said->self.n > 0)
			t->block = NULL;
		return 0;
	}
	for (; r == 0 && item.n > 0; item = next_item(&line))
		r = take_item(t, item);
	return r;
}

static int take_text(struct texts *t, struct str text)
{
	size_t i;
	int r = 0;

	while (r == 0 && text.n > 0) {
		i = str_find(text, '\n');
		r = take_line(t, str_sub(text, 0, i));
		text = str_sub(text, i + 1, text.n);
	}
	return r;
}

int migration_compatible_speak(struct speaker *p)
{
	struct said said = { .place = STR("migration_compatible") };
	struct texts t = { .p = p, .said = &said, .headed = true };
	struct str text;
	int r;

	r = speak_find(p, said.place, &text, &said.from);
	if (r == 0)
		r = take_text(&t, text);
	return r < 0 ? r : said_speak(p, &said);
}

int migration_files_speak(struct speaker *p)
{
	struct said said = { .place = STR("migration/self") };
	struct texts t = { .p = p, .said = &said, .part = PART_SELF, .block = &said.self };
	struct str text, from;
	int r;

	r = speak_find(p, said.place, &text, &said.from);
	if (r == 0)
		r = take_text(&t, text);
	if (r < 0)
		return r;
	said.place = STR("migration/compatible");
	t.part = PART_COMPATIBLE;
	t.block = NULL;
	r = speak_need(p, said.place, &text, &from);
	if (r == 0)
		r = take_text(&t, text);
	return r < 0 ? r : said_speak(p, &said);
}
