/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libyaml's events with our limits: what every YAML file of ours has in common. What the keys are
 * is left to the readers of each form.
 */
#include <errno.h>

#include "engine/base/diag.h"
#include "engine/base/limits.h"
#include "engine/probe/yaml-read.h"

/* ---- errors ------------------------------------------------------------------------------ */

struct str yaml_quoted(struct arena *a, const char *before, struct str word, const char *after)
{
	size_t n = strlen(before) + word.n * 4 + strlen(after) + 8, i;
	struct sbuf b = { .p = arena_alloc(a, n), .size = n };

	if (!b.p)
		return (struct str){ 0 };
	sbuf_puts(&b, before);
	sbuf_putc(&b, '\'');
	for (i = 0; i < word.n; i++) {
		if (ascii_isprint(word.p[i])) {
			sbuf_putc(&b, word.p[i]);
		} else {
			sbuf_puts(&b, "\\x");
			sbuf_put_hex(&b, (unsigned char)word.p[i], 2);
		}
	}
	sbuf_putc(&b, '\'');
	sbuf_puts(&b, after);
	return sbuf_str(&b);
}

int yaml_fail_at(struct yaml_reader *r, yaml_mark_t at, struct str text)
{
	r->fault = (struct yaml_fault){
		.line = (uint32_t)at.line + 1,
		.column = (uint32_t)at.column + 1,
		.text = text,
	};
	return text.p ? -EBADMSG : -ENOMEM;
}

int yaml_fail(struct yaml_reader *r, const char *text)
{
	return yaml_fail_at(r, r->event.start_mark, str_from(text));
}

struct str yaml_did_you_mean(struct arena *a, struct str word, const struct str *candidate,
	size_t n)
{
	struct str best = closest_word(word, candidate, n);

	return best.n > 0 ? yaml_quoted(a, "did you mean ", best, "?") : (struct str){ 0 };
}

/* ---- events ------------------------------------------------------------------------------ */

static int yaml_error(struct yaml_reader *r)
{
	const yaml_parser_t *y = &r->yaml;
	yaml_mark_t at = y->problem_mark;

	if (y->error == YAML_MEMORY_ERROR)
		return -ENOMEM;
	if (y->error == YAML_READER_ERROR)
		return yaml_fail_at(r, y->mark, STR("a byte that is no UTF-8 text"));
	return yaml_fail_at(r, at,
		str_dup(r->a, str_from(y->problem ? y->problem : "this is no YAML")));
}

/* The next event, without what we never take. */
int yaml_next(struct yaml_reader *r)
{
	const yaml_event_t *e = &r->event;
	bool tagged = false, anchored = false;

	if (r->have_event)
		yaml_event_delete(&r->event);
	r->have_event = false;
	if (!yaml_parser_parse(&r->yaml, &r->event))
		return yaml_error(r);
	r->have_event = true;
	switch (e->type) {
	case YAML_SCALAR_EVENT:
		tagged = e->data.scalar.tag;
		anchored = e->data.scalar.anchor;
		break;
	case YAML_MAPPING_START_EVENT:
		tagged = e->data.mapping_start.tag;
		anchored = e->data.mapping_start.anchor;
		break;
	case YAML_SEQUENCE_START_EVENT:
		return yaml_fail(r, "a list; every value here is one text");
	case YAML_ALIAS_EVENT:
		return yaml_fail(r, "an alias; write the value out");
	default:
		break;
	}
	if (tagged)
		return yaml_fail(r, "a tag; every value here is text as it stands");
	return anchored ? yaml_fail(r, "an anchor; write the value out") : 0;
}

/* The scalar that is the current event, as text in the arena. */
int yaml_take_scalar(struct yaml_reader *r, struct str *ret)
{
	struct str s = { (const char *)r->event.data.scalar.value,
		r->event.data.scalar.length };

	if (r->event.type != YAML_SCALAR_EVENT)
		return yaml_fail(r, "a text is expected here");
	if (s.n > FACT_TEXT_MAX)
		return yaml_fail(r, "more than 4096 bytes");
	if (s.n > 0 && memchr(s.p, 0, s.n))
		return yaml_fail(r, "a NUL in a text");
	*ret = str_dup(r->a, s);
	return ret->p ? 0 : -ENOMEM;
}

/* A value after a colon: `x:` with nothing behind it could mean two things. */
int yaml_next_value(struct yaml_reader *r, struct str *ret)
{
	int e = yaml_next(r);

	if (e < 0)
		return e;
	if (r->event.type == YAML_SCALAR_EVENT && r->event.data.scalar.length == 0 &&
		r->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE) {
		e = yaml_fail(r, "no value");
		r->fault.help = STR("write '' for an empty text, or leave the line out");
		return e;
	}
	return yaml_take_scalar(r, ret);
}

int yaml_expect(struct yaml_reader *r, yaml_event_type_t type, const char *what)
{
	int e = yaml_next(r);

	if (e < 0)
		return e;
	return r->event.type == type ? 0 : yaml_fail(r, what);
}

/* ---- the frame of a file ----------------------------------------------------------------- */

int yaml_begin(struct yaml_reader *r, const char *form, const char *empty)
{
	int e = yaml_expect(r, YAML_STREAM_START_EVENT, "this is no YAML");

	if (e == 0)
		e = yaml_next(r);
	if (e < 0)
		return e;
	if (r->event.type != YAML_DOCUMENT_START_EVENT) {
		e = yaml_fail(r, "the file is empty");
		r->fault.help = str_from(empty);
		return e;
	}
	return yaml_expect(r, YAML_MAPPING_START_EVENT, form);
}

int yaml_next_key(struct yaml_reader *r, struct str *ret, yaml_mark_t *ret_at)
{
	yaml_mark_t at;
	int e = yaml_next(r);

	if (e < 0 || r->event.type == YAML_MAPPING_END_EVENT)
		return e;
	at = r->event.start_mark;
	e = yaml_take_scalar(r, ret);
	if (e < 0)
		return e;
	*ret_at = at;
	return 1;
}

int yaml_finish(struct yaml_reader *r, const char *second)
{
	int e = yaml_expect(r, YAML_DOCUMENT_END_EVENT, "the file should end here");

	return e < 0 ? e : yaml_expect(r, YAML_STREAM_END_EVENT, second);
}

/* ---- a reader ---------------------------------------------------------------------------- */

int yaml_reader_open(struct yaml_reader *r, struct arena *a, struct str text)
{
	*r = (struct yaml_reader){ .a = a };
	if (!yaml_parser_initialize(&r->yaml))
		return -ENOMEM;
	yaml_parser_set_encoding(&r->yaml, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r->yaml, (const unsigned char *)(text.p ? text.p : ""),
		text.n);
	return 0;
}

void yaml_reader_close(struct yaml_reader *r)
{
	if (r->have_event)
		yaml_event_delete(&r->event);
	yaml_parser_delete(&r->yaml);
}
