/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * info: one subject in full. Shows what the engine found; judges nothing itself.
 */
#include <string.h>

#include "cli/property.h"
#include "cli/site.h"
#include "engine/version/text.h"

const struct cli_option info_options[] = {
	{ "descriptor", NULL, "print the descriptor alone" },
	{ "fingerprint", NULL, "print the fingerprint alone" },
	{ "keep-going", NULL, "with --policies: use those that are not broken" },
	{ 0 },
};

struct shown {
	struct cli *c;
	struct host *h;
	struct cli_subject *s;
	struct property_view udev;
};

static struct str value_text(struct cli *c, const struct value *v)
{
	size_t size = v->type.tag == VT_SET ? (size_t)16 + v->set.n * 4 : 512;
	struct sbuf b;

	if (v->type.tag == VT_NONE)
		return STR("absent");
	if (v->type.tag == VT_SET)
		for (uint32_t i = 0; i < v->set.n; i++)
			size += v->set.w[i].n;
	else if (value_type_is_word(v->type))
		size += v->word.n;
	b = (struct sbuf){ .p = arena_alloc(c->arena, size), .size = size };
	if (b.p)
		value_print(&b, v);
	return sbuf_str(&b);
}

static const struct record *record_of(const struct cli_subject *s)
{
	return s->form == FORM_DESCRIPTOR ? &s->descriptor.record : &s->eval.record;
}

static bool has_fingerprint(const struct cli_subject *s)
{
	return s->form != FORM_DESCRIPTOR && s->eval.fingerprint[0];
}

static struct str descriptor_text(const struct cli_subject *s)
{
	return s->form == FORM_DESCRIPTOR ? s->descriptor.text : s->eval.descriptor;
}

static struct str accepts_text(const struct cli_subject *s)
{
	return s->form == FORM_DESCRIPTOR ? s->descriptor.accepts_text : s->eval.accepts_text;
}

static struct str offers_text(const struct cli_subject *s)
{
	return s->form == FORM_DESCRIPTOR ? s->descriptor.offers_text : s->eval.offers_text;
}

/* ---- facts --------------------------------------------------------------------------------- */

static uint32_t n_facts(const struct cli_subject *s)
{
	if (s->form == FORM_DESCRIPTOR || !s->eval.has_policy || !s->eval.fact)
		return 0;
	return s->eval.policy.n_attrs - ATTR_FIRST;
}

static uint32_t n_locals(const struct cli_subject *s)
{
	if (s->form == FORM_DESCRIPTOR || !s->eval.has_policy || !s->eval.local)
		return 0;
	return s->eval.policy.n_locals;
}

static struct str fact_value(struct cli *c, const struct fact_result *f)
{
	size_t size;
	struct sbuf b;

	if (!f->has_ranges)
		return value_text(c, &f->value);
	size = 64 + (size_t)f->ranges.n * 100;
	b = (struct sbuf){ .p = arena_alloc(c->arena, size), .size = size };
	if (b.p)
		ranges_print(&b, f->ranges, f->attr->type.type.size);
	return sbuf_str(&b);
}

/* A site fact is a person's word, so how old it is says something. */
static bool has_site_file(const struct shown *w, const struct fact_result *f)
{
	return w->s->form != FORM_FILE && f->attr->fact.kind == FACT_SITE && is_site_path(f->from);
}

static void json_site(struct shown *w, const struct fact_result *f)
{
	struct json *j = &w->c->out;
	struct site_now now;

	if (!has_site_file(w, f)) {
		json_null(j, "site");
		return;
	}
	site_look(w->h, f->from, &now);
	json_object(j, "site");
	json_str(j, "file", f->from);
	if (now.gone)
		json_null(j, "age");
	else
		json_int(j, "age", now.age);
	json_bool(j, "changed", now.changed);
	json_end(j);
}

static void print_site(struct shown *w, const struct fact_result *f)
{
	struct site_now now;

	if (!has_site_file(w, f))
		return;
	site_look(w->h, f->from, &now);
	printf(", %s%s", site_age_text(w->c, &now),
		now.changed && !now.gone ? ", changed since `mdevcompat update`" : "");
}

