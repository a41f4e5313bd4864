/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads site files, and writes them as the lines that are folded into an image. Knows the form and
 * which names could never be found, as those would leave a policy with its default in silence.
 * Which files there are, and which policy reads which key, is known elsewhere.
 */
#include <errno.h>

#include "engine/base/limits.h"
#include "engine/probe/sitefile.h"
#include "engine/probe/yaml-read.h"

struct site_reader {
	struct arena *a;
	struct yaml_reader yaml;
	const struct source *src;
	struct diags *d;
	struct site_entry *entry;
	uint32_t n, n_names;
	bool bad; /* something that does not end the reading was wrong */
};

static const struct str levels[] = {
	[SITE_HOST] = STR_INIT("host"),
	[SITE_DRIVER] = STR_INIT("driver"),
	[SITE_ADDRESS] = STR_INIT("address"),
};

/* ---- places ------------------------------------------------------------------------------ */

/* libyaml counts characters, and takes more than a newline for the end of a line. */
static uint32_t offset_of(struct str text, uint32_t line, uint32_t column)
{
	size_t at = 0;

	while (line > 1 && at < text.n)
		line -= text.p[at++] == '\n';
	for (; column > 1 && at < text.n && text.p[at] != '\n'; column--)
		for (at++; at < text.n && ((unsigned char)text.p[at] & 0xc0) == 0x80; at++)
			;
	return (uint32_t)at;
}

/* From @from to the end of the word or the quoted text there. */
static struct span word_at(struct str text, uint32_t from)
{
	uint32_t to = from;
	char quote = from < text.n && (text.p[from] == '"' || text.p[from] == '\'') ? text.p[from] : 0;

	for (to += quote ? 1 : 0; to < text.n && text.p[to] != '\n'; to++) {
		if (quote && text.p[to] == quote) {
			to++;
			break;
		}
		if (!quote && (text.p[to] == ' ' || text.p[to] == '\t' ||
				(text.p[to] == ':' && to + 1 < text.n &&
					(text.p[to + 1] == ' ' || text.p[to + 1] == '\n'))))
			break;
	}
	return (struct span){ from, to };
}

static struct span span_of_event(const struct site_reader *r)
{
	const yaml_mark_t *m = &r->yaml.event.start_mark;

	return word_at(r->src->text,
		offset_of(r->src->text, (uint32_t)m->line + 1, (uint32_t)m->column + 1));
}

/* What the YAML reader refused becomes a diagnostic. */
static int report_fault(struct site_reader *r)
{
	const struct yaml_fault *f = &r->yaml.fault;
	struct span span = word_at(r->src->text, offset_of(r->src->text, f->line, f->column));
	struct diag *g = diag_at(r->d, DIAG_SITE_YAML, r->src, span, "%.*s", STR_FMT(f->text));

	g->help = f->help;
	return -EBADMSG;
}

static struct diag *report(struct site_reader *r, enum diag_code code, struct span span,
	struct str text)
{
	r->bad = true;
	return diag_at(r->d, code, r->src, span, "%.*s", STR_FMT(text));
}

/* ---- names that could never be found --------------------------------------------------------- */

static bool is_hex(struct str s, size_t most)
{
	for (size_t i = 0; i < s.n; i++)
		if (ascii_hexval(s.p[i]) < 0 && !(s.p[i] >= 'A' && s.p[i] <= 'F'))
			return false;
	return s.n > 0 && s.n <= most;
}

/* A PCI address in any spelling that people use; *ret takes the one that sysfs uses. */
static bool looks_like_pci(struct arena *a, struct str s, struct str *ret)
{
	static const char zeros[] = "0000";
	static const size_t width[] = { 4, 2, 2 };
	struct str part[3] = { STR("0") };
	size_t dot = str_find(s, '.'), n_colons = 0, n = 0;
	struct str rest = str_sub(s, 0, dot);
	struct sbuf b = { .p = arena_alloc(a, 16), .size = 16 };

	for (size_t i = 0; i < rest.n; i++)
		n_colons += rest.p[i] == ':';
	if (dot + 2 != s.n || s.p[dot + 1] < '0' || s.p[dot + 1] > '7' || n_colons < 1 ||
		n_colons > 2 || !b.p)
		return false;
	for (n = 2 - n_colons; n < 3; n++) {
		size_t colon = str_find(rest, ':');

		part[n] = str_sub(rest, 0, colon);
		rest = colon < rest.n ? str_sub(rest, colon + 1, rest.n) : (struct str){ 0 };
	}
	for (n = 0; n < 3; n++) {
		if (!is_hex(part[n], n == 0 ? 8 : width[n]))
			return false;
		if (part[n].n < width[n])
			sbuf_put_str(&b, (struct str){ zeros, width[n] - part[n].n });
		for (size_t i = 0; i < part[n].n; i++)
			sbuf_putc(&b, ascii_tolower(part[n].p[i]));
		sbuf_putc(&b, n < 2 ? ':' : '.');
	}
	sbuf_putc(&b, s.p[dot + 1]);
	*ret = sbuf_str(&b);
	return !b.overflow;
}

static bool looks_like_uuid(struct str s)
{
	if (s.n != 36)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (i == 8 || i == 13 || i == 18 || i == 23 ? s.p[i] != '-' :
							      !is_hex(str_sub(s, i, i + 1), 1))
			return false;
	return true;
}

/* A word of a folded line: printable, without blanks. */
static bool check_word(struct site_reader *r, struct str word, const char *never, struct span span)
{
	for (size_t i = 0; i < word.n; i++)
		if (!ascii_isprint(word.p[i]) || word.p[i] == ' ' || strchr(never, word.p[i])) {
			report(r, DIAG_SITE_NAME, span,
				yaml_quoted(r->a, "", word, " cannot be a name here"))
				->help = *never == '=' ?
					STR("a key is printable ASCII without blanks, ',', ':' and '='") :
					STR("names are as in /sys: printable ASCII without blanks and '/'");
			return false;
		}
	if (word.n == 0 || word.n > SITE_NAME_MAX) {
		report(r, DIAG_SITE_NAME, span,
			word.n == 0 ? STR("an empty name") : STR("a name of more than 255 bytes"));
		return false;
	}
	return true;
}

static void check_name(struct site_reader *r, enum site_level level, struct str name, struct span span)
{
	struct str pci;

	if (!check_word(r, name, "/", span) || level != SITE_ADDRESS)
		return;
	if (looks_like_pci(r->a, name, &pci) && !str_eq(name, pci))
		report(r, DIAG_SITE_NAME, span,
			yaml_quoted(r->a, "no device has the address ", name, ""))->help =
			yaml_quoted(r->a, "in /sys it is ", pci, "");
	else if (looks_like_uuid(name))
		report(r, DIAG_SITE_NAME, span, STR("an mdev has no site facts of its own"))->help =
			STR("write the address of its parent; all its mdevs inherit what is said there");
}

/* The value that is the current event. */
static void check_value(struct site_reader *r, struct str value, struct span span)
{
	const yaml_event_t *e = &r->yaml.event;

	/* YAML would join the lines, and with them a fact whose colon or indentation is wrong. */
	if (e->start_mark.line != e->end_mark.line) {
		report(r, DIAG_SITE_VALUE, span, STR("a value that goes over more than one line"))->help =
			STR("write it on one line; was the next line meant to be a fact of its own?");
		return;
	}
	for (size_t i = 0; i < value.n; i++)
		if (!ascii_isprint(value.p[i])) {
			report(r, DIAG_SITE_VALUE, span,
				STR("a value is one line of printable ASCII"));
			return;
		}
}

/* ---- the form -------------------------------------------------------------------------------- */

static int count_name(struct site_reader *r)
{
	if (++r->n_names <= SITE_ENTRIES_MAX)
		return 0;
	report(r, DIAG_SITE_TOO_LARGE, span_of_event(r),
		STR("more than 4096 facts and names in one file"));
	return -EBADMSG;
}

/* A value after a colon, or the mapping that has to stand there. */
static int expect_mapping(struct site_reader *r, const char *what)
{
	int e = yaml_next(&r->yaml);

	if (e < 0 || r->yaml.event.type == YAML_MAPPING_START_EVENT)
		return e;
	e = yaml_fail(&r->yaml, what);
	r->yaml.fault.help = STR("where there is nothing to say, leave the line out or write {}");
	return e;
}

static void add(struct site_reader *r, const struct site_entry *e, uint32_t from)
{
	for (uint32_t i = from; i < r->n; i++)
		if (str_eq(r->entry[i].key, e->key)) {
			struct diag *g = report(r, DIAG_SITE_TWICE, e->span,
				yaml_quoted(r->a, "", e->key, " stands here twice"));

			g->other.source = r->src;
			g->other.span = r->entry[i].span;
			g->other.label = STR("first here");
			return;
		}
	r->entry[r->n++] = *e;
}

/* `key: value` lines up to the mapping's end. */
static int read_facts(struct site_reader *r, enum site_level level, struct str name)
{
	struct site_entry entry = { .level = level, .name = name };
	uint32_t from = r->n;
	yaml_mark_t at;
	int e;

	for (;;) {
		e = yaml_next_key(&r->yaml, &entry.key, &at);
		if (e <= 0)
			return e;
		entry.span = span_of_event(r);
		e = count_name(r);
		if (e == 0) {
			check_word(r, entry.key, "=:,", entry.span);
			e = yaml_next_value(&r->yaml, &entry.value);
			if (e == -EBADMSG && r->yaml.event.type == YAML_MAPPING_START_EVENT)
				r->yaml.fault.text = STR("a fact is one text, and has nothing below it");
		}
		if (e < 0)
			return e;
		check_value(r, entry.value, span_of_event(r));
		add(r, &entry, from);
	}
}

struct seen {
	struct str name;
	struct span span;
};