static void json_fact(struct shown *w, const struct fact_result *f, bool local)
{
	struct json *j = &w->c->out;

	if (!f->attr)
		return;
	json_object(j, NULL);
	json_str(j, "attribute", f->attr->name);
	if (f->raw.p)
		json_str(j, "raw", f->raw);
	else
		json_null(j, "raw");
	if (f->from.n > 0 && f->attr->fact.kind == FACT_OS_RELEASE && w->s->form != FORM_FILE)
		json_text(j, "from", host_os_release_path(w->c));
	else if (f->from.n > 0)
		json_str(j, "from", f->from);
	else
		json_null(j, "from");
	json_text(j, "fact", f->attr->fact.kind == FACT_NONE ? NULL : subject_fact_text(w->c, &f->attr->fact));
	json_bool(j, "absent", f->absent);
	json_str(j, "value", fact_value(w->c, f));
	json_bool(j, "local", local);
	json_bool(j, "dynamic", f->attr->dynamic);
	json_site(w, f);
	json_end(j);
}

/* Where the text of a fact stands, or should: the file, and what of it was asked for. */
static const char *fact_place(struct shown *w, const struct fact_result *f)
{
	struct cli *c = w->c;
	const struct fact *asked = &f->attr->fact;
	const char *from = cli_text(c, "%.*s", STR_FMT(f->from));

	if (asked->kind == FACT_NONE || (w->s->form == FORM_FILE && f->from.n > 0))
		return from;
	if (f->from.n == 0 || (asked->kind == FACT_SITE && !f->raw.p))
		return subject_fact_text(c, asked);
	if (asked->kind == FACT_OS_RELEASE)
		return cli_text(c, "%s, %.*s", host_os_release_path(c), STR_FMT(asked->path[0]));
	if (asked->n_paths == 2 && asked->kind != FACT_MODULE)
		return cli_text(c, "%s, %.*s", from, STR_FMT(path_name(asked->path[1])));
	return asked->key.p ? cli_text(c, "%s, %.*s", from, STR_FMT(asked->key)) : from;
}

/* On one line, and every byte visible, whatever the driver wrote. */
static void print_raw(struct str raw)
{
	if (raw.n > 0 && raw.p[raw.n - 1] == '\n')
		raw.n--;
	putchar('"');
	for (size_t i = 0; i < raw.n; i++) {
		char ch = raw.p[i];

		if (ascii_isprint(ch))
			putchar(ch);
		else if (ch == '\n' || ch == '\t')
			fputs(ch == '\n' ? "\\n" : "\\t", stdout);
		else
			printf("\\x%02x", (unsigned char)ch);
	}
	putchar('"');
}