/* `NAME:` with facts below it, up to the mapping's end. */
static int read_names(struct site_reader *r, enum site_level level)
{
	struct seen *seen = arena_new_array(r->a, SITE_ENTRIES_MAX, struct seen);
	uint32_t n = 0, i;
	yaml_mark_t at;
	int e;

	if (!seen)
		return -ENOMEM;
	for (;;) {
		struct seen s;

		e = yaml_next_key(&r->yaml, &s.name, &at);
		if (e <= 0)
			return e;
		s.span = span_of_event(r);
		e = count_name(r);
		if (e < 0)
			return e;
		check_name(r, level, s.name, s.span);
		for (i = 0; i < n && !str_eq(seen[i].name, s.name); i++)
			;
		if (i < n) {
			struct diag *g = report(r, DIAG_SITE_TWICE, s.span,
				yaml_quoted(r->a, "", s.name, " stands here twice"));

			g->other.source = r->src;
			g->other.span = seen[i].span;
			g->other.label = STR("first here");
		} else {
			seen[n++] = s;
		}
		e = expect_mapping(r, "facts are lines `key: value`, below the name and indented");
		if (e == 0)
			e = read_facts(r, level, s.name);
		if (e < 0)
			return e;
	}
}

static int read_level(struct site_reader *r, struct str word, struct span span, struct span *seen)
{
	enum site_level level = 0;
	struct diag *g;
	int e;

	while (level < ARRAY_SIZE(levels) && !str_eq(word, levels[level]))
		level++;
	if (level == ARRAY_SIZE(levels)) {
		g = report(r, DIAG_SITE_LEVEL, span,
			yaml_quoted(r->a, "", word, " is none of host, driver and address"));
		g->help = yaml_did_you_mean(r->a, word, levels, ARRAY_SIZE(levels));
		if (g->help.n == 0)
			g->help = STR("a fact of the whole host stands below `host:`, indented");
		return -EBADMSG;
	}
	if (seen[level].to > 0) {
		g = report(r, DIAG_SITE_TWICE, span,
			yaml_quoted(r->a, "", word, " stands here twice"));
		g->other.source = r->src;
		g->other.span = seen[level];
		g->other.label = STR("first here");
		return -EBADMSG;
	}
	seen[level] = span;
	e = expect_mapping(r, level == SITE_HOST ? "facts are lines `key: value`, below `host:` and indented" :
						   "names are lines `name:`, with facts below them, indented");
	if (e < 0)
		return e;
	return level == SITE_HOST ? read_facts(r, level, (struct str){ 0 }) : read_names(r, level);
}

static int read_whole(struct site_reader *r)
{
	struct span seen[ARRAY_SIZE(levels)] = { 0 };
	struct str word;
	yaml_mark_t at;
	int e;

	e = yaml_begin(&r->yaml, "a site file has `host:`, `driver:` and `address:`, and facts below them",
		"remove it, or write `host: {}`; an empty file may be half of one");
	if (e < 0)
		return e;
	while ((e = yaml_next_key(&r->yaml, &word, &at)) > 0) {
		e = read_level(r, word, span_of_event(r), seen);
		if (e < 0)
			return e;
	}
	return e < 0 ? e : yaml_finish(&r->yaml, "a second document; write one file for each");
}

int site_parse(struct arena *a, const struct source *src, struct diags *d, struct site_file *ret)
{
	struct site_reader r = { .a = a, .src = src, .d = d };
	int e;

	if (src->text.n > POLICY_TEXT_MAX) {
		diag_file(d, DIAG_SITE_TOO_LARGE, src->path, "a site file of more than 1 MiB");
		return -EBADMSG;
	}
	r.entry = arena_new_array(a, SITE_ENTRIES_MAX, struct site_entry);
	if (!r.entry || yaml_reader_open(&r.yaml, a, src->text) < 0)
		return -ENOMEM;
	e = read_whole(&r);
	/* Whatever was reported already says more than how the reading ended. */
	if (e == -EBADMSG && r.yaml.fault.text.p)
		report_fault(&r);
	yaml_reader_close(&r.yaml);
	if (arena_failed(a))
		return -ENOMEM;
	if (e < 0 || r.bad)
		return e < 0 ? e : -EBADMSG;
	ret->entry = r.entry;
	ret->n = r.n;
	return 0;
}

/* ---- as lines of an image -------------------------------------------------------------------- */

void site_fold(struct sbuf *b, struct str path, const struct site_file *f)
{
	sbuf_puts(b, "file ");
	sbuf_put_str(b, path);
	sbuf_putc(b, '\n');
	for (uint32_t i = 0; i < f->n; i++) {
		const struct site_entry *e = &f->entry[i];

		if (e->level == SITE_HOST) {
			sbuf_putc(b, '*');
		} else {
			sbuf_put_str(b, levels[e->level]);
			sbuf_putc(b, ' ');
			sbuf_put_str(b, e->name);
		}
		sbuf_putc(b, ' ');
		sbuf_put_str(b, e->key);
		sbuf_putc(b, '=');
		sbuf_put_str(b, e->value);
		sbuf_putc(b, '\n');
	}
}

void site_fold_broken(struct sbuf *b, struct str path)
{
	sbuf_puts(b, "unreadable ");
	sbuf_put_str(b, path);
	sbuf_putc(b, '\n');
}