static void print_fact(struct shown *w, const struct fact_result *f, int width)
{
	struct cli *c = w->c;
	const char *place;

	if (!f->attr)
		return;
	place = fact_place(w, f);
	printf("  %-*.*s  ", width, STR_FMT(f->attr->name));
	/* Of a text with many keys the one that was asked for is enough. */
	if (f->raw.p && f->attr->fact.key.p && f->value.type.tag != VT_NONE)
		print_raw(fact_value(c, f));
	else if (f->raw.p)
		print_raw(f->raw);
	else
		fputs(f->absent ? "absent" : "not read", stdout);
	if (f->absent && f->attr->presence == PRESENCE_DEFAULT)
		printf(", default %.*s", STR_FMT(fact_value(c, f)));
	if (*place) {
		printf("  %s%s", cli_color(c, stdout, COLOR_DIM), place);
		print_site(w, f);
		fputs(cli_color(c, stdout, COLOR_NONE), stdout);
	}
	putchar('\n');
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static void json_policy(struct shown *w, struct json *j)
{
	const struct policy *p = &w->s->eval.policy;
	char hex[2 * SHA256_SIZE + 1];
	struct sbuf b = SBUF(hex);

	if (w->s->form == FORM_DESCRIPTOR || !w->s->eval.has_policy) {
		json_null(j, "policy");
		return;
	}
	for (unsigned i = 0; i < SHA256_SIZE; i++)
		sbuf_put_hex(&b, p->digest[i], 2);
	json_object(j, "policy");
	json_str(j, "name", p->name);
	json_str(j, "file", p->file);
	json_str(j, "vendor", p->vendor);
	json_int(j, "revision", p->revision);
	json_str(j, "digest", sbuf_str(&b));
	json_end(j);
}

static void json_rules(struct shown *w, struct json *j)
{
	const struct evaluation *e = &w->s->eval;

	json_array(j, "rules");
	for (uint32_t i = 0; w->s->form != FORM_DESCRIPTOR && i < e->n_bound; i++) {
		const struct rule *r = e->bound[i].rule;

		json_object(j, NULL);
		json_str(j, "name", r->name);
		json_int(j, "line", r->place.line);
		json_int(j, "column", r->place.column);
		json_end(j);
	}
	json_end(j);
}

static void json_record(struct shown *w, struct json *j)
{
	const struct record *r = record_of(w->s);

	json_object(j, "record");
	for (uint32_t i = 0; i < r->n; i++)
		json_str_at(j, r->e[i].name, value_text(w->c, &r->e[i].value));
	json_end(j);
}

static void json_optional(struct json *j, const char *key, struct str s)
{
	if (s.n > 0)
		json_str(j, key, s);
	else
		json_null(j, key);
}

/* Of a descriptor that is all that tells: nothing enters, nothing leaves. */
static bool is_migratable(const struct cli_subject *s)
{
	if (s->form == FORM_DESCRIPTOR)
		return !str_eq(accepts_text(s), STR("n")) || !str_eq(offers_text(s), STR("n"));
	return has_fingerprint(s) && !s->eval.migratable_no;
}

static void print_json(struct shown *w)
{
	const struct evaluation *e = &w->s->eval;
	struct json *j = &w->c->out;
	bool live = w->s->form != FORM_DESCRIPTOR;

	json_str(j, "subject", w->s->name);
	json_text(j, "form", subject_form_text(w->s->form));
	json_text(j, "status", status_name(subject_status(w->s)));
	json_optional(j, "detail", e->detail);
	if (subject_status(w->s) != STATUS_OK)
		json_text(j, "message", subject_trouble(w->h, w->s));
	else
		json_null(j, "message");
	json_policy(w, j);
	json_rules(w, j);
	json_record(w, j);
	json_optional(j, "accepts", accepts_text(w->s));
	json_optional(j, "offers", offers_text(w->s));
	json_optional(j, "descriptor", descriptor_text(w->s));
	json_text(j, "fingerprint", subject_fingerprint(w->c, w->s));
	json_bool(j, "migratable", is_migratable(w->s));
	property_json(j, &w->udev);
	json_array(j, "claims");
	for (uint32_t i = 0; live && i < e->n_claim_attrs; i++)
		json_str(j, NULL, e->policy.attr[e->claim_attr[i]].name);
	json_end(j);
	json_array(j, "facts");
	if (live)
		json_fact(w, &e->type, false);
	for (uint32_t i = 0; i < n_facts(w->s); i++)
		json_fact(w, &e->fact[i], false);
	for (uint32_t i = 0; i < n_locals(w->s); i++)
		json_fact(w, &e->local[i], true);
	json_end(j);
}

/* ---- for people -------------------------------------------------------------------------------- */

static void print_rules(struct shown *w)
{
	const struct evaluation *e = &w->s->eval;

	for (uint32_t i = 0; i < e->n_bound; i++) {
		const struct rule *r = e->bound[i].rule;

		if (i > 0 && e->bound[i - 1].rule == r)
			continue; /* bound in several ways */
		fputs(i ? ", " : "rules        ", stdout);
		if (r->spoken)
			printf("the driver's (%.*s)", STR_FMT(r->name));
		else
			printf("%.*s (line %u)", STR_FMT(r->name.n > 0 ? r->name : STR("unnamed")),
				r->place.line);
	}
	if (e->n_bound > 0)
		putchar('\n');
	else if (e->has_policy && status_has_fingerprint(e->status))
		puts("rules        none: it may leave, nothing may enter");
	if (e->migratable_no)
		puts("migratable   no: nothing enters, nothing leaves");
}

static void print_people(struct shown *w)
{
	const struct evaluation *e = &w->s->eval;
	const struct record *r = record_of(w->s);
	struct cli *c = w->c;
	enum mdc_status status = subject_status(w->s);
	bool good = status_has_fingerprint(status), live = w->s->form != FORM_DESCRIPTOR;
	int width = 8;

	printf("subject      %s", subject_form_text(w->s->form));
	if (w->s->form != FORM_DESCRIPTOR) {
		putchar(' ');
		cli_print_name(stdout, w->s->name);
	}
	printf("\nstatus       %s%s%s\n",
		cli_color(c, stdout, !good ? COLOR_RED : status == STATUS_OK ? COLOR_GREEN : COLOR_YELLOW),
		status == STATUS_OK ? "ok" : subject_trouble(w->h, w->s),
		cli_color(c, stdout, COLOR_NONE));
	if (live && e->has_policy) {
		printf("policy       %.*s (%.*s)\n", STR_FMT(e->policy.name), STR_FMT(e->policy.file));
		print_rules(w);
	}
	if (subject_fingerprint(w->c, w->s))
		printf("fingerprint  %s%s%s\n", cli_color(c, stdout, COLOR_BOLD), subject_fingerprint(w->c, w->s),
			cli_color(c, stdout, COLOR_NONE));
	for (uint32_t i = 0; live && i < e->n_claim_attrs; i++)
		printf("%s%.*s%s", i ? ", " : "claims       ",
			STR_FMT(e->policy.attr[e->claim_attr[i]].name),
			i + 1 == e->n_claim_attrs ? "\n" : "");
	for (uint32_t i = 0; i < r->n; i++)
		width = MAX(width, (int)MIN(r->e[i].name.n, (size_t)32));
	for (uint32_t i = 0; i < n_facts(w->s); i++)
		if (e->fact[i].attr)
			width = MAX(width, (int)MIN(e->fact[i].attr->name.n, (size_t)32));
	if (r->n > 0)
		puts("\nrecord");
	for (uint32_t i = 0; i < r->n; i++)
		printf("  %-*.*s  %.*s\n", width, STR_FMT(r->e[i].name),
			STR_FMT(value_text(c, &r->e[i].value)));
	if (n_facts(w->s) + n_locals(w->s) > 0 || (live && e->type.attr))
		puts("\nfacts");
	if (live)
		print_fact(w, &e->type, width);
	for (uint32_t i = 0; i < n_facts(w->s); i++)
		print_fact(w, &e->fact[i], width);
	for (uint32_t i = 0; i < n_locals(w->s); i++)
		print_fact(w, &e->local[i], width);
	if (accepts_text(w->s).n > 0)
		printf("\naccepts      %.*s\n", STR_FMT(accepts_text(w->s)));
	if (offers_text(w->s).n > 0)
		printf("offers       %.*s\n", STR_FMT(offers_text(w->s)));
}

static int print_alone(struct shown *w, struct str text)
{
	if (text.n == 0)
		return cli_fail(w->c, EXIT_UNKNOWN, status_name(subject_status(w->s)), "%.*s: %s",
			STR_FMT(w->s->name), subject_trouble(w->h, w->s));
	printf("%.*s\n", STR_FMT(text));
	return EXIT_YES;
}

static int show(struct shown *w)
{
	struct cli *c = w->c;

	if (c->json)
		print_json(w);
	else if (cli_given(c, "descriptor"))
		return print_alone(w, descriptor_text(w->s));
	else if (cli_given(c, "fingerprint"))
		return print_alone(w, str_from(subject_fingerprint(w->c, w->s)));
	else {
		cli_start_pager(c);
		print_people(w);
	}
	return status_has_fingerprint(subject_status(w->s)) ? EXIT_YES : EXIT_UNKNOWN;
}

int cmd_info(struct cli *c)
{
	struct host h = HOST_INIT(c);
	struct cli_subject s;
	struct shown w = { .c = c, .h = &h, .s = &s };
	int r = subject_get(&h, c->arg[0], &s);

	if (r == 0) {
		if (s.form != FORM_DESCRIPTOR)
			host_note_drift(&h);
		property_look(c, &s, &w.udev);
		property_note(c, &s, &w.udev);
		r = show(&w);
	}
	host_close(&h);
	return r;
}
